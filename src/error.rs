//! Mistakes of the caller. Trouble with a document is never an error: it is data in the report.

/// A mistake in how the library was called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`Limits::set`](crate::Limits::set) was given a name that no limit has.
    #[error("there is no limit called '{key}'; known are: {}", known_limits())]
    UnknownLimit {
        /// The name that was asked for.
        key: String,
    },
    /// [`Policy`](crate::Policy) was given a rule that does not exist.
    #[error("there is no rule called '{id}'")]
    UnknownRule {
        /// The rule id that was asked for.
        id: String,
    },
}

fn known_limits() -> String {
    crate::Limit::ALL
        .iter()
        .map(|limit| limit.key())
        .collect::<Vec<_>>()
        .join(", ")
}
