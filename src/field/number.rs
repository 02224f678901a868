//! Numbers as text: `\* roman`, `\# "0 'pieces'"`, and the pictures of dates (ECMA-376 part 1
//! §17.16.4).
//!
//! # Malformed input
//!
//! Every picture is one. Worst case: linear in the picture.

use super::formula::round;

/// A number as text in one of the formats of `\*`; `None` when the format is none of numbers or
/// the text no number that it can show.
pub(super) fn format(text: &str, format: &str) -> Option<String> {
    let number: u32 = text.trim().parse().ok()?;
    let upper = format.starts_with(char::is_uppercase);
    let shown = match format.to_ascii_lowercase().as_str() {
        "alphabetic" => alphabetic(number)?,
        "roman" => roman(number)?,
        "hex" => return Some(format!("{number:X}")),
        _ => return None,
    };
    Some(if upper { shown.to_uppercase() } else { shown })
}

/// 1 is a, 26 is z, 27 is aa, 28 is bb. Word goes to 780, which is thirty times z.
fn alphabetic(number: u32) -> Option<String> {
    let index = number.checked_sub(1).filter(|index| *index < 780)?;
    let letter = char::from_u32(u32::from('a').checked_add(index % 26)?)?;
    let times = (index / 26).checked_add(1)?;
    Some(std::iter::repeat_n(letter, usize::try_from(times).ok()?).collect())
}

/// Word goes to 32,767.
fn roman(number: u32) -> Option<String> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut left = Some(number).filter(|number| (1..=32_767).contains(number))?;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while let Some(less) = left.checked_sub(value) {
            text.push_str(sign);
            left = less;
        }
    }
    Some(text)
}

/// What a picture makes of a value.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) text: String,
    /// It brings letters of its own.
    pub(super) literal: bool,
}

/// A numeric picture (`\#`): the number, rounded, where its first place for digits stands, and its
/// own text. Sections for positive, negative and zero values are apart by semicolons. A place
/// without a digit stays empty, where the program leaves a blank.
pub(super) fn numeric(picture: &str, number: Option<f64>) -> Picture {
    let wanted = match number {
        Some(number) if number < 0.0 => 1,
        Some(0.0) => 2,
        Some(_) | None => 0,
    };
    let sections = sections(picture);
    let own = sections.get(wanted);
    let section = own.or(sections.first()).copied().unwrap_or_default();
    let mut digits = number.map(|number| {
        let sign = if number < 0.0 && own.is_none() {
            "-"
        } else {
            ""
        };
        format!("{sign}{}", Places::of(section).show(number.abs()))
    });
    let mut found = Picture::default();
    let mut quoted = false;
    let mut placed = false;
    for c in section.chars() {
        if c == '\'' {
            quoted = !quoted;
        } else if quoted {
            found.push(c);
        } else if is_place(c) {
            found.text.push_str(&digits.take().unwrap_or_default());
            placed = true;
        } else if !(placed && matches!(c, '.' | ',')) {
            found.push(c);
        }
    }
    found
}

fn is_place(c: char) -> bool {
    matches!(c, '0' | '#' | 'x')
}

/// The places for digits of a picture.
#[derive(Default)]
struct Places {
    /// In front of the point.
    whole: usize,
    /// Of these so many are filled with zeros.
    filled: usize,
    /// Digits in front of the first place are dropped.
    dropped: bool,
    /// Thousands are apart.
    grouped: bool,
    /// Behind the point.
    decimals: usize,
    /// Of these so many are always shown.
    fixed: usize,
}

impl Places {
    fn of(section: &str) -> Places {
        let mut places = Places::default();
        let (mut quoted, mut point) = (false, false);
        for c in section.chars() {
            quoted ^= c == '\'';
            match c {
                _ if quoted => {}
                '0' | '#' | 'x' if point => {
                    places.decimals = places.decimals.saturating_add(1);
                    if c != '#' {
                        places.fixed = places.decimals;
                    }
                }
                '0' | '#' | 'x' => {
                    places.dropped |= c == 'x' && places.whole == 0;
                    places.whole = places.whole.saturating_add(1);
                    if c == '0' || places.filled > 0 {
                        places.filled = places.filled.saturating_add(1);
                    }
                }
                '.' => point = true,
                ',' => places.grouped |= places.whole > 0 && !point,
                _ => {}
            }
        }
        places
    }

    /// A number that is not negative, in these places.
    fn show(&self, number: f64) -> String {
        /// More digits than a number has.
        const MOST: usize = 15;
        let decimals = self.decimals.min(MOST);
        let scale = u8::try_from(decimals).map_or(0.0, f64::from);
        let rounded = Some(round(number, scale)).filter(|number| number.is_finite());
        let text = format!("{:.decimals$}", rounded.unwrap_or(number));
        let (whole, behind) = text.split_once('.').unwrap_or((&text, ""));
        let mut digits = if whole == "0" { "" } else { whole };
        if self.dropped {
            let start = digits.len().saturating_sub(self.whole);
            digits = digits.get(start..).unwrap_or_default();
        } else if self.filled == 0 && self.decimals == 0 {
            digits = whole;
        }
        let zeros = self.filled.saturating_sub(digits.len());
        let mut shown = String::new();
        let all = std::iter::repeat_n('0', zeros).chain(digits.chars());
        let count = zeros.saturating_add(digits.len());
        for (at, digit) in all.enumerate() {
            if self.grouped && at > 0 && count.saturating_sub(at) % 3 == 0 {
                shown.push(',');
            }
            shown.push(digit);
        }
        let mut behind = behind;
        while behind.len() > self.fixed
            && let Some(shorter) = behind.strip_suffix('0')
        {
            behind = shorter;
        }
        if !behind.is_empty() {
            shown.push('.');
            shown.push_str(behind);
        }
        shown
    }
}

/// A picture cut at the semicolons that are not quoted; three are enough.
fn sections(picture: &str) -> Vec<&str> {
    let mut quoted = false;
    picture
        .splitn(3, |c| {
            quoted ^= c == '\'';
            c == ';' && !quoted
        })
        .collect()
}

/// The text of its own that a picture of a date or time (`\@`) brings; the date itself is not
/// known.
pub(super) fn date(picture: &str) -> Picture {
    let mut found = Picture::default();
    let mut quoted = false;
    let mut rest = picture;
    while let Some(c) = rest.chars().next() {
        let half = ["am/pm", "AM/PM"]
            .iter()
            .find_map(|half| rest.strip_prefix(half).filter(|_| !quoted));
        if let Some(after) = half {
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\'' => quoted = !quoted,
            'd' | 'D' | 'M' | 'y' | 'Y' | 'h' | 'H' | 'm' | 's' | 'S' if !quoted => {}
            _ => found.push(c),
        }
    }
    found
}

impl Picture {
    fn push(&mut self, c: char) {
        self.literal |= c.is_alphabetic();
        self.text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_text() {
        for (number, shown, expected) in [
            ("4", "alphabetic", "d"),
            ("5", "ALPHABETIC", "E"),
            ("28", "alphabetic", "bb"),
            ("1999", "roman", "mcmxcix"),
            ("4", "ROMAN", "IV"),
            ("255", "Hex", "FF"),
        ] {
            assert_eq!(format(number, shown).as_deref(), Some(expected));
        }
        assert_eq!(format("x", "roman"), None);
        assert_eq!(format("0", "alphabetic"), None);
        assert_eq!(format("4000000000", "roman"), None);
        assert_eq!(format("4", "MERGEFORMAT"), None);
    }

    #[test]
    fn pictures_round() {
        for (number, picture, expected) in [
            (68.4, "0", "68"),
            (67.5, "0", "68"),
            (67.5, "#", "68"),
            (0.4, "0", "0"),
            (0.4, "#", "0"),
            (66.996, "0.00", "67.00"),
            (3.5, "0.##", "3.5"),
            (7.0, "000", "007"),
            (1_234_567.0, "#,##0", "1,234,567"),
            (222_492.0, "x##", "492"),
            (4.0, "00.00", "04.00"),
            (0.125, "0.00x", "0.125"),
            (-68.4, "0", "-68"),
            (-68.4, "0;(0)", "(68)"),
            (68.0, "0%", "68%"),
            (68.0, "0'0'", "680"),
        ] {
            assert_eq!(numeric(picture, Some(number)).text, expected, "{picture}");
        }
        let long = format!("0.{}", "0".repeat(60_000));
        assert_eq!(numeric(&long, Some(1.0)).text, "1.000000000000000");
        let long = "0".repeat(60_000);
        assert_eq!(numeric(&long, Some(1e300)).text.len(), 60_000);
    }

    #[test]
    fn pictures_bring_text() {
        let text = |picture: &str, number| numeric(picture, number).text;
        assert_eq!(text("'cmd'", Some(1.0)), "cmd");
        assert_eq!(text("0.00 'kg'", Some(3.0)), "3.00 kg");
        assert_eq!(text("$#,##0", Some(67.0)), "$67");
        assert_eq!(text("'a;b';c", Some(-1.0)), "c");
        assert_eq!(text("'a;b';c", None), "a;b");
        assert!(numeric("'cmd'", None).literal && !numeric("#,##0.00", None).literal);
        assert_eq!(date("'DDEAUTO'").text, "DDEAUTO");
        assert_eq!(
            date("d 'of' MMMM"),
            Picture {
                text: " of ".into(),
                literal: true
            }
        );
        assert!(!date("dddd, d. MMMM yyyy h:mm:ss am/pm").literal);
    }
}
