//! The names by which OLE links find what they link to: the `\x01Ole` stream and the monikers in
//! it (`spec/word.md` §6.3, [MS-OLEDS] 2.3.3, [MS-OSHARED] 2.3.7).
//!
//! # Malformed input
//!
//! Sizes in front of monikers lie, count themselves or do not: each place where one may begin is
//! tried, then every other byte. A composite moniker is its parts one after the other, so that
//! none is opened: how deep they are nested does not matter. Where no moniker is known, addresses
//! are looked for in the bytes.
//!
//! # Worst cases
//!
//! Linear in the stream. A moniker that was read is stepped over.

use memchr::memmem;

use super::class;
use super::text;
use crate::bytes::Bytes;

/// Targets that are kept of one stream; programs write two.
pub(super) const TARGETS: usize = 16;
/// The header in front of the first moniker: version, flags, update option, reserved.
const HEADER: usize = 16;
/// Characters that a guessed address has at least: `\\h\s`.
const GUESSED: usize = 5;

/// What a `\x01Ole` stream says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OleStream {
    /// The object is a link.
    pub(crate) linked: bool,
    /// When it is updated: 1 always, 3 on call.
    pub(crate) update: u32,
    /// What it leads to, the most trusted first.
    pub(crate) targets: Vec<String>,
    /// More targets than are kept.
    pub(crate) more: bool,
    /// What in the target is linked.
    pub(crate) item: Option<String>,
    /// A moniker that runs what it is given, as a scheme: `script`, `soap`.
    pub(crate) runs: Option<&'static str>,
    /// The targets were found by their looks: there is no moniker that is known.
    pub(crate) guessed: bool,
}

impl OleStream {
    pub(crate) fn read(data: &[u8]) -> Self {
        let mut header = Bytes::new(data);
        header.skip(4);
        let flags = header.u32().unwrap_or(0);
        let mut stream = OleStream {
            // Bit 0 of the flags ([MS-OLEDS] 2.3.3).
            linked: flags & 1 != 0,
            update: header.u32().unwrap_or(0),
            ..OleStream::default()
        };
        for start in places(data) {
            stream.moniker(data.get(start..).unwrap_or_default());
        }
        let mut rest = data;
        while !rest.is_empty() {
            let step = stream.moniker(rest).unwrap_or(1);
            rest = rest.get(step..).unwrap_or_default();
        }
        if stream.targets.is_empty() {
            stream.guess(data.get(HEADER..).unwrap_or_default());
        }
        stream
    }

    /// Notes the moniker at the start of the bytes; its length, if there is one.
    fn moniker(&mut self, data: &[u8]) -> Option<usize> {
        let class = data.first_chunk::<16>()?;
        let body = data.get(16..)?;
        let length = match *class {
            class::URL_MONIKER => self.url(body),
            class::FILE_MONIKER => self.file(body),
            class::ITEM_MONIKER => self.part(body),
            class::COMPOSITE_MONIKER => Some(4),
            class::SOAP_MONIKER => {
                self.runs = Some("soap");
                None
            }
            class::SCRIPT_MONIKER | class::NEW_MONIKER => {
                self.runs = self.runs.or(Some("script"));
                None
            }
            _ => return None,
        };
        Some(length.unwrap_or(0).saturating_add(16))
    }

    fn note(&mut self, target: String) {
        let target = target.trim();
        if target.is_empty() || self.targets.iter().any(|known| known == target) {
            return;
        }
        if self.targets.len() < TARGETS {
            self.targets.push(target.to_owned());
        } else {
            self.more = true;
        }
    }

    /// An address in UTF-16 behind its length in bytes ([MS-OSHARED] 2.3.7.6).
    fn url(&mut self, body: &[u8]) -> Option<usize> {
        let mut bytes = Bytes::new(body);
        let length = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
        let rest = bytes.rest();
        let (url, taken) = text::wide(rest.get(..length.min(rest.len()))?);
        self.note(url);
        Some(taken.saturating_add(4))
    }

    /// A path, in bytes and in UTF-16 ([MS-OSHARED] 2.3.7.8).
    fn file(&mut self, body: &[u8]) -> Option<usize> {
        let mut bytes = Bytes::new(body);
        let climbs = usize::from(bytes.u16()?);
        let length = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
        let rest = bytes.rest();
        let short = rest.get(..length.min(rest.len()))?;
        let path = text::ansi(short);
        if !path.is_empty() {
            self.note(climbed(climbs, &path));
        }
        bytes.skip(short.len())?;
        // The end of the server's name, a version, twenty reserved bytes.
        let wide = bytes.skip(24).and_then(|()| bytes.u32());
        if wide.is_some_and(|size| size > 0)
            && let Some(length) = bytes.u32()
            && bytes.skip(2).is_some()
        {
            let rest = bytes.rest();
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            // The path has no NUL at its end: its length counts.
            let (long, taken) = text::wide(rest.get(..length.min(rest.len()))?);
            if !long.is_empty() {
                self.note(climbed(climbs, &long));
            }
            bytes.skip(taken.min(length))?;
        }
        Some(body.len().saturating_sub(bytes.rest().len()))
    }

    /// A part of a file, behind its delimiter: both have lengths ([MS-OSHARED] 2.3.7.5).
    fn part(&mut self, body: &[u8]) -> Option<usize> {
        let mut bytes = Bytes::new(body);
        let delimiter = usize::try_from(bytes.u32()?).ok()?;
        bytes.skip(delimiter)?;
        let length = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
        let rest = bytes.rest();
        let item = text::ansi(rest.get(..length.min(rest.len()))?);
        if self.item.is_none() && !item.is_empty() {
            self.item = Some(item);
        }
        bytes.skip(length.min(rest.len()))?;
        Some(body.len().saturating_sub(bytes.rest().len()))
    }

    /// Addresses by their looks, in bytes and in UTF-16.
    fn guess(&mut self, data: &[u8]) {
        let starts: [(&[u8], bool); 6] = [
            (b"http", false),
            (b"HTTP", false),
            (b"\\\\", false),
            (b"h\0t\0t\0p\0", true),
            (b"H\0T\0T\0P\0", true),
            (b"\\\0\\\0", true),
        ];
        for (start, wide) in starts {
            let Some(at) = memmem::find(data, start) else {
                continue;
            };
            let rest = data.get(at..).unwrap_or_default();
            let text = if wide {
                text::wide(rest).0
            } else {
                text::ansi(rest)
            };
            let end = text.find(char::is_control).unwrap_or(text.len());
            let text = text.get(..end).unwrap_or_default();
            // In UTF-16 every other byte of an ASCII text is NUL.
            if text.len() >= GUESSED {
                self.note(text.to_owned());
                self.guessed = true;
            }
        }
    }
}

/// Where monikers begin when the sizes in front of them are right: the reserved one, the relative
/// and the absolute one. Each size may count its own four bytes.
fn places(data: &[u8]) -> Vec<usize> {
    let mut sizes = vec![HEADER];
    let mut found = Vec::new();
    for _ in 0..3 {
        let mut next = Vec::new();
        for at in sizes {
            let Some(size) = Bytes::at(data, at).and_then(|mut bytes| bytes.u32()) else {
                continue;
            };
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let start = at.saturating_add(4);
            if size > 0 {
                found.push(start);
                next.push(at.saturating_add(size));
            }
            next.push(start.saturating_add(size));
        }
        sizes = next;
    }
    // The absolute moniker is what programs bind; the relative one is tried first.
    found.sort_unstable();
    found.dedup();
    found
}

/// A path that starts so many folders up.
fn climbed(climbs: usize, path: &str) -> String {
    /// Folders that a path can have.
    const DEEPEST: usize = 128;
    let mut text = "..\\".repeat(climbs.min(DEEPEST));
    text.push_str(path);
    text
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn sized(mut body: Vec<u8>) -> Vec<u8> {
        let mut data = (body.len() as u32).to_le_bytes().to_vec();
        data.append(&mut body);
        data
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    pub(in super::super) fn url(address: &str) -> Vec<u8> {
        let mut data = class::URL_MONIKER.to_vec();
        data.extend(sized(utf16(&format!("{address}\0"))));
        data
    }

    pub(in super::super) fn file(climbs: u16, short: &str, long: Option<&str>) -> Vec<u8> {
        let mut data = class::FILE_MONIKER.to_vec();
        data.extend(climbs.to_le_bytes());
        data.extend(sized(format!("{short}\0").into_bytes()));
        data.extend([0xff, 0xff, 0xad, 0xde]);
        data.extend([0; 20]);
        match long {
            Some(long) => {
                let long = utf16(long);
                data.extend((long.len() as u32 + 6).to_le_bytes());
                data.extend((long.len() as u32).to_le_bytes());
                data.extend([3, 0]);
                data.extend(long);
            }
            None => data.extend([0; 4]),
        }
        data
    }

    fn item(name: &str) -> Vec<u8> {
        let mut data = class::ITEM_MONIKER.to_vec();
        data.extend(sized(b"!\0".to_vec()));
        data.extend(sized(format!("{name}\0").into_bytes()));
        data
    }

    fn composite(parts: &[Vec<u8>]) -> Vec<u8> {
        let mut data = class::COMPOSITE_MONIKER.to_vec();
        data.extend((parts.len() as u32).to_le_bytes());
        data.extend(parts.concat());
        data
    }

    /// A stream with a relative and an absolute moniker (`spec/word.md` §6.3).
    pub(in super::super) fn ole(
        flags: u32,
        update: u32,
        relative: &[u8],
        absolute: &[u8],
        counts_itself: bool,
    ) -> Vec<u8> {
        let mut data = 0x0200_0001u32.to_le_bytes().to_vec();
        data.extend(flags.to_le_bytes());
        data.extend(update.to_le_bytes());
        data.extend([0; 8]);
        for moniker in [relative, absolute] {
            let own = if counts_itself && !moniker.is_empty() {
                4
            } else {
                0
            };
            data.extend((moniker.len() as u32 + own).to_le_bytes());
            data.extend(moniker);
        }
        data.extend([0xff; 4]);
        data
    }

    /// `spec/word.md` §6.4, L07.
    #[test]
    fn a_link_by_address() {
        for counts_itself in [false, true] {
            let data = ole(1, 1, &[], &url("http://h/a.hta"), counts_itself);
            assert_eq!(
                OleStream::read(&data),
                OleStream {
                    linked: true,
                    update: 1,
                    targets: vec!["http://h/a.hta".to_owned()],
                    ..OleStream::default()
                }
            );
        }
    }

    #[test]
    fn a_link_by_path() {
        let relative = file(1, "a.xls", None);
        let absolute = composite(&[
            file(0, "C:\\A~1.XLS", Some("C:\\a long name.xls")),
            item("Sheet1!R1C1"),
        ]);
        let read = OleStream::read(&ole(1, 3, &relative, &absolute, true));
        assert_eq!(
            read.targets,
            ["..\\a.xls", "C:\\A~1.XLS", "C:\\a long name.xls"]
        );
        assert_eq!(read.item.as_deref(), Some("Sheet1!R1C1"));
        assert_eq!((read.linked, read.update, read.runs), (true, 3, None));
    }

    #[test]
    fn monikers_that_run_what_they_are_given() {
        let script = [class::SCRIPT_MONIKER.to_vec(), file(0, "C:\\a.sct", None)];
        let read = OleStream::read(&ole(1, 1, &[], &composite(&script), false));
        assert_eq!(read.runs, Some("script"));
        assert_eq!(read.targets, ["C:\\a.sct"]);
        let soap = [class::SOAP_MONIKER.to_vec(), url("http://h/a")];
        let read = OleStream::read(&ole(1, 1, &[], &composite(&soap), false));
        assert_eq!(read.runs, Some("soap"));
        let new = [url("http://h/a.sct"), class::NEW_MONIKER.to_vec()];
        let read = OleStream::read(&ole(1, 1, &[], &composite(&new), false));
        assert_eq!(read.runs, Some("script"));
    }

    #[test]
    fn sizes_that_lie_hide_nothing() {
        let mut data = ole(1, 1, &file(0, "C:\\a.xls", None), &url("http://h/a"), false);
        data[20..24].copy_from_slice(&[0xff; 4]);
        let read = OleStream::read(&data);
        assert_eq!(read.targets, ["C:\\a.xls", "http://h/a"]);
        // A text without an end in front of the one that counts.
        let open = [class::URL_MONIKER.to_vec(), vec![0xff; 4], vec![b'x'; 40]].concat();
        let mut data = ole(1, 1, &open, &url("http://h/a"), false);
        // At an odd byte, so that the text runs on over it.
        data.insert(63, b'x');
        data[20..24].copy_from_slice(&61u32.to_le_bytes());
        let read = OleStream::read(&data);
        assert!(read.targets.iter().any(|target| target == "http://h/a"));
    }

    #[test]
    fn addresses_are_found_without_a_known_moniker() {
        let mut unknown = vec![7; 16];
        unknown.extend(utf16("http://h/wide\0"));
        unknown.extend(b"\\\\h\\s\\a.doc\0");
        let read = OleStream::read(&ole(1, 1, &[], &unknown, false));
        assert!(read.guessed);
        assert_eq!(read.targets, ["\\\\h\\s\\a.doc", "http://h/wide"]);
        let read = OleStream::read(&ole(0, 0, &[], &[], false));
        assert_eq!(read, OleStream::default());
    }

    #[test]
    fn ten_thousand_levels_and_no_end() {
        let mut nested = Vec::new();
        for _ in 0..10_000 {
            nested.extend(class::COMPOSITE_MONIKER);
            nested.extend(u32::MAX.to_le_bytes());
        }
        nested.extend(url("http://h/deep"));
        let read = OleStream::read(&ole(1, 1, &[], &nested, false));
        assert_eq!(read.targets, ["http://h/deep"]);
        let many: Vec<Vec<u8>> = (0..100).map(|n| url(&format!("http://h/{n}"))).collect();
        let read = OleStream::read(&ole(1, 1, &[], &composite(&many), false));
        assert_eq!((read.targets.len(), read.more), (TARGETS, true));
        let whole = ole(1, 1, &file(0, "a", Some("b")), &url("http://h"), false);
        for cut in 0..whole.len() {
            let _ = OleStream::read(&whole[..cut]);
        }
    }
}
