//! XML as a stream.

use std::borrow::Cow;

use super::names::Ns;

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
    /// Whether the value is spelled with character or entity references.
    pub(crate) referenced: bool,
}

/// A start tag. Empty elements give a start tag and an end.
#[derive(Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: Name<'a>,
    /// Byte of the part at which the tag starts, before character decoding.
    pub(crate) offset: u64,
    attributes: &'a [Attribute<'a>],
}

impl<'a> Tag<'a> {
    /// The attributes in document order, namespace declarations left out.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'a Attribute<'a>> {
        self.attributes.iter()
    }

    /// The first attribute with this local name, whatever its namespace: Office accepts
    /// namespaced and plain spellings of the attributes we ask for (`spec/word.md` §1.1).
    pub(crate) fn attribute(&self, local: &str) -> Option<&'a str> {
        self.attributes()
            .find(|a| a.name.local == local)
            .map(|a| &*a.value)
    }

    /// The first attribute with this namespace and local name.
    pub(crate) fn attribute_in(&self, ns: Ns, local: &str) -> Option<&'a str> {
        self.attributes()
            .find(|a| a.name.is(ns, local))
            .map(|a| &*a.value)
    }

    /// A truth value: present without a value, `1`, `true` or `on` (ST_OnOff).
    pub(crate) fn flag(&self, local: &str) -> bool {
        self.attribute(local).is_some_and(is_on)
    }
}

/// Whether an ST_OnOff value means "on".
pub(crate) fn is_on(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "" | "1" | "true" | "on" | "yes"
    )
}

/// What the stream delivers. Comments and processing instructions are left out and do not end a
/// text; one text may come in several pieces.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Start(Tag<'a>),
    End(Name<'a>),
    Text {
        text: &'a str,
        /// Whether this piece is spelled as a reference or a CDATA section.
        referenced: bool,
    },
}
