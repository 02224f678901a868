//! OpenDocument, in a zip and in one XML file: DDE connections, linked sections, tables, objects
//! and pictures, macros by name, formulas (`spec/word.md` §4.7; `spec/excel.md` §7).
//!
//! [`Gather`] keeps what the elements of every part say; `resolve` joins declarations with what
//! uses them and reports. Word, Excel and LibreOffice open these files; what starts is what
//! LibreOffice does, because it wrote the format's links.
//!
//! The files: `dde` (declared connections), `places` (what `xlink:href` loads), `data` (data
//! sources by name), `formulas` (links in formulas), `cells` (where a formula stands), `inert`
//! (text that is none), `manifest` (what is encrypted).
//!
//! # Malformed input
//!
//! Declarations count wherever they stand, by local name, whether anything refers to them or not.
//! A part that is read twice gives everything once. Settings that keep a program from updating
//! links (`LinkUpdateMode`) lower nothing: other programs have settings of their own.
//!
//! # Worst cases
//!
//! Time is linear in the markup. What is kept is charged to the limit `live-bytes`; the same link
//! is kept once and counted.

mod cells;
mod data;
mod dde;
mod formulas;
mod inert;
mod manifest;
mod places;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::ledger::Ledger;
use super::{Part, Vocabulary};
use crate::container::opc::Opc;
use crate::formula::render;
use crate::gap::{GapKind, SkipReason};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, TechniqueId, Trigger};
use crate::location::Location;
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};
use crate::text::starts_with;
use cells::{Cells, Sheet, Styles};
use inert::Paragraph;
use manifest::Manifest;

/// Users of a link that are named; a feed has thousands of cells.
const USERS: usize = 8;
/// What an entry costs besides its texts: itself twice, while the list of entries grows, and what
/// each of its texts and lists takes in the heap.
const ENTRY: u64 = 768;
/// What the style of a table costs.
const STYLE: u64 = 256;
/// Click-only web addresses kept. They never count for a verdict, and a catalogue has hundreds of
/// thousands: the rest are counted.
const WEB_HYPERLINKS: usize = 1_000;

/// Everything that was gathered from the parts of a document.
pub(crate) struct Gather {
    is_program: fn(&str) -> bool,
    sources: Vec<Source>,
    entries: Vec<Entry>,
    /// Each entry by what it is.
    known: BTreeMap<[u8; 32], usize>,
    /// Where each declared connection is used, by its name.
    uses: BTreeMap<String, Vec<String>>,
    cells: Cells,
    /// The paragraph of a cell that is open.
    paragraph: Option<Paragraph>,
    styles: Styles,
    manifest: Manifest,
    web_hyperlinks: usize,
    more_web_hyperlinks: u64,
    /// Parts of which something was not kept.
    short: BTreeSet<usize>,
    charged: u64,
}

/// A part, for reports.
struct Source {
    location: Location,
    /// The document in one file: relative places are outside of it.
    flat: bool,
    macros: bool,
    techniques: Vec<TechniqueId>,
}

/// A link as it was found first.
struct Entry {
    part: usize,
    offset: u64,
    raw: String,
    what: What,
    confidence: Confidence,
    /// How often it was found.
    count: u32,
    /// The first of those that use it is the cell in which it was found.
    in_cell: bool,
    used_by: Vec<String>,
    /// The sheets that use it, by what hides them.
    sheets: Vec<Sheet>,
    techniques: Vec<TechniqueId>,
}

enum What {
    Dde {
        carrier: Carrier,
        /// The name under which the document uses it.
        name: Option<String>,
        service: String,
        topic: String,
        item: Option<String>,
        auto: bool,
    },
    /// Text that is no formula.
    Inert {
        service: String,
        topic: String,
        item: String,
    },
    Place {
        kind: Kind,
        carrier: Carrier,
        trigger: Trigger,
        target: String,
    },
}

impl Gather {
    /// `is_program` says whether a name is a program that is known for abuse.
    pub(crate) fn new(is_program: fn(&str) -> bool) -> Self {
        Gather {
            is_program,
            sources: Vec::new(),
            entries: Vec::new(),
            known: BTreeMap::new(),
            uses: BTreeMap::new(),
            cells: Cells::default(),
            paragraph: None,
            styles: Styles::default(),
            manifest: Manifest::default(),
            web_hyperlinks: 0,
            more_web_hyperlinks: 0,
            short: BTreeSet::new(),
            charged: 0,
        }
    }

    fn part(&self) -> usize {
        self.sources.len().saturating_sub(1)
    }

    fn is_flat(&self) -> bool {
        self.sources.last().is_some_and(|source| source.flat)
    }

    /// Keeps a link, once; `user` is what uses it.
    fn keep(&mut self, entry: Entry, user: Option<String>, budget: &Budget<'_>) {
        let digest = entry.what.digest();
        let sheet = user.as_ref().and_then(|_| self.cells.sheet());
        if let Some(known) = self.known.get(&digest).copied() {
            self.add_user(known, user, sheet, budget);
            return;
        }
        if entry.what.is_web_hyperlink() {
            if self.web_hyperlinks >= WEB_HYPERLINKS {
                self.more_web_hyperlinks = self.more_web_hyperlinks.saturating_add(1);
                return;
            }
            self.web_hyperlinks = self.web_hyperlinks.saturating_add(1);
        }
        let texts = entry.raw.len().saturating_add(entry.what.bytes());
        let texts = texts.saturating_add(user.as_ref().map_or(0, String::len));
        let texts = texts.saturating_add(sheet.as_ref().map_or(0, |sheet| sheet.style.len()));
        if self.pay(texts, ENTRY, budget) {
            self.known.insert(digest, self.entries.len());
            let used_by = user.into_iter().collect();
            let sheets = sheet.into_iter().collect();
            self.entries.push(Entry {
                used_by,
                sheets,
                ..entry
            });
        }
    }

    /// A link that is known is used once more.
    fn add_user(
        &mut self,
        known: usize,
        user: Option<String>,
        sheet: Option<Sheet>,
        budget: &Budget<'_>,
    ) {
        let Some(entry) = self.entries.get_mut(known) else {
            return;
        };
        entry.count = entry.count.saturating_add(1);
        let user = user.filter(|user| entry.used_by.len() < USERS && !entry.used_by.contains(user));
        let sheet = sheet.filter(|s| entry.sheets.len() < USERS && !entry.sheets.contains(s));
        let bytes = user.as_ref().map_or(0, String::len);
        let bytes = bytes.saturating_add(sheet.as_ref().map_or(0, |sheet| sheet.style.len()));
        if bytes == 0 && sheet.is_none() || !self.pay(bytes, 0, budget) {
            return;
        }
        if let Some(entry) = self.entries.get_mut(known) {
            entry.used_by.extend(user);
            entry.sheets.extend(sheet);
        }
    }

    fn pay(&mut self, bytes: usize, more: u64, budget: &Budget<'_>) -> bool {
        let cost = u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(more);
        let paid = budget.charge_live(cost).is_ok();
        if paid {
            self.charged = self.charged.saturating_add(cost);
        } else {
            self.short.insert(self.part());
        }
        paid
    }
}

impl What {
    /// What it is, for comparing: a digest, so that it costs the same whatever it says.
    fn digest(&self) -> [u8; 32] {
        match self {
            What::Dde {
                carrier,
                name,
                service,
                topic,
                item,
                auto,
            } => digest([
                Some(carrier.as_str()),
                name.as_deref(),
                Some(service),
                Some(topic),
                item.as_deref(),
                Some(if *auto { "auto" } else { "" }),
            ]),
            What::Inert {
                service,
                topic,
                item,
            } => digest([
                Some(Kind::Inert.as_str()),
                Some(service),
                Some(topic),
                Some(item),
            ]),
            What::Place {
                kind,
                carrier,
                trigger,
                target,
            } => digest([
                Some(kind.as_str()),
                Some(carrier.as_str()),
                Some(trigger.as_str()),
                Some(target),
            ]),
        }
    }

    /// What carries a DDE link, and the triple it asks for.
    fn triple(&self) -> Option<(Carrier, [u8; 32])> {
        match self {
            What::Dde {
                carrier,
                service,
                topic,
                item,
                ..
            } => {
                let words = [service, topic, item.as_deref().unwrap_or_default()];
                Some((*carrier, digest(words.map(Some))))
            }
            What::Inert { .. } | What::Place { .. } => None,
        }
    }

    /// Whether it opens in the browser or the mail program, and only when it is clicked.
    fn is_web_hyperlink(&self) -> bool {
        let What::Place {
            kind: Kind::ExternalLink,
            carrier: Carrier::Hyperlink,
            target,
            ..
        } = self
        else {
            return false;
        };
        ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| starts_with(target, scheme))
    }

    fn bytes(&self) -> usize {
        match self {
            What::Dde {
                name,
                service,
                topic,
                item,
                ..
            } => [name.as_deref(), Some(service), Some(topic), item.as_deref()]
                .into_iter()
                .flatten()
                .map(str::len)
                .sum(),
            What::Inert {
                service,
                topic,
                item,
            } => [service, topic, item].into_iter().map(String::len).sum(),
            What::Place { target, .. } => target.len(),
        }
    }
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        let mut techniques = part.techniques.to_vec();
        if salvage {
            techniques.push(TechniqueId::SalvagedXml);
        }
        self.sources.push(Source {
            location: part.location.clone(),
            flat: part.name.is_empty(),
            macros: false,
            techniques,
        });
        self.cells = Cells::default();
        self.manifest.begin_part();
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match tag.name.local {
            "dde-source" | "dde-connection-decl" => self.declare(tag, budget),
            "dde-connection" => self.connect(tag, budget),
            // Of Basic and of the other languages.
            "module" | "source-code" if tag.name.ns == Ns::Odf => {
                if let Some(source) = self.sources.last_mut() {
                    source.macros = true;
                }
            }
            _ => {}
        }
        if tag.name.ns != Ns::Odf {
            self.form(tag, budget);
            return Ok(());
        }
        self.cells.enter(tag);
        if let Some((name, parent, shown)) = self.cells.style(tag)
            && self.pay(name.len().saturating_add(parent.len()), STYLE, budget)
        {
            self.styles.add(name, parent, shown);
        }
        self.manifest.enter(tag);
        self.place(tag, budget);
        self.data(tag, budget);
        self.formulas(tag, budget);
        self.enter_text(tag, budget);
        Ok(())
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if name.ns == Ns::Odf {
            self.leave_text(name.local, budget);
            self.cells.leave(name.local);
        }
        Ok(())
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.add_text(text, referenced, budget);
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        if let Some(source) = self.sources.last_mut() {
            source.techniques.extend_from_slice(techniques);
        }
        // Of markup that is cut off, which is a gap.
        let open = self.paragraph.take().map_or(0, |open| open.paid);
        self.charged = self.charged.saturating_add(open);
        self.manifest.end_part(self.sources.len().saturating_sub(1));
    }

    fn resolve(
        &mut self,
        _opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        _claimed: &mut BTreeSet<usize>,
    ) {
        self.join_formulas();
        let mut siblings: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for entry in &self.entries {
            if let What::Dde { service, topic, .. } = &entry.what {
                let count = siblings.entry((service, topic)).or_default();
                *count = count.saturating_add(1);
            }
        }
        for entry in &self.entries {
            if entry.count == 0 {
                continue;
            }
            let Some(source) = self.sources.get(entry.part) else {
                continue;
            };
            let mut link = self.link(entry, source);
            if let What::Dde { service, topic, .. } = &entry.what {
                let key = (service.as_str(), topic.as_str());
                link.siblings = siblings.get(&key).copied().unwrap_or(1);
            }
            ledger.link(link);
        }
        self.count_hyperlinks(ledger);
        self.settle_gaps(ledger);
        budget.release_live(self.charged);
        *self = Gather::new(self.is_program);
    }
}

impl Gather {
    /// A formula that asks for what is declared is a user of the declaration, not a link more:
    /// LibreOffice writes both (`spec/excel.md` §7.5, 1).
    fn join_formulas(&mut self) {
        let mut declared: BTreeMap<[u8; 32], usize> = BTreeMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if let Some((Carrier::DdeDeclaration, triple)) = entry.what.triple() {
                declared.entry(triple).or_insert(index);
            }
        }
        for index in 0..self.entries.len() {
            let Some(entry) = self.entries.get_mut(index) else {
                break;
            };
            let Some((Carrier::Formula | Carrier::Name, triple)) = entry.what.triple() else {
                continue;
            };
            let Some(&at) = declared.get(&triple) else {
                continue;
            };
            let users = std::mem::take(&mut entry.used_by);
            let sheets = std::mem::take(&mut entry.sheets);
            entry.count = 0;
            if let Some(entry) = self.entries.get_mut(at) {
                let room = USERS.saturating_sub(entry.used_by.len());
                entry.used_by.extend(users.into_iter().take(room));
                let room = USERS.saturating_sub(entry.sheets.len());
                entry.sheets.extend(sheets.into_iter().take(room));
            }
        }
    }

    /// The click-only web addresses that were not kept.
    fn count_hyperlinks(&self, ledger: &mut Ledger<'_>) {
        let more = self.more_web_hyperlinks;
        if let Some(source) = self.sources.first().filter(|_| more > 0) {
            let raw = format!("{more} more hyperlinks to the web");
            let location = source.location.clone();
            let mut link = Link::new(Kind::ExternalLink, Carrier::Hyperlink, location, raw);
            link.trigger = Trigger::Click;
            ledger.link(link);
        }
    }

    fn link(&self, entry: &Entry, source: &Source) -> Link {
        let mut location = source.location.clone().with_offset(entry.offset);
        if let Some(cell) = entry.used_by.first().filter(|_| entry.in_cell) {
            location = location.with_cell(cell);
        }
        let raw = entry.raw.as_str();
        let mut link = match &entry.what {
            What::Dde {
                carrier,
                name,
                service,
                topic,
                item,
                auto,
            } => {
                let (kind, trigger) = if *auto {
                    (Kind::DdeAuto, Trigger::Open)
                } else {
                    (Kind::Dde, Trigger::Update)
                };
                let mut link = Link::new(kind, *carrier, location, raw);
                link.trigger = trigger;
                link.readings.push(Reading {
                    service: Some(service.clone()),
                    topic: Some(topic.clone()),
                    item: item.clone(),
                    resolved: render(service, topic, item.as_deref().unwrap_or_default()),
                });
                let users = name.as_ref().and_then(|name| self.uses.get(name));
                link.used_by = users.cloned().unwrap_or_default();
                link
            }
            What::Inert {
                service,
                topic,
                item,
            } => {
                let mut link = Link::new(Kind::Inert, Carrier::Formula, location, raw);
                link.trigger = Trigger::None;
                link.readings.push(Reading {
                    service: Some(service.clone()),
                    topic: Some(topic.clone()),
                    item: Some(item.clone()),
                    resolved: render(service, topic, item),
                });
                link
            }
            What::Place {
                kind,
                carrier,
                trigger,
                target,
            } => {
                let mut link = Link::new(*kind, *carrier, location, raw);
                link.trigger = *trigger;
                link.target = Some(target.clone());
                link.siblings = entry.count;
                link
            }
        };
        link.used_by.extend(entry.used_by.iter().cloned());
        link.confidence = entry.confidence;
        for technique in entry.techniques.iter().chain(&source.techniques) {
            link.add_technique(*technique);
        }
        if entry.sheets.iter().any(|sheet| self.styles.hide(sheet)) {
            link.add_technique(TechniqueId::HiddenSheet);
        }
        link.techniques.sort();
        link
    }

    fn settle_gaps(&self, ledger: &mut Ledger<'_>) {
        for (part, scheme, names) in self.manifest.encrypted() {
            if let Some(source) = self.sources.get(part) {
                let detail = format!("{scheme}: {names}");
                ledger.gap(GapKind::Encrypted, source.location.clone(), detail);
            }
        }
        for (part, source) in self.sources.iter().enumerate() {
            if source.macros {
                ledger.skip(source.location.clone(), SkipReason::Macro);
            }
            if self.short.contains(&part) {
                let cause = Exhausted::Limit(Limit::LiveBytes);
                ledger.exhausted(cause, source.location.clone());
            }
        }
    }
}

fn digest<const N: usize>(words: [Option<&str>; N]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for word in words {
        let word = word.unwrap_or("\0");
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(word);
    }
    hash.finalize().into()
}
