//! What a reader writes down while it reads: links, gaps, skipped bytes and child documents.

use std::collections::BTreeSet;

use crate::container::{Shortfall, Source, WRONG_CHECKSUM};
use crate::gap::{Gap, GapKind, SkipReason, Skipped};
use crate::identify::{Claim, Format, Identity, is_belied};
use crate::limits::{Exhausted, Limit, Limits};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId};
use crate::location::Location;
use crate::passwords::Passwords;

/// Gaps kept with their own location; the rest are counted in one more gap. The verdict needs
/// one, a person reads a page.
const GAPS_KEPT: usize = 1_000;
/// Skipped members kept; a presentation has some hundred pictures.
const SKIPPED_KEPT: usize = 1_000;
/// Bytes of text that either may take: a name may be very long.
const TEXT: usize = 1 << 20;

/// A document inside a document: a handle, not bytes.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    /// Where its bytes are in the document that holds it.
    pub(crate) source: Source,
    pub(crate) location: Location,
}

/// What is known of a child besides its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Provenance {
    /// What is odd about the way to it: noted on every link in it, and in what it holds.
    pub(crate) techniques: Vec<TechniqueId>,
    /// What its declaration makes of it, where its bytes do not say what they are.
    pub(crate) declared: Option<Format>,
    /// The encoding of its text, as what is around it says, lower case.
    pub(crate) charset: Option<String>,
    /// The media type that was declared for it.
    pub(crate) media_type: Option<String>,
    /// What it is in a message.
    pub(crate) role: Role,
}

/// What bytes are in the message or document that brings them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// A part of a document.
    #[default]
    Part,
    /// An attachment, which a person opens with the program of its name: a text of cells is one
    /// whatever else it is declared as.
    Attachment,
    /// The text of a message: no program opens it as cells, and what a program of mail does with
    /// fields in a page is not documented (`spec/word.md` §5.3).
    Body,
}

/// A child that waits to be analysed.
pub(crate) type Waiting = (Child, Provenance);

/// What is remembered of the links of one document, to know them again: bytes of all, and of one.
const KNOWN: usize = 256 << 10;
const KNOWN_ONE: usize = 4 << 10;

/// The links that readers of the same bytes told: those before, and the one that reads now.
#[derive(Default)]
struct Told {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
    bytes: usize,
}

/// The book of one analysis.
pub(crate) struct Ledger<'s> {
    limits: &'s Limits,
    judge: &'s mut dyn FnMut(Link),
    gaps: Vec<Gap>,
    more_gaps: u64,
    gap_text: usize,
    skipped: Vec<Skipped>,
    skipped_text: usize,
    children: Vec<Waiting>,
    /// Noted on every link.
    within: Vec<TechniqueId>,
    runs: fn(&str) -> bool,
    is_program: fn(&str) -> bool,
    charset: Option<String>,
    media_type: Option<String>,
    passwords: Passwords,
    told: Option<Told>,
    searched: bool,
    claims: Claims,
    /// How sure a link can be at most.
    surest: Option<Confidence>,
}

/// What the name and the declared type of the document that is read now claim of it.
#[derive(Default)]
struct Claims {
    name: Option<String>,
    media_type: Option<String>,
    /// It is read as something else.
    belied: bool,
}

impl Claims {
    fn each(&self) -> impl Iterator<Item = Claim<'_>> {
        let name = self.name.as_deref().map(Claim::Name);
        let declared = self.media_type.as_deref().map(Claim::Type);
        name.into_iter().chain(declared)
    }
}

impl<'s> Ledger<'s> {
    pub(crate) fn new(limits: &'s Limits, judge: &'s mut dyn FnMut(Link)) -> Self {
        Ledger {
            limits,
            judge,
            gaps: Vec::new(),
            more_gaps: 0,
            gap_text: 0,
            skipped: Vec::new(),
            skipped_text: 0,
            children: Vec::new(),
            within: Vec::new(),
            runs: |_| false,
            is_program: |_| false,
            charset: None,
            media_type: None,
            passwords: Passwords::default(),
            told: None,
            searched: false,
            claims: Claims::default(),
            surest: None,
        }
    }

    /// All bytes of the document were searched, whatever leads to them.
    pub(crate) fn note_search(&mut self) {
        self.searched = true;
    }

    /// Whether all bytes of a document were searched since the last call.
    pub(crate) fn take_search(&mut self) -> bool {
        std::mem::take(&mut self.searched)
    }

    /// The passwords that are tried on what is encrypted.
    pub(crate) fn with_passwords(mut self, passwords: Passwords) -> Self {
        self.passwords = passwords;
        self
    }

    /// The passwords that are tried on what is encrypted.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// A word of a message that may be the password of what comes with it.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    pub(crate) fn password_word(&mut self, word: &str) {
        self.passwords.add_word(word);
    }

    /// Tells which file names Windows runs when they are opened (`command::runs`), and which
    /// lower-case program names are known for abuse (`command::is_program`).
    pub(crate) fn with_programs(
        mut self,
        runs: fn(&str) -> bool,
        is_program: fn(&str) -> bool,
    ) -> Self {
        self.runs = runs;
        self.is_program = is_program;
        self
    }

    /// Who says whether a lower-case program name without extension is known for abuse.
    pub(crate) fn is_program(&self) -> fn(&str) -> bool {
        self.is_program
    }

    /// Who says whether Windows runs a file of this name.
    pub(crate) fn programs(&self) -> fn(&str) -> bool {
        self.runs
    }

    /// A link was found. It is judged at once, so that no cap can drop it unjudged.
    pub(crate) fn link(&mut self, mut link: Link) {
        for technique in &self.within {
            link.add_technique(*technique);
        }
        // No program is known to open what stands there.
        if self.within.contains(&TechniqueId::PrefixedContainer) {
            link.confidence = Confidence::Low;
        }
        if self.claims.belied {
            link.add_technique(TechniqueId::TypeMismatch);
        }
        if let Some(surest) = self.surest {
            link.confidence = link.confidence.min(surest);
        }
        if !self.was_told(&link) {
            (self.judge)(link);
        }
    }

    /// The same bytes are read as another thing than before: what one reading told, the next need
    /// not tell again. `None` ends that.
    pub(crate) fn reads_again(&mut self, reading: Option<usize>) {
        self.told = reading.map(|_| {
            let mut told = self.told.take().unwrap_or_default();
            told.before.append(&mut told.now);
            told
        });
    }

    /// Whether an earlier reading of the same bytes told a link that differs in nothing but the
    /// name of its cell and blanks around it: no rule judges it otherwise. Of many or long links not all are known
    /// again, and are told twice.
    fn was_told(&mut self, link: &Link) -> bool {
        let Some(told) = &mut self.told else {
            return false;
        };
        if link.raw.len() > KNOWN_ONE {
            return false;
        }
        let about = (link.kind, link.carrier, link.trigger, link.confidence);
        let texts = (link.raw.trim(), &link.readings, &link.target, &link.prog_id);
        let path: Vec<_> = link.location.path().collect();
        // The readings differ in what the name makes of them, not in what they say.
        let techniques = link.techniques.iter();
        let techniques = techniques.filter(|technique| technique.id != TechniqueId::TypeMismatch);
        let odd = (techniques.collect::<Vec<_>>(), link.siblings, path);
        let key = format!("{about:?} {texts:?} {odd:?}");
        if told.before.contains(&key) {
            return true;
        }
        let bytes = told.bytes.saturating_add(key.len());
        if bytes <= KNOWN && told.now.insert(key) {
            told.bytes = bytes;
        }
        false
    }

    pub(crate) fn gap(&mut self, kind: GapKind, location: Location, detail: impl Into<String>) {
        self.add(Gap::new(kind, location, detail));
    }

    /// The budget ended something at `location`.
    pub(crate) fn exhausted(&mut self, cause: Exhausted, location: Location) {
        self.add(Gap::exhausted(cause, self.limits, location));
    }

    /// The document at `location` is one that holds it: there is no end to what is in it.
    pub(crate) fn endless(&mut self, location: Location) {
        let mut gap = Gap::limit(Limit::Nesting, self.limits, location);
        gap.detail.push_str(": a document that holds itself");
        self.add(gap);
    }

    /// Something is missing of the bytes at `location`: writes it down.
    ///
    /// # Errors
    ///
    /// Gives back what ends the whole analysis. The limit on one part ends that part only.
    pub(crate) fn shortfall(
        &mut self,
        shortfall: Shortfall,
        location: &Location,
    ) -> Result<(), Exhausted> {
        let location = location.clone();
        match shortfall {
            Shortfall::Damaged(what) => {
                let gap = Gap::new(GapKind::Damaged, location, what);
                if what == WRONG_CHECKSUM && !self.gaps.contains(&gap) {
                    self.note_checksum(gap.location.clone());
                }
                self.add(gap);
            }
            Shortfall::Encrypted(scheme) => self.gap(GapKind::Encrypted, location, scheme),
            Shortfall::Unsupported(what) => self.gap(GapKind::Unsupported, location, what),
            Shortfall::Exhausted(cause @ Exhausted::Limit(Limit::PartBytes | Limit::LiveBytes)) => {
                self.exhausted(cause, location);
            }
            Shortfall::Exhausted(cause) => {
                self.exhausted(cause, location);
                return Err(cause);
            }
        }
        Ok(())
    }

    /// Bytes are not those that their checksum was made of, and are read all the same.
    fn note_checksum(&mut self, location: Location) {
        let raw = TechniqueId::BadCrc.as_str();
        let mut link = Link::new(Kind::Anomaly, Carrier::Container, location, raw);
        link.add_technique(TechniqueId::BadCrc);
        self.link(link);
    }

    fn add(&mut self, gap: Gap) {
        if self.gaps.contains(&gap) {
            return;
        }
        let text = last_name(&gap.location).saturating_add(gap.detail.len());
        let text = self.gap_text.saturating_add(text);
        if self.gaps.is_empty() || self.gaps.len() < GAPS_KEPT && text <= TEXT {
            self.gap_text = text;
            self.gaps.push(gap);
        } else {
            self.more_gaps = self.more_gaps.saturating_add(1);
        }
    }

    pub(crate) fn skip(&mut self, location: Location, reason: SkipReason) {
        let text = self.skipped_text.saturating_add(last_name(&location));
        if self.skipped.len() < SKIPPED_KEPT && text <= TEXT {
            self.skipped_text = text;
            self.skipped.push(Skipped { location, reason });
        }
    }

    /// A document inside this one, to be analysed after it.
    pub(crate) fn child(&mut self, child: Child) {
        self.child_by(child, Provenance::default());
    }

    /// A document inside this one of which more is known than its bytes.
    pub(crate) fn child_by(&mut self, child: Child, mut provenance: Provenance) {
        if self.claims.belied {
            provenance.techniques.push(TechniqueId::TypeMismatch);
        }
        self.children.push((child, provenance));
    }

    /// Notes a technique on what waits at one of these places.
    pub(crate) fn mark(&mut self, places: &BTreeSet<Location>, technique: TechniqueId) {
        for (child, provenance) in &mut self.children {
            if places.contains(&child.location) {
                provenance.techniques.push(technique);
            }
        }
    }

    /// A document is read that was reached in an odd way: every link in it says so.
    pub(crate) fn within(&mut self, techniques: &[TechniqueId]) {
        self.within = techniques.to_vec();
    }

    /// The document that is read next has this name, and this type was declared for it.
    pub(crate) fn set_claims(&mut self, name: Option<&str>, media_type: Option<&str>) {
        self.claims = Claims {
            name: name.map(str::to_owned),
            media_type: media_type.map(str::to_owned),
            belied: false,
        };
    }

    /// The document is read as this now: where that is not what its name or its declared type
    /// says, every link in it and everything that it holds says so.
    pub(crate) fn reads_as(&mut self, identity: &Identity) {
        let belied = self.claims.each().any(|claim| is_belied(claim, identity));
        self.claims.belied = belied;
    }

    /// What the document is was told by what is in it.
    pub(crate) fn turns_out(&mut self, format: Format) {
        let belied = self.claims.each().any(|claim| claim.excludes(format));
        self.claims.belied |= belied;
    }

    /// What the bytes are read as now is the page of a message, or it is not.
    pub(crate) fn set_body(&mut self, is_body: bool) {
        self.surest = is_body.then_some(Confidence::Medium);
    }

    /// What is around the document that is read now says that its text is in this encoding.
    pub(crate) fn set_charset(&mut self, label: Option<String>) {
        self.charset = label;
    }

    /// Whoever sent the document that is read now declared it as this.
    pub(crate) fn set_media_type(&mut self, media_type: Option<&str>) {
        self.media_type = media_type.map(str::to_owned);
    }

    /// The media type that was declared.
    pub(crate) fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The encoding that what is around the document names.
    pub(crate) fn charset(&self) -> Option<&str> {
        self.charset.as_deref()
    }

    /// The child documents found since the last call, the first one last: they are taken from the
    /// end, and findings stand in document order.
    pub(crate) fn take_children(&mut self) -> Vec<Waiting> {
        let mut children = std::mem::take(&mut self.children);
        children.reverse();
        children
    }

    /// Closes the book.
    pub(crate) fn close(mut self) -> (Vec<Gap>, Vec<Skipped>) {
        if self.more_gaps > 0
            && let Some(last) = self.gaps.last()
        {
            let detail = format!(
                "{} more like the {} listed",
                self.more_gaps,
                self.gaps.len()
            );
            let gap = Gap::new(last.kind, last.location.clone(), detail);
            self.gaps.push(gap);
        }
        (self.gaps, self.skipped)
    }
}

/// Bytes of the innermost name: those around it are shared.
fn last_name(location: &Location) -> usize {
    location.path().last().map_or(0, str::len)
}
