//! What all calls of one analyser share.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::Limits;
use crate::verdict::Lines;

/// How to analyse: limits, policy and standing passwords.
///
/// ```
/// use ddetect::{Analyzer, Options};
///
/// let analyzer = Analyzer::new(Options::gateway().password("invoice"));
/// # let _ = analyzer;
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    pub(crate) limits: Limits,
    pub(crate) policy: Policy,
    pub(crate) passwords: Vec<String>,
}

impl Options {
    /// For a mail gateway: [`Limits::gateway`].
    pub fn gateway() -> Self {
        Options::default().limits(Limits::gateway())
    }

    /// For a person who waits for one file: [`Limits::analyst`].
    pub fn analyst() -> Self {
        Options::default().limits(Limits::analyst())
    }

    /// Replaces the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Replaces the policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Adds a password that is tried on everything that is encrypted.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.passwords.push(password.into());
        self
    }
}

/// How findings count.
///
/// A policy can raise verdicts, lower malicious to suspicious, and allow single findings by
/// fingerprint. What is suspicious or worse under the default policy stays suspicious at least
/// under any other, unless an entry of the allow list names it; no policy touches gaps.
///
/// ```
/// use ddetect::{Analyzer, Options, Policy};
///
/// let policy = Policy::strict().weight("interpreter", 70)?;
/// let analyzer = Analyzer::new(Options::default().policy(policy));
/// # let _ = analyzer;
/// # Ok::<(), ddetect::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    pub(crate) strict: bool,
    pub(crate) lines: Lines,
    pub(crate) disabled: BTreeSet<String>,
    pub(crate) weights: BTreeMap<String, i32>,
    pub(crate) allowed: BTreeSet<String>,
}

impl Policy {
    /// For places where nobody uses DDE: every DDE link is suspicious at least, live or not, feeds
    /// and links between Office documents included (rule `strict-mode`).
    pub fn strict() -> Self {
        Policy {
            strict: true,
            ..Policy::default()
        }
    }

    /// The score from which a finding is suspicious, 1 to 50. Another number counts as the next of
    /// these: a higher one would hide findings.
    #[must_use]
    pub fn suspicious_from(mut self, score: u8) -> Self {
        self.lines.suspicious_from(score);
        self
    }

    /// The score from which a finding is malicious, 50 or more; above 100, none is.
    #[must_use]
    pub fn malicious_from(mut self, score: u8) -> Self {
        self.lines.malicious_from(score);
        self
    }

    /// Lets every finding with this fingerprint count as none. It stays in the report, marked
    /// `allowed`.
    #[must_use]
    pub fn allow(mut self, fingerprint: impl Into<String>) -> Self {
        self.allowed.insert(fingerprint.into());
        self
    }

    /// Switches a rule off.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRule`](crate::Error::UnknownRule) when no rule has that id.
    pub fn disable(mut self, rule: &str) -> Result<Self, crate::Error> {
        self.disabled.insert(known(rule)?);
        Ok(self)
    }

    /// Gives a rule another weight.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRule`](crate::Error::UnknownRule) when no rule has that id.
    pub fn weight(mut self, rule: &str, weight: i32) -> Result<Self, crate::Error> {
        self.weights.insert(known(rule)?, weight);
        Ok(self)
    }
}

fn known(rule: &str) -> Result<String, crate::Error> {
    if crate::rules::ids().any(|id| id == rule) {
        Ok(rule.to_owned())
    } else {
        Err(crate::Error::UnknownRule {
            id: rule.to_owned(),
        })
    }
}
