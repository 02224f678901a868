//! Builds small OOXML packages, part by part, from readable markup.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

pub const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";

/// A package under construction: parts in the order they are written.
#[derive(Clone)]
pub struct Package {
    parts: Vec<(String, Vec<u8>)>,
}

impl Package {
    pub fn empty() -> Self {
        Package { parts: Vec::new() }
    }

    /// Adds a part, or replaces one of the same name.
    pub fn part(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        match self.parts.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = bytes,
            None => self.parts.push((name.to_owned(), bytes)),
        }
        self
    }

    pub fn parts(&self) -> &[(String, Vec<u8>)] {
        &self.parts
    }

    pub fn build(&self) -> Vec<u8> {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|(n, b)| (n.as_str(), b.as_slice()))
            .collect();
        zip(&parts)
    }
}

/// A plain, well-formed zip, written by an independent library.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, options()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same, encrypted with ZipCrypto.
pub fn zip_with_password(parts: &[(&str, &[u8])], password: &str) -> Vec<u8> {
    zip_with_password_bytes(parts, password.as_bytes())
}

/// The same with a password in any encoding.
pub fn zip_with_password_bytes(parts: &[(&str, &[u8])], password: &[u8]) -> Vec<u8> {
    use zip::unstable::write::FileOptionsExt;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = options().with_deprecated_encryption(password).unwrap();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A fixed date, so that the same recipe gives the same bytes.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().last_modified_time(zip::DateTime::default())
}

/// One relationship: id, the last segment of its type, target, external or not.
pub type Rel<'a> = (&'a str, &'a str, &'a str, bool);

/// A `.rels` part.
pub fn rels(relationships: &[Rel<'_>]) -> String {
    let mut xml = format!("<Relationships xmlns=\"{RELS}\">");
    for (id, kind, target, external) in relationships {
        let mode = if *external {
            " TargetMode=\"External\""
        } else {
            ""
        };
        let target = attribute(target);
        xml +=
            &format!("<Relationship Id=\"{id}\" Type=\"{R}/{kind}\" Target=\"{target}\"{mode}/>");
    }
    xml + "</Relationships>"
}

/// Escapes text for an attribute value.
pub fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}

/// Escapes text for element content.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A content types part: overrides of part names.
pub fn content_types(overrides: &[(&str, &str)]) -> String {
    let mut xml = format!(
        "<Types xmlns=\"{TYPES}\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    for (part, kind) in overrides {
        xml += &format!("<Override PartName=\"{part}\" ContentType=\"{kind}\"/>");
    }
    xml + "</Types>"
}
