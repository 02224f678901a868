//! Defined names: `NAME`, called `Lbl`, too (`spec/excel.md` §3.7).
//!
//! # Malformed input
//!
//! A name has the characters that are there.

use encoding_rs::Encoding;

use super::records::Flow;
use super::strings;
use super::version::Version;
use crate::format::excel::xlsx::runs_at_opening;

/// The name is a number that stands for one that every workbook may have.
const BUILT_IN: u16 = 0x0020;
/// These names ([MS-XLS] 2.5.66).
const NAMES: &[&str] = &[
    "Consolidate_Area",
    "Auto_Open",
    "Auto_Close",
    "Extract",
    "Database",
    "Criteria",
    "Print_Area",
    "Print_Titles",
    "Recorder",
    "Data_Form",
    "Auto_Activate",
    "Auto_Deactivate",
    "Sheet_Title",
    "_FilterDatabase",
];

/// A defined name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    text: String,
    built_in: Option<&'static str>,
    /// Bytes of its formula, which come next.
    pub(super) formula: usize,
}

impl Name {
    /// The name as people write it.
    pub(super) fn shown(&self) -> String {
        self.built_in
            .map_or_else(|| self.text.clone(), str::to_owned)
    }

    /// Whether it is that of a macro that runs when the workbook is opened.
    pub(super) fn opens(&self) -> bool {
        runs_at_opening(&self.shown())
    }
}

/// Reads a record up to its formula.
pub(super) fn read(
    flow: &mut Flow<'_>,
    version: Version,
    encoding: &'static Encoding,
) -> Option<Name> {
    let mut flags = 0u16;
    if version == Version::Biff2 {
        // Flags, whether it is a macro, key.
        flow.skip(3);
    } else {
        flags = flow.u16()?;
        flow.byte()?;
    }
    let count = usize::from(flow.byte()?);
    let formula = if version == Version::Biff2 {
        usize::from(flow.byte()?)
    } else {
        usize::from(flow.u16()?)
    };
    if version >= Version::Biff5 {
        // External sheet, sheet, lengths of four texts.
        flow.skip(8);
    }
    let text = if version == Version::Biff8 {
        strings::without_length(flow, count).unwrap_or_default()
    } else {
        let mut bytes = Vec::new();
        flow.take(count, &mut bytes);
        strings::decode(&bytes, encoding)
    };
    let code = text.chars().next().map(u32::from);
    let built_in = code
        .filter(|_| flags & BUILT_IN != 0)
        .and_then(|code| NAMES.get(usize::try_from(code).ok()?))
        .copied();
    Some(Name {
        text,
        built_in,
        formula,
    })
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::*;
    use crate::container::cfb::View;

    fn name(version: Version, body: &[u8]) -> (Name, Vec<u8>) {
        let mut record = vec![0x18, 0];
        record.extend((body.len() as u16).to_le_bytes());
        record.extend(body);
        let view = View::from(record.as_slice());
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        let mut flow = records.open(record);
        let name = read(&mut flow, version, encoding_rs::WINDOWS_1252).unwrap();
        let mut formula = Vec::new();
        flow.take(name.formula, &mut formula);
        (name, formula)
    }

    #[test]
    fn every_version_has_its_header() {
        let (found, formula) = name(Version::Biff8, b"\0\0\0\x02\x01\0\0\0\0\0\0\0\0\0\0ab\x1e");
        assert_eq!(
            (found.shown().as_str(), formula.as_slice()),
            ("ab", &b"\x1e"[..])
        );
        let (found, formula) = name(Version::Biff5, b"\0\0\0\x02\x01\0\0\0\0\0\0\0\0\0ab\x1e");
        assert_eq!(
            (found.shown().as_str(), formula.as_slice()),
            ("ab", &b"\x1e"[..])
        );
        let (found, formula) = name(Version::Biff3, b"\0\0\0\x02\x01\0ab\x1e");
        assert_eq!(
            (found.shown().as_str(), formula.as_slice()),
            ("ab", &b"\x1e"[..])
        );
        let (found, formula) = name(Version::Biff2, b"\0\0\0\x02\x01ab\x1e\x01");
        assert_eq!(
            (found.shown().as_str(), formula.as_slice()),
            ("ab", &b"\x1e"[..])
        );
    }

    #[test]
    fn built_in_names_are_numbers() {
        let (found, _) = name(Version::Biff8, b"\x20\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01");
        assert_eq!(found.shown(), "Auto_Open");
        assert!(found.opens());
        // The same number as text is a name like any other.
        let (found, _) = name(Version::Biff8, b"\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01");
        assert!(!found.opens());
        let (found, _) = name(
            Version::Biff8,
            b"\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0AUTO_OPEN1",
        );
        assert!(found.opens());
    }
}
