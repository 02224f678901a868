//! Written to say nothing to a scanner: keywords and arguments that only the document knows.

use super::*;

fn tell(text: &str, says: &[Say<'_>]) -> Found {
    let mut found = with(&marks(text), says);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.remove(0)
}

fn services(found: &Found) -> Vec<&str> {
    triples(found)
        .iter()
        .map(|triple| triple.1.unwrap_or_default())
        .collect()
}

#[test]
fn the_whole_instruction_is_a_name() {
    const ALL: &str = r#"DDEAUTO cmd "/c calc""#;
    for (text, say) in [
        ("{{REF a}}", Say::Passage("A", ALL)),
        ("{{a}}", Say::Passage("a", ALL)),
        ("{{NOTEREF a}}", Say::Passage("a", ALL)),
        ("{{AUTOTEXT x}}", Say::Block("X", ALL)),
        ("{{GLOSSARY x}}", Say::Block("x", ALL)),
        ("{{AUTOTEXTLIST x}}", Say::Block("x", ALL)),
        ("{{DOCPROPERTY p}}", Say::Property("P", ALL)),
        ("{{INFO Title}}", Say::Property("TITLE", ALL)),
        ("{{TITLE}}", Say::Property("title", ALL)),
        ("{{COMMENTS}}", Say::Property("COMMENTS", ALL)),
        ("{{DOCVARIABLE v}}", Say::Variable("v", ALL)),
    ] {
        let field = tell(text, &[say]);
        assert_eq!(
            triples(&field)[0],
            (true, Some("cmd"), Some("/c calc"), None),
            "{text}"
        );
        assert_eq!(field.confidence, Confidence::Medium, "{text}");
        assert!(has(&field, TechniqueId::NestedKeyword));
    }
    let set = r#"{SET a "DDEAUTO cmd calc"}{{REF a}}"#;
    assert_eq!(
        triples(&one(set))[0],
        (true, Some("cmd"), Some("calc"), None)
    );
}

#[test]
fn keyword_and_arguments_come_apart() {
    let says = [
        Say::Property("kw", "DDEAUTO"),
        Say::Property("arg", "cmd"),
        Say::Passage("mark", "/c calc.exe"),
        Say::Block("block", "/c calc.exe"),
    ];
    for text in [
        "{{DOCPROPERTY kw} {DOCPROPERTY arg} {REF mark}}",
        "{{DOCPROPERTY kw|Error!} {INFO arg} {mark}}",
        "{ {DOCPROPERTY kw} {DOCPROPERTY arg} {AUTOTEXT block} }",
        "{DDE{QUOTE AUTO} {DOCPROPERTY arg} {REF mark}}",
    ] {
        let field = tell(text, &says);
        assert_eq!(
            triples(&field)[0],
            (true, Some("cmd"), Some("/c calc.exe"), None),
            "{text}"
        );
    }
}

#[test]
fn every_if_chooses_for_itself() {
    // The second of the first, the first of the second.
    let field = one(r#"{{IF a = a "QUOTE" "DDEAUTO"} {IF b = b "cmd" "other"} t}"#);
    assert!(services(&field).contains(&"cmd"), "{field:#?}");
    // Letters from three fields, each the branch that does not seem to be taken.
    let field = one("{{IF 1=1 x D}{IF 1=1 DE y}{IF 1=1 z AUTO} cmd calc}");
    assert_eq!(triples(&field)[0], (true, Some("cmd"), Some("calc"), None));
    assert!(has(&field, TechniqueId::IfBranch));
    // Arguments vary one at a time and together.
    let field = one("{DDE {IF 1=1 a b} {IF 1=1 c d}}");
    let expected = [("a", "c"), ("b", "d"), ("b", "c"), ("a", "d")];
    let pairs: Vec<_> = triples(&field)
        .iter()
        .map(|triple| (triple.1.unwrap(), triple.2.unwrap()))
        .collect();
    assert_eq!(pairs, expected);
}

#[test]
fn a_keyword_behind_many_choices() {
    // More combinations than are ever read.
    let mut text = String::from("{");
    for letter in "DDEAUTO".chars() {
        text.push_str(&format!("{{IF 1=1 \"\" {letter}}}"));
    }
    text.push_str(" cmd {IF 1=1 t u})}");
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(&marks(&text), &budget);
    let answers = answers(&forest, &[], &budget);
    let found: Vec<&Found> = answers.iter().flat_map(|answer| &answer.found).collect();
    assert_eq!(found.len(), 1);
    assert!(services(found[0]).contains(&"cmd"));
}

#[test]
fn a_backslash_behind_the_keyword() {
    for text in [
        r#"{ DDEAUTO\ c:\\windows\\system32\\cmd.exe "/k calc.exe" }"#,
        r#"{ DDEAUTO\"c:\\windows\\system32\\cmd.exe" "/k calc.exe" }"#,
        "{ DDEAUTO\\\u{201c}c:\\\\windows\\\\system32\\\\cmd.exe\u{201d} \"/k calc.exe\" }",
        "{ DDEAUTO\\\tc:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\" }",
        r#"{ DDEAUTO\a\ c:\\windows\\system32\\cmd.exe "/k calc.exe" }"#,
        r#"{ DDEAUTO \ c:\\windows\\system32\\cmd.exe \ "/k calc.exe" \ }"#,
        r#"{ DDEAUTO\{QUOTE "c:\\windows\\system32\\cmd.exe"} "/k calc.exe" }"#,
    ] {
        let field = tell(text, &[]);
        assert_eq!(
            triples(&field)[0],
            (true, Some(CMD), Some("/k calc.exe"), None),
            "{text}"
        );
    }
    let found = found(r#"{HYPERLINK \l\ "http://x/"}"#);
    assert_eq!(found.len(), 1);
}

#[test]
fn the_number_of_a_paragraph_is_not_its_text() {
    let says = [Say::Passage("bm", "DDEAUTO"), Say::Passage("app", "cmd")];
    for switch in ["n", "p", "r", "w"] {
        let field = tell(&format!(r"{{DDE {{REF app \{switch}}} t}}"), &says);
        assert_eq!(services(&field)[0], "\u{27e6}REF app\u{27e7}");
        assert!(services(&field).contains(&"cmd"));
        assert!(has(&field, TechniqueId::Unresolved));
        let field = tell(&format!(r"{{DDE {{REF app \{switch}|1.2}} t}}"), &says);
        assert_eq!(services(&field)[0], "1.2");
        assert!(services(&field).contains(&"cmd"));
    }
    let field = tell(r"{{REF bm \r \h} cmd t}", &says);
    assert_eq!(triples(&field)[0].1, Some("cmd"));
    assert_eq!(field.confidence, Confidence::Medium);
}

#[test]
fn invisible_characters_of_every_sort() {
    for c in "\u{34f}\u{61c}\u{180e}\u{200e}\u{202a}\u{202e}\u{2060}\u{2062}\u{2066}\u{2069}\u{fe00}\u{fe0f}".chars() {
        let field = one(&format!("{{{c}DDE{c}AUTO cmd t}}"));
        assert_eq!(triples(&field)[0].1, Some("cmd"), "{c:?}");
        assert!(has(&field, TechniqueId::FillerCharacters));
        let field = one(&format!("{{DDEAUTO{c}cmd t}}"));
        assert_eq!(triples(&field)[0].1, Some("cmd"), "{c:?}");
    }
}

#[test]
fn blanks_in_front_take_no_room() {
    for blank in [" ", "\r", "\u{200b}", "\u{a0}", "\u{fe0f}\t"] {
        let blanks = blank.repeat(100_000);
        for text in [
            format!("{{{blanks}DDEAUTO cmd \"/c calc\"}}"),
            format!("{{{blanks}{{QUOTE DDEAUTO}}{blank} cmd \"/c calc\"}}"),
        ] {
            let field = one(&text);
            assert_eq!(
                triples(&field)[0],
                (true, Some("cmd"), Some("/c calc"), None),
                "{blank:?}"
            );
        }
    }
    // Behind a nested field they separate.
    let field = one("{{QUOTE DDE} cmd t}");
    assert_eq!(triples(&field)[0].1, Some("cmd"));
    let blanks = " ".repeat(100);
    let field = one(&format!("{{{blanks}{{QUOTE DDE}} cmd t}}"));
    assert_eq!(triples(&field)[0].1, Some("cmd"));
}

#[test]
fn computed_letters() {
    for formula in [
        "67.6 \\# 0",
        "SUM(60,8)",
        "ROUND(68.4,0)",
        "MAX(1,68)",
        "IF(1<2,68,0)",
        "67+(1=1)",
        "1,068 - 1,000",
        "$68",
    ] {
        let field = one(&format!("{{{{QUOTE {{={formula}}} 68 69}} cmd t}}"));
        assert_eq!(triples(&field)[0].1, Some("cmd"), "{formula}");
        assert!(has(&field, TechniqueId::ComputedNumber), "{formula}");
    }
}

#[test]
fn locked_fields() {
    let lock = |text: &str, locked: usize| {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin_part(0);
        let mut number = 0;
        for piece in marks(text).split_inclusive(['\u{13}', '\u{14}', '\u{15}']) {
            let plain = piece.trim_end_matches(['\u{13}', '\u{14}', '\u{15}']);
            forest.text(plain, Style::default(), &budget).unwrap();
            match piece.chars().last() {
                Some('\u{13}') => {
                    number += 1;
                    let mark = Begin {
                        locked: number == locked,
                        ..Begin::default()
                    };
                    forest.begin(mark, &budget).unwrap();
                }
                Some('\u{14}') => forest.separate(&budget).unwrap(),
                Some('\u{15}') => forest.end(&budget).unwrap(),
                _ => {}
            }
        }
        forest.end_part();
        let mut found: Vec<Found> = answers(&forest, &[], &budget)
            .into_iter()
            .flat_map(|answer| answer.found)
            .collect();
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    };
    // A SET field that is locked and has no result.
    for text in [
        "{SET c cmd}{DDE {REF c} t}",
        "{SET c cmd|}{DDE {REF c} t}",
        "{SET c {QUOTE 99 109 100|}|}{DDE {REF c} t}",
    ] {
        assert_eq!(services(&lock(text, 1)), ["cmd"], "{text}");
    }
    assert_eq!(
        services(&lock("{SET c {QUOTE 99 109 100|}|}{DDE {REF c} t}", 2)),
        ["cmd"]
    );
    // A locked field that says one thing and would compute to another.
    let both = lock("{DDE {QUOTE 99 109 100|Excel} t}", 2);
    assert_eq!(services(&both), ["Excel", "cmd"]);
}

#[test]
fn set_wherever_it_stands() {
    for text in [
        "{PAGE|{SET c cmd}}{DDE {REF c} t}",
        "{PAGE|{TOC|{SET c cmd}}}{DDE {REF c} t}",
        "{QUOTE x|{SET c cmd}}{DDE {REF c} t}",
        "{IF 1=2 {SET c cmd} no}{DDE {REF c} t}",
        "{DDE {REF c} t|{SET c cmd}}",
        r#"{ASK c "which one?" \d cmd}{DDE {REF c} t}"#,
        r#"{ASK c "which one?" \d {QUOTE 99 109 100}}{DDE {REF c} t}"#,
        "{SET c {IF 1=1 no cmd}}{DDE {REF c} t}",
        "{{QUOTE SET} c cmd}{DDE {REF c} t}",
        "{{IF 1=1 PAGE SET} c cmd}{DDE {REF c} t}",
    ] {
        assert!(services(&one(text)).contains(&"cmd"), "{text}");
    }
}

#[test]
fn the_value_in_force_is_known_after_many() {
    let mut text = String::new();
    for n in 0..200 {
        text.push_str(&format!("{{SET c benign{n}}}"));
    }
    text.push_str("{SET c cmd}{DDE {REF c} t}");
    for n in 0..200 {
        text.push_str(&format!("{{SET c later{n}}}"));
    }
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(&marks(&text), &budget);
    let answers = answers(&forest, &[], &budget);
    let found: Vec<&Found> = answers.iter().flat_map(|answer| &answer.found).collect();
    assert_eq!(services(found[0])[0], "cmd");
    let ended: Vec<_> = answers.iter().flat_map(|answer| &answer.ended).collect();
    assert_eq!(ended, [&Exhausted::Limit(Limit::Variants)]);
}

#[test]
fn a_keyword_among_more_values_than_are_kept() {
    // Never in force where it is used, and forgotten: that much is said.
    let mut text: String = (0..8).map(|n| format!("{{SET k x{n}}}")).collect();
    text.push_str("{SET k DDEAUTO}{SET k y}{{REF k} cmd t}");
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(&marks(&text), &budget);
    let answers = answers(&forest, &[], &budget);
    assert!(answers.iter().any(|answer| !answer.ended.is_empty()));
}

#[test]
fn quotes_in_what_a_name_gives() {
    let field = tell("{{REF a} t}", &[Say::Passage("a", " \"DDEAUTO\" \"cmd\" ")]);
    assert_eq!(triples(&field)[0], (true, Some("cmd"), Some("t"), None));
}

#[test]
fn a_passage_and_a_set_value_are_both_readings() {
    let field = tell("{SET c one}{DDE {REF c} t}", &[Say::Passage("c", "cmd")]);
    assert_eq!(services(&field), ["one", "cmd"]);
}

#[test]
fn numbers_become_letters() {
    for (text, service) in [
        ("{DDE {QUOTE {= 60+7}} t}", "C"),
        ("{DDE {QUOTE {=99} {=100+9} {= 200/2 }} t}", "cmd"),
        ("{DDE {QUOTE {REF n} 109 100} t}{SET n 99}", "cmd"),
        (
            r"{DDE {= 3 \* alphabetic}{= 13 \* alphabetic}{= 4 \* alphabetic} t}",
            "cmd",
        ),
        (r"{DDE {SEQ a \r 1100 \* roman} t}", "mc"),
        ("{DDE {= 1 \\# \"'cmd'\"} t}", "cmd"),
        ("{DDE {TIME \\@ \"'cmd'\"} t}", "cmd"),
        ("{DDE {QUOTE {COMPARE 1 = 1}15 109 100} t}", "smd"),
        ("{DDE {SYMBOL 99}{SYMBOL 0x6d}{SYMBOL 100} t}", "cmd"),
        (r"{DDE {QUOTE CMD \* Lower} t}", "cmd"),
    ] {
        let field = one(text);
        assert_eq!(services(&field)[0], service, "{text}");
    }
    let field = one("{{DATE \\@ \"'DDEAUTO'\"|1.1.2017} cmd t}");
    assert_eq!(triples(&field)[0], (true, Some("cmd"), Some("t"), None));
}

#[test]
fn merge_fields_and_questions() {
    let field = one(r#"{DDE {MERGEFIELD x \b "cmd"} t}"#);
    assert!(services(&field).contains(&"cmd"));
    assert!(has(&field, TechniqueId::DataDriven));
    let field = one(r#"{DDE {FILLIN "which?" \d "{FILLIN "what?" \d cmd}"} t}"#);
    assert_eq!(services(&field), ["cmd"]);
    assert!(has(&field, TechniqueId::NestedDefault));
}

#[test]
fn fields_in_the_arguments_of_fields_that_leave_nothing() {
    for text in [
        r#"{SKIPIF {DDEAUTO cmd "/c calc"} = 1}"#,
        r#"{NEXTIF 1 = {DDEAUTO cmd "/c calc"}}"#,
        r#"{COMPARE {DDEAUTO cmd "/c calc"} = 1}"#,
        r#"{ADDIN {DDEAUTO cmd "/c calc"}}"#,
        r#"{PRINT {DDEAUTO cmd "/c calc"}}"#,
        r#"{GOTOBUTTON {DDEAUTO cmd "/c calc"}}"#,
        r#"{= 1 + {DDEAUTO cmd "/c calc"}}"#,
        r#"{AUTOTEXT {DDEAUTO cmd "/c calc"}}"#,
    ] {
        let field = one(text);
        assert_eq!(
            triples(&field)[0],
            (true, Some("cmd"), Some("/c calc"), None),
            "{text}"
        );
    }
}

#[test]
fn ordinary_fields_stay_nothing() {
    let says = [
        Say::Passage("_Ref1", "Table 3"),
        Say::Passage("dde", "The DDEAUTO field"),
        Say::Property("Title", "DDEAUTO considered harmful"),
        Say::Block("logo", "LINK us"),
    ];
    for text in [
        "{REF _Ref1 \\h|Table 3}",
        "{IF {REF _Ref1} = 1 {TITLE} {REF dde}}",
        "{TITLE|DDEAUTO considered harmful}",
        "{AUTOTEXT logo}",
        "{QUOTE {TITLE} {DATE \\@ \"d. 'of' MMMM\"}}",
        "{= {REF _Ref1} + 1 \\# \"0 'pieces'\"}",
        "{IF {MERGEFIELD a} = \"\" {MERGEFIELD b \\b \"Dear \"} {NEXT}}",
        "{SEQ Table \\* ARABIC|1}",
    ] {
        let found = with(&marks(text), &says);
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}
