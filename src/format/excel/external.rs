//! The link table: DDE links, OLE links and external workbooks with their items
//! (`spec/excel.md` §1.2, §1.7, §3.4).

use std::collections::BTreeMap;

use super::site::{Purse, Rank, cost};
use crate::formula::normalise::normalise;
use crate::formula::scan::starts_program;
use crate::formula::xstring;
use crate::link::{Carrier, Confidence, TechniqueId};

/// Addresses kept of one external workbook: its own and alternate ones.
const ADDRESSES: usize = 8;

/// One link, its strings as they stand in the file.
#[derive(Debug)]
pub(crate) struct ExternalLink {
    pub(crate) target: Target,
    /// By byte: a part that is read twice counts once.
    pub(super) items: BTreeMap<u64, Item>,
    /// What external references mean: links of one group stand for the same number.
    pub(super) group: usize,
    pub(crate) style: Style,
}

/// What is to be said of a link besides what it leads to.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// What carries it, if it is DDE.
    pub(crate) carrier: Carrier,
    pub(crate) confidence: Confidence,
    /// Its strings have `_xHHHH_` escapes (ST_Xstring).
    pub(crate) escaped: bool,
    /// It is fetched when the workbook is opened, if it leads out of the package.
    pub(crate) opens: bool,
    pub(crate) techniques: Vec<TechniqueId>,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            carrier: Carrier::Supbook,
            confidence: Confidence::Certain,
            escaped: false,
            opens: false,
            techniques: Vec::new(),
        }
    }
}

/// What a link leads to.
#[derive(Debug)]
pub(crate) enum Target {
    Dde {
        service: String,
        topic: String,
    },
    Ole {
        address: Option<Address>,
        prog_id: Option<String>,
    },
    Book {
        addresses: Vec<Address>,
    },
}

/// Where something outside is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A relationship of the part says it.
    Relationship(String),
    /// It stands in the link itself.
    Plain(String),
}

impl Address {
    fn bytes(&self) -> usize {
        match self {
            Address::Relationship(text) | Address::Plain(text) => text.len(),
        }
    }
}

/// One item of a link.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    /// The server pushes new values: the link is automatic.
    pub(crate) advise: bool,
    /// The item that stands for the document itself.
    pub(crate) document: bool,
}

/// The links of all places, by place and byte.
#[derive(Debug, Default)]
pub(super) struct External {
    pub(super) links: BTreeMap<(usize, u64), ExternalLink>,
    open: Option<(usize, u64)>,
}

impl External {
    /// What follows belongs to no link.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// The link that is open, for [`External::reopen`].
    pub(super) fn opened(&self) -> Option<(usize, u64)> {
        self.open
    }

    /// What follows belongs again to a link that was open before.
    pub(super) fn reopen(&mut self, link: (usize, u64)) {
        self.open = Some(link);
    }

    /// The place of the link that is open.
    pub(super) fn place(&self) -> Option<usize> {
        self.open.map(|(place, _)| place)
    }

    /// The link that is open.
    pub(super) fn current(&mut self) -> Option<&mut ExternalLink> {
        self.open.and_then(|key| self.links.get_mut(&key))
    }

    /// A link; gives its group.
    pub(super) fn open(
        &mut self,
        place: usize,
        offset: u64,
        target: Target,
        is_program: fn(&str) -> bool,
        purse: &mut Purse<'_, '_>,
    ) -> Option<usize> {
        let rank = match &target {
            Target::Dde { service, topic } if starts(service, topic, is_program) => Rank::Program,
            Target::Dde { .. } | Target::Ole { .. } | Target::Book { .. } => Rank::Link,
        };
        self.open = None;
        if !purse.keep(rank, target.bytes().saturating_add(cost::LINK)) {
            return None;
        }
        let key = (place, offset);
        self.open = Some(key);
        let group = self.links.len();
        let link = self.links.entry(key).or_insert(ExternalLink {
            target,
            items: BTreeMap::new(),
            group,
            style: Style::default(),
        });
        Some(link.group)
    }

    /// See [`Book::becomes_ole`](super::book::Book::becomes_ole).
    pub(super) fn becomes_ole(&mut self, is_program: fn(&str) -> bool) {
        let Some(link) = self.current() else { return };
        let Target::Dde { service, topic } = &mut link.target else {
            return;
        };
        if starts(service, topic, is_program) {
            link.style.confidence = link.style.confidence.min(Confidence::Medium);
            return;
        }
        link.target = Target::Ole {
            address: Some(Address::Plain(std::mem::take(topic))),
            prog_id: Some(std::mem::take(service)),
        };
    }

    pub(super) fn item(&mut self, offset: u64, item: Item, purse: &mut Purse<'_, '_>) {
        let Some(link) = self.open.and_then(|key| self.links.get_mut(&key)) else {
            return;
        };
        // An item never reaches the program, so many of them are junk; the first makes the link.
        let rank = if link.items.is_empty() {
            Rank::Program
        } else {
            Rank::Junk
        };
        if purse.keep(rank, item.name.len().saturating_add(cost::ENTRY)) {
            link.items.entry(offset).or_insert(item);
        }
    }

    /// Another address of the workbook that is open.
    pub(super) fn alternate(&mut self, address: Address, purse: &mut Purse<'_, '_>) {
        if let Some(link) = self.open.and_then(|key| self.links.get_mut(&key))
            && let Target::Book { addresses } = &mut link.target
            && addresses.len() < ADDRESSES
            && !addresses.contains(&address)
            && purse.keep(Rank::Link, address.bytes().saturating_add(cost::ENTRY))
        {
            addresses.push(address);
        }
    }
}

impl Target {
    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Target::Dde { service, topic } => service.len().saturating_add(topic.len()),
            Target::Ole { address, prog_id } => {
                let address = address.as_ref().map_or(0, Address::bytes);
                address.saturating_add(length(prog_id))
            }
            Target::Book { addresses } => addresses.iter().map(Address::bytes).sum(),
        }
    }
}

/// Whether a DDE link starts a program, its disguises undone.
fn starts(service: &str, topic: &str, is_program: fn(&str) -> bool) -> bool {
    let (service, topic) = (xstring::decode(service), xstring::decode(topic));
    starts_program(
        &normalise(&service).text,
        &normalise(&topic).text,
        &is_program,
    )
}
