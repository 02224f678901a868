//! Reading markup: XML as a stream with bounded memory, and the names of the namespaces.

mod bindings;
mod cap;
pub(crate) mod css;
pub(crate) mod html;
mod lenient;
pub(crate) mod names;
mod open;
pub(crate) mod references;
mod shape;
pub(crate) mod surroundings;
mod tag;
mod token;
mod transcode;
pub(crate) mod utf7;
pub(crate) mod xml;
