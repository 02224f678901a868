//! Commands are sent to the Windows shell.

use super::lexicon::{SHELL_COMMANDS, SHELL_SERVERS};
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "shell-dde",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "DDE commands (`[…]`) go to a server of the Windows shell (`progman`, `folders` …), \
          which carries them out; or a macro sends commands that only these servers know \
          (`[CreateGroup(…)]`, `[AddItem(…)]` …).",
    hits: &[
        Case::dde("progman", "[AddItem(x)]").carrier(Carrier::Xlm),
        Case::dde("Folders", "[ShellFile(x)]"),
        Case::sent("[CreateGroup(\"Startup\")][AddItem(a.exe)]"),
        Case::sent(" [ ShowGroup (Main,1)]"),
    ],
    misses: &[
        Case::dde("progman", "progman"),
        Case::dde("foo", "[x]"),
        Case::sent("[FILE.OPEN(\"a.xls\")]"),
        Case::sent("AddItem"),
        Case::sent("[AddItems]"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if let Some(sent) = subject.sent() {
        let command = sent.trim().strip_prefix('[')?.trim_start();
        let end = command.find(|c: char| !c.is_ascii_alphanumeric());
        let name = command.get(..end?)?.to_ascii_lowercase();
        return SHELL_COMMANDS.contains(&name.as_str()).then_some(name);
    }
    let item = subject
        .reading
        .and_then(|reading| reading.item.as_deref())
        .unwrap_or_default();
    let sent = subject.topic.starts_with('[') || item.trim().starts_with('[');
    let found = subject.is_dde() && sent && SHELL_SERVERS.contains(&subject.service.as_str());
    found.then(|| subject.service.clone())
}
