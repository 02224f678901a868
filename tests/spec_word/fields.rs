//! Field instructions (`spec/word.md` §0.8).

use ddetect::{Kind, Severity, Verdict};

use super::support::docx::{begin, end, instruction, paragraph, text};
use super::support::payloads::{STD, STD_SERVICE};
use super::support::{dde, techniques};
use super::{body, clean, nested, only, std_case, with_field};

#[test]
fn f1() {
    std_case(&with_field(&instruction(&format!(" {STD} "))));
}

#[test]
fn f2_a_fragment_without_a_program() {
    let report = with_field(&instruction("ddeauto ünicöde-test"));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some("ünicöde-test"));
    assert_eq!(finding.topic, None);
    assert_ne!(report.verdict(), Verdict::Malicious, "{finding:#?}");
}

#[test]
fn f3_a_blank_in_a_nested_result_does_not_split() {
    let runs = instruction("DDEAUTO ")
        + &nested("QUOTE 99 109 100")
        + &instruction(" ")
        + &nested("QUOTE 47 107 32 99 97 108 99");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.topic.as_deref(), Some("/k calc"));
    assert!(techniques(finding).contains(&"quote-codes"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn f4_hexadecimal_codes_and_the_shape_synonym() {
    let runs = instruction("DDEAUTO ")
        + &nested("QUOTE 0x63 0x6d 0x64")
        + &instruction(" ")
        + &nested("SHAPE 47 99");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.topic.as_deref(), Some("/c"));
    assert!(techniques(finding).contains(&"hex-codes"));
    assert!(techniques(finding).contains(&"shape-alias"));
}

#[test]
fn f5_inside_an_if() {
    let inner = begin() + &instruction(r#"DDEAUTO cmd "/c calc""#) + &end();
    let runs = instruction("IF 1 = 1 \"") + &inner + &instruction("\" \"no\"");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert!(techniques(finding).contains(&"nested-in-if"));
}

#[test]
fn f6_quoted_text_is_no_field() {
    clean(&with_field(&instruction(r#"QUOTE "DDEAUTO c:\\x""#)));
}

#[test]
fn f7_single_backslashes() {
    let report = with_field(&instruction(
        r#"DDEAUTO "c:\windows\system32\cmd.exe" "/k""#,
    ));
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert_eq!(finding.topic.as_deref(), Some("/k"));
    assert_eq!(
        finding.command.as_ref().unwrap().image.as_deref(),
        Some("cmd.exe")
    );
}

#[test]
fn f9_a_decoy_path_and_a_reassuring_prompt() {
    let decoy =
        r"C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe";
    let text = format!(r#"DDEAUTO "{decoy}" "/c calc.exe" "for security reasons""#);
    let report = with_field(&instruction(&text));
    let finding = only(&report);
    assert_eq!(
        finding.command.as_ref().unwrap().image.as_deref(),
        Some("cmd.exe")
    );
    assert_eq!(finding.topic.as_deref(), Some("/c calc.exe"));
    assert_eq!(finding.item.as_deref(), Some("for security reasons"));
    assert!(techniques(finding).contains(&"path-traversal"));
    assert!(techniques(finding).contains(&"prompt-spoof"));
}

#[test]
fn f10_literal_braces_are_inert() {
    for report in [
        with_field(&instruction(r#" { DDEAUTO cmd "/k" } "#)),
        body(&paragraph(&text(r#"{ DDEAUTO cmd "/k" }"#))),
    ] {
        assert!(dde(&report).is_empty());
        assert!(report.verdict() < Verdict::Suspicious, "{report:#?}");
        let mut inert = report.findings().iter();
        assert!(inert.all(|f| f.kind == Kind::Inert && f.severity == Severity::Info));
    }
}
