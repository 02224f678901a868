//! One member of a package on its turn: what its bytes are, and who reads them.

use std::cell::Cell;
use std::io::BufRead;

use super::super::ledger::{Child, Ledger, Provenance};
use super::super::{Part, excel, offer};
use super::gathered::{Gathered, Route};
use super::{Package, properties};
use crate::container::opc::Reached;
use crate::container::{Member, MemberReader, Shortfall};
use crate::gap::{GapKind, SkipReason};
use crate::guard::{Caught, guard};
use crate::identify::{
    Claim, Disposition, Format, Identity, Sniffer, identify, identify_name, is_belied, is_cells,
};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::xml::{Event, Flaws, Reader};

/// Relationships that load a document: bytes behind one that no reader recognises are a gap
/// (design page, "What is a gap", b).
const LOADING: [&str; 14] = [
    "afchunk",
    "package",
    "oleobject",
    "subdocument",
    "frame",
    "attachedtemplate",
    "externallink",
    // Main parts of documents: a binary workbook behind a harmless one.
    "officedocument",
    "worksheet",
    "chartsheet",
    "dialogsheet",
    "macrosheet",
    "xlmacrosheet",
    "xlintlmacrosheet",
];

/// One member on its turn.
pub(super) struct Entry<'a> {
    pub(super) reached: &'a Reached,
    pub(super) reachable: bool,
    pub(super) member: &'a Member,
    pub(super) location: &'a Location,
    /// What is odd about the archive.
    pub(super) odd: &'a [TechniqueId],
}

/// What the reading of a part as markup came to.
struct Outcome {
    flaws: Flaws,
    /// There was an element at all.
    is_markup: bool,
    /// A limit ended the part, so that its end says nothing.
    limited: bool,
}

impl Entry<'_> {
    /// Reads one member by what its bytes are. `Err` ends the whole analysis.
    pub(super) fn read(
        &self,
        package: &Package<'_>,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let outcome = Cell::new(None);
        let mut reader = self.member.source.open(package.data, budget, &outcome);
        // The first block tells what to try first; reading never gives an error.
        let block = reader.fill_buf().unwrap_or_default();
        if block.is_empty() {
            // Nothing, or nothing that can be read.
            return self.account_for(&outcome, ledger);
        }
        let known = identify(block);
        let unknown = known.iter().all(is_unknown);
        let page = |identity: &Identity| self.is_mere_markup(identity, package);
        let is_records = excel::may_be_records(block, self.relation(), self.content_type(package));
        if package.is_itself(self.member)
            || known
                .iter()
                .any(|identity| is_xml(identity) || page(identity))
            || unknown && may_be_markup(block)
        {
            let first = self.gather(reader, false, package, gathered, budget, ledger);
            if first.is_markup || package.is_itself(self.member) {
                self.mend(&first, &outcome, package, gathered, budget, ledger)?;
                // A table may begin with a tag, and a file of files is opened by its name.
                if !self.is_beside(package) {
                    return Ok(());
                }
            }
            reader = self.member.source.open(package.data, budget, &outcome);
        }
        if is_records {
            let read = self.gather_records(reader, &outcome, package, gathered, budget, ledger)?;
            if read.begins || read.is_records && unknown {
                return Ok(());
            }
            reader = self.member.source.open(package.data, budget, &outcome);
        }
        let mut plain = true;
        // No program reads a part of a document as cells, but a file beside them is a file.
        let is_file = !package.is_document || self.is_beside(package);
        let sniffer = if is_file {
            Sniffer::named(&self.member.name)
        } else {
            Sniffer::of_part()
        };
        let found = offer::sniff(reader, sniffer, |block| plain &= is_plain(block));
        if found.iter().any(is_xml) {
            let again = Cell::new(None);
            let reader = self.member.source.open(package.data, budget, &again);
            let first = self.gather(reader, false, package, gathered, budget, ledger);
            self.mend(&first, &again, package, gathered, budget, ledger)?;
        }
        let mut found: Vec<Identity> = found
            .into_iter()
            .filter(|identity| !self.is_mere_markup(identity, package))
            .collect();
        // A file in a folder of files has a name that says something.
        if is_file
            && found.iter().all(Identity::is_vague)
            && let Some(named) = identify_name(&self.member.name)
        {
            found.retain(|identity| !is_unknown(identity));
            found.push(named);
        }
        let declared = self.content_type(package);
        self.dispatch(found, plain, declared, ledger);
        self.account_for(&outcome, ledger)
    }

    /// Whether the document knows nothing of the member, and its name is that of a text of cells: a
    /// plain archive becomes a document by one member more, and is still unpacked.
    fn is_beside(&self, package: &Package<'_>) -> bool {
        self.reached.relation.is_none() && !package.is_flat && is_cells(&self.member.name)
    }

    /// Whether what looks like a web page is only a part with a root that HTML knows, too: no
    /// program opens a part of a document as a page unless a relationship loads it.
    fn is_mere_markup(&self, identity: &Identity, package: &Package<'_>) -> bool {
        identity.format == Format::Html && package.is_document && !self.loads_a_document()
    }

    /// After the first reading of a part as markup: what is missing of its bytes, a second reading
    /// where the markup is broken, and a gap where it is cut off.
    fn mend(
        &self,
        first: &Outcome,
        outcome: &Cell<Option<Shortfall>>,
        package: &Package<'_>,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        // Bytes that ended early were told; that their markup is cut off says nothing more.
        let shortfall = outcome.take();
        let ended = shortfall.is_some();
        if let Some(shortfall) = shortfall {
            ledger.shortfall(shortfall, self.location)?;
        }
        let Outcome { flaws, limited, .. } = *first;
        if flaws.cut_tag {
            ledger.exhausted(Exhausted::Limit(Limit::TagBytes), self.location.clone());
        }
        if flaws.cut_entities {
            let detail = "entities of its document type are more than is read";
            ledger.gap(GapKind::Limit, self.location.clone(), detail);
        }
        if flaws.unexpanded {
            let detail = "document type with an entity or attribute that is not expanded";
            ledger.gap(GapKind::Unsupported, self.location.clone(), detail);
        }
        if flaws.foreign_encoding {
            let detail = "markup in an encoding that is not decoded";
            ledger.gap(GapKind::Unsupported, self.location.clone(), detail);
        }
        if limited {
            return Ok(());
        }
        if flaws.truncated && !ended {
            let detail = "the markup ends before its elements do";
            ledger.gap(GapKind::Damaged, self.location.clone(), detail);
        }
        if flaws.malformed || flaws.truncated {
            // What the second reading lacks, the first one has.
            let again = Cell::new(None);
            let reader = self.member.source.open(package.data, budget, &again);
            self.gather(reader, true, package, gathered, budget, ledger);
            if !ended {
                return self.account_for(&again, ledger);
            }
        }
        Ok(())
    }

    fn account_for(
        &self,
        outcome: &Cell<Option<Shortfall>>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        outcome.take().map_or(Ok(()), |shortfall| {
            ledger.shortfall(shortfall, self.location)
        })
    }

    /// Hands on a member that is no markup, as each of the things that it could be. A text that is
    /// `plain` holds nothing, whatever loads it.
    fn dispatch(
        &self,
        could_be: Vec<Identity>,
        plain: bool,
        declared: Option<&str>,
        ledger: &mut Ledger<'_>,
    ) {
        let mut could = could_be.iter();
        let claim = declared.map(Claim::Type);
        let belied = claim.is_some_and(|claim| could.any(|identity| is_belied(claim, identity)));
        let reached = could_be
            .into_iter()
            .map(|identity| identity.reached_by(self.relation()));
        let offered = offer::tell(reached, self.location, ledger, |identity, _, ledger| {
            if !is_unknown(identity) {
                return false;
            }
            // The media type of an OpenDocument file was looked at already.
            if self.member.name == "mimetype" {
                return true;
            }
            if self.loads_a_document() && !plain {
                let detail = "loaded by the document, and of no kind that is known";
                ledger.gap(GapKind::Unsupported, self.location.clone(), detail);
                return true;
            }
            let reason = self.folder_reason();
            if let Some(reason) = reason {
                ledger.skip(self.location.clone(), reason);
            }
            reason.is_some()
        });
        if offered.is_child {
            let child = Child {
                source: self.member.source.clone(),
                location: self.location.clone(),
            };
            // What is odd about the member stands beside the archive; its password tells of the
            // document in it.
            let techniques = self.member.techniques.iter().copied();
            let mut techniques: Vec<TechniqueId> =
                techniques.filter(|id| id.is_password()).collect();
            techniques.extend(belied.then_some(TechniqueId::TypeMismatch));
            let provenance = Provenance {
                techniques,
                ..Provenance::default()
            };
            ledger.child_by(child, provenance);
        }
    }

    /// The relation that leads here. Pictures of Word 2003 XML are named instead.
    fn relation(&self) -> Option<&str> {
        let named = self.member.name.starts_with("wordml://");
        let relation = self.reached.relation.as_deref();
        let picture = named || self.folder_reason() == Some(SkipReason::Picture);
        relation.or_else(|| picture.then_some("image"))
    }

    /// What bytes without a signature are by the folder of an OpenDocument package.
    fn folder_reason(&self) -> Option<SkipReason> {
        let (folder, _) = self.member.name.split_once('/')?;
        match folder {
            "Basic" | "Scripts" => Some(SkipReason::Macro),
            "ObjectReplacements" | "Pictures" | "Thumbnails" => Some(SkipReason::Picture),
            _ => None,
        }
    }

    /// Whether the relationship that leads here loads a document.
    fn loads_a_document(&self) -> bool {
        self.reached
            .relation
            .as_deref()
            .is_some_and(|relation| LOADING.contains(&relation))
    }

    /// Reads the part as records of a binary workbook.
    fn gather_records(
        &self,
        reader: MemberReader<'_>,
        outcome: &Cell<Option<Shortfall>>,
        package: &Package<'_>,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<excel::Binary, Exhausted> {
        let techniques = self.techniques();
        let part = self.part(&techniques);
        let declared = self.content_type(package);
        let source = (reader, excel::Types::Short);
        let read = gathered.excel.read_records(&part, declared, source, budget);
        let shortfall = outcome.take();
        let ended = shortfall.is_some();
        if let Some(shortfall) = shortfall {
            ledger.shortfall(shortfall, self.location)?;
        }
        let binary = read.inspect_err(|cause| ledger.exhausted(*cause, self.location.clone()))?;
        if binary.is_records && binary.is_cut && !ended {
            let detail = "a record is longer than what is left of the part";
            ledger.gap(GapKind::Damaged, self.location.clone(), detail);
        }
        if binary.is_odd {
            // What the second reading lacks, the first one has.
            let again = Cell::new(None);
            let reader = self.member.source.open(package.data, budget, &again);
            let source = (reader, excel::Types::Long);
            let read = gathered.excel.read_records(&part, declared, source, budget);
            read.inspect_err(|cause| ledger.exhausted(*cause, self.location.clone()))?;
        }
        Ok(binary)
    }

    /// What is odd about the member and the archive.
    fn techniques(&self) -> Vec<TechniqueId> {
        let mut techniques = self.member.techniques.clone();
        techniques.extend(self.odd);
        if !self.reachable {
            techniques.push(TechniqueId::Unreachable);
        }
        techniques
    }

    fn part<'t>(&'t self, techniques: &'t [TechniqueId]) -> Part<'t> {
        Part {
            member: self.reached.member,
            name: &self.member.name,
            location: self.location,
            relation: self.reached.relation.as_deref(),
            reachable: self.reachable,
            techniques,
        }
    }

    /// The declared content type.
    fn content_type<'p>(&self, package: &'p Package<'_>) -> Option<&'p str> {
        let types = &package.opc.content_types;
        types.get(self.reached.member)?.as_deref()
    }

    /// Feeds the part to the vocabularies of its root element.
    fn gather(
        &self,
        source: MemberReader<'_>,
        salvage: bool,
        package: &Package<'_>,
        gathered: &mut Gathered,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Outcome {
        let around = package.surroundings.get(self.reached.member);
        let around = around.and_then(Option::as_ref);
        let mut reader = Reader::inside(source, around, salvage, budget.limits());
        let techniques = self.techniques();
        let part = self.part(&techniques);
        let mut route = None;
        // A panic inside a dependency costs the rest of this part, not what was gathered.
        let driven = guard(|| drive(&mut reader, &part, salvage, &mut route, gathered, budget));
        let odd = reader.techniques();
        if let Some(route) = route {
            let (takers, _) = gathered.takers(route);
            for taker in takers {
                taker.end_part(&odd);
            }
        }
        let limited = !matches!(driven, Ok(Ok(())));
        match driven {
            Ok(Ok(())) => {}
            // A limit of this part; the limits of the whole analysis show in the bytes' outcome.
            Ok(Err(cause)) => ledger.exhausted(cause, self.location.clone()),
            Err(Caught) => {
                let detail = "the XML reader panicked";
                ledger.gap(GapKind::Internal, self.location.clone(), detail);
            }
        }
        Outcome {
            flaws: reader.flaws(),
            is_markup: route.is_some(),
            limited,
        }
    }
}

fn is_xml(identity: &Identity) -> bool {
    matches!(identity.disposition, Disposition::Xml(_))
}

fn is_unknown(identity: &Identity) -> bool {
    identity.disposition == Disposition::Opaque(SkipReason::Unknown)
}

/// Whether a stretch of a text can hold nothing but text: no control characters, no tag, in
/// whatever encoding (`+ADw-` is that of UTF-7), no group of RTF.
fn is_plain(block: &[u8]) -> bool {
    let control = |byte: &u8| *byte < 0x20 && !byte.is_ascii_whitespace();
    let mark = |byte: &u8| matches!(byte, b'<' | b'{' | b'+');
    !block
        .iter()
        .any(|byte| control(byte) || mark(byte) || *byte == 0x7f)
}

/// Whether markup may begin here: after marks, blanks and NULs comes a `<`, or nothing yet. What
/// stands in front of the root may be longer than any block (`spec/word.md` §1.6).
fn may_be_markup(block: &[u8]) -> bool {
    let mark = |byte: &u8| matches!(byte, 0xef | 0xbb | 0xbf | 0xfe | 0xff);
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let first = block.iter().find(|byte| !mark(byte) && !blank(byte));
    first.is_none_or(|byte| *byte == b'<')
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
    let mut property = None;
    let mut says_of_itself = false;
    let (mut takers, mut says) = (Vec::new(), None);
    let mut gathered = Some(gathered);
    loop {
        // Looked at where it was made: it is too large to be moved about.
        let next = reader.next();
        let event = match &next {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(()),
            Err(cause) => return Err(*cause),
        };
        if let Event::Start(tag) = event
            && let Some(gathered) = gathered.take()
        {
            let to = Route::of(tag.name);
            *route = Some(to);
            says_of_itself = properties::are_in(tag.name);
            let (all, properties) = gathered.takers(to);
            (takers, says) = (all, Some(properties));
            for taker in &mut takers {
                taker.begin_part(part, salvage);
            }
        }
        if says_of_itself && let Some(properties) = &mut says {
            properties::note(event, &mut property, properties);
        }
        for taker in &mut takers {
            match event {
                Event::Start(tag) => taker.start(tag, budget)?,
                Event::End(name) => taker.end(*name, budget)?,
                Event::Text { text, referenced } => taker.text(text, *referenced, budget)?,
            }
        }
    }
}
