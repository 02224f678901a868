//! From an instruction to tokens (`spec/word.md` §0.4).
//!
//! The text comes in spans that know whether they are the result of a nested field. Such opaque
//! characters are never quotes, escapes or separators: a nested result is one argument, or part of
//! the token around it.
//!
//! # Malformed input
//!
//! Anything is an instruction. A quote that is not closed runs to the end, a backslash with
//! nothing behind it is itself.

/// A stretch of an instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a> {
    pub(crate) text: &'a str,
    /// It is the result of a nested field.
    pub(crate) opaque: bool,
}

impl<'a> Span<'a> {
    pub(crate) fn plain(text: &'a str) -> Self {
        Span {
            text,
            opaque: false,
        }
    }
}

/// How a token stands in the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Word,
    Quoted,
    /// The character after a backslash, in lower case; empty where a blank, a quotation mark or
    /// a nested field follows the backslash.
    Switch,
}

/// One token, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) form: Form,
    /// Some of it is the result of a nested field.
    pub(crate) opaque: bool,
    /// It began with a doubled backslash.
    doubled: bool,
    /// It holds a backslash that is not doubled.
    single: bool,
}

impl Token {
    fn new(form: Form) -> Self {
        Token {
            text: String::new(),
            form,
            opaque: false,
            doubled: false,
            single: false,
        }
    }
}

/// The tokens of an instruction and what was noticed on the way.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// The other reading of escapes and delimiters gives other tokens.
    pub(crate) ambiguous: bool,
    /// Curly quotation marks delimit an argument.
    pub(crate) curly: bool,
    /// Invisible characters were left out.
    pub(crate) filler: bool,
}

/// White space that certainly separates: blanks, the ends of lines and paragraphs (0A to 0D) and
/// of table cells (07).
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{7}')
}

/// White space that may separate; undocumented, so both readings are tried.
fn is_odd_blank(c: char) -> bool {
    !c.is_ascii() && c.is_whitespace()
}

/// White space under any reading.
pub(crate) fn is_space(c: char) -> bool {
    is_blank(c) || is_odd_blank(c)
}

/// Left out when the field is read: optional hyphens, zero-width characters.
pub(crate) fn is_filler(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{1f}' | '\u{200b}'..='\u{200d}' | '\u{feff}'
    ) || is_odd_filler(c)
}

/// Invisible characters of which it is not known whether they are left out or separate: marks of
/// direction, joiners, invisible signs of mathematics, the vowel separator of Mongolian, selectors
/// of variants.
pub(crate) fn is_odd_filler(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fe00}'..='\u{fe0f}'
    )
}

fn is_curly(c: char) -> bool {
    matches!(c, '\u{201c}'..='\u{201f}')
}

pub(crate) fn is_quote(c: char) -> bool {
    c == '"' || is_curly(c)
}

/// Could follow a backslash inside a path.
fn is_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '%' | '$' | '~')
}

/// Cuts an instruction into tokens. With `verbatim` the second reading of §0.4 rules 3 and 4 is
/// made: a backslash that is not doubled is itself, odd white space is text, and a straight quote
/// is closed by a straight quote only. Linear in the text.
pub(crate) fn lex(spans: &[Span<'_>], verbatim: bool) -> Lexed {
    let mut lexer = Lexer {
        out: Lexed::default(),
        token: None,
        opened: '"',
        verbatim,
    };
    lexer.out.filler = spans
        .iter()
        .any(|span| !span.opaque && span.text.contains(is_filler));
    lexer.out.ambiguous = lexer.out.filler
        && spans
            .iter()
            .any(|span| !span.opaque && span.text.contains(is_odd_filler));
    let glyphs = spans.iter().flat_map(|span| {
        let opaque = span.opaque;
        span.text.chars().filter_map(move |c| match c {
            _ if opaque => Some((c, true)),
            c if verbatim && is_odd_filler(c) => Some((' ', false)),
            c if is_filler(c) => None,
            // The hard hyphens of Word's own character set and of Unicode.
            '\u{1e}' | '\u{2011}' => Some(('-', false)),
            c => Some((c, false)),
        })
    });
    lexer.run(glyphs);
    lexer.out
}

/// The instruction with everything decoded, quotes where they stood or where blanks need them.
pub(super) fn resolved(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() {
            text.push(' ');
        }
        let quoted = token.form == Form::Quoted || token.opaque && token.text.contains(is_blank);
        match token.form {
            Form::Switch => {
                text.push('\\');
                text.push_str(&token.text);
            }
            Form::Word | Form::Quoted if quoted => {
                text.push('"');
                text.push_str(&token.text);
                text.push('"');
            }
            Form::Word | Form::Quoted => text.push_str(&token.text),
        }
    }
    text
}

struct Lexer {
    out: Lexed,
    token: Option<Token>,
    /// The quotation mark that opened the token, when it is a quoted one.
    opened: char,
    verbatim: bool,
}

impl Lexer {
    fn run(&mut self, mut glyphs: impl Iterator<Item = (char, bool)> + Clone) {
        while let Some((c, opaque)) = glyphs.next() {
            if opaque {
                let token = self.open(Form::Word);
                token.text.push(c);
                token.opaque = true;
            } else if self
                .token
                .as_ref()
                .is_some_and(|token| token.form == Form::Quoted)
            {
                self.quoted(c, &mut glyphs);
            } else {
                self.unquoted(c, &mut glyphs);
            }
        }
        self.close();
    }

    /// The token being built; one of the given form when there is none.
    fn open(&mut self, form: Form) -> &mut Token {
        self.token.get_or_insert_with(|| Token::new(form))
    }

    fn push(&mut self, c: char) {
        self.open(Form::Word).text.push(c);
    }

    fn close(&mut self) {
        let Some(mut token) = self.token.take() else {
            return;
        };
        if self.verbatim && token.doubled && token.single {
            // `\\host\share`, written without escapes: the two at the start are two.
            token.text.insert(0, '\\');
        }
        self.out.tokens.push(token);
    }

    fn quoted(&mut self, c: char, glyphs: &mut (impl Iterator<Item = (char, bool)> + Clone)) {
        if is_quote(c) {
            let other = is_curly(c) != is_curly(self.opened);
            self.out.ambiguous |= other;
            if other && self.verbatim {
                self.push(c);
            } else {
                self.out.curly |= is_curly(c);
                self.close();
            }
            return;
        }
        if c != '\\' {
            self.push(c);
            return;
        }
        let mut ahead = glyphs.clone();
        match ahead.next() {
            Some(('\\', false)) => {
                self.doubled();
                *glyphs = ahead;
            }
            Some((next, false)) if is_quote(next) => {
                self.push(next);
                *glyphs = ahead;
            }
            Some((next, false)) => {
                self.out.ambiguous = true;
                if self.verbatim {
                    let token = self.open(Form::Quoted);
                    token.single = true;
                    token.text.push('\\');
                }
                self.push(next);
                *glyphs = ahead;
            }
            // Nothing to escape: a nested result is opaque.
            Some((_, true)) | None => self.push('\\'),
        }
    }

    fn unquoted(&mut self, c: char, glyphs: &mut (impl Iterator<Item = (char, bool)> + Clone)) {
        if is_blank(c) {
            self.close();
        } else if is_odd_blank(c) {
            self.out.ambiguous = true;
            if self.verbatim {
                self.push(c);
            } else {
                self.close();
            }
        } else if is_quote(c) {
            self.close();
            self.opened = c;
            self.out.curly |= is_curly(c);
            self.token = Some(Token::new(Form::Quoted));
        } else if c == '\\' {
            self.backslash(glyphs);
        } else {
            self.push(c);
        }
    }

    /// A backslash outside quotes: doubled it is one, otherwise it ends the word and starts a
    /// switch, or is part of a path in the second reading.
    fn backslash(&mut self, glyphs: &mut (impl Iterator<Item = (char, bool)> + Clone)) {
        let mut ahead = glyphs.clone();
        let next = match ahead.next() {
            Some(('\\', false)) => {
                self.doubled();
                *glyphs = ahead;
                return;
            }
            Some((next, false)) if !is_blank(next) && !is_quote(next) => next,
            Some(_) => {
                // Nothing that a switch could be called. The word in front of it is over all the
                // same, and what follows is no argument of a switch before it.
                self.out.ambiguous = true;
                if self.verbatim {
                    self.push('\\');
                } else {
                    self.close();
                    self.out.tokens.push(Token::new(Form::Switch));
                }
                return;
            }
            None => {
                self.push('\\');
                return;
            }
        };
        let path = self.token.is_some()
            && is_path(next)
            && ahead
                .clone()
                .next()
                .is_some_and(|(after, opaque)| opaque || is_path(after) || after == '\\');
        if path {
            self.out.ambiguous = true;
            if self.verbatim {
                let token = self.open(Form::Word);
                token.single = true;
                token.text.push('\\');
                return;
            }
        }
        self.close();
        let mut switch = Token::new(Form::Switch);
        switch.text.extend(next.to_lowercase());
        self.out.tokens.push(switch);
        *glyphs = ahead;
    }

    fn doubled(&mut self) {
        let token = self.open(Form::Word);
        token.doubled |= token.text.is_empty();
        token.text.push('\\');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(instruction: &str, verbatim: bool) -> Vec<String> {
        lex(&[Span::plain(instruction)], verbatim)
            .tokens
            .into_iter()
            .map(|token| match token.form {
                Form::Switch => format!("\\{}", token.text),
                Form::Quoted => format!("<{}>", token.text),
                Form::Word => token.text,
            })
            .collect()
    }

    #[test]
    fn escapes_inside_and_outside_quotes() {
        assert_eq!(
            texts(r#" DDEAUTO c:\\windows\\cmd.exe "/k \"a b\"" "#, false),
            ["DDEAUTO", r"c:\windows\cmd.exe", r#"</k "a b">"#]
        );
        assert_eq!(texts(r#"DATE\@"yyyy""#, false), ["DATE", "\\@", "<yyyy>"]);
    }

    #[test]
    fn no_blank_is_needed_before_a_quote() {
        assert_eq!(texts(r#"DDEAUTO"c:\\x""#, false), ["DDEAUTO", r"<c:\x>"]);
        assert_eq!(texts(r"DDEAUTOc:\\x", false), [r"DDEAUTOc:\x"]);
    }

    #[test]
    fn single_backslashes_have_two_readings() {
        let quoted = r#""c:\windows\cmd.exe""#;
        assert_eq!(texts(quoted, false), ["<c:windowscmd.exe>"]);
        assert_eq!(texts(quoted, true), [r"<c:\windows\cmd.exe>"]);
        assert_eq!(
            texts(r"c:\windows\..\cmd.exe", true),
            [r"c:\windows\..\cmd.exe"]
        );
        assert_eq!(texts(r#""\\host\share\x""#, true), [r"<\\host\share\x>"]);
        assert!(lex(&[Span::plain(quoted)], false).ambiguous);
        assert!(!lex(&[Span::plain(r#""c:\\x" \a"#)], false).ambiguous);
    }

    #[test]
    fn a_backslash_ends_the_word_whatever_follows() {
        for (text, expected) in [
            (r"DDE\ c:\\x", ["DDE", "\\", r"c:\x"]),
            ("DDE\\\tc:\\\\x", ["DDE", "\\", r"c:\x"]),
            (r#"DDE\"c:\\x""#, ["DDE", "\\", r"<c:\x>"]),
            ("DDE\\\u{201c}c:\\\\x\u{201d}", ["DDE", "\\", r"<c:\x>"]),
            ("DDE\\\u{ad}\rc:\\\\x", ["DDE", "\\", r"c:\x"]),
        ] {
            assert_eq!(texts(text, false), expected, "{text}");
            assert!(lex(&[Span::plain(text)], false).ambiguous, "{text}");
        }
        assert_eq!(texts(r"DDE\a\ c:\\x", false), ["DDE", "\\a", "\\", r"c:\x"]);
        assert_eq!(texts(r"DDE a\ b", true), ["DDE", r"a\", "b"]);
        let spans = [
            Span::plain(r"DDE\"),
            Span {
                text: "c:\\x",
                opaque: true,
            },
        ];
        let tokens = lex(&spans, false).tokens;
        assert_eq!(tokens.len(), 3);
        assert_eq!(tokens[0].text, "DDE");
        assert_eq!(tokens[2].text, r"c:\x");
    }

    #[test]
    fn an_open_quote_runs_to_the_end() {
        assert_eq!(texts("A \"b c", false), ["A", "<b c>"]);
        assert_eq!(texts("A \\", false), ["A", "\\"]);
    }

    #[test]
    fn curly_quotes_delimit() {
        let lexed = lex(&[Span::plain("A \u{201c}b c\u{201d}")], false);
        assert_eq!(lexed.tokens.len(), 2);
        assert!(lexed.curly);
        assert_eq!(
            texts("A \"b \u{201c}c\u{201d} d\"", true),
            ["A", "<b \u{201c}c\u{201d} d>"]
        );
    }

    #[test]
    fn opaque_text_is_one_argument() {
        let spans = [
            Span::plain("DDE "),
            Span {
                text: "/c \"calc\\x\"",
                opaque: true,
            },
            Span::plain(" next"),
        ];
        let tokens = lex(&spans, false).tokens;
        assert_eq!(tokens.len(), 3);
        assert_eq!(tokens[1].text, "/c \"calc\\x\"");
        assert!(tokens[1].opaque);
    }

    #[test]
    fn invisible_characters_are_left_out() {
        let lexed = lex(&[Span::plain("D\u{200b}D\u{ad}E")], false);
        assert_eq!(lexed.tokens[0].text, "DDE");
        assert!(lexed.filler);
    }
}
