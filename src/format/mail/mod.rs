//! Mail: messages as programs keep and send them (`spec/word.md` §5).
//!
//! The body of a message and each of its attachments are documents of their own: they are handed
//! on, and whoever reads them does not know that they came by mail.

pub(in crate::format) mod mapi;
pub(in crate::format) mod msg;
mod words;
