//! Files that are told by their first bytes.

use super::*;

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
    assert!(is_gap(b"%PDF-1.7\n<< /Type /#45mb#65dde#64File >>"));
    assert!(!is_gap(
        b"%PDF-1.7\n<< /Type /Page /T (#45mbeddedFile) /#zz >>"
    ));
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
fn sections_of_onenote() {
    let section = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3\0";
    let contents = b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f\0";
    for data in [section, contents] {
        assert_eq!(first(data), Identity::read(Format::OneNote));
    }
}

#[test]
fn what_comes_by_mail_is_read_with_its_feature() {
    let rows: [(&[u8], Format); 3] = [
        (b"\x78\x9f\x3e\x22\x01\0", Format::Tnef),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", Format::Icalendar),
        (
            b"\xef\xbb\xbf\r\nbegin:vcard\r\nVERSION:3.0\r\n",
            Format::Vcard,
        ),
    ];
    for (data, format) in rows {
        assert_eq!(formats(data), [format]);
        let is_read = first(data) == Identity::read(format);
        assert_eq!(is_read, cfg!(feature = "mail"), "{format:?}");
        assert_eq!(is_gap(data), !is_read);
    }
}

#[test]
#[cfg(feature = "mail")]
fn messages_are_read() {
    let mail = b"From: a@example.invalid\r\nTo: b\r\nSubject: c\r\n\r\nbody";
    assert_eq!(first(mail), Identity::read(Format::Eml));
    // Signed data in definite, long and indefinite lengths (X.690 §8.1.3); a certificate is none.
    for length in [&b"\x20"[..], b"\x82\x01\0", b"\x80"] {
        let id = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80";
        let message = [&b"\x30"[..], length, id].concat();
        assert_eq!(first(&message), Identity::read(Format::Smime));
    }
    assert_eq!(opaque(b"\x30\x82\x01\0\x30\x82"), Some(SkipReason::Unknown));
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
fn formats_have_their_names() {
    assert_eq!(Format::WordXml2003.as_str(), "word-xml-2003");
    assert!(Format::ALL.is_sorted_by(|a, b| a.as_str() < b.as_str()));
}

/// What Outlook and Word open beside what is read.
#[test]
fn stores_of_mail_and_documents_of_word_perfect() {
    for bytes in [
        b"!BDN\x01\x02\x03\x04SM\x17\0".as_slice(),
        b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f",
        b"\x76\xe8\x04\x60\xc4\x11\xe3\x86\0\x10",
        b"\xffWPC\x10\x02\0\0\x01\x0a\x02\x01",
    ] {
        assert!(is_gap(bytes), "{bytes:?}");
    }
}
