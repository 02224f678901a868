//! Power Query: where the queries of a workbook fetch from, as their text in the M language says
//! (`spec/excel.md` §1.6).
//!
//! # Malformed input
//!
//! Any text is read. Unclosed texts and comments end with the text; arguments that are neither
//! literals nor names of literals are unknown, and what surrounds them still counts.
//!
//! # Worst cases
//!
//! Two passes, each linear: what is looked at ahead of a call ends at the next call. Names that
//! stand for literals are kept up to a bound, and it is said when they are more.

mod functions;
mod names;
mod tokens;

use crate::formula::functions::UNKNOWN;
use functions::Meaning;
use names::{ALL_NAMED, NAMED, Names, expression};
use tokens::{Token, Tokens};

/// Arguments of a call that are looked at.
const ARGUMENTS: usize = 2;
/// Words of the arguments of a call that are looked at for an address.
const WITHIN: usize = 16;
/// Queries that are written in texts of queries (`Expression.Evaluate`), followed this deep.
const WRITTEN: u8 = 4;

/// Names of servers that are this machine.
const HERE: &[&str] = &[".", "(local)", "localhost", "127.0.0.1", "::1"];

/// One place that a query fetches from, or one thing that it asks there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// Byte of the text.
    pub(super) offset: usize,
    /// What the value is, as [`Connection`](super::connections::Connection) names it.
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) web: bool,
    /// It belongs to the fetch before it.
    pub(super) more: bool,
}

/// Reads the text of a section of queries and tells each fetch, in the order of the text. What
/// stays on this machine is left out. Gives whether it has more names than were kept.
pub(super) fn read(text: &str, tell: &mut dyn FnMut(Fetch)) -> bool {
    let mut cut = false;
    let mut waiting = vec![(text.to_owned(), 0_usize, 0_u8)];
    while let Some((text, offset, level)) = waiting.pop() {
        let names = Names::of(&text);
        cut |= names.cut;
        Pass {
            names: &names,
            tell,
            offset,
            level,
            waiting: &mut waiting,
        }
        .go(&text);
    }
    cut
}

/// The most live memory that reading a text of so many bytes takes.
pub(super) fn cost(bytes: usize) -> usize {
    // The text and what is written in it, one literal of it, and the names.
    bytes
        .saturating_mul(4)
        .saturating_add(ALL_NAMED.saturating_mul(2))
}

/// The second pass: calls.
struct Pass<'p> {
    names: &'p Names,
    tell: &'p mut dyn FnMut(Fetch),
    offset: usize,
    level: u8,
    waiting: &'p mut Vec<(String, usize, u8)>,
}

impl Pass<'_> {
    fn go(&mut self, text: &str) {
        let mut tokens = Tokens { text, at: 0 };
        let mut last: Option<(usize, Token<'_>)> = None;
        while let Some((at, token)) = tokens.next() {
            match (&token, &last) {
                (Token::Sign('('), Some((start, Token::Name(name)))) => {
                    self.call(name, *start, &tokens);
                }
                // A function that something else gave.
                (Token::Sign('('), Some((start, Token::Sign(']' | ')' | '}')))) => {
                    self.call("", *start, &tokens);
                }
                (Token::Sign('='), Some((start, Token::Name(name)))) if name == "Query" => {
                    let asked = expression(&mut tokens.clone(), self.names).text;
                    self.fetch(*start, "command", asked, false, true);
                }
                _ => {}
            }
            last = Some((at, token));
        }
    }

    fn call(&mut self, function: &str, at: usize, tokens: &Tokens<'_>) {
        let before = tokens;
        let mut tokens = tokens.clone();
        let mut arguments: Vec<String> = Vec::new();
        while arguments.len() < ARGUMENTS {
            let argument = expression(&mut tokens, self.names);
            arguments.push(argument.text);
            if !argument.whole || !matches!(tokens.next(), Some((_, Token::Sign(',')))) {
                break;
            }
        }
        let mut arguments = arguments.into_iter();
        let first = arguments.next().unwrap_or_default();
        let second = arguments.next();
        let (name, meaning) = self
            .names
            .meaning(function)
            .unwrap_or(("address", Meaning::Address));
        match meaning {
            Meaning::Web if !first.is_empty() => {
                let open = first.contains(UNKNOWN) && !is_remote(&first);
                let hidden = open.then(|| address_within(before)).flatten();
                let first = hidden.map_or(first, |hidden| format!("{UNKNOWN}{hidden}"));
                self.fetch(at, name, first, true, false);
            }
            Meaning::Address if is_remote(&first) => {
                let web = first.contains("://");
                self.fetch(at, name, first, web, false);
            }
            Meaning::Server if !is_here(&first) && first != UNKNOWN => {
                self.fetch(at, "server", first, false, false);
            }
            Meaning::Connection => {
                self.fetch(at, "connection", first, false, false);
                if let Some(second) = second {
                    // Of a provider and its connection string, the second says where.
                    let name = if function.starts_with("AdoDotNet") {
                        "connection"
                    } else {
                        "command"
                    };
                    self.fetch(at, name, second, false, true);
                }
            }
            Meaning::Asked => {
                if let Some(second) = second {
                    self.fetch(at, "command", second, false, true);
                }
            }
            Meaning::Query if self.level < WRITTEN && !first.is_empty() => {
                let offset = self.offset.saturating_add(at);
                self.waiting
                    .push((first, offset, self.level.saturating_add(1)));
            }
            Meaning::Web | Meaning::Address | Meaning::Server | Meaning::Query | Meaning::Plain => {
            }
        }
    }

    fn fetch(&mut self, at: usize, name: &'static str, value: String, web: bool, more: bool) {
        if !value.is_empty() {
            (self.tell)(Fetch {
                offset: self.offset.saturating_add(at),
                name,
                value,
                web,
                more,
            });
        }
    }
}

/// The first text with an address among the arguments of a call, however it is put together
/// (`Text.Combine({"http://…", …})`).
fn address_within(tokens: &Tokens<'_>) -> Option<String> {
    let mut depth = 0_usize;
    let inside = tokens.clone().take(WITHIN).take_while(|(_, token)| {
        match token {
            Token::Sign('(') => depth = depth.saturating_add(1),
            Token::Sign(')') if depth == 0 => return false,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Sign(_) | Token::Name(_) | Token::Text(_) => {}
        }
        true
    });
    let mut texts = inside.filter_map(|(_, token)| match token {
        Token::Text(text) if text.len() <= NAMED => Some(text),
        Token::Text(_) | Token::Name(_) | Token::Sign(_) => None,
    });
    texts.find(|text| is_remote(text))
}

/// A URL or a UNC path.
fn is_remote(address: &str) -> bool {
    address.starts_with("\\\\") || address.starts_with("//") || address.contains("://")
}

fn is_here(server: &str) -> bool {
    let name = server.split(['\\', ',']).next().unwrap_or(server).trim();
    HERE.iter().any(|here| name.eq_ignore_ascii_case(here))
}

#[cfg(test)]
mod tests;
