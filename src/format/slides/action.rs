//! What a `ppaction:` address asks for ([MS-OE376] 2.1.1349; `spec/excel.md` §8.1).
//!
//! # Malformed input
//!
//! The scheme and the verb count in any case, with blanks around them and with percent codes
//! inside; backslashes stand for slashes, and invisible characters are dropped. What is no known verb asks for nothing of its own.

use crate::text;

/// What a click, or the pointer, does in a slide show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// Runs the target of the relationship.
    Program,
    /// Opens the target of the relationship: a file, or another presentation.
    File,
    /// Activates the OLE object of the shape with this verb.
    Verb(String),
    /// Runs a macro of this name.
    Macro(String),
}

/// The scheme of all actions.
const SCHEME: &str = "ppaction:";

impl Action {
    /// Reads an action; `None` for those that stay within the presentation, and for none.
    pub(super) fn of(address: &str) -> Option<Action> {
        let address = percent_decoded(address).replace('\\', "/");
        let address: String = address.chars().filter(|c| !is_invisible(*c)).collect();
        let address = address.trim();
        let scheme = address.get(..SCHEME.len())?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        let rest = address.get(SCHEME.len()..)?.trim_start_matches('/');
        let (verb, query) = rest.split_once('?').unwrap_or((rest, ""));
        let verb = verb.trim().trim_end_matches('/').to_ascii_lowercase();
        let value = |key: &str| {
            let mut pairs = query.split('&');
            let value = pairs.find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case(key).then_some(value)
            });
            value.unwrap_or_default().trim().to_owned()
        };
        match verb.as_str() {
            "program" => Some(Action::Program),
            "hlinkfile" | "hlinkpres" => Some(Action::File),
            "ole" => Some(Action::Verb(value("verb"))),
            "macro" => Some(Action::Macro(value("name"))),
            _ => None,
        }
    }

    /// The action in one word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Action::Program => "ppaction://program",
            Action::File => "ppaction://hlinkfile",
            Action::Verb(_) => "ppaction://ole",
            Action::Macro(_) => "ppaction://macro",
        }
    }
}

/// What no reader of an address sees.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// A text with its percent codes undone; what is no code stays.
pub(super) fn percent_decoded(text: &str) -> String {
    String::from_utf8(text::percent_decoded(text)).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_that_lead_out() {
        for (address, action) in [
            ("ppaction://program", Action::Program),
            (" PPACTION://Program ", Action::Program),
            ("ppaction://%70rogram", Action::Program),
            ("ppaction:\\\\program", Action::Program),
            ("ppaction://pro\u{200b}gram", Action::Program),
            ("ppaction://hlinkfile", Action::File),
            (
                "ppaction://hlinkpres?slideindex=1&slidetitle=",
                Action::File,
            ),
            ("ppaction://ole?verb=0", Action::Verb("0".to_owned())),
            ("ppaction://macro?name=Go", Action::Macro("Go".to_owned())),
        ] {
            assert_eq!(Action::of(address), Some(action), "{address}");
        }
        for address in [
            "",
            "program",
            "ppaction://noaction",
            "ppaction://media",
            "ppaction://hlinkshowjump?jump=nextslide",
            "ppaction://hlinksldjump",
            "ppaction://customshow?id=0",
        ] {
            assert_eq!(Action::of(address), None, "{address}");
        }
    }

    #[test]
    fn percent_codes() {
        for (text, decoded) in [
            ("powershell%20-NoP%20-c%20iex", "powershell -NoP -c iex"),
            ("%c3%a4", "ä"),
            ("100%", "100%"),
            ("%2", "%2"),
            ("%zz%41", "%zzA"),
            ("%ff", "%ff"),
            ("%ComSpec%", "%ComSpec%"),
        ] {
            assert_eq!(percent_decoded(text), decoded, "{text}");
        }
    }
}
