//! PowerShell, as far as it hides what it would run.

use super::unfold::{Fuel, Outcome};

/// What a script would run.
pub(crate) fn run(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if fuel.pay(code.len()) {
        outcome.clear = Some(code.to_owned());
    }
    outcome
}
