//! How a document is encrypted (`spec/word.md` §2.8; [MS-DOC] 2.2.6).

use super::fib::Fib;
use crate::container::cfb::View;

/// The scheme of a document that says it is encrypted.
pub(super) fn scheme(fib: &Fib, table: Option<&View<'_>>) -> &'static str {
    if fib.is_obfuscated() || fib.is_old() {
        return "XOR obfuscation";
    }
    // The header stands at the start of the stream with the tables.
    let version = table.and_then(|table| Some((table.u16(0)?, table.u16(2)?)));
    match version {
        Some((1, 1)) => "RC4",
        Some((2..=4, 2)) => "RC4 CryptoAPI",
        Some(_) | None => "unknown scheme",
    }
}
