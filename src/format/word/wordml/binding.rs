//! Content controls that are bound to data: what they show comes from a custom XML part when the
//! document is opened, whatever stands in the document (`spec/word.md` §1.2).
//!
//! A bound control in an instruction is handed to the field engine as a nested field of its own,
//! with the text in the document as its stored result and the texts of the data as its values.
//!
//! # Malformed input
//!
//! A path is told by its last step alone, and every part that is no document of its own counts
//! as data: a program looks for one part by an id, an attacker may give several the same.

use std::borrow::Cow;

use crate::field::Environment;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// Bytes of a value that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;

/// The last step of the path in a `w:dataBinding`: the name of an element or an attribute.
pub(super) fn target(tag: &Tag<'_>) -> Option<String> {
    let path = tag.attribute("xpath")?;
    let step = path.rsplit('/').next()?;
    let step = step.split('[').next()?.trim().trim_start_matches('@');
    let local = step.rsplit(':').next()?;
    (!local.is_empty()).then(|| local.to_owned())
}

/// The element of a data part that is open, as long as it has no children.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    /// The part is data.
    reading: bool,
    name: Option<String>,
    text: String,
}

impl Leaf {
    /// A part begins; `root` is the namespace of its root element.
    pub(super) fn begin_part(&mut self, root: Ns) {
        *self = Leaf {
            reading: matches!(root, Ns::Other | Ns::None | Ns::Properties),
            ..Leaf::default()
        };
    }

    /// A start tag. Returns whether everything was kept.
    pub(super) fn enter(
        &mut self,
        tag: &Tag<'_>,
        environment: &mut Environment,
        budget: &Budget<'_>,
    ) -> bool {
        if !self.reading {
            return true;
        }
        self.name = Some(tag.name.local.to_owned());
        self.text.clear();
        let mut values = tag
            .attributes()
            .filter(|attribute| !attribute.value.is_empty());
        values.all(|attribute| {
            let value: &Cow<'_, str> = &attribute.value;
            environment.bound(attribute.name.local, value, budget)
        })
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.name.is_some() {
            let room = LONGEST.saturating_sub(self.text.len());
            let mut end = room.min(text.len());
            while !text.is_char_boundary(end) {
                end = end.saturating_sub(1);
            }
            self.text.push_str(text.get(..end).unwrap_or_default());
        }
    }

    /// An end. Returns whether the value was kept.
    pub(super) fn leave(&mut self, environment: &mut Environment, budget: &Budget<'_>) -> bool {
        let text = std::mem::take(&mut self.text);
        match self.name.take() {
            Some(name) if !text.is_empty() => environment.bound(&name, &text, budget),
            Some(_) | None => true,
        }
    }
}
