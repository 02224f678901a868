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
use crate::markup::references::{Entities, resolve};
use crate::text::{starts_with, strip_prefix};

/// The root of an XML part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) ns: Ns,
    pub(crate) local: String,
}

/// Bytes of a page that are searched for what it is for; a connection stands in its head.
const PAGE: usize = 64 << 10;
/// Bytes of a name that are kept.
const NAME: usize = 256;
/// Bytes of a namespace that are looked at: each letter may be a reference of ten or so.
const SPELLED: usize = 4 * 1024;

/// First tags that make a text HTML when they have no namespace: the elements of HTML (HTML
/// standard, index of elements, and its obsolete ones), without the names of others' roots.
const HTML: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "menu",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// Tags that make a text a page wherever they stand: those that hold cells, and the page itself.
const PAGE_TAGS: &[&[u8]] = &[b"table", b"td", b"th", b"tr", b"html", b"body"];

/// Whether a tag of a page with cells stands anywhere.
pub(super) fn has_page(head: &[u8]) -> bool {
    let text = decode(head);
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).any(|at| {
        let name = bytes.get(at.saturating_add(1)..).unwrap_or_default();
        PAGE_TAGS.iter().any(|tag| {
            let ends = |end: u8| end.is_ascii_whitespace() || matches!(end, b'>' | b'/');
            name.get(..tag.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(tag))
                && name.get(tag.len()).is_some_and(|end| ends(*end))
        })
    })
}

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

/// What the first tag says, when the text is markup. `cut` says that the text goes on: of a tag
/// that does not end in it nothing is known yet.
pub(super) fn identify(text: &str, cut: bool) -> Option<Identity> {
    let mut rest = trim(text);
    if !rest.starts_with('<') {
        return None;
    }
    let mut declared = false;
    let mut entities = Entities::default();
    loop {
        rest = trim(rest);
        let tail = rest.strip_prefix('<')?;
        rest = if let Some(instruction) = tail.strip_prefix('?') {
            declared |= instruction.starts_with("xml");
            past(instruction, "?>")?
        } else if let Some(comment) = tail.strip_prefix("!--") {
            past(comment, "-->")?
        } else if let Some(kind) = tail.strip_prefix('!') {
            if starts_with(trim_word(kind, "doctype"), "html") {
                return Some(html());
            }
            let behind = past_declaration(kind)?;
            let length = kind.len().saturating_sub(behind.len());
            entities.declare(kind.get(..length).unwrap_or_default());
            behind
        } else {
            return first_tag(tail, declared, cut, &entities);
        };
    }
}

fn html() -> Identity {
    Identity::read(Format::Html)
}

fn past<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    text.split_once(end).map(|(_, rest)| rest)
}

/// Behind a document type declaration, with or without an internal subset: brackets in its
/// strings and comments end nothing.
fn past_declaration(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut subset = false;
    loop {
        let at = rest.find(['[', ']', '>', '"', '\'', '<'])?;
        let (_, found) = rest.split_at_checked(at)?;
        let mut letters = found.chars();
        let mark = letters.next()?;
        let tail = letters.as_str();
        rest = match mark {
            '>' if !subset => return Some(tail),
            '"' | '\'' => {
                let (_, tail) = tail.split_once(mark)?;
                tail
            }
            '<' => tail
                .strip_prefix("!--")
                .map_or(Some(tail), |tail| past(tail, "-->"))?,
            '[' => {
                subset = true;
                tail
            }
            ']' => {
                subset = false;
                tail
            }
            _ => tail,
        };
    }
}

fn trim_word<'a>(text: &'a str, word: &str) -> &'a str {
    strip_prefix(text, word).map_or("", str::trim_start)
}

fn first_tag(tail: &str, declared: bool, cut: bool, entities: &Entities) -> Option<Identity> {
    let end = tail.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    let (name, attributes) = tail.split_at_checked(end.unwrap_or(tail.len()))?;
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || name.len() > NAME {
        return None;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    // Letters of a namespace may be spelled with references.
    let (uri, _) = resolve(namespace(attributes, prefix), entities);
    let lower = local.to_ascii_lowercase();
    let is_html = lower == "html" || (!declared && uri.is_empty() && HTML.contains(&&*lower));
    if prefix.is_empty() && is_html {
        return Some(html());
    }
    if cut && !is_closed(attributes) {
        return None;
    }
    Some(by_root(&uri, local, attributes))
}

/// Whether a tag ends in the text: a `>` in a string ends nothing.
fn is_closed(attributes: &str) -> bool {
    let mut rest = attributes;
    while let Some((at, mark)) = rest
        .char_indices()
        .find(|(_, c)| matches!(c, '>' | '"' | '\''))
    {
        if mark == '>' {
            return true;
        }
        let behind = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some((_, behind)) = behind.split_once(mark) else {
            return false;
        };
        rest = behind;
    }
    false
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
            return value.get(..SPELLED.min(value.len())).unwrap_or(value);
        }
        rest = tail;
    }
    ""
}

/// Documents in one XML file (`spec/word.md` §4; `spec/excel.md` §6, §7).
fn by_root(uri: &str, local: &str, attributes: &str) -> Identity {
    const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    match (local, uri) {
        ("wordDocument", uri) if Ns::of(uri) == Ns::Word => Identity::read(Format::WordXml2003),
        ("Workbook", uri) if Ns::of(uri) == Ns::Spreadsheet2003 => {
            Identity::read(Format::ExcelXml2003)
        }
        ("package", "http://schemas.microsoft.com/office/2006/xmlPackage") => {
            Identity::read(Format::FlatOpc)
        }
        ("document", ODF) => flat_odf(attributes),
        ("VisioDocument", uri) if Ns::of(uri) == Ns::Visio => Identity::read(Format::Visio),
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

/// Whether a page is a data connection (`.odc`, `spec/excel.md` §6.3): it holds the island of one.
pub(super) fn is_connection(head: &[u8]) -> bool {
    let text = decode(head.get(..head.len().min(PAGE)).unwrap_or_default());
    let text = text.to_ascii_lowercase();
    ["officedataconnection", "content=odc.", "content=\"odc."]
        .iter()
        .any(|mark| text.contains(mark))
}

/// A root that stands behind more than is looked at here: comments, instructions, blanks.
pub(crate) fn identify_late(ns: Ns, local: &str) -> Identity {
    match (ns, local) {
        (Ns::Word, "wordDocument") => Identity::read(Format::WordXml2003),
        (Ns::Odf, "document") => Identity::read(Format::Odf),
        (Ns::Visio, "VisioDocument") => Identity::read(Format::Visio),
        (_, "package") => Identity::read(Format::FlatOpc),
        (Ns::Spreadsheet2003, "Workbook") => Identity::read(Format::ExcelXml2003),
        (_, local) if local.eq_ignore_ascii_case("html") => html(),
        _ => Identity::opaque(SkipReason::Unknown),
    }
}

/// Whether a text without a first tag may be markup whose first tag is still to come; `more` says
/// that the text goes on.
pub(super) fn is_open(text: &str, more: bool) -> bool {
    let text = trim(text);
    let begins = |tag: &str| tag.starts_with(|c: char| c.is_alphabetic() || c == '_');
    more && (text.is_empty() || text.strip_prefix('<').is_some_and(begins))
        || text.starts_with("<?")
        || text.starts_with("<!")
}

fn flat_odf(attributes: &str) -> Identity {
    let (tag, _) = attributes.split_once('>').unwrap_or((attributes, ""));
    let is = |kind: &str| tag.contains(&format!("opendocument.{kind}"));
    Identity::read(if is("spreadsheet") {
        Format::Ods
    } else if is("presentation") {
        Format::Odp
    } else if is("text") {
        Format::Odt
    } else {
        Format::Odf
    })
}
