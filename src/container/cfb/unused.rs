//! What no stream of a compound file takes: free sectors, the ends of chains that a size cuts off,
//! slack.
//!
//! # Worst cases
//!
//! A mark for each 64 bytes of the file, paid for; one walk along all chains, of no more
//! steps than four times the sectors.

use super::damage::LAPS;
use super::{Cfb, MINI, View};
use crate::container::held::Held;
use crate::limits::{Budget, Exhausted};

/// What a stretch costs; a growing list may be twice what is filled.
const STRETCH: usize = 64;

impl<'a> Cfb<'a> {
    /// The bytes that no stream takes, behind the header, in the order of the file. Pays for what
    /// the view holds; [`View::close`] gives that back.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    pub(crate) fn unused(&self, budget: &Budget<'_>) -> Result<View<'a>, Exhausted> {
        let marks = self.data.len().div_ceil(MINI);
        let mut held = Held::new(budget);
        held.pay::<bool>(marks)?;
        let mut taken = vec![false; marks];
        let header = self.sectors.size() / MINI;
        taken.iter_mut().take(header).for_each(|mark| *mark = true);
        let mut steps = self.sectors.count().saturating_add(1).saturating_mul(LAPS);
        for stream in self.our_streams() {
            self.each_run_within(&stream, stream.size, &mut steps, |run| {
                let range = run.start / MINI..run.end.div_ceil(MINI);
                let marks = taken.get_mut(range).unwrap_or_default();
                marks.iter_mut().for_each(|mark| *mark = true);
            });
            if steps == 0 {
                break;
            }
        }
        let mut at = 0usize;
        let mut paid = Held::new(budget);
        let mut stretches = Vec::new();
        for stretch in taken.chunk_by(|a, b| a == b) {
            let end = at.saturating_add(stretch.len().saturating_mul(MINI));
            if stretch.first() == Some(&false) {
                paid.pay_bytes(STRETCH)?;
                stretches.push(at..end.min(self.data.len()));
            }
            at = end;
        }
        Ok(View::of(self.data, stretches, paid.leave()))
    }
}
