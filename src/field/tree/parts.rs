//! What a forest is made of.

use super::NONE;
use crate::limits::Limit;
use crate::link::Confidence;

/// How a stretch of text stands in the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style(u16);

impl Style {
    /// Marked as deleted: with and without it are two readings.
    pub(crate) const OPTIONAL: Style = Style(1);
    /// White space at the edges disappears when it is read.
    pub(crate) const TRIMMED: Style = Style(2);
    /// Spelled with references that nothing asks for.
    pub(crate) const REFERENCED: Style = Style(4);
    /// In an element for ordinary text.
    pub(crate) const ORDINARY: Style = Style(8);
    /// The end of a paragraph or cell.
    pub(crate) const BREAK: Style = Style(16);
    /// Marked as deleted by change tracking.
    pub(crate) const DELETED: Style = Style(32);
    pub(super) const FIELD: Style = Style(128);
    /// Letters spelled as bytes in hexadecimal (RTF).
    pub(crate) const RTF_HEX: Style = Style(256);
    /// Letters spelled by their number in Unicode (RTF).
    pub(crate) const RTF_UNICODE: Style = Style(512);
    /// Groups stand in it that nobody knows and everybody leaves out (RTF).
    pub(crate) const RTF_IGNORABLE: Style = Style(1024);
    /// Spelled twice, once for those who know Unicode (RTF).
    pub(crate) const RTF_UPR: Style = Style(2048);
    /// How text is spelled, which makes it no other text.
    pub(super) const SPELLING: Style = Style(4 | 256 | 512 | 1024 | 2048);

    pub(crate) fn with(self, other: Style) -> Style {
        Style(self.0 | other.0)
    }

    pub(crate) fn has(self, other: Style) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn without(self, other: Style) -> Style {
        Style(self.0 & !other.0)
    }
}

/// One stretch of text, or one nested field, of an instruction or a result.
#[derive(Clone, Copy, Debug)]
pub(in crate::field) struct Piece {
    pub(super) prev: u32,
    /// First byte of the text; the node of a nested field.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(in crate::field) style: Style,
}

impl Piece {
    /// The node, when this is a nested field.
    pub(in crate::field) fn field(&self) -> Option<u32> {
        self.style.has(Style::FIELD).then_some(self.start)
    }
}

/// What is known when a field begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin {
    /// Byte of the part at which it begins.
    pub(crate) offset: u64,
    pub(crate) dirty: bool,
    pub(crate) locked: bool,
    /// The type that a binary document stores with the field (`spec/word.md` §2.5).
    pub(crate) flt: Option<u8>,
    /// How sure the reader is that this is a field: nothing found in it is surer.
    pub(crate) confidence: Confidence,
}

impl Default for Begin {
    fn default() -> Self {
        Begin {
            offset: 0,
            dirty: false,
            locked: false,
            flt: None,
            confidence: Confidence::Certain,
        }
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(super) instr: u32,
    pub(super) result: u32,
    /// Pieces of the instruction.
    pub(super) count: u32,
    /// Bytes of the instruction.
    pub(super) bytes: u32,
    pub(super) result_bytes: u32,
    /// Counts the fields of the part from 1, in document order.
    pub(crate) number: u32,
    pub(crate) part: u32,
    /// The outermost alternative markup it stands in; 0 for none.
    pub(crate) alternate: u32,
    pub(crate) offset: u64,
    pub(crate) dirty: bool,
    pub(crate) locked: bool,
    /// The type that a binary document stores with it.
    pub(in crate::field) flt: Option<u8>,
    /// Nothing found in it is surer.
    pub(in crate::field) confidence: Confidence,
    pub(crate) closed: bool,
    /// It stands in the result of another field.
    pub(crate) in_result: bool,
    pub(super) separated: bool,
    /// Its result may become part of an instruction.
    pub(super) keep_result: bool,
    /// Text was cut at the limit.
    pub(in crate::field) cut: bool,
    /// Readers differ in what it is: they share its text.
    pub(in crate::field) shared: bool,
    /// A field in it may matter.
    pub(super) tainted: bool,
    /// Its instruction holds more than blanks.
    pub(super) begun: bool,
}

/// An open field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) node: Node,
    pub(super) below: u32,
    /// Open fields below it.
    pub(super) depth: u32,
    /// How full the arena was when it began.
    pub(super) marks: Marks,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub(super) nodes: usize,
    pub(super) pieces: usize,
    pub(super) cells: usize,
    pub(super) text: usize,
}

/// Where a reader stands in a story: its open fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) top: u32,
    /// Fields opened past the limit.
    pub(super) over: u32,
}

impl Head {
    pub(super) const EMPTY: Head = Head { top: NONE, over: 0 };

    pub(super) fn is_idle(self) -> bool {
        self == Head::EMPTY
    }
}

/// Programs that differ in the markup they understand, as a set (`spec/word.md` §1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Readers(u8);

impl Readers {
    pub(crate) const COUNT: usize = 3;
    pub(crate) const NOBODY: Readers = Readers(0);
    /// Word as it is.
    pub(crate) const WORD: Readers = Readers(1);
    /// A program that knows the first version of the format only.
    pub(crate) const OLDER: Readers = Readers(2);
    /// A program that understands whatever there is.
    pub(crate) const LAX: Readers = Readers(4);
    pub(crate) const ALL: Readers = Readers(7);

    pub(super) fn each() -> impl Iterator<Item = Readers> {
        [Readers::WORD, Readers::OLDER, Readers::LAX].into_iter()
    }

    pub(crate) fn has(self, other: Readers) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn with(self, other: Readers) -> Readers {
        Readers(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Readers) -> Readers {
        Readers(self.0 & !other.0)
    }

    pub(crate) fn both(self, other: Readers) -> Readers {
        Readers(self.0 & other.0)
    }

    /// Those of the set that stand at `head`.
    pub(super) fn alike(self, story: &[Head; Readers::COUNT], head: Head) -> Readers {
        Readers::each()
            .zip(story)
            .filter(|(reader, place)| self.has(*reader) && **place == head)
            .fold(Readers::NOBODY, |group, (reader, _)| group.with(reader))
    }
}

/// Where a reader finds the text that comes now: in which story, and in which part of which field.
/// Text at one place is read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(super) tale: u32,
    /// Twice the number of the field whose instruction (odd) it is, or whose result in an
    /// instruction; 0 for what the document shows.
    pub(super) field: u32,
}

impl Spot {
    /// What the document shows of the same story.
    pub(crate) fn shown(self) -> Spot {
        Spot { field: 0, ..self }
    }
}

/// What a story interrupts, for the readers that it concerns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    pub(super) story: [Head; Readers::COUNT],
    pub(super) tale: [u32; Readers::COUNT],
    pub(super) readers: Readers,
}

/// A limit that was reached, and where first in its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) part: u32,
    pub(crate) limit: Limit,
    pub(crate) number: u32,
    pub(crate) offset: u64,
}
