//! External link parts: DDE, OLE, other workbooks (`spec/excel.md` §2.2, A.3).

use super::super::external::{ADVISE, Address, DOCUMENT, Item, Style, Target};
use super::Reader;
use super::fields::Fields;
use super::records::Record;
use crate::limits::Exhausted;
use crate::link::{Carrier, Confidence};

const BEGIN: u16 = 360;
const CELL_TEXT: u16 = 371;
const NAME_START: u16 = 577;
const VALUE_TEXT: u16 = 582;
const NAME_BITS: u16 = 586;
const NAME_END: u16 = 587;
const END: u16 = 588;

/// The records that are read here.
pub(super) const IDS: &[u16] = &[
    BEGIN, CELL_TEXT, NAME_START, VALUE_TEXT, NAME_BITS, NAME_END, END,
];

/// The longest name of a server in a link of an unknown kind.
const SERVICE: usize = 255;

/// An item of which more may come.
pub(super) struct Open {
    offset: u64,
    name: String,
    flags: u16,
}

impl Reader<'_, '_> {
    pub(super) fn of_link(
        &mut self,
        record: Record,
        mut fields: Fields<'_>,
    ) -> Result<(), Exhausted> {
        let apart = self.extensions > 0
            && !self.link_inside
            && self.gather.book.external.opened().is_some();
        if apart && matches!(record.id, NAME_START | NAME_BITS | NAME_END | END) {
            // An extension in a link: numbers of items do not count what is in it.
            return Ok(());
        }
        match record.id {
            BEGIN => {
                let inside = self.extensions > 0;
                if inside && !self.link_inside {
                    // What follows the extension belongs to the link around it, and to its item.
                    self.outer = self.gather.book.external.opened();
                    self.outer_item = self.item.take();
                }
                self.close_item();
                self.link_inside = inside;
                if self.begin_link(record, fields).is_none() {
                    self.falls_short("an external link that is cut off");
                }
            }
            NAME_START => {
                self.close_item();
                self.item = fields.string().map(|name| Open {
                    offset: record.offset,
                    name,
                    flags: 0,
                });
            }
            NAME_BITS => {
                if let (Some(item), Some(flags)) = (&mut self.item, fields.u16()) {
                    item.flags = flags;
                }
            }
            VALUE_TEXT => {
                let text = fields.string().unwrap_or_default();
                return self.text(&text, "last value of a link", false, record);
            }
            CELL_TEXT => {
                let text = fields.u32().and_then(|_| fields.string());
                let text = text.unwrap_or_default();
                return self.text(&text, "last value of a cell", false, record);
            }
            _ => self.close_item(),
        }
        Ok(())
    }

    fn begin_link(&mut self, record: Record, mut fields: Fields<'_>) -> Option<()> {
        let kind = fields.u16()?;
        let first = fields.nullable()?;
        let second = fields.nullable().flatten();
        let mut confidence = Confidence::Certain;
        let target = match kind {
            0 => Target::Book {
                addresses: first.map(Address::Relationship).into_iter().collect(),
            },
            1 => Target::Dde {
                service: first.unwrap_or_default(),
                topic: second.unwrap_or_default(),
            },
            2 => Target::Ole {
                address: first.map(Address::Relationship),
                prog_id: second,
            },
            _ => {
                // Of an unknown kind: DDE, if it can be.
                let service = first?;
                let path = service.contains(['\\', '/', ':']);
                if service.is_empty() || service.len() > SERVICE || path {
                    return None;
                }
                confidence = Confidence::Low;
                Target::Dde {
                    service,
                    topic: second?,
                }
            }
        };
        let book = &mut self.gather.book;
        if book
            .link(self.place, record.offset, target, self.budget)
            .is_some()
        {
            book.style(Style {
                carrier: Carrier::Supbook,
                confidence,
                ..Style::default()
            });
        }
        Some(())
    }

    /// The last extension ended.
    pub(super) fn leave_extensions(&mut self) {
        if self.link_inside {
            self.close_item();
            self.link_inside = false;
            if let Some(outer) = self.outer.take() {
                self.gather.book.external.reopen(outer);
                self.item = self.outer_item.take();
            }
        }
    }

    /// The item that is open is complete.
    pub(super) fn close_item(&mut self) {
        if let Some(open) = self.item.take() {
            let item = Item {
                document: open.flags & DOCUMENT != 0,
                advise: open.flags & ADVISE != 0,
                name: open.name,
            };
            self.gather.book.item(open.offset, item, self.budget);
        }
    }
}
