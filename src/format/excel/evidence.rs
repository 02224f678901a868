//! What formulas and texts say: uses of external links, DDE references and listed functions.
//!
//! A formula is judged when its element ends; only what mentions a link is kept, and only once:
//! a second cell with the same link adds its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::site::{Purse, Rank, cost};
pub(super) use super::words::is_web;
use super::words::{disguises, is_web_hyperlink, spelled};
use crate::formula::functions::{Call, Class, UNKNOWN, calls};
use crate::formula::normalise::normalise;
use crate::formula::refs::refs;
use crate::formula::scan::{names_program, scan, starts_program};
use crate::formula::{dde_call, has_trigger, xstring};
use crate::limits::Exhausted;
use crate::link::{Carrier, Confidence, TechniqueId};

/// Places kept of one link; the rest are counted. A person reads a few.
const PLACES: usize = 1_000;
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
        }
    }

    /// The formula of a cell of the sheet that the place is.
    pub(crate) fn cell(part: usize, offset: u64, cell: &'a str) -> Self {
        Source {
            on_sheet: true,
            ..Source::new(part, offset, cell)
        }
    }
}

/// A place that uses a link.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) label: String,
    pub(super) on_sheet: bool,
}

/// The places that use a link.
#[derive(Debug, Default)]
pub(super) struct Users {
    /// By part and byte, in order: a part that is read twice counts once. Most links have one
    /// place, so these are no trees.
    pub(super) spots: Vec<((usize, u64), Spot)>,
    pub(super) more: u64,
    pub(super) parts: Vec<usize>,
    pub(super) auto: bool,
}

impl Users {
    /// Notes a place. When memory is short it is counted only: places are for people.
    fn add(&mut self, source: &Source<'_>, purse: &mut Purse<'_, '_>) {
        self.auto |= source.auto;
        let key = (source.part, source.offset);
        let Err(place) = self.spots.binary_search_by_key(&key, |(key, _)| *key) else {
            return;
        };
        let bytes = source.label.len().saturating_add(cost::SPOT);
        if self.spots.len() < PLACES && purse.fits(Rank::Junk, bytes) {
            let spot = Spot {
                label: source.label.to_owned(),
                on_sheet: source.on_sheet,
            };
            self.spots.insert(place, (key, spot));
        } else if !source.salvage {
            self.more = self.more.saturating_add(1);
        }
        if let Err(place) = self.parts.binary_search(&source.part)
            && purse.fits(Rank::Junk, cost::PART)
        {
            self.parts.insert(place, source.part);
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
    /// A sheet of the file, in a formula of LibreOffice.
    Sheet,
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
        if has(b'(') && !source.mixed {
            for call in calls(line) {
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
                self.function(&call, line, &techniques, source, purse)?;
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
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let word = |at: usize| call.arguments.get(at).map_or("", |a| a.text.as_str());
        let constant = |count: usize| call.arguments.iter().take(count).all(|a| a.constant);
        let mut what = What::Call(call.name, call.class);
        let mut confidence = Confidence::High;
        let mut unresolved = false;
        let words = match call.class {
            Class::DdeFunction => {
                let Some(triple) = dde_call::triple(call) else {
                    return Ok(());
                };
                what = What::DdeCall;
                unresolved = !triple.known;
                if unresolved {
                    confidence = Confidence::Low;
                }
                [
                    triple.service,
                    triple.topic,
                    triple.item.unwrap_or_default(),
                ]
            }
            Class::Fetch => {
                unresolved = !constant(1);
                [word(0).to_owned(), String::new(), String::new()]
            }
            Class::Click => {
                let target = word(0);
                let tail = target.strip_prefix(UNKNOWN);
                // A file name after what a cell says still names a file.
                let nothing = tail.is_some_and(|tail| !tail.contains(['.', '\\', ':']));
                if target.is_empty() || target.starts_with('#') || nothing {
                    // A place in this workbook, or wherever a cell says: ordinary.
                    return Ok(());
                }
                unresolved = !constant(1);
                [target.to_owned(), String::new(), String::new()]
            }
            Class::Server => [word(0).to_owned(), word(1).to_owned(), String::new()],
            Class::Execute if matches!(call.name, "CALL" | "REGISTER.ID") && !source.macros => {
                // Excel takes these two on worksheets as well; a function of the user's own with
                // that name has numbers and cells for arguments, not the name of a library.
                if !word(0).replace(UNKNOWN, "").contains(char::is_alphabetic) {
                    return Ok(());
                }
                confidence = Confidence::Medium;
                unresolved = !constant(usize::MAX);
                [spelled(call), String::new(), String::new()]
            }
            Class::Execute | Class::Dde | Class::Run | Class::Write
                if !source.macros || call.arguments.is_empty() =>
            {
                return Ok(());
            }
            Class::Run => {
                // It mostly runs a macro.
                if !names_program(word(0)) {
                    return Ok(());
                }
                unresolved = !constant(1);
                [word(0).to_owned(), String::new(), String::new()]
            }
            Class::Write => return Ok(()),
            Class::Execute if call.name == "EXEC" => {
                unresolved = !constant(1);
                [word(0).to_owned(), String::new(), String::new()]
            }
            Class::Execute => {
                unresolved = !constant(usize::MAX);
                [spelled(call), String::new(), String::new()]
            }
            Class::Dde => {
                // What is poked and asked for comes from cells; the program does not.
                unresolved = call.name == "INITIATE" && !constant(1);
                if call.name == "INITIATE" {
                    [word(0).to_owned(), word(1).to_owned(), String::new()]
                } else {
                    // The first argument is the channel.
                    [String::new(), String::new(), word(1).to_owned()]
                }
            }
            Class::Sheets => return Ok(()),
        };
        let key = Key { what, words };
        let sighting = Sighting {
            text: line,
            span: call.span.clone(),
            confidence: confidence.min(source.most),
            unresolved,
            techniques,
        };
        self.keep(key, &sighting, source, purse);
        Ok(())
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

    pub(super) fn keep(
        &mut self,
        key: Key,
        sighting: &Sighting<'_>,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        if let Some(find) = self.finds.get_mut(&key) {
            find.confidence = find.confidence.max(sighting.confidence);
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
        let raw = if sighting.text.len() <= QUOTED {
            sighting.text
        } else {
            sighting.text.get(sighting.span.clone()).unwrap_or_default()
        };
        let words: usize = key.words.iter().map(String::len).sum();
        // The link that is made of it shows its words once more.
        let bytes = words.saturating_mul(2).saturating_add(raw.len());
        if !purse.keep(self.rank(&key), bytes.saturating_add(cost::FIND)) {
            return;
        }
        let mut find = Find {
            part: source.part,
            offset: source.offset,
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
            What::Inert | What::Sheet => Rank::Junk,
            What::Call(_, Class::Click) if is_web(first) || first.starts_with(UNKNOWN) => {
                Rank::Junk
            }
            What::Call(_, Class::Execute | Class::Run) => Rank::Program,
            What::Dde | What::DdeCall | What::Call(_, Class::Dde)
                if starts_program(first, second, &self.is_program) =>
            {
                Rank::Program
            }
            What::Dde | What::DdeCall | What::Call(..) => Rank::Link,
        }
    }
}
