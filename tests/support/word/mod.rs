//! Every way to bring a Word field to a reader: one payload, many carriers.

pub mod doc;
