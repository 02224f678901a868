//! The cases D21 to D31: what is no field, and ordinary fields.

use super::*;

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
