//! Every carrier of a Word field, with the reader that it needs.

use super::doc::{DocFile, Part};
use super::html::{self, Marks};
use super::mht::{self, Transfer};
use super::ooxml::{self, Flat};
use super::payload::{Payload, Reason};
use super::rtf::{Groups, Place, rtf};
use super::{doc_carrier as binary, odt, xml2003};
use crate::support::package::Package;

/// The readers of the carriers.
pub const DOCX: &str = "docx";
pub const FLAT_OPC: &str = "Flat OPC";
pub const WORD_2003: &str = "Word 2003 XML";
pub const RTF: &str = "RTF";
pub const HTML: &str = "HTML";
pub const MHT: &str = "MHT";
pub const DOC: &str = "doc";
pub const ODT: &str = "odt";

#[derive(Clone, Copy)]
pub struct Carrier {
    pub name: &'static str,
    pub reader: &'static str,
    /// Runs are elements: splitting them can be told.
    pub xml: bool,
    /// It holds a field; otherwise a declared link.
    pub field: bool,
    /// Techniques that the carrier itself brings.
    pub brings: &'static [&'static str],
    pub write: fn(&Payload) -> Result<Vec<u8>, Reason>,
}

type Write = fn(&Payload) -> Result<Vec<u8>, Reason>;

const fn carrier(name: &'static str, reader: &'static str, write: Write) -> Carrier {
    Carrier {
        name,
        reader,
        xml: false,
        field: true,
        brings: &[],
        write,
    }
}

const fn xml(name: &'static str, reader: &'static str, write: Write) -> Carrier {
    Carrier {
        xml: true,
        ..carrier(name, reader, write)
    }
}

const fn brings(carrier: Carrier, brings: &'static [&'static str]) -> Carrier {
    Carrier { brings, ..carrier }
}

const fn declared(carrier: Carrier) -> Carrier {
    Carrier {
        field: false,
        ..carrier
    }
}

fn zip(package: Result<Package, Reason>) -> Result<Vec<u8>, Reason> {
    package.map(|package| package.build())
}

fn file(file: Result<DocFile, Reason>) -> Result<Vec<u8>, Reason> {
    file.map(|file| file.build())
}

fn bytes(text: Result<String, Reason>) -> Result<Vec<u8>, Reason> {
    text.map(String::into_bytes)
}

fn flat(payload: &Payload, how: Flat) -> Result<Vec<u8>, Reason> {
    bytes(ooxml::body(payload).map(|package| ooxml::flat(&package, how)))
}

fn mhtml(page: Result<String, Reason>, transfer: Transfer) -> Result<Vec<u8>, Reason> {
    page.map(|page| mht::page(&page, transfer))
}

/// The page in UTF-16 with its mark.
fn wide_page(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let page = html::complex(payload, Marks::Conditional)?;
    Ok(ooxml::utf16(
        &page.replace("charset=utf-8", "charset=unicode"),
    ))
}

/// In the order of the families.
pub const ALL: &[Carrier] = &[
    xml("docx body", DOCX, |p| zip(ooxml::body(p))),
    xml("docx table cell", DOCX, |p| zip(ooxml::table_cell(p))),
    xml("docx header", DOCX, |p| zip(ooxml::header(p))),
    xml("docx footer", DOCX, |p| zip(ooxml::footer(p))),
    xml("docx footnote", DOCX, |p| zip(ooxml::footnote(p))),
    xml("docx endnote", DOCX, |p| zip(ooxml::endnote(p))),
    xml("docx comment", DOCX, |p| zip(ooxml::comment(p))),
    xml("docx text box", DOCX, |p| zip(ooxml::text_box(p))),
    xml("docx simple field", DOCX, |p| zip(ooxml::simple_field(p))),
    brings(
        xml("docx, Strict", DOCX, |p| zip(ooxml::strict(p))),
        &["strict-namespace"],
    ),
    brings(
        xml("docx in UTF-16", DOCX, |p| zip(ooxml::in_utf16(p))),
        &["utf-16"],
    ),
    xml("docx as a chunk", DOCX, |p| {
        Ok(ooxml::chunk("docx", &zip(ooxml::body(p))?))
    }),
    xml("Flat OPC", FLAT_OPC, |p| flat(p, Flat::Inline)),
    xml("Flat OPC, main part in base64", FLAT_OPC, |p| {
        flat(p, Flat::MainInBase64)
    }),
    xml("docx in base64 in Flat OPC", FLAT_OPC, |p| {
        Ok(ooxml::flat_around("x.docx", &zip(ooxml::body(p))?).into_bytes())
    }),
    xml("Flat OPC as a chunk", FLAT_OPC, |p| {
        Ok(ooxml::chunk("xml", &flat(p, Flat::Inline)?))
    }),
    xml("Word 2003 XML body", WORD_2003, |p| {
        bytes(xml2003::write(p, xml2003::Place::Body))
    }),
    xml("Word 2003 XML header", WORD_2003, |p| {
        bytes(xml2003::write(p, xml2003::Place::Header))
    }),
    xml("Word 2003 XML footnote", WORD_2003, |p| {
        bytes(xml2003::write(p, xml2003::Place::Footnote))
    }),
    xml("Word 2003 XML text box", WORD_2003, |p| {
        bytes(xml2003::write(p, xml2003::Place::TextBox))
    }),
    brings(
        xml("Word 2003 XML in UTF-16", WORD_2003, xml2003::in_utf16),
        &["utf-16"],
    ),
    xml("Word 2003 XML as a chunk", WORD_2003, |p| {
        let bytes = bytes(xml2003::write(p, xml2003::Place::Body))?;
        Ok(ooxml::chunk("xml", &bytes))
    }),
    carrier("RTF body", RTF, |p| rtf(p, Place::Body, Groups::Bare)),
    carrier("RTF, runs in groups", RTF, |p| {
        rtf(p, Place::Body, Groups::Runs)
    }),
    carrier("RTF header", RTF, |p| rtf(p, Place::Header, Groups::Runs)),
    carrier("RTF footer", RTF, |p| rtf(p, Place::Footer, Groups::Bare)),
    carrier("RTF footnote", RTF, |p| {
        rtf(p, Place::Footnote, Groups::Bare)
    }),
    carrier("RTF annotation", RTF, |p| {
        rtf(p, Place::Annotation, Groups::Bare)
    }),
    carrier("RTF text box", RTF, |p| {
        rtf(p, Place::TextBox, Groups::Runs)
    }),
    carrier("RTF as a chunk", RTF, |p| {
        Ok(ooxml::chunk("RTF", &rtf(p, Place::Body, Groups::Runs)?))
    }),
    carrier("HTML, marks in the open", HTML, |p| {
        bytes(html::complex(p, Marks::Open))
    }),
    carrier("HTML, conditional comments", HTML, |p| {
        bytes(html::complex(p, Marks::Conditional))
    }),
    carrier("HTML in UTF-16", HTML, wide_page),
    carrier("HTML, field codes", HTML, |p| bytes(html::simple(p))),
    carrier("HTML as a chunk", HTML, |p| {
        let page = bytes(html::complex(p, Marks::Conditional))?;
        Ok(ooxml::chunk("htm", &page))
    }),
    carrier("MHT, quoted-printable", MHT, |p| {
        mhtml(
            html::complex(p, Marks::Conditional),
            Transfer::QuotedPrintable,
        )
    }),
    carrier("MHT, base64", MHT, |p| {
        mhtml(html::complex(p, Marks::Open), Transfer::Base64)
    }),
    carrier("MHT, field codes", MHT, |p| {
        mhtml(html::simple(p), Transfer::QuotedPrintable)
    }),
    carrier("MHT behind a PDF header", MHT, |p| {
        let page = html::complex(p, Marks::Conditional);
        Ok(mht::behind_pdf(&mhtml(page, Transfer::QuotedPrintable)?))
    }),
    carrier("MHT as a chunk", MHT, |p| {
        let page = html::complex(p, Marks::Conditional);
        Ok(ooxml::chunk("MHT", &mhtml(page, Transfer::Base64)?))
    }),
    carrier("DOC body", DOC, |p| file(binary::document(p, Part::Main))),
    carrier("DOC in UTF-16", DOC, |p| file(binary::wide(p))),
    brings(
        carrier("DOC, fast-saved", DOC, |p| file(binary::fast_saved(p))),
        &["fast-save"],
    ),
    carrier("DOC without tables of fields", DOC, |p| {
        file(binary::without_tables(p))
    }),
    carrier("DOC header", DOC, |p| {
        file(binary::document(p, Part::Headers))
    }),
    carrier("DOC footnote", DOC, |p| {
        file(binary::document(p, Part::Footnotes))
    }),
    carrier("DOC endnote", DOC, |p| {
        file(binary::document(p, Part::Endnotes))
    }),
    carrier("DOC comment", DOC, |p| {
        file(binary::document(p, Part::Comments))
    }),
    carrier("DOC text box", DOC, |p| {
        file(binary::document(p, Part::TextBoxes))
    }),
    carrier("DOC text box of a header", DOC, |p| {
        file(binary::document(p, Part::HeaderTextBoxes))
    }),
    carrier("Word 6", DOC, |p| file(binary::old(p, Part::Main))),
    carrier("Word 6 header", DOC, |p| {
        file(binary::old(p, Part::Headers))
    }),
    brings(
        carrier("Word 6, fast-saved", DOC, |p| {
            file(binary::old_fast_saved(p))
        }),
        &["fast-save"],
    ),
    carrier("Word 6 without a compound file", DOC, binary::old_raw),
    declared(carrier("ODT", ODT, odt::package)),
    declared(carrier("FODT", ODT, odt::flat)),
];
