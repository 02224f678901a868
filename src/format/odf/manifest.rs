//! What of a package is encrypted: `manifest:encryption-data` (`spec/excel.md` §7.4).

use std::collections::BTreeMap;

use crate::markup::xml::Tag;

/// Schemes that are told apart, and entries that are named of each.
const NAMED: usize = 8;
/// Characters of a name that are kept.
const NAME: usize = 128;

/// The encrypted entries of a package.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// The entry that began last, and whether it is encrypted.
    entry: String,
    pending: bool,
    scheme: Option<String>,
    key: Option<String>,
    /// Of the part that is read: names and the number of them, by scheme.
    open: BTreeMap<String, (Vec<String>, u64)>,
    all: Vec<(usize, String, String)>,
}

impl Manifest {
    pub(super) fn begin_part(&mut self) {
        *self = Manifest {
            all: std::mem::take(&mut self.all),
            ..Manifest::default()
        };
    }

    pub(super) fn enter(&mut self, tag: &Tag<'_>) {
        let short = |name: &str| -> Option<String> {
            let value = tag.attribute(name)?;
            // `http://www.w3.org/2001/04/xmlenc#aes256-cbc` is known as `aes256-cbc`.
            let value = value.rsplit(['#', '/']).next().unwrap_or_default();
            Some(value.chars().take(NAME).collect())
        };
        match tag.name.local {
            "file-entry" => {
                self.settle();
                let name = tag.attribute("full-path").unwrap_or_default();
                self.entry = name.chars().take(NAME).collect();
            }
            "encryption-data" => self.pending = true,
            "algorithm" if self.pending => self.scheme = short("algorithm-name"),
            "key-derivation" if self.pending => self.key = short("key-derivation-name"),
            _ => {}
        }
    }

    pub(super) fn end_part(&mut self, part: usize) {
        self.settle();
        for (scheme, (names, count)) in std::mem::take(&mut self.open) {
            let more = count.saturating_sub(u64::try_from(names.len()).unwrap_or(u64::MAX));
            let mut names = names.join(", ");
            if more > 0 {
                names.push_str(&format!(" and {more} more"));
            }
            let known = self.all.iter().any(|(_, s, n)| *s == scheme && *n == names);
            if !known && self.all.len() < NAMED {
                self.all.push((part, scheme, names));
            }
        }
    }

    /// The entry that is open is over.
    fn settle(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        let (scheme, key) = (self.scheme.take(), self.key.take());
        if !std::mem::take(&mut self.pending) {
            return;
        }
        let words: Vec<String> = scheme.into_iter().chain(key).collect();
        let scheme = if words.is_empty() {
            "OpenDocument encryption".to_owned()
        } else {
            format!("OpenDocument encryption ({})", words.join(", "))
        };
        // One more scheme than are told apart is counted with the last.
        if self.open.len() >= NAMED && !self.open.contains_key(&scheme) {
            return;
        }
        let (names, count) = self.open.entry(scheme).or_default();
        *count = count.saturating_add(1);
        if names.len() < NAMED {
            names.push(entry);
        }
    }

    /// The part of the manifest, the scheme and the names of what is encrypted.
    pub(super) fn encrypted(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.all
            .iter()
            .map(|(part, scheme, names)| (*part, scheme.as_str(), names.as_str()))
    }
}
