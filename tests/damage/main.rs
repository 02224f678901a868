//! Damage matrix: good documents with one thing wrong, again and again. The payload is still found
//! in every one of them but those that the tables explain; what lost bytes says so, and what lost
//! none does not.
//!
//! `cargo test --test damage -- --nocapture` prints the tables.

mod cfb;
#[path = "../support/mod.rs"]
mod support;
mod zip;
