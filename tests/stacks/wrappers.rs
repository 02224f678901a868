//! The ways to put a document into another: one function each. Every wrapper says under which
//! names its content is found, the outermost first.

use crate::support::docx;
use crate::support::ecma::Agile;
use crate::support::msg::Msg;
use crate::support::onenote::section;
use crate::support::package::{Package, rels, zip, zip_with_password};
use crate::support::tnef::Tnef;
use crate::support::word::doc::compound;
use crate::support::word::mht::{self, Transfer, base64, quoted_printable};

/// A document on its way into others.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) bytes: Vec<u8>,
    /// The name under which it comes.
    pub(crate) name: String,
    /// What the path of a finding in it holds, behind the document itself, in this order.
    pub(crate) path: Vec<String>,
    /// It is a text of cells, which is only looked at where files are.
    pub(crate) is_text: bool,
}

impl Parcel {
    /// The same, one level deeper.
    fn into(self, bytes: Vec<u8>, name: &str, steps: &[&str]) -> Parcel {
        let steps = steps.iter().map(|step| (*step).to_owned());
        Parcel {
            bytes,
            name: name.to_owned(),
            path: steps.chain(self.path).collect(),
            is_text: false,
        }
    }

    fn is(&self, signature: &[u8]) -> bool {
        self.bytes.starts_with(signature)
    }
}

/// A kind of wrapper.
pub(crate) struct Wrapper {
    pub(crate) name: &'static str,
    /// Whether it can hold this.
    pub(crate) takes: fn(&Parcel) -> bool,
    /// How often it is chosen among those that fit: those that seldom fit more often.
    pub(crate) weight: usize,
    /// Puts it in; the number makes variants.
    pub(crate) wrap: fn(Parcel, u64) -> Parcel,
}

fn anything(_: &Parcel) -> bool {
    true
}

fn a_document(parcel: &Parcel) -> bool {
    !parcel.is_text
}

fn a_compound_file(parcel: &Parcel) -> bool {
    parcel.is(b"\xd0\xcf\x11\xe0")
}

fn a_package(parcel: &Parcel) -> bool {
    parcel.is(b"PK") && !parcel.name.ends_with(".zip")
}

fn a_mail(parcel: &Parcel) -> bool {
    parcel.name.ends_with(".eml")
}

/// All of them.
pub(crate) const ALL: &[Wrapper] = &[
    Wrapper {
        name: "zip",
        takes: anything,
        weight: 1,
        wrap: in_zip,
    },
    Wrapper {
        name: "zip with a customary password",
        takes: anything,
        weight: 1,
        wrap: in_locked_zip,
    },
    Wrapper {
        name: "embedding of a .docx",
        takes: a_document,
        weight: 1,
        wrap: in_docx,
    },
    Wrapper {
        name: "chunk of a .docx",
        takes: a_document,
        weight: 1,
        wrap: in_chunk,
    },
    Wrapper {
        name: "embedding of an .xlsx",
        takes: a_document,
        weight: 1,
        wrap: in_xlsx,
    },
    Wrapper {
        name: "OLE package",
        takes: anything,
        weight: 1,
        wrap: in_native,
    },
    Wrapper {
        name: "stream of an OLE object",
        takes: a_document,
        weight: 1,
        wrap: in_stream,
    },
    Wrapper {
        name: "object in RTF",
        takes: a_compound_file,
        weight: 5,
        wrap: in_rtf,
    },
    Wrapper {
        name: "part of Flat OPC",
        takes: a_document,
        weight: 1,
        wrap: in_flat_opc,
    },
    Wrapper {
        name: "ActiveMime",
        takes: a_compound_file,
        weight: 5,
        wrap: in_active_mime,
    },
    Wrapper {
        name: "part of a web archive",
        takes: a_document,
        weight: 1,
        wrap: in_archive,
    },
    Wrapper {
        name: "attachment of a mail",
        takes: anything,
        weight: 1,
        wrap: in_mail,
    },
    Wrapper {
        name: "attachment of an Outlook message",
        takes: anything,
        weight: 1,
        wrap: in_msg,
    },
    Wrapper {
        name: "attachment in winmail.dat",
        takes: anything,
        weight: 1,
        wrap: in_tnef,
    },
    Wrapper {
        name: "file in a OneNote section",
        takes: a_document,
        weight: 1,
        wrap: in_section,
    },
    Wrapper {
        name: "encryption with the password that Office tries",
        takes: a_package,
        weight: 5,
        wrap: in_cipher,
    },
    Wrapper {
        name: "AES with a customary password",
        takes: anything,
        weight: 1,
        wrap: in_aes,
    },
    Wrapper {
        name: "mail in a mail",
        takes: a_mail,
        weight: 5,
        wrap: in_mail_as_message,
    },
];

fn in_zip(parcel: Parcel, way: u64) -> Parcel {
    let folder = if way.is_multiple_of(2) {
        ""
    } else {
        "in/side/"
    };
    let name = format!("{folder}{}", parcel.name);
    let bytes = zip(&[("readme.txt", b"hello"), (&name, &parcel.bytes)]);
    parcel.into(bytes, "a.zip", &[&name])
}

fn in_locked_zip(parcel: Parcel, _: u64) -> Parcel {
    let name = parcel.name.clone();
    let bytes = zip_with_password(&[(&name, &parcel.bytes)], "infected");
    parcel.into(bytes, "locked.zip", &[&name])
}

/// A text and a relationship to a part of this name.
fn letter(relation: &str, name: &str, bytes: &[u8]) -> Package {
    let target = name.strip_prefix("word/").unwrap_or(name);
    docx::docx(&docx::paragraph(&docx::text("hello")))
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("rId7", relation, target, false)]),
        )
        .part(name, bytes)
}

fn in_docx(parcel: Parcel, way: u64) -> Parcel {
    let name = match way % 3 {
        0 => "word/embeddings/oleObject1.bin",
        1 => "word/embeddings/Microsoft_Excel_Sheet.xlsx",
        _ => "word/media/image1.png",
    };
    let bytes = letter("package", name, &parcel.bytes).build();
    parcel.into(bytes, "letter.docx", &[name])
}

fn in_chunk(parcel: Parcel, _: u64) -> Parcel {
    let name = "word/afchunk.dat";
    let bytes = letter("aFChunk", name, &parcel.bytes).build();
    parcel.into(bytes, "chunk.docx", &[name])
}

fn in_xlsx(parcel: Parcel, _: u64) -> Parcel {
    let name = "xl/embeddings/oleObject7.bin";
    let bytes = crate::support::xlsx::Workbook::new()
        .package()
        .part(name, parcel.bytes.clone())
        .build();
    parcel.into(bytes, "book.xlsx", &[name])
}

/// A `\x01Ole10Native` stream around a file (`spec/excel.md` §8.3).
fn native(name: &str, bytes: &[u8]) -> Vec<u8> {
    let text = |text: &str| [text.as_bytes(), &[0]].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let path = text(&format!("C:\\a\\{name}"));
    let body = [
        &[2, 0][..],
        &text(name),
        &path,
        &[0, 0, 3, 0],
        &length(&path),
        &path,
        &length(bytes),
        bytes,
    ]
    .concat();
    [&length(&body)[..], &body].concat()
}

fn in_native(parcel: Parcel, _: u64) -> Parcel {
    let stream = "\u{1}Ole10Native";
    let bytes = compound(&[(stream.to_owned(), native(&parcel.name, &parcel.bytes))]);
    let name = parcel.name.clone();
    parcel.into(bytes, "object.bin", &[stream, &name])
}

fn in_stream(parcel: Parcel, way: u64) -> Parcel {
    let path = match way % 4 {
        0 => "Package",
        1 => "CONTENTS",
        2 => "MBD0012ABCD/Package",
        _ => "ObjectPool/_1234567890/CONTENTS",
    };
    let bytes = compound(&[(path.to_owned(), parcel.bytes.clone())]);
    parcel.into(bytes, "object.bin", &[path])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An embedded object of OLE 1.0 ([MS-OLEDS] 2.2.5) with a compound file as native data.
fn in_rtf(parcel: Parcel, _: u64) -> Parcel {
    let text = |text: &str| {
        let length = u32::try_from(text.len() + 1).unwrap().to_le_bytes();
        [&length[..], text.as_bytes(), &[0]].concat()
    };
    let length = u32::try_from(parcel.bytes.len()).unwrap().to_le_bytes();
    let object = [
        &[1, 5, 0, 0, 2, 0, 0, 0][..],
        &text("OLE2Link"),
        &[0; 8],
        &length,
        &parcel.bytes,
    ]
    .concat();
    let rtf = format!(
        "{{\\rtf1 hello{{\\object\\objemb{{\\*\\objdata {}}}}}}}",
        hex(&object)
    );
    parcel.into(rtf.into_bytes(), "letter.rtf", &[])
}

fn in_flat_opc(parcel: Parcel, _: u64) -> Parcel {
    let pkg = "http://schemas.microsoft.com/office/2006/xmlPackage";
    let name = "/word/embeddings/x.bin";
    let package = format!(
        "<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"{pkg}\"><pkg:part pkg:name=\"/word/document.xml\">\
         <pkg:xmlData>{}</pkg:xmlData></pkg:part><pkg:part pkg:name=\"{name}\" \
         pkg:compression=\"store\"><pkg:binaryData>{}</pkg:binaryData></pkg:part></pkg:package>",
        docx::document(&docx::paragraph(&docx::text("hello"))),
        base64(&parcel.bytes)
    );
    parcel.into(package.into_bytes(), "flat.xml", &[name])
}

fn in_active_mime(parcel: Parcel, _: u64) -> Parcel {
    let bytes = mht::active_mime(&parcel.bytes);
    parcel.into(bytes, "editdata.mso", &[])
}

fn in_archive(parcel: Parcel, _: u64) -> Parcel {
    let bytes = mht::message(&[
        (
            "file:///C:/page.htm",
            "text/html",
            b"<html><body>hello</body></html>",
            Transfer::QuotedPrintable,
        ),
        (
            "file:///C:/page/oledata.mso",
            "application/octet-stream",
            &parcel.bytes,
            Transfer::Base64,
        ),
    ]);
    parcel.into(bytes, "page.mht", &["oledata.mso"])
}

/// A mail with a text and this part.
fn mail(part: &str) -> Vec<u8> {
    format!(
        "From: a@a.example\r\nTo: b@b.example\r\nSubject: hello\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_b{length}\"\r\n\r\n--=_b{length}\r\n\
         Content-Type: text/plain\r\n\r\nHello, see the attachment.\r\n--=_b{length}\r\n{part}\r\n\
         --=_b{length}--\r\n",
        length = part.len()
    )
    .into_bytes()
}

fn in_mail(parcel: Parcel, way: u64) -> Parcel {
    let name = parcel.name.clone();
    let (coding, text) = if way.is_multiple_of(2) {
        ("base64", base64(&parcel.bytes))
    } else {
        ("quoted-printable", quoted_printable(&parcel.bytes))
    };
    let bytes = mail(&format!(
        "Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: \
         {coding}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}"
    ));
    parcel.into(bytes, "mail.eml", &[&name])
}

fn in_mail_as_message(parcel: Parcel, _: u64) -> Parcel {
    let text = String::from_utf8(parcel.bytes.clone()).unwrap();
    let bytes = mail(&format!("Content-Type: message/rfc822\r\n\r\n{text}"));
    parcel.into(bytes, "outer.eml", &[])
}

fn in_msg(parcel: Parcel, _: u64) -> Parcel {
    let name = parcel.name.clone();
    let message = Msg::new()
        .text(0x1000, "Hello")
        .file(&name, parcel.bytes.clone());
    parcel.into(message.build(), "message.msg", &["attach#0", &name])
}

fn in_tnef(parcel: Parcel, _: u64) -> Parcel {
    let name = parcel.name.clone();
    let bytes = Tnef::default().file(&name, &parcel.bytes).build();
    parcel.into(bytes, "winmail.dat", &[&name])
}

fn in_section(parcel: Parcel, _: u64) -> Parcel {
    let extension = parcel
        .name
        .rsplit_once('.')
        .map_or("bin", |(_, end)| end)
        .to_owned();
    let bytes = section(&[(&format!(".{extension}"), &parcel.bytes)]);
    parcel.into(bytes, "notes.one", &[])
}

fn in_cipher(parcel: Parcel, _: u64) -> Parcel {
    let bytes = Agile::default().encrypt(&parcel.bytes).build();
    parcel.into(bytes, "locked.docx", &["EncryptedPackage"])
}

fn in_aes(parcel: Parcel, _: u64) -> Parcel {
    let name = parcel.name.clone();
    let bytes = crate::support::zip_aes::zip_with_aes(&[(&name, &parcel.bytes)], "infected");
    parcel.into(bytes, "aes.zip", &[&name])
}
