//! A payload without a carrier: a formula as it is typed, the tokens and links that it becomes in
//! files that store these, and what must be found.

use super::tokens::Token;

/// Why a carrier cannot hold a payload.
pub type Reason = &'static str;

/// The item that Excel adds to every link.
pub const STD_DOCUMENT_NAME: &str = "StdDocumentName";

/// A link of the link table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub service: String,
    pub topic: String,
    pub items: Vec<String>,
}

impl Link {
    pub fn new(service: &str, topic: &str, items: &[&str]) -> Self {
        Link {
            service: service.to_owned(),
            topic: topic.to_owned(),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        }
    }

    /// As in a formula, with everything quoted that needs it.
    pub fn reference(&self, item: &str) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let plain = self.service.chars().all(|c| c.is_ascii_alphabetic());
        let service = match plain {
            true => self.service.clone(),
            false => quoted(&self.service),
        };
        let plain = !item.is_empty() && item.chars().all(|c| c.is_ascii_alphanumeric());
        let item = if plain { item.to_owned() } else { quoted(item) };
        format!("{service}|{}!{item}", quoted(&self.topic))
    }
}

/// What a payload must yield: each is `service|topic!item` after decoding.
pub type Triple = (String, String, String);

/// A spelling that only some carriers have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disguise {
    #[default]
    None,
    /// `_x0063_` (attributes of OOXML that are ST_Xstring).
    XEscapes,
    /// `&#99;` (XML, HTML).
    References,
    /// `&#x63;` (XML, HTML).
    HexReferences,
    /// `<![CDATA[c]]>` (XML elements).
    Cdata,
    /// Comments and processing instructions between the letters (XML elements).
    Comments,
    /// `&vert;`, `&apos;`, `&excl;` (HTML).
    Names,
    /// `<b>c</b>` (text of HTML).
    Markup,
}

/// One payload.
#[derive(Clone, Debug)]
pub struct Payload {
    pub name: &'static str,
    /// As it is typed into a cell, with the character that makes it a formula.
    pub typed: String,
    /// As tokens, over [`links`](Payload::links).
    pub tokens: Vec<Token>,
    /// As a link table holds it; `None`: this spelling is one of text only.
    pub links: Option<Vec<Link>>,
    pub expected: Vec<Triple>,
    /// The program that would start.
    pub image: &'static str,
    pub disguise: Disguise,
}

impl Payload {
    /// The formula without the equals sign, as files store it.
    pub fn formula(&self) -> &str {
        self.typed.strip_prefix('=').unwrap_or(&self.typed)
    }

    /// The links, for carriers with a link table.
    pub fn table(&self) -> Result<&[Link], Reason> {
        match (&self.links, self.disguise) {
            (Some(links), Disguise::None) => Ok(links),
            (Some(_), _) => Err("the disguise is one of markup"),
            (None, _) => Err("the spelling is gone once the formula is tokens"),
        }
    }

    /// The same, for carriers of 8-bit text.
    pub fn narrow(&self) -> Result<&[Link], Reason> {
        let links = self.table()?;
        let texts = links
            .iter()
            .flat_map(|l| [&l.service, &l.topic].into_iter().chain(l.items.iter()));
        match texts.flat_map(|text| text.chars()).all(|c| c <= '\u{ff}') {
            true => Ok(links),
            false => Err("a character that the code page does not have"),
        }
    }

    /// The typed text, for carriers without markup.
    pub fn plain(&self) -> Result<&str, Reason> {
        match self.disguise {
            Disguise::None => Ok(&self.typed),
            _ => Err("the disguise is one of markup"),
        }
    }
}

/// Whether XML 1.0 can hold every character.
pub fn xml_characters(text: &str) -> Result<(), Reason> {
    match text
        .chars()
        .all(|c| c >= ' ' || matches!(c, '\t' | '\n' | '\r'))
    {
        true => Ok(()),
        false => Err("XML cannot hold the character"),
    }
}

fn escape(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        // Attribute values lose these, element text may too.
        '\t' | '\n' | '\r' => format!("&#{};", u32::from(c)),
        _ => c.to_string(),
    }
}

/// A text as the content of an XML element, in a disguise.
pub fn xml_element(text: &str, disguise: Disguise) -> Result<String, Reason> {
    let letter = |c: char| match disguise {
        Disguise::Cdata => format!("<![CDATA[{c}]]>"),
        Disguise::Comments => format!("{}<!-- x --><?x y?>", escape(c)),
        _ => escape(c),
    };
    match disguise {
        Disguise::Cdata | Disguise::Comments => {
            xml_characters(text)?;
            Ok(text.chars().map(letter).collect())
        }
        _ => xml_attribute(text, disguise),
    }
}

/// A text as the value of an XML attribute in double quotes, in a disguise.
pub fn xml_attribute(text: &str, disguise: Disguise) -> Result<String, Reason> {
    xml_characters(text)?;
    let letter = |c: char| match disguise {
        Disguise::References => format!("&#{};", u32::from(c)),
        Disguise::HexReferences => format!("&#x{:x};", u32::from(c)),
        _ => escape(c),
    };
    match disguise {
        Disguise::None | Disguise::References | Disguise::HexReferences => {
            Ok(text.chars().map(letter).collect())
        }
        Disguise::XEscapes => Err("the escapes are those of OOXML attributes"),
        Disguise::Cdata | Disguise::Comments => Err("an attribute cannot hold sections"),
        Disguise::Names | Disguise::Markup => Err("the disguise is one of HTML"),
    }
}

/// A text for an ST_Xstring attribute: control characters have their escapes, too.
pub fn x_string(text: &str, disguise: Disguise) -> Result<String, Reason> {
    let x = |c: char| -> String {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units.map(|unit| format!("_x{unit:04X}_")).collect()
    };
    match disguise {
        Disguise::XEscapes => Ok(text.chars().map(x).collect()),
        Disguise::None => Ok(text
            .chars()
            .map(|c| if c < ' ' { x(c) } else { escape(c) })
            .collect()),
        _ => xml_attribute(text, disguise),
    }
}
