mod bound;
mod nested;
mod older;
mod passages;
mod places;
mod readers;

use super::*;
use crate::container::opc::Relationship;
use crate::gap::{Gap, GapKind};
use crate::limits::Limits;
use crate::link::{Carrier, Confidence, Kind, Link, Trigger};
use crate::location::Location;
use crate::markup::xml::{Event, Reader};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";
const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MC: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";
const CMD: &str = r#"c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
const B: &str = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#;
const S: &str = r#"<w:r><w:fldChar w:fldCharType="separate"/></w:r>"#;
const E: &str = r#"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#;

/// A run with instruction text.
fn i(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    format!(r#"<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>"#)
}

/// The same without `xml:space`.
fn i_trim(text: &str) -> String {
    i(text).replace(r#" xml:space="preserve""#, "")
}

fn document(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="{MC}" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body><w:p>{body}</w:p></w:body></w:document>"#
    )
}

fn settings(children: &str) -> String {
    format!(r#"<w:settings xmlns:w="{W}" xmlns:r="{R}">{children}</w:settings>"#)
}

struct Scan {
    links: Vec<Link>,
    gaps: Vec<Gap>,
    claimed: BTreeSet<usize>,
}

struct Given<'a> {
    name: &'a str,
    bytes: &'a [u8],
    reachable: bool,
    salvage: bool,
}

fn given<'a>(name: &'a str, text: &'a str) -> Given<'a> {
    Given {
        name,
        bytes: text.as_bytes(),
        reachable: true,
        salvage: false,
    }
}

fn scan_with(parts: &[Given<'_>], opc: &Opc, limits: &Limits) -> Scan {
    let budget = Budget::new(limits, None);
    let mut gather = Gather::default();
    for (index, part) in parts.iter().enumerate() {
        let location = Location::root(Some("q.docx")).child(part.name);
        gather.begin_part(
            &Part {
                member: if part.salvage { 0 } else { index },
                name: part.name,
                location: &location,
                relation: None,
                reachable: part.reachable,
                techniques: &[],
            },
            part.salvage,
        );
        let mut reader = Reader::new(part.bytes, limits);
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Start(tag) => gather.start(&tag, &budget).unwrap(),
                Event::End(name) => gather.end(name, &budget).unwrap(),
                Event::Text { text, referenced } => {
                    gather.text(text, referenced, &budget).unwrap();
                }
            }
        }
        gather.end_part(&reader.techniques());
    }
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge);
    let mut claimed = BTreeSet::new();
    gather.resolve(opc, &budget, &mut ledger, &mut claimed);
    let (gaps, _) = ledger.close();
    // Everything that was reserved was given back.
    assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    Scan {
        links,
        gaps,
        claimed,
    }
}

fn scan(parts: &[(&str, &str)]) -> Scan {
    let parts: Vec<_> = parts.iter().map(|(name, text)| given(name, text)).collect();
    scan_with(&parts, &Opc::default(), &Limits::default())
}

/// The only link of a document with this body.
fn one(body: &str) -> Link {
    one_of(&[("word/document.xml", &document(body))])
}

fn one_of(parts: &[(&str, &str)]) -> Link {
    let mut scan = scan(parts);
    assert_eq!(scan.gaps, []);
    assert_eq!(scan.links.len(), 1, "{:#?}", scan.links);
    scan.links.remove(0)
}

fn none(body: &str) {
    let scan = scan(&[("word/document.xml", &document(body))]);
    assert!(scan.links.is_empty(), "{:#?}", scan.links);
    assert_eq!(scan.gaps, []);
}

fn triples(link: &Link) -> Vec<(Option<&str>, Option<&str>, Option<&str>)> {
    link.readings
        .iter()
        .map(|reading| {
            (
                reading.service.as_deref(),
                reading.topic.as_deref(),
                reading.item.as_deref(),
            )
        })
        .collect()
}

/// DDEAUTO, `c:\windows\system32\cmd.exe`, `/k calc.exe` (`spec/word.md` §0.8).
fn is_std(link: &Link) {
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.carrier, Carrier::Field);
    assert_eq!(link.trigger, Trigger::Open);
    let std = (
        Some(r"c:\windows\system32\cmd.exe"),
        Some("/k calc.exe"),
        None,
    );
    assert_eq!(triples(link)[0], std, "{link:#?}");
}

#[test]
fn d01_the_plain_field() {
    let body = format!(
        "{B}{}{S}<w:r><w:t>x</w:t></w:r>{E}",
        i(&format!(" DDEAUTO {CMD}"))
    );
    let link = one(&body);
    is_std(&link);
    assert_eq!(link.readings.len(), 1);
    assert_eq!(link.raw, format!("DDEAUTO {CMD}"));
    assert_eq!(link.confidence, Confidence::Certain);
    assert!(link.techniques.is_empty(), "{:?}", link.techniques);
    let text = document(&body);
    assert_eq!(link.location.field(), Some(1));
    assert_eq!(
        link.location.offset(),
        text.find("<w:fldChar").map(|at| at as u64)
    );
    assert_eq!(
        link.location.path().collect::<Vec<_>>(),
        ["q.docx", "word/document.xml"]
    );
}

#[test]
fn d02_split_over_runs() {
    let link = one(&format!(
        r#"{B}{}{}{}<w:bookmarkStart w:id="0" w:name="a"/>{}<w:bookmarkEnd w:id="0"/>{}{E}"#,
        i("D"),
        i("DE"),
        i("AU"),
        i(r"TO c:\\win"),
        i(r#"dows\\system32\\cmd.exe "/k calc.exe""#)
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::SplitRuns));
    assert!(!link.has(TechniqueId::SplitParagraphs));
}

#[test]
fn d03_split_over_paragraphs_and_cells() {
    let parts = [
        i("DDEAUTO "),
        i(r"c:\\windows\\system32\\cmd.exe"),
        i("\"/k calc.exe\""),
    ];
    let link = one(&format!("{B}{}{E}", parts.join("</w:p><w:p>")));
    is_std(&link);
    assert!(link.has(TechniqueId::SplitParagraphs));
    let cells = parts.join("</w:p></w:tc><w:tc><w:p>");
    let link = one(&format!(
        "{B}</w:p><w:tbl><w:tr><w:tc><w:p>{cells}{E}</w:p></w:tc></w:tr></w:tbl><w:p>"
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::SplitParagraphs));
}

#[test]
fn d04_everything_in_one_run() {
    let run = |text: &str| text.replace("<w:r>", "").replace("</w:r>", "");
    let inside = format!("{B}{}{}{S}<w:t>x</w:t>{E}", i(" DDEAUTO "), i(CMD));
    is_std(&one(&format!("<w:r>{}</w:r>", run(&inside))));
}

#[test]
fn d05_wrappers_are_transparent() {
    let link = one(&format!(
        "<w:ins>{B}</w:ins><w:smartTag>{}</w:smartTag><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt><w:hyperlink>{E}</w:hyperlink>",
        i("DDEAUTO "),
        i(CMD)
    ));
    is_std(&link);
}

#[test]
fn d06_an_attribute() {
    let attribute = CMD.replace('"', "&quot;");
    let link = one(&format!(
        r#"<w:fldSimple w:instr=" DDEAUTO {attribute} ">{}</w:fldSimple>"#,
        i("x")
    ));
    is_std(&link);
    // Quotation marks cannot be written otherwise.
    assert!(link.techniques.is_empty(), "{:?}", link.techniques);
    let link = one(&format!(
        r#"<w:fldSimple instr="&#68;DEAUTO cmd"/>{}"#,
        i("x")
    ));
    assert!(link.has(TechniqueId::CharacterReferences));
    assert_eq!(triples(&link)[0].0, Some("cmd"));
}

#[test]
fn d07_another_prefix_and_d08_strict() {
    let text = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let other = text.replace("w:", "x:").replace("xmlns:w=", "xmlns:x=");
    is_std(&one_of(&[("word/document.xml", &other)]));
    let strict = text.replace(W, STRICT);
    let link = one_of(&[("word/document.xml", &strict)]);
    is_std(&link);
    assert!(link.has(TechniqueId::StrictNamespace));
}

#[test]
fn d09_utf_16() {
    let text = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let part = Given {
        bytes: &bytes,
        ..given("word/document.xml", "")
    };
    let scan = scan_with(&[part], &Opc::default(), &Limits::default());
    is_std(&scan.links[0]);
    assert!(scan.links[0].has(TechniqueId::Utf16));
}

#[test]
fn d10_references_comments_and_sections() {
    let cmd = CMD.replace('"', "&quot;");
    let link = one(&format!(
        r#"{B}<w:r><w:instrText xml:space="preserve">&#68;&#x44;<!-- z --><![CDATA[EAU]]>TO <?p q?>{cmd}</w:instrText></w:r>{E}"#
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::CharacterReferences));
}

#[test]
fn d11_white_space_that_is_trimmed() {
    let link = one(&format!(
        "{B}{}{}{}{E}",
        i_trim("D "),
        i_trim(" DEAUTO"),
        i(&format!(" {CMD}"))
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::SpaceTrim));
    // Inherited from an ancestor, the white space stays.
    let text = document(&format!("{B}{}{}{E}", i_trim("D "), i_trim("DEAUTO cmd")));
    let text = text.replace("<w:body>", r#"<w:body xml:space="preserve">"#);
    assert!(scan(&[("word/document.xml", &text)]).links.is_empty());
}

#[test]
fn d12_ordinary_text_in_the_instruction() {
    let link = one(&format!(
        r#"{B}{}<w:r><w:t xml:space="preserve">EAUTO </w:t></w:r>{}{E}"#,
        i("DD"),
        i(CMD)
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::TextInInstruction));
}

fn nested(instruction: &str) -> String {
    format!("{B}{}{S}{}{E}", i(instruction), i("?"))
}

fn codes(text: &str, base: u32) -> String {
    let codes: Vec<_> = text
        .bytes()
        .map(|byte| match base {
            16 => format!("0x{byte:02x}"),
            _ => byte.to_string(),
        })
        .collect();
    codes.join(" ")
}

#[test]
fn d13_d14_character_codes() {
    for (base, second) in [(10, "QUOTE"), (16, "QUOTE"), (10, "SHAPE")] {
        let service = codes(r"c:\windows\system32\cmd.exe", base);
        let topic = codes("/k calc.exe", base);
        let link = one(&format!(
            "{B}{}{}{}{}{}{S}{E}",
            i("DDEAUTO "),
            nested(&format!("QUOTE {service}")),
            i(" "),
            nested(&format!(" {second} {topic} ")),
            i(" ")
        ));
        is_std(&link);
        assert_eq!(link.readings.len(), 1);
        assert!(link.has(TechniqueId::QuoteCodes) && link.has(TechniqueId::NestedField));
        assert_eq!(link.has(TechniqueId::HexCodes), base == 16);
        assert_eq!(link.has(TechniqueId::ShapeAlias), second == "SHAPE");
    }
}

#[test]
fn d15_set_ref_and_update_fields() {
    let quote = |text: &str| {
        format!(
            r#"<w:fldSimple w:instr=" QUOTE {} ">{}</w:fldSimple>"#,
            codes(text, 10),
            i("?")
        )
    };
    let set = |name: &str, value: &str| {
        format!(
            "{B}{}{}{}{S}{E}",
            i(&format!("SET {name} \"")),
            quote(value),
            i("\"")
        )
    };
    let reference = |name: &str| format!("{B}{}{S}{E}{}", i(&format!("REF {name}")), i(" "));
    let body = format!(
        "{}{}{B}{}{}{}{E}",
        set("c", r"C:\windows\system32\cmd.exe"),
        set("d", "/c calc.exe"),
        i("DDE "),
        reference("c"),
        reference("d")
    );
    let body = document(&body);
    let link = one_of(&[
        ("word/document.xml", &body),
        (
            "word/settings.xml",
            &settings(r#"<w:updateFields w:val="true"/>"#),
        ),
    ]);
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(
        triples(&link)[0],
        (
            Some(r"C:\windows\system32\cmd.exe"),
            Some("/c calc.exe"),
            None
        )
    );
    assert!(link.has(TechniqueId::UpdateFields));
    let link = one_of(&[("word/document.xml", &body)]);
    assert_eq!((link.kind, link.trigger), (Kind::Dde, Trigger::Update));
}

#[test]
fn d16_a_document_variable() {
    let body = format!(
        "{B}{}{}{}{E}",
        i("DDEAUTO "),
        nested("DOCVARIABLE p1"),
        i(" \"/k calc.exe\"")
    );
    let variable =
        r#"<w:docVars><w:docVar w:name="p1" w:val="c:\windows\system32\cmd.exe"/></w:docVars>"#;
    is_std(&one_of(&[
        ("word/document.xml", &document(&body)),
        ("word/settings.xml", &settings(variable)),
    ]));
}

#[test]
fn d17_in_the_branch_of_an_if() {
    let link = one(&format!(
        "{B}{}{B}{}{E}{}{S}{E}",
        i("IF 1 = 1 \""),
        i(&format!("DDEAUTO {CMD}")),
        i("\" \"no\"")
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::NestedInIf));
    assert_eq!(link.location.field(), Some(2));
}

#[test]
fn d18_in_a_header() {
    let body = document("<w:r><w:t>nothing</w:t></w:r>");
    let header = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let link = one_of(&[("word/document.xml", &body), ("word/header3.xml", &header)]);
    is_std(&link);
    assert_eq!(link.location.path().last(), Some("word/header3.xml"));
}

#[test]
fn d19_a_text_box_that_stands_twice() {
    let content = format!(
        "<w:txbxContent><w:p>{B}{}{E}</w:p></w:txbxContent>",
        i(&format!("DDEAUTO {CMD}"))
    );
    let link = one(&format!(
        r#"<w:r><mc:AlternateContent><mc:Choice Requires="wps">{content}</mc:Choice><mc:Fallback>{content}</mc:Fallback></mc:AlternateContent></w:r>"#
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::MarkupAlternative));
}

#[test]
fn branches_go_on_from_where_the_program_goes_on() {
    // A program that does not know `x` reads the fallback.
    for (choice, fallback, requires) in [("zzz", "AUTO", "x"), ("AUTO", "zzz", "wps")] {
        let link = one(&format!(
            r#"{B}{}<mc:AlternateContent><mc:Choice xmlns:x="urn:x" Requires="{requires}">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>{}{E}"#,
            i("DDE"),
            i(choice),
            i(fallback),
            i(&format!(" {CMD}"))
        ));
        is_std(&link);
    }
    // What the other branch left open counts too.
    let link = one(&format!(
        r#"<mc:AlternateContent><mc:Choice Requires="wps">{B}{}</mc:Choice><mc:Fallback>{B}{}</mc:Fallback></mc:AlternateContent>{E}"#,
        i("PAGE"),
        i(&format!("DDEAUTO {CMD}"))
    ));
    is_std(&link);
    // A field that both branches end is one field.
    let link = one(&format!(
        r#"{B}{}<mc:AlternateContent><mc:Choice Requires="wps">{E}</mc:Choice><mc:Fallback>{E}</mc:Fallback></mc:AlternateContent>"#,
        i(&format!("DDEAUTO {CMD}"))
    ));
    is_std(&link);
}

#[test]
fn decoys_in_ignorable_markup() {
    let text = document(&format!(
        "{B}{}<z:x>{}</z:x>{}{E}",
        i("DDE"),
        i("zzz"),
        i(&format!("AUTO {CMD}"))
    ));
    let text = text.replace("<w:body>", r#"<w:body xmlns:z="urn:z" mc:Ignorable="z">"#);
    is_std(&one_of(&[("word/document.xml", &text)]));
}

#[test]
fn d20_a_part_that_nothing_leads_to() {
    let text = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let part = Given {
        reachable: false,
        ..given("evil/blob.dat", &text)
    };
    let scan = scan_with(&[part], &Opc::default(), &Limits::default());
    is_std(&scan.links[0]);
    assert!(scan.links[0].has(TechniqueId::Unreachable));
}

#[test]
fn d21_no_end() {
    let link = one(&format!("{B}{}", i(&format!("DDEAUTO {CMD}"))));
    is_std(&link);
    assert!(link.has(TechniqueId::Unclosed));
    // The part breaks off inside the instruction.
    let text = document(&format!("{B}{}", i(&format!("DDEAUTO {CMD} "))));
    let cut = text.split_once("</w:instrText>").unwrap().0;
    is_std(&one_of(&[("word/document.xml", cut)]));
}

#[test]
fn d22_text_is_no_field() {
    none(&format!(
        "<w:r><w:t>DDEAUTO cmd /c calc</w:t></w:r>{}",
        i("DDEAUTO cmd")
    ));
    let link = one(&format!("{B}{}{E}", i(" { DDEAUTO cmd \"/k\" } ")));
    assert_eq!(link.kind, Kind::Inert);
    assert_eq!(link.trigger, Trigger::None);
    assert!(link.techniques.is_empty());
}

#[test]
fn d23_deleted_text() {
    let link = one(&format!(
        r#"{B}{}<w:del><w:r><w:delInstrText xml:space="preserve">zzz </w:delInstrText></w:r></w:del>{}{E}"#,
        i("DDEAUTO "),
        i(CMD)
    ));
    is_std(&link);
    assert!(link.has(TechniqueId::TrackedDeletion));
    assert!(triples(&link).iter().any(|triple| triple.0 == Some("zzz")));
}

#[test]
fn d24_curly_quotes() {
    let cmd = CMD
        .replacen('"', "\u{201c}", 1)
        .replacen('"', "\u{201d}", 1);
    let link = one(&format!("{B}{}{E}", i(&format!("DDEAUTO {cmd}"))));
    is_std(&link);
    assert!(link.has(TechniqueId::CurlyQuotes));
}

#[test]
fn d25_d26_ordinary_fields() {
    none(&format!(
        "{B}{}{E}{B}{}{E}",
        i("QUOTE \"hello DDEAUTO world\""),
        i(" PAGE ")
    ));
    none(&format!(
        "{B}{}{S}<w:r><w:t>DDEAUTO is a field</w:t></w:r>{E}",
        i(" TITLE ")
    ));
    none(
        r#"<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Text1"/><w:textInput/></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#,
    );
    none(&format!("{B}{}{E}", i(" MACROBUTTON  Abbrechen name ")));
    none(&format!("{B}{}{E}", i(" HYPERLINK \\l \"_Toc1\" ")));
}

#[test]
fn d31_a_mail_merge() {
    let merge = r#"<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="spreadsheet"/><w:query w:val="SELECT * FROM `A$`"/><w:dataSource r:id="rId7"/></w:mailMerge>"#;
    let opc = opc(external(0, "rId7", "mailmergesource", r"\\host\s\b.xls"));
    let text = settings(merge);
    let scan = scan_with(
        &[given("word/settings.xml", &text)],
        &opc,
        &Limits::default(),
    );
    assert_eq!(scan.links.len(), 1);
    let link = &scan.links[0];
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::ExternalLink, Carrier::MailMerge)
    );
    assert_eq!(link.target.as_deref(), Some(r"\\host\s\b.xls"));
    assert!(link.raw.contains("spreadsheet") && link.raw.contains("SELECT * FROM"));
    assert!(scan.claimed.contains(&0));
}

fn opc(relationship: Relationship) -> Opc {
    let mut opc = Opc::default();
    opc.relationships.push(relationship);
    opc
}

fn external(source: usize, id: &str, segment: &str, target: &str) -> Relationship {
    Relationship {
        source: Some(source),
        rels_member: 9,
        id: id.to_owned(),
        segment: segment.into(),
        target: target.to_owned(),
        external: true,
        resolved: None,
        offset: 0,
        source_text: String::new(),
    }
}

#[test]
fn ole_links_in_markup() {
    let body = document(
        r#"<w:r><w:object xmlns:o="urn:schemas-microsoft-com:office:office"><o:OLEObject Type="Link" ProgID="Word.Document.8" r:id="rId5" UpdateMode="Always"/><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rId6"/></w:object></w:r>"#,
    );
    let opc = opc(external(0, "rId5", "oleobject", "http://x/a.rtf"));
    let scan = scan_with(
        &[given("word/document.xml", &body)],
        &opc,
        &Limits::default(),
    );
    assert_eq!(scan.links.len(), 1);
    let link = &scan.links[0];
    assert_eq!(link.carrier, Carrier::OleLink);
    assert_eq!(link.prog_id.as_deref(), Some("Word.Document.8"));
    assert_eq!(link.target.as_deref(), Some("http://x/a.rtf"));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(scan.claimed.len(), 1);
}

#[test]
fn dirty_and_locked_fields() {
    let field = |attributes: &str| {
        format!(
            r#"<w:r><w:fldChar w:fldCharType='begin' {attributes}/></w:r>{}{E}"#,
            i(&format!("DDE {CMD}"))
        )
    };
    let link = one(&field(r#"w:dirty="true""#));
    is_std(&link);
    assert!(link.has(TechniqueId::Dirty));
    let link = one(&field(r#"w:fldLock="1""#));
    assert_eq!((link.kind, link.trigger), (Kind::Dde, Trigger::Update));
    assert!(link.has(TechniqueId::Locked));
    // A nested field is refreshed with the one around it.
    let link = one(&format!(
        r#"<w:r><w:fldChar w:fldCharType="begin" w:dirty="1"/></w:r>{}{}{}{E}"#,
        i("IF 1 = 1 \""),
        field(""),
        i("\"")
    ));
    assert_eq!(link.kind, Kind::DdeAuto);
    assert!(link.has(TechniqueId::Dirty));
}

#[test]
fn other_links() {
    let link = one(&format!(
        "{B}{}{E}",
        i(r#"INCLUDEPICTURE "http://x/a.png" \d"#)
    ));
    assert_eq!(link.carrier, Carrier::IncludePicture);
    assert_eq!(link.target.as_deref(), Some("http://x/a.png"));
    let link = one(&format!(
        "{B}{}{E}",
        i(r#"LINK htmlfile "http://x/a" "" \a"#)
    ));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.prog_id.as_deref(), Some("htmlfile"));
    let link = one(&format!("{B}{}{E}", i(r#"HYPERLINK "http://x/""#)));
    assert_eq!(
        (link.carrier, link.trigger),
        (Carrier::Hyperlink, Trigger::Click)
    );
    let wordml = settings(r#"<w:attachedTemplate w:val="https://x/t.dot"/>"#);
    let link = one_of(&[("a.xml", &wordml)]);
    assert_eq!(link.carrier, Carrier::RemoteTemplate);
    assert_eq!(link.target.as_deref(), Some("https://x/t.dot"));
}

#[test]
fn a_macro_button_is_told_when_there_are_macros() {
    let body = document(&format!("{B}{}{E}", i(" MACROBUTTON Run click here ")));
    let opc = opc(external(0, "rId1", "vbaproject", "vbaProject.bin"));
    let scan = scan_with(
        &[given("word/document.xml", &body)],
        &opc,
        &Limits::default(),
    );
    assert_eq!(scan.links[0].carrier, Carrier::MacroButton);
    assert_eq!(scan.links[0].target.as_deref(), Some("Run"));
}

#[test]
fn a_second_reading_of_a_part_repeats_nothing() {
    let text = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let more = document(&format!(
        "{B}{}{E}{B}{}{E}",
        i(&format!("DDEAUTO {CMD}")),
        i("DDE found later")
    ));
    let second = Given {
        salvage: true,
        ..given("word/document.xml", &more)
    };
    let scan = scan_with(
        &[given("word/document.xml", &text), second],
        &Opc::default(),
        &Limits::default(),
    );
    assert_eq!(scan.links.len(), 2);
    assert!(!scan.links[0].has(TechniqueId::SalvagedXml));
    assert!(scan.links[1].has(TechniqueId::SalvagedXml));
    assert_eq!(triples(&scan.links[1])[0].0, Some("found"));
}

#[test]
fn limits_become_gaps_with_their_place() {
    let long = document(&format!(
        "{B}{}{}{E}",
        i(&format!("DDEAUTO {CMD}")),
        i(&"x".repeat(70_000))
    ));
    let scan = scan_with(
        &[given("word/document.xml", &long)],
        &Opc::default(),
        &Limits::default(),
    );
    assert_eq!(scan.links.len(), 1);
    assert_eq!(scan.gaps.len(), 1);
    assert_eq!(scan.gaps[0].kind, GapKind::Limit);
    assert!(scan.gaps[0].detail.contains("instruction-bytes"));
    assert_eq!(scan.gaps[0].location.field(), Some(1));

    let deep = document(&B.repeat(200));
    let scan = scan_with(
        &[given("word/document.xml", &deep)],
        &Opc::default(),
        &Limits::default(),
    );
    assert!(scan.gaps[0].detail.contains("open-fields"));

    let limits = Limits {
        variants: 1,
        ..Limits::default()
    };
    let doubt = document(&format!("{B}{}{E}", i(r#"DDEAUTO "c:\a\cmd.exe" "/k""#)));
    let scan = scan_with(
        &[given("word/document.xml", &doubt)],
        &Opc::default(),
        &limits,
    );
    assert_eq!(scan.links.len(), 1);
    assert!(scan.gaps[0].detail.contains("variants"));
}

#[test]
fn a_building_block_is_less_certain() {
    let text = document(&format!("{B}{}{E}", i(&format!("DDEAUTO {CMD}"))));
    let link = one_of(&[("word/glossary/document.xml", &text)]);
    is_std(&link);
    assert_eq!(link.confidence, Confidence::Medium);
}
