//! OpenDocument text, in a package and in one file (`spec/word.md` §4.7): declared links only.

use ddetect::Kind;

use super::payload::{Payload, Reason};
use crate::support::package::attribute;
use crate::support::zipsmith::{Entry, Zip};

const MIME: &str = "application/vnd.oasis.opendocument.text";

fn names() -> String {
    let name = |prefix: &str, rest: &str| {
        format!(" xmlns:{prefix}=\"urn:oasis:names:tc:opendocument:xmlns:{rest}:1.0\"")
    };
    name("office", "office") + &name("text", "text") + &name("table", "table")
}

/// The body: a declaration and the text that uses it.
fn body(payload: &Payload) -> Result<String, Reason> {
    if !payload.plain {
        return Err("OpenDocument has no fields of Word's language");
    }
    let expected = &payload.expected;
    let value = |text: &Option<String>| attribute(text.as_deref().unwrap_or_default());
    let automatic = expected.kind == Kind::DdeAuto;
    Ok(format!(
        "<office:body><office:text><text:dde-connection-decls><text:dde-connection-decl \
         office:name=\"link1\" office:dde-application=\"{}\" office:dde-topic=\"{}\" \
         office:dde-item=\"{}\" office:automatic-update=\"{automatic}\"/>\
         </text:dde-connection-decls><text:p>See <text:dde-connection \
         text:connection-name=\"link1\">!</text:dde-connection></text:p>\
         </office:text></office:body>",
        attribute(&expected.service),
        value(&expected.topic),
        value(&expected.item),
    ))
}

/// `.odt`.
pub fn package(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(zip(&body(payload)?))
}

fn zip(body: &str) -> Vec<u8> {
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

/// `.fodt`.
pub fn flat(payload: &Payload) -> Result<Vec<u8>, Reason> {
    Ok(one_file(&body(payload)?))
}

fn one_file(body: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document{} office:version=\"1.2\" \
         office:mimetype=\"{MIME}\">{body}</office:document>",
        names()
    )
    .into_bytes()
}

/// Documents of paragraphs of plain text: a package, and one file.
pub fn plain_text(paragraphs: &[&str]) -> [Vec<u8>; 2] {
    let text = paragraphs.iter().map(|text| {
        let text = crate::support::package::escape(text);
        format!("<text:p>{text}</text:p>")
    });
    let body = format!(
        "<office:body><office:text>{}</office:text></office:body>",
        text.collect::<String>()
    );
    [zip(&body), one_file(&body)]
}
