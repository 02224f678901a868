//! Whether the columns of a text have `|` between them (`spec/excel.md` §5.3).
//!
//! Only bars that stand between columns count: neither those of a quoted field, nor those of a
//! field that begins like a formula. A list of links is no table.
//!
//! # Malformed input
//!
//! A quotation mark that is never closed goes up to the end of the text.
//!
//! # Worst cases
//!
//! Linear in the first lines; nothing is held but a number for each of them.

use super::text::{CR, LF, Text, is_line_end};

const BAR: u16 = 0x7c;
const QUOTE: u16 = 0x22;

/// Lines by which it is told, and how many of them must agree (`spec/excel.md` §5.3).
const SAMPLE: usize = 20;
const AGREE: usize = 5;

/// Whether the first lines have columns with `|` between them.
pub(super) fn are_told_by_bars(text: Text<'_>) -> bool {
    let width = text.width();
    let mut counts: Vec<usize> = Vec::new();
    let mut count = 0usize;
    let mut at = 0;
    let mut begins = true;
    while at < text.len() && counts.len() < SAMPLE {
        if std::mem::take(&mut begins) {
            at = skip_field(text, at);
        }
        match text.at(at) {
            Some(unit) if is_line_end(unit) => {
                counts.push(std::mem::take(&mut count));
                at = text.next_line(at);
                begins = true;
                continue;
            }
            Some(BAR) => count = count.saturating_add(1),
            Some(unit) => begins = cuts(unit),
            None => break,
        }
        at = at.saturating_add(width);
    }
    if count > 0 && counts.len() < SAMPLE {
        counts.push(count);
    }
    counts.iter().any(|count| {
        let agree = counts.iter().filter(|other| *other == count).count();
        *count > 0 && agree >= AGREE
    })
}

fn cuts(unit: u16) -> bool {
    [b',', b';', b'\t'].map(u16::from).contains(&unit)
}

/// The end of the field that starts here, if it is quoted or begins like a formula; else where it
/// starts.
fn skip_field(text: Text<'_>, from: usize) -> usize {
    let width = text.width();
    let mut at = from;
    loop {
        match text.blank(at) {
            0 => break,
            length => at = at.saturating_add(length),
        }
    }
    match text.ascii(at) {
        Some(b'"') => {
            at = at.saturating_add(width);
            loop {
                let Some(mark) = text.find(at, [QUOTE; 3]) else {
                    return text.len();
                };
                let next = text.skip_nuls(mark.saturating_add(width));
                if text.at(next) != Some(QUOTE) {
                    return next;
                }
                at = next.saturating_add(width);
            }
        }
        Some(b'=' | b'+' | b'-' | b'@') => {
            while text
                .at(at)
                .is_some_and(|unit| !cuts(unit) && unit != LF && unit != CR)
            {
                at = at.saturating_add(width);
            }
            at
        }
        _ => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> bool {
        are_told_by_bars(Text::of(text.as_bytes()))
    }

    #[test]
    fn bars_between_columns() {
        for row in [
            "a|b\n",
            "Berlin|5280|ok!\r\n",
            "|x|y|\n",
            "1;a|b\n",
            "\"q\",a|b\n",
        ] {
            assert!(told(&row.repeat(5)), "{row}");
            assert!(!told(&row.repeat(4)), "{row}");
            assert!(told(row.repeat(5).trim_end()), "{row}");
        }
    }

    /// A list of links is no table.
    #[test]
    fn bars_of_formulas_and_quoted_fields_do_not_count() {
        for row in [
            "=a|b!c\n",
            "1,=a|'b c'!d\n",
            "x;\t+a|b!c\n",
            "1,\"=a|'b,c'!d\"\n",
            "\"a|b\"\n",
            " \"a|\"\"b\"\n",
            "a\n",
        ] {
            assert!(!told(&row.repeat(30)), "{row}");
        }
        assert!(!told(&"\"".repeat(99_999)));
    }
}
