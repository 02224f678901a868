//! The words of VBScript and JScript, one at a time (VBScript Language Reference; ECMA-262 3rd
//! edition, section 7).
//!
//! # Malformed input
//!
//! A string without an end goes to the end of its line, a comment to the end of the text. A
//! character that begins nothing is a token of its own.

/// Which of the two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Vb,
    Js,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    End,
    /// A line break; in VBScript `:` too, in JScript `;`.
    Separator,
    /// A name, with its escapes undone.
    Word(String),
    /// A string; true where it was spelled with escapes for letters.
    Text(String, bool),
    Number(i64),
    /// A regular expression without operators (its literal text), and whether it is global.
    Pattern(String, bool),
    /// One character, or one of the operators of two characters that matter here.
    Sign(&'static str),
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Where it begins, blanks and comments in front left out.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Blanks stand in front.
    pub(super) spaced: bool,
}

/// Bytes of a name in brackets, whose 255 characters (VBScript Language Reference, "Variables") take
/// three each at most: no bracket is looked for behind them.
const NAME: usize = 768;

/// Operators, the longest first.
const SIGNS: &[&str] = &[
    "===", "!==", ">>>", "<<=", ">>=", "+=", "-=", "*=", "/=", "&=", "|=", "^=", "==", "!=", "<=",
    ">=", "<>", "&&", "||", "<<", ">>", "++", "--", "+", "-", "*", "/", "\\", "&", "|", "^", "=",
    "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", ";", ":", "?", "!", "~", "%", "@",
];

/// The token at `at`. `operand` says that a value may begin there (a slash is then a pattern).
pub(super) fn token(text: &str, at: usize, dialect: Dialect, operand: bool) -> Token {
    let start = skip(text, at, dialect);
    let rest = text.get(start..).unwrap_or_default();
    let (kind, length) = read(rest, dialect, operand);
    Token {
        kind,
        start,
        end: start.saturating_add(length),
        spaced: start > at,
    }
}

/// Past blanks, comments and continued lines.
fn skip(text: &str, mut at: usize, dialect: Dialect) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches(|c: char| {
            c.is_whitespace() && !matches!(c, '\n' | '\r') || c == '\u{feff}'
        });
        let blanks = rest.len().saturating_sub(trimmed.len());
        let to_line_end = || trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
        let more = match dialect {
            Dialect::Vb if trimmed.starts_with('\'') => to_line_end(),
            Dialect::Vb if is_remark(trimmed) => to_line_end(),
            Dialect::Vb if trimmed.starts_with('_') => continued(trimmed),
            Dialect::Js if trimmed.starts_with("//") => to_line_end(),
            Dialect::Js if trimmed.starts_with("/*") => trimmed
                .find("*/")
                .map_or(trimmed.len(), |end| end.saturating_add(2)),
            Dialect::Vb | Dialect::Js => 0,
        };
        at = at.saturating_add(blanks).saturating_add(more);
        if more == 0 {
            return at;
        }
    }
}

/// `Rem` as a word.
fn is_remark(text: &str) -> bool {
    let word = text
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case("rem"));
    word && !text.chars().nth(3).is_some_and(is_name)
}

/// The length of an underscore, blanks and the line break that it cancels.
fn continued(text: &str) -> usize {
    let rest = text.get(1..).unwrap_or_default();
    let line = rest.trim_start_matches([' ', '\t']);
    let after = line
        .strip_prefix("\r\n")
        .or_else(|| line.strip_prefix(['\n', '\r']));
    after.map_or(0, |after| text.len().saturating_sub(after.len()))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn read(rest: &str, dialect: Dialect, operand: bool) -> (Kind, usize) {
    let Some(first) = rest.chars().next() else {
        return (Kind::End, 0);
    };
    let js = dialect == Dialect::Js;
    match first {
        '\n' | '\r' => (Kind::Separator, 1),
        ':' if !js => (Kind::Separator, 1),
        ';' if js => (Kind::Separator, 1),
        '"' if !js => vb_string(rest),
        '"' | '\'' | '`' if js => js_string(rest, first),
        '/' if js && operand => pattern(rest).unwrap_or((Kind::Sign("/"), 1)),
        '&' if !js => vb_radix(rest).unwrap_or((Kind::Sign("&"), 1)),
        '0'..='9' => number(rest, js),
        c if is_name(c) || js && matches!(c, '$' | '\\') => word(rest, js),
        '[' if !js => {
            // A name in brackets: `[a b]`.
            let more = rest.get(1..).unwrap_or_default();
            let near = more.as_bytes().get(..NAME).unwrap_or(more.as_bytes());
            let name = memchr::memchr2(b']', b'\n', near)
                .and_then(|end| more.split_at_checked(end))
                .filter(|(_, after)| after.starts_with(']'));
            match name {
                Some((name, _)) => (Kind::Word(name.to_owned()), name.len().saturating_add(2)),
                None => (Kind::Sign("["), 1),
            }
        }
        c => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => (Kind::Sign(sign), sign.len()),
            None => (Kind::Other, c.len_utf8()),
        },
    }
}

/// A string of VBScript: a doubled quote is one.
fn vb_string(rest: &str) -> (Kind, usize) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if chars.next_if(|(_, next)| *next == '"').is_some() => text.push('"'),
            '"' => return (Kind::Text(text, false), at.saturating_add(1)),
            '\n' | '\r' => return (Kind::Text(text, false), at),
            c => text.push(c),
        }
    }
    (Kind::Text(text, false), rest.len())
}

/// A string of JScript with its escapes (section 7.8.4, octal ones as in annex B).
fn js_string(rest: &str, quote: char) -> (Kind, usize) {
    let mut text = String::new();
    let mut units: Vec<u16> = Vec::new();
    let mut spelled = false;
    let mut at = 1_usize;
    while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        let next = at.saturating_add(c.len_utf8());
        if c == '\\' {
            let (code, length) = js_escape(rest.get(next..).unwrap_or_default());
            at = next.saturating_add(length);
            match code {
                Escape::Code(unit) => {
                    spelled = true;
                    units.push(unit);
                }
                Escape::Plain(c) => {
                    flush(&mut units, &mut text);
                    text.push(c);
                }
                Escape::Nothing => {}
            }
            continue;
        }
        flush(&mut units, &mut text);
        at = next;
        if c == quote {
            return (Kind::Text(text, spelled), at);
        }
        if matches!(c, '\n' | '\r') && quote != '`' {
            return (Kind::Text(text, spelled), at.saturating_sub(1));
        }
        text.push(c);
    }
    flush(&mut units, &mut text);
    (Kind::Text(text, spelled), rest.len())
}

fn flush(units: &mut Vec<u16>, text: &mut String) {
    if !units.is_empty() {
        text.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

enum Escape {
    Code(u16),
    Plain(char),
    Nothing,
}

/// What stands behind a backslash, and its length.
fn js_escape(rest: &str) -> (Escape, usize) {
    let Some(c) = rest.chars().next() else {
        return (Escape::Nothing, 0);
    };
    let hex = |count: usize| {
        let digits = rest.get(1..count.saturating_add(1))?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid
            .then(|| u16::from_str_radix(digits, 16).ok())
            .flatten()
    };
    let coded = match c {
        'x' => hex(2).map(|unit| (unit, 3)),
        'u' => hex(4).map(|unit| (unit, 5)),
        '0'..='7' => {
            let most = if c < '4' { 3 } else { 2 };
            let digits = rest.bytes().take(most);
            let count = digits
                .take_while(|byte| matches!(byte, b'0'..=b'7'))
                .count();
            let digits = rest.get(..count).unwrap_or_default();
            u16::from_str_radix(digits, 8)
                .ok()
                .map(|unit| (unit, count))
        }
        _ => None,
    };
    if let Some((unit, length)) = coded {
        return (Escape::Code(unit), length);
    }
    match c {
        'n' => (Escape::Plain('\n'), 1),
        'r' => (Escape::Plain('\r'), 1),
        't' => (Escape::Plain('\t'), 1),
        'b' => (Escape::Plain('\u{8}'), 1),
        'v' => (Escape::Plain('\u{b}'), 1),
        'f' => (Escape::Plain('\u{c}'), 1),
        '\r' if rest.starts_with("\r\n") => (Escape::Nothing, 2),
        '\n' | '\r' => (Escape::Nothing, 1),
        c => (Escape::Plain(c), c.len_utf8()),
    }
}

/// `/literal/g`. A pattern with operators is left to the caller as signs.
fn pattern(rest: &str) -> Option<(Kind, usize)> {
    let mut literal = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => {
                let flags = rest.get(at.saturating_add(1)..)?;
                let count = flags.bytes().take_while(u8::is_ascii_alphabetic).count();
                let global = flags.get(..count)?.contains('g');
                let length = at.saturating_add(1).saturating_add(count);
                return (!literal.is_empty()).then_some((Kind::Pattern(literal, global), length));
            }
            '\\' => {
                let (_, escaped) = chars.next()?;
                if escaped.is_alphanumeric() {
                    return None;
                }
                literal.push(escaped);
            }
            '[' | ']' | '(' | ')' | '.' | '*' | '+' | '?' | '{' | '}' | '|' | '^' | '$' | '\n'
            | '\r' => return None,
            c => literal.push(c),
        }
    }
    None
}

/// `&H41`, `&O101`.
fn vb_radix(rest: &str) -> Option<(Kind, usize)> {
    let radix = match rest.as_bytes().get(1)? {
        b'h' | b'H' => 16,
        b'o' | b'O' => 8,
        _ => return None,
    };
    let digits = rest.get(2..)?;
    let count = digits
        .bytes()
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    let value = i64::from_str_radix(digits.get(..count)?, radix).ok()?;
    let after = digits.get(count..).unwrap_or_default();
    // `"a"&ho` is a variable.
    if after.starts_with(is_name) {
        return None;
    }
    let closed = usize::from(after.starts_with('&') && !after.starts_with("& "));
    // The closing ampersand of a long number, when an operator follows it too.
    let closed = if after
        .get(1..)
        .is_some_and(|more| more.trim_start().starts_with('&'))
    {
        closed
    } else {
        0
    };
    Some((
        Kind::Number(value),
        count.saturating_add(2).saturating_add(closed),
    ))
}

fn number(rest: &str, js: bool) -> (Kind, usize) {
    let count = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let digits = rest.get(..count).unwrap_or_default();
    let lower = digits.to_ascii_lowercase();
    let value = match lower.strip_prefix("0x").filter(|_| js) {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None if js && lower.len() > 1 && lower.starts_with('0') => i64::from_str_radix(&lower, 8)
            .or_else(|_| lower.parse())
            .ok(),
        None => lower.parse().ok(),
    };
    let after = rest.get(count..).unwrap_or_default();
    let fraction = after.strip_prefix('.').map(|after| {
        let digits = after.bytes().take_while(u8::is_ascii_digit);
        (digits.clone().all(|byte| byte == b'0'), digits.count())
    });
    match (value, fraction) {
        (Some(value), None) => (Kind::Number(value), count),
        (Some(value), Some((true, more))) => (
            Kind::Number(value),
            count.saturating_add(more).saturating_add(1),
        ),
        (_, Some((_, more))) => (Kind::Other, count.saturating_add(more).saturating_add(1)),
        (None, None) => (Kind::Other, count),
    }
}

fn word(rest: &str, js: bool) -> (Kind, usize) {
    let part = |c: char| is_name(c) || js && c == '$';
    let mut name = String::new();
    let mut at = 0_usize;
    while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        if part(c) {
            name.push(c);
            at = at.saturating_add(c.len_utf8());
        } else if js
            && c == '\\'
            && let (Escape::Code(unit), 5) =
                js_escape(rest.get(at.saturating_add(1)..).unwrap_or_default())
            && let Some(c) = char::from_u32(u32::from(unit)).filter(|c| part(*c))
        {
            name.push(c);
            at = at.saturating_add(6);
        } else {
            break;
        }
    }
    if at == 0 {
        return (Kind::Other, 1);
    }
    (Kind::Word(name), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, dialect: Dialect) -> Vec<Kind> {
        let mut kinds = Vec::new();
        let mut at = 0;
        let mut operand = true;
        loop {
            let token = token(text, at, dialect, operand);
            if token.kind == Kind::End {
                return kinds;
            }
            assert!(token.end > at, "{text} {at}");
            at = token.end;
            operand = matches!(
                token.kind,
                Kind::Sign("(" | "=" | "," | "+") | Kind::Separator
            );
            kinds.push(token.kind);
        }
    }

    #[test]
    fn vbscript() {
        use Kind::*;
        assert_eq!(
            kinds("x=\"a\"\"b\"&Chr(&H41)'c", Dialect::Vb),
            [
                Word("x".into()),
                Sign("="),
                Text("a\"b".into(), false),
                Sign("&"),
                Word("Chr".into()),
                Sign("("),
                Number(65),
                Sign(")"),
            ]
        );
        assert_eq!(
            kinds("a _\r\n:Rem b\n\"c", Dialect::Vb),
            [
                Word("a".into()),
                Separator,
                Separator,
                Text("c".into(), false)
            ]
        );
        assert_eq!(kinds("remote", Dialect::Vb), [Word("remote".into())]);
    }

    /// ECMA-262, section 7.8.4 and annex B.1.2.
    #[test]
    fn jscript() {
        use Kind::*;
        assert_eq!(
            kinds(r#"'\x41\u0042\103\n\q'"#, Dialect::Js),
            [Text("ABC\nq".into(), true)]
        );
        assert_eq!(kinds(r"\u0065val", Dialect::Js), [Word("eval".into())]);
        assert_eq!(
            kinds("a/*x*/(/b\\./g,0x10)//y", Dialect::Js),
            [
                Word("a".into()),
                Sign("("),
                Pattern("b.".into(), true),
                Sign(","),
                Number(16),
                Sign(")"),
            ]
        );
        assert_eq!(
            kinds("'\\ud83d\\ude00'", Dialect::Js),
            [Text("\u{1f600}".into(), true)]
        );
        for broken in ["'a", "/*", "\\", "\"\\", "0x", "/a", "'\\x4", "\u{1f600}"] {
            kinds(broken, Dialect::Js);
            kinds(broken, Dialect::Vb);
        }
    }
}
