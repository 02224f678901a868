//! The streams of a compound file by the storage that holds them.

use super::{Cfb, NONE, Place, Storage, Stream};
use crate::container::held::Held;
use crate::limits::{Budget, Exhausted};

/// The streams of every storage that has some. Holds two numbers a stream, paid for until it is
/// dropped; names are made as they are asked for.
pub(crate) struct Folders<'a, 'b> {
    cfb: &'a Cfb<'a>,
    /// Storage and stream, sorted; streams that no tree reaches have no storage and come last.
    streams: Vec<(u32, Place)>,
    _held: Held<'b>,
}

/// One storage with its streams.
pub(crate) struct Folder<'f> {
    cfb: &'f Cfb<'f>,
    id: u32,
    streams: &'f [(u32, Place)],
}

impl Cfb<'_> {
    /// Groups the streams by their storage. Sorts the directory once: the storages of a file are
    /// visited in the time of their streams.
    pub(crate) fn folders<'f, 'b>(
        &'f self,
        budget: &'b Budget<'b>,
    ) -> Result<Folders<'f, 'b>, Exhausted> {
        let mut held = Held::new(budget);
        let entries = usize::try_from(self.entries()).unwrap_or(usize::MAX);
        // A growing list may take twice what it holds; the storage of each entry is kept as well.
        let places = entries.saturating_add(self.others.len());
        held.pay::<(u32, Place)>(places.saturating_mul(2))?;
        held.pay::<u32>(entries)?;
        let longest = self.data.len();
        let mut streams: Vec<(u32, Place)> = (1..self.entries())
            .filter(|id| self.entry(*id).is_some_and(|e| e.is_stream(longest)))
            .flat_map(|id| self.places(id).map(move |place| (self.parent(id), place)))
            .collect();
        streams.sort_unstable();
        Ok(Folders {
            cfb: self,
            streams,
            _held: held,
        })
    }

    /// The storage of an entry; 0 is the root.
    fn parent(&self, id: u32) -> u32 {
        let parent = usize::try_from(id).ok().and_then(|id| self.parents.get(id));
        parent.copied().unwrap_or(NONE)
    }

    /// Streams that only the crate sees.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = Stream> {
        self.second.only.iter().map(|(path, size)| Stream {
            path: path.clone(),
            size: *size,
            orphan: false,
            place: Place::Second,
        })
    }
}

impl<'a> Folders<'a, '_> {
    /// Each storage with streams, the root first; the last may hold those that no tree reaches.
    pub(crate) fn each(&self) -> impl Iterator<Item = Folder<'_>> {
        self.streams
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|streams| {
                let (id, _) = streams.first()?;
                Some(Folder {
                    cfb: self.cfb,
                    id: *id,
                    streams,
                })
            })
    }
}

impl Folder<'_> {
    /// Its path and class; the root's path is empty.
    pub(crate) fn storage(&self) -> Storage {
        let entry = self.cfb.entry(if self.is_orphan() { 0 } else { self.id });
        let path = match &entry {
            Some(entry) if self.id != 0 && !self.is_orphan() => {
                self.cfb.path(self.id, entry.name.clone()).0
            }
            Some(_) | None => String::new(),
        };
        let class = entry.filter(|_| !self.is_orphan());
        Storage {
            path,
            class: class.map_or([0; 16], |entry| entry.class),
        }
    }

    /// Whether it is the root.
    pub(crate) fn is_root(&self) -> bool {
        self.id == 0
    }

    /// Whether no tree reaches its streams.
    pub(crate) fn is_orphan(&self) -> bool {
        self.id == NONE
    }

    /// The names of its streams, as the directory spells them.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        let entries = self.streams.iter();
        entries.filter_map(|(_, place)| self.cfb.entry(place.entry()?).map(|entry| entry.name))
    }

    /// Its streams with their names.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (String, Stream)> {
        self.streams.iter().filter_map(|(_, place)| {
            let id = place.entry()?;
            let name = self.cfb.entry(id)?.name;
            Some((name, self.cfb.stream(id, *place)?))
        })
    }
}
