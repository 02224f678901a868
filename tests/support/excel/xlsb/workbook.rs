//! A binary workbook around records that tests write one by one.

use super::{
    BEGIN_EXTERNALS, BUNDLE_SHEET, END_EXTERNALS, EXTERN_SHEET, Framing, SUP_BOOK_SRC, SUP_SELF,
    framed, join, link_part, u32s, wide,
};
use crate::support::package::{Package, rels};

/// A binary workbook with one sheet, `Sheet1`.
#[derive(Clone, Debug, Default)]
pub struct Workbook {
    /// How the records are written that are not given.
    pub framing: Framing,
    /// The table of links does not begin with the workbook itself.
    pub without_self: bool,
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

    fn record(&self, id: u16, body: &[u8]) -> Vec<u8> {
        framed(id, body, self.framing)
    }

    /// The part of the workbook.
    pub fn main(&self) -> Vec<u8> {
        let mut out = self.record(131, b"");
        out.extend(self.record(143, b""));
        let sheet = join(&[&u32s(&[self.state, 1]), &wide("rId1"), &wide("Sheet1")]);
        out.extend(self.record(BUNDLE_SHEET, &sheet));
        out.extend(self.record(144, b""));
        if !self.links.is_empty() {
            out.extend(self.record(BEGIN_EXTERNALS, b""));
            if !self.without_self {
                out.extend(self.record(SUP_SELF, b""));
            }
            let count = u32::try_from(self.links.len()).unwrap();
            let mut numbers = u32s(&[count]);
            for at in 0..count {
                let id = wide(&format!("rId{}", at + 10));
                out.extend(self.record(SUP_BOOK_SRC, &id));
                let book = at + u32::from(!self.without_self);
                numbers.extend(u32s(&[book, NONE, NONE]));
            }
            out.extend(self.record(EXTERN_SHEET, &numbers));
            out.extend(self.record(END_EXTERNALS, b""));
        }
        out.extend(&self.names);
        out.extend(self.record(132, b""));
        out
    }

    fn sheet(&self) -> Vec<u8> {
        join(&[
            &self.record(129, b""),
            &self.record(145, b""),
            &self.rows,
            &self.record(146, b""),
            &self.after,
            &self.record(130, b""),
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

/// No sheet.
const NONE: u32 = 0xffff_fffe;

const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/>\
    <Override PartName=\"/xl/worksheets/sheet1.bin\" ContentType=\"application/vnd.ms-excel.worksheet\"/>\
    <Override PartName=\"/xl/externalLinks/externalLink1.bin\" ContentType=\"application/vnd.ms-excel.externalLink\"/>\
    </Types>";
