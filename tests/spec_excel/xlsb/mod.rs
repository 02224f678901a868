//! The cases of `spec/excel.md` §2.6 with the bytes of §2.3, and what else §2 says of binary
//! workbooks.

mod broken;
mod bytes;
mod cases;
mod formulas;
mod outside;
mod parts;

use std::time::{Duration, Instant};

use ddetect::{Carrier, Confidence, GapKind, Kind, Report, SkipReason, Trigger, Verdict};

use crate::support::excel::xlsb::{
    Workbook, formula, formula_cell, join, link_part, name_x, record, row, string_token, u32s, wide,
};
use crate::support::package::{Package, rels};
use crate::support::xlsx::{dde_link, external_link};
use crate::support::{self, analyze, dde, techniques, triples};
use crate::triple;

fn whole(report: &Report) {
    assert!(report.complete(), "{:#?}", report.gaps());
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}

/// §2.3, the bytes that Excel wrote.
fn written() -> Workbook {
    let link = unhex(
        "E802 26 0100 03000000 63006D006400 0B000000 2F0063002000630061006C0063002E00650078006500\
         C104 18 0A000000 5F0078006C00620067006E006D002E0041003100\
         CA04 07 02 75 00 00 00 00 01 CB04 00\
         C104 22 0F000000 53007400640044006F00630075006D0065006E0074004E0061006D006500\
         CA04 07 0A 75 00 00 00 00 01 CB04 00 CC04 00",
    );
    let cell = unhex("0B 1A 01000000 00000000 17 0000 07000000 59 0000 01000000 00000000");
    Workbook::new()
        .link(link, "")
        .cells(&join(&[&row(3), &cell]))
}
