//! Compound files, written by the specification alone ([MS-CFB] 2.2 to 2.6), with every place of
//! the file known: what tests then change, byte by byte.
//!
//! The order of a file: header, DIFAT, FAT, directory, mini FAT, mini stream, streams, spare
//! sectors.

const FREE: u32 = 0xffff_ffff;
const END: u32 = 0xffff_fffe;
const FAT: u32 = 0xffff_fffd;
const DIFAT: u32 = 0xffff_fffc;
const NONE: u32 = 0xffff_ffff;
/// Streams below this size stand in the mini stream.
const CUTOFF: usize = 4096;
const MINI: usize = 64;
const ENTRY: usize = 128;

/// A compound file under construction.
#[derive(Clone, Debug, Default)]
pub struct Smith {
    large: bool,
    streams: Vec<(String, Vec<u8>)>,
    spare: Vec<u8>,
    class: [u8; 16],
    clear: bool,
}

/// One node of the tree of storages.
#[derive(Clone, Debug, Default)]
struct Node {
    name: String,
    path: String,
    stream: Option<usize>,
    children: Vec<usize>,
    left: u32,
    right: u32,
    child: u32,
}

/// A compound file with its places.
#[derive(Clone, Debug)]
pub struct Compound {
    pub bytes: Vec<u8>,
    shift: u32,
    pub difat: Vec<u32>,
    pub fat: Vec<u32>,
    pub directory: Vec<u32>,
    pub mini_fat: Vec<u32>,
    pub mini: Vec<u32>,
    pub spare: Vec<u32>,
    paths: Vec<String>,
}

impl Smith {
    /// A file of (path, bytes); storages are made as the paths need them.
    pub fn new<P: Into<String>>(streams: impl IntoIterator<Item = (P, Vec<u8>)>) -> Self {
        Smith {
            streams: streams.into_iter().map(|(p, b)| (p.into(), b)).collect(),
            ..Smith::default()
        }
    }

    /// Sectors of 4096 bytes: version 4.
    pub fn large_sectors(mut self) -> Self {
        self.large = true;
        self
    }

    /// Bytes in sectors that nothing refers to.
    pub fn spare(mut self, bytes: &[u8]) -> Self {
        self.spare = bytes.to_vec();
        self
    }

    /// The class of the root.
    pub fn class(mut self, class: [u8; 16]) -> Self {
        self.class = class;
        self
    }

    /// The names in the tree form one list instead of a tree with short branches.
    pub fn listed(mut self) -> Self {
        self.clear = true;
        self
    }

    fn nodes(&self) -> Vec<Node> {
        let mut nodes = vec![Node {
            name: "Root Entry".to_owned(),
            ..Node::default()
        }];
        let mut known = std::collections::BTreeMap::from([(String::new(), 0usize)]);
        for (index, (path, _)) in self.streams.iter().enumerate() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let mut at = 0;
            let mut walked = String::new();
            for part in folder.split('/').filter(|part| !part.is_empty()) {
                if !walked.is_empty() {
                    walked.push('/');
                }
                walked.push_str(part);
                at = *known.entry(walked.clone()).or_insert_with(|| {
                    nodes.push(Node {
                        name: part.to_owned(),
                        path: walked.clone(),
                        ..Node::default()
                    });
                    let made = nodes.len() - 1;
                    nodes[at].children.push(made);
                    made
                });
            }
            nodes.push(Node {
                name: name.to_owned(),
                path: path.clone(),
                stream: Some(index),
                ..Node::default()
            });
            let made = nodes.len() - 1;
            nodes[at].children.push(made);
        }
        for node in &mut nodes {
            (node.left, node.right, node.child) = (NONE, NONE, NONE);
        }
        for id in 0..nodes.len() {
            let mut children = nodes[id].children.clone();
            // Shorter names first, then upper case ([MS-CFB] 2.6.4).
            children.sort_by_cached_key(|child| {
                let name = &nodes[*child].name;
                (name.encode_utf16().count(), name.to_uppercase())
            });
            nodes[id].child = self.tree(&children, &mut nodes);
        }
        nodes
    }

    /// Binds sorted siblings to a tree; returns its root.
    fn tree(&self, sorted: &[usize], nodes: &mut [Node]) -> u32 {
        let mut root = NONE;
        // Stretches of siblings that wait, each with who they hang below: a node and its side.
        let mut open = vec![(0..sorted.len(), None::<(usize, bool)>)];
        while let Some((range, above)) = open.pop() {
            if range.is_empty() {
                continue;
            }
            let middle = match self.clear {
                true => range.start,
                false => range.start + range.len() / 2,
            };
            let id = u32::try_from(sorted[middle]).unwrap();
            match above {
                None => root = id,
                Some((node, true)) => nodes[node].left = id,
                Some((node, false)) => nodes[node].right = id,
            }
            open.push((range.start..middle, Some((sorted[middle], true))));
            open.push((middle + 1..range.end, Some((sorted[middle], false))));
        }
        root
    }

    pub fn build(&self) -> Compound {
        let shift = if self.large { 12 } else { 9 };
        let size = 1usize << shift;
        let nodes = self.nodes();
        let mut places = vec![(END, 0usize); self.streams.len()];
        let (mut mini, mut mini_fat) = (Vec::new(), Vec::new());
        for (place, (_, bytes)) in places.iter_mut().zip(&self.streams) {
            if bytes.is_empty() || bytes.len() >= CUTOFF {
                continue;
            }
            let first = mini_fat.len();
            *place = (number(first), bytes.len());
            let count = bytes.len().div_ceil(MINI);
            mini_fat.extend((first + 1..first + count).map(number));
            mini_fat.push(END);
            mini.extend_from_slice(bytes);
            mini.resize(mini_fat.len() * MINI, 0);
        }
        let mini_size = mini.len();
        // Everything behind the FAT, with who it belongs to.
        let mut regions: Vec<Vec<u8>> = Vec::new();
        let directory = vec![0; nodes.len().div_ceil(size / ENTRY) * size];
        let directory_sectors = directory.len() / size;
        let mini_fat_bytes: Vec<u8> = mini_fat.iter().flat_map(|n| n.to_le_bytes()).collect();
        regions.push(directory);
        regions.push(padded(mini_fat_bytes, size, 0xff));
        regions.push(padded(mini, size, 0));
        let mut owners = vec![None, None, None];
        for (index, (_, bytes)) in self.streams.iter().enumerate() {
            if bytes.len() >= CUTOFF {
                regions.push(padded(bytes.clone(), size, 0));
                owners.push(Some(index));
            }
        }
        let data: usize = regions.iter().map(|region| region.len() / size).sum();
        let spare = self.spare.len().div_ceil(size);
        let per = size / 4;
        // The FAT counts its own sectors and those of the DIFAT.
        let (mut fats, mut difats) = (1, 0);
        loop {
            let needed = (data + spare + fats + difats).div_ceil(per);
            let more = needed.saturating_sub(109).div_ceil(per - 1);
            if (needed, more) == (fats, difats) {
                break;
            }
            (fats, difats) = (needed.max(fats), more.max(difats));
        }
        let range = |from: usize, count: usize| (from..from + count).map(number).collect();
        let difat: Vec<u32> = range(0, difats);
        let fat: Vec<u32> = range(difats, fats);
        let mut table = vec![DIFAT; difats];
        table.extend(vec![FAT; fats]);
        let mut firsts = Vec::new();
        for region in &regions {
            let first = table.len();
            let count = region.len() / size;
            firsts.push((first, count));
            if count > 0 {
                table.extend((first + 1..first + count).map(number));
                table.push(END);
            }
        }
        let first_spare = table.len();
        table.resize(fats * per, FREE);

        for ((first, _), owner) in firsts.iter().zip(&owners) {
            if let Some(owner) = owner {
                places[*owner] = (number(*first), self.streams[*owner].1.len());
            }
        }
        let (mini_first, mini_count) = firsts[2];
        let mini_start = if mini_count == 0 {
            END
        } else {
            number(mini_first)
        };
        for (id, node) in nodes.iter().enumerate() {
            let (kind, start, length) = match node.stream {
                None if id == 0 => (5, mini_start, mini_size),
                None => (1, 0, 0),
                Some(index) => (2, places[index].0, places[index].1),
            };
            let class = if id == 0 { self.class } else { [0; 16] };
            let entry = entry(node, kind, class, start, length);
            regions[0][id * ENTRY..(id + 1) * ENTRY].copy_from_slice(&entry);
        }
        for id in nodes.len()..regions[0].len() / ENTRY {
            regions[0][id * ENTRY + 68..id * ENTRY + 80].fill(0xff);
        }

        let mut bytes = vec![0; size];
        bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        bytes[24..26].copy_from_slice(&0x3eu16.to_le_bytes());
        let version: u16 = if self.large { 4 } else { 3 };
        bytes[26..28].copy_from_slice(&version.to_le_bytes());
        bytes[28..30].copy_from_slice(&[0xfe, 0xff]);
        bytes[30..32].copy_from_slice(&u16::try_from(shift).unwrap().to_le_bytes());
        bytes[32..34].copy_from_slice(&6u16.to_le_bytes());
        let (mini_fat_first, mini_fat_count) = firsts[1];
        let or_end = |first: usize, count: usize| if count == 0 { END } else { number(first) };
        for (at, value) in [
            (
                40,
                if self.large {
                    number(directory_sectors)
                } else {
                    0
                },
            ),
            (44, number(fats)),
            (48, number(firsts[0].0)),
            (56, number(CUTOFF)),
            (60, or_end(mini_fat_first, mini_fat_count)),
            (64, number(mini_fat_count)),
            (68, or_end(0, difats)),
            (72, number(difats)),
        ] {
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        for slot in 0..109 {
            let sector = fat.get(slot).copied().unwrap_or(FREE);
            let at = 76 + 4 * slot;
            bytes[at..at + 4].copy_from_slice(&sector.to_le_bytes());
        }
        for (nth, _) in difat.iter().enumerate() {
            let from = 109 + nth * (per - 1);
            for slot in from..from + per - 1 {
                bytes.extend(fat.get(slot).copied().unwrap_or(FREE).to_le_bytes());
            }
            let next = difat.get(nth + 1).copied().unwrap_or(END);
            bytes.extend(next.to_le_bytes());
        }
        bytes.extend(table.iter().flat_map(|n| n.to_le_bytes()));
        for region in regions {
            bytes.extend(region);
        }
        bytes.extend(padded(self.spare.clone(), size, 0));
        let sectors = |(first, count): (usize, usize)| range(first, count);
        Compound {
            bytes,
            shift,
            difat,
            fat,
            directory: sectors(firsts[0]),
            mini_fat: sectors(firsts[1]),
            mini: sectors(firsts[2]),
            spare: range(first_spare, spare),
            paths: nodes.into_iter().map(|node| node.path).collect(),
        }
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap()
}

fn padded(mut bytes: Vec<u8>, size: usize, with: u8) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(size), with);
    bytes
}

/// A directory entry ([MS-CFB] 2.6.1), black.
fn entry(node: &Node, kind: u8, class: [u8; 16], start: u32, size: usize) -> [u8; ENTRY] {
    let mut bytes = [0; ENTRY];
    let name: Vec<u8> = node
        .name
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes[..name.len()].copy_from_slice(&name);
    bytes[64..66].copy_from_slice(&u16::try_from(name.len() + 2).unwrap().to_le_bytes());
    (bytes[66], bytes[67]) = (kind, 1);
    for (at, link) in [(68, node.left), (72, node.right), (76, node.child)] {
        bytes[at..at + 4].copy_from_slice(&link.to_le_bytes());
    }
    bytes[80..96].copy_from_slice(&class);
    bytes[116..120].copy_from_slice(&start.to_le_bytes());
    bytes[120..128].copy_from_slice(&(size as u64).to_le_bytes());
    bytes
}

impl Compound {
    /// Bytes of a sector.
    pub fn size(&self) -> usize {
        1 << self.shift
    }

    /// How many sectors the file has.
    pub fn count(&self) -> u32 {
        number(self.bytes.len() / self.size() - 1)
    }

    /// Where a sector begins.
    pub fn sector(&self, sector: u32) -> usize {
        (sector as usize + 1) << self.shift
    }

    /// Where the directory entry of a path stands; the root's is empty.
    pub fn entry(&self, path: &str) -> usize {
        self.nth(self.paths.iter().position(|known| known == path).unwrap())
    }

    /// Where the n-th directory entry stands.
    pub fn nth(&self, id: usize) -> usize {
        let at = id * ENTRY;
        self.sector(self.directory[at / self.size()]) + at % self.size()
    }

    /// How many entries are in use.
    pub fn used(&self) -> usize {
        self.paths.len()
    }

    /// Where the FAT says what follows a sector.
    pub fn slot(&self, sector: u32) -> usize {
        let at = 4 * sector as usize;
        self.sector(self.fat[at / self.size()]) + at % self.size()
    }

    /// Where the mini FAT says what follows a mini sector.
    pub fn mini_slot(&self, sector: u32) -> usize {
        let at = 4 * sector as usize;
        self.sector(self.mini_fat[at / self.size()]) + at % self.size()
    }

    /// Where the chain of a stream begins: in the FAT or the mini FAT.
    pub fn first_slot(&self, path: &str) -> usize {
        let entry = self.entry(path);
        let start = self.u32(entry + 116);
        match self.u32(entry + 120) as usize {
            0..CUTOFF => self.mini_slot(start),
            _ => self.slot(start),
        }
    }

    /// Where the chain of a stream leads on for the n-th time (from 0).
    pub fn nth_slot(&self, path: &str, nth: usize) -> usize {
        // Chains stand in one stretch.
        self.first_slot(path) + 4 * nth
    }

    /// Where the first byte of a stream stands.
    pub fn data(&self, path: &str) -> usize {
        let entry = self.entry(path);
        let start = self.u32(entry + 116);
        match self.u32(entry + 120) as usize {
            0..CUTOFF => self.sector(self.mini[0]) + MINI * start as usize,
            _ => self.sector(start),
        }
    }

    pub fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn put_u32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    /// Takes from a byte.
    pub fn less(&mut self, at: usize, by: u8) {
        self.bytes[at] -= by;
    }

    /// Names an entry anew.
    pub fn rename(&mut self, path: &str, name: &str) {
        let at = self.entry(path);
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.bytes[at..at + 64].fill(0);
        self.put(at, &name);
        self.put(
            at + 64,
            &u16::try_from(name.len() + 2).unwrap().to_le_bytes(),
        );
    }
}
