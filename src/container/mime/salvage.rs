//! What can be made of a message that falls apart into no parts (`spec/word.md` §4.4): the texts
//! in it that stand for bytes, wherever they are.
//!
//! # Worst cases
//!
//! Linear; each run counts as a part of the message.

use std::ops::Range;

use super::lines::Lines;
use crate::limits::{Budget, Exhausted};

/// Characters from which a run of base64 counts (`spec/word.md` §4.4).
const RUN: usize = 64;

/// Base64 of what documents begin with (`spec/word.md` §0.1): compound files, zip archives, RTF,
/// ActiveMime.
const STARTS: [&[u8]; 4] = [b"0M8R4KGxGuE", b"UEsDB", b"e1xyd", b"QWN0aXZlTWltZ"];

/// Whether a text is the base64 of a document, though nothing says that it is coded.
pub(super) fn is_coded_document(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Bytes of lines in front of base64 that are none; 0 where there is no such line, or no base64.
pub(super) fn junk_before(body: &[u8]) -> usize {
    let mut junk = false;
    for line in Lines::new(body, 0) {
        let text = body
            .get(line.start..line.end)
            .unwrap_or_default()
            .trim_ascii();
        if text.is_empty() {
            continue;
        }
        if text.iter().all(|byte| is_base64(*byte)) {
            return if junk { line.start } else { 0 };
        }
        junk = true;
    }
    0
}

/// The runs of lines that are base64 and nothing else.
///
/// # Errors
///
/// With the runs before it, when there are more than the limit on parts allows.
pub(crate) fn base64_runs(
    data: &[u8],
    budget: &Budget<'_>,
) -> (Vec<Range<usize>>, Result<(), Exhausted>) {
    let mut runs = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for line in Lines::new(data, 0) {
        let text = data.get(line.start..line.end).unwrap_or_default();
        let text = text.trim_ascii();
        let coded = !text.is_empty() && text.iter().all(|byte| is_base64(*byte));
        if coded {
            let start = run.map_or(line.start, |run| run.start);
            run = Some(start..line.end);
        } else if text.is_empty() {
            // An empty line does not end a run: mail programs add them.
        } else if let Some(whole) = run.take()
            && whole.len() >= RUN
        {
            if let Err(cause) = budget.charge_mime_part() {
                return (runs, Err(cause));
            }
            runs.push(whole);
        }
    }
    if let Some(whole) = run.filter(|run| run.len() >= RUN) {
        if let Err(cause) = budget.charge_mime_part() {
            return (runs, Err(cause));
        }
        runs.push(whole);
    }
    (runs, Ok(()))
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
