//! Mail: messages as programs keep and send them (`spec/word.md` §5); one file a format.
//!
//! The body of a message and each of its attachments are documents of their own: they are handed
//! on, and whoever reads them does not know that they came by mail.

mod attachment;
mod calendar;
mod eml;
mod looks;
mod mapi;
mod msg;
mod parts;
mod smime;
mod tnef;
pub(in crate::format) mod words;

pub(super) use calendar::read as read_calendar;
pub(super) use eml::read as read_eml;
pub(super) use msg::read_streams as read_msg;
pub(in crate::format) use parts::{Kind, read as read_parts};
pub(super) use smime::read as read_smime;
pub(super) use tnef::read as read_tnef;
