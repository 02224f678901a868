//! VBScript and JScript, as far as one line of them hides what it would run.

use super::unfold::{Fuel, Outcome};

/// What a line of VBScript would run.
pub(crate) fn run_vb(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if fuel.pay(code.len()) {
        outcome.clear = Some(code.to_owned());
    }
    outcome
}

/// What a line of JScript would run.
pub(crate) fn run_js(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    run_vb(code, fuel)
}
