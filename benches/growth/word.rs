//! Documents of Word: storms of fields, nested as deep as they go, and of the marks around them.

use std::fmt::Write;

use ddetect::{Kind, Trigger};

use crate::support::docx;
use crate::support::package::rels;
use crate::support::word::carriers;
use crate::support::word::payload::{Disguise, Expected, Payload, Piece, f, ff, t};
use crate::{repeated, stored};

type Shape = (&'static str, &'static str, fn(usize) -> Vec<u8>);

pub(crate) const SHAPES: &[Shape] = &[
    ("docx, fields", "a.docx", |n| {
        body(&[f(" DDE a b ")], 200, n)
    }),
    ("docx, nested fields", "a.docx", |n| {
        body(&[nested()], 4_000, n)
    }),
    ("docx, ends without a field", "a.docx", |n| {
        part(&repeated(
            r#"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#,
            n,
        ))
    }),
    ("docx, split instructions", "a.docx", |n| {
        let pieces = repeated("<w:r><w:instrText>D</w:instrText></w:r>", n);
        part(&format!("{BEGIN}{pieces}{END}"))
    }),
    ("docx, one long instruction", "a.docx", |n| {
        let words = repeated(r#"DDEAUTO "\\ " "#, n);
        part(&format!(
            "{BEGIN}<w:r><w:instrText>{words}</w:instrText></w:r>{END}"
        ))
    }),
    ("docx, elements", "a.docx", |n| {
        part(&repeated("<w:p x:a=\"#\" xmlns:x=\"y#\"/>", n))
    }),
    ("docx, relationships", "a.docx", |n| {
        let rows = repeated(
            "<Relationship Id=\"r#\" Type=\"x/hyperlink\" Target=\"http://x/#\" TargetMode=\"External\"/>",
            n,
        );
        let xml = rels(&[]).replace("</Relationships>", &(rows + "</Relationships>"));
        stored(
            docx::docx("")
                .part("word/_rels/document.xml.rels", xml)
                .parts(),
        )
    }),
    ("docx, content types", "a.docx", |n| {
        let rows = repeated("<Override PartName=\"/#\" ContentType=\"a/#\"/>", n);
        let xml = format!("<Types>{rows}</Types>");
        stored(docx::docx("").part("[Content_Types].xml", xml).parts())
    }),
    ("Flat OPC, fields", "a.xml", |n| {
        carried(carriers::FLAT_OPC, n)
    }),
    ("Word 2003 XML, fields", "a.xml", |n| {
        carried(carriers::WORD_2003, n)
    }),
    ("RTF, fields", "a.rtf", |n| carried(carriers::RTF, n)),
    ("RTF, groups", "a.rtf", |n| {
        rtf(r"{\*\x {}}{\field{\*\fldinst }}", n)
    }),
    ("RTF, destinations", "a.rtf", |n| {
        rtf(r"{\*\datafield 00}{\*\shpinst\u-4096 ?}", n)
    }),
    ("RTF, objects", "a.rtf", |n| {
        rtf(r"{\object{\*\objdata 0105000002000000}}", n)
    }),
    ("HTML, fields", "a.htm", |n| carried(carriers::HTML, n)),
    ("HTML, tags", "a.doc", |n| {
        page(
            "<a b='#'><![if x]><p style='mso-element:field-end'></p><![endif]></a>",
            n,
        )
    }),
    ("HTML, style sheets", "a.doc", |n| {
        let rules = repeated("p.c# { mso-element: field-begin } ", n);
        page(&format!("<style>{rules}</style>"), 1)
    }),
    ("HTML, references", "a.doc", |n| {
        page("&#x44;&amp;&lt;&nosuch;", n)
    }),
    ("MHT, fields", "a.mht", |n| carried(carriers::MHT, n)),
    ("doc, fields", "a.doc", |n| carried(carriers::DOC, n)),
];

const BEGIN: &str = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#;
const END: &str = r#"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#;

/// Fields in fields: each has to be evaluated for the one around it.
fn nested() -> Piece {
    let inner = (0..12).fold(f(" QUOTE 68 68 69 "), |inner, _| {
        ff(vec![t(" QUOTE "), inner, t(" 65 ")])
    });
    ff(vec![t(" DDE a "), inner])
}

/// A document with so many of these pieces as fit, each of about `each` bytes of markup.
fn body(pieces: &[Piece], each: usize, bytes: usize) -> Vec<u8> {
    let carrier = first(carriers::DOCX);
    let count = (bytes / each).max(1);
    let story = (0..count).flat_map(|_| pieces.iter().cloned()).collect();
    (carrier.write)(&payload(story)).unwrap()
}

/// Fields in a document of this kind.
fn carried(reader: &str, bytes: usize) -> Vec<u8> {
    let story = (0..(bytes / 100).max(1)).map(|_| f(" DDE a b ")).collect();
    (first(reader).write)(&payload(story)).unwrap()
}

fn first(reader: &str) -> &'static carriers::Carrier {
    let mut all = carriers::ALL.iter();
    all.find(|carrier| carrier.reader == reader).unwrap()
}

fn part(body: &str) -> Vec<u8> {
    stored(docx::docx(body).parts())
}

fn rtf(piece: &str, bytes: usize) -> Vec<u8> {
    format!(r"{{\rtf1\ansi {}}}", repeated(piece, bytes)).into_bytes()
}

fn page(piece: &str, bytes: usize) -> Vec<u8> {
    let mut page = String::from(
        "<html xmlns:o='urn:schemas-microsoft-com:office:office' \
         xmlns:w='urn:schemas-microsoft-com:office:word'><body>",
    );
    write!(page, "{}</body></html>", repeated(piece, bytes)).unwrap();
    page.into_bytes()
}

fn payload(story: Vec<Piece>) -> Payload {
    Payload {
        name: "growth",
        story,
        variables: Vec::new(),
        properties: Vec::new(),
        update_fields: false,
        disguise: Disguise::None,
        plain: false,
        expected: Expected {
            kind: Kind::Dde,
            trigger: Trigger::Update,
            service: String::new(),
            topic: None,
            item: None,
            image: "",
            techniques: Vec::new(),
        },
    }
}
