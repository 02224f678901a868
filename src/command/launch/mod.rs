//! What programs of Windows make of their arguments: which of them are code, which are another
//! command line. One file a program or a family; what only takes options with a command line in
//! them is data in [`table`].

mod cmd;
mod forfiles;
mod msdt;
mod powershell;
mod protocol;
mod rundll32;
mod spelling;
mod table;
mod words;
mod wmic;

use super::unfold::{Fuel, Outcome};

/// What the program of that stem (`cmd`, not `cmd.exe`) would run of its arguments.
pub(crate) fn arguments(stem: &str, arguments: &str, fuel: &mut Fuel<'_>) -> Outcome {
    // Each reader goes over the arguments a few times.
    if !fuel.pay(arguments.len().saturating_mul(4)) {
        return Outcome::default();
    }
    match stem {
        "cmd" => cmd::arguments(arguments, fuel),
        "forfiles" => forfiles::arguments(arguments),
        "msdt" => msdt::arguments(arguments),
        "mshta" | "presentationhost" => protocol::arguments(arguments),
        "powershell" | "powershell_ise" => powershell::arguments(false, arguments, fuel),
        "pwsh" => powershell::arguments(true, arguments, fuel),
        "rundll32" => rundll32::arguments(arguments),
        "wmic" => wmic::arguments(arguments),
        _ => table::arguments(stem, arguments),
    }
}

#[cfg(test)]
mod tests;
