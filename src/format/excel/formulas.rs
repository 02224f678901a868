//! Reading formulas, and texts that are none. A formula is read when its element ends.
//!
//! # Worst cases
//!
//! Linear in the text, of which two copies are paid for; formulas that write formulas are followed
//! to a fixed depth.

use std::borrow::Cow;

use super::called::said;
use super::evidence::{Evidence, Key, Sighting, Source, What};
use super::site::{Purse, Rank, cost};
use crate::formula::files::files;
use crate::formula::functions::{Call, Class, calls};
use crate::formula::normalise::normalise;
use crate::formula::refs::refs;
use crate::formula::scan::scan;
use crate::formula::{has_trigger, xstring};
use crate::limits::Exhausted;
use crate::link::{Confidence, TechniqueId};

/// Formulas that write formulas, followed this deep.
const WRITTEN: u8 = 4;

/// Which reading of a text it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// It has no escapes.
    None,
    /// They stand as they are.
    Standing,
    /// They are undone.
    Undone,
}

impl Escapes {
    fn technique(self) -> Option<TechniqueId> {
        (self == Escapes::Undone).then_some(TechniqueId::XEscapes)
    }
}

impl Evidence {
    /// Reads a formula, as it stands and with its escapes undone.
    pub(super) fn formula(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        self.both_ways(text, purse, |evidence, text, escapes, purse| {
            evidence.read_formula(text, escapes, 0, source, purse)
        })
    }

    /// Reads a text that is no formula: only the DDE reference that it would be if it were one.
    pub(super) fn text(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        self.both_ways(text, purse, |evidence, text, escapes, purse| {
            evidence.read_text(text, escapes, source, purse)
        })
    }

    /// Whether Excel undoes escapes in formulas is not documented, so both readings count.
    fn both_ways(
        &mut self,
        text: &str,
        purse: &mut Purse<'_, '_>,
        mut read: impl FnMut(&mut Self, &str, Escapes, &mut Purse<'_, '_>) -> Result<(), Exhausted>,
    ) -> Result<(), Exhausted> {
        // The escapes undone and the plain text are two more copies.
        let copies = u64::try_from(text.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(2);
        if purse.budget.charge_live(copies).is_err() {
            purse.account.short = true;
            return Ok(());
        }
        let result = match xstring::decode(text) {
            Cow::Borrowed(text) => read(self, text, Escapes::None, purse),
            Cow::Owned(decoded) => read(self, text, Escapes::Standing, purse)
                .and_then(|()| read(self, &decoded, Escapes::Undone, purse)),
        };
        purse.budget.release_live(copies);
        result
    }

    fn read_formula(
        &mut self,
        text: &str,
        escapes: Escapes,
        level: u8,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let plain = normalise(text);
        let techniques = disguises(plain.techniques().chain(escapes.technique()), source);
        let line: &str = &plain.text;
        let has = |byte| memchr::memchr(byte, line.as_bytes()).is_some();
        if has(b'|') {
            let is_program = self.is_program();
            for hit in scan(line, true, &is_program) {
                if source.mixed && hit.confidence == Confidence::Low {
                    continue;
                }
                // In a formula, `|` can be nothing else (§1.3).
                let confidence = hit.confidence.max(Confidence::Medium).min(source.most);
                let words = [hit.service, hit.topic, hit.item];
                let key = Key {
                    what: What::Dde,
                    words: words.map(Cow::into_owned),
                };
                let sighting = Sighting {
                    text: line,
                    span: hit.span,
                    confidence,
                    unresolved: false,
                    techniques: &techniques,
                };
                self.keep(key, &sighting, source, purse);
            }
        }
        // The items of links are compared with their escapes undone, so the other reading would
        // only make up an item that no link has.
        if has(b'[') && escapes != Escapes::Standing {
            for found in refs(line).filter(|found| found.index > 0) {
                let item = found.item.map(|item| item.to_lowercase());
                let key = (found.index, item);
                let bytes = key.1.as_ref().map_or(0, String::len);
                if !self.uses.contains_key(&key)
                    && !purse.keep(Rank::Junk, bytes.saturating_add(cost::USE))
                {
                    continue;
                }
                self.uses.entry(key).or_default().add(source, purse);
            }
        }
        if !source.mixed {
            self.files(line, &techniques, source, purse);
        }
        if has(b'(') && !source.mixed {
            for call in calls(line).paid_by(purse.budget) {
                if call.class == Class::Write {
                    if let Some(written) = call.arguments.first().filter(|_| source.macros)
                        && level < WRITTEN
                    {
                        self.read_formula(
                            &written.text,
                            escapes,
                            level.saturating_add(1),
                            source,
                            purse,
                        )?;
                    }
                    continue;
                }
                self.function(&call, line, &techniques, false, source, purse);
            }
        }
        Ok(())
    }

    /// Keeps a call of a listed function, if it matters where it stands.
    pub(super) fn function(
        &mut self,
        call: &Call,
        line: &str,
        techniques: &[TechniqueId],
        entered: bool,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        let Some(said) = said(call, source.macros, entered) else {
            return;
        };
        let key = Key {
            what: said.what,
            words: said.words,
        };
        let sighting = Sighting {
            text: line,
            span: call.span.clone(),
            confidence: said.confidence.min(source.most),
            unresolved: said.unresolved,
            techniques,
        };
        self.keep(key, &sighting, source, purse);
    }

    fn read_text(
        &mut self,
        text: &str,
        escapes: Escapes,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let plain = normalise(text);
        let line: &str = &plain.text;
        if !has_trigger(line) || memchr::memchr(b'|', line.as_bytes()).is_none() {
            return Ok(());
        }
        let prose = line.trim_start().starts_with(['-', '@']);
        let techniques = disguises(plain.techniques().chain(escapes.technique()), source);
        let is_program = self.is_program();
        for hit in scan(line, false, &is_program) {
            // A list item or a mention may well look like `-yes|no!maybe`.
            if prose && hit.confidence == Confidence::Low {
                continue;
            }
            let words = [hit.service, hit.topic, hit.item];
            let key = Key {
                what: What::Inert,
                words: words.map(Cow::into_owned),
            };
            let sighting = Sighting {
                text: line,
                span: hit.span,
                confidence: hit.confidence,
                unresolved: false,
                techniques: &techniques,
            };
            self.keep(key, &sighting, source, purse);
        }
        Ok(())
    }

    /// References to other files by their path.
    pub(super) fn files(
        &mut self,
        line: &str,
        techniques: &[TechniqueId],
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) {
        if memchr::memchr(b'\'', line.as_bytes()).is_none() {
            return;
        }
        for file in files(line) {
            let key = Key {
                what: What::File,
                words: [file.target.into_owned(), String::new(), String::new()],
            };
            let sighting = Sighting {
                text: line,
                span: file.span,
                confidence: source.most.min(Confidence::High),
                unresolved: false,
                techniques,
            };
            self.keep(key, &sighting, source, purse);
        }
    }
}

/// The disguises of one formula.
pub(super) fn disguises(
    plain: impl Iterator<Item = TechniqueId>,
    source: &Source<'_>,
) -> Vec<TechniqueId> {
    let references = source
        .referenced
        .then_some(TechniqueId::CharacterReferences);
    plain.chain(references).collect()
}
