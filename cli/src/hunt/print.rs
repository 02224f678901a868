//! What a hunt came to, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::{Found, Outcome};
use crate::args::CardFormat;
use crate::card::{observed, rows, safe};
use crate::events::Count;
use crate::json;

/// The version of this JSON.
const SCHEMA: &str = "ddetect-hunt/1";

pub(super) fn print(format: CardFormat, out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    match format {
        CardFormat::Json => json::pretty(out, &Json::of(outcome)),
        CardFormat::Text => text(out, outcome),
    }
}

#[derive(Serialize)]
struct Json<'a> {
    schema: &'static str,
    /// What was looked for.
    reports: usize,
    programs: usize,
    /// What became of the rows of the logs.
    events: &'a Count,
    /// The documents of which something was seen.
    documents: Vec<Document<'a>>,
}

#[derive(Serialize)]
struct Document<'a> {
    /// The level without the logs; `card.escalation.level` is the one with them.
    level_before: &'static str,
    /// Events that matched but are not in `card.observed`.
    omitted: u64,
    card: &'a ddetect::Triage,
}

impl<'a> Json<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let documents = outcome.found.iter().map(|found| Document {
            level_before: found.before.as_str(),
            omitted: found.omitted,
            card: &found.card,
        });
        Json {
            schema: SCHEMA,
            reports: outcome.reports,
            programs: outcome.programs,
            events: &outcome.count,
            documents: documents.collect(),
        }
    }
}

fn text(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    for found in &outcome.found {
        document(out, found)?;
    }
    let count = &outcome.count;
    writeln!(
        out,
        "{} of {} documents seen in {} events ({} processes, {} registry values), {:.1} s",
        outcome.found.len(),
        outcome.reports,
        count.rows,
        count.processes,
        count.registry,
        outcome.seconds
    )?;
    if outcome.programs == 0 {
        writeln!(
            out,
            "The reports predict no program: only the registry was looked at."
        )?;
    }
    if count.processes == 0 && count.registry == 0 {
        writeln!(
            out,
            "No event of a kind that counts was read: Sysmon 1 and 13, Security 4688 and 4657."
        )?;
    }
    if count.unreadable > 0 {
        let first = count.first_trouble.as_deref().unwrap_or_default();
        writeln!(
            out,
            "Not read: {} events, the first: {}",
            count.unreadable,
            safe(first)
        )?;
    }
    if count.incomplete > 0 {
        writeln!(
            out,
            "Without the fields that count: {} events",
            count.incomplete
        )?;
    }
    Ok(())
}

fn document(out: &mut dyn Write, found: &Found) -> io::Result<()> {
    let card = &found.card;
    let name = card.document.name.as_deref();
    writeln!(
        out,
        "{}: {}, SHA-256 {}",
        safe(name.unwrap_or("a document without a name")),
        card.document.verdict.as_str(),
        safe(&card.document.sha256)
    )?;
    let (before, after) = (found.before, card.escalation.level);
    if before == after {
        writeln!(out, "Escalation: {}", after.as_str())?;
    } else {
        writeln!(
            out,
            "Escalation: {} (without the logs: {})",
            after.as_str(),
            before.as_str()
        )?;
    }
    for reason in &card.escalation.reasons {
        writeln!(out, "  because {}", safe(reason))?;
    }
    writeln!(out, "Seen in the logs:")?;
    rows(out, &card.observed, observed)?;
    if found.omitted > 0 {
        writeln!(out, "  and {} more that were not kept", found.omitted)?;
    }
    writeln!(out)
}
