//! Token streams by bytes: the table of `spec/excel.md` §3.6, its worked examples, what other
//! programs write, and broken streams.

mod hostile;
mod names;
mod tokens;
mod values;
mod written;

use super::*;
use crate::limits::Limits;

/// A workbook with three defined names, three external links and two sheets.
struct Workbook;

impl Names for Workbook {
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>> {
        let (book, name) = match (link, nth) {
            (0, 1) => (Some(1), "A1"),
            (0, 2) => (Some(1), "INDU Index,[x's]"),
            (1, 1) => (None, "_xlfn.WEBSERVICE"),
            (3, 1) => (None, "WEBSERVICE"),
            _ => return None,
        };
        Some(Outer { book, name })
    }

    fn name(&mut self, nth: u32) -> Option<&str> {
        match nth {
            1 => Some("Nm"),
            2 => Some("_xlfn.WEBSERVICE"),
            3 => Some("a\"b|'c'!d"),
            _ => None,
        }
    }

    fn sheet(&mut self, link: i32, tab: Option<u16>) -> Option<Outer<'_>> {
        let (book, name) = match (link, tab) {
            (0, _) => (None, "S1"),
            (1, None | Some(1)) => (None, "My [x] sheet"),
            (-2, Some(1)) => (None, "My sheet"),
            (2, _) => (Some(3), "It's"),
            _ => return None,
        };
        Some(Outer { book, name })
    }
}

/// What [`Workbook`] knows, always: names of the greatest length.
struct LongNames(String);

impl Names for LongNames {
    fn external(&mut self, _: i32, _: u32) -> Option<Outer<'_>> {
        Some(Outer {
            book: Some(1),
            name: &self.0,
        })
    }

    fn name(&mut self, _: u32) -> Option<&str> {
        Some(&self.0)
    }

    fn sheet(&mut self, _: i32, _: Option<u16>) -> Option<Outer<'_>> {
        Some(Outer {
            book: None,
            name: &self.0,
        })
    }
}

const ALL: [Dialect; 6] = [
    Dialect::Biff2,
    Dialect::Biff3,
    Dialect::Biff4,
    Dialect::Biff5,
    Dialect::Biff8,
    Dialect::Biff12,
];

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

fn rendered_by(names: &mut dyn Names, dialect: Dialect, rgce: &[u8], extra: &[u8]) -> Rendered {
    let limits = Limits::default();
    let stream = Stream {
        rgce,
        extra,
        dialect,
        encoding: encoding_rs::WINDOWS_1252,
    };
    render(&stream, names, &Budget::new(&limits, None)).unwrap()
}

fn rendered(dialect: Dialect, rgce: &[u8], extra: &[u8]) -> Rendered {
    rendered_by(&mut Workbook, dialect, rgce, extra)
}

/// The text of a stream that is in order.
fn text(dialect: Dialect, rgce: &str) -> String {
    let found = rendered(dialect, &bytes(rgce), &[]);
    assert_eq!(found.trouble, None, "{rgce}: {}", found.text);
    found.text
}
