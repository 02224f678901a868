//! Commands are sent to the Windows shell.

use super::lexicon::SHELL_SERVERS;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "shell-dde",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "DDE commands (`[…]`) go to a server of the Windows shell (`progman`, `folders` …), \
          which carries them out.",
    hits: &[
        Case::dde("progman", "[AddItem(x)]").carrier(Carrier::Xlm),
        Case::dde("Folders", "[ShellFile(x)]"),
    ],
    misses: &[Case::dde("progman", "progman"), Case::dde("foo", "[x]")],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let item = subject
        .reading
        .and_then(|reading| reading.item.as_deref())
        .unwrap_or_default();
    let sent = subject.topic.starts_with('[') || item.trim().starts_with('[');
    let found = subject.is_dde() && sent && SHELL_SERVERS.contains(&subject.service.as_str());
    found.then(|| subject.service.clone())
}
