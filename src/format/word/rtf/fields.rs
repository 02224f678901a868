//! Fields and stories (`spec/word.md` §3.2, §3.3).
//!
//! A field begins with its instruction, wherever in its group that stands; an instruction outside
//! of any field is a field of its own.

use super::destinations::{Role, Story};
use super::state::{Dest, Ends};
use super::{Reader, place};
use crate::field::Begin;
use crate::format::word::document::Source;
use crate::limits::{Exhausted, Limit};
use crate::link::Confidence;

/// Groups of fields that are open at once; of those that have an instruction the forest counts.
const FIELDS: usize = 1 << 16;
/// Stories inside stories.
const STORIES: usize = 1 << 10;

/// The group of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenField {
    pub(super) dirty: bool,
    pub(super) locked: bool,
    offset: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It has no instruction yet, so that it is no field.
    Empty,
    Instruction,
    Result,
}

/// A story inside another.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenStory {
    /// The story around it.
    around: Story,
    /// Fields that are open around it.
    fields: usize,
}

impl Reader<'_, '_> {
    pub(super) fn begin_field(&mut self, at: usize) -> Result<(), Exhausted> {
        self.flush()?;
        if self.fields.len() >= FIELDS {
            self.fall_short(Limit::OpenFields);
        } else if self.ends_with_group(Ends::FIELD) {
            self.fields.push(OpenField {
                dirty: false,
                locked: false,
                offset: place(at),
                phase: Phase::Empty,
            });
        }
        self.groups.change(self.budget).dest = Dest::Field;
        Ok(())
    }

    /// Notes something about the field that is open.
    pub(super) fn mark_field(&mut self, mark: impl FnOnce(&mut OpenField)) {
        if let Some(field) = self.own_field() {
            mark(field);
        }
    }

    /// The innermost field of the story.
    fn own_field(&mut self) -> Option<&mut OpenField> {
        let around = self.stories.last().map_or(0, |story| story.fields);
        self.fields
            .get_mut(around..)
            .and_then(|fields| fields.last_mut())
    }

    pub(super) fn begin_instruction(&mut self, at: usize) -> Result<(), Exhausted> {
        self.flush()?;
        if self.own_field().is_none() {
            self.begin_field(at)?;
        }
        let field = self.own_field().copied();
        self.groups.change(self.budget).dest = Dest::Instruction;
        let Some(field) = field else {
            return Ok(());
        };
        match field.phase {
            Phase::Instruction => {
                self.document.forest.next_element();
                return Ok(());
            }
            // One more instruction behind the result: a field of its own.
            Phase::Result => self.document.end(self.budget)?,
            Phase::Empty => {}
        }
        // The specification says only that a dirty field was formatted since; whether Word
        // refreshes it is not known.
        let confidence = if self.groups.now().doubtful {
            Confidence::Medium
        } else if field.dirty {
            Confidence::High
        } else {
            Confidence::Certain
        };
        self.mark_field(|field| field.phase = Phase::Instruction);
        self.document.begin(
            Begin {
                offset: field.offset,
                dirty: field.dirty,
                locked: field.locked,
                confidence,
                ..Begin::default()
            },
            self.budget,
        )
    }

    pub(super) fn begin_result(&mut self) -> Result<(), Exhausted> {
        self.flush()?;
        if self.dest() == Dest::Instruction {
            // A result inside of the instruction is none: what follows it still is instruction.
            self.groups.change(self.budget).dest = Dest::Nowhere;
            return Ok(());
        }
        if let Some(field) = self.own_field()
            && field.phase == Phase::Instruction
        {
            field.phase = Phase::Result;
            self.document.separate(self.budget)?;
        }
        self.groups.change(self.budget).dest = Dest::Text;
        Ok(())
    }

    pub(super) fn end_field(&mut self) -> Result<(), Exhausted> {
        match self.fields.pop() {
            Some(field) if field.phase != Phase::Empty => self.document.end(self.budget),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn begin_story(&mut self, story: Story) -> Result<(), Exhausted> {
        self.flush()?;
        if self.stories.len() >= STORIES {
            self.fall_short(Limit::OpenFields);
            return Ok(());
        }
        if !self.ends_with_group(Ends::STORY) {
            return Ok(());
        }
        self.stories.push(OpenStory {
            around: self.groups.now().story,
            fields: self.fields.len(),
        });
        self.document.forest.begin_story();
        let state = self.groups.change(self.budget);
        state.dest = Dest::Text;
        state.story = story;
        self.enter(story);
        Ok(())
    }

    /// A field, or an instruction, in a group that programs pass over unless they know what it is
    /// for: some may, and what they find has nothing to do with what stands around it.
    pub(super) fn begin_in_unknown(&mut self, role: Role, at: usize) -> Result<(), Exhausted> {
        self.begin_story(self.groups.now().story)?;
        if self.dest() != Dest::Text {
            return Ok(());
        }
        self.groups.change(self.budget).doubtful = true;
        if role == Role::Field {
            self.begin_field(at)
        } else {
            self.begin_instruction(at)
        }
    }

    pub(super) fn end_story(&mut self) {
        if let Some(story) = self.stories.pop() {
            self.fields.truncate(story.fields);
            self.document.forest.end_story();
            self.enter(story.around);
        }
    }

    /// What comes now is reported as part of this story.
    fn enter(&mut self, story: Story) {
        let known = self.parts.get(story.index()).copied().flatten();
        let part = known.unwrap_or_else(|| {
            let location = self.location.clone().with_cell(story.name());
            self.document
                .sources
                .push(Source::new(super::BODY, location));
            self.document.part()
        });
        if let Some(place) = self.parts.get_mut(story.index()) {
            *place = Some(part);
        }
        self.document.enter_part(part);
    }
}
