//! Text as Windows programs match it: without fillers, with ASCII letters (spreadsheet
//! specification, section 0.4).

use std::collections::BTreeMap;

/// A text after normalisation, with what was undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Normal {
    pub(crate) text: String,
    /// Control or invisible characters stood between the letters.
    pub(crate) fillers: bool,
    /// Full-width letters stood for ASCII ones.
    pub(crate) full_width: bool,
}

/// Drops control and invisible characters, maps full-width letters to ASCII, odd blanks to blanks
/// and curly single quotes to straight ones.
pub(crate) fn normal(text: &str) -> Normal {
    // Most texts are plain.
    if text
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
    {
        return Normal {
            text: text.to_owned(),
            ..Normal::default()
        };
    }
    let mut result = Normal::default();
    for c in text.chars() {
        if is_filler(c) {
            result.fillers = true;
        } else if let Some(ascii) = full_width(c) {
            result.full_width = true;
            result.text.push(ascii);
        } else {
            result.text.push(match c {
                '\u{a0}' | '\u{3000}' => ' ',
                '\u{2018}' | '\u{2019}' => '\'',
                c => c,
            });
        }
    }
    result
}

/// Where bytes of the normalised text stand in `text`: each key of `wanted` is a place there, each
/// value becomes the place here.
pub(super) fn places(text: &str, wanted: &mut BTreeMap<usize, usize>) {
    let mut ours = 0_usize;
    let mut places = wanted.iter_mut().peekable();
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let is_end = at == text.len();
        if !is_end && is_filler(c) {
            continue;
        }
        while let Some((_, place)) = places.next_if(|(wanted, _)| **wanted <= ours) {
            *place = at;
        }
        let length = match c {
            c if full_width(c).is_some() => 1,
            '\u{a0}' | '\u{3000}' | '\u{2018}' | '\u{2019}' => 1,
            c => c.len_utf8(),
        };
        ours = ours.saturating_add(length);
    }
    // Behind the last one.
    places.for_each(|(_, place)| *place = text.len());
}

/// Section 0.4, step 1: Excel drops NULs when it reads text; the rest is invisible.
fn is_filler(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}'
        | '\u{b}'
        | '\u{c}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}')
}

/// Section 0.4, step 2: U+FF01 to U+FF5E are U+0021 to U+007E.
fn full_width(c: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(0xfee0)?;
    matches!(offset, 0x21..=0x7e)
        .then(|| char::from_u32(offset))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn drops_fillers_and_widths() {
        let nul = normal("\0C\0\0m\0D\0");
        assert_eq!((nul.text.as_str(), nul.fillers), ("CmD", true));
        let wide = normal("\u{ff43}\u{ff4d}\u{ff44}\u{ff5c}");
        assert_eq!((wide.text.as_str(), wide.full_width), ("cmd|", true));
        let plain = normal("a\u{a0}b\u{2019}c\td");
        assert_eq!(plain.text, "a b'c\td");
        assert!(!plain.fillers && !plain.full_width);
    }
}
