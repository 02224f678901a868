//! External links: `ddeLink`, `oleLink` and `externalBook` (`spec/excel.md` §1.2, §1.7), taken at
//! any depth of any part, in every branch of an alternative, several in one part.

use std::collections::BTreeMap;

use super::site::{Purse, Rank, cost};
use crate::formula::normalise::normalise;
use crate::formula::scan::starts_program;
use crate::formula::xstring;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// The name that `ddeItem` has by the schema when it has none (§1.2).
const DEFAULT_ITEM: &str = "0";
/// The item that Excel writes beside every other (§1.2).
const DOCUMENT_ITEM: &str = "StdDocumentName";
/// Relationship ids kept of one `externalBook`: its own and those of its alternate addresses.
const BOOK_IDS: usize = 8;

/// One link, its strings as they stand in the attributes.
#[derive(Debug)]
pub(super) struct ExternalLink {
    pub(super) target: Target,
    /// By byte: a part that is read twice counts once.
    pub(super) items: BTreeMap<u64, Item>,
    /// In a branch of a markup-compatibility alternative.
    pub(super) alternative: bool,
    /// The element is not in Excel's namespace.
    pub(super) foreign: bool,
    /// Letters are spelled as character references.
    pub(super) referenced: bool,
}

#[derive(Debug)]
pub(super) enum Target {
    Dde {
        service: String,
        topic: String,
    },
    Ole {
        id: Option<String>,
        prog_id: Option<String>,
    },
    Book {
        ids: Vec<String>,
    },
}

/// One `ddeItem`.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    /// The server pushes new values: the link is automatic.
    pub(super) advise: bool,
    /// The item that stands for the document itself.
    pub(super) document: bool,
}

/// The links of all parts, by part and byte.
#[derive(Debug, Default)]
pub(super) struct External {
    pub(super) links: BTreeMap<(usize, u64), ExternalLink>,
    open: Option<(usize, u64)>,
}

impl External {
    pub(super) fn begin_part(&mut self) {
        self.open = None;
    }

    pub(super) fn start(
        &mut self,
        tag: &Tag<'_>,
        part: usize,
        alternative: bool,
        is_program: fn(&str) -> bool,
        purse: &mut Purse<'_, '_>,
    ) {
        let excel = tag.name.ns == Ns::Spreadsheet;
        let own = |local: &str| tag.attribute(local).map(|value| value.into_owned());
        let target = match tag.name.local {
            "ddeLink" => {
                let (service, topic) = (own("ddeService"), own("ddeTopic"));
                if service.is_none() && topic.is_none() {
                    return;
                }
                Target::Dde {
                    service: service.unwrap_or_default(),
                    topic: topic.unwrap_or_default(),
                }
            }
            "oleLink" if excel => Target::Ole {
                id: relationship(tag),
                prog_id: own("progId"),
            },
            "externalBook" if excel => Target::Book {
                ids: relationship(tag).into_iter().collect(),
            },
            "ddeItem" => return self.item(tag, purse),
            "absoluteUrl" | "relativeUrl" if excel => return self.alternate(tag, purse),
            _ => return,
        };
        let rank = match &target {
            Target::Dde { service, topic } if starts(service, topic, is_program) => Rank::Program,
            Target::Dde { .. } | Target::Ole { .. } | Target::Book { .. } => Rank::Link,
        };
        self.open = None;
        if !purse.keep(rank, target.bytes().saturating_add(cost::LINK)) {
            return;
        }
        let key = (part, tag.offset);
        self.open = Some(key);
        self.links.entry(key).or_insert(ExternalLink {
            target,
            items: BTreeMap::new(),
            alternative,
            foreign: !excel,
            referenced: is_spelled(tag),
        });
    }

    fn item(&mut self, tag: &Tag<'_>, purse: &mut Purse<'_, '_>) {
        let Some(link) = self.open.and_then(|key| self.links.get_mut(&key)) else {
            return;
        };
        let name = tag
            .attribute("name")
            .map_or_else(|| DEFAULT_ITEM.to_owned(), |name| name.into_owned());
        // An item never reaches the program, so many of them are junk; the first makes the link.
        let rank = if link.items.is_empty() {
            Rank::Program
        } else {
            Rank::Junk
        };
        if !purse.keep(rank, name.len().saturating_add(cost::ENTRY)) {
            return;
        }
        let document = tag.flag("ole") && name.eq_ignore_ascii_case(DOCUMENT_ITEM);
        link.items.entry(tag.offset).or_insert(Item {
            document,
            advise: tag.flag("advise"),
            name,
        });
    }

    /// Another address of the same book (`xxl21:alternateUrls`).
    fn alternate(&mut self, tag: &Tag<'_>, purse: &mut Purse<'_, '_>) {
        if let Some(link) = self.open.and_then(|key| self.links.get_mut(&key))
            && let Target::Book { ids } = &mut link.target
            && let Some(id) = relationship(tag)
            && ids.len() < BOOK_IDS
            && !ids.contains(&id)
            && purse.keep(Rank::Link, id.len().saturating_add(cost::ENTRY))
        {
            ids.push(id);
        }
    }
}

impl Target {
    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Target::Dde { service, topic } => service.len().saturating_add(topic.len()),
            Target::Ole { id, prog_id } => length(id).saturating_add(length(prog_id)),
            Target::Book { ids } => ids.iter().map(String::len).sum(),
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

/// The relationship id of an element.
pub(super) fn relationship(tag: &Tag<'_>) -> Option<String> {
    tag.attribute_in(Ns::Relationship, "id")
        .map(|id| id.into_owned())
}

/// Whether an attribute of the DDE link spells letters or digits as references.
fn is_spelled(tag: &Tag<'_>) -> bool {
    tag.attributes().any(|attribute| {
        // `&amp;` and its like never stand for these, so a value of nothing else is spelled out.
        attribute.referenced
            && matches!(attribute.name.local, "ddeService" | "ddeTopic")
            && !attribute
                .value
                .contains(['&', '<', '>', '"', '\'', '\n', '\r', '\t'])
    })
}
