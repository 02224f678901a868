//! Dot-dot segments lead to another program.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "path-traversal",
    weight: 20,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Dot-dot segments lead away from the program that service or path seem to name. Never \
          in real feeds.",
    hits: &[
        Case::dde(
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
        ),
        Case::dde(
            "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe",
            "/c calc.exe",
        ),
        Case::dde("cmd", "/k \\..\\..\\..\\Windows\\System32\\calc.exe"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("Excel", "..\\prices.xlsx"),
        Case::external(Carrier::ExternalWorkbook, "..\\a.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.starts() {
        return None;
    }
    let resolved = subject.resolved.as_ref()?;
    let climbs = resolved
        .techniques
        .iter()
        .find(|technique| technique.id == TechniqueId::PathTraversal);
    match climbs {
        Some(technique) => technique.before.clone(),
        None => (subject.arguments().contains("\\..\\") && subject.is_dangerous())
            .then(|| "\\..\\".to_owned()),
    }
}
