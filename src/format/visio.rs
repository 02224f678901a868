//! Visio drawings: what their cells start or open, hyperlinks and data connections
//! (`spec/excel.md` §8.2).
//!
//! A cell has a formula; the formulas of some cells are carried out by a click, those of the others
//! when the drawing is calculated. Objects in a drawing are documents of their own, and what
//! relationships lead to is reported with them.
//!
//! # Malformed input
//!
//! Cells count wherever they stand, hyperlinks by their section. What is found again in a second
//! reading of a part is one link.
//!
//! # Worst cases
//!
//! Linear in the markup. What is kept is charged to the limit `live-bytes`; the same link is kept
//! once and counted.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::{Part, Vocabulary};
use crate::container::opc::Opc;
use crate::formula::functions::{Call, Class, calls_of};
use crate::formula::scan::{names_program, starts_program};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};

/// What an entry costs besides its texts.
const ENTRY: u64 = 384;
/// Bytes of an address that stands between tags; longer ones are cut.
const ADDRESS: usize = 64 << 10;
/// Click-only web addresses kept: they never count for a verdict.
const WEB_HYPERLINKS: usize = 1_000;

/// The functions of cells that start or open something.
const FUNCTIONS: &[(&str, Class)] = &[
    ("CALLTHIS", Class::Run),
    ("HYPERLINK", Class::Click),
    ("OPENFILE", Class::Fetch),
    ("RUNADDON", Class::Execute),
    ("RUNADDONWARGS", Class::Execute),
    ("RUNMACRO", Class::Run),
];

/// Cells whose formulas a click carries out: a double click, a command of the context menu.
const CLICKED: [&str; 2] = ["EventDblClick", "Action"];

/// Attributes of a data connection that say what is read, and from where.
const CONNECTION: [&str; 3] = ["FileName", "ConnectionString", "Command"];

/// Everything that was gathered from the parts of a drawing.
pub(crate) struct Gather {
    is_program: fn(&str) -> bool,
    parts: Vec<Place>,
    /// The section that is open: its cells are those of a hyperlink.
    in_hyperlink: bool,
    /// The text of an address that stands between tags, from this byte on.
    address: Option<(u64, String)>,
    known: BTreeMap<Key, usize>,
    entries: Vec<Entry>,
    web_hyperlinks: usize,
    more: u64,
    short: BTreeSet<usize>,
    charged: u64,
}

/// A part, for reports.
struct Place {
    location: Location,
    techniques: Vec<TechniqueId>,
}

type Key = (Kind, Carrier, Trigger, String);

struct Entry {
    part: usize,
    offset: u64,
    key: Key,
    raw: String,
    unresolved: bool,
    confidence: Confidence,
    count: u32,
}

impl Gather {
    /// `is_program` says whether a name is a program that is known for abuse.
    pub(crate) fn new(is_program: fn(&str) -> bool) -> Self {
        Gather {
            is_program,
            parts: Vec::new(),
            in_hyperlink: false,
            address: None,
            known: BTreeMap::new(),
            entries: Vec::new(),
            web_hyperlinks: 0,
            more: 0,
            short: BTreeSet::new(),
            charged: 0,
        }
    }

    fn cell(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        // In Visio 2003 the cell is the element.
        let name = tag.attribute("N");
        let name = name.as_deref().unwrap_or(tag.name.local);
        if let Some(formula) = tag.attribute("F")
            && memchr::memchr(b'(', formula.as_bytes()).is_some()
        {
            let trigger = if CLICKED.contains(&name) {
                Trigger::Click
            } else {
                Trigger::Update
            };
            for call in calls_of(&formula, FUNCTIONS) {
                let raw = formula.get(call.span.clone()).unwrap_or_default();
                self.call(&call, trigger, raw, tag.offset, budget);
            }
        }
        if self.in_hyperlink
            && name == "Address"
            && let Some(value) = tag.attribute("V")
        {
            self.hyperlink(&value, tag.source(), tag.offset, budget);
        }
    }

    fn call(&mut self, call: &Call, trigger: Trigger, raw: &str, offset: u64, budget: &Budget<'_>) {
        let words: Vec<&str> = call.arguments.iter().map(|word| word.text.trim()).collect();
        let first = words.first().copied().unwrap_or_default();
        if first.is_empty() {
            return;
        }
        let second = words.get(1).copied().unwrap_or_default();
        let mut confidence = Confidence::High;
        let (kind, carrier, target) = match call.class {
            // The name of an add-on, which may be a program; if none has it, of a macro.
            Class::Execute => {
                let program = names_program(first)
                    || first.contains(['\\', '/'])
                    || starts_program(first, "", &self.is_program);
                confidence = Confidence::Medium;
                if program {
                    (Kind::Execute, Carrier::Action, format!("{first} {second}"))
                } else {
                    (Kind::ExternalLink, Carrier::MacroButton, first.to_owned())
                }
            }
            Class::Click => return self.hyperlink(first, raw, offset, budget),
            Class::Fetch => (Kind::ExternalLink, Carrier::Action, first.to_owned()),
            // The others of the list run a macro.
            Class::Run
            | Class::Server
            | Class::Dde
            | Class::DdeFunction
            | Class::Sheets
            | Class::Link
            | Class::Write => (Kind::ExternalLink, Carrier::MacroButton, first.to_owned()),
        };
        let entry = Entry {
            part: self.parts.len().saturating_sub(1),
            offset,
            key: (kind, carrier, trigger, target.trim().to_owned()),
            raw: raw.to_owned(),
            unresolved: call.arguments.iter().take(2).any(|word| !word.constant),
            confidence,
            count: 1,
        };
        self.keep(entry, budget);
    }

    fn hyperlink(&mut self, target: &str, raw: &str, offset: u64, budget: &Budget<'_>) {
        let target = target.trim();
        if target.is_empty() || target.starts_with('#') {
            return;
        }
        self.external(
            Carrier::Hyperlink,
            Trigger::Click,
            target,
            raw,
            offset,
            budget,
        );
    }

    fn external(
        &mut self,
        carrier: Carrier,
        trigger: Trigger,
        target: &str,
        raw: &str,
        offset: u64,
        budget: &Budget<'_>,
    ) {
        let entry = Entry {
            part: self.parts.len().saturating_sub(1),
            offset,
            key: (Kind::ExternalLink, carrier, trigger, target.to_owned()),
            raw: raw.to_owned(),
            unresolved: false,
            confidence: Confidence::Certain,
            count: 1,
        };
        self.keep(entry, budget);
    }

    /// Keeps a link, once.
    fn keep(&mut self, entry: Entry, budget: &Budget<'_>) {
        if let Some(known) = self.known.get(&entry.key) {
            if let Some(entry) = self.entries.get_mut(*known) {
                entry.count = entry.count.saturating_add(1);
            }
            return;
        }
        let (kind, carrier, _, target) = &entry.key;
        let lower = target
            .get(..8.min(target.len()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let web = ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| lower.starts_with(scheme));
        if web && (*kind, *carrier) == (Kind::ExternalLink, Carrier::Hyperlink) {
            if self.web_hyperlinks >= WEB_HYPERLINKS {
                self.more = self.more.saturating_add(1);
                return;
            }
            self.web_hyperlinks = self.web_hyperlinks.saturating_add(1);
        }
        // The target stands in the key twice.
        let texts = target
            .len()
            .saturating_mul(2)
            .saturating_add(entry.raw.len());
        let cost = u64::try_from(texts)
            .unwrap_or(u64::MAX)
            .saturating_add(ENTRY);
        if budget.charge_live(cost).is_err() {
            self.short.insert(entry.part);
            return;
        }
        self.charged = self.charged.saturating_add(cost);
        self.known.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
    }

    fn link(&self, entry: &Entry) -> Option<Link> {
        let place = self.parts.get(entry.part)?;
        let (kind, carrier, trigger, target) = &entry.key;
        let location = place.location.clone().with_offset(entry.offset);
        let mut link = Link::new(*kind, *carrier, location, entry.raw.as_str());
        link.trigger = *trigger;
        link.target = Some(target.clone());
        link.confidence = entry.confidence;
        link.siblings = entry.count;
        for technique in &place.techniques {
            link.add_technique(*technique);
        }
        if entry.unresolved {
            link.add_technique(TechniqueId::Unresolved);
        }
        link.techniques.sort();
        Some(link)
    }
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        let mut techniques = part.techniques.to_vec();
        if salvage {
            techniques.push(TechniqueId::SalvagedXml);
        }
        self.parts.push(Place {
            location: part.location.clone(),
            techniques,
        });
        self.in_hyperlink = false;
        self.address = None;
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if tag.name.ns != Ns::Visio {
            return Ok(());
        }
        match tag.name.local {
            "Section" => self.in_hyperlink = tag.attribute("N").as_deref() == Some("Hyperlink"),
            "Hyperlink" => self.in_hyperlink = true,
            "Address" if self.in_hyperlink => self.address = Some((tag.offset, String::new())),
            "DataConnection" => {
                let mut words = CONNECTION.iter().filter_map(|name| tag.attribute(name));
                if let Some(target) = words.find(|word| !word.trim().is_empty()) {
                    let (carrier, trigger) = (Carrier::Connection, Trigger::Update);
                    let (raw, offset) = (tag.source(), tag.offset);
                    self.external(carrier, trigger, target.trim(), raw, offset, budget);
                }
            }
            _ => {}
        }
        self.cell(tag, budget);
        Ok(())
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match name.local {
            "Section" | "Hyperlink" => self.in_hyperlink = false,
            "Address" => {
                if let Some((offset, target)) = self.address.take() {
                    self.hyperlink(&target, &target, offset, budget);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(
        &mut self,
        text: &str,
        _referenced: bool,
        _budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        if let Some((_, address)) = &mut self.address
            && address.len() < ADDRESS
        {
            address.push_str(text);
        }
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        if let Some(place) = self.parts.last_mut() {
            place.techniques.extend_from_slice(techniques);
        }
    }

    fn resolve(
        &mut self,
        _opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        _claimed: &mut BTreeSet<usize>,
    ) {
        for link in self.entries.iter().filter_map(|entry| self.link(entry)) {
            ledger.link(link);
        }
        if let Some(place) = self.parts.first().filter(|_| self.more > 0) {
            let raw = format!("{} more hyperlinks to the web", self.more);
            let location = place.location.clone();
            let mut link = Link::new(Kind::ExternalLink, Carrier::Hyperlink, location, raw);
            link.trigger = Trigger::Click;
            ledger.link(link);
        }
        for place in self.short.iter().filter_map(|part| self.parts.get(*part)) {
            let cause = Exhausted::Limit(Limit::LiveBytes);
            ledger.exhausted(cause, place.location.clone());
        }
        budget.release_live(self.charged);
        *self = Gather::new(self.is_program);
    }
}
