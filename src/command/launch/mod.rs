//! What programs of Windows make of their arguments: which of them are code, which are another
//! command line. One file a program.

mod cmd;

use super::unfold::{Fuel, Outcome};

/// What the program of that stem (`cmd`, not `cmd.exe`) would run of its arguments.
pub(crate) fn arguments(stem: &str, arguments: &str, fuel: &mut Fuel<'_>) -> Outcome {
    match stem {
        "cmd" => cmd::arguments(arguments, fuel),
        _ => Outcome::default(),
    }
}
