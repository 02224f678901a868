use super::*;
use crate::limits::Limits;
use std::io::Read as _;

const PKG: &str = "xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\"";

/// Names and contents of the members.
fn members(data: &[u8], kind: Kind) -> Vec<(String, Vec<u8>)> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let flat = list(data, kind, &budget);
    assert_eq!(flat.exhausted, None);
    assert_eq!(flat.members.len(), flat.surroundings.len());
    let all = flat.members.iter().map(|member| {
        let outcome = Cell::new(None);
        let mut bytes = Vec::new();
        let mut reader = member.source.open(data, &budget, &outcome);
        reader.read_to_end(&mut bytes).unwrap();
        (member.name.clone(), bytes)
    });
    all.collect()
}

fn named(members: &[(String, Vec<u8>)]) -> Vec<(&str, &str)> {
    members
        .iter()
        .map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap()))
        .collect()
}

#[test]
fn parts_are_what_stands_between_their_tags() {
    let text = format!(
        "<?xml version=\"1.0\"?><pkg:package {PKG}>\
         <pkg:part pkg:name=\"/a.xml\" pkg:contentType=\"T/x; q=1\"><pkg:xmlData><a>1</a></pkg:xmlData></pkg:part>\
         <pkg:part pkg:name=\"/b.bin\"><pkg:binaryData>Zm\n9v</pkg:binaryData></pkg:part>\
         <pkg:part pkg:name=\"/c\"><pkg:xmlData/></pkg:part>\
         <pkg:part pkg:name=\"/a.xml\"><pkg:xmlData><!-- c --><b/></pkg:xmlData></pkg:part>\
         </pkg:package>"
    );
    let found = members(text.as_bytes(), Kind::Package);
    assert_eq!(
        named(&found),
        [
            ("/a.xml", "<a>1</a>"),
            ("/b.bin", "foo"),
            ("/a.xml#2", "<b/>")
        ]
    );
    let limits = Limits::default();
    let flat = list(text.as_bytes(), Kind::Package, &Budget::new(&limits, None));
    assert_eq!(flat.content_types[0].as_deref(), Some("t/x"));
    assert_eq!(flat.members[2].techniques, [TechniqueId::DuplicatePart]);
}

#[test]
fn ranges_are_exact_in_sixteen_bits() {
    let text = format!(
        "<pkg:package {PKG}><pkg:part pkg:name=\"/ü𝄞\"><pkg:xmlData><a>é𝄞</a></pkg:xmlData></pkg:part>\
         <pkg:part pkg:name=\"/b\"><pkg:binaryData>Zm9v</pkg:binaryData></pkg:part></pkg:package>"
    );
    let units = |mark: &[u8], order: fn(u16) -> [u8; 2]| {
        let mut bytes = mark.to_vec();
        bytes.extend(text.encode_utf16().flat_map(order));
        bytes
    };
    for (bytes, order) in [
        (
            units(&[0xff, 0xfe], u16::to_le_bytes),
            u16::to_le_bytes as fn(u16) -> [u8; 2],
        ),
        (units(&[0xfe, 0xff], u16::to_be_bytes), u16::to_be_bytes),
        (units(&[], u16::to_le_bytes), u16::to_le_bytes),
    ] {
        let found = members(&bytes, Kind::Package);
        let expected: Vec<u8> = "<a>é𝄞</a>".encode_utf16().flat_map(order).collect();
        assert_eq!(found[0], ("/ü𝄞".to_owned(), expected));
        assert_eq!(found[1], ("/b".to_owned(), b"foo".to_vec()));
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn the_outermost_part_counts_and_an_open_one_reaches_to_the_end() {
    let text = format!(
        "<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:xmlData><pkg:package>\
         <pkg:part pkg:name=\"/b\"><pkg:xmlData>x</pkg:xmlData></pkg:part></pkg:package></pkg:xmlData>\
         </pkg:part><pkg:part pkg:name=\"/c\"><pkg:xmlData><w>"
    );
    let found = members(text.as_bytes(), Kind::Package);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].0, "/a");
    assert!(found[0].1.ends_with(b"</pkg:package>"));
    assert_eq!(named(&found)[1], ("/c", "<w>"));
    // Cut off: the file as a whole is read, too.
    assert_eq!(found[2], (String::new(), text.clone().into_bytes()));
}

#[test]
fn a_missing_quotation_mark_hides_no_part() {
    let text = format!(
        "<pkg:package {PKG}><pkg:part pkg:name=\"/a><pkg:xmlData><a/></pkg:xmlData></pkg:part>\
         <pkg:part pkg:name=\"/b\"><pkg:xmlData><b/></pkg:xmlData></pkg:part></pkg:package>"
    );
    let found = members(text.as_bytes(), Kind::Package);
    assert!(found.iter().any(|(_, bytes)| bytes == b"<a/>"), "{found:?}");
    assert!(found.iter().any(|(_, bytes)| bytes == b"<b/>"), "{found:?}");
    assert_eq!(found.last().unwrap().0, "");
}

#[test]
fn binary_data_of_a_document() {
    let text = "<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\">\
                <w:docOleData><w:binData w:name=\"oledata.mso\">Zm9v</w:binData></w:docOleData>\
                <w:binData w:name=\"oledata.mso\">YQ==</w:binData></w:wordDocument>";
    let found = members(text.as_bytes(), Kind::Document);
    assert_eq!(
        named(&found),
        [("", text), ("oledata.mso", "foo"), ("oledata.mso#2", "a")]
    );
    let text = "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">\
                <draw:object-ole><office:binary-data>Zm9v</office:binary-data></draw:object-ole>\
                </office:document>";
    let found = members(text.as_bytes(), Kind::Document);
    assert_eq!(named(&found), [("", text), ("object-ole", "foo")]);
}

#[test]
fn an_encoding_in_which_places_cannot_be_counted() {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"gb18030\"?><pkg:package {PKG}><pkg:part pkg:name=\"/a\">\
         <pkg:xmlData><a>"
    )
    .into_bytes();
    text.extend(b"\xc4\xe3</a></pkg:xmlData></pkg:part></pkg:package>");
    let found = members(&text, Kind::Package);
    assert_eq!(found.last().unwrap(), &(String::new(), text));
}

#[test]
fn a_hundred_thousand_parts_and_prefixes_cost_what_they_are() {
    let mut text = format!("<pkg:package {PKG}");
    for index in 0..5_000 {
        text.push_str(&format!(" xmlns:p{index}=\"u\""));
    }
    text.push('>');
    for index in 0..100_000 {
        text.push_str(&format!(
            "<pkg:part pkg:name=\"/{index}\"><pkg:xmlData xmlns:q=\"u\">x</pkg:xmlData></pkg:part>"
        ));
    }
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let flat = list(text.as_bytes(), Kind::Package, &budget);
    assert!(matches!(
        flat.exhausted,
        Some(Exhausted::Limit(Limit::LiveBytes))
    ));
    budget.release_live(flat.live);
    assert_eq!(budget.live_left(), limits.live_bytes);
}
