//! XML and HTML by their first tag.
//!
//! # Malformed input
//!
//! Byte order marks, blanks and NULs in front are passed over; UTF-16 is told without a mark, too.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{Disposition, Format, Identity};
use crate::gap::SkipReason;
use crate::markup::names::Ns;

/// The root of an XML part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) ns: Ns,
    pub(crate) local: String,
}

/// Bytes of a name or a namespace that are kept.
const NAME: usize = 256;

/// First tags that make a text HTML when they have no namespace.
const HTML: &[&str] = &[
    "html", "head", "body", "title", "meta", "link", "style", "script", "table", "tr", "td", "div",
    "span", "p", "br", "hr", "font", "center", "b", "i", "u", "a", "img", "h1", "h2", "h3", "ul",
    "ol", "pre", "form", "iframe", "frameset", "object", "base", "basefont", "bgsound",
];

/// The text of a head whose encoding is told by its mark, or by the NULs around its first `<`.
pub(super) fn decode(head: &[u8]) -> Cow<'_, str> {
    let start = head
        .iter()
        .position(|byte| *byte != 0 && !byte.is_ascii_whitespace());
    let first = start.unwrap_or(0);
    let (utf16, _) = match head {
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest),
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest),
        _ => {
            let after = head.get(first.saturating_add(1)..).unwrap_or_default();
            let from = |start: usize| head.get(start..).unwrap_or_default();
            match after {
                // The second letter tells the order: `<`, NUL, letter, NUL or NUL, `<`, NUL.
                [0, letter, 0, ..] if *letter != 0 => {
                    UTF_16LE.decode_without_bom_handling(from(first))
                }
                [0, letter, ..] if *letter != 0 && first > 0 => {
                    UTF_16BE.decode_without_bom_handling(from(first.saturating_sub(1)))
                }
                _ => return String::from_utf8_lossy(head),
            }
        }
    };
    utf16
}

/// What is left of a text behind marks, blanks and NULs.
pub(super) fn trim(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '\u{feff}'))
}

/// What the first tag says, when the text is markup.
pub(super) fn identify(text: &str) -> Option<Identity> {
    let mut rest = trim(text);
    if !rest.starts_with('<') {
        return None;
    }
    let mut declared = false;
    loop {
        rest = trim(rest);
        let tail = rest.strip_prefix('<')?;
        rest = if let Some(instruction) = tail.strip_prefix('?') {
            declared |= instruction.starts_with("xml");
            past(instruction, "?>")?
        } else if let Some(comment) = tail.strip_prefix("!--") {
            past(comment, "-->")?
        } else if let Some(kind) = tail.strip_prefix('!') {
            if starts_with_ignoring_case(trim_word(kind, "doctype"), "html") {
                return Some(html());
            }
            past_declaration(kind)?
        } else {
            return first_tag(tail, declared);
        };
    }
}

fn html() -> Identity {
    Identity::read(Format::Html)
}

fn past<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    text.split_once(end).map(|(_, rest)| rest)
}

/// Behind a document type declaration, with or without an internal subset.
fn past_declaration(text: &str) -> Option<&str> {
    let end = text.find(['[', '>'])?;
    let (_, rest) = text.split_at_checked(end)?;
    match rest.strip_prefix('>') {
        Some(rest) => Some(rest),
        None => past(rest, "]").and_then(|rest| past(rest, ">")),
    }
}

fn trim_word<'a>(text: &'a str, word: &str) -> &'a str {
    match text.split_at_checked(word.len()) {
        Some((head, tail)) if head.eq_ignore_ascii_case(word) => tail.trim_start(),
        Some(_) | None => "",
    }
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn first_tag(tail: &str, declared: bool) -> Option<Identity> {
    let end = tail.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    let (name, attributes) = tail.split_at_checked(end.unwrap_or(tail.len()))?;
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || name.len() > NAME {
        return None;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let uri = namespace(attributes, prefix);
    let lower = local.to_ascii_lowercase();
    let is_html = lower == "html" || (!declared && uri.is_empty() && HTML.contains(&&*lower));
    if prefix.is_empty() && is_html {
        return Some(html());
    }
    Some(by_root(uri, local, attributes))
}

/// The value of the namespace declaration of `prefix` among the attributes of the first tag.
fn namespace<'a>(attributes: &'a str, prefix: &str) -> &'a str {
    let wanted = if prefix.is_empty() {
        "xmlns".to_owned()
    } else {
        format!("xmlns:{prefix}")
    };
    let mut rest = attributes;
    while let Some((name, tail)) = rest.split_once('=') {
        // What stands behind the end of the tag is not looked at.
        if name.contains('>') {
            break;
        }
        let tail = tail.trim_start();
        let Some(quote) = tail.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some((value, tail)) = tail.get(1..).and_then(|tail| tail.split_once(quote)) else {
            break;
        };
        if name.trim() == wanted {
            return value.get(..NAME.min(value.len())).unwrap_or(value);
        }
        rest = tail;
    }
    ""
}

/// Documents in one XML file (`spec/word.md` §4; `spec/excel.md` §6, §7).
fn by_root(uri: &str, local: &str, attributes: &str) -> Identity {
    const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    match (local, uri) {
        ("wordDocument", uri) if Ns::of(uri) == Ns::Word => {
            Identity::unsupported(Format::WordXml2003, "Word 2003 XML document")
        }
        ("Workbook", "urn:schemas-microsoft-com:office:spreadsheet") => {
            Identity::unsupported(Format::ExcelXml2003, "Excel 2003 XML workbook")
        }
        ("package", "http://schemas.microsoft.com/office/2006/xmlPackage") => {
            Identity::unsupported(Format::FlatOpc, "Office package in one XML file (Flat OPC)")
        }
        ("document", ODF) => flat_odf(attributes),
        ("svg", _) => Identity::opaque(SkipReason::Picture),
        _ => {
            let root = Root {
                ns: Ns::of(uri),
                local: local.to_owned(),
            };
            Identity {
                format: Format::Other,
                disposition: Disposition::Xml(root),
            }
        }
    }
}

fn flat_odf(attributes: &str) -> Identity {
    let (tag, _) = attributes.split_once('>').unwrap_or((attributes, ""));
    let is = |kind: &str| tag.contains(&format!("opendocument.{kind}"));
    if is("spreadsheet") {
        Identity::unsupported(
            Format::Ods,
            "OpenDocument spreadsheet in one XML file (.fods)",
        )
    } else if is("presentation") {
        Identity::unsupported(
            Format::Odp,
            "OpenDocument presentation in one XML file (.fodp)",
        )
    } else if is("text") {
        Identity::unsupported(Format::Odt, "OpenDocument text in one XML file (.fodt)")
    } else {
        Identity::unsupported(Format::Odf, "OpenDocument file in one XML file")
    }
}
