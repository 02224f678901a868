//! From tokens to the tree of a formula.

use std::borrow::Cow;
use std::fmt::Write;

use super::cetab::command;
use super::extra::Extra;
use super::ftab::function;
use super::layout::{Extended, Kind, Place, extended, token};
use super::tree::Tree;
use super::words::{error_name, letters, literal, number, plain, quoted, truth};
use super::{Dialect, Names, Outer, Rendered, Stream, Trouble};
use crate::bytes::Bytes;

/// The function whose first argument is what is called.
const USER_DEFINED: u16 = 255;
/// A column in the fourteen bits that the flags leave.
const COLUMN: u16 = 0x3fff;

/// Reads `stream`.
pub(super) fn walk(stream: &Stream<'_>, names: &mut dyn Names) -> Rendered {
    let bytes = stream.rgce.len().saturating_add(stream.extra.len());
    let mut walker = Walker {
        bytes: Bytes::new(stream.rgce),
        extra: Extra::new(stream.extra, stream.dialect, stream.encoding),
        stream,
        names,
        tree: Tree::new(bytes),
        book: 0,
        shared: None,
        trouble: None,
    };
    while !walker.bytes.rest().is_empty() {
        if let Err(trouble) = walker.next() {
            walker.note(trouble);
            break;
        }
    }
    if walker.tree.unbalanced() {
        walker.note(Trouble::Unbalanced);
    }
    if walker.tree.cut() {
        walker.note(Trouble::TooLong);
    }
    Rendered {
        text: walker.tree.print(),
        shared: walker.shared,
        trouble: walker.trouble,
    }
}

struct Walker<'a, 'n> {
    bytes: Bytes<'a>,
    extra: Extra<'a>,
    stream: &'a Stream<'a>,
    names: &'n mut dyn Names,
    tree: Tree,
    /// Up to BIFF4, the EXTERNSHEET record that names and references belong to, from 1.
    book: u16,
    shared: Option<(u32, u32)>,
    trouble: Option<Trouble>,
}

impl<'a> Walker<'a, '_> {
    fn note(&mut self, trouble: Trouble) {
        self.trouble = self.trouble.max(Some(trouble));
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        self.bytes.take(count).ok_or(Trouble::CutOff)
    }

    fn dialect(&self) -> Dialect {
        self.stream.dialect
    }

    /// Reads one token.
    fn next(&mut self) -> Result<(), Trouble> {
        let first = self.take(1)?.first().copied().unwrap_or_default();
        let (kind, size) = token(first, self.dialect()).ok_or(Trouble::UnknownToken)?;
        let mut fixed = Fixed(self.take(size)?);
        match kind {
            Kind::Shared => self.share(&mut fixed),
            Kind::Infix(operator) => self.tree.infix(operator),
            Kind::Prefix(text) => self.tree.prefix(text),
            Kind::Percent => self.tree.percent(),
            Kind::Paren => self.tree.paren(),
            Kind::Missing => self.tree.missing(),
            Kind::Text => return self.text(&mut fixed),
            Kind::Extended => return self.extended(fixed.u8()),
            Kind::Attribute => return self.attribute(&mut fixed),
            Kind::SheetStarts => {
                fixed.skip(4);
                self.book = fixed.u16();
            }
            Kind::SheetEnds => self.book = 0,
            Kind::Error => self.tree.leaf(error_name(fixed.u8())),
            Kind::Truth => self.tree.leaf(&truth(fixed.u8())),
            Kind::Integer => self.tree.leaf(&fixed.u16().to_string()),
            Kind::Number => self.tree.leaf(&number(fixed.u64())),
            Kind::Array => {
                let (text, whole) = self.extra.array();
                if !whole {
                    self.note(Trouble::CutOff);
                }
                self.tree.leaf(&text);
            }
            Kind::Function => {
                let id = self.function_number(&mut fixed);
                self.function(id);
            }
            Kind::Variable => {
                let count = fixed.u8();
                let id = self.function_number(&mut fixed);
                let command = id & 0x8000 != 0;
                self.variable(count, id & 0x7fff, command);
            }
            Kind::Command => {
                let count = fixed.u8();
                let id = self.function_number(&mut fixed);
                self.variable(count, id & 0x7fff, true);
            }
            Kind::Name => self.name(&mut fixed),
            Kind::Cell(place) => self.reference(place, false, &mut fixed),
            Kind::Area(place) => self.reference(place, true, &mut fixed),
            Kind::MemoryArea => {
                if self.extra.cells().is_none() {
                    self.note(Trouble::CutOff);
                }
            }
            Kind::Nothing => {}
            Kind::ExternalName => self.external_name(&mut fixed),
        }
        Ok(())
    }

    fn share(&mut self, fixed: &mut Fixed<'_>) {
        let cell = match self.dialect() {
            Dialect::Biff2 => (u32::from(fixed.u16()), u32::from(fixed.u8())),
            Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 | Dialect::Biff8 => {
                (u32::from(fixed.u16()), u32::from(fixed.u16()))
            }
            Dialect::Biff12 => {
                let row = fixed.u32();
                let column = self.extra.column();
                if column.is_none() {
                    self.note(Trouble::CutOff);
                }
                (row, column.unwrap_or_default())
            }
        };
        self.shared = self.shared.or(Some(cell));
    }

    fn text(&mut self, fixed: &mut Fixed<'_>) -> Result<(), Trouble> {
        let (units, wide) = match self.dialect() {
            Dialect::Biff12 => (usize::from(fixed.u16()), true),
            Dialect::Biff8 => {
                let count = usize::from(fixed.u8());
                (count, fixed.u8() & 1 == 1)
            }
            Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
                (usize::from(fixed.u8()), false)
            }
        };
        let size = if wide { units.saturating_mul(2) } else { units };
        let there = size.min(self.bytes.rest().len());
        let bytes = self.take(there)?;
        let text = if wide {
            encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0
        } else if self.dialect() == Dialect::Biff8 {
            encoding_rs::mem::decode_latin1(bytes)
        } else {
            self.stream.encoding.decode_without_bom_handling(bytes).0
        };
        self.tree.leaf(&literal(&text));
        if there < size {
            return Err(Trouble::CutOff);
        }
        Ok(())
    }

    fn extended(&mut self, number: u8) -> Result<(), Trouble> {
        let (kind, size) = extended(number).ok_or(Trouble::UnknownToken)?;
        self.take(size)?;
        match kind {
            Extended::List => self.tree.leaf("TABLE"),
            Extended::Label => self.tree.leaf("LABEL"),
            Extended::Labels => {
                self.tree.leaf("LABEL");
                if self.extra.labels().is_none() {
                    self.note(Trouble::CutOff);
                }
            }
        }
        Ok(())
    }

    /// Jumps, blanks and SUM with one argument. Jumps are not followed: every branch is printed.
    fn attribute(&mut self, fixed: &mut Fixed<'_>) -> Result<(), Trouble> {
        let flags = fixed.u8();
        if flags & 0x04 != 0 {
            let (jumps, size) = if self.dialect() == Dialect::Biff2 {
                (usize::from(fixed.u8()), 1)
            } else {
                (usize::from(fixed.u16()), 2)
            };
            // One more than there are choices: the jump behind the function.
            self.take(jumps.saturating_add(1).saturating_mul(size))?;
        }
        if flags & 0x10 != 0 {
            self.tree.call("SUM", 1);
        }
        Ok(())
    }

    fn function_number(&self, fixed: &mut Fixed<'_>) -> u16 {
        match self.dialect() {
            Dialect::Biff2 | Dialect::Biff3 => u16::from(fixed.u8()),
            Dialect::Biff4 | Dialect::Biff5 | Dialect::Biff8 | Dialect::Biff12 => fixed.u16(),
        }
    }

    fn function(&mut self, id: u16) {
        let known = function(id);
        let count = known.and_then(|(_, count)| count);
        if count.is_none() {
            self.note(Trouble::UnknownFunction);
        }
        // Most functions take one argument.
        let count = usize::from(count.unwrap_or(1));
        match known {
            Some((name, _)) => self.tree.call(name, count),
            None => self.tree.call(&format!("FUNCTION{id}"), count),
        }
    }

    fn variable(&mut self, count: u8, id: u16, is_command: bool) {
        // The highest bit asks for the dialog box of a command; BIFF12 counts up to 255.
        let there = self.tree.operands();
        let count = Some(usize::from(count))
            .filter(|count| *count <= there)
            .unwrap_or(usize::from(count & 0x7f));
        if id == USER_DEFINED && !is_command {
            self.tree.call_first(count);
            return;
        }
        let name = if is_command {
            command(id).map_or_else(|| Cow::Owned(format!("COMMAND{id}")), Cow::Borrowed)
        } else {
            function(id).map_or_else(
                || Cow::Owned(format!("FUNCTION{id}")),
                |(name, _)| Cow::Borrowed(name),
            )
        };
        self.tree.call(&name, count);
    }

    fn name(&mut self, fixed: &mut Fixed<'_>) {
        let nth = if self.dialect() == Dialect::Biff12 {
            fixed.u32()
        } else {
            u32::from(fixed.u16())
        };
        if self.book > 0 {
            self.external(i32::from(self.book), nth);
            return;
        }
        if !self.tree.takes_names() {
            self.tree.unnamed();
            return;
        }
        match self.names.name(nth) {
            Some(name) => self.tree.named(&plain(name)),
            None => self.tree.leaf(&format!("NAME{nth}")),
        }
    }

    fn external_name(&mut self, fixed: &mut Fixed<'_>) {
        let (link, nth) = match self.dialect() {
            Dialect::Biff12 => (i32::from(fixed.u16()), fixed.u32()),
            Dialect::Biff8 => (i32::from(fixed.u16()), u32::from(fixed.u16())),
            Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
                let link = i32::from(fixed.i16());
                fixed.skip(8);
                (link, u32::from(fixed.u16()))
            }
        };
        self.external(link, nth);
    }

    fn external(&mut self, link: i32, nth: u32) {
        if !self.tree.takes_names() {
            self.tree.unnamed();
            return;
        }
        let text = match self.names.external(link, nth) {
            Some(Outer {
                book: Some(book),
                name,
            }) => format!("[{book}]!{}", quoted(name, "")),
            Some(Outer { book: None, name }) => plain(name).into_owned(),
            None => format!("EXTERNAL{nth}"),
        };
        self.tree.named(&text);
    }

    fn reference(&mut self, place: Place, area: bool, fixed: &mut Fixed<'_>) {
        if !self.tree.takes_names() {
            self.tree.unnamed();
            return;
        }
        let mut text = String::new();
        if matches!(place, Place::Sheet | Place::SheetGone) {
            let (link, tab) = match self.dialect() {
                Dialect::Biff8 | Dialect::Biff12 => (i32::from(fixed.u16()), None),
                Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
                    let link = i32::from(fixed.i16());
                    fixed.skip(8);
                    let tab = fixed.u16();
                    fixed.skip(2);
                    (link, Some(tab))
                }
            };
            self.sheet(link, tab, &mut text);
        } else if self.book > 0 {
            self.sheet(i32::from(self.book), None, &mut text);
        }
        match place {
            Place::Gone | Place::SheetGone => text.push_str("#REF!"),
            // The cell it is relative to is the one that uses it.
            Place::Relative => text.push_str(if area { "RC:RC" } else { "RC" }),
            Place::Here | Place::Sheet => self.cells(area, fixed, &mut text),
        }
        self.tree.named(&text);
    }

    fn sheet(&mut self, link: i32, tab: Option<u16>, out: &mut String) {
        match self.names.sheet(link, tab) {
            Some(Outer {
                book: Some(book),
                name,
            }) => out.push_str(&quoted(name, &format!("[{book}]"))),
            // Brackets would make it another workbook.
            Some(Outer { book: None, name }) => {
                out.push_str(&quoted(&name.replace(['[', ']'], "_"), ""));
            }
            None => return,
        }
        out.push('!');
    }

    /// Appends `$A$1` or `$A$1:$B$2`.
    fn cells(&self, area: bool, fixed: &mut Fixed<'_>, out: &mut String) {
        let narrow = self.dialect() < Dialect::Biff8;
        let mut rows = [0_u32; 2];
        let mut columns = [0_u16; 2];
        let corners = if area { 2 } else { 1 };
        for row in rows.iter_mut().take(corners) {
            *row = if self.dialect() == Dialect::Biff12 {
                fixed.u32()
            } else {
                u32::from(fixed.u16())
            };
        }
        for column in columns.iter_mut().take(corners) {
            *column = if narrow {
                u16::from(fixed.u8())
            } else {
                fixed.u16()
            };
        }
        for (at, (row, column)) in rows.into_iter().zip(columns).take(corners).enumerate() {
            if at > 0 {
                out.push(':');
            }
            // Before BIFF8 the flags stand with the row.
            let (row, flags) = match u16::try_from(row) {
                Ok(row) if narrow => (u32::from(row & COLUMN), row),
                _ => (row, column),
            };
            if flags & 0x4000 == 0 {
                out.push('$');
            }
            letters(column & COLUMN, out);
            if flags & 0x8000 == 0 {
                out.push('$');
            }
            let written = write!(out, "{}", row.saturating_add(1));
            debug_assert!(written.is_ok(), "writing to a string does not fail");
        }
    }
}

/// The fixed part of a token: what is not there reads as 0, but the table says how long it is.
struct Fixed<'a>(&'a [u8]);

impl Fixed<'_> {
    fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk() {
            Some((head, tail)) => {
                self.0 = tail;
                *head
            }
            None => [0; N],
        }
    }

    fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.array())
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    fn i16(&mut self) -> i16 {
        i16::from_le_bytes(self.array())
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }
}
