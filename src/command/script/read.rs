//! Expressions of both languages, with their constants folded (VBScript Language Reference,
//! "Operators"; ECMA-262 3rd edition, section 11).
//!
//! # Malformed input
//!
//! What makes no expression is copied token by token; every step takes at least one.
//!
//! # Worst cases
//!
//! Brackets deeper than [`DEPTH`] are copied as they stand. Every token and every text that is
//! made is paid for.

mod arguments;
mod operands;
mod operators;

use super::lexer::{Dialect, Kind, Token, token};
use super::node::Node;
use super::state::State;
use super::value::Value;

/// How deep brackets are read.
const DEPTH: usize = 32;
/// What a token costs beside its length.
const TOKEN: usize = 16;
/// Bytes of a path of names: `String.fromCharCode.apply`.
const PATH: usize = 64;

pub(super) use arguments::Arguments;

pub(super) struct Reader<'t, 's, 'f, 'p> {
    pub(super) code: &'t str,
    pub(super) at: usize,
    pub(super) state: &'s mut State<'f, 'p>,
    /// A value may begin here.
    operand: bool,
    depth: usize,
    /// Open brackets in which line breaks mean nothing (JScript).
    nested: usize,
}

impl<'t, 's, 'f, 'p> Reader<'t, 's, 'f, 'p> {
    pub(super) fn new(code: &'t str, at: usize, state: &'s mut State<'f, 'p>) -> Self {
        Reader {
            code,
            at,
            state,
            operand: true,
            depth: 0,
            nested: 0,
        }
    }

    pub(super) fn js(&self) -> bool {
        self.state.dialect == Dialect::Js
    }

    pub(super) fn peek(&self) -> Token {
        let mut at = self.at;
        loop {
            let next = token(self.code, at, self.state.dialect, self.operand);
            let line_break = next.kind == Kind::Separator && !self.raw(&next).contains(';');
            if self.js() && self.nested > 0 && line_break {
                at = next.end;
                continue;
            }
            return next;
        }
    }

    pub(super) fn raw(&self, token: &Token) -> &'t str {
        self.code.get(token.start..token.end).unwrap_or_default()
    }

    /// Steps over a token. False where the account is empty.
    pub(super) fn take(&mut self, token: &Token) -> bool {
        let length = token.end.saturating_sub(self.at);
        self.at = token.end;
        self.operand = matches!(token.kind, Kind::Sign(sign) if !matches!(sign, ")" | "]" | "}"))
            || matches!(token.kind, Kind::Separator);
        self.state.fuel.pay(length.saturating_add(TOKEN))
    }

    /// The blanks in front of a token; a comment there becomes one.
    pub(super) fn gap(&self, token: &Token) -> &'t str {
        let gap = self.code.get(self.at..token.start).unwrap_or_default();
        if gap.chars().all(char::is_whitespace) {
            gap
        } else {
            " "
        }
    }

    fn is_sign(token: &Token, sign: &str) -> bool {
        token.kind == Kind::Sign(match_sign(sign))
    }

    /// A whole argument: everything up to a comma, a closing bracket or the end of the statement.
    pub(super) fn argument(&mut self) -> Node {
        let first = self.peek();
        let mut whole: Option<Node> = None;
        let mut last_end = self.at;
        loop {
            let next = self.peek();
            match &next.kind {
                Kind::End | Kind::Separator | Kind::Sign("," | ")" | "]" | "}") => break,
                _ => {}
            }
            if self.state.fuel.is_out() {
                break;
            }
            let gap = self.gap(&next).to_owned();
            let part = if self.begins_operand(&next) {
                self.binary(0)
            } else {
                self.take(&next);
                Node::unknown(next.start, next.end, self.raw(&next).to_owned())
            };
            last_end = self.at;
            whole = Some(match whole {
                None => part,
                Some(before) => {
                    let start = before.start;
                    let mut text = self.absorb(before);
                    text.push_str(&gap);
                    text.push_str(&self.absorb(part));
                    Node::unknown(start, self.at, text)
                }
            });
        }
        whole.unwrap_or_else(|| Node::unknown(first.start, last_end, String::new()))
    }

    /// The expression with which a statement begins.
    pub(super) fn head(&mut self) -> Node {
        let next = self.peek();
        if self.begins_operand(&next) {
            self.binary(0)
        } else {
            self.argument()
        }
    }

    /// What is written for a node that becomes part of something larger; its disguises are
    /// reported.
    pub(super) fn absorb(&mut self, node: Node) -> String {
        self.emit(&node);
        if node.is_constant() {
            let written = node.written(self.code, self.state.dialect);
            if !self.state.fuel.pay(written.len()) {
                self.state.undecoded = true;
            }
            return written;
        }
        let mut text = node.text;
        if let Some(tail) = node.tail {
            text.push_str(&tail.operator);
            text.push_str(&Value::Text(tail.text).literal(self.state.dialect));
        }
        text
    }

    fn emit(&mut self, node: &Node) {
        if node.kinds.is_empty() {
            return;
        }
        let start = node.tail.as_ref().map_or(node.start, |tail| tail.start);
        let before = self.code.get(start..node.end).unwrap_or_default();
        let after = match &node.tail {
            Some(tail) if tail.folded => Value::Text(tail.text.clone()).literal(self.state.dialect),
            _ => node.written(self.code, self.state.dialect),
        };
        for id in &node.kinds {
            self.state.note(*id, before, &after);
        }
    }
}

/// A sign as it stands in the lexer's table.
fn match_sign(sign: &str) -> &'static str {
    match sign {
        ")" => ")",
        "]" => "]",
        "." => ".",
        "+" => "+",
        _ => "",
    }
}
