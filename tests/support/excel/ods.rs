//! OpenDocument spreadsheets (`spec/excel.md` §7).

use super::payload::{Link, Payload, Reason, xml_attribute};
use crate::support::package::attribute;
use crate::support::zipsmith::{Entry, Zip};

const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn names() -> String {
    let name = |prefix: &str, rest: &str| {
        format!(" xmlns:{prefix}=\"urn:oasis:names:tc:opendocument:xmlns:{rest}:1.0\"")
    };
    name("office", "office")
        + &name("text", "text")
        + &name("table", "table")
        + " xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" \
           xmlns:msoxl=\"http://schemas.microsoft.com/office/excel/formula\" \
           xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\""
}

/// A sheet around its cells, and what stands behind it.
pub fn body(cells: &str, after: &str) -> String {
    format!(
        "<office:body><office:spreadsheet><table:table table:name=\"Sheet1\">\
         <table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
         <table:table-row><table:table-cell/>{cells}</table:table-row></table:table>{after}\
         </office:spreadsheet></office:body>"
    )
}

/// `.ods`.
pub fn package(body: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content{} \
         office:version=\"1.2\">{body}</office:document-content>",
        names()
    );
    let manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest \
         xmlns:manifest=\"{manifest}\"><manifest:file-entry manifest:full-path=\"/\" \
         manifest:media-type=\"{MIME}\"/><manifest:file-entry manifest:full-path=\"content.xml\" \
         manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    Zip::new()
        .entry(Entry::stored("mimetype", MIME))
        .entry(Entry::deflated("content.xml", content))
        .entry(Entry::deflated("META-INF/manifest.xml", manifest))
        .build()
}

/// `.fods`.
pub fn flat(body: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document{} office:version=\"1.2\" \
         office:mimetype=\"{MIME}\">{body}</office:document>",
        names()
    )
    .into_bytes()
}

/// A cell with this formula text, escaped already.
pub fn cell(formula: &str) -> String {
    format!(
        "<table:table-cell table:formula=\"{formula}\" office:value-type=\"float\" office:value=\"0\"/>"
    )
}

/// `table:dde-links` with the source of each item.
pub fn links(links: &[Link]) -> String {
    let sources: String = links
        .iter()
        .flat_map(|link| link.items.iter().map(move |item| source(link, item)))
        .map(|source| format!("<table:dde-link>{source}<table:table/></table:dde-link>"))
        .collect();
    format!("<table:dde-links>{sources}</table:dde-links>")
}

fn source(link: &Link, item: &str) -> String {
    format!(
        "<office:dde-source office:dde-application=\"{}\" office:dde-topic=\"{}\" \
         office:dde-item=\"{}\" office:automatic-update=\"true\" \
         table:conversion-mode=\"into-english-number\"/>",
        attribute(&link.service),
        attribute(&link.topic),
        attribute(item)
    )
}

/// The formula behind a prefix (`of:`, `msoxl:`).
pub fn formula(payload: &Payload, prefix: &str) -> Result<String, Reason> {
    let formula = xml_attribute(payload.formula(), payload.disguise)?;
    Ok(body(&cell(&format!("{prefix}={formula}")), ""))
}

/// LibreOffice's function, one call for each item.
pub fn calls(payload: &Payload) -> Result<String, Reason> {
    let text = |text: &str| text.replace('"', "\"\"");
    let calls: Vec<String> = payload
        .table()?
        .iter()
        .flat_map(|link| link.items.iter().map(move |item| (link, item)))
        .map(|(link, item)| {
            format!(
                "DDE(\"{}\";\"{}\";\"{}\")",
                text(&link.service),
                text(&link.topic),
                text(item)
            )
        })
        .collect();
    Ok(body(
        &cell(&attribute(&format!("of:={}", calls.join("+")))),
        "",
    ))
}

/// Declared links that no cell uses.
pub fn declared(payload: &Payload) -> Result<String, Reason> {
    Ok(body("", &links(payload.table()?)))
}

/// As LibreOffice writes it: the call and the declaration.
pub fn both(payload: &Payload) -> Result<String, Reason> {
    let after = links(payload.table()?);
    let calls = calls(payload)?;
    Ok(calls.replace(
        "</office:spreadsheet>",
        &format!("{after}</office:spreadsheet>"),
    ))
}
