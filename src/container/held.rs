//! Memory that the directory of a container holds, paid for by the entry.

use crate::limits::{Budget, Exhausted, Limit};

/// What was paid; it goes back when this is dropped.
pub(crate) struct Held<'b> {
    budget: &'b Budget<'b>,
    bytes: u64,
    ceiling: u64,
}

impl<'b> Held<'b> {
    pub(crate) fn new(budget: &'b Budget<'b>) -> Self {
        Held {
            budget,
            bytes: 0,
            ceiling: u64::MAX,
        }
    }

    /// An account on a quarter of what is left: junk in one view must not starve the other, nor
    /// the members.
    pub(crate) fn quarter(budget: &'b Budget<'b>) -> Self {
        Held {
            budget,
            bytes: 0,
            ceiling: budget.live_left() / 4,
        }
    }

    /// An account on half of what is left: what is paid with it must leave room for the reading of
    /// what it describes.
    pub(crate) fn half(budget: &'b Budget<'b>) -> Self {
        Held {
            ceiling: budget.live_left() / 2,
            ..Held::new(budget)
        }
    }

    /// An account on three quarters of what is left.
    pub(crate) fn most(budget: &'b Budget<'b>) -> Self {
        let left = budget.live_left();
        Held {
            ceiling: left.saturating_sub(left / 4),
            ..Held::new(budget)
        }
    }

    /// From here on, no more than half of what is left.
    pub(crate) fn halve(&mut self) {
        let left = self.budget.live_left() / 2;
        self.ceiling = self.bytes.saturating_add(left).min(self.ceiling);
    }

    /// Pays for a text on the heap, which takes more than its bytes: the allocator puts a word in
    /// front, rounds up to two words, and gives no less than four (malloc of glibc).
    pub(crate) fn pay_text(&mut self, length: usize) -> Result<(), Exhausted> {
        self.pay_bytes(on_heap(length))
    }

    /// Pays for `count` values in a growing vector.
    pub(crate) fn pay<T>(&mut self, count: usize) -> Result<(), Exhausted> {
        self.pay_bytes(size_of::<T>().saturating_mul(count))
    }

    pub(crate) fn pay_bytes(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let total = self.bytes.saturating_add(bytes);
        if total > self.ceiling {
            return Err(Exhausted::Limit(Limit::LiveBytes));
        }
        self.budget.charge_live(bytes)?;
        self.bytes = total;
        Ok(())
    }

    /// Leaves the memory paid for: somebody else gives it back.
    pub(crate) fn leave(mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }
}

/// What an allocation of `length` bytes takes.
pub(crate) fn on_heap(length: usize) -> usize {
    match length {
        0 => 0,
        _ => length.saturating_add(8 + 15).max(32) & !15,
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.budget.release_live(self.bytes);
    }
}
