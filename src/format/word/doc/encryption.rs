//! How a document is encrypted (`spec/word.md` §2.8; [MS-DOC] 2.2.6).
//!
//! What decrypts it is the work of `unlock`, in builds that have the ciphers.

use super::fib::Fib;
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

#[cfg(feature = "crypt")]
use super::unlock::Key;
#[cfg(feature = "crypt")]
use crate::container::Coding;

/// What a stream of a document is for, among those that are encrypted ([MS-DOC] 2.2.6.1 to
/// 2.2.6.3); all others are in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Main,
    /// The tables, or pictures and data.
    Other,
}

impl Role {
    /// By its name in lower case; a main stream that does not say that it is encrypted has none.
    pub(super) fn of(name: &str, view: &View<'_>) -> Option<Self> {
        match name {
            super::MAIN => is_locked(view).then_some(Role::Main),
            "data" => Some(Role::Other),
            name => super::TABLES.contains(&name).then_some(Role::Other),
        }
    }
}

/// What opens the streams of a document.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// What the password says.
    pub(super) technique: TechniqueId,
    #[cfg(feature = "crypt")]
    key: Key,
}

impl Opened {
    /// Tries the passwords on what a main stream and the streams with tables say.
    ///
    /// # Errors
    ///
    /// The limit on key derivation, or what ends the analysis.
    #[cfg(feature = "crypt")]
    pub(super) fn find<'v>(
        main: &View<'_>,
        tables: impl Iterator<Item = &'v View<'v>>,
        passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<Self>, Exhausted> {
        let found = Key::find(main, tables, passwords, budget)?;
        Ok(found.map(|(key, technique)| Opened { technique, key }))
    }

    #[cfg(not(feature = "crypt"))]
    pub(super) fn find<'v>(
        _main: &View<'_>,
        _tables: impl Iterator<Item = &'v View<'v>>,
        _passwords: &Passwords,
        _budget: &Budget<'_>,
    ) -> Result<Option<Self>, Exhausted> {
        Ok(None)
    }

    /// A copy of a stream, decrypted.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    #[cfg(feature = "crypt")]
    pub(super) fn clear(
        &self,
        view: &View<'_>,
        role: Role,
        budget: &Budget<'_>,
    ) -> Result<View<'static>, Exhausted> {
        self.key.clear(view, role, budget)
    }

    #[cfg(not(feature = "crypt"))]
    pub(super) fn clear(
        &self,
        view: &View<'_>,
        _role: Role,
        budget: &Budget<'_>,
    ) -> Result<View<'static>, Exhausted> {
        view.copy(0..view.length(), budget).map(View::holding)
    }
}

#[cfg(feature = "crypt")]
impl Opened {
    /// Decrypts bytes that are one block, by its number.
    pub(super) fn block(&self, number: u32, bytes: &mut [u8]) {
        self.key.block(number, bytes);
    }

    /// How the data is coded from the byte `at` on.
    pub(super) fn coding(&self, at: usize) -> Option<Coding> {
        self.key.coding(at)
    }
}

/// Whether a main stream says that it is encrypted.
pub(super) fn is_locked(main: &View<'_>) -> bool {
    Fib::layouts(main)
        .first()
        .and_then(|layout| Fib::read(main, 0, *layout))
        .is_some_and(|fib| fib.is_encrypted())
}

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
