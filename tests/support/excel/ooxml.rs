//! Payloads in Excel workbooks of markup (`spec/excel.md` §1).

use super::payload::{
    Link, Payload, Reason, STD_DOCUMENT_NAME, x_string, xml_attribute, xml_element,
};
use crate::support::package::{attribute, rels};
use crate::support::xlsx::{S, S_STRICT, Workbook, external_link};

const X14: &str = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main";
const XM: &str = "http://schemas.microsoft.com/office/excel/2006/main";

/// `ddeLink` with the strings in a disguise.
fn dde_link(link: &Link, payload: &Payload) -> Result<String, Reason> {
    let text = |text: &str| x_string(text, payload.disguise);
    let mut items = String::new();
    for item in &link.items {
        // Excel's prefix for an item that reads like a cell.
        let cell =
            item.starts_with(char::is_alphabetic) && item.ends_with(|c: char| c.is_ascii_digit());
        let prefix = if cell { "_xlbgnm." } else { "" };
        items += &format!("<ddeItem name=\"{prefix}{}\" advise=\"1\"/>", text(item)?);
    }
    Ok(format!(
        "<ddeLink ddeService=\"{}\" ddeTopic=\"{}\"><ddeItems>{items}<ddeItem \
         name=\"{STD_DOCUMENT_NAME}\" ole=\"1\" advise=\"1\"/></ddeItems></ddeLink>",
        text(&link.service)?,
        text(&link.topic)?
    ))
}

/// The links of a payload, whatever its disguise.
fn table(payload: &Payload) -> Result<&[Link], Reason> {
    payload
        .links
        .as_deref()
        .ok_or("the spelling is gone once the formula is tokens")
}

/// A use of each item: `[1]!item`.
fn uses(links: &[Link]) -> String {
    let uses: Vec<String> = (1..)
        .zip(links)
        .flat_map(|(number, link)| link.items.iter().map(move |item| (number, item)))
        .map(|(number, item)| {
            let bare = item.chars().all(|c| c.is_ascii_alphanumeric());
            let cell = bare && item.ends_with(|c: char| c.is_ascii_digit());
            match bare && !item.is_empty() {
                true if cell => format!("[{number}]!_xlbgnm.{item}"),
                true => format!("[{number}]!{item}"),
                false => format!("[{number}]!'{item}'"),
            }
        })
        .collect();
    uses.join("+")
}

/// Link parts, used by cell B4 of `Tabelle1`.
pub fn linked(payload: &Payload) -> Result<Workbook, Reason> {
    let links = table(payload)?;
    let book = Workbook::new().formula("B4", &uses(links));
    unused_in(book, payload)
}

/// Link parts that no cell uses.
pub fn unused(payload: &Payload) -> Result<Workbook, Reason> {
    unused_in(Workbook::new(), payload)
}

fn unused_in(mut book: Workbook, payload: &Payload) -> Result<Workbook, Reason> {
    for link in table(payload)? {
        book = book.link(&dde_link(link, payload)?);
    }
    Ok(book)
}

pub fn strict(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let mut package = linked(payload)?.package();
    let parts = package.parts().to_vec();
    for (name, bytes) in parts
        .into_iter()
        .filter(|(name, _)| name.starts_with("xl/external"))
    {
        let text = String::from_utf8(bytes).unwrap().replace(S, S_STRICT);
        package = package.part(&name, text);
    }
    Ok(package.build())
}

/// The link parts in UTF-16, big-endian.
pub fn wide(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let mut package = linked(payload)?.package();
    let parts = package.parts().to_vec();
    for (name, bytes) in parts
        .into_iter()
        .filter(|(name, _)| name.starts_with("xl/external"))
    {
        let text = String::from_utf8(bytes).unwrap();
        let mut wide = vec![0xfe, 0xff];
        wide.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        package = package.part(&name, wide);
    }
    Ok(package.build())
}

/// The links in a fallback that no program takes.
pub fn fallback(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let mut book = Workbook::new();
    for link in table(payload)? {
        let link = dde_link(link, payload)?;
        book = book.link(&format!(
            "<mc:AlternateContent \
             xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><mc:Choice \
             Requires=\"zz\"/><mc:Fallback>{link}</mc:Fallback></mc:AlternateContent>"
        ));
    }
    Ok(book.build())
}

/// Parts that nothing leads to.
pub fn orphans(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let mut package = Workbook::new().package();
    for (number, link) in (1..).zip(table(payload)?) {
        let part = external_link(&dde_link(link, payload)?);
        package = package.part(&format!("custom/{number}.dat"), part);
    }
    Ok(package.build())
}

/// The text of an `f`, escaped.
fn element(payload: &Payload) -> Result<String, Reason> {
    xml_element(payload.formula(), payload.disguise)
}

/// The workbook with this in its sheet instead of the cell's own element.
fn with_cell(cell: &str) -> Vec<u8> {
    let book = Workbook::new().formula("B4", "@");
    let package = book.package();
    let parts = package.parts().to_vec();
    let (name, sheet) = parts
        .iter()
        .find(|(name, _)| name.ends_with("sheet1.xml"))
        .unwrap();
    let sheet = String::from_utf8(sheet.clone()).unwrap();
    package
        .clone()
        .part(name, sheet.replace("<f>@</f>", cell))
        .build()
}

pub fn cell(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(with_cell(&format!("<f>{}</f>", element(payload)?)))
}

pub fn shared(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let formula = element(payload)?;
    Ok(with_cell(&format!(
        "<f t=\"shared\" ref=\"B4:B9\" si=\"0\">{formula}</f>"
    )))
}

pub fn array(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let formula = element(payload)?;
    Ok(with_cell(&format!(
        "<f t=\"array\" ref=\"B4\">{formula}</f>"
    )))
}

pub fn name(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let formula = element(payload)?;
    let names =
        format!("<definedNames><definedName name=\"n\">{formula}</definedName></definedNames>");
    Ok(Workbook::new().after_sheets(&names).build())
}

fn after(markup: &str) -> Vec<u8> {
    Workbook::new().after_data(markup).build()
}

pub fn conditional_format(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(after(&format!(
        "<conditionalFormatting sqref=\"B4\"><cfRule type=\"expression\" priority=\"1\"><formula>{}\
         </formula></cfRule></conditionalFormatting>",
        element(payload)?
    )))
}

pub fn newer_conditional_format(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(after(&format!(
        "<extLst><ext xmlns:x14=\"{X14}\"><x14:conditionalFormattings><x14:conditionalFormatting \
         xmlns:xm=\"{XM}\"><x14:cfRule type=\"expression\"><xm:f>{}</xm:f></x14:cfRule>\
         <xm:sqref>B4</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>",
        element(payload)?
    )))
}

pub fn validation(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(after(&format!(
        "<dataValidations count=\"1\"><dataValidation sqref=\"B4\" type=\"custom\"><formula1>{}\
         </formula1></dataValidation></dataValidations>",
        element(payload)?
    )))
}

pub fn newer_validation(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(after(&format!(
        "<extLst><ext xmlns:x14=\"{X14}\"><x14:dataValidations xmlns:xm=\"{XM}\">\
         <x14:dataValidation type=\"custom\"><x14:formula1><xm:f>{}</xm:f></x14:formula1>\
         <xm:sqref>B4</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>",
        element(payload)?
    )))
}

pub fn chart(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let chart = format!(
        "<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart>\
         <c:plotArea><c:lineChart><c:ser><c:val><c:numRef><c:f>{}</c:f></c:numRef></c:val></c:ser>\
         </c:lineChart></c:plotArea></c:chart></c:chartSpace>",
        element(payload)?
    );
    let package = Workbook::new().package();
    let sheet = rels(&[("rId1", "drawing", "../drawings/drawing1.xml", false)]);
    let drawing = rels(&[("rId1", "chart", "../charts/chart1.xml", false)]);
    Ok(package
        .part("xl/worksheets/_rels/sheet1.xml.rels", sheet)
        .part(
            "xl/drawings/drawing1.xml",
            "<xdr:wsDr xmlns:xdr=\"urn:x\"/>",
        )
        .part("xl/drawings/_rels/drawing1.xml.rels", drawing)
        .part("xl/charts/chart1.xml", chart)
        .build())
}

pub fn table_column(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let table = format!(
        "<table xmlns=\"{S}\" id=\"1\" name=\"T\" displayName=\"T\" ref=\"A1:B4\"><tableColumns \
         count=\"1\"><tableColumn id=\"1\" name=\"x\"><calculatedColumnFormula>{}\
         </calculatedColumnFormula></tableColumn></tableColumns></table>",
        element(payload)?
    );
    let sheet = rels(&[("rId1", "table", "../tables/table1.xml", false)]);
    Ok(Workbook::new()
        .package()
        .part("xl/worksheets/_rels/sheet1.xml.rels", sheet)
        .part("xl/tables/table1.xml", table)
        .build())
}

/// LibreOffice's function, one call for each item (§1.3).
pub fn calls(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let text = |text: &str| text.replace('"', "\"\"");
    let calls: Vec<String> = payload
        .table()?
        .iter()
        .flat_map(|link| link.items.iter().map(move |item| (link, item)))
        .map(|(link, item)| {
            let arguments = [&link.service, &link.topic, item].map(|a| format!("\"{}\"", text(a)));
            format!("DDE({})", arguments.join(","))
        })
        .collect();
    Ok(Workbook::new().formula("B4", &calls.join("+")).build())
}

/// An attribute that holds a formula: the text of a shape.
pub fn shape(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let formula = xml_attribute(payload.formula(), payload.disguise)?;
    let drawing = format!(
        "<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\">\
         <xdr:sp textlink=\"{formula}\" macro=\"{}\"/></xdr:wsDr>",
        attribute("")
    );
    let sheet = rels(&[("rId1", "drawing", "../drawings/drawing1.xml", false)]);
    Ok(Workbook::new()
        .package()
        .part("xl/worksheets/_rels/sheet1.xml.rels", sheet)
        .part("xl/drawings/drawing1.xml", drawing)
        .build())
}
