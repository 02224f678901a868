//! Binary workbooks of every version (`spec/excel.md` §3), with the exact values of its tables, and
//! the ordinary ones that must stay silent.

mod broken;
mod bytes;
mod cases;
mod encrypted;
mod formulas;
mod links;
mod queries;
mod versions;

use std::io::{Cursor, Write as _};

use ddetect::{
    Carrier, Confidence, Format, GapKind, Kind, Report, Severity, SkipReason, Trigger, Verdict,
};

use crate::support::excel::biff5;
use crate::support::excel::biff8::{
    GLOBALS, MACRO, SHEET, WORKED, WORKED_CELL, bof, bound_sheet, bound_sheet_at, eof, extern_name,
    extern_sheet, formula, name_x, record, stream as workbook, stream_of, supbook,
};
use crate::support::{analyze, dde, techniques, triples};
use crate::{image, only, triple};

/// A compound file with sectors of 4096 bytes.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// The targets of links that are no DDE.
fn targets(report: &Report) -> Vec<&str> {
    let found = report.findings().iter();
    found.filter_map(|f| f.target.as_deref()).collect()
}

#[track_caller]
fn assert_silent(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.findings().is_empty(), "{report:#?}");
    assert!(report.gaps().is_empty(), "{report:#?}");
}

/// The stream of appendix B4, with this text in front of the item.
fn old(text: &str) -> Vec<u8> {
    let mut sheet = vec![text.len() as u8];
    sheet.extend(text.bytes());
    [
        biff5::bof(GLOBALS),
        record(0x16, b"\x01\0"),
        record(0x17, &sheet),
        record(0x23, b"\xe2\x7f\0\0\0\0\x02A1"),
        eof(),
    ]
    .concat()
}
