//! What is not a field: mail merges, templates and frames, as links (`spec/word.md` §1.8, §6.2).

use super::document::{Document, Source};
use crate::field::place_in;
use crate::format::ledger::Ledger;
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

/// Another document that settings name: a template, a frame, a sub-document.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) carrier: Carrier,
    pub(super) target: String,
}

impl Document {
    /// Reports what is not a field.
    pub(super) fn settle_links(&self, ledger: &mut Ledger<'_>) {
        for merge in &self.merges {
            self.merge(merge, ledger);
        }
        for attached in &self.attached {
            let Some(source) = self.sources.get(attached.part) else {
                continue;
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
    }

    /// A mail merge: one link for each source (`spec/word.md` §1.8).
    fn merge(&self, merge: &Merge, ledger: &mut Ledger<'_>) {
        let Some(source) = self.sources.get(merge.part) else {
            return;
        };
        let raw = describe(merge);
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
                resolved: raw.clone(),
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

/// A mail merge in one line. `database`, `spreadsheet` and `textFile` are DDE connections
/// (ECMA-376, ST_MailMergeDataType).
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
    let dde = merge.data_type.as_deref().is_some_and(|kind| {
        ["database", "spreadsheet", "textFile"]
            .iter()
            .any(|dde| kind.eq_ignore_ascii_case(dde))
    });
    if dde {
        raw.push_str(" (a DDE connection)");
    }
    raw
}
