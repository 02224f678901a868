//! Where the next piece of markup ends, when all of it can be seen: what most of a document is.
//!
//! Tags and texts that are as plain as can be need no parser; everything else is left to it. A tag
//! ends where the parser, too, says that it ends: at the first `>` outside of quotation marks.

/// What a piece of markup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text up to the next tag or reference.
    Text,
    Start {
        empty: bool,
    },
    End,
}

/// What stands at the start of `bytes`, and its length; `None` if its end is not there, or if it
/// is neither a text nor an ordinary tag. Looks at each byte of the piece once.
pub(super) fn first(bytes: &[u8]) -> Option<(Kind, usize)> {
    match bytes {
        [b'<', b'!' | b'?', ..] | [b'&', ..] | [] => None,
        [b'<', tag @ ..] => {
            let inside = tag_end(tag)?;
            let kind = match tag.get(..inside)? {
                [b'/', ..] => Kind::End,
                content => Kind::Start {
                    empty: content.ends_with(b"/"),
                },
            };
            Some((kind, inside.checked_add(2)?))
        }
        text => {
            let length = memchr::memchr2(b'<', b'&', text)?;
            Some((Kind::Text, length))
        }
    }
}

/// Where the `>` of a tag stands.
fn tag_end(tag: &[u8]) -> Option<usize> {
    // Names and values are short: a loop beats a search.
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
        let start = |empty| Kind::Start { empty };
        for (text, expected) in [
            ("<a>x", Some((start(false), 3))),
            ("<a b='>' c=\"'\"/>x", Some((start(true), 16))),
            ("<>", Some((start(false), 2))),
            ("</a >x", Some((Kind::End, 5))),
            ("</>", Some((Kind::End, 3))),
            ("x y<a", Some((Kind::Text, 3))),
            ("x &amp;", Some((Kind::Text, 2))),
            ("x y", None),
            ("<a b='>", None),
            ("<a", None),
            ("<", None),
            ("", None),
            ("&amp;<", None),
            ("<!-- -->", None),
            ("<?xml?>", None),
        ] {
            assert_eq!(first(text.as_bytes()), expected, "{text}");
        }
    }
}
