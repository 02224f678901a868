//! The cases D18 to D20: headers, boxes, decoys, parts that nothing leads to.

use super::*;

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
