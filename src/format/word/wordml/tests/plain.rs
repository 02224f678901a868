//! The fields of `spec/word.md`, D01 to D12: one instruction, in any markup.

use super::*;

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
