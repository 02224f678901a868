//! Office Open XML packages: Word, Excel and PowerPoint documents in a zip.
//!
//! Every part is read whatever its name: parts that relationships lead to first, in that order,
//! then the rest. What a part is, is decided by its bytes: XML goes to the vocabulary of its root
//! element (to all of them when the root means nothing), a document goes to the queue, the rest
//! is skipped with its reason.
//!
//! # Malformed input
//!
//! A part whose markup is broken is read twice, the second time leniently. A part that ends early
//! is a gap, and what stands before its end counts.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::BufRead;

use super::ledger::{Child, Ledger};
use super::{Part, Vocabulary, excel, relations, word};
use crate::container::opc::{Opc, Reached};
use crate::container::zip::Listing;
use crate::container::{Member, MemberReader};
use crate::gap::{GapKind, SkipReason};
use crate::guard::{Caught, guard};
use crate::identify::{Disposition, Format, Identity, Sniffer, identify};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::names::Ns;
use crate::markup::xml::{Event, Flaws, Name, Reader};
use crate::report::Properties;

/// Relationships that load a document: bytes behind one that no reader recognises are a gap
/// (design page, "What is a gap", b).
const LOADING: [&str; 7] = [
    "afchunk",
    "package",
    "oleobject",
    "subdocument",
    "frame",
    "attachedtemplate",
    "externallink",
];

/// What a package reader is given.
pub(crate) struct Package<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) listing: &'a Listing,
    pub(crate) opc: &'a Opc,
    pub(crate) location: &'a Location,
    /// Whether this is a document, whose parts no program opens on their own, rather than a
    /// folder of files.
    pub(crate) is_document: bool,
    /// Whether a name is a program that is known for abuse (`command::is_program`).
    pub(crate) is_program: fn(&str) -> bool,
}

/// Reads a package: gathers from every part, then resolves what was gathered.
///
/// An exhausted budget ends the gathering, not the resolving: what was found before is kept.
pub(crate) fn read(
    package: &Package<'_>,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> (Properties, Result<(), Exhausted>) {
    let mut gathered = Gathered {
        word: word::Gather::default(),
        excel: excel::Gather::new(package.is_program),
        properties: Properties::default(),
    };
    let order = package.opc.reading_order();
    // Without relationships of the package, nothing is out of reach.
    let rooted = order.iter().any(|reached| reached.reachable);
    let mut ended = Ok(());
    for (index, shortfall) in &package.opc.shortfalls {
        let location = package.location_of(*index);
        ended = ended.and(ledger.shortfall(shortfall.clone(), &location));
    }
    for reached in &order {
        let Some(member) = package.listing.members.get(reached.member) else {
            continue;
        };
        let location = package.location.child(&member.name);
        let reachable = reached.reachable || !rooted;
        let entry = Entry {
            reached,
            reachable,
            member,
            location: &location,
        };
        ended = entry.read(package, &mut gathered, budget, ledger);
        if ended.is_err() {
            break;
        }
    }
    let Gathered {
        mut word,
        mut excel,
        properties,
    } = gathered;
    let mut claimed = BTreeSet::new();
    word.resolve(package.opc, budget, ledger, &mut claimed);
    excel.resolve(package.opc, budget, ledger, &mut claimed);
    let reachable: BTreeSet<usize> = order
        .iter()
        .filter(|reached| reached.reachable)
        .map(|reached| reached.member)
        .collect();
    let location_of = |index: usize| package.location_of(index);
    let is_reachable = |index: usize| !rooted || reachable.contains(&index);
    relations::report(package.opc, &claimed, &location_of, &is_reachable, ledger);
    (properties, ended)
}

impl Package<'_> {
    fn location_of(&self, index: usize) -> Location {
        match self.listing.members.get(index) {
            Some(member) => self.location.child(&member.name),
            None => self.location.clone(),
        }
    }
}

/// What all parts of a package gave.
struct Gathered {
    word: word::Gather,
    excel: excel::Gather,
    properties: Properties,
}

/// Which vocabularies a part goes to, by its root element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Word,
    Excel,
    Both,
    Properties,
    /// The package's own markup, already read.
    Nobody,
}

impl Route {
    fn of(root: Name<'_>) -> Route {
        match root.ns {
            Ns::Word => Route::Word,
            Ns::Spreadsheet => Route::Excel,
            Ns::Properties => Route::Properties,
            Ns::PackageRelationships | Ns::ContentTypes => Route::Nobody,
            Ns::None
            | Ns::Other
            | Ns::Xml
            | Ns::Presentation
            | Ns::ExcelMain
            | Ns::Relationship
            | Ns::MarkupCompatibility
            | Ns::Vml
            | Ns::VmlOffice
            | Ns::VmlExcel
            | Ns::Drawing => Route::Both,
        }
    }
}

/// One member on its turn.
struct Entry<'a> {
    reached: &'a Reached,
    reachable: bool,
    member: &'a Member,
    location: &'a Location,
}

impl Entry<'_> {
    /// Reads one member by what its bytes are. `Err` ends the whole analysis.
    fn read(
        &self,
        package: &Package<'_>,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let outcome = Cell::new(None);
        let mut reader = self.member.source.open(package.data, budget, &outcome);
        // A member's first block tells markup; reading never gives an error.
        let head = identify(reader.fill_buf().unwrap_or_default());
        let is_xml = |identity: &Identity| matches!(identity.disposition, Disposition::Xml(_));
        if head.iter().any(is_xml) {
            let flaws = self.gather(reader, false, gathered, budget, ledger);
            if flaws.malformed || flaws.truncated {
                // Broken markup is read a second time; what the second reading lacks, the first
                // one has.
                let again = Cell::new(None);
                let reader = self.member.source.open(package.data, budget, &again);
                self.gather(reader, true, gathered, budget, ledger);
                if let Some(shortfall) = again.take() {
                    ledger.shortfall(shortfall, self.location)?;
                }
            }
            if flaws.truncated {
                let detail = "the markup ends before its elements do";
                ledger.gap(GapKind::Damaged, self.location.clone(), detail);
            }
            if flaws.cut_tag {
                ledger.exhausted(Exhausted::Limit(Limit::TagBytes), self.location.clone());
            }
        } else {
            let mut sniffer = if package.is_document {
                Sniffer::of_part()
            } else {
                Sniffer::default()
            };
            loop {
                let block = reader.fill_buf().unwrap_or_default();
                if block.is_empty() {
                    break;
                }
                sniffer.feed(block);
                let length = block.len();
                reader.consume(length);
            }
            self.dispatch(sniffer.finish(), ledger);
        }
        outcome.take().map_or(Ok(()), |shortfall| {
            ledger.shortfall(shortfall, self.location)
        })
    }

    /// Hands on a member that is no markup, as each of the things that it could be.
    fn dispatch(&self, could_be: Vec<Identity>, ledger: &mut Ledger<'_>) {
        let mut is_child = false;
        for identity in could_be {
            let identity = identity.reached_by(self.reached.relation.as_deref());
            if identity.format == Format::Empty {
                continue;
            }
            let disposition = identity.disposition;
            match disposition {
                Disposition::Read | Disposition::Compound | Disposition::Xml(_) => is_child = true,
                Disposition::Unsupported(name) => {
                    ledger.gap(GapKind::Unsupported, self.location.clone(), name);
                }
                Disposition::Encrypted => {
                    ledger.gap(GapKind::Encrypted, self.location.clone(), "unknown scheme");
                }
                Disposition::Opaque(SkipReason::Unknown) if self.loads_a_document() => ledger.gap(
                    GapKind::Unsupported,
                    self.location.clone(),
                    "loaded by the document, and of no kind that is known",
                ),
                Disposition::Opaque(reason) => ledger.skip(self.location.clone(), reason),
            }
        }
        if is_child {
            ledger.child(Child {
                source: self.member.source.clone(),
                location: self.location.clone(),
            });
        }
    }

    /// Whether the relationship that leads here loads a document.
    fn loads_a_document(&self) -> bool {
        self.reached
            .relation
            .as_deref()
            .is_some_and(|relation| LOADING.contains(&relation))
    }

    /// Feeds the part to the vocabularies of its root element.
    fn gather(
        &self,
        source: MemberReader<'_>,
        salvage: bool,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Flaws {
        let limits = budget.limits();
        let mut reader = if salvage {
            Reader::lenient(source, limits)
        } else {
            Reader::new(source, limits)
        };
        let mut techniques = self.member.techniques.clone();
        if !self.reachable {
            techniques.push(TechniqueId::Unreachable);
        }
        let part = Part {
            member: self.reached.member,
            name: &self.member.name,
            location: self.location,
            relation: self.reached.relation.as_deref(),
            reachable: self.reachable,
            techniques: &techniques,
        };
        let mut route = None;
        // A panic inside a dependency costs the rest of this part, not what was gathered.
        let driven = guard(|| drive(&mut reader, &part, salvage, &mut route, gathered, budget));
        let odd = reader.techniques();
        if matches!(route, Some(Route::Word | Route::Both)) {
            gathered.word.end_part(&odd);
        }
        if matches!(route, Some(Route::Excel | Route::Both)) {
            gathered.excel.end_part(&odd);
        }
        match driven {
            Ok(Ok(())) => {}
            // A limit of this part; the limits of the whole analysis show in `outcome`.
            Ok(Err(cause)) => ledger.exhausted(cause, self.location.clone()),
            Err(Caught) => {
                ledger.gap(
                    GapKind::Internal,
                    self.location.clone(),
                    "the XML reader panicked",
                );
            }
        }
        // The package's own markup is not read to its end here.
        if route == Some(Route::Nobody) {
            Flaws::default()
        } else {
            reader.flaws()
        }
    }
}

/// Drives the events of one part through its vocabularies.
fn drive(
    reader: &mut Reader<MemberReader<'_>>,
    part: &Part<'_>,
    salvage: bool,
    route: &mut Option<Route>,
    gathered: &mut Gathered,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let Gathered {
        word,
        excel,
        properties,
    } = gathered;
    let mut property = None;
    while let Some(event) = reader.next()? {
        let to = match (&event, *route) {
            (_, Some(to)) => to,
            (Event::Start(tag), None) => {
                let to = Route::of(tag.name);
                *route = Some(to);
                if matches!(to, Route::Word | Route::Both) {
                    word.begin_part(part, salvage);
                }
                if matches!(to, Route::Excel | Route::Both) {
                    excel.begin_part(part, salvage);
                }
                to
            }
            (Event::End(_) | Event::Text { .. }, None) => continue,
        };
        if to == Route::Nobody {
            return Ok(());
        }
        if to == Route::Properties {
            note_property(&event, &mut property, properties);
            continue;
        }
        if matches!(to, Route::Word | Route::Both) {
            feed(word, &event, budget)?;
        }
        if matches!(to, Route::Excel | Route::Both) {
            feed(excel, &event, budget)?;
        }
    }
    Ok(())
}

fn feed(
    vocabulary: &mut impl Vocabulary,
    event: &Event<'_>,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    match event {
        Event::Start(tag) => vocabulary.start(tag, budget),
        Event::End(name) => vocabulary.end(*name, budget),
        Event::Text { text, referenced } => vocabulary.text(text, *referenced, budget),
    }
}

/// The properties that a report shows.
#[derive(Clone, Copy)]
enum Property {
    Application,
    Author,
    Created,
}

/// The longest property value that is kept.
const PROPERTY: usize = 256;

fn note_property(event: &Event<'_>, open: &mut Option<Property>, properties: &mut Properties) {
    match event {
        Event::Start(tag) => {
            *open = match tag.name.local {
                "Application" => Some(Property::Application),
                "creator" => Some(Property::Author),
                "created" => Some(Property::Created),
                _ => None,
            };
        }
        Event::End(_) => *open = None,
        Event::Text { text, .. } => {
            let value = match open {
                Some(Property::Application) => &mut properties.application,
                Some(Property::Author) => &mut properties.author,
                Some(Property::Created) => &mut properties.created,
                None => return,
            };
            let value = value.get_or_insert_default();
            value.extend(text.chars().take(PROPERTY.saturating_sub(value.len())));
        }
    }
}
