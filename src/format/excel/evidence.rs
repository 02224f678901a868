//! What formulas and texts say: uses of external links, DDE references and listed functions. Only
//! what mentions a link is kept, and only once: a second cell with the same link adds its place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::site::{Purse, Rank, cost};
use super::users::Users;
use crate::formula::functions::{Class, UNKNOWN};
use crate::formula::scan::starts_program;
use crate::link::{Carrier, Confidence, TechniqueId};
use crate::text::starts_with;

/// Bytes of a formula that are quoted whole; of a longer one, the reference alone.
const QUOTED: usize = 1_024;
/// Click-only web addresses kept. They never count for a verdict, and a catalogue has hundreds of
/// thousands: the rest are counted.
const WEB_HYPERLINKS: usize = 1_000;

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
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| starts_with(target, scheme))
}
