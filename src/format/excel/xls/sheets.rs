//! The sheets of a workbook: their names, and whether they are shown (`spec/excel.md` §3.12).
//!
//! # Malformed input
//!
//! A sheet is found by where its substream begins; where no record says that, by its turn.

use encoding_rs::Encoding;

use super::pool::Pool;
use super::records::Flow;
use super::strings;
use super::version::{Substream, Version};
use crate::bytes::Bytes;
use crate::format::excel::site::{Purse, Rank, Sheet, State};

/// What a sheet costs besides its name.
const SHEET: usize = 64;
/// A sheet of macros.
const MACROS: u8 = 1;
/// Bytes of a record before BIFF8 that can matter.
const LONGEST: usize = 512;

/// All sheets.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    pub(super) names: Pool,
    list: Vec<Listed>,
    /// Where each begins, and its number; in order once all are known.
    starts: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Listed {
    state: State,
    macros: bool,
}

impl Sheets {
    /// Reads a `BOUNDSHEET` record.
    pub(super) fn read(
        &mut self,
        flow: &mut Flow<'_>,
        version: Version,
        encoding: &'static Encoding,
        purse: &mut Purse<'_, '_>,
    ) {
        let Some(start) = flow.u32() else { return };
        let (state, kind) = (flow.byte().unwrap_or(0), flow.byte().unwrap_or(0));
        let name = if version == Version::Biff8 {
            strings::short(flow)
        } else {
            let mut body = Vec::new();
            flow.take(LONGEST, &mut body);
            strings::bytes(&mut Bytes::new(&body), encoding)
        };
        if !purse.keep(Rank::Junk, SHEET) {
            return;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.names.push(&name.unwrap_or_default(), purse);
        self.list.push(Listed {
            state: match state & 3 {
                0 => State::Visible,
                1 => State::Hidden,
                _ => State::VeryHidden,
            },
            macros: kind == MACROS,
        });
        self.starts.push((start, number));
    }

    /// All sheets are known.
    pub(super) fn sort(&mut self) {
        self.starts.sort_unstable();
    }

    /// Whether the substream of a sheet begins behind all that there is.
    pub(super) fn reach(&self, length: usize) -> bool {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.starts
            .last()
            .is_some_and(|(start, _)| *start >= length)
    }

    /// The sheet whose substream this is, and whether it is one of macros.
    pub(super) fn of(&self, substream: &Substream) -> Option<(Sheet, bool)> {
        let at = u32::try_from(substream.at).unwrap_or(u32::MAX);
        let first = self.starts.partition_point(|(start, _)| *start < at);
        let exact = self.starts.get(first).filter(|(start, _)| *start == at);
        let number = exact.map(|(_, number)| *number).or(substream.sheet)?;
        let number = usize::try_from(number).ok()?;
        let listed = self.list.get(number)?;
        let name = self.names.get(number).unwrap_or_default().to_owned();
        let state = listed.state;
        Some((Sheet { name, state }, listed.macros))
    }
}
