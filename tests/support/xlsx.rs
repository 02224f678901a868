//! Excel workbooks from readable markup.

use super::package::{Package, R, attribute, content_types, escape, rels};

pub const S: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub const S_STRICT: &str = "http://purl.oclc.org/ooxml/spreadsheetml/main";
const PREFIX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A workbook with one sheet, `Tabelle1`, and whatever is added to it.
#[derive(Clone, Default)]
pub struct Workbook {
    /// Cell reference and formula.
    formulas: Vec<(String, String)>,
    /// External-link parts, in the order in which the workbook lists them.
    links: Vec<String>,
    /// Relationships of the external-link parts: index, then the relationship.
    link_rels: Vec<(usize, String)>,
    /// Markup behind `<sheetData>`.
    after_data: String,
    /// Markup behind `<sheets>`.
    after_sheets: String,
    /// `state="…"` of the sheet.
    state: String,
    shared_strings: Vec<String>,
}

impl Workbook {
    pub fn new() -> Self {
        Workbook::default()
    }

    pub fn formula(mut self, cell: &str, formula: &str) -> Self {
        self.formulas.push((cell.to_owned(), formula.to_owned()));
        self
    }

    /// An external-link part with this content inside `<externalLink>`.
    pub fn link(mut self, content: &str) -> Self {
        self.links.push(content.to_owned());
        self
    }

    /// A DDE link part with its items, as Excel writes it.
    pub fn dde(self, service: &str, topic: &str, items: &[&str]) -> Self {
        self.link(&dde_link(service, topic, items))
    }

    /// The relationships of the last external-link part.
    pub fn link_rels(mut self, xml: String) -> Self {
        let last = self.links.len();
        self.link_rels.push((last, xml));
        self
    }

    pub fn after_data(mut self, markup: &str) -> Self {
        self.after_data += markup;
        self
    }

    pub fn after_sheets(mut self, markup: &str) -> Self {
        self.after_sheets += markup;
        self
    }

    pub fn state(mut self, state: &str) -> Self {
        self.state = format!(" state=\"{state}\"");
        self
    }

    pub fn shared_string(mut self, text: &str) -> Self {
        self.shared_strings.push(text.to_owned());
        self
    }

    pub fn package(&self) -> Package {
        let mut overrides = vec![
            (
                "/xl/workbook.xml".to_owned(),
                format!("{PREFIX}.sheet.main+xml"),
            ),
            (
                "/xl/worksheets/sheet1.xml".to_owned(),
                format!("{PREFIX}.worksheet+xml"),
            ),
        ];
        let mut workbook_rels: Vec<(String, &str, String)> = vec![(
            "rId1".to_owned(),
            "worksheet",
            "worksheets/sheet1.xml".to_owned(),
        )];
        let mut references = String::new();
        for number in 1..=self.links.len() {
            overrides.push((
                format!("/xl/externalLinks/externalLink{number}.xml"),
                format!("{PREFIX}.externalLink+xml"),
            ));
            let id = format!("rId{}", number + 1);
            references += &format!("<externalReference r:id=\"{id}\"/>");
            let target = format!("externalLinks/externalLink{number}.xml");
            workbook_rels.push((id, "externalLink", target));
        }
        if !references.is_empty() {
            references = format!("<externalReferences>{references}</externalReferences>");
        }
        if !self.shared_strings.is_empty() {
            overrides.push((
                "/xl/sharedStrings.xml".to_owned(),
                format!("{PREFIX}.sharedStrings+xml"),
            ));
            workbook_rels.push((
                "rIdS".to_owned(),
                "sharedStrings",
                "sharedStrings.xml".to_owned(),
            ));
        }
        let cells: String = self
            .formulas
            .iter()
            .map(|(cell, formula)| {
                format!(
                    "<row><c r=\"{cell}\"><f>{}</f><v>0</v></c></row>",
                    escape(formula)
                )
            })
            .collect();
        let overrides: Vec<(&str, &str)> = overrides
            .iter()
            .map(|(part, kind)| (part.as_str(), kind.as_str()))
            .collect();
        let workbook_rels: Vec<_> = workbook_rels
            .iter()
            .map(|(id, kind, to)| (id.as_str(), *kind, to.as_str(), false))
            .collect();
        let workbook = format!(
            "<workbook xmlns=\"{S}\" xmlns:r=\"{R}\"><sheets><sheet name=\"Tabelle1\" sheetId=\"1\"\
             {} r:id=\"rId1\"/></sheets>{references}{}</workbook>",
            self.state, self.after_sheets
        );
        let sheet = format!(
            "<worksheet xmlns=\"{S}\" xmlns:r=\"{R}\"><sheetData>{cells}</sheetData>{}</worksheet>",
            self.after_data
        );
        let mut package = Package::empty()
            .part("[Content_Types].xml", content_types(&overrides))
            .part(
                "_rels/.rels",
                rels(&[("rId1", "officeDocument", "xl/workbook.xml", false)]),
            )
            .part("xl/workbook.xml", workbook)
            .part("xl/_rels/workbook.xml.rels", rels(&workbook_rels))
            .part("xl/worksheets/sheet1.xml", sheet);
        for (index, content) in self.links.iter().enumerate() {
            let part = format!("xl/externalLinks/externalLink{}.xml", index + 1);
            package = package.part(&part, external_link(content));
        }
        for (number, xml) in &self.link_rels {
            let part = format!("xl/externalLinks/_rels/externalLink{number}.xml.rels");
            package = package.part(&part, xml.as_str());
        }
        if !self.shared_strings.is_empty() {
            let items: String = self
                .shared_strings
                .iter()
                .map(|s| format!("<si><t>{}</t></si>", escape(s)))
                .collect();
            package = package.part(
                "xl/sharedStrings.xml",
                format!("<sst xmlns=\"{S}\">{items}</sst>"),
            );
        }
        package
    }

    pub fn build(&self) -> Vec<u8> {
        self.package().build()
    }
}

/// An external-link part around its content.
pub fn external_link(content: &str) -> String {
    format!("<externalLink xmlns=\"{S}\" xmlns:r=\"{R}\">{content}</externalLink>")
}

/// A `ddeLink` element with its items; Excel adds `_xlbgnm.` itself, so do that where it would.
pub fn dde_link(service: &str, topic: &str, items: &[&str]) -> String {
    let items: String = items
        .iter()
        .map(|item| format!("<ddeItem name=\"{}\" advise=\"1\"/>", attribute(item)))
        .collect();
    format!(
        "<ddeLink ddeService=\"{}\" ddeTopic=\"{}\"><ddeItems>{items}\
         <ddeItem name=\"StdDocumentName\" ole=\"1\" advise=\"1\"/></ddeItems></ddeLink>",
        attribute(service),
        attribute(topic)
    )
}
