//! The command language of `cmd.exe`, as far as it hides what it would run.

use super::unfold::{Fuel, Next, Outcome};

/// What a line would run. `delayed` switches `!variable!` on from the start.
pub(crate) fn run(code: &str, delayed: bool, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if fuel.pay(code.len()) && !delayed {
        outcome.clear = Some(code.to_owned());
        outcome.next.push(Next::Line(code.trim().to_owned()));
    }
    outcome
}
