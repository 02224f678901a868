//! A raw zip writer for tests: says in every header field whatever the test wants it to say.
//!
//! ```ignore
//! let bytes = Zip::new()
//!     .entry(Entry::deflated("word/document.xml", b"<w:document/>"))
//!     .entry(Entry::stored("hidden.xml", b"<x/>").local_only())
//!     .count(0)
//!     .build();
//! ```
#![allow(dead_code, unreachable_pub, reason = "each test uses what it needs")]

use std::io::Write as _;

/// One entry. What is not overridden is right.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub time: u16,
    /// ZipCrypto, with this password.
    pub password: Option<Vec<u8>>,
    /// The coded bytes, in place of those that follow from `data` and `method`.
    pub coded: Option<Vec<u8>>,
    /// Sizes and checksum stand in a data descriptor behind the data (flag bit 3).
    pub descriptor: bool,
    /// The bytes of the data descriptor, in place of the right one.
    pub described: Option<Vec<u8>>,
    pub in_local: bool,
    pub in_central: bool,
    pub local: Fields,
    pub central: Fields,
}

/// What one of the two headers says in place of the truth.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub signature: Option<[u8; 4]>,
    pub name: Option<Vec<u8>>,
    pub method: Option<u16>,
    pub flags: Option<u16>,
    pub crc: Option<u32>,
    pub packed: Option<u32>,
    pub size: Option<u32>,
    pub offset: Option<u32>,
    pub extra: Vec<u8>,
}

impl Entry {
    fn new(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>, method: u16) -> Self {
        Entry {
            name: name.as_ref().to_vec(),
            data: data.as_ref().to_vec(),
            method,
            flags: 0,
            time: 0x6c32,
            password: None,
            coded: None,
            descriptor: false,
            described: None,
            in_local: true,
            in_central: true,
            local: Fields::default(),
            central: Fields::default(),
        }
    }

    pub fn stored(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        Entry::new(name, data, 0)
    }

    pub fn deflated(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        Entry::new(name, data, 8)
    }

    /// In the local headers only.
    pub fn local_only(mut self) -> Self {
        self.in_central = false;
        self
    }

    /// In the central directory only: the local header has no signature.
    pub fn central_only(mut self) -> Self {
        self.local.signature = Some([0; 4]);
        self
    }

    pub fn descriptor(mut self) -> Self {
        self.descriptor = true;
        self
    }

    /// With these bytes where the descriptor stands.
    pub fn described(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        (self.descriptor, self.described) = (true, Some(bytes.into()));
        self
    }

    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.as_bytes().to_vec());
        self
    }

    pub fn flags(mut self, flags: u16) -> Self {
        self.flags = flags;
        self
    }

    /// Changes what the local header says.
    pub fn local(mut self, change: impl FnOnce(&mut Fields)) -> Self {
        change(&mut self.local);
        self
    }

    /// Changes what the central directory says.
    pub fn central(mut self, change: impl FnOnce(&mut Fields)) -> Self {
        change(&mut self.central);
        self
    }

    /// The coded bytes, whatever `data` is.
    pub fn coded(mut self, coded: impl Into<Vec<u8>>) -> Self {
        self.coded = Some(coded.into());
        self
    }
}

/// An archive.
#[derive(Clone, Debug, Default)]
pub struct Zip {
    entries: Vec<Entry>,
    prefix: Vec<u8>,
    offsets_ignore_prefix: bool,
    trailing: Vec<u8>,
    comment: Vec<u8>,
    count: Option<u16>,
    no_end: bool,
    no_central: bool,
}

impl Zip {
    pub fn new() -> Self {
        Zip::default()
    }

    pub fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Bytes in front; the offsets count them.
    pub fn prefix(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.prefix = bytes.into();
        self
    }

    /// Bytes in front that the offsets know nothing of.
    pub fn unknown_prefix(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.prefix = bytes.into();
        self.offsets_ignore_prefix = true;
        self
    }

    pub fn trailing(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.trailing = bytes.into();
        self
    }

    pub fn comment(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.comment = bytes.into();
        self
    }

    /// The number of entries that the end record claims.
    pub fn count(mut self, count: u16) -> Self {
        self.count = Some(count);
        self
    }

    /// Without the end record.
    pub fn no_end(mut self) -> Self {
        self.no_end = true;
        self
    }

    /// Without central directory and end record.
    pub fn no_central(mut self) -> Self {
        self.no_central = true;
        self
    }

    pub fn build(&self) -> Vec<u8> {
        let base = if self.offsets_ignore_prefix {
            self.prefix.len()
        } else {
            0
        };
        let mut out = self.prefix.clone();
        let mut central = Vec::new();
        let mut count = 0u16;
        for entry in &self.entries {
            let crc = crc32fast::hash(&entry.data);
            let coded = coded(entry, crc);
            let offset = (out.len() - base) as u32;
            let mut flags = entry.flags;
            if entry.password.is_some() {
                flags |= 1;
            }
            if entry.descriptor {
                flags |= 8;
            }
            let (packed, size) = (coded.len() as u32, entry.data.len() as u32);
            if entry.in_local {
                let honest = if entry.descriptor {
                    (0, 0, 0)
                } else {
                    (crc, packed, size)
                };
                out.extend(entry.local.signature.unwrap_or(*b"PK\x03\x04"));
                out.extend(20u16.to_le_bytes());
                write_header(&mut out, entry, &entry.local, flags, honest);
                out.extend(entry.local.name.as_ref().unwrap_or(&entry.name));
                out.extend(&entry.local.extra);
                out.extend(&coded);
                if let Some(described) = &entry.described {
                    out.extend(described);
                } else if entry.descriptor {
                    out.extend(b"PK\x07\x08");
                    for value in [crc, packed, size] {
                        out.extend(value.to_le_bytes());
                    }
                }
            }
            if entry.in_central {
                count = count.wrapping_add(1);
                central.extend(entry.central.signature.unwrap_or(*b"PK\x01\x02"));
                central.extend([20, 0, 20, 0]);
                write_header(
                    &mut central,
                    entry,
                    &entry.central,
                    flags,
                    (crc, packed, size),
                );
                central.extend([0; 10]); // comment, disk, internal and external attributes
                central.extend(entry.central.offset.unwrap_or(offset).to_le_bytes());
                central.extend(entry.central.name.as_ref().unwrap_or(&entry.name));
                central.extend(&entry.central.extra);
            }
        }
        if self.no_central {
            return out;
        }
        let directory = (out.len() - base) as u32;
        out.extend(&central);
        if !self.no_end {
            let count = self.count.unwrap_or(count);
            out.extend(b"PK\x05\x06\0\0\0\0");
            out.extend(count.to_le_bytes());
            out.extend(count.to_le_bytes());
            out.extend((central.len() as u32).to_le_bytes());
            out.extend(directory.to_le_bytes());
            out.extend((self.comment.len() as u16).to_le_bytes());
            out.extend(&self.comment);
        }
        out.extend(&self.trailing);
        out
    }
}

fn write_header(
    out: &mut Vec<u8>,
    entry: &Entry,
    says: &Fields,
    flags: u16,
    (crc, packed, size): (u32, u32, u32),
) {
    let name = says.name.as_ref().unwrap_or(&entry.name);
    out.extend(says.flags.unwrap_or(flags).to_le_bytes());
    out.extend(says.method.unwrap_or(entry.method).to_le_bytes());
    out.extend(entry.time.to_le_bytes());
    out.extend(0x5af6u16.to_le_bytes());
    out.extend(says.crc.unwrap_or(crc).to_le_bytes());
    out.extend(says.packed.unwrap_or(packed).to_le_bytes());
    out.extend(says.size.unwrap_or(size).to_le_bytes());
    out.extend((name.len() as u16).to_le_bytes());
    out.extend((says.extra.len() as u16).to_le_bytes());
}

fn coded(entry: &Entry, crc: u32) -> Vec<u8> {
    let plain = match (&entry.coded, entry.method) {
        (Some(coded), _) => coded.clone(),
        (None, 8) => deflate(&entry.data),
        (None, _) => entry.data.clone(),
    };
    let Some(password) = &entry.password else {
        return plain;
    };
    let check = if entry.descriptor {
        entry.time >> 8
    } else {
        (crc >> 24) as u16
    };
    let header = [7, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, check as u8];
    let mut keys = [0x1234_5678u32, 0x2345_6789, 0x3456_7890];
    password.iter().for_each(|&byte| update(&mut keys, byte));
    header
        .into_iter()
        .chain(plain)
        .map(|byte| {
            let low = (keys[2] | 2) & 0xffff;
            let pad = ((low.wrapping_mul(low ^ 1)) >> 8) as u8;
            update(&mut keys, byte);
            byte ^ pad
        })
        .collect()
}

fn update(keys: &mut [u32; 3], byte: u8) {
    keys[0] = crc_step(keys[0], byte);
    keys[1] = keys[1]
        .wrapping_add(keys[0] & 0xff)
        .wrapping_mul(134_775_813)
        .wrapping_add(1);
    keys[2] = crc_step(keys[2], (keys[1] >> 24) as u8);
}

fn crc_step(crc: u32, byte: u8) -> u32 {
    let mut value = crc ^ u32::from(byte);
    for _ in 0..8 {
        value = if value & 1 == 1 {
            (value >> 1) ^ 0xedb8_8320
        } else {
            value >> 1
        };
    }
    value
}

/// Raw deflate.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}
