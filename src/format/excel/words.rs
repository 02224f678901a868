//! Small questions about what formulas say.

use super::evidence::{Key, Source, What};
use crate::formula::functions::{Call, Class, UNKNOWN};
use crate::link::TechniqueId;

/// A call with its arguments as far as they are known: `CALL("Kernel32","WinExec","JCJ","calc",0)`.
pub(super) fn spelled(call: &Call) -> String {
    let words: Vec<String> = call
        .arguments
        .iter()
        .map(|argument| {
            let text = &argument.text;
            if text == UNKNOWN || text.bytes().all(|b| b.is_ascii_digit()) {
                text.clone()
            } else {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
        })
        .collect();
    format!("{}({})", call.name, words.join(","))
}

/// Whether it is a click-only link to the web.
pub(super) fn is_web_hyperlink(key: &Key) -> bool {
    let [target, ..] = &key.words;
    matches!(key.what, What::Call(_, Class::Click)) && is_web(target)
}

/// Whether a target opens in the browser or the mail program.
pub(super) fn is_web(target: &str) -> bool {
    let starts = |scheme: &str| {
        target
            .split_at_checked(scheme.len())
            .is_some_and(|(head, _)| head.eq_ignore_ascii_case(scheme))
    };
    starts("http://") || starts("https://") || starts("mailto:")
}

/// The disguises of one formula.
pub(super) fn disguises(
    plain: impl Iterator<Item = TechniqueId>,
    source: &Source<'_>,
) -> Vec<TechniqueId> {
    let references = source
        .referenced
        .then_some(TechniqueId::CharacterReferences);
    plain.chain(references).collect()
}
