//! What is written to wear the evaluator out.

use super::*;

fn budgeted(text: &str, says: &[Say<'_>]) -> (Vec<Found>, Vec<Exhausted>) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut forest = forest(text, &budget);
    let answers = answers(&forest, says, &budget);
    forest.clear(&budget);
    assert_eq!(
        budget.charge_live(limits.live_bytes),
        Ok(()),
        "memory is given back"
    );
    let mut ended = Vec::new();
    let mut found = Vec::new();
    for answer in answers {
        found.extend(answer.found);
        for cause in answer.ended {
            if !ended.contains(&cause) {
                ended.push(cause);
            }
        }
    }
    (found, ended)
}

fn read(text: &str) -> (Vec<Found>, Vec<Exhausted>) {
    budgeted(&marks(text), &[])
}

#[test]
fn names_that_go_round() {
    let (found, ended) = read("{SET a {REF b}}{SET b {REF a}}{DDE {REF a} t}");
    assert_eq!(found.len(), 1);
    assert!(has(&found[0], TechniqueId::Unresolved));
    assert!(ended.is_empty());
    let (found, _) = read("{SET a \"{REF a}{REF a}\"}{DDE {REF a} t}");
    assert_eq!(found.len(), 1);
}

#[test]
fn names_that_double() {
    let mut text = String::from("{SET b0 xxxxxxxxxxxxxxxx}");
    for n in 1..=30 {
        let before = n - 1;
        text.push_str(&format!("{{SET b{n} \"{{b{before}}}{{b{before}}}\"}}"));
    }
    text.push_str("{DDEAUTO cmd {b30}}");
    let (found, ended) = read(&text);
    assert!(ended.contains(&Exhausted::Limit(Limit::EvaluatorBytes)));
    assert_eq!(triples(&found[0])[0].1, Some("cmd"));
}

#[test]
fn a_hundred_thousand_values_of_one_name() {
    let mut text: String = (0..100_000).map(|n| format!("{{SET c v{n}}}")).collect();
    text.push_str("{DDE {REF c} t}");
    let (found, ended) = read(&text);
    assert_eq!(triples(&found[0])[0].1, Some("v99999"));
    assert_eq!(ended, [Exhausted::Limit(Limit::Variants)]);
}

#[test]
fn a_hundred_thousand_bookmarks() {
    let names: Vec<String> = (0..100_000).map(|n| format!("_Ref{n}")).collect();
    let mut says: Vec<Say<'_>> = names
        .iter()
        .map(|name| Say::Passage(name, "Table"))
        .collect();
    says.push(Say::Passage("kw", "DDEAUTO"));
    let (found, ended) = budgeted(&marks("{{REF kw} cmd {REF _Ref99999}}"), &says);
    assert_eq!(
        triples(&found[0])[0],
        (true, Some("cmd"), Some("Table"), None)
    );
    assert!(ended.is_empty());
}

#[test]
fn ten_thousand_fields_in_an_if() {
    let children = "{IF 1=1 a b}".repeat(10_000);
    let (found, ended) = read(&format!("{{IF 1=1 {children} {{DDEAUTO cmd calc}}}}"));
    assert_eq!(found.len(), 1);
    assert!(ended.is_empty(), "{ended:?}");
    // The same in front of a program.
    let (found, ended) = read(&format!("{{DDEAUTO cmd {children}}}"));
    assert_eq!(triples(&found[0])[0].1, Some("cmd"));
    assert_eq!(ended, [Exhausted::Limit(Limit::Variants)]);
    // And where the keyword stands.
    let (found, _) = read(&format!(
        "{{{} DDEAUTO cmd calc}}",
        "{IF 1=1 \"\" b}".repeat(10_000)
    ));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_keyword_that_may_be_any_again_and_again() {
    let mut text = String::new();
    for value in ["\"\"", "D", "L", "I", "DD", "R", "S", "INCLUDE"] {
        text.push_str(&format!("{{SET k {value}}}"));
    }
    let field = format!("{{{} cmd}}", "{k}".repeat(250));
    text.push_str(&field.repeat(200));
    text.push_str("{DDEAUTO cmd t}");
    let (found, ended) = read(&text);
    let last = found.last().unwrap();
    assert_eq!(triples(last)[0], (true, Some("cmd"), Some("t"), None));
    assert!(!ended.is_empty());
}

#[test]
fn long_properties() {
    let long = "x".repeat(1 << 20);
    let names: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
    let says: Vec<Say<'_>> = names
        .iter()
        .map(|name| Say::Property(name, &long))
        .collect();
    let (found, ended) = budgeted(&marks("{DDEAUTO cmd {DOCPROPERTY p0}}"), &says);
    assert_eq!(triples(&found[0])[0].1, Some("cmd"));
    assert_eq!(triples(&found[0])[0].2.map(str::len), Some(1 << 20));
    assert!(ended.is_empty(), "{ended:?}");
    let all: String = names
        .iter()
        .map(|name| format!("{{DOCPROPERTY {name}}}"))
        .collect();
    let (found, ended) = budgeted(&marks(&format!("{{DDEAUTO cmd {all}}}")), &says);
    assert_eq!(triples(&found[0])[0].1, Some("cmd"));
    assert!(ended.contains(&Exhausted::Limit(Limit::EvaluatorBytes)));
}

#[test]
fn choices_within_choices() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut chain = String::from("x");
    for level in 0..100 {
        chain = format!("{{IF {{IF 1=1 a{level} b}} = a {{QUOTE {chain}}} {level}}}");
    }
    let forest = forest(&marks(&format!("{{DDE {chain} t}}")), &budget);
    let found: Vec<Found> = answers(&forest, &[], &budget)
        .into_iter()
        .flat_map(|answer| answer.found)
        .collect();
    assert_eq!(found.len(), 1);
}

#[test]
fn a_doubling_bomb_ends_at_a_limit() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut text = String::from("{SET a0 xxxxxxxxxxxxxxxx}");
    for n in 1..60 {
        text.push_str(&format!(
            "{{SET a{n} \"{{REF a{}}}{{REF a{}}}\"}}",
            n - 1,
            n - 1
        ));
    }
    text.push_str("{DDEAUTO {REF a59} x}");
    let forest = forest(&marks(&text), &budget);
    let mut environment = Environment::default();
    let ended = forest
        .roots()
        .find_map(|root| assign(&forest, root, &mut environment, &budget).err());
    assert_eq!(ended, Some(Exhausted::Limit(Limit::EvaluatorBytes)));
}

#[test]
fn fields_within_fields_within_fields() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let text = format!("{}DDEAUTO cmd calc", "{QUOTE ".repeat(100) + "{");
    let forest = forest(&marks(&text), &budget);
    let found: Vec<_> = answers(&forest, &[], &budget)
        .into_iter()
        .flat_map(|answer| answer.found)
        .collect();
    assert_eq!(found.len(), 1);
    assert_eq!(
        triples(&found[0])[0],
        (true, Some("cmd"), Some("calc"), None)
    );
}

#[test]
fn a_field_is_read_when_the_steps_are_spent() {
    let limits = Limits {
        evaluator_steps: 0,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let forest = forest(
        &marks(r#"{DDEAUTO "c:\\a\\cmd.exe" {QUOTE 47 99}}"#),
        &budget,
    );
    let mut environment = Environment::default();
    let root = forest.roots().next().unwrap();
    let answer = evaluate(&forest, root, &mut environment, &budget);
    assert_eq!(
        triples(&answer.found[0])[0],
        (true, Some(r"c:\a\cmd.exe"), Some("/c"), None)
    );
    assert_eq!(answer.ended, [Exhausted::Limit(Limit::EvaluatorSteps)]);
}

#[test]
fn a_hundred_thousand_names_that_fields_set() {
    let mut text: String = (0..100_000).map(|n| format!("{{SET n{n} v{n}}}")).collect();
    text.push_str("{DDE {REF n0} {REF n99999}}");
    let (found, ended) = read(&text);
    assert_eq!(
        triples(&found[0])[0],
        (false, Some("v0"), Some("v99999"), None)
    );
    assert!(ended.is_empty(), "{ended:?}");
}

#[test]
fn readings_of_long_arguments_are_paid() {
    let long = "x".repeat(1 << 20);
    let says = [Say::Property("p", &long)];
    let choices: String = (0..6).map(|n| format!("{{IF 1=1 a{n} b{n}}}")).collect();
    let text = format!("{{DDE cmd{choices} {{DOCPROPERTY p}}}}");
    let (found, ended) = budgeted(&marks(&text), &says);
    let bytes: usize = triples(&found[0])
        .iter()
        .map(|triple| triple.2.unwrap_or_default().len())
        .sum();
    assert!(bytes <= 4 << 20, "{bytes}");
    assert!(ended.contains(&Exhausted::Limit(Limit::Variants)));
}

/// A SET field that doubles what the one before it gave, sixty times.
fn bomb() -> String {
    let mut text = format!("{{SET a0 \"{}\"}}", "A".repeat(100));
    for n in 1..60 {
        let before = n - 1;
        text.push_str(&format!(
            "{{SET a{n} \"{{REF a{before}}}{{REF a{before}}}\"}}"
        ));
    }
    text
}

#[test]
fn a_bomb_hides_no_field() {
    let bomb = bomb();
    let nested = r#"{{QUOTE 68 68 69 65 85 84 79|P} cmd "/c calc"}"#;
    let set = r#"{SET c "{QUOTE 99 109 100}"}{DDEAUTO {REF c} "/c calc"}"#;
    for text in [
        format!("{bomb}{nested}"),
        format!("{nested}{bomb}"),
        format!("{bomb}{set}"),
        format!("{set}{bomb}"),
        format!("{bomb}{bomb}{bomb}{set}"),
    ] {
        let (found, ended) = read(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(
            triples(&found[0])[0],
            (true, Some("cmd"), Some("/c calc"), None)
        );
        assert!(ended.contains(&Exhausted::Limit(Limit::EvaluatorBytes)));
    }
}

#[test]
fn a_field_is_read_when_no_memory_is_left() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(
        &marks("{IF 1=1 {DDEAUTO {QUOTE 97} cmd} {IF 1=1 {DDE a b}}|x}"),
        &budget,
    );
    budget.charge_live(budget.live_left()).unwrap();
    let mut environment = Environment::default();
    let root = forest.roots().next().unwrap();
    let mut answer = evaluate(&forest, root, &mut environment, &budget);
    assert_eq!(answer.ended, [Exhausted::Limit(Limit::LiveBytes)]);
    answer.found.sort_by_key(|found| found.node);
    let services: Vec<_> = answer
        .found
        .iter()
        .map(|found| triples(found)[0].1)
        .collect();
    assert_eq!(services, [Some("cmd"), Some("a")]);
    assert_eq!(budget.live_left(), 0);
}

#[test]
fn any_fields_at_all_are_read() {
    const WORDS: [&str; 40] = [
        "{",
        "{",
        "{",
        "{",
        "}",
        "}",
        "}",
        "|",
        " ",
        " ",
        "DDEAUTO",
        "DDE",
        "QUOTE",
        "REF",
        "a",
        "b",
        "SET",
        "IF",
        "=",
        "1",
        "99",
        "\"",
        "\\",
        "\\*",
        "Upper",
        "\\#",
        "'x'",
        "SEQ",
        "\\r",
        "AUTOTEXT",
        "TITLE",
        "MERGEFIELD",
        "\\b",
        "LINK",
        "HYPERLINK",
        "http://x/",
        "ASK",
        "\\d",
        "COMPARE",
        "DATE \\@",
    ];
    let says = [
        Say::Variable("a", "DDEAUTO cmd"),
        Say::Property("TITLE", "DDE"),
        Say::Passage("b", "{ DDE \"x"),
        Say::Block("a", "\u{27e6}"),
    ];
    let mut state = 7_u64;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..120 {
            // Knuth's MMIX generator.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let word = usize::try_from(state >> 33).unwrap() % WORDS.len();
            text.push_str(WORDS[word]);
            if state >> 62 == 0 {
                text.push(' ');
            }
        }
        let (found, _) = budgeted(&marks(&text), &says);
        let (again, _) = budgeted(&marks(&text), &says);
        assert_eq!(format!("{found:?}"), format!("{again:?}"), "{text}");
        for one in found {
            let Outcome::Dde { readings, .. } = one.outcome else {
                continue;
            };
            assert!(!readings.is_empty() && readings.len() <= 8, "{text}");
        }
    }
}
