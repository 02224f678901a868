//! The brackets of structured references: `Table1[column]`, `Table1[[#This Row],[a]:[b]]`.
//!
//! Between these brackets `'` escapes one character and `"` is an ordinary one, so a column named
//! `a"b` opens no string. Names of books in brackets (`[1]!x`, `'[Book.xlsx]Sheet'!A1`) follow no
//! name and are none of this.

/// Bytes that one structured reference may have. Names of columns have at most 255 characters, and
/// two of them with every character escaped, four bytes each, stay below.
const LONGEST: usize = 8 * 1024;
/// Bytes of failed attempts beyond four times the text.
const FUEL: usize = 256 * 1024;

/// Finds where structured references end, in linear time over a whole text.
#[derive(Debug)]
pub(super) struct Brackets {
    /// What attempts that find no end may still cost.
    fuel: usize,
}

impl Brackets {
    pub(super) fn of(text: &str) -> Self {
        Brackets {
            fuel: text.len().saturating_mul(4).saturating_add(FUEL),
        }
    }

    /// The byte after the structured reference whose bracket opens at `open`. `None` when it
    /// follows no name or is not closed: then it is an ordinary character.
    pub(super) fn end(&mut self, bytes: &[u8], open: usize) -> Option<usize> {
        let before = open.checked_sub(1).and_then(|at| bytes.get(at))?;
        if !is_name(*before) || bytes.get(open) != Some(&b'[') {
            return None;
        }
        let mut depth = 0_u32;
        let mut escaped = false;
        for (length, byte) in bytes
            .get(open..)?
            .iter()
            .enumerate()
            .take(LONGEST.min(self.fuel))
        {
            match byte {
                _ if escaped => escaped = false,
                b'\'' => escaped = true,
                b'[' => depth = depth.saturating_add(1),
                b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(open.saturating_add(length).saturating_add(1));
                    }
                }
                _ => {}
            }
        }
        let looked = bytes.len().saturating_sub(open).min(LONGEST);
        self.fuel = self.fuel.saturating_sub(looked);
        None
    }
}

/// Whether a byte may stand in a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'\\' | b'?') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Option<usize> {
        let open = text.find('[').unwrap();
        Brackets::of(text).end(text.as_bytes(), open)
    }

    #[test]
    fn a_reference_ends_where_its_bracket_closes() {
        for text in [
            "Table1[a]",
            "Table1[a\"b]",
            "Table1['[x]",
            "Table1[a''b]",
            "Table1[[#This Row],[a'#b]]",
            "T\u{e4}[']]",
        ] {
            assert_eq!(end(text), Some(text.len()), "{text}");
            assert_eq!(end(&format!("{text}&\"']\"")), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn other_brackets_are_none() {
        for text in [
            "[1]!a",
            "+[1]!a",
            "Table1[a",
            "Table1[a']",
            "Table1[[a]",
            "a [b]",
        ] {
            assert_eq!(end(text), None, "{text}");
        }
    }
}
