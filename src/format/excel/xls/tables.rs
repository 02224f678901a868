//! The first pass: the link table, the sheets and the names (`spec/excel.md` §3.4, §3.9, A.1).
//!
//! The records of the link table may stand anywhere; formulas mean them by their numbers. So they
//! are all read before the first formula is.
//!
//! # Malformed input
//!
//! The substream that a record stands in does not matter, but before BIFF8: there every substream
//! has external sheets of its own. Records of number and length 0 are passed over; what stands
//! behind them and in no substream is not sure to be read by any program.
//!
//! # Worst cases
//!
//! Linear in the stream. Each link and name is paid for.

use std::collections::VecDeque;

use encoding_rs::Encoding;

use super::encrypted::FilePass;
use super::extern_name::{self, ExternName};
use super::pool::Pool;
use super::records::{Flow, Record, Records};
use super::sheets::Sheets;
use super::supbook::{self, Entry, Role};
use super::version::{BOF, Substreams, Version};
use super::{names, strings};
use crate::container::cfb::View;
use crate::format::excel::book::Book;
use crate::format::excel::external::{Address, Item, Style, Target};
use crate::format::excel::site::Rank;
use crate::limits::{Budget, Exhausted};
use crate::link::{Confidence, TechniqueId};

/// Entries of the table of `EXTERNSHEET`: formulas have two bytes for the number.
const XTI: usize = 0x1_0000;
/// What an entry takes; a growing list may be twice what is filled.
const ENTRY: usize = 16;
/// What a link of the table costs here.
const LINK: usize = 4;
/// Workbooks that are remembered, because each sheet of them is named again before BIFF8.
const RECENT: usize = 64;
/// Bytes between two payments.
const BLOCK: usize = 64 << 10;

/// What an entry of the table of `EXTERNSHEET` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Xti {
    /// The number of its `SUPBOOK`, from 0.
    pub(super) book: u16,
    /// The first sheet.
    pub(super) sheet: u16,
}

/// What formulas refer to.
pub(super) struct Tables {
    /// The version that the stream was read as, and those that it says besides.
    pub(super) version: Version,
    pub(super) others: Vec<Version>,
    pub(super) encoding: &'static Encoding,
    /// Each `SUPBOOK`, or each `EXTERNSHEET` before BIFF8.
    pub(super) roles: Vec<Role>,
    pub(super) xti: VecDeque<Xti>,
    pub(super) sheets: Sheets,
    pub(super) names: Pool,
    /// Functions of add-ins; and for each link with some, its number and its first.
    functions: Pool,
    first_function: Vec<(u32, usize)>,
    /// What says that the rest is encrypted, and where what is in clear ends.
    pub(super) encrypted: Option<FilePass>,
    pub(super) end: usize,
    /// A record of the link table was found.
    pub(super) linked: bool,
    /// Records stand behind a beginning.
    pub(super) begun: bool,
    /// A record is cut by the end of the stream.
    pub(super) cut: Option<Record>,
    /// The stream ends inside a substream, or before a sheet that it lists.
    pub(super) ends_early: bool,
}

/// The first pass over a stream.
struct First<'t, 'b> {
    tables: Tables,
    recent: Vec<(String, usize)>,
    substreams: Substreams,
    place: usize,
    padding: bool,
    techniques: Vec<TechniqueId>,
    /// The stream was decrypted.
    cleared: bool,
    book: &'t mut Book,
    budget: &'t Budget<'b>,
}

/// Goes over the stream, tells `book` its links, which stand at `place`, and gives what formulas
/// mean. It is read as `version`, or as the one that it says first. In one that was `cleared`,
/// nothing is encrypted any more.
pub(super) fn gather(
    view: &View<'_>,
    version: Option<Version>,
    (place, techniques, cleared): (usize, &[TechniqueId], bool),
    book: &mut Book,
    budget: &Budget<'_>,
) -> Result<Tables, Exhausted> {
    let mut first = First {
        tables: Tables {
            version: Version::Biff8,
            others: Vec::new(),
            encoding: encoding_rs::WINDOWS_1252,
            roles: Vec::new(),
            xti: VecDeque::new(),
            sheets: Sheets::default(),
            names: Pool::default(),
            functions: Pool::default(),
            first_function: Vec::new(),
            encrypted: None,
            end: view.length(),
            linked: false,
            begun: false,
            cut: None,
            ends_early: false,
        },
        recent: Vec::new(),
        substreams: Substreams::new(version),
        place,
        padding: false,
        techniques: techniques.to_vec(),
        cleared,
        book,
        budget,
    };
    let mut records = Records::new(view, usize::MAX);
    let mut paid = 0usize;
    while let Some(record) = records.next() {
        let done = record.at.saturating_sub(paid);
        if done >= BLOCK {
            budget.charge_decoded(u64::try_from(done).unwrap_or(u64::MAX))?;
            paid = record.at;
        }
        first.padding = records.padding;
        let mut flow = records.open(record);
        first.record(record, &mut flow);
        if BOF.contains(&record.id) {
            // What was in front of it was filler.
            records.padding = false;
        }
        if first.tables.encrypted.is_some() {
            first.tables.end = record.at;
            break;
        }
    }
    let rest = view.length().saturating_sub(paid);
    budget.charge_decoded(u64::try_from(rest).unwrap_or(u64::MAX))?;
    first.book.close_open();
    let mut tables = first.tables;
    // Behind the end or in padding, remnants are cut everywhere.
    let inside = first.substreams.is_open() && !records.padding;
    tables.cut = records.cut.filter(|_| inside);
    tables.begun = first.substreams.begun;
    tables.version = first.substreams.version();
    tables.others = first.substreams.others();
    tables.sheets.sort();
    tables.ends_early = first.substreams.is_open() || tables.sheets.reach(view.length());
    Ok(tables)
}

impl First<'_, '_> {
    fn record(&mut self, record: Record, flow: &mut Flow<'_>) {
        let (id, length) = (record.id, record.length);
        if self.substreams.step(id, record.at, length, flow) {
            return;
        }
        let version = self.substreams.version();
        match id {
            0x0042 => {
                if let Some(number) = flow.u16() {
                    self.tables.encoding = strings::code_page(number);
                }
            }
            0x002f if self.substreams.is_open() && !self.cleared => {
                self.tables.encrypted = Some(FilePass::read(flow, record));
            }
            0x0085 => {
                let mut purse = self.book.purse(self.budget);
                let encoding = self.tables.encoding;
                self.tables.sheets.read(flow, version, encoding, &mut purse);
                self.book.note_short(self.place);
            }
            0x01ae => {
                let is_program = self.book.is_program();
                let entry = supbook::supbook(flow, length, &is_program);
                self.link(entry, record);
            }
            0x0017 if version == Version::Biff8 => self.external_sheets(flow),
            0x0017 => {
                let text = external_sheet(flow, self.tables.encoding);
                let is_program = self.book.is_program();
                let entry = supbook::external_sheet(&text, &is_program);
                self.substreams.external_sheet();
                self.link(entry, record);
            }
            0x0023 | 0x0223 => {
                let encoding = self.tables.encoding;
                if let Some(name) = extern_name::read(flow, length, version, encoding) {
                    self.item(name, record);
                }
            }
            0x0018 | 0x0218 => {
                let Some(name) = names::read(flow, version, self.tables.encoding) else {
                    return;
                };
                self.book.auto_open |= name.opens();
                let mut purse = self.book.purse(self.budget);
                self.tables.names.push(&name.shown(), &mut purse);
                self.book.note_short(self.place);
            }
            // Everything is calculated whenever anything is ([MS-XLS] 2.4.125, fNoDeps).
            0x08a3 => {
                flow.skip(12);
                self.book.recalculates |= flow.u32().is_some_and(|flag| flag != 0);
            }
            // Formulas were not calculated before the workbook was saved, so they are when it is
            // opened ([MS-XLS] 2.4.331). That `CALCMODE` asks for a person to do it changes
            // nothing here: a program may go by either.
            0x005e => self.book.recalculates = true,
            // Links are updated without a question ([MS-XLS] 2.4.22, grUpdateLinks).
            0x00da => self.book.updates |= flow.u16().is_some_and(|flags| flags >> 5 & 3 == 2),
            _ => {}
        }
    }

    /// A record of the link table. Its number is that of its turn, whatever it is.
    fn link(&mut self, entry: Entry, record: Record) {
        self.tables.linked = true;
        self.book.close_open();
        // The number of a link must hold, or those behind it would mean another one.
        if !self.book.purse(self.budget).keep(Rank::Program, LINK) {
            self.book.note_short(self.place);
            return;
        }
        self.tables.roles.push(entry.role);
        let number = u32::try_from(self.tables.roles.len()).unwrap_or(u32::MAX);
        let Some((target, confidence)) = entry.target else {
            return;
        };
        let address = match &target {
            Target::Book { addresses } => addresses.first().map(|address| match address {
                Address::Plain(text) | Address::Relationship(text) => text.clone(),
            }),
            Target::Dde { .. } | Target::Ole { .. } => None,
        };
        let known = self
            .recent
            .iter()
            .find(|(known, _)| Some(known) == address.as_ref());
        if let Some((_, group)) = known {
            self.book.reference(number, *group);
            return;
        }
        let group = self
            .book
            .link(self.place, record.offset(), target, self.budget);
        let Some(group) = group else { return };
        let mut techniques = self.techniques.clone();
        let mut confidence = confidence;
        if self.padding {
            techniques.push(TechniqueId::RawScan);
            if !self.substreams.is_open() {
                // No program may read so far.
                confidence = Confidence::Low;
            }
        }
        self.book.style(Style {
            confidence,
            techniques,
            ..Style::default()
        });
        self.book.reference(number, group);
        if let Some(address) = address
            && self.recent.len() < RECENT
        {
            self.recent.push((address, group));
        }
    }

    /// An item of the link that was told last.
    fn item(&mut self, name: ExternName, record: Record) {
        match self.tables.roles.last() {
            Some(Role::Pair) => {
                if name.ole {
                    self.book.becomes_ole();
                }
                let item = Item {
                    name: name.name,
                    advise: name.advise,
                    document: name.document,
                };
                self.book.item(record.offset(), item, self.budget);
            }
            Some(Role::AddIn) => {
                let number = u32::try_from(self.tables.roles.len()).unwrap_or(u32::MAX);
                let last = self.tables.first_function.last();
                let mut purse = self.book.purse(self.budget);
                if last.is_none_or(|(last, _)| *last != number) {
                    if !purse.keep(Rank::Junk, LINK.saturating_mul(8)) {
                        return;
                    }
                    let first = self.tables.functions.len();
                    self.tables.first_function.push((number, first));
                }
                self.tables.functions.push(&name.name, &mut purse);
                self.book.note_short(self.place);
            }
            Some(Role::Own | Role::Nothing | Role::Book) | None => {}
        }
    }

    /// The table that numbers in formulas go through, in BIFF8.
    fn external_sheets(&mut self, flow: &mut Flow<'_>) {
        self.tables.linked = true;
        let count = usize::from(flow.u16().unwrap_or(0));
        let mut piece = Vec::new();
        for _ in 0..count {
            let (Some(book), Some(sheet), Some(_)) = (flow.u16(), flow.u16(), flow.u16()) else {
                break;
            };
            piece.push(Xti { book, sheet });
        }
        // Those of a later record stand in front; what moves behind the last number goes.
        for xti in piece.into_iter().rev() {
            if self.tables.xti.len() >= XTI {
                self.tables.xti.pop_back();
            } else if !self.book.purse(self.budget).keep(Rank::Junk, ENTRY) {
                self.book.note_short(self.place);
                break;
            }
            self.tables.xti.push_front(xti);
        }
    }
}

/// The text of an `EXTERNSHEET` record of before BIFF8. The count leaves out the mark of a sheet of
/// this workbook.
fn external_sheet(flow: &mut Flow<'_>, encoding: &'static Encoding) -> String {
    let count = usize::from(flow.byte().unwrap_or(0));
    let mut bytes = Vec::new();
    flow.take(count.saturating_add(1), &mut bytes);
    if bytes.first() != Some(&3) {
        bytes.truncate(count);
    }
    strings::decode(&bytes, encoding)
}

impl Tables {
    /// The role of a link, by its number from 1.
    pub(super) fn role(&self, number: u32) -> Option<Role> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.roles.get(at).copied()
    }

    /// The `nth` function (from 1) of an add-in, by the number of its link from 1.
    pub(super) fn function(&self, number: u32, nth: u32) -> Option<&str> {
        let place = self
            .first_function
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        let (_, first) = self.first_function.get(place)?;
        let nth = usize::try_from(nth).ok()?.checked_sub(1)?;
        let at = first.checked_add(nth)?;
        let next = place.checked_add(1);
        let end = next.and_then(|next| self.first_function.get(next));
        (end.is_none_or(|(_, end)| at < *end))
            .then(|| self.functions.get(at))
            .flatten()
    }
}
