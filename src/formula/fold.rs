//! The constant part of an argument: `&`, CONCATENATE, CHAR and other text functions with constant
//! operands (`spec/excel.md` §1.5).
//!
//! One pass over the text with the open functions on a stack. What a result costs is paid before
//! it is made, so that `REPT` and calls in calls cannot multiply a small text.

use super::array;
use super::brackets::{Brackets, is_name};
use super::fuel::Fuel;
use super::functions::{PREFIXES, name_end};
use super::{quoted, skip_blanks};
use crate::text::strip_prefix;

/// Functions open at once; Excel nests 64 levels.
const DEPTH: usize = 64;
/// Arguments of one function; Excel allows 255.
const ARGUMENTS: usize = 255;
/// Excel's longest text: what a function makes longer than this is an error there.
const TEXT: usize = 32_767;
/// Stands for what is only known when the workbook is calculated.
pub(crate) const UNKNOWN: &str = "<expr>";

/// An argument as far as it is constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folded {
    /// The text, with [`UNKNOWN`] where it is not constant.
    pub(crate) text: String,
    pub(crate) constant: bool,
}

/// A function whose result is constant when its arguments are. CONCATENATE and CONCAT are none of
/// them: they append in the order in which they are written, like `&`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Char,
    Choose,
    Clean,
    If,
    IfError,
    Left,
    Lower,
    Mid,
    Proper,
    Replace,
    Rept,
    Right,
    Substitute,
    Text,
    TextJoin,
    Trim,
    Unichar,
    Upper,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("CHAR", Function::Char),
    ("CHOOSE", Function::Choose),
    ("CLEAN", Function::Clean),
    ("IF", Function::If),
    ("IFERROR", Function::IfError),
    ("LEFT", Function::Left),
    ("LOWER", Function::Lower),
    ("MID", Function::Mid),
    ("PROPER", Function::Proper),
    ("REPLACE", Function::Replace),
    ("REPT", Function::Rept),
    ("RIGHT", Function::Right),
    ("SUBSTITUTE", Function::Substitute),
    ("T", Function::Text),
    ("TEXTJOIN", Function::TextJoin),
    ("TRIM", Function::Trim),
    ("UNICHAR", Function::Unichar),
    ("UPPER", Function::Upper),
];

/// A function that is not closed yet, with what stood before it.
struct Open {
    function: Function,
    before: Folded,
    /// Parentheses that only group, open before it.
    groups: u64,
    arguments: Vec<Folded>,
    /// More arguments than the function can have.
    over: bool,
}

/// A number at the end of the text so far, and the operator after it.
#[derive(Clone, Copy, Default)]
struct Sum {
    number: Option<(usize, i64)>,
    minus: Option<bool>,
}

struct Folder<'f, 'b> {
    out: Folded,
    open: Vec<Open>,
    groups: u64,
    braces: bool,
    /// Whether an operand stands before: then `+` is no sign.
    operand: bool,
    /// An arithmetic operator stands before the operand: a number after it is no text.
    arithmetic: bool,
    sum: Sum,
    fuel: &'f mut Fuel<'b>,
}

/// Folds one argument.
pub(super) fn fold(text: &str, fuel: &mut Fuel<'_>) -> Folded {
    let bytes = text.as_bytes();
    if !fuel.pay(bytes.len()) {
        return Folded::unknown();
    }
    let mut brackets = Brackets::of(text);
    let mut folder = Folder {
        out: Folded::new(String::new()),
        open: Vec::new(),
        groups: 0,
        braces: false,
        operand: false,
        arithmetic: false,
        sum: Sum::default(),
        fuel,
    };
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let here = at;
        at = at.saturating_add(1);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'&' => folder.next_operand(),
            b',' | b';' => folder.separate(),
            b'(' => folder.group(),
            b')' => folder.close(),
            b'"' => match quoted(text, here, b'"') {
                Some((literal, end)) => {
                    folder.literal(&literal);
                    at = end;
                }
                None => {
                    // What an unclosed literal holds is still what the author wrote.
                    folder.literal(text.get(at..).unwrap_or_default());
                    folder.out.constant = false;
                    break;
                }
            },
            b'\'' => {
                at = quoted(text, here, b'\'').map_or(at, |(_, end)| end);
                folder.unknown();
            }
            b'[' => {
                at = brackets.end(bytes, here).unwrap_or(at);
                folder.unknown();
            }
            b'{' | b'}' => {
                folder.braces = *byte == b'{';
                folder.unknown();
            }
            byte if is_name(*byte) => {
                at = name_end(bytes, here);
                let name = text.get(here..at).unwrap_or_default();
                let paren = skip_blanks(bytes, at, true);
                if bytes.get(paren) == Some(&b'(') {
                    at = paren.saturating_add(1);
                    if name.eq_ignore_ascii_case("INDEX")
                        && let Some((element, end)) = array::index(text, at)
                    {
                        folder.literal(&element);
                        at = end;
                    } else if !folder.enter(name) {
                        folder.unknown();
                        at = closing(text, at, &mut brackets);
                    }
                } else {
                    folder.name(name);
                }
            }
            b'+' | b'-' => folder.add(*byte == b'-'),
            _ => {
                folder.unknown();
                folder.arithmetic = true;
            }
        }
    }
    while !folder.open.is_empty() {
        folder.leave();
    }
    folder.settle();
    folder.out
}

impl Folded {
    fn new(text: String) -> Self {
        Folded {
            text,
            constant: true,
        }
    }

    pub(super) fn unknown() -> Self {
        Folded {
            text: UNKNOWN.to_owned(),
            constant: false,
        }
    }

    fn push_unknown(&mut self) {
        self.constant = false;
        if !self.text.ends_with(UNKNOWN) {
            self.text.push_str(UNKNOWN);
        }
    }

    fn number(&self) -> Option<i64> {
        let text = self.constant.then_some(self.text.trim())?;
        match text {
            "TRUE" => Some(1),
            "FALSE" => Some(0),
            _ => text.split('.').next()?.parse().ok(),
        }
    }

    fn count(&self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }
}

impl Folder<'_, '_> {
    /// An operator without a number after it is no sum.
    fn settle(&mut self) {
        if self.sum.minus.take().is_some() {
            self.unknown();
        }
    }

    fn next_operand(&mut self) {
        self.settle();
        self.operand = false;
        self.arithmetic = false;
        self.sum = Sum::default();
    }

    fn separate(&mut self) {
        if self.braces {
            return;
        }
        self.next_operand();
        if self.groups > 0 {
            return;
        }
        if let Some(open) = self.open.last_mut() {
            let argument = std::mem::replace(&mut self.out, Folded::new(String::new()));
            if open.arguments.len() < ARGUMENTS {
                open.arguments.push(argument);
            } else {
                open.over = true;
            }
        }
    }

    fn group(&mut self) {
        self.settle();
        self.groups = self.groups.saturating_add(1);
    }

    fn close(&mut self) {
        self.settle();
        self.braces = false;
        match self.groups.checked_sub(1) {
            Some(left) => self.groups = left,
            None if self.open.is_empty() => {}
            None => self.leave(),
        }
    }

    fn literal(&mut self, literal: &str) {
        self.settle();
        self.sum = Sum::default();
        self.operand = true;
        self.out.text.push_str(literal);
    }

    /// Something that is not constant: it takes the number before it along.
    fn unknown(&mut self) {
        if let Some((start, _)) = self.sum.number {
            self.out.text.truncate(start);
        }
        self.sum = Sum::default();
        self.operand = true;
        self.out.push_unknown();
    }

    fn name(&mut self, name: &str) {
        let truth = ["TRUE", "FALSE"]
            .into_iter()
            .find(|truth| truth.eq_ignore_ascii_case(name));
        let digits = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if self.arithmetic || !(digits || truth.is_some()) {
            self.unknown();
            return;
        }
        let number = name.split('.').next().and_then(|name| name.parse().ok());
        match (self.sum.minus.take(), self.sum.number, number) {
            (Some(minus), Some((start, first)), Some(second)) => {
                let sum = if minus {
                    first.checked_sub(second)
                } else {
                    first.checked_add(second)
                };
                let Some(sum) = sum else {
                    self.unknown();
                    return;
                };
                self.out.text.truncate(start);
                self.out.text.push_str(&sum.to_string());
                self.sum.number = Some((start, sum));
            }
            (Some(_), _, _) => self.unknown(),
            (None, _, number) => {
                let start = self.out.text.len();
                self.sum.number = number.map(|number| (start, number));
                self.out.text.push_str(truth.unwrap_or(name));
            }
        }
        self.operand = true;
    }

    fn add(&mut self, minus: bool) {
        if !self.operand && !minus {
            return;
        }
        if self.sum.number.is_some() && self.sum.minus.is_none() {
            self.sum.minus = Some(minus);
        } else {
            self.unknown();
            self.arithmetic = true;
        }
    }

    /// A call of `name` opens. `false` when its result is not known.
    fn enter(&mut self, name: &str) -> bool {
        self.settle();
        let name = PREFIXES
            .iter()
            .find_map(|prefix| strip_prefix(name, prefix))
            .unwrap_or(name);
        if name.eq_ignore_ascii_case("CONCATENATE") || name.eq_ignore_ascii_case("CONCAT") {
            self.groups = self.groups.saturating_add(1);
            return true;
        }
        let known = FUNCTIONS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((_, function)) = known.filter(|_| self.open.len() < DEPTH) else {
            return false;
        };
        self.open.push(Open {
            function: *function,
            before: std::mem::replace(&mut self.out, Folded::new(String::new())),
            groups: std::mem::take(&mut self.groups),
            arguments: Vec::new(),
            over: false,
        });
        self.next_operand();
        true
    }

    /// The innermost function closes.
    fn leave(&mut self) {
        self.settle();
        let Some(open) = self.open.pop() else {
            return;
        };
        self.groups = open.groups;
        let mut arguments = open.arguments;
        arguments.push(std::mem::replace(&mut self.out, open.before));
        let result = (!open.over)
            .then(|| apply(open.function, &arguments, self.fuel))
            .flatten();
        self.sum = Sum::default();
        self.operand = true;
        match result {
            Some(result) if self.fuel.pay(result.text.len()) => {
                self.out.text.push_str(&result.text);
                self.out.constant &= result.constant;
            }
            Some(_) | None => self.unknown(),
        }
    }
}

/// The result of a function. `None` when it is not known or too long.
fn apply(function: Function, arguments: &[Folded], fuel: &mut Fuel<'_>) -> Option<Folded> {
    let first = arguments.first()?;
    let argument = |at: usize| arguments.get(at).filter(|a| a.constant);
    let word = |at: usize| argument(at).map(|a| a.text.as_str());
    // Cases keep what is not known where it stands.
    match function {
        Function::Text | Function::IfError => return Some(first.clone()),
        Function::Lower => {
            return Some(Folded {
                text: first.text.to_lowercase(),
                constant: first.constant,
            });
        }
        Function::Upper => {
            return Some(Folded {
                text: first.text.to_uppercase().replace("<EXPR>", UNKNOWN),
                constant: first.constant,
            });
        }
        Function::If => {
            let chosen = if argument(0)?.number()? == 0 { 2 } else { 1 };
            return arguments.get(chosen).cloned();
        }
        Function::Choose => {
            return arguments
                .get(argument(0)?.count().filter(|n| *n > 0)?)
                .cloned();
        }
        Function::Char
        | Function::Clean
        | Function::Left
        | Function::Mid
        | Function::Proper
        | Function::Replace
        | Function::Rept
        | Function::Right
        | Function::Substitute
        | Function::TextJoin
        | Function::Trim
        | Function::Unichar => {}
    }
    let text = word(0)?;
    let counted = |at: usize| match arguments.get(at) {
        Some(_) => argument(at)?.count(),
        None => Some(1),
    };
    let result: String = match function {
        Function::Char => {
            // CHAR is the code page of the machine; Windows-1252 is the usual one.
            let bytes = [u8::try_from(first.number()?)
                .ok()
                .filter(|byte| *byte > 0)?];
            let (decoded, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            decoded.into_owned()
        }
        Function::Unichar => {
            let number = u32::try_from(first.number()?).ok()?;
            char::from_u32(number).filter(|c| *c > '\0')?.to_string()
        }
        Function::Clean => text.chars().filter(|c| !c.is_control()).collect(),
        Function::Trim => {
            let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
            words.join(" ")
        }
        Function::Proper => proper(text),
        Function::Left => text.chars().take(counted(1)?).collect(),
        Function::Right => {
            let all = text.chars().count();
            text.chars().skip(all.saturating_sub(counted(1)?)).collect()
        }
        Function::Mid => {
            let start = counted(1)?.checked_sub(1)?;
            text.chars()
                .skip(start)
                .take(argument(2)?.count()?)
                .collect()
        }
        Function::Replace => {
            let start = counted(1)?.checked_sub(1)?;
            let rest = start.saturating_add(argument(2)?.count()?);
            let mut out: String = text.chars().take(start).collect();
            out.push_str(word(3)?);
            out.extend(text.chars().skip(rest));
            out
        }
        Function::Rept => {
            let times = argument(1)?.count()?;
            let length = text.len().checked_mul(times).filter(|n| *n <= TEXT)?;
            fuel.pay(length).then(|| text.repeat(times))?
        }
        Function::Substitute => {
            let (old, new) = (word(1)?, word(2)?);
            if old.is_empty() {
                text.to_owned()
            } else {
                if !fuel.pay(text.len()) {
                    return None;
                }
                let found = text.matches(old).count();
                if !fuel.pay(found.checked_mul(new.len())?) {
                    return None;
                }
                match arguments.get(3) {
                    None => text.replace(old, new),
                    Some(_) => {
                        let nth = argument(3)?.count()?.checked_sub(1)?;
                        match text.match_indices(old).nth(nth) {
                            Some((at, _)) => {
                                let (head, tail) = text.split_at_checked(at)?;
                                format!("{head}{new}{}", tail.get(old.len()..)?)
                            }
                            None => text.to_owned(),
                        }
                    }
                }
            }
        }
        Function::TextJoin => {
            let skips = argument(1)?.text.is_empty() || argument(1)?.number()? != 0;
            let mut words: Vec<&str> = Vec::new();
            for argument in arguments.iter().skip(2) {
                if !argument.constant {
                    return None;
                }
                if !(skips && argument.text.is_empty()) {
                    words.push(&argument.text);
                }
            }
            if !fuel.pay(text.len().checked_mul(words.len())?) {
                return None;
            }
            words.join(text)
        }
        Function::Choose
        | Function::If
        | Function::IfError
        | Function::Lower
        | Function::Text
        | Function::Upper => return None,
    };
    Some(Folded::new(result))
}

/// The first letter of each word in upper case, the others in lower case.
fn proper(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

/// The byte after the parenthesis that closes the one before `at`.
fn closing(text: &str, mut at: usize, brackets: &mut Brackets) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 1_u64;
    while let Some(byte) = bytes.get(at) {
        let after = at.saturating_add(1);
        at = match byte {
            b'"' | b'\'' => quoted(text, at, *byte).map_or(after, |(_, end)| end),
            b'[' => brackets.end(bytes, at).unwrap_or(after),
            _ => after,
        };
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Budget;

    fn folded(text: &str) -> (String, bool) {
        let folded = fold(text, &mut Fuel::of(text, None));
        (folded.text, folded.constant)
    }

    fn constant(text: &str) -> String {
        let (folded, constant) = folded(text);
        assert!(constant, "{text}: {folded}");
        folded
    }

    /// The results are those that Excel documents for these functions.
    #[test]
    fn text_functions_with_constant_operands() {
        for (text, expected) in [
            ("LOWER(\"CMD\")", "cmd"),
            ("UPPER(\"cmd\")&\".exe\"", "CMD.exe"),
            ("PROPER(\"cmd prompt\")", "Cmd Prompt"),
            ("T(\"cmd\")", "cmd"),
            ("TRIM(\"  a   b \")", "a b"),
            ("LEFT(\"cmdx\",3)", "cmd"),
            ("LEFT(\"cmdx\")", "c"),
            ("RIGHT(\"xcmd\";3)", "cmd"),
            ("MID(\"x/c calc\",2,99)", "/c calc"),
            ("REPT(\"ab\",2)", "abab"),
            ("SUBSTITUTE(\"c-m-d\",\"-\",\"\")", "cmd"),
            ("SUBSTITUTE(\"c-m-d\",\"-\",\"+\",2)", "c-m+d"),
            ("REPLACE(\"cxxd\",2,2,\"m\")", "cmd"),
            ("_xlfn.TEXTJOIN(\"\",1,\"c\",\"\",\"md\")", "cmd"),
            ("_xlfn.TEXTJOIN(\"-\",FALSE,\"c\",\"\",\"md\")", "c--md"),
            ("_xlfn.CONCAT(\"c\",LOWER(\"M\"),\"d\")", "cmd"),
            ("CHAR(98+1)&\"md\"", "cmd"),
            ("CHAR( 100 - 1 )", "c"),
            ("CHAR(0099)", "c"),
            ("CHAR(99.0)", "c"),
            ("_xlfn.UNICHAR(8364)", "\u{20ac}"),
            ("+\"cmd\"", "cmd"),
            ("((\"c\")&(\"md\"))", "cmd"),
            ("IF(1,\"cmd\",\"x\")", "cmd"),
            ("IF(FALSE,\"x\",\"cmd\")", "cmd"),
            ("CHOOSE(2,\"x\",\"cmd\")", "cmd"),
            ("INDEX({\"x\",\"cmd\"},2)&\" /c\"", "cmd /c"),
            ("LOWER(INDEX({\"x\";\"CMD\"},2,1))", "cmd"),
            ("LOWER(UPPER(LEFT(\"cmdx\",1+2", "cmd"),
            ("\"http://x:\"&8080&\"/\"", "http://x:8080/"),
            ("\r\nLOWER\n(\n\"CMD\"\n)", "cmd"),
        ] {
            assert_eq!(constant(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_stays_visible() {
        for (text, expected) in [
            ("LOWER(\"CMD\"&A1)", "cmd<expr>"),
            ("A1&\"cmd.exe\"", "<expr>cmd.exe"),
            ("1+A1", "<expr>"),
            ("1+2*3", "<expr>"),
            ("2-(1+1)", "<expr>2"),
            ("-5", "<expr>"),
            ("1&\"a\"+2", "1a<expr>"),
            ("IF(A1,\"a\",\"b\")", "<expr>"),
            ("REPT(\"a\",99999)", "<expr>"),
            ("CHAR(0)&CHAR(256)", "<expr>"),
            ("LEFT(\"a\",A1)&\"b\"", "<expr>b"),
            ("INDEX({\"a\",\"b\"},A1)&\"b\"", "<expr>b"),
            ("SUM(B1,\"(\")&\"b\"", "<expr>b"),
            ("Table1[a\"b]&\"cmd\"", "<expr>cmd"),
            ("'it''s'!A1&\"cmd\"", "<expr>cmd"),
            ("\"open", "open"),
        ] {
            assert_eq!(folded(text), (expected.to_owned(), false), "{text}");
        }
    }

    #[test]
    fn empty_literals_hide_nothing() {
        let text = format!("{}\"cmd\"", "\"\"&".repeat(100_000));
        assert_eq!(constant(&text), "cmd");
    }

    #[test]
    fn a_small_text_cannot_become_a_large_one() {
        let text = "REPT(\"x\",32767)&".repeat(10_000);
        assert!(folded(&text).0.len() < 2 << 20);
        let text = "SUBSTITUTE(".repeat(60) + "\"a\"" + &",\"a\",\"aaaaaaaaaaaaaaaa\")".repeat(60);
        assert!(folded(&text).0.len() < 2 << 20);
    }

    /// The account is one for all formulas of an analysis, and says when it is empty.
    #[test]
    fn many_formulas_share_one_account() {
        let limits = crate::Limits::default();
        let budget = Budget::new(&limits, None);
        let storm = "SUBSTITUTE(REPT(\"a\",32000),\"b\",\"c\")";
        let mut made = 0;
        for _ in 0..1_000 {
            let folded = fold(storm, &mut Fuel::of(storm, Some(&budget)));
            made += folded.text.len();
        }
        assert!(made < 4 << 20);
        assert!(budget.is_short_of_folding());
        // What is in proportion to its text is never refused.
        let plain = "SUBSTITUTE(\"c-m-d\",\"-\",\"\")&REPT(\"-\",99)";
        let folded = fold(plain, &mut Fuel::of(plain, Some(&budget)));
        assert!(folded.constant && folded.text.starts_with("cmd--"));
    }

    #[test]
    fn long_junk_is_linear() {
        for junk in [
            "LOWER(",
            "T(",
            "(",
            ",",
            "T(,",
            "\"a\"&",
            "1+",
            "x[",
            "{",
            "LEFT(\"a\",1)&",
            "INDEX({",
            "INDEX({\"a\",",
            "INDEX({1},1)&",
            "INDEX({1,2},9)&",
            "'",
            "IF(",
        ] {
            let text = junk.repeat(1_000_000 / junk.len());
            let _ = folded(&text);
            let _ = folded(&format!("LOWER({text}"));
        }
    }
}
