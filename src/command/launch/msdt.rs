//! msdt: a sub-expression of PowerShell in the answer to a question of a troubleshooter
//! (CVE-2022-30190, "Follina"; Microsoft Security Response Center, 30 May 2022).

use super::protocol::percent_decoded;
use crate::command::unfold::{Language, Next, Outcome};
use crate::link::TechniqueId;

/// Sub-expressions taken from one command line.
const EXPRESSIONS: usize = 16;

pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let clear = percent_decoded(text);
    outcome.step(TechniqueId::PercentEncoding, text, &clear);
    let mut rest = clear.as_str();
    for _ in 0..EXPRESSIONS {
        let Some((_, after)) = rest.split_once("$(") else {
            break;
        };
        let end = closing(after);
        let (code, more) = after.split_at_checked(end).unwrap_or((after, ""));
        outcome.next.push(Next::Code(Language::PowerShell, code.to_owned()));
        rest = more;
    }
    outcome
}

/// Where the bracket closes that is open at the start.
fn closing(text: &str) -> usize {
    let mut open = 1_usize;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('\'', None) => quote = Some(c),
            ('\'', Some(_)) => quote = None,
            ('(', None) => open = open.saturating_add(1),
            (')', None) => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}
