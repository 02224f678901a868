//! From the events of a part to marks and text (`spec/word.md` §1.2 to §1.5).
//!
//! # Malformed input
//!
//! See the module above: elements count by name, and scopes end by depth.

use std::collections::BTreeSet;

use super::form::Form;
use super::{Gather, binding};
use crate::field::{BOUND, Begin, Readers, Style};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::markup::names::{Known, Ns};
use crate::markup::xml::{Name, Tag};

/// Where the reading of a part stands.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Elements open.
    depth: u32,
    scopes: Vec<(u32, Scope)>,
    /// White space at the edges of text is kept (`xml:space`).
    preserve: bool,
    /// What the text element that is open says of its text; `None` outside of one.
    collect: Option<Style>,
    /// Elements of a prefix that nothing declares were taken for Word's.
    lost: bool,
    /// Elements open whose text is marked as deleted.
    pub(super) deleted: u32,
    /// Namespaces whose elements a program that does not know them leaves out with their content.
    ignorable: BTreeSet<u64>,
    /// The elements of such namespaces whose content stays, `*` for all of them.
    processed: BTreeSet<(u64, String)>,
}

/// An open element that means something.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    /// Ended by the end of its element: so many fields were open around it.
    Simple([u32; Readers::COUNT]),
    Story,
    /// The body of a building block.
    Block,
    /// The value of `xml:space` around it.
    Space(bool),
    Deleted,
    /// Markup that not every program reads; who reads what is around it.
    Readers(Readers),
    Text,
    Merge,
    /// `mc:AlternateContent`; who took a branch already.
    Alternate(Readers),
    /// A branch that nobody takes: what stands in it is read on its own.
    Aside,
}

impl Gather {
    /// A start tag.
    pub(super) fn enter(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.walk.depth = self.walk.depth.saturating_add(1);
        if let Some(space) = tag.attribute_in(Ns::Xml, "space") {
            self.push(Scope::Space(self.walk.preserve));
            self.walk.preserve = space.trim() == "preserve";
        }
        self.declare(tag, budget);
        if self.is_ignored(tag) {
            self.only(self.document.forest.active().both(Readers::LAX));
        }
        let ns = tag.name.ns;
        if self.walk.depth == 1 {
            self.leaf.begin_part(ns, self.data);
        }
        let environment = &mut self.document.environment;
        if !self.leaf.enter(tag, environment, budget) {
            self.document.note_short();
        }
        if ns == Ns::Word || self.is_lost(tag) {
            return self.word(tag, budget);
        }
        if let Some((property, bookmark)) = self.property.enter(tag) {
            self.document.repeat(&property, &bookmark, budget);
        }
        if ns == Ns::MarkupCompatibility {
            self.compatibility(tag);
        } else if ns == Ns::VmlOffice {
            self.office(tag, budget);
        } else if ns == Ns::Vml && matches!(tag.name.local, "imagedata" | "fill" | "stroke") {
            self.picture(tag, budget);
        } else if tag.name.local == "annotation" {
            self.annotation(tag, budget);
        }
        Ok(())
    }

    /// An end.
    pub(super) fn leave(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if name.ns == Ns::Word {
            match name.local {
                // The ends of paragraphs and cells are white space (`spec/word.md` §0.4).
                "p" => self.put("\r", Style::BREAK, budget)?,
                "tr" => self.end_row(),
                "tc" => {
                    self.end_cell();
                    self.put("\u{7}", Style::BREAK, budget)?;
                }
                "instrText" | "delInstrText" | "t" | "delText" => self.walk.collect = None,
                "ffData" => self.end_form(budget),
                _ => {}
            }
        }
        let environment = &mut self.document.environment;
        let property = self
            .property
            .leave(name.ns, name.local, environment, budget);
        if !(self.leaf.leave(environment, budget) && property) {
            self.document.note_short();
        }
        if self.leaf.document {
            self.inner.insert(self.document.part());
        }
        while let Some((depth, scope)) = self.walk.scopes.last().copied()
            && depth >= self.walk.depth
        {
            self.walk.scopes.pop();
            self.close(scope, Some(budget))?;
        }
        self.walk.depth = self.walk.depth.saturating_sub(1);
        Ok(())
    }

    /// Text.
    pub(super) fn read(
        &mut self,
        text: &str,
        referenced: bool,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.leaf.text(text);
        let Some(style) = self.walk.collect else {
            self.property.text(text);
            return Ok(());
        };
        let style = if referenced {
            style.with(Style::REFERENCED)
        } else {
            style
        };
        let style = self.style(style);
        self.document.text(text, style, budget)
    }

    /// The part is over: everything that is open ends.
    pub(super) fn finish(&mut self) {
        while let Some((_, scope)) = self.walk.scopes.pop() {
            // Without a budget nothing is charged, so that nothing can fail.
            let _ended = self.close(scope, None);
        }
        self.walk = Walk::default();
        self.document.end_part();
    }

    pub(super) fn push(&mut self, scope: Scope) {
        self.walk.scopes.push((self.walk.depth, scope));
    }

    fn close(&mut self, scope: Scope, budget: Option<&Budget<'_>>) -> Result<(), Exhausted> {
        match scope {
            Scope::Simple(around) => {
                if let Some(budget) = budget {
                    self.document.forest.end_to(around, budget)?;
                }
            }
            Scope::Story | Scope::Aside => self.document.forest.end_story(),
            Scope::Block => {
                self.document.forest.end_story();
                self.document.close_block();
            }
            Scope::Space(around) => self.walk.preserve = around,
            Scope::Deleted => self.walk.deleted = self.walk.deleted.saturating_sub(1),
            Scope::Readers(around) => self.document.forest.restrict(around),
            Scope::Text => self.walk.collect = None,
            Scope::Merge => self.end_merge(),
            Scope::Alternate(_) => self.document.forest.leave_alternate(),
        }
        Ok(())
    }

    /// Whether the element is Word's by its name, with a prefix that nothing declares: a reader
    /// that mends what is broken takes it for what it says.
    fn is_lost(&mut self, tag: &Tag<'_>) -> bool {
        let is_field = matches!(
            tag.name.local,
            "fldChar" | "fldSimple" | "instrText" | "delInstrText"
        );
        if tag.name.ns != Ns::Other
            || !(is_field || self.walk.lost && matches!(tag.name.local, "t" | "delText"))
            || tag.own_dialect().is_some()
        {
            return false;
        }
        if !self.walk.lost {
            self.walk.lost = true;
            if let Some(source) = self.document.sources.last_mut()
                && !source.techniques.contains(&TechniqueId::SalvagedXml)
            {
                source.techniques.push(TechniqueId::SalvagedXml);
            }
        }
        true
    }

    fn word(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match tag.name.local {
            "fldChar" => return self.mark(tag, budget),
            "fldSimple" => return self.simple(tag, budget),
            "instrText" | "delInstrText" | "t" | "delText" => self.collect(tag.name.local),
            "txbxContent" | "footnote" | "endnote" | "comment" | "hdr" | "ftr" => {
                self.document.forest.begin_story();
                self.push(Scope::Story);
            }
            "docPart" => self.block.clear(),
            "name" if self.block.is_empty() && !self.form.open => {
                self.block = tag.attribute("val").unwrap_or_default().into_owned();
            }
            "docPartBody" => {
                self.document.forest.begin_story();
                self.document.open_block(&self.block, budget);
                self.push(Scope::Block);
            }
            "del" | "moveFrom" => {
                self.walk.deleted = self.walk.deleted.saturating_add(1);
                self.push(Scope::Deleted);
            }
            "tab" | "ptab" => return self.put("\t", Style::ORDINARY, budget),
            "br" | "cr" => return self.put("\u{b}", Style::ORDINARY, budget),
            "noBreakHyphen" => return self.put("-", Style::ORDINARY, budget),
            "sym" => {
                let symbol = tag.attribute("char").as_deref().and_then(symbol);
                if let Some(symbol) = symbol {
                    let mut buffer = [0; 4];
                    return self.put(symbol.encode_utf8(&mut buffer), Style::ORDINARY, budget);
                }
            }
            "objectLink" | "objectEmbed" | "control" => self.object(tag, budget),
            "bookmarkStart" => self.open_bookmark(tag, budget),
            "bookmarkEnd" => {
                if let Some(id) = tag.attribute("id") {
                    self.document.close_bookmark(id.trim());
                    self.close_columns(id.trim());
                }
            }
            "tr" => self.begin_row(),
            "tc" => self.begin_cell(budget),
            "sdtPr" => self.bound = None,
            "dataBinding" => self.bound = binding::target(tag),
            "sdtContent" => return self.bound_content(tag, budget),
            "ffData" => {
                self.form = Form::begun();
            }
            "name" | "default" | "listEntry" if self.form.open => self.form_value(tag, budget),
            "mailMerge" => {
                self.begin_merge(tag);
                self.push(Scope::Merge);
            }
            _ => self.setting(tag, budget),
        }
        Ok(())
    }

    /// Text of the document that is an element of its own.
    fn put(&mut self, text: &str, style: Style, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.document.is_idle() {
            return Ok(());
        }
        self.document.forest.next_element();
        let style = self.style(style);
        self.document.text(text, style, budget)
    }

    fn style(&self, style: Style) -> Style {
        if self.walk.deleted > 0 {
            style.with(Style::OPTIONAL).with(Style::DELETED)
        } else {
            style
        }
    }

    fn collect(&mut self, local: &str) {
        self.document.forest.next_element();
        let mut style = match local {
            "t" | "delText" => Style::ORDINARY,
            _ => Style::default(),
        };
        if local.starts_with("del") {
            style = style.with(Style::OPTIONAL).with(Style::DELETED);
        }
        if !self.walk.preserve {
            style = style.with(Style::TRIMMED);
        }
        self.walk.collect = Some(style);
        self.push(Scope::Text);
    }

    fn mark(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let kind = tag.attribute("fldCharType").unwrap_or_default();
        let forest = &mut self.document.forest;
        let around = forest.active();
        if self.walk.deleted > 0 {
            // A mark that is deleted is there or not, as the text is (`spec/word.md` §0.7).
            forest.restrict(around.both(Readers::LAX));
        }
        let done = match kind.trim().to_ascii_lowercase().as_str() {
            "begin" => forest.begin(begin(tag), budget),
            "separate" => forest.separate(budget),
            "end" => forest.end(budget),
            _ => Ok(()),
        };
        forest.restrict(around);
        done
    }

    fn open_bookmark(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        if let (Some(id), Some(name)) = (tag.attribute("id"), tag.attribute("name")) {
            self.document.open_bookmark(id.trim(), &name, budget);
            self.open_columns(tag, id.trim(), &name, budget);
        }
    }

    /// The content of a content control. One that is bound and stands in an instruction is a field
    /// for the engine: its value comes from elsewhere.
    fn bound_content(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let Some(name) = self.bound.take() else {
            return Ok(());
        };
        let forest = &mut self.document.forest;
        if !forest.is_in_instruction() {
            return Ok(());
        }
        let around = forest.depths();
        forest.begin(begin(tag), budget)?;
        self.push(Scope::Simple(around));
        let instruction = format!("{BOUND} \"{name}\"");
        self.document
            .forest
            .text(&instruction, Style::default(), budget)?;
        self.document.forest.separate(budget)
    }

    /// A field whose instruction is an attribute; its children are its result.
    fn simple(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let around = self.document.forest.depths();
        self.document.forest.begin(begin(tag), budget)?;
        self.push(Scope::Simple(around));
        if let Some(value) = tag.attribute("instr") {
            let referenced = tag.attributes().any(|attribute| {
                attribute.name.local == "instr" && attribute.referenced && attribute.value == value
            });
            let style = if referenced {
                Style::REFERENCED
            } else {
                Style::default()
            };
            let style = self.style(style);
            self.document.forest.text(&value, style, budget)?;
        }
        self.document.forest.separate(budget)
    }

    /// Notes which namespaces may be ignored. That holds to the end of the part: outside of the
    /// element that says so their elements are an error.
    fn declare(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        if let Some(list) = tag.attribute_in(Ns::MarkupCompatibility, "Ignorable") {
            for prefix in list.split_ascii_whitespace() {
                if let Some(dialect) = tag.dialect(prefix)
                    && dialect.known == Known::Never
                    && !self.walk.ignorable.contains(&dialect.key)
                    && self.document.keep("", budget).is_some()
                {
                    self.walk.ignorable.insert(dialect.key);
                }
            }
        }
        if let Some(list) = tag.attribute_in(Ns::MarkupCompatibility, "ProcessContent") {
            for name in list.split_ascii_whitespace() {
                if let Some((prefix, local)) = name.split_once(':')
                    && let Some(dialect) = tag.dialect(prefix)
                    && let Some(local) = self.document.keep(local, budget)
                {
                    self.walk.processed.insert((dialect.key, local));
                }
            }
        }
    }

    /// Whether a program that does not know the element leaves it out with its content.
    fn is_ignored(&self, tag: &Tag<'_>) -> bool {
        if self.walk.ignorable.is_empty() {
            return false;
        }
        let Some(dialect) = tag.own_dialect() else {
            return false;
        };
        let processed = |local: &str| {
            !self.walk.processed.is_empty()
                && self
                    .walk
                    .processed
                    .contains(&(dialect.key, local.to_owned()))
        };
        self.walk.ignorable.contains(&dialect.key) && !processed(tag.name.local) && !processed("*")
    }

    /// Until the end of the element only these read on.
    fn only(&mut self, readers: Readers) {
        self.push(Scope::Readers(self.document.forest.active()));
        self.document.forest.restrict(readers);
    }

    /// The state of the `mc:AlternateContent` whose child starts now.
    fn alternate(&mut self) -> Option<&mut Readers> {
        let depth = self.walk.depth;
        let mut around = self.walk.scopes.iter_mut().rev();
        match around.find(|(at, _)| *at < depth)? {
            (at, Scope::Alternate(took)) if at.checked_add(1) == Some(depth) => Some(took),
            _ => None,
        }
    }

    /// A reader takes the first `Choice` that it understands, or else the `Fallback`. A program
    /// that knows everything reads the other branches too, each on its own, so that whatever
    /// stands in any of them is seen.
    fn compatibility(&mut self, tag: &Tag<'_>) {
        let takers = match tag.name.local {
            "AlternateContent" => {
                self.document.forest.enter_alternate();
                self.push(Scope::Alternate(Readers::NOBODY));
                return;
            }
            "Choice" => understanding(tag),
            "Fallback" => Readers::ALL,
            _ => return,
        };
        let Some(took) = self.alternate() else {
            return;
        };
        let takers = takers.without(*took);
        *took = took.with(takers);
        let readers = self
            .document
            .forest
            .active()
            .both(takers.with(Readers::LAX));
        self.only(readers);
        if !takers.has(Readers::LAX) {
            self.document.forest.isolate(Readers::LAX);
            self.push(Scope::Aside);
        }
    }
}

/// Who understands everything that a `Choice` requires.
fn understanding(tag: &Tag<'_>) -> Readers {
    let required = tag.attribute("Requires").unwrap_or_default();
    let known = required
        .split_ascii_whitespace()
        .map(|prefix| {
            tag.dialect(prefix)
                .map_or(Known::Never, |dialect| dialect.known)
        })
        .min();
    match known {
        Some(Known::Always) => Readers::ALL,
        // Nothing required: an error, which one program may overlook and another not.
        Some(Known::Since2010) | None => Readers::WORD.with(Readers::LAX),
        Some(Known::Never) => Readers::LAX,
    }
}

fn begin(tag: &Tag<'_>) -> Begin {
    Begin {
        offset: tag.offset,
        dirty: tag.flag("dirty"),
        locked: tag.flag("fldLock"),
        ..Begin::default()
    }
}

/// The character of `w:sym`: the private range of symbol fonts stands for their own code page.
fn symbol(code: &str) -> Option<char> {
    let code = u32::from_str_radix(code.trim(), 16).ok()?;
    let code = if (0xf000..=0xf0ff).contains(&code) {
        code & 0xff
    } else {
        code
    };
    char::from_u32(code).filter(|c| *c != '\0')
}
