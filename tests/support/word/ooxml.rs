//! WordprocessingML, of 2006 and of 2003 (`spec/word.md` §1, §4.1, §4.2).

use super::payload::{Disguise, Field, Payload, Piece, Property, Reason, Role, Sink, write};
use crate::support::docx::{DOCUMENT_TYPE, W, W_STRICT, docx};
use crate::support::package::{Package, R, Rel, attribute, escape, rels};

/// Which of the two vocabularies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    Of2006,
    Of2003,
}

/// A story under construction, as the content of paragraphs.
struct Story {
    xml: String,
    age: Age,
    disguise: Disguise,
    bookmarks: usize,
}

/// The content of a story: paragraphs.
pub fn story(payload: &Payload, age: Age) -> Result<String, Reason> {
    match payload.disguise {
        Disguise::None | Disguise::References | Disguise::Cdata | Disguise::Comments => {}
        _ => return Err("the letters are those of another format"),
    }
    let mut story = Story {
        xml: String::new(),
        age,
        disguise: payload.disguise,
        bookmarks: 0,
    };
    write(&payload.story, Role::Body, &mut story)?;
    Ok(format!("<w:p>{}</w:p>", story.xml))
}

impl Story {
    fn run(&mut self, content: &str) {
        self.xml += &format!("<w:r>{content}</w:r>");
    }

    fn element(&mut self, name: &str, content: &str) {
        self.run(&format!(
            "<w:{name} xml:space=\"preserve\">{content}</w:{name}>"
        ));
    }

    fn mark(&mut self, kind: &str, more: &str) {
        self.run(&format!("<w:fldChar w:fldCharType=\"{kind}\"{more}/>"));
    }

    fn spell(&self, text: &str) -> String {
        let each = |spell: fn(char) -> String| text.chars().map(spell).collect();
        match self.disguise {
            Disguise::References => each(|c| format!("&#{};", u32::from(c))),
            Disguise::Cdata => each(|c| format!("<![CDATA[{c}]]>")),
            Disguise::Comments => {
                each(|c| escape(&c.to_string()) + "<!-- <w:instrText>x -->" + "<?y z?>")
            }
            _ => escape(text),
        }
    }
}

impl Sink for Story {
    fn text(&mut self, text: &str, role: Role) -> Result<(), Reason> {
        match role {
            Role::Instruction => self.element("instrText", &self.spell(text)),
            Role::NestedResult => self.element("instrText", &escape(text)),
            Role::Body | Role::Result => self.element("t", &escape(text)),
        }
        Ok(())
    }

    fn begin(&mut self, field: &Field) -> Result<(), Reason> {
        if field.flt.is_some() {
            return Err("a field has no type beside its text");
        }
        let mut more = String::new();
        if field.dirty {
            more += " w:dirty=\"true\"";
        }
        if field.locked {
            more += " w:fldLock=\"1\"";
        }
        self.mark("begin", &more);
        Ok(())
    }

    fn separate(&mut self) -> Result<(), Reason> {
        self.mark("separate", "");
        Ok(())
    }

    fn end(&mut self, field: &Field) -> Result<(), Reason> {
        if field.closed {
            self.mark("end", "");
        }
        Ok(())
    }

    fn cut(&mut self, _role: Role) -> Result<(), Reason> {
        Ok(())
    }

    fn paragraph(&mut self, _role: Role) -> Result<(), Reason> {
        self.xml += "</w:p><w:p>";
        Ok(())
    }

    fn bookmark(&mut self, name: &str, start: bool) -> Result<(), Reason> {
        let id = self.bookmarks;
        let mark = match (self.age, start) {
            (Age::Of2006, true) => format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/>"),
            (Age::Of2006, false) => format!("<w:bookmarkEnd w:id=\"{id}\"/>"),
            (Age::Of2003, true) => format!(
                "<aml:annotation aml:id=\"{id}\" w:type=\"Word.Bookmark.Start\" w:name=\"{name}\"/>"
            ),
            (Age::Of2003, false) => {
                format!("<aml:annotation aml:id=\"{id}\" w:type=\"Word.Bookmark.End\"/>")
            }
        };
        self.xml += &mark;
        if !start {
            self.bookmarks += 1;
        }
        Ok(())
    }

    fn deleted(&mut self, text: &str, role: Role) -> Result<(), Reason> {
        let name = match role.in_instruction() {
            true => "delInstrText",
            false => "delText",
        };
        let (open, close) = match self.age {
            Age::Of2006 => ("<w:del w:id=\"9\" w:author=\"a\">", "</w:del>"),
            Age::Of2003 => (
                "<aml:annotation aml:id=\"9\" w:type=\"Word.Deletion\" aml:author=\"a\"><aml:content>",
                "</aml:content></aml:annotation>",
            ),
        };
        self.xml += open;
        self.element(name, &escape(text));
        self.xml += close;
        Ok(())
    }

    fn ordinary(&mut self, text: &str) -> Result<(), Reason> {
        self.element("t", &escape(text));
        Ok(())
    }

    fn trimmed(&mut self, text: &str) -> Result<(), Reason> {
        self.run(&format!("<w:instrText>{}</w:instrText>", escape(text)));
        Ok(())
    }
}

/// Whether the document's own settings and properties have a place: `w:settings` and `docProps`.
fn settings(payload: &Payload) -> String {
    let mut xml = format!("<w:settings xmlns:w=\"{W}\">");
    if payload.update_fields {
        xml += "<w:updateFields w:val=\"true\"/>";
    }
    xml += &variables(payload);
    xml + "</w:settings>"
}

/// `w:docVars`, or nothing.
pub fn variables(payload: &Payload) -> String {
    if payload.variables.is_empty() {
        return String::new();
    }
    let variables = payload.variables.iter().map(|(name, value)| {
        let value = attribute(value);
        format!("<w:docVar w:name=\"{name}\" w:val=\"{value}\"/>")
    });
    format!("<w:docVars>{}</w:docVars>", variables.collect::<String>())
}

const CORE: &str = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const CUSTOM: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const VT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";

fn core(payload: &Payload) -> String {
    let mut xml = format!("<cp:coreProperties xmlns:cp=\"{CORE}\" xmlns:dc=\"{DC}\">");
    for (property, value) in &payload.properties {
        let name = match property {
            Property::Title => "title",
            Property::Subject => "subject",
            Property::Comments => "description",
            Property::Custom(_) => continue,
        };
        xml += &format!("<dc:{name}>{}</dc:{name}>", escape(value));
    }
    xml + "</cp:coreProperties>"
}

fn custom(payload: &Payload) -> String {
    let mut xml = format!("<Properties xmlns=\"{CUSTOM}\" xmlns:vt=\"{VT}\">");
    for (id, (property, value)) in (2..).zip(&payload.properties) {
        if let Property::Custom(name) = property {
            xml += &format!(
                "<property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"{id}\" \
                 name=\"{name}\"><vt:lpwstr>{}</vt:lpwstr></property>",
                escape(value)
            );
        }
    }
    xml + "</Properties>"
}

/// A document with this body, and what the payload says beside its story. `more` are parts that
/// the main part leads to: relation, name, content.
fn document(payload: &Payload, body: &str, more: &[(&str, &str, String)]) -> Package {
    let mut package = docx(body);
    let mut relations: Vec<(String, &str, &str)> = Vec::new();
    if !payload.variables.is_empty() || payload.update_fields {
        package = package.part("word/settings.xml", settings(payload));
        relations.push(("s".to_owned(), "settings", "settings.xml"));
    }
    for (i, (relation, name, content)) in more.iter().enumerate() {
        package = package.part(&format!("word/{name}"), content.clone());
        relations.push((format!("r{i}"), relation, name));
    }
    if !relations.is_empty() {
        let list: Vec<Rel<'_>> = relations
            .iter()
            .map(|(id, kind, target)| (id.as_str(), *kind, *target, false))
            .collect();
        package = package.part("word/_rels/document.xml.rels", rels(&list));
    }
    if !payload.properties.is_empty() {
        let main = ("rId1", "officeDocument", "word/document.xml", false);
        let core_part = ("rId2", "core-properties", "docProps/core.xml", false);
        let custom_part = ("rId3", "custom-properties", "docProps/custom.xml", false);
        let root = rels(&[main, core_part, custom_part]).replace(
            &format!("{R}/core-properties"),
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        );
        package = package
            .part("_rels/.rels", root)
            .part("docProps/core.xml", core(payload))
            .part("docProps/custom.xml", custom(payload));
    }
    package
}

fn part(root: &str, content: &str) -> String {
    format!("<{root} xmlns:w=\"{W}\" xmlns:r=\"{R}\">{content}</{root}>")
}

const HELLO: &str = "<w:p><w:r><w:t>hello</w:t></w:r></w:p>";

pub fn body(payload: &Payload) -> Result<Package, Reason> {
    Ok(document(payload, &story(payload, Age::Of2006)?, &[]))
}

pub fn table_cell(payload: &Payload) -> Result<Package, Reason> {
    let story = story(payload, Age::Of2006)?;
    let body = format!("<w:tbl><w:tr><w:tc>{story}</w:tc></w:tr></w:tbl>");
    Ok(document(payload, &body, &[]))
}

pub fn text_box(payload: &Payload) -> Result<Package, Reason> {
    let body = boxed(&story(payload, Age::Of2006)?);
    Ok(document(payload, &body, &[]))
}

pub fn boxed(story: &str) -> String {
    format!(
        "<w:p><w:r><w:pict><v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\"><v:textbox>\
         <w:txbxContent>{story}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
}

/// A part of its own: relation, name, and the elements around the story.
fn elsewhere(
    payload: &Payload,
    relation: &str,
    name: &str,
    root: &str,
    around: Option<&str>,
) -> Result<Package, Reason> {
    let story = story(payload, Age::Of2006)?;
    let content = match around {
        Some(element) => format!("<w:{element} w:id=\"2\">{story}</w:{element}>"),
        None => story,
    };
    let more = [(relation, name, part(root, &content))];
    Ok(document(payload, HELLO, &more))
}

pub fn header(payload: &Payload) -> Result<Package, Reason> {
    elsewhere(payload, "header", "header3.xml", "w:hdr", None)
}

pub fn footer(payload: &Payload) -> Result<Package, Reason> {
    elsewhere(payload, "footer", "footer1.xml", "w:ftr", None)
}

pub fn footnote(payload: &Payload) -> Result<Package, Reason> {
    elsewhere(
        payload,
        "footnotes",
        "footnotes.xml",
        "w:footnotes",
        Some("footnote"),
    )
}

pub fn endnote(payload: &Payload) -> Result<Package, Reason> {
    elsewhere(
        payload,
        "endnotes",
        "endnotes.xml",
        "w:endnotes",
        Some("endnote"),
    )
}

pub fn comment(payload: &Payload) -> Result<Package, Reason> {
    elsewhere(
        payload,
        "comments",
        "comments.xml",
        "w:comments",
        Some("comment"),
    )
}

/// The fields of the story whose instruction is one text, as `w:fldSimple`.
pub fn simple_field(payload: &Payload) -> Result<Package, Reason> {
    let mut body = String::new();
    for piece in &payload.story {
        match piece {
            Piece::Field(field) => body += &simple(field, payload.disguise)?,
            Piece::Text(text) => {
                body += &format!(
                    "<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>",
                    escape(text)
                );
            }
            Piece::Paragraph => body += "</w:p><w:p>",
            _ => return Err("an attribute holds text only"),
        }
    }
    Ok(document(payload, &format!("<w:p>{body}</w:p>"), &[]))
}

fn simple(field: &Field, disguise: Disguise) -> Result<String, Reason> {
    if !field.separated || !field.closed {
        return Err("an element has a start and an end");
    }
    if field.flt.is_some() {
        return Err("a field has no type beside its text");
    }
    let [Piece::Text(instruction)] = field.instruction.as_slice() else {
        return Err("an attribute holds text only");
    };
    let value = match disguise {
        Disguise::None => attribute(instruction),
        Disguise::References => {
            let each = instruction
                .chars()
                .map(|c| format!("&#x{:x};", u32::from(c)));
            each.collect()
        }
        _ => return Err("the letters are those of another format"),
    };
    let mut flags = String::new();
    if field.dirty {
        flags += " w:dirty=\"1\"";
    }
    if field.locked {
        flags += " w:fldLock=\"on\"";
    }
    let mut result = String::new();
    for piece in &field.result {
        match piece {
            Piece::Text(text) => {
                result += &format!(
                    "<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>",
                    escape(text)
                );
            }
            Piece::Field(inner) => result += &simple(inner, disguise)?,
            _ => return Err("an attribute holds text only"),
        }
    }
    Ok(format!(
        "<w:fldSimple w:instr=\"{value}\"{flags}>{result}</w:fldSimple>"
    ))
}

/// The package with each of its XML parts changed.
fn each_part(package: &Package, change: impl Fn(&str, &str) -> Vec<u8>) -> Package {
    let mut changed = Package::empty();
    for (name, bytes) in package.parts() {
        let text = std::str::from_utf8(bytes).unwrap();
        changed = changed.part(name, change(name, text));
    }
    changed
}

pub fn strict(payload: &Payload) -> Result<Package, Reason> {
    let strict = "http://purl.oclc.org/ooxml/officeDocument";
    let package = body(payload)?;
    Ok(each_part(&package, |_, text| {
        let text = text
            .replace(W, W_STRICT)
            .replace(R, &format!("{strict}/relationships"));
        let text = text.replace(CUSTOM, &format!("{strict}/customProperties"));
        text.replace(VT, &format!("{strict}/docPropsVTypes"))
            .into_bytes()
    }))
}

/// Little-endian UTF-16 with its mark.
pub fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

pub fn in_utf16(payload: &Payload) -> Result<Package, Reason> {
    let package = body(payload)?;
    Ok(each_part(&package, |name, text| match name {
        "[Content_Types].xml" | "_rels/.rels" => text.as_bytes().to_vec(),
        _ => utf16(&text.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"")),
    }))
}

/// A document of which one chunk is another document, of any kind.
pub fn chunk(name: &str, bytes: &[u8]) -> Vec<u8> {
    let target = format!("afchunk.{name}");
    docx(&format!("{HELLO}<w:altChunk r:id=\"c\"/>"))
        .part(&format!("word/{target}"), bytes)
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("c", "aFChunk", &target, false)]),
        )
        .build()
}

/// A document with another file among its embeddings.
pub fn embedded(bytes: &[u8]) -> Vec<u8> {
    let target = "embeddings/x.bin";
    docx(HELLO)
        .part(&format!("word/{target}"), bytes)
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("c", "package", target, false)]),
        )
        .build()
}

const FLAT: &str = "http://schemas.microsoft.com/office/2006/xmlPackage";

/// How the parts of a Flat OPC file stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flat {
    Inline,
    /// The main part in base64.
    MainInBase64,
}

/// A package as one XML file (§4.2).
pub fn flat(package: &Package, how: Flat) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
         <?mso-application progid=\"Word.Document\"?>\r\n<pkg:package xmlns:pkg=\"{FLAT}\">"
    );
    for (name, bytes) in package.parts() {
        if name == "[Content_Types].xml" {
            continue;
        }
        let kind = match name.as_str() {
            "word/document.xml" => DOCUMENT_TYPE,
            _ if name.ends_with(".rels") => {
                "application/vnd.openxmlformats-package.relationships+xml"
            }
            _ if name.ends_with(".xml") => "application/xml",
            _ => "application/octet-stream",
        };
        xml += &format!("<pkg:part pkg:name=\"/{name}\" pkg:contentType=\"{kind}\">");
        let inline = name.ends_with(".rels")
            || name.ends_with(".xml") && (how == Flat::Inline || name != "word/document.xml");
        if inline {
            let text = std::str::from_utf8(bytes).unwrap();
            let (_, content) = text.split_once("?>").unwrap_or(("", text));
            xml += &format!("<pkg:xmlData>{content}</pkg:xmlData>");
        } else {
            xml += &format!(
                "<pkg:binaryData>{}</pkg:binaryData>",
                super::mht::base64(bytes)
            );
        }
        xml += "</pkg:part>";
    }
    xml + "</pkg:package>"
}

/// A Flat OPC file with a whole document among its embeddings.
pub fn flat_around(name: &str, bytes: &[u8]) -> String {
    let target = format!("embeddings/{name}");
    let package = docx(HELLO).part(&format!("word/{target}"), bytes).part(
        "word/_rels/document.xml.rels",
        rels(&[("c", "package", &target, false)]),
    );
    flat(&package, Flat::Inline)
}
