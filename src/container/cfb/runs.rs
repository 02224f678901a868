//! Where the bytes of a stream stand in the file, without reading them.

use std::ops::Range;

use super::sectors::Chain;
use super::{Cfb, Entry, MINI, MINI_CUTOFF, Place, Stream};

impl Cfb<'_> {
    /// The runs of the file that make a stream, in order; neighbours are joined. Nothing for a
    /// stream that only the crate sees.
    ///
    /// Takes a step for each sector of the stream, none of them paid for: streams may share their
    /// sectors, so who asks for many pays for their lengths first.
    pub(crate) fn runs(&self, stream: &Stream) -> Vec<Range<usize>> {
        let Place::Entry(id) = stream.place else {
            return Vec::new();
        };
        self.entry(id)
            .map(|entry| self.runs_of(&entry))
            .unwrap_or_default()
    }

    fn runs_of(&self, entry: &Entry) -> Vec<Range<usize>> {
        let wanted = usize::try_from(entry.size).unwrap_or(usize::MAX);
        let mut runs = Runs {
            runs: Vec::new(),
            left: wanted.min(self.data.len()),
        };
        if entry.size < MINI_CUTOFF {
            for sector in Chain::new(&self.mini_fat, entry.start) {
                match self.mini_run(sector) {
                    Some(run) if runs.left > 0 => runs.push(run),
                    Some(_) | None => break,
                }
            }
            if !runs.runs.is_empty() {
                return runs.runs;
            }
            // As in `read`: the stream may stand in ordinary sectors all the same.
        }
        for sector in self.sectors.chain(entry.start) {
            if runs.left == 0 {
                break;
            }
            if let Some(run) = self.sectors.range(sector) {
                runs.push(run);
            }
        }
        runs.runs
    }

    fn mini_run(&self, sector: u32) -> Option<Range<usize>> {
        let at = usize::try_from(sector).ok()?.checked_mul(MINI)?;
        let size = self.sectors.size();
        let holder = self.mini.get(at.checked_div(size)?)?;
        let holder = self.sectors.range(*holder)?;
        let start = holder.start.checked_add(at.checked_rem(size)?)?;
        let end = start.checked_add(MINI)?.min(holder.end);
        (start < end).then_some(start..end)
    }
}

struct Runs {
    runs: Vec<Range<usize>>,
    left: usize,
}

impl Runs {
    fn push(&mut self, run: Range<usize>) {
        let length = run.len().min(self.left);
        self.left = self.left.saturating_sub(length);
        let end = run.start.saturating_add(length);
        match self.runs.last_mut() {
            Some(last) if last.end == run.start => last.end = end,
            Some(_) | None if length > 0 => self.runs.push(run.start..end),
            Some(_) | None => {}
        }
    }
}
