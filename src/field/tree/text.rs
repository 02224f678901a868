//! Text, on its way into the innermost open field.

use super::parts::{Cell, Piece, Readers, Style};
use super::{Forest, NONE, PIECE, SLACK, at, id, index};
use crate::field::lexer::{is_filler, is_space};
use crate::limits::{Budget, Exhausted, Limit};

/// Bytes of blanks and invisible characters that are kept in front of an instruction.
const BLANKS: usize = 64;

impl Forest {
    /// The next text stands in another element than the text before it.
    pub(crate) fn next_element(&mut self) {
        self.fresh = true;
    }

    /// Text, in whatever element. Body text is dropped.
    pub(crate) fn text(
        &mut self,
        text: &str,
        style: Style,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let text = self.behind_blanks(text, style);
        // Readers share the text too.
        let start = id(self.text.len());
        let mut stored = 0;
        for group in self.groups() {
            let head = self.head(group);
            let Some(cell) = at(&self.cells, head.top) else {
                continue;
            };
            let node = cell.node;
            if text.is_empty() || head.over > 0 || node.separated && !node.keep_result {
                continue;
            }
            self.charge_copy(group, budget)?;
            let used = if node.separated {
                node.result_bytes
            } else {
                node.bytes
            };
            let room = budget
                .limits()
                .instruction_bytes
                .saturating_sub(u64::from(used));
            let kept = head_of(text, room);
            let cost = u64::try_from(kept.len())
                .unwrap_or(u64::MAX)
                .saturating_add(PIECE);
            if kept.len() < text.len()
                && let Some(top) = self.top(group)
            {
                top.node.cut = true;
            }
            if kept.is_empty() {
                continue;
            }
            if !self.settle(budget) || budget.charge_live(cost.saturating_mul(SLACK)).is_err() {
                self.note(Limit::LiveBytes, node.number, node.offset);
                continue;
            }
            self.charged = self.charged.saturating_add(cost.saturating_mul(SLACK));
            if let Some(more) = kept.get(stored..) {
                self.text.push_str(more);
                stored = kept.len();
            }
            let begun = !style.has(Style::OPTIONAL) && kept.contains(is_letter);
            self.append(group, start, id(kept.len()), style, begun);
        }
        self.fresh = false;
        Ok(())
    }

    /// The text without the blanks that stand in front of the instruction: any number of them
    /// says nothing, and takes no room from the keyword.
    fn behind_blanks<'t>(&self, text: &'t str, style: Style) -> &'t str {
        if style.has(Style::OPTIONAL) {
            return text;
        }
        let blanks = text.find(is_letter).unwrap_or(text.len());
        let mut skipped = blanks;
        for group in self.groups() {
            let Some(Cell { node, .. }) = at(&self.cells, self.head(group).top) else {
                continue;
            };
            let kept = usize::try_from(node.bytes).unwrap_or(usize::MAX);
            skipped = if node.begun || node.separated {
                0
            } else {
                skipped.min(blanks.saturating_sub(BLANKS.saturating_sub(kept)))
            };
        }
        while !text.is_char_boundary(skipped) {
            skipped = skipped.saturating_sub(1);
        }
        text.get(skipped..).unwrap_or_default()
    }

    fn append(&mut self, group: Readers, start: u32, length: u32, style: Style, begun: bool) {
        let end = start.saturating_add(length);
        let next = id(self.pieces.len());
        let (fresh, floor) = (self.fresh, self.floor.pieces);
        let Some(node) = self.top(group).map(|top| top.node) else {
            return;
        };
        let instruction = !node.separated;
        let prev = if instruction { node.instr } else { node.result };
        let last = self
            .pieces
            .get_mut(index(prev))
            .filter(|_| !fresh && prev != NONE && index(prev) >= floor)
            .filter(|piece| {
                piece.field().is_none()
                    && piece.end == start
                    && piece.style.without(Style::SPELLING) == style.without(Style::SPELLING)
            });
        let continues = last.is_some();
        if let Some(piece) = last {
            piece.end = end;
            piece.style = piece.style.with(style);
        } else {
            self.pieces.push(Piece {
                prev,
                start,
                end,
                style,
            });
        }
        let Some(top) = self.top(group) else {
            return;
        };
        let node = &mut top.node;
        node.begun |= begun && instruction;
        let (list, used) = if instruction {
            (&mut node.instr, &mut node.bytes)
        } else {
            (&mut node.result, &mut node.result_bytes)
        };
        *used = used.saturating_add(length);
        if !continues {
            *list = next;
            if instruction {
                node.count = node.count.saturating_add(1);
            }
        }
    }
}

/// Neither blank nor invisible.
fn is_letter(c: char) -> bool {
    !is_space(c) && !is_filler(c)
}

/// As much of `text` as fits into `room` bytes.
fn head_of(text: &str, room: u64) -> &str {
    let mut end = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}
