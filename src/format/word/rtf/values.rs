//! What the document says of itself: template, variables, properties, files and mail merges
//! (`spec/word.md` §3.5).

use super::destinations::Value;
use super::state::{Dest, Ends, Sort};
use super::{Reader, place};
use crate::format::word::links::{Attached, Merge, MergeValue};
use crate::limits::{Exhausted, Limit};
use crate::link::Carrier;

/// Bytes of a value that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;
/// Characters of a property that a report shows.
const PROPERTY: usize = 256;
/// Characters of a time.
const TIME: usize = 32;
/// The picture of a shape is a link: flag of the property `pibFlags` ([MS-ODRAW] 2.3.23.7).
const LINKED_PICTURE: u32 = 0x8;

/// A value whose group is open.
#[derive(Debug)]
pub(super) struct OpenValue {
    kind: Value,
    depth: u32,
    offset: u64,
    text: String,
    /// The name of a variable, which has a group of its own in front of that of the value.
    name: Option<String>,
}

/// Whether a value is known by its word alone, wherever it stands.
pub(super) fn stands_in_text(value: Value) -> bool {
    matches!(
        value,
        Value::Template
            | Value::Generator
            | Value::NextFile
            | Value::Variable
            | Value::BookmarkStart
            | Value::BookmarkEnd
            | Value::ObjectClass
    )
}

impl Reader<'_, '_> {
    pub(super) fn begin_value(&mut self, kind: Value, at: usize) -> Result<(), Exhausted> {
        self.flush()?;
        self.ends_with_group(Ends::VALUE);
        self.groups.change(self.budget).dest = Dest::Value;
        self.value = Some(OpenValue {
            kind,
            depth: self.groups.depth(),
            offset: place(at),
            text: String::new(),
            name: None,
        });
        Ok(())
    }

    pub(super) fn begin_values(&mut self, sort: Sort, at: usize) -> Result<(), Exhausted> {
        self.flush()?;
        if sort == Sort::Merge && self.merge.is_none() {
            self.ends_with_group(Ends::MERGE);
            self.merge = Some(Merge::at(super::BODY, place(at)));
        }
        // In the middle of a group it may be passed over, and text goes on.
        let began = self.has_begun();
        let state = self.groups.change(self.budget);
        state.dest = Dest::Values(sort);
        state.doubtful |= began;
        Ok(())
    }

    pub(super) fn add_to_value(&mut self, text: &str) {
        let mut cut = false;
        if let Some(value) = &mut self.value {
            let mut end = LONGEST.saturating_sub(value.text.len()).min(text.len());
            cut = end < text.len();
            while !text.is_char_boundary(end) {
                end = end.saturating_sub(1);
            }
            value.text.push_str(text.get(..end).unwrap_or_default());
        }
        if cut {
            self.fall_short(Limit::InstructionBytes);
        }
    }

    /// A group ends; in that of a variable it may be the one of the name.
    pub(super) fn part_of_value(&mut self) -> Result<(), Exhausted> {
        let inner = self.groups.depth();
        let splits = self.value.as_ref().is_some_and(|value| {
            value.kind == Value::Variable
                && value.name.is_none()
                && inner == value.depth.saturating_add(1)
        });
        if splits && self.dest() == Dest::Value {
            self.flush()?;
            if let Some(value) = &mut self.value {
                value.name = Some(std::mem::take(&mut value.text));
            }
        }
        Ok(())
    }

    pub(super) fn end_value(&mut self) {
        let Some(value) = self.value.take() else {
            return;
        };
        let text = value.text.trim();
        match value.kind {
            Value::Template => {
                self.property("TEMPLATE", text);
                self.attach(Carrier::RemoteTemplate, value.offset, text);
            }
            Value::NextFile | Value::File => {
                let file = text.trim_end_matches(';');
                self.attach(Carrier::SubDocument, value.offset, file);
            }
            Value::Generator => {
                self.properties.application = shown(text.trim_end_matches(';'));
            }
            Value::Variable => {
                if let Some(name) = &value.name {
                    self.document.variable(name, &value.text, self.budget);
                }
            }
            Value::PropertyName => text.clone_into(&mut self.property),
            Value::PropertyText => {
                let name = std::mem::take(&mut self.property);
                self.property(&name, &value.text);
            }
            Value::Info(name) => {
                if name == "AUTHOR" {
                    self.properties.author = shown(text);
                }
                self.property(name, &value.text);
            }
            Value::BookmarkStart => self.document.open_bookmark(text, text, self.budget),
            Value::BookmarkEnd => self.document.close_bookmark(text),
            Value::ObjectClass => {
                let class = shown(text).unwrap_or_default();
                self.mark_object(|object| object.class = class);
            }
            Value::Merge(kind) => self.merge_value(kind, text),
            Value::ShapeName => text.clone_into(&mut self.shape),
            Value::ShapeText => self.shape_value(value.offset, text),
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        let kept = name.is_empty() || self.document.environment.property(name, value, self.budget);
        if !kept {
            self.fall_short(Limit::LiveBytes);
        }
    }

    fn attach(&mut self, carrier: Carrier, offset: u64, target: &str) {
        if target.is_empty() {
            return;
        }
        if let Some(target) = self.document.keep(target, self.budget) {
            self.document.attach(Attached {
                part: super::BODY,
                offset,
                carrier,
                target,
            });
        }
    }

    /// A property of a shape: where its picture comes from, and whether it still does.
    fn shape_value(&mut self, offset: u64, text: &str) {
        match std::mem::take(&mut self.shape).as_str() {
            "pibName" => self.picture = Some((offset, text.to_owned())),
            "pibFlags" => {
                let flags: u32 = text.parse().unwrap_or(0);
                if let Some((offset, name)) = self.picture.take()
                    && flags & LINKED_PICTURE != 0
                {
                    self.attach(Carrier::IncludePicture, offset, &name);
                }
            }
            _ => {}
        }
    }

    pub(super) fn merge_value(&mut self, kind: MergeValue, text: &str) {
        if let Some(merge) = &mut self.merge {
            self.document.merge_value(merge, kind, text, self.budget);
        }
    }

    pub(super) fn end_merge(&mut self) {
        if let Some(merge) = self.merge.take() {
            self.document.end_merge(merge);
        }
    }

    /// A part of the time at which the document was made.
    pub(super) fn add_to_time(&mut self, sign: &str, width: usize, number: i64) {
        if let Some(time) = &mut self.time
            && time.len() < TIME
        {
            time.push_str(&format!("{sign}{number:0width$}"));
        }
    }
}

/// A property as a report shows it.
fn shown(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(PROPERTY).collect())
}
