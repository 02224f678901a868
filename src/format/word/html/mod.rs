//! Word documents in HTML (`spec/word.md` §4.3).
//!
//! Fields come in three spellings: elements whose style is a mark (`mso-element:field-begin`),
//! elements whose style is an instruction (`mso-field-code`), and either of them in a conditional
//! comment. The style may stand in the element or in a style sheet.
//!
//! # Malformed input
//!
//! Marks count on any element and in any order; see `field::tree` for what becomes of stray ones.
//! A field by instruction ends with its element, or where the page ends. Markup is read as in
//! [`crate::markup::html`].
//!
//! # Worst cases
//!
//! Linear in the page. Body text is not looked at; what is kept is what the forest keeps, the
//! rules of style sheets that make fields, and a digest for each place that a link leads to. All
//! of it is charged to `live-bytes`.

mod addresses;
mod conditions;
mod elements;
mod island;
mod links;
mod marks;
mod scripts;

use std::ops::Range;

use super::document::{Document, Source};
use crate::field::{Begin, Readers, Style};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;
use crate::markup::css;
use crate::markup::html::{
    Enclosed, MSO_16, Page, Tag, Token, Tokens, cut, is_block, is_inline, is_named, is_void,
    resolve, unicode,
};
use crate::report::Properties;
use conditions::{Conditions, each};
use elements::Object;
use island::Island;
use links::Links;
use marks::{Mark, Marks, Sheet};

/// Tokens after which the stop flag is looked at.
const TURN: u32 = 1 << 12;
/// How sure it is that Word updates fields of a page as it does those of a document: that it
/// makes fields of them is documented, the rest is not (`spec/word.md` §4.3).
const CONFIDENCE: Confidence = Confidence::High;

/// Reads a page.
pub(crate) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
    if let Err(cause) = budget.charge_decoded(length) {
        ledger.exhausted(cause, location.clone());
        return Outcome::from(Err(cause));
    }
    let page = Page::read(data, ledger.charset(), budget);
    let mut source = Source::new(0, location.clone());
    if page.utf16 {
        source.techniques.push(TechniqueId::Utf16);
    }
    if page.odd {
        source.techniques.push(TechniqueId::OddEncoding);
    }
    if page.foreign {
        let detail = "markup in an encoding that is not decoded";
        ledger.gap(GapKind::Unsupported, location.clone(), detail);
    }
    if let Some(cause) = page.exhausted {
        ledger.exhausted(cause, location.clone());
    }
    let mut reader = Reader {
        page: &page,
        location,
        budget,
        ledger,
        document: Document::default(),
        sheet: Sheet::default(),
        links: Links::new(source.techniques.clone()),
        island: Island::default(),
        object: None,
        properties: Properties::default(),
        conditions: Conditions::default(),
        token: 0..0,
        deleted: 0,
        simple: Vec::new(),
        data_to: 0,
        lax_to: 0,
        blank: false,
        spaces: false,
        anchored: false,
        long_tag: false,
    };
    reader.document.begin_part(source);
    let ended = reader.run();
    reader.close(ended);
    let properties = std::mem::take(&mut reader.properties);
    let Reader { sheet, links, .. } = reader;
    sheet.release(budget);
    links.release(budget);
    page.release(budget);
    let ended = ended
        .and_then(|()| addresses::read(data, location, budget, ledger))
        .and_then(|()| scripts::read(data, location, budget, ledger));
    Outcome { properties, ended }
}

/// A field by instruction whose element is open.
struct Simple {
    name: Vec<u8>,
    /// Elements of the same name open in it.
    nested: u32,
    /// Who reads it.
    readers: Readers,
    /// Open fields, with it, for each reader.
    depths: [u32; Readers::COUNT],
}

struct Reader<'a, 's> {
    page: &'a Page<'a>,
    location: &'a Location,
    budget: &'a Budget<'a>,
    ledger: &'a mut Ledger<'s>,
    document: Document,
    sheet: Sheet,
    links: Links,
    island: Island,
    /// A linked object that is open.
    object: Option<Object>,
    properties: Properties,
    conditions: Conditions,
    /// Where the present token stands.
    token: Range<usize>,
    /// Elements open whose text change tracking marks as deleted.
    deleted: u32,
    simple: Vec<Simple>,
    /// Where the data of an Office program that began ends: its text is none of the document.
    data_to: usize,
    /// The same, where it is text to some.
    lax_to: usize,
    /// The last character of the instruction was a blank.
    blank: bool,
    /// White space counts where we are.
    spaces: bool,
    /// An anchor is open.
    anchored: bool,
    /// A tag was too long to be read.
    long_tag: bool,
}

impl Reader<'_, '_> {
    fn run(&mut self) -> Result<(), Exhausted> {
        let page = self.page;
        self.sheets(&page.text)?;
        let mut tokens = Tokens::new(&page.text);
        let mut turn = 0u32;
        while let Some((at, token)) = tokens.next() {
            turn = turn.wrapping_add(1);
            self.token = at..tokens.position();
            if turn.is_multiple_of(TURN) {
                self.budget.check_stop()?;
            }
            match token {
                Token::Text(text) => self.text(text, at)?,
                // No text to browsers; text to those who know sections.
                Token::Data(text) => {
                    self.lax_to = self.lax_to.max(at.saturating_add(1));
                    self.text(text, at)?;
                }
                Token::Start(tag) => {
                    self.enclosed(&tag, &mut tokens);
                    self.start(&tag, at)?;
                }
                Token::End(name) => self.end(name)?,
                Token::Condition(condition) => {
                    self.conditions
                        .open(condition, &mut self.document, self.budget)
                }
                Token::EndCondition => self.conditions.close(&mut self.document),
                Token::Shown => self.conditions.show(&mut self.document),
                Token::Script(text) => self.script(text, at),
                Token::Style(_) => {}
            }
        }
        Ok(())
    }

    /// An element whose text is none of the document. Without an end it is one like any other.
    fn enclosed(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) {
        let Some(element) = Enclosed::named(tag.name) else {
            return;
        };
        match element {
            // Nobody would close an island at once, but to hide that its end does not count.
            Enclosed::Xml if tag.is_closed() => self.data_to = 0,
            Enclosed::Xml | Enclosed::WordData => {
                let end = tokens.end_of(element).unwrap_or(0);
                self.data_to = self.data_to.max(end);
            }
            // HTML has an element of this name, with text; in a title some may see tags.
            Enclosed::Data | Enclosed::Title => self.lax_to = tokens.end_of(element).unwrap_or(0),
            Enclosed::Script
            | Enclosed::Style
            | Enclosed::TextArea
            | Enclosed::Xmp
            | Enclosed::Frame
            | Enclosed::NoFrames
            | Enclosed::NoEmbed
            | Enclosed::NoScript => {}
        }
    }

    /// The rules of the style sheets, wherever in the page they stand.
    fn sheets(&mut self, text: &[u8]) -> Result<(), Exhausted> {
        // An element may stand in front of the sheet that speaks of it.
        let may_have = css::may_count(text);
        // Conditions that are open, from the first on that does not hold for Word.
        let mut dead = 0u32;
        // A sheet without an end may be the rest of the page.
        let mut begun = false;
        for (at, token) in Tokens::new(text).filter(|_| may_have) {
            let sheet = match token {
                Token::Style(sheet) => sheet,
                Token::Text(sheet) if begun => sheet,
                Token::Condition(condition) => {
                    let holds = condition.holds(MSO_16) != Some(false) || !condition.ends;
                    dead = dead.saturating_add(u32::from(dead > 0 || !holds));
                    continue;
                }
                Token::EndCondition => {
                    dead = dead.saturating_sub(1);
                    continue;
                }
                Token::Start(tag) => {
                    begun = tag.name.eq_ignore_ascii_case(b"style");
                    continue;
                }
                Token::Text(_)
                | Token::End(_)
                | Token::Script(_)
                | Token::Data(_)
                | Token::Shown => continue,
            };
            begun = false;
            self.budget.check_stop()?;
            let (own, budget) = (&mut self.sheet, self.budget);
            let mut ended = Ok(());
            let mut headers = Vec::new();
            let whole = css::rules(sheet, |rule| {
                headers.extend(elements::header(&rule));
                ended = ended.and(own.add(rule, dead == 0, budget));
            });
            for target in headers {
                self.header(&target, at);
            }
            if let Err(cause) = ended {
                self.ledger.exhausted(cause, self.location.clone());
            }
            self.long_tag |= !whole;
        }
        Ok(())
    }

    /// Everything was read, or all that the budget allows.
    fn close(&mut self, ended: Result<(), Exhausted>) {
        let location = || self.location.clone();
        if let Err(cause) = ended {
            self.ledger.exhausted(cause, location());
        }
        if self.long_tag {
            let cause = Exhausted::Limit(Limit::TagBytes);
            self.ledger.exhausted(cause, location());
        }
        self.island.settle(&mut self.document);
        self.document.settle(self.budget, self.ledger);
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) -> Result<(), Exhausted> {
        let limit = self.budget.limits().tag_bytes;
        if u64::try_from(tag.length()).unwrap_or(u64::MAX) > limit {
            self.long_tag = true;
            return Ok(());
        }
        let name = unicode(tag.name).to_ascii_lowercase();
        if let Some(simple) = self.simple.last_mut()
            && simple.name == name.as_bytes()
        {
            simple.nested = simple.nested.saturating_add(1);
        }
        self.separate_text(&name, true)?;
        if name == "del" {
            self.deleted = self.deleted.saturating_add(1);
        }
        let marks = self.marks(tag, &name);
        self.spaces |= marks.spaces();
        self.marked(&marks, at)?;
        self.field(&name, &marks, at)?;
        self.element(tag, &name, at);
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<(), Exhausted> {
        self.spaces = false;
        let lower = unicode(name).to_ascii_lowercase();
        self.separate_text(&lower, false)?;
        if lower == "del" {
            self.deleted = self.deleted.saturating_sub(1);
        }
        if lower == "a" && self.anchored {
            self.anchored = false;
            self.document.close_bookmark("a");
        }
        self.island.end(&lower, &mut self.document, self.budget);
        self.end_link(&lower);
        let Some(simple) = self
            .simple
            .last_mut()
            .filter(|simple| simple.name == lower.as_bytes())
        else {
            return Ok(());
        };
        if simple.nested > 0 {
            simple.nested = simple.nested.saturating_sub(1);
            return Ok(());
        }
        let (depths, readers) = (simple.depths, simple.readers);
        self.simple.pop();
        // Where marks in the element left fields open, or ended this one, there is nothing to end.
        let forest = &mut self.document.forest;
        let around = each().zip(forest.depths()).zip(depths);
        let readers = around
            .filter(|((reader, now), then)| readers.has(*reader) && now == then)
            .fold(Readers::NOBODY, |set, ((reader, _), _)| set.with(reader));
        let active = forest.active();
        forest.restrict(readers);
        let ended = forest.end(self.budget);
        self.document.forest.restrict(active);
        ended
    }

    /// What the style of an element makes of it.
    fn marks(&self, tag: &Tag<'_>, name: &str) -> Marks {
        let attribute = |wanted: &[u8]| {
            tag.attributes()
                .find(|(name, _)| is_named(name, wanted))
                .map(|(_, value)| unicode(value))
                .map(|value| resolve(&value).0.into_owned())
        };
        let mut marks = if self.sheet.is_empty() {
            Marks::default()
        } else {
            let (id, class) = (attribute(b"id"), attribute(b"class"));
            self.sheet.marks(name, id.as_deref(), class.as_deref())
        };
        let longest = marks::longest(self.budget);
        let mut first = true;
        for (attribute, value) in tag.attributes() {
            if !is_named(attribute, b"style") {
                continue;
            }
            if css::may_count(value) || memchr::memchr2(b'&', 0, value).is_some() {
                let value = unicode(value);
                let (style, needless) = resolve(&value);
                marks.read(&style, first, longest);
                marks.referenced |= needless;
            }
            first = false;
        }
        marks
    }

    fn begin(&mut self, marks: &Marks, at: usize) -> Result<(), Exhausted> {
        let begin = Begin {
            offset: self.page.offset(at),
            locked: marks.locked(),
            confidence: CONFIDENCE,
            ..Begin::default()
        };
        self.document.begin(begin, self.budget)?;
        if self.conditions.are_odd() {
            self.document
                .disguised(TechniqueId::HtmlConditional, self.budget);
        }
        if marks.by_sheet() {
            self.document.disguised(TechniqueId::CssClass, self.budget);
        }
        if marks.referenced {
            let id = TechniqueId::CharacterReferences;
            self.document.disguised(id, self.budget);
        }
        self.blank = false;
        Ok(())
    }

    /// What the style makes of the element; where its declarations disagree, the lax reader takes
    /// the other way.
    fn marked(&mut self, marks: &Marks, at: usize) -> Result<(), Exhausted> {
        let (Some(first), other) = marks.mark() else {
            return Ok(());
        };
        let active = self.document.forest.active();
        let (usual, lax) = (active.without(Readers::LAX), active.both(Readers::LAX));
        if !marks.is_live() {
            self.document.forest.restrict(lax);
            let ended = self.mark(first, marks, at);
            self.document.forest.restrict(active);
            return ended;
        }
        let Some(other) = other.filter(|_| lax != Readers::NOBODY) else {
            return self.mark(first, marks, at);
        };
        let ways = [(usual, first), (lax, other)];
        for (readers, mark) in ways {
            if readers != Readers::NOBODY {
                self.document.forest.restrict(readers);
                self.mark(mark, marks, at)?;
            }
        }
        self.document.forest.restrict(active);
        Ok(())
    }

    fn mark(&mut self, mark: Mark, marks: &Marks, at: usize) -> Result<(), Exhausted> {
        match mark {
            Mark::Begin => self.begin(marks, at),
            Mark::Separator => self.document.separate(self.budget),
            Mark::End => self.document.end(self.budget),
        }
    }

    /// A field by its instruction.
    fn field(&mut self, name: &str, marks: &Marks, at: usize) -> Result<(), Exhausted> {
        let codes = marks.codes();
        // Inside an instruction a second reading would be more text.
        let inside = self.document.forest.is_in_instruction();
        let texts = codes
            .iter()
            .flat_map(|code| {
                let other = code.other.as_deref().filter(|_| !inside);
                let escaped = code.needless || other.is_some();
                let texts = [Some(code.text.as_str()), other].into_iter().flatten();
                texts.map(move |text| (text, escaped))
            })
            .take(if inside { 1 } else { usize::MAX });
        let ways = texts.clone().count();
        if ways > 1 {
            self.document.forest.enter_alternate();
        }
        for (text, escaped) in texts {
            if marks.by_sheet() {
                // The sheet says once what is copied for each of its elements.
                let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
                self.budget.charge_decoded(bytes)?;
            }
            self.begin(marks, at)?;
            if escaped {
                self.document.disguised(TechniqueId::CssEscape, self.budget);
            }
            self.document.text(text, Style::default(), self.budget)?;
            self.document.separate(self.budget)?;
            let depths = self.document.forest.depths();
            let open = depths.iter().copied().max().unwrap_or(0);
            let limit = self.budget.limits().open_fields;
            if ways > 1 || is_void(name) || u64::from(open) >= limit {
                self.document.end(self.budget)?;
            } else {
                self.simple.push(Simple {
                    name: name.as_bytes().to_vec(),
                    nested: 0,
                    readers: self.document.forest.active(),
                    depths,
                });
            }
        }
        if ways > 1 {
            self.document.forest.leave_alternate();
        }
        Ok(())
    }

    /// What a tag does to the text around it.
    fn separate_text(&mut self, name: &str, begins: bool) -> Result<(), Exhausted> {
        if self.document.is_idle() || self.data_to > 0 {
            return Ok(());
        }
        if name == "br" && begins {
            self.blank = true;
            return self.document.text("\u{b}", Style::default(), self.budget);
        }
        if is_block(name) {
            self.blank = true;
            return self.document.text("\n", Style::BREAK, self.budget);
        }
        if is_inline(name) {
            self.document.forest.next_element();
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8], at: usize) -> Result<(), Exhausted> {
        if self.island.captures() {
            self.island.text(text);
        }
        if self.data_to > at {
            return Ok(());
        }
        self.data_to = 0;
        let active = self.document.forest.active();
        if self.lax_to > at {
            self.document.forest.restrict(active.both(Readers::LAX));
        }
        let ended = if self.document.is_idle() {
            Ok(())
        } else {
            self.live(text)
        };
        self.document.forest.restrict(active);
        ended
    }

    /// Text that is part of the document, or may be.
    fn live(&mut self, text: &[u8]) -> Result<(), Exhausted> {
        let likely = self.document.forest.active().has(Readers::WORD);
        let mut rest = text;
        while !rest.is_empty() {
            let (block, tail) = rest.split_at_checked(cut(rest)).unwrap_or((rest, &[]));
            rest = tail;
            let block = unicode(block);
            let (block, needless) = resolve(&block);
            let plain = self.collapse(&block);
            let mut style = Style::default();
            if needless {
                style = style.with(Style::REFERENCED);
            }
            if self.deleted > 0 {
                style = style.with(Style::OPTIONAL).with(Style::DELETED);
            }
            if likely {
                self.document.text(&plain, style, self.budget)?;
            } else {
                // What Word does not read is in no bookmark.
                self.document.forest.text(&plain, style, self.budget)?;
            }
        }
        Ok(())
    }

    /// White space as it is shown: runs of it are one blank.
    fn collapse(&mut self, text: &str) -> String {
        // What is left of a comment that ended otherwise than it should.
        let text = text.strip_prefix("-->").unwrap_or(text);
        let mut out = String::new();
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                if !self.blank || self.spaces {
                    out.push(' ');
                }
                self.blank = true;
            } else {
                self.blank = false;
                out.push(c);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
