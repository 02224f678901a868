//! XML by its root, and pages.

use super::*;

#[test]
fn xml_is_told_by_its_root_in_any_encoding() {
    let word = "<?xml version='1.0'?>\n<?mso-application progid='Word.Document'?><!-- <x/> -->\
        <q:wordDocument a='>' xmlns:q='http://schemas.microsoft.com/office/word/2003/wordml'>";
    let excel = "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">";
    let flat = "<pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">";
    let odf = "<!DOCTYPE office:document [<!ENTITY x \"y\">]><office:document \
        xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
        office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>";
    for (text, format) in [
        (word, Format::WordXml2003),
        (excel, Format::ExcelXml2003),
        (flat, Format::FlatOpc),
        (odf, Format::Ods),
    ] {
        let marked: String = format!("\u{feff}{text}");
        for data in [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            [b"\0 \r\n".as_slice(), text.as_bytes()].concat(),
            utf16(text),
            utf16_be(text),
            utf16(&marked),
            utf16_be(&marked),
        ] {
            assert_eq!(formats(&data), [format], "{data:?}");
        }
    }
    let part =
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>";
    let root = Root {
        ns: Ns::Word,
        local: "document".to_owned(),
    };
    assert_eq!(first(part.as_bytes()).disposition, Disposition::Xml(root));
    // A root that is called like an HTML element, in a namespace of its own.
    let table = "<table xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";
    let root = Root {
        ns: Ns::Spreadsheet,
        local: "table".to_owned(),
    };
    assert_eq!(first(table.as_bytes()).disposition, Disposition::Xml(root));
    // A comment longer than the first look.
    let far = format!("<!--{}-->{excel}", "x".repeat(100_000));
    assert_eq!(formats(far.as_bytes()), [Format::ExcelXml2003]);
}

#[test]
fn a_tag_that_does_not_end_in_the_window_is_not_known_yet() {
    let workbook = |length: usize| {
        let long = "x".repeat(length);
        let ns = "urn:schemas-microsoft-com:office:spreadsheet";
        format!("<?xml version='1.0'?><Workbook a=\"{long}>\" xmlns='{ns}'><Worksheet/></Workbook>")
    };
    for length in [10, 60 << 10, 70 << 10, 900 << 10] {
        let data = workbook(length);
        assert_eq!(formats(data.as_bytes()), [Format::ExcelXml2003], "{length}");
    }
    // The reader of markup finds it.
    let late = Disposition::Xml(Root {
        ns: Ns::None,
        local: String::new(),
    });
    assert_eq!(first(workbook(2 << 20).as_bytes()).disposition, late);
    assert_eq!(formats(b"<html a='"), [Format::Html]);
}

#[test]
fn markup_in_encodings_that_are_not_decoded() {
    let utf32 = |text: &str, order: fn(u32) -> [u8; 4]| -> Vec<u8> {
        text.chars()
            .flat_map(|letter| order(u32::from(letter)))
            .collect()
    };
    for data in [
        b"\x4c\x6f\xa7\x94\x93\x40".to_vec(),
        utf32("<html>", u32::to_le_bytes),
        utf32("<?xml", u32::to_be_bytes),
        utf32("\u{feff}<html>", u32::to_le_bytes),
        utf32("\u{feff}<html>", u32::to_be_bytes),
    ] {
        let first = identify(&data).remove(0);
        assert!(
            matches!(first.disposition, Disposition::Unsupported(_)),
            "{data:?}"
        );
    }
    // The stream `\x06DataSpaces/Version` of encrypted documents: a length, then UTF-16
    // ([MS-OFFCRYPTO] 2.1.5).
    let version: Vec<u8> = [60, 0, 0, 0]
        .into_iter()
        .chain(
            "Microsoft.Container"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    for data in [version.as_slice(), b"<\0\0\0", b"\0\0\0<\0\0\0\x01"] {
        assert_eq!(formats(data), [Format::Other], "{data:?}");
    }
}
