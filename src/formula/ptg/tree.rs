//! The tree that a token stream describes, and its text.

use super::layout::{Operator, PERCENT, PREFIX, WHOLE};
use super::{AMPLIFIED, SLACK};
use std::ops::Range;

/// A formula while it is read.
pub(super) struct Tree {
    /// The texts of leaves, one after the other.
    pool: String,
    nodes: Vec<Node>,
    /// The arguments of calls, one call after the other.
    arguments: Vec<usize>,
    /// Operands that nothing has taken yet.
    stack: Vec<usize>,
    /// Bytes that names may still have.
    fuel: usize,
    /// An operand was missing.
    missed: bool,
    /// A text did not fit.
    cut: bool,
}

enum Node {
    Missing,
    Leaf(Range<usize>),
    Prefix(&'static str, usize),
    Percent(usize),
    Infix(Operator, usize, usize),
    Paren(usize),
    Call(usize, Range<usize>),
}

/// What is still to be printed.
enum Step {
    Text(&'static str),
    /// A node, in parentheses when it binds less than this.
    Node(usize, u8),
}

impl Tree {
    /// A tree for a stream of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Tree {
            pool: String::new(),
            // The first node stands for every operand that is missing.
            nodes: vec![Node::Missing],
            arguments: Vec::new(),
            stack: Vec::new(),
            fuel: bytes.saturating_mul(AMPLIFIED).saturating_add(SLACK),
            missed: false,
            cut: false,
        }
    }

    /// An operand was missing or more than one is left.
    pub(super) fn unbalanced(&self) -> bool {
        self.missed || self.stack.len() > 1
    }

    /// Some text was left out.
    pub(super) fn cut(&self) -> bool {
        self.cut
    }

    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    fn pop(&mut self) -> usize {
        self.stack.pop().unwrap_or_else(|| {
            self.missed = true;
            0
        })
    }

    /// An operand that is its text, which is as long as its token makes it.
    pub(super) fn leaf(&mut self, text: &str) {
        let start = self.pool.len();
        self.pool.push_str(text);
        self.push(Node::Leaf(start..self.pool.len()));
    }

    /// Whether names are to be asked for. When one did not fit, none is asked for any more: finding
    /// out how long they are takes time as well.
    pub(super) fn takes_names(&self) -> bool {
        self.fuel > 0
    }

    /// An operand with a name in it, which may be much longer than its token.
    pub(super) fn named(&mut self, text: &str) {
        match self.fuel.checked_sub(text.len()) {
            Some(left) => {
                self.fuel = left;
                self.leaf(text);
            }
            None => self.unnamed(),
        }
    }

    /// An operand whose name does not fit.
    pub(super) fn unnamed(&mut self) {
        self.fuel = 0;
        self.cut = true;
        self.leaf("_");
    }

    /// An argument that is left out.
    pub(super) fn missing(&mut self) {
        self.stack.push(0);
    }

    pub(super) fn prefix(&mut self, text: &'static str) {
        let operand = self.pop();
        self.push(Node::Prefix(text, operand));
    }

    pub(super) fn percent(&mut self) {
        let operand = self.pop();
        self.push(Node::Percent(operand));
    }

    pub(super) fn infix(&mut self, operator: Operator) {
        let right = self.pop();
        let left = self.pop();
        self.push(Node::Infix(operator, left, right));
    }

    pub(super) fn paren(&mut self) {
        let operand = self.pop();
        self.push(Node::Paren(operand));
    }

    /// Takes `count` operands, or those that are there, as the arguments of `name`.
    pub(super) fn call(&mut self, name: &str, count: usize) {
        let arguments = self.take(count);
        self.leaf(name);
        let callee = self.pop();
        self.push(Node::Call(callee, arguments));
    }

    /// Takes `count` operands, of which the first is called with the others.
    pub(super) fn call_first(&mut self, count: usize) {
        let mut arguments = self.take(count);
        match arguments.next() {
            Some(first) => {
                let callee = self.arguments.get(first).copied().unwrap_or(0);
                self.push(Node::Call(callee, arguments));
            }
            None => {
                self.missed = true;
                self.push(Node::Call(0, arguments));
            }
        }
    }

    /// How many operands nothing has taken yet.
    pub(super) fn operands(&self) -> usize {
        self.stack.len()
    }

    fn take(&mut self, count: usize) -> Range<usize> {
        self.missed |= count > self.stack.len();
        let from = self.stack.len().saturating_sub(count);
        let start = self.arguments.len();
        self.arguments.extend(self.stack.drain(from..));
        start..self.arguments.len()
    }

    /// How tightly a node holds together.
    fn binds(&self, node: usize) -> u8 {
        match self.nodes.get(node) {
            Some(Node::Infix(operator, ..)) => operator.binds,
            Some(Node::Prefix(..)) => PREFIX,
            Some(Node::Percent(_)) => PERCENT,
            Some(Node::Missing | Node::Leaf(_) | Node::Paren(_) | Node::Call(..)) | None => WHOLE,
        }
    }

    /// The text of all operands that are left, one after the other.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        let mut steps: Vec<Step> = Vec::new();
        for (at, root) in self.stack.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            steps.push(Step::Node(*root, 0));
            while let Some(step) = steps.pop() {
                match step {
                    Step::Text(text) => out.push_str(text),
                    Step::Node(node, least) if self.binds(node) < least => {
                        out.push('(');
                        steps.push(Step::Text(")"));
                        steps.push(Step::Node(node, 0));
                    }
                    Step::Node(node, _) => self.step(node, &mut out, &mut steps),
                }
            }
        }
        out
    }

    /// Prints the beginning of a node and notes what follows it, last first.
    fn step(&self, node: usize, out: &mut String, steps: &mut Vec<Step>) {
        match self.nodes.get(node) {
            Some(Node::Missing) | None => {}
            Some(Node::Leaf(text)) => {
                out.push_str(self.pool.get(text.clone()).unwrap_or_default());
            }
            Some(Node::Prefix(text, operand)) => {
                out.push_str(text);
                steps.push(Step::Node(*operand, PREFIX));
            }
            Some(Node::Percent(operand)) => {
                steps.push(Step::Text("%"));
                steps.push(Step::Node(*operand, PERCENT));
            }
            Some(Node::Infix(operator, left, right)) => {
                steps.push(Step::Node(*right, operator.binds.saturating_add(1)));
                steps.push(Step::Text(operator.text));
                steps.push(Step::Node(*left, operator.binds));
            }
            Some(Node::Paren(operand)) => {
                out.push('(');
                steps.push(Step::Text(")"));
                steps.push(Step::Node(*operand, 0));
            }
            Some(Node::Call(callee, arguments)) => {
                steps.push(Step::Text(")"));
                let arguments = self.arguments.get(arguments.clone()).unwrap_or_default();
                for (at, argument) in arguments.iter().enumerate().rev() {
                    steps.push(Step::Node(*argument, 1));
                    if at > 0 {
                        steps.push(Step::Text(","));
                    }
                }
                steps.push(Step::Text("("));
                steps.push(Step::Node(*callee, WHOLE));
            }
        }
    }
}
