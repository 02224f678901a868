//! Rich Text Format (`spec/word.md` §3).

use super::payload::{Disguise, Field, Payload, Property, Reason, Role, Sink, write};

/// Where the story stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Body,
    Header,
    Footer,
    Footnote,
    Annotation,
    TextBox,
}

/// The header that Word writes, cut short.
pub const PRE: &str = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Calibri;}}";

/// How formatting stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// None.
    Bare,
    /// Each text in a group of its own, as Word does it.
    Runs,
}

/// Where a document breaks off; in no payload.
const BREAK: char = '\u{1}';

struct Story {
    text: String,
    /// A field was not closed.
    open: bool,
    groups: Groups,
    disguise: Disguise,
}

pub fn rtf(payload: &Payload, place: Place, groups: Groups) -> Result<Vec<u8>, Reason> {
    if payload.update_fields {
        return Err("RTF has no such setting");
    }
    match payload.disguise {
        Disguise::References | Disguise::Cdata | Disguise::Comments => {
            return Err("the letters are those of another format");
        }
        Disguise::CssEscapes | Disguise::HtmlMarkup => {
            return Err("the letters are those of another format");
        }
        _ => {}
    }
    let mut story = Story {
        text: String::new(),
        open: false,
        groups,
        disguise: payload.disguise,
    };
    write(&payload.story, Role::Body, &mut story)?;
    let open = story.open;
    let mut story = story.text;
    if open {
        // The document breaks off: whatever came behind would close the groups.
        story.push(BREAK);
    }
    let body = match place {
        Place::Body => format!(r"\pard {story}\par "),
        Place::Header => format!(r"{{\header\pard {story}\par }}\pard hello\par "),
        Place::Footer => format!(r"{{\footerr\pard {story}\par }}\pard hello\par "),
        Place::Footnote => format!(r"\pard hello{{\*\footnote\pard {story}}}\par "),
        Place::Annotation => {
            format!(r"\pard hello{{\*\atnid A}}\chatn{{\*\annotation\pard {story}}}\par ")
        }
        Place::TextBox => format!(
            r"\pard{{\shp{{\*\shpinst\shpleft0\shptop0{{\shptxt \pard {story}\par }}}}}}hello\par "
        ),
    };
    let text = format!("{PRE}{}{body}}}", document(payload));
    let (text, _) = text.split_once(BREAK).unwrap_or((&text, ""));
    Ok(text.as_bytes().to_vec())
}

/// What stands before the text: variables and properties.
fn document(payload: &Payload) -> String {
    let (mut info, mut user) = (String::new(), String::new());
    for (property, value) in &payload.properties {
        let value = plain(value);
        match property {
            Property::Title => info += &format!(r"{{\title {value}}}"),
            Property::Subject => info += &format!(r"{{\subject {value}}}"),
            Property::Comments => info += &format!(r"{{\doccomm {value}}}"),
            Property::Custom(name) => {
                user += &format!(r"{{\propname {name}}}\proptype30{{\staticval {value}}}");
            }
        }
    }
    let mut text = String::new();
    if !info.is_empty() {
        text += &format!(r"{{\info{info}}}");
    }
    if !user.is_empty() {
        text += &format!(r"{{\*\userprops {user}}}");
    }
    for (name, value) in &payload.variables {
        text += &format!(r"{{\*\docvar {{{name}}}{{{}}}}}", plain(value));
    }
    text
}

/// Text as Word escapes it.
pub fn plain(text: &str) -> String {
    text.chars().map(letter).collect()
}

fn letter(c: char) -> String {
    match c {
        '\\' | '{' | '}' => format!("\\{c}"),
        '\t' => r"\tab ".to_owned(),
        '\n' => r"\line ".to_owned(),
        ' '..='~' => c.to_string(),
        _ => unicode(c, 1),
    }
}

/// `\uN` and what stands in for it in old programs: so many characters.
fn unicode(c: char, skip: usize) -> String {
    let mut buffer = [0; 2];
    let units = c.encode_utf16(&mut buffer).iter();
    let each = units.map(|unit| format!("\\u{}{}", unit.cast_signed(), "?".repeat(skip)));
    each.collect()
}

impl Story {
    fn spell(&self, text: &str) -> String {
        let each = |spell: fn(usize, char) -> String| {
            text.chars().enumerate().map(|(i, c)| spell(i, c)).collect()
        };
        match self.disguise {
            Disguise::RtfHex => each(|_, c| match u8::try_from(c) {
                Ok(byte) if c.is_ascii() => format!("\\'{byte:02x}"),
                _ => letter(c),
            }),
            Disguise::RtfUnicode => each(|_, c| unicode(c, 1)),
            Disguise::RtfSkips => each(|i, c| match i % 3 {
                0 => format!(r"\uc0\u{} ", u32::from(c)),
                1 => format!(r"\uc3\u{} xyz", u32::from(c)),
                _ => format!(r"\uc1\u{}\'3f", u32::from(c)),
            }),
            Disguise::RtfIgnorable => each(|_, c| letter(c) + r"{\*\zzz junk text}"),
            Disguise::RtfLines => each(|i, c| letter(c) + ["\r\n", "\n", "\r"][i % 3]),
            Disguise::RtfWords => each(|i, c| letter(c) + [r"\zxcv ", r"\foo-7 "][i % 2]),
            Disguise::RtfBinary => each(|_, c| letter(c) + r"\bin5 }}}}}"),
            Disguise::RtfUpr => format!(r"{{\upr{{JUNK}}{{\*\ud{{{}}}}}}}", plain(text)),
            _ => plain(text),
        }
    }
}

impl Sink for Story {
    fn text(&mut self, text: &str, role: Role) -> Result<(), Reason> {
        let text = match role {
            Role::Instruction => self.spell(text),
            Role::Body | Role::Result | Role::NestedResult => plain(text),
        };
        match self.groups {
            Groups::Bare => self.text += &text,
            Groups::Runs => {
                self.text += &format!(r"{{\rtlch\fcs1 \af0 \ltrch\fcs0 \insrsid123 {text}}}");
            }
        }
        Ok(())
    }

    fn begin(&mut self, field: &Field) -> Result<(), Reason> {
        if field.flt.is_some() {
            return Err("a field has no type beside its text");
        }
        self.text += r"{\field";
        if field.dirty {
            self.text += r"\flddirty";
        }
        if field.locked {
            self.text += r"\fldlock";
        }
        self.text += r"{\*\fldinst ";
        Ok(())
    }

    fn separate(&mut self) -> Result<(), Reason> {
        self.text += r"}{\fldrslt ";
        Ok(())
    }

    fn end(&mut self, field: &Field) -> Result<(), Reason> {
        if field.closed {
            self.text += "}}";
        } else {
            self.open = true;
        }
        Ok(())
    }

    fn cut(&mut self, _role: Role) -> Result<(), Reason> {
        // A control word ends what it stands behind; formatting in a group of its own does too.
        if self.groups == Groups::Bare {
            self.text += r"\b0 ";
        }
        Ok(())
    }

    fn paragraph(&mut self, _role: Role) -> Result<(), Reason> {
        self.text += r"\par ";
        Ok(())
    }

    fn bookmark(&mut self, name: &str, start: bool) -> Result<(), Reason> {
        let word = match start {
            true => "bkmkstart",
            false => "bkmkend",
        };
        self.text += &format!(r"{{\*\{word} {name}}}");
        Ok(())
    }

    fn deleted(&mut self, text: &str, _role: Role) -> Result<(), Reason> {
        self.text += &format!(r"{{\deleted\revauthdel0 {}}}", plain(text));
        Ok(())
    }
}
