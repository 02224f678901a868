//! Functions that fetch, start or talk to another program (`spec/excel.md` §1.5), found outside
//! string literals, with their constant arguments folded.

use std::ops::Range;

use super::{quoted, skip_blanks};

/// Calls whose arguments are followed at once. Excel nests 64 levels at most; a call that stands
/// deeper is still reported, without its arguments.
const OPEN_CALLS: usize = 64;
/// Arguments kept of one call; none of the functions below is judged by a later one (A.6).
const ARGUMENTS: usize = 8;
/// Operands folded in one argument (§1.5).
const OPERANDS: u32 = 256;
/// Bytes that folding may look at beyond four times the text: nested calls share their arguments,
/// and looking at them again for each level would be quadratic.
const FOLDING: usize = 256 * 1024;
/// Stands for what is only known when the workbook is calculated.
pub(crate) const UNKNOWN: &str = "<expr>";

/// What a function does that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Fetches an address when it is calculated.
    Fetch,
    /// Opens an address when it is clicked.
    Click,
    /// Starts a COM automation server.
    Server,
    /// Macro sheets and names: starts a program or native code.
    Execute,
    /// Macro sheets and names: talks DDE.
    Dde,
    /// LibreOffice's DDE function.
    DdeFunction,
    /// Google Sheets only: fetches an address.
    Sheets,
}

/// The functions that are looked for. FILTERXML and ENCODEURL fetch nothing by themselves, and
/// FILTERXML is a common way to split text: they only matter together with WEBSERVICE.
const FUNCTIONS: &[(&str, Class)] = &[
    ("CALL", Class::Execute),
    ("DDE", Class::DdeFunction),
    ("EXEC", Class::Execute),
    ("EXECUTE", Class::Dde),
    ("HYPERLINK", Class::Click),
    ("IMAGE", Class::Fetch),
    ("IMPORTDATA", Class::Sheets),
    ("IMPORTFEED", Class::Sheets),
    ("IMPORTHTML", Class::Sheets),
    ("IMPORTRANGE", Class::Sheets),
    ("IMPORTXML", Class::Sheets),
    ("INITIATE", Class::Dde),
    ("POKE", Class::Dde),
    ("REGISTER", Class::Execute),
    ("REGISTER.ID", Class::Execute),
    ("REQUEST", Class::Dde),
    ("RTD", Class::Server),
    ("WEBSERVICE", Class::Fetch),
];

/// What may stand in front of a function name in a file.
const PREFIXES: &[&str] = &["_xlfn.", "_xlws.", "_xll.", "_xludf."];

/// One call of a listed function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    /// From the name to the closing parenthesis.
    pub(crate) span: Range<usize>,
    /// The arguments, folded; empty ones included.
    pub(crate) arguments: Vec<Folded>,
}

/// An argument as far as it is constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    /// The text, with [`UNKNOWN`] where it is not constant.
    pub(crate) text: String,
    pub(crate) constant: bool,
}

/// Every call of a listed function in `text`, innermost first.
pub(crate) fn calls(text: &str) -> Calls<'_> {
    Calls {
        text,
        at: 0,
        depth: 0,
        name: None,
        braces: false,
        open: Vec::new(),
        fuel: text.len().saturating_mul(4).saturating_add(FOLDING),
    }
}

/// See [`calls`].
pub(crate) struct Calls<'t> {
    text: &'t str,
    at: usize,
    /// Parentheses open here.
    depth: u64,
    /// The identifier that a parenthesis would make a call of.
    name: Option<Range<usize>>,
    /// Inside an array constant, whose separators are not those of the call.
    braces: bool,
    open: Vec<Open>,
    fuel: usize,
}

/// A listed call that is not closed yet.
struct Open {
    name: &'static str,
    class: Class,
    start: usize,
    depth: u64,
    argument: usize,
    arguments: Vec<Range<usize>>,
}

impl Iterator for Calls<'_> {
    type Item = Call;

    fn next(&mut self) -> Option<Call> {
        let bytes = self.text.as_bytes();
        loop {
            let here = self.at;
            let after = here.saturating_add(1);
            let Some(byte) = bytes.get(here) else {
                // Excel's entry fixer adds the parentheses that are missing at the end (§5.5).
                return self.close(here, here);
            };
            self.at = after;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b'"' | b'\'' => {
                    self.at = quoted(self.text, here, *byte).map_or(after, |(_, end)| end);
                }
                b'(' => {
                    self.depth = self.depth.saturating_add(1);
                    if let Some(call) = self.open(after) {
                        return Some(call);
                    }
                }
                b')' => {
                    let closes = self
                        .open
                        .last()
                        .is_some_and(|open| open.depth == self.depth);
                    self.depth = self.depth.saturating_sub(1);
                    self.braces = false;
                    if closes {
                        self.name = None;
                        return self.close(here, after);
                    }
                }
                b',' | b';' if !self.braces => {
                    if let Some(open) = self.open.last_mut()
                        && open.depth == self.depth
                    {
                        if open.arguments.len() < ARGUMENTS {
                            open.arguments.push(open.argument..here);
                        }
                        open.argument = after;
                    }
                }
                b'{' => self.braces = true,
                b'}' => self.braces = false,
                byte if is_name(*byte) => {
                    let end = name_end(bytes, here);
                    self.at = end;
                    self.name = Some(here..end);
                    continue;
                }
                _ => {}
            }
            self.name = None;
        }
    }
}

impl Calls<'_> {
    /// A parenthesis opens after `self.name`. Gives a call at once when too many are open.
    fn open(&mut self, after: usize) -> Option<Call> {
        let span = self.name.take()?;
        let (name, class) = listed(self.text.get(span.clone())?)?;
        if self.open.len() >= OPEN_CALLS {
            return Some(Call {
                name,
                class,
                span: span.start..after,
                arguments: Vec::new(),
            });
        }
        self.open.push(Open {
            name,
            class,
            start: span.start,
            depth: self.depth,
            argument: after,
            arguments: Vec::new(),
        });
        None
    }

    /// Closes the innermost call: its last argument ends at `last`, the call at `end`.
    fn close(&mut self, last: usize, end: usize) -> Option<Call> {
        let mut open = self.open.pop()?;
        if open.arguments.len() < ARGUMENTS {
            open.arguments.push(open.argument..last);
        }
        let mut arguments = Vec::new();
        for range in open.arguments {
            let argument = self.text.get(range).unwrap_or_default();
            arguments.push(fold(argument, &mut self.fuel));
        }
        if let [only] = arguments.as_slice()
            && only.text.is_empty()
        {
            arguments.clear();
        }
        Some(Call {
            name: open.name,
            class: open.class,
            span: open.start..end,
            arguments,
        })
    }
}

/// The listed function that `identifier` names, prefixes and case aside.
fn listed(identifier: &str) -> Option<(&'static str, Class)> {
    let mut name = identifier;
    let mut prefixed = false;
    while let Some(rest) = PREFIXES
        .iter()
        .find_map(|prefix| strip_prefix(name, prefix))
    {
        name = rest;
        prefixed = true;
    }
    if strip_prefix(name, "com.sun.star.").is_some() {
        name = name.rsplit('.').next().unwrap_or(name);
        prefixed = true;
    }
    let (name, class) = FUNCTIONS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    // A.6: nothing that belongs to a name stands before `DDE(`.
    (!prefixed || *class != Class::DdeFunction).then_some((*name, *class))
}

fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'\\' | b'?') || byte >= 0x80
}

fn name_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|b| !is_name(*b)).unwrap_or(rest.len());
    start.saturating_add(length)
}

/// Folds `&`, CONCATENATE, CONCAT, CHAR and UNICHAR with constant operands (§1.5). All of them
/// append in the order in which they are written, so one pass without nesting is enough.
fn fold(text: &str, fuel: &mut usize) -> Folded {
    let bytes = text.as_bytes();
    let mut out = Folded {
        text: String::new(),
        constant: true,
    };
    let Some(left) = fuel.checked_sub(bytes.len()) else {
        out.unknown();
        return out;
    };
    *fuel = left;
    let mut operands = 0_u32;
    // An arithmetic operator stands before the operand: a number after it is no text.
    let mut arithmetic = false;
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let here = at;
        at = at.saturating_add(1);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'&' | b'(' | b')' | b',' | b';' => {
                arithmetic = false;
                continue;
            }
            _ => {}
        }
        operands = operands.saturating_add(1);
        if operands > OPERANDS {
            out.unknown();
            break;
        }
        match byte {
            b'"' => match quoted(text, here, b'"') {
                Some((literal, end)) => {
                    out.text.push_str(&literal);
                    at = end;
                }
                None => {
                    // What an unclosed literal holds is still what the author wrote.
                    out.text.push_str(text.get(at..).unwrap_or_default());
                    out.constant = false;
                    break;
                }
            },
            byte if is_name(*byte) => {
                at = name_end(bytes, here);
                let name = text.get(here..at).unwrap_or_default();
                let paren = skip_blanks(bytes, at);
                if bytes.get(paren) == Some(&b'(') {
                    at = out.function(text, name, paren);
                } else if name.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                    && !arithmetic
                    && is_operand_end(bytes, paren)
                {
                    out.text.push_str(name);
                } else {
                    out.unknown();
                }
            }
            _ => {
                arithmetic = true;
                out.unknown();
            }
        }
    }
    out
}

/// Whether no arithmetic follows: `1&"a"` holds a number, `1+A1` does not.
fn is_operand_end(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), None | Some(b'&' | b')' | b',' | b';'))
}

impl Folded {
    fn unknown(&mut self) {
        self.constant = false;
        if !self.text.ends_with(UNKNOWN) {
            self.text.push_str(UNKNOWN);
        }
    }

    /// A call of `name` whose parenthesis opens at `paren`. Gives the byte to go on from.
    fn function(&mut self, text: &str, name: &str, paren: usize) -> usize {
        let inside = paren.saturating_add(1);
        let name = PREFIXES
            .iter()
            .find_map(|prefix| strip_prefix(name, prefix))
            .unwrap_or(name);
        if name.eq_ignore_ascii_case("CONCATENATE") || name.eq_ignore_ascii_case("CONCAT") {
            return inside;
        }
        let wide = name.eq_ignore_ascii_case("UNICHAR");
        if (wide || name.eq_ignore_ascii_case("CHAR"))
            && let Some((c, end)) = character(text, inside, wide)
        {
            self.text.push(c);
            return end;
        }
        self.unknown();
        closing(text, inside)
    }
}

/// The character of `number)` at `at`, and the byte after the parenthesis.
fn character(text: &str, at: usize, wide: bool) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let start = skip_blanks(bytes, at);
    let digits = bytes
        .get(start..)?
        .iter()
        .take(10)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let end = start.saturating_add(digits);
    let number: u32 = text.get(start..end)?.parse().ok()?;
    let close = skip_blanks(bytes, end);
    if bytes.get(close) != Some(&b')') {
        return None;
    }
    let c = if wide {
        char::from_u32(number)?
    } else {
        // CHAR is the code page of the machine; Windows-1252 is the usual one.
        let byte = u8::try_from(number).ok()?;
        let bytes = [byte];
        let (decoded, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        decoded.chars().next()?
    };
    Some((c, close.saturating_add(1)))
}

/// The byte after the parenthesis that closes the one before `at`.
fn closing(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 1_u64;
    while let Some(byte) = bytes.get(at) {
        let after = at.saturating_add(1);
        at = match byte {
            b'"' | b'\'' => quoted(text, at, *byte).map_or(after, |(_, end)| end),
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

    fn names(text: &str) -> Vec<&'static str> {
        calls(text).map(|call| call.name).collect()
    }

    fn arguments(text: &str) -> Vec<String> {
        let call = calls(text).next().unwrap();
        call.arguments.into_iter().map(|a| a.text).collect()
    }

    #[test]
    fn listed_functions_are_found_with_any_prefix() {
        assert_eq!(names("_xlfn.WEBSERVICE(\"http://x\")"), ["WEBSERVICE"]);
        assert_eq!(names("=_xlfn._xlws.image (A1)"), ["IMAGE"]);
        assert_eq!(
            names("com.sun.star.sheet.addin.Analysis.getRTD(1)"),
            [""; 0]
        );
        assert_eq!(names("FILTERXML(WEBSERVICE(A1),\"//a\")"), ["WEBSERVICE"]);
        assert_eq!(
            names("REGISTER.ID(1)+REGISTER(2)"),
            ["REGISTER.ID", "REGISTER"]
        );
    }

    #[test]
    fn ordinary_formulas_have_none() {
        for text in [
            "SUM(A1:A3)",
            "\"WEBSERVICE(1)\"",
            "'CALL (x)'!A1",
            "MYCALL(1)",
            "CALL",
            "RECALL.EXEC(1)",
            "FILTERXML(A1,\"//a\")",
            "_xlfn.XLOOKUP(A1,B:B,C:C)",
            "_xlfn.DDE(1,2,3)",
            "x.DDE(1,2,3)",
            "GOTO(A1)",
            "",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn constant_arguments_are_folded() {
        assert_eq!(
            arguments("HYPERLINK(\"http://x\",\"a \"\"b\"\"\")"),
            ["http://x", "a \"b\""]
        );
        assert_eq!(
            arguments("WEBSERVICE(\"http://x:\"&8080&\"/\"&CHAR(65)&_xlfn.UNICHAR(8364))"),
            ["http://x:8080/A€"]
        );
        assert_eq!(
            arguments("WEBSERVICE(CONCATENATE(\"a\",(\"b\"&\"c\"),CHAR( 68 )))"),
            ["abcD"]
        );
        assert_eq!(arguments("RTD(\"p\",,\"t\")"), ["p", "", "t"]);
        assert_eq!(arguments("EXEC()"), [""; 0]);
    }

    #[test]
    fn what_is_not_constant_is_said() {
        let call = calls("WEBSERVICE(\"http://x?v=\"&A1&SUM(B1,\"(\")+2)")
            .next()
            .unwrap();
        let argument = &call.arguments[0];
        assert_eq!(
            (argument.text.as_str(), argument.constant),
            ("http://x?v=<expr>", false)
        );
        let many = format!("EXEC({}\"z\")", "\"a\"&".repeat(256));
        let call = calls(&many).next().unwrap();
        assert_eq!(call.arguments[0].text, format!("{}<expr>", "a".repeat(256)));
    }

    #[test]
    fn separators_in_arrays_strings_and_calls_do_not_split() {
        assert_eq!(
            arguments("RTD(\"a,b\",MAX({1,2},3),\"c\")"),
            ["a,b", "<expr>", "c"]
        );
    }

    #[test]
    fn missing_parentheses_are_added() {
        assert_eq!(arguments("1+EXEC(\"calc\""), ["calc"]);
        assert_eq!(names("RTD(WEBSERVICE("), ["WEBSERVICE", "RTD"]);
    }

    #[test]
    fn deep_calls_are_reported_without_arguments() {
        let text = format!("{}\"x\"", "EXEC(".repeat(70));
        let found: Vec<_> = calls(&text).collect();
        assert_eq!(found.len(), 70);
        assert_eq!(
            found
                .iter()
                .filter(|call| call.arguments.is_empty())
                .count(),
            6
        );
    }

    #[test]
    fn long_junk_is_linear() {
        for junk in [
            "(",
            ")",
            "EXEC(",
            "A(",
            "\"",
            "'",
            "{",
            ",",
            "RTD(,",
            "EXEC(\"a\"&",
            "CHAR(",
            "a",
            "((,",
            "EXEC()",
            "EXEC('",
        ] {
            let text = junk.repeat(1_000_000 / junk.len());
            let _ = calls(&text).count();
            let text = format!("EXEC({text}");
            let _ = calls(&text).count();
        }
    }
}
