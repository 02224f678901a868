//! Signatures of binary formats.

use super::{Disposition, Format, Identity, archive};
use crate::container::cfb;
use crate::gap::SkipReason;

/// A PDF header may stand anywhere in the first kibibyte (PDF 1.7, appendix H.3.4.1).
const PDF_HEADER: usize = 1 << 10;

/// Documents of Word 1, 2 and 6 that are no compound files (`spec/word.md` §2.9).
const WORD: &[&[u8]] = &[b"\x9b\xa5", b"\xdb\xa5", b"\xdc\xa5"];

/// Workbooks of Excel that are no compound files: the first record (`spec/excel.md` §3.1).
const EXCEL: &[&[u8]] = &[
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00\x00\x05",
    b"\x09\x08\x10\x00\x00\x06",
];

/// Signatures at the start of formats that an Office program opens, and that we do not read yet
/// (`spec/word.md` §0.1, §2.9; `spec/excel.md` §3.1, §6.4,
/// §8.2).
const DOCUMENTS: &[(&[u8], Format, &str)] = &[
    (
        b"\x78\x9f\x3e\x22",
        Format::Tnef,
        "Outlook attachment container (winmail.dat)",
    ),
    (
        b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3",
        Format::OneNote,
        "OneNote section (.one)",
    ),
    (
        b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f",
        Format::OneNote,
        "OneNote notebook (.onetoc2)",
    ),
    // [MS-PST] 2.2.2.6; the store of Outlook Express.
    (b"!BDN", Format::MailStore, "Outlook data file (.pst, .ost)"),
    (
        b"\xcf\xad\x12\xfe",
        Format::MailStore,
        "Outlook Express store (.dbx)",
    ),
    (
        b"\x76\xe8\x04\x60\xc4\x11\xe3\x86",
        Format::Msg,
        "message under rights management (.rpmsg)",
    ),
    // Word has a converter for it.
    (
        b"\xffWPC",
        Format::WordPerfect,
        "WordPerfect document (.wpd)",
    ),
    (
        b"\x31\xbe\0\0\0\xab",
        Format::Doc,
        "Word for DOS or Write document",
    ),
    (
        b"\x32\xbe\0\0\0\xab",
        Format::Doc,
        "Write document with objects",
    ),
    (
        b"\xfe\x37\0",
        Format::Doc,
        "Word document of the Macintosh (.doc)",
    ),
    (
        b"\x00\x00\x02\x00\x06\x04",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\x00\x00\x02\x00\x04\x04",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\x00\x00\x1a\x00\x00\x10\x04\x00",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\x00\x00\x1a\x00\x02\x10\x04\x00",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\x00\x00\x1a\x00\x03\x10\x04\x00",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\x00\x00\x1a\x00\x05\x10\x04\x00",
        Format::Lotus,
        "Lotus 1-2-3 worksheet",
    ),
    (
        b"\xff\x00\x02\x00\x04\x04",
        Format::Lotus,
        "Works worksheet (.wks)",
    ),
    // `<?xml` and the tags of pages in encodings that are not decoded (XML 1.0, appendix F).
    (b"\x4c\x6f\xa7\x94\x93", Format::Html, "markup in EBCDIC"),
    (b"\x4c\x88\xa3\x94\x93", Format::Html, "markup in EBCDIC"),
    (b"\x4c\xc8\xe3\xd4\xd3", Format::Html, "markup in EBCDIC"),
    (b"\x4c\x5a\xc4\xd6\xc3", Format::Html, "markup in EBCDIC"),
    (b"\x4c\x5a\x84\x96\x83", Format::Html, "markup in EBCDIC"),
];

/// Signatures at the start of what no Office program opens as a document.
const OPAQUE: &[(&[u8], SkipReason)] = &[
    (b"\x89PNG\r\n", SkipReason::Picture),
    (b"\xff\xd8\xff", SkipReason::Picture),
    (b"GIF8", SkipReason::Picture),
    (b"II*\0", SkipReason::Picture),
    (b"MM\0*", SkipReason::Picture),
    (b"II\xbc\x01", SkipReason::Picture),
    (b"\xd7\xcd\xc6\x9a", SkipReason::Picture),
    (b"\x01\0\x09\0\0\x03", SkipReason::Picture),
    (b"\x02\0\x09\0\0\x03", SkipReason::Picture),
    (b"%!PS", SkipReason::Picture),
    (b"\xc5\xd0\xd3\xc6", SkipReason::Picture),
    (b"\0\0\x01\0\x01\0", SkipReason::Picture),
    (b"\0\0\0\x0cjP  ", SkipReason::Picture),
    (b"8BPS", SkipReason::Picture),
    (b"\0\x01\0\0\0", SkipReason::Font),
    (b"OTTO", SkipReason::Font),
    (b"ttcf", SkipReason::Font),
    (b"wOFF", SkipReason::Font),
    (b"wOF2", SkipReason::Font),
    (b"ID3", SkipReason::Media),
    (b"\xff\xfb", SkipReason::Media),
    (b"\xff\xf3", SkipReason::Media),
    (b"OggS", SkipReason::Media),
    (b"fLaC", SkipReason::Media),
    (b"MThd", SkipReason::Media),
    (b"\x1a\x45\xdf\xa3", SkipReason::Media),
    (b"\0\0\x01\xba", SkipReason::Media),
    (b"\0\0\x01\xb3", SkipReason::Media),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", SkipReason::Media),
    (b"FLV\x01", SkipReason::Media),
    (b"FWS", SkipReason::Media),
    (b"CWS", SkipReason::Media),
    (b"MZ", SkipReason::Executable),
    (b"\x7fELF", SkipReason::Executable),
    (b"\xca\xfe\xba\xbe", SkipReason::Executable),
    (b"\xfe\xed\xfa", SkipReason::Executable),
    (b"\xce\xfa\xed\xfe", SkipReason::Executable),
    (b"\xcf\xfa\xed\xfe", SkipReason::Executable),
    (b"\x4c\0\0\0\x01\x14\x02\0", SkipReason::Executable),
];

/// What the first bytes say, when they say it for sure.
pub(super) fn identify(head: &[u8]) -> Option<Identity> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(Identity::read(Format::Zip));
    }
    // Blanks in front are of the text that it was coded in.
    if head.trim_ascii_start().starts_with(b"ActiveMime") {
        return Some(Identity::read(Format::ActiveMime));
    }
    // A number, then the name of the engine, whatever number it has.
    let engine = head.get(4..).unwrap_or_default();
    if head.starts_with(b"\0\x01\0\0")
        && (engine.starts_with(b"Standard Jet DB") || engine.starts_with(b"Standard ACE DB"))
    {
        return Some(Identity::read(Format::Access));
    }
    if head.starts_with(cfb::SIGNATURE) {
        let disposition = Disposition::Compound;
        return Some(Identity {
            format: Format::Other,
            disposition,
        });
    }
    if is_cms(head) {
        return Some(if cfg!(feature = "mail") {
            Identity::read(Format::Smime)
        } else {
            Identity::unsupported(Format::Smime, "signed or encrypted message (.p7m)")
        });
    }
    let document = DOCUMENTS
        .iter()
        .find(|(signature, ..)| head.starts_with(signature));
    if WORD.iter().any(|signature| head.starts_with(signature)) {
        return Some(Identity::read(Format::Doc));
    }
    if EXCEL.iter().any(|signature| head.starts_with(signature)) {
        return Some(Identity::read(Format::Xls));
    }
    // The strings of the one are searched, the files of the other are taken out.
    if let Some((_, format @ (Format::Lotus | Format::OneNote), _)) = document {
        return Some(Identity::read(*format));
    }
    if let Some((_, Format::Tnef, _)) = document.filter(|_| cfg!(feature = "mail")) {
        return Some(Identity::read(Format::Tnef));
    }
    if let Some((_, format, name)) = document {
        return Some(Identity::unsupported(*format, name));
    }
    if is_markup_in_utf32(head) {
        return Some(Identity::unsupported(Format::Html, "markup in UTF-32"));
    }
    if let Some(archive) = archive::identify(head) {
        return Some(archive);
    }
    let at = |offset: usize, what: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(what))
    };
    let reason = OPAQUE
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map(|(_, reason)| *reason)
        .or_else(|| {
            let picture = (at(0, b"\x01\0\0\0") && at(40, b" EMF"))
                || (at(0, b"BM") && at(6, &[0; 4]))
                || (at(0, b"RIFF") && at(8, b"WEBP"))
                || at(4, b"ftyphei");
            let media = (at(0, b"RIFF") && (at(8, b"WAVE") || at(8, b"AVI "))) || at(4, b"ftyp");
            match (picture, media) {
                (true, _) => Some(SkipReason::Picture),
                (false, true) => Some(SkipReason::Media),
                (false, false) => None,
            }
        })?;
    Some(Identity::opaque(reason))
}

/// Whether bytes are a message in the syntax of S/MIME (RFC 5652 §3): a sequence that begins with
/// an identifier below one of these, or that in base64 between marks.
fn is_cms(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    if ARMOUR.iter().any(|mark| text.starts_with(mark)) {
        return true;
    }
    let [0x30, length, rest @ ..] = head else {
        return false;
    };
    // A long length says in how many bytes it stands; 0x80 is one that only the end tells.
    let more = match length.checked_sub(0x80) {
        Some(more) if more > 8 => return false,
        Some(more) => usize::from(more),
        None => 0,
    };
    let rest = rest.get(more..).unwrap_or_default();
    CMS.iter().any(|id| rest.starts_with(id))
}

/// What stands in front of the same in base64 (RFC 7468 §8, §9, and what OpenSSL knows besides).
const ARMOUR: [&[u8]; 3] = [
    b"-----BEGIN PKCS7-----",
    b"-----BEGIN PKCS #7 SIGNED DATA-----",
    b"-----BEGIN CMS-----",
];

/// Identifiers in front of the content: data that are bare, signed, enveloped, both, only hashed or only
/// encrypted (1.2.840.113549.1.7), and those of RFC 5083, RFC 5652 §9 and RFC 3274
/// (1.2.840.113549.1.9.16.1).
const CMS: [&[u8]; 9] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x02",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
];

/// Whether the first two characters are those of markup in UTF-32 (XML 1.0, appendix F), behind a
/// mark or not. A number in front of a text in UTF-16 looks like the first of them alone.
fn is_markup_in_utf32(head: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];
    let behind = marks.iter().find_map(|mark| head.strip_prefix(*mark));
    let next = match behind.unwrap_or(head).first_chunk() {
        Some([b'<', 0, 0, 0, next, 0, 0, 0] | [0, 0, 0, b'<', 0, 0, 0, next]) => *next,
        _ => return false,
    };
    next.is_ascii_alphabetic() || matches!(next, b'?' | b'!' | b'/')
}

/// Whether the head has a PDF header where readers look for one.
pub(super) fn is_pdf(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(PDF_HEADER)).unwrap_or_default();
    memchr::memmem::find(head, b"%PDF-").is_some()
}
