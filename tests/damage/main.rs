//! Damage matrix: one good document with one thing wrong, again and again. The payload is found in
//! every one of them but those that the table explains.
//!
//! `cargo test --test damage -- --nocapture` prints the tables.

#[path = "../support/mod.rs"]
mod support;
mod zip;
