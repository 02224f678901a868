//! OneNote sections (`.one`): the files that are attached to their pages (`spec/excel.md` §8.2;
//! [MS-ONESTORE]). A double click opens such a file by its extension, so that it is to a section
//! what a package is to a document of Word.
//!
//! The files are found by the signature in front of each, wherever it stands: the lists that lead
//! to them say no more than their extensions.
//!
//! # Malformed input
//!
//! A file of which the end is not where its length says ends at the next signature, and is said to
//! be damaged. One that no list leads to is a file all the same.
//!
//! # Lost
//!
//! Sections in the packaging that servers hand out ([MS-ONESTORE] 2.8) hold their files in another
//! way: a gap. So is a section with a password.
//!
//! # Worst cases
//!
//! Four passes over the bytes, and one over those of each file, none of which overlap. At most
//! [`NAMES`] extensions are kept; files beyond them have none, and a gap says so.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

use super::ledger::{Child, Ledger};
use super::ole::native::{self, Native};
use super::ole::shortcut;
use super::{Outcome, offer};
use crate::bytes::Bytes;
use crate::container::Source;
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Identity, Sniffer};
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Confidence, Kind, Link, Trigger};
use crate::location::Location;
use crate::text::hex_digit;

/// In front of a file and behind it ([MS-ONESTORE] 2.6.13).
const HEADER: &[u8; 16] = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
const FOOTER: &[u8; 16] = b"\x22\xa7\xfb\x71\x79\x0f\x0b\x4a\xbb\x13\x89\x92\x56\x42\x6b\x24";
/// Bytes from the start of the header to the length, and to the file.
const LENGTH: usize = 16;
const FILE: usize = 36;
/// Where the packaging of the section stands, and the only one that is read ([MS-ONESTORE] 2.3.1).
const PACKAGING: (usize, &[u8; 16]) = (
    48,
    b"\x3f\xdd\x9a\x10\x1b\x91\xf5\x49\xa5\xd0\x17\x91\xed\xc8\xae\xd8",
);
/// In front of the key of a section with a password ([MS-ONESTORE] 2.5.19).
const KEY: &[u8; 8] = b"\x67\xa0\xd1\xda\x85\xa3\x6b\xfb";
/// A node that names a file and tells where it stands ([MS-ONESTORE] 2.5.24).
const REFERENCE: u32 = 0x94;
/// In front of the name of a file where an object declares it ([MS-ONESTORE] 2.5.27).
const DECLARED: &str = "<ifndf>{";
/// Characters of a name: a GUID without its braces.
const GUID: usize = 36;
/// Characters of the longest extension that is taken.
const EXTENSION: usize = 64;
/// Extensions that are kept.
const NAMES: usize = 4_096;
/// Bytes at the start of a file in which it must show what it starts.
const HEAD: usize = 256 << 10;

/// Reads a section.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let (at, known) = PACKAGING;
    match data.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(packaging) if packaging == known => {}
        Some(_) => {
            let detail = "OneNote section in the packaging of a server";
            ledger.gap(GapKind::Unsupported, location.clone(), detail);
        }
        None => {
            let detail = "OneNote section that is cut off in its header";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
    }
    if memmem::find(data, KEY).is_some() {
        let detail = "OneNote section with a password";
        ledger.gap(GapKind::Encrypted, location.clone(), detail);
    }
    let files = Files::new(data);
    let mut extensions = None;
    for (number, file) in (1u32..).zip(files) {
        let known = extensions.get_or_insert_with(|| Extensions::read(data));
        let mut names = known
            .at(file.at)
            .map(|ending| format!("file{number}{ending}"));
        let name = names.next().unwrap_or_else(|| format!("file{number}"));
        let others = names.collect();
        let file = Found {
            is_cut: file.is_cut,
            bytes: data.get(file.bytes.clone()).unwrap_or_default(),
            range: file.bytes,
            location: location.child(&name),
            name,
            others,
        };
        if let Err(cause) = file.read(data, budget, ledger) {
            return Outcome::from(Err(cause));
        }
    }
    if extensions.is_some_and(|known| known.more) {
        let detail = "more extensions of files than are kept";
        ledger.gap(GapKind::Limit, location.clone(), detail);
    }
    Outcome::from(Ok(()))
}

/// Where a file stands.
struct Stored {
    /// Its header.
    at: usize,
    bytes: Range<usize>,
    /// It does not end where its length says.
    is_cut: bool,
}

/// The files of a section, one behind the other.
struct Files<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Files<'a> {
    fn new(data: &'a [u8]) -> Self {
        Files { data, at: 0 }
    }
}

impl Iterator for Files<'_> {
    type Item = Stored;

    fn next(&mut self) -> Option<Stored> {
        let rest = self.data.get(self.at..)?;
        let at = self.at.checked_add(memmem::find(rest, HEADER)?)?;
        let start = at.saturating_add(FILE).min(self.data.len());
        let length = Bytes::at(self.data, at.saturating_add(LENGTH)).and_then(|mut b| b.u64());
        let length = usize::try_from(length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let end = start.checked_add(length);
        // Up to seven bytes fill the last eight.
        let footer = end.and_then(|end| {
            let window = end..end.checked_add(FOOTER.len())?.checked_add(7)?;
            let window = window.start..window.end.min(self.data.len());
            let at = memmem::find(self.data.get(window)?, FOOTER)?;
            end.checked_add(at)
        });
        if let (Some(end), Some(footer)) = (end, footer) {
            self.at = footer.saturating_add(FOOTER.len());
            return Some(Stored {
                at,
                bytes: start..end,
                is_cut: false,
            });
        }
        // A length that is a lie: whatever comes first.
        let rest = self.data.get(start..).unwrap_or_default();
        let next = memmem::find(rest, HEADER).unwrap_or(rest.len());
        let before = rest.get(..next).unwrap_or_default();
        let end = memmem::find(before, FOOTER).unwrap_or(next);
        let end = start.saturating_add(end);
        self.at = start.saturating_add(next);
        Some(Stored {
            at,
            bytes: start..end,
            is_cut: true,
        })
    }
}

/// The extensions of the files, by where their headers stand. Lists that disagree give several.
#[derive(Default)]
struct Extensions {
    of: BTreeSet<(usize, String)>,
    /// There are more of them.
    more: bool,
}

impl Extensions {
    fn read(data: &[u8]) -> Self {
        let mut all = Extensions::default();
        let mut names = BTreeSet::new();
        let declared: Vec<u8> = DECLARED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for at in memmem::find_iter(data, &declared) {
            if let Some(name) = declaration(data, at.saturating_add(declared.len())) {
                all.more |= !keep(&mut names, name);
            }
        }
        if names.is_empty() {
            return all;
        }
        // The low byte of the number of the node is its first.
        for at in memchr::memchr_iter(0x94, data) {
            let Some((place, guid)) = reference(data, at) else {
                continue;
            };
            for extension in of(&names, guid) {
                all.more |= !keep(&mut all.of, (place, extension.to_owned()));
            }
        }
        all
    }

    /// Those of the file of which the header stands here.
    fn at(&self, place: usize) -> impl Iterator<Item = &str> {
        of(&self.of, place)
    }
}

/// Keeps a name; `false` where there is no room.
fn keep<K: Ord>(names: &mut BTreeSet<(K, String)>, name: (K, String)) -> bool {
    if names.len() >= NAMES {
        return names.contains(&name);
    }
    names.insert(name);
    true
}

/// The first few extensions that were kept for one thing.
fn of<K: Ord + Copy>(names: &BTreeSet<(K, String)>, key: K) -> impl Iterator<Item = &str> {
    /// Lists that disagree.
    const FEW: usize = 8;
    let from = names.range((key, String::new())..);
    from.take_while(move |(of, _)| *of == key)
        .map(|(_, extension)| extension.as_str())
        .take(FEW)
}

/// The name of a file and its extension, from behind the brace on.
fn declaration(data: &[u8], at: usize) -> Option<([u8; 16], String)> {
    let mut bytes = Bytes::at(data, at)?;
    let text = utf16(bytes.take(GUID.checked_mul(2)?)?);
    let guid = guid(&text)?;
    // The closing brace.
    bytes.skip(2)?;
    let length = usize::try_from(bytes.u32()?).ok()?;
    if length == 0 || length > EXTENSION {
        return None;
    }
    let extension = utf16(bytes.take(length.checked_mul(2)?)?);
    Some((guid, extension.trim_end_matches('\0').to_owned()))
}

fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// A GUID as it is stored, from how it is written: the first three of its numbers are turned.
fn guid(text: &str) -> Option<[u8; 16]> {
    /// Where each byte of the written form is stored.
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut digits = text.bytes().filter(|byte| *byte != b'-').map(hex_digit);
    let mut stored = [0; 16];
    for place in ORDER {
        let (high, low) = (digits.next()??, digits.next()??);
        *stored.get_mut(place)? = high << 4 | low;
    }
    digits.next().is_none().then_some(stored)
}

/// The place and the name of a file, if a node that tells them starts here: its number, its
/// length, the widths of the place and of the length of what it refers to ([MS-ONESTORE] 2.4.3).
fn reference(data: &[u8], at: usize) -> Option<(usize, [u8; 16])> {
    let mut bytes = Bytes::at(data, at)?;
    let head = bytes.u32()?;
    let bits = |from: u32, count: u32| head.checked_shr(from).unwrap_or(0) & mask(count);
    // It refers to data, and the last bit is always set.
    if bits(0, 10) != REFERENCE || bits(27, 4) != 1 || bits(31, 1) != 1 {
        return None;
    }
    let (place, wide) = match bits(23, 2) {
        0 => (bytes.u64()?, 8u32),
        1 => (u64::from(bytes.u32()?), 4),
        2 => (u64::from(bytes.u16()?).checked_mul(8)?, 2),
        _ => (u64::from(bytes.u32()?).checked_mul(8)?, 4),
    };
    let length = match bits(25, 2) {
        0 => 4u32,
        1 => 8,
        2 => 1,
        _ => 2,
    };
    bytes.skip(usize::try_from(length).ok()?)?;
    let guid = bytes.take(16)?.first_chunk()?;
    let size = wide.checked_add(length)?.checked_add(20)?;
    (bits(10, 13) == size).then_some((usize::try_from(place).ok()?, *guid))
}

fn mask(bits: u32) -> u32 {
    u32::MAX
        .checked_shr(32u32.saturating_sub(bits))
        .unwrap_or(0)
}

/// A file on its turn.
struct Found<'a> {
    name: String,
    /// What it is called as well.
    others: Vec<String>,
    bytes: &'a [u8],
    range: Range<usize>,
    is_cut: bool,
    location: Location,
}

impl Found<'_> {
    /// Says what a click on the file starts, and hands it on as what it could be.
    fn read(
        self,
        data: &[u8],
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        if self.is_cut {
            let detail = "a file that does not end where its length says";
            ledger.gap(GapKind::Damaged, self.location.clone(), detail);
        }
        if self.bytes.is_empty() {
            return Ok(());
        }
        let runs = ledger.programs();
        let head = self.bytes.get(..self.bytes.len().min(HEAD));
        let shortcut = shortcut::read(head.unwrap_or_default());
        let is_run = runs(&self.name) || self.others.iter().any(|name| runs(name));
        if let Some(link) = self
            .package()
            .link(&self.others, self.location.clone(), runs)
        {
            ledger.link(link);
        }
        if let Some(shortcut) = shortcut {
            ledger.link(shortcut.link(self.location.clone(), is_run));
        }
        let source = Source::stored(self.range.clone());
        let outcome = Cell::new(None);
        let reader = source.open(data, budget, &outcome);
        let could_be = offer::sniff(reader, Sniffer::named(&self.name), |_| ());
        if !is_run && could_be.iter().any(is_program) {
            ledger.link(self.program());
        }
        let offered = offer::tell(could_be, &self.location, ledger, |_, _, _| false);
        let shortfall = outcome.take();
        if offered.is_child {
            ledger.child(Child {
                source,
                location: self.location.clone(),
            });
        }
        shortfall.map_or(Ok(()), |shortfall| {
            ledger.shortfall(shortfall, &self.location)
        })
    }

    /// What it is to the one who clicks on it.
    fn package(&self) -> Native {
        Native {
            label: self.name.clone(),
            path: String::new(),
            command: String::new(),
            linked: false,
            file: 0..self.bytes.len(),
        }
    }

    /// A program by its bytes, of which the extension is not known or is another one.
    fn program(&self) -> Link {
        let raw = format!("program in {}", self.name);
        let carrier = Carrier::OlePackage;
        let mut link = Link::new(Kind::Execute, carrier, self.location.clone(), raw);
        link.trigger = Trigger::Click;
        link.confidence = Confidence::Medium;
        link.target = Some(format!("{}.exe", self.name));
        link.prog_id = Some(native::CLASS.to_owned());
        link
    }
}

fn is_program(identity: &Identity) -> bool {
    identity.disposition == Disposition::Opaque(SkipReason::Executable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the names of files are written in [MS-ONESTORE] and stored.
    #[test]
    fn names_of_files_are_stored_as_guids_are() {
        let footer = guid("71FBA722-0F79-4A0B-BB13-899256426B24");
        assert_eq!(footer.as_ref(), Some(FOOTER));
        let header = guid("BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC");
        assert_eq!(header.as_ref(), Some(HEADER));
        let packaging = guid("109add3f-911b-49f5-a5d0-1791edc8aed8");
        assert_eq!(packaging.as_ref(), Some(PACKAGING.1));
        assert_eq!(guid("71FBA722-0F79-4A0B-BB13-899256426B2"), None);
        assert_eq!(guid("71FBA722-0F79-4A0B-BB13-899256426B2444"), None);
        assert_eq!(guid("x"), None);
    }

    #[test]
    fn nodes_that_refer_to_files() {
        // The number, the size of the node, the widths, the kind, the bit that is always set.
        let head = |size: u32, stp: u32, cb: u32| {
            0x94 | size << 10 | stp << 23 | cb << 25 | 1 << 27 | 1 << 31
        };
        let node = |head: u32, place: &[u8]| {
            [head.to_le_bytes().as_slice(), place, FOOTER.as_slice()].concat()
        };
        let eight = [0, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0];
        let rows = [
            (node(head(32, 0, 0), &eight), Some(256)),
            (node(head(28, 1, 0), &eight[4..]), Some(0)),
            (node(head(23, 2, 2), &[2, 0, 9]), Some(16)),
            (node(head(26, 3, 3), &[2, 0, 0, 0, 9, 0]), Some(16)),
            // Another size than that of what stands there.
            (node(head(33, 0, 0), &eight), None),
            (node(head(32, 0, 0) ^ 1 << 27, &eight), None),
            (node(head(32, 0, 0) ^ 1 << 31, &eight), None),
        ];
        for (node, expected) in rows {
            let read = reference(&node, 0);
            assert_eq!(read.map(|(place, _)| place), expected);
            assert!(read.is_none_or(|(_, guid)| guid == *FOOTER));
        }
    }
}
