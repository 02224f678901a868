//! The command switches on what keeps documents from using DDE.

use super::{Case, Part, Rule, Subject};
use crate::command::{Indicator, IndicatorKind};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "enables-dde",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The command writes a value of the registry that lets Office start programs or servers \
          through DDE, or update links without asking (advisories ADV170021 and 4053440): the next \
          document then runs on a computer that was safe. A command that starts is judged by its \
          program already; this adds what it prepares.",
    hits: &[
        Case::dde(
            "cmd",
            "/c reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /v AllowDDE /t REG_DWORD /d 2 /f",
        ),
        Case::dde(
            "powershell",
            "Set-ItemProperty -Path HKCU:\\Software\\Policies\\Microsoft\\Office\\16.0\\excel\\security\\'external content' -Name x -Value 1; \
             Set-ItemProperty 'HKCU:\\Software\\Policies\\Microsoft\\Office\\16.0\\excel\\security\\external content' disableddeserverlaunch 0",
        ),
        Case::dde(
            "reg",
            "add \"HKCU\\Software\\Microsoft\\Office\\15.0\\Excel\\Options\" /v DontUpdateLinks /d 0x0",
        ),
        Case::execute(
            Carrier::Action,
            "reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Excel\\Options /v DDEAllowed /d 1",
        ),
    ],
    misses: &[
        Case::dde(
            "cmd",
            "/c reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /v AllowDDE /t REG_DWORD /d 0 /f",
        ),
        Case::dde(
            "cmd",
            "/c reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Excel\\Security /v DisableDDEServerLaunch /d 1",
        ),
        Case::dde("cmd", "/c reg add HKCU\\Software\\X /v AllowDDE /d 2"),
        Case::dde(
            "cmd",
            "/c reg query HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /v AllowDDE",
        ),
    ],
    look,
};

/// Where Office keeps its settings, and those of an administrator.
const OFFICE: [&str; 2] = [
    "\\software\\microsoft\\office\\",
    "\\software\\policies\\microsoft\\office\\",
];

/// A value: the end of its key, its name, and whether zero switches DDE on.
const VALUES: &[(&str, &str, bool)] = &[
    ("\\word\\security", "allowdde", false),
    ("\\excel\\security", "disableddeserverlaunch", true),
    ("\\excel\\security", "disableddeserverlookup", true),
    (
        "\\excel\\security\\external content",
        "disableddeserverlaunch",
        true,
    ),
    (
        "\\excel\\security\\external content",
        "disableddeserverlookup",
        true,
    ),
    ("\\excel\\options", "ddeallowed", false),
    ("\\excel\\options", "dontupdatelinks", true),
    ("\\word\\options", "dontupdatelinks", true),
    ("\\word\\options\\wordmail", "dontupdatelinks", true),
];

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.starts() {
        return None;
    }
    let named = subject.indicators.iter().find(|named| enables(named))?;
    Some(named.value.clone())
}

fn enables(named: &Indicator) -> bool {
    if named.kind != IndicatorKind::RegistryValue {
        return false;
    }
    let path = named.canonical.as_ref().unwrap_or(&named.value);
    let path = path.to_lowercase();
    let Some((path, data)) = path.rsplit_once('=') else {
        return false;
    };
    let Some((key, name)) = path.rsplit_once('\\') else {
        return false;
    };
    // In which hive does not matter, and `Wow6432Node` may stand in between.
    let office = OFFICE
        .iter()
        .any(|office| key.replace("\\wow6432node\\", "\\").contains(office));
    let zero = number(data).map(|number| number == 0);
    office
        && VALUES.iter().any(|(end, known, on_zero)| {
            // Data that are not written as a number may be any.
            name == *known && key.ends_with(end) && zero.is_none_or(|zero| zero == *on_zero)
        })
}

/// The data of a value: decimal or hexadecimal, as `reg` and PowerShell take them.
fn number(data: &str) -> Option<u64> {
    let data = data.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    match data.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => data.parse().ok(),
    }
}
