//! Many short texts, by their number: names of sheets, of the workbook, of functions.

use crate::format::excel::site::{Purse, Rank};

/// What a text costs besides its bytes; a growing list may be twice what is filled.
const ENTRY: usize = 16;

/// Texts one after the other.
#[derive(Debug, Default)]
pub(super) struct Pool {
    text: String,
    ends: Vec<usize>,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a text. Without room for it, it is the empty one, so that the numbers hold; without
    /// room for that, nothing is added.
    pub(super) fn push(&mut self, text: &str, purse: &mut Purse<'_, '_>) {
        let whole = text.len().saturating_mul(2).saturating_add(ENTRY);
        if purse.keep(Rank::Junk, whole) {
            self.text.push_str(text);
        } else if !purse.keep(Rank::Link, ENTRY) {
            return;
        }
        self.ends.push(self.text.len());
    }

    /// The text of this number, from 0.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let before = number.checked_sub(1);
        let start = before.and_then(|before| self.ends.get(before));
        self.text.get(start.copied().unwrap_or(0)..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::excel::site::Account;
    use crate::limits::{Budget, Limits};

    #[test]
    fn texts_by_number() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut account = Account::default();
        let mut purse = Purse {
            budget: &budget,
            account: &mut account,
        };
        let mut pool = Pool::default();
        for text in ["a", "", "bc"] {
            pool.push(text, &mut purse);
        }
        assert_eq!(
            [pool.get(0), pool.get(1), pool.get(2), pool.get(3)],
            [Some("a"), Some(""), Some("bc"), None]
        );
    }
}
