//! Long and awkward text.

use super::*;

#[test]
fn long_text_is_judged_in_full_and_quoted_in_part() {
    let topic = format!("{} & powershell -enc AAAA", "x ".repeat(10_000));
    let finding = dde("foo", &topic, &"i".repeat(2_000));
    // Encoded code for PowerShell behind an operator: the end of the topic counts.
    assert_eq!(verdict(&finding), Verdict::Malicious);
    assert!(finding.topic.unwrap().ends_with("…[+11831]"));
    assert!(finding.item.unwrap().ends_with("…[+976]"));
    assert!(finding.command.unwrap().line.chars().count() < 9_300);
    assert!(
        finding
            .signals
            .iter()
            .all(|signal| signal.evidence.chars().count() < 220)
    );
}

#[test]
fn many_words_take_linear_time() {
    let topic = "a \\..\\ http://h/ ^x %y% \"\" cmd ".repeat(10_000);
    let finding = dde(&topic, &topic, &topic);
    assert_eq!(verdict(&finding), Verdict::Malicious);
    let service = "a a/a\\a -a ".repeat(10_000);
    assert!(dde(&service, "", "").score > 0);
}

/// Every pair of awkward texts is judged, in every role, without a panic.
#[test]
fn awkward_text_is_data() {
    let texts = [
        "",
        " ",
        "\\",
        "\\\\",
        "/",
        "//",
        "..",
        "..\\",
        "\\..",
        "\"",
        "\"\"",
        "'",
        "%",
        "%%",
        "%2",
        "%e4",
        "%zz",
        "!",
        "a!",
        "!x-usc:",
        ":",
        "a:",
        "c:",
        "c:é",
        "é:",
        "\\\\é",
        "\\\\.\\",
        "\\\\?\\",
        "\\\\?\\unc\\",
        "http:",
        "http://",
        "http://[",
        "http://@",
        "http://a@b@c",
        "file:",
        "file:///",
        "file:///é",
        "mhtml:",
        "script:",
        "@",
        "^",
        "^^",
        "\0",
        "\u{202e}",
        "\u{ff0f}",
        "İ",
        "ﬀ",
        "K",
        "CALL(",
        "EXEC(\"",
        "=EXEC()",
        "-",
        "/c",
        " /",
        "x /",
        "\u{3000}cmd",
        "cmd\u{a0}/c",
        "…",
        "a\u{301}.exe",
        ".exe",
        "..exe",
        ".",
    ];
    let carriers = [
        Carrier::Field,
        Carrier::OleLink,
        Carrier::Hyperlink,
        Carrier::Connection,
        Carrier::Xlm,
    ];
    for kind in [
        Kind::Dde,
        Kind::Execute,
        Kind::ExternalLink,
        Kind::Inert,
        Kind::Anomaly,
    ] {
        for carrier in carriers {
            for (first, second) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
                let mut link = link(kind, carrier);
                link.target = Some(format!("{first}{second}"));
                link.prog_id = Some((*first).to_owned());
                link.readings.push(reading(first, second, first));
                assert!(judged(link).score <= 100);
            }
        }
    }
}
