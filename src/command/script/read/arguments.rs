//! Arguments of calls, and what a call makes of them.

use super::super::lexer::{Dialect, Kind};
use super::super::library;
use super::super::node::Node;
use super::super::value::Value;
use super::Reader;
use crate::link::TechniqueId;

/// Arguments of a call, while it is open whether it becomes a constant.
#[derive(Default)]
pub(in super::super) struct Arguments {
    pub(in super::super) values: Vec<Value>,
    /// What the first few make as text, known in part.
    pub(in super::super) spoken: Vec<Option<String>>,
    /// Blanks in front of the bracket.
    pub(super) gap: String,
    /// As they are written, without brackets.
    pub(in super::super) text: String,
    /// Disguises of constants among them: which, before, after.
    pub(super) notes: Vec<(TechniqueId, String, String)>,
    pub(super) kinds: Vec<TechniqueId>,
}

impl Reader<'_, '_, '_, '_> {
    /// Arguments up to a closing bracket, and whether there was one.
    pub(super) fn bracketed(&mut self, close: &'static str) -> (Arguments, bool) {
        self.depth = self.depth.saturating_add(1);
        self.nested = self.nested.saturating_add(1);
        let mut arguments = Arguments::default();
        let closed = self.listed(&mut arguments, Some(close));
        self.depth = self.depth.saturating_sub(1);
        self.nested = self.nested.saturating_sub(1);
        (arguments, closed)
    }

    /// Arguments with commas between, up to the bracket or the end of the statement.
    pub(in super::super) fn listed(
        &mut self,
        arguments: &mut Arguments,
        close: Option<&str>,
    ) -> bool {
        loop {
            let next = self.peek();
            let gap = self.gap(&next);
            if close.is_some_and(|close| Self::is_sign(&next, close)) {
                arguments.text.push_str(gap);
                self.take(&next);
                return true;
            }
            match next.kind {
                Kind::End | Kind::Separator | Kind::Sign(")" | "]" | "}") => return false,
                Kind::Sign(",") => {
                    // Nothing between two commas is an argument that was left out.
                    if arguments.text.is_empty() || arguments.text.ends_with(',') {
                        arguments.values.push(Value::Unknown);
                        arguments.spoken.push(None);
                    }
                    arguments.text.push_str(gap);
                    arguments.text.push(',');
                    self.take(&next);
                    continue;
                }
                _ => {}
            }
            if !self.state.fuel.pay(32) {
                return false;
            }
            arguments.text.push_str(gap);
            let node = self.argument();
            self.add(arguments, node);
        }
    }

    pub(super) fn add(&mut self, arguments: &mut Arguments, node: Node) {
        let written = node.written(self.code, self.state.dialect);
        if node.is_constant() {
            let before = self.code.get(node.start..node.end).unwrap_or_default();
            for id in &node.kinds {
                if arguments.notes.len() < 16 {
                    arguments
                        .notes
                        .push((*id, before.to_owned(), written.clone()));
                }
                if !arguments.kinds.contains(id) {
                    arguments.kinds.push(*id);
                }
            }
        } else {
            self.emit(&node);
        }
        if arguments.spoken.len() < 4 {
            arguments.spoken.push(node.spoken());
        }
        let paid = self.state.fuel.pay(written.len());
        arguments.text.push_str(&written);
        arguments
            .values
            .push(if paid { node.value } else { Value::Unknown });
    }

    /// Reports the disguises of arguments that stay arguments.
    pub(in super::super) fn settle(&mut self, arguments: &Arguments) {
        for (id, before, after) in &arguments.notes {
            self.state.note(*id, before, after);
        }
    }

    /// A call.
    pub(in super::super) fn called(
        &mut self,
        node: Node,
        arguments: Arguments,
        closed: bool,
        new: bool,
    ) -> Node {
        let dialect = self.state.dialect;
        let name = node.name.clone().unwrap_or_default();
        let spelled = if new {
            format!("new {name}")
        } else {
            name.clone()
        };
        let receiver = node
            .receiver
            .as_ref()
            .filter(|value| !matches!(value, Value::Object(_)));
        // A variable of VBScript that holds a list is indexed like a call.
        let element = match (&node.value, arguments.values.as_slice()) {
            (Value::List(_), [index]) if dialect == Dialect::Vb => {
                library::property(&node.value, index).map(|value| (value, None))
            }
            _ => None,
        };
        let known = arguments.values.iter().all(Value::is_known);
        let folded = element.or_else(|| {
            if !known || !closed || matches!(node.value, Value::Object(_)) {
                return None;
            }
            library::call(
                dialect,
                receiver,
                &spelled,
                &arguments.values,
                self.state.fuel,
            )
        });
        if let Some((value, id)) = folded {
            let paid = self.state.fuel.pay(value.size());
            let mut next = Node::constant(node.start, self.at, value);
            next.folded = true;
            next.kinds = node.kinds;
            arguments.kinds.iter().for_each(|id| next.kind(*id));
            id.iter().for_each(|id| next.kind(*id));
            if paid {
                return next;
            }
            self.state.undecoded = true;
            let raw = self.code.get(next.start..next.end).unwrap_or_default();
            return Node::unknown(next.start, next.end, raw.to_owned());
        }
        self.settle(&arguments);
        let (start, receiver) = (node.start, node.receiver.clone());
        let mut text = self.absorb(node);
        text.push_str(&arguments.gap);
        text.push('(');
        text.push_str(&arguments.text);
        if closed {
            text.push(')');
        }
        let mut next = Node::unknown(start, self.at, text);
        next.value = self.state.effect(&name, receiver.as_ref(), &arguments);
        next.loose = None;
        next
    }
}
