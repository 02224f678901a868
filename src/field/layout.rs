//! A tree of fields laid out, so that it can be read without recursion.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::flt;
use super::keyword::Keyword;
use super::lexer::is_blank;
use super::tree::{Forest, Node, Piece, Style};
use crate::limits::{Budget, Exhausted};

/// One field of a tree, its pieces in order.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) node: Node,
    pub(super) instruction: Vec<Piece>,
    pub(super) result: Vec<Piece>,
    pub(super) parent: Option<u32>,
}

impl Member {
    /// The fields in the instruction, in order.
    pub(super) fn children(&self) -> impl Iterator<Item = u32> {
        self.instruction.iter().filter_map(Piece::field)
    }
}

/// A tree laid out: children before their parents.
pub(super) struct Tree<'f> {
    pub(super) forest: &'f Forest,
    pub(super) members: BTreeMap<u32, Member>,
    /// White space at the edges of elements is in doubt.
    pub(super) untrimmed: bool,
    /// What reading it once more costs.
    pub(super) steps: u64,
    live: u64,
    /// The evaluator's steps are spent. The tree is laid out all the same and read once: that
    /// costs no more than reading its text from the document did.
    pub(super) spent: Option<Exhausted>,
    pub(super) spare: Cell<u64>,
}

/// Pays for text that is computed. When the evaluator's bytes are spent, a tree may still produce
/// as much as it has itself and a little more, so that what other fields wasted hides nothing.
#[derive(Clone, Copy)]
pub(super) struct Purse<'a> {
    pub(super) budget: &'a Budget<'a>,
    /// What the tree may produce beyond the budget.
    pub(super) spare: &'a Cell<u64>,
}

impl Purse<'_> {
    pub(super) fn pay(self, text: &str) -> Result<(), Exhausted> {
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.budget.charge_produced(bytes).or_else(|cause| {
            let less = self.spare.get().checked_sub(bytes).ok_or(cause)?;
            self.spare.set(less);
            Ok(())
        })
    }
}

/// What a tree may produce beyond its own bytes when the evaluator's are spent: an ordinary
/// command line.
const SPARE: u64 = 1024;

/// What a field costs while its tree is read: its pieces, what was noted of its value, its place
/// in the maps.
const MEMBER: u64 = 1024;
/// What each of its pieces costs then.
const SHARE: u64 = 32;

impl<'f> Tree<'f> {
    /// Lays out the tree below `root`, lets `read` read it, and gives the memory back.
    pub(super) fn with<T>(
        forest: &'f Forest,
        root: u32,
        budget: &Budget<'_>,
        read: impl FnOnce(&Self) -> T,
    ) -> Result<T, Exhausted> {
        let mut tree = Tree::new(forest);
        let laid = tree.lay(root, budget);
        tree.untrimmed = tree.any(|piece| {
            forest.piece_text(piece, false).len() != forest.piece_text(piece, true).len()
        });
        let result = laid.map(|()| read(&tree));
        budget.release_live(tree.live);
        result
    }

    /// Reads the fields below `root` one by one, each without what is nested in it: when there is
    /// no memory to lay them out together, their own text still tells what they are. Each is read
    /// once; the memory is that of one instruction.
    pub(super) fn apart(
        forest: &'f Forest,
        root: u32,
        cause: Exhausted,
        budget: &Budget<'_>,
        mut read: impl FnMut(&Self),
    ) -> Result<(), Exhausted> {
        let mut todo = vec![root];
        while let Some(id) = todo.pop() {
            let Some(&node) = forest.node(id) else {
                continue;
            };
            match budget.charge_steps(steps(Forest::weight(&node))) {
                Err(cause) if node.shared || cause == Exhausted::Stopped => return Err(cause),
                Err(_) | Ok(()) => {}
            }
            let instruction = forest.instruction(&node);
            todo.extend(instruction.iter().filter_map(Piece::field));
            todo.extend(forest.result(&node).iter().filter_map(Piece::field));
            let mut tree = Tree::new(forest);
            tree.spent = Some(cause);
            tree.members.insert(
                id,
                Member {
                    id,
                    node,
                    instruction,
                    result: Vec::new(),
                    parent: None,
                },
            );
            read(&tree);
        }
        Ok(())
    }

    fn new(forest: &'f Forest) -> Self {
        Tree {
            forest,
            members: BTreeMap::new(),
            untrimmed: false,
            steps: 0,
            live: 0,
            spent: None,
            spare: Cell::new(SPARE),
        }
    }

    pub(super) fn purse<'a>(&'a self, budget: &'a Budget<'a>) -> Purse<'a> {
        Purse {
            budget,
            spare: &self.spare,
        }
    }

    /// Looks at the nodes once; each is paid for. Where branches of alternative markup share the
    /// text of the root, that text is read once for each of them, which the evaluator's steps
    /// must pay.
    fn lay(&mut self, root: u32, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let mut todo = vec![(root, None)];
        while let Some((id, parent)) = todo.pop() {
            let Some(&node) = self.forest.node(id) else {
                continue;
            };
            let steps = steps(Forest::weight(&node));
            match budget.charge_steps(steps) {
                Err(cause) if node.shared || cause == Exhausted::Stopped => return Err(cause),
                Err(cause) => self.spent = Some(cause),
                Ok(()) => {}
            }
            self.steps = self.steps.saturating_add(steps);
            let spare = self.spare.get();
            self.spare.set(spare.saturating_add(Forest::weight(&node)));
            let live = Forest::pieces(&node)
                .saturating_mul(SHARE)
                .saturating_add(MEMBER);
            budget.charge_live(live)?;
            self.live = self.live.saturating_add(live);
            let member = Member {
                id,
                node,
                instruction: self.forest.instruction(&node),
                result: self.forest.result(&node),
                parent,
            };
            let children = member.instruction.iter().chain(&member.result);
            todo.extend(
                children
                    .filter_map(Piece::field)
                    .map(|child| (child, Some(id))),
            );
            self.members.insert(id, member);
        }
        Ok(())
    }

    /// Whether some field in the tree may give a value to a name.
    pub(super) fn assigns(&self) -> bool {
        self.members.values().any(|member| {
            let stored = flt::keyword(member.node.flt);
            stored.is_some_and(Keyword::assigns) || self.may_assign(member)
        })
    }

    /// Whether the field begins with SET or ASK, or with what may turn into one.
    fn may_assign(&self, member: &Member) -> bool {
        for piece in &member.instruction {
            if piece.field().is_some() {
                return true;
            }
            let text = self.forest.piece_text(piece, false);
            let odd = |c: char| !c.is_ascii_alphanumeric();
            let word = text.trim_start_matches(odd);
            if word.is_empty() {
                continue;
            }
            // A word that goes on in the next piece, or is marked as deleted, may be any.
            let Some((word, rest)) = word.find(odd).and_then(|end| word.split_at_checked(end))
            else {
                return true;
            };
            let ends = rest.starts_with(is_blank) || rest.starts_with(['"', '\\']);
            if !ends || piece.style.has(Style::OPTIONAL) {
                return true;
            }
            return Keyword::of(word).assigns();
        }
        false
    }

    pub(super) fn any(&self, doubt: impl Fn(&Piece) -> bool) -> bool {
        self.members
            .values()
            .any(|member| member.instruction.iter().any(&doubt))
    }

    /// The fields in whose instruction or result a field stands, innermost first. At most as many
    /// as may be open at once.
    pub(super) fn ancestors<'t>(
        &'t self,
        member: &Member,
    ) -> impl Iterator<Item = &'t Member> + use<'t, 'f> {
        let parent = |member: &Member| member.parent.and_then(|id| self.members.get(&id));
        std::iter::successors(parent(member), move |around| parent(around))
    }

    /// The instruction as it stands in the file, nested fields in braces. The text of nested
    /// fields is paid; what cannot be paid is left out and shown as an ellipsis. Nothing is added
    /// to more than `enough` bytes.
    pub(super) fn raw(&self, member: &Member, enough: usize, budget: &Budget<'_>) -> String {
        let mut text = String::new();
        let mut stack = vec![(member.id, member.instruction.iter())];
        while let Some((id, pieces)) = stack.last_mut() {
            if text.len() > enough {
                break;
            }
            let outermost = *id == member.id;
            let Some(piece) = pieces.next() else {
                stack.pop();
                if !outermost {
                    text.push('}');
                }
                continue;
            };
            if let Some(child) = piece.field() {
                if let Some(child) = self.members.get(&child) {
                    text.push('{');
                    stack.push((child.id, child.instruction.iter()));
                }
                continue;
            }
            let own = self.forest.piece_text(piece, true);
            let cost = u64::try_from(own.len()).unwrap_or(u64::MAX);
            if !outermost && budget.charge_produced(cost).is_err() {
                text.push('\u{2026}');
            } else if piece.style.has(Style::BREAK) {
                text.push(' ');
            } else {
                text.push_str(own);
            }
        }
        let end = text.trim_end_matches(is_blank).len();
        text.truncate(end);
        text.trim_start_matches(is_blank).to_owned()
    }
}

/// What reading so many bytes and pieces costs: one step for the field, one for each 64 of them.
pub(super) fn steps(weight: u64) -> u64 {
    (weight / 64).saturating_add(1)
}
