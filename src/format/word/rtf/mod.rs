//! Rich Text Format (`spec/word.md` §3).
//!
//! The files: `tokens` (bytes to tokens), `state` (the open groups), `destinations` (what control
//! words mean), `words` (the others that are known), `text` and `characters` (bytes to text, and
//! where it goes), `walk` (tokens to what they do), `fields` (fields and stories), `values` (what
//! the document says of itself: template, variables, properties, mail merge), `objects` (OLE
//! objects and OLE 1 links), `encapsulated` (pages that Outlook keeps as rich text).
//!
//! # Malformed input
//!
//! There is no text that is not read to its end. Groups that are not closed end with the file,
//! braces that close nothing are ignored, text behind the document is read like the document.
//! Control words may have any length and parameter. Programs differ in what they leave out: text
//! that only some would read makes one more reading of the field it stands in.
//!
//! # Worst cases
//!
//! Time is linear in the bytes. Memory is that of the [`Document`] and one entry for each open
//! group that changes something, all of it charged to the limit `live-bytes`; values are cut at
//! 64 KiB, and of the fonts, stories and objects that are open at once a fixed number is kept.
//! What is left out because of that is a gap.

mod characters;
mod destinations;
#[cfg(feature = "mail")]
mod encapsulated;
mod fields;
mod objects;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod values;
mod walk;
mod words;

use std::collections::BTreeMap;

use super::document::{Document, Source};
use super::links::Merge;
use crate::format::Outcome;
use crate::format::ledger::{Child, Ledger};
use crate::format::pages::Page;
#[cfg(not(feature = "mail"))]
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Kind, Link, TechniqueId};
use crate::location::Location;
use crate::report::Properties;
use destinations::Story;
use fields::{OpenField, OpenStory};
use objects::{Data, Object};
use state::{Dest, Ends, Groups};
use text::Text;
use tokens::Tokens;
use values::OpenValue;

/// The part that the document itself is.
const BODY: usize = 0;

/// Reads a document.
pub(crate) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut reader = Reader::new(data, location, budget, ledger);
    let mut ended = reader.walk();
    // What is still open ends here, and what was found before a limit is kept.
    ended = ended.and(reader.finish());
    if let Err(cause) = ended {
        reader.ledger.exhausted(cause, location.clone());
    }
    if reader.tokens.is_cut() {
        // Programs open such a file, as it stands: odd, and nothing is left unread.
        let raw = "binary data (\\bin) that reaches beyond the end of the file";
        let mut link = Link::new(Kind::Anomaly, Carrier::Container, location.clone(), raw);
        link.add_technique(TechniqueId::LengthMismatch);
        reader.ledger.link(link);
    }
    if reader.groups.is_short() {
        reader.fall_short(Limit::LiveBytes);
    }
    reader.groups.clear(budget);
    let mut children = std::mem::take(&mut reader.children);
    if reader.from_html && ended.is_ok() {
        ended = reader.page_inside();
    }
    children.sort_by_key(|(at, _)| *at);
    for (_, child) in children {
        reader.ledger.child(child);
    }
    let properties = std::mem::take(&mut reader.properties);
    let mut document = std::mem::take(&mut reader.document);
    document.settle(budget, reader.ledger);
    Outcome { properties, ended }
}

/// A document that is being read.
struct Reader<'a, 'l> {
    data: &'a [u8],
    location: &'a Location,
    budget: &'a Budget<'a>,
    ledger: &'a mut Ledger<'l>,
    tokens: Tokens<'a>,
    groups: Groups,
    text: Text,
    document: Document,
    properties: Properties,
    /// The parts that stories are reported in.
    parts: [Option<usize>; Story::COUNT],
    /// `\*` came, and not yet what it is about.
    star: bool,
    /// Nothing but control words came since the group began.
    fresh: bool,
    /// Characters to leave out: they repeat one that was given by its number.
    skip: u16,
    /// The code page of the document.
    page: Page,
    fonts: BTreeMap<i64, Option<Page>>,
    /// The font that is defined in the table.
    font: i64,
    default_font: i64,
    fields: Vec<OpenField>,
    stories: Vec<OpenStory>,
    value: Option<OpenValue>,
    /// The property whose value comes.
    property: String,
    /// The property of a shape whose value comes, and the linked picture it had.
    shape: String,
    picture: Option<(u64, String)>,
    merge: Option<Merge>,
    time: Option<String>,
    objects: Vec<Object>,
    /// Objects whose data was read.
    object_count: u32,
    /// Data whose groups are open, one inside the other.
    data_open: Vec<Data>,
    /// It says that it was made of a page.
    from_html: bool,
    /// Documents inside, and where they stand.
    children: Vec<(usize, Child)>,
}

impl<'a, 'l> Reader<'a, 'l> {
    fn new(
        data: &'a [u8],
        location: &'a Location,
        budget: &'a Budget<'a>,
        ledger: &'a mut Ledger<'l>,
    ) -> Self {
        let mut document = Document::default();
        document.begin_part(Source::new(BODY, location.clone()));
        let mut parts = [None; Story::COUNT];
        if let Some(body) = parts.first_mut() {
            *body = Some(BODY);
        }
        Reader {
            data,
            location,
            budget,
            ledger,
            tokens: Tokens::new(data),
            groups: Groups::default(),
            text: Text::default(),
            document,
            properties: Properties::default(),
            parts,
            star: false,
            fresh: false,
            skip: 0,
            page: Page::default(),
            fonts: BTreeMap::new(),
            font: 0,
            default_font: 0,
            fields: Vec::new(),
            stories: Vec::new(),
            value: None,
            property: String::new(),
            shape: String::new(),
            picture: None,
            merge: None,
            time: None,
            objects: Vec::new(),
            object_count: 0,
            data_open: Vec::new(),
            from_html: false,
            children: Vec::new(),
        }
    }

    /// Hands on the page that the document was made of.
    fn page_inside(&mut self) -> Result<(), Exhausted> {
        #[cfg(feature = "mail")]
        {
            let (data, location, budget) = (self.data, self.location, self.budget);
            let queued = encapsulated::queue(data, self.page, location, budget, self.ledger);
            if let Err(cause) = queued {
                self.ledger.exhausted(cause, location.clone());
            }
            queued
        }
        #[cfg(not(feature = "mail"))]
        {
            let detail = "HTML in rich text (\\fromhtml)";
            let location = self.location.clone();
            self.ledger.gap(GapKind::Unsupported, location, detail);
            Ok(())
        }
    }

    fn dest(&self) -> Dest {
        self.groups.now().dest
    }

    /// Something was not kept.
    fn fall_short(&mut self, limit: Limit) {
        self.document.short.insert((BODY, limit));
    }

    /// Something ends with the group that is open; `false` when such a thing already does.
    fn ends_with_group(&mut self, ends: Ends) -> bool {
        let state = self.groups.change(self.budget);
        let new = !state.ends.has(ends);
        state.ends.add(ends);
        new
    }

    /// The end of the file.
    fn finish(&mut self) -> Result<(), Exhausted> {
        let mut ended = Ok(());
        while self.groups.reach_changed() {
            ended = ended.and(self.close(self.data.len(), true));
        }
        ended
    }
}

/// An offset as locations have it.
fn place(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}
