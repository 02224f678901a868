//! Content controls that are bound to data: what they show comes from a custom XML part when the
//! document is opened, whatever stands in the document (`spec/word.md` §1.2).
//!
//! A bound control in an instruction is handed to the field engine as a nested field of its own,
//! with the text in the document as its stored result and the texts of the data as its values.
//!
//! # Malformed input
//!
//! A path is told by its last step alone, and every part that is no document of its own counts
//! as data: a program looks for one part by an id, an attacker may give several the same. A path
//! whose last step is no name may lead to any text of the data.
//!
//! # Worst cases
//!
//! Linear in the events and the text: the text of an element is told when no more than [`HEIGHT`]
//! elements stand in one another in it, and at most 64 KiB of it. What was not told is remembered
//! by its name.

use std::borrow::Cow;

use crate::field::Environment;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// Bytes of a value that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;
/// Elements in one another inside an element whose text is told.
const HEIGHT: u32 = 8;
/// What every text of the data is known by.
const ANY: &str = "*";
/// The same of the properties of the document.
const ANY_PROPERTY: &str = "*properties";
/// The ids by which controls are bound to the core and the extended properties.
const PROPERTIES: &[&str] = &[
    "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}",
    "{6668398D-A668-4E3E-A5EB-62B293D839F1}",
];
/// How documents begin that a value may hold: Flat OPC, and packages, compound files and rich text
/// in base64 (`spec/word.md` §0.1).
const DOCUMENTS: &[&str] = &["<?xml", "<pkg:package", "UEsDB", "0M8R4KGx", "e1xyd"];

/// The last step of the path in a `w:dataBinding`: the name of an element or an attribute.
pub(super) fn target(tag: &Tag<'_>) -> Option<String> {
    let path = tag.attribute("xpath")?;
    let plain = plain(&path);
    let mut steps = plain.rsplit('/').map(str::trim);
    let step = steps.find(|step| {
        let kind = step.rsplit(':').next().unwrap_or_default();
        !matches!(kind, "" | "." | "node()" | "text()")
    })?;
    let step = step.trim_start_matches('@');
    let local = step.rsplit(':').next().unwrap_or_default().trim();
    let is_name = !local.is_empty()
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && local != "..";
    // An axis other than these leads to another element than the one that is named.
    let axis = step.split_once("::").map(|(axis, _)| axis.trim());
    let is_near = matches!(
        axis,
        None | Some("child" | "attribute" | "descendant" | "self" | "descendant-or-self")
    );
    let alone = !plain.contains(['|', '(']) || !path.contains('|') && plain.ends_with("()");
    if is_name && is_near && alone {
        return Some(local.to_owned());
    }
    let id = tag.attribute("storeItemID").unwrap_or_default();
    let id = id.trim();
    let is_property = PROPERTIES
        .iter()
        .any(|known| id.eq_ignore_ascii_case(known));
    Some(if is_property { ANY_PROPERTY } else { ANY }.to_owned())
}

/// A path without its predicates.
fn plain(path: &str) -> String {
    let (mut depth, mut quote) = (0_u32, None);
    let mut plain = String::new();
    for c in path.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth = depth.saturating_add(1),
            (None, ']') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 => plain.push(c),
            (None, _) => {}
        }
    }
    plain
}

/// Whether a value is a document of its own.
fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    DOCUMENTS.iter().any(|start| text.starts_with(start))
}

/// An element of a data part that is open.
#[derive(Debug)]
struct Element {
    name: String,
    /// Where its text begins.
    start: usize,
    /// Elements in one another in it.
    height: u32,
    /// Text stands in it directly.
    texts: bool,
}

/// The elements of a data part that are open.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    /// The part is data.
    reading: bool,
    properties: bool,
    open: Vec<Element>,
    /// So many of them, from the outermost on, have more text than is kept.
    full: usize,
    text: String,
    /// A document stands in a value of the part.
    pub(super) document: bool,
}

impl Leaf {
    /// A part begins; `root` is the namespace of its root element, `data` whether a relationship
    /// says that it is data.
    pub(super) fn begin_part(&mut self, root: Ns, data: bool) {
        *self = Leaf {
            reading: data || matches!(root, Ns::Other | Ns::None | Ns::Properties),
            properties: root == Ns::Properties,
            ..Leaf::default()
        };
    }

    fn any(&self) -> &'static str {
        if self.properties { ANY_PROPERTY } else { ANY }
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
        if self.full == self.open.len() {
            self.text.clear();
        }
        self.open.push(Element {
            name: tag.name.local.to_owned(),
            start: self.text.len(),
            height: 0,
            texts: false,
        });
        let mut kept = true;
        for attribute in tag.attributes() {
            let value: &Cow<'_, str> = &attribute.value;
            if value.trim().is_empty() || attribute.name.local == "xmlns" {
                continue;
            }
            self.document |= is_document(value);
            kept &= environment.bound(attribute.name.local, value, budget);
            kept &= environment.bound(self.any(), value, budget);
        }
        kept
    }

    pub(super) fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        // Blanks before the text do not count.
        let first = self.text.len() == element.start;
        let text = if first { text.trim_start() } else { text };
        element.texts |= !text.trim().is_empty();
        // One byte more than is kept tells that there is more.
        let room = element
            .start
            .saturating_add(LONGEST)
            .saturating_add(4)
            .saturating_sub(self.text.len());
        self.text.push_str(head(text, room));
        while let Some(element) = self.open.get(self.full)
            && self.text.len().saturating_sub(element.start) > LONGEST
        {
            self.full = self.full.saturating_add(1);
        }
    }

    /// An end. Returns whether the value was kept.
    pub(super) fn leave(&mut self, environment: &mut Environment, budget: &Budget<'_>) -> bool {
        let Some(element) = self.open.pop() else {
            return true;
        };
        if let Some(around) = self.open.last_mut() {
            around.height = around.height.max(element.height.saturating_add(1));
        }
        let is_full = self.full > self.open.len();
        self.full = self.full.min(self.open.len());
        let value = self.text.get(element.start..).unwrap_or_default();
        let mut kept = true;
        if is_full || element.height > HEIGHT {
            kept &= environment.cut(&element.name, budget);
            if element.texts {
                kept &= environment.cut(self.any(), budget);
            }
        }
        if element.height > HEIGHT || value.trim().is_empty() {
            return kept;
        }
        let value = head(value, LONGEST);
        self.document |= element.texts && is_document(value);
        kept &= environment.bound(&element.name, value, budget);
        if element.texts {
            kept &= environment.bound(self.any(), value, budget);
        }
        kept
    }
}

/// The longest start of `text` that fits into `room` bytes.
pub(super) fn head(text: &str, room: usize) -> &str {
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}
