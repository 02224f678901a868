//! What programs of Windows make of their arguments: which of them are code, which are another
//! command line. One file a program.

mod powershell;

use super::unfold::{Fuel, Language, Next, Outcome};

/// What the program of that stem (`cmd`, not `cmd.exe`) would run of its arguments.
pub(crate) fn arguments(stem: &str, arguments: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if !fuel.pay(arguments.len()) {
        return outcome;
    }
    if matches!(stem, "powershell" | "powershell_ise" | "pwsh") {
        return powershell::arguments(stem == "pwsh", arguments, fuel);
    }
    if stem == "cmd"
        && let Some((_, code)) = arguments.split_once(['c', 'k', 'C', 'K'])
    {
        let language = Language::Shell { delayed: false };
        outcome.next.push(Next::Code(language, code.to_owned()));
    }
    outcome
}
