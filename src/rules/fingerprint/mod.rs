//! What a link is, independent of the document that carries it and of how it is spelled.

mod spelling;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::subject::Subject;
use crate::command::{ImageSource, Resolved, normal};
use crate::link::{Carrier, TechniqueId};

/// Raised when the encoding changes, so that old allow entries never match something new.
const ENCODING: &str = "ddetect-fingerprint/2";
/// Bytes of the digest that are kept: 128 bits.
const KEPT: usize = 16;

/// The first 32 hexadecimal digits of the SHA-256 of what the link is, each part with its length in
/// front: kind, family of carriers, item; then, of a link that starts a program, the program, what
/// it is told and what it starts in turn, each in one spelling; of any other the canonical
/// service, topic, target and class.
pub(super) fn fingerprint(subject: &Subject<'_>) -> String {
    let link = subject.link;
    let part =
        |part: Option<&str>| part.map(|part| Cow::Owned(normal(part).text.trim().to_owned()));
    let lower = |text: Cow<'_, str>| Cow::Owned(text.to_lowercase());
    let reading = subject.reading;
    let mut fields = vec![
        Some(Cow::Borrowed(ENCODING)),
        Some(Cow::Borrowed(link.kind.as_str())),
        Some(Cow::Borrowed(family(link.carrier))),
        part(reading.and_then(|reading| reading.item.as_deref())),
    ];
    if let Some(resolved) = started(subject) {
        let whole = subject.shows(&[TechniqueId::Undecoded]).is_some();
        let told = spelling::of_command(&resolved.command, &program(resolved), whole);
        fields.push(Some(Cow::Borrowed("command")));
        fields.extend(told.into_iter().map(|text| Some(Cow::Owned(text))));
    } else {
        fields.extend([
            // Services and classes are matched without regard to case; encoded text in topics is not.
            part(reading.and_then(|reading| reading.service.as_deref())).map(lower),
            part(reading.and_then(|reading| reading.topic.as_deref())),
            part(link.target.as_deref()),
            part(link.prog_id.as_deref()).map(lower),
        ]);
    }
    let mut hash = Sha256::new();
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

/// The command of a DDE link that starts a program.
fn started<'s>(subject: &'s Subject<'_>) -> Option<&'s Resolved> {
    let starts = subject.starts()
        && subject.link.target.is_none()
        && (subject.tier().is_some() || subject.executable().is_some());
    subject.resolved.as_ref().filter(|_| starts)
}

/// Folders of Windows in which its programs are found by their name alone.
const FOLDERS: &[&str] = &[
    "windows",
    "windows\\system32",
    "windows\\system32\\wbem",
    "windows\\system32\\windowspowershell\\v1.0",
    "windows\\sysnative",
    "windows\\syswow64",
    "windows\\syswow64\\windowspowershell\\v1.0",
];

/// The program: by its name if Windows has it under that name, else by its path.
fn program(resolved: &Resolved) -> String {
    let image = resolved.command.image.clone().unwrap_or_default();
    let by_name = matches!(
        resolved.source,
        ImageSource::Service | ImageSource::Truncated8
    );
    let Some((folder, _)) = resolved.path.text.rsplit_once('\\').filter(|_| !by_name) else {
        return image;
    };
    let inside = folder.strip_prefix("c:").unwrap_or(folder);
    if FOLDERS.contains(&inside.trim_matches('\\')) {
        image
    } else {
        format!("{folder}\\{image}")
    }
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
