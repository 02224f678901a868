//! wmic: `process call create "…"`, `/format:` (Microsoft, "wmic"; LOLBAS, "Wmic.exe"; Casey
//! Smith's "Squiblytwo").
//!
//! A style sheet by its address is left where it stands: it is fetched and run, not started.

use super::words::{behind, split};
use crate::command::unfold::{Next, Outcome};

pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = super::spelling::arguments(text);
    let words = split(text);
    let lower = |at: usize| words.get(at).map(|word| word.text.to_ascii_lowercase());
    for at in 0..words.len() {
        let next = at.saturating_add(1);
        if lower(at).as_deref() != Some("call") {
            continue;
        }
        let Some(word) = words.get(next).filter(|_| lower(next).as_deref() == Some("create"))
        else {
            continue;
        };
        let rest = behind(text, word).trim_start_matches('(').trim_start();
        let line = match rest.chars().next() {
            // Up to its quote: then the folder, and what else `Create` takes.
            Some(quote @ ('"' | '\'')) => {
                let escaped = format!("\\{quote}");
                let plain = rest.replace(&escaped, "\u{1}");
                let inner = plain.get(1..).unwrap_or_default();
                let inner = inner.split(quote).next().unwrap_or_default();
                let after = plain.get(inner.len().saturating_add(2)..).unwrap_or_default();
                let inner = inner.replace('\u{1}', &quote.to_string());
                // Nothing but the program was in quotes: `"c:\a b\x.exe" args`.
                if after.trim().is_empty() || after.trim_start().starts_with([',', ')', '"', '/']) {
                    inner
                } else {
                    rest.to_owned()
                }
            }
            _ => rest.split(',').next().unwrap_or_default().to_owned(),
        };
        if !line.trim().is_empty() {
            outcome.next.push(Next::Line(line.trim().to_owned()));
        }
    }
    outcome
}
