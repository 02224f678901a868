//! What undoing disguises may cost: by the command, and by the analysis.

use std::cell::Cell;

/// Bytes that the disguises of one command may make us look at or produce beyond those in
/// proportion to its text: twenty layers of an ordinary command fit several times over.
const COMMAND: u64 = 512 << 10;
/// Bytes for each byte of the command.
const EACH: u64 = 64;

/// The account of one analysis: a document may hold a hundred thousand commands.
#[derive(Debug)]
pub(crate) struct Pool {
    left: Cell<u64>,
    short: Cell<bool>,
}

impl Pool {
    /// An account of that many bytes (limit `command-bytes`).
    pub(crate) fn new(bytes: u64) -> Self {
        Pool {
            left: Cell::new(bytes),
            short: Cell::new(false),
        }
    }

    /// Whether a command was not undone that would have been.
    pub(crate) fn is_short(&self) -> bool {
        self.short.get()
    }
}

/// The account of one command.
#[derive(Debug)]
pub(crate) struct Fuel<'p> {
    pool: &'p Pool,
    left: u64,
    out: bool,
}

impl<'p> Fuel<'p> {
    /// What a command of that many bytes may cost.
    pub(crate) fn of(bytes: usize, pool: &'p Pool) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Fuel {
            pool,
            left: bytes.saturating_mul(EACH).saturating_add(COMMAND),
            out: false,
        }
    }

    /// Pays for bytes looked at or produced; `false` where there is no room, and from then on.
    #[must_use]
    pub(crate) fn pay(&mut self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(bytes).filter(|_| !self.out) else {
            self.out = true;
            return false;
        };
        let Some(pool) = self.pool.left.get().checked_sub(bytes) else {
            self.pool.short.set(true);
            self.out = true;
            return false;
        };
        self.left = left;
        self.pool.left.set(pool);
        true
    }

    /// Whether something was not undone for want of it.
    pub(crate) fn is_out(&self) -> bool {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_accounts_are_charged() {
        let pool = Pool::new(COMMAND + 10);
        let mut first = Fuel::of(0, &pool);
        assert!(first.pay(usize::try_from(COMMAND).unwrap()));
        assert!(!first.pay(1));
        assert!(first.is_out());
        let mut second = Fuel::of(0, &pool);
        assert!(second.pay(10));
        assert!(!pool.is_short());
        assert!(!second.pay(1));
        assert!(pool.is_short());
        // Nothing more, once it refused.
        assert!(!second.pay(0));
    }
}
