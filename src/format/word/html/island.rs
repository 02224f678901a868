//! Data of Office programs in a page: `<xml>` islands with properties, settings and objects
//! (`spec/word.md` §4.3 (3)).
//!
//! # Malformed input
//!
//! Elements count wherever they stand, with any prefix. A text without an end of its element ends
//! with the next element.

use super::super::document::Document;
use super::super::links::Merge;
use crate::limits::Budget;
use crate::markup::html::{resolve, unicode};
use crate::report::Properties;

/// Bytes of one text that are kept (design page, "Limits": an instruction).
const LONGEST: usize = 64 << 10;

/// What an island says.
#[derive(Debug, Default)]
pub(super) struct Island {
    section: Section,
    /// The element whose text is kept, and its text.
    capture: Option<(String, Vec<u8>)>,
    merge: Option<Merge>,
    /// Name of the document variable that is open.
    variable: Option<String>,
    /// What the last object says of its link.
    pub(super) field_codes: String,
    created: Option<String>,
    author: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    None,
    Properties,
    Custom,
}

impl Island {
    /// Whether text that comes now is kept.
    pub(super) fn captures(&self) -> bool {
        self.capture.is_some()
    }

    /// An element with a prefix begins; `name` is its local name in lower case, `spelled` as it
    /// stands.
    pub(super) fn start(
        &mut self,
        name: &str,
        spelled: &str,
        attribute: &dyn Fn(&str) -> Option<String>,
        document: &mut Document,
        offset: u64,
        budget: &Budget<'_>,
    ) {
        self.capture = None;
        match name {
            "documentproperties" => self.section = Section::Properties,
            "customdocumentproperties" => self.section = Section::Custom,
            "docvar" => {
                let variable = attribute("name");
                if let (Some(variable), Some(value)) = (&variable, attribute("val")) {
                    document.variable(variable, &value, budget);
                } else {
                    self.variable = variable;
                    self.capture = Some((name.to_owned(), Vec::new()));
                }
            }
            "mailmergedatasource" => {
                let value = attribute("href").or_else(|| attribute("val"));
                match value.and_then(|value| document.keep(&value, budget)) {
                    Some(value) => self.merge(document, offset).sources.push(value),
                    None => self.capture = Some((name.to_owned(), Vec::new())),
                }
            }
            _ if name.starts_with("mailmerge") => {
                self.merge(document, offset);
                self.capture = Some((name.to_owned(), Vec::new()));
            }
            "fieldcodes" => self.capture = Some((name.to_owned(), Vec::new())),
            _ if self.section != Section::None => {
                self.capture = Some((spelled.to_owned(), Vec::new()));
            }
            _ => {}
        }
    }

    /// The title of the page, which is a property, too.
    pub(super) fn title(&mut self) {
        self.capture = Some(("title".to_owned(), Vec::new()));
    }

    fn merge(&mut self, document: &Document, offset: u64) -> &mut Merge {
        self.merge.get_or_insert_with(|| Merge {
            part: document.part(),
            offset,
            ..Merge::default()
        })
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        if let Some((_, kept)) = &mut self.capture {
            let room = LONGEST.saturating_sub(kept.len()).min(text.len());
            kept.extend_from_slice(text.get(..room).unwrap_or_default());
        }
    }

    /// An element ends; `name` is in lower case, with its prefix.
    pub(super) fn end(&mut self, name: &str, document: &mut Document, budget: &Budget<'_>) {
        let local = name.rsplit(':').next().unwrap_or(name);
        if matches!(local, "documentproperties" | "customdocumentproperties") {
            self.section = Section::None;
            self.capture = None;
        }
        let Some((captured, text)) = self.capture.take() else {
            return;
        };
        let text = unicode(&text);
        let text = resolve(&text).0;
        let text = text.trim();
        let keep = |document: &mut Document| document.keep(text, budget);
        match (&mut self.merge, captured.as_str()) {
            (_, "docvar") => {
                if let Some(variable) = self.variable.take() {
                    document.variable(&variable, text, budget);
                }
            }
            (_, "fieldcodes") => self.field_codes = text.to_owned(),
            (Some(merge), "mailmergedatasource") => merge.sources.extend(keep(document)),
            (Some(merge), "mailmergeconnectstring") => merge.connect = keep(document),
            (Some(merge), "mailmergequerystring" | "mailmergequery") => {
                merge.query = keep(document);
            }
            (Some(merge), "mailmergedatatype") => merge.data_type = keep(document),
            (_, property) => self.property(property, text, document, budget),
        }
    }

    fn property(&mut self, name: &str, text: &str, document: &mut Document, budget: &Budget<'_>) {
        if text.is_empty() || name.starts_with("mailmerge") {
            return;
        }
        let lower = name.to_ascii_lowercase();
        if self.section == Section::Properties {
            match lower.as_str() {
                "author" => self.author = Some(text.chars().take(256).collect()),
                "created" => self.created = Some(text.chars().take(64).collect()),
                _ => {}
            }
        }
        // Fields name some of the properties otherwise (`spec/word.md` §0.6).
        let field = match lower.as_str() {
            _ if self.section == Section::Custom => name,
            "title" => "TITLE",
            "author" => "AUTHOR",
            "lastauthor" => "LASTSAVEDBY",
            "description" => "COMMENTS",
            "subject" => "SUBJECT",
            "keywords" => "KEYWORDS",
            "template" => "TEMPLATE",
            _ => name,
        };
        if !document.environment.property(field, text, budget) {
            document.note_short();
        }
    }

    /// What the page says of itself, where nothing else did.
    pub(super) fn describe(&mut self, properties: &mut Properties) {
        properties.author = properties.author.take().or(self.author.take());
        properties.created = properties.created.take().or(self.created.take());
    }

    /// Hands over what was gathered.
    pub(super) fn settle(&mut self, document: &mut Document) {
        if let Some(merge) = self.merge.take() {
            let empty =
                merge.sources.is_empty() && merge.connect.is_none() && merge.query.is_none();
            if !empty {
                document.merges.push(merge);
            }
        }
    }
}
