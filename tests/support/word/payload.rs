//! A payload without a carrier: what stands in a story, what the document says beside it, and
//! what must be found.

use ddetect::{Kind, Trigger};

/// Why a carrier cannot hold a payload.
pub type Reason = &'static str;

/// A stretch of a story.
#[derive(Clone, Debug)]
pub enum Piece {
    Text(String),
    /// The end of a run: what follows stands in another one.
    Cut,
    /// The end of a paragraph.
    Paragraph,
    /// Text that is marked as deleted.
    Deleted(String),
    /// Text in an element for ordinary text, although it stands in an instruction.
    Ordinary(String),
    /// Text in an element that does not preserve white space at its edges.
    Trimmed(String),
    Field(Field),
    /// What stands in a bookmark of this name.
    Bookmark(String, Vec<Piece>),
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    pub instruction: Vec<Piece>,
    pub result: Vec<Piece>,
    pub separated: bool,
    pub closed: bool,
    pub dirty: bool,
    pub locked: bool,
    /// The type that binary documents store beside the text, when it is not that of the keyword.
    pub flt: Option<u8>,
}

/// How a carrier spells the letters of instructions. Each means something in some carriers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    None,
    /// `&#68;` (XML, HTML).
    References,
    /// `<![CDATA[D]]>` (XML).
    Cdata,
    /// Comments and processing instructions between the letters (XML).
    Comments,
    /// `\'44` (RTF).
    RtfHex,
    /// `\u68?` (RTF).
    RtfUnicode,
    /// `\uc3\u68 xyz`, and the like with other numbers (RTF).
    RtfSkips,
    /// `{\*\zzz junk}` between the letters (RTF).
    RtfIgnorable,
    /// Line ends between the letters (RTF).
    RtfLines,
    /// `\zxcv ` between the letters (RTF).
    RtfWords,
    /// `\bin5 }}}}}` between the letters (RTF).
    RtfBinary,
    /// `{\upr{JUNK}{\*\ud{…}}}` (RTF).
    RtfUpr,
    /// `\0044` (the field codes of HTML).
    CssEscapes,
    /// `<b>D</b>` (HTML).
    HtmlMarkup,
}

/// A property of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    Title,
    Subject,
    Comments,
    Custom(&'static str),
}

/// Where a technique must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// In every carrier of fields.
    Everywhere,
    /// Where runs are elements.
    Xml,
}

/// What must be found: exactly one DDE finding, and that is it.
#[derive(Clone, Debug)]
pub struct Expected {
    pub kind: Kind,
    pub trigger: Trigger,
    pub service: String,
    pub topic: Option<String>,
    pub item: Option<String>,
    pub image: &'static str,
    pub techniques: Vec<(&'static str, Told)>,
}

#[derive(Clone, Debug)]
pub struct Payload {
    pub name: &'static str,
    pub story: Vec<Piece>,
    pub variables: Vec<(&'static str, &'static str)>,
    pub properties: Vec<(Property, &'static str)>,
    /// The document refreshes its fields when it is opened.
    pub update_fields: bool,
    pub disguise: Disguise,
    /// The triple says everything: no field is needed to hold it.
    pub plain: bool,
    pub expected: Expected,
}

impl Payload {
    /// Whether a feature of the document beside its stories is needed, and which.
    pub fn needs_document(&self) -> bool {
        !self.variables.is_empty() || !self.properties.is_empty() || self.update_fields
    }
}

pub fn t(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// A closed field with a cached result.
pub fn field(instruction: Vec<Piece>) -> Field {
    Field {
        instruction,
        result: vec![t("!")],
        separated: true,
        closed: true,
        dirty: false,
        locked: false,
        flt: None,
    }
}

/// A field of text, as a piece.
pub fn f(instruction: &str) -> Piece {
    Piece::Field(field(vec![t(instruction)]))
}

/// A field of pieces, as a piece.
pub fn ff(instruction: Vec<Piece>) -> Piece {
    Piece::Field(field(instruction))
}

/// What text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Body,
    Instruction,
    Result,
    /// The cached result of a field within an instruction, which is stored as instruction text
    /// (`spec/word.md` §0.3).
    NestedResult,
}

impl Role {
    pub fn in_instruction(self) -> bool {
        matches!(self, Role::Instruction | Role::NestedResult)
    }
}

/// A carrier's way to write a story.
pub trait Sink {
    fn text(&mut self, text: &str, role: Role) -> Result<(), Reason>;
    fn begin(&mut self, field: &Field) -> Result<(), Reason>;
    fn separate(&mut self) -> Result<(), Reason>;
    /// The end of a field; also of one that is not closed, in which case nothing is written.
    fn end(&mut self, field: &Field) -> Result<(), Reason>;
    fn cut(&mut self, role: Role) -> Result<(), Reason>;
    fn paragraph(&mut self, role: Role) -> Result<(), Reason>;
    fn bookmark(&mut self, name: &str, start: bool) -> Result<(), Reason>;

    fn deleted(&mut self, text: &str, role: Role) -> Result<(), Reason>;

    fn ordinary(&mut self, _text: &str) -> Result<(), Reason> {
        Err("there is one kind of text only")
    }

    fn trimmed(&mut self, _text: &str) -> Result<(), Reason> {
        Err("white space at the edges always stays")
    }
}

/// Writes pieces to a carrier.
pub fn write(pieces: &[Piece], role: Role, sink: &mut dyn Sink) -> Result<(), Reason> {
    for piece in pieces {
        match piece {
            Piece::Text(text) => sink.text(text, role)?,
            Piece::Cut => sink.cut(role)?,
            Piece::Paragraph => sink.paragraph(role)?,
            Piece::Deleted(text) => sink.deleted(text, role)?,
            Piece::Ordinary(text) => sink.ordinary(text)?,
            Piece::Trimmed(text) => sink.trimmed(text)?,
            Piece::Bookmark(name, inside) => {
                sink.bookmark(name, true)?;
                write(inside, role, sink)?;
                sink.bookmark(name, false)?;
            }
            Piece::Field(field) => {
                sink.begin(field)?;
                write(&field.instruction, Role::Instruction, sink)?;
                if field.separated {
                    sink.separate()?;
                    let result = match role.in_instruction() {
                        true => Role::NestedResult,
                        false => Role::Result,
                    };
                    write(&field.result, result, sink)?;
                }
                sink.end(field)?;
            }
        }
    }
    Ok(())
}
