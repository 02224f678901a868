//! From tokens to what they do.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of all control words each place knows a few, and the others mean nothing there"
)]

use super::destinations::{Role, Value};
use super::state::{Dest, Ends, Sort};
use super::tokens::Token;
use super::{Reader, values, words};
use crate::field::{Readers, Style};
use crate::format::pages::Page;
use crate::format::word::links::MergeValue;
use crate::limits::{Exhausted, Limit};

/// Bytes between two looks at the stop flag.
const STEP: usize = 64 << 10;
/// Fonts that are kept; Word itself counts them in 15 bits.
const FONTS: usize = 1 << 15;

impl Reader<'_, '_> {
    /// Goes over the file once.
    pub(super) fn walk(&mut self) -> Result<(), Exhausted> {
        let mut next_look = STEP;
        while let Some((at, token)) = self.tokens.next() {
            if at >= next_look {
                self.budget.check_stop()?;
                next_look = at.saturating_add(STEP);
            }
            match token {
                Token::Open => self.open()?,
                Token::Close => self.close(at, false)?,
                Token::Star => {
                    self.skip = self.skip.saturating_sub(1);
                    self.star = true;
                }
                Token::Word { name, parameter } => self.word(at, name, parameter)?,
                Token::Symbol(symbol) => self.symbol(symbol)?,
                Token::Byte(byte) => {
                    if !self.is_left_out() {
                        self.byte(byte)?;
                    }
                }
                Token::Text(bytes) => self.run(bytes)?,
                Token::Binary => self.fresh = false,
            }
        }
        self.flush()
    }

    /// Whether the next character is left out.
    pub(super) fn is_left_out(&mut self) -> bool {
        let left_out = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        left_out
    }

    fn open(&mut self) -> Result<(), Exhausted> {
        self.next_element()?;
        self.groups.open();
        self.star = false;
        self.fresh = true;
        self.skip = 0;
        Ok(())
    }

    /// A group ends, or all of them at the end of the file.
    pub(super) fn close(&mut self, at: usize, at_end: bool) -> Result<(), Exhausted> {
        self.star = false;
        self.fresh = false;
        self.skip = 0;
        self.part_of_value()?;
        if !self.groups.has_changed() {
            self.next_element()?;
            self.groups.close();
            return Ok(());
        }
        self.flush()?;
        let Some(inner) = self.groups.close() else {
            return Ok(());
        };
        let ended = self.settle(inner.ends, at, at_end);
        let now = *self.groups.now();
        if now.readers != inner.readers {
            self.document.forest.restrict(now.readers);
        }
        if now.dest == Dest::Instruction {
            self.document.forest.next_element();
            if inner.dest == Dest::Ignored {
                self.text.note(Style::RTF_IGNORABLE);
            }
        }
        ended
    }

    /// Ends what ends with a group.
    fn settle(&mut self, ends: Ends, at: usize, at_end: bool) -> Result<(), Exhausted> {
        if ends.is_none() {
            return Ok(());
        }
        let mut ended = Ok(());
        if ends.has(Ends::DATA) {
            ended = self.end_data(at);
        }
        if ends.has(Ends::VALUE) {
            self.end_value();
        }
        // What is open at the end of the file has no end.
        if ends.has(Ends::FIELD) && !at_end {
            ended = ended.and(self.end_field());
        }
        if ends.has(Ends::STORY) {
            self.end_story();
        }
        if ends.has(Ends::OBJECT) {
            ended = ended.and(self.end_object());
        }
        if ends.has(Ends::MERGE) {
            self.end_merge();
        }
        if ends.has(Ends::TIME) {
            self.properties.created = self.time.take().filter(|time| !time.is_empty());
        }
        ended
    }

    /// A control word.
    fn word(&mut self, at: usize, name: &[u8], parameter: Option<i64>) -> Result<(), Exhausted> {
        let mut role = Role::of(name);
        self.from_html |= name == b"fromhtml" && parameter != Some(0);
        let star = std::mem::take(&mut self.star);
        if star && role == Role::Unknown && words::is_known(name) {
            role = Role::Format;
        }
        if self.is_left_out() && is_text(role) {
            // Some programs leave out characters only, and not those that are given by a number.
            return match (role, parameter) {
                (Role::Unicode, Some(number)) if self.dest() == Dest::Instruction => {
                    self.optionally(number)
                }
                _ => Ok(()),
            };
        }
        match self.dest() {
            Dest::Ignored if matches!(role, Role::Field | Role::Instruction) => {
                self.begin_in_unknown(role, at)
            }
            Dest::Nowhere | Dest::Ignored => self.in_nothing(role, at),
            Dest::Object => {
                if role == Role::ObjectData {
                    return self.begin_data();
                }
                if star && role == Role::Unknown && self.fresh {
                    self.groups.change(self.budget).dest = Dest::Ignored;
                }
                Ok(())
            }
            Dest::Fonts => {
                self.font_table(role, parameter.unwrap_or(0));
                self.in_nothing(role, at)
            }
            Dest::Value => self.in_value(role, star, at, parameter),
            Dest::Values(sort) => self.in_values(sort, role, star, at, parameter),
            Dest::Text | Dest::Instruction | Dest::Field => self.in_text(role, star, at, parameter),
        }
    }

    /// Where text does not count: what is loaded counts anywhere.
    fn in_nothing(&mut self, role: Role, at: usize) -> Result<(), Exhausted> {
        match role {
            Role::ObjectData => self.begin_data(),
            Role::UnicodeBranch => self.unicode_branch(),
            Role::Value(value @ Value::Template) => {
                // What is open around it says no more.
                self.end_value();
                self.begin_value(value, at)
            }
            _ => Ok(()),
        }
    }

    fn in_text(
        &mut self,
        role: Role,
        star: bool,
        at: usize,
        parameter: Option<i64>,
    ) -> Result<(), Exhausted> {
        if self.dest() == Dest::Instruction {
            let formats = matches!(role, Role::Format | Role::Unknown) && !self.text.is_empty();
            if formats {
                self.next_element()?;
            }
            if star && (role == Role::Format || is_text(role) && role != Role::Unknown) {
                self.perhaps()?;
            }
        }
        match role {
            Role::Field => self.begin_field(at),
            Role::Instruction => self.begin_instruction(at),
            Role::Result => self.begin_result(),
            Role::Dirty => {
                self.mark_field(|field| field.dirty = parameter != Some(0));
                Ok(())
            }
            Role::Locked => {
                self.mark_field(|field| field.locked = parameter != Some(0));
                Ok(())
            }
            Role::Story(story) => self.begin_story(story),
            Role::Object => self.begin_object(),
            Role::Value(value) if values::stands_in_text(value) => self.begin_value(value, at),
            Role::Values(sort) => self.begin_values(sort, at),
            Role::Value(_) | Role::Created | Role::Unknown if star => self.leave_out(Dest::Ignored),
            Role::Nowhere => self.leave_out(Dest::Nowhere),
            Role::FontTable => self.leave_out(Dest::Fonts),
            _ => self.anywhere(role, parameter),
        }
    }

    /// Words that mean the same wherever text counts.
    pub(super) fn anywhere(&mut self, role: Role, parameter: Option<i64>) -> Result<(), Exhausted> {
        match role {
            Role::Character(c) => self.character(c),
            Role::Break(text) => self.end_line(text),
            Role::Unicode => self.unicode(parameter),
            Role::UnicodeSkip => {
                let count = parameter.unwrap_or(1).max(0);
                let count = u16::try_from(count).unwrap_or(u16::MAX);
                if self.groups.now().uc != count {
                    self.groups.change(self.budget).uc = count;
                }
                Ok(())
            }
            Role::Deleted => self.delete(parameter != Some(0)),
            Role::Font => self.choose_font(parameter.unwrap_or(0)),
            Role::PlainFont => {
                self.delete(false)?;
                self.choose_font(self.default_font)
            }
            Role::DefaultFont => {
                self.default_font = parameter.unwrap_or(0);
                Ok(())
            }
            Role::Family(number) => {
                self.page = Page::numbered(number);
                Ok(())
            }
            Role::DocumentPage => {
                if let Some(number) = parameter.filter(|number| *number > 0) {
                    self.page = Page::numbered(number);
                }
                Ok(())
            }
            Role::Both => self.both(),
            Role::UnicodeBranch => self.unicode_branch(),
            Role::ObjectData => self.begin_data(),
            Role::ObjectLink { auto } => {
                self.mark_object(|object| {
                    object.linked = true;
                    object.auto |= auto;
                });
                Ok(())
            }
            Role::ObjectUpdate => {
                self.mark_object(|object| object.auto = true);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What follows in the group is read or left out.
    fn perhaps(&mut self) -> Result<(), Exhausted> {
        self.flush()?;
        if !self.groups.now().optional {
            self.groups.change(self.budget).optional = true;
        }
        Ok(())
    }

    /// Whether the group is one of text already; the document itself always is.
    pub(super) fn has_begun(&self) -> bool {
        !self.fresh || self.groups.depth() <= 1
    }

    /// What follows in the group is no text. A group that began as text goes on for those who look
    /// for its meaning at its beginning only, and so does the document itself.
    fn leave_out(&mut self, dest: Dest) -> Result<(), Exhausted> {
        let began = self.has_begun();
        match self.dest() {
            Dest::Instruction if began => return self.perhaps(),
            Dest::Text | Dest::Field if began => {
                if !self.groups.now().doubtful {
                    self.flush()?;
                    self.groups.change(self.budget).doubtful = true;
                }
                return Ok(());
            }
            _ => {}
        }
        self.flush()?;
        let state = self.groups.change(self.budget);
        state.dest = dest;
        state.outside = None;
        Ok(())
    }

    /// Text in two spellings: those who know Unicode read the second one.
    fn both(&mut self) -> Result<(), Exhausted> {
        self.flush()?;
        let in_text = matches!(self.dest(), Dest::Text | Dest::Instruction | Dest::Field);
        let split = in_text && self.groups.now().readers == Readers::ALL;
        let state = self.groups.change(self.budget);
        state.outside = Some(state.dest);
        if split {
            state.readers = Readers::OLDER;
            self.document.forest.restrict(Readers::OLDER);
        } else {
            state.dest = Dest::Nowhere;
        }
        Ok(())
    }

    fn unicode_branch(&mut self) -> Result<(), Exhausted> {
        let Some(outside) = self.groups.now().outside else {
            return Ok(());
        };
        self.flush()?;
        let state = self.groups.change(self.budget);
        let split = state.dest != Dest::Nowhere;
        state.dest = outside;
        state.outside = None;
        if split {
            state.readers = Readers::WORD.with(Readers::LAX);
            self.document.forest.restrict(state.readers);
        }
        Ok(())
    }

    fn choose_font(&mut self, number: i64) -> Result<(), Exhausted> {
        let page = self.fonts.get(&number).copied().flatten();
        if self.groups.now().page != page {
            self.groups.change(self.budget).page = page;
        }
        Ok(())
    }

    fn font_table(&mut self, role: Role, parameter: i64) {
        let page = match role {
            Role::Font => {
                self.font = parameter;
                return;
            }
            Role::Charset => Page::of_charset(parameter),
            Role::FontPage => Some(Page::numbered(parameter)),
            _ => return,
        };
        if self.fonts.len() < FONTS || self.fonts.contains_key(&self.font) {
            self.fonts.insert(self.font, page);
        } else {
            self.fall_short(Limit::LiveBytes);
        }
    }

    fn in_value(
        &mut self,
        role: Role,
        star: bool,
        at: usize,
        parameter: Option<i64>,
    ) -> Result<(), Exhausted> {
        if role == Role::Value(Value::Template) {
            return self.in_nothing(role, at);
        }
        let other = matches!(
            role,
            Role::Nowhere | Role::Value(_) | Role::Values(_) | Role::FontTable | Role::Story(_)
        );
        if star && role == Role::Unknown {
            return self.leave_out(Dest::Ignored);
        }
        if other {
            return self.leave_out(Dest::Nowhere);
        }
        self.anywhere(role, parameter)
    }

    fn in_values(
        &mut self,
        sort: Sort,
        role: Role,
        star: bool,
        at: usize,
        parameter: Option<i64>,
    ) -> Result<(), Exhausted> {
        match (sort, role) {
            (Sort::Info, Role::Value(value @ Value::Info(_)))
            | (Sort::Merge, Role::Value(value @ Value::Merge(_)))
            | (Sort::Files, Role::Value(value @ Value::File))
            | (
                Sort::Properties,
                Role::Value(value @ (Value::PropertyName | Value::PropertyText)),
            )
            | (Sort::Shape, Role::Value(value @ (Value::ShapeName | Value::ShapeText))) => {
                self.begin_value(value, at)
            }
            (_, Role::Value(value)) if values::stands_in_text(value) => self.begin_value(value, at),
            (_, Role::Values(sort)) => self.begin_values(sort, at),
            (Sort::Info, Role::Created) => {
                if self.ends_with_group(Ends::TIME) {
                    self.time = Some(String::new());
                }
                Ok(())
            }
            (Sort::Info, Role::Time(sign, width)) => {
                self.add_to_time(sign, width, parameter.unwrap_or(0));
                Ok(())
            }
            (Sort::Merge, Role::MergeType(name)) => {
                self.merge_value(MergeValue::DataType, name);
                Ok(())
            }
            (_, Role::Nowhere | Role::FontTable) => self.leave_out(Dest::Nowhere),
            (_, Role::Field | Role::Instruction) if self.groups.now().doubtful => {
                self.begin_in_unknown(role, at)
            }
            (_, Role::Unknown) if star => self.leave_out(Dest::Ignored),
            _ => self.anywhere(role, parameter),
        }
    }
}

/// Whether a word is a character or changes how characters look: leaving it out changes nothing
/// else.
fn is_text(role: Role) -> bool {
    matches!(
        role,
        Role::Character(_)
            | Role::Break(_)
            | Role::Unicode
            | Role::UnicodeSkip
            | Role::Deleted
            | Role::Binary
            | Role::Font
            | Role::PlainFont
            | Role::Format
            | Role::Unknown
    )
}
