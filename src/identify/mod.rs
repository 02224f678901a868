//! What could these bytes be? (temporary)
use crate::gap::SkipReason;
/// What a document is, by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Format {
    /// No bytes at all.
    Empty,
    /// Nothing that an Office program opens.
    Other,
    /// x
    Zip,
    /// x
    Docx,
    /// x
    Xlsx,
    /// x
    Pptx,
}
pub(crate) enum Disposition {
    Empty,
    Container,
    Xml,
    Unsupported(Format),
    Opaque(SkipReason),
}
impl Format {
    pub(crate) fn description(self) -> &'static str {
        "x"
    }
}
pub(crate) fn identify(d: &[u8]) -> Disposition {
    if d.is_empty() {
        return Disposition::Empty;
    }
    if d.starts_with(b"PK\x03\x04") {
        return Disposition::Container;
    }
    let t = d.trim_ascii_start();
    if t.starts_with(b"<")
        || d.starts_with(&[0xff, 0xfe])
        || d.starts_with(&[0xfe, 0xff])
        || d.starts_with(&[0xef, 0xbb, 0xbf])
        || d.starts_with(&[0, b'<'])
    {
        return Disposition::Xml;
    }
    if d.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Disposition::Unsupported(Format::Other);
    }
    if memchr::memmem::find(d, b"PK\x03\x04").is_some() {
        return Disposition::Container;
    }
    Disposition::Opaque(SkipReason::Unknown)
}
