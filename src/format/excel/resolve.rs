//! From what was gathered to links: `[N]` is tied to its part, each DDE item to the places that
//! use it (`spec/excel.md` §1.2, A.7).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::ask::Ask;
use super::book::Book;
use super::connections::Lead;
use super::evidence::{Find, What};
use super::external::{Address, ExternalLink, Item, Target};
use super::join::Joins;
use super::shares::{COPIES, Shares};
use super::site::{Place, State};
use super::users::{Spot, Users};
use crate::format::ledger::Ledger;
use crate::formula::normalise::normalise;
use crate::formula::refs::plain_item;
use crate::formula::{render, xstring};
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Kind, Link, Reading, Technique, TechniqueId, Trigger};

/// Places that one link names.
pub(super) const PLACES: usize = 1_000;
/// Links that are still told of once the caller has raised the stop flag: what was found before is
/// kept, as far as that takes no time to speak of.
const PARTING: usize = 64;

/// Where links lead that say so by relationships.
pub(super) trait Relations {
    /// What relationship `id` of the part at `place` leads to. Asking explains the relationship.
    fn target(&mut self, place: usize, id: &str) -> Option<String>;

    /// Whether relationship `id` of the part at `place` leads out of the package.
    fn leads_out(&self, place: usize, id: &str) -> bool;
}

/// A file without relationships.
pub(super) struct NoRelations;

impl Relations for NoRelations {
    fn target(&mut self, _place: usize, _id: &str) -> Option<String> {
        None
    }

    fn leads_out(&self, _place: usize, _id: &str) -> bool {
        false
    }
}

/// Turns everything gathered into links.
pub(super) fn resolve(
    book: Book,
    relations: &mut dyn Relations,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) {
    let mut tied = Tied::new(&book, budget);
    for (&(number, offset), link) in &book.external.links {
        if !tied.goes_on() {
            break;
        }
        let Some(place) = book.places.get(number) else {
            continue;
        };
        let site = Site {
            number,
            offset,
            place,
            link,
        };
        match &link.target {
            Target::Dde { service, topic } => tied.dde(service, topic, &site, ledger),
            Target::Ole { address, prog_id } => {
                let mut found = tied.outside(Carrier::OleLink, address.as_ref(), &site, relations);
                if let Some(prog_id) = prog_id {
                    found.raw = format!("progId=\"{prog_id}\" {}", found.raw);
                    found.prog_id = Some(link.clear(prog_id).into_owned());
                }
                ledger.link(found);
            }
            Target::Book { addresses } => {
                tied.external_books(addresses, &site, relations, ledger);
            }
        }
    }
    let mut finds: Vec<_> = book.evidence.finds.iter().collect();
    finds.sort_by_key(|(_, find)| (find.part, find.offset));
    let more = book.evidence.more_web_hyperlinks;
    for (key, find) in finds {
        if !tied.goes_on() {
            break;
        }
        // What a link of the link table says as well was reported with it.
        if !tied.joins.has(key)
            && let Some(link) = tied.find(key, find)
        {
            ledger.link(link);
        }
    }
    if more > 0
        && let Some(place) = book.places.first()
    {
        let raw = format!("{more} more hyperlinks to the web");
        let location = place.location.clone();
        let mut link = Link::new(Kind::ExternalLink, Carrier::Hyperlink, location, raw);
        link.trigger = Trigger::Click;
        ledger.link(link);
    }
    for ((number, offset), lead) in book.connections.leads() {
        if !tied.goes_on() {
            break;
        }
        if let Some(place) = book.places.get(number) {
            ledger.link(connection(place, offset, lead));
        }
    }
    if tied.parting == 0
        && let Some(place) = book.places.first()
    {
        ledger.exhausted(Exhausted::Stopped, place.location.clone());
    }
}

impl ExternalLink {
    /// A string of the link with its escapes undone, if its format has any.
    pub(super) fn clear<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.style.escaped {
            xstring::decode(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// An item as it is asked for.
    pub(super) fn asked(&self, name: &str) -> String {
        plain_item(&normalise(&self.clear(name)).text).to_owned()
    }

    /// The items that are reported: all but the document itself, or that one if there is no other.
    pub(super) fn reported(&self) -> impl Iterator<Item = &Item> {
        let bare = self.items.values().all(|item| item.document);
        let items = self.items.values();
        items
            .filter(move |item| bare || !item.document)
            .take(if bare { 1 } else { usize::MAX })
    }
}

/// Where a link stands.
struct Site<'g> {
    number: usize,
    offset: u64,
    place: &'g Place,
    link: &'g ExternalLink,
}

/// Who uses what, by group of links and lower-case item (empty for a sheet).
type Uses<'g> = BTreeMap<usize, BTreeMap<Cow<'g, str>, Vec<&'g Users>>>;

/// The workbook with its references tied to its links.
pub(super) struct Tied<'g> {
    pub(super) book: &'g Book,
    budget: &'g Budget<'g>,
    /// Links that are told of after the stop flag is up; at 0, something was not told.
    parting: usize,
    /// Groups that an external reference of a workbook leads to.
    referenced: BTreeSet<usize>,
    uses: Uses<'g>,
    /// Uses whose places were named already: a part may hold the same item often.
    named: BTreeSet<(usize, Cow<'g, str>)>,
    /// Groups whose first link took the uses that no item explains.
    settled: BTreeSet<usize>,
    /// Formulas that say the same as a link.
    joins: Joins<'g>,
    /// How many items each link has of its own in the report.
    shares: Shares,
    /// Bytes left for copies of services and topics for items that no link lists.
    strays: usize,
    /// Links that ask for the same service and topic.
    pub(super) feeds: BTreeMap<(&'g str, &'g str), u32>,
}

impl<'g> Tied<'g> {
    fn new(book: &'g Book, budget: &'g Budget<'g>) -> Self {
        let shares = Shares::of(book);
        let mut tied = Tied {
            book,
            budget,
            parting: PARTING,
            referenced: book.references.iter().map(|(_, group)| *group).collect(),
            uses: BTreeMap::new(),
            named: BTreeSet::new(),
            settled: BTreeSet::new(),
            joins: Joins::new(book, &shares),
            shares,
            strays: COPIES,
            feeds: BTreeMap::new(),
        };
        // Of several links in one group, a number means an item of the first.
        let mut firsts: BTreeMap<usize, &ExternalLink> = BTreeMap::new();
        for link in book.external.links.values() {
            firsts.entry(link.group).or_insert(link);
        }
        for (index, group) in &book.references {
            let items = tied.uses.entry(*group).or_default();
            let named = book.evidence.uses.range((*index, None)..);
            for ((_, item), users) in named.take_while(|((at, _), _)| at == index) {
                let item = Cow::Borrowed(item.as_deref().unwrap_or_default());
                items.entry(item).or_default().push(users);
            }
            let numbered = book.evidence.numbered.range((*index, 0)..);
            let mut names = firsts.get(group).map(|link| (link, link.items.values()));
            let mut at = 0_u32;
            for ((_, wanted), users) in numbered.take_while(|((at, _), _)| at == index) {
                // Both go up, so the items are gone over once.
                let mut name = None;
                while let Some((link, items)) = &mut names
                    && at < *wanted
                    && let Some(item) = items.next()
                {
                    at = at.saturating_add(1);
                    name = (at == *wanted).then(|| link.asked(&item.name).to_lowercase());
                }
                let name = Cow::Owned(name.unwrap_or_default());
                items.entry(name).or_default().push(users);
            }
        }
        tied.count_feeds();
        tied
    }

    /// Whether one more link is to be told of. To be asked before each: judging one takes time.
    fn goes_on(&mut self) -> bool {
        if self.budget.check_stop().is_err() {
            self.parting = self.parting.saturating_sub(1);
        }
        self.parting > 0
    }

    fn count_feeds(&mut self) {
        let book = self.book;
        for link in book.external.links.values() {
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
        for key in book.evidence.finds.keys() {
            if matches!(key.what, What::Dde | What::DdeCall) && !self.joins.has(key) {
                let [service, topic, _] = &key.words;
                let feed = self.feeds.entry((service, topic)).or_default();
                *feed = feed.saturating_add(1);
            }
        }
    }

    /// One DDE link: a link for each item that is not the document itself.
    fn dde(&mut self, service: &'g str, topic: &'g str, site: &Site<'g>, ledger: &mut Ledger<'_>) {
        let link = site.link;
        let group = link.group;
        let siblings = self.feeds.get(&(service, topic)).copied();
        let ask = Ask::new(link, service, topic, siblings);
        let items: Vec<&Item> = link.reported().collect();
        let mut names = BTreeSet::new();
        let most = self.shares.most((site.number, site.offset));
        let base = self.joins.base(link, service, topic);
        let mut rest: Option<Link> = None;
        let mut left = 0_u64;
        for (at, item) in items.iter().enumerate() {
            let asked = link.asked(&item.name);
            let lower = asked.to_lowercase();
            let users = self.uses.get(&group);
            let key = users.and_then(|users| users.get_key_value(lower.as_str()));
            let key = key.map(|(key, _)| key.clone());
            names.extend(key.clone());
            if !self.goes_on() {
                break;
            }
            if at < most {
                let (joined, first) = self.joins.of(base.as_ref(), &asked);
                let mut found = self.dde_item(&ask, Some((&item.name, asked)), site);
                found.raw = ask.with_item(&item.name);
                self.attach(&mut found, group, key, (&joined, first), item.advise);
                ledger.link(found);
                continue;
            }
            left = left.saturating_add(1);
            let found =
                rest.get_or_insert_with(|| self.dde_item(&ask, Some((&item.name, asked)), site));
            let users = self.users(group, key.as_deref());
            self.one_more(found, &users, item.advise);
        }
        // Names that formulas ask for and the link does not list. Excel reads the first link of a
        // part, so only that one can mean them.
        let mut strays = Vec::new();
        if self.settled.insert(group)
            && let Some(users) = self.uses.get(&group)
        {
            strays.extend(users.keys().filter(|key| !names.contains(*key)).cloned());
        }
        if items.is_empty() && strays.is_empty() {
            ledger.link(self.dde_item(&ask, None, site));
        }
        for key in strays {
            if !self.goes_on() {
                break;
            }
            let item = (!key.is_empty()).then(|| (key.as_ref(), key.to_string()));
            if let Some(share) = self.strays.checked_sub(ask.copy) {
                self.strays = share;
                let mut found = self.dde_item(&ask, item, site);
                self.attach(&mut found, group, Some(key), (&[], true), false);
                ledger.link(found);
                continue;
            }
            left = left.saturating_add(1);
            let users = self.users(group, Some(&key));
            let found = rest.get_or_insert_with(|| self.dde_item(&ask, item, site));
            self.one_more(found, &users, false);
        }
        if let Some(mut found) = rest {
            found.raw = format!("{} and {left} more items", ask.raw);
            ledger.link(found);
        }
    }

    /// One more item of a link that stands for several.
    fn one_more(&self, found: &mut Link, users: &[&Users], advised: bool) {
        if self.is_automatic(users, advised) {
            found.kind = Kind::DdeAuto;
            found.trigger = Trigger::Open;
        }
        if found.used_by.is_empty() {
            self.name_users(found, users, 1);
        }
    }

    /// A link for one item: its name in the file and as it is asked for.
    fn dde_item(&self, ask: &Ask, item: Option<(&str, String)>, site: &Site<'_>) -> Link {
        let style = &site.link.style;
        let location = site.place.location.clone().with_offset(site.offset);
        let mut found = Link::new(Kind::Dde, style.carrier, location, ask.raw.clone());
        found.trigger = Trigger::Update;
        found.siblings = ask.siblings;
        found.confidence = style.confidence;
        let (item, resolved) = match item {
            Some((name, asked)) => {
                if let Cow::Owned(decoded) = site.link.clear(name) {
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
        self.note_site(&mut found, site);
        found
    }

    /// What is odd about where a link stands.
    fn note_site(&self, found: &mut Link, site: &Site<'_>) {
        note_place(found, site.place);
        if !site.place.reachable && !self.referenced.contains(&site.link.group) {
            found.add_technique(TechniqueId::Unreachable);
        }
    }

    fn users(&self, group: usize, key: Option<&str>) -> Vec<&'g Users> {
        let items = self.uses.get(&group);
        let users = items.and_then(|items| items.get(key?));
        users.cloned().unwrap_or_default()
    }

    /// Whether a DDE item acts when the workbook is opened: it is advised and used, or the
    /// workbook updates its links without a question, or an object that updates itself uses it.
    fn is_automatic(&self, users: &[&Users], advised: bool) -> bool {
        users.iter().any(|users| users.auto)
            || (!users.is_empty() && (advised || self.book.updates))
            || (advised && self.book.updates)
    }

    /// Adds the places that use the item, and what they say about when it acts. `joined` are
    /// formulas that spell it out, and whether no link had them before.
    fn attach(
        &mut self,
        found: &mut Link,
        group: usize,
        key: Option<Cow<'g, str>>,
        (joined, joined_first): (&[&'g Find], bool),
        advised: bool,
    ) {
        let mut users = self.users(group, key.as_deref());
        for find in joined {
            users.push(&find.users);
            found.confidence = found.confidence.max(find.confidence);
            for technique in &find.techniques {
                found.add_technique(*technique);
            }
        }
        if self.is_automatic(&users, advised) {
            found.kind = Kind::DdeAuto;
            found.trigger = Trigger::Open;
        }
        // The places of one item are named once, however many items of a link have its name.
        let first = joined_first && key.is_none_or(|key| self.named.insert((group, key)));
        let most = if first { PLACES } else { 1 };
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
        if self.book.recalculates && !names.is_empty() {
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

    fn state(&self, place: usize) -> State {
        let place = self.book.places.get(place);
        let sheet = place.and_then(|place| place.sheet.as_ref());
        sheet.map_or(State::Visible, |sheet| sheet.state)
    }

    /// `Tabelle1!B4`; a part that is no sheet of the workbook goes by its file name.
    pub(super) fn describe(&self, place: usize, spot: &Spot) -> String {
        let Some(place) = self.book.places.get(place) else {
            return spot.label.clone();
        };
        match &place.sheet {
            Some(sheet) if spot.on_sheet => format!("{}!{}", sheet.name, spot.label),
            Some(_) | None if place.title.is_empty() => spot.label.clone(),
            None if spot.on_sheet => format!("{}!{}", place.title, spot.label),
            Some(_) | None => format!("{} ({})", place.title, spot.label),
        }
    }

    /// A link to another document.
    fn outside(
        &mut self,
        carrier: Carrier,
        address: Option<&Address>,
        site: &Site<'g>,
        relations: &mut dyn Relations,
    ) -> Link {
        let location = site.place.location.clone().with_offset(site.offset);
        let (raw, target) = match address {
            None => (String::new(), None),
            Some(Address::Relationship(id)) => {
                (format!("r:id=\"{id}\""), relations.target(site.number, id))
            }
            Some(Address::Plain(text)) => (text.clone(), Some(text.clone())),
        };
        let mut found = Link::new(Kind::ExternalLink, carrier, location, raw);
        found.trigger = Trigger::Update;
        found.target = target;
        found.confidence = site.link.style.confidence;
        let mut users: Vec<&Users> = Vec::new();
        let group = site.link.group;
        if self.settled.insert(group)
            && let Some(items) = self.uses.get(&group)
        {
            users.extend(items.values().flatten().take(PLACES));
        }
        if self.book.updates || site.link.style.opens || users.iter().any(|users| users.auto) {
            found.trigger = Trigger::Open;
        }
        self.name_users(&mut found, &users, PLACES);
        self.note_site(&mut found, site);
        found
    }

    /// One external workbook: a link for each distinct address it has.
    fn external_books(
        &mut self,
        addresses: &[Address],
        site: &Site<'g>,
        relations: &mut dyn Relations,
        ledger: &mut Ledger<'_>,
    ) {
        let mut targets: BTreeSet<Option<String>> = BTreeSet::new();
        let nothing = addresses.is_empty().then_some(None);
        for address in addresses.iter().map(Some).chain(nothing) {
            // What is embedded in the package is a document of its own.
            if site.link.style.opens
                && let Some(Address::Relationship(id)) = address
                && !relations.leads_out(site.number, id)
            {
                continue;
            }
            let found = self.outside(Carrier::ExternalWorkbook, address, site, relations);
            // An address that is empty leads nowhere.
            let empty = found
                .target
                .as_deref()
                .is_some_and(|to| to.trim().is_empty());
            if !empty && targets.insert(found.target.clone()) {
                ledger.link(found);
            }
        }
    }
}

/// What is odd about a place.
pub(super) fn note_place(found: &mut Link, place: &Place) {
    for technique in &place.techniques {
        found.add_technique(*technique);
    }
}

fn connection(place: &Place, offset: u64, lead: Lead) -> Link {
    let carrier = if lead.web {
        Carrier::WebQuery
    } else {
        Carrier::Connection
    };
    let location = place.location.clone().with_offset(offset);
    let mut found = Link::new(Kind::ExternalLink, carrier, location, lead.raw);
    found.trigger = if lead.opens {
        Trigger::Open
    } else {
        Trigger::Update
    };
    found.target = lead.target;
    if lead.unresolved {
        found.add_technique(TechniqueId::Unresolved);
    }
    note_place(&mut found, place);
    if !place.reachable {
        found.add_technique(TechniqueId::Unreachable);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::super::evidence::Source;
    use super::*;
    use crate::gap::GapKind;
    use crate::limits::Limits;
    use crate::location::Location;

    /// Raises the stop flag as soon as the first link is judged.
    fn told(fill: impl Fn(&mut Book, usize, &Budget<'_>)) -> (usize, Vec<GapKind>) {
        let (limits, stop) = (Limits::default(), AtomicBool::new(false));
        let budget = Budget::new(&limits, Some(&stop));
        let mut book = Book::new(|name| name == "cmd");
        let place = book.open_place(Place::new(Location::root(None)));
        fill(&mut book, place, &budget);
        let mut links = 0;
        let mut judge = |_| {
            links += 1;
            stop.store(true, Ordering::Relaxed);
        };
        let mut ledger = Ledger::new(&limits, &mut judge);
        book.settle(&budget, &mut ledger);
        let (gaps, _) = ledger.close();
        assert_eq!(budget.live_left(), limits.live_bytes);
        (links, gaps.iter().map(|gap| gap.kind).collect())
    }

    fn dde(book: &mut Book, place: usize, offset: u64, items: u64, budget: &Budget<'_>) {
        let target = Target::Dde {
            service: "cmd".to_owned(),
            topic: format!("/c {offset}"),
        };
        book.link(place, offset, target, budget);
        for item in 1..=items {
            let name = format!("A{item}");
            let (advise, document) = (true, false);
            let item_at = offset.saturating_add(item);
            book.item(
                item_at,
                Item {
                    name,
                    advise,
                    document,
                },
                budget,
            );
        }
    }

    #[test]
    fn the_stop_flag_is_looked_at_between_links() {
        let told_of_and_a_gap = |(links, gaps): (usize, Vec<GapKind>)| {
            // The first, those in parting, and what stands for the rest of the items.
            assert!((2..=PARTING + 2).contains(&links), "{links}");
            assert_eq!(gaps, [GapKind::Limit]);
        };
        told_of_and_a_gap(told(|book, place, budget| {
            (0..1_000).for_each(|n| dde(book, place, n * 10, 1, budget));
        }));
        told_of_and_a_gap(told(|book, place, budget| {
            dde(book, place, 0, 1_000, budget);
        }));
        told_of_and_a_gap(told(|book, place, budget| {
            for n in 0..1_000 {
                let source = Source::cell(place, n, "A1");
                let text = format!("cmd|'/c {n}'!A0");
                book.formula(&text, &source, budget).unwrap();
            }
        }));
        // Few enough to be told of in any case: nothing is missing.
        let (links, gaps) = told(|book, place, budget| {
            (0..10).for_each(|n| dde(book, place, n * 10, 1, budget));
        });
        assert_eq!((links, gaps), (10, vec![]));
    }
}
