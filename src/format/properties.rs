//! What a document says of itself: property sets ([MS-OLEPS] 2).
//!
//! # Malformed input
//!
//! Sections, properties and names that lie outside the stream are left out. A value of a type
//! that is no text is left out but for numbers and dates.
//!
//! # Worst cases
//!
//! A set is cut at one mebibyte. Properties may share their bytes: each value is charged.

use encoding_rs::Encoding;

use super::ledger::Ledger;
use super::pages::Page as CodePage;
use crate::bytes::Bytes;
use crate::container::cfb::{Cfb, Stream};
use crate::limits::{Budget, Exhausted, Limit};
use crate::location::Location;
use crate::report::Properties;
use crate::text::from_utf16;

/// The names of the streams, in lower case.
const NAMES: [&str; 2] = ["\u{5}summaryinformation", "\u{5}documentsummaryinformation"];
/// Streams of one name that are read.
const SAME: usize = 4;
/// Characters of a property that are shown.
const SHOWN: usize = 256;

/// Bytes of a property set that are read; a real one holds a picture at most.
const LONGEST: u64 = 1 << 20;
/// Bytes of a value that are kept: more than an instruction can hold.
const VALUE: usize = 64 << 10;

/// `FMTID_SummaryInformation`, `FMTID_DocSummaryInformation`, `FMTID_UserDefinedProperties`
/// ([MS-OLEPS] 2.25.1, 2.25.2): their first four bytes tell them apart.
const SUMMARY: u32 = 0xf29f_85e0;
const DOCUMENT: u32 = 0xd5cd_d502;
const CUSTOM: u32 = 0xd5cd_d505;

/// Numbered properties of the first two sections, and the field that repeats each
/// ([MS-OLEPS] 2.25.1; [MS-OSHARED] 2.3.3.2).
const BUILT_IN: &[(u32, u32, &str)] = &[
    (SUMMARY, 2, "TITLE"),
    (SUMMARY, 3, "SUBJECT"),
    (SUMMARY, 4, "AUTHOR"),
    (SUMMARY, 5, "KEYWORDS"),
    (SUMMARY, 6, "COMMENTS"),
    (SUMMARY, 7, "TEMPLATE"),
    (SUMMARY, 8, "LASTSAVEDBY"),
    (SUMMARY, 12, CREATED),
    (SUMMARY, 18, "NAMEOFAPPLICATION"),
    (DOCUMENT, 2, "CATEGORY"),
    (DOCUMENT, 14, "MANAGER"),
    (DOCUMENT, 15, "COMPANY"),
    (DOCUMENT, 27, "STATUS"),
];
/// VT_BLOB: the base of hyperlinks is UTF-16 in one ([MS-OSHARED] 2.3.3.1.18).
const BLOB: u32 = 0x41;
/// The name under which the time of creation is given.
const CREATED: &str = "CREATETIME";

/// Reads the property sets among the streams of a storage. Each property goes to `keep`, which says
/// whether there was room for it. What a limit on one stream leaves is a gap there.
///
/// # Errors
///
/// The limit that ends the analysis.
pub(in crate::format) fn read(
    (cfb, streams, location): (&Cfb<'_>, &[Stream], &Location),
    shown: &mut Properties,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
    mut keep: impl FnMut(&str, &str) -> bool,
) -> Result<(), Exhausted> {
    for stream in NAMES.iter().flat_map(|name| named(streams, name)) {
        let (bytes, _) = cfb.read(stream, LONGEST, budget);
        let mut kept = true;
        let read = visit(&bytes, budget, |name, value| {
            show(shown, name, value);
            kept &= keep(name, value);
        });
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let read = match kept {
            true => read,
            false => read.and(Err(Exhausted::Limit(Limit::LiveBytes))),
        };
        match read {
            Ok(()) => {}
            Err(cause @ Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes)) => {
                ledger.exhausted(cause, location.child(&stream.path));
            }
            Err(cause) => return Err(cause),
        }
    }
    Ok(())
}

/// The first streams with this name in lower case; those that the tree reaches come first.
fn named<'s>(streams: &'s [Stream], name: &str) -> impl Iterator<Item = &'s Stream> {
    let is = move |stream: &&Stream| {
        let path = stream.path.rsplit('/').next().unwrap_or_default();
        path.to_lowercase() == name
    };
    let found = streams.iter().filter(is);
    let reached = found.clone().filter(|stream| !stream.orphan);
    let others = found.filter(|stream| stream.orphan);
    reached.chain(others).take(SAME)
}

/// Notes a property that the report shows, the first of its name.
fn show(shown: &mut Properties, name: &str, value: &str) {
    let place = match name {
        "NAMEOFAPPLICATION" => &mut shown.application,
        "AUTHOR" => &mut shown.author,
        CREATED => &mut shown.created,
        _ => return,
    };
    place.get_or_insert_with(|| value.chars().take(SHOWN).collect());
}

/// Visits the properties of a set by name.
pub(in crate::format) fn visit(
    set: &[u8],
    budget: &Budget<'_>,
    mut visit: impl FnMut(&str, &str),
) -> Result<(), Exhausted> {
    // Two sections at most ([MS-OLEPS] 2.21).
    for index in 0..2usize {
        let place = index.saturating_mul(20).saturating_add(28);
        let Some(section) = Section::find(set, place) else {
            break;
        };
        section.visit(budget, &mut visit)?;
    }
    Ok(())
}

/// A set of properties with numbers.
struct Section<'s> {
    kind: u32,
    /// From the start of the section to the end of the stream.
    bytes: &'s [u8],
    page: Page,
}

/// How single-byte text is coded.
#[derive(Clone, Copy)]
enum Page {
    Utf16,
    Narrow(&'static Encoding),
}

impl<'s> Section<'s> {
    fn find(set: &'s [u8], place: usize) -> Option<Self> {
        let mut head = Bytes::at(set, place)?;
        let kind = head.u32()?;
        head.skip(12)?;
        let bytes = set.get(usize::try_from(head.u32()?).ok()?..)?;
        let mut section = Section {
            kind,
            bytes,
            page: Page::Narrow(encoding_rs::WINDOWS_1252),
        };
        let page = section.properties().find(|(id, _)| *id == 1);
        let page = page.and_then(|(_, at)| Bytes::at(bytes, at.checked_add(4)?)?.u16());
        section.page = match page {
            Some(1200) => Page::Utf16,
            Some(page) => Page::Narrow(CodePage::numbered(i64::from(page)).on_the_web()),
            None => section.page,
        };
        Some(section)
    }

    /// The numbers of the properties, and where their values stand.
    fn properties(&self) -> impl Iterator<Item = (u32, usize)> {
        let bytes = self.bytes;
        let count = Bytes::at(bytes, 4).and_then(|mut bytes| bytes.u32());
        let mut list = Bytes::at(bytes, 8).unwrap_or(Bytes::new(&[]));
        let count = usize::try_from(count.unwrap_or_default()).unwrap_or_default();
        (0..count).map_while(move |_| Some((list.u32()?, usize::try_from(list.u32()?).ok()?)))
    }

    fn visit(
        &self,
        budget: &Budget<'_>,
        visit: &mut impl FnMut(&str, &str),
    ) -> Result<(), Exhausted> {
        if self.kind == CUSTOM {
            return self.visit_custom(budget, visit);
        }
        for (id, at) in self.properties() {
            let name = BUILT_IN
                .iter()
                .find(|(kind, number, _)| (*kind, *number) == (self.kind, id));
            if let Some((.., name)) = name
                && let Some(value) = self.value(at, budget)?
            {
                visit(name, &value);
            }
        }
        Ok(())
    }

    /// Properties with names of their own: the dictionary is property 0. Both lists are in the
    /// order of the numbers in real files; where they are not, each is sorted.
    fn visit_custom(
        &self,
        budget: &Budget<'_>,
        visit: &mut impl FnMut(&str, &str),
    ) -> Result<(), Exhausted> {
        let Some((_, dictionary)) = self.properties().find(|(id, _)| *id == 0) else {
            return Ok(());
        };
        let mut places: Vec<(u32, usize)> = self.properties().collect();
        places.sort_unstable();
        let Some(mut names) = Bytes::at(self.bytes, dictionary) else {
            return Ok(());
        };
        let count = names.u32().unwrap_or_default();
        for _ in 0..count {
            let Some((id, name)) = self.name(&mut names) else {
                break;
            };
            budget.charge_decoded(u64::try_from(name.len()).unwrap_or(u64::MAX))?;
            let first = places.partition_point(|(number, _)| *number < id);
            let place = places.get(first).filter(|(number, _)| *number == id);
            if let Some((_, at)) = place
                && let Some(value) = self.value(*at, budget)?
            {
                // What relative hyperlinks start from has a name of its own.
                let base = name == "_PID_LINKBASE";
                visit(if base { "HYPERLINKBASE" } else { &name }, &value);
            }
        }
        Ok(())
    }

    /// A name of the dictionary: a number, a length, the name with its end mark.
    fn name(&self, names: &mut Bytes<'_>) -> Option<(u32, String)> {
        let id = names.u32()?;
        let length = usize::try_from(names.u32()?).ok()?;
        let text = match self.page {
            Page::Utf16 => {
                let length = length.checked_mul(2)?;
                let text = names.take(length)?;
                names.skip(length.checked_next_multiple_of(4)?.saturating_sub(length))?;
                text
            }
            Page::Narrow(_) => names.take(length)?,
        };
        Some((id, self.text(text)))
    }

    /// The value at `at`; `None` when it is no text and cannot be told as one.
    fn value(&self, at: usize, budget: &Budget<'_>) -> Result<Option<String>, Exhausted> {
        let Some(mut bytes) = Bytes::at(self.bytes, at) else {
            return Ok(None);
        };
        let Some(kind) = bytes.u32() else {
            return Ok(None);
        };
        // VT_I2, VT_I4, VT_BOOL, VT_LPSTR, VT_LPWSTR, VT_FILETIME ([MS-OLEPS] 2.15).
        let text = match kind {
            2 => bytes.u16().map(|number| number.cast_signed().to_string()),
            3 => bytes.u32().map(|number| number.cast_signed().to_string()),
            0x0b => bytes.u16().map(|truth| match truth {
                0 => "N".to_owned(),
                _ => "Y".to_owned(),
            }),
            0x40 => bytes.u64().and_then(date),
            0x1e | 0x1f | BLOB => {
                let length = bytes.u32().and_then(|length| usize::try_from(length).ok());
                let unit = if kind == 0x1f { 2 } else { 1 };
                let length = length.unwrap_or_default().saturating_mul(unit);
                let there = bytes.rest().len();
                let text = bytes.take(length.min(there).min(VALUE)).unwrap_or_default();
                budget.charge_decoded(u64::try_from(text.len()).unwrap_or(u64::MAX))?;
                match kind {
                    0x1f | BLOB => Some(utf16(text)),
                    _ => Some(self.text(text)),
                }
            }
            _ => None,
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// Text up to its end mark.
    fn text(&self, bytes: &[u8]) -> String {
        match self.page {
            Page::Utf16 => utf16(bytes),
            Page::Narrow(encoding) => {
                let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
                let bytes = bytes.get(..end).unwrap_or_default();
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
        }
    }
}

fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    from_utf16(units.take_while(|unit| *unit != 0))
}

/// A time in units of 100 ns since 1601 ([MS-DTYP] 2.3.3) as packages write it; `None` for zero
/// and for what is no date.
pub(in crate::format) fn date(time: u64) -> Option<String> {
    /// Days from the start of the year 0, counted from March, to 1601.
    const EPOCH: u64 = 584_694;
    let seconds = time / 10_000_000;
    if seconds == 0 {
        return None;
    }
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let days = days.checked_add(EPOCH)?;
    // Years begin in March, so that the odd day is the last (Gregorian cycles of 400 years).
    let (cycle, day) = (days / 146_097, days % 146_097);
    let of_cycle = day
        .saturating_sub(day / 1_460)
        .saturating_add(day / 36_524)
        .saturating_sub(day / 146_096)
        / 365;
    let before = of_cycle
        .saturating_mul(365)
        .saturating_add(of_cycle / 4)
        .saturating_sub(of_cycle / 100);
    let day = day.saturating_sub(before);
    let month = day.saturating_mul(5).saturating_add(2) / 153;
    let date = day.saturating_sub(month.saturating_mul(153).saturating_add(2) / 5);
    let year = cycle.saturating_mul(400).saturating_add(of_cycle);
    let (year, month) = match month {
        0..=9 => (year, month.saturating_add(3)),
        _ => (year.saturating_add(1), month.saturating_sub(9)),
    };
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let date = date.saturating_add(1);
    (year <= 9_999)
        .then(|| format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates() {
        // Known pairs: the Unix epoch, a leap day, the last day of a year, the year 2000.
        let unix = 11_644_473_600u64;
        let at = |seconds: u64| date((unix + seconds) * 10_000_000).unwrap();
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(at(1_483_228_799), "2016-12-31T23:59:59Z");
        assert_eq!(at(1_507_507_200), "2017-10-09T00:00:00Z");
        assert_eq!(date(0), None);
        assert_eq!(date(u64::MAX), None);
    }
}
