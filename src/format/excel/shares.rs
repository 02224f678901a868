//! How many items of each link are told one by one.

use std::collections::BTreeMap;

use super::book::Book;
use super::external::Target;

/// Items of one link reported one by one, and the bytes that the copies of service and topic for
/// the items of all links may take: each is judged by itself. The rest of a link's items are one
/// more link: the item never reaches the program (§0.1).
const ITEMS: usize = 4_096;
pub(super) const COPIES: usize = 2 << 20;

/// How many items of each link are reported one by one, in the order of the links.
#[derive(Debug, Default)]
pub(super) struct Shares(BTreeMap<(usize, u64), usize>);

impl Shares {
    /// Shares out what copies of services and topics may take. A link whose turn comes when all is
    /// taken is told once, with all its items.
    pub(super) fn of(book: &Book) -> Self {
        let mut left = COPIES;
        let mut shares = BTreeMap::new();
        for (key, link) in &book.external.links {
            let Target::Dde { service, topic } = &link.target else {
                continue;
            };
            let copy = service.len().saturating_add(topic.len()).max(1);
            let room = left.checked_div(copy).unwrap_or_default().min(ITEMS);
            // Formulas may ask for as many again that the link does not list.
            let share = link.items.len().min(room);
            left = left.saturating_sub(share.saturating_mul(copy));
            shares.insert(*key, room);
        }
        Shares(shares)
    }

    pub(super) fn most(&self, key: (usize, u64)) -> usize {
        self.0.get(&key).copied().unwrap_or_default()
    }
}
