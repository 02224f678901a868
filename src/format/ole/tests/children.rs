//! Documents in streams and storages.

use super::*;

#[test]
fn a_pdf_in_an_object_is_skipped_whatever_it_brings() {
    let pdf = b"%PDF-1.7\n1 0 obj << /Type /EmbeddedFile >> endobj\n%%EOF";
    let seen = read(&smith(&[("CONTENTS", pdf), ("\u{1}Ole", b"x")]));
    assert_eq!(seen.gaps, []);
    assert_eq!(seen.skipped[0].reason, SkipReason::Pdf);
    assert!(seen.children.is_empty());
}

#[test]
fn a_package_stream_is_a_child() {
    let seen = smith(&[("MBD01/Package", ZIP), ("MBD01/\u{1}Ole", b"")]);
    let found = read(&seen);
    assert_eq!(found.children.len(), 1);
    assert_eq!(
        child(&seen, &found.children[0]),
        ("x › MBD01/Package".to_owned(), ZIP.to_vec())
    );
    assert!(found.gaps.is_empty() && found.links.is_empty());
    // Bytes that are no document are skipped, with their reason.
    let found = read(&smith(&[("Package", b"\x89PNG\r\n\x1a\n....")]));
    assert!(found.children.is_empty() && found.gaps.is_empty());
    assert_eq!(found.skipped[0].reason, SkipReason::Picture);
}

#[test]
fn any_stream_that_starts_like_a_document_is_a_child() {
    let big = [ZIP, &[7; 9000]].concat();
    let data = smith(&[
        ("WordDocument", b"x"),
        ("Data", ZIP),
        ("junk", b"nothing"),
        ("folder/whatever", &big),
        ("folder/CONTENTS", ZIP),
    ]);
    let seen = read(&data);
    let mut found: Vec<_> = seen.children.iter().map(|c| child(&data, c)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("x › Data".to_owned(), ZIP.to_vec()),
            ("x › folder/CONTENTS".to_owned(), ZIP.to_vec()),
            ("x › folder/whatever".to_owned(), big),
        ]
    );
}

#[test]
fn every_storage_is_identified_by_its_own_streams() {
    let data = smith(&[
        ("wordDOCUMENT", b"x"),
        ("ObjectPool/_1/Workbook", b"x"),
        ("ObjectPool/_2/PowerPoint Document", b"x"),
        ("ObjectPool/_3/VisioDocument", b"x"),
        ("ObjectPool/_3/\u{1}CompObj", b"x"),
        ("ObjectPool/_4/Equation Native", b"x"),
        ("ObjectPool/_4/\u{1}Ole", b""),
    ]);
    let seen = read(&data);
    let mut gaps: Vec<_> = seen
        .gaps
        .iter()
        .map(|gap| gap.location.to_string())
        .collect();
    gaps.sort();
    assert_eq!(gaps, ["x", "x › ObjectPool/_1", "x › ObjectPool/_2"]);
    let mut skipped: Vec<_> = seen
        .skipped
        .iter()
        .map(|skipped| (skipped.location.to_string(), skipped.reason))
        .collect();
    skipped.sort();
    assert_eq!(
        skipped,
        [
            ("x › ObjectPool/_3".to_owned(), SkipReason::OleObject),
            ("x › ObjectPool/_4".to_owned(), SkipReason::OleObject)
        ]
    );
}

#[test]
fn a_storage_goes_to_its_reader_with_its_streams() {
    let mut streams = handed(&smith(&[
        ("WordDocument", b"x"),
        ("1Table", b"x"),
        ("Macros/VBA/_VBA_PROJECT", b"x"),
        ("ObjectPool/_1/WordDocument", b"x"),
        ("ObjectPool/_1/0Table", b"x"),
        ("ObjectPool/_2/\u{1}Ole", b"x"),
    ]));
    streams.sort();
    assert_eq!(
        streams,
        [
            "x › 1Table",
            "x › Macros/VBA/_VBA_PROJECT",
            "x › ObjectPool/_1/0Table",
            "x › ObjectPool/_1/WordDocument",
            "x › WordDocument",
        ]
    );
}

#[test]
fn an_encrypted_package_is_a_gap_wherever_it_is() {
    let streams: &[(&str, &[u8])] = &[
        ("EncryptionInfo", b"\x04\0\x04\0"),
        ("EncryptedPackage", b"x"),
        ("a/EncryptionInfo", b"\x04\0\x04\0"),
        ("a/EncryptedPackage", b"x"),
    ];
    let seen = read(&smith(streams));
    assert_eq!(seen.outcome.format, Format::EncryptedOoxml);
    assert_eq!(seen.gaps.len(), 2);
    assert!(seen.gaps.iter().all(|gap| gap.kind == GapKind::Encrypted));
    let scheme = "ECMA-376 agile (nothing tells how)";
    assert!(
        seen.gaps
            .iter()
            .all(|gap| gap.detail == scheme || !cfg!(feature = "crypt"))
    );
}

#[test]
fn an_embedded_file_is_a_child_and_a_program_is_a_link() {
    let data = package("my.docx", "C:\\x\\my.docx", "C:\\t\\my.docx", 3, ZIP);
    let file = smith(&[("\u{1}Ole10Native", &data)]);
    let seen = read(&file);
    assert!(seen.links.is_empty());
    assert_eq!(
        child(&file, &seen.children[0]),
        (
            "x › \u{1}Ole10Native › my.docx".replace('\u{1}', "\\u{1}"),
            ZIP.to_vec()
        )
    );

    let data = package(
        "invoice.js",
        "C:\\x\\invoice.js",
        "C:\\t\\invoice.js",
        3,
        b"WScript",
    );
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    let [link] = &seen.links[..] else {
        panic!("{:?}", seen.links)
    };
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::Execute, Carrier::OlePackage)
    );
    assert_eq!(link.target.as_deref(), Some("C:\\t\\invoice.js"));
    assert_eq!(link.trigger, Trigger::Click);

    // A harmless file is no link and no gap.
    let data = package("a.txt", "C:\\a.txt", "C:\\a.txt", 3, b"hello");
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    assert!(seen.links.is_empty() && seen.gaps.is_empty() && seen.children.is_empty());
}

#[test]
fn native_data_of_an_old_program_is_skipped_unless_a_document_is_in_it() {
    let seen = read(&smith(&[("a/\u{1}Ole10Native", b"\x04\0\0\0BM..")]));
    assert!(seen.children.is_empty() && seen.gaps.is_empty());
    assert_eq!(seen.skipped[0].reason, SkipReason::OleObject);
    let hidden = [b"\xff\xff\xff\xffjunk", ZIP].concat();
    let file = smith(&[("a/\u{1}Ole10Native", &hidden)]);
    let seen = read(&file);
    assert_eq!(child(&file, &seen.children[0]).1, ZIP);
}

#[test]
fn streams_that_no_storage_holds_are_read() {
    let ole = monikers::ole(1, 1, &[], &monikers::url("http://h/a"), true);
    let mut data = smith(&[("\u{1}Ole", &ole), ("Workbook", b"x")]);
    // The root's child ([MS-CFB] 2.6.1): none.
    let root: Vec<u8> = "Root Entry"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let root = memchr::memmem::find(&data, &root).unwrap();
    data[root + 76..root + 80].copy_from_slice(&[0xff; 4]);
    let seen = read(&data);
    assert_eq!(seen.links[0].target.as_deref(), Some("http://h/a"));
    assert!(seen.links[0].has(TechniqueId::Unreachable));
    assert_eq!(seen.gaps[0].kind, GapKind::Unsupported);
}

#[test]
fn state_of_controls_and_macros_is_told() {
    let button = "D7053240-CE69-11CD-A777-00DD01143C57";
    let seen = read(&classed(&[("contents", b"\0\x02\x20\0")], &[("", button)]));
    assert_eq!(seen.outcome.opaque, Some(SkipReason::ActiveX));
    let seen = read(&smith(&[("VBA/_VBA_PROJECT", b"x"), ("VBA/dir", b"x")]));
    assert_eq!(seen.outcome.opaque, Some(SkipReason::VbaProject));
    assert!(seen.gaps.is_empty());
}
