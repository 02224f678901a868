//! Word's field language: `{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" }`.
//!
//! A reader of any format drives a [`Forest`] with the marks and the text it meets; the forest
//! keeps the fields that could matter. [`evaluate`] then says what each of them does, under every
//! plausible reading. Nothing here knows a container or a format.
//!
//! The way through the room: `tree` (marks and text to field trees), `lexer` (an instruction to
//! tokens), `keyword` and `flt` (what a field type is and which switches take arguments),
//! `environment` (bookmarks, variables, properties and building blocks of the whole document).
//! `variants` reads a tree, laid out by `layout`, under every reading: `rows` chooses the values
//! of nested fields, `instruction` puts them in, `eval` (with `quote`, `condition`, `formula` and `number`) and `value`
//! say what a field contributes to the one around it, `draft` (with `external` and `guess`) what it
//! does, and `disguise` how that was hidden.
//!
//! # Malformed input
//!
//! Every order of marks is accepted: a field without an end is evaluated as it stands, stray marks
//! are ignored, text counts as instruction whatever carried it. Only limits end anything, and a
//! reached limit is noted with its place.

mod condition;
mod disguise;
mod draft;
mod environment;
mod eval;
mod external;
mod flt;
mod formula;
mod guess;
mod instruction;
mod keyword;
mod layout;
mod lexer;
mod number;
mod outcome;
mod quote;
mod rows;
mod tree;
mod value;
mod variants;

#[cfg(test)]
mod tests;

pub(crate) use environment::Environment;
pub(crate) use external::place_in;
pub(crate) use keyword::BOUND;
pub(crate) use outcome::{Answer, External, Found, Outcome};
pub(crate) use tree::{Begin, Forest, Readers, Spot, Style};
pub(crate) use variants::{assign, evaluate};
