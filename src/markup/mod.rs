//! Reading markup: XML as a stream with bounded memory, and the names of the namespaces.

pub(crate) mod names;
pub(crate) mod xml;
