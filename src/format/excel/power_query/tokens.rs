//! The words of the M language, one by one. An unclosed text or comment ends with the text.

use std::borrow::Cow;

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name, a quoted one (`#"…"`) as it reads.
    Name(Cow<'t, str>),
    Text(String),
    Sign(char),
}

/// The words of a text, with the byte at which each begins.
#[derive(Clone)]
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Tokens<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Passes over what is not code.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let code = rest.trim_start();
            self.skip(rest.len().saturating_sub(code.len()));
            let end = if code.starts_with("//") {
                code.find(['\n', '\r', '\u{2028}', '\u{2029}'])
            } else if code.starts_with("/*") {
                code.find("*/").map(|at| at.saturating_add(2))
            } else {
                return;
            };
            self.skip(end.unwrap_or(code.len()));
        }
    }

    /// The text in quotation marks that begins here.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        self.skip(1);
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('"') else {
                text.push_str(rest);
                self.skip(rest.len());
                break;
            };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.skip(end.saturating_add(1));
            if !self.rest().starts_with('"') {
                break;
            }
            text.push('"');
            self.skip(1);
        }
        unescaped(text)
    }
}

/// Undoes `#(lf)`, `#(0041)`, `#(#)` and lists of them.
fn unescaped(text: String) -> String {
    if !text.contains("#(") {
        return text;
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("#(") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once(')') else {
            break;
        };
        for escape in inside.split(',') {
            match escape.trim() {
                "lf" => out.push('\n'),
                "cr" => out.push('\r'),
                "tab" => out.push('\t'),
                "#" => out.push('#'),
                digits => out.extend(
                    u32::from_str_radix(digits, 16)
                        .ok()
                        .and_then(char::from_u32),
                ),
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (usize, Token<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blanks();
        let at = self.at;
        let rest = self.rest();
        let first = rest.chars().next()?;
        if first == '"' {
            return Some((at, Token::Text(self.quoted())));
        }
        if rest.starts_with("#\"") {
            self.skip(1);
            return Some((at, Token::Name(self.quoted().into())));
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '#');
        if is_name(first) {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            // `Query#"…"` is no word of the language.
            self.skip(end.max(1));
            let name = rest.get(..end).unwrap_or_default();
            return Some((at, Token::Name(name.into())));
        }
        self.skip(first.len_utf8());
        Some((at, Token::Sign(first)))
    }
}
