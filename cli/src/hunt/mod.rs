//! `ddetect hunt`: what reports predict, looked for in the logs.
//!
//! A program counts when the one that opens the document started it, or a program of the same
//! chain did, known by its process id. Where a log does not tell the parent, or the parent is one
//! that starts programs for others, the command line must be telling, and the match is a weak one.
//!
//! # Worst cases
//!
//! Each event is compared with the programs of the same name in the reports. Memory is bounded:
//! see [`lineage`] and [`seen`].

mod index;
mod line;
mod lineage;
mod print;
mod registry;
mod seen;

use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use ddetect::triage::{Level, MatchQuality, ObservedKind};
use ddetect::{Context, Escaped, RecordedReport, Triage, triage};

use crate::args::Hunt;
use crate::events::{self, Count, Event, ProcessStart, Said, ValueSet};
use crate::exit::TROUBLE;
use crate::reports::recorded;
use crate::triage::context;
use crate::walk::is_stdin;
use crate::{complain, not_written, scan};
use index::{Index, Parent};
use lineage::{Key, Lineage, Waiting};
use registry::Values;
use seen::{OfCard, Seen, observed};

/// Reports of one run: 512 MiB of JSON are those of some hundred thousand documents.
const REPORTS_READ: u64 = 512 << 20;

/// Programs that start others for somebody else: who that was, the log does not say.
const GO_BETWEENS: &[&str] = &[
    "dllhost.exe",
    "explorer.exe",
    "runtimebroker.exe",
    "services.exe",
    "svchost.exe",
    "taskeng.exe",
    "wmiprvse.exe",
];

/// Something was seen.
const SEEN: u8 = 1;
/// Nothing was seen, and not every event could be read.
const INCOMPLETE: u8 = 2;

pub(crate) fn run(args: &Hunt) -> ExitCode {
    match hunt(args) {
        Ok(result) => {
            let mut out = BufWriter::new(io::stdout().lock());
            let written = print::print(args.format, &mut out, &result).and_then(|()| out.flush());
            if let Err(error) = written {
                not_written(&error);
                return TROUBLE.into();
            }
            result.status().into()
        }
        Err(message) => {
            complain(format_args!("{message}"));
            TROUBLE.into()
        }
    }
}

/// What a hunt came to.
struct Outcome {
    /// Reports that were looked for.
    reports: usize,
    /// Reports that could not be read, and logs.
    trouble: u64,
    /// Programs of predicted chains.
    programs: usize,
    count: Count,
    /// The documents of which something was seen, in the order of their reports.
    found: Vec<Found>,
    seconds: f64,
}

/// A document of which something was seen.
struct Found {
    /// The level without the logs.
    before: Level,
    card: Triage,
    /// Events that matched but are not on the card.
    omitted: u64,
}

impl Outcome {
    /// 1 wins over 3, and 3 over 2, as in a scan.
    fn status(&self) -> u8 {
        if !self.found.is_empty() {
            SEEN
        } else if self.trouble > 0 {
            TROUBLE
        } else if !self.count.complete() {
            INCOMPLETE
        } else {
            0
        }
    }
}

fn hunt(args: &Hunt) -> Result<Outcome, String> {
    let inputs = args.reports.iter().chain(&args.events);
    if inputs.filter(|path| is_stdin(path)).count() > 1 {
        return Err("standard input ('-') can be read only once".to_owned());
    }
    let context = context(args.context.as_deref())?;
    let mut trouble = 0;
    let mut reports = Vec::new();
    for path in &args.reports {
        read_reports(path, &mut reports, &mut trouble)?;
    }
    if reports.is_empty() {
        return Err(
            "there is no report to look for: 'ddetect scan --format jsonl' writes them".to_owned(),
        );
    }
    let started = Instant::now();
    let mut search = Search::new(&reports, &context);
    let programs = search.index.len();
    let mut count = Count::default();
    for path in &args.events {
        if let Err(error) = events::read(path, &mut count, &mut |event| search.event(event)) {
            let name = path.display().to_string();
            complain(format_args!("cannot read {}: {error}", Escaped::new(&name)));
            trouble += 1;
        }
    }
    let cards = search.seen.cards();
    let found = reports.iter().zip(cards);
    let found = found.filter_map(|(report, of_card)| found_in(report, &context, of_card));
    Ok(Outcome {
        reports: reports.len(),
        trouble,
        programs,
        count,
        found: found.collect(),
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn read_reports(
    path: &Path,
    reports: &mut Vec<RecordedReport>,
    trouble: &mut u64,
) -> Result<(), String> {
    let read = match is_stdin(path) {
        true => scan::read(&mut io::stdin().lock() as &mut dyn Read, REPORTS_READ, None),
        false => scan::read_file(path, REPORTS_READ),
    };
    let name = path.display().to_string();
    let name = Escaped::new(&name);
    let (bytes, shortened) = read.map_err(|error| format!("cannot read {name}: {error}"))?;
    if shortened.is_some() {
        return Err(format!(
            "{name} is larger than {REPORTS_READ} bytes: give its reports in parts"
        ));
    }
    for report in recorded(&bytes) {
        match report {
            Ok(report) => reports.push(report),
            Err(error) => {
                complain(format_args!("{name}: {error}"));
                *trouble += 1;
            }
        }
    }
    Ok(())
}

/// The card with what was seen; none where nothing was.
fn found_in(report: &RecordedReport, context: &Context, of_card: OfCard) -> Option<Found> {
    if of_card.events.is_empty() {
        return None;
    }
    let before = triage(report, context).escalation.level;
    let context = context.clone().observed(of_card.events);
    Some(Found {
        before,
        card: triage(report, &context),
        omitted: of_card.omitted,
    })
}

/// What is looked for, and what was found.
struct Search {
    index: Index,
    values: Values,
    lineage: Lineage<Late>,
    seen: Seen,
}

/// An event that waits for its parent.
struct Late {
    /// The plain command line.
    line: String,
    image: String,
    /// As the card would have it, without the chain and with the quality still to be found.
    said: Said<'static>,
    detail: String,
}

/// A program of a chain that an event is.
struct Hit {
    node: usize,
    quality: MatchQuality,
}

impl Search {
    fn new(reports: &[RecordedReport], context: &Context) -> Self {
        let mut search = Search {
            index: Index::default(),
            values: Values::default(),
            lineage: Lineage::default(),
            seen: Seen::new(reports.len()),
        };
        for (number, report) in reports.iter().enumerate() {
            let card = triage(report, context);
            search.index.add(number, &card);
            search.values.add(number, &card);
        }
        search
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Process(process) => self.process(process),
            Event::Registry(value) => self.registry(value),
        }
    }

    fn registry(&mut self, value: &ValueSet<'_>) {
        let hits = self.values.hits(value);
        for (wanted, quality) in hits {
            let kind = match wanted.chain {
                Some(_) => ObservedKind::RegistryPayload,
                None => ObservedKind::RegistryEnable,
            };
            let detail = format!("{} = {}", value.object, value.data);
            let chain = wanted.chain.as_deref();
            let event = observed(kind, &value.said, chain, quality, Some(&detail));
            self.seen.add(wanted.card, event);
        }
    }

    fn process(&mut self, process: &ProcessStart<'_>) {
        let host = process.said.host.as_deref();
        let own = process.id.as_ref().map(|id| Key::new(host, id));
        let image = line::base(&process.image);
        if self.index.called(&image).next().is_none() {
            // Its number is no longer that of a program of a chain.
            if let Some(own) = &own {
                self.lineage.started(own, Vec::new());
            }
            return;
        }
        let plain = line::plain(process.command_line.as_deref().unwrap_or_default());
        let parent = process.parent_id.as_ref().map(|id| Key::new(host, id));
        let (hits, waits) = self.hits(process, &image, &plain, parent.as_ref());
        let detail = process.command_line.as_deref().unwrap_or(&process.image);
        if let (true, Some(parent)) = (waits, parent) {
            let bytes = plain.len() + image.len() + detail.len();
            let event = Late {
                line: plain,
                image,
                said: process.said.to_owned(),
                detail: detail.to_owned(),
            };
            let own = own.clone();
            self.lineage.wait(Waiting { parent, own, event }, bytes);
        }
        self.tell(&hits, &process.said, detail);
        if let Some(own) = own {
            self.now_running(own, &hits);
        }
    }

    /// The programs of chains that an event is, and whether it may turn out to be another one
    /// when its parent is known.
    fn hits(
        &self,
        process: &ProcessStart<'_>,
        image: &str,
        plain: &str,
        parent: Option<&Key>,
    ) -> (Vec<Hit>, bool) {
        let parent_image = process.parent.as_deref().map(line::base);
        let running = parent.map_or(&[][..], |parent| self.lineage.nodes(parent));
        let mut hits = Vec::new();
        let mut waits = false;
        for (number, node) in self.index.called(image) {
            let quality = match &node.parent {
                Parent::Node(above) if running.contains(above) => {
                    // Whoever started it is known to be of the chain.
                    Some(node.wanted.compare(plain).unwrap_or(MatchQuality::Image))
                }
                Parent::Node(_) => {
                    waits |= running.is_empty();
                    let exact = node.wanted.compare(plain) == Some(MatchQuality::Exact);
                    (exact && node.wanted.telling()).then_some(MatchQuality::Exact)
                }
                Parent::Office(parents) => {
                    let quality = node.wanted.compare(plain);
                    match parent_image.as_deref() {
                        // Nobody switched the recording of command lines on.
                        Some(parent) if parents.contains(&parent) => match process.command_line {
                            Some(_) => quality,
                            None => quality.or(Some(MatchQuality::Image)),
                        },
                        Some(parent) if !GO_BETWEENS.contains(&parent) => None,
                        Some(_) | None => quality
                            .filter(|quality| *quality >= MatchQuality::Terms)
                            .filter(|_| node.wanted.telling())
                            .map(|_| MatchQuality::Image),
                    }
                }
            };
            hits.extend(quality.map(|quality| Hit {
                node: number,
                quality,
            }));
        }
        (best(hits), waits)
    }

    fn tell(&mut self, hits: &[Hit], said: &Said<'_>, detail: &str) {
        for hit in hits {
            if let Some(node) = self.index.node(hit.node) {
                let chain = Some(node.chain.as_str());
                let kind = ObservedKind::Process;
                let event = observed(kind, said, chain, hit.quality, Some(detail));
                self.seen.add(node.card, event);
            }
        }
    }

    /// Remembers what a process is, and looks again at what came before it and is below it.
    fn now_running(&mut self, process: Key, hits: &[Hit]) {
        let nodes: Vec<_> = hits.iter().map(|hit| hit.node).collect();
        let mut open = vec![(process, nodes)];
        while let Some((process, nodes)) = open.pop() {
            let late = match nodes.is_empty() {
                true => Vec::new(),
                false => self.lineage.settled(&process),
            };
            self.lineage.started(&process, nodes.clone());
            for Waiting { own, event, .. } in late {
                let below = self.index.called(&event.image);
                let below = below.filter_map(|(number, node)| match node.parent {
                    Parent::Node(above) if nodes.contains(&above) => Some(Hit {
                        node: number,
                        quality: node
                            .wanted
                            .compare(&event.line)
                            .unwrap_or(MatchQuality::Image),
                    }),
                    Parent::Node(_) | Parent::Office(_) => None,
                });
                let hits = best(below.collect());
                // What was told by its command line alone is not told again.
                let new: Vec<_> = hits.into_iter().filter(|hit| !self.was_told(hit)).collect();
                self.tell(&new, &event.said, &event.detail);
                if let Some(own) = own {
                    open.push((own, new.iter().map(|hit| hit.node).collect()));
                }
            }
        }
    }

    /// Whether a program was told before its parent was known.
    fn was_told(&self, hit: &Hit) -> bool {
        let node = self.index.node(hit.node);
        hit.quality == MatchQuality::Exact && node.is_some_and(|node| node.wanted.telling())
    }
}

/// Only the best matches of an event: a line that is exactly one chain's is no weak match of others.
fn best(mut hits: Vec<Hit>) -> Vec<Hit> {
    let best = hits.iter().map(|hit| hit.quality).max();
    hits.retain(|hit| Some(hit.quality) == best);
    hits
}
