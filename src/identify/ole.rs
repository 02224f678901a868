//! What a compound file is, by the names of its streams (`spec/word.md` §0.1).

use super::{Disposition, Format, Identity, identify};
use crate::container::cfb::{Cfb, Stream};
use crate::gap::SkipReason;
use crate::limits::Budget;

/// Bytes of a stream that are looked at.
const PEEK: u64 = 4 << 10;

/// Streams of the root, in lower case, and the document they make.
const ROOTS: &[(&str, Format, &str)] = &[
    ("worddocument", Format::Doc, "Word 97 document (.doc)"),
    ("workbook", Format::Xls, "Excel 97 workbook (.xls)"),
    ("book", Format::Xls, "Excel 5 workbook (.xls)"),
    (
        "powerpoint document",
        Format::Ppt,
        "PowerPoint 97 presentation (.ppt)",
    ),
    (
        "pp97_dualstorage/powerpoint document",
        Format::Ppt,
        "PowerPoint 97 presentation (.ppt)",
    ),
    ("pp40", Format::Ppt, "PowerPoint 4 presentation (.ppt)"),
    (
        "__properties_version1.0",
        Format::Msg,
        "Outlook message (.msg)",
    ),
    ("visiodocument", Format::OleOther, "Visio drawing (.vsd)"),
    (
        "quill/quillsub/contents",
        Format::OleOther,
        "Publisher publication (.pub)",
    ),
    ("matost", Format::OleOther, "Works document (.wps)"),
    ("mn0", Format::OleOther, "Works document (.wps)"),
    ("wksssworkbook", Format::OleOther, "Works worksheet (.xlr)"),
];

/// Streams that make a document of any storage.
const NESTED: &[&str] = &[
    "worddocument",
    "workbook",
    "book",
    "powerpoint document",
    "__properties_version1.0",
    "encryptedpackage",
];

/// What a compound file is.
pub(crate) fn identify_cfb(cfb: &Cfb<'_>, budget: &Budget<'_>) -> Identity {
    let mut root: Option<usize> = None;
    let mut encrypted = [false; 2];
    let (mut nested, mut vba, mut links) = (false, false, Vec::new());
    for stream in cfb.streams() {
        let path = stream.path.to_lowercase();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if let Some(place) = ROOTS.iter().position(|(root, ..)| *root == path) {
            root = Some(root.map_or(place, |known| known.min(place)));
        }
        nested |= NESTED.contains(&name);
        vba |= name == "_vba_project" && (folder == "vba" || folder.ends_with("/vba"));
        match path.as_str() {
            "encryptedpackage" => encrypted = [true, encrypted[1]],
            "encryptioninfo" => encrypted = [encrypted[0], true],
            _ => {}
        }
        if matches!(
            name,
            "\u{1}ole10native" | "package" | "contents" | "\u{1}ole"
        ) {
            links.push(stream);
        }
    }
    if encrypted == [true; 2] {
        let disposition = Disposition::Encrypted;
        return Identity {
            format: Format::EncryptedOoxml,
            disposition,
        };
    }
    if let Some((_, format, name)) = root.and_then(|place| ROOTS.get(place)) {
        if *format == Format::Doc {
            return Identity::read(Format::Doc);
        }
        return Identity::unsupported(*format, name);
    }
    if nested {
        return Identity::unsupported(Format::OleOther, "compound file that holds a document");
    }
    if links
        .iter()
        .any(|stream| holds_something(cfb, stream, budget))
    {
        return Identity::unsupported(Format::OleObject, "embedded OLE package or link");
    }
    let reason = if vba {
        SkipReason::VbaProject
    } else if cfb
        .storages()
        .next()
        .is_some_and(|root| is_control(&root.class))
    {
        SkipReason::ActiveX
    } else {
        SkipReason::OleObject
    };
    Identity::opaque(reason)
}

/// Whether a stream of an OLE object is a link, or holds a file that may be a document.
fn holds_something(cfb: &Cfb<'_>, stream: &Stream, budget: &Budget<'_>) -> bool {
    let path = stream.path.to_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if matches!(name, "\u{1}ole10native" | "package") {
        return stream.size > 0;
    }
    let (bytes, _) = cfb.read(stream, PEEK, budget);
    budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    if name == "\u{1}ole" {
        // Bit 0 of the flags ([MS-OLEDS] 2.3.3).
        return bytes.get(4).is_some_and(|flags| flags & 1 != 0);
    }
    // State of controls stands in streams of this name, too.
    identify(&bytes)
        .iter()
        .any(|identity| !matches!(identity.disposition, Disposition::Opaque(_)))
}

/// Classes of the controls of Forms 2.0 and of the HTML controls: the part behind the first
/// number, as in the file, and the first numbers.
const FORMS: &[(u32, [u8; 12])] = &[
    (
        0x8bd2_1d10,
        [
            0x42, 0xec, 0xce, 0x11, 0x9e, 0x0d, 0, 0xaa, 0, 0x60, 0x02, 0xf3,
        ],
    ),
    (
        0x978c_9e23,
        [
            0xb0, 0xd4, 0xce, 0x11, 0xbf, 0x2d, 0, 0xaa, 0, 0x3f, 0x40, 0xd0,
        ],
    ),
    (
        0xd705_3240,
        [
            0x69, 0xce, 0xcd, 0x11, 0xa7, 0x77, 0, 0xdd, 0x01, 0x14, 0x3c, 0x57,
        ],
    ),
    (
        0x5512_d110,
        [
            0xc6, 0x5c, 0xcf, 0x11, 0x8d, 0x67, 0, 0xaa, 0, 0xbd, 0xce, 0x1d,
        ],
    ),
];

fn is_control(class: &[u8; 16]) -> bool {
    let Some((first, rest)) = class.split_first_chunk() else {
        return false;
    };
    let first = u32::from_le_bytes(*first);
    // Controls of one family count on in the low byte of the first number.
    FORMS
        .iter()
        .any(|(family, tail)| first & !0xff == family & !0xff && rest == tail)
}
