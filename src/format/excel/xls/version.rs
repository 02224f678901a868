//! The versions of the format, and substreams: what stands between `BOF` and `EOF`
//! (`spec/excel.md` §3.1).
//!
//! # Malformed input
//!
//! `EOF` without `BOF` changes nothing. Substreams in substreams are counted as deep as they go;
//! what is remembered of those beyond [`LEVELS`] is what is remembered of the last.
//!
//! A stream has one version, that of its first `BOF` (A.1). One with a `BOF` of another version is
//! read once as each of them ([`Substreams::others`]): no program writes it, and which of them a
//! program that is made to read it believes is not certain.

use std::collections::BTreeSet;

use super::records::Flow;
use crate::formula::ptg::Dialect;

/// `BOF` in BIFF2, BIFF3, BIFF4 and since BIFF5.
pub(super) const BOF: [u16; 4] = [0x0009, 0x0209, 0x0409, 0x0809];
pub(super) const EOF: u16 = 0x000a;

/// Substreams remembered; programs write two.
const LEVELS: usize = 256;
/// Types of substreams.
const GLOBALS: u16 = 0x0005;
const MACROS: u16 = 0x0040;
const WORKSPACE: u16 = 0x0100;
/// Bytes of a `BOF` since BIFF8.
const BIFF8: usize = 16;

/// A version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Biff2,
    Biff3,
    Biff4,
    /// BIFF5 and BIFF7.
    Biff5,
    Biff8,
}

impl Version {
    /// The language of its formulas.
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Version::Biff2 => Dialect::Biff2,
            Version::Biff3 => Dialect::Biff3,
            Version::Biff4 => Dialect::Biff4,
            Version::Biff5 => Dialect::Biff5,
            Version::Biff8 => Dialect::Biff8,
        }
    }
}

/// One substream.
#[derive(Clone, Debug)]
pub(super) struct Substream {
    /// A sheet of macros.
    pub(super) macros: bool,
    /// It belongs to the workbook as a whole.
    pub(super) globals: bool,
    /// Where its `BOF` stands.
    pub(super) at: usize,
    /// Its number among the sheets, from 0, by their order.
    pub(super) sheet: Option<u32>,
    /// External sheets before it, and in it so far.
    pub(super) before: u32,
    pub(super) own: u32,
    /// The number of its place, once it was asked for.
    pub(super) place: Option<usize>,
}

/// The substreams that are open.
pub(super) struct Substreams {
    open: Vec<Substream>,
    deeper: u64,
    sheets: u32,
    /// Whether any began.
    pub(super) begun: bool,
    /// The version that the stream is read as: that of the first one, if no other is wanted.
    version: Option<Version>,
    /// The versions that any of them says.
    said: BTreeSet<Version>,
    /// External sheets so far.
    external: u32,
    /// External sheets of the workbook as a whole: before, and so many.
    shared: (u32, u32),
}

impl Substreams {
    /// Those of a stream that is read as `version`, or as what its first `BOF` says.
    pub(super) fn new(version: Option<Version>) -> Self {
        Substreams {
            open: Vec::new(),
            deeper: 0,
            sheets: 0,
            begun: false,
            version,
            said: BTreeSet::new(),
            external: 0,
            shared: (0, 0),
        }
    }

    /// A record that begins or ends a substream; `false` for all others.
    pub(super) fn step(&mut self, id: u16, at: usize, length: usize, flow: &mut Flow<'_>) -> bool {
        if id == EOF {
            self.end();
            return true;
        }
        if !BOF.contains(&id) {
            return false;
        }
        let version = flow.u16().unwrap_or(0);
        let kind = flow.u16().unwrap_or(0);
        self.begin(version_of(id, version, length), kind, at);
        true
    }

    fn begin(&mut self, version: Version, kind: u16, at: usize) {
        self.begun = true;
        self.said.insert(version);
        self.version.get_or_insert(version);
        let globals = kind == GLOBALS || kind == WORKSPACE;
        let inside = self.open.iter().any(|outer| !outer.globals);
        let sheet = (!globals && !inside).then_some(self.sheets);
        if sheet.is_some() {
            self.sheets = self.sheets.saturating_add(1);
        }
        if self.open.len() >= LEVELS {
            self.deeper = self.deeper.saturating_add(1);
            return;
        }
        self.open.push(Substream {
            macros: kind == MACROS,
            globals,
            at,
            sheet,
            before: self.external,
            own: 0,
            place: None,
        });
    }

    fn end(&mut self) {
        if self.deeper > 0 {
            self.deeper = self.deeper.saturating_sub(1);
        } else if let Some(ended) = self.open.pop()
            && ended.globals
        {
            self.shared = (ended.before, ended.own);
        }
    }

    /// The substream of the sheet that is open: not the chart in it.
    pub(super) fn sheet(&mut self) -> Option<&mut Substream> {
        let outer = self.open.iter().position(|open| open.sheet.is_some());
        let at = outer.or(self.open.len().checked_sub(1));
        at.and_then(|at| self.open.get_mut(at))
    }

    /// Whether macro functions work here.
    pub(super) fn macros(&self) -> bool {
        self.open.iter().any(|open| open.macros)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn version(&self) -> Version {
        self.version.unwrap_or(Version::Biff8)
    }

    /// The versions that the stream says besides the one that it is read as.
    pub(super) fn others(&self) -> Vec<Version> {
        let read = self.version();
        self.said
            .iter()
            .copied()
            .filter(|said| *said != read)
            .collect()
    }

    /// An `EXTERNSHEET` record of a version in which each is one link: gives its number, from 1.
    pub(super) fn external_sheet(&mut self) -> u32 {
        self.external = self.external.saturating_add(1);
        if let Some(here) = self.open.last_mut() {
            here.own = here.own.saturating_add(1);
        }
        self.external
    }

    /// The number, among those of the stream, of the external sheet that is the `nth` here. A
    /// substream without any uses those of the workbook, and if that has none, all.
    pub(super) fn external_number(&self, nth: u32) -> Option<u32> {
        let here = self.open.last();
        let (before, own) = here.map_or((0, self.external), |here| (here.before, here.own));
        let (before, own) = match own {
            0 if self.shared.1 > 0 => self.shared,
            0 => (0, self.external),
            _ => (before, own),
        };
        (nth >= 1 && nth <= own).then(|| before.saturating_add(nth))
    }
}

/// The version that a `BOF` record says.
fn version_of(id: u16, version: u16, length: usize) -> Version {
    match (id, version) {
        (0x0009, _) | (_, 0x0200) => Version::Biff2,
        (0x0209, _) | (_, 0x0300) => Version::Biff3,
        (0x0409, _) | (_, 0x0400) => Version::Biff4,
        (_, 0x0500) => Version::Biff5,
        (_, 0x0600) => Version::Biff8,
        (_, _) if length < BIFF8 => Version::Biff5,
        (_, _) => Version::Biff8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_in_a_sheet_is_no_sheet() {
        let mut streams = Substreams::new(None);
        streams.begin(Version::Biff8, GLOBALS, 0);
        streams.end();
        streams.begin(Version::Biff8, 0x10, 10);
        assert_eq!(streams.sheet().unwrap().sheet, Some(0));
        streams.begin(Version::Biff8, 0x20, 20);
        assert_eq!(streams.sheet().unwrap().at, 10);
        assert_eq!(streams.open.last().unwrap().sheet, None);
        streams.end();
        streams.end();
        streams.begin(Version::Biff8, 0x40, 30);
        assert_eq!(streams.sheet().unwrap().sheet, Some(1));
        assert!(streams.macros());
        streams.end();
        streams.end();
        assert!(!streams.is_open() && streams.begun);
    }

    #[test]
    fn external_sheets_belong_to_their_substream() {
        let mut streams = Substreams::new(None);
        streams.begin(Version::Biff5, GLOBALS, 0);
        assert_eq!(streams.external_sheet(), 1);
        streams.end();
        streams.begin(Version::Biff5, 0x10, 10);
        // None of its own: those of the workbook.
        assert_eq!(streams.external_number(1), Some(1));
        assert_eq!(streams.external_sheet(), 2);
        assert_eq!(streams.external_sheet(), 3);
        assert_eq!(streams.external_number(1), Some(2));
        assert_eq!(streams.external_number(2), Some(3));
        assert_eq!(streams.external_number(3), None);
        assert_eq!(streams.external_number(0), None);
    }

    #[test]
    fn any_depth_is_counted() {
        let mut streams = Substreams::new(None);
        for at in 0..1_000 {
            streams.begin(Version::Biff8, 0x10, at);
        }
        for _ in 0..999 {
            streams.end();
        }
        assert!(streams.is_open());
        streams.end();
        assert!(!streams.is_open());
        streams.end();
    }

    #[test]
    fn versions_by_number_then_by_length() {
        assert_eq!(version_of(0x0009, 2, 4), Version::Biff2);
        assert_eq!(version_of(0x0809, 0x0500, 8), Version::Biff5);
        assert_eq!(version_of(0x0809, 0x0600, 16), Version::Biff8);
        assert_eq!(version_of(0x0809, 0x1234, 16), Version::Biff8);
        assert_eq!(version_of(0x0809, 0x1234, 8), Version::Biff5);
    }
}
