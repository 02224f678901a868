//! Excel 2003 XML (`spec/excel.md` §6.1).

use super::payload::{Link, Payload, Reason, STD_DOCUMENT_NAME, xml_attribute, xml_element};
use crate::support::package::escape;

/// Parts of a workbook.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Within `ExcelWorkbook`.
    pub excel: String,
    /// Behind it.
    pub names: String,
    /// Within `Row`, behind a first cell.
    pub cells: String,
    /// Within `Worksheet`, behind the table.
    pub after: String,
    /// Prefix of the namespace that the specification calls `ss`.
    pub prefix: Option<&'static str>,
}

impl Book {
    pub fn text(&self) -> String {
        let ss = self.prefix.unwrap_or("ss");
        let text = format!(
            "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
             <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
             xmlns:x=\"urn:schemas-microsoft-com:office:excel\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
             <ExcelWorkbook xmlns=\"urn:schemas-microsoft-com:office:excel\">{}</ExcelWorkbook>{}\
             <Worksheet ss:Name=\"Tabelle1\"><Table><Row ss:Index=\"4\"><Cell><Data \
             ss:Type=\"String\">a</Data></Cell>{}</Row></Table>{}</Worksheet></Workbook>",
            self.excel, self.names, self.cells, self.after
        );
        match ss {
            "ss" => text,
            ss => text
                .replace("ss:", &format!("{ss}:"))
                .replace("xmlns:ss=", &format!("xmlns:{ss}=")),
        }
    }

    pub fn build(&self) -> Vec<u8> {
        self.text().into_bytes()
    }
}

/// `SupBook` of a link, as Excel writes it.
pub fn sup_book(link: &Link) -> String {
    let items: String = link
        .items
        .iter()
        .map(|item| {
            format!(
                "<ExternName><Name>{}</Name><WantAdvise/></ExternName>",
                escape(item)
            )
        })
        .collect();
    format!(
        "<SupBook><Path>{}|{}</Path>{items}<ExternName><Name>{STD_DOCUMENT_NAME}</Name><WantAdvise/>\
         <OLE/></ExternName></SupBook>",
        escape(&link.service),
        escape(&link.topic)
    )
}

/// A cell with this formula in column 2.
pub fn cell(formula: &str) -> String {
    format!("<Cell ss:Formula=\"{formula}\"><Data ss:Type=\"Error\">#REF!</Data></Cell>")
}

/// The formula as an attribute, with an equals sign.
fn attribute(payload: &Payload) -> Result<String, Reason> {
    Ok(format!(
        "={}",
        xml_attribute(payload.formula(), payload.disguise)?
    ))
}

fn element(payload: &Payload) -> Result<String, Reason> {
    xml_element(payload.formula(), payload.disguise)
}

pub fn formula(payload: &Payload) -> Result<Book, Reason> {
    Ok(Book {
        cells: cell(&attribute(payload)?),
        ..Book::default()
    })
}

/// Links that nothing uses.
pub fn sup_books(payload: &Payload) -> Result<Book, Reason> {
    Ok(Book {
        excel: payload.table()?.iter().map(sup_book).collect(),
        ..Book::default()
    })
}

/// As Excel writes it: the link in both places.
pub fn both(payload: &Payload) -> Result<Book, Reason> {
    Ok(Book {
        excel: payload.table()?.iter().map(sup_book).collect(),
        ..formula(payload)?
    })
}

pub fn name(payload: &Payload) -> Result<Book, Reason> {
    let formula = attribute(payload)?;
    Ok(Book {
        names: format!("<Names><NamedRange ss:Name=\"rate\" ss:RefersTo=\"{formula}\"/></Names>"),
        ..Book::default()
    })
}

pub fn conditional_format(payload: &Payload) -> Result<Book, Reason> {
    let formula = element(payload)?;
    Ok(Book {
        after: format!(
            "<ConditionalFormatting xmlns=\"urn:schemas-microsoft-com:office:excel\"><Range>R4C2</Range>\
             <Condition><Value1>{formula}</Value1><Format Style='color:red'/></Condition>\
             </ConditionalFormatting>"
        ),
        ..Book::default()
    })
}

pub fn validation(payload: &Payload) -> Result<Book, Reason> {
    let formula = element(payload)?;
    Ok(Book {
        after: format!(
            "<DataValidation xmlns=\"urn:schemas-microsoft-com:office:excel\"><Range>R4C2</Range>\
             <Type>Custom</Type><Value>{formula}</Value></DataValidation>"
        ),
        ..Book::default()
    })
}

pub fn array(payload: &Payload) -> Result<Book, Reason> {
    let formula = attribute(payload)?;
    Ok(Book {
        cells: format!(
            "<Cell ss:ArrayRange=\"RC\" ss:Formula=\"{formula}\"><Data ss:Type=\"Number\">0</Data></Cell>"
        ),
        ..Book::default()
    })
}

/// Another prefix than the usual.
pub fn other_prefix(payload: &Payload) -> Result<Book, Reason> {
    Ok(Book {
        prefix: Some("zz"),
        ..formula(payload)?
    })
}
