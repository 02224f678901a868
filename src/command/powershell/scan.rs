//! The characters of a script, as PowerShell's tokenizer classes them (`about_Parsing`,
//! `about_Quoting_Rules`; typographic quotes and dashes count as plain ones: `CharExtensions` of
//! PowerShell's published source).

/// A place in a script.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    pub(super) at: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scan { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character after the next.
    pub(super) fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.skip(c.len_utf8());
        Some(c)
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.bump();
        }
        found
    }

    /// What stands between `start` and here.
    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Moves over what `take` accepts.
    pub(super) fn take_while(&mut self, mut take: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !take(c)).unwrap_or(rest.len());
        self.skip(end);
        rest.get(..end).unwrap_or_default()
    }

    /// Skips blanks, comments and continued lines.
    pub(super) fn blanks(&mut self) {
        loop {
            self.take_while(|c| c.is_whitespace() && !is_line_end(c));
            let rest = self.rest();
            if rest.starts_with("<#") {
                let end = rest
                    .find("#>")
                    .map_or(rest.len(), |end| end.saturating_add(2));
                self.skip(end);
            } else if rest.starts_with('#') {
                self.take_while(|c| !is_line_end(c));
            } else if let Some(after) = rest.strip_prefix('`')
                && after.starts_with(is_line_end)
            {
                self.skip(1);
                self.take_while(is_line_end);
            } else {
                return;
            }
        }
    }

    /// Skips ends of statements too.
    pub(super) fn gaps(&mut self) {
        loop {
            self.blanks();
            if self.take_while(|c| is_line_end(c) || c == ';').is_empty() {
                return;
            }
        }
    }

    /// Skips blanks and line ends: inside brackets.
    pub(super) fn lines(&mut self) {
        loop {
            self.blanks();
            if self.take_while(is_line_end).is_empty() {
                return;
            }
        }
    }

    /// Moves behind the bracket that closes the one here, whatever is inside.
    pub(super) fn skip_brackets(&mut self) {
        let mut open = 0usize;
        while let Some(c) = self.bump() {
            match c {
                '(' | '{' | '[' => open = open.saturating_add(1),
                ')' | '}' | ']' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return;
                    }
                }
                '`' => {
                    self.bump();
                }
                c if is_single(c) => {
                    self.take_while(|c| !is_single(c));
                    self.bump();
                }
                c if is_double(c) => {
                    while let Some(c) = self.bump() {
                        if c == '`' {
                            self.bump();
                        } else if is_double(c) {
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

pub(super) fn is_single(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}')
}

pub(super) fn is_double(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201e}')
}

/// Hyphen, en dash, em dash and horizontal bar.
pub(in crate::command) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}'..='\u{2015}')
}

/// Letters of names of variables without braces.
pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What ends a bare word.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')' | '{' | '}' | ',')
}

/// The character that a backtick makes of the next (`about_Special_Characters`).
/// `` `e `` is a letter in Windows PowerShell, where disguises are written for.
pub(super) fn escaped(c: char) -> char {
    match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        c => c,
    }
}
