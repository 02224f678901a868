//! What all calls of one analyser share.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::Limits;

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

/// How findings count. A policy can lower a verdict to suspicious and can allow single findings
/// by fingerprint; no policy touches gaps.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    pub(crate) disabled: BTreeSet<String>,
    pub(crate) weights: BTreeMap<String, i32>,
    pub(crate) allowed: BTreeSet<String>,
}

impl Policy {
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
