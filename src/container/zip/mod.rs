//! Zip archives, read twice and compared: by the central directory and by the local headers.
//!
//! An entry on which both views agree is one member. What stands in one view only, and each way
//! in which the two describe one entry, is a member of its own: which of them a program opens
//! depends on the program.
//!
//! # Malformed input
//!
//! Tolerated and noted: wrong counts, duplicate names, entries of one view only, headers that
//! disagree, a missing directory or end record, bytes in front and behind, data that is marked as
//! encrypted or compressed and is not, data that is not where its header says (`spec/word.md`
//! §1.9). The end of a deflated entry is where its stream ends, whatever the sizes say.
//!
//! # Worst cases
//!
//! Linear in the bytes of the archive, times the number of passwords for encrypted entries.
//! Memory is paid for by the entry. Reading at the time of listing (to tell a password, where data
//! starts, or what a stray header stands in) pays like any other reading.

mod central;
mod cover;
mod header;
mod local;
mod repair;
mod unlock;

use std::ops::Range;

use super::held::Held;
use super::{Coding, Member, Source};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;
use central::{Asked, Directory, Foreign};
use cover::Covers;
use header::{Header, Local};
use unlock::{Opening, Unlock};

/// What an archive holds.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// In the order of the central directory; then what stands in local headers only.
    pub(crate) members: Vec<Member>,
    /// What is odd about the archive as a whole.
    pub(crate) techniques: Vec<TechniqueId>,
    /// There is no central directory: what stands behind the last entry is missing, and nothing
    /// tells how much that is.
    pub(crate) headless: bool,
    /// Not everything could be listed.
    pub(crate) exhausted: Option<Exhausted>,
    /// The `zip` crate panicked: a defect, to be recorded as a gap of kind `internal`. The
    /// listing rests on our own views.
    pub(crate) panicked: bool,
    /// Live memory that the listing paid for; to be released when it is dropped.
    pub(crate) live: u64,
}

/// Lists an archive. Bytes that are none give an empty listing.
pub(crate) fn list(data: &[u8], passwords: &Passwords, budget: &Budget<'_>) -> Listing {
    let (mut central_held, mut local_held) = (Held::quarter(budget), Held::quarter(budget));
    let mut listing = Lister {
        data,
        unlock: Unlock::new(data, passwords, budget),
        paid: Held::new(budget),
        readings: Vec::new(),
        listing: Listing::default(),
    };
    let directory = Directory::read(data, &mut central_held);
    let (mut locals, exhausted) = local::scan(data, &mut local_held);
    listing.listing.exhausted = exhausted.or(directory.as_ref().and_then(|d| d.exhausted));
    measure_stored(data, &mut locals);
    let mut covers = Covers::new(data, budget);
    let mut used = vec![false; locals.len()];
    if let Some(directory) = &directory {
        if directory.miscounts() {
            listing.note(TechniqueId::ZipCountMismatch);
        }
        if directory.is_behind_something(data) {
            listing.note(TechniqueId::ZipPrefix);
        }
        if directory.is_before_something(data) {
            listing.note(TechniqueId::ZipTrailing);
        }
        let foreign = match central::ask(data, directory, Held::new(budget)) {
            Asked::Read(foreign) => foreign,
            Asked::TooLarge => Vec::new(),
            Asked::Refused => {
                listing.note(TechniqueId::ZipRecovered);
                Vec::new()
            }
            Asked::Panicked => {
                listing.listing.panicked = true;
                Vec::new()
            }
        };
        listing.central(directory, &locals, &mut used, &mut covers);
        listing.foreign(&foreign, &locals);
    } else if !locals.is_empty() {
        listing.note(TechniqueId::ZipRecovered);
        if locals.first().is_some_and(|first| first.at > 0) {
            listing.note(TechniqueId::ZipPrefix);
        }
        listing.listing.headless = true;
    }
    listing.local_only(&locals, &used, &mut covers, directory.is_none());
    listing.finish()
}

/// Gives local entries of unknown length (flag bit 3) that are stored the length up to the next
/// signature.
fn measure_stored(data: &[u8], locals: &mut [Local<'_>]) {
    let unknown = |local: &Local<'_>| {
        local.header.method == 0 && local.header.descriptor() && local.header.packed == 0
    };
    let mut ends: Vec<usize> = locals
        .iter()
        .filter(|l| unknown(l))
        .map(|l| l.start)
        .collect();
    local::ends_of_stored(data, &mut ends);
    for (local, end) in locals.iter_mut().filter(|l| unknown(l)).zip(ends) {
        let length = u64::try_from(end.saturating_sub(local.start)).unwrap_or(u64::MAX);
        local.header.packed = length;
        local.header.size = length;
    }
}

/// Whether a central entry describes the local header that it points to.
fn agree(central: &Header<'_>, local: &Header<'_>) -> bool {
    let lengths =
        local.descriptor() || (central.packed == local.packed && central.size == local.size);
    central.name == local.name
        && central.method == local.method
        && central.encrypted() == local.encrypted()
        && (local.descriptor() || central.crc == local.crc)
        && lengths
}

/// The checksums that the headers of an entry give.
fn checksums(header: &Header<'_>, other: Option<&Header<'_>>) -> Option<[u32; 2]> {
    let given = |header: &&Header<'_>| !(header.descriptor() && header.crc == 0);
    let mut given = [Some(header), other].into_iter().flatten().filter(given);
    let first = given.next()?.crc;
    Some([first, given.next().map_or(first, |second| second.crc)])
}

struct Lister<'d, 'b> {
    data: &'d [u8],
    unlock: Unlock<'d, 'b>,
    /// Memory of the members.
    paid: Held<'b>,
    readings: Vec<Member>,
    listing: Listing,
}

impl<'d> Lister<'d, '_> {
    fn note(&mut self, technique: TechniqueId) {
        if !self.listing.techniques.contains(&technique) {
            self.listing.techniques.push(technique);
        }
    }

    fn central(
        &mut self,
        directory: &Directory<'d>,
        locals: &[Local<'d>],
        used: &mut [bool],
        covers: &mut Covers<'d, '_>,
    ) {
        for entry in &directory.entries {
            let at = directory.place(self.data, entry);
            let Some((index, local)) = local::find(locals, at) else {
                let start = self.start_without_local(at, &entry.header);
                let odd = [TechniqueId::ZipCentralOnly];
                self.add(&entry.header, start, None, &odd);
                continue;
            };
            let seen = used
                .get_mut(index)
                .is_some_and(|used| std::mem::replace(used, true));
            let next = next_of(locals, index, self.data);
            let next = Some(directory.start())
                .filter(|start| *start > at)
                .map_or(next, |start| next.min(start));
            if agree(&entry.header, &local.header) {
                let member = self.add(&entry.header, local.start, Some(&local.header), &[]);
                covers.agreed(&entry.header, local.start, member);
                self.repair(&entry.header, local, next);
                continue;
            }
            let odd = [TechniqueId::ZipDisagreement];
            if let Some(start) = self.start_by_name(at, &entry.header, local) {
                self.add(&entry.header, start, None, &odd);
            }
            let first = self.add(&entry.header, local.start, Some(&local.header), &odd);
            if !seen {
                let sums = checksums(&entry.header, Some(&local.header));
                self.add_unless_same(&local.header, local.start, sums, &odd, first);
            }
            self.repair(&entry.header, local, next);
        }
    }

    /// The readings of the crate that ours do not have.
    fn foreign(&mut self, foreign: &[Foreign], locals: &[Local<'d>]) {
        for entry in foreign {
            let Some((_, local)) = local::find(locals, entry.at) else {
                continue;
            };
            let header = Header {
                name: entry.name.as_bytes(),
                flags: local.header.flags | 1 << 11,
                method: if entry.deflated { 8 } else { 0 },
                packed: entry.packed,
                size: entry.size,
                ..local.header
            };
            if entry.encrypted == local.header.encrypted() {
                self.add(&header, local.start, None, &[TechniqueId::ZipDisagreement]);
            }
        }
    }

    fn local_only(
        &mut self,
        locals: &[Local<'d>],
        used: &[bool],
        covers: &mut Covers<'d, '_>,
        recovered: bool,
    ) {
        // Strays are cheap to make: they must leave room for the reading of the others.
        self.paid.halve();
        let technique = if recovered {
            TechniqueId::ZipRecovered
        } else {
            TechniqueId::ZipLocalOnly
        };
        for (index, (local, used)) in locals.iter().zip(used).enumerate() {
            if *used || covers.hide(local.at) {
                continue;
            }
            self.add(&local.header, local.start, None, &[technique]);
            covers.alone(&local.header, local.start);
            let next = next_of(locals, index, self.data);
            self.repair(&local.header, local, next);
        }
    }

    /// Where the data starts when the local header has the name of the directory and a length
    /// that belongs to another.
    fn start_by_name(&self, at: usize, header: &Header<'_>, local: &Local<'_>) -> Option<usize> {
        let name = at.saturating_add(30);
        let start = name.saturating_add(header.name.len());
        let moved = header.name.len() != local.header.name.len();
        (moved && self.data.get(name..start) == Some(header.name)).then(|| {
            let extra = local
                .start
                .saturating_sub(name)
                .saturating_sub(local.header.name.len());
            start.saturating_add(extra)
        })
    }

    /// Where the data of an entry starts whose local header is broken: behind what the header
    /// says when it still bears the name, else right behind the name.
    fn start_without_local(&self, at: usize, header: &Header<'_>) -> usize {
        let broken = Local::parse(self.data, at).filter(|local| local.header.name == header.name);
        broken.map_or_else(
            || at.saturating_add(30).saturating_add(header.name.len()),
            |local| local.start,
        )
    }

    /// Adds a member, and gives its source. The checksum of the `other` header counts, too.
    fn add(
        &mut self,
        header: &Header<'_>,
        start: usize,
        other: Option<&Header<'_>>,
        techniques: &[TechniqueId],
    ) -> Option<Source> {
        self.add_unless_same(header, start, checksums(header, other), techniques, None)
    }

    /// Adds a member unless it is the `other` one again: the same name and the same bytes.
    fn add_unless_same(
        &mut self,
        header: &Header<'_>,
        start: usize,
        checksums: Option<[u32; 2]>,
        techniques: &[TechniqueId],
        other: Option<Source>,
    ) -> Option<Source> {
        if header.is_folder() {
            return None;
        }
        let name = header.decoded_name();
        // The second number is the place of the member when names are sorted.
        let cost = name.len().saturating_add(size_of::<(Member, usize)>());
        if let Err(cause) = self.paid.pay_bytes(cost) {
            self.listing.exhausted = Some(cause);
            return None;
        }
        let mut techniques = techniques.to_vec();
        // A stored entry has one length; where the two differ, the longer one is read.
        if header.method == 0 && !header.encrypted() && header.packed != header.size {
            push(&mut techniques, TechniqueId::ZipDisagreement);
        }
        let opening = self.unlock.open(header, start);
        if let Some(odd) = opening.odd {
            push(&mut techniques, odd);
        }
        let range = range(self.data, header, start, &opening);
        let source = Source {
            range,
            coding: opening.coding,
            checksums: checksums.filter(|_| !opening.is_unchecked),
        };
        let same = other.is_some_and(|other| {
            other == source && self.readings.last().is_some_and(|last| last.name == name)
        });
        if !same {
            self.readings.push(Member {
                name,
                source: source.clone(),
                techniques,
            });
        }
        Some(source)
    }

    /// Gives equal names an index, and closes the listing.
    fn finish(mut self) -> Listing {
        let mut order: Vec<usize> = (0..self.readings.len()).collect();
        let name = |index: &usize| self.readings.get(*index).map(|member| member.name.as_str());
        order.sort_by_key(name);
        let mut equal: Vec<(usize, usize)> = Vec::new();
        for group in order.chunk_by(|a, b| name(a) == name(b)) {
            if group.len() > 1 {
                equal.extend(group.iter().copied().zip(1..));
            }
        }
        for (index, nth) in equal {
            let Some(member) = self.readings.get_mut(index) else {
                continue;
            };
            // Two readings of one entry share its name; that is a disagreement.
            if !member.techniques.contains(&TechniqueId::ZipDisagreement) {
                push(&mut member.techniques, TechniqueId::ZipDuplicateName);
            }
            if nth > 1 {
                // No larger than it must be: there may be as many as memory holds.
                let index = format!("#{nth}");
                member.name.reserve_exact(index.len());
                member.name.push_str(&index);
            }
        }
        self.listing.exhausted = self.listing.exhausted.or(self.unlock.exhausted);
        self.listing.members = self.readings;
        self.listing.live = self.paid.leave();
        self.listing
    }
}

fn push(techniques: &mut Vec<TechniqueId>, technique: TechniqueId) {
    if !techniques.contains(&technique) {
        techniques.push(technique);
    }
}

/// Where what comes behind a local header starts at the latest.
fn next_of(locals: &[Local<'_>], index: usize, data: &[u8]) -> usize {
    let next = locals.get(index.saturating_add(1));
    next.map_or(data.len(), |next| next.at)
}

/// The coded bytes of an entry. A deflated stream ends where it ends.
fn range(data: &[u8], header: &Header<'_>, start: usize, opening: &Opening) -> Range<usize> {
    if opening.coding == Coding::Deflated {
        return start..data.len().max(start);
    }
    let mut length = header.packed;
    if opening.coding == Coding::Stored && !header.encrypted() {
        length = length.max(header.size);
    }
    let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    let first = start.saturating_add(opening.around.head);
    first..end.saturating_sub(opening.around.tail).max(first)
}

#[cfg(test)]
mod tests;
