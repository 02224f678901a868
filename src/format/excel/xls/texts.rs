//! Texts of cells: what would be a DDE formula if it were one (`spec/excel.md` §1.3, §3.3).
//!
//! # Worst cases
//!
//! A text that does not begin like a formula is stepped over. What is held is one text.

use super::cells::Second;
use super::formulas::cell;
use super::records::{Flow, Record};
use super::strings::{self, decode};
use super::version::Version;
use crate::format::excel::evidence::Source;
use crate::format::excel::letters::{is_leading, may_trigger};
use crate::limits::Exhausted;
use crate::text::from_utf16;

const SHARED: u16 = 0x00fc;
const LABEL: u16 = 0x0204;
const LABEL_2: u16 = 0x0004;
const RICH: u16 = 0x00d6;
/// What a formula came to, behind it ([MS-XLS] 2.4.268).
const RESULT: u16 = 0x0207;
const RESULT_2: u16 = 0x0007;

/// Whether records of this number hold texts.
pub(super) fn holds(id: u16) -> bool {
    matches!(id, SHARED | LABEL | LABEL_2 | RICH | RESULT | RESULT_2)
}

/// Reads a record.
pub(super) fn read(
    second: &mut Second<'_, '_>,
    record: Record,
    flow: &mut Flow<'_>,
) -> Result<(), Exhausted> {
    if record.id == SHARED {
        return shared(second, flow);
    }
    let version = second.substreams.version();
    let (row, column) = if matches!(record.id, RESULT | RESULT_2) {
        second.last
    } else {
        let (Some(row), Some(column)) = (flow.u16(), flow.u16()) else {
            return Ok(());
        };
        flow.skip(if version == Version::Biff2 { 3 } else { 2 });
        (row, column)
    };
    let text = if version == Version::Biff8 {
        strings::rich(flow).map(|head| telling(flow, head.count, head.wide))
    } else {
        let count = match version {
            Version::Biff2 => flow.byte().map(usize::from),
            Version::Biff3 | Version::Biff4 | Version::Biff5 | Version::Biff8 => {
                flow.u16().map(usize::from)
            }
        };
        count.map(|count| {
            let mut bytes = Vec::new();
            flow.take(count, &mut bytes);
            let begins = bytes
                .first()
                .is_some_and(|first| may_begin(u16::from(*first)));
            let text = begins.then(|| decode(&bytes, second.tables.encoding));
            text.filter(|text| is_telling(text))
        })
    };
    if let Some(Some(text)) = text {
        let label = cell(row, column);
        let place = second.place();
        let source = Source::cell(place, record.offset(), &label);
        second.book.text(&text, &source, second.budget)?;
    }
    Ok(())
}

/// The table of all texts.
fn shared(second: &mut Second<'_, '_>, flow: &mut Flow<'_>) -> Result<(), Exhausted> {
    flow.skip(8);
    let mut number = 0u64;
    loop {
        let offset = flow.offset();
        let Some(head) = strings::rich(flow) else {
            return Ok(());
        };
        number = number.saturating_add(1);
        let text = telling(flow, head.count, head.wide);
        flow.skip(head.tail);
        if let Some(text) = text {
            let label = format!("shared string {number}");
            let source = Source::new(second.stream, offset, &label);
            second.book.text(&text, &source, second.budget)?;
        }
    }
}

/// Reads a text, if it could be a formula with a DDE reference.
fn telling(flow: &mut Flow<'_>, count: usize, wide: bool) -> Option<String> {
    let mut units = Vec::new();
    let mut begins = false;
    flow.characters(count, wide, |unit| {
        // What stands in front of the sign is little.
        begins = begins || may_begin(unit);
        if begins {
            units.push(unit);
        }
        begins
    });
    let text = from_utf16(units.into_iter());
    is_telling(&text).then_some(text)
}

fn is_telling(text: &str) -> bool {
    text.contains(['|', '\u{ff5c}'])
}

/// Whether a text that begins so may be a formula: with a sign, or what is left out in front of it.
fn may_begin(unit: u16) -> bool {
    char::from_u32(u32::from(unit)).is_some_and(|c| may_trigger(c) || is_leading(c))
}
