//! Keeps the findings that fit into a report: the worst ones, in document order.
//!
//! Every finding was judged before it comes here, so what is dropped still counts for the verdict.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::command::Stage;
use crate::finding::Finding;
use crate::link::Kind;
use crate::precondition::Precondition;
use crate::report::Omitted;

/// Bytes of text that all kept findings may take. With `live-bytes` (48 MiB) and what is there
/// whatever the document is (buffers, tables of patterns), it makes up the 64 MiB that an analysis
/// may hold beside its input.
const TEXT: usize = 9 << 20;
/// What a finding costs beside its text.
const ENTRY: usize = 512;
/// What an indicator costs beside its text, with the path to its stage.
const INDICATOR: usize = 224;
/// What a stage costs beside its text.
const STAGE: usize = 96;

/// What a precondition costs: its texts are the library's.
const PRECONDITION: usize = size_of::<Precondition>();

/// The findings of one analysis, worst first to keep.
pub(crate) struct Collector {
    limit: usize,
    /// By score, then by place: the first entry is the one to drop.
    kept: BTreeMap<(u8, Reverse<u64>), Finding>,
    bytes: usize,
    next: u64,
    omitted: BTreeMap<Kind, (u64, u8)>,
}

impl Collector {
    pub(crate) fn new(limit: u64) -> Self {
        Collector {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            kept: BTreeMap::new(),
            bytes: 0,
            next: 0,
            omitted: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.bytes = self.bytes.saturating_add(size(&finding));
        // An allowed finding counts as none, so it is the first to go.
        let rank = if finding.allowed { 0 } else { finding.score };
        self.kept.insert((rank, Reverse(self.next)), finding);
        self.next = self.next.saturating_add(1);
        while self.kept.len() > self.limit || self.bytes > TEXT {
            let Some(((rank, _), dropped)) = self.kept.pop_first() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(size(&dropped));
            let (count, highest) = self.omitted.entry(dropped.kind).or_default();
            *count = count.saturating_add(1);
            *highest = rank.max(*highest);
        }
    }

    /// The kept findings in document order, and what was dropped.
    pub(crate) fn close(self) -> (Vec<Finding>, Vec<Omitted>) {
        let by_place: BTreeMap<u64, Finding> = self
            .kept
            .into_iter()
            .map(|((_, Reverse(place)), finding)| (place, finding))
            .collect();
        let omitted = self
            .omitted
            .into_iter()
            .map(|(kind, (count, highest_score))| Omitted {
                kind,
                count,
                highest_score,
            })
            .collect();
        (by_place.into_values().collect(), omitted)
    }
}

/// Bytes of text in a finding, roughly.
fn size(finding: &Finding) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let command = finding.command.as_ref().map_or(0, |command| {
        let lines = command.line.len().saturating_mul(2);
        let script = text(&command.script);
        lines
            .saturating_add(script)
            .saturating_add(stages(&command.stages))
    });
    let lists = finding.used_by.iter().map(String::len);
    let lists = lists.chain(finding.signals.iter().map(|signal| signal.evidence.len()));
    let lists = lists.chain(finding.indicators.iter().map(|i| {
        let texts = i.value.len().saturating_mul(2);
        let canonical = i.canonical.as_ref().map_or(0, String::len);
        texts.saturating_add(canonical).saturating_add(INDICATOR)
    }));
    let lists = lists.chain(finding.alternatives.iter().map(|a| {
        let triple = text(&a.topic).saturating_mul(3).saturating_add(ENTRY);
        let command = a.command.as_ref().map_or(0, |command| {
            text(&command.script).saturating_add(stages(&command.stages))
        });
        triple.saturating_add(command)
    }));
    let lists = lists.chain(
        finding
            .techniques
            .iter()
            .map(|t| text(&t.before).saturating_add(text(&t.after))),
    );
    let preconditions = finding.preconditions.len().saturating_mul(PRECONDITION);
    [
        preconditions,
        finding.raw.len(),
        finding.resolved.len(),
        text(&finding.service),
        text(&finding.topic),
        text(&finding.item),
        text(&finding.target),
        command,
    ]
    .into_iter()
    .chain(lists)
    .fold(ENTRY, usize::saturating_add)
}

/// Bytes of a tree of stages.
fn stages(stages: &[Stage]) -> usize {
    let mut bytes = 0_usize;
    let mut open: Vec<&Stage> = stages.iter().collect();
    while let Some(stage) = open.pop() {
        let texts = [&stage.image, &stage.arguments, &stage.script];
        for text in texts.into_iter().flatten() {
            bytes = bytes.saturating_add(text.len());
        }
        bytes = bytes.saturating_add(STAGE);
        open.extend(&stage.stages);
    }
    bytes
}
