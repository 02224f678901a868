//! What the storages of a compound file are, by the names of their streams (`spec/word.md` §0.1).

use std::collections::BTreeSet;

use super::{Disposition, Format, Identity};
use crate::text::starts_with;

/// Where a name says what its storage is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// In any storage.
    Any,
    /// In the root only: elsewhere it is an object of a program that no document of Office needs.
    Root,
}

/// Streams, in lower case, and the document that a storage with one is, what it is called first.
const DOCUMENTS: &[(&str, Format, Scope, &str)] = &[
    (
        "worddocument",
        Format::Doc,
        Scope::Any,
        "Word 97 document (.doc)",
    ),
    (
        "workbook",
        Format::Xls,
        Scope::Any,
        "Excel 97 workbook (.xls)",
    ),
    ("book", Format::Xls, Scope::Any, "Excel 5 workbook (.xls)"),
    (
        "powerpoint document",
        Format::Ppt,
        Scope::Any,
        "PowerPoint 97 presentation (.ppt)",
    ),
    ("pp40", Format::Ppt, Scope::Any, OLD_PRESENTATION),
    (MESSAGE, Format::Msg, Scope::Any, "Outlook message (.msg)"),
    ("visiodocument", Format::OleOther, Scope::Root, SEARCHED),
    // The properties of a plan of Project 98 and 2000, of 2007, and of later ones.
    ("props9", Format::OleOther, Scope::Root, SEARCHED),
    ("props12", Format::OleOther, Scope::Root, SEARCHED),
    ("props14", Format::OleOther, Scope::Root, SEARCHED),
    (
        "matost",
        Format::OleOther,
        Scope::Root,
        "Works document (.wps)",
    ),
    (
        "mn0",
        Format::OleOther,
        Scope::Root,
        "Works document (.wps)",
    ),
    (
        "wksssworkbook",
        Format::OleOther,
        Scope::Root,
        "Works worksheet (.xlr)",
    ),
];

/// PowerPoint 4 and 95 share the name of their stream.
const OLD_PRESENTATION: &str = "PowerPoint 4 or 95 presentation (.ppt)";
/// Said of documents of which the strings are searched: its reader says what is left.
const SEARCHED: &str = "";

/// The list of properties of a message; each of the others has a stream of its own.
const MESSAGE: &str = "__properties_version1.0";
const PROPERTY: &str = "__substg1.0_";
/// Storages of a message that have properties and hold nothing to read: recipients, names
/// ([MS-OXMSG] 2.2).
const PARTS_OF_MESSAGES: [&str; 2] = ["__recip_version1.0", "__nameid_"];
/// Those of attachments: what they hold is for the reader of messages, if there is one.
const ATTACHMENT: &str = "__attach_version1.0";

/// Whether the path of a storage begins with an attachment: the file is a message.
pub(crate) fn is_attached(path: &str) -> bool {
    starts_with(path, ATTACHMENT)
}

/// Whether a storage is one of a message, whatever else it is: `path` is its own, `names` are those
/// of its streams.
pub(crate) fn is_message(path: &str, mut names: impl Iterator<Item = String>) -> bool {
    let folder = path.rsplit('/').next().unwrap_or_default();
    let is = |part: &str| starts_with(folder, part);
    let part = PARTS_OF_MESSAGES.into_iter().any(is) || is(ATTACHMENT) && !cfg!(feature = "mail");
    !part && names.any(|name| name.eq_ignore_ascii_case(MESSAGE) || starts_with(&name, PROPERTY))
}

/// The class of a chart of Microsoft Graph, as in the file: its stream is called `Workbook`, too.
const GRAPH: [u8; 16] = [3, 8, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// What a storage is: `path` is its own, `names` are those of its streams. Empty when they say
/// nothing. Each program looks for its own stream and passes over those of the others, so a
/// storage is all that its streams say, each format once; the first is what it is called. Linear
/// in the names.
pub(crate) fn identify_storage(
    path: &str,
    class: &[u8; 16],
    names: impl Iterator<Item = String>,
) -> Vec<Identity> {
    let path = path.to_lowercase();
    let mut known = BTreeSet::new();
    let (mut package, mut contents) = (false, false);
    for name in names {
        let name = name.to_lowercase();
        match name.as_str() {
            "encryptedpackage" => package = true,
            "contents" => contents = true,
            _ => {}
        }
        let property = name.starts_with(PROPERTY);
        known.extend(DOCUMENTS.iter().position(|(document, _, scope, _)| {
            let is = *document == name || *document == MESSAGE && property;
            is && (*scope == Scope::Any || path.is_empty())
        }));
    }
    let mut identities: Vec<Identity> = Vec::new();
    // Rights management does without `EncryptionInfo` ([MS-OFFCRYPTO] 2.2).
    if package {
        identities.push(Identity {
            format: Format::EncryptedOoxml,
            disposition: Disposition::Encrypted,
        });
    }
    if contents && path == "quill/quillsub" {
        identities.push(Identity::read(Format::OleOther));
    }
    let known = known.into_iter().filter_map(|place| DOCUMENTS.get(place));
    for (_, format, _, name) in known {
        let part =
            *format == Format::Msg && !is_message(&path, std::iter::once(MESSAGE.to_owned()));
        let chart = *format == Format::Xls && !path.is_empty() && *class == GRAPH;
        let told = identities.iter().any(|other| other.format == *format);
        if !part && !chart && !told {
            identities.push(storage(*format, name));
        }
    }
    identities
}

/// What is done with a document that a storage is.
fn storage(format: Format, name: &'static str) -> Identity {
    let old = name == OLD_PRESENTATION;
    if matches!(format, Format::Doc | Format::Xls)
        || format == Format::Msg && cfg!(feature = "mail")
        || format == Format::Ppt && !old
        || name == SEARCHED
    {
        Identity::read(format)
    } else {
        Identity::unsupported(format, name)
    }
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

/// Whether an object of this class is a control: its streams are its state.
pub(crate) fn is_control(class: &[u8; 16]) -> bool {
    let Some((first, rest)) = class.split_first_chunk() else {
        return false;
    };
    let first = u32::from_le_bytes(*first);
    // Controls of one family count on in the low byte of the first number.
    FORMS
        .iter()
        .any(|(family, tail)| first & !0xff == family & !0xff && rest == tail)
}
