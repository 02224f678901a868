//! The topic looks like a command, whatever the service is.

use super::{Case, Part, Rule, Subject};
use crate::link::Confidence;

pub(super) const RULE: Rule = Rule {
    id: "command-topic",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "The topic, or what a macro sends over a channel, holds what only commands have: a \
          switch, a program, a file that runs, a shell operator. Also when the service is a known \
          server: the list of servers never rescues a topic. Bare words that were found with low \
          confidence do not count.",
    hits: &[
        Case::dde("foo", "/c calc"),
        Case::dde("MT4", "/c powershell x"),
        Case::dde("Excel", "cmd /c calc"),
        Case::dde("foo", "start bar.exe"),
        Case::dde("BLP", "M & calc"),
        Case::dde("BLP", "calc"),
        Case::sent("[EXEC(\"cmd.exe /c calc\",1)]"),
    ],
    misses: &[
        Case::dde("foo", "bar"),
        Case::dde("cmd", "/c calc"),
        Case::dde("BLP", "M"),
        Case::dde("BLP", "S&P"),
        Case::dde("Excel", "calc"),
        Case::dde("foo", "bar.exe").confidence(Confidence::Low),
        Case::sent("[FILE.OPEN(\"a.xls\")]"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let bare = subject.link.confidence == Confidence::Low && !subject.topic.contains(' ');
    let applies =
        subject.starts() && subject.tier().is_none() && subject.executable().is_none() && !bare;
    subject.feature().filter(|_| applies).map(str::to_owned)
}
