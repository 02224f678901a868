//! Pages (`spec/word.md` §4.3).

mod cases;
mod conditions;
mod hostile;
mod links;
mod marks;

use crate::{Analyzer, Confidence, Finding, Input, Kind, Report, Trigger, Verdict};

/// H01 of `spec/word.md` §4.8.
const H01: &str = "<!--[if supportFields]><span style='mso-element:field-begin'></span>\
    <span style='mso-spacerun:yes'> </span>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \
    &quot;/k calc.exe&quot; <span style='mso-element:field-separator'></span><![endif]-->x\
    <!--[if supportFields]><span style='mso-element:field-end'></span><![endif]-->";

/// H02.
const H02: &str = "<span style='mso-field-code:\" DDEAUTO c\\:\\\\\\\\windows\\\\\\\\system32\\\\\\\\\
    cmd\\.exe \\0022\\/k calc\\.exe\\0022 \"'>x</span>";

fn analyze(page: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(page).name("q.htm"))
}

fn page(body: &str) -> Report {
    analyze(format!("<html><body>{body}</body></html>").as_bytes())
}

fn only(report: &Report) -> &Finding {
    let found = report.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
    &found[0]
}

fn techniques(finding: &Finding) -> Vec<&str> {
    finding.techniques.iter().map(|t| t.id.as_str()).collect()
}

/// The standard payload: `c:\windows\system32\cmd.exe` with `/k calc.exe`, no item.
fn assert_standard(report: &Report) {
    let found = only(report);
    assert_eq!(found.kind, Kind::DdeAuto);
    assert_eq!(found.trigger, Trigger::Open);
    assert_eq!(found.confidence, Confidence::High);
    let triple = (&found.service, &found.topic, &found.item);
    assert_eq!(triple.0.as_deref(), Some("c:\\windows\\system32\\cmd.exe"));
    assert_eq!(triple.1.as_deref(), Some("/k calc.exe"));
    assert_eq!(triple.2.as_deref(), None);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(report.document().format.as_str(), "html");
}

const BEGIN: &str = "<span style='mso-element:field-begin'></span>";

const SEPARATOR: &str = "<span style='mso-element:field-separator'></span>";

const END: &str = "<span style='mso-element:field-end'></span>";

const REST: &str = " c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";

/// A page with such an instruction that says the standard payload among its readings.
fn assert_says(html: &str) {
    let report = page(html);
    let says = |found: &Finding| {
        found.kind == Kind::DdeAuto
            && found.service.as_deref() == Some("c:\\windows\\system32\\cmd.exe")
            && found.topic.as_deref() == Some("/k calc.exe")
    };
    assert!(report.findings().iter().any(says), "{html}: {report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious, "{html}");
}
