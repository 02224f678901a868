//! Binary workbooks from records that tests write one by one (`spec/excel.md` §2).

use super::package::{Package, rels};

/// A record: type, size, payload.
pub fn record(id: u16, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if id < 0x80 {
        out.push(id as u8);
    } else {
        out.extend([(id & 0x7f) as u8 | 0x80, (id >> 7) as u8]);
    }
    let mut size = payload.len();
    loop {
        let low = (size & 0x7f) as u8;
        size >>= 7;
        if size == 0 {
            out.push(low);
            break;
        }
        out.push(low | 0x80);
    }
    out.extend(payload);
    out
}

/// `XLWideString`.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u32).to_le_bytes().to_vec();
    out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    out
}

pub fn join(pieces: &[&[u8]]) -> Vec<u8> {
    pieces.concat()
}

pub fn u32s(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A token stream with its lengths.
pub fn formula(rgce: &[u8]) -> Vec<u8> {
    join(&[&u32s(&[rgce.len() as u32]), rgce, &u32s(&[0])])
}

/// `PtgNameX`: a number of the table of links, and which name (from 1).
pub fn name_x(link: u16, nth: u32) -> Vec<u8> {
    join(&[&[0x59], &link.to_le_bytes(), &nth.to_le_bytes()])
}

/// `PtgStr`.
pub fn string_token(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    join(&[&[0x17], &(units.len() as u16 / 2).to_le_bytes(), &units])
}

/// A link part of this kind with these items (name and flags).
pub fn link_part(kind: u16, first: &str, second: &str, items: &[(&str, u16)]) -> Vec<u8> {
    let mut out = record(
        360,
        &join(&[&kind.to_le_bytes(), &wide(first), &wide(second)]),
    );
    for (name, flags) in items {
        out.extend(record(577, &wide(name)));
        out.extend(record(
            586,
            &join(&[&flags.to_le_bytes(), &[0, 0, 0, 0, 1]]),
        ));
        out.extend(record(587, b""));
    }
    out.extend(record(588, b""));
    out
}

/// A cell with an error for a value and this formula, in this column (from 0).
pub fn formula_cell(column: u32, rgce: &[u8]) -> Vec<u8> {
    record(
        11,
        &join(&[&u32s(&[column, 0]), &[0x17, 0, 0], &formula(rgce)]),
    )
}

/// A row (from 0).
pub fn row(row: u32) -> Vec<u8> {
    let rest = [0; 13];
    record(0, &join(&[&u32s(&[row, 0]), &rest]))
}

/// A binary workbook with one sheet, `Tabelle1`.
#[derive(Clone, Default)]
pub struct Workbook {
    /// Hidden state of the sheet.
    pub state: u32,
    /// Records in the workbook behind its sheets.
    pub names: Vec<u8>,
    /// Link parts, with their relationships.
    pub links: Vec<(Vec<u8>, String)>,
    /// Records inside the sheet's data.
    pub rows: Vec<u8>,
    /// Records of the sheet behind its data.
    pub after: Vec<u8>,
    pub more_parts: Vec<(String, Vec<u8>)>,
    /// What else the workbook's relationships say.
    pub more_rels: Vec<(&'static str, &'static str, &'static str)>,
}

impl Workbook {
    pub fn new() -> Self {
        Workbook::default()
    }

    pub fn dde(self, service: &str, topic: &str, items: &[(&str, u16)]) -> Self {
        self.link(link_part(1, service, topic, items), "")
    }

    pub fn link(mut self, part: Vec<u8>, rels: &str) -> Self {
        self.links.push((part, rels.to_owned()));
        self
    }

    pub fn cells(mut self, records: &[u8]) -> Self {
        self.rows.extend(records);
        self
    }

    pub fn after(mut self, records: &[u8]) -> Self {
        self.after.extend(records);
        self
    }

    pub fn names(mut self, records: &[u8]) -> Self {
        self.names.extend(records);
        self
    }

    pub fn part(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.more_parts.push((name.to_owned(), bytes));
        self
    }

    fn main(&self) -> Vec<u8> {
        let mut out = record(131, b"");
        out.extend(record(143, b""));
        let sheet = join(&[&u32s(&[self.state, 1]), &wide("rId1"), &wide("Tabelle1")]);
        out.extend(record(156, &sheet));
        out.extend(record(144, b""));
        if !self.links.is_empty() {
            out.extend(record(353, b""));
            out.extend(record(357, b""));
            let mut numbers = u32s(&[self.links.len() as u32]);
            for at in 0..self.links.len() as u32 {
                out.extend(record(355, &wide(&format!("rId{}", at + 10))));
                numbers.extend(u32s(&[at + 1, -2_i32 as u32, -2_i32 as u32]));
            }
            out.extend(record(362, &numbers));
            out.extend(record(354, b""));
        }
        out.extend(&self.names);
        out.extend(record(132, b""));
        out
    }

    fn sheet(&self) -> Vec<u8> {
        join(&[
            &record(129, b""),
            &record(145, b""),
            &self.rows,
            &record(146, b""),
            &self.after,
            &record(130, b""),
        ])
    }

    pub fn package(&self) -> Package {
        let ids: Vec<(String, String)> = (0..self.links.len())
            .map(|at| {
                let part = format!("externalLinks/externalLink{}.bin", at + 1);
                (format!("rId{}", at + 10), part)
            })
            .collect();
        let mut relationships = vec![("rId1", "worksheet", "worksheets/sheet1.bin", false)];
        for (id, part) in &ids {
            relationships.push((id, "externalLink", part, false));
        }
        for (id, kind, target) in &self.more_rels {
            relationships.push((id, kind, target, false));
        }
        let mut package = Package::empty()
            .part("[Content_Types].xml", TYPES)
            .part(
                "_rels/.rels",
                rels(&[("rId1", "officeDocument", "xl/workbook.bin", false)]),
            )
            .part("xl/workbook.bin", self.main())
            .part("xl/_rels/workbook.bin.rels", rels(&relationships))
            .part("xl/worksheets/sheet1.bin", self.sheet());
        for (at, (part, rels)) in self.links.iter().enumerate() {
            let name = format!("externalLink{}.bin", at + 1);
            package = package.part(&format!("xl/externalLinks/{name}"), part.clone());
            if !rels.is_empty() {
                let name = format!("xl/externalLinks/_rels/{name}.rels");
                package = package.part(&name, rels.clone());
            }
        }
        for (name, bytes) in &self.more_parts {
            package = package.part(name, bytes.clone());
        }
        package
    }

    pub fn build(&self) -> Vec<u8> {
        self.package().build()
    }
}

const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/>\
    <Override PartName=\"/xl/worksheets/sheet1.bin\" ContentType=\"application/vnd.ms-excel.worksheet\"/>\
    <Override PartName=\"/xl/externalLinks/externalLink1.bin\" ContentType=\"application/vnd.ms-excel.externalLink\"/>\
    </Types>";
