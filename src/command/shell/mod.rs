//! The command language of `cmd.exe`, as far as it hides what it would run: the phases of the
//! interpreter in their order, each disguise in a file of its own, over the variables and texts
//! that the line itself makes.
//!
//! Source: Microsoft's pages "cmd", "set", "for", "if", "start", "call"; D. Benham's description of
//! the interpreter's phases; D. Bohannon, "DOSfuscation: Exploring the Depths of Cmd.exe
//! Obfuscation and Detection Techniques" (2018).
//!
//! What depends on files, on the machine or on the results of programs is not known: then every
//! branch is taken, every command of `a || b` runs, and a loop over unknown lines runs once.
//!
//! # Worst cases
//!
//! A line is read once. What runs more than once (the body of a loop, the rest behind `call`) pays
//! from an allowance, in proportion to the text; when it is used up, each of them runs once more
//! and the technique `undecoded` says so. Values and lines are no longer than those of Windows.

mod arithmetic;
mod associations;
mod carets;
mod condition;
mod delayed;
mod environment;
mod filter;
mod for_loop;
mod inherit;
mod launch;
mod machine;
mod percent;
mod pieces;
mod set;
mod split;
mod start;
mod words;

use super::unfold::{Fuel, Outcome};
use machine::Machine;

/// The longest value of a variable (Microsoft, "Environment Variables": 32,767 characters).
const LONGEST: usize = 32_767;

/// What a line would run. `delayed` switches `!variable!` on from the start.
pub(crate) fn run(code: &str, delayed: bool, fuel: &mut Fuel<'_>) -> Outcome {
    if !fuel.pay(code.len()) {
        return Outcome::default();
    }
    let mut machine = Machine::new(delayed, code.len(), fuel);
    machine.lines(code);
    machine.close(code)
}

#[cfg(test)]
mod tests;
