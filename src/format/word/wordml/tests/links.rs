//! Links beside fields, and how fields are marked.

use super::*;

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
