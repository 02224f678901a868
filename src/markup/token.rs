//! Where the next piece of markup ends, when all of it can be seen: what most of a document is.
//!
//! Tags and texts that are as plain as can be need no parser; everything else is left to it. A tag
//! ends where the parser, too, says that it ends: at the first `>` outside of quotation marks.

use super::shape::{Shape, Signs};

/// A text up to here is looked through byte by byte.
const SHORT: usize = 8;

/// What a piece of markup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text up to the next tag or reference.
    Text,
    Start {
        empty: bool,
        /// `None` where the tag is not as plain as can be.
        shape: Option<Shape>,
    },
    End,
}

/// What stands at the start of `bytes`, and its length; `None` if its end is not there, or if it
/// is neither a text nor an ordinary tag. Looks at each byte of a plain piece once.
#[inline]
pub(super) fn first(bytes: &[u8]) -> Option<(Kind, usize)> {
    match bytes {
        [b'<', b'!' | b'?', ..] | [b'&', ..] | [] => None,
        [b'<', b'/', tag @ ..] => {
            let inside = tag_end(tag)?;
            Some((Kind::End, inside.checked_add(3)?))
        }
        [b'<', tag @ ..] => start_tag(tag),
        text => {
            // Most are short, too: a search costs more than it saves on them.
            let (front, rest) = text.split_at_checked(SHORT).unwrap_or((text, &[]));
            let length = match front.iter().position(|byte| matches!(byte, b'<' | b'&')) {
                Some(length) => length,
                None => memchr::memchr2(b'<', b'&', rest)?.checked_add(front.len())?,
            };
            Some((Kind::Text, length))
        }
    }
}

/// A start tag behind its `<`.
#[inline]
fn start_tag(tag: &[u8]) -> Option<(Kind, usize)> {
    let start = |inside: usize, mut shape: Shape| {
        let empty = tag.get(..inside)?.ends_with(b"/");
        if empty && shape.name == inside {
            shape.name = inside.saturating_sub(1);
        }
        let shape = Some(shape);
        Some((Kind::Start { empty, shape }, inside.checked_add(2)?))
    };
    let mut shape = Shape {
        plain: true,
        ..Shape::default()
    };
    // Names and values are short: loops beat searches.
    let mut bytes = tag.iter().enumerate();
    loop {
        let (at, byte) = bytes.next()?;
        match byte {
            b'>' => {
                shape.name = at;
                return start(at, shape);
            }
            b' ' | b'\t' | b'\n' | b'\r' => {
                shape.name = at;
                break;
            }
            b':' if shape.prefix == 0 => shape.prefix = at.saturating_add(1),
            b'"' | b'\'' | b'\x0c' => {
                let inside = tag_end(tag)?;
                let empty = tag.get(..inside)?.ends_with(b"/");
                let kind = Kind::Start { empty, shape: None };
                return Some((kind, inside.checked_add(2)?));
            }
            _ => {}
        }
    }
    let mut signs = Signs::default();
    while let Some((at, byte)) = bytes.next() {
        signs.note(*byte);
        match byte {
            b'>' => {
                shape.signs = signs;
                return start(at, shape);
            }
            quote @ (b'"' | b'\'') => loop {
                let (_, byte) = bytes.next()?;
                signs.note(*byte);
                if byte == quote {
                    break;
                }
            },
            _ => {}
        }
    }
    None
}

/// Where the `>` of a tag stands.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut bytes = tag.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') => {
                bytes.find(|(_, byte)| *byte == quote)?;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_pieces_are_measured_and_others_left_alone() {
        let start = |empty| Kind::Start { empty, shape: None };
        for (text, expected) in [
            ("<a>x", Some((start(false), 3))),
            ("<a b='>' c=\"'\"/>x", Some((start(true), 16))),
            ("<>", Some((start(false), 2))),
            ("</a >x", Some((Kind::End, 5))),
            ("</>", Some((Kind::End, 3))),
            ("x y<a", Some((Kind::Text, 3))),
            ("x &amp;", Some((Kind::Text, 2))),
            ("1234567<a", Some((Kind::Text, 7))),
            ("12345678<a", Some((Kind::Text, 8))),
            ("a longer text&lt;<a", Some((Kind::Text, 13))),
            ("a longer text", None),
            ("x y", None),
            ("<a b='>", None),
            ("<a", None),
            ("<", None),
            ("", None),
            ("&amp;<", None),
            ("<!-- -->", None),
            ("<?xml?>", None),
        ] {
            let found = first(text.as_bytes()).map(|(kind, length)| match kind {
                Kind::Start { empty, .. } => (start(empty), length),
                Kind::Text | Kind::End => (kind, length),
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_shape_of_a_plain_tag_is_seen_on_the_way() {
        for (text, name, prefix, plain, signs) in [
            ("<a>", 1, 0, true, ""),
            ("<a/>", 1, 0, true, ""),
            ("<ab:c/>", 4, 3, true, ""),
            ("<a:b:c d:e='f'>", 5, 2, true, ""),
            ("<a/b >", 3, 0, true, ""),
            ("<a\tb='<'>", 1, 0, true, "<"),
            ("<a xb=\"1\"/>", 1, 0, true, "x"),
            ("<x b='>x&amp;'>", 1, 0, true, "x&"),
            ("<>", 0, 0, true, ""),
            // What only some hold for a blank, and what hides the end of the tag.
            ("<a\x0cb='&'>", 1, 0, false, "&"),
            ("<p:a\"b>\"/>", 7, 2, false, ""),
        ] {
            let Some((Kind::Start { empty, shape }, length)) = first(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!(length, text.len(), "{text}");
            let content = &text[1..length - if empty { 2 } else { 1 }];
            let by_hand = Shape::of(content);
            let shape = shape.unwrap_or(by_hand);
            let expected = Shape {
                name,
                prefix,
                plain,
                signs: Signs {
                    tag: signs.contains('<'),
                    declaration: signs.contains('x'),
                    reference: signs.contains('&'),
                },
            };
            assert_eq!(shape, expected, "{text}");
            assert_eq!(Shape { plain, ..by_hand }, expected, "{text}");
        }
    }
}
