//! Sheets, shared strings, tables: formulas and texts (`spec/excel.md` §2.1, §2.2).

use super::super::evidence::Source;
use super::super::letters::is_telling_or_bracket;
use super::fields::{Fields, Formula};
use super::records::Record;
use super::{Reader, range_label};
use crate::limits::Exhausted;

const ROW: u16 = 0;
const CELL_TEXT: u16 = 6;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_BOOL: u16 = 10;
const FORMULA_ERROR: u16 = 11;
const SHARED_STRING: u16 = 19;
const CELL_RICH_TEXT: u16 = 62;
const VALIDATION: u16 = 64;
const COLUMN_FORMULA: u16 = 351;
const TOTALS_FORMULA: u16 = 352;
const ARRAY: u16 = 426;
const SHARED: u16 = 427;
const BEGIN_FORMAT: u16 = 461;
const BEGIN_RULE: u16 = 463;
const THRESHOLD: u16 = 471;
const HYPERLINK: u16 = 494;
const OLE_OBJECT: u16 = 639;
/// Extensions whose header holds ranges and formulas: groups of sparklines and sparklines,
/// conditional formats, their rules and thresholds, data validations.
const SPARKLINES: u16 = 1041;
const SPARKLINE: u16 = 1043;
const BEGIN_FORMAT_14: u16 = 1046;
const RULE_14: u16 = 1048;
const THRESHOLD_14: u16 = 1050;
const VALIDATION_14: u16 = 1053;
/// Records whose texts may name a place outside of the workbook, in a layout that is not looked
/// at: sources of a pivot cache and of a consolidation, cells of a scenario, a web publication.
const CACHE_RANGE: u16 = 187;
const CACHE_SET: u16 = 217;
const CONSOLIDATED: u16 = 499;
const SCENARIO_CELL: u16 = 504;
const PUBLISHED: u16 = 556;
/// A calculated item of a pivot cache ([MS-XLSB] 2.4.124).
const CALCULATED_ITEM: u16 = 245;
/// A field of a pivot cache, and whether it has a caption and a formula ([MS-XLSB] 2.4.136).
const FIELD: u16 = 183;
const CAPTION: u16 = 0x0008;
const FIELD_FORMULA: u16 = 0x0100;
/// What a server of real-time data is asked for, and what it last said ([MS-XLSB] 2.1.7.60).
const TOPIC: u16 = 522;
const TOPIC_TEXT: u16 = 526;

/// The records that are read here.
pub(super) const IDS: &[u16] = &[
    ROW,
    CELL_TEXT,
    FORMULA_TEXT,
    FORMULA_NUMBER,
    FORMULA_BOOL,
    FORMULA_ERROR,
    SHARED_STRING,
    CELL_RICH_TEXT,
    VALIDATION,
    COLUMN_FORMULA,
    TOTALS_FORMULA,
    ARRAY,
    SHARED,
    BEGIN_FORMAT,
    BEGIN_RULE,
    THRESHOLD,
    HYPERLINK,
    OLE_OBJECT,
    SPARKLINES,
    SPARKLINE,
    BEGIN_FORMAT_14,
    RULE_14,
    THRESHOLD_14,
    VALIDATION_14,
    CACHE_RANGE,
    CACHE_SET,
    CONSOLIDATED,
    SCENARIO_CELL,
    PUBLISHED,
    CALCULATED_ITEM,
    FIELD,
    TOPIC,
    TOPIC_TEXT,
];

/// `FRTHeader`: which of its parts are there.
const REFERENCES: u32 = 1;
const RANGES: u32 = 2;
const FORMULAS: u32 = 4;
/// An OLE object: it is linked, it loads itself; when it is updated: always (§2.2).
const LINKED: u16 = 1;
const AUTO_LOAD: u16 = 2;
const ALWAYS: u32 = 1;

impl Reader<'_, '_> {
    pub(super) fn of_sheet(
        &mut self,
        record: Record,
        mut fields: Fields<'_>,
    ) -> Result<(), Exhausted> {
        match record.id {
            ROW => {
                self.row = fields.u32().unwrap_or(self.row);
                Ok(())
            }
            SHARED_STRING => {
                self.texts = self.texts.saturating_add(1);
                let text = fields.u8().and_then(|_| fields.string());
                let label = format!("shared string {}", self.texts);
                self.text(&text.unwrap_or_default(), &label, false, record)
            }
            CELL_TEXT | CELL_RICH_TEXT => {
                let cell = self.cell(&mut fields);
                if record.id == CELL_RICH_TEXT {
                    fields.u8();
                }
                let text = fields.string().unwrap_or_default();
                self.text(&text, &cell.unwrap_or_default(), true, record)
            }
            FORMULA_TEXT | FORMULA_NUMBER | FORMULA_BOOL | FORMULA_ERROR => {
                self.cell_formula(record, fields)
            }
            ARRAY | SHARED => self.formula_of_range(record, fields),
            BEGIN_FORMAT => {
                let range = fields.skip(8).and_then(|()| fields.ranges()).flatten();
                self.range = range.map(range_label).unwrap_or_default();
                Ok(())
            }
            BEGIN_RULE => self.rule(record, fields),
            THRESHOLD => {
                fields.skip(24);
                let label = self.of_range("conditional format");
                self.counted(record, &mut fields, 1, &label)
            }
            VALIDATION => self.validation(record, fields),
            COLUMN_FORMULA | TOTALS_FORMULA => {
                fields.u8();
                let source = Source::new(self.place, record.offset, "table column");
                match fields.formula() {
                    Some(formula) => self.formula(formula, &source),
                    None => Ok(()),
                }
            }
            HYPERLINK => self.hyperlink(record, fields),
            OLE_OBJECT => self.ole_object(record, fields),
            CACHE_RANGE | CACHE_SET => {
                if record.id == CACHE_RANGE {
                    self.cache_range(record, fields);
                }
                self.loose(record, fields, "pivot source")
            }
            CALCULATED_ITEM => {
                let source = Source::cell(self.place, record.offset, "pivot field");
                match fields.skip(4).and_then(|()| fields.formula()) {
                    Some(formula) => self.formula(formula, &source),
                    None => Ok(()),
                }
            }
            FIELD => {
                let source = Source::cell(self.place, record.offset, "pivot field");
                match field_formula(&mut fields) {
                    Some(formula) => self.formula(formula, &source),
                    None => Ok(()),
                }
            }
            TOPIC | TOPIC_TEXT => {
                let text = fields.string().unwrap_or_default();
                self.text(&text, "real-time data", false, record)
            }
            CONSOLIDATED => self.loose(record, fields, "consolidation"),
            SCENARIO_CELL => self.loose(record, fields, "scenario"),
            PUBLISHED => self.loose(record, fields, "web publication"),
            _ => self.extension(record, fields),
        }
    }

    /// The texts of a record of whatever layout, which may be something other than formulas.
    fn loose(&mut self, record: Record, fields: Fields<'_>, words: &str) -> Result<(), Exhausted> {
        let source = Source {
            mixed: true,
            ..Source::cell(self.place, record.offset, words)
        };
        for text in fields
            .loose_strings()
            .filter(|text| text.contains(is_telling_or_bracket))
        {
            self.gather.book.formula(&text, &source, self.budget)?;
        }
        Ok(())
    }

    /// The head of a cell record: where it is.
    fn cell(&self, fields: &mut Fields<'_>) -> Option<String> {
        let column = fields.u32()?;
        fields.u32()?;
        let row = self.row.saturating_add(1);
        Some(super::super::xlsx::cell_name(column, row))
    }

    fn cell_formula(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let cell = self.cell(&mut fields).unwrap_or_default();
        let value = match record.id {
            FORMULA_TEXT => fields.string().map(|_| ()),
            FORMULA_NUMBER => fields.skip(8),
            _ => fields.skip(1),
        };
        let formula = value
            .and_then(|()| fields.u16())
            .and_then(|_| fields.formula());
        let Some(formula) = formula else {
            self.falls_short("a cell whose formula is cut off");
            return Ok(());
        };
        let source = Source::cell(self.place, record.offset, &cell);
        self.formula(formula, &source)
    }

    /// The formula that the cells of a range share, or that fills it.
    fn formula_of_range(
        &mut self,
        record: Record,
        mut fields: Fields<'_>,
    ) -> Result<(), Exhausted> {
        let Some(range) = fields.range() else {
            return Ok(());
        };
        if record.id == ARRAY {
            fields.u8();
        }
        let label = range_label(range);
        let Some(formula) = fields.formula() else {
            self.falls_short("a formula of several cells that is cut off");
            return Ok(());
        };
        let source = Source::cell(self.place, record.offset, &label);
        self.formula(formula, &source)
    }

    fn of_range(&self, words: &str) -> String {
        if self.range.is_empty() {
            return words.to_owned();
        }
        format!("{} ({words})", self.range)
    }

    /// A rule of a conditional format: seven numbers, flags, the sizes of three formulas, a text.
    fn rule(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let mut sizes = [0_u32; 3];
        let read = fields.skip(30).and_then(|()| {
            for size in &mut sizes {
                *size = fields.u32()?;
            }
            fields.nullable()
        });
        if read.is_none() {
            return Ok(());
        }
        let label = self.of_range("conditional format");
        let present = sizes.iter().filter(|size| **size > 0).count();
        for _ in 0..present {
            let Some(formula) = fields.formula() else {
                self.falls_short("a conditional format that is cut off");
                break;
            };
            let source = Source::cell(self.place, record.offset, &label);
            self.formula(formula, &source)?;
        }
        Ok(())
    }

    /// As many formulas, each of them behind a length that may be nought.
    fn counted(
        &mut self,
        record: Record,
        fields: &mut Fields<'_>,
        count: usize,
        label: &str,
    ) -> Result<(), Exhausted> {
        for _ in 0..count {
            // The size of it all comes first, then the formula.
            if fields.u32().is_none_or(|size| size == 0) {
                break;
            }
            let Some(formula) = fields.formula() else {
                break;
            };
            let source = Source::cell(self.place, record.offset, label);
            self.formula(formula, &source)?;
        }
        Ok(())
    }

    /// A data validation: flags, ranges, four texts, two formulas.
    fn validation(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let range = fields.skip(4).and_then(|()| fields.ranges());
        let texts = (0..4).all(|_| fields.nullable().is_some());
        let label = match range.flatten() {
            Some(range) => format!("{} (data validation)", range_label(range)),
            None => "data validation".to_owned(),
        };
        if range.is_none() || !texts {
            self.falls_short("a data validation that is cut off");
            return Ok(());
        }
        for _ in 0..2 {
            let Some(formula) = fields.formula() else {
                break;
            };
            let source = Source::cell(self.place, record.offset, &label);
            self.formula(formula, &source)?;
        }
        Ok(())
    }

    /// A hyperlink. Where it leads, its relationship says; the place in the workbook is a text.
    fn hyperlink(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let place = fields.range().and_then(|_| fields.nullable());
        let place = place.and_then(|_| fields.string()).unwrap_or_default();
        let source = Source {
            mixed: true,
            ..Source::cell(self.place, record.offset, "hyperlink")
        };
        self.gather.book.formula(&place, &source, self.budget)
    }

    fn ole_object(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let head = fields.skip(4).and_then(|()| {
            let update = fields.u32()?;
            fields.u32()?;
            let flags = fields.u16()?;
            fields.nullable()?;
            Some((update, flags))
        });
        let Some((update, flags)) = head.filter(|(_, flags)| flags & LINKED != 0) else {
            return Ok(());
        };
        let source = Source {
            auto: update == ALWAYS || flags & AUTO_LOAD != 0,
            ..Source::cell(self.place, record.offset, "OLE object")
        };
        match fields.formula() {
            Some(formula) => self.formula(formula, &source),
            None => Ok(()),
        }
    }

    /// The formulas in the header of an extension. Where another layout stands there, nothing is.
    fn extension(&mut self, record: Record, mut fields: Fields<'_>) -> Result<(), Exhausted> {
        let mut range = None;
        let mut count = 0;
        let head = (|| {
            let flags = fields.u32()?;
            if flags & REFERENCES != 0 {
                for _ in 0..fields.u32()? {
                    fields.skip(20)?;
                }
            }
            if flags & RANGES != 0 {
                for _ in 0..fields.u32()? {
                    fields.skip(4)?;
                    range = fields.ranges()?.or(range);
                }
            }
            if flags & FORMULAS != 0 {
                count = fields.u32()?;
            }
            Some(())
        })();
        let words = match record.id {
            SPARKLINES | SPARKLINE => "sparkline",
            VALIDATION_14 => "data validation",
            _ => "conditional format",
        };
        let range = range.map(range_label).unwrap_or_default();
        let label = match record.id {
            BEGIN_FORMAT_14 => {
                self.range = range;
                self.of_range(words)
            }
            RULE_14 | THRESHOLD_14 if range.is_empty() => self.of_range(words),
            _ if range.is_empty() => words.to_owned(),
            _ => format!("{range} ({words})"),
        };
        for _ in 0..head.map_or(0, |()| count) {
            let formula = fields.skip(4).and_then(|()| fields.extended_formula());
            let Some(formula) = formula else {
                self.falls_short("an extension whose formula is cut off");
                break;
            };
            let source = Source::cell(self.place, record.offset, &label);
            self.formula(formula, &source)?;
        }
        Ok(())
    }
}

/// The formula of a calculated field (`fldFmla`), behind flags, formats, numbers and names.
fn field_formula<'a>(fields: &mut Fields<'a>) -> Option<Formula<'a>> {
    let flags = fields.u16()?;
    fields.skip(18)?;
    fields.string()?;
    if flags & CAPTION != 0 {
        fields.nullable()?;
    }
    fields.formula().filter(|_| flags & FIELD_FORMULA != 0)
}
