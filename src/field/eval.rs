//! What one field contributes to the field around it (`spec/word.md` §0.6).
//!
//! Adding a field type means one arm in [`compute`]. Children are evaluated before their parents
//! by the caller, so nothing here recurses.
//!
//! # Malformed input
//!
//! A field that cannot be computed has no value here; the caller falls back to the result that is
//! stored with it, and to a placeholder when there is none.

use super::condition::condition;
use super::environment::{Environment, Meaning};
use super::formula;
use super::keyword::{Arguments, Keyword};
use super::layout::Purse;
use super::lexer::Token;
use super::number;
use super::quote::{code, quote};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;

/// One way to read the text of a whole tree (`spec/word.md` §0.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// Deleted pieces are left out.
    pub(super) removed: bool,
    /// White space at the edges of elements is kept.
    pub(super) untrimmed: bool,
    /// The second reading of escapes.
    pub(super) verbatim: bool,
}

impl Mode {
    pub(super) const FIRST: Mode = Mode {
        removed: true,
        untrimmed: false,
        verbatim: false,
    };
}

/// What was noticed while a value was computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) codes: bool,
    pub(super) hex: bool,
    pub(super) shape: bool,
    pub(super) unresolved: bool,
    /// More values are possible than are kept.
    pub(super) overflow: bool,
}

impl Notes {
    pub(super) fn merge(&mut self, other: Notes) {
        self.codes |= other.codes;
        self.hex |= other.hex;
        self.shape |= other.shape;
        self.unresolved |= other.unresolved;
        self.overflow |= other.overflow;
    }
}

/// One value of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub(super) text: String,
    /// The document leaves no doubt about it.
    pub(super) certain: bool,
    pub(super) notes: Notes,
    /// What was done to get it.
    pub(super) steps: Vec<TechniqueId>,
    /// The text was paid for already.
    pub(super) paid: bool,
}

impl Value {
    pub(super) fn certain(text: impl Into<String>) -> Self {
        Value {
            text: text.into(),
            certain: true,
            ..Value::default()
        }
    }

    fn by(mut self, step: TechniqueId) -> Self {
        self.steps.push(step);
        self
    }
}

/// What a field may give.
#[derive(Debug, Default)]
pub(super) struct Computed {
    /// The most plausible first; empty when it depends on what the document does not say.
    pub(super) values: Vec<Value>,
    /// The result that is stored with the field says more.
    pub(super) weak: bool,
    /// Nobody can tell: these values are guesses.
    pub(super) untold: bool,
    /// Why there are fewer than there could be.
    pub(super) ended: Option<Exhausted>,
}

impl Computed {
    fn of(values: impl IntoIterator<Item = Value>) -> Self {
        Computed {
            values: values.into_iter().collect(),
            ..Computed::default()
        }
    }
}

/// What is known around a field.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) environment: &'a Environment,
    pub(super) purse: Purse<'a>,
    /// The keyword of the type that a binary document stores with the field.
    pub(super) stored: Option<&'static str>,
    /// A nested field gives a number: in a QUOTE it is a code.
    pub(super) numbers: bool,
}

/// The values of a field. What is produced is paid by the caller; texts from the environment are
/// paid here before they are copied.
pub(super) fn compute(keyword: Keyword, tokens: &[Token], around: Around<'_>) -> Computed {
    let arguments = Arguments::of(keyword, tokens);
    let environment = around.environment;
    let first = arguments.word(0);
    let mut computed = match keyword {
        Keyword::Quote | Keyword::Shape => {
            Computed::of(quote(&arguments, keyword == Keyword::Shape, around.numbers))
        }
        Keyword::Symbol => Computed::of(first.and_then(code).map(|(character, hex)| {
            let mut value =
                Value::certain(character.unwrap_or_default()).by(TechniqueId::QuoteCodes);
            value.notes.codes = true;
            value.notes.hex = hex;
            value
        })),
        Keyword::Set | Keyword::Ask | Keyword::Skip => Computed::of([Value::certain("")]),
        Keyword::FillIn => Computed::of(
            arguments
                .value("d")
                .map(|text| Value::certain(text).by(TechniqueId::NestedDefault)),
        ),
        Keyword::Ref => {
            let computed = bookmark(first, around);
            if NUMBERING.iter().any(|switch| arguments.has(switch)) {
                guessed(computed)
            } else {
                computed
            }
        }
        Keyword::Unknown => bookmark(tokens.first().map(|token| token.text.as_str()), around),
        Keyword::DocVariable => named(around, TechniqueId::DocVariable, |choice| {
            environment.find_variable(first?, choice)
        }),
        Keyword::If => branches(&arguments, around.purse.budget),
        Keyword::Compare => comparison(&arguments, around.purse.budget),
        Keyword::Property => {
            // The type names the property where the keyword is an odd one.
            let own = tokens.first().map(|token| token.text.as_str());
            let own = own.filter(|word| Keyword::of(word) == Keyword::Property);
            property(first, own.or(around.stored), around)
        }
        Keyword::Info => property(arguments.word(1), first, around),
        Keyword::DocProperty => property(None, first, around),
        Keyword::Block => block(first, around),
        Keyword::BlockList => {
            let mut computed = block(first, around);
            // What the list shows before anything is chosen from it.
            computed.values.extend(first.map(Value::certain));
            computed
        }
        Keyword::Bound => named(around, TechniqueId::BoundInstruction, |choice| {
            environment.find_bound(first?, choice)
        }),
        Keyword::MergeField => merged(&arguments),
        Keyword::Formula => computed(&arguments, tokens, environment),
        Keyword::Sequence => Computed::of(
            arguments
                .value("r")
                .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
                .map(Value::certain),
        ),
        Keyword::Date => dated(&arguments),
        Keyword::Dde
        | Keyword::DdeAuto
        | Keyword::Link
        | Keyword::IncludeText
        | Keyword::IncludePicture
        | Keyword::Database
        | Keyword::Rd
        | Keyword::Hyperlink
        | Keyword::MacroButton
        | Keyword::Data
        | Keyword::Harmless => Computed::default(),
    };
    for value in &mut computed.values {
        for format in arguments.values("*") {
            let shown = number::format(&value.text, format).or_else(|| recase(&value.text, format));
            if let Some(shown) = shown.filter(|shown| *shown != value.text) {
                value.text = shown;
                value.steps.push(TechniqueId::CaseSwitch);
            }
        }
    }
    computed
}

/// Every value that a name has, as long as the budget reaches.
fn named<'a>(
    around: Around<'_>,
    step: TechniqueId,
    find: impl Fn(usize) -> Option<Meaning<'a>>,
) -> Computed {
    let mut computed = Computed::default();
    let choices = find(0).map_or(0, |meaning| meaning.choices);
    for meaning in (0..choices).filter_map(find) {
        if let Err(cause) = around.purse.pay(meaning.value) {
            computed.ended = Some(cause);
            break;
        }
        let step = if meaning.passage {
            TechniqueId::BookmarkText
        } else {
            step
        };
        // The end of the paragraph or cell that follows a text is not part of it.
        let text = meaning.value.trim_end_matches(['\r', '\u{7}']);
        let mut value = Value::certain(text).by(step);
        value.notes.overflow = meaning.overflow;
        // A field may have given the name what it did not know itself.
        if meaning.value.contains('\u{27e6}') {
            value.notes.unresolved = true;
            value.certain = false;
        }
        value.paid = true;
        computed.values.push(value);
    }
    computed
}

fn bookmark(name: Option<&str>, around: Around<'_>) -> Computed {
    named(around, TechniqueId::SetRef, |choice| {
        around.environment.find_bookmark(name?, choice)
    })
}

/// Switches of REF that ask for the number of the paragraph, or where it stands, in place of its
/// text (ECMA-376 part 1 §17.16.5.51).
const NUMBERING: [&str; 4] = ["n", "p", "r", "w"];

/// What a field would give if it were simpler than it is.
fn guessed(mut computed: Computed) -> Computed {
    for value in &mut computed.values {
        value.certain = false;
    }
    computed.untold = true;
    computed
}

/// A property; the value that the field itself gives it wins.
fn property(given: Option<&str>, name: Option<&str>, around: Around<'_>) -> Computed {
    match given {
        Some(given) => Computed::of([Value::certain(given).by(TechniqueId::DocProperty)]),
        None => named(around, TechniqueId::DocProperty, |choice| {
            around.environment.find_property(name?, choice)
        }),
    }
}

fn block(name: Option<&str>, around: Around<'_>) -> Computed {
    named(around, TechniqueId::BuildingBlock, |choice| {
        around.environment.find_block(name?, choice)
    })
}

/// The text before and after a merge field, which stands there when the data is not empty. The
/// data itself is not known.
fn merged(arguments: &Arguments<'_>) -> Computed {
    let before = arguments.value("b").unwrap_or_default();
    let after = arguments.value("f").unwrap_or_default();
    if before.is_empty() && after.is_empty() {
        return Computed::default();
    }
    let name = arguments.word(0).unwrap_or_default();
    let texts = [
        format!("{before}\u{27e6}MERGEFIELD {name}\u{27e7}{after}"),
        format!("{before}{after}"),
    ];
    let mut computed = Computed::of(texts.map(|text| Value {
        text,
        ..Value::default()
    }));
    computed.weak = true;
    computed
}

/// A formula, with the text that its picture adds.
fn computed(arguments: &Arguments<'_>, tokens: &[Token], environment: &Environment) -> Computed {
    let sign = tokens.first().map(|token| token.text.as_str());
    let mut text = sign
        .map(|word| word.strip_prefix('=').unwrap_or_default())
        .unwrap_or_default()
        .to_owned();
    for word in &arguments.words {
        text.push(' ');
        text.push_str(&word.text);
    }
    let value = formula::evaluate(&text, |name| {
        environment
            .find_bookmark(name, 0)?
            .value
            .trim()
            .parse()
            .ok()
    });
    let picture = arguments.value("#");
    let shown = match (value, picture) {
        (_, Some(picture)) => {
            let shown = number::numeric(picture, value);
            if value.is_none() && !shown.literal {
                return Computed::default();
            }
            shown
        }
        (Some(value), None) => number::Picture {
            text: value.to_string(),
            literal: false,
        },
        (None, None) => return Computed::default(),
    };
    let step = if shown.literal {
        TechniqueId::PictureLiteral
    } else {
        TechniqueId::ComputedNumber
    };
    Computed {
        weak: shown.literal,
        ..Computed::of([Value::certain(shown.text).by(step)])
    }
}

/// A date, as far as its picture brings text of its own.
fn dated(arguments: &Arguments<'_>) -> Computed {
    let shown = arguments.value("@").map(number::date);
    Computed {
        weak: true,
        ..Computed::of(
            shown
                .filter(|shown| shown.literal)
                .map(|shown| Value::certain(shown.text).by(TechniqueId::PictureLiteral)),
        )
    }
}

/// `IF a op b "then" "else"`. What the operands are when the program evaluates them may differ
/// from what we see, so the other branch stays a possible value.
fn branches(arguments: &Arguments<'_>, budget: &Budget<'_>) -> Computed {
    let condition = match condition(arguments, budget) {
        Ok(Some(condition)) => condition,
        Ok(None) => return Computed::default(),
        Err(cause) => return unpaid(cause),
    };
    let mut rest = condition.rest.into_iter();
    let then = rest.next().unwrap_or_default();
    let otherwise = rest.next().unwrap_or_default();
    let texts = if condition.holds {
        [then, otherwise]
    } else {
        [otherwise, then]
    };
    Computed::of(texts.map(|text| Value::certain(text).by(TechniqueId::IfBranch)))
}

/// `COMPARE a op b`: 1 or 0, and for the same reason the other one.
fn comparison(arguments: &Arguments<'_>, budget: &Budget<'_>) -> Computed {
    match condition(arguments, budget) {
        Ok(Some(condition)) => {
            let texts = if condition.holds {
                ["1", "0"]
            } else {
                ["0", "1"]
            };
            Computed::of(texts.map(Value::certain))
        }
        Ok(None) => Computed::default(),
        Err(cause) => unpaid(cause),
    }
}

fn unpaid(cause: Exhausted) -> Computed {
    Computed {
        ended: Some(cause),
        ..Computed::default()
    }
}

/// `\* Upper` and its kin; other formats leave the text as it is.
fn recase(text: &str, case: &str) -> Option<String> {
    Some(match case.to_ascii_lowercase().as_str() {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "firstcap" => capital(text),
        "caps" => text
            .split_inclusive(' ')
            .map(capital)
            .collect::<Vec<_>>()
            .concat(),
        _ => return None,
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::field::lexer::{Span, lex};
    use crate::limits::Limits;

    fn values(instruction: &str) -> Vec<String> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let lexed = lex(&[Span::plain(instruction)], false);
        let keyword = Keyword::of(&lexed.tokens[0].text);
        let mut environment = Environment::default();
        assert!(environment.passage("mark", "7", &budget));
        assert!(environment.property("Title", "stored", &budget));
        assert!(environment.building_block("block", "text", &budget));
        let around = Around {
            environment: &environment,
            purse: Purse {
                budget: &budget,
                spare: &Cell::new(0),
            },
            stored: None,
            numbers: false,
        };
        let computed = compute(keyword, &lexed.tokens, around);
        computed
            .values
            .into_iter()
            .map(|value| value.text)
            .collect()
    }

    fn text(instruction: &str) -> String {
        values(instruction).remove(0)
    }

    #[test]
    fn formats_change_the_case_and_the_number() {
        assert_eq!(text(r"QUOTE abC \* Upper"), "ABC");
        assert_eq!(text(r"QUOTE ABc \* lower"), "abc");
        assert_eq!(text(r#"QUOTE "ab cd" \* Caps"#), "Ab Cd");
        assert_eq!(text(r#"QUOTE "ab cd" \* FirstCap \* MERGEFORMAT"#), "Ab cd");
        assert_eq!(text(r"= 4 \* alphabetic \* Upper"), "D");
        assert_eq!(text(r"SEQ n \r500 \* roman"), "d");
        assert_eq!(text(r"= 221 \* Hex"), "DD");
    }

    #[test]
    fn conditions_keep_the_other_branch() {
        assert_eq!(values(r#"IF 1 = 1 "yes" "no""#), ["yes", "no"]);
        assert_eq!(values(r#"IF 10 < 9 "yes" "no""#), ["no", "yes"]);
        assert_eq!(values("COMPARE a = b"), ["0", "1"]);
        assert!(values("IF nonsense").is_empty());
        assert_eq!(values("SKIPIF 1 = 1"), [""]);
    }

    #[test]
    fn formulas_and_pictures() {
        assert_eq!(values("= 60+7"), ["67"]);
        assert_eq!(values("= SUM(60,7)"), ["67"]);
        assert_eq!(values(r"= 68.4 \# 0"), ["68"]);
        assert_eq!(values("=60+mark"), ["67"]);
        assert_eq!(values(r##"= 1 \# "'cmd'""##), ["cmd"]);
        assert_eq!(values(r##"= SUM(ABOVE) \# "'cmd'""##), ["cmd"]);
        assert!(values(r##"= SUM(ABOVE) \# "#,##0.00""##).is_empty());
        assert_eq!(values(r#"DATE \@ "'DDEAUTO'""#), ["DDEAUTO"]);
        assert!(values(r#"DATE \@ "d. MMMM yyyy""#).is_empty());
    }

    #[test]
    fn properties_and_building_blocks() {
        assert_eq!(values("TITLE"), ["stored"]);
        assert_eq!(values("INFO Title"), ["stored"]);
        assert_eq!(values("DOCPROPERTY title"), ["stored"]);
        assert_eq!(values(r#"TITLE "given""#), ["given"]);
        assert_eq!(values(r#"INFO Title "given""#), ["given"]);
        assert_eq!(values("AUTOTEXT Block"), ["text"]);
        assert_eq!(values("GLOSSARY block"), ["text"]);
        assert_eq!(values("AUTOTEXTLIST shown"), ["shown"]);
    }

    #[test]
    fn fields_that_depend_on_the_world_have_no_value() {
        for text in [
            "PAGE",
            "unknown_bookmark",
            "DDE a b",
            "MERGEFIELD x",
            "USERNAME",
            "DATE",
            "SEQ n",
        ] {
            assert!(values(text).is_empty(), "{text}");
        }
        assert_eq!(
            values(r#"MERGEFIELD x \b "/c " \f " calc""#),
            ["/c \u{27e6}MERGEFIELD x\u{27e7} calc", "/c  calc"]
        );
        assert_eq!(values(r#"FILLIN "prompt" \d cmd"#), ["cmd"]);
    }
}
