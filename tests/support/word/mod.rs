//! Every way to bring a Word field to a reader: one payload, many carriers.
//!
//! A [`Payload`](payload::Payload) is neutral: fields, text, variables, and what must be found.
//! Each carrier writes it with its own means, or says why it cannot hold it.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "each carrier names the few spellings that it has"
)]

pub mod benign;
pub mod carriers;
pub mod doc;
pub mod doc_carrier;
pub mod html;
pub mod mht;
pub mod odt;
pub mod ooxml;
pub mod payload;
pub mod rtf;
pub mod spellings;
pub mod xml2003;
