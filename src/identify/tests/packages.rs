//! Archives, packages and storages, by what is in them.

use super::*;

#[test]
fn a_zip_is_found_at_the_start_behind_junk_and_behind_other_formats() {
    let archive = b"PK\x03\x04\x14\0\0\0\0\0";
    let end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x40\0\0\0\x20\0\0\0\0\0";
    assert_eq!(formats(archive), [Format::Zip]);
    assert_eq!(
        formats(&[b"junk \x01\x02 ".as_slice(), archive].concat()),
        [Format::Zip]
    );
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), archive, end].concat();
    assert_eq!(formats(&picture), [Format::Other, Format::Zip]);
    // An end record inside another format is that of something inside it.
    let inside = [b"\x89PNG\r\n\x1a\n".as_slice(), archive, end, b"padding"].concat();
    assert_eq!(formats(&inside), [Format::Other]);
}

fn members(names: &[&str]) -> Vec<Member> {
    names
        .iter()
        .map(|name| Member {
            name: (*name).to_owned(),
            source: Source {
                range: 0..0,
                coding: Coding::Stored,
                checksums: None,
            },
            techniques: Vec::new(),
        })
        .collect()
}

#[test]
fn packages_are_told_by_content_type_then_by_name() {
    let by_type = |content_type: &str| identify_package(&[], None, &[content_type])[0].format;
    let ooxml = "application/vnd.openxmlformats-officedocument";
    for (content_type, format) in [
        (
            format!("{ooxml}.wordprocessingml.document.main+xml"),
            Format::Docx,
        ),
        (
            "application/vnd.ms-word.template.macroenabledtemplate.main+xml".into(),
            Format::Docx,
        ),
        (
            format!("{ooxml}.spreadsheetml.sheet.main+xml"),
            Format::Xlsx,
        ),
        (
            "application/vnd.ms-excel.addin.macroenabled.main+xml".into(),
            Format::Xlsx,
        ),
        (
            "application/vnd.ms-excel.sheet.binary.macroenabled.main".into(),
            Format::Xlsb,
        ),
        (
            format!("{ooxml}.presentationml.slideshow.main+xml"),
            Format::Pptx,
        ),
        (
            "application/vnd.ms-visio.drawing.main+xml".into(),
            Format::Visio,
        ),
    ] {
        assert_eq!(by_type(&content_type), format, "{content_type}");
    }
    let by_name = |names: &[&str]| identify_package(&members(names), None, &[])[0].format;
    assert_eq!(
        by_name(&["_rels/.rels", "Word\\document.xml"]),
        Format::Docx
    );
    assert_eq!(
        by_name(&["[content_types].XML", "xl/workbook.xml"]),
        Format::Xlsx
    );
    assert_eq!(by_name(&["xl/workbook.bin"]), Format::Xlsb);
    assert_eq!(by_name(&["ppt/presentation.xml"]), Format::Pptx);
    assert_eq!(by_name(&["a.txt", "b.docx"]), Format::Zip);
    assert_eq!(
        by_name(&["META-INF/manifest.xml", "content.xml"]),
        Format::Odf
    );
    for (mimetype, format) in [
        ("application/vnd.oasis.opendocument.text", Format::Odt),
        (
            "application/vnd.oasis.opendocument.spreadsheet-template\n",
            Format::Ods,
        ),
        ("application/vnd.sun.xml.impress", Format::Odp),
        ("application/vnd.oasis.opendocument.graphics", Format::Odf),
    ] {
        let identity =
            identify_package(&members(&["mimetype"]), Some(mimetype.as_bytes()), &[]).remove(0);
        assert_eq!(identity.format, format);
    }
    // A document and an XPS in one package is a document; an XPS alone is opaque.
    let xps = "application/vnd.ms-package.xps-fixeddocumentsequence+xml";
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let package = members(&["[Content_Types].xml", "x.fdseq"]);
    assert_eq!(
        identify_package(&package, None, &[xps, word])[0].format,
        Format::Docx
    );
    assert_eq!(
        identify_package(&package, None, &[xps])[0],
        Identity::opaque(SkipReason::Unknown)
    );
}

/// What a storage with these streams is.
fn storage(path: &str, class: [u8; 16], names: &[&str]) -> Option<Identity> {
    let names = names.iter().map(|name| (*name).to_owned());
    identify_storage(path, &class, names)
}

#[test]
fn raw_documents_of_word_are_read() {
    for data in [b"\xdb\xa5\x2d\0", b"\xdc\xa5\x65\0"] {
        assert_eq!(first(data), Identity::read(Format::Doc));
    }
}

#[test]
fn storages_are_told_by_their_streams() {
    for (name, format) in [
        ("WORDDOCUMENT", Format::Doc),
        ("workbook", Format::Xls),
        ("BOOK", Format::Xls),
        ("PowerPoint Document", Format::Ppt),
        ("__properties_version1.0", Format::Msg),
    ] {
        for path in ["", "ObjectPool/_1"] {
            let identity = storage(path, [0; 16], &["x", name]).unwrap();
            assert_eq!(identity.format, format, "{name}");
        }
    }
    // Objects of programs that no document needs are documents as the root only.
    for name in ["VisioDocument", "MatOST", "MN0", "WksSSWorkBook"] {
        let identity = storage("", [0; 16], &[name]).unwrap();
        assert_eq!(identity.format, Format::OleOther, "{name}");
        assert_eq!(storage("ObjectPool/_1", [0; 16], &[name]), None, "{name}");
    }
    let publisher = storage("Quill/QuillSub", [0; 16], &["CONTENTS"]).unwrap();
    assert_eq!(publisher.format, Format::OleOther);
    let encrypted = storage("", [0; 16], &["EncryptionInfo", "EncryptedPackage"]).unwrap();
    assert_eq!(encrypted.format, Format::EncryptedOoxml);
    assert_eq!(encrypted.disposition, Disposition::Encrypted);
    assert_eq!(
        storage("", [0; 16], &["Equation Native", "\u{1}Ole", "CONTENTS"]),
        None
    );
}

#[test]
fn parts_of_documents_are_no_documents() {
    let properties = ["__properties_version1.0"];
    let body = ["__SUBSTG1.0_10090102"];
    for path in ["__recip_version1.0_#00000000", "__nameid_version1.0"] {
        assert_eq!(storage(path, [0; 16], &properties), None);
        assert_eq!(storage(path, [0; 16], &body), None);
    }
    // What is attached is for the reader of messages, where there is one.
    let attachment = "__attach_version1.0_#0000000A";
    let is_read = storage(attachment, [0; 16], &properties).is_some();
    assert_eq!(is_read, cfg!(feature = "mail"));
    let message = "__attach_version1.0_#00000000/__substg1.0_3701000D";
    for names in [properties, body] {
        let identity = storage(message, [0; 16], &names).unwrap();
        assert_eq!(identity.format, Format::Msg);
    }
    // {00020803-0000-0000-C000-000000000046}: a chart of Microsoft Graph.
    let graph = [3, 8, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    assert_eq!(storage("ObjectPool/_1", graph, &["Workbook"]), None);
    assert!(storage("", graph, &["Workbook"]).is_some());
}

#[test]
fn controls_are_told_by_their_class() {
    // {D7053240-CE69-11CD-A777-00DD01143C57}: a command button.
    let button = [
        0x40, 0x32, 0x05, 0xd7, 0x69, 0xce, 0xcd, 0x11, 0xa7, 0x77, 0, 0xdd, 1, 0x14, 0x3c, 0x57,
    ];
    assert!(is_control(&button));
    assert!(!is_control(&[0; 16]));
}

#[test]
fn a_relationship_tells_opaque_kinds_without_a_signature() {
    let unknown = || Identity::opaque(SkipReason::Unknown);
    for (relation, reason) in [
        ("font", SkipReason::Font),
        ("printersettings", SkipReason::PrinterSettings),
        ("thumbnail", SkipReason::Picture),
        ("activexcontrolbinary", SkipReason::ActiveX),
        ("origin", SkipReason::Signature),
    ] {
        assert_eq!(
            unknown().reached_by(Some(relation)),
            Identity::opaque(reason)
        );
    }
    // Relations that load documents tell nothing: bytes that start like no document stay unknown.
    for relation in ["afchunk", "package", "oleobject", "subdocument", "frame"] {
        assert_eq!(unknown().reached_by(Some(relation)), unknown());
    }
    // A compressed metafile is a gzip file that a picture relationship names.
    let emz = first(b"\x1f\x8b\x08\0");
    assert_eq!(
        emz.clone().reached_by(Some("image")),
        Identity::opaque(SkipReason::Picture)
    );
    assert_eq!(emz.clone().reached_by(Some("package")), emz);
    // What is a document stays one, whatever names it.
    let rtf = first(b"{\\rtf1");
    assert_eq!(rtf.clone().reached_by(Some("font")), rtf);
}
