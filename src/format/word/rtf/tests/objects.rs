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
fn a_shortcut_in_a_package() {
    let data = package(
        "notes.txt",
        "",
        b"[InternetShortcut]\nURL=file://h/s/a.exe\n",
    );
    let link = one(object(&embedded("Package", &data)));
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::Execute, Carrier::OlePackage)
    );
    assert_eq!(link.target.as_deref(), Some("file://h/s/a.exe"));
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
        format!(r"{{\rtf1{{\fonttbl{{\f9{{\object{{\*\objdata {data}}}}}}}}}}}"),
        format!(r"{PRE}{{\stylesheet{{\object{{\*\objdata {data}}}}}}}}}"),
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

/// The digits of a package, with names in UTF-16 behind its file.
fn package_of(command: &str, kind: u8, file: &[u8], wide: &[&str]) -> String {
    let mut data = vec![2, 0];
    data.extend(b"a.txt\0C:\\x\\a.txt\0\0\0");
    data.extend([kind, 0]);
    data.extend((command.len() as u32 + 1).to_le_bytes());
    data.extend([command.as_bytes(), b"\0"].concat());
    data.extend((file.len() as u32).to_le_bytes());
    data.extend(file);
    for name in wide {
        data.extend((name.len() as u32).to_le_bytes());
        data.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    }
    embedded("Package", &data)
}

/// `spec/word.md` §3.6: the names and kinds of packages are the same in every document.
#[test]
fn every_name_of_a_package_counts() {
    let long = vec![b'x'; 300_000];
    for (command, wide, file) in [
        (r"C:\t\a.xll", &[][..], &b"code"[..]),
        (r"C:\t\a.py", &[], b"code"),
        (r"C:\t\a.txt", &[r"C:\t\a.js", "a.js"], b"code"),
        (r"C:\t\a.txt", &["a.txt", "a.js"], &long),
    ] {
        let link = one(object(&package_of(command, 3, file, wide)));
        assert_eq!(
            (link.kind, link.carrier),
            (Kind::Execute, Carrier::OlePackage)
        );
    }
    let harmless = package_of(r"C:\t\a.txt", 3, b"text", &["a.txt", "a.txt"]);
    none(object(&harmless));
}

#[test]
fn a_linked_package_is_a_command() {
    let scan = scan(object(&package_of("cmd /c calc", 1, b"", &[])));
    assert_eq!(scan.links.len(), 1);
    assert_eq!(scan.links[0].kind, Kind::Execute);
    assert_eq!(scan.links[0].target.as_deref(), Some("cmd /c calc"));
    assert!(scan.children.is_empty());
    let link = one(object(&package_of(r"\\h\s\a.docx", 1, b"", &[])));
    assert_eq!(link.kind, Kind::ExternalLink);
}

/// The digits of a link.
fn linked(texts: [&str; 3]) -> String {
    let mut data = vec![1, 5, 0, 0, 1, 0, 0, 0];
    for text in texts {
        data.extend((text.len() as u32 + 1).to_le_bytes());
        data.extend([text.as_bytes(), b"\0"].concat());
    }
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_link_without_a_class() {
    let data = linked(["", "http://x/a.hta", ""]);
    let link = one(format!(r"{PRE}{{\object{{\*\objdata {data}}}}}}}"));
    assert_eq!(triple(&link), (None, Some("http://x/a.hta"), None));
    // What an object says of itself may stand behind its data.
    let link = one(format!(
        r"{PRE}{{\object{{\*\objdata {data}}}{{\*\objclass htafile}}\objautlink}}}}"
    ));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(
        triple(&link),
        (Some("htafile"), Some("http://x/a.hta"), None)
    );
    none(format!(
        r"{PRE}{{\object{{\*\objdata {}}}}}}}",
        linked(["", "", ""])
    ));
}

#[test]
fn data_in_several_groups_is_read_together_too() {
    let data = linked(["cmd", "/c x", ""]);
    let (front, back) = data.split_at(22);
    let link = one(format!(
        r"{PRE}{{\object\objautlink{{\*\objdata {front}}}{{\*\objdata {back}}}}}}}"
    ));
    assert_eq!(triple(&link), (Some("cmd"), Some("/c x"), None));
}

#[test]
fn data_inside_other_data() {
    let data = linked(["cmd", "/c x", ""]);
    let link = one(format!(
        r"{PRE}{{\object\objautlink{{\*\objdata 00{{\object{{\*\objdata {data}}}}}}}}}}}"
    ));
    assert_eq!(triple(&link), (Some("cmd"), Some("/c x"), None));
}

#[test]
fn junk_in_front_of_an_embedded_document() {
    let inner = br"{\rtf1 inner}";
    let found = children(&object(&embedded("x", &[b"xxxxxx", &inner[..]].concat())));
    assert!(found.iter().any(|(_, bytes)| bytes == inner));
    // A picture is no document, whatever its bytes are.
    let found = children(&object(&embedded("PBrush", b"BM....PK\x03\x04")));
    assert_eq!(found.len(), 1);
}
