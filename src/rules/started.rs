//! What a link would start: the command of a DDE triple, of a command line, of a macro function.

use crate::command::{self, ImageSource, Resolved};
use crate::link::{Kind, Link, Reading};

/// What would start, if anything.
pub(super) fn started(link: &Link, reading: Option<&Reading>) -> Option<Resolved> {
    let triple = reading.map(|reading| {
        let service = reading.service.as_deref().unwrap_or_default();
        command::resolve(service, reading.topic.as_deref(), reading.item.as_deref())
    });
    match link.kind {
        Kind::Dde | Kind::DdeAuto | Kind::Inert => triple,
        Kind::Execute => match &link.target {
            Some(target) => Some(command_of(target)),
            None => triple,
        },
        // A class that is a program, or a topic that climbs to one, is DDE by another name.
        Kind::ExternalLink => triple.filter(|resolved| {
            let stem = resolved
                .command
                .image
                .as_deref()
                .map(command::stem)
                .unwrap_or_default();
            command::tier(stem).is_some() && resolved.source != ImageSource::Unknown
        }),
        Kind::Anomaly => None,
    }
}

/// The command of something that starts a program: a command line, or a macro function with
/// strings (`EXEC("…")`, `CALL("…","…")`).
fn command_of(target: &str) -> Resolved {
    let line = target.trim().trim_start_matches('=');
    let name = line.split('(').next().unwrap_or_default();
    let is_call = name.len() < line.len()
        && !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '_'));
    if !is_call {
        return command::resolve_line(target);
    }
    let strings = line
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| !text.is_empty());
    let first_started = strings.map(command::resolve_line).find(|resolved| {
        let image = resolved.command.image.as_deref().unwrap_or_default();
        resolved.source != ImageSource::Unknown && command::tier(command::stem(image)).is_some()
    });
    let mut resolved = first_started.unwrap_or_else(|| {
        let runs = name.to_ascii_uppercase();
        let first = line
            .split('"')
            .nth(1)
            .filter(|_| matches!(runs.as_str(), "EXEC" | "RUN" | "EXECUTE"));
        let mut resolved = command::resolve_line(first.unwrap_or_default());
        if first.is_none() {
            resolved.command.arguments = Some(line.to_owned());
        }
        resolved
    });
    resolved.command.line = target.to_owned();
    resolved
}
