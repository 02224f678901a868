//! Documents that were met before in one analysis: what is the same is read once, and what holds
//! itself is not opened without end.
//!
//! The same is what would be read the same way: the bytes, the extension of the name, what was
//! declared, what is odd about the way there, the passwords known so far.
//!
//! # Worst cases
//!
//! One pass over the bytes of each document, which were paid for when they were decoded. Of more
//! than [`KEPT`] documents the later ones are not known again, and are read again.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::format::ledger::{Provenance, Role};
use crate::link::TechniqueId;

/// Documents that are known again: 40 bytes each and what a map takes, a third of a mebibyte.
const KEPT: usize = 4_096;

/// What stands for bytes and for what says how they are read.
pub(crate) type Print = [u8; 32];

/// The print of bytes.
pub(crate) fn digest(bytes: &[u8]) -> Print {
    Sha256::digest(bytes).into()
}

/// The print of a document: its bytes by their digest, the extension of its name, what was
/// declared for it, and what it is in the message that brings it.
pub(crate) fn print(digest: &Print, extension: Option<&str>, provenance: &Provenance) -> Print {
    let extension = extension.map(str::to_ascii_lowercase);
    let declared = provenance.declared.map(|format| format.as_str());
    let mut all = Sha256::new();
    all.update(digest);
    for text in [
        extension.as_deref(),
        declared,
        provenance.charset.as_deref(),
        provenance.media_type.as_deref(),
    ] {
        all.update([u8::from(text.is_some())]);
        all.update(text.unwrap_or_default());
        all.update([0]);
    }
    let role = provenance.role;
    all.update([role == Role::Attachment, role == Role::Body].map(u8::from));
    all.finalize().into()
}

/// The documents of one analysis, each with the lowest level at which it was read.
#[derive(Default)]
pub(crate) struct Seen {
    levels: BTreeMap<Print, u64>,
}

impl Seen {
    /// Whether the document was read before, at this level of nesting or nearer to the outside,
    /// where more of what it holds fits; notes that it is read now.
    pub(crate) fn again(
        &mut self,
        print: &Print,
        techniques: &[TechniqueId],
        passwords: usize,
        level: u64,
    ) -> bool {
        let mut all = Sha256::new();
        all.update(print);
        all.update(passwords.to_le_bytes());
        for technique in techniques {
            all.update(technique.as_str());
            all.update([0]);
        }
        let key: Print = all.finalize().into();
        if let Some(known) = self.levels.get_mut(&key) {
            let again = *known <= level;
            *known = level.min(*known);
            return again;
        }
        if self.levels.len() < KEPT {
            self.levels.insert(key, level);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identify::Format;

    #[test]
    fn what_is_read_another_way_is_another_document() {
        let plain = Provenance::default();
        let as_page = Provenance {
            declared: Some(Format::Html),
            ..Provenance::default()
        };
        let typed = Provenance {
            media_type: Some("text/html".to_owned()),
            ..Provenance::default()
        };
        let bytes = digest(b"a");
        let first = print(&bytes, Some("csv"), &plain);
        assert_eq!(first, print(&digest(b"a"), Some("CSV"), &plain));
        let others = [
            print(&digest(b"b"), Some("csv"), &plain),
            print(&bytes, Some("txt"), &plain),
            print(&bytes, None, &plain),
            print(&bytes, Some("csv"), &as_page),
            print(&bytes, Some("csv"), &typed),
        ];
        assert!(others.iter().all(|other| *other != first));

        let mut seen = Seen::default();
        let odd = [TechniqueId::Unreachable];
        assert!(!seen.again(&first, &[], 3, 2));
        assert!(seen.again(&first, &[], 3, 2));
        assert!(seen.again(&first, &[], 3, 3));
        // Nearer to the outside more of it may be read, and what else is known matters.
        assert!(!seen.again(&first, &[], 3, 1));
        assert!(!seen.again(&first, &odd, 3, 3));
        assert!(!seen.again(&first, &[], 4, 3));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut seen = Seen::default();
        for number in 0..2 * KEPT {
            let print = digest(&number.to_le_bytes());
            assert!(!seen.again(&print, &[], 0, 1));
        }
        assert_eq!(seen.levels.len(), KEPT);
        assert!(seen.again(&digest(&0usize.to_le_bytes()), &[], 0, 1));
        let last = digest(&(2 * KEPT - 1).to_le_bytes());
        assert!(!seen.again(&last, &[], 0, 1));
    }
}
