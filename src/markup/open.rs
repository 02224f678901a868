//! The elements that are open at one point of a document.
//!
//! # Worst cases
//!
//! An element costs a few numbers and its name; the reader ends a part where the names or the
//! depth pass their limits.

use super::bindings::Bindings;
use super::names::Ns;
use super::shape::Shape;

/// Who read a start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The parser, which keeps the name until it reads an end tag.
    Parser,
    Us,
}

/// The elements that are open.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Their names, outermost first; behind them may stand names that were open before.
    names: Vec<u8>,
    /// Bytes of the names.
    length: usize,
    elements: Vec<Element>,
}

#[derive(Clone, Copy, Debug)]
struct Element {
    /// Where among the names its own starts.
    start: usize,
    by: By,
    /// Length of the prefix with its colon.
    prefix: usize,
    /// The end tag is known by comparison.
    plain: bool,
    /// What the name means, once its declarations were read.
    ns: Ns,
}

/// The end tag of the innermost element.
pub(super) struct Close {
    /// Bytes of the tag.
    pub(super) length: usize,
    pub(super) ns: Ns,
    /// Bytes of the prefix with its colon.
    pub(super) prefix: usize,
}

impl Open {
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.elements.len()
    }

    /// Bytes of all names.
    #[inline]
    pub(super) fn bytes(&self) -> usize {
        self.length
    }

    #[inline]
    pub(super) fn enter(&mut self, name: &str, by: By, shape: &Shape) {
        self.elements.push(Element {
            start: self.length,
            by,
            prefix: shape.prefix,
            plain: shape.plain && by == By::Us,
            ns: Ns::None,
        });
        let name = name.as_bytes();
        let end = self.length.saturating_add(name.len());
        // Most elements have the name of the one before.
        let before = self.names.get(self.length..end);
        if !before.is_some_and(|before| same(before, name)) {
            self.names.truncate(self.length);
            self.names.extend_from_slice(name);
        }
        self.length = end;
    }

    /// What the name of the innermost element means.
    #[inline]
    pub(super) fn means(&mut self, ns: Ns) {
        if let Some(element) = self.elements.last_mut() {
            element.ns = ns;
        }
    }

    /// Whether `bytes` begin with the end tag of the innermost element, in the one way in which
    /// everybody writes it. The name means what it meant at its start: all that was declared
    /// since has ended.
    #[inline]
    pub(super) fn close(&self, bytes: &[u8]) -> Option<Close> {
        let [b'<', b'/', tag @ ..] = bytes else {
            return None;
        };
        let element = self.elements.last().filter(|element| element.plain)?;
        let name = self.names.get(element.start..self.length)?;
        let (front, behind) = tag.split_at_checked(name.len())?;
        (same(front, name) && behind.first() == Some(&b'>')).then_some(Close {
            length: name.len().saturating_add(3),
            ns: element.ns,
            prefix: element.prefix,
        })
    }

    /// The name of the innermost element.
    pub(super) fn innermost(&self) -> Option<&str> {
        let element = self.elements.last()?;
        let name = self.names.get(element.start..self.length)?;
        std::str::from_utf8(name).ok()
    }

    /// Whether the parser keeps the name of the innermost element.
    pub(super) fn is_kept_by_parser(&self) -> bool {
        self.elements
            .last()
            .is_some_and(|element| element.by == By::Parser)
    }

    /// The innermost element ends. Ends without a start are passed over.
    #[inline]
    pub(super) fn leave(&mut self, bindings: &mut Bindings) {
        let depth = self.elements.len();
        if let Some(element) = self.elements.pop() {
            bindings.leave(depth);
            self.length = element.start;
        }
    }
}

/// Whether both are the same. Names are short: a loop beats a call.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_plain_end_of_the_innermost_element_is_known_at_once() {
        let mut open = Open::default();
        let mut bindings = Bindings::default();
        let plain = |prefix| Shape {
            prefix,
            plain: true,
            ..Shape::default()
        };
        open.enter("a", By::Us, &plain(0));
        open.means(Ns::Word);
        open.enter("p:bc", By::Us, &plain(2));
        open.means(Ns::Spreadsheet);
        let close = open.close(b"</p:bc>x").unwrap();
        assert_eq!(
            (close.length, close.ns, close.prefix),
            (7, Ns::Spreadsheet, 2)
        );
        for other in ["</p:bc", "</p:b>", "</p:bcd>", "</p:bc >", "<p:bc>", "</a>"] {
            assert!(open.close(other.as_bytes()).is_none(), "{other}");
        }
        open.leave(&mut bindings);
        assert_eq!(open.close(b"</a>").unwrap().ns, Ns::Word);
        // The name that was there is written over, or used again where it is the same.
        for name in ["p:bd", "p:bd", "q", "qr"] {
            open.enter(name, By::Us, &plain(0));
            assert_eq!(open.innermost(), Some(name));
            assert_eq!(open.bytes(), 1 + name.len());
            open.leave(&mut bindings);
        }
        // The parser has to see the ends of what it has seen the starts of.
        open.enter("a", By::Parser, &plain(0));
        assert!(open.is_kept_by_parser() && open.close(b"</a>").is_none());
    }
}
