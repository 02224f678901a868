//! Our own view: every local header, wherever it stands.
//!
//! # Worst cases
//!
//! One pass over the bytes; memory is paid for by the entry. Headers may overlap each other.

use memchr::memmem;

use super::header::{LOCAL, Local};
use crate::container::held::Held;
use crate::limits::Exhausted;

/// All local headers in the order of their place. Ends early when memory is spent.
pub(super) fn scan<'d>(data: &'d [u8], held: &mut Held<'_>) -> (Vec<Local<'d>>, Option<Exhausted>) {
    let mut locals = Vec::new();
    for at in memmem::find_iter(data, LOCAL) {
        if let Some(local) = Local::parse(data, at) {
            if let Err(cause) = held.pay::<Local<'_>>(1) {
                return (locals, Some(cause));
            }
            locals.push(local);
        }
    }
    (locals, None)
}

/// The local header that stands at `at`.
pub(super) fn find<'a, 'd>(locals: &'a [Local<'d>], at: usize) -> Option<(usize, &'a Local<'d>)> {
    let index = locals.binary_search_by_key(&at, |local| local.at).ok()?;
    Some((index, locals.get(index)?))
}

/// Where stored data ends whose length no header gives (flag bit 3): at the next signature of a
/// descriptor, a local header or a central entry (`spec/word.md` §1.9). `starts` is changed into
/// the ends; the work is one pass, whatever the starts are.
pub(super) fn ends_of_stored(data: &[u8], starts: &mut [usize]) {
    let mut order: Vec<usize> = (0..starts.len()).collect();
    order.sort_by_key(|&index| starts.get(index).copied());
    let mut known = 0..0;
    for index in order {
        let Some(start) = starts.get_mut(index) else {
            continue;
        };
        if known.is_empty() || !known.contains(start) {
            known = *start..next_signature(data, *start);
        }
        *start = known.end;
    }
}

fn next_signature(data: &[u8], from: usize) -> usize {
    let rest = data.get(from..).unwrap_or_default();
    memmem::find_iter(rest, b"PK")
        .find(|&at| {
            let kind = rest
                .get(at.saturating_add(2)..)
                .and_then(|kind| kind.first_chunk());
            matches!(kind, Some([7, 8] | [3, 4] | [1, 2]))
        })
        .map_or(data.len(), |at| from.saturating_add(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_data_of_unknown_length_ends_at_the_next_signature() {
        let data = b"abcPK\x07\x08defPK\x01\x02";
        let mut starts = [8, 0, 2, 12];
        ends_of_stored(data, &mut starts);
        assert_eq!(starts, [10, 3, 3, data.len()]);
    }
}
