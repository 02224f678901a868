//! Encrypted workbooks in clear (`spec/excel.md` §3.10; [MS-XLS] 2.2.10).
//!
//! Headers of records, some records and the place of a sheet are never encrypted, but the key
//! stream goes on below them.
//!
//! # Malformed input
//!
//! A record that is cut is decrypted as far as it goes. Where the names of no sheet make sense, the
//! password was not the right one after all.
//!
//! # Worst cases
//!
//! Linear in the stream, of which a copy is held: that is paid as live memory.

use std::ops::Range;

use super::version::BOF;
use crate::bytes::Bytes;
use crate::container::cfb::View;
use crate::container::crypt::rc4::{self, Secret};
use crate::container::crypt::xor;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// Bytes of the stream that have one key.
const BLOCK: usize = 1_024;
/// Bytes of the header of a record.
const HEADER: usize = 4;

/// Records that are never encrypted, besides `BOF` ([MS-XLS] 2.2.10): `FILEPASS`, `INTERFACEHDR`,
/// `RRDHEAD`, `USREXCL`, `FILELOCK`, `RRDINFO`.
const CLEAR: [u16; 6] = [0x002f, 0x00e1, 0x0138, 0x0194, 0x0195, 0x0196];
/// `BOUNDSHEET`, of which the first bytes say where the sheet stands, in clear.
const SHEET: u16 = 0x0085;
const PLACE: usize = 4;

/// What a stream is decrypted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Rc4(Secret),
    Xor([u8; 16]),
}

impl Key {
    /// Tries the passwords on what a `FILEPASS` record says.
    pub(super) fn find(
        body: &[u8],
        passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<(Key, TechniqueId)>, Exhausted> {
        // Before BIFF8, the record has nothing but the key and the verifier.
        for at in [0, 2] {
            let mut words = Bytes::at(body, at).unwrap_or(Bytes::new(&[]));
            let (Some(key), Some(verifier)) = (words.u16(), words.u16()) else {
                continue;
            };
            if let Some((opened, technique)) = xor::open((key, verifier), passwords) {
                return Ok(Some((Key::Xor(opened.array()), technique)));
            }
        }
        let info = body.get(2..).unwrap_or_default();
        let found = rc4::open(info, passwords, budget)?;
        Ok(found.map(|(secret, technique)| (Key::Rc4(secret), technique)))
    }

    /// A copy of the stream with the records that begin at `start` or behind it decrypted.
    pub(super) fn clear(
        &self,
        view: &View<'_>,
        start: usize,
        budget: &Budget<'_>,
    ) -> Result<Option<View<'static>>, Exhausted> {
        let mut bytes = view.copy(0..view.length(), budget)?;
        if let Key::Rc4(secret) = self {
            secret.decrypt(BLOCK, 0, &mut bytes);
            restore(view, 0..start, &mut bytes);
        }
        let mut at = start;
        while let Some((id, length)) = header(view, at) {
            let body = at.saturating_add(HEADER);
            let end = body.saturating_add(length).min(bytes.len());
            let clear = match id {
                SHEET => PLACE.min(length),
                id if CLEAR.contains(&id) || BOF.contains(&id) => length,
                _ => 0,
            };
            let from = body.saturating_add(clear).min(end);
            match self {
                Key::Rc4(_) => restore(view, at..from, &mut bytes),
                Key::Xor(array) => {
                    let sum = from.saturating_add(length);
                    if let Some(rest) = bytes.get_mut(from..end) {
                        xor::clear_record(array, sum, rest);
                    }
                }
            }
            at = body.saturating_add(length);
        }
        if self.is_plausible(&bytes) {
            return Ok(Some(View::holding(bytes)));
        }
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(None)
    }

    /// Whether a sheet has a name, or nothing has one.
    fn is_plausible(&self, bytes: &[u8]) -> bool {
        let mut rest = Bytes::new(bytes);
        let mut seen = false;
        while let (Some(id), Some(length)) = (rest.u16(), rest.u16()) {
            let length = usize::from(length);
            let Some(body) = rest.take(length) else { break };
            if id == SHEET {
                seen = true;
                if let Some([.., state, kind, count]) = body.first_chunk::<7>()
                    && state & 0xfc == 0
                    && matches!(kind, 0 | 1 | 2 | 6)
                    && usize::from(*count) <= length
                {
                    return true;
                }
            }
        }
        !seen
    }
}

fn header(view: &View<'_>, at: usize) -> Option<(u16, usize)> {
    let id = view.u16(at)?;
    let length = view.u16(at.checked_add(2)?)?;
    Some((id, usize::from(length)))
}

/// Puts back what was not encrypted.
fn restore(view: &View<'_>, range: Range<usize>, bytes: &mut [u8]) {
    let mut at = range.start;
    while at < range.end {
        let chunk = view.chunk(at);
        let length = chunk.len().min(range.end.saturating_sub(at));
        let slots = bytes.get_mut(at..).unwrap_or_default();
        if length == 0 {
            break;
        }
        for (to, from) in slots.iter_mut().zip(chunk.iter().take(length)) {
            *to = *from;
        }
        at = at.saturating_add(length);
    }
}
