//! The workbook part: sheets, links, names, and what the workbook does when it is opened
//! (`spec/excel.md` §2.2).

use super::super::evidence::Source;
use super::super::site::{Rank, Sheet, State, cost};
use super::super::xlsx::{Listed, Workbook, runs_at_opening};
use super::Reader;
use super::fields::Fields;
use super::records::Record;
use super::tokens::{Link, Tables};
use crate::limits::Exhausted;
use crate::link::Carrier;

const NAME: u16 = 39;
const BEGIN_BOOK: u16 = 131;
const PROPERTIES: u16 = 153;
const SHEET: u16 = 156;
const CALCULATION: u16 = 157;
const SHEET_CALCULATION: u16 = 663;
const SOURCE: u16 = 355;
const SELF: u16 = 357;
const SAME: u16 = 358;
const PLACEHOLDER: u16 = 361;
const EXTERN_SHEET: u16 = 362;
const ADDIN: u16 = 667;

/// The records that are read here.
pub(super) const IDS: &[u16] = &[
    NAME,
    BEGIN_BOOK,
    PROPERTIES,
    SHEET,
    CALCULATION,
    SHEET_CALCULATION,
    SOURCE,
    SELF,
    SAME,
    PLACEHOLDER,
    EXTERN_SHEET,
    ADDIN,
];

/// Numbers of links kept: [MS-XLSB] 2.5.98 gives a formula 16 bits for them.
const NUMBERS: usize = 1 << 16;
/// `grbitUpdateLinks`, bits 8 and 9 of the properties; 2 is always \[U\].
const UPDATE_LINKS: u32 = 0x0300;
const ALWAYS: u32 = 0x0200;
/// `fFullCalcOnLoad` and `fNoDeps` ([MS-XLSB] 2.4.315); of a sheet, the first alone
/// ([MS-XLSB] 2.4.782).
const FULL_CALCULATION: u16 = 0x0101;
const FULL_SHEET: u8 = 1;

impl Reader<'_, '_> {
    pub(super) fn of_workbook(
        &mut self,
        record: Record,
        mut fields: Fields<'_>,
    ) -> Result<(), Exhausted> {
        match record.id {
            SHEET => {
                self.sheet(record, fields);
            }
            PROPERTIES => {
                let flags = fields.u32().unwrap_or_default();
                self.workbook().updates |= flags & UPDATE_LINKS == ALWAYS;
            }
            CALCULATION => {
                let flags = fields.skip(24).and_then(|()| fields.u16());
                self.workbook().recalculates |=
                    flags.is_some_and(|flags| flags & FULL_CALCULATION != 0);
            }
            SHEET_CALCULATION => {
                let flags = fields.u8().unwrap_or_default();
                self.gather.book.recalculates |= flags & FULL_SHEET != 0;
            }
            SOURCE => {
                let id = fields.nullable().flatten().unwrap_or_default();
                self.source(record, id);
            }
            SELF | SAME => self.link(Link::Own),
            ADDIN => self.link(Link::Addin),
            PLACEHOLDER => {
                let name = fields.string().unwrap_or_default();
                self.keep_name(name, |tables| &mut tables.functions);
            }
            EXTERN_SHEET => self.numbers(fields),
            NAME => return self.name(record, fields),
            _ => {
                self.workbook();
            }
        }
        Ok(())
    }

    fn workbook(&mut self) -> &mut Workbook {
        let gather = &mut *self.gather;
        // What the numbers in formulas mean, the first workbook says: it is the one that opens.
        gather.tables.place.get_or_insert(self.place);
        gather.workbooks.entry(self.place).or_default()
    }

    /// The tables, if this is the part that says what numbers mean.
    fn tables(&mut self) -> Option<&mut Tables> {
        self.workbook();
        let tables = &mut self.gather.tables;
        (tables.place == Some(self.place) && !self.again).then_some(tables)
    }

    fn sheet(&mut self, record: Record, mut fields: Fields<'_>) -> Option<()> {
        let state = match fields.u32()? & 3 {
            0 => State::Visible,
            1 => State::Hidden,
            _ => State::VeryHidden,
        };
        fields.u32()?;
        let id = fields.nullable()?.unwrap_or_default();
        let name = fields.string().unwrap_or_default();
        let bytes = name
            .len()
            .saturating_add(id.len())
            .saturating_add(cost::ENTRY);
        self.workbook();
        if self.gather.book.purse(self.budget).keep(Rank::Junk, bytes) {
            let sheet = Sheet { name, state };
            let listed = Listed { sheet, id };
            self.workbook().sheets.insert(record.offset, listed);
        }
        self.gather.book.note_short(self.place);
        Some(())
    }

    /// A link part. Its number counts only those.
    fn source(&mut self, record: Record, id: String) {
        let room = self.workbook().has_room();
        let rank = if room { Rank::Link } else { Rank::Junk };
        let bytes = id.len().saturating_add(cost::ENTRY);
        if self.gather.book.purse(self.budget).keep(rank, bytes) {
            let references = &mut self.workbook().references;
            references.insert(record.offset, id);
            let number = u32::try_from(references.len()).unwrap_or(u32::MAX);
            self.link(Link::Source(number));
        }
        self.gather.book.note_short(self.place);
    }

    /// An entry of the link table, in its order.
    fn link(&mut self, link: Link) {
        let inside = self.extensions > 0;
        if self
            .tables()
            .is_some_and(|tables| links_of(tables, inside).len() < NUMBERS)
            && self
                .gather
                .book
                .purse(self.budget)
                .keep(Rank::Link, size_of::<Link>().saturating_mul(2))
        {
            links_of(&mut self.gather.tables, inside).push(link);
        }
    }

    /// `BrtExternSheet`: what its count says is not believed.
    fn numbers(&mut self, mut fields: Fields<'_>) {
        let inside = self.extensions > 0;
        if self
            .tables()
            .is_none_or(|tables| !numbers_of(tables, inside).is_empty())
            || fields.u32().is_none()
        {
            return;
        }
        let mut entries = fields.rest().len().checked_div(12).unwrap_or_default();
        entries = entries.min(NUMBERS);
        let bytes = entries.saturating_mul(size_of::<u32>());
        if !self.gather.book.purse(self.budget).keep(Rank::Link, bytes) {
            self.gather.book.note_short(self.place);
            return;
        }
        for _ in 0..entries {
            let number = fields.u32();
            fields.skip(8);
            numbers_of(&mut self.gather.tables, inside).extend(number);
        }
    }

    fn keep_name(&mut self, name: String, list: impl Fn(&mut Tables) -> &mut Vec<String>) {
        // Nobody misses a name but the functions of newer versions, which come first.
        let bytes = name.len().saturating_add(cost::PART);
        if self.tables().is_some() && self.gather.book.purse(self.budget).fits(Rank::Junk, bytes) {
            list(&mut self.gather.tables).push(name);
        }
    }

    /// `BrtName`: flags, a shortcut key, the sheet it belongs to, the name, its formula.
    fn name(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let name = fields.skip(9).and_then(|()| fields.string());
        let name = name.unwrap_or_default();
        self.workbook().auto_open |= runs_at_opening(&name);
        self.keep_name(name.clone(), |tables| &mut tables.names);
        let label = super::label("defined name", &name);
        let source = Source {
            carrier: Carrier::Name,
            macros: true,
            ..Source::new(self.place, record.offset, &label)
        };
        if let Some(formula) = fields.formula() {
            self.formula(formula, &source)?;
        }
        // A comment, and with functions a description and the like.
        while let Some(text) = fields.nullable() {
            let text = text.unwrap_or_default();
            self.text(&text, "text of a defined name", false, record)?;
        }
        Ok(())
    }
}

fn links_of(tables: &mut Tables, inside: bool) -> &mut Vec<Link> {
    if inside {
        &mut tables.more_links
    } else {
        &mut tables.links
    }
}

fn numbers_of(tables: &mut Tables, inside: bool) -> &mut Vec<u32> {
    if inside {
        &mut tables.more_numbers
    } else {
        &mut tables.numbers
    }
}
