//! Encrypted presentations in clear ([MS-PPT] 2.3.7): every object that the directory lists is
//! encrypted as one block, with a key of its number.
//!
//! # Malformed input
//!
//! An entry of the directory that leads to no object which a presentation has is left out. Of
//! objects that overlap the first is decrypted, and that is said.
//!
//! # Worst cases
//!
//! Linear in the stream, of which a copy is held, and in the directory; an entry costs a key, and is
//! charged for it. The directories of [`EDITS`] edits are read: an encrypted presentation has one.

use std::sync::Arc;

use super::Edit;
use super::records::kind;
use crate::container::cfb::View;
use crate::container::crypt::Cipher;
use crate::container::crypt::rc4::{self, Secret, Stretch};
use crate::container::{Coding, Enciphered};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// Edits whose directories are read.
const EDITS: usize = 16;
/// Bytes of the header of a record.
const HEADER: usize = 8;
/// `UserEditAtom`, `PersistDirectoryAtom`, `CryptSession10Container` ([MS-PPT] 2.13.24).
const USER_EDIT: u16 = 0x0ff5;
const DIRECTORY: u16 = 0x1772;
const SESSION: u16 = 0x2f14;
/// Objects that a directory lists besides the document and the storages: slides, notes, masters,
/// handouts.
const LISTED: [u16; 4] = [0x03ee, 0x03f0, 0x03f8, 0x0fc9];
/// What an entry of the directory costs in memory, and in time as bytes read.
const ENTRY: u64 = 32;
const KEY: u64 = 512;
/// Bytes of the session that are read: the longest has the name of a provider in it.
const LONGEST: usize = 1_024;

/// An encrypted presentation that a password opened.
pub(super) struct Opened {
    secret: Secret,
    pub(super) technique: TechniqueId,
    /// Where each object begins, and its number; in order.
    objects: Vec<(usize, u32)>,
    charged: u64,
    /// Objects overlap.
    pub(super) overlaps: bool,
}

impl Opened {
    /// Tries the passwords on what an edit leads to.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    pub(super) fn find(
        view: &View<'_>,
        edit: &Edit,
        passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<Self>, Exhausted> {
        let mut objects = Vec::new();
        let mut charged = 0;
        let found = session(view, edit, &mut objects, &mut charged, budget)
            .and_then(|info| rc4::open(&info, passwords, budget));
        if let Ok(Some((secret, technique))) = found {
            objects.sort_unstable();
            objects.dedup();
            return Ok(Some(Opened {
                secret,
                technique,
                objects,
                charged,
                overlaps: false,
            }));
        }
        budget.release_live(charged);
        found.map(|_| None)
    }

    /// A copy of the stream with its objects decrypted.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    pub(super) fn clear(
        &mut self,
        view: &View<'_>,
        budget: &Budget<'_>,
    ) -> Result<View<'static>, Exhausted> {
        let mut bytes = view.copy(0..view.length(), budget)?;
        let mut done = 0;
        let mut cleared = Vec::new();
        for (at, number) in std::mem::take(&mut self.objects) {
            if let Err(cause) = budget.charge_decoded(KEY) {
                budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                return Err(cause);
            }
            let Some(mut header) = view.array::<HEADER>(at) else {
                continue;
            };
            self.stretch(number, 0).apply(&mut header);
            let [_, _, c, d, e, f, g, h] = header;
            let kind = u16::from_le_bytes([c, d]);
            let length = usize::try_from(u32::from_le_bytes([e, f, g, h])).unwrap_or(usize::MAX);
            let known = matches!(kind, kind::DOCUMENT | kind::EX_OLE_OBJ_STG);
            if !known && !LISTED.contains(&kind) {
                continue;
            }
            if at < done {
                self.overlaps = true;
                continue;
            }
            let end = at.saturating_add(HEADER).saturating_add(length);
            let end = end.min(bytes.len());
            if let Some(object) = bytes.get_mut(at..end) {
                self.stretch(number, 0).apply(object);
            }
            done = end;
            cleared.push((at, number));
        }
        self.objects = cleared;
        Ok(View::holding(bytes))
    }

    /// How the bytes from `at` on are coded in the stream as it stands; `None` where nothing is
    /// encrypted.
    pub(super) fn coding(&self, at: usize, deflated: bool) -> Option<Coding> {
        let next = self.objects.partition_point(|(start, _)| *start <= at);
        let (start, number) = self.objects.get(next.checked_sub(1)?)?;
        let cipher = Cipher::Rc4(self.stretch(*number, at.saturating_sub(*start)));
        Some(Coding::Enciphered(Arc::new(Enciphered {
            cipher,
            deflated,
            length: None,
        })))
    }

    /// The key stream of an object, from a byte on.
    fn stretch(&self, number: u32, at: usize) -> Stretch {
        Stretch {
            secret: self.secret.clone(),
            size: usize::MAX,
            first: number,
            at,
        }
    }

    /// Gives the memory back to the account.
    pub(super) fn close(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// What the session of the encryption says, with the objects that the directories list.
fn session(
    view: &View<'_>,
    edit: &Edit,
    objects: &mut Vec<(usize, u32)>,
    charged: &mut u64,
    budget: &Budget<'_>,
) -> Result<Vec<u8>, Exhausted> {
    let mut at = edit.offset;
    let mut wanted = None;
    for _ in 0..EDITS {
        let word = |offset: usize| view.u32(at.saturating_add(offset));
        if view.u16(at.saturating_add(2)) != Some(USER_EDIT) {
            break;
        }
        // [MS-PPT] 2.3.3: the edit before, the directory, and the number of the session.
        let (before, directory) = (word(16), word(20));
        wanted = wanted.or(word(36));
        if let Some(directory) = directory.and_then(|at| usize::try_from(at).ok()) {
            list(view, directory, objects, charged, budget)?;
        }
        match before.and_then(|at| usize::try_from(at).ok()) {
            Some(before) if before > 0 && before < at => at = before,
            Some(_) | None => break,
        }
    }
    let place = objects.iter().find(|(_, number)| Some(*number) == wanted);
    let Some((at, _)) = place.copied() else {
        return Ok(Vec::new());
    };
    if view.u16(at.saturating_add(2)) != Some(SESSION) {
        return Ok(Vec::new());
    }
    let body = at.saturating_add(HEADER);
    let bytes = (body..body.saturating_add(LONGEST)).map_while(|at| view.array::<1>(at));
    Ok(bytes.flatten().collect())
}

/// Adds what a `PersistDirectoryAtom` lists ([MS-PPT] 2.3.4): runs of numbers, each with the places
/// of its objects.
fn list(
    view: &View<'_>,
    at: usize,
    objects: &mut Vec<(usize, u32)>,
    charged: &mut u64,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    if view.u16(at.saturating_add(2)) != Some(DIRECTORY) {
        return Ok(());
    }
    let length = view.u32(at.saturating_add(4)).unwrap_or(0);
    let mut at = at.saturating_add(HEADER);
    let end = at.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    let next = |at: &mut usize| {
        let word = view.u32(*at).filter(|_| *at < end)?;
        *at = at.saturating_add(4);
        Some(word)
    };
    while let Some(run) = next(&mut at) {
        for number in (run & 0xf_ffff..).take(usize::try_from(run >> 20).unwrap_or(0)) {
            let Some(place) = next(&mut at) else { break };
            budget.charge_live(ENTRY)?;
            *charged = charged.saturating_add(ENTRY);
            objects.push((usize::try_from(place).unwrap_or(usize::MAX), number));
        }
    }
    Ok(())
}
