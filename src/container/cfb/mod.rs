//! Compound files (OLE, [MS-CFB]), read twice and compared: a lenient reader of our own, and the
//! `cfb` crate.
//!
//! The crate refuses a file as a whole for one wrong byte in any directory entry; programs do
//! not. Ours therefore is the view that counts, and the crate's adds what ours may lack.
//!
//! # Malformed input
//!
//! Tolerated: wrong versions, counts, colours, marks, shifts and sizes; entries that no tree reaches;
//! unknown entry types; chains that are cut, leave the file or run in circles; a cut last sector.
//! A stream delivers what its chain delivers, and behind a break what follows in the file. What is
//! missing or guessed is told by [`Cfb::damage`]; a broken directory is searched for, and so is the
//! mini stream. A stream that is called empty is as long as its own chain. A stream that may stand in one of two places is two streams.
//!
//! # Worst cases
//!
//! Opening is linear in the file; memory is one 64th of it plus eight bytes a directory entry.
//! Paths are cut at 32 levels. The crate is asked only about directories whose size it can hold,
//! and reads against an allowance.

mod damage;
mod folders;
mod lengths;
mod mini;
mod second;
mod sectors;
mod table;
mod unused;
mod view;

use std::collections::{BTreeSet, VecDeque};

pub(crate) use damage::Damage;
pub(crate) use folders::Folder;
pub(crate) use view::View;

use super::Shortfall;
use crate::bytes::Bytes;
use crate::limits::{Budget, Exhausted};
use crate::text::from_utf16;
use lengths::Lengths;
use mini::Mini;
use second::Second;
use sectors::{HEADER, Sectors};

/// Where the header says its byte order ([MS-CFB] 2.2).
const BYTE_ORDER: usize = 28;

/// The signature ([MS-CFB] 2.2).
pub(crate) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Bytes of a directory entry ([MS-CFB] 2.6.1).
const ENTRY: usize = 128;
/// "No entry" in the links of a directory entry.
const NONE: u32 = u32::MAX;
/// Streams below this size stand in the mini stream ([MS-CFB] 2.2); what the header says of it
/// has no other legal value.
const MINI_CUTOFF: u64 = 4096;
/// The type of the first entry ([MS-CFB] 2.6.1).
const ROOT: u8 = 5;
/// Bytes of a mini sector.
const MINI: usize = 64;
/// Characters of a name ([MS-CFB] 2.6.1).
const NAME: usize = 31;
/// Levels of a path that are kept.
const LEVELS: usize = 32;
/// Bytes read before the budget is asked again.
const BLOCK: usize = 64 << 10;

/// A compound file, open.
pub(crate) struct Cfb<'a> {
    data: &'a [u8],
    sectors: Sectors<'a>,
    /// The sectors of the directory.
    directory: Vec<u32>,
    mini: Mini,
    /// Of streams that the directory calls empty.
    lengths: Lengths,
    /// Entries of streams that may stand elsewhere as well, sorted.
    others: Vec<u32>,
    /// The storage of each entry; `NONE` for entries that no tree reaches.
    parents: Vec<u32>,
    deepest: usize,
    /// The directory is broken: all sectors were searched for it.
    searched: bool,
    second: Second,
}

/// One stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// Names from the root, joined by slashes.
    pub(crate) path: String,
    /// Bytes, as the directory says.
    pub(crate) size: u64,
    /// No storage holds it: a remnant, or hidden.
    pub(crate) orphan: bool,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// An entry of our directory.
    Entry(u32),
    /// The same, where other readings of the header or of its size put it: in the mini stream
    /// instead of ordinary sectors, or the other way round.
    Other(u32),
    /// Known to the crate only.
    Second,
}

impl Place {
    /// The entry of our directory.
    fn entry(self) -> Option<u32> {
        match self {
            Place::Entry(id) | Place::Other(id) => Some(id),
            Place::Second => None,
        }
    }
}

/// One storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Storage {
    /// Names from the root, joined by slashes; empty for the root itself.
    pub(crate) path: String,
    /// The class of the object that is stored, as the 16 bytes of the file.
    pub(crate) class: [u8; 16],
}

struct Entry {
    name: String,
    kind: u8,
    left: u32,
    right: u32,
    child: u32,
    class: [u8; 16],
    start: u32,
    size: u64,
}

impl Entry {
    /// A storage has no bytes ([MS-CFB] 2.6.3): one with bytes that the file can hold and without
    /// children is a stream whose type was changed. (Word 97 leaves impossible sizes in its
    /// `ObjectPool`.) The root has; it is not asked.
    fn is_storage(&self, longest: usize) -> bool {
        let bytes = usize::try_from(self.size).is_ok_and(|size| (1..=longest).contains(&size));
        matches!(self.kind, ROOT | 1) && !(bytes && self.child == NONE)
    }

    fn is_stream(&self, longest: usize) -> bool {
        match self.kind {
            // An entry that is free has no name ([MS-CFB] 2.6.1).
            0 => {
                let bytes = usize::try_from(self.size);
                !self.name.is_empty() && bytes.is_ok_and(|size| (1..=longest).contains(&size))
            }
            _ => !self.is_storage(longest),
        }
    }
}

impl<'a> Cfb<'a> {
    /// Opens a compound file; `None` when the bytes are none.
    pub(crate) fn open(data: &'a [u8]) -> Option<Self> {
        if !data.starts_with(SIGNATURE) {
            return None;
        }
        let [said, other] = Sectors::shifts(data)?;
        let (mut cfb, mut whole) = Cfb::with(data, said);
        if !cfb.is_rooted() {
            let (second, closed) = Cfb::with(data, other);
            if second.is_rooted() {
                (cfb, whole) = (second, closed);
            }
        }
        // A header and nothing else is a file without streams.
        let rooted = cfb.is_rooted();
        if !(whole && rooted) && data.len() > HEADER {
            let found = damage::directory(&cfb.sectors, &cfb.directory);
            if rooted {
                cfb.directory.extend(found);
            } else {
                cfb.directory.splice(..0, found);
            }
            cfb.searched = true;
        }
        // The signature alone, with something else behind it, is no header.
        let marked = Bytes::at(data, BYTE_ORDER).and_then(|mut bytes| bytes.u16()) == Some(0xfffe);
        cfb.searched |= !rooted && (data.len() < HEADER || !marked);
        cfb.mini = cfb.read_mini();
        cfb.lengths = cfb.find_lengths();
        cfb.others = cfb.find_others();
        cfb.others.append(&mut cfb.lengths.both);
        cfb.others.sort_unstable();
        cfb.others.dedup();
        if let Some(root) = cfb.entry(0) {
            cfb.walk(root.child);
        }
        if second::worth_asking(cfb.entries(), cfb.deepest) {
            let ours = cfb.our_streams();
            let ours: BTreeSet<String> = ours.map(|stream| stream.path.to_lowercase()).collect();
            cfb.second = Second::ask(data, &ours);
        }
        Some(cfb)
    }

    /// With sectors of this size; and whether the chain of its directory comes to its end.
    fn with(data: &'a [u8], shift: u32) -> (Self, bool) {
        let sectors = Sectors::read(data, shift);
        let mut chain = sectors.fat.chain(sectors.number(48));
        let directory: Vec<u32> = chain.by_ref().collect();
        let whole = chain.is_closed();
        let cfb = Cfb {
            data,
            sectors,
            directory,
            mini: Mini::default(),
            lengths: Lengths::default(),
            others: Vec::new(),
            parents: Vec::new(),
            deepest: 0,
            searched: false,
            second: Second::default(),
        };
        (cfb, whole)
    }

    /// Whether the directory begins with a root.
    fn is_rooted(&self) -> bool {
        self.entry(0)
            .is_some_and(|root| root.kind == ROOT || root.name.eq_ignore_ascii_case("root entry"))
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.data
    }

    /// All streams, in the order of the directory; then those that only the crate sees.
    pub(crate) fn streams(&self) -> impl Iterator<Item = Stream> {
        let second = self.second.only.iter().map(|(path, size)| Stream {
            path: path.clone(),
            size: *size,
            orphan: false,
            place: Place::Second,
        });
        self.our_streams().chain(second)
    }

    fn our_streams(&self) -> impl Iterator<Item = Stream> {
        (1..self.entries())
            .filter(|id| {
                let entry = self.entry(*id);
                entry.is_some_and(|entry| entry.is_stream(self.data.len()))
            })
            .flat_map(move |id| {
                self.places(id)
                    .filter_map(move |place| self.stream(id, place))
            })
    }

    /// Where the stream of an entry may stand.
    fn places(&self, id: u32) -> impl Iterator<Item = Place> + use<> {
        let other = self.others.binary_search(&id).is_ok();
        [Place::Entry(id)]
            .into_iter()
            .chain(other.then_some(Place::Other(id)))
    }

    /// The stream of an entry, at one of its places.
    fn stream(&self, id: u32, place: Place) -> Option<Stream> {
        let entry = self.entry(id)?;
        let (path, orphan) = self.path(id, entry.name);
        Some(Stream {
            path,
            size: entry.size,
            orphan,
            place,
        })
    }

    /// All storages, the root first.
    pub(crate) fn storages(&self) -> impl Iterator<Item = Storage> {
        (0..self.entries()).filter_map(|id| {
            let entry = self.entry(id)?;
            let class = entry.class;
            if id == 0 {
                return Some(Storage {
                    path: String::new(),
                    class,
                });
            }
            entry.is_storage(self.data.len()).then(|| Storage {
                path: self.path(id, entry.name).0,
                class,
            })
        })
    }

    /// The stream at `path`, in any case.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    pub(crate) fn find(&self, path: &str) -> Option<Stream> {
        let path = path.to_lowercase();
        self.streams()
            .find(|stream| stream.path.to_lowercase() == path)
    }

    /// Whether the two views differ: the crate refuses the file, or sees other streams. Each view
    /// is the other's oracle in tests.
    #[cfg(test)]
    pub(crate) fn disagrees(&self) -> bool {
        self.second.refused || !self.second.only.is_empty() || self.second.misses
    }

    /// The crate panicked: a defect, to be recorded as a gap of kind `internal`.
    pub(crate) fn panicked(&self) -> bool {
        self.second.panicked
    }

    /// Reads a stream, at most `max` bytes of it. Pays for a part, for the bytes, and for holding
    /// them: the caller releases the length of what it gets.
    pub(crate) fn read(
        &self,
        stream: &Stream,
        max: u64,
        budget: &Budget<'_>,
    ) -> (Vec<u8>, Option<Shortfall>) {
        let length = u64::try_from(self.data.len()).unwrap_or(u64::MAX);
        let wanted = stream.size.min(max);
        let mut out = Output {
            bytes: Vec::new(),
            wanted: wanted.min(length),
            unpaid: 0,
            budget,
        };
        if let Err(cause) = budget.charge_part() {
            return (Vec::new(), Some(Shortfall::Exhausted(cause)));
        }
        if stream.place == Place::Second {
            return second::read(self.data, &stream.path, wanted, budget);
        }
        let mut filled = Ok(());
        let mut steps = usize::MAX;
        let walked = self.each_run_within(stream, out.wanted, &mut steps, |run| {
            if filled.is_ok() {
                filled = out.push(self.data.get(run).unwrap_or_default());
            }
        });
        match filled.and_then(|()| out.pay()) {
            Ok(()) if out.len() < wanted || walked.guessed => (
                out.bytes,
                Some(Shortfall::Damaged(
                    "stream is shorter than its directory entry says",
                )),
            ),
            Ok(()) => (out.bytes, None),
            Err(cause) => {
                out.drop_unpaid();
                (out.bytes, Some(Shortfall::Exhausted(cause)))
            }
        }
    }

    /// From the byte `at` of the stream in these sectors to the end of its sector.
    fn rest_of(&self, sectors: &[u32], at: usize) -> Option<&'a [u8]> {
        let size = self.sectors.size();
        let holder = sectors.get(at.checked_div(size)?)?;
        self.sectors.sector(*holder)?.get(at.checked_rem(size)?..)
    }

    /// How many directory entries there are.
    fn entries(&self) -> u32 {
        let entries = self
            .directory
            .len()
            .saturating_mul(self.sectors.size() / ENTRY);
        u32::try_from(entries).unwrap_or(NONE)
    }

    fn entry(&self, id: u32) -> Option<Entry> {
        let at = usize::try_from(id).ok()?.checked_mul(ENTRY)?;
        let mut bytes = Bytes::new(self.rest_of(&self.directory, at)?);
        let name = bytes.take(64)?;
        let length = usize::from(bytes.u16()?);
        let [kind, _colour] = *bytes.take(2)?.first_chunk()?;
        let (left, right, child) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let class = *bytes.take(16)?.first_chunk()?;
        bytes.skip(20)?;
        let (start, mut size) = (bytes.u32()?, bytes.u64()?);
        if self.sectors.size() == 512 {
            // The upper half is not used and may hold anything ([MS-CFB] 2.6.1).
            size &= u64::from(u32::MAX);
        }
        if size == 0 {
            size = self.lengths.of(id).unwrap_or(0);
        }
        let name = entry_name(name, length);
        Some(Entry {
            name,
            kind,
            left,
            right,
            child,
            class,
            start,
            size,
        })
    }

    /// Notes the storage of every entry that the tree reaches. An entry that two lead to is that
    /// of the storage nearest to the root; what only a stream leads to comes last: streams have no
    /// children ([MS-CFB] 2.6.3).
    fn walk(&mut self, first: u32) {
        let count = usize::try_from(self.entries()).unwrap_or(0);
        self.parents = vec![NONE; count];
        let longest = self.data.len();
        let mut open = vec![(first, 0u32, 1usize)];
        let mut below = VecDeque::new();
        let mut late = Vec::new();
        loop {
            let next = open.pop().or_else(|| below.pop_front());
            let Some((id, parent, depth)) = next.or_else(|| late.pop()) else {
                break;
            };
            let Some(slot) = usize::try_from(id)
                .ok()
                .and_then(|id| self.parents.get_mut(id))
            else {
                continue;
            };
            if id == 0 || *slot != NONE {
                continue;
            }
            *slot = parent;
            self.deepest = self.deepest.max(depth);
            let Some(entry) = self.entry(id) else {
                continue;
            };
            open.extend([(entry.left, parent, depth), (entry.right, parent, depth)]);
            let child = (entry.child, id, depth.saturating_add(1));
            if entry.is_storage(longest) {
                below.push_back(child);
            } else if entry.child != NONE {
                late.push(child);
            }
        }
    }

    /// The path of an entry, and whether no tree reaches it.
    fn path(&self, id: u32, name: String) -> (String, bool) {
        let parent = |id: u32| {
            let id = usize::try_from(id).ok()?;
            self.parents
                .get(id)
                .copied()
                .filter(|parent| *parent != NONE)
        };
        let orphan = parent(id).is_none();
        let mut names = vec![name];
        let mut at = parent(id).unwrap_or(0);
        while at != 0 {
            if names.len() >= LEVELS {
                names.push("…".to_owned());
                break;
            }
            names.extend(self.entry(at).map(|entry| entry.name));
            at = parent(at).unwrap_or(0);
        }
        names.reverse();
        (names.join("/"), orphan)
    }
}

/// Where a compound file begins behind other bytes: a signature with a header of which the byte
/// order and the shift of the sectors are right ([MS-CFB] 2.2).
pub(crate) fn begins_in(head: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(head, SIGNATURE).find(|at| {
        let mut header = at
            .checked_add(BYTE_ORDER)
            .and_then(|at| Bytes::at(head, at));
        let mut number = || header.as_mut().and_then(Bytes::u16);
        *at > 0 && number() == Some(0xfffe) && matches!(number(), Some(9 | 12))
    })
}

/// The name of an entry. The length counts bytes and the end mark; where it lies, the mark counts.
fn entry_name(name: &[u8], length: usize) -> String {
    let length = if (2..=64).contains(&length) {
        length
    } else {
        64
    };
    let (units, _) = name.get(..length).unwrap_or(name).as_chunks();
    let units = units
        .iter()
        .map(|unit| u16::from_le_bytes(*unit))
        .take(NAME)
        .take_while(|unit| *unit != 0);
    from_utf16(units)
}

/// What a stream gives, paid for by the block.
struct Output<'b> {
    bytes: Vec<u8>,
    wanted: u64,
    unpaid: usize,
    budget: &'b Budget<'b>,
}

impl Output<'_> {
    fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Exhausted> {
        let left = usize::try_from(self.wanted.saturating_sub(self.len())).unwrap_or(usize::MAX);
        let bytes = bytes.get(..left.min(bytes.len())).unwrap_or_default();
        for block in bytes.chunks(BLOCK) {
            self.bytes.extend_from_slice(block);
            self.unpaid = self.unpaid.saturating_add(block.len());
            if self.unpaid >= BLOCK {
                self.pay()?;
            }
        }
        Ok(())
    }

    fn pay(&mut self) -> Result<(), Exhausted> {
        let unpaid = u64::try_from(self.unpaid).unwrap_or(u64::MAX);
        self.budget.charge_decoded(unpaid)?;
        self.budget.charge_live(unpaid)?;
        self.unpaid = 0;
        Ok(())
    }

    fn drop_unpaid(&mut self) {
        self.bytes
            .truncate(self.bytes.len().saturating_sub(self.unpaid));
    }
}

#[cfg(test)]
mod tests;
