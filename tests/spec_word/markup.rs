//! XML, HTML and disguised documents (`spec/word.md` §4.8).

use ddetect::{Carrier, Kind, Trigger, Verdict};

use super::doc::office_2016;
use super::support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::support::word::mht::{self, Transfer};
use super::support::word::ooxml::{self, Flat};
use super::support::word::payload::{Payload, Property};
use super::support::word::{odt, spellings, xml2003};
use super::support::{analyze, dde, techniques};
use super::{clean, only, std_case};

fn std() -> Payload {
    spellings::plain()
}

#[test]
fn x01_word_2003() {
    let text = xml2003::write(&std(), xml2003::Place::Body).unwrap();
    let report = analyze(text.as_bytes());
    assert_eq!(std_case(&report).carrier, Carrier::Field);
    assert_eq!(report.document().format.as_str(), "word-xml-2003");
    // What opens it by its name needs no processing instruction.
    let bare = text.replace("<?mso-application progid=\"Word.Document\"?>", "");
    std_case(&analyze(bare.as_bytes()));
}

#[test]
fn x02_flat_opc() {
    let package = ooxml::body(&std()).unwrap();
    let report = analyze(ooxml::flat(&package, Flat::Inline).as_bytes());
    let finding = std_case(&report);
    let part = finding.location.path().last().unwrap();
    assert_eq!(part.trim_start_matches('/'), "word/document.xml");
    assert_eq!(report.document().format.as_str(), "flat-opc");
}

#[test]
fn x03_a_binary_document_in_flat_opc() {
    let text = ooxml::flat_around("x.bin", &office_2016().build());
    let report = analyze(text.as_bytes());
    let found = dde(&report);
    assert_eq!(found.len(), 3, "{report:#?}");
    for finding in found {
        assert!(
            finding.location.path().any(|part| part.ends_with("x.bin")),
            "{finding:#?}"
        );
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// A page around the content of its body.
fn page(body: &str) -> Vec<u8> {
    format!("<html><head><meta charset=utf-8></head><body><p>{body}</p></body></html>").into_bytes()
}

const H01: &str = r"<!--[if supportFields]><span style='mso-element:field-begin'></span><span style='mso-spacerun:yes'> </span>DDEAUTO c:\\windows\\system32\\cmd.exe &quot;/k calc.exe&quot; <span style='mso-element:field-separator'></span><![endif]-->x<!--[if supportFields]><span style='mso-element:field-end'></span><![endif]-->";

#[test]
fn h01_three_marks_in_conditional_comments() {
    let report = analyze(&page(H01));
    assert_eq!(std_case(&report).carrier, Carrier::Field);
    assert_eq!(report.document().format.as_str(), "html");
}

const H02: &str = r#"<span style='mso-field-code:" DDEAUTO c\:\\\\windows\\\\system32\\\\cmd\.exe \0022\/k calc\.exe\0022 "'>x</span>"#;

#[test]
fn h02_a_field_code() {
    std_case(&analyze(&page(H02)));
}

#[test]
fn h03_letters_as_escapes() {
    let code = r#"<span style='mso-field-code:"\0044\0044\0045\0041\0055\0054\004F c\:\\\\windows\\\\system32\\\\cmd.exe"'>x</span>"#;
    let report = analyze(&page(code));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert_eq!(
        (finding.topic.as_deref(), finding.item.as_deref()),
        (None, None)
    );
    assert!(techniques(finding).contains(&"css-escape"), "{finding:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn h04_references_in_the_attribute() {
    let code = r#"<span style="mso-field-code:&quot; &#68;DEAUTO c\:\\\\windows\\\\system32\\\\cmd\.exe \0022\/k calc\.exe\0022&quot;">x</span>"#;
    std_case(&analyze(&page(code)));
}

#[test]
fn h05_markup_between_the_letters() {
    let begin = "<span style='mso-element:field-begin'></span>";
    let rest = "<span style='mso-element:field-separator'></span>x\
                <span style='mso-element:field-end'></span>";
    let text = r#"D<b>D</b><i>E</i><span lang=EN>AUTO</span> c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
    std_case(&analyze(&page(&format!("{begin}{text}{rest}"))));
    // The style may stand on any element, in capitals, and be spelled with references.
    let begin = "<SPAN STYLE=\"MSO-ELEMENT&#58;FIELD-BEGIN\"></SPAN>";
    std_case(&analyze(&page(&format!("{begin}{text}{rest}"))));
}

#[test]
fn h06_a_letter_that_is_a_digit_behind_an_escape() {
    let code = r#"<span style='mso-field-code:" DDEAUTO \0022c\:\\\\windows\\\\system32\\\\cmd.exe\0022 \0022\/k calc.exe\0022 "'>x</span>"#;
    let report = analyze(&page(code));
    std_case(&report);
}

#[test]
fn h07_ordinary_fields() {
    let code = r#"<span style='mso-field-code:" PAGE "'>1</span> DDEAUTO c:\\x"#;
    let report = analyze(&page(code));
    clean(&report);
    assert!(
        report.findings().is_empty() && report.complete(),
        "{report:#?}"
    );
}

/// A message around a page, whose text is given as it stands in the message.
fn message(encoded: &str) -> Vec<u8> {
    format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n\
         Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n\
         Content-Type: text/html; charset=\"utf-8\"\r\n\r\n{encoded}\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn m01_a_soft_break_in_the_keyword() {
    let html = String::from_utf8(page(H01)).unwrap();
    let encoded = html.replace('=', "=3d").replace("DDEAUTO", "DDE=\r\nAUTO");
    let report = analyze(&message(&encoded));
    std_case(&report);
    assert_eq!(report.document().format.as_str(), "mhtml");
    // Line ends of the other kind, and no end of the message.
    let text = String::from_utf8(message(&encoded)).unwrap();
    let text = text.replace("\r\n", "\n").replace("--b--\n", "");
    std_case(&analyze(text.as_bytes()));
}

#[test]
fn m02_behind_a_pdf_header() {
    let mso = mht::active_mime(&office_2016().build());
    let html = page("hello");
    let message = mht::message(&[
        (
            "file:///C:/a.htm",
            "text/html",
            &html,
            Transfer::QuotedPrintable,
        ),
        (
            "file:///C:/editdata.mso",
            "application/x-mso",
            &mso,
            Transfer::Base64,
        ),
    ]);
    let report = analyze(&mht::behind_pdf(&message));
    let found = dde(&report);
    assert_eq!(found.len(), 3, "{report:#?}");
    assert_eq!(found[0].service.as_deref(), Some(STD_SERVICE));
    assert_eq!(found[0].topic.as_deref(), Some(STD_TOPIC));
    for finding in found {
        assert!(
            techniques(finding).contains(&"polyglot-pdf-mht"),
            "{finding:#?}"
        );
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn m03_a_picture_that_is_none() {
    let mso = mht::active_mime(&office_2016().build());
    let html = page("hello");
    let message = mht::message(&[
        (
            "file:///C:/a.htm",
            "text/html",
            &html,
            Transfer::QuotedPrintable,
        ),
        (
            "file:///C:/image001.jpg",
            "image/jpeg",
            &mso,
            Transfer::Base64,
        ),
    ]);
    let report = analyze(&message);
    let found = dde(&report);
    assert_eq!(found.len(), 3, "{report:#?}");
    for finding in found {
        assert!(
            techniques(finding).contains(&"type-mismatch"),
            "{finding:#?}"
        );
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn o01_declared_links() {
    let mut payload = std();
    payload.plain = true;
    payload.expected.service = "cmd".to_owned();
    payload.expected.topic = Some("/c calc".to_owned());
    for (kind, trigger) in [(Kind::DdeAuto, Trigger::Open), (Kind::Dde, Trigger::Update)] {
        (payload.expected.kind, payload.expected.trigger) = (kind, trigger);
        for bytes in [
            odt::package(&payload).unwrap(),
            odt::flat(&payload).unwrap(),
        ] {
            let report = analyze(&bytes);
            let finding = only(&report);
            assert_eq!(finding.carrier, Carrier::DdeDeclaration);
            assert_eq!(
                (finding.kind, finding.trigger),
                (kind, trigger),
                "{finding:#?}"
            );
            let said = [&finding.service, &finding.topic, &finding.item];
            let said = said.map(|text| text.as_deref());
            assert_eq!(said, [Some("cmd"), Some("/c calc"), None]);
            assert_eq!(report.verdict(), Verdict::Malicious);
        }
    }
}

/// The same payload in the properties of each kind of document that has some: names are read
/// where each kind keeps them.
#[test]
fn builders_write_properties() {
    let mut payload = std();
    payload.properties = vec![(Property::Title, "a&b"), (Property::Custom("Dept"), "c")];
    let text = xml2003::write(&payload, xml2003::Place::Body).unwrap();
    assert!(text.contains("<o:Title>a&amp;b</o:Title>"), "{text}");
    assert!(
        text.contains("<o:Dept dt:dt=\"string\">c</o:Dept>"),
        "{text}"
    );
    assert!(
        text.contains(&super::support::package::escape(STD)),
        "{text}"
    );
}
