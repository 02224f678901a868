//! The loop: the only file that knows every stage.
//!
//! Documents inside documents wait in a queue as handles. The queue is worked last in, first out,
//! so that at most one decoded container per nesting level is alive; nothing recurses on the
//! depth of the input.

mod packages;

use std::borrow::Cow;
use std::ops::Range;

use crate::collector::Collector;
use crate::command;
use crate::container::cfb::{Cfb, SIGNATURE};
use crate::container::{flat, held};
use crate::format::ledger::{Ledger, Provenance, Role, Waiting};
use crate::format::{self, ole};
use crate::gap::{GapKind, SkipReason};
use crate::guard::{Caught, guard};
use crate::identify::{self, Disposition, Format, Identity};
use crate::input::Input;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Link, TechniqueId};
use crate::location::Location;
use crate::options::Options;
use crate::passwords::Passwords;
use crate::report::{Document, Properties, Report};
use crate::rules;
use crate::seen::{self, Print, Seen};
use crate::verdict::{Parts, settle};

/// Proof that the analyser's loop came to its end. Only this file can make one, and only
/// [`settle`] takes it.
pub(crate) struct Swept(());

/// Analyses documents. Configure it once, share it between threads.
///
/// ```
/// use ddetect::{Analyzer, Input, Options, Verdict};
///
/// let analyzer = Analyzer::new(Options::gateway());
/// let report = analyzer.analyze(Input::new(b"just text").name("note.txt"));
/// assert_eq!(report.verdict(), Verdict::Clean);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Analyzer {
    options: Options,
}

impl Analyzer {
    /// An analyser with these options.
    pub fn new(options: Options) -> Self {
        Analyzer { options }
    }

    /// Analyses one document. Never fails and never panics: what is wrong with the document, or
    /// could not be read, stands in the report.
    pub fn analyze<'a>(&self, input: impl Into<Input<'a>>) -> Report {
        let input = input.into();
        let limits = &self.options.limits;
        let standing = self.options.passwords.iter().map(String::as_str);
        let passwords = Passwords::new(input.passwords.iter().copied().chain(standing));
        let length = u64::try_from(input.bytes.len()).unwrap_or(u64::MAX);
        let budget = Budget::of_input(length, limits, input.stop.as_deref());
        let mut collector = Collector::new(limits.findings);
        let pool = command::Pool::new(limits.command_bytes);
        let mut judge = |link: Link| collector.add(rules::judge(link, &self.options.policy, &pool));
        let mut ledger = Ledger::new(limits, &mut judge)
            .with_programs(command::runs, command::is_program)
            .with_passwords(passwords);

        let root = Location::root(input.name);
        let stage = Stage {
            budget: &budget,
            root: &root,
        };
        ledger.set_media_type(input.declared_type);
        ledger.set_claims(input.name, input.declared_type);
        let digest = seen::digest(input.bytes);
        let declared = Provenance {
            media_type: input.declared_type.map(str::to_owned),
            ..Provenance::default()
        };
        let print = seen::print(&digest, input.name.and_then(identify::extension), &declared);
        let (format, properties, swept) = stage.sweep(input.bytes, print, &mut ledger);
        if budget.is_short_of_folding() {
            let cause = Exhausted::Limit(Limit::EvaluatorBytes);
            ledger.exhausted(cause, root.clone());
        }
        if pool.is_short() {
            let cause = Exhausted::Limit(Limit::CommandBytes);
            ledger.exhausted(cause, root.clone());
        }

        let (gaps, skipped) = ledger.close();
        let (findings, omitted) = collector.close();
        let document = Document {
            name: input.name.map(str::to_owned),
            bytes: u64::try_from(input.bytes.len()).unwrap_or(u64::MAX),
            sha256: hex(&digest),
            format,
            properties,
        };
        settle(
            Parts {
                document,
                findings,
                gaps,
                skipped,
                omitted,
            },
            self.options.policy.lines,
            swept,
        )
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// What every document of one analysis shares.
struct Stage<'s> {
    budget: &'s Budget<'s>,
    root: &'s Location,
}

/// What one document turned out to be.
struct Examined {
    format: Format,
    properties: Properties,
    /// Whether the budget of the whole analysis still holds.
    ended: Result<(), Exhausted>,
    /// Live memory that its children hold while they wait.
    held: u64,
}

impl From<Format> for Examined {
    fn from(format: Format) -> Self {
        Examined {
            format,
            properties: Properties::default(),
            ended: Ok(()),
            held: 0,
        }
    }
}

/// What the way to a document says of it.
#[derive(Clone, Copy, Default)]
struct Declared {
    format: Option<Format>,
    role: Role,
}

/// A document that is open, with its children that wait.
struct Frame {
    /// Which of the buffers holds its bytes, and where in it they are.
    buffer: usize,
    range: Range<usize>,
    children: Vec<Waiting>,
    /// Live memory that the children hold.
    held: u64,
    /// What is odd about the way that leads here.
    techniques: Vec<TechniqueId>,
    /// What the document is known by.
    print: Print,
    /// The types that are declared for its children are compared with them by its own reader.
    compares: bool,
}

impl Stage<'_> {
    /// Visits the document, known by its print, and everything in it.
    fn sweep(
        &self,
        input: &[u8],
        print: Print,
        ledger: &mut Ledger<'_>,
    ) -> (Format, Properties, Swept) {
        let limits = self.budget.limits();
        if u64::try_from(input.len()).unwrap_or(u64::MAX) > limits.input_bytes {
            ledger.exhausted(Exhausted::Limit(Limit::InputBytes), self.root.clone());
            return (Format::Other, Properties::default(), Swept(()));
        }
        let root = self.caught(input, self.root, Declared::default(), ledger);
        let mut ended = root.ended;
        // Bytes of the open documents: the input, then one decoded member per nesting level.
        // Members that are stored are a part of the buffer below.
        let mut buffers: Vec<Cow<'_, [u8]>> = vec![Cow::Borrowed(input)];
        let mut open = vec![Frame {
            buffer: 0,
            range: 0..input.len(),
            children: ledger.take_children(),
            held: root.held,
            techniques: Vec::new(),
            print,
            compares: root.format == Format::Mhtml,
        }];
        let mut seen = Seen::default();
        seen.again(&print, &[], ledger.passwords().each().count(), 0);
        loop {
            let depth = u64::try_from(open.len()).unwrap_or(u64::MAX);
            let Some(frame) = open.last_mut() else { break };
            let Some((child, provenance)) = frame.children.pop() else {
                self.budget
                    .release_live(open.pop().map_or(0, |frame| frame.held));
                let in_use = open.last().map_or(0, |frame| frame.buffer);
                while buffers.len() > in_use.saturating_add(1) {
                    self.budget
                        .release_live(buffers.pop().map_or(0, |bytes| held(&bytes)));
                }
                continue;
            };
            if let Err(cause) = ended {
                // What still waits is not read; saying so for one document is enough.
                ledger.exhausted(cause, child.location);
                break;
            }
            if depth > limits.nesting {
                ledger.exhausted(Exhausted::Limit(Limit::Nesting), child.location);
                continue;
            }
            let (buffer, range) = (frame.buffer, frame.range.clone());
            let compares = frame.compares;
            let mut techniques = frame.techniques.clone();
            techniques.extend(&provenance.techniques);
            techniques.sort();
            techniques.dedup();
            let container = buffers
                .get(buffer)
                .and_then(|bytes| bytes.get(range.clone()));
            let (bytes, shortfall) = child
                .source
                .decode(container.unwrap_or_default(), self.budget);
            if let Some(shortfall) = shortfall {
                ended = ledger.shortfall(shortfall, &child.location);
            }
            let name = child.location.path().last();
            let digest = seen::digest(&bytes);
            let print = seen::print(&digest, name.and_then(identify::extension), &provenance);
            let holds_itself = open.iter().any(|frame| frame.print == print);
            let passwords = ledger.passwords().each().count();
            if holds_itself || seen.again(&print, &techniques, passwords, depth) {
                if holds_itself {
                    ledger.endless(child.location);
                } else {
                    ledger.skip(child.location, SkipReason::Duplicate);
                }
                self.budget.release_live(held(&bytes));
                continue;
            }
            ledger.within(&techniques);
            ledger.set_charset(provenance.charset);
            ledger.set_media_type(provenance.media_type.as_deref());
            let claimed = provenance.media_type.as_deref().filter(|_| !compares);
            ledger.set_claims(name, claimed);
            let declared = Declared {
                format: provenance.declared,
                role: provenance.role,
            };
            let examined = self.caught(&bytes, &child.location, declared, ledger);
            ended = ended.and(examined.ended);
            let children = ledger.take_children();
            let (buffer, range) = match bytes {
                Cow::Borrowed(stored) => {
                    let start = range.start.saturating_add(child.source.range.start);
                    (buffer, start..start.saturating_add(stored.len()))
                }
                Cow::Owned(decoded) => {
                    let range = 0..decoded.len();
                    buffers.push(Cow::Owned(decoded));
                    (buffers.len().saturating_sub(1), range)
                }
            };
            open.push(Frame {
                buffer,
                range,
                children,
                held: examined.held,
                techniques,
                print,
                compares: examined.format == Format::Mhtml,
            });
        }
        (root.format, root.properties, Swept(()))
    }

    /// Analyses one document behind the net: a panic in a dependency costs the rest of this
    /// document, not what was found in it, and is said.
    fn caught(
        &self,
        bytes: &[u8],
        location: &Location,
        declared: Declared,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        guard(|| self.examine(bytes, location, declared, ledger)).unwrap_or_else(|Caught| {
            let detail = "a defect of this library: the document was not read to its end";
            ledger.gap(GapKind::Internal, location.clone(), detail);
            Examined::from(Format::Other)
        })
    }

    /// Analyses one document by what its bytes are. Where they could be several things, each is
    /// looked at; the first that has a name gives the format. Where nothing says what they are,
    /// what they were declared as counts.
    fn examine(
        &self,
        bytes: &[u8],
        location: &Location,
        declared: Declared,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let mut all = Examined::from(Format::Other);
        let is_body = declared.role == Role::Body;
        let name = location.path().last().filter(|_| !is_body);
        let mut could_be = if is_body {
            identify::identify_part(bytes)
        } else {
            identify::identify_as(bytes, name)
        };
        if let Some(format) = declared.format
            && could_be.iter().all(Identity::is_vague)
        {
            let cells = declared.role == Role::Attachment;
            could_be.retain(|identity| cells && identity.format == Format::DelimitedText);
            could_be.insert(0, Identity::read(format));
        }
        if could_be.iter().all(Identity::is_vague)
            && let Some(named) = name.and_then(identify::identify_name)
        {
            could_be.retain(|identity| {
                identity.disposition != Disposition::Opaque(SkipReason::Unknown)
            });
            could_be.push(named);
        }
        let several = could_be.len() > 1;
        for (number, identity) in could_be.into_iter().enumerate() {
            ledger.reads_again(several.then_some(number));
            ledger.set_body(is_body && identity.format == Format::Html);
            let next = self.reading(&identity, bytes, location, ledger);
            if all.format == Format::Other {
                (all.format, all.properties) = (next.format, next.properties);
            }
            all.ended = all.ended.and(next.ended);
            all.held = all.held.saturating_add(next.held);
        }
        ledger.reads_again(None);
        ledger.set_body(false);
        all
    }

    /// Analyses bytes as one of the things that they could be.
    fn reading(
        &self,
        identity: &Identity,
        bytes: &[u8],
        location: &Location,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        ledger.reads_as(identity);
        match &identity.disposition {
            Disposition::Read => {
                if let Some(kind) = packages::flat_kind(identity.format) {
                    return self.flat(identity, kind, bytes, location, ledger);
                }
                let mut readers = format::readers_of(identity.format).peekable();
                if readers.peek().is_none() {
                    return self.package(bytes, location, ledger);
                }
                let mut examined = Examined::from(identity.format);
                for read in readers {
                    let outcome = read(bytes, location, self.budget, ledger);
                    if examined.properties == Properties::default() {
                        examined.properties = outcome.properties;
                    }
                    examined.ended = examined.ended.and(outcome.ended);
                }
                return examined;
            }
            Disposition::Compound => {
                if let Some(cfb) = Cfb::open(bytes) {
                    return self.compound(bytes, &cfb, location, ledger);
                }
                if bytes.starts_with(SIGNATURE) {
                    let detail = "a compound file that is cut off in its header";
                    ledger.gap(GapKind::Damaged, location.clone(), detail);
                } else if !ole::behind(bytes, location, self.budget, ledger) {
                    self.skip(SkipReason::Unknown, location, ledger);
                }
            }
            Disposition::Opaque(reason) => self.skip(*reason, location, ledger),
            // Its first element stands far behind its start.
            Disposition::Xml(root) if root.local.is_empty() => {
                match flat::root(bytes, self.budget) {
                    Ok(Some((ns, local))) => {
                        let identity = identify::identify_late(ns, &local);
                        return self.reading(&identity, bytes, location, ledger);
                    }
                    Ok(None) => {}
                    Err(cause) => ledger.exhausted(cause, location.clone()),
                }
            }
            Disposition::Xml(_) => {}
            Disposition::Unsupported(name) => {
                ledger.gap(GapKind::Unsupported, location.clone(), *name);
            }
            Disposition::Encrypted => {
                ledger.gap(GapKind::Encrypted, location.clone(), "unknown scheme");
            }
        }
        Examined::from(identity.format)
    }

    /// Analyses a compound file by its storages.
    fn compound(
        &self,
        data: &[u8],
        cfb: &Cfb<'_>,
        location: &Location,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        if cfb.panicked() {
            let detail = "the compound file reader panicked";
            ledger.gap(GapKind::Internal, location.clone(), detail);
        }
        let compound = ole::Compound {
            data,
            cfb,
            location,
            runs: command::runs,
            reader_of: format::storage_reader_of,
        };
        ledger.take_search();
        let mut outcome = ole::read(&compound, self.budget, ledger);
        let damage = cfb.damage();
        if outcome.ended.is_ok() && !ledger.take_search() {
            let about = (outcome.format, damage);
            outcome.ended = format::read_remains(cfb, about, location, self.budget, ledger);
        }
        if let Some(damage) = damage {
            ledger.gap(GapKind::Damaged, location.clone(), damage.detail());
            outcome.opaque = None;
            if outcome.format == Format::Other {
                outcome.format = Format::OleOther;
            }
        }
        if let Some(reason) = outcome.opaque {
            self.skip(reason, location, ledger);
        }
        if let Err(cause) = outcome.ended {
            ledger.exhausted(cause, location.clone());
        }
        Examined {
            format: outcome.format,
            properties: outcome.properties,
            ended: outcome.ended,
            held: outcome.held,
        }
    }

    /// Notes bytes that cannot hold a payload; of the document itself its format says so.
    fn skip(&self, reason: SkipReason, location: &Location, ledger: &mut Ledger<'_>) {
        if location != self.root {
            ledger.skip(location.clone(), reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Law 5: one analyser serves all threads, and reports travel between them.
    #[test]
    fn the_public_types_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Analyzer>();
        shared::<Options>();
        shared::<Report>();
    }
}
