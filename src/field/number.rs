//! Formulas of numbers, and numbers as text: `{= 60+7}`, `\* roman`, `\# "0 'pieces'"`, and the
//! pictures of dates (ECMA-376 part 1 §17.16.3, §17.16.4).
//!
//! # Malformed input
//!
//! What is no formula has no value. Worst case: linear in the text; nesting costs a stack on the
//! heap, no recursion.

/// The value of a formula of numbers, names, `+ - * / ^ %` and parentheses. `named` gives the
/// value of a name. `None` when the text is anything else, and when the value is no number.
pub(super) fn evaluate(text: &str, named: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let mut machine = Machine::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..)?;
        match c {
            _ if c.is_whitespace() => rest = after,
            '0'..='9' | '.' if !machine.operand => {
                let end = rest
                    .find(|c: char| !c.is_ascii_digit() && c != '.')
                    .unwrap_or(rest.len());
                let (number, after) = rest.split_at_checked(end)?;
                machine.number(number.parse().ok()?);
                rest = after;
            }
            _ if c.is_alphabetic() && !machine.operand => {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end)?;
                machine.number(named(name)?);
                rest = after;
            }
            _ => {
                machine.sign(c)?;
                rest = after;
            }
        }
    }
    machine.finish().filter(|value| value.is_finite())
}

/// Values and signs that wait (the shunting yard).
#[derive(Default)]
struct Machine {
    values: Vec<f64>,
    signs: Vec<char>,
    /// A value came last: a sign that takes two may follow.
    operand: bool,
}

/// A minus that takes one value.
const NEGATIVE: char = '~';

impl Machine {
    fn number(&mut self, value: f64) {
        self.values.push(value);
        self.operand = true;
    }

    fn sign(&mut self, c: char) -> Option<()> {
        match c {
            '(' if !self.operand => self.signs.push(c),
            '+' if !self.operand => {}
            '-' if !self.operand => self.signs.push(NEGATIVE),
            ')' if self.operand => {
                while *self.signs.last()? != '(' {
                    self.apply()?;
                }
                self.signs.pop();
            }
            '%' if self.operand => {
                let value = self.values.pop()?;
                self.values.push(value / 100.0);
            }
            '+' | '-' | '*' | '/' | '^' if self.operand => {
                while let Some(before) = self.signs.last()
                    && binds(*before) >= binds(c)
                {
                    self.apply()?;
                }
                self.signs.push(c);
                self.operand = false;
            }
            _ => return None,
        }
        Some(())
    }

    /// Carries out the last sign.
    fn apply(&mut self) -> Option<()> {
        let sign = self.signs.pop()?;
        let right = self.values.pop()?;
        if sign == NEGATIVE {
            self.values.push(-right);
            return Some(());
        }
        let left = self.values.pop()?;
        self.values.push(match sign {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            '/' => left / right,
            '^' => left.powf(right),
            _ => return None,
        });
        Some(())
    }

    fn finish(mut self) -> Option<f64> {
        while !self.signs.is_empty() {
            self.apply()?;
        }
        let value = self.values.pop()?;
        self.values.is_empty().then_some(value)
    }
}

fn binds(sign: char) -> u8 {
    match sign {
        '(' => 0,
        '+' | '-' => 1,
        '*' | '/' => 2,
        '^' => 3,
        _ => 4,
    }
}

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

/// A numeric picture (`\#`): digits where its first place for digits stands, and its own text.
/// Sections for positive, negative and zero values are apart by semicolons.
pub(super) fn numeric(picture: &str, number: Option<f64>) -> Picture {
    let wanted = match number {
        Some(number) if number < 0.0 => 1,
        Some(0.0) => 2,
        Some(_) | None => 0,
    };
    let digits = number.map(|number| number.abs().to_string());
    let sections = sections(picture);
    let section = sections.get(wanted).or(sections.first());
    let mut found = Picture::default();
    let mut digits = digits.as_deref();
    let mut quoted = false;
    let mut placed = false;
    for c in section.copied().unwrap_or_default().chars() {
        if c == '\'' {
            quoted = !quoted;
        } else if quoted {
            found.push(c);
        } else if matches!(c, '0' | '#' | 'x') {
            found.text.push_str(digits.take().unwrap_or_default());
            placed = true;
        } else if !(placed && matches!(c, '.' | ',')) {
            found.push(c);
        }
    }
    found
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

    fn value(text: &str) -> Option<f64> {
        evaluate(text, |name| (name == "x").then_some(7.0))
    }

    #[test]
    fn formulas() {
        for (text, expected) in [
            ("60+7", 67.0),
            (" 2 + 3 * 4 ", 14.0),
            ("(2+3)*4", 20.0),
            ("2^3^2", 64.0),
            ("-3+10", 7.0),
            ("- (3 - 10)", 7.0),
            ("200*50%", 100.0),
            ("x*10-3", 67.0),
            ("134/2", 67.0),
            (".5*2", 1.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_formula_has_no_value() {
        for text in [
            "", "+", "1 2", "(1", "1)", "1/0", "y+1", "SUM(1,2)", "1..2", "*1", "9^9^99", "1+",
            "()",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn deep_and_long_formulas() {
        let deep = format!("{}1{}", "(".repeat(30_000), ")".repeat(30_000));
        assert_eq!(value(&deep), Some(1.0));
        assert_eq!(value(&"(".repeat(60_000)), None);
        assert_eq!(value(&format!("{}1", "-".repeat(60_000))), Some(1.0));
        assert_eq!(value(&format!("0{}", "+1".repeat(30_000))), Some(30_000.0));
    }

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
    fn pictures_bring_text() {
        let text = |picture: &str, number| numeric(picture, number).text;
        assert_eq!(text("'cmd'", Some(1.0)), "cmd");
        assert_eq!(text("0.00 'kg'", Some(3.0)), "3 kg");
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
