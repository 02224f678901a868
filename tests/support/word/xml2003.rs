//! Word 2003 XML (`spec/word.md` §4.1).

use super::ooxml::{Age, boxed, story, utf16, variables};
use super::payload::{Payload, Property, Reason};
use crate::support::package::escape;

const W: &str = "http://schemas.microsoft.com/office/word/2003/wordml";

/// Where the story stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Body,
    Header,
    Footnote,
    TextBox,
}

pub fn write(payload: &Payload, place: Place) -> Result<String, Reason> {
    if payload.update_fields {
        return Err("Word 2003 XML has no such setting");
    }
    let story = story(payload, Age::Of2003)?;
    let hello = "<w:p><w:r><w:t>hello</w:t></w:r></w:p>";
    let body = match place {
        Place::Body => story,
        Place::Header => {
            format!("{hello}<w:sectPr><w:hdr w:type=\"odd\">{story}</w:hdr></w:sectPr>")
        }
        Place::Footnote => {
            format!("<w:p><w:r><w:footnote>{story}</w:footnote></w:r></w:p>")
        }
        Place::TextBox => boxed(&story),
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
         <?mso-application progid=\"Word.Document\"?>\r\n\
         <w:wordDocument xmlns:w=\"{W}\" xmlns:v=\"urn:schemas-microsoft-com:vml\" \
         xmlns:wx=\"http://schemas.microsoft.com/office/word/2003/auxHint\" \
         xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:aml=\"http://schemas.microsoft.com/aml/2001/core\" \
         xmlns:dt=\"uuid:C2F41010-65B3-11d1-A29F-00AA00C14882\">\
         {}<w:docPr>{}</w:docPr><w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>",
        properties(payload),
        variables(payload),
    ))
}

/// `o:DocumentProperties` and `o:CustomDocumentProperties`, as HTML has them too.
pub fn properties(payload: &Payload) -> String {
    let mut own = String::new();
    let mut custom = String::new();
    for (property, value) in &payload.properties {
        let value = escape(value);
        match property {
            Property::Title => own += &format!("<o:Title>{value}</o:Title>"),
            Property::Subject => own += &format!("<o:Subject>{value}</o:Subject>"),
            Property::Comments => own += &format!("<o:Description>{value}</o:Description>"),
            Property::Custom(name) => {
                custom += &format!("<o:{name} dt:dt=\"string\">{value}</o:{name}>");
            }
        }
    }
    if own.is_empty() && custom.is_empty() {
        return String::new();
    }
    format!(
        "<o:DocumentProperties>{own}</o:DocumentProperties>\
         <o:CustomDocumentProperties>{custom}</o:CustomDocumentProperties>"
    )
}

pub fn in_utf16(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let text = write(payload, Place::Body)?;
    Ok(utf16(&text.replace("UTF-8", "UTF-16")))
}
