//! The text of one paragraph or cell of a page, as it is entered.
//!
//! White space is as it is shown. A line break (`<br>`) makes a new cell in LibreOffice, and in
//! Excel unless a style says that it stays in the same one (`mso-data-placement:same-cell`), so
//! both are read: the lines one by one, and all of them as one.

use super::super::capture::Capture;
use super::super::letters::{is_leading, is_telling, may_trigger};
use crate::limits::{Budget, Exhausted};

/// What is kept of the text: from the first line on that may be a formula.
#[derive(Debug, Default)]
pub(super) struct Block {
    text: Capture,
    /// Where the text begins in the page.
    at: usize,
    /// The line that is being read cannot be a formula, and none before it could.
    dead: bool,
    /// The last character was a blank.
    blank: bool,
}

impl Block {
    /// A piece of text that stands at `at`; `lines` says that the end of a line is one.
    pub(super) fn text(
        &mut self,
        text: &str,
        referenced: bool,
        lines: bool,
        at: usize,
        budget: &Budget<'_>,
    ) {
        if !lines {
            return self.piece(text, referenced, at, budget);
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.line(budget);
            }
            self.piece(line, referenced, at, budget);
        }
    }

    fn piece(&mut self, text: &str, referenced: bool, at: usize, budget: &Budget<'_>) {
        if self.dead {
            return;
        }
        let mut text = text;
        if self.text.text.is_empty() {
            text = text.trim_start_matches(is_leading);
            let Some(first) = text.chars().next() else {
                return;
            };
            if !may_trigger(first) {
                self.dead = true;
                return;
            }
            self.at = at;
        }
        let mut plain = String::new();
        for c in text.chars() {
            let blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !blank {
                plain.push(c);
            } else if !self.blank {
                plain.push(' ');
            }
            self.blank = blank;
        }
        self.text.push(&plain, referenced, budget);
    }

    /// A line ends.
    pub(super) fn line(&mut self, budget: &Budget<'_>) {
        self.dead = false;
        self.blank = true;
        if !self.text.text.is_empty() {
            // White space became blanks, so nothing else is one.
            self.text.push("\n", false, budget);
        }
    }

    /// Whether anything in it could matter.
    pub(super) fn is_telling(&self) -> bool {
        self.text.text.contains(is_telling)
    }

    pub(super) fn referenced(&self) -> bool {
        self.text.referenced
    }

    /// Where it begins in the page.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Each text that may be entered: all lines as one, then one by one; and whether it may as well
    /// be prose that has nothing to do with the formula at its start.
    pub(super) fn each(&self, mut enter: impl FnMut(&str, bool)) {
        let text = &self.text.text;
        if !text.contains('\n') {
            return enter(text, false);
        }
        enter(&text.replace('\n', " "), true);
        for line in text.split('\n').filter(|line| line.contains(is_telling)) {
            enter(line, false);
        }
    }

    /// Gives the memory back; says whether something was left out.
    pub(super) fn close(self, budget: &Budget<'_>) -> Option<Exhausted> {
        self.text.close(budget)
    }
}
