//! The properties of messages that `.msg` files and TNEF share ([MS-OXPROPS] 2;
//! `spec/word.md` §5.1, §5.4): what each of them means here.
//!
//! # Malformed input
//!
//! A type that does not fit its property is told by the caller; text of an unknown code page is
//! read as that of Western Windows.

use encoding_rs::Encoding;

use crate::link::{Carrier, Confidence, Kind, Link, Trigger};
use crate::location::Location;
use crate::text::from_utf16;

/// `PtypInteger32` ([MS-OXCDATA] 2.11.1, as are the other types).
pub(super) const LONG: u16 = 0x0003;
/// `PtypObject`: an object, in a storage of its own.
pub(super) const OBJECT: u16 = 0x000d;
/// `PtypString8`: text in a code page.
pub(super) const STRING8: u16 = 0x001e;
/// `PtypString`: text in UTF-16.
pub(super) const UNICODE: u16 = 0x001f;
/// `PtypBinary`.
pub(super) const BINARY: u16 = 0x0102;

/// The first number of those that get their meaning from a name ([MS-OXPROPS] 1.3.2).
pub(super) const NAMED: u16 = 0x8000;

/// `PidLidReminderFileParameter` ([MS-OXORMDR] 2.2.1.5): the name of the property.
pub(super) const SOUND: u32 = 0x851f;

/// A property, by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Property {
    /// `PidTagAttachDataBinary`, `PidTagAttachDataObject`: what is attached.
    AttachData,
    /// `PidTagAttachMethod`: see [`is_reference`].
    AttachMethod,
    /// `PidTagAttachLongFilename`.
    LongName,
    /// `PidTagAttachFilename`, of eight characters and three.
    ShortName,
    /// `PidTagDisplayName`.
    DisplayName,
    /// `PidTagAttachMimeTag`: the media type.
    MediaType,
    /// `PidTagAttachLongPathname`: where an attachment by reference stands.
    LongPath,
    /// `PidTagAttachPathname`, of eight characters and three.
    ShortPath,
    /// `PidTagMessageClass`: a mail, a meeting, a contact.
    MessageClass,
    /// `PidTagSubject`.
    Subject,
    /// `PidTagSenderName`.
    Sender,
    /// `PidTagBody`: the body as plain text.
    Body,
    /// `PidTagBodyHtml`, `PidTagHtml`.
    Html,
    /// `PidTagRtfCompressed`.
    CompressedRtf,
    /// `PidTagInternetCodepage`: that of the body in HTML.
    InternetPage,
    /// `PidTagMessageCodepage`: that of [`STRING8`].
    MessagePage,
}

/// The numbers of the properties ([MS-OXPROPS] 2).
const PROPERTIES: &[(u16, Property)] = &[
    (0x001a, Property::MessageClass),
    (0x0037, Property::Subject),
    (0x0c1a, Property::Sender),
    (0x1000, Property::Body),
    (0x1009, Property::CompressedRtf),
    (0x1013, Property::Html),
    (0x3001, Property::DisplayName),
    (0x3701, Property::AttachData),
    (0x3704, Property::ShortName),
    (0x3705, Property::AttachMethod),
    (0x3707, Property::LongName),
    (0x3708, Property::ShortPath),
    (0x370d, Property::LongPath),
    (0x370e, Property::MediaType),
    (0x3fde, Property::InternetPage),
    (0x3ffd, Property::MessagePage),
];

impl Property {
    /// What a number means; `None` for those that say nothing here.
    pub(super) fn numbered(id: u16) -> Option<Property> {
        let known = PROPERTIES.iter().find(|(number, _)| *number == id);
        known.map(|(_, property)| *property)
    }
}

/// Whether an attachment of this method ([MS-OXCMSG] 2.2.2.9) stands elsewhere: `afByReference`,
/// the one that [MS-OXCMSG] leaves out (MAPI's `ATTACH_BY_REF_RESOLVE`), `afByReferenceOnly`,
/// `afByWebReference`.
pub(super) fn is_reference(method: u32) -> bool {
    matches!(method, 2 | 3 | 4 | 7)
}

/// An attachment that stands at `target`: it is fetched when it is opened.
pub(super) fn reference(target: &str, location: Location) -> Link {
    let carrier = Carrier::AttachmentReference;
    let mut link = Link::new(Kind::ExternalLink, carrier, location, target);
    link.trigger = Trigger::Click;
    link.target = Some(target.to_owned());
    link
}

/// The sound of a reminder that stands on another computer: Outlook fetches it when the reminder is
/// due. `None` for one of this computer.
pub(super) fn reminder(target: &str, location: Location) -> Option<Link> {
    if !is_elsewhere(target) {
        return None;
    }
    let mut link = reference(target, location.with_cell("reminder sound"));
    link.raw = format!("PidLidReminderFileParameter {target}");
    // It is not asked for: the reminder is enough.
    link.trigger = Trigger::Open;
    link.confidence = Confidence::High;
    Some(link)
}

/// Whether a sound stands on another computer.
fn is_elsewhere(target: &str) -> bool {
    let target = target.trim_start();
    let slash = |byte: &u8| matches!(byte, b'\\' | b'/');
    target
        .as_bytes()
        .get(..2)
        .is_some_and(|head| head.iter().all(slash))
        || target.contains("://")
}

/// The text of a property of type [`STRING8`] or [`UNICODE`], up to its end mark; `page` is the
/// code page of the message.
pub(super) fn text(kind: u16, bytes: &[u8], page: Option<u32>) -> String {
    if kind == UNICODE {
        let (units, _) = bytes.as_chunks();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        return from_utf16(units.take_while(|unit| *unit != 0));
    }
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or_default();
    let encoding = page.and_then(charset);
    let encoding = encoding.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = encoding.unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Code pages of Windows, and what the web calls them.
const CHARSETS: &[(u32, &str)] = &[
    (866, "ibm866"),
    (874, "windows-874"),
    (932, "shift_jis"),
    (936, "gbk"),
    (949, "euc-kr"),
    (950, "big5"),
    (1200, "utf-16le"),
    (1201, "utf-16be"),
    (1250, "windows-1250"),
    (1251, "windows-1251"),
    (1252, "windows-1252"),
    (1253, "windows-1253"),
    (1254, "windows-1254"),
    (1255, "windows-1255"),
    (1256, "windows-1256"),
    (1257, "windows-1257"),
    (1258, "windows-1258"),
    (10_000, "macintosh"),
    (10_007, "x-mac-cyrillic"),
    (20_127, "us-ascii"),
    (20_866, "koi8-r"),
    (20_932, "euc-jp"),
    (20_936, "gbk"),
    (20_949, "euc-kr"),
    (21_866, "koi8-u"),
    (28_591, "iso-8859-1"),
    (28_592, "iso-8859-2"),
    (28_593, "iso-8859-3"),
    (28_594, "iso-8859-4"),
    (28_595, "iso-8859-5"),
    (28_596, "iso-8859-6"),
    (28_597, "iso-8859-7"),
    (28_598, "iso-8859-8"),
    (28_599, "iso-8859-9"),
    (28_603, "iso-8859-13"),
    (28_605, "iso-8859-15"),
    (38_598, "iso-8859-8-i"),
    (50_220, "iso-2022-jp"),
    (50_221, "iso-2022-jp"),
    (50_222, "iso-2022-jp"),
    (51_932, "euc-jp"),
    (51_936, "gbk"),
    (51_949, "euc-kr"),
    (54_936, "gb18030"),
    (65_000, "utf-7"),
    (65_001, "utf-8"),
];

/// What the web calls a code page of Windows, lower case.
pub(super) fn charset(page: u32) -> Option<&'static str> {
    let known = CHARSETS.iter().find(|(number, _)| *number == page);
    known.map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_at_their_mark() {
        assert_eq!(text(UNICODE, b"a\0\xe9\0\0\0x\0", None), "a\u{e9}");
        assert_eq!(text(STRING8, b"a\xe9\0x", None), "a\u{e9}");
        assert_eq!(text(STRING8, b"\xc4", Some(1251)), "\u{414}");
        assert_eq!(text(STRING8, b"\xc4", Some(4711)), "\u{c4}");
    }

    /// The names are those that the web knows; it does not decode UTF-7.
    #[test]
    fn charsets_have_decoders() {
        for (page, label) in CHARSETS {
            let known = Encoding::for_label(label.as_bytes()).is_some();
            assert_eq!(known, *page != 65_000, "{label}");
        }
    }

    #[test]
    fn methods_of_attachments() {
        let references: Vec<u32> = (0..10).filter(|method| is_reference(*method)).collect();
        assert_eq!(references, [2, 3, 4, 7]);
        assert_eq!(Property::numbered(0x1009), Some(Property::CompressedRtf));
        assert_eq!(Property::numbered(0x100a), None);
    }

    #[test]
    fn a_sound_of_this_computer_is_none_elsewhere() {
        for target in [
            "\\\\h\\s\\a.wav",
            " //h/s",
            "http://h/a.wav",
            "\\\\?\\UNC\\h\\s",
        ] {
            assert!(is_elsewhere(target), "{target}");
        }
        for target in ["reminder.wav", "C:\\Windows\\Media\\a.wav", "\\a.wav", ""] {
            assert!(!is_elsewhere(target), "{target}");
        }
    }
}
