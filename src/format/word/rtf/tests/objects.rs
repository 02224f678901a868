//! Objects (`spec/word.md` §3.6).

use super::*;
use crate::container::held;

/// The digits of OLE 1 data: header, class, native data.
fn embedded(class: &str, native: &[u8]) -> String {
    let mut data = vec![1, 5, 0, 0, 2, 0, 0, 0];
    data.extend((class.len() as u32 + 1).to_le_bytes());
    data.extend(class.bytes());
    data.push(0);
    data.extend([0; 8]);
    data.extend((native.len() as u32).to_le_bytes());
    data.extend(native);
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn package(label: &str, path: &str, file: &[u8]) -> Vec<u8> {
    let mut data = vec![2, 0];
    data.extend([label.as_bytes(), b"\0", path.as_bytes(), b"\0"].concat());
    data.extend([0, 0, 3, 0]);
    data.extend((path.len() as u32 + 1).to_le_bytes());
    data.extend([path.as_bytes(), b"\0"].concat());
    data.extend((file.len() as u32).to_le_bytes());
    data.extend(file);
    data
}

fn object(data: &str) -> String {
    format!(
        r"{PRE}{{\object\objemb{{\*\objclass Word.Document.8}}{{\*\objdata {data}}}{{\result x}}}}}}"
    )
}

/// The bytes of the children, as the analyser decodes them.
fn children(document: &str) -> Vec<(String, Vec<u8>)> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let scan = scan(document);
    assert!(scan.links.is_empty(), "{:#?}", scan.links);
    scan.children
        .iter()
        .map(|child| {
            let (bytes, shortfall) = child.source.decode(document.as_bytes(), &budget);
            assert_eq!(shortfall, None);
            budget.release_live(held(&bytes));
            (child.location.to_string(), bytes.into_owned())
        })
        .collect()
}

fn child(document: &str) -> Vec<u8> {
    let mut children = children(document);
    assert_eq!(children.len(), 1);
    let (location, bytes) = children.remove(0);
    assert_eq!(location, "q.rtf › object 1");
    bytes
}

#[test]
fn what_is_embedded_is_a_document() {
    let inner = br"{\rtf1 inner}";
    assert_eq!(child(&object(&embedded("Word.Document.8", inner))), inner);
    assert_eq!(child(&object(&embedded("", inner))), inner);
}

#[test]
fn the_file_of_a_package() {
    let data = package("a.docx", r"C:\x\a.docx", b"PK\x03\x04zip");
    assert_eq!(
        child(&object(&embedded("Package", &data))),
        b"PK\x03\x04zip"
    );
}

#[test]
fn a_program_in_a_package() {
    for (label, path) in [("report.pdf", r"C:\x\evil.js"), ("evil.js", "")] {
        let data = package(label, path, b"code");
        let link = one(object(&embedded("package", &data)));
        assert_eq!(link.kind, Kind::Execute);
        assert_eq!(link.carrier, Carrier::OlePackage);
        assert_eq!(link.trigger, Trigger::Click);
        assert!(link.target.unwrap().ends_with("evil.js"));
    }
}

#[test]
fn digits_in_disguise() {
    let inner = br"{\rtf1 inner}";
    let plain = embedded("x", inner);
    let (front, back) = plain.split_at(21);
    for data in [
        format!("{front}\r\n \t{back}"),
        format!(r"{front}\zzz {back}"),
        format!(r"{front}{{\*\zzz 4142{{43}}}}{back}"),
        format!(r"{front}\bin0 {back}"),
        format!(r"{}ab\'ff{}", &plain[..20], &plain[20..]).replace("ab\\'", "a\\'"),
        format!("{plain}f"),
    ] {
        assert_eq!(child(&object(&data)), inner, "{data}");
    }
    // Binary data is data.
    let document = object(r"\bin13 {\rtf1 inner}");
    assert_eq!(child(&document), inner);
}

#[test]
fn digits_in_groups_have_two_readings() {
    let inner = br"{\rtf1 inner}";
    let plain = embedded("x", inner);
    let (front, back) = plain.split_at(20);
    let both = children(&object(&format!("{front}{{41}}{back}")));
    assert!(both.iter().any(|(_, bytes)| bytes == inner), "{both:?}");
    let both = children(&object(&format!("{{{plain}}}")));
    assert!(both.iter().any(|(_, bytes)| bytes == inner), "{both:?}");
}

#[test]
fn behind_a_header_without_sense_a_document_is_looked_for() {
    let junk = "ff".repeat(70_000);
    let inner: String = b"PK\x03\x04"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(child(&object(&format!("{junk}{inner}"))), b"PK\x03\x04");
    let scan = scan(object(&junk));
    assert!(scan.children.is_empty());
}

#[test]
fn data_counts_wherever_it_stands() {
    let data = embedded("x", br"{\rtf1 inner}");
    for document in [
        format!(r"{PRE}{{\*\objdata {data}}}}}"),
        format!(r"{PRE}{{\*\zzz{{\object{{\*\objdata {data}}}}}}}}}"),
        format!(r"{PRE}{{\object{{\objdata{{\*\objdata {data}}}}}}}}}"),
        format!(r"{PRE}{{\field{{\*\fldinst EMBED x}}{{\fldrslt {{\object{{\*\objdata {data}"),
    ] {
        let found = children(&document);
        assert!(
            found
                .iter()
                .any(|(_, bytes)| bytes.starts_with(br"{\rtf1 inner}")),
            "{document}"
        );
    }
}

#[test]
fn links_of_ole_1() {
    let data =
        "01050000 01000000 06000000 457863656c00 08000000 433a5c612e786c00 05000000 5231433100";
    let link = one(format!(r"{PRE}{{\object\objlink{{\*\objdata {data}}}}}}}"));
    assert_eq!(link.kind, Kind::Dde);
    assert_eq!(link.trigger, Trigger::Update);
    assert_eq!(
        triple(&link),
        (Some("Excel"), Some(r"C:\a.xl"), Some("R1C1"))
    );
    // The length of the topic is more than there is.
    let data = "01050000 01000000 04000000 636d6400 ffffffff 2f6320";
    let link = one(format!(r"{PRE}{{\object\objlink{{\*\objdata {data}}}}}}}"));
    assert_eq!(triple(&link), (Some("cmd"), Some("/c "), None));
}
