//! Excel's link syntax.
