//! Links beside DDE (`spec/word.md` §6.4).

use ddetect::{Carrier, Finding, Kind, Report, Trigger, Verdict};

use super::support::analyze;
use super::support::docx::{begin, docx, end, instruction, paragraph, text};
use super::support::package::{Rel, rels};
use super::support::word::doc::compound;
use super::support::word::xml2003::{self, Place};
use super::support::word::{ooxml, spellings};
use super::{clean, link, with_field};

#[track_caller]
fn field(carrier: Carrier, spelled: &str, target: &str) -> (Report, Finding) {
    let report = with_field(&instruction(spelled));
    let finding = link(&report, carrier).clone();
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(finding.target.as_deref(), Some(target), "{finding:#?}");
    (report, finding)
}

fn rules(finding: &Finding) -> Vec<&'static str> {
    finding.signals.iter().map(|signal| signal.rule).collect()
}

#[test]
fn l01_link_to_a_document_elsewhere() {
    let spelled = r#"LINK Word.Document.8 "http://x/a.doc" "" \a \f 0 \r"#;
    let (report, finding) = field(Carrier::LinkField, spelled, "http://x/a.doc");
    assert_eq!(finding.trigger, Trigger::Open);
    assert!(finding.raw.contains("Word.Document.8"));
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn l02_text_from_a_server() {
    let spelled = r#"INCLUDETEXT "\\\\host\\s\\a.docx" bm"#;
    field(Carrier::IncludeText, spelled, r"\\host\s\a.docx");
}

#[test]
fn l03_a_picture_that_tells_who_reads() {
    let name = begin() + &instruction("USERNAME") + &end();
    let runs = instruction(r#"INCLUDEPICTURE "http://x/"#) + &name + &instruction(r#".png" \d"#);
    let report = with_field(&runs);
    let finding = link(&report, Carrier::IncludePicture);
    let target = finding.target.as_deref().unwrap_or_default();
    assert!(
        target.starts_with("http://x/") && target.ends_with(".png"),
        "{target}"
    );
    assert!(rules(finding).contains(&"document-data"), "{finding:#?}");
    assert_eq!(finding.trigger, Trigger::Open);
}

#[test]
fn l04_a_database() {
    let spelled = r#"DATABASE \c "DSN=x;DBQ=\\\\h\\s\\a.mdb" \s "SELECT *""#;
    let report = with_field(&instruction(spelled));
    let finding = link(&report, Carrier::DatabaseField);
    assert_eq!(finding.kind, Kind::ExternalLink);
    let target = finding.target.as_deref().unwrap_or_default();
    assert!(target.contains(r"\\h\s\a.mdb"), "{finding:#?}");
    assert!(finding.raw.contains("SELECT *"));
}

/// A document whose main part has an OLE link to another place.
fn object(target: &str) -> Report {
    let relation: Rel<'_> = ("o", "oleObject", target, true);
    analyze(
        &docx(&paragraph(&text("x")))
            .part("word/_rels/document.xml.rels", rels(&[relation]))
            .build(),
    )
}

#[test]
fn l05_the_shape_of_cve_2021_40444() {
    let target = "mhtml:http://h/x.html!x-usc:http://h/x.html";
    let report = object(target);
    let finding = link(&report, Carrier::OleLink);
    assert_eq!(finding.target.as_deref(), Some(target));
    assert!(rules(finding).contains(&"mhtml-exploit"), "{finding:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn l06_the_shape_of_follina() {
    let target = "https://h/RDF842l.html!";
    let report = object(target);
    let finding = link(&report, Carrier::OleLink);
    assert_eq!(finding.target.as_deref(), Some(target));
    assert!(
        rules(finding).contains(&"object-exclamation"),
        "{finding:#?}"
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// `\x01Ole` (§6.3): a link that is always updated, with an absolute moniker of a web address.
fn ole_stream(address: &str) -> Vec<u8> {
    let url: Vec<u8> = address
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    let length = u32::try_from(url.len()).unwrap();
    let mut moniker = vec![
        0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9,
        0x0B,
    ];
    moniker.extend(length.to_le_bytes());
    moniker.extend(url);
    let size = u32::try_from(moniker.len()).unwrap();
    let mut stream = Vec::new();
    for number in [0x0200_0001, 1, 1, 0, 0, 0, size] {
        stream.extend(u32::to_le_bytes(number));
    }
    stream.extend(moniker);
    stream
}

#[test]
fn l07_a_link_in_an_object() {
    let address = "http://example.invalid/a.doc";
    let object = compound(&[("\u{1}Ole".to_owned(), ole_stream(address))]);
    let relation: Rel<'_> = ("o", "oleObject", "embeddings/oleObject1.bin", false);
    let package = docx(&paragraph(&text("x")))
        .part("word/embeddings/oleObject1.bin", object)
        .part("word/_rels/document.xml.rels", rels(&[relation]));
    let report = analyze(&package.build());
    let finding = link(&report, Carrier::OleLink);
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(finding.target.as_deref(), Some(address));
    assert_eq!(finding.trigger, Trigger::Open);
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn l08_a_hyperlink() {
    let spelled = r#"HYPERLINK "https://example.com""#;
    let (report, finding) = field(Carrier::Hyperlink, spelled, "https://example.com");
    assert_eq!(finding.severity, ddetect::Severity::Info);
    assert_eq!(finding.trigger, Trigger::Click);
    clean(&report);
}

#[test]
fn l09_a_template_of_word_2003() {
    let mut payload = spellings::plain();
    payload.story.clear();
    let template = "<w:docPr><w:attachedTemplate w:val=\"https://x/t.dot\"/>";
    let xml = xml2003::write(&payload, Place::Body).unwrap();
    let report = analyze(xml.replace("<w:docPr>", template).as_bytes());
    let finding = link(&report, Carrier::RemoteTemplate);
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(finding.target.as_deref(), Some("https://x/t.dot"));
    assert_eq!(finding.trigger, Trigger::Open);
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn l10_the_old_name_of_a_picture() {
    let spelled = r#"IMPORT "http://x/a.wmf""#;
    field(Carrier::IncludePicture, spelled, "http://x/a.wmf");
}

/// The same with its type only, as a binary document stores it.
#[test]
fn l10_by_its_type() {
    use super::support::word::doc::{BEGIN, DocFile, END, Part, SEPARATOR};
    let text = format!("{BEGIN}IMPORTIEREN \"http://x/a.wmf\"{SEPARATOR}!{END}");
    let mut file = DocFile::new(&text);
    file.flts.insert((Part::Main, 0), 0x37);
    let report = analyze(&file.build());
    let finding = link(&report, Carrier::IncludePicture);
    assert_eq!(finding.target.as_deref(), Some("http://x/a.wmf"));
}

/// §6.2: the template of a binary document.
#[test]
fn a_template_of_a_binary_document() {
    use super::support::word::doc::DocFile;
    let mut file = DocFile::new("hello");
    file.template = Some("http://x/t.dot".to_owned());
    let report = analyze(&file.build());
    let finding = link(&report, Carrier::RemoteTemplate);
    assert_eq!(finding.target.as_deref(), Some("http://x/t.dot"));
    assert!(report.verdict() >= Verdict::Suspicious);
}

/// A file among the embeddings is reached: what it holds counts in full.
#[test]
fn an_embedded_document_is_reached() {
    let inner = ooxml::body(&spellings::plain()).unwrap().build();
    let report = analyze(&ooxml::embedded(&inner));
    super::std_case(&report);
}
