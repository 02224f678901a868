//! PresentationML and DrawingML, from the events of every part to what leads out: actions, linked
//! objects, verbs of animations (`spec/excel.md` §8.1).
//!
//! # Malformed input
//!
//! Elements count by name wherever they stand, in every branch of alternative markup. A part that
//! is read twice, or markup that repeats itself, gives everything once.
//!
//! # Worst cases
//!
//! Time is linear in the events, times the logarithm of what is kept. What is kept is charged to
//! the limit `live-bytes`; past it a part has a gap.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ledger::Ledger;
use super::super::{Part, Vocabulary};
use super::action::Action;
use super::links;
use crate::container::opc::Opc;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag, is_on};

/// What an entry costs besides its texts, which are held twice: in it and in what tells it from
/// others.
const ENTRY: usize = 320;

/// Everything that was gathered from the parts of a package.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    pub(super) sources: Vec<Source>,
    pub(super) actions: Vec<Entry<Click>>,
    pub(super) objects: Vec<Entry<Object>>,
    pub(super) verbs: Vec<Entry<Verb>>,
    known: BTreeMap<Key, usize>,
    /// Parts of which something was not kept.
    pub(super) short: BTreeSet<usize>,
    charged: u64,
    walk: Walk,
    /// Members with objects that an animation activates by itself, once resolved.
    activated: BTreeSet<usize>,
}

/// A part, for reports.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) member: usize,
    pub(super) location: Location,
    pub(super) techniques: Vec<TechniqueId>,
}

/// Something that was found, where it stands first.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) part: usize,
    pub(super) offset: u64,
    /// It stands in a branch of alternative markup.
    pub(super) alternative: bool,
    pub(super) what: T,
}

/// `a:hlinkClick` and the like.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Click {
    pub(super) action: Action,
    /// Moving the pointer over it is enough.
    pub(super) hover: bool,
    /// The relationship that says where it leads.
    pub(super) id: String,
    pub(super) shape: String,
}

/// `p:oleObj`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) prog_id: Option<String>,
    pub(super) shape: String,
    /// Its link is updated when the presentation is opened.
    pub(super) automatic: bool,
}

/// `p:cmd`: an animation that activates the object of a shape.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Verb {
    pub(super) verb: String,
    pub(super) shape: String,
    /// It comes after a click, not by itself.
    pub(super) waits: bool,
}

/// What tells entries apart: the first member of that name, and what it is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Click(usize, Click),
    Object(usize, String, Option<String>, String),
    Verb(usize, Verb),
}

/// Where in the part the reading is.
#[derive(Debug, Default)]
struct Walk {
    /// Open elements of alternative markup.
    alternatives: usize,
    /// The shape whose elements are read.
    shape: String,
    /// The object whose element is open.
    object: Option<usize>,
    in_object: bool,
    /// The verb whose element is open.
    verb: Option<(u64, Verb)>,
    /// The animations that are read wait for a click: of each effect, and of all in a sequence.
    click: bool,
    interactive: bool,
}

impl Gather {
    fn part(&self) -> usize {
        self.sources.len().saturating_sub(1)
    }

    /// Pays for an entry with these texts; otherwise the part has a gap. What `runs` a program has
    /// a share of the memory for itself: a storm of other actions must not starve it.
    fn pay(&mut self, texts: usize, runs: bool, budget: &Budget<'_>) -> bool {
        let cost = texts.saturating_mul(2).saturating_add(ENTRY);
        let cost = u64::try_from(cost).unwrap_or(u64::MAX);
        let all = budget.live_left().saturating_add(self.charged);
        let share = if runs { all } else { all / 2 };
        let fits = self.charged.saturating_add(cost) <= share;
        let paid = fits && budget.charge_live(cost).is_ok();
        if paid {
            self.charged = self.charged.saturating_add(cost);
        } else {
            self.short.insert(self.part());
        }
        paid
    }

    fn entry<T>(&self, offset: u64, what: T) -> Entry<T> {
        Entry {
            part: self.part(),
            offset,
            alternative: self.walk.alternatives > 0,
            what,
        }
    }

    fn member(&self) -> usize {
        self.sources.last().map_or(0, |source| source.member)
    }

    fn click(&mut self, tag: &Tag<'_>, hover: bool, budget: &Budget<'_>) {
        let Some(action) = tag.attribute("action").and_then(|a| Action::of(&a)) else {
            return;
        };
        let click = Click {
            id: relation(tag),
            hover,
            // Only a verb asks for the object of its shape.
            shape: match action {
                Action::Verb(_) => self.walk.shape.clone(),
                Action::Program | Action::File | Action::Macro(_) => String::new(),
            },
            action,
        };
        let key = Key::Click(self.member(), click.clone());
        if self.known.contains_key(&key) {
            return;
        }
        let name = match &click.action {
            Action::Macro(name) | Action::Verb(name) => name.len(),
            Action::Program | Action::File => 0,
        };
        let texts = [click.id.len(), click.shape.len(), name].into_iter().sum();
        if self.pay(texts, click.action == Action::Program, budget) {
            self.known.insert(key, self.actions.len());
            let entry = self.entry(tag.offset, click);
            self.actions.push(entry);
        }
    }

    fn object(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        self.walk.in_object = true;
        self.walk.object = None;
        let object = Object {
            id: relation(tag),
            prog_id: tag.attribute("progId").map(|id| id.trim().to_owned()),
            shape: self.walk.shape.clone(),
            automatic: false,
        };
        let (id, shape) = (object.id.clone(), object.shape.clone());
        let key = Key::Object(self.member(), id, object.prog_id.clone(), shape);
        if let Some(known) = self.known.get(&key) {
            self.walk.object = Some(*known);
            return;
        }
        let prog_id = object.prog_id.as_ref().map_or(0, String::len);
        let texts = [object.id.len(), object.shape.len(), prog_id];
        if self.pay(texts.into_iter().sum(), false, budget) {
            self.known.insert(key, self.objects.len());
            self.walk.object = Some(self.objects.len());
            let entry = self.entry(tag.offset, object);
            self.objects.push(entry);
        }
    }

    /// `p:link`, the child of a linked object.
    fn link(&mut self, tag: &Tag<'_>) {
        let automatic = tag.attribute("updateAutomatic");
        if let Some(object) = self.walk.object.and_then(|at| self.objects.get_mut(at)) {
            object.what.automatic |= automatic.is_some_and(|value| is_on(&value));
        }
    }

    /// `p:cTn`: what the animations in it wait for.
    fn node(&mut self, tag: &Tag<'_>) {
        let kind = tag.attribute("nodeType").unwrap_or_default();
        match kind.trim() {
            "clickEffect" | "clickPar" => self.walk.click = true,
            "afterEffect" | "withEffect" => self.walk.click = false,
            "interactiveSeq" => self.walk.interactive = true,
            "mainSeq" | "tmRoot" => self.walk.interactive = false,
            _ => {}
        }
    }

    fn command(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        self.command_over(budget);
        let kind = tag.attribute("type").unwrap_or_default();
        self.walk.verb = kind.trim().eq_ignore_ascii_case("verb").then(|| {
            let verb = Verb {
                verb: tag.attribute("cmd").unwrap_or_default().trim().to_owned(),
                shape: String::new(),
                waits: self.walk.click || self.walk.interactive,
            };
            (tag.offset, verb)
        });
    }

    fn command_over(&mut self, budget: &Budget<'_>) {
        let Some((offset, verb)) = self.walk.verb.take() else {
            return;
        };
        let key = Key::Verb(self.member(), verb.clone());
        let texts = verb.verb.len().saturating_add(verb.shape.len());
        if !self.known.contains_key(&key) && self.pay(texts, false, budget) {
            self.known.insert(key, self.verbs.len());
            let entry = self.entry(offset, verb);
            self.verbs.push(entry);
        }
    }

    /// Members with objects that an animation activates by itself; known once resolved.
    pub(crate) fn activated(&self) -> &BTreeSet<usize> {
        &self.activated
    }

    /// Forgets everything, and gives the memory back.
    fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Gather::default();
    }
}

/// The relationship that an element names.
fn relation(tag: &Tag<'_>) -> String {
    let id = tag.attribute_in(Ns::Relationship, "id");
    id.or_else(|| tag.attribute("id"))
        .unwrap_or_default()
        .into_owned()
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        let mut techniques = part.techniques.to_vec();
        if salvage {
            techniques.push(TechniqueId::SalvagedXml);
        }
        self.walk = Walk::default();
        self.sources.push(Source {
            member: part.member,
            location: part.location.clone(),
            techniques,
        });
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match (tag.name.ns, tag.name.local) {
            (Ns::Drawing | Ns::Presentation, "hlinkClick") => self.click(tag, false, budget),
            (Ns::Drawing | Ns::Presentation, "hlinkHover" | "hlinkMouseOver") => {
                self.click(tag, true, budget);
            }
            (Ns::Presentation, "oleObj") => self.object(tag, budget),
            (Ns::Presentation, "link") => self.link(tag),
            (Ns::Presentation | Ns::Drawing, "cNvPr") if !self.walk.in_object => {
                self.walk.shape = tag.attribute("id").unwrap_or_default().into_owned();
            }
            (Ns::Presentation, "cTn") => self.node(tag),
            (Ns::Presentation, "cmd") => self.command(tag, budget),
            (Ns::Presentation, "spTgt") => {
                if let Some((_, verb)) = &mut self.walk.verb {
                    verb.shape = tag.attribute("spid").unwrap_or_default().into_owned();
                }
            }
            (Ns::MarkupCompatibility, "AlternateContent") => {
                self.walk.alternatives = self.walk.alternatives.saturating_add(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match (name.ns, name.local) {
            (Ns::Presentation, "oleObj") => {
                self.walk.object = None;
                self.walk.in_object = false;
            }
            (Ns::Presentation, "cmd") => self.command_over(budget),
            (Ns::MarkupCompatibility, "AlternateContent") => {
                self.walk.alternatives = self.walk.alternatives.saturating_sub(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &str, _: bool, _: &Budget<'_>) -> Result<(), Exhausted> {
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        if let Some(source) = self.sources.last_mut() {
            source.techniques.extend_from_slice(techniques);
        }
    }

    fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let activated = links::report(self, opc, ledger, claimed);
        for part in &self.short {
            if let Some(source) = self.sources.get(*part) {
                let cause = Exhausted::Limit(Limit::LiveBytes);
                ledger.exhausted(cause, source.location.clone());
            }
        }
        self.clear(budget);
        self.activated = activated;
    }
}
