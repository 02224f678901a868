//! Word documents from readable markup.

use super::package::{Package, R, content_types, escape, rels};

pub const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub const W_STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";

pub const DOCUMENT_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// A Word document around the content of its body.
pub fn docx(body: &str) -> Package {
    Package::empty()
        .part(
            "[Content_Types].xml",
            content_types(&[("/word/document.xml", DOCUMENT_TYPE)]),
        )
        .part(
            "_rels/.rels",
            rels(&[("rId1", "officeDocument", "word/document.xml", false)]),
        )
        .part("word/document.xml", document(body))
}

/// The main part around the content of its body.
pub fn document(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <w:document xmlns:w=\"{W}\" xmlns:r=\"{R}\"><w:body>{body}</w:body></w:document>"
    )
}

pub fn paragraph(content: &str) -> String {
    format!("<w:p>{content}</w:p>")
}

pub fn run(content: &str) -> String {
    format!("<w:r>{content}</w:r>")
}

/// The `begin` mark of a complex field, in a run.
pub fn begin() -> String {
    mark("begin")
}

/// The `separate` mark.
pub fn separate() -> String {
    mark("separate")
}

/// The `end` mark.
pub fn end() -> String {
    mark("end")
}

fn mark(kind: &str) -> String {
    run(&format!("<w:fldChar w:fldCharType=\"{kind}\"/>"))
}

/// Instruction text in a run, white space preserved.
pub fn instruction(text: &str) -> String {
    run(&format!(
        "<w:instrText xml:space=\"preserve\">{}</w:instrText>",
        escape(text)
    ))
}

/// Instruction text in a run, white space at the edges not preserved.
pub fn trimmed(text: &str) -> String {
    run(&format!("<w:instrText>{}</w:instrText>", escape(text)))
}

/// Ordinary text in a run.
pub fn text(text: &str) -> String {
    run(&format!(
        "<w:t xml:space=\"preserve\">{}</w:t>",
        escape(text)
    ))
}

/// A complex field: instruction runs, then a cached result.
pub fn field(instruction_runs: &str) -> String {
    format!(
        "{}{instruction_runs}{}{}{}",
        begin(),
        separate(),
        text("!"),
        end()
    )
}

/// A whole complex field with plain instruction text, in a paragraph.
pub fn simple(instruction_text: &str) -> String {
    paragraph(&field(&instruction(instruction_text)))
}
