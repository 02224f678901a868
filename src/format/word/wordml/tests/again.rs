//! Parts that are read twice, limits, building blocks.

use super::*;

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
