//! Word documents of every kind: fields, and the links that are not fields (`spec/word.md`).
//!
//! What a document holds is the same in each of its formats: fields in stories, names that fields
//! use, a mail merge, a template. A reader of one format drives a `Document` with what it meets;
//! `Document::settle` evaluates the fields over all of it and reports the links.
//!
//! The files: `document` (what is gathered, whatever the format), `passages` (the text of
//! bookmarks), `fields` and `links` (what was gathered, as links), and a folder for each format.

pub(crate) mod doc;
mod document;
mod fields;
mod html;
mod links;
mod passages;
mod rtf;
mod wordml;

pub(crate) use html::read as read_html;
pub(crate) use rtf::read as read_rtf;
pub(crate) use wordml::Gather;
