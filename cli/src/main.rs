//! The command line of ddetect.
fn main() {}
