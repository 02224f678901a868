//! OpenDocument: links of every kind.
