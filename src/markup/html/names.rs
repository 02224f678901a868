//! Names and texts as they are spelled, and what is known of elements by their names
//! (HTML standard §13.1.2, §15.3).

/// Bytes of text that are decoded at once.
const BLOCK: usize = 64 << 10;

/// Whether a name is this one: NULs in it are nothing.
pub(crate) fn is_named(name: &[u8], wanted: &[u8]) -> bool {
    name.eq_ignore_ascii_case(wanted)
        || memchr::memchr(0, name).is_some()
            && name
                .iter()
                .filter(|byte| **byte != 0)
                .map(u8::to_ascii_lowercase)
                .eq(wanted.iter().copied())
}

/// How much of a text is decoded at once, so that no character and no reference is cut.
pub(crate) fn cut(text: &[u8]) -> usize {
    /// Bytes of the longest reference.
    const REFERENCE: usize = 40;
    if text.len() <= BLOCK {
        return text.len();
    }
    let last = BLOCK.saturating_sub(REFERENCE);
    let window = text.get(last..BLOCK).unwrap_or_default();
    if let Some(reference) = memchr::memrchr(b'&', window) {
        return last.saturating_add(reference);
    }
    let character = window.iter().rposition(|byte| byte & 0xc0 != 0x80);
    last.saturating_add(character.unwrap_or(0)).max(1)
}

/// Elements that end a paragraph or a cell.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "tr"
            | "td"
            | "th"
            | "table"
            | "blockquote"
            | "pre"
            | "center"
            | "hr"
            | "body"
            | "form"
    )
}

/// Elements that split a text into runs.
pub(crate) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "b" | "i"
            | "u"
            | "s"
            | "em"
            | "strong"
            | "font"
            | "code"
            | "tt"
            | "a"
            | "sub"
            | "sup"
            | "small"
            | "big"
            | "ins"
            | "del"
            | "span"
    )
}

/// Elements without content.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "base"
            | "area"
            | "col"
            | "embed"
            | "param"
            | "wbr"
            | "bgsound"
            | "basefont"
            | "frame"
    )
}
