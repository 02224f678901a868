//! What must be so before a link acts, with the keys of the registry that decide it (analyst
//! specification, section 1).

use std::collections::{BTreeMap, BTreeSet};

use super::card::{Answer, Needed, Predicted};
use super::context::Context;
use crate::recorded::RecordedReport;

/// A value of the registry that decides whether a link acts.
pub(super) struct Setting {
    /// The precondition of reports.
    pub(super) id: &'static str,
    /// Words that the text of the precondition has, where several values share one id.
    told_by: &'static str,
    /// The keys: of the user, then of the policy.
    pub(super) keys: &'static [&'static str],
    /// How the keys end, whatever the version of Office and the hive.
    pub(super) endings: &'static [&'static str],
    pub(super) name: &'static str,
    /// The data with which the link acts.
    pub(super) values: &'static [u32],
}

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        id: "allow-dde",
        told_by: "",
        keys: &[
            r"HKCU\Software\Microsoft\Office\<version>\Word\Security",
            r"HKCU\Software\Policies\Microsoft\Office\16.0\Word\Security",
        ],
        endings: &[r"\Word\Security"],
        name: "AllowDDE",
        values: &[1, 2],
    },
    Setting {
        id: "excel-server-launch",
        told_by: "",
        keys: EXCEL,
        endings: EXCEL_ENDINGS,
        name: "DisableDDEServerLaunch",
        values: &[0],
    },
    Setting {
        id: "excel-server-lookup",
        told_by: "",
        keys: EXCEL,
        endings: EXCEL_ENDINGS,
        name: "DisableDDEServerLookup",
        values: &[0],
    },
    Setting {
        id: "update-links-at-open",
        told_by: "Word",
        keys: &[
            r"HKCU\Software\Microsoft\Office\<version>\Word\Options",
            r"HKCU\Software\Microsoft\Office\<version>\Word\Options\WordMail",
        ],
        endings: &[r"\Word\Options", r"\Word\Options\WordMail"],
        name: "DontUpdateLinks",
        values: &[0],
    },
    Setting {
        id: "update-links-at-open",
        told_by: "Excel",
        keys: &[r"HKCU\Software\Microsoft\Office\<version>\Excel\Options"],
        endings: &[r"\Excel\Options"],
        name: "DontUpdateLinks",
        values: &[0],
    },
];

const EXCEL: &[&str] = &[
    r"HKCU\Software\Microsoft\Office\<version>\Excel\Security",
    r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security\External Content",
];
const EXCEL_ENDINGS: &[&str] = &[r"\Excel\Security", r"\Excel\Security\External Content"];

/// The zone of the mark of the web from which Office opens documents in Protected View.
const INTERNET: u8 = 3;

/// The setting behind a precondition.
fn setting(id: &str, needs: &str) -> Option<&'static Setting> {
    SETTINGS
        .iter()
        .find(|setting| setting.id == id && needs.contains(setting.told_by))
}

/// The settings that the preconditions name, in the order of the table.
pub(super) fn settings(needed: &[Needed]) -> Vec<&'static Setting> {
    let named = |setting: &&Setting| {
        needed
            .iter()
            .any(|need| need.id == setting.id && need.needs.contains(setting.told_by))
    };
    SETTINGS.iter().filter(named).collect()
}

/// What the findings of the chains need, once each, in the order in which they name it.
pub(super) fn needed(
    report: &RecordedReport,
    chains: &[Predicted],
    context: &Context,
) -> Vec<Needed> {
    let mut all: Vec<Needed> = Vec::new();
    let mut known = BTreeMap::new();
    // Findings with the same fingerprint are the same link.
    let mut left: BTreeSet<&str> = chains.iter().map(|chain| &*chain.finding).collect();
    for finding in &report.findings {
        if !left.remove(finding.fingerprint.as_str()) {
            continue;
        }
        for precondition in &finding.preconditions {
            let (id, needs) = (&precondition.id, &precondition.needs);
            let at = *known.entry((id, needs)).or_insert(all.len());
            if at == all.len() {
                let setting = setting(id, needs);
                all.push(Needed {
                    id: id.clone(),
                    keys: setting.map_or(Vec::new(), |setting| setting.keys.to_vec()),
                    name: setting.map(|setting| setting.name),
                    values: setting.map_or(Vec::new(), |setting| setting.values.to_vec()),
                    needs: needs.clone(),
                    by_default: precondition.by_default.clone(),
                    met: met(id, setting, context),
                    findings: Vec::new(),
                });
            }
            if let Some(have) = all.get_mut(at)
                && have.findings.last() != Some(&finding.fingerprint)
            {
                have.findings.push(finding.fingerprint.clone());
            }
        }
    }
    all
}

fn met(id: &str, setting: Option<&Setting>, context: &Context) -> Answer {
    if let Some(setting) = setting {
        return enabled(setting, context);
    }
    match (id, context.zone) {
        // Nothing brings it into Protected View.
        ("protected-view", Some(zone)) if zone < INTERNET => Answer::Yes,
        _ => Answer::Unknown,
    }
}

/// Whether a setting lets links act on the computer: yes if it does on any.
pub(super) fn enabled(setting: &Setting, context: &Context) -> Answer {
    let mut told = context
        .host_values
        .iter()
        .filter(|value| value.name.eq_ignore_ascii_case(setting.name))
        .peekable();
    if told.peek().is_none() {
        Answer::Unknown
    } else if told.any(|value| setting.values.contains(&value.data)) {
        Answer::Yes
    } else {
        Answer::No
    }
}
