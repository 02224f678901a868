//! Text as Excel reads it: fillers removed, full-width letters and odd blanks made plain
//! (`spec/excel.md` §0.4).

use std::borrow::Cow;

use crate::link::TechniqueId;

/// A text made plain, and which disguises that undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plain<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Control or invisible characters were removed.
    pub(crate) filler: bool,
    /// Full-width letters were mapped to ASCII.
    pub(crate) full_width: bool,
}

impl Plain<'_> {
    /// The disguises that were undone. Odd blanks and curly quotation marks (step 3 of §0.4) come
    /// from ordinary editing and are none.
    pub(crate) fn techniques(&self) -> impl Iterator<Item = TechniqueId> {
        let filler = self.filler.then_some(TechniqueId::FillerCharacters);
        let full_width = self.full_width.then_some(TechniqueId::FullWidth);
        filler.into_iter().chain(full_width)
    }
}

/// What becomes of one character.
enum Fate {
    Stays,
    Filler,
    FullWidth(char),
    Becomes(char),
}

/// The table of §0.4, in its order.
fn fate(c: char) -> Fate {
    match c {
        '\0'..='\u{8}'
        | '\u{b}'
        | '\u{c}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => Fate::Filler,
        '\u{ff01}'..='\u{ff5e}' => {
            // U+FF01 is `!`, U+FF5E is `~`: the block keeps the order of ASCII.
            let ascii = u32::from(c).saturating_sub(0xfee0);
            Fate::FullWidth(char::from_u32(ascii).unwrap_or(c))
        }
        '\u{a0}' | '\u{3000}' => Fate::Becomes(' '),
        '\u{2018}' | '\u{2019}' => Fate::Becomes('\''),
        _ => Fate::Stays,
    }
}

/// Makes `text` plain. Borrowed when nothing changes.
pub(crate) fn normalise(text: &str) -> Plain<'_> {
    let mut plain = Plain {
        text: Cow::Borrowed(text),
        filler: false,
        full_width: false,
    };
    let Some((unchanged, _)) = text
        .char_indices()
        .find(|(_, c)| !matches!(fate(*c), Fate::Stays))
    else {
        return plain;
    };
    let (head, tail) = text.split_at_checked(unchanged).unwrap_or((text, ""));
    let mut out = String::from(head);
    for c in tail.chars() {
        match fate(c) {
            Fate::Stays => out.push(c),
            Fate::Filler => plain.filler = true,
            Fate::FullWidth(ascii) => {
                plain.full_width = true;
                out.push(ascii);
            }
            Fate::Becomes(other) => out.push(other),
        }
    }
    plain.text = Cow::Owned(out);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_disappear() {
        let plain = normalise("=\0\0C\0\0m\0D\0|'/\0c calc.exe'\0!A");
        assert_eq!(plain.text, "=CmD|'/c calc.exe'!A");
        assert!(plain.filler && !plain.full_width);
        assert_eq!(
            normalise("c\u{200b}m\u{202e}d\u{ad}\u{2060}\u{feff}").text,
            "cmd"
        );
        assert_eq!(normalise("a\u{1}\u{7f}b").text, "ab");
    }

    #[test]
    fn tab_and_line_breaks_stay() {
        let plain = normalise("a\tb\r\nc");
        assert_eq!(plain.text, "a\tb\r\nc");
        assert!(!plain.filler);
    }

    #[test]
    fn full_width_becomes_ascii() {
        let plain = normalise("＝ｃｍｄ｜'/c'！A");
        assert_eq!(plain.text, "=cmd|'/c'!A");
        assert_eq!(
            plain.techniques().collect::<Vec<_>>(),
            [TechniqueId::FullWidth]
        );
    }

    #[test]
    fn typography_is_no_disguise() {
        let plain = normalise("=cmd|\u{2018}/c\u{a0}calc\u{2019}!A\u{3000}");
        assert_eq!(plain.text, "=cmd|'/c calc'!A ");
        assert_eq!(plain.techniques().count(), 0);
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(normalise("=SUM(A1:Ä2)").text, Cow::Borrowed(_)));
    }
}
