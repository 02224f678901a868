//! The second pass: formulas and texts, wherever they stand (`spec/excel.md` §3.7).
//!
//! # Malformed input
//!
//! Token streams are as long as what there is of them. Records that are shorter than their fixed
//! part hold no formula.
//!
//! # Worst cases
//!
//! Linear in the stream: a formula has at most 64 KiB, and each is read once. One record is held
//! at a time.

use super::formulas::{Lookup, cell, range};
use super::records::{Flow, Record, Records};
use super::supbook::Role;
use super::tables::Tables;
use super::version::{Substreams, Version};
use super::{About, names, objects, queries, texts};
use crate::bytes::Bytes;
use crate::container::cfb::View;
use crate::format::excel::book::Book;
use crate::format::excel::evidence::Source;
use crate::format::excel::site::{Place, Rank};
use crate::formula::ptg::{self, Trouble};
use crate::limits::{Budget, Exhausted};
use crate::link::Carrier;
use crate::location::Location;

/// Bytes of a record that can matter: a formula and the values behind it.
const LONGEST: usize = 0x2_0000;
/// What a sheet with something in it costs besides its names.
const PLACE: usize = 768;
/// Bytes between two looks at the stop flag.
const BLOCK: usize = 64 << 10;

/// What was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Missed {
    /// The worst that is wrong with a formula, and where it stands.
    pub(super) trouble: Option<(Trouble, u64)>,
}

/// The second pass over a stream.
pub(super) struct Second<'t, 'b> {
    pub(super) tables: &'t Tables,
    pub(super) substreams: Substreams,
    /// Where what belongs to no sheet stands.
    pub(super) stream: usize,
    location: &'t Location,
    pub(super) about: About<'t>,
    pub(super) book: &'t mut Book,
    pub(super) budget: &'t Budget<'b>,
    /// `SUPBOOK` records so far.
    supbooks: u32,
    pub(super) query: queries::Query,
    /// All data is fetched when the workbook is opened.
    pub(super) refresh_all: bool,
    /// What is told now is the source of a pivot cache that is refreshed at opening.
    pub(super) refreshes_cache: bool,
    /// The row and the column of the formula that was read last.
    pub(super) last: (u16, u16),
    missed: Missed,
    /// One record.
    body: Vec<u8>,
}

/// Goes over the stream again and tells `book` what stands in it. `stream` is the number of the
/// place that the stream is.
pub(super) fn read(
    view: &View<'_>,
    tables: &Tables,
    stream: usize,
    (location, about): (&Location, About<'_>),
    book: &mut Book,
    budget: &Budget<'_>,
) -> Result<Missed, Exhausted> {
    let mut second = Second {
        tables,
        substreams: Substreams::new(Some(tables.version)),
        stream,
        location,
        about,
        book,
        budget,
        supbooks: 0,
        query: queries::Query::default(),
        refresh_all: false,
        refreshes_cache: false,
        last: (0, 0),
        missed: Missed::default(),
        body: Vec::new(),
    };
    let mut records = Records::new(view, tables.end);
    let mut checked = 0usize;
    while let Some(record) = records.next() {
        if record.at.saturating_sub(checked) >= BLOCK {
            budget.check_stop()?;
            checked = record.at;
        }
        let mut flow = records.open(record);
        second.record(record, &mut flow)?;
    }
    second.flush();
    second.book.close_open();
    Ok(second.missed)
}

impl Second<'_, '_> {
    fn record(&mut self, record: Record, flow: &mut Flow<'_>) -> Result<(), Exhausted> {
        let id = record.id;
        if self.substreams.step(id, record.at, record.length, flow) {
            self.refreshes_cache = false;
            if self.substreams.macros() {
                self.book.has_macro_sheet(self.stream);
            }
            return Ok(());
        }
        let version = self.substreams.version();
        match id {
            0x0006 | 0x0206 | 0x0406 => self.cell_formula(record, flow, version),
            0x0021 | 0x0221 => self.array(record, flow, version),
            0x04bc => self.shared(record, flow),
            0x0018 | 0x0218 => self.name(record, flow, version),
            0x0017 if version != Version::Biff8 => {
                self.substreams.external_sheet();
                Ok(())
            }
            0x01ae => {
                self.supbooks = self.supbooks.saturating_add(1);
                Ok(())
            }
            0x0023 if version == Version::Biff8 => self.external_name(record, flow),
            _ if objects::holds(id) => objects::read(self, record, flow),
            _ if texts::holds(id) => texts::read(self, record, flow),
            _ if queries::holds(id) => queries::read(self, record, flow),
            _ => Ok(()),
        }
    }

    /// The place of what stands here: that of the sheet.
    pub(super) fn place(&mut self) -> usize {
        let stream = self.stream;
        let Some(open) = self.substreams.sheet() else {
            return stream;
        };
        if let Some(place) = open.place {
            return place;
        }
        let Some((sheet, macros)) = self.tables.sheets.of(open) else {
            return stream;
        };
        let macros = macros || open.macros;
        let cost = sheet.name.len().saturating_add(PLACE);
        if !self.book.purse(self.budget).keep(Rank::Junk, cost) {
            self.book.note_short(stream);
            return stream;
        }
        let place = self.book.open_place(Place {
            sheet: Some(sheet),
            macros,
            techniques: self.about.techniques.iter().copied().collect(),
            ..Place::new(self.location.clone())
        });
        open.place = Some(place);
        place
    }

    /// Whether macro functions work here.
    fn macros(&mut self, place: usize) -> bool {
        let listed = self.book.place_mut(place).is_some_and(|place| place.macros);
        listed || self.substreams.macros()
    }

    /// Reads a token stream: `label` says where it stands, in cells of the sheet or in words.
    pub(super) fn tokens(
        &mut self,
        tokens: (&[u8], &[u8]),
        offset: u64,
        (label, on_sheet): (&str, bool),
        carrier: Carrier,
    ) -> Result<(), Exhausted> {
        let (rgce, extra) = tokens;
        if rgce.is_empty() {
            return Ok(());
        }
        let mut lookup = Lookup::new(self.tables, &self.substreams);
        let stream = lookup.stream(rgce, extra);
        let rendered = ptg::render(&stream, &mut lookup, self.budget)?;
        let used = lookup.used;
        if !rendered.complete()
            && let Some(trouble) = rendered.trouble
            && self.missed.trouble.is_none_or(|(known, _)| known < trouble)
        {
            self.missed.trouble = Some((trouble, offset));
        }
        let telling = rendered.text.contains(['|', '[', '(', '_']);
        if used.is_empty() && !telling {
            return Ok(());
        }
        let place = self.place();
        let source = Source {
            carrier,
            macros: carrier == Carrier::Name || self.macros(place),
            on_sheet,
            ..Source::new(place, offset, label)
        };
        for (number, nth) in used {
            self.book.uses_nth(number, nth, &source, self.budget);
        }
        if telling {
            self.book.formula(&rendered.text, &source, self.budget)?;
        }
        Ok(())
    }

    /// Reads a record whole, as far as it can matter.
    pub(super) fn whole(&mut self, flow: &mut Flow<'_>) -> Vec<u8> {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        flow.take(LONGEST, &mut body);
        body
    }

    /// Gives the room of a record back.
    pub(super) fn done(&mut self, body: Vec<u8>) {
        self.body = body;
    }

    fn cell_formula(
        &mut self,
        record: Record,
        flow: &mut Flow<'_>,
        version: Version,
    ) -> Result<(), Exhausted> {
        let body = self.whole(flow);
        let size = match version {
            Version::Biff2 => Size::Byte(16),
            Version::Biff3 | Version::Biff4 => Size::Word(16),
            Version::Biff5 | Version::Biff8 => Size::Word(20),
        };
        let mut result = Ok(());
        let mut head = Bytes::new(&body);
        if let (Some(row), Some(column), Some(tokens)) = (head.u16(), head.u16(), size.cut(&body)) {
            let offset = record.offset();
            let label = cell(row, column);
            self.last = (row, column);
            result = self.tokens(tokens, offset, (&label, true), Carrier::Formula);
        }
        self.done(body);
        result
    }

    fn array(
        &mut self,
        record: Record,
        flow: &mut Flow<'_>,
        version: Version,
    ) -> Result<(), Exhausted> {
        let size = match version {
            Version::Biff2 => Size::Byte(7),
            Version::Biff3 | Version::Biff4 => Size::Word(8),
            Version::Biff5 | Version::Biff8 => Size::Word(12),
        };
        self.area(record, flow, size)
    }

    fn shared(&mut self, record: Record, flow: &mut Flow<'_>) -> Result<(), Exhausted> {
        self.area(record, flow, Size::Word(8))
    }

    /// A formula of several cells: the master of those that only say that they share it.
    fn area(&mut self, record: Record, flow: &mut Flow<'_>, size: Size) -> Result<(), Exhausted> {
        let body = self.whole(flow);
        let mut result = Ok(());
        if let (Some([a, b, c, d, left, right, ..]), Some(tokens)) =
            (body.first_chunk::<6>(), size.cut(&body))
        {
            let rows = [u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d])];
            let columns = [u16::from(*left), u16::from(*right)];
            let label = range(rows, columns);
            let offset = record.offset();
            result = self.tokens(tokens, offset, (&label, true), Carrier::Formula);
        }
        self.done(body);
        result
    }

    fn name(
        &mut self,
        record: Record,
        flow: &mut Flow<'_>,
        version: Version,
    ) -> Result<(), Exhausted> {
        let Some(name) = names::read(flow, version, self.tables.encoding) else {
            return Ok(());
        };
        let body = self.whole(flow);
        let (rgce, extra) = split(&body, name.formula);
        let label = format!("defined name {}", name.shown());
        let offset = record.offset();
        let result = self.tokens((rgce, extra), offset, (&label, false), Carrier::Name);
        self.done(body);
        result
    }

    /// The formula of a name of another workbook.
    fn external_name(&mut self, record: Record, flow: &mut Flow<'_>) -> Result<(), Exhausted> {
        if self.tables.role(self.supbooks) != Some(Role::Book) {
            return Ok(());
        }
        flow.skip(6);
        if super::strings::short(flow).is_none() {
            return Ok(());
        }
        let Some(size) = flow.u16() else {
            return Ok(());
        };
        let body = self.whole(flow);
        let tokens = split(&body, usize::from(size));
        let label = ("name of another workbook", false);
        let result = self.tokens(tokens, record.offset(), label, Carrier::Formula);
        self.done(body);
        result
    }
}

/// Where the length of a token stream stands, in one byte or two; the tokens follow.
#[derive(Clone, Copy)]
enum Size {
    Byte(usize),
    Word(usize),
}

impl Size {
    /// The tokens, and what follows them.
    fn cut(self, body: &[u8]) -> Option<(&[u8], &[u8])> {
        match self {
            Size::Byte(at) => {
                let (size, rest) = body.get(at..)?.split_first()?;
                Some(split(rest, usize::from(*size)))
            }
            Size::Word(at) => {
                let (size, rest) = body.get(at..)?.split_first_chunk()?;
                Some(split(rest, usize::from(u16::from_le_bytes(*size))))
            }
        }
    }
}

/// The first `count` bytes, or those that are there, and the rest.
pub(super) fn split(bytes: &[u8], count: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(count).unwrap_or((bytes, &[]))
}
