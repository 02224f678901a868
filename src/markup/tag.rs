//! A start tag: its name, its attributes, and what its prefixes mean.
//!
//! # Malformed input
//!
//! Missing quotation marks, missing values and missing blanks between attributes are tolerated.

use std::borrow::Cow;

use super::bindings::Bindings;
use super::names::{Dialect, Ns};
use super::references::{Entities, resolve};

/// The name of an element or attribute, its prefix resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) ns: Ns,
    pub(crate) local: &'a str,
}

impl Name<'_> {
    pub(crate) fn is(&self, ns: Ns, local: &str) -> bool {
        self.ns == ns && self.local == local
    }
}

/// One attribute, references resolved.
#[derive(Clone, Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) value: Cow<'a, str>,
    /// Whether the value is spelled with character or entity references that nothing asks for.
    pub(crate) referenced: bool,
}

/// A start tag. Empty elements give a start tag and an end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: Name<'a>,
    /// Byte of the part at which the tag starts, before character decoding.
    pub(crate) offset: u64,
    /// The prefix of the name; empty for none.
    pub(super) prefix: &'a str,
    /// What stands between the name and the end of the tag.
    pub(super) raw: &'a str,
    /// There may be references in it.
    pub(super) referenced: bool,
    pub(super) bindings: &'a Bindings,
    pub(super) entities: &'a Entities,
}

impl<'a> Tag<'a> {
    /// The attributes in document order, namespace declarations left out. They are read from the
    /// tag on each call.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let (bindings, entities) = (self.bindings, self.entities);
        let referenced = self.referenced;
        pairs(self.raw).filter_map(move |(name, value)| {
            let (prefix, local) = split(name);
            let ns = if prefix == "xmlns" || name == "xmlns" {
                return None;
            } else if local.len() == name.len() {
                Ns::None
            } else {
                bindings.resolve(prefix)
            };
            let (value, referenced) = if referenced {
                resolve(value, entities)
            } else {
                (Cow::Borrowed(value), false)
            };
            Some(Attribute {
                name: Name { ns, local },
                value,
                referenced,
            })
        })
    }

    /// The attribute with this local name that the program takes: WordprocessingML qualifies its
    /// attributes, other vocabularies do not. One of another namespace stands in only when there
    /// is no better one (`spec/word.md` §1.1), so that a decoy in front hides nothing.
    pub(crate) fn attribute(&self, local: &str) -> Option<Cow<'a, str>> {
        if !self.mentions(local) {
            return None;
        }
        let rank = |ns: Ns| {
            let own = ns == self.name.ns;
            match (own && ns == Ns::Word, ns == Ns::None, own) {
                (true, ..) => 0,
                (_, true, _) => 1,
                (_, _, true) => 2,
                (false, false, false) => 3,
            }
        };
        let named = self
            .attributes()
            .filter(|attribute| attribute.name.local == local);
        named
            .min_by_key(|attribute| rank(attribute.name.ns))
            .map(|found| found.value)
    }

    /// The first attribute with this namespace and local name.
    pub(crate) fn attribute_in(&self, ns: Ns, local: &str) -> Option<Cow<'a, str>> {
        if !self.mentions(local) {
            return None;
        }
        self.attributes()
            .find(|attribute| attribute.name.is(ns, local))
            .map(|found| found.value)
    }

    /// The attributes as they stand in the document.
    pub(crate) fn source(&self) -> &'a str {
        self.raw.trim_ascii()
    }

    /// Whether the tag may have an attribute of that name. Names cannot be spelled with
    /// references, so most questions end here.
    fn mentions(&self, local: &str) -> bool {
        let Some(&first) = local.as_bytes().first() else {
            return false;
        };
        let raw = self.raw.as_bytes();
        memchr::memchr_iter(first, raw).any(|at| {
            raw.get(at..)
                .is_some_and(|rest| rest.starts_with(local.as_bytes()))
        })
    }

    /// The exact namespace that a prefix means inside this tag; `None` when it is not declared.
    pub(crate) fn dialect(&self, prefix: &str) -> Option<Dialect> {
        self.bindings.dialect(prefix)
    }

    /// The exact namespace of the element.
    pub(crate) fn own_dialect(&self) -> Option<Dialect> {
        self.bindings.dialect(self.prefix)
    }

    /// A truth value: `1`, `true` or `on` (ST_OnOff); absent is false.
    pub(crate) fn flag(&self, local: &str) -> bool {
        self.attribute(local).is_some_and(|value| is_on(&value))
    }
}

/// Whether an ST_OnOff value means "on".
pub(crate) fn is_on(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "" | "1" | "true" | "on" | "yes" | "t"
    )
}

/// The name at the front of a tag's content.
pub(super) fn tag_name(content: &str) -> &str {
    let end = content.bytes().position(|byte| byte.is_ascii_whitespace());
    end.and_then(|end| content.get(..end)).unwrap_or(content)
}

/// Prefix and local part of a name.
pub(super) fn split(name: &str) -> (&str, &str) {
    // Names are short: a loop beats a search.
    let colon = name.bytes().position(|byte| byte == b':');
    let parts = colon.and_then(|at| Some((name.get(..at)?, name.get(at.saturating_add(1)..)?)));
    parts.unwrap_or(("", name))
}

pub(super) fn name_of<'a>(name: &'a str, bindings: &Bindings) -> Name<'a> {
    let (prefix, local) = split(name);
    Name {
        ns: bindings.resolve(prefix),
        local,
    }
}

/// Name and raw value of each attribute. Tolerates missing quotes, missing values and missing
/// blanks; linear in the tag.
pub(super) fn pairs(raw: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        loop {
            if let Some((name, value, tail)) = first_plain(rest) {
                rest = tail;
                return Some((name, value));
            }
            rest = rest.trim_ascii_start();
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .bytes()
                .position(|byte| byte == b'=' || byte.is_ascii_whitespace())
                .unwrap_or(rest.len());
            let (name, tail) = rest.split_at_checked(end)?;
            let tail = tail.trim_ascii_start();
            let Some(value) = tail.strip_prefix('=') else {
                rest = tail;
                if name.is_empty() {
                    return None;
                }
                return Some((name, ""));
            };
            let value = value.trim_ascii_start();
            let quote = value
                .bytes()
                .next()
                .filter(|byte| matches!(byte, b'"' | b'\''));
            let (value, tail) = match quote {
                Some(quote) => {
                    let body = value.get(1..)?;
                    match memchr::memchr(quote, body.as_bytes()) {
                        Some(end) => (body.get(..end)?, body.get(end.saturating_add(1)..)?),
                        None => (body, ""),
                    }
                }
                None => {
                    let end = value
                        .bytes()
                        .position(|byte| byte.is_ascii_whitespace())
                        .unwrap_or(value.len());
                    value.split_at_checked(end)?
                }
            };
            rest = tail;
            if !name.is_empty() {
                return Some((name, value));
            }
        }
    })
}

/// The attribute at the start of `raw`, if it is written as programs write it: ` name="value"`.
/// Its name, its value, what follows.
#[inline]
fn first_plain(raw: &str) -> Option<(&str, &str, &str)> {
    let body = raw.strip_prefix(' ')?;
    let mut bytes = body.bytes();
    let end = bytes.position(|byte| byte == b'=' || byte.is_ascii_whitespace())?;
    let name = body.get(..end).filter(|name| !name.is_empty())?;
    let value = body.get(end..)?.strip_prefix("=\"")?;
    let end = memchr::memchr(b'"', value.as_bytes())?;
    Some((name, value.get(..end)?, value.get(end.saturating_add(1)..)?))
}
