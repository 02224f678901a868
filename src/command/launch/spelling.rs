//! Spellings of options that hide them from a search: quotes between the letters, other dashes
//! (Wietze Beukema, "Windows command-line obfuscation", 2021).

use super::words::{DASHES, split};
use crate::command::unfold::Outcome;
use crate::link::TechniqueId;

/// The arguments as they are mostly written, where they were not.
pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let words = split(text);
    let is_odd = |text: &str| text.starts_with(DASHES) && !text.starts_with('-');
    let noise = words.iter().any(|word| word.noise);
    let dashes = words.iter().any(|word| is_odd(&word.text));
    if !noise && !dashes {
        return outcome;
    }
    let mut clear = String::new();
    for word in &words {
        if !clear.is_empty() {
            clear.push(' ');
        }
        let spelled = if word.noise {
            word.text.as_str()
        } else {
            text.get(word.start..word.end).unwrap_or_default()
        };
        let mut letters = spelled.chars();
        if is_odd(spelled) {
            letters.next();
            clear.push('-');
        }
        let blank = word.noise && word.text.contains(char::is_whitespace);
        if blank {
            clear.push('"');
        }
        clear.push_str(letters.as_str());
        if blank {
            clear.push('"');
        }
    }
    if noise {
        outcome.step(TechniqueId::QuoteNoise, text, &clear);
    } else {
        outcome.step(TechniqueId::ShortParameter, text, &clear);
    }
    outcome.clear = Some(clear);
    outcome
}
