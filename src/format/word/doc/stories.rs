//! The parts of the text, one after the other (`spec/word.md` §2.2).
//!
//! Notes, headers and text boxes of one part are not told apart: the tables that say where each
//! begins are as easily forged as anything, and to end a field at such a place would hide it.
//!
//! # Malformed input
//!
//! Positions only go forward: of a piece that reaches back, what was read is left out, and one
//! that ends before it begins is left out whole. Text behind all parts is read as one more part,
//! of which nothing is sure.
//!
//! # Worst cases
//!
//! Linear in the pieces and in the bytes that they name.

use super::super::document::Source;
use super::clx::{Piece, Pieces};
use super::fib::pair;
use super::plcfld::Fields;
use super::text::Flow;
use super::texts::Candidate;
use crate::container::cfb::View;
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::Confidence;
use crate::location::Location;

/// A part: what it is called, the table of its fields, and how sure a field in it is.
struct Story {
    name: &'static str,
    fields: Option<usize>,
    ceiling: Confidence,
}

const fn story(name: &'static str, fields: usize) -> Story {
    Story {
        name,
        fields: Some(fields),
        ceiling: Confidence::Certain,
    }
}

/// All parts in the order of the text; the name of the first is not shown.
const STORIES: [Story; 9] = [
    story("", pair::FIELDS_MAIN),
    story("footnotes", pair::FIELDS_FOOTNOTE),
    story("header", pair::FIELDS_HEADER),
    story("macros", pair::FIELDS_MACRO),
    story("comments", pair::FIELDS_COMMENT),
    story("endnotes", pair::FIELDS_ENDNOTE),
    story("text boxes", pair::FIELDS_TEXT_BOX),
    story("header text boxes", pair::FIELDS_HEADER_TEXT_BOX),
    Story {
        name: "behind the text",
        fields: None,
        ceiling: Confidence::Low,
    },
];

/// One document of a file: there may be a second one, of AutoText.
pub(super) struct Text<'t> {
    pub(super) candidate: &'t Candidate<'t>,
    pub(super) main: &'t View<'t>,
    pub(super) location: &'t Location,
    pub(super) autotext: bool,
}

impl Text<'_> {
    fn source(&self, name: &str) -> Source {
        let name = match (self.autotext, name) {
            (false, name) => name.to_owned(),
            (true, "") => "AutoText".to_owned(),
            (true, name) => format!("AutoText {name}"),
        };
        let location = match name.as_str() {
            "" => self.location.clone(),
            name => self.location.clone().with_cell(name),
        };
        Source {
            glossary: self.autotext,
            techniques: self.candidate.techniques.clone(),
            ..Source::new(usize::from(self.autotext), location)
        }
    }

    /// Reads all parts. Returns whether the pieces were all sound.
    pub(super) fn walk(
        &self,
        flow: &mut Flow<'_>,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<bool, Exhausted> {
        let Candidate { fib, pieces, .. } = self.candidate;
        let mut sound = !pieces.cut;
        let mut ahead = Ahead {
            pieces: pieces.clone(),
            now: None,
            at: 0,
            sound: true,
        };
        ahead.advance();
        let mut start = 0u32;
        let counts = fib.counts.into_iter().chain([u32::MAX]);
        for (count, story) in counts.zip(&STORIES) {
            let end = start.saturating_add(count);
            let mut begun = false;
            while let Some(piece) = ahead.now.clone() {
                let from = piece.cps.start.max(ahead.at);
                if from >= end {
                    break;
                }
                if !begun {
                    begun = true;
                    flow.document.begin_part(self.source(story.name));
                    let fields = self.fields(story, budget, ledger)?;
                    flow.begin(start, fields, story.ceiling.min(self.candidate.ceiling));
                }
                let to = piece.cps.end.min(end);
                let read = flow.piece(&piece, from, to);
                ahead.at = to;
                match read {
                    Ok(whole) => sound &= whole,
                    Err(cause) => {
                        flow.end(to);
                        return Err(cause);
                    }
                }
                if to < piece.cps.end {
                    break;
                }
                ahead.advance();
            }
            if begun {
                flow.end(end);
            }
            start = end;
        }
        // Characters that no piece has are missing.
        Ok(sound && ahead.sound && ahead.at >= fib.total())
    }

    /// The table of fields of a part; without it the text alone counts.
    fn fields(
        &self,
        story: &Story,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<Fields, Exhausted> {
        let Candidate { fib, table, .. } = self.candidate;
        let range = story.fields.and_then(|pair| fib.pair(self.main, pair));
        let Some(range) = range else {
            return Ok(Fields::default());
        };
        match Fields::read(table, range, budget) {
            Err(cause @ Exhausted::Limit(Limit::LiveBytes)) => {
                ledger.exhausted(cause, self.source(story.name).location);
                Ok(Fields::default())
            }
            read => read,
        }
    }
}

/// The pieces, with the one that is being read.
struct Ahead<'v> {
    pieces: Pieces<'v>,
    now: Option<Piece>,
    /// The position up to which the text was read.
    at: u32,
    sound: bool,
}

impl Ahead<'_> {
    /// Goes to the next piece that has something new.
    fn advance(&mut self) {
        loop {
            self.now = self.pieces.next();
            let Some(piece) = &self.now else { return };
            if piece.cps.start < self.at || piece.cps.end < piece.cps.start {
                self.sound = false;
            }
            if piece.cps.end > self.at.max(piece.cps.start) {
                return;
            }
        }
    }
}
