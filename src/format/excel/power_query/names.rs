//! Names that stand for texts, and the arguments that they are used in.
//!
//! # Worst cases
//!
//! Names are kept up to a bound, and it is said when they are more.

use std::collections::BTreeMap;

use super::functions::{Meaning, function_of};
use super::tokens::{Token, Tokens};
use crate::formula::functions::UNKNOWN;

/// Names kept that stand for a text, the bytes of one such text, and of all.
const NAMES: usize = 4_096;
pub(super) const NAMED: usize = 64 << 10;
pub(super) const ALL_NAMED: usize = 1 << 20;

/// Names that stand for texts, and other names of functions.
#[derive(Default)]
pub(super) struct Names {
    texts: BTreeMap<String, String>,
    aliases: BTreeMap<String, Meaning>,
    bytes: usize,
    pub(super) cut: bool,
}

impl Names {
    /// The names that `text` binds, wherever it does: their order says nothing.
    pub(super) fn of(text: &str) -> Names {
        let mut names = Names::default();
        let mut tokens = Tokens { text, at: 0 };
        let mut last: Option<String> = None;
        while let Some((_, token)) = tokens.next() {
            match token {
                Token::Name(name) => last = Some(name.into_owned()),
                Token::Sign('=') => {
                    if let Some(name) = last.take() {
                        names.bind(name, &tokens);
                    }
                }
                Token::Sign(_) | Token::Text(_) => last = None,
            }
        }
        names
    }

    fn bind(&mut self, name: String, behind: &Tokens<'_>) {
        if let Some((_, Token::Name(function))) = behind.clone().next()
            && let Some((_, meaning)) = function_of(&function)
            && self.aliases.len() < NAMES
        {
            self.aliases.insert(name, *meaning);
            return;
        }
        let mut tokens = behind.clone();
        let value = expression(&mut tokens, self).text;
        if value.is_empty() || value == UNKNOWN {
            return;
        }
        let bytes = self
            .bytes
            .saturating_add(value.len())
            .saturating_add(name.len());
        if self.texts.len() >= NAMES || value.len() > NAMED || bytes > ALL_NAMED {
            self.cut = true;
            return;
        }
        self.bytes = bytes;
        self.texts.entry(name).or_insert(value);
    }

    /// What a function of this name takes, and its name in the language, where that is known.
    pub(super) fn meaning(&self, function: &str) -> Option<(&'static str, Meaning)> {
        if let Some((name, meaning)) = function_of(function) {
            return Some((name, *meaning));
        }
        if let Some(meaning) = self.aliases.get(function) {
            return Some(("address", *meaning));
        }
        let (library, _) = function.split_once('.')?;
        let plain = matches!(
            library,
            "Text" | "List" | "Table" | "Record" | "Replacer" | "Splitter" | "Error"
        );
        plain.then_some(("", Meaning::Plain))
    }
}

/// An argument as far as it is known.
pub(super) struct Argument {
    pub(super) text: String,
    /// All of it was understood, and what follows is the next one.
    pub(super) whole: bool,
}

/// Reads texts and names of texts joined by `&`, up to what is neither.
pub(super) fn expression(tokens: &mut Tokens<'_>, names: &Names) -> Argument {
    let mut text = String::new();
    let mut joined = true;
    loop {
        let before = tokens.clone();
        match tokens.next() {
            Some((_, Token::Text(piece))) if joined => text.push_str(&piece),
            Some((_, Token::Name(name))) if joined && name != "in" => {
                // A call, or something of a record or a table: only its value tells.
                let next = tokens.clone().next();
                let whole = next.is_none_or(|(_, token)| {
                    !matches!(token, Token::Sign('(' | '[' | '{'))
                        && !matches!(token, Token::Text(_))
                });
                let known = names.texts.get(name.as_ref()).filter(|_| whole);
                let room = text.len() <= NAMED;
                match known {
                    Some(known) if room => text.push_str(known),
                    Some(_) | None => push_unknown(&mut text),
                }
                if !whole {
                    return Argument { text, whole: false };
                }
            }
            Some((_, Token::Sign('&'))) if !joined => {
                joined = true;
                continue;
            }
            Some((_, Token::Sign(',' | ')' | ';' | ']' | '}'))) | None => {
                *tokens = before;
                return Argument { text, whole: true };
            }
            Some((_, Token::Name(_))) if !joined => {
                *tokens = before;
                return Argument { text, whole: true };
            }
            Some(_) => {
                push_unknown(&mut text);
                *tokens = before;
                return Argument { text, whole: false };
            }
        }
        joined = false;
    }
}

fn push_unknown(text: &mut String) {
    if !text.ends_with(UNKNOWN) {
        text.push_str(UNKNOWN);
    }
}
