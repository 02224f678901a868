//! Presentations: small packages from readable markup, and binary ones from records.

use std::io::{Cursor, Write};

use super::package::{Package, R, Rel, content_types, rels};

const P: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
const A: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const MC: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

/// A slide with this in its tree of shapes, and after it.
pub fn slide(shapes: &str, after: &str) -> String {
    format!(
        "<p:sld xmlns:p=\"{P}\" xmlns:a=\"{A}\" xmlns:r=\"{R}\" xmlns:mc=\"{MC}\">\
         <p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>{after}</p:sld>"
    )
}

/// A shape with an element of an action (`a:hlinkClick …`) on itself and another in its text.
pub fn shape(on_shape: &str, on_run: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Title\">{on_shape}</p:cNvPr></p:nvSpPr>\
         <p:txBody><a:p><a:r><a:rPr>{on_run}</a:rPr><a:t>go</a:t></a:r></a:p></p:txBody></p:sp>"
    )
}

/// A frame, number 4, with an object.
pub fn frame(object: &str) -> String {
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"4\" name=\"Object 3\"/>\
         </p:nvGraphicFramePr><a:graphic><a:graphicData>{object}</a:graphicData></a:graphic>\
         </p:graphicFrame>"
    )
}

/// The timing of a slide with an animation that activates the object of frame 4.
pub fn timing(node: &str) -> String {
    format!(
        "<p:timing><p:tnLst><p:par><p:cTn id=\"1\" nodeType=\"tmRoot\"><p:childTnLst>\
         <p:cTn id=\"2\" nodeType=\"{node}\"><p:childTnLst><p:cmd type=\"verb\" cmd=\"0\">\
         <p:cBhvr><p:cTn id=\"3\" dur=\"1000\"/><p:tgtEl><p:spTgt spid=\"4\"/></p:tgtEl></p:cBhvr>\
         </p:cmd></p:childTnLst></p:cTn></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>"
    )
}

/// A presentation of one slide, with the relationships of the slide.
pub fn pptx(slide: &str, relationships: &[Rel<'_>]) -> Package {
    let kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
    pptx_of(kind, slide, relationships)
}

/// The same with another type of the main part.
pub fn pptx_of(kind: &str, slide: &str, relationships: &[Rel<'_>]) -> Package {
    Package::empty()
        .part(
            "[Content_Types].xml",
            content_types(&[("/ppt/presentation.xml", kind)]),
        )
        .part(
            "_rels/.rels",
            rels(&[("r1", "officeDocument", "ppt/presentation.xml", false)]),
        )
        .part(
            "ppt/presentation.xml",
            format!(
                "<p:presentation xmlns:p=\"{P}\" xmlns:r=\"{R}\"><p:sldIdLst>\
                 <p:sldId id=\"256\" r:id=\"r1\"/></p:sldIdLst></p:presentation>"
            ),
        )
        .part(
            "ppt/_rels/presentation.xml.rels",
            rels(&[("r1", "slide", "slides/slide1.xml", false)]),
        )
        .part("ppt/slides/slide1.xml", slide)
        .part("ppt/slides/_rels/slide1.xml.rels", rels(relationships))
}

/// A record ([MS-PPT] 2.3.1).
fn record(version: u16, instance: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = (instance << 4 | version).to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

pub fn atom(instance: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    record(0, instance, kind, body)
}

pub fn container(instance: u16, kind: u16, records: &[Vec<u8>]) -> Vec<u8> {
    record(0xf, instance, kind, &records.concat())
}

/// `RT_CString`.
pub fn string(instance: u16, text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    atom(instance, 4026, &units)
}

/// `ExHyperlinkContainer`.
pub fn hyperlink(id: u32, target: &str) -> Vec<u8> {
    let number = atom(0, 4051, &id.to_le_bytes());
    container(0, 4055, &[number, string(0, "shown"), string(1, target)])
}

/// A click (or the pointer): `MouseClickInteractiveInfoContainer`.
pub fn interaction(hover: bool, action: u8, verb: u8, id: u32, name: &str) -> Vec<u8> {
    let mut body = vec![0; 16];
    body[4..8].copy_from_slice(&id.to_le_bytes());
    body[8] = action;
    body[9] = verb;
    let mut records = vec![atom(0, 4083, &body)];
    if !name.is_empty() {
        records.push(string(2, name));
    }
    container(u16::from(hover), 4082, &records)
}

/// `ExOleObjStgCompressedAtom`, by an independent library.
pub fn compressed(storage: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    coder.write_all(storage).unwrap();
    let mut body = (storage.len() as u32).to_le_bytes().to_vec();
    body.extend(coder.finish().unwrap());
    atom(1, 4113, &body)
}

/// The document container with a list of external objects, and a slide.
pub fn stream(objects: &[Vec<u8>], on_slide: &[Vec<u8>]) -> Vec<u8> {
    let list = container(
        0,
        1033,
        &[vec![atom(0, 1034, &[1, 0, 0, 0])], objects.to_vec()].concat(),
    );
    let document = container(0, 1000, &[atom(1, 1001, &[0; 40]), list]);
    let client = container(0, 0xf011, on_slide);
    let drawing = container(
        0,
        1036,
        &[container(0, 0xf002, &[container(0, 0xf004, &[client])])],
    );
    let slide = container(0, 1006, &[atom(2, 1007, &[0; 24]), drawing]);
    [document, slide].concat()
}

/// `CurrentUserAtom` ([MS-PPT] 2.3.2): encrypted, or not.
pub fn current_user(encrypted: bool) -> Vec<u8> {
    let token: u32 = if encrypted { 0xf3d1_c4df } else { 0xe391_c05f };
    let mut body = 20u32.to_le_bytes().to_vec();
    body.extend(token.to_le_bytes());
    body.extend([0, 0, 0, 0, 0, 0, 0xf4, 3, 3, 0, 0, 0]);
    atom(0, 0x0ff6, &body)
}

/// A binary presentation with this stream.
pub fn ppt(stream: &[u8]) -> Vec<u8> {
    compound(&[
        ("PowerPoint Document", stream),
        ("Current User", &current_user(false)),
    ])
}

/// An object of OLE that holds a program of this name (`spec/excel.md` §8.3).
pub fn program(name: &str) -> Vec<u8> {
    let path = format!("C:\\t\\{name}");
    let mut body = 2u16.to_le_bytes().to_vec();
    for text in [name, &path] {
        body.extend(text.as_bytes());
        body.push(0);
    }
    body.extend([0, 0, 3, 0]);
    body.extend((path.len() as u32 + 1).to_le_bytes());
    body.extend(path.as_bytes());
    body.extend([0, 2, 0, 0, 0, b'M', b'Z']);
    let mut data = (body.len() as u32).to_le_bytes().to_vec();
    data.extend(body);
    compound(&[("\u{1}Ole10Native", &data)])
}

/// A compound file of (path, bytes).
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}
