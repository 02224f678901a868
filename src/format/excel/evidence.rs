//! What formulas and texts say: uses of external links, DDE references and listed functions.
//!
//! A formula is judged when its element ends; only what mentions a link is kept, and only once:
//! a second cell with the same link adds its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::called::said;
use super::site::{Purse, Rank, cost};
use super::users::Users;
use crate::formula::files::files;
use crate::formula::functions::{Call, Class, UNKNOWN, calls};
use crate::formula::normalise::normalise;
use crate::formula::refs::refs;
use crate::formula::scan::{scan, starts_program};
use crate::formula::{has_trigger, xstring};
use crate::limits::Exhausted;
use crate::link::{Carrier, Confidence, TechniqueId};

/// Bytes of a formula that are quoted whole; of a longer one, the reference alone.
const QUOTED: usize = 1_024;
/// Click-only web addresses kept. They never count for a verdict, and a catalogue has hundreds of
/// thousands: the rest are counted.
const WEB_HYPERLINKS: usize = 1_000;

/// Formulas that write formulas, followed this deep.
const WRITTEN: u8 = 4;

/// Where a formula stands.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    /// The number of its place.
    pub(crate) part: usize,
    pub(crate) offset: u64,
    pub(crate) label: &'a str,
    /// The label is a cell or range of the sheet that the place is.
    pub(crate) on_sheet: bool,
    pub(crate) carrier: Carrier,
    /// Macro functions work here.
    pub(crate) macros: bool,
    /// Letters are spelled as character references.
    pub(crate) referenced: bool,
    /// What it uses is updated when the workbook is opened.
    pub(crate) auto: bool,
    /// The text may be something other than a formula.
    pub(crate) mixed: bool,
    /// The place is read a second time.
    pub(crate) salvage: bool,
    /// Of a text that is typed, what is less sure does not count.
    pub(crate) least: Confidence,
    /// Nothing found here is surer than this.
    pub(crate) most: Confidence,
    /// The text has `|` between its columns.
    pub(crate) columned: bool,
    /// Bytes that it takes from its offset on, where texts overlap: of two that say the same, the
    /// one inside of the other counts.
    pub(crate) width: u64,
}

impl<'a> Source<'a> {
    /// An ordinary formula at this byte of a place; `label` is its cell, or says in words what it
    /// belongs to.
    pub(crate) fn new(part: usize, offset: u64, label: &'a str) -> Self {
        Source {
            part,
            offset,
            label,
            on_sheet: false,
            carrier: Carrier::Formula,
            macros: false,
            referenced: false,
            auto: false,
            mixed: false,
            salvage: false,
            least: Confidence::Low,
            most: Confidence::Certain,
            columned: false,
            width: 0,
        }
    }

    /// Whether it stands inside a longer text at this byte of a place.
    pub(super) fn is_inside(&self, (part, offset): (usize, u64), width: u64) -> bool {
        self.part == part
            && self.width < width
            && self.offset >= offset
            && self.offset.saturating_add(self.width) <= offset.saturating_add(width)
    }

    /// The formula of a cell of the sheet that the place is.
    pub(crate) fn cell(part: usize, offset: u64, cell: &'a str) -> Self {
        Source {
            on_sheet: true,
            ..Source::new(part, offset, cell)
        }
    }
}

/// What was found in a formula or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// `service|topic!item` in a formula.
    Dde,
    /// LibreOffice's `DDE(…)`.
    DdeCall,
    /// `=service|topic!item` in a text.
    Inert,
    /// A reference to another file.
    File,
    /// A call of the listed function.
    Call(&'static str, Class),
}

/// What makes two finds one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) what: What,
    /// Service, topic and item of DDE; target and class of a call.
    pub(super) words: [String; 3],
}

/// One find.
#[derive(Debug)]
pub(super) struct Find {
    pub(super) part: usize,
    pub(super) offset: u64,
    /// Bytes of the text that says it, where texts overlap.
    width: u64,
    pub(super) carrier: Carrier,
    pub(super) confidence: Confidence,
    pub(super) raw: String,
    /// Some of it is only known when the workbook is calculated.
    pub(super) unresolved: bool,
    pub(super) techniques: BTreeSet<TechniqueId>,
    pub(super) users: Users,
}

/// Everything that formulas and texts say.
pub(super) struct Evidence {
    is_program: fn(&str) -> bool,
    /// By position in `externalReferences` and lower-case item; `None` names a sheet.
    pub(super) uses: BTreeMap<(u32, Option<String>), Users>,
    /// The same by the number of the item, from 1.
    pub(super) numbered: BTreeMap<(u32, u32), Users>,
    pub(super) finds: BTreeMap<Key, Find>,
    web_hyperlinks: usize,
    pub(super) more_web_hyperlinks: u64,
}

/// Which reading of a text it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// It has no escapes.
    None,
    /// They stand as they are.
    Standing,
    /// They are undone.
    Undone,
}

impl Escapes {
    fn technique(self) -> Option<TechniqueId> {
        (self == Escapes::Undone).then_some(TechniqueId::XEscapes)
    }
}

/// What stands in one formula, before it is kept.
pub(super) struct Sighting<'t> {
    pub(super) text: &'t str,
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) unresolved: bool,
    pub(super) techniques: &'t [TechniqueId],
}

impl Evidence {
    pub(super) fn new(is_program: fn(&str) -> bool) -> Self {
        Evidence {
            is_program,
            uses: BTreeMap::new(),
            numbered: BTreeMap::new(),
            finds: BTreeMap::new(),
            web_hyperlinks: 0,
            more_web_hyperlinks: 0,
        }
    }

    pub(super) fn is_program(&self) -> fn(&str) -> bool {
        self.is_program
    }

    /// Reads a formula, as it stands and with its escapes undone.
    pub(super) fn formula(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        self.both_ways(text, purse, |evidence, text, escapes, purse| {
            evidence.read_formula(text, escapes, 0, source, purse)
        })
    }

    /// Reads a text that is no formula: only the DDE reference that it would be if it were one.
    pub(super) fn text(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        self.both_ways(text, purse, |evidence, text, escapes, purse| {
            evidence.read_text(text, escapes, source, purse)
        })
    }

    /// A listed function that is known otherwise than from a formula.
    pub(super) fn call(
        &mut self,
        name: &'static str,
        class: Class,
        target: &str,
        raw: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        let key = Key {
            what: What::Call(name, class),
            words: [target.to_owned(), String::new(), String::new()],
        };
        let sighting = Sighting {
            text: raw,
            span: 0..raw.len(),
            confidence: Confidence::High,
            unresolved: false,
            techniques: &[],
        };
        self.keep(key, &sighting, source, purse);
    }

    /// An item of an external link, by their numbers.
    pub(super) fn uses_nth(
        &mut self,
        index: u32,
        item: u32,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        let key = (index, item);
        if self.numbered.contains_key(&key) || purse.keep(Rank::Junk, cost::USE) {
            self.numbered.entry(key).or_default().add(source, purse);
        }
    }

    /// Whether Excel undoes escapes in formulas is not documented, so both readings count.
    fn both_ways(
        &mut self,
        text: &str,
        purse: &mut Purse<'_, '_>,
        mut read: impl FnMut(&mut Self, &str, Escapes, &mut Purse<'_, '_>) -> Result<(), Exhausted>,
    ) -> Result<(), Exhausted> {
        // The escapes undone and the plain text are two more copies.
        let copies = u64::try_from(text.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(2);
        if purse.budget.charge_live(copies).is_err() {
            purse.account.short = true;
            return Ok(());
        }
        let result = match xstring::decode(text) {
            Cow::Borrowed(text) => read(self, text, Escapes::None, purse),
            Cow::Owned(decoded) => read(self, text, Escapes::Standing, purse)
                .and_then(|()| read(self, &decoded, Escapes::Undone, purse)),
        };
        purse.budget.release_live(copies);
        result
    }

    fn read_formula(
        &mut self,
        text: &str,
        escapes: Escapes,
        level: u8,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let plain = normalise(text);
        let techniques = disguises(plain.techniques().chain(escapes.technique()), source);
        let line: &str = &plain.text;
        let has = |byte| memchr::memchr(byte, line.as_bytes()).is_some();
        if has(b'|') {
            let is_program = self.is_program;
            for hit in scan(line, true, &is_program) {
                if source.mixed && hit.confidence == Confidence::Low {
                    continue;
                }
                // In a formula, `|` can be nothing else (§1.3).
                let confidence = hit.confidence.max(Confidence::Medium).min(source.most);
                let words = [hit.service, hit.topic, hit.item];
                let key = Key {
                    what: What::Dde,
                    words: words.map(Cow::into_owned),
                };
                let sighting = Sighting {
                    text: line,
                    span: hit.span,
                    confidence,
                    unresolved: false,
                    techniques: &techniques,
                };
                self.keep(key, &sighting, source, purse);
            }
        }
        // The items of links are compared with their escapes undone, so the other reading would
        // only make up an item that no link has.
        if has(b'[') && escapes != Escapes::Standing {
            for found in refs(line).filter(|found| found.index > 0) {
                let item = found.item.map(|item| item.to_lowercase());
                let key = (found.index, item);
                let bytes = key.1.as_ref().map_or(0, String::len);
                if !self.uses.contains_key(&key)
                    && !purse.keep(Rank::Junk, bytes.saturating_add(cost::USE))
                {
                    continue;
                }
                self.uses.entry(key).or_default().add(source, purse);
            }
        }
        if !source.mixed {
            self.files(line, &techniques, source, purse);
        }
        if has(b'(') && !source.mixed {
            for call in calls(line).paid_by(purse.budget) {
                if call.class == Class::Write {
                    if let Some(written) = call.arguments.first().filter(|_| source.macros)
                        && level < WRITTEN
                    {
                        self.read_formula(
                            &written.text,
                            escapes,
                            level.saturating_add(1),
                            source,
                            purse,
                        )?;
                    }
                    continue;
                }
                self.function(&call, line, &techniques, false, source, purse);
            }
        }
        Ok(())
    }

    /// Keeps a call of a listed function, if it matters where it stands.
    pub(super) fn function(
        &mut self,
        call: &Call,
        line: &str,
        techniques: &[TechniqueId],
        entered: bool,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        let Some(said) = said(call, source.macros, entered) else {
            return;
        };
        let key = Key {
            what: said.what,
            words: said.words,
        };
        let sighting = Sighting {
            text: line,
            span: call.span.clone(),
            confidence: said.confidence.min(source.most),
            unresolved: said.unresolved,
            techniques,
        };
        self.keep(key, &sighting, source, purse);
    }

    fn read_text(
        &mut self,
        text: &str,
        escapes: Escapes,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let plain = normalise(text);
        let line: &str = &plain.text;
        if !has_trigger(line) || memchr::memchr(b'|', line.as_bytes()).is_none() {
            return Ok(());
        }
        let prose = line.trim_start().starts_with(['-', '@']);
        let techniques = disguises(plain.techniques().chain(escapes.technique()), source);
        let is_program = self.is_program;
        for hit in scan(line, false, &is_program) {
            // A list item or a mention may well look like `-yes|no!maybe`.
            if prose && hit.confidence == Confidence::Low {
                continue;
            }
            let words = [hit.service, hit.topic, hit.item];
            let key = Key {
                what: What::Inert,
                words: words.map(Cow::into_owned),
            };
            let sighting = Sighting {
                text: line,
                span: hit.span,
                confidence: hit.confidence,
                unresolved: false,
                techniques: &techniques,
            };
            self.keep(key, &sighting, source, purse);
        }
        Ok(())
    }

    /// References to other files by their path.
    pub(super) fn files(
        &mut self,
        line: &str,
        techniques: &[TechniqueId],
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        if memchr::memchr(b'\'', line.as_bytes()).is_none() {
            return;
        }
        for file in files(line) {
            let key = Key {
                what: What::File,
                words: [file.target.into_owned(), String::new(), String::new()],
            };
            let sighting = Sighting {
                text: line,
                span: file.span,
                confidence: source.most.min(Confidence::High),
                unresolved: false,
                techniques,
            };
            self.keep(key, &sighting, source, purse);
        }
    }

    pub(super) fn keep(
        &mut self,
        key: Key,
        sighting: &Sighting<'_>,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        let raw = if sighting.text.len() <= QUOTED {
            sighting.text
        } else {
            sighting.text.get(sighting.span.clone()).unwrap_or_default()
        };
        if let Some(find) = self.finds.get_mut(&key) {
            find.confidence = find.confidence.max(sighting.confidence);
            if source.is_inside((find.part, find.offset), find.width) {
                (find.offset, find.width) = (source.offset, source.width);
                let more = raw.len().saturating_sub(find.raw.len());
                if more == 0 || purse.fits(Rank::Junk, more) {
                    find.raw = raw.to_owned();
                }
            }
            find.users.add(source, purse);
            return;
        }
        if is_web_hyperlink(&key) {
            if self.web_hyperlinks >= WEB_HYPERLINKS {
                self.more_web_hyperlinks = self.more_web_hyperlinks.saturating_add(1);
                return;
            }
            self.web_hyperlinks = self.web_hyperlinks.saturating_add(1);
        }
        let words: usize = key.words.iter().map(String::len).sum();
        // The link that is made of it shows its words once more.
        let bytes = words.saturating_mul(2).saturating_add(raw.len());
        if !purse.keep(self.rank(&key), bytes.saturating_add(cost::FIND)) {
            return;
        }
        let mut find = Find {
            part: source.part,
            offset: source.offset,
            width: source.width,
            carrier: source.carrier,
            confidence: sighting.confidence,
            raw: raw.to_owned(),
            unresolved: sighting.unresolved,
            techniques: sighting.techniques.iter().copied().collect(),
            users: Users::default(),
        };
        find.users.add(source, purse);
        self.finds.insert(key, find);
    }

    fn rank(&self, key: &Key) -> Rank {
        let [first, second, _] = &key.words;
        match key.what {
            What::Inert => Rank::Junk,
            What::Call(_, Class::Click) if is_web(first) || first.starts_with(UNKNOWN) => {
                Rank::Junk
            }
            What::Call(_, Class::Execute | Class::Run) => Rank::Program,
            What::Dde | What::DdeCall | What::Call(_, Class::Dde)
                if starts_program(first, second, &self.is_program) =>
            {
                Rank::Program
            }
            What::Dde | What::DdeCall | What::File | What::Call(..) => Rank::Link,
        }
    }
}

/// Whether it is a click-only link to the web.
fn is_web_hyperlink(key: &Key) -> bool {
    let [target, ..] = &key.words;
    matches!(key.what, What::Call(_, Class::Click)) && is_web(target)
}

/// Whether a target opens in the browser or the mail program.
pub(super) fn is_web(target: &str) -> bool {
    let starts = |scheme: &str| {
        target
            .split_at_checked(scheme.len())
            .is_some_and(|(head, _)| head.eq_ignore_ascii_case(scheme))
    };
    starts("http://") || starts("https://") || starts("mailto:")
}

/// The disguises of one formula.
pub(super) fn disguises(
    plain: impl Iterator<Item = TechniqueId>,
    source: &Source<'_>,
) -> Vec<TechniqueId> {
    let references = source
        .referenced
        .then_some(TechniqueId::CharacterReferences);
    plain.chain(references).collect()
}

#[cfg(test)]
mod tests {
    use super::super::book::Book;
    use super::*;
    use crate::limits::{Budget, Limits};

    /// What a text says: as a formula, or when it is typed.
    fn found(text: &str, typed: bool) -> Vec<(What, String)> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut book = Book::new(|name| name == "cmd");
        let source = Source::new(0, 0, "A1");
        if typed {
            book.typed(text, &source, &budget).unwrap();
        } else {
            book.formula(text, &source, &budget).unwrap();
        }
        let finds = book.evidence.finds.into_keys();
        finds
            .map(|key| {
                let [first, ..] = key.words;
                (key.what, first)
            })
            .collect()
    }

    /// `spec/excel.md` §5.5: the last lines of the corpus.
    #[test]
    fn files_are_told_with_and_without_typing() {
        let file = [(What::File, "file:///etc/passwd".to_owned())];
        for typed in [false, true] {
            assert_eq!(found("='file:///etc/passwd'#$passwd.A1", typed), file);
        }
        let share = [(What::File, "\\\\h\\s\\a.xls".to_owned())];
        assert_eq!(found("='\\\\h\\s\\[a.xls]x'!A1", true), share);
        assert_eq!(found("- 'a/b'!x", true), []);
        assert_eq!(found("=cmd|'/c calc'!A0", true).len(), 1);
    }

    /// A sign makes a formula as well (§5.1), and a list item.
    #[test]
    fn a_sign_before_a_function_needs_an_address_behind_it() {
        let fetch = |name| What::Call(name, Class::Fetch);
        for text in [
            "=WEBSERVICE(\"http://x\")",
            "+WEBSERVICE(\"http://x\")",
            "@WEBSERVICE(\"http://x\")",
            "-1+WEBSERVICE(\"http://x\")",
        ] {
            let expected = [(fetch("WEBSERVICE"), "http://x".to_owned())];
            assert_eq!(found(text, true), expected, "{text}");
        }
        for text in [
            "- image (of the house)",
            "@hyperlink(s)",
            "WEBSERVICE(\"http://x\")",
        ] {
            assert_eq!(found(text, true), [], "{text}");
        }
        assert_eq!(
            found("=IMPORTDATA(\"http://x\")", true),
            [(
                What::Call("IMPORTDATA", Class::Sheets),
                "http://x".to_owned()
            )]
        );
        assert_eq!(found("=IMPORTDATA(\"http://x\")", false), []);
    }
}
