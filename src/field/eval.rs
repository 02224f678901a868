//! What one field contributes to the field around it (`spec/word.md` §0.6).
//!
//! Adding a field type means one arm in [`compute`]. Children are evaluated before their parents
//! by the caller, so nothing here recurses.
//!
//! # Malformed input
//!
//! A field that cannot be computed gives the result that is stored with it, and a placeholder when
//! there is none.

use super::environment::{Environment, Meaning};
use super::keyword::{Arguments, Keyword};
use super::lexer::{Form, Token};
use crate::limits::{Budget, Exhausted};

/// How nested fields are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nested {
    /// By their computed value; the n-th where several are possible.
    Computed(usize),
    /// By the result that is stored with them, where it says anything.
    Cached,
    /// As if those in doubt were not there.
    Omitted,
}

/// One way to read a whole tree (`spec/word.md` §0.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// Deleted pieces are left out.
    pub(super) removed: bool,
    /// White space at the edges of elements is kept.
    pub(super) untrimmed: bool,
    pub(super) nested: Nested,
    /// The second reading of escapes.
    pub(super) verbatim: bool,
}

impl Mode {
    pub(super) const FIRST: Mode = Mode {
        removed: true,
        untrimmed: false,
        nested: Nested::Computed(0),
        verbatim: false,
    };

    fn choice(self) -> usize {
        match self.nested {
            Nested::Computed(choice) => choice,
            Nested::Cached | Nested::Omitted => 0,
        }
    }
}

/// What was noticed while a value was computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) codes: bool,
    pub(super) hex: bool,
    pub(super) shape: bool,
    pub(super) unresolved: bool,
    /// A name has more values than are kept.
    pub(super) overflow: bool,
    /// Digits in a nested result may be a character code.
    pub(super) ambiguous: bool,
}

impl Notes {
    pub(super) fn merge(&mut self, other: Notes) {
        self.codes |= other.codes;
        self.hex |= other.hex;
        self.shape |= other.shape;
        self.unresolved |= other.unresolved;
        self.overflow |= other.overflow;
        self.ambiguous |= other.ambiguous;
    }
}

/// The value of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub(super) text: String,
    /// The document leaves no doubt about it.
    pub(super) certain: bool,
    /// How many values are possible.
    pub(super) choices: usize,
    pub(super) notes: Notes,
}

impl Value {
    fn certain(text: impl Into<String>) -> Self {
        Value {
            text: text.into(),
            certain: true,
            choices: 1,
            notes: Notes::default(),
        }
    }
}

/// The value of a field, or `None` when it depends on what the document does not say. What is
/// produced is paid by the caller; texts from the environment are paid here before they are
/// copied.
pub(super) fn compute(
    keyword: Keyword,
    tokens: &[Token],
    mode: Mode,
    environment: &Environment,
    budget: &Budget<'_>,
) -> Result<Option<Value>, Exhausted> {
    let arguments = Arguments::of(keyword, tokens);
    let value = match keyword {
        Keyword::Quote => Some(quote(&arguments, mode)),
        Keyword::Shape => {
            let mut value = quote(&arguments, mode);
            value.notes.shape = true;
            Some(value)
        }
        Keyword::Symbol => arguments
            .word(0)
            .and_then(code)
            .map(|(character, _)| Value::certain(character.unwrap_or_default())),
        Keyword::Set | Keyword::Ask => Some(Value::certain("")),
        Keyword::FillIn => arguments.value("d").map(Value::certain),
        Keyword::Ref => arguments
            .word(0)
            .and_then(|name| environment.find_bookmark(name, mode.choice()))
            .map(|meaning| named(meaning, budget))
            .transpose()?,
        Keyword::Unknown => tokens
            .first()
            .and_then(|token| environment.find_bookmark(&token.text, mode.choice()))
            .map(|meaning| named(meaning, budget))
            .transpose()?,
        Keyword::DocVariable => arguments
            .word(0)
            .and_then(|name| environment.find_variable(name, mode.choice()))
            .map(|meaning| named(meaning, budget))
            .transpose()?,
        Keyword::If => conditional(&arguments, mode, budget)?,
        Keyword::Property => arguments.word(0).map(Value::certain),
        Keyword::Info => arguments.word(1).map(Value::certain),
        Keyword::Dde
        | Keyword::DdeAuto
        | Keyword::Link
        | Keyword::IncludeText
        | Keyword::IncludePicture
        | Keyword::Database
        | Keyword::Rd
        | Keyword::Hyperlink
        | Keyword::MacroButton
        | Keyword::Harmless => None,
    };
    Ok(value.map(|mut value| {
        if let Some(case) = arguments.value("*") {
            value.text = recase(&value.text, case);
        }
        value
    }))
}

fn named(meaning: Meaning<'_>, budget: &Budget<'_>) -> Result<Value, Exhausted> {
    let bytes = u64::try_from(meaning.value.len()).unwrap_or(u64::MAX);
    budget.charge_produced(bytes)?;
    let mut value = Value::certain(meaning.value);
    value.choices = meaning.choices;
    value.notes.overflow = meaning.overflow;
    Ok(value)
}

/// QUOTE and its old synonym SHAPE: the arguments joined, numbers that are not in quotes read as
/// character codes ([MS-OI29500] 2.1.493, 3.1.3.2.6).
fn quote(arguments: &Arguments<'_>, mode: Mode) -> Value {
    let mut value = Value::certain("");
    for token in &arguments.words {
        let spelled = if token.form == Form::Word {
            code(&token.text)
        } else {
            None
        };
        match spelled {
            // A nested result is text; that its digits are a code is the second reading.
            Some(_) if token.opaque && !mode.verbatim => {
                value.notes.ambiguous = true;
                value.text.push_str(&token.text);
            }
            Some((character, hex)) => {
                value.notes.codes = true;
                value.notes.hex |= hex;
                value.text.extend(character);
            }
            None => value.text.push_str(&token.text),
        }
    }
    value
}

/// What a code stands for: one to three decimal digits, or `0x` and one to four hexadecimal ones.
/// The character is `None` for codes that are refused (13, NUL, surrogates).
fn code(word: &str) -> Option<(Option<char>, bool)> {
    let hex = word
        .strip_prefix("0x")
        .or_else(|| word.strip_prefix("0X"))
        .filter(|digits| (1..=4).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let Some(number) = hex {
        return Some((character(number), true));
    }
    let decimal = Some(word)
        .filter(|digits| (1..=3).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    decimal.map(|number| (character(number), false))
}

fn character(number: u32) -> Option<char> {
    match number {
        0 | 13 => None,
        128..=159 => {
            let byte = [u8::try_from(number).ok()?];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next()
        }
        _ => char::from_u32(number),
    }
}

/// `\* Upper` and its kin; other formats leave the text as it is.
fn recase(text: &str, case: &str) -> String {
    match case.to_ascii_lowercase().as_str() {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "firstcap" => capital(text),
        "caps" => text
            .split_inclusive(' ')
            .map(capital)
            .collect::<Vec<_>>()
            .concat(),
        _ => text.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Comparison operators; the longer ones first, for operands without blanks around them.
const OPERATORS: [&str; 6] = ["<>", "<=", ">=", "=", "<", ">"];

/// `IF a op b "then" "else"`.
fn conditional(
    arguments: &Arguments<'_>,
    mode: Mode,
    budget: &Budget<'_>,
) -> Result<Option<Value>, Exhausted> {
    let texts: Vec<&str> = arguments
        .words
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    let (left, operator, right, branches) = match texts.as_slice() {
        [left, operator, right, branches @ ..] if OPERATORS.contains(operator) => {
            (*left, *operator, *right, branches)
        }
        [together, branches @ ..] => {
            let split = OPERATORS
                .iter()
                .find_map(|operator| together.split_once(operator).map(|s| (s, operator)));
            match split {
                Some(((left, right), operator)) => (left, *operator, right, branches),
                None => return Ok(None),
            }
        }
        [] => return Ok(None),
    };
    let mut branches = branches.iter().copied();
    let then = branches.next().unwrap_or_default();
    let otherwise = branches.next().unwrap_or_default();
    let holds = compare(left, operator, right, budget)?;
    let chosen = if holds == (mode.choice() == 0) {
        then
    } else {
        otherwise
    };
    let mut value = Value::certain(chosen);
    // What the operands are when the program evaluates them may differ from what we see, so the
    // other branch stays a possible value.
    value.choices = 2;
    Ok(Some(value))
}

fn compare(
    left: &str,
    operator: &str,
    right: &str,
    budget: &Budget<'_>,
) -> Result<bool, Exhausted> {
    let numbers = left
        .trim()
        .parse::<f64>()
        .ok()
        .zip(right.trim().parse::<f64>().ok());
    let equal = match numbers {
        Some((a, b)) => a.total_cmp(&b).is_eq(),
        None => matches(left, right, budget)?,
    };
    let order = match numbers {
        Some((a, b)) => a.total_cmp(&b),
        None => left.cmp(right),
    };
    Ok(match operator {
        "=" => equal,
        "<>" => !equal,
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Whether `text` matches `pattern`, in which `?` is one character and `*` any. The cost is paid:
/// in the worst case it is the product of the lengths.
fn matches(text: &str, pattern: &str, budget: &Budget<'_>) -> Result<bool, Exhausted> {
    if !pattern.contains(['*', '?']) {
        return Ok(text == pattern);
    }
    let product = text.len().saturating_mul(pattern.len());
    budget.charge_steps(u64::try_from(product).unwrap_or(u64::MAX) / 64)?;
    let (mut rest, mut wanted) = (text.chars(), pattern.chars());
    // Where to go on from when the last `*` has to take one more character.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut ahead = wanted.clone();
        match ahead.next() {
            Some('*') => {
                retry = Some((rest.clone(), ahead.clone()));
                wanted = ahead;
                continue;
            }
            Some(expected) => {
                let mut behind = rest.clone();
                if behind
                    .next()
                    .is_some_and(|c| expected == '?' || expected == c)
                {
                    (rest, wanted) = (behind, ahead);
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return Ok(true),
            None => {}
        }
        let Some((from, after)) = &mut retry else {
            return Ok(false);
        };
        if from.next().is_none() {
            return Ok(false);
        }
        (rest, wanted) = (from.clone(), after.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::lexer::{Span, lex};
    use crate::limits::Limits;

    fn value(instruction: &str) -> Option<Value> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let lexed = lex(&[Span::plain(instruction)], false);
        let keyword = Keyword::of(&lexed.tokens[0].text);
        let environment = Environment::default();
        compute(keyword, &lexed.tokens, Mode::FIRST, &environment, &budget).unwrap()
    }

    fn text(instruction: &str) -> String {
        value(instruction).unwrap().text
    }

    #[test]
    fn quote_joins_codes_and_text() {
        assert_eq!(text("QUOTE 99 109 100"), "cmd");
        assert_eq!(text("QUOTE 0x63 0X6D 0x0064"), "cmd");
        assert_eq!(text("SHAPE 47 107 32 99"), "/k c");
        assert_eq!(text(r#"QUOTE "99" a 1234"#), "99a1234");
    }

    #[test]
    fn codes_of_the_upper_half_and_refused_codes() {
        // 150 is an en dash in code page 1252; 13 is refused ([MS-OI29500] 2.1.493).
        assert_eq!(text("QUOTE 150 13 65"), "\u{2013}A");
        assert!(value("QUOTE 0xD800").unwrap().text.is_empty());
    }

    #[test]
    fn formats_change_the_case() {
        assert_eq!(text(r"QUOTE abC \* Upper"), "ABC");
        assert_eq!(text(r"QUOTE ABc \* lower"), "abc");
        assert_eq!(text(r#"QUOTE "ab cd" \* Caps"#), "Ab Cd");
        assert_eq!(text(r#"QUOTE "ab cd" \* FirstCap \* MERGEFORMAT"#), "Ab cd");
    }

    #[test]
    fn conditions() {
        assert_eq!(text(r#"IF 1 = 1 "yes" "no""#), "yes");
        assert_eq!(text(r#"IF 10 < 9 "yes" "no""#), "no");
        assert_eq!(text(r#"IF 1=1 "yes" "no""#), "yes");
        assert_eq!(text(r#"IF "abc" = "a*c" yes no"#), "yes");
        assert_eq!(text(r#"IF "abd" = "a?c" yes no"#), "no");
        assert!(value("IF nonsense").is_none());
    }

    #[test]
    fn fields_that_depend_on_the_world_have_no_value() {
        assert!(value("PAGE").is_none());
        assert!(value("unknown_bookmark").is_none());
        assert!(value("DDE a b").is_none());
    }
}
