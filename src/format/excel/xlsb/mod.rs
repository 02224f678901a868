//! XLSB: the binary parts of a workbook (`spec/excel.md` §2), in the same
//! [`Gather`] as SpreadsheetML, so that parts of both kinds mix.
//!
//! A part is read record by record, whatever its name; what a record means does not depend on
//! what is around it, so that the containers of extensions (`BrtFRTBegin`, `BrtACBegin`) are gone
//! into like everything else. Where numbers count records, those outside of extensions do.
//!
//! # Malformed input
//!
//! A record that is shorter than its structure counts as far as it goes; one that the part cuts
//! off ends it, and that is said. Unknown records are passed over by their size.
//!
//! # Worst cases
//!
//! Linear in the bytes of the part. Memory is one payload of at most 1 MiB, the names and link
//! numbers of the workbook, and what mentions a link, all paid as live bytes.

mod connections;
mod fields;
mod links;
mod records;
mod sheet;
mod tokens;
mod workbook;

use std::io::BufRead;

use super::evidence::Source;
use super::letters::is_telling_or_bracket;
use super::site::push_cut;
use super::xlsx::Gather;
use crate::container::Shortfall;
use crate::format::{Part, Vocabulary};
use crate::limits::{Budget, Exhausted};
use fields::{Fields, Range};
pub(crate) use records::Types;
use records::{PAYLOAD, Record, Records};
pub(super) use tokens::Tables;

/// Records with which parts of a binary workbook begin, and the most that their payload takes:
/// `BrtBeginSheet`, `BrtBeginBook`, `BrtBeginSst`, `BrtBeginPivotCacheDef`,
/// `BrtBeginPivotCacheRecords`, `BrtBeginStyleSheet`, `BrtBeginSXView`, `BrtBeginMetadata`,
/// `BrtBeginList`, `BrtBeginSupBook`, `BrtBeginExtConnections`, `BrtBeginQSI`, `BrtBeginVolDeps`,
/// `BrtBeginComments` ([MS-XLSB] 2.1.7, 2.3).
const FIRST: &[(u16, usize)] = &[
    (129, 0),
    (131, 0),
    (159, 8),
    (179, 1 << 16),
    (193, 4),
    (278, 0),
    (280, 1 << 16),
    (332, 0),
    (343, 1 << 16),
    (360, 1 << 20),
    (429, 4),
    (447, 1 << 16),
    (514, 0),
    (628, 0),
];
/// `BrtFRTBegin` and `BrtFRTEnd`: what programs that do not know it leave out.
const EXTENSION: u16 = 35;
const EXTENSION_END: u16 = 36;
/// The relationships that lead to parts of a binary workbook (§1.1).
const RELATIONS: &[&str] = &[
    "chartsheet",
    "connections",
    "dialogsheet",
    "externallink",
    "macrosheet",
    "officedocument",
    "pivotcachedefinition",
    "querytable",
    "sharedstrings",
    "table",
    "volatiledependencies",
    "worksheet",
    "xlintlmacrosheet",
    "xlmacrosheet",
];

/// What other kinds of documents begin with: zip, compound file.
const SIGNATURES: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// Whether a part that begins with `block`, and is no markup, is to be read as records.
/// `content_type` is the declared one, lower case.
pub(crate) fn may_be_records(
    block: &[u8],
    relation: Option<&str>,
    content_type: Option<&str>,
) -> bool {
    if SIGNATURES.iter().any(|bytes| block.starts_with(bytes)) {
        return false;
    }
    begins(block)
        || relation.is_some_and(|relation| RELATIONS.contains(&relation))
        || content_type.is_some_and(is_type_of_records)
}

/// Whether a content type is that of a part of a binary workbook (§2). Those of whole documents
/// end in a version.
fn is_type_of_records(content_type: &str) -> bool {
    content_type
        .strip_prefix("application/vnd.ms-excel.")
        .is_some_and(|rest| {
            !rest.ends_with("+xml") && !rest.ends_with(".12") && rest != "attachedtoolbars"
        })
}

/// Whether `block` begins with the first record of a part.
fn begins(block: &[u8]) -> bool {
    let mut records = Records::new(block, Types::Short);
    let Some(first) = records.next(|_| true) else {
        return false;
    };
    let Some((_, most)) = FIRST.iter().find(|(id, _)| *id == first.id) else {
        return false;
    };
    records.payload().len() <= *most && (!records.is_cut() || *most > 4)
}

/// What the reading of a part came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binary {
    /// It begins like a part of a binary workbook.
    pub(crate) begins: bool,
    /// It is a part of a binary workbook, or looks like one to its end.
    pub(crate) is_records: bool,
    /// It ends inside a record.
    pub(crate) is_cut: bool,
    /// A type of record has more than two bytes: [`Types::Long`] is another reading.
    pub(crate) is_odd: bool,
}

impl Gather {
    /// Reads a binary part. `content_type` is the declared one, lower case.
    pub(crate) fn read_records(
        &mut self,
        part: &Part<'_>,
        content_type: Option<&str>,
        (source, types): (impl BufRead, Types),
        budget: &Budget<'_>,
    ) -> Result<Binary, Exhausted> {
        self.finish_texts(budget)?;
        self.begin_part(part, false);
        let place = self.place();
        if content_type.is_some_and(|declared| declared.contains("macrosheet"))
            && let Some(place) = self.book.place_mut(place)
        {
            place.macros = true;
        }
        let live = u64::try_from(PAYLOAD).unwrap_or(u64::MAX);
        if let Err(cause) = budget.charge_live(live) {
            self.book.overflow(place, cause);
            return Ok(Binary {
                begins: true,
                is_records: true,
                is_cut: false,
                is_odd: false,
            });
        }
        let mut reader = Reader {
            macros: self.book.place_mut(place).is_some_and(|place| place.macros),
            gather: self,
            place,
            budget,
            row: 0,
            range: String::new(),
            texts: 0,
            item: None,
            outer_item: None,
            in_connection: false,
            extensions: 0,
            link_inside: false,
            outer: None,
            refreshing: false,
            real_time: false,
            again: types == Types::Long,
        };
        let mut records = Records::new(source, types);
        let result = reader.read(&mut records);
        budget.release_live(live);
        self.end_part(&[]);
        let first = result?;
        let is_cut = records.is_cut();
        let begins = first.is_some_and(is_first);
        let is_records = begins || first.is_some() && !is_cut;
        if !is_records && types == Types::Short {
            self.book.forgive(place);
        }
        Ok(Binary {
            begins,
            is_records,
            is_cut,
            is_odd: records.is_odd(),
        })
    }
}

fn is_first(id: u16) -> bool {
    FIRST.iter().any(|(first, _)| *first == id)
}

/// Where the reader of a part is.
struct Reader<'g, 'b> {
    gather: &'g mut Gather,
    place: usize,
    budget: &'b Budget<'b>,
    macros: bool,
    /// The row of the cells, from 0.
    row: u32,
    /// What the conditional format that is open covers.
    range: String,
    /// Shared strings so far.
    texts: u64,
    /// The item of a link that is open.
    item: Option<links::Open>,
    /// The item that was open when an extension with a link of its own began.
    outer_item: Option<links::Open>,
    in_connection: bool,
    /// Extensions that are open; what is in them is read, but counts behind what is not.
    extensions: u32,
    /// The link that is open stands in one, and the one around it.
    link_inside: bool,
    outer: Option<(usize, u64)>,
    /// The pivot cache that is read refreshes at opening.
    refreshing: bool,
    /// What is read depends on servers of real-time data.
    real_time: bool,
    /// The part was read before, with other types of records: what numbers count is known.
    again: bool,
}

impl Reader<'_, '_> {
    /// Reads all records; gives the first.
    fn read<R: BufRead>(&mut self, records: &mut Records<R>) -> Result<Option<u16>, Exhausted> {
        let mut first = None;
        loop {
            let in_connection = self.in_connection;
            let wanted = |id| in_connection || is_wanted(id);
            let Some(record) = records.next(wanted) else {
                break;
            };
            first.get_or_insert(record.id);
            if record.long {
                let what = "a record that is longer than any of its kind".to_owned();
                let shortfall = Shortfall::Unsupported(what);
                self.gather.book.falls_short(self.place, shortfall);
            }
            self.record(record, Fields::new(records.payload()))?;
        }
        if records.is_odd() {
            self.falls_short("a type of record that is longer than any");
        }
        // Extensions that nothing ends.
        self.leave_extensions();
        self.close_item();
        Ok(first)
    }

    fn record(&mut self, record: Record, fields: Fields<'_>) -> Result<(), Exhausted> {
        match record.id {
            EXTENSION => self.extensions = self.extensions.saturating_add(1),
            EXTENSION_END => {
                self.extensions = self.extensions.saturating_sub(1);
                if self.extensions == 0 {
                    self.leave_extensions();
                }
            }
            _ => {}
        }
        match record.id {
            id if sheet::IDS.contains(&id) => self.of_sheet(record, fields),
            id if workbook::IDS.contains(&id) => self.of_workbook(record, fields),
            id if links::IDS.contains(&id) => self.of_link(record, fields),
            id if connections::IDS.contains(&id) || self.in_connection => {
                self.of_connection(record, fields);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads a text that is no formula.
    fn text(
        &mut self,
        text: &str,
        label: &str,
        on_sheet: bool,
        record: Record,
    ) -> Result<(), Exhausted> {
        if !text.contains(is_telling_or_bracket) {
            return Ok(());
        }
        let source = Source {
            on_sheet,
            ..Source::new(self.place, record.offset, label)
        };
        self.gather.book.text(text, &source, self.budget)
    }

    /// Something of the part was not understood.
    fn falls_short(&mut self, what: &'static str) {
        let shortfall = Shortfall::Damaged(what);
        self.gather.book.falls_short(self.place, shortfall);
    }
}

/// Whether a record says something.
fn is_wanted(id: u16) -> bool {
    sheet::IDS.contains(&id)
        || workbook::IDS.contains(&id)
        || links::IDS.contains(&id)
        || connections::IDS.contains(&id)
}

/// A range the way people write it: `B2:C3`.
fn range_label(range: Range) -> String {
    super::xlsx::range_name(range.rows, range.columns)
}

/// A label of a few words and a name.
fn label(words: &str, name: &str) -> String {
    let mut label = format!("{words} ");
    push_cut(&mut label, name);
    label
}
