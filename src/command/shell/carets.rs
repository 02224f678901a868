//! Carets and redirections, in the second phase: outside quotation marks a caret takes the meaning
//! from the next character and disappears; at the end of a line it joins the next one.
//!
//! Source: the page "cmd" of Microsoft ("special characters … preceded by the escape character
//! (^)"); D. Benham's phase 2.

/// Where the output or input of a command goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirection {
    /// `<`, `>`, or `>>` as `+`.
    pub(super) kind: char,
    pub(super) target: String,
}

/// A command after the second phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) text: String,
    pub(super) redirections: Vec<Redirection>,
    /// The same with redirections, to be shown.
    pub(super) shown: String,
    /// A caret stood in front of a character that needs none.
    pub(super) noise: bool,
}

/// Characters that a caret is meant for.
const SPECIAL: &[char] = &[
    '&', '|', '<', '>', '(', ')', '^', '!', '%', '"', '\n', '\r', '\'', '`',
];

/// Undoes the second phase of one command, which holds no operator any more.
pub(super) fn read(raw: &str) -> Read {
    let mut read = Read::default();
    let mut target: Option<Redirection> = None;
    let mut quoted = false;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let mut escaped = false;
        let c = match c {
            '\n' => {
                quoted = false;
                c
            }
            '"' => {
                quoted = !quoted;
                c
            }
            '^' if !quoted => match chars.next() {
                // The line goes on behind the break, whose next character is escaped.
                Some('\n') => match chars.next() {
                    Some(next) => {
                        escaped = true;
                        next
                    }
                    None => break,
                },
                Some('\r') => {
                    chars.next_if_eq(&'\n');
                    continue;
                }
                Some(next) => {
                    read.noise |= !SPECIAL.contains(&next);
                    escaped = true;
                    next
                }
                None => break,
            },
            '<' | '>' if !quoted => {
                read.shown.push(c);
                finish(&mut read, &mut target);
                // `2>`: the number of the handle.
                let digit = read.text.chars().next_back().filter(char::is_ascii_digit);
                let mut before = read.text.chars().rev().skip(1);
                if digit.is_some() && before.next().is_none_or(char::is_whitespace) {
                    read.text.pop();
                }
                let mut kind = c;
                if c == '>' && chars.next_if_eq(&'>').is_some() {
                    read.shown.push('>');
                    kind = '+';
                }
                if chars.next_if_eq(&'&').is_some() {
                    read.shown.push('&');
                    let handle = chars.next_if(char::is_ascii_digit);
                    read.shown.extend(handle);
                    continue;
                }
                target = Some(Redirection {
                    kind,
                    target: String::new(),
                });
                continue;
            }
            c => c,
        };
        read.shown.push(c);
        match &mut target {
            Some(open) => {
                let delimiter = c.is_whitespace() || matches!(c, ',' | ';' | '=');
                if !delimiter || quoted || escaped {
                    open.target.push(c);
                } else if !open.target.is_empty() {
                    finish(&mut read, &mut target);
                    read.text.push(c);
                }
            }
            None => read.text.push(c),
        }
    }
    finish(&mut read, &mut target);
    read
}

fn finish(read: &mut Read, target: &mut Option<Redirection>) {
    if let Some(mut done) = target.take() {
        done.target = done.target.replace('"', "");
        read.redirections.push(done);
    }
}

/// Text without its carets, whatever else it holds.
pub(super) fn plain(raw: &str) -> String {
    let mut text = String::new();
    let mut quoted = false;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                text.push(c);
            }
            '^' if !quoted => match chars.next() {
                Some('\r' | '\n') | None => {}
                Some(next) => text.push(next),
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets() {
        for (raw, expected, noise) in [
            ("c^a^l^c", "calc", true),
            ("echo a ^& b", "echo a & b", false),
            ("echo \"a^b\"", "echo \"a^b\"", false),
            ("echo ^^", "echo ^", false),
            ("calc^", "calc", false),
            ("ca^\nlc", "calc", false),
            ("echo ^\"a^b", "echo \"ab", true),
        ] {
            let read = read(raw);
            assert_eq!((read.text.as_str(), read.noise), (expected, noise), "{raw}");
            assert_eq!(plain(raw), expected);
        }
    }

    #[test]
    fn redirections() {
        let read = read(">nul echo x 2>&1 >>\"a b.txt\" <in.txt y");
        assert_eq!(
            read.text.split_whitespace().collect::<Vec<_>>(),
            ["echo", "x", "y"]
        );
        let kinds: Vec<_> = read
            .redirections
            .iter()
            .map(|r| (r.kind, r.target.as_str()))
            .collect();
        assert_eq!(kinds, [('>', "nul"), ('+', "a b.txt"), ('<', "in.txt")]);
        assert_eq!(super::read("echo a2>b").text, "echo a2");
    }
}
