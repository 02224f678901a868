//! What is not a field: mail merges, templates and frames, as links (`spec/word.md` §1.8, §6.2).

use super::document::{Document, Source};
use crate::field::place_in;
use crate::format::ledger::Ledger;
use crate::limits::Budget;
use crate::link::{Carrier, Kind, Link, Reading, Trigger};

/// The data source of a mail merge.
#[derive(Debug, Default)]
pub(super) struct Merge {
    pub(super) part: usize,
    pub(super) offset: u64,
    /// As [`ECMA-376`'s ST_MailMergeDataType] names it.
    pub(super) data_type: Option<String>,
    pub(super) connect: Option<String>,
    pub(super) query: Option<String>,
    /// The connection string of the newer data source object.
    pub(super) udl: Option<String>,
    pub(super) table: Option<String>,
    /// The files of the data, of the header and of the data source object.
    pub(super) sources: Vec<String>,
    /// The data source by name, where it is not among the sources.
    pub(super) named: Option<String>,
}

/// What a value of a mail merge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MergeValue {
    DataType,
    Connect,
    Query,
    Udl,
    Table,
    /// The file of the data, of the header or of the data source object.
    Source,
    Named,
}

/// Sources of one mail merge: data, header, and the data source object's own.
const SOURCES: usize = 16;
/// Mail merges that are kept: a document has one.
const MERGES: usize = 256;

impl Merge {
    /// A merge that says nothing yet.
    pub(super) fn at(part: usize, offset: u64) -> Self {
        Merge {
            part,
            offset,
            ..Merge::default()
        }
    }

    /// Adds a value that was paid for; of those that it has once, the first counts. Gives `false`
    /// when there is no room.
    fn add(&mut self, value: MergeValue, text: String) -> bool {
        let place = match value {
            MergeValue::Source => {
                let room = self.sources.len() < SOURCES;
                if room {
                    self.sources.push(text);
                }
                return room;
            }
            MergeValue::DataType => &mut self.data_type,
            MergeValue::Connect => &mut self.connect,
            MergeValue::Query => &mut self.query,
            MergeValue::Udl => &mut self.udl,
            MergeValue::Table => &mut self.table,
            MergeValue::Named => &mut self.named,
        };
        place.get_or_insert(text);
        true
    }

    /// Whether it leads nowhere.
    fn is_empty(&self) -> bool {
        let values = [&self.named, &self.connect, &self.query, &self.udl];
        self.sources.is_empty() && values.iter().all(|value| value.is_none())
    }
}

/// Another document that settings name: a template, a frame, a sub-document.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) carrier: Carrier,
    pub(super) target: String,
}

/// A link that was found where it stands, and is reported in its turn.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) link: Link,
}

/// Where something stands: its part, and its byte in it.
pub(super) type Place = (usize, u64);

/// What is not a field and was not reported yet: the next merge, document and placed link.
#[derive(Debug, Default)]
pub(super) struct Rest {
    merge: usize,
    attached: usize,
    placed: usize,
}

impl Document {
    /// Adds a value to a mail merge; an empty one says nothing.
    pub(super) fn merge_value(
        &mut self,
        merge: &mut Merge,
        value: MergeValue,
        text: &str,
        budget: &Budget<'_>,
    ) {
        if text.trim().is_empty() {
            return;
        }
        if let Some(text) = self.keep(text, budget)
            && !merge.add(value, text)
        {
            self.crowded.insert(merge.part);
        }
    }

    /// A mail merge is over.
    pub(super) fn end_merge(&mut self, merge: Merge) {
        if merge.is_empty() {
            return;
        }
        if self.merges.len() < MERGES {
            self.merges.push(merge);
        } else {
            self.crowded.insert(merge.part);
        }
    }

    /// Puts what is not a field into the order in which it stands.
    pub(super) fn sort_links(&mut self) {
        self.merges.sort_by_key(|merge| (merge.part, merge.offset));
        self.attached
            .sort_by_key(|attached| (attached.part, attached.offset));
        self.placed
            .sort_by_key(|placed| (placed.part, placed.offset));
    }

    /// Reports what is not a field and stands before a place, or anywhere. Constant time for each
    /// link.
    pub(super) fn settle_links(
        &self,
        rest: &mut Rest,
        before: Option<Place>,
        ledger: &mut Ledger<'_>,
    ) {
        loop {
            let merge = self.merges.get(rest.merge);
            let attached = self.attached.get(rest.attached);
            let placed = self.placed.get(rest.placed);
            let places: [Option<Place>; 3] = [
                merge.map(|merge| (merge.part, merge.offset)),
                attached.map(|attached| (attached.part, attached.offset)),
                placed.map(|placed| (placed.part, placed.offset)),
            ];
            let Some(first) = places.into_iter().flatten().min() else {
                return;
            };
            if before.is_some_and(|before| first >= before) {
                return;
            }
            let is_first = |place: &Option<Place>| *place == Some(first);
            match (places.iter().position(is_first), merge, attached, placed) {
                (Some(0), Some(merge), ..) => {
                    rest.merge = rest.merge.saturating_add(1);
                    self.merge(merge, ledger);
                }
                (Some(1), _, Some(attached), _) => {
                    rest.attached = rest.attached.saturating_add(1);
                    self.attached(attached, ledger);
                }
                (Some(2), _, _, Some(placed)) => {
                    rest.placed = rest.placed.saturating_add(1);
                    if let Some(source) = self.sources.get(placed.part) {
                        finish(placed.link.clone(), source, ledger);
                    }
                }
                _ => return,
            }
        }
    }

    fn attached(&self, attached: &Attached, ledger: &mut Ledger<'_>) {
        let Some(source) = self.sources.get(attached.part) else {
            return;
        };
        let location = source.location.clone().with_offset(attached.offset);
        let mut link = Link::new(
            Kind::ExternalLink,
            attached.carrier,
            location,
            attached.target.as_str(),
        );
        link.trigger = trigger(attached.carrier);
        link.target = Some(attached.target.clone());
        finish(link, source, ledger);
    }

    /// A mail merge: one link for each source (`spec/word.md` §1.8).
    fn merge(&self, merge: &Merge, ledger: &mut Ledger<'_>) {
        let Some(source) = self.sources.get(merge.part) else {
            return;
        };
        let raw = describe(merge);
        let mut resolved = raw.clone();
        if merge.is_dde() {
            resolved.push_str(" (a DDE connection)");
        }
        let mut targets: Vec<String> = merge.sources.iter().map(|name| plain(name)).collect();
        let named = [&merge.named, &merge.connect, &merge.udl];
        if targets.is_empty() {
            targets.extend(named.into_iter().flatten().next().cloned());
        }
        // A connection or a query may lead elsewhere than the source does.
        let other = [&merge.connect, &merge.udl, &merge.query];
        targets.extend(
            other
                .into_iter()
                .flatten()
                .filter_map(|text| place_in(text)),
        );
        if targets.is_empty() {
            targets.extend(merge.query.clone());
        }
        targets.sort();
        targets.dedup();
        for target in targets {
            let location = source.location.clone().with_offset(merge.offset);
            let mut link = Link::new(
                Kind::ExternalLink,
                Carrier::MailMerge,
                location,
                raw.as_str(),
            );
            link.trigger = Trigger::Open;
            link.target = Some(target);
            link.readings.push(Reading {
                resolved: resolved.clone(),
                ..Reading::default()
            });
            finish(link, source, ledger);
        }
    }
}

/// What sets off a document or a place that is named.
fn trigger(carrier: Carrier) -> Trigger {
    if carrier == Carrier::Hyperlink {
        Trigger::Click
    } else if carrier == Carrier::SubDocument {
        Trigger::Update
    } else {
        Trigger::Open
    }
}

/// Adds what is odd about the part, and reports.
pub(super) fn finish(mut link: Link, source: &Source, ledger: &mut Ledger<'_>) {
    for technique in &source.techniques {
        link.add_technique(*technique);
    }
    link.techniques.sort();
    ledger.link(link);
}

/// A local or UNC path without the scheme that packages put in front of it.
fn plain(target: &str) -> String {
    target
        .strip_prefix("file:///")
        .filter(|path| path.starts_with(r"\\") || path.get(1..2) == Some(":"))
        .unwrap_or(target)
        .to_owned()
}

impl Merge {
    /// `database`, `spreadsheet` and `textFile` are DDE connections (ECMA-376,
    /// ST_MailMergeDataType).
    fn is_dde(&self) -> bool {
        self.data_type.as_deref().is_some_and(|kind| {
            ["database", "spreadsheet", "textFile"]
                .iter()
                .any(|dde| kind.eq_ignore_ascii_case(dde))
        })
    }
}

/// A mail merge in one line.
fn describe(merge: &Merge) -> String {
    let mut raw = String::from("mailMerge");
    let values = [
        ("dataType", &merge.data_type),
        ("connectString", &merge.connect),
        ("query", &merge.query),
        ("udl", &merge.udl),
        ("table", &merge.table),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            raw.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    raw
}
