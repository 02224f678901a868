//! Word's HTML (`spec/word.md` §4.3).

use super::payload::{Disguise, Field, Payload, Piece, Reason, Role, Sink, write};
use super::xml2003::properties;

/// How the instructions of complex fields stand in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// In the open, as generators outside of Word write them.
    Open,
    /// In conditional comments, as Word writes them.
    Conditional,
}

struct Story {
    html: String,
    marks: Marks,
    /// A conditional comment is open.
    hidden: bool,
    /// For each open field, whether it opened the comment.
    opened: Vec<bool>,
    disguise: Disguise,
}

fn page(payload: &Payload, body: &str) -> String {
    let mut island = properties(payload);
    if !island.is_empty() {
        island = format!("<!--[if gte mso 9]><xml>{island}</xml><![endif]-->");
    }
    format!(
        "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" \
         xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:w=\"urn:schemas-microsoft-com:office:word\" \
         xmlns:dt=\"uuid:C2F41010-65B3-11d1-A29F-00AA00C14882\" \
         xmlns=\"http://www.w3.org/TR/REC-html40\">\r\n<head>\r\n\
         <meta http-equiv=Content-Type content=\"text/html; charset=utf-8\">\r\n\
         <meta name=ProgId content=Word.Document>\r\n\
         <meta name=Generator content=\"Microsoft Word 15\">\r\n{island}</head>\r\n\
         <body lang=EN-US>\r\n<div class=WordSection1>\r\n\
         <p class=MsoNormal>{body}</p>\r\n</div>\r\n</body>\r\n</html>\r\n"
    )
}

fn common(payload: &Payload) -> Result<(), Reason> {
    if payload.update_fields {
        return Err("HTML has no such setting");
    }
    if !payload.variables.is_empty() {
        return Err("HTML has no place for variables");
    }
    Ok(())
}

/// Fields of three marks.
pub fn complex(payload: &Payload, marks: Marks) -> Result<String, Reason> {
    common(payload)?;
    match payload.disguise {
        Disguise::None | Disguise::References | Disguise::HtmlMarkup => {}
        _ => return Err("the letters are those of another format"),
    }
    let mut story = Story {
        html: String::new(),
        marks,
        hidden: false,
        opened: Vec::new(),
        disguise: payload.disguise,
    };
    write(&payload.story, Role::Body, &mut story)?;
    story.hide(false);
    Ok(page(payload, &story.html))
}

fn escape(text: &str) -> String {
    let each = text.chars().map(|c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\u{a0}' => "&nbsp;".to_owned(),
        '\n' => "<br>".to_owned(),
        _ => c.to_string(),
    });
    each.collect()
}

impl Story {
    fn hide(&mut self, hide: bool) {
        if self.marks == Marks::Conditional && self.hidden != hide {
            self.html += match hide {
                true => "<!--[if supportFields]>",
                false => "<![endif]-->",
            };
            self.hidden = hide;
        }
    }

    fn mark(&mut self, kind: &str, more: &str) {
        self.html += &format!("<span style='mso-element:field-{kind}{more}'></span>");
    }
}

impl Sink for Story {
    fn text(&mut self, text: &str, role: Role) -> Result<(), Reason> {
        let each = |spell: fn(char) -> String| text.chars().map(spell).collect();
        self.html += &match self.disguise {
            Disguise::References if role == Role::Instruction => {
                each(|c| format!("&#{};", u32::from(c)))
            }
            Disguise::HtmlMarkup if role == Role::Instruction => {
                each(|c| format!("<b><span lang=EN-US>{}</span></b>", escape(&c.to_string())))
            }
            _ => escape(text),
        };
        Ok(())
    }

    fn begin(&mut self, field: &Field) -> Result<(), Reason> {
        if field.flt.is_some() {
            return Err("a field has no type beside its text");
        }
        if field.dirty {
            return Err("HTML has no mark for it");
        }
        self.opened.push(!self.hidden);
        self.hide(true);
        self.mark(
            "begin",
            if field.locked {
                ";mso-field-lock:yes"
            } else {
                ""
            },
        );
        Ok(())
    }

    fn separate(&mut self) -> Result<(), Reason> {
        self.mark("separator", "");
        if self.opened.last() == Some(&true) {
            self.hide(false);
        }
        Ok(())
    }

    fn end(&mut self, field: &Field) -> Result<(), Reason> {
        let opened = self.opened.pop().unwrap_or(false);
        if field.closed {
            if opened {
                self.hide(true);
            }
            self.mark("end", "");
        }
        if opened {
            self.hide(false);
        }
        Ok(())
    }

    fn cut(&mut self, _role: Role) -> Result<(), Reason> {
        self.html += "<span lang=EN-US></span>";
        Ok(())
    }

    fn paragraph(&mut self, _role: Role) -> Result<(), Reason> {
        self.html += "</p>\r\n<p class=MsoNormal>";
        Ok(())
    }

    fn bookmark(&mut self, name: &str, start: bool) -> Result<(), Reason> {
        self.html += &match start {
            true => format!("<a name=\"{name}\">"),
            false => "</a>".to_owned(),
        };
        Ok(())
    }

    fn deleted(&mut self, text: &str, _role: Role) -> Result<(), Reason> {
        self.html += &format!("<del cite=\"mailto:a\">{}</del>", escape(text));
        Ok(())
    }
}

/// Fields whose instruction is a property of style (`mso-field-code`).
pub fn simple(payload: &Payload) -> Result<String, Reason> {
    common(payload)?;
    let mut body = String::new();
    for piece in &payload.story {
        body += &code(piece, payload.disguise)?;
    }
    Ok(page(payload, &body))
}

fn code(piece: &Piece, disguise: Disguise) -> Result<String, Reason> {
    let field = match piece {
        Piece::Field(field) => field,
        Piece::Text(text) => return Ok(escape(text)),
        Piece::Paragraph => return Ok("</p>\r\n<p class=MsoNormal>".to_owned()),
        _ => return Err("an attribute holds text only"),
    };
    if !field.separated || !field.closed {
        return Err("an element has a start and an end");
    }
    if field.flt.is_some() {
        return Err("a field has no type beside its text");
    }
    if field.dirty {
        return Err("HTML has no mark for it");
    }
    let [Piece::Text(instruction)] = field.instruction.as_slice() else {
        return Err("an attribute holds text only");
    };
    let value: String = match disguise {
        Disguise::None => instruction.chars().map(style).collect(),
        Disguise::CssEscapes => {
            let units = instruction.encode_utf16();
            units.map(|unit| format!("\\{unit:04X}")).collect()
        }
        Disguise::References => {
            let styled: String = instruction.chars().map(style).collect();
            let each = styled.chars().map(|c| format!("&#x{:X};", u32::from(c)));
            each.collect()
        }
        _ => return Err("the letters are those of another format"),
    };
    let mut result = String::new();
    for piece in &field.result {
        result += &code(piece, disguise)?;
    }
    let lock = if field.locked {
        ";mso-field-lock:yes"
    } else {
        ""
    };
    Ok(format!(
        "<span style='mso-field-code:\"{value}\"{lock}'>{result}</span>"
    ))
}

/// A character in a value of style, as Word escapes it: quotes and what the attribute cannot hold
/// with four hexadecimal digits, other punctuation with a backslash.
pub fn style(c: char) -> String {
    match c {
        '"' | '\'' | '<' | '>' | '&' | '\0'..='\u{1f}' => format!("\\{:04X}", u32::from(c)),
        '\\' | ':' | ';' | '.' | '/' | '@' | '{' | '}' | '(' | ')' => format!("\\{c}"),
        _ => c.to_string(),
    }
}
