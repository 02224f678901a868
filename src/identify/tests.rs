use super::*;
use crate::container::Member;
use crate::container::{Coding, Source};
use crate::markup::names::Ns;

/// The formats of all readings.
fn formats(data: &[u8]) -> Vec<Format> {
    identify(data)
        .into_iter()
        .map(|identity| identity.format)
        .collect()
}

fn first(data: &[u8]) -> Identity {
    identify(data).remove(0)
}

fn is_gap(data: &[u8]) -> bool {
    identify(data)
        .iter()
        .any(|identity| matches!(identity.disposition, Disposition::Unsupported(_)))
}

fn opaque(data: &[u8]) -> Option<SkipReason> {
    if let Disposition::Opaque(reason) = first(data).disposition {
        Some(reason)
    } else {
        None
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

// The rows of "What is a gap" (design page).

#[test]
fn empty_input_is_empty_and_unknown_bytes_are_opaque() {
    assert_eq!(formats(b""), [Format::Empty]);
    assert_eq!(opaque(b""), Some(SkipReason::Unknown));
    assert_eq!(first(b"hello"), Identity::opaque(SkipReason::Unknown));
    assert_eq!(opaque(&[0x83, 0x11, 0, 1, 2, 3]), Some(SkipReason::Unknown));
    assert_eq!(opaque(&[0; 5_000]), Some(SkipReason::Unknown));
}

#[test]
fn pictures_fonts_media_and_executables_are_opaque() {
    let mut emf = vec![1, 0, 0, 0];
    emf.resize(40, 0x11);
    emf.extend(b" EMF");
    let rows: [(&[u8], SkipReason); 12] = [
        (b"\x89PNG\r\n\x1a\n....", SkipReason::Picture),
        (b"\xff\xd8\xff\xe0..JFIF", SkipReason::Picture),
        (b"\xd7\xcd\xc6\x9a\0\0", SkipReason::Picture),
        (&emf, SkipReason::Picture),
        (
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            SkipReason::Picture,
        ),
        (b"\0\x01\0\0\0\x12\x01\0", SkipReason::Font),
        (b"OTTO\0\x0b", SkipReason::Font),
        (b"RIFF\x10\0\0\0WAVEfmt ", SkipReason::Media),
        (b"\0\0\0\x20ftypisom", SkipReason::Media),
        (b"MZ\x90\0", SkipReason::Executable),
        (b"\x7fELF\x02", SkipReason::Executable),
        (
            b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0",
            SkipReason::Executable,
        ),
    ];
    for (data, reason) in rows {
        assert_eq!(opaque(data), Some(reason), "{data:?}");
        assert_eq!(identify(data).len(), 1);
    }
}

#[test]
fn a_pdf_is_opaque_unless_it_brings_a_file_or_a_mail() {
    assert_eq!(
        first(b"%PDF-1.7\n1 0 obj"),
        Identity::opaque(SkipReason::Pdf)
    );
    assert!(is_gap(b"%PDF-1.7\n<< /Type /EmbeddedFile >>"));
    assert!(is_gap(b"junk %PDF-1.7\n<< /Type /Filespec >>"));
    // A page in MIME behind a PDF header (`spec/word.md` §0.1).
    let polyglot =
        b"%PDF-1.7\r\n1 0 obj\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n";
    assert_eq!(formats(polyglot), [Format::Mhtml, Format::Pdf]);
    // The word may lie across two blocks.
    let mut sniffer = Sniffer::default();
    let mut text = b"%PDF-1.7\n".to_vec();
    text.resize(9_000, b'.');
    text.extend(b"/EmbeddedFile");
    text.resize(20_000, b'.');
    for block in text.chunks(7) {
        sniffer.feed(block);
    }
    assert!(matches!(
        sniffer.finish().remove(0).disposition,
        Disposition::Unsupported(_)
    ));
}

#[test]
fn archives_that_are_not_opened_are_gaps() {
    let mut iso = vec![0; 0x8001];
    iso.extend(b"CD001\x01");
    let rows: [(&[u8], Format); 5] = [
        (b"7z\xbc\xaf\x27\x1c\0\x04", Format::SevenZip),
        (b"Rar!\x1a\x07\x01\0", Format::Rar),
        (b"MSCF\0\0\0\0", Format::Cab),
        (b"\x1f\x8b\x08\0", Format::Gzip),
        (&iso, Format::Iso),
    ];
    for (data, format) in rows {
        assert_eq!(formats(data), [format]);
        assert!(is_gap(data));
    }
    // Other archives are not on the list.
    assert_eq!(opaque(b"BZh91AY&SY"), Some(SkipReason::Unknown));
}

#[test]
fn rich_text_behind_blanks() {
    let far = [" \0\r\n\t".repeat(300).as_bytes(), b"{\\rtf1"].concat();
    let rows: [&[u8]; 4] = [
        b"{\\rt",
        b"{\\rtfXYZ",
        b"\xef\xbb\xbf\r\n\0 {\\rtf1\\ansi",
        &far,
    ];
    for data in rows {
        assert_eq!(first(data), Identity::read(Format::Rtf));
    }
    assert_eq!(opaque(b"{\\RTF1"), Some(SkipReason::Unknown));
}

#[test]
fn documents_that_are_not_read_yet_are_gaps_in_plain_words() {
    let rows: Vec<(&[u8], Format)> = vec![
        (b"\x78\x9f\x3e\x22\x01\0", Format::Tnef),
        (
            b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3\0",
            Format::OneNote,
        ),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", Format::Icalendar),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", Format::Vcard),
        (
            b"From: a@example.invalid\r\nTo: b\r\nSubject: c\r\n\r\nbody",
            Format::Eml,
        ),
    ];
    for (data, format) in rows {
        assert_eq!(
            formats(data),
            [format],
            "{:?}",
            String::from_utf8_lossy(data)
        );
        assert!(is_gap(data));
    }
}

#[test]
fn workbooks_are_told_by_their_first_record() {
    // The table of `spec/excel.md` §3.1.
    let rows: [&[u8]; 5] = [
        b"\x09\0\x04\0\x02\0\x10\0",
        b"\x09\x02\x06\0\0\0\x10\0",
        b"\x09\x04\x06\0\0\0\x10\0",
        b"\x09\x08\x08\0\0\x05\x05\0",
        b"\x09\x08\x10\0\0\x06\x05\0",
    ];
    for data in rows {
        assert_eq!(formats(data), [Format::Xls]);
        assert_eq!(first(data).disposition, Disposition::Read);
    }
}

#[test]
fn pages_and_their_containers_are_read() {
    let rows: [(&[u8], Format); 5] = [
        (b"ActiveMime\0\0", Format::ActiveMime),
        (b"<HTML><body>", Format::Html),
        (
            b"  <!-- x --><table><tr><td>=cmd|'/c calc'!A0</td>",
            Format::Html,
        ),
        (b"<!DOCTYPE html>\n<p>", Format::Html),
        (
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n",
            Format::Mhtml,
        ),
    ];
    for (data, format) in rows {
        assert_eq!(formats(data), [format]);
        let reads = first(data).disposition == Disposition::Read;
        // Without the feature, a gap.
        assert_eq!(reads, format != Format::Mhtml || cfg!(feature = "mail"));
        assert_eq!(is_gap(data), !reads);
    }
}

#[test]
fn queries_are_read() {
    let rows: [&[u8]; 16] = [
        b"WEB\r\n1\r\nhttp://192.0.2.1/x.dat\r\n",
        b"web\nhttp://x.example/\n\nSelection=1",
        b"WEB\t\r\n1\r\n\\\\192.0.2.1\\s\\x.dat\r\n",
        b"XLODBC \r\n1\r\nDRIVER=SQL Server",
        b"[ODBC ]\r\nDRIVER=x",
        b"; x\r\n\r\n[ODBC]\r\nDRIVER=x",
        b"QueryType = OLEDB\r\n",
        b"Version=1\r\nQueryType=OLEDB\r\n",
        b"[File Data Source]\r\nServer=x",
        b"1\nhttp://x.example/\nSelection=1",
        b"http://x.example/\n\nPreFormattedTextToColumns=True",
        b"XLODBC\r\n1\r\nDRIVER=SQL Server",
        b"QueryType=OLEDB\r\nVersion=1",
        b"[oledb]\r\n; x",
        b"[ODBC]\r\nDRIVER=x",
        &utf16("[oledb]\r\n"),
    ];
    for data in rows {
        assert_eq!(first(data), Identity::read(Format::QueryFile));
    }
    // A page is still a page.
    let page = b"<html><meta name=ProgId content=ODC.Table><xml id=msodc>";
    assert_eq!(formats(page), [Format::QueryFile, Format::Html]);
    // A list of addresses, unless its name says more.
    for text in [
        "http://x.example/\r\n",
        "web\r\nwork\r\n",
        "12\n34\n",
        // A column called so.
        "Web\nhttps://www.example.com/\nhttps://x.example/\n",
        "web\n2.0\nfoo",
        "WEB\n1. Introduction to http://x.example/\n",
        "web\n2023\n2024\n",
        "Version=1\nName=x\n",
    ] {
        assert_eq!(opaque(text.as_bytes()), Some(SkipReason::Unknown));
    }
    let named = |name: &str| identify_name(name).map(|identity| identity.format);
    assert_eq!(named("a.b.IQY"), Some(Format::QueryFile));
    assert_eq!(named("iqy"), None);
    assert_eq!(named("a.iqy.txt"), None);
}

#[test]
fn hosts_beside_the_office_documents() {
    for (data, format) in [
        (b"\0\x01\0\0Standard Jet DB\0".as_slice(), Format::Access),
        (b"\0\x01\0\0Standard ACE DB\0", Format::Access),
        (
            b"<VisioDocument xmlns='http://schemas.microsoft.com/visio/2003/core'>",
            Format::Visio,
        ),
    ] {
        assert_eq!(identify(data), [Identity::read(format)]);
    }
    // A font begins the same.
    assert_eq!(
        identify(b"\0\x01\0\0\0\x0c")[0],
        Identity::opaque(SkipReason::Font)
    );
    let storage = |name: &str| identify_storage("", &[0; 16], std::iter::once(name.to_owned()));
    for name in ["VisioDocument", "Props9", "Props12", "Props14"] {
        assert_eq!(storage(name), [Identity::read(Format::OleOther)], "{name}");
    }
    assert_eq!(storage("Props"), []);
}

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
fn worksheets_of_text_are_told_by_their_first_line() {
    let rows = [
        ("ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n", Format::Sylk),
        ("\u{feff}id\r\n", Format::Sylk),
        ("\0 ID;P\nC;K1", Format::Sylk),
        ("TABLE\r\n0,1\r\n\"EXCEL\"\r\n", Format::Dif),
    ];
    for (text, format) in rows {
        assert_eq!(first(text.as_bytes()), Identity::read(format), "{text:?}");
        let wide = utf16(&format!("\u{feff}{text}"));
        assert_eq!(formats(&wide), [format], "UTF-16 {text:?}");
    }
    for text in ["identity", "ID number,name\n1,x", "TABLE\nof contents"] {
        assert_eq!(formats(text.as_bytes()), [Format::Other], "{text:?}");
    }
}

#[test]
fn text_that_cannot_hold_a_formula_is_no_gap() {
    for text in [
        "plain text, nothing else",
        "a;b;c\r\n1;2;3\r\n-5;+49 171 1234567;x\r\n",
        "- item one\n- item two\n",
        "see (this) | and that = x|y",
        "\"quoted, field\",2",
        "=1+2",
        "- see (this)\n- or | that",
        "-1.5,2 (two)\n",
    ] {
        assert_eq!(
            first(text.as_bytes()),
            Identity::opaque(SkipReason::Unknown),
            "{text:?}"
        );
    }
}

#[test]
fn text_with_a_formula_trigger_is_read() {
    for text in [
        "=cmd|'/c calc'!A0",
        "a,b\r\n1,=cmd|'/c calc'!A0",
        "a;b\r\n1;\"=cmd|'/c echo a;b'!A0\"",
        "x\t+cmd|'/c calc'!A0",
        "@SUM(1+9)*cmd|'/c calc'!A0",
        "-2+3+cmd|'/c calc'!D2",
        "\"a\",\"=DDE(\"\"cmd\"\";\"\"/C calc\"\";\"\"x\"\")\"",
        "  =HYPERLINK(\"http://example.invalid\")",
        "\0=\0cmd|'/c calc'!A0",
        "sep=^\n1^=cmd|'/c calc'!A0",
        "1,\"=cmd\n|'/c calc'!A0\"",
        "＝cmd|'/c calc'!A0",
        "x,＋cmd|'/c calc'!A0",
    ] {
        assert_eq!(
            formats(text.as_bytes()),
            [Format::DelimitedText],
            "{text:?}"
        );
        for data in [
            utf16(&format!("\u{feff}{text}")),
            utf16_be(&format!("\u{feff}{text}")),
        ] {
            assert_eq!(formats(&data), [Format::DelimitedText], "UTF-16 {text:?}");
        }
        // Far from the start, in blocks.
        let far = format!("{}\n{text}", "plain,1,2\n".repeat(10_000));
        let mut sniffer = Sniffer::default();
        far.as_bytes()
            .chunks(1_001)
            .for_each(|block| sniffer.feed(block));
        assert_eq!(
            sniffer.finish().remove(0).format == Format::DelimitedText,
            !text.starts_with("sep")
        );
    }
    // Excel opens what it does not know as text: binary junk does not hide a formula.
    let mut junk: Vec<u8> = (0..4_000u32)
        .map(|n| ((n * 7919) >> 3) as u8 & 0x1f)
        .collect();
    junk.extend(b"\n=cmd|'/c calc'!A0\n");
    assert_eq!(formats(&junk), [Format::DelimitedText]);
}

/// Whether the bytes are read as cells under a name.
fn is_read_as_cells(data: &[u8], name: &str) -> bool {
    let cells = Identity::read(Format::DelimitedText);
    identify_as(data, Some(name)).contains(&cells)
}

const CELL: &str = "=cmd|'/c calc'!A0";

#[test]
fn a_signature_does_not_hide_cells() {
    // Letters that are a signature by chance: whatever the name is.
    for head in [
        "GIF89a", "MZ,Name", "ID3", "FWS", "OTTO", "8BPS", "BM", "%PDF-1.4", "%!PS", "<foo>,1",
    ] {
        let text = format!("{head}\r\n1,{CELL}\r\n");
        assert!(is_read_as_cells(text.as_bytes(), ""), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "a.csv"), "{head}");
        assert!(!is_read_as_cells(
            format!("{head}\r\n1,2").as_bytes(),
            "a.csv"
        ));
    }
    // Formats of text are what they are, unless the name says that Excel opens it.
    for head in [
        "{\\rtf1",
        "[odbc]",
        "<html>",
        "<a>,1",
        "XLODBC",
        "BEGIN:VCARD",
        "PK\x03\x04",
        "From: a@b.example\r\nTo: c@d.example\r\n",
    ] {
        let text = format!("{head}\r\n{CELL}\r\n");
        assert!(!is_read_as_cells(text.as_bytes(), "a.doc"), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "a.csv"), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "x/A.TSV. "), "{head}");
        // Excel has readers for pages and archives under the name of a workbook.
        let foreign = !matches!(head, "<html>" | "<a>,1" | "PK\x03\x04");
        assert_eq!(
            is_read_as_cells(text.as_bytes(), "a.xls"),
            foreign,
            "{head}"
        );
    }
    // The reader of SYLK reads the cells as well.
    let text = format!("ID;P\r\n{CELL}\r\n");
    assert_eq!(formats(text.as_bytes()), [Format::Sylk]);
    assert!(!is_read_as_cells(text.as_bytes(), "a.csv"));
    // What is no text is none by chance.
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".repeat(400);
    picture.extend(format!("\n{CELL}\n").bytes());
    assert!(!is_read_as_cells(&picture, "a.png"));
    assert!(is_read_as_cells(&picture, "a.csv"));
}

#[test]
fn what_stands_behind_does_not_hide_cells() {
    let archive = "PK\x03\x04\x14\0\0\0\0\0PK\x05\x06";
    for behind in [
        "%PDF-1.4\n",
        archive,
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n",
    ] {
        let text = format!("{CELL}\r\n{behind}");
        assert!(is_read_as_cells(text.as_bytes(), ""), "{behind}");
        assert!(identify(text.as_bytes()).len() > 1, "{behind}");
    }
    assert!(is_read_as_cells(b"=cmdftyp|'/c calc'!A0", ""));
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
fn a_page_is_told_by_its_cells_wherever_they_stand() {
    let cells = "<table><tr><td>=cmd|'/c calc'!A0</td></tr></table>";
    for front in [
        "<em>",
        "<nav>",
        "<h4>",
        "<tbody>",
        "<foo>",
        "<!-- x --><foo>",
        "</x>",
        "<1>",
        "hello\r\n",
        "<o:p>",
        "%PDF-1.4\n",
        "+/v8-<html>",
    ] {
        let data = format!("{front}{cells}");
        assert!(formats(data.as_bytes()).contains(&Format::Html), "{front}");
    }
    // Not in markup that is known to be something else.
    let other =
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>";
    assert!(!formats(format!("{other}{cells}").as_bytes()).contains(&Format::Html));
    assert!(!formats(b"if a<tables && b<tdx then").contains(&Format::Html));
}

#[test]
fn worksheets_of_text_with_blanks_in_their_first_line() {
    for text in ["ID;P\r\n", "ID ;P\r\n", "ID\0;P\r\n", "ID\t;P\n", "id\r"] {
        assert_eq!(formats(text.as_bytes()), [Format::Sylk], "{text:?}");
    }
    assert_eq!(opaque(b"ID Name\r\n"), Some(SkipReason::Unknown));
    assert_eq!(opaque(b"IDX\r\n"), Some(SkipReason::Unknown));
}

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

/// What a storage with these streams is called.
fn storage(path: &str, class: [u8; 16], names: &[&str]) -> Option<Identity> {
    storage_formats(path, class, names).into_iter().next()
}

/// All that a storage with these streams is.
fn storage_formats(path: &str, class: [u8; 16], names: &[&str]) -> Vec<Identity> {
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
fn a_storage_is_all_that_its_streams_say() {
    let formats = |names: &[&str]| -> Vec<Format> {
        let identities = storage_formats("", [0; 16], names);
        identities.iter().map(|identity| identity.format).collect()
    };
    assert_eq!(
        formats(&["Book", "WordDocument", "PowerPoint Document"]),
        [Format::Doc, Format::Xls, Format::Ppt]
    );
    // Programs write the same document twice into one file (`spec/excel.md` §3.1).
    assert_eq!(formats(&["Book", "Workbook"]), [Format::Xls]);
    assert_eq!(formats(&["PP40", "PowerPoint Document"]), [Format::Ppt]);
    assert_eq!(
        formats(&["EncryptedPackage", "Workbook", "EncryptionInfo"]),
        [Format::EncryptedOoxml, Format::Xls]
    );
}

#[test]
fn parts_of_documents_are_no_documents() {
    let properties = ["__properties_version1.0"];
    for path in [
        "__recip_version1.0_#00000000",
        "__attach_version1.0_#0000000A",
    ] {
        assert_eq!(storage(path, [0; 16], &properties), None);
    }
    let message = "__attach_version1.0_#00000000/__substg1.0_3701000D";
    assert_eq!(
        storage(message, [0; 16], &properties).unwrap().format,
        Format::Msg
    );
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

#[test]
fn formats_have_their_names() {
    assert_eq!(Format::WordXml2003.as_str(), "word-xml-2003");
    assert!(Format::ALL.is_sorted_by(|a, b| a.as_str() < b.as_str()));
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

/// Excel drops control characters (`spec/excel.md` §0.4), and opens what has many of them as text
/// all the same.
#[test]
fn control_characters_hide_no_formula() {
    let dense: Vec<u8> = b"=cmd|'/c calc'!A0"
        .iter()
        .flat_map(|letter| [*letter, 1, 0x1f, 0x7f])
        .collect();
    let rows: [&[u8]; 4] = [
        b"first,=c\x01md|'/C\x7f calc'!A0",
        b"=\x02cmd\x03|'/c\x04 calc'!A0",
        b"\x01\x02\x03\x04\x05\x06\n=cmd|'/c calc'!A0",
        &dense,
    ];
    for data in rows {
        assert_eq!(formats(data), [Format::DelimitedText], "{data:?}");
    }
    let picture = [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        b"\0\0\n=cmd|'/c calc'!A0\n",
    ]
    .concat();
    assert_eq!(opaque(&picture), Some(SkipReason::Picture));
    // A formula does not go over a NUL or a byte that is no ASCII, in bytes that are no text.
    for end in [0, 0x80, 0xff] {
        let junk = [
            b"\x01\x02\x03\x04\x05\x06\n=cmd",
            [end].as_slice(),
            b"|'/c calc'!A0",
        ]
        .concat();
        assert_eq!(opaque(&junk), Some(SkipReason::Unknown), "{end}");
    }
}
