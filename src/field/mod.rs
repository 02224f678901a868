//! Word's field language: `{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" }`.
//!
//! A reader of any format drives a [`Forest`] with the marks and the text it meets; the forest
//! keeps the fields that could matter. [`evaluate`] then says what each of them does, under every
//! plausible reading. Nothing here knows a container or a format.
//!
//! The way through the room: `tree` (marks and text to field trees), `lexer` (an instruction to
//! tokens), `keyword` (what a field type is and which switches take arguments), `eval` (what one
//! field contributes to the one around it), `environment` (bookmarks and variables of the whole
//! document), `variants` (the readings of a tree and what they amount to).
//!
//! # Malformed input
//!
//! Every order of marks is accepted: a field without an end is evaluated as it stands, stray marks
//! are ignored, text counts as instruction whatever carried it. Only limits end anything, and a
//! reached limit is noted with its place.

mod draft;
mod environment;
mod eval;
mod flt;
mod keyword;
mod lexer;
mod outcome;
mod tree;
mod variants;

pub(crate) use draft::place_in;
pub(crate) use environment::Environment;
pub(crate) use outcome::{Answer, External, Found, Outcome};
pub(crate) use tree::{Begin, Forest, Readers, Style};
pub(crate) use variants::{assign, evaluate};
