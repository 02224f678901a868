//! External links of SpreadsheetML: `ddeLink`, `oleLink` and `externalBook` (`spec/excel.md` §1.2,
//! §1.7), taken at any depth of any part, in every branch of an alternative, several in one part.

use super::super::book::Book;
use super::super::external::{Address, Item, Style, Target};
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, TechniqueId};
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// The name that `ddeItem` has by the schema when it has none (§1.2).
const DEFAULT_ITEM: &str = "0";
/// The item that Excel writes beside every other (§1.2).
const DOCUMENT_ITEM: &str = "StdDocumentName";

/// An element of a link part.
pub(super) fn start(
    tag: &Tag<'_>,
    part: usize,
    alternative: bool,
    book: &mut Book,
    budget: &Budget<'_>,
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
            address: relationship(tag).map(Address::Relationship),
            prog_id: own("progId"),
        },
        "externalBook" if excel => Target::Book {
            addresses: relationship(tag)
                .map(Address::Relationship)
                .into_iter()
                .collect(),
        },
        "ddeItem" => return item(tag, book, budget),
        "absoluteUrl" | "relativeUrl" if excel => {
            if let Some(id) = relationship(tag) {
                book.alternate(Address::Relationship(id), budget);
            }
            return;
        }
        _ => return,
    };
    if book.link(part, tag.offset, target, budget).is_none() {
        return;
    }
    let alternative = alternative.then_some(TechniqueId::MarkupAlternative);
    let spelled = is_spelled(tag).then_some(TechniqueId::CharacterReferences);
    book.style(Style {
        carrier: Carrier::DdeLinkPart,
        confidence: if excel {
            Confidence::Certain
        } else {
            Confidence::Low
        },
        escaped: true,
        opens: false,
        techniques: alternative.into_iter().chain(spelled).collect(),
    });
}

fn item(tag: &Tag<'_>, book: &mut Book, budget: &Budget<'_>) {
    let name = tag
        .attribute("name")
        .map_or_else(|| DEFAULT_ITEM.to_owned(), |name| name.into_owned());
    let item = Item {
        document: tag.flag("ole") && name.eq_ignore_ascii_case(DOCUMENT_ITEM),
        advise: tag.flag("advise"),
        name,
    };
    book.item(tag.offset, item, budget);
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
