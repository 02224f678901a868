//! What is looked for in the bytes of a part as they come, besides what they are.
//!
//! # Malformed input
//!
//! Any bytes do.
//!
//! # Worst cases
//!
//! One pass over each block; the end of the last one is held.

/// A look for what makes fields in a style sheet (`spec/word.md` §4.3), in any block of it.
#[derive(Default)]
pub(super) struct Style {
    pub(super) found: bool,
    /// The end of the last block, in lower case.
    seam: Vec<u8>,
}

/// Properties that make fields.
const PROPERTIES: [&[u8]; 2] = [b"mso-element", b"mso-field-code"];

impl Style {
    pub(super) fn feed(&mut self, block: &[u8]) {
        /// A property, less one letter.
        const SEAM: usize = 13;
        if self.found {
            return;
        }
        let mut lower = std::mem::take(&mut self.seam);
        lower.extend(block.iter().map(u8::to_ascii_lowercase));
        let mut properties = PROPERTIES.iter();
        self.found = properties.any(|name| memchr::memmem::find(&lower, name).is_some());
        lower.drain(..lower.len().saturating_sub(SEAM));
        self.seam = lower;
    }
}

/// A look for the name of the stream that holds an encrypted package, in any block.
#[derive(Default)]
pub(super) struct Locked {
    pub(super) found: bool,
    /// The end of the last block.
    seam: Vec<u8>,
}

impl Locked {
    pub(super) fn feed(&mut self, block: &[u8]) {
        /// `EncryptedPackage` in UTF-16.
        const NAME: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
        if self.found {
            return;
        }
        let head = block.get(..block.len().min(NAME.len())).unwrap_or_default();
        self.seam.extend_from_slice(head);
        let has = |bytes: &[u8]| memchr::memmem::find(bytes, NAME).is_some();
        self.found = has(&self.seam) || has(block);
        if block.len() >= NAME.len() {
            self.seam.clear();
            let last = block.len().saturating_sub(NAME.len());
            self.seam
                .extend_from_slice(block.get(last..).unwrap_or_default());
        }
        let more = self.seam.len().saturating_sub(NAME.len());
        self.seam.drain(..more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_across_blocks_are_found() {
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let bytes = [&[1; 50], &name[..], &[2; 50]].concat();
        for size in [1, 7, 32, 200] {
            let (mut locked, mut style) = (Locked::default(), Style::default());
            for block in bytes.chunks(size) {
                locked.feed(block);
                style.feed(block);
            }
            assert!(locked.found && !style.found, "{size}");
        }
        let mut locked = Locked::default();
        locked.feed(&name[1..]);
        assert!(!locked.found);
    }
}
