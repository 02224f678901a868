//! Objects of OLE 1.0, as RTF and old documents hold them (`spec/word.md` §3.6, [MS-OLEDS] 2.2).
//!
//! # Malformed input
//!
//! The version may be any number. A text whose length lies ends at its NUL, native data at the
//! end of the bytes.
//!
//! # Worst cases
//!
//! Linear in the names; no data is copied.

use std::ops::Range;

use crate::bytes::Bytes;

/// The object is a link.
pub(crate) const LINKED: u32 = 1;
/// The object is in the document.
pub(crate) const EMBEDDED: u32 = 2;

/// What stands in front of the data of an object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// 1 for a link, 2 for an embedded object; 0 and 5 are pictures of one.
    pub(crate) format_id: u32,
    /// The class; of a link, the DDE server.
    pub(crate) class: String,
    /// The linked file.
    pub(crate) topic: String,
    /// What in it is linked.
    pub(crate) item: String,
    /// The data of an embedded object; empty for a link.
    pub(crate) native: Range<usize>,
    /// When a link is updated: 1 always, 3 on call.
    pub(crate) update: Option<u32>,
}

impl Header {
    /// Reads the header at the start of `data`, whose texts `decode` reads; `None` when there is
    /// none.
    pub(crate) fn read(data: &[u8], decode: &dyn Fn(&[u8]) -> String) -> Option<Self> {
        let mut bytes = Bytes::new(data);
        let (_version, format_id) = (bytes.u32()?, bytes.u32()?);
        if !matches!(format_id, 0 | LINKED | EMBEDDED | 5) {
            return None;
        }
        let mut header = Header {
            format_id,
            ..Header::default()
        };
        if format_id == 0 {
            return Some(header);
        }
        header.class = decode(prefixed(&mut bytes)?);
        if matches!(format_id, LINKED | EMBEDDED) {
            header.topic = prefixed(&mut bytes).map(decode).unwrap_or_default();
            header.item = prefixed(&mut bytes).map(decode).unwrap_or_default();
        }
        match format_id {
            LINKED => header.update = update(&mut bytes),
            EMBEDDED => {
                let size = bytes.u32().unwrap_or(u32::MAX);
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                let rest = bytes.rest().len();
                let from = data.len().saturating_sub(rest);
                header.native = from..from.saturating_add(size.min(rest));
            }
            _ => {}
        }
        Some(header)
    }
}

/// The network name and a reserved number stand in front of it ([MS-OLEDS] 2.2.6).
fn update(bytes: &mut Bytes<'_>) -> Option<u32> {
    prefixed(bytes)?;
    bytes.skip(4)?;
    bytes.u32()
}

/// A text behind its length, which counts its NUL ([MS-OLEDS] 2.1.4).
fn prefixed<'a>(bytes: &mut Bytes<'a>) -> Option<&'a [u8]> {
    let length = usize::try_from(bytes.u32()?).ok()?;
    if let Some(text) = bytes.take(length) {
        return Some(
            memchr::memchr(0, text).map_or(text, |end| text.get(..end).unwrap_or_default()),
        );
    }
    let end = memchr::memchr(0, bytes.rest()).unwrap_or(bytes.rest().len());
    let text = bytes.take(end)?;
    bytes.skip(1);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::ole::text::ansi;

    fn parse(data: &[u8]) -> Option<Header> {
        Header::read(data, &ansi)
    }

    fn header(format_id: u32, texts: &[&str]) -> Vec<u8> {
        let mut data = 0x0501u32.to_le_bytes().to_vec();
        data.extend(format_id.to_le_bytes());
        for text in texts {
            if text.is_empty() {
                data.extend(0u32.to_le_bytes());
            } else {
                data.extend((text.len() as u32 + 1).to_le_bytes());
                data.extend(text.as_bytes());
                data.push(0);
            }
        }
        data
    }

    #[test]
    fn a_link_gives_class_topic_and_item() {
        let mut data = header(LINKED, &["Excel.Sheet.8", "\\\\h\\s\\a.xls", "R1C1", ""]);
        data.extend([0; 4]);
        data.extend(1u32.to_le_bytes());
        assert_eq!(
            parse(&data).unwrap(),
            Header {
                format_id: LINKED,
                class: "Excel.Sheet.8".to_owned(),
                topic: "\\\\h\\s\\a.xls".to_owned(),
                item: "R1C1".to_owned(),
                native: 0..0,
                update: Some(1),
            }
        );
    }

    #[test]
    fn an_embedded_object_gives_its_data() {
        let mut data = header(EMBEDDED, &["Package", "", ""]);
        data.extend(4u32.to_le_bytes());
        data.extend(b"FILEpicture");
        let read = parse(&data).unwrap();
        assert_eq!(read.class, "Package");
        assert_eq!(&data[read.native], b"FILE");
        // The length lies.
        let mut data = header(EMBEDDED, &["Package", "", ""]);
        data.extend(u32::MAX.to_le_bytes());
        data.extend(b"FILE");
        assert_eq!(&data[parse(&data).unwrap().native], b"FILE");
    }

    #[test]
    fn lies_end_at_the_nul_and_other_bytes_are_none() {
        let mut data = header(LINKED, &["cmd", "/c calc", "", ""]);
        data[8..12].copy_from_slice(&[0xff; 4]);
        let read = parse(&data).unwrap();
        assert_eq!(
            (read.class.as_str(), read.topic.as_str()),
            ("cmd", "/c calc")
        );
        assert_eq!(parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), None);
        for cut in 0..data.len() {
            let _ = parse(&data[..cut]);
        }
    }
}
