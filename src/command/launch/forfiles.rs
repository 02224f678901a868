//! forfiles: `/p folder /m mask /c "command"`, where `0xHH` is a character (Microsoft, "forfiles":
//! "To include special characters in the command line, use the hexadecimal code").

use super::words::{behind, option, split};
use crate::command::unfold::{Next, Outcome};
use crate::link::TechniqueId;

pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let words = split(text);
    for (at, word) in words.iter().enumerate() {
        let line = match option(&word.text) {
            Some((name, None)) if name == "c" => words.get(at.saturating_add(1)),
            _ => None,
        };
        let Some(line) = line else { continue };
        // Without quotes it goes on to the next switch, which nobody writes behind it.
        let bare = text.get(line.start..).is_some_and(|text| !text.starts_with('"'));
        let line = if bare { behind(text, word) } else { &line.text };
        let clear = decoded(line);
        outcome.step(TechniqueId::HexCodes, line, &clear);
        outcome.next.push(Next::Line(clear));
        break;
    }
    outcome
}

fn decoded(line: &str) -> String {
    let mut clear = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("0x") {
        clear.push_str(before);
        let code = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(u8::is_ascii) {
            Some(code) => {
                clear.push(char::from(code));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                clear.push_str("0x");
                rest = after;
            }
        }
    }
    clear.push_str(rest);
    clear
}
