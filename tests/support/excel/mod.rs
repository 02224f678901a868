//! Every way to bring a DDE link to Excel and its relatives: one payload, many carriers.
//!
//! A [`Payload`](payload::Payload) is neutral: a formula as it is typed, the tokens it becomes, and
//! what must be found. Each carrier writes it with its own means, or says why it cannot hold it.
//! The builders write bytes by the specification alone (`spec/excel.md`, Appendix B).

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "each carrier names the few spellings that it has"
)]

pub mod benign;
pub mod biff2;
pub mod biff5;
pub mod biff8;
pub mod carriers;
pub mod delimited;
pub mod dif;
pub mod html;
pub mod ods;
pub mod ooxml;
pub mod payload;
pub mod query;
pub mod spellings;
pub mod sylk;
pub mod tokens;
pub mod xlsb;
pub mod xml2003;
