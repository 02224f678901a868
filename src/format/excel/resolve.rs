//! From what was gathered to links: `[N]` is tied to its part, each DDE item to the places that
//! use it (`spec/excel.md` §1.2, A.7).

use std::collections::{BTreeMap, BTreeSet};

use super::Gather;
use super::connections::Lead;
use super::evidence::{Spot, Users, What};
use super::external::{ExternalLink, Item, Target};
use super::site::PartFacts;
use super::workbook::State;
use crate::container::opc::Opc;
use crate::format::ledger::Ledger;
use crate::formula::normalise::normalise;
use crate::formula::refs::plain_item;
use crate::formula::{render, xstring};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, Technique, TechniqueId, Trigger};

/// Places that one link names.
pub(super) const PLACES: usize = 1_000;
/// Items of one `ddeLink` reported one by one, and the bytes that their copies of service and
/// topic may take. The rest are one more link: the item never reaches the program (§0.1).
const ITEMS: usize = 4_096;
/// Workbook parts of one package whose references are followed, in the order in which they were
/// read: the one that Excel opens comes first, others only stand there to confuse.
const WORKBOOKS: usize = 16;
const COPIES: usize = 16 << 20;

/// Turns everything gathered into links.
pub(super) fn resolve(
    gathered: Gather,
    opc: &Opc,
    ledger: &mut Ledger<'_>,
    claimed: &mut BTreeSet<usize>,
) {
    let mut book = Book::new(&gathered, opc);
    for (&(part, offset), link) in &gathered.external.links {
        let Some(facts) = gathered.parts.get(part) else {
            continue;
        };
        let place = Place {
            part,
            offset,
            facts,
        };
        match &link.target {
            Target::Dde { service, topic } => book.dde(link, service, topic, &place, ledger),
            Target::Ole { id, prog_id } => {
                let mut found = book.outside(Carrier::OleLink, id.as_deref(), &place, claimed);
                if let Some(prog_id) = prog_id {
                    let decoded = xstring::decode(prog_id).into_owned();
                    found.raw = format!("progId=\"{prog_id}\" {}", found.raw);
                    found.prog_id = Some(decoded);
                }
                ledger.link(found);
            }
            Target::Book { ids } => book.external_books(ids, &place, ledger, claimed),
        }
    }
    let mut finds: Vec<_> = gathered.evidence.finds.iter().collect();
    finds.sort_by_key(|(_, find)| (find.part, find.offset));
    let more = gathered.evidence.more_web_hyperlinks;
    for (key, find) in finds {
        if let Some(link) = book.find(key, find) {
            ledger.link(link);
        }
    }
    if more > 0
        && let Some(part) = gathered.parts.first()
    {
        let raw = format!("{more} more hyperlinks to the web");
        let location = part.location.clone();
        let mut link = Link::new(Kind::ExternalLink, Carrier::Hyperlink, location, raw);
        link.trigger = Trigger::Click;
        ledger.link(link);
    }
    for ((part, offset), lead) in gathered.connections.leads() {
        if let Some(facts) = gathered.parts.get(part) {
            ledger.link(connection(facts, offset, lead));
        }
    }
}

/// Where a link stands.
struct Place<'g> {
    part: usize,
    offset: u64,
    facts: &'g PartFacts,
}

/// What ties the parts together.
pub(super) struct Book<'g> {
    pub(super) gathered: &'g Gather,
    opc: &'g Opc,
    /// By member, the first of those with one name: the name and state of the sheet it is.
    sheets: BTreeMap<usize, (&'g str, State)>,
    /// Members that an external reference of a workbook leads to.
    referenced: BTreeSet<usize>,
    /// By member of the link part and lower-case item (empty for a sheet): who uses it.
    uses: BTreeMap<usize, BTreeMap<&'g str, Vec<&'g Users>>>,
    /// Uses whose places were named already: a part may hold the same item often.
    named: BTreeSet<(usize, &'g str)>,
    /// Parts whose first link took the uses that no item explains.
    settled: BTreeSet<usize>,
    /// Links that ask for the same service and topic.
    pub(super) feeds: BTreeMap<(&'g str, &'g str), u32>,
    recalculates: bool,
    updates: bool,
    pub(super) auto_open: bool,
}

impl<'g> Book<'g> {
    fn new(gathered: &'g Gather, opc: &'g Opc) -> Self {
        let mut book = Book {
            gathered,
            opc,
            sheets: BTreeMap::new(),
            referenced: BTreeSet::new(),
            uses: BTreeMap::new(),
            named: BTreeSet::new(),
            settled: BTreeSet::new(),
            feeds: BTreeMap::new(),
            recalculates: gathered.workbooks.values().any(|w| w.recalculates),
            updates: gathered.workbooks.values().any(|w| w.updates),
            auto_open: gathered.workbooks.values().any(|w| w.auto_open),
        };
        let mut tied = BTreeSet::new();
        for (part, workbook) in gathered.workbooks.iter().take(WORKBOOKS) {
            let Some(member) = gathered.parts.get(*part).map(|facts| facts.member) else {
                continue;
            };
            for sheet in workbook.sheets.values() {
                if let Some(target) = book.resolved(member, &sheet.id) {
                    book.sheets
                        .entry(target)
                        .or_insert((&sheet.name, sheet.state));
                }
            }
            for (at, id) in workbook.references.values().enumerate() {
                let Some(target) = book.resolved(member, id) else {
                    continue;
                };
                book.referenced.insert(target);
                let index = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
                // Copies of the workbook part say the same again.
                if !tied.insert((index, target)) {
                    continue;
                }
                let first = (index, None);
                for ((_, item), users) in gathered
                    .evidence
                    .uses
                    .range(first..)
                    .take_while(|((at, _), _)| *at == index)
                {
                    book.uses
                        .entry(target)
                        .or_default()
                        .entry(item.as_deref().unwrap_or_default())
                        .or_default()
                        .push(users);
                }
            }
        }
        book.count_feeds();
        book
    }

    fn count_feeds(&mut self) {
        let gathered = self.gathered;
        for link in gathered.external.links.values() {
            if let Target::Dde { service, topic } = &link.target {
                let items = link
                    .items
                    .values()
                    .filter(|item| !item.document)
                    .count()
                    .max(1);
                let items = u32::try_from(items).unwrap_or(u32::MAX);
                let feed = self.feeds.entry((service, topic)).or_default();
                *feed = feed.saturating_add(items);
            }
        }
        for key in gathered.evidence.finds.keys() {
            if matches!(key.what, What::Dde | What::DdeCall) {
                let [service, topic, _] = &key.words;
                let feed = self.feeds.entry((service, topic)).or_default();
                *feed = feed.saturating_add(1);
            }
        }
    }

    /// The member that relationship `id` of `member` leads to.
    fn resolved(&self, member: usize, id: &str) -> Option<usize> {
        self.opc.relationship(member, id)?.resolved
    }

    /// One `ddeLink`: a link for each item that is not the document itself.
    fn dde(
        &mut self,
        link: &'g ExternalLink,
        service: &'g str,
        topic: &'g str,
        place: &Place<'g>,
        ledger: &mut Ledger<'_>,
    ) {
        let member = self.opc.first_of(place.facts.member);
        let ask = Ask::new(
            link,
            service,
            topic,
            self.feeds.get(&(service, topic)).copied(),
        );
        let mut items: Vec<&Item> = link.items.values().filter(|item| !item.document).collect();
        if items.is_empty() {
            items.extend(link.items.values().next());
        }
        let mut names = BTreeSet::new();
        let copies = COPIES.checked_div(service.len().saturating_add(topic.len()));
        let most = copies.unwrap_or(ITEMS).clamp(1, ITEMS);
        let mut rest: Option<Link> = None;
        let mut left = 0_u64;
        for (at, item) in items.iter().enumerate() {
            let decoded = xstring::decode(&item.name);
            let plain = normalise(&decoded);
            let asked = plain_item(&plain.text).to_owned();
            let lower = asked.to_lowercase();
            let users = self.uses.get(&member);
            let key = users.and_then(|users| users.get_key_value(lower.as_str()));
            let key = key.map(|(key, _)| *key);
            names.extend(key);
            if at < most {
                let mut found = self.dde_item(&ask, Some((&item.name, asked)), place);
                found.raw = format!("{} item=\"{}\"", ask.raw, item.name);
                self.attach(&mut found, place.part, key, item.advise);
                ledger.link(found);
                continue;
            }
            left = left.saturating_add(1);
            let found =
                rest.get_or_insert_with(|| self.dde_item(&ask, Some((&item.name, asked)), place));
            let users = self.users(member, key);
            if self.is_automatic(&users, item.advise) {
                found.kind = Kind::DdeAuto;
                found.trigger = Trigger::Open;
            }
            if found.used_by.is_empty() {
                self.name_users(found, &users, 1);
            }
        }
        if let Some(mut found) = rest {
            found.raw = format!("{} and {left} more items", ask.raw);
            ledger.link(found);
        }
        // Names that formulas ask for and the part does not list. Excel reads the first link of a
        // part, so only that one can mean them.
        let mut strays = Vec::new();
        if self.settled.insert(member)
            && let Some(users) = self.uses.get(&member)
        {
            strays.extend(users.keys().copied().filter(|key| !names.contains(key)));
        }
        if items.is_empty() && strays.is_empty() {
            ledger.link(self.dde_item(&ask, None, place));
        }
        for key in strays.into_iter().take(most) {
            let item = (!key.is_empty()).then(|| (key, key.to_owned()));
            let mut found = self.dde_item(&ask, item, place);
            self.attach(&mut found, place.part, Some(key), false);
            ledger.link(found);
        }
    }

    /// A link for one item: its name in the file and as it is asked for.
    fn dde_item(&self, ask: &Ask, item: Option<(&str, String)>, place: &Place<'_>) -> Link {
        let location = place.facts.location.clone().with_offset(place.offset);
        let mut found = Link::new(Kind::Dde, Carrier::DdeLinkPart, location, ask.raw.clone());
        found.trigger = Trigger::Update;
        found.siblings = ask.siblings;
        if ask.foreign {
            found.confidence = Confidence::Low;
        }
        let (item, resolved) = match item {
            Some((name, asked)) => {
                if let std::borrow::Cow::Owned(decoded) = xstring::decode(name) {
                    found.add_technique(Technique::step(TechniqueId::XEscapes, name, decoded));
                }
                let resolved = render(&ask.service, &ask.topic, &asked);
                (Some(asked), resolved)
            }
            None => {
                let whole = render(&ask.service, &ask.topic, "");
                (None, whole.trim_end_matches("!''").to_owned())
            }
        };
        found.readings.push(Reading {
            service: Some(ask.service.clone()),
            topic: Some(ask.topic.clone()),
            item,
            resolved,
        });
        for technique in &ask.techniques {
            found.add_technique(technique.clone());
        }
        self.note_part(&mut found, place.facts);
        if !place.facts.reachable && !self.is_referenced(place.facts) {
            found.add_technique(TechniqueId::Unreachable);
        }
        found
    }

    /// Whether an external reference of the workbook leads to the part.
    fn is_referenced(&self, facts: &PartFacts) -> bool {
        self.referenced.contains(&self.opc.first_of(facts.member))
    }

    fn users(&self, member: usize, key: Option<&str>) -> Vec<&'g Users> {
        let items = self.uses.get(&member);
        let users = items.and_then(|items| items.get(key?));
        users.cloned().unwrap_or_default()
    }

    /// Whether a DDE item acts when the workbook is opened: it is advised and used, or the
    /// workbook updates its links without a question, or an object that updates itself uses it.
    fn is_automatic(&self, users: &[&Users], advised: bool) -> bool {
        users.iter().any(|users| users.auto)
            || (!users.is_empty() && (advised || self.updates))
            || (advised && self.updates)
    }

    /// Adds the places that use the item, and what they say about when it acts.
    fn attach(&mut self, found: &mut Link, part: usize, key: Option<&'g str>, advised: bool) {
        let facts = self.gathered.parts.get(part);
        let member = facts.map_or(usize::MAX, |facts| self.opc.first_of(facts.member));
        let users = self.users(member, key);
        if self.is_automatic(&users, advised) {
            found.kind = Kind::DdeAuto;
            found.trigger = Trigger::Open;
        }
        // The places of one item are named once, however many items of a part have its name.
        let most = match key {
            Some(key) if !self.named.insert((part, key)) => 1,
            Some(_) | None => PLACES,
        };
        self.name_users(found, &users, most);
    }

    /// Names at most `most` places of `users`, with what is odd about their sheets.
    pub(super) fn name_users(&self, found: &mut Link, users: &[&Users], most: usize) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut more = 0_u64;
        let mut left = most;
        for users in users {
            let unnamed = u64::try_from(users.spots.len().saturating_sub(left)).unwrap_or(u64::MAX);
            more = more.saturating_add(users.more).saturating_add(unnamed);
            for ((part, _), spot) in users.spots.iter().take(left) {
                let name = self.describe(*part, spot);
                // Both branches of an alternative say the same.
                if names.insert(name.clone()) {
                    found.used_by.push(name);
                }
            }
            left = left.saturating_sub(users.spots.len());
        }
        if more > 0 {
            found.used_by.push(format!("and {more} more"));
        }
        if self.recalculates && !names.is_empty() {
            found.add_technique(TechniqueId::RecalculateOnLoad);
        }
        for part in users.iter().flat_map(|users| &users.parts).take(most) {
            match self.state(*part) {
                State::Hidden => found.add_technique(TechniqueId::HiddenSheet),
                State::VeryHidden => found.add_technique(TechniqueId::VeryHiddenSheet),
                State::Visible => {}
            }
        }
    }

    fn state(&self, part: usize) -> State {
        let facts = self.gathered.parts.get(part);
        facts
            .and_then(|facts| self.sheets.get(&self.opc.first_of(facts.member)))
            .map_or(State::Visible, |(_, state)| *state)
    }

    /// `Tabelle1!B4`; a part that is no sheet of the workbook goes by its file name.
    pub(super) fn describe(&self, part: usize, spot: &Spot) -> String {
        let Some(facts) = self.gathered.parts.get(part) else {
            return spot.label.clone();
        };
        let member = self.opc.first_of(facts.member);
        let sheet = self.sheets.get(&member).map(|(name, _)| *name);
        match sheet {
            Some(sheet) if spot.on_sheet => format!("{sheet}!{}", spot.label),
            None if spot.on_sheet => format!("{}!{}", stem(&facts.name), spot.label),
            Some(_) | None if self.gathered.workbooks.contains_key(&part) => spot.label.clone(),
            Some(_) | None => format!("{} ({})", stem(&facts.name), spot.label),
        }
    }

    pub(super) fn note_part(&self, found: &mut Link, facts: &PartFacts) {
        for technique in &facts.techniques {
            found.add_technique(*technique);
        }
    }

    /// A link to another document through the relationship `id`.
    fn outside(
        &mut self,
        carrier: Carrier,
        id: Option<&str>,
        place: &Place<'g>,
        claimed: &mut BTreeSet<usize>,
    ) -> Link {
        let member = self.opc.first_of(place.facts.member);
        let location = place.facts.location.clone().with_offset(place.offset);
        let raw = id.map_or_else(String::new, |id| format!("r:id=\"{id}\""));
        let mut found = Link::new(Kind::ExternalLink, carrier, location, raw);
        found.trigger = Trigger::Update;
        if let Some(id) = id
            && let Some(relation) = self.opc.relationship(member, id)
        {
            found.target = Some(relation.target.clone());
            claimed.extend(self.opc.relationships_of(member, id).first());
        }
        let mut users: Vec<&Users> = Vec::new();
        if self.settled.insert(member)
            && let Some(items) = self.uses.get(&member)
        {
            users.extend(items.values().flatten().take(PLACES));
        }
        if self.updates || users.iter().any(|users| users.auto) {
            found.trigger = Trigger::Open;
        }
        self.name_users(&mut found, &users, PLACES);
        self.note_part(&mut found, place.facts);
        if !place.facts.reachable && !self.is_referenced(place.facts) {
            found.add_technique(TechniqueId::Unreachable);
        }
        found
    }

    /// One `externalBook`: a link for each distinct address it has.
    fn external_books(
        &mut self,
        ids: &[String],
        place: &Place<'g>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let mut targets: BTreeSet<Option<String>> = BTreeSet::new();
        let ids = ids.iter().map(|id| Some(id.as_str()));
        let none = std::iter::once(None);
        let mut ids = ids.chain(none).peekable();
        let alone = ids.peek() == Some(&None);
        for id in ids.filter(|id| alone || id.is_some()) {
            let found = self.outside(Carrier::ExternalWorkbook, id, place, claimed);
            if targets.insert(found.target.clone()) {
                ledger.link(found);
            }
        }
    }
}

/// What one `ddeLink` asks for, decoded once for all its items.
struct Ask {
    service: String,
    topic: String,
    raw: String,
    siblings: u32,
    foreign: bool,
    techniques: Vec<Technique>,
}

impl Ask {
    fn new(link: &ExternalLink, service: &str, topic: &str, siblings: Option<u32>) -> Self {
        let mut techniques: Vec<Technique> = Vec::new();
        let mut note = |technique: Technique| {
            if !techniques.iter().any(|known| known.id == technique.id) {
                techniques.push(technique);
            }
        };
        let mut clear = |raw: &str| {
            let decoded = xstring::decode(raw);
            if let std::borrow::Cow::Owned(decoded) = &decoded {
                note(Technique::step(TechniqueId::XEscapes, raw, decoded.clone()));
            }
            let plain = normalise(&decoded);
            for id in plain.techniques() {
                note(Technique::step(id, raw, plain.text.clone()));
            }
            plain.text.into_owned()
        };
        let raw = format!("ddeService=\"{service}\" ddeTopic=\"{topic}\"");
        let (service, topic) = (clear(service), clear(topic));
        if link.alternative {
            note(TechniqueId::MarkupAlternative.into());
        }
        if link.referenced {
            note(TechniqueId::CharacterReferences.into());
        }
        Ask {
            service,
            topic,
            raw,
            siblings: siblings.unwrap_or(1),
            foreign: link.foreign,
            techniques,
        }
    }
}

fn connection(facts: &PartFacts, offset: u64, lead: Lead) -> Link {
    let carrier = if lead.web {
        Carrier::WebQuery
    } else {
        Carrier::Connection
    };
    let location = facts.location.clone().with_offset(offset);
    let mut found = Link::new(Kind::ExternalLink, carrier, location, lead.raw);
    found.trigger = if lead.opens {
        Trigger::Open
    } else {
        Trigger::Update
    };
    found.target = lead.target;
    for technique in &facts.techniques {
        found.add_technique(*technique);
    }
    if !facts.reachable {
        found.add_technique(TechniqueId::Unreachable);
    }
    found
}

/// The file name of a part without its extension.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split('.').next().unwrap_or(name)
}
