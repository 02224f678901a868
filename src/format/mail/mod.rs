//! Messages, and what they are made of (`spec/word.md` §5): one file a format.

mod eml;
mod parts;
mod smime;
pub(in crate::format) mod words;

pub(super) use eml::read as read_eml;
pub(in crate::format) use parts::{Kind, read as read_parts};
pub(super) use smime::read as read_smime;
