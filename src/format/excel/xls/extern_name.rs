//! `EXTERNNAME`: the items of a link (`spec/excel.md` §3.4, §3.9).
//!
//! What the record means depends on the link that it belongs to, not on its flags. Values that
//! stand behind the name are not read, whatever their number says.
//!
//! # Malformed input
//!
//! Names have the characters that are there. In BIFF2 the flags may be missing: the reading whose
//! length fits counts.

use encoding_rs::Encoding;

use super::records::Flow;
use super::strings;
use super::version::Version;
use crate::bytes::Bytes;
use crate::format::excel::external::{ADVISE, DOCUMENT};

/// The link is one of OLE.
const OLE: u16 = 0x0010;
/// Bytes of a record before BIFF8 that can matter: flags, number, a name.
const LONGEST: usize = 512;

/// An item of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExternName {
    pub(super) name: String,
    pub(super) advise: bool,
    pub(super) document: bool,
    /// It is one of OLE: the flag says so, or a storage belongs to it.
    pub(super) ole: bool,
}

/// Reads a record of `length` bytes.
pub(super) fn read(
    flow: &mut Flow<'_>,
    length: usize,
    version: Version,
    encoding: &'static Encoding,
) -> Option<ExternName> {
    if version == Version::Biff8 {
        let flags = flow.u16()?;
        let storage = flow.u32()?;
        let name = strings::short(flow).unwrap_or_default();
        return Some(named(flags, storage, name));
    }
    let mut body = Vec::new();
    flow.take(length.min(LONGEST), &mut body);
    match version {
        Version::Biff5 | Version::Biff8 => {
            let mut bytes = Bytes::new(&body);
            let flags = bytes.u16()?;
            let storage = bytes.u32()?;
            let name = strings::bytes(&mut bytes, encoding).unwrap_or_default();
            Some(named(flags, storage, name))
        }
        Version::Biff3 | Version::Biff4 => {
            let mut bytes = Bytes::new(&body);
            let flags = bytes.u16()?;
            let name = strings::bytes(&mut bytes, encoding).unwrap_or_default();
            Some(named(flags, 0, name))
        }
        Version::Biff2 => {
            let fits = |at: usize| {
                let count = body.get(at).copied().map(usize::from)?;
                let end = at.checked_add(1)?.checked_add(count)?;
                (end <= body.len()).then_some(end == body.len())
            };
            let at = match (fits(2), fits(0)) {
                (Some(false) | None, Some(true)) | (None, Some(false)) => 0,
                (_, _) => 2,
            };
            let mut bytes = Bytes::at(&body, at)?;
            let name = strings::bytes(&mut bytes, encoding)?;
            let flags = if at == 2 {
                Bytes::new(&body).u16().unwrap_or(0)
            } else {
                0
            };
            Some(named(flags, 0, name))
        }
    }
}

fn named(flags: u16, storage: u32, name: String) -> ExternName {
    ExternName {
        name,
        advise: flags & ADVISE != 0,
        document: flags & DOCUMENT != 0,
        ole: flags & OLE != 0 || storage != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::*;
    use crate::container::cfb::View;

    fn name(version: Version, body: &[u8]) -> ExternName {
        let mut record = vec![0x23, 0];
        record.extend((body.len() as u16).to_le_bytes());
        record.extend(body);
        let view = View::from(record.as_slice());
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        let mut flow = records.open(record);
        read(&mut flow, record.length, version, encoding_rs::WINDOWS_1252).unwrap()
    }

    #[test]
    fn the_bytes_of_the_specification() {
        let item = name(Version::Biff8, b"\xe2\x7f\0\0\0\0\x02\0A1");
        assert_eq!(
            item,
            ExternName {
                name: "A1".to_owned(),
                advise: true,
                document: false,
                ole: false
            }
        );
        let item = name(Version::Biff8, b"\xea\x7f\0\0\0\0\x0f\0StdDocumentName");
        assert!(item.document && item.name == "StdDocumentName");
        let item = name(Version::Biff5, b"\xe2\x7f\0\0\0\0\x02A1");
        assert!(item.advise && item.name == "A1");
    }

    #[test]
    fn a_storage_or_a_flag_makes_it_ole() {
        assert!(name(Version::Biff8, b"\x10\0\0\0\0\0\x01\0a").ole);
        assert!(name(Version::Biff8, b"\0\0\x01\0\0\0\x01\0a").ole);
        assert!(!name(Version::Biff8, b"\0\0\0\0\0\0\x01\0a").ole);
    }

    #[test]
    fn values_are_not_read() {
        // §3.13, case 7: 256 columns and 65,536 rows that are not there.
        let item = name(Version::Biff8, b"\xe2\x7f\0\0\0\0\x02\0A1\xff\xff\xff");
        assert_eq!(item.name, "A1");
    }

    #[test]
    fn before_biff5_the_flags_are_short_or_missing() {
        assert_eq!(name(Version::Biff4, b"\x02\0\x02A1").name, "A1");
        assert_eq!(name(Version::Biff2, b"\x02\0\x02A1").name, "A1");
        assert_eq!(name(Version::Biff2, b"\x02A1").name, "A1");
    }
}
