//! Nested fields whose value the document leaves open (`spec/word.md` §0.6, §0.7).

use super::*;

const LOCKED: &str = r#"<w:r><w:fldChar w:fldCharType="begin" w:fldLock="1"/></w:r>"#;
const PROGRAM: &str = r"c:\windows\system32\cmd.exe";

fn field(instruction: &str, result: &str) -> String {
    format!("{B}{}{S}{}{E}", i(instruction), i(result))
}

fn services(link: &Link) -> Vec<&str> {
    triples(link).iter().filter_map(|triple| triple.0).collect()
}

#[test]
fn a_stored_result_is_a_reading_too() {
    let around =
        |nested: &str| format!("{B}{}{nested}{}{E}", i("DDEAUTO "), i(r#" "/k calc.exe""#));
    let link = one(&around(&field(" QUOTE Excel ", PROGRAM)));
    assert_eq!(services(&link), ["Excel", PROGRAM]);
    // A locked field is not computed again.
    let locked = format!("{LOCKED}{}{S}{}{E}", i(" QUOTE Excel "), i(PROGRAM));
    let link = one(&around(&locked));
    assert_eq!(services(&link), [PROGRAM, "Excel"]);
    // What public generators leave there says nothing.
    let link = one(&around(&field(" QUOTE 99 109 100 ", "?")));
    assert_eq!(services(&link), ["cmd"]);
    let keyword = format!("{LOCKED}{}{S}{}{E}", i(" QUOTE PAGE "), i("DDEAUTO"));
    is_std(&one(&format!("{B}{keyword}{}{E}", i(&format!(" {CMD}")))));
}

#[test]
fn properties_with_another_value() {
    for nested in [
        r#" TITLE "DDEAUTO" "#,
        " info title DDEAUTO ",
        r" SUBJECT ddeauto \* Upper ",
        r#" DATE \@ "'DDEAUTO'" "#,
    ] {
        is_std(&one(&format!(
            "{B}{B}{}{E}{}{E}",
            i(nested),
            i(&format!(" {CMD}"))
        )));
    }
}

#[test]
fn a_keyword_that_nobody_can_tell() {
    for nested in ["REF kk", "AUTOTEXT zz", r#"DATE \@ "yyyy""#, "TITLE"] {
        let link = one(&format!(
            "{B}{B}{}{E}{}{E}",
            i(nested),
            i(&format!(" {CMD}"))
        ));
        is_std(&link);
        assert_eq!(link.confidence, Confidence::Low, "{nested}");
        assert!(link.has(TechniqueId::NestedKeyword) && link.has(TechniqueId::Unresolved));
    }
    // Half of it is stored, and a field in the middle leaves nothing.
    let halves = format!(
        "{B}{}{}{}{}{E}",
        i("DD"),
        field(" TITLE ", "E"),
        field(" XE a ", "ZZ"),
        i(&format!("AUTO {CMD}"))
    );
    assert_eq!(one(&halves).confidence, Confidence::Medium);
    // Words that follow are no program.
    none(&format!("{B}{B}{}{E}{}{E}", i("REF kk"), i(" of 12 pages")));
    none(&format!("{B}{}{E}", i(r"REF kk \h \* MERGEFORMAT")));
}

#[test]
fn a_nested_result_that_loads_something() {
    for (text, carrier) in [
        (r#"QUOTE "INCLUDETEXT http://x/a""#, Carrier::IncludeText),
        (r#"QUOTE "LINK htmlfile http://x/a""#, Carrier::LinkField),
    ] {
        let link = one(&format!("{B}{B}{}{E}{E}", i(text)));
        assert_eq!(link.carrier, carrier);
        assert_eq!(link.target.as_deref(), Some("http://x/a"));
        assert_eq!(link.confidence, Confidence::Medium);
    }
}

#[test]
fn an_empty_service() {
    let command = r#" "c:\\windows\\system32\\cmd.exe /k calc.exe""#;
    let nested = format!("{B}{}{E}", i("QUOTE 32"));
    for service in [i("\"\""), i("\" \""), nested] {
        let link = one(&format!("{B}{}{service}{}{E}", i("DDEAUTO "), i(command)));
        assert_eq!(link.kind, Kind::DdeAuto);
        let topic = format!("{PROGRAM} /k calc.exe");
        assert_eq!(services(&link), ["", &topic]);
        assert_eq!(triples(&link)[0].1, Some(topic.as_str()));
    }
    let link = one(&format!("{B}{}{E}", i("DDEAUTO \"\"")));
    assert_eq!(link.kind, Kind::Inert);
}
