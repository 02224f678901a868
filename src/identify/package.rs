//! What a zip is, by what it lists and declares.

use super::{Format, Identity};
use crate::container::Member;
use crate::gap::SkipReason;

/// What a listed zip could be, the most telling first; never empty. `mimetype` is the content of the member of that name, `types` are the
/// content types of the main parts ([`main_content_types`]).
///
/// [`main_content_types`]: crate::container::opc::Opc::main_content_types
pub(crate) fn identify_package(
    members: &[Member],
    mimetype: Option<&[u8]>,
    types: &[&str],
) -> Vec<Identity> {
    // A package may have several main parts, and programs differ in which one they open.
    let mut all: Vec<Identity> = Vec::new();
    let by_types = types
        .iter()
        .filter_map(|content_type| by_type(content_type));
    for identity in by_types.chain(mimetype.and_then(by_mimetype)) {
        if !all.iter().any(|known| known.format == identity.format) {
            all.push(identity);
        }
    }
    if all.is_empty() {
        all.push(by_names(members, types));
    }
    all.sort_by_key(rank);
    all
}

/// What the names of the members say.
fn by_names(members: &[Member], types: &[&str]) -> Identity {
    let names = || members.iter().map(|member| folded(&member.name));
    let has = |wanted: &str| names().any(|name| name == wanted);
    let has_folder = |wanted: &str| names().any(|name| name.starts_with(wanted));
    if has("[content_types].xml") || has("_rels/.rels") || has("word/document.xml") {
        return by_folder(&has_folder, &has, types);
    }
    if has("xl/workbook.xml") || has("xl/workbook.bin") || has("ppt/presentation.xml") {
        return by_folder(&has_folder, &has, types);
    }
    if has("meta-inf/manifest.xml") && (has("content.xml") || has("blocklist.xml")) {
        return Identity::read(Format::Odf);
    }
    Identity::read(Format::Zip)
}

/// Documents that are read come first: where a package is two things, it is at least that.
fn rank(identity: &Identity) -> u8 {
    if matches!(identity.format, Format::Docx | Format::Xlsx | Format::Xlsb) {
        0
    } else if identity.format == Format::Pptx {
        1
    } else {
        2
    }
}

/// The main content types (`spec/word.md` §1.6; `spec/excel.md` §1.1).
fn by_type(content_type: &str) -> Option<Identity> {
    let has = |part: &str| content_type.contains(part);
    if !has(".main") && !has("ms-visio") && !has("ms-package") {
        return None;
    }
    if has("wordprocessingml") || has("ms-word.") {
        Some(Identity::read(Format::Docx))
    } else if has("ms-excel.sheet.binary") {
        Some(Identity::read(Format::Xlsb))
    } else if has("spreadsheetml") || has("ms-excel.") {
        Some(Identity::read(Format::Xlsx))
    } else if has("presentationml") || has("ms-powerpoint.") {
        Some(Identity::read(Format::Pptx))
    } else if has("ms-visio.") {
        Some(visio())
    } else {
        None
    }
}

fn visio() -> Identity {
    Identity::read(Format::Visio)
}

/// A package whose content types say nothing: the folders that Office writes.
fn by_folder(
    has_folder: &impl Fn(&str) -> bool,
    has: &impl Fn(&str) -> bool,
    types: &[&str],
) -> Identity {
    if has_folder("word/") {
        Identity::read(Format::Docx)
    } else if has("xl/workbook.bin") {
        Identity::read(Format::Xlsb)
    } else if has_folder("xl/") {
        Identity::read(Format::Xlsx)
    } else if has_folder("ppt/") {
        Identity::read(Format::Pptx)
    } else if has_folder("visio/") {
        visio()
    } else if types
        .iter()
        .any(|kind| kind.contains("ms-package.") || kind.contains("openxps"))
    {
        // XPS and 3D models: no Office program opens them as a document.
        Identity::opaque(SkipReason::Unknown)
    } else {
        Identity::read(Format::OtherOpc)
    }
}

/// The media type of an OpenDocument file (`spec/excel.md` §7).
fn by_mimetype(mimetype: &[u8]) -> Option<Identity> {
    let text = String::from_utf8_lossy(mimetype).trim().to_lowercase();
    let kind = text
        .strip_prefix("application/vnd.oasis.opendocument.")
        .or_else(|| text.strip_prefix("application/vnd.sun.xml."))?;
    Some(if kind.starts_with("text") || kind.starts_with("writer") {
        Identity::read(Format::Odt)
    } else if kind.starts_with("spreadsheet") || kind.starts_with("calc") {
        Identity::read(Format::Ods)
    } else if kind.starts_with("presentation") || kind.starts_with("impress") {
        Identity::read(Format::Odp)
    } else {
        Identity::read(Format::Odf)
    })
}

/// A name as names are compared.
fn folded(name: &str) -> String {
    name.replace('\\', "/")
        .trim_start_matches('/')
        .to_lowercase()
}
