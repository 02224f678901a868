//! Good containers with one field changed: the payload is still found, what lost bytes says so,
//! and what lost none does not.

mod cfb;
#[path = "../support/mod.rs"]
mod support;
