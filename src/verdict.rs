//! The one place where findings and gaps become a verdict, and the only maker of a report.

use crate::analyzer::Swept;
use crate::finding::Finding;
use crate::gap::{Gap, Skipped};
use crate::report::{Document, Omitted, Report};

/// The answer. Ordered: what is worse is greater.
///
/// A plain exhaustive enum on purpose: a gateway must say what it does with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(
    clippy::exhaustive_enums,
    reason = "a gateway must handle each verdict"
)]
pub enum Verdict {
    /// Everything was read and nothing reaches out in a way that matters.
    Clean,
    /// Nothing bad was found, but something that may hide a payload was not read.
    Incomplete,
    /// Something reaches out in a way that ordinary documents do not.
    Suspicious,
    /// Opening, updating or clicking starts a program of the attacker's choice.
    Malicious,
}

impl Verdict {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Incomplete => "incomplete",
            Verdict::Suspicious => "suspicious",
            Verdict::Malicious => "malicious",
        }
    }
}

/// The score from which a finding is malicious (design page, "The JSON contract").
const MALICIOUS: u8 = 80;
/// The score from which a finding is suspicious.
const SUSPICIOUS: u8 = 50;

/// The scores from which a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) suspicious: u8,
    pub(crate) malicious: u8,
}

impl Default for Lines {
    fn default() -> Self {
        Lines {
            suspicious: SUSPICIOUS,
            malicious: MALICIOUS,
        }
    }
}

impl Lines {
    /// What a finding with this score makes of a document, if it counts.
    pub(crate) fn verdict(self, score: u8) -> Option<Verdict> {
        if score >= self.malicious {
            Some(Verdict::Malicious)
        } else if score >= self.suspicious {
            Some(Verdict::Suspicious)
        } else {
            None
        }
    }

    /// Moves the line of suspicious: down only, so that nothing that counts ceases to.
    pub(crate) fn suspicious_from(&mut self, score: u8) {
        self.suspicious = score.clamp(1, SUSPICIOUS);
    }

    /// Moves the line of malicious: down to that of suspicious, or up.
    pub(crate) fn malicious_from(&mut self, score: u8) {
        self.malicious = score.max(SUSPICIOUS);
    }
}

/// Everything a report says. Only [`settle`] fills it in, and a report can be made of nothing
/// else.
pub(crate) struct Settled {
    pub(crate) parts: Parts,
    pub(crate) verdict: Verdict,
    pub(crate) score: u8,
    _only_here: (),
}

/// What the analysis brought together.
pub(crate) struct Parts {
    pub(crate) document: Document,
    pub(crate) findings: Vec<Finding>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) omitted: Vec<Omitted>,
}

/// Draws the verdict. `Swept` proves that the analyser's loop came to its end: everything was
/// visited, or a gap says what was not.
pub(crate) fn settle(parts: Parts, lines: Lines, _swept: Swept) -> Report {
    let kept = parts
        .findings
        .iter()
        .filter(|finding| !finding.allowed)
        .map(|finding| finding.score);
    let omitted = parts.omitted.iter().map(|omitted| omitted.highest_score);
    let score = kept.chain(omitted).max().unwrap_or(0);
    let unread = if parts.gaps.is_empty() {
        Verdict::Clean
    } else {
        Verdict::Incomplete
    };
    let verdict = lines.verdict(score).unwrap_or(unread);
    Report::from(Settled {
        parts,
        verdict,
        score,
        _only_here: (),
    })
}
