//! Documents in one XML file as directories of members: Office packages (Flat OPC,
//! `spec/word.md` §4.2), and documents with binary data among their markup (Word 2003 XML,
//! §4.1; OpenDocument, §4.7; Visio 2003).
//!
//! A part of a package is the range of the file between its tags; binary data is the same, as
//! base64. What is read of a part is read with the surroundings of its element: the prefixes and
//! entities that are declared outside of it, and the encoding of the file.
//!
//! # Malformed input
//!
//! Elements count by their local names. Where parts stand in each other the outermost counts, and
//! what is in it is read with it. A part that is not closed reaches to the end of the file. Where
//! the markup is broken, or in an encoding in which places cannot be counted, the file as a whole
//! is one more member, the last one.
//!
//! # Worst cases
//!
//! One pass over the file, two where its markup is broken. Members are paid for; so are their
//! surroundings, which are shared where nothing new is declared.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::held::Held;
use super::transfer::Transfer;
use super::{Coding, Member, Source};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::markup::names::Ns;
use crate::markup::surroundings::Surroundings;
use crate::markup::xml::{Event, Flaws, Reader, Tag};

/// Characters of a name that are kept: a path of Windows has 260.
const NAME: usize = 1_024;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A package: its parts are the members.
    Package,
    /// A document: the file itself is the first member, its binary data the others.
    Document,
}

/// The members of a document in one file.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    /// The file as a whole, where it is a member, has no name.
    pub(crate) members: Vec<Member>,
    /// What surrounds the markup of each member, where something does.
    pub(crate) surroundings: Vec<Option<Surroundings>>,
    /// The content type of each part, as it is declared.
    pub(crate) content_types: Vec<Option<Arc<str>>>,
    /// Why not all members are listed.
    pub(crate) exhausted: Option<Exhausted>,
    /// Live memory that was paid for; to be released when this is dropped.
    pub(crate) live: u64,
}

/// Lists the members of `data`.
pub(crate) fn list(data: &[u8], kind: Kind, budget: &Budget<'_>) -> Flat {
    let mut found = pass(data, kind, false, budget);
    if found.flaws.malformed && found.flat.exhausted.is_none() {
        let again = pass(data, kind, true, budget);
        // What a missing quotation mark swallowed shows in the second pass only.
        if again.flat.members.len() > found.flat.members.len() {
            budget.release_live(std::mem::replace(&mut found, again).flat.live);
            found.flaws.malformed = true;
        } else {
            budget.release_live(again.flat.live);
        }
    }
    let Found {
        mut flat,
        flaws,
        measured,
    } = found;
    let broken = flaws.malformed || flaws.truncated || flaws.cut_tag || !measured;
    if kind == Kind::Package && (broken || flat.members.is_empty()) {
        flat.members.push(whole(data));
        flat.surroundings.push(None);
        flat.content_types.push(None);
    }
    flat
}

/// The first element of `data`, wherever it stands: its namespace and its local name.
///
/// # Errors
///
/// What kept the reader from getting there.
pub(crate) fn root(data: &[u8], budget: &Budget<'_>) -> Result<Option<(Ns, String)>, Exhausted> {
    let source = whole(data).source;
    let outcome = Cell::new(None);
    let mut reader = Reader::new(source.open(data, budget, &outcome), budget.limits());
    while let Some(event) = reader.next()? {
        if let Event::Start(tag) = event {
            let ns = tag.name.ns;
            let local = tag.name.local.chars().take(NAME).collect();
            // Of a tag that was cut off, a namespace may be missing.
            if ns == Ns::None && reader.flaws().cut_tag {
                return Err(Exhausted::Limit(Limit::TagBytes));
            }
            return Ok(Some((ns, local)));
        }
    }
    if reader.flaws().cut_tag {
        return Err(Exhausted::Limit(Limit::TagBytes));
    }
    match outcome.take() {
        Some(super::Shortfall::Exhausted(cause)) => Err(cause),
        Some(_) | None => Ok(None),
    }
}

/// The file itself.
fn whole(data: &[u8]) -> Member {
    Member {
        name: String::new(),
        source: Source {
            range: 0..data.len(),
            coding: Coding::Stored,
            checksums: None,
        },
        techniques: Vec::new(),
    }
}

/// What one pass over the file found.
struct Found {
    flat: Flat,
    flaws: Flaws,
    /// Whether all places are exact.
    measured: bool,
}

fn pass(data: &[u8], kind: Kind, lenient: bool, budget: &Budget<'_>) -> Found {
    let source = whole(data).source;
    let outcome = Cell::new(None);
    let reader = source.open(data, budget, &outcome);
    let mut reader = if lenient {
        Reader::lenient(reader, budget.limits())
    } else {
        Reader::new(reader, budget.limits())
    };
    let mut walk = Walk {
        kind,
        budget,
        // What is found first must not starve what reads it.
        held: Held::quarter(budget),
        flat: Flat::default(),
        names: BTreeMap::new(),
        part: Declared::default(),
        parent: String::new(),
        open: None,
        last: None,
    };
    if kind == Kind::Document {
        walk.flat.members.push(whole(data));
        walk.flat.surroundings.push(None);
        walk.flat.content_types.push(None);
    }
    let ended = walk.go(&mut reader, data.len());
    let Walk { held, mut flat, .. } = walk;
    flat.live = held.leave();
    flat.exhausted = ended.err().or_else(|| match outcome.take() {
        Some(super::Shortfall::Exhausted(cause)) => Some(cause),
        Some(_) | None => None,
    });
    Found {
        flaws: reader.flaws(),
        measured: reader.is_measured(),
        flat,
    }
}

struct Walk<'b> {
    kind: Kind,
    budget: &'b Budget<'b>,
    held: Held<'b>,
    flat: Flat,
    /// How often each name was met.
    names: BTreeMap<String, u32>,
    /// What the `part` that began last says of itself.
    part: Declared,
    /// The element that began last.
    parent: String,
    /// The element whose content is a member.
    open: Option<Open>,
    /// The surroundings that were told last.
    last: Option<Surroundings>,
}

#[derive(Default)]
struct Declared {
    name: String,
    content_type: Option<Arc<str>>,
}

struct Open {
    name: String,
    content_type: Option<Arc<str>>,
    /// The local name of its element, and how many of that name are open in it.
    element: &'static str,
    inner: u32,
    surroundings: Option<Surroundings>,
    /// Byte at which its content begins, once something came.
    start: Option<usize>,
}

/// What one event meant.
enum Meant {
    Nothing,
    /// The content of this element is a member; of markup, its surroundings matter.
    Begins(&'static str, bool),
    Ends,
}

impl Walk<'_> {
    fn go<R: std::io::BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        end: usize,
    ) -> Result<(), Exhausted> {
        while let Some(event) = reader.next()? {
            let meant = match &event {
                Event::Start(tag) => self.enter(tag)?,
                Event::End(name) => self.leave(name.local),
                Event::Text { .. } => Meant::Nothing,
            };
            let at = usize::try_from(reader.offset()).unwrap_or(usize::MAX);
            if let Some(open) = &mut self.open {
                open.start.get_or_insert(at);
            }
            match meant {
                Meant::Nothing => {}
                Meant::Begins(element, is_markup) => {
                    let mut surroundings = None;
                    if is_markup {
                        let now = reader.surroundings(self.last.as_ref(), self.budget)?;
                        if !self.last.as_ref().is_some_and(|l| l.is_shared_with(&now)) {
                            self.held
                                .pay_bytes(usize::try_from(now.bytes()).unwrap_or(usize::MAX))?;
                        }
                        self.last = Some(now.clone());
                        surroundings = Some(now);
                    }
                    self.begin(element, surroundings);
                }
                Meant::Ends => self.end(at)?,
            }
        }
        self.end(end)
    }

    fn enter(&mut self, tag: &Tag<'_>) -> Result<Meant, Exhausted> {
        let local = tag.name.local;
        if let Some(open) = &mut self.open {
            open.inner = open.inner.saturating_add(u32::from(local == open.element));
            return Ok(Meant::Nothing);
        }
        let meant = match (self.kind, local) {
            (Kind::Package, "part") => {
                let text = |name| tag.attribute(name).unwrap_or_default();
                self.part = Declared {
                    name: text("name").chars().take(NAME).collect(),
                    content_type: tag
                        .attribute("contentType")
                        .map(|value| super::opc::plain_type(&value)),
                };
                Meant::Nothing
            }
            (Kind::Package, "xmlData") => Meant::Begins("xmlData", true),
            (Kind::Package, "binaryData") => Meant::Begins("binaryData", false),
            (Kind::Document, "binData") => {
                let name = tag.attribute("name").unwrap_or_default();
                self.part.name = name.chars().take(NAME).collect();
                Meant::Begins("binData", false)
            }
            (Kind::Document, "binary-data") => {
                // It has no name: the element around it says what it is.
                self.part.name = std::mem::take(&mut self.parent);
                Meant::Begins("binary-data", false)
            }
            // An object or a picture in a drawing of Visio 2003.
            (Kind::Document, "ForeignData") => {
                self.part.name.clear();
                Meant::Begins("ForeignData", false)
            }
            (Kind::Document, _) => {
                self.parent.clear();
                self.parent.extend(local.chars().take(NAME));
                Meant::Nothing
            }
            (Kind::Package, _) => Meant::Nothing,
        };
        Ok(meant)
    }

    fn leave(&mut self, local: &str) -> Meant {
        match &mut self.open {
            Some(open) if open.element == local => {
                if open.inner == 0 {
                    return Meant::Ends;
                }
                open.inner = open.inner.saturating_sub(1);
                Meant::Nothing
            }
            Some(_) | None => Meant::Nothing,
        }
    }

    fn begin(&mut self, element: &'static str, surroundings: Option<Surroundings>) {
        let name = match self.part.name.as_str() {
            "" => element.to_owned(),
            name => name.to_owned(),
        };
        self.open = Some(Open {
            name,
            content_type: self.part.content_type.clone(),
            element,
            inner: 0,
            surroundings,
            start: None,
        });
    }

    /// The member that is open ends before byte `end`.
    fn end(&mut self, end: usize) -> Result<(), Exhausted> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let Some(start) = open.start.filter(|start| *start < end) else {
            return Ok(());
        };
        // The name is held twice: here and among the names.
        let paid = size_of::<(Member, Option<Surroundings>, Option<Arc<str>>, String)>();
        let name = open.name.len().saturating_mul(2);
        let kind = open.content_type.as_ref().map_or(0, |kind| kind.len());
        let cost = paid.saturating_add(name).saturating_add(kind);
        if self.held.pay_bytes(cost).is_err() {
            return Err(Exhausted::Limit(Limit::LiveBytes));
        }
        let count = self.names.entry(open.name.clone()).or_default();
        *count = count.saturating_add(1);
        let (name, techniques) = if *count == 1 {
            (open.name, Vec::new())
        } else {
            let techniques = match self.kind {
                Kind::Package => vec![TechniqueId::DuplicatePart],
                Kind::Document => Vec::new(),
            };
            (format!("{}#{count}", open.name), techniques)
        };
        let coding = match open.element {
            "xmlData" => Coding::Stored,
            _ => Coding::Transfer(Transfer::MarkupBase64),
        };
        self.flat.members.push(Member {
            name,
            source: Source {
                range: start..end,
                coding,
                checksums: None,
            },
            techniques,
        });
        self.flat.surroundings.push(open.surroundings);
        self.flat.content_types.push(open.content_type);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
