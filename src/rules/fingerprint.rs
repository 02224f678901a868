//! What a link is, independent of the document that carries it.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::subject::Subject;
use crate::command::normal;
use crate::link::Carrier;

/// Raised when the encoding changes, so that old allow entries never match something new.
const ENCODING: &str = "ddetect-fingerprint/1";
/// Bytes of the digest that are kept: 128 bits.
const KEPT: usize = 16;

/// The first 32 hexadecimal digits of the SHA-256 of what the link is: kind, family of carriers,
/// and the canonical service, topic, item, target and class, each with its length in front.
pub(super) fn fingerprint(subject: &Subject<'_>) -> String {
    let link = subject.link;
    let part =
        |part: Option<&str>| part.map(|part| Cow::Owned(normal(part).text.trim().to_owned()));
    let lower = |text: Cow<'_, str>| Cow::Owned(text.to_lowercase());
    let reading = subject.reading;
    let mut hash = Sha256::new();
    let fields = [
        Some(Cow::Borrowed(ENCODING)),
        Some(Cow::Borrowed(link.kind.as_str())),
        Some(Cow::Borrowed(family(link.carrier))),
        // Services and classes are matched without regard to case; encoded text in topics is not.
        part(reading.and_then(|reading| reading.service.as_deref())).map(lower),
        part(reading.and_then(|reading| reading.topic.as_deref())),
        part(reading.and_then(|reading| reading.item.as_deref())),
        part(link.target.as_deref()),
        part(link.prog_id.as_deref()).map(lower),
    ];
    for field in fields {
        match field {
            None => hash.update([0]),
            Some(text) => {
                let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
                hash.update([1]);
                hash.update(length.to_le_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    let digest = hash.finalize();
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let kept = digest.iter().take(KEPT);
    kept.flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Carriers between which a link moves when a document is saved in another format.
const FAMILIES: &[(&str, &[Carrier])] = &[
    (
        "sheet",
        &[
            Carrier::DdeDeclaration,
            Carrier::DdeLinkPart,
            Carrier::Formula,
            Carrier::Name,
            Carrier::Supbook,
        ],
    ),
    (
        "object",
        &[Carrier::LinkField, Carrier::Ole1Link, Carrier::OleLink],
    ),
    ("query", &[Carrier::Connection, Carrier::WebQuery]),
];

/// The family of a carrier, or its own name.
fn family(carrier: Carrier) -> &'static str {
    let family = FAMILIES
        .iter()
        .find(|(_, carriers)| carriers.contains(&carrier));
    family.map_or_else(|| carrier.as_str(), |(name, _)| name)
}
