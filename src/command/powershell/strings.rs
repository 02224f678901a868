//! Strings and names: doubled quotes, backticks, variables within strings, here-strings
//! (`about_Quoting_Rules`, `about_Variables`).

use super::scan::{Scan, ends_word, escaped, is_double, is_line_end, is_name, is_single};
use super::value::Value;
use super::{DEPTH, Folder, Piece};
use crate::link::TechniqueId;

/// Bytes of a name in braces.
const LONGEST: usize = 256;

/// A name after `$`.
pub(super) struct Name {
    pub(super) name: String,
    /// It is written with backticks, or with braces that it does not need.
    pub(super) noisy: bool,
}

/// `$name`, `${name}`, `$scope:name`.
pub(super) fn variable(scan: &mut Scan<'_>) -> Option<Name> {
    let mut ahead = *scan;
    if !ahead.eat('$') {
        return None;
    }
    if ahead.eat('{') {
        let mut name = String::new();
        loop {
            if name.len() > LONGEST {
                return None;
            }
            match ahead.bump()? {
                '}' => break,
                '`' => name.push(ahead.bump()?),
                c => name.push(c),
            }
        }
        *scan = ahead;
        let noisy = !name.is_empty() && name.chars().all(|c| is_name(c) || c == ':');
        return Some(Name { name, noisy });
    }
    let start = ahead.at;
    match ahead.peek()? {
        '$' | '?' | '^' => {
            ahead.bump();
        }
        _ => {
            ahead.take_while(is_name);
            // `$env:x`, but not `$x::y`.
            if ahead.at > start && ahead.peek() == Some(':') && ahead.second().is_some_and(is_name)
            {
                ahead.bump();
                ahead.take_while(is_name);
            }
        }
    }
    let name = ahead.since(start).to_owned();
    if name.is_empty() {
        return None;
    }
    *scan = ahead;
    Some(Name { name, noisy: false })
}

/// `'…'`, with the quote here.
pub(super) fn single(scan: &mut Scan<'_>) -> String {
    let mut text = String::new();
    scan.bump();
    loop {
        text.push_str(scan.take_while(|c| !is_single(c)));
        let Some(quote) = scan.bump() else {
            return text;
        };
        if !scan.peek().is_some_and(is_single) {
            return text;
        }
        text.push(quote);
        scan.bump();
    }
}

/// Where a text that is expanded ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Quote,
    HereString,
    Word,
}

impl Folder<'_, '_> {
    /// A string of any kind that stands here.
    pub(super) fn string(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        let here = scan.peek() == Some('@');
        let quote = if here { scan.second() } else { scan.peek() };
        if !quote.is_some_and(is_single) {
            let end = if here { End::HereString } else { End::Quote };
            if here {
                scan.bump();
                scan.bump();
                scan.take_while(|c| c != '\n');
            }
            scan.bump();
            return self.expanded(scan, start, end);
        }
        let text = if here {
            scan.bump();
            scan.bump();
            scan.take_while(|c| c != '\n');
            scan.bump();
            let rest = scan.rest();
            let end = rest.find("\n'@").unwrap_or(rest.len());
            scan.skip(end.saturating_add(3));
            rest.get(..end)
                .unwrap_or_default()
                .trim_end_matches('\r')
                .to_owned()
        } else {
            single(scan)
        };
        Piece {
            text: scan.since(start).to_owned(),
            value: Some(Value::Text(text)),
            ..Piece::default()
        }
    }

    /// A bare word, with variables, quotes and backticks inside.
    pub(super) fn word(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        self.expanded(scan, start, End::Word)
    }

    fn expanded(&mut self, scan: &mut Scan<'_>, start: usize, end: End) -> Piece {
        let before = self.changes;
        // Constant so far; what stands in front of it in clear, as it would be written.
        let mut value = Some(String::new());
        let mut clear = String::new();
        let (mut ticks, mut quotes) = (false, false);
        let mut folded = false;
        let push = |value: &mut Option<String>, clear: &mut String, text: &str| {
            if let Some(value) = value {
                value.push_str(text);
            }
            if end == End::Word {
                clear.push_str(text);
            } else {
                for c in text.chars() {
                    if is_double(c) || matches!(c, '`' | '$') {
                        clear.push('`');
                    }
                    clear.push(c);
                }
            }
        };
        while let Some(c) = scan.peek() {
            match c {
                c if end == End::Word && ends_word(c) => break,
                c if end == End::HereString && c == '\n' => {
                    if scan.rest().starts_with("\n\"@") {
                        scan.skip(3);
                        break;
                    }
                    scan.bump();
                    push(&mut value, &mut clear, "\n");
                }
                c if end == End::Quote && is_double(c) => {
                    scan.bump();
                    if !scan.peek().is_some_and(is_double) {
                        break;
                    }
                    scan.bump();
                    push(&mut value, &mut clear, "\"");
                }
                c if end == End::Word && is_single(c) => {
                    quotes = true;
                    push(&mut value, &mut clear, &single(scan));
                }
                c if end == End::Word && is_double(c) => {
                    quotes = true;
                    scan.bump();
                    let inner = self.expanded_flat(scan);
                    match inner {
                        Some(text) => push(&mut value, &mut clear, &text),
                        None => value = None,
                    }
                }
                '`' => {
                    scan.bump();
                    let Some(c) = scan.bump() else { break };
                    ticks |= c.is_alphanumeric();
                    let mut letter = [0; 4];
                    push(&mut value, &mut clear, escaped(c).encode_utf8(&mut letter));
                }
                '$' => {
                    let at = scan.at;
                    let piece = if scan.second() == Some('(') && self.depth < DEPTH {
                        scan.bump();
                        self.bracket(scan, ')')
                    } else if let Some(name) = variable(scan) {
                        let known = self.variable_value(&name.name);
                        let own = known.as_ref().is_some_and(|(_, own)| *own);
                        if own {
                            self.used();
                            folded = true;
                        }
                        // Standard variables stay as they are unless something is made of them.
                        Piece {
                            value: known.map(|(value, _)| value),
                            folded: own,
                            text: scan.since(at).to_owned(),
                            ..Piece::default()
                        }
                    } else {
                        scan.bump();
                        push(&mut value, &mut clear, "$");
                        continue;
                    };
                    let text = piece.as_text().filter(|text| self.fuel.pay(text.len()));
                    if piece.folded || piece.text.starts_with('(') && text.is_some() {
                        folded = true;
                        push(&mut value, &mut clear, &text.unwrap_or_default());
                        continue;
                    }
                    match (&mut value, text) {
                        (Some(value), Some(text)) => value.push_str(&text),
                        (value, _) => *value = None,
                    }
                    if piece.text.starts_with('(') {
                        clear.push('$');
                    }
                    clear.push_str(&piece.text);
                }
                c => {
                    scan.bump();
                    let mut letter = [0; 4];
                    push(&mut value, &mut clear, c.encode_utf8(&mut letter));
                }
            }
        }
        if ticks && clear.len() < scan.since(start).len() {
            self.note(TechniqueId::Backticks);
        }
        let source = scan.since(start);
        // Quotes around blanks or signs are needed.
        let needed = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '\\' | ':'));
        if quotes && value.is_some() && !clear.contains(needed) {
            self.note(TechniqueId::QuoteNoise);
        } else if quotes {
            clear = source.to_owned();
        }
        let text = if self.changes == before && !folded {
            source.to_owned()
        } else if end == End::Word {
            clear
        } else {
            match &value {
                Some(value) if !clear.contains('$') => super::value::quoted(value),
                _ => format!("\"{clear}\""),
            }
        };
        Piece {
            text,
            value: value.map(Value::Text),
            ..Piece::default()
        }
    }

    /// The rest of a double-quoted string within a word, if it is constant.
    fn expanded_flat(&mut self, scan: &mut Scan<'_>) -> Option<String> {
        let mut text = Some(String::new());
        while let Some(c) = scan.bump() {
            match c {
                c if is_double(c) => {
                    if !scan.peek().is_some_and(is_double) {
                        break;
                    }
                    scan.bump();
                    if let Some(text) = &mut text {
                        text.push(c);
                    }
                }
                '`' => {
                    let c = scan.bump()?;
                    if let Some(text) = &mut text {
                        text.push(escaped(c));
                    }
                }
                '$' if scan
                    .peek()
                    .is_some_and(|c| is_name(c) || matches!(c, '{' | '(')) =>
                {
                    text = None;
                }
                c => {
                    if let Some(text) = &mut text {
                        text.push(c);
                    }
                }
            }
        }
        text
    }
}

/// Whether a word goes on after a variable, as in `$env:temp\a.exe`.
pub(super) fn word_goes_on(scan: &Scan<'_>) -> bool {
    let mut ahead = *scan;
    variable(&mut ahead).is_some()
        && ahead.peek().is_some_and(|c| {
            !ends_word(c) && !is_line_end(c) && !matches!(c, '.' | '[' | ':' | '=' | '+' | '-')
        })
}
