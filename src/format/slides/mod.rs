//! Presentations: what a click, the pointer or an animation starts, and linked objects
//! (`spec/excel.md` §8.1).
//!
//! The files: `action` (what a `ppaction:` address asks for), `gather` (PresentationML and
//! DrawingML to what is kept), `links` (what was kept to links), `ppt` (the binary kind).
//!
//! Actions are part of DrawingML: drawings in documents and workbooks may hold them too, so the
//! vocabulary reads those as well. Other relationships that lead out of the package are reported by
//! their type, like those of any package.

mod action;
mod gather;
mod links;
pub(crate) mod ppt;

pub(crate) use gather::Gather;
