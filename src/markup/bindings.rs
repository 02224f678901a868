//! Which prefix stands for which namespace at this point of a document.
//!
//! Look-ups cost O(log n) in the number of prefixes, however many there are: `quick-xml`'s own
//! resolver stops at 128 bindings, which is an evasion (`deps.md` §4.1).

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::names::{Dialect, Ns, is_strict};

/// What prefixes mean at one point of a document.
pub(super) type Scope = BTreeMap<Box<str>, (Ns, Dialect)>;

#[derive(Debug, Default)]
pub(super) struct Bindings {
    /// What prefixes mean around the text that is read.
    outer: Option<Rc<Scope>>,
    /// For each prefix (empty: the default namespace) its meanings, innermost last.
    by_prefix: BTreeMap<Box<str>, Vec<(Ns, Dialect)>>,
    /// The prefixes in the order of their declarations, with the depth of the element.
    declared: Vec<(usize, u64, Box<str>)>,
    /// Declarations so far.
    count: u64,
    /// The answer to the last look-up: documents use one prefix most of the time.
    last: Cell<Option<([u8; 8], usize, Ns)>>,
    /// Bytes of all declared prefixes.
    bytes: usize,
    strict: bool,
}

impl Bindings {
    /// An element at `depth` declares `prefix`.
    pub(super) fn declare(&mut self, depth: usize, prefix: &str, uri: &str) {
        self.strict |= is_strict(uri);
        self.bytes = self
            .bytes
            .saturating_add(prefix.len())
            .saturating_add(ENTRY);
        self.by_prefix
            .entry(prefix.into())
            .or_default()
            .push((Ns::of(uri), Dialect::of(uri)));
        self.count = self.count.saturating_add(1);
        self.declared.push((depth, self.count, prefix.into()));
        self.last.set(None);
    }

    /// The element at `depth` ends: its declarations end with it.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while let Some((_, _, prefix)) = self.declared.pop_if(|(at, ..)| *at >= depth) {
            self.bytes = self
                .bytes
                .saturating_sub(prefix.len())
                .saturating_sub(ENTRY);
            if let Some(meanings) = self.by_prefix.get_mut(&prefix) {
                meanings.pop();
                if meanings.is_empty() {
                    self.by_prefix.remove(&prefix);
                }
            }
            self.last.set(None);
        }
    }

    /// What `prefix` stands for; the empty prefix is the default namespace of elements.
    #[inline]
    pub(super) fn resolve(&self, prefix: &str) -> Ns {
        let key = short(prefix);
        if let (Some((last, len, ns)), Some(key)) = (self.last.get(), key)
            && len == prefix.len()
            && last == key
        {
            return ns;
        }
        let ns = match self.meaning(prefix) {
            Some((ns, _)) => *ns,
            None if prefix.is_empty() => Ns::None,
            None if prefix == "xml" => Ns::Xml,
            None => Ns::Other,
        };
        if let Some(key) = key {
            self.last.set(Some((key, prefix.len(), ns)));
        }
        ns
    }

    /// The exact namespace that `prefix` stands for; `None` when it is not declared.
    pub(super) fn dialect(&self, prefix: &str) -> Option<Dialect> {
        let (_, dialect) = self.meaning(prefix)?;
        Some(*dialect)
    }

    fn meaning(&self, prefix: &str) -> Option<&(Ns, Dialect)> {
        let inner = self.by_prefix.get(prefix).and_then(|all| all.last());
        inner.or_else(|| self.outer.as_ref()?.get(prefix))
    }

    /// Prefixes that mean something before anything is declared.
    pub(super) fn within(outer: Rc<Scope>) -> Self {
        Bindings {
            outer: Some(outer),
            ..Bindings::default()
        }
    }

    /// A number that is the same where all prefixes mean the same.
    pub(super) fn stand(&self) -> u64 {
        self.declared.last().map_or(0, |(_, count, _)| *count)
    }

    /// What all prefixes mean here. Costs as much as [`Bindings::bytes`] says.
    pub(super) fn scope(&self) -> Scope {
        let inner = self.by_prefix.iter();
        inner
            .filter_map(|(prefix, all)| Some((prefix.clone(), *all.last()?)))
            .collect()
    }

    /// Memory in use, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether any namespace of ISO 29500 Strict was declared.
    pub(super) fn saw_strict(&self) -> bool {
        self.strict
    }
}

/// What one declaration costs beside its prefix.
const ENTRY: usize = 64;

/// The prefix as a fixed-size key; `None` for the long ones, which are not remembered.
fn short(prefix: &str) -> Option<[u8; 8]> {
    let mut key = [0u8; 8];
    if prefix.len() > key.len() {
        return None;
    }
    for (slot, byte) in key.iter_mut().zip(prefix.bytes()) {
        *slot = byte;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    #[test]
    fn inner_declarations_hide_outer_ones_until_their_element_ends() {
        let mut bindings = Bindings::default();
        bindings.declare(1, "w", W);
        assert_eq!(bindings.resolve("w"), Ns::Word);
        bindings.declare(2, "w", "urn:x");
        assert_eq!(bindings.resolve("w"), Ns::Other);
        bindings.leave(2);
        assert_eq!(bindings.resolve("w"), Ns::Word);
        bindings.leave(1);
        assert_eq!(bindings.resolve("w"), Ns::Other);
        assert_eq!(bindings.bytes(), 0);
    }

    #[test]
    fn many_prefixes_are_all_known() {
        let mut bindings = Bindings::default();
        for index in 0..5_000 {
            bindings.declare(1, &format!("p{index}"), "urn:x");
        }
        bindings.declare(1, "a-rather-long-prefix", W);
        assert_eq!(bindings.resolve("a-rather-long-prefix"), Ns::Word);
        assert_eq!(bindings.resolve(""), Ns::None);
        assert_eq!(bindings.resolve("xml"), Ns::Xml);
    }
}
