//! Functions that fetch, start or talk to another program (`spec/excel.md` §1.5), found outside
//! string literals, with their constant arguments folded.

use std::ops::Range;

use super::brackets::{Brackets, is_name};
use super::fold::fold;
pub(crate) use super::fold::{Folded, UNKNOWN};
use super::fuel::Fuel;
use super::quoted;
use crate::limits::Budget;
use crate::text::{starts_with, strip_prefix};

/// Calls whose arguments are followed at once. Excel nests 64 levels at most; a call that stands
/// deeper is still reported, with arguments that are not known.
const OPEN_CALLS: usize = 64;
/// Arguments kept of one call; none of the functions below is judged by a later one (A.6).
const ARGUMENTS: usize = 8;

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
    /// Macro sheets and names: starts what it names, a macro or a file.
    Run,
    /// Macro sheets and names: writes a formula into a cell, or calculates a text as one.
    Write,
    /// Macro sheets and names: opens or updates a link to the document it names.
    Link,
}

/// The functions that are looked for. FILTERXML and ENCODEURL fetch nothing by themselves, and
/// FILTERXML is a common way to split text: they only matter together with WEBSERVICE. The other
/// functions of macro sheets (GOTO, HALT, ALERT, FOPEN, FWRITE, ON.TIME, SEND.KEYS, GET.CELL …) are
/// out of scope: that there are macros is said once. STOCKHISTORY, CUBE functions and PY ask
/// Microsoft's or the company's own servers, and name no address.
const FUNCTIONS: &[(&str, Class)] = &[
    ("CALL", Class::Execute),
    ("CHANGE.LINK", Class::Link),
    ("DDE", Class::DdeFunction),
    ("EVALUATE", Class::Write),
    ("EXEC", Class::Execute),
    ("EXECUTE", Class::Dde),
    ("FORMULA", Class::Write),
    ("FORMULA.ARRAY", Class::Write),
    ("FORMULA.FILL", Class::Write),
    ("GOOGLEFINANCE", Class::Sheets),
    ("HYPERLINK", Class::Click),
    ("IMAGE", Class::Fetch),
    ("IMPORTDATA", Class::Sheets),
    ("IMPORTFEED", Class::Sheets),
    ("IMPORTHTML", Class::Sheets),
    ("IMPORTRANGE", Class::Sheets),
    ("IMPORTXML", Class::Sheets),
    ("INITIATE", Class::Dde),
    ("LINKS", Class::Link),
    ("OPEN", Class::Link),
    ("OPEN.LINKS", Class::Link),
    ("POKE", Class::Dde),
    ("REGISTER", Class::Execute),
    ("REGISTER.ID", Class::Execute),
    ("REQUEST", Class::Dde),
    ("RTD", Class::Server),
    ("RUN", Class::Run),
    ("SQL.REQUEST", Class::Link),
    ("SUBSCRIBE.TO", Class::Link),
    ("UPDATE.LINK", Class::Link),
    ("WEBSERVICE", Class::Fetch),
];

/// What may stand in front of a function name in a file.
pub(super) const PREFIXES: &[&str] = &["_xlfn.", "_xlws.", "_xll.", "_xludf."];

/// Names of which the function is the last one: of add-ins, and of functions that OpenDocument
/// does not have (LibreOffice writes `COM.MICROSOFT.WEBSERVICE`).
const PACKAGES: &[&str] = &[
    "com.microsoft.",
    "com.sun.star.",
    "org.libreoffice.",
    "org.openoffice.",
];

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

impl Call {
    /// The call with its arguments as far as they are known:
    /// `CALL("Kernel32","WinExec","JCJ","calc",0)`.
    pub(crate) fn spelled(&self) -> String {
        let words: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| {
                let text = &argument.text;
                if text == UNKNOWN || text.bytes().all(|b| b.is_ascii_digit()) {
                    text.clone()
                } else {
                    format!("\"{}\"", text.replace('"', "\"\""))
                }
            })
            .collect();
        format!("{}({})", self.name, words.join(","))
    }
}

/// Every call of a listed function in `text`, innermost first.
pub(crate) fn calls(text: &str) -> Calls<'_> {
    calls_of(text, FUNCTIONS)
}

/// Every call of one of these functions in `text`, innermost first.
pub(crate) fn calls_of<'t>(
    text: &'t str,
    functions: &'static [(&'static str, Class)],
) -> Calls<'t> {
    Calls {
        functions,
        text,
        at: 0,
        depth: 0,
        name: None,
        braces: false,
        open: Vec::new(),
        brackets: Brackets::of(text),
        fuel: Fuel::of(text, None),
    }
}

/// See [`calls`].
pub(crate) struct Calls<'t> {
    functions: &'static [(&'static str, Class)],
    text: &'t str,
    at: usize,
    /// Parentheses open here.
    depth: u64,
    /// The identifier that a parenthesis would make a call of.
    name: Option<Range<usize>>,
    /// Inside an array constant, whose separators are not those of the call.
    braces: bool,
    open: Vec<Open>,
    brackets: Brackets,
    fuel: Fuel<'t>,
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
                b'[' => {
                    self.at = self.brackets.end(bytes, here).unwrap_or(after);
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

impl<'t> Calls<'t> {
    /// Pays from the account of an analysis for what folding produces.
    pub(crate) fn paid_by(self, budget: &'t Budget<'t>) -> Self {
        Calls {
            fuel: Fuel::of(self.text, Some(budget)),
            ..self
        }
    }
}

impl Calls<'_> {
    /// A parenthesis opens after `self.name`. Gives a call at once when too many are open.
    fn open(&mut self, after: usize) -> Option<Call> {
        let span = self.name.take()?;
        let (name, class) = listed(self.text.get(span.clone())?, self.functions)?;
        if self.open.len() >= OPEN_CALLS {
            return Some(Call {
                name,
                class,
                span: span.start..after,
                arguments: vec![Folded::unknown(); 3],
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
fn listed(
    identifier: &str,
    functions: &'static [(&'static str, Class)],
) -> Option<(&'static str, Class)> {
    let mut name = identifier;
    let mut prefixed = false;
    while let Some(rest) = PREFIXES
        .iter()
        .find_map(|prefix| strip_prefix(name, prefix))
    {
        name = rest;
        prefixed = true;
    }
    if PACKAGES.iter().any(|package| starts_with(name, package)) {
        name = name.rsplit('.').next().unwrap_or(name);
        prefixed = true;
    }
    let (name, class) = functions
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    // A.6: nothing that belongs to a name stands before `DDE(`.
    (!prefixed || *class != Class::DdeFunction).then_some((*name, *class))
}

pub(super) fn name_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|b| !is_name(*b)).unwrap_or(rest.len());
    start.saturating_add(length)
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
        assert_eq!(
            names("COM.MICROSOFT.WEBSERVICE(\"http://x\")"),
            ["WEBSERVICE"]
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
            "HALT()+ALERT(1)+ON.TIME(1,2)+SEND.KEYS(1)+GET.CELL(1)+GET.WORKSPACE(2)",
            "FOPEN(1)+FWRITE(1,2)+FWRITELN(1,2)+SET.NAME(1)+UNREGISTER(1)+TERMINATE(1)",
            "STOCKHISTORY(A1)+CUBEVALUE(1)+_xlfn._xlws.PY(0,1)+FILTERXML(A1,1)+ENCODEURL(A1)",
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
        let many = format!("EXEC({}\"z\")", "\"a\"&".repeat(100_000));
        let call = calls(&many).next().unwrap();
        assert_eq!(call.arguments[0].text, "a".repeat(100_000) + "z");
        assert!(call.arguments[0].constant);
    }

    #[test]
    fn names_of_columns_open_no_string() {
        for text in [
            "COUNTA(Table1[a'#b])&DDE(\"cmd\",\"/c calc\",\"it's\")",
            "COUNTA(Table1[a\"b])&DDE(\"cmd\",\"/c calc\",\"it's\")",
            "COUNTA(Table1[a)])&DDE(\"cmd\",\"/c calc\",\"it's\")",
        ] {
            assert_eq!(arguments(text), ["cmd", "/c calc", "it's"], "{text}");
        }
        assert_eq!(
            arguments("DDE(\"cmd\",Table1[(\",],1)"),
            ["cmd", "<expr>", "1"]
        );
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
    fn deep_calls_are_reported_with_unknown_arguments() {
        let text = format!("{}\"x\"", "EXEC(".repeat(70));
        let found: Vec<_> = calls(&text).collect();
        assert_eq!(found.len(), 70);
        assert_eq!(
            found
                .iter()
                .filter(|call| call.arguments.len() == 3)
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
