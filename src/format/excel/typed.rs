//! Texts that are entered as if somebody typed them: fields of delimited text, cells of HTML
//! (`spec/excel.md` §5.1, §5.6).
//!
//! # Worst cases
//!
//! Linear in the text. A text that nothing has to be changed of is not copied, however long it is;
//! of another one, as much is read as memory allows, and the rest is a gap.

use std::borrow::Cow;

use super::evidence::{Evidence, Key, Sighting, Source, What};
use super::formulas::disguises;
use super::site::Purse;
use crate::formula::functions::{Call, Class, calls};
use crate::formula::has_trigger;
use crate::formula::normalise::normalise;
use crate::formula::scan::{Hit, names_program, scan, starts_program};
use crate::limits::Exhausted;
use crate::link::Confidence;

/// Copies that reading a text may take at once: the plain text, a topic and an argument with their
/// quotation marks undone.
const COPIES: u64 = 3;

impl Evidence {
    /// Reads a text that is entered as if it were typed. Nothing is escaped there.
    pub(super) fn typed(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        if !may_begin(text) {
            return Ok(());
        }
        let mut text = text;
        let mut paid = 0;
        if is_copied(text) {
            let room = purse.budget.live_left() / 2 / COPIES;
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            if text.len() > room {
                text = text
                    .get(..text.floor_char_boundary(room))
                    .unwrap_or_default();
                purse.account.short = true;
            }
            paid = u64::try_from(text.len())
                .unwrap_or(u64::MAX)
                .saturating_mul(COPIES);
            if purse.budget.charge_live(paid).is_err() {
                purse.account.short = true;
                return Ok(());
            }
        }
        let result = self.read_typed(text, source, purse);
        purse.budget.release_live(paid);
        result
    }

    fn read_typed(
        &mut self,
        text: &str,
        source: &Source<'_>,
        purse: &mut Purse<'_, '_>,
    ) -> Result<(), Exhausted> {
        let plain = normalise(text);
        let line: &str = &plain.text;
        if !has_trigger(line) {
            return Ok(());
        }
        let techniques = disguises(plain.techniques(), source);
        let begun = Begun::of(line);
        // LibreOffice keeps a text that begins with a blank; what Excel does is not known.
        let most = if begun.indented {
            source.most.min(Confidence::Medium)
        } else {
            source.most
        };
        let has = |byte| memchr::memchr(byte, line.as_bytes()).is_some();
        if has(b'|') {
            let is_program = self.is_program();
            for hit in scan(line, true, &is_program) {
                let doubtful = source.mixed && hit.confidence == Confidence::Low;
                if doubtful || hit.confidence < source.least || begun.is_prose(line, &hit) {
                    continue;
                }
                let confidence = if begun.is_doubtful(line, &hit) {
                    Confidence::Low
                } else {
                    hit.confidence.min(most)
                };
                // Between columns, a word is no link (`spec/excel.md` §5.3), but is not hidden.
                let column = source.columned
                    && hit.confidence == Confidence::Low
                    && is_wordy(&hit)
                    && !starts_program(&hit.service, &hit.topic, &is_program);
                let words = [hit.service, hit.topic, hit.item];
                let key = Key {
                    what: if column { What::Inert } else { What::Dde },
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
        if has(b'(') {
            let source = Source {
                most,
                macros: false,
                ..source.clone()
            };
            // Of a text that may be cut off, a call without its end says too little.
            let whole = |call: &Call| {
                let written = line.get(call.span.clone()).unwrap_or_default();
                !source.mixed || written.ends_with(')')
            };
            let found = calls(line).paid_by(purse.budget);
            for call in found.filter(|call| whole(call) && begun.enters(line, call)) {
                // Google Sheets reads the text as well.
                self.function(&call, line, &techniques, true, &source, purse);
            }
        }
        if begun.trigger == b'=' {
            let source = Source {
                most,
                ..source.clone()
            };
            self.files(line, &techniques, &source, purse);
        }
        Ok(())
    }
}

/// How a text begins.
struct Begun {
    trigger: u8,
    /// Blanks stand in front of the trigger.
    indented: bool,
    /// What stands behind the trigger begins a formula, not a list, an arrow or a mention.
    directly: bool,
}

impl Begun {
    fn of(line: &str) -> Self {
        let trimmed = line.trim_start();
        let bytes = trimmed.as_bytes();
        let next = bytes.get(1);
        Begun {
            trigger: bytes.first().copied().unwrap_or_default(),
            indented: trimmed.len() < line.len(),
            directly: next
                .is_some_and(|next| !next.is_ascii_whitespace() && !b"=>~-+|".contains(next)),
        }
    }

    /// Whether the text is more likely a list item, a mention, an arrow or a line of a program
    /// than a formula with this reference.
    fn is_prose(&self, line: &str, hit: &Hit<'_>) -> bool {
        let written = line.get(hit.span.clone()).unwrap_or_default();
        match hit.confidence {
            Confidence::Low => {
                // The name of a server has letters; what patterns are made of has none.
                let named = |text: &str| text.contains(char::is_alphanumeric);
                let names = named(&hit.service) && named(&hit.topic);
                !names || !self.directly || matches!(self.trigger, b'-' | b'@')
            }
            // Everything bare, and with blanks between: `- bash|zsh! yes`.
            Confidence::High if self.trigger != b'=' => {
                !written.contains('\'') && (!self.directly || written.contains(char::is_whitespace))
            }
            Confidence::Medium | Confidence::High | Confidence::Certain => false,
        }
    }

    /// Whether the name of a program may be a word like the others: all is bare, nothing in it is
    /// a command, and what begins the text also begins a list item, a mention or a changed line.
    fn is_doubtful(&self, line: &str, hit: &Hit<'_>) -> bool {
        let written = line.get(hit.span.clone()).unwrap_or_default();
        self.trigger != b'=' && !written.contains('\'') && is_wordy(hit)
    }

    /// Whether Excel takes the call for a part of a formula: it refuses a text of which a string
    /// is not closed, and behind another trigger than `=` a text may be anything.
    fn enters(&self, line: &str, call: &Call) -> bool {
        let written = line.get(call.span.clone()).unwrap_or_default();
        let marks = memchr::memchr_iter(b'"', written.as_bytes()).count();
        let before = line.get(..call.span.start).unwrap_or_default();
        marks.is_multiple_of(2)
            && (self.trigger == b'='
                || self.directly
                    && marks > 0
                    && (call.class == Class::DdeFunction || written.contains(['/', '\\']))
                    && !before.trim_start().contains(char::is_whitespace))
    }
}

/// Whether service and topic are words: nothing in them is a path, a file that runs, an address or
/// an option.
fn is_wordy(hit: &Hit<'_>) -> bool {
    let wordy = |text: &str| {
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.');
        text.chars().all(letter) && !names_program(text)
    };
    wordy(&hit.service) && wordy(&hit.topic)
}

/// Whether a trigger may be the first letter: most texts need not be looked at.
fn may_begin(text: &str) -> bool {
    let skipped = |c: char| !c.is_ascii_graphic();
    let rest = text.trim_start_matches(skipped);
    // What is skipped may be full-width letters.
    rest.starts_with(['=', '+', '-', '@']) || rest.len() < text.trim_start().len()
}

/// Whether reading a text makes copies of it.
fn is_copied(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    !bytes.iter().all(plain)
        || memchr::memmem::find(bytes, b"''").is_some()
        || memchr::memchr(b'"', bytes).is_some() && memchr::memchr(b'(', bytes).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::book::Book;
    use super::*;
    use crate::limits::{Budget, Limits};

    #[test]
    fn most_texts_do_not_begin_a_formula() {
        for text in ["=a", " +a", "\0\0-a", "\u{a0}@a", "＝a", "\n=a"] {
            assert!(may_begin(text), "{text:?}");
        }
        for text in ["a=b", "1", "", "'=a", "\"=a"] {
            assert!(!may_begin(text), "{text:?}");
        }
    }

    /// What a text says: as a formula, or when it is typed.
    fn found(text: &str, typed: bool) -> Vec<(What, String)> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut book = Book::new(|name| name == "cmd");
        let source = Source::new(0, 0, "A1");
        if typed {
            book.typed(text, &source, &budget).unwrap();
        } else {
            book.formula(text, &source, &budget).unwrap();
        }
        let finds = book.evidence.finds.into_keys();
        finds
            .map(|key| {
                let [first, ..] = key.words;
                (key.what, first)
            })
            .collect()
    }

    /// `spec/excel.md` §5.5: the last lines of the corpus.
    #[test]
    fn files_are_told_with_and_without_typing() {
        let file = [(What::File, "file:///etc/passwd".to_owned())];
        for typed in [false, true] {
            assert_eq!(found("='file:///etc/passwd'#$passwd.A1", typed), file);
        }
        let share = [(What::File, "\\\\h\\s\\a.xls".to_owned())];
        assert_eq!(found("='\\\\h\\s\\[a.xls]x'!A1", true), share);
        assert_eq!(found("- 'a/b'!x", true), []);
        assert_eq!(found("=cmd|'/c calc'!A0", true).len(), 1);
    }

    /// A sign makes a formula as well (§5.1), and a list item.
    #[test]
    fn a_sign_before_a_function_needs_an_address_behind_it() {
        let fetch = |name| What::Call(name, Class::Fetch);
        for text in [
            "=WEBSERVICE(\"http://x\")",
            "+WEBSERVICE(\"http://x\")",
            "@WEBSERVICE(\"http://x\")",
            "-1+WEBSERVICE(\"http://x\")",
        ] {
            let expected = [(fetch("WEBSERVICE"), "http://x".to_owned())];
            assert_eq!(found(text, true), expected, "{text}");
        }
        for text in [
            "- image (of the house)",
            "@hyperlink(s)",
            "WEBSERVICE(\"http://x\")",
        ] {
            assert_eq!(found(text, true), [], "{text}");
        }
        assert_eq!(
            found("=IMPORTDATA(\"http://x\")", true),
            [(
                What::Call("IMPORTDATA", Class::Sheets),
                "http://x".to_owned()
            )]
        );
        assert_eq!(found("=IMPORTDATA(\"http://x\")", false), []);
    }
}
