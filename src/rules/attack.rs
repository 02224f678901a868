//! MITRE ATT&CK ids that the evidence supports (analyst specification, section 1).

use std::collections::BTreeSet;

use super::features;
use super::subject::Subject;
use crate::command::{IndicatorKind, program_in, stem};
use crate::link::{Carrier, Kind, TechniqueId};

/// DDE itself.
const DDE: &str = "T1559.002";

/// Programs with an id of their own.
const PROGRAMS: &[(&str, &str)] = &[
    ("at", "T1053.002"),
    ("bitsadmin", "T1197"),
    ("cmd", "T1059.003"),
    ("cmstp", "T1218.003"),
    ("conhost", "T1202"),
    ("control", "T1218.002"),
    ("cscript", "T1059.005"),
    ("forfiles", "T1202"),
    ("hh", "T1218.001"),
    ("installutil", "T1218.004"),
    ("mavinject", "T1218.013"),
    ("mmc", "T1218.014"),
    ("msbuild", "T1127.001"),
    ("mshta", "T1218.005"),
    ("msiexec", "T1218.007"),
    ("odbcconf", "T1218.008"),
    ("pcalua", "T1202"),
    ("powershell", "T1059.001"),
    ("powershell_ise", "T1059.001"),
    ("pwsh", "T1059.001"),
    ("regasm", "T1218.009"),
    ("regsvcs", "T1218.009"),
    ("regsvr32", "T1218.010"),
    ("rundll32", "T1218.011"),
    ("schtasks", "T1053.005"),
    ("wmic", "T1047"),
    ("wscript", "T1059.005"),
];

/// Techniques that hide a command from a reader of the file.
const HIDING: &[TechniqueId] = &[
    TechniqueId::CssClass,
    TechniqueId::CssEscape,
    TechniqueId::FillerCharacters,
    TechniqueId::FullWidth,
    TechniqueId::HexCodes,
    TechniqueId::NestedKeyword,
    TechniqueId::QuoteCodes,
    TechniqueId::RtfHex,
    TechniqueId::RtfIgnorable,
    TechniqueId::RtfUnicode,
    TechniqueId::RtfUpr,
    TechniqueId::ShapeAlias,
];

/// A score from which the user who opens the document executes something (the same line as for
/// a suspicious verdict).
const EXECUTED: u8 = 50;
/// A score up to which DDE is an ordinary feed.
const ORDINARY: u8 = 10;

/// The ids of a judged link: DDE first, the others in ascending order.
pub(super) fn attack(subject: &Subject<'_>, score: u8) -> Vec<&'static str> {
    if subject.link.kind == Kind::Anomaly {
        return Vec::new();
    }
    let mut ids = BTreeSet::new();
    let live_dde = matches!(subject.link.kind, Kind::Dde | Kind::DdeAuto);
    if subject.starts() && subject.link.kind != Kind::Inert && score >= EXECUTED {
        // What follows a separator other than a blank is a program too: `&&mshta`.
        let words = subject.arguments().split(|c: char| {
            !(c.is_alphanumeric() || matches!(c, '.' | '\\' | '/' | ':' | '_' | '^' | '%' | '-'))
        });
        let mut know = |program: &str| {
            let known = PROGRAMS.iter().find(|(name, _)| *name == program);
            ids.extend(known.map(|(_, id)| *id));
        };
        know(subject.stem());
        words.filter_map(program_in).for_each(&mut know);
        for stage in subject.stages() {
            know(stem(stage.image.as_deref().unwrap_or_default()));
        }
        let image = subject.image().unwrap_or_default();
        if matches!(image.rsplit_once('.'), Some((_, "bat" | "cmd"))) && stem(image) != image {
            ids.insert("T1059.003");
        }
        if subject.place().is_some() {
            ids.insert("T1105");
        }
        let hides =
            subject.shows(HIDING).is_some() || features::obfuscation(subject.arguments()).is_some();
        if hides {
            ids.insert("T1027");
        }
    }
    if subject.is_external() && score >= EXECUTED {
        let loads = matches!(
            subject.link.carrier,
            Carrier::RemoteTemplate | Carrier::Frame
        );
        if loads && subject.remote().is_some() {
            ids.insert("T1221");
        } else if subject
            .indicators
            .iter()
            .any(|named| named.kind == IndicatorKind::Url)
            && subject.loads()
        {
            ids.insert("T1105");
        }
    }
    if score >= EXECUTED {
        ids.insert("T1204.002");
    }
    let dde = (live_dde && score > ORDINARY).then_some(DDE);
    dde.into_iter().chain(ids).collect()
}
