//! What folding constants may cost: by the formula, and by the analysis.

use crate::limits::Budget;

/// Bytes that folding may look at and produce beyond four times the text: nested calls share their
/// arguments, and looking at them again for each level would be quadratic.
const FUEL: usize = 256 * 1024;
/// Bytes that a short formula may produce freely.
const FREE: usize = 256;

/// What folding the arguments of one formula may still cost: what is in proportion to the text is
/// free, and the rest is paid from the account of the analysis as well, because a workbook may
/// have such a formula in every cell.
#[derive(Debug)]
pub(super) struct Fuel<'b> {
    free: usize,
    rest: usize,
    budget: Option<&'b Budget<'b>>,
}

impl<'b> Fuel<'b> {
    pub(super) fn of(text: &str, budget: Option<&'b Budget<'b>>) -> Self {
        Fuel {
            free: text.len().saturating_mul(4).saturating_add(FREE),
            rest: FUEL,
            budget,
        }
    }

    /// Pays; `false` where there is no room.
    pub(super) fn pay(&mut self, bytes: usize) -> bool {
        let beyond = bytes.saturating_sub(self.free);
        let Some(rest) = self.rest.checked_sub(beyond) else {
            return false;
        };
        if beyond > 0
            && let Some(budget) = self.budget
            && !budget.fold(u64::try_from(beyond).unwrap_or(u64::MAX))
        {
            return false;
        }
        self.free = self.free.saturating_sub(bytes);
        self.rest = rest;
        true
    }
}
