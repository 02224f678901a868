//! A binary workbook around a payload: its links, and one formula that uses them.

use super::super::payload::Link;
use super::super::tokens::{Dialect, Token, rgce};
use super::{
    BRT_NAME, FORMULA_ERROR, Framing, ROW_HEADER, Workbook, cell, dde_part_of, formula, framed,
    join, row_header, u32s, wide,
};
use crate::support::package::{Package, content_types};

/// Where a formula with links stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Cell B4.
    Cell,
    Name,
    Shared,
    Array,
    ConditionalFormat,
    Validation,
    Nowhere,
}

/// A workbook under construction.
#[derive(Clone, Debug)]
pub struct Xlsb {
    pub links: Vec<Link>,
    pub tokens: Vec<Token>,
    pub place: Place,
    pub framing: Framing,
    pub sbt: u16,
    /// 0 visible, 1 hidden, 2 very hidden.
    pub state: u32,
    /// Records around the link, of a pair that readers may not skip.
    pub wrap: Option<(u16, u16)>,
    /// No relationship leads to the link parts.
    pub orphan: bool,
}

const CONTENT: &str = "application/vnd.ms-excel";

/// An absent text, or no sheet.
const NULL: [u8; 4] = [0xff; 4];

/// Name of a link part.
fn name(number: usize) -> String {
    format!("externalLinks/externalLink{number}.bin")
}

impl Xlsb {
    pub fn new(links: &[Link], tokens: &[Token]) -> Self {
        Xlsb {
            links: links.to_vec(),
            tokens: tokens.to_vec(),
            place: Place::Cell,
            framing: Framing::Shortest,
            sbt: 1,
            state: 0,
            wrap: None,
            orphan: false,
        }
    }

    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    fn record(&self, id: u16, body: &[u8]) -> Vec<u8> {
        framed(id, body, self.framing)
    }

    fn formula(&self) -> Vec<u8> {
        formula(&rgce(&self.tokens, Dialect::Biff12, &|link| {
            u16::try_from(link).unwrap()
        }))
    }

    /// A defined name.
    fn names(&self) -> Vec<u8> {
        if self.place != Place::Name {
            return Vec::new();
        }
        let body = join(&[&[0; 5], &NULL, &wide("rate"), &self.formula(), &NULL]);
        self.record(BRT_NAME, &body)
    }

    /// Row 4 and what stands in it.
    fn rows(&self) -> Vec<u8> {
        let mut bytes = self.record(ROW_HEADER, &row_header(3));
        // Rows 4 to 4, column B.
        let range = u32s(&[3, 3, 1, 1]);
        // PtgExp with the row, and the column behind the tokens.
        let exp = join(&[&u32s(&[5]), &[0x01, 3, 0, 0, 0], &u32s(&[4, 1])]);
        match self.place {
            Place::Cell => bytes.extend(self.record(FORMULA_ERROR, &cell(1, &self.formula()))),
            Place::Array => {
                bytes.extend(self.record(FORMULA_ERROR, &cell(1, &exp)));
                let body = join(&[&range, &[0], &self.formula()]);
                bytes.extend(self.record(426, &body));
            }
            Place::Shared => {
                bytes.extend(self.record(FORMULA_ERROR, &cell(1, &exp)));
                bytes.extend(self.record(427, &join(&[&range, &self.formula()])));
            }
            _ => {}
        }
        bytes
    }

    /// Formats and validations.
    fn after(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // UncheckedSqRfX of one range.
        let ranges = u32s(&[1, 3, 3, 1, 1]);
        if self.place == Place::ConditionalFormat {
            bytes.extend(self.record(461, &join(&[&u32s(&[1, 0]), &ranges])));
            // BrtBeginCFRule: type 2 (expression), template, format, priority, parameter, two
            // reserved, flags, the sizes of three formulas, an absent text, the formulas.
            let formula = self.formula();
            let size = u32::try_from(formula.len() - 8).unwrap();
            let rule = join(&[
                &u32s(&[2, 0, 0, 1, 0, 0, 0]),
                &[0, 0],
                &u32s(&[size, 0, 0]),
                &NULL,
                &formula,
            ]);
            bytes.extend(self.record(463, &rule));
            bytes.extend(self.record(464, &[]));
            bytes.extend(self.record(462, &[]));
        }
        if self.place == Place::Validation {
            let titles = NULL.repeat(4);
            let head = u32s(&[0x0100_0007]);
            let body = join(&[&head, &ranges, &titles, &self.formula(), &[0; 8]]);
            bytes.extend(self.record(573, &[0; 18]));
            bytes.extend(self.record(64, &body));
            bytes.extend(self.record(574, &[]));
        }
        bytes
    }

    /// The link part of one link.
    fn part(&self, link: &Link) -> Vec<u8> {
        let part = dde_part_of(link, self.sbt, self.framing);
        match self.wrap {
            Some((begin, end)) => {
                let head = self.record(begin, &[0; 4]);
                [head, part, self.record(end, &[])].concat()
            }
            None => part,
        }
    }

    pub fn workbook(&self) -> Workbook {
        let mut workbook = Workbook::new()
            .names(&self.names())
            .cells(&self.rows())
            .after(&self.after());
        workbook.framing = self.framing;
        workbook.without_self = true;
        workbook.state = self.state;
        for (number, link) in (1..).zip(&self.links) {
            let part = self.part(link);
            workbook = match self.orphan {
                true => workbook.part(&format!("xl/{}", name(number)), part),
                false => workbook.link(part, ""),
            };
        }
        workbook
    }

    /// Each part that is led to has a content type.
    pub fn package(&self) -> Package {
        let mut types = vec![
            (
                "/xl/workbook.bin".to_owned(),
                format!("{CONTENT}.sheet.binary.macroEnabled.main"),
            ),
            (
                "/xl/worksheets/sheet1.bin".to_owned(),
                format!("{CONTENT}.worksheet"),
            ),
        ];
        let linked = if self.orphan { 0 } else { self.links.len() };
        for number in 1..=linked {
            let part = format!("/xl/{}", name(number));
            types.push((part, format!("{CONTENT}.externalLink")));
        }
        let types: Vec<_> = types
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        self.workbook()
            .package()
            .part("[Content_Types].xml", content_types(&types))
    }

    pub fn build(&self) -> Vec<u8> {
        self.package().build()
    }
}
