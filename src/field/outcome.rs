//! What a field does: the answer of the room.

use crate::limits::Exhausted;
use crate::link::{Carrier, Confidence, Reading, Technique};

/// A field that matters.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its node in the forest.
    pub(crate) node: u32,
    pub(crate) outcome: Outcome,
    /// The instruction as it stands in the file, nested fields in braces.
    pub(crate) raw: String,
    pub(crate) techniques: Vec<Technique>,
    pub(crate) confidence: Confidence,
    /// It, or a field around it, is refreshed at open.
    pub(crate) dirty: bool,
}

/// What it does.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A DDE or DDEAUTO field that names a service.
    Dde {
        /// It is updated at open: DDEAUTO, or the switch `\a`.
        auto: bool,
        /// Every plausible reading, in the order of `spec/word.md` §0.7; never empty.
        readings: Vec<Reading>,
    },
    /// A field that loads from, or points to, another place.
    External(External),
    /// Text that looks like a DDE field and is none.
    Literal(Reading),
}

/// A field that loads from, or points to, another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct External {
    pub(crate) carrier: Carrier,
    /// The OLE class of a LINK field.
    pub(crate) class: Option<String>,
    /// The file, address or connection; the macro of a MACROBUTTON field.
    pub(crate) target: String,
    /// The part of the file, of a LINK or INCLUDETEXT field.
    pub(crate) item: Option<String>,
    /// The field asks to be updated at open (LINK `\a`), or is (INCLUDEPICTURE).
    pub(crate) auto: bool,
    pub(crate) resolved: String,
}

/// What a tree of fields amounts to.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The fields that matter, innermost first.
    pub(crate) found: Vec<Found>,
    /// Why less than everything was looked at.
    pub(crate) ended: Vec<Exhausted>,
}

impl Answer {
    /// Notes once that something was not looked at.
    pub(super) fn end(&mut self, cause: Exhausted) {
        if !self.ended.contains(&cause) {
            self.ended.push(cause);
        }
    }
}
