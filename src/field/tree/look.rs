//! Looking at a forest: what its fields hold, and what a field is as far as its own text tells.

use super::parts::{Node, Piece, Reached, Style};
use super::{Forest, at, index};
use crate::field::flt;
use crate::field::keyword::{Arguments, Keyword};
use crate::field::lexer::{Span, is_filler, is_odd_filler, is_quote, is_space, lex};

/// Keywords are shorter; what is longer is none.
const KEYWORD_BYTES: usize = 64;

/// How an instruction begins, under every reading of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// A known keyword that does nothing.
    Harmless,
    /// Nothing that acts, but no known keyword either.
    Idle,
    /// A keyword that acts, or one that cannot be told yet.
    Acts,
}

impl Forest {
    /// The number of the field that began last; 0 before the first of the part.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The outermost fields that may matter, in the order in which they ended.
    pub(crate) fn roots(&self) -> impl Iterator<Item = u32> {
        self.roots.iter().copied()
    }

    pub(crate) fn node(&self, node: u32) -> Option<&Node> {
        at(&self.nodes, node)
    }

    /// Whether any field gives a value to a name.
    pub(in crate::field) fn assigns(&self) -> bool {
        self.assigns
    }

    /// Whether readers share fields, so that a field may be found more than once.
    pub(crate) fn shares(&self) -> bool {
        self.shares
    }

    /// The limits that were reached while the trees were built.
    pub(crate) fn reached(&self) -> impl Iterator<Item = Reached> {
        self.reached
            .iter()
            .map(|(&(part, limit), &(number, offset))| Reached {
                part,
                limit,
                number,
                offset,
            })
    }

    /// The pieces of the instruction of a node, in order.
    pub(in crate::field) fn instruction(&self, node: &Node) -> Vec<Piece> {
        self.list(node.instr)
    }

    /// The pieces of the result, in order.
    pub(in crate::field) fn result(&self, node: &Node) -> Vec<Piece> {
        self.list(node.result)
    }

    /// What going once over the instruction of a node costs.
    pub(in crate::field) fn weight(node: &Node) -> u64 {
        u64::from(node.count)
            .saturating_add(u64::from(node.bytes))
            .saturating_add(u64::from(node.result_bytes))
    }

    /// At most so many pieces are in the instruction and the result.
    pub(in crate::field) fn pieces(node: &Node) -> u64 {
        u64::from(node.count).saturating_add(u64::from(node.result_bytes))
    }

    /// The text of a piece; the edges without white space if the piece says so and `untrimmed`
    /// does not ask for them.
    pub(in crate::field) fn piece_text(&self, piece: &Piece, untrimmed: bool) -> &str {
        let text = self
            .text
            .get(index(piece.start)..index(piece.end))
            .unwrap_or_default();
        if piece.style.has(Style::TRIMMED) && !untrimmed {
            text.trim_matches(|c: char| c.is_ascii_whitespace())
        } else {
            text
        }
    }

    fn list(&self, last: u32) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut next = last;
        while let Some(piece) = at(&self.pieces, next) {
            found.push(*piece);
            next = piece.prev;
        }
        found.reverse();
        found
    }

    /// What the field is, as far as its own text tells.
    pub(super) fn lead(&mut self, node: &Node) -> Lead {
        let pieces = self.list(node.instr);
        let any = |style| pieces.iter().any(|piece| piece.style.has(style));
        // A binary document may know better than the text which field this is.
        if let Some(keyword) = flt::keyword(node.flt).filter(|keyword| keyword.acts()) {
            self.assigns |= matches!(keyword, Keyword::Set | Keyword::Ask);
            if keyword != Keyword::Hyperlink || node.cut || !self.is_local(&pieces) {
                return Lead::Acts;
            }
        }
        let mut lead = Lead::Harmless;
        for removed in [true, false] {
            if !removed && !any(Style::OPTIONAL) {
                continue;
            }
            for untrimmed in [false, true] {
                if untrimmed && !any(Style::TRIMMED) {
                    continue;
                }
                match self.keyword(&pieces, removed, untrimmed) {
                    // What was cut off may lead anywhere.
                    Some(Keyword::Hyperlink) if !node.cut && self.is_local(&pieces) => {}
                    Some(keyword) if keyword.acts() => {
                        self.assigns |= matches!(keyword, Keyword::Set | Keyword::Ask);
                        return Lead::Acts;
                    }
                    Some(Keyword::Unknown) => lead = Lead::Idle,
                    Some(_) => {}
                    None => {
                        // Its keyword comes from a nested field: it may be any.
                        self.assigns = true;
                        return Lead::Acts;
                    }
                }
            }
        }
        lead
    }

    /// The keyword as the field's own text spells it; `None` when a nested field has a part in
    /// it, or when the text looks like a field typed as text.
    fn keyword(&self, pieces: &[Piece], removed: bool, untrimmed: bool) -> Option<Keyword> {
        let mut word = String::new();
        let mut blank = true;
        for piece in pieces {
            if piece.style.has(Style::FIELD) {
                return None;
            }
            if removed && piece.style.has(Style::OPTIONAL) {
                continue;
            }
            for c in self.piece_text(piece, untrimmed).chars() {
                if is_odd_filler(c) && Keyword::of(&word).acts() {
                    return Some(Keyword::of(&word));
                }
                if is_filler(c) {
                    continue;
                }
                if blank && (is_space(c) || is_quote(c)) {
                    continue;
                }
                if blank && c == '{' {
                    return None;
                }
                blank = false;
                let delimits = is_space(c) || c == '\\' || is_quote(c);
                if delimits || word.len() > KEYWORD_BYTES {
                    return Some(Keyword::of(&word));
                }
                word.push(c);
            }
        }
        Some(Keyword::of(&word))
    }

    /// Whether a HYPERLINK names a place in the document itself only.
    fn is_local(&self, pieces: &[Piece]) -> bool {
        if pieces
            .iter()
            .any(|piece| piece.style.has(Style::FIELD) || piece.style.has(Style::OPTIONAL))
        {
            return false;
        }
        let spans: Vec<Span<'_>> = pieces
            .iter()
            .map(|piece| Span::plain(self.piece_text(piece, false)))
            .collect();
        let lexed = lex(&spans, false);
        Arguments::of(Keyword::Hyperlink, &lexed.tokens)
            .words
            .is_empty()
    }
}
