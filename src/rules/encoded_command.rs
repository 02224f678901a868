//! The code of the command is encoded.

use super::features;
use super::{Case, Part, Rule, Subject};
use crate::link::TechniqueId;

pub(super) const RULE: Rule = Rule {
    id: "encoded-command",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Code stands in the command in base64 or inside a compressed stream (`-EncodedCommand`, \
          `FromBase64String`, `GzipStream`). Administrators use it for quoting, attackers to \
          hide; nothing in a document has a reason for it.",
    hits: &[
        Case::dde("powershell", "-nop -enc AAAA"),
        Case::dde("cmd", "/c powershell -e AAAA"),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::EncodedCommand]),
        Case::dde("powershell", "[Convert]::FromBase64String('AA==')"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("powershell", "-ep bypass -c dir"),
        Case::dde("cmd", "/e:on /c dir"),
        Case::dde("BLP", "M").shown(&[TechniqueId::Base64]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.is_dangerous() {
        return None;
    }
    let shown = subject.shows(ENCODED).map(|id| id.as_str().to_owned());
    shown.or_else(|| {
        subject.first_in_clear(|stem, text| features::encoded(text, features::is_powershell(stem)))
    })
}

/// Encodings that no reader sees through.
const ENCODED: &[TechniqueId] = &[
    TechniqueId::Base64,
    TechniqueId::CompressedStream,
    TechniqueId::EncodedCommand,
];
