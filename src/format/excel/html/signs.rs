//! Whether a page is Excel's (`spec/excel.md` §6.2): only its name or what it says of itself makes
//! Excel open it. A page about formulas looks the same otherwise.
//!
//! # Worst cases
//!
//! Linear in the tags; nothing is held.

use std::borrow::Cow;

use crate::markup::html::{Tag, resolve, unicode};

/// What a page says of the program that it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) excel: bool,
    /// Word or Writer wrote it.
    pub(super) writer: bool,
}

impl Signs {
    /// Notes what a tag says.
    pub(super) fn tag(&mut self, tag: &Tag<'_>) {
        if self.excel {
            return;
        }
        let is_excel = |name: &[u8]| {
            matches!(name, [b'x' | b'X', b':', _, ..]) || name.eq_ignore_ascii_case(b"fmla")
        };
        self.excel = is_excel(tag.name);
        let meta = tag.name.eq_ignore_ascii_case(b"meta");
        for (name, value) in tag.attributes() {
            let space = starts_with(name, b"xmlns");
            self.excel |= is_excel(name);
            if !(space || meta) {
                continue;
            }
            let value = plain(value);
            self.excel |= space && value.contains("office:excel");
            if meta && name.eq_ignore_ascii_case(b"content") {
                self.excel |= value.contains("excel");
                self.writer |= value.contains("word.document")
                    || value.contains("microsoft word")
                    || value.contains("libreoffice")
                    || value.contains("openoffice");
            }
        }
    }

    /// Whether another program opens the page. `named` is what the names of it say.
    pub(super) fn are_foreign(self, named: Option<bool>) -> bool {
        !self.excel && !named.unwrap_or(!self.writer)
    }
}

/// Whether the page says in front of it which program it is for.
pub(super) fn are_declared(page: &[u8]) -> bool {
    let mark = memchr::memmem::find(page, b"mso-application");
    let rest = mark.and_then(|at| page.get(at..)).unwrap_or_default();
    let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
    let said = rest.get(..end.min(256)).unwrap_or_default();
    memchr::memmem::find(&said.to_ascii_lowercase(), b"excel").is_some()
}

fn starts_with(name: &[u8], start: &[u8]) -> bool {
    name.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn plain(value: &[u8]) -> String {
    let value: Cow<'_, str> = unicode(value);
    resolve(&value).0.to_ascii_lowercase()
}
