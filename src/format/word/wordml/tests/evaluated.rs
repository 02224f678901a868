//! The fields D13 to D17: instructions that are put together.

use super::*;

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
