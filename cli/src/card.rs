//! The triage card for people.
//!
//! Everything that comes from a document or a log is escaped, shortened when it is long, and its
//! addresses are made safe; the JSON has them as they are.

use std::fmt::Display;
use std::io::{self, Write};

use ddetect::Escaped;
use ddetect::triage::{Action, Answer, Hunt, Needed, Observed, Predicted, Process, Triage};

use crate::defang::defanged;

/// Characters of any text that are shown.
const SHOWN: usize = 400;
/// Rows of a list that are shown.
const ROWS: usize = 24;
/// Programs of a chain that are shown.
const PROGRAMS: usize = 12;

pub(crate) fn print(out: &mut dyn Write, card: &Triage) -> io::Result<()> {
    let document = &card.document;
    let complete = match document.complete {
        true => "everything was read",
        false => "NOT everything was read",
    };
    let name = document
        .name
        .as_deref()
        .unwrap_or("a document without a name");
    writeln!(out, "{}: {}", safe(name), document.verdict.as_str())?;
    writeln!(
        out,
        "  {}, score {}, {complete}, SHA-256 {}",
        safe(&document.format),
        document.score,
        safe(&document.sha256)
    )?;
    title(out, "Escalation", &card.escalation.level.as_str())?;
    for reason in &card.escalation.reasons {
        writeln!(out, "  because {}", safe(reason))?;
    }
    for unmet in &card.escalation.unmet {
        writeln!(out, "  not known: {}", safe(unmet))?;
    }
    title(out, "Key indicators", &"")?;
    for row in &card.indicators {
        answer(out, row.answer, row.indicator, &row.because)?;
    }
    title(out, "Questions", &"")?;
    for row in &card.questions {
        answer(out, row.answer, row.question, &row.because)?;
    }
    if !card.observed.is_empty() {
        title(out, "Seen in the logs", &"")?;
        rows(out, &card.observed, observed)?;
    }
    if !card.predicted.is_empty() {
        title(out, "Predicted from the document, not observed", &"")?;
        rows(out, &card.predicted, predicted)?;
    }
    if !card.iocs.is_empty() {
        title(out, "Indicators", &"")?;
        rows(out, &card.iocs, |out, ioc| {
            writeln!(out, "  {:<14} {}", safe(&ioc.kind), safe(&ioc.defanged))
        })?;
    }
    if !card.preconditions.is_empty() {
        title(out, "Needed before it acts", &"")?;
        rows(out, &card.preconditions, needed)?;
    }
    if !card.hunts.is_empty() {
        title(
            out,
            "To look for in the logs",
            &"(--format json has the values as they are)",
        )?;
        rows(out, &card.hunts, hunt)?;
    }
    for (heading, actions) in [
        ("Next steps", &card.next_steps),
        ("Second line", &card.t2_actions),
        ("Containment", &card.containment),
    ] {
        if !actions.is_empty() {
            title(out, heading, &"")?;
            rows(out, actions, action)?;
        }
    }
    provenance(out, card)
}

fn title(out: &mut dyn Write, heading: &str, value: &dyn Display) -> io::Result<()> {
    writeln!(out, "{}", format!("{heading}: {value}").trim_end())
}

/// The first rows, and how many more there are.
pub(crate) fn rows<T>(
    out: &mut dyn Write,
    list: &[T],
    mut row: impl FnMut(&mut dyn Write, &T) -> io::Result<()>,
) -> io::Result<()> {
    for one in list.iter().take(ROWS) {
        row(out, one)?;
    }
    match list.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more (--format json has all)"),
    }
}

/// On one line, shortened, with safe addresses.
pub(crate) fn safe(text: &str) -> String {
    let (head, more) = match text.char_indices().nth(SHOWN) {
        None => (text, 0),
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
    };
    let head = defanged(head, &[]);
    // Locations come escaped, with their own arrows between the names.
    let pieces = head.split('›').map(|piece| Escaped::new(piece).to_string());
    let head = pieces.collect::<Vec<_>>().join("›");
    match more {
        0 => head,
        more => format!("{head}… ({more} more characters)"),
    }
}

fn answer(out: &mut dyn Write, answer: Answer, text: &str, because: &str) -> io::Result<()> {
    writeln!(out, "  {:<8} {text} {}", answer.as_str(), safe(because))
}

pub(crate) fn observed(out: &mut dyn Write, event: &Observed) -> io::Result<()> {
    let when = event.when.as_deref().unwrap_or("at a time unknown");
    let host = event.host.as_deref().unwrap_or("a computer unknown");
    write!(
        out,
        "  {} on {}, {} ({})",
        safe(when),
        safe(host),
        safe(&event.source),
        event.quality.as_str()
    )?;
    match &event.detail {
        Some(detail) => writeln!(out, ": {}", safe(detail)),
        None => writeln!(out),
    }
}

fn predicted(out: &mut dyn Write, chain: &Predicted) -> io::Result<()> {
    writeln!(
        out,
        "  {} (confidence {}) at {}",
        safe(&chain.id),
        safe(&chain.confidence),
        safe(&chain.location)
    )?;
    writeln!(out, "    {}", chain.parents.join(" or "))?;
    let mut left = PROGRAMS;
    if let Some(process) = &chain.process {
        programs(out, process, 1, &mut left)?;
    }
    writeln!(out, "    command  {}", safe(&chain.command_line))?;
    for prompt in &chain.prompts {
        writeln!(out, "    asks     \"{}\"", safe(&prompt.text))?;
    }
    Ok(())
}

fn programs(
    out: &mut dyn Write,
    process: &Process,
    depth: usize,
    left: &mut usize,
) -> io::Result<()> {
    if *left == 0 {
        return Ok(());
    }
    *left -= 1;
    let arguments = process.arguments.as_deref().unwrap_or_default();
    let line = format!("{} {}", safe(&process.image), safe(arguments));
    let indent = depth.min(16) * 2;
    writeln!(out, "    {:indent$}> {}", "", line.trim_end())?;
    for child in &process.children {
        programs(out, child, depth + 1, left)?;
    }
    Ok(())
}

fn needed(out: &mut dyn Write, needed: &Needed) -> io::Result<()> {
    let met = needed.met.as_str();
    writeln!(out, "  {met:<8} {}", safe(&needed.needs))?;
    writeln!(out, "           by default: {}", safe(&needed.by_default))
}

fn hunt(out: &mut dyn Write, hunt: &Hunt) -> io::Result<()> {
    let fields = hunt.fields.iter().map(|field| {
        let values = safe(&field.values.join(" | "));
        format!("{} {} {values}", field.name, field.compare.as_str())
    });
    let fields: Vec<_> = fields.collect();
    let source = format!("{} {}", hunt.log, hunt.event);
    writeln!(out, "  {source:<14} {}", fields.join("; "))
}

fn action(out: &mut dyn Write, action: &Action) -> io::Result<()> {
    writeln!(out, "  {:<18} {}", action.id, safe(&action.text))
}

fn provenance(out: &mut dyn Write, card: &Triage) -> io::Result<()> {
    let said = &card.provenance;
    let zone = said.zone.map(|zone| zone.to_string());
    let known = [
        ("made with", &said.application),
        ("author", &said.author),
        ("created", &said.created),
        ("class", &said.class),
        ("mark of the web", &zone),
        ("first seen", &said.first_seen),
    ];
    let known = known
        .iter()
        .filter_map(|(label, value)| Some((label, value.as_ref()?)));
    let known: Vec<_> = known
        .map(|(label, value)| format!("{label} {}", safe(value)))
        .collect();
    if !known.is_empty() {
        title(out, "Provenance, as the document says", &"")?;
        writeln!(out, "  {}", known.join(", "))?;
    }
    for gap in card.evidence.gaps.iter().take(ROWS) {
        writeln!(out, "Not read: {}", safe(gap))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_safe_to_show() {
        assert_eq!(safe("a › b\u{1b}[0m"), "a › b\\u{1b}[0m");
        assert_eq!(safe("http://a.b/"), "hxxp://a[.]b/");
        let long = safe(&"é".repeat(SHOWN + 3));
        assert!(long.ends_with("é… (3 more characters)"), "{long}");
    }
}
