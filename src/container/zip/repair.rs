//! Where the data of an entry is when the lengths in its headers lie: a reader that goes by the
//! other header, or by where the next entry starts, still finds it.
//!
//! Only an entry that is not followed by a signature is looked at; and another place counts only
//! where the checksum there is right.
//!
//! # Worst cases
//!
//! Some ten trial readings for such an entry, out of the allowance for trials.

use super::header::{Header, LOCAL, Local};
use super::unlock::Around;
use super::{Coding, Lister, local};
use crate::link::TechniqueId;

/// Lengths of the data descriptor behind the data (APPNOTE 4.3.9): none, then of 32 and of 64 bits,
/// without and with a signature.
const DESCRIPTORS: [usize; 5] = [0, 12, 16, 20, 24];

impl<'d> Lister<'d, '_> {
    /// Adds a reading of an entry that is not where its local header says, or longer. `next` is
    /// where what comes behind it starts.
    pub(super) fn repair(&mut self, header: &Header<'d>, local: &Local<'d>, next: usize) {
        let coding = match header.method {
            0 => Coding::Stored,
            8 => Coding::Deflated,
            _ => return,
        };
        if header.encrypted()
            || header.descriptor() && header.packed == 0
            || self.is_followed(header, local.start, next)
            || self.is_at(header, local.start, &coding)
        {
            return;
        }
        let odd = [TechniqueId::ZipDisagreement];
        let start = self
            .candidates(header, local, next)
            .into_iter()
            .find(|start| self.is_at(header, *start, &coding));
        if let Some(start) = start {
            self.add(header, start, Some(&local.header), &odd);
        } else if let Some(longer) = self.longer(header, local) {
            self.add(&longer, local.start, None, &odd);
        }
    }

    fn is_at(&self, header: &Header<'_>, start: usize, coding: &Coding) -> bool {
        self.unlock.holds(header, start, Around::default(), coding)
    }

    /// Whether a signature, a descriptor or the end of the file comes behind the data, and the next
    /// entry not before that, unless the data is an archive itself.
    fn is_followed(&self, header: &Header<'_>, start: usize, next: usize) -> bool {
        let packed = usize::try_from(header.packed).unwrap_or(usize::MAX);
        let end = start.saturating_add(packed);
        let data = self.data.get(start..).unwrap_or_default();
        if end > next && !(header.method == 0 && data.starts_with(LOCAL)) {
            return false;
        }
        let is_signature = |at: usize| {
            let rest = self.data.get(end.saturating_add(at)..);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"PK"))
        };
        is_signature(0) || header.descriptor() && DESCRIPTORS.into_iter().any(is_signature)
    }

    /// Where else the data may start, most likely first.
    fn candidates(&self, header: &Header<'_>, local: &Local<'_>, next: usize) -> Vec<usize> {
        let name = local.at.saturating_add(30);
        let lengths = [header.name.len(), local.header.name.len()];
        let behind_names = lengths.into_iter().flat_map(|length| {
            let behind = name.saturating_add(length);
            [behind, behind.saturating_add(header.extra.len())]
        });
        let packed = usize::try_from(header.packed).unwrap_or(usize::MAX);
        let before_next = DESCRIPTORS
            .into_iter()
            .filter_map(|descriptor| next.checked_sub(descriptor)?.checked_sub(packed));
        let mut all: Vec<usize> = Vec::new();
        for start in behind_names.chain(before_next) {
            if start >= name && start != local.start && !all.contains(&start) {
                all.push(start);
            }
        }
        all
    }

    /// Stored data that reaches to the next signature, whatever the sizes say.
    fn longer(&self, header: &Header<'d>, local: &Local<'d>) -> Option<Header<'d>> {
        if header.method != 0 || !self.unlock.may_try() {
            return None;
        }
        let mut ends = [local.start];
        local::ends_of_stored(self.data, &mut ends);
        let [end] = ends;
        let length = u64::try_from(end.saturating_sub(local.start)).ok()?;
        // The search is a reading, too.
        self.unlock.pay(length)?;
        let longer = Header {
            packed: length,
            size: length,
            ..*header
        };
        self.is_at(&longer, local.start, &Coding::Stored)
            .then_some(longer)
    }
}
