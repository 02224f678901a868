//! Rich Text Format (`spec/word.md` §3.7).

use ddetect::{Carrier, Kind, Severity, Trigger, Verdict};

use super::support::payloads::{STD_SERVICE, STD_TOPIC};
use super::support::word::rtf::PRE;
use super::support::{analyze, dde, techniques};
use super::{clean, codes, link, only, std_case};

/// The table's "C".
const C: &str = r#"c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe""#;

/// The table's "R": the end of the instruction, the result, the end of the document.
const R: &str = r"}{\fldrslt x}}}";

/// A document of one field, from what stands in its instruction.
fn with(instruction: &str) -> Vec<u8> {
    format!("{PRE}{{\\field{{\\*\\fldinst {instruction}{R}").into_bytes()
}

#[test]
#[ignore = "pending: rtf reader"]
fn r01_one_field() {
    let report = analyze(&with(&format!("DDEAUTO {C}")));
    let finding = std_case(&report);
    assert_eq!(finding.carrier, Carrier::Field);
    assert_eq!(finding.location.field(), Some(1));
    assert_eq!(report.document().format.as_str(), "rtf");
}

#[test]
#[ignore = "pending: rtf reader"]
fn r02_formatting_groups() {
    let spelled = format!(r"{{\rtlch\fcs1 \af0 D}}{{\b D}}{{\i E}}{{\insrsid9 AUTO }}{{{C}}}");
    std_case(&analyze(&with(&spelled)));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r03_hexadecimal_letters() {
    let report = analyze(&with(&format!(r"\'44\'44\'45\'41\'55\'54\'4f {C}")));
    assert!(techniques(std_case(&report)).contains(&"rtf-hex"));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r04_unicode_letters() {
    let report = analyze(&with(&format!(r"\u68?\u68?\u69?\u65?\u85?\u84?\u79? {C}")));
    assert!(techniques(std_case(&report)).contains(&"rtf-unicode"));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r05_unicode_letters_with_other_numbers_to_skip() {
    let spelled = format!(r"\uc0\u68 \u68 \uc3\u69 xyz\uc1\u65?UTO {C}");
    let report = analyze(&with(&spelled));
    assert!(techniques(std_case(&report)).contains(&"rtf-unicode"));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r06_groups_to_ignore() {
    let spelled = format!(r"DD{{\*\zzz junk text}}EA{{\*\abcdef123 more}}UTO {C}");
    let report = analyze(&with(&spelled));
    assert!(techniques(std_case(&report)).contains(&"rtf-ignorable"));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r07_line_ends() {
    std_case(&analyze(&with(&format!("D\r\nD\nEAU\rTO {C}"))));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r08_unknown_words() {
    let spelled = format!(r"D\zxcv D\qwerty42 E\foo-7 AUTO {C}");
    std_case(&analyze(&with(&spelled)));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r09_binary_data() {
    std_case(&analyze(&with(&format!(r"DD\bin5 }}}}}}}}}}EAUTO {C}"))));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r10_a_nested_field_and_quotes_by_name() {
    let spelled = format!(
        r"DDEAUTO {{\field{{\*\fldinst QUOTE{}}}{{\fldrslt ?}}}} \ldblquote /k calc.exe\rdblquote ",
        codes(STD_SERVICE)
    );
    let report = analyze(&with(&spelled));
    let said = techniques(std_case(&report));
    assert!(said.contains(&"quote-codes") && said.contains(&"curly-quotes"));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r11_a_short_signature() {
    let rest = format!(r"{{\field{{\*\fldinst DDEAUTO {C}{R}");
    for start in [r"{\rt\ansi", r"{\rtfXYZ", "{\\rtf\0", "\r\n  {\\rtf1"] {
        let report = analyze(format!("{start}{rest}").as_bytes());
        std_case(&report);
    }
}

#[test]
#[ignore = "pending: rtf reader"]
fn r13_in_a_header() {
    for destination in ["header", "headerr", "footerf", "footnote", "annotation"] {
        let text = format!(
            r"{PRE}{{\{destination} {{\field{{\*\fldinst DDEAUTO {C}}}{{\fldrslt x}}}}}}hello}}"
        );
        std_case(&analyze(text.as_bytes()));
    }
}

#[test]
#[ignore = "pending: rtf reader"]
fn r14_two_destinations() {
    std_case(&analyze(&with(&format!(
        r"{{\upr{{JUNK}}{{\*\ud{{DDEAUTO }}}}}}{C}"
    ))));
}

#[test]
#[ignore = "pending: rtf reader"]
fn r15_text_that_names_the_keyword() {
    let text = format!(
        "{PRE}{{\\field{{\\*\\fldinst HYPERLINK \"https://example.com\"}}\
         {{\\fldrslt DDEAUTO docs}}}} DDEAUTO c:\\\\\\\\x\\par }}"
    );
    let report = analyze(text.as_bytes());
    clean(&report);
    assert!(report.complete());
    let finding = link(&report, Carrier::Hyperlink);
    assert_eq!(finding.target.as_deref(), Some("https://example.com"));
    assert_eq!(report.findings().len(), 1, "{report:#?}");
}

#[test]
#[ignore = "pending: rtf reader"]
fn r16_white_space_by_name() {
    let spelled = r#"DDEAUTO\~c:\\\\windows\\\\system32\\\\cmd.exe "/k\par calc.exe""#;
    let report = analyze(&with(spelled));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    // The table compares after folding white space: the paragraph mark in the quotes stays.
    let topic = finding.topic.as_deref().unwrap_or_default();
    let folded: Vec<&str> = topic.split_whitespace().collect();
    assert_eq!(folded.join(" "), STD_TOPIC);
    assert_eq!(finding.item, None);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
#[ignore = "pending: rtf reader"]
fn r17_a_byte_that_is_not_ascii() {
    let mut bytes = with(&format!("DDEAUTO {C} \u{1}"));
    let at = bytes.iter().position(|byte| *byte == 1).unwrap();
    bytes[at] = 0xE9;
    let report = analyze(&bytes);
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC));
    assert_eq!(finding.item.as_deref(), Some("é"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// The numbers of the real document, in a structure of our own: hundreds of fields of three
/// types, in formatting as Word writes it, between more than a megabyte of text.
#[test]
#[ignore = "pending: rtf reader"]
fn r18_a_long_document_is_clean_in_linear_time() {
    let run = r"{\rtlch\fcs1 \af0 \ltrch\fcs0 \insrsid1234567 ";
    let field = |instruction: &str| {
        format!(r"{{\field{{\*\fldinst {run}{instruction}}}}}{{\fldrslt {run}DDE}}}}}}")
    };
    let text = format!(r"{run}The destination of this group is \\fldinst. }}\par ").repeat(12);
    let mut document = format!("{PRE}{{\\info{{\\title Rich Text Format}}}}");
    for number in 0..1413 {
        document += &field(&format!(r#" HYPERLINK \\l "_Toc{number}" "#));
        document += &text;
        if number < 75 {
            document += &field(&format!(r" PAGEREF _Toc{number} \\h "));
        }
        if number < 11 {
            document += &field(r#" SYMBOL 183 \\f "Symbol" \\s 10 "#);
        }
    }
    document.push('}');
    assert!(document.len() > 1_000_000);
    let started = std::time::Instant::now();
    let report = analyze(document.as_bytes());
    clean(&report);
    assert!(report.complete(), "{:?}", report.gaps());
    // Links within the document are not worth a word; if they are told, then for information.
    for finding in report.findings() {
        let told = (finding.carrier, finding.severity);
        assert_eq!(told, (Carrier::Hyperlink, Severity::Info), "{finding:#?}");
    }
    // A debug build on a busy machine; quadratic time would be minutes.
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
#[ignore = "pending: rtf reader"]
fn r19_a_remote_template() {
    let text = format!(r"{PRE}{{\*\template http\u58?//x/t.dotm}}hello}}");
    let report = analyze(text.as_bytes());
    let finding = link(&report, Carrier::RemoteTemplate);
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(finding.target.as_deref(), Some("http://x/t.dotm"));
    assert!(finding.attack.contains(&"T1221"));
    assert!(report.verdict() >= Verdict::Suspicious);

    let local = r"{\*\template C:\\Users\\a\\AppData\\Normal.dot}";
    let report = analyze(format!("{PRE}{local}hello}}").as_bytes());
    clean(&report);
}

#[test]
#[ignore = "pending: rtf reader"]
fn r20_a_link_object_of_the_first_kind() {
    let data = "010500000100000004000000636d6400050000002f6320780000000000";
    let text = format!(r"{PRE}{{\object\objautlink\objupdate{{\*\objdata {data}}}}}}}");
    let report = analyze(text.as_bytes());
    let finding = link(&report, Carrier::Ole1Link);
    let said = [&finding.service, &finding.topic, &finding.item].map(|text| text.as_deref());
    assert_eq!(said, [Some("cmd"), Some("/c x"), None], "{finding:#?}");
    assert_eq!(finding.trigger, Trigger::Open);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// §3.4: the rest of the known disguises.
#[test]
#[ignore = "pending: rtf reader"]
fn other_disguises() {
    let deep = 300;
    let cases = [
        ("no end", format!(r"{PRE}{{\field{{\*\fldinst DDEAUTO {C}")),
        (
            "deep groups",
            format!(
                "{PRE}{}{{\\field{{\\*\\fldinst DDEAUTO {C}{R}{}",
                "{".repeat(deep),
                "}".repeat(deep)
            ),
        ),
        (
            "no star",
            format!(r"{PRE}{{\field{{\fldinst DDEAUTO {C}{R}"),
        ),
        (
            "no field around it",
            format!(r"{PRE}{{\*\fldinst DDEAUTO {C}}}}}"),
        ),
        (
            "groups around the instruction",
            format!(r"{PRE}{{\field{{{{\*\fldinst {{{{DDEAUTO {C}}}}}}}}}{{\fldrslt x}}}}}}"),
        ),
        (
            "a stray end before it",
            format!(r"{PRE}}}}}}}{{\field{{\*\fldinst DDEAUTO {C}{R}"),
        ),
    ];
    for (case, text) in cases {
        let report = analyze(text.as_bytes());
        assert_eq!(dde(&report).len(), 1, "{case}");
        std_case(&report);
    }
}
