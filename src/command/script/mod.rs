//! VBScript and JScript, as far as one line of them hides what it would run.
//!
//! Statements are read one after the other, constants folded and variables followed; what is not
//! understood is copied. Nothing branches or loops: a script that does says less than it knows.
//!
//! # Malformed input
//!
//! See [`lexer`] and [`read`]: every token is either part of an expression or copied.
//!
//! # Worst cases
//!
//! Text that is run as a script is read by the same loop, not by recursion, up to 64 layers.
//! Variables are paid for each time they are used, so that doubling one ends with the account.

mod lexer;
mod library;
mod node;
mod page;
mod read;
mod state;
mod value;

use lexer::{Dialect, Kind};
pub(super) use page::{html_decoded, scripts};
use read::{Arguments, Reader};
use state::State;

use super::unfold::{Fuel, Outcome};
use crate::link::TechniqueId;

/// What a line of VBScript would run.
pub(crate) fn run_vb(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    run(code, Dialect::Vb, fuel)
}

/// What a line of JScript would run.
pub(crate) fn run_js(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    run(code, Dialect::Js, fuel)
}

/// A text that is being read.
struct Layer {
    code: String,
    at: usize,
    /// Where it was begun in what is written.
    clear: String,
}

fn run(code: &str, dialect: Dialect, fuel: &mut Fuel<'_>) -> Outcome {
    if !fuel.pay(code.len()) {
        return Outcome {
            clear: Some(code.to_owned()),
            ..Outcome::default()
        };
    }
    let mut state = State::new(dialect, fuel);
    let mut layers = vec![Layer {
        code: code.to_owned(),
        at: 0,
        clear: String::new(),
    }];
    // What inner layers made of themselves, in the order in which they ended.
    let mut inner = String::new();
    let mut clear = String::new();
    while let Some(mut layer) = layers.pop() {
        layer.at = statement(&layer.code, layer.at, &mut layer.clear, &mut state);
        let waiting = std::mem::take(&mut state.waiting);
        let out = state.fuel.is_out();
        if layer.at < layer.code.len() && !out {
            layers.push(layer);
        } else {
            // What there was no room for stays as it is.
            layer.clear.push_str(layer.code.get(layer.at..).unwrap_or_default());
            if layers.is_empty() && clear.is_empty() {
                clear = std::mem::take(&mut layer.clear);
            } else if layer.clear.trim() != layer.code.trim() {
                inner.push('\n');
                inner.push_str(layer.clear.trim());
            }
        }
        if out {
            break;
        }
        layers.extend(waiting.into_iter().rev().map(|code| Layer {
            code,
            at: 0,
            clear: String::new(),
        }));
    }
    for layer in layers {
        clear.push_str(&layer.clear);
        clear.push_str(layer.code.get(layer.at..).unwrap_or_default());
    }
    clear.push_str(&inner);
    let undecoded = state.undecoded;
    let mut outcome = state.outcome;
    if undecoded {
        outcome.steps.push(TechniqueId::Undecoded.into());
    }
    outcome.clear = Some(clear);
    outcome
}

/// Reads to the end of a statement and writes it in clear. Gives where the next begins.
fn statement(code: &str, at: usize, clear: &mut String, state: &mut State<'_, '_>) -> usize {
    let mut reader = Reader::new(code, at, state);
    let mut fresh = true;
    loop {
        let next = reader.peek();
        let gap = reader.gap(&next).to_owned();
        if reader.state.fuel.is_out() {
            return reader.at;
        }
        match &next.kind {
            Kind::End => {
                clear.push_str(&gap);
                return code.len();
            }
            Kind::Separator => {
                clear.push_str(&gap);
                clear.push_str(reader.raw(&next));
                reader.take(&next);
                return reader.at;
            }
            Kind::Word(word) if is_statement(word, reader.js()) => {
                clear.push_str(&gap);
                clear.push_str(reader.raw(&next));
                reader.take(&next);
                fresh = true;
                continue;
            }
            Kind::Word(word) if fresh => {
                if let Some(end) = assignment(&mut reader, word.clone()) {
                    clear.push_str(&gap);
                    clear.push_str(&end);
                    fresh = false;
                    continue;
                }
            }
            Kind::Sign("{" | "}") => {
                clear.push_str(&gap);
                clear.push_str(reader.raw(&next));
                reader.take(&next);
                fresh = true;
                continue;
            }
            Kind::Sign(")" | "]" | ",") => {
                clear.push_str(&gap);
                clear.push_str(reader.raw(&next));
                reader.take(&next);
                fresh = reader.js();
                continue;
            }
            _ => {}
        }
        clear.push_str(&gap);
        let before = reader.at;
        let text = if fresh && !reader.js() {
            command(&mut reader)
        } else {
            let node = reader.argument();
            reader.absorb(node)
        };
        clear.push_str(&text);
        fresh = false;
        if reader.at == before {
            // Nothing was read: one token goes as it is.
            clear.push_str(reader.raw(&next));
            reader.take(&next);
        }
    }
}

/// Words behind which a statement begins anew.
fn is_statement(word: &str, js: bool) -> bool {
    let list: &[&str] = if js {
        &[
            "break", "catch", "const", "continue", "do", "else", "finally", "let", "return", "try",
            "var", "while", "with",
        ]
    } else {
        &[
            "call", "const", "dim", "do", "else", "end", "error", "exit", "loop", "next", "on",
            "private", "public", "redim", "resume", "set", "sub", "then", "wend",
        ]
    };
    list.iter().any(|known| if js { word == *known } else { word.eq_ignore_ascii_case(known) })
}

/// `name = value`, `name += value`: what is written for it. `None` where it is something else,
/// and nothing was read.
fn assignment(reader: &mut Reader<'_, '_, '_, '_>, word: String) -> Option<String> {
    let start = reader.at;
    let name = reader.peek();
    reader.take(&name);
    let sign = reader.peek();
    let adds = matches!(sign.kind, Kind::Sign("+=")) && reader.js();
    if !adds && !matches!(sign.kind, Kind::Sign("=")) {
        reader.at = start;
        return None;
    }
    let mut text = reader.raw(&name).to_owned();
    text.push_str(reader.gap(&sign));
    text.push_str(reader.raw(&sign));
    reader.take(&sign);
    let ahead = reader.peek();
    text.push_str(reader.gap(&ahead));
    let key = if reader.js() { word } else { word.to_lowercase() };
    // `a = b = 'x'`.
    if let Kind::Word(inner) = &ahead.kind
        && reader.js()
        && let Some(inner) = chained(reader, inner.clone())
    {
        text.push_str(&inner);
        reader.state.assign(key, value::Value::Unknown);
        return Some(text);
    }
    let node = reader.argument();
    let mut value = node.value.clone();
    if adds {
        let before = reader.state.variable(&key);
        value = match (before.and_then(|value| value.text()), value.text()) {
            (Some(mut before), Some(more)) if reader.state.fuel.pay(more.len()) => {
                before.push_str(&more);
                value::Value::Text(before)
            }
            _ => value::Value::Unknown,
        };
    }
    text.push_str(&reader.absorb(node));
    reader.state.assign(key, value);
    Some(text)
}

/// A second assignment behind the first; no third.
fn chained(reader: &mut Reader<'_, '_, '_, '_>, word: String) -> Option<String> {
    let start = reader.at;
    let name = reader.peek();
    reader.take(&name);
    let sign = reader.peek();
    if !matches!(sign.kind, Kind::Sign("=")) {
        reader.at = start;
        return None;
    }
    let mut text = reader.raw(&name).to_owned();
    text.push_str(reader.gap(&sign));
    text.push('=');
    reader.take(&sign);
    let node = reader.argument();
    let value = node.value.clone();
    text.push_str(&reader.absorb(node));
    reader.state.assign(word, value);
    Some(text)
}

/// A statement of VBScript that begins with an expression: mostly a call, with or without brackets.
fn command(reader: &mut Reader<'_, '_, '_, '_>) -> String {
    let mut node = reader.head();
    let next = reader.peek();
    let begins = matches!(
        next.kind,
        Kind::Text(..) | Kind::Number(_) | Kind::Word(_) | Kind::Sign("-")
    );
    if node.name.is_none() || !begins || !next.spaced && !matches!(next.kind, Kind::Text(..)) {
        return reader.absorb(node);
    }
    let gap = reader.gap(&next).to_owned();
    let mut arguments = Arguments::default();
    reader.listed(&mut arguments, None);
    let name = node.name.take().unwrap_or_default();
    let receiver = node.receiver.take();
    reader.settle(&arguments);
    reader.state.effect(&name, receiver.as_ref(), &arguments);
    let mut text = reader.absorb(node);
    if !gap.is_empty() && !arguments.text.starts_with(char::is_whitespace) {
        text.push_str(&gap);
    }
    text.push_str(&arguments.text);
    text
}

#[cfg(test)]
mod tests;
