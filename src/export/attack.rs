//! Names of the ATT&CK techniques that findings name (enterprise matrix, version 18.1).

/// The version of the matrix that the names are from.
pub(super) const VERSION: &str = "18.1";

const NAMES: &[(&str, &str)] = &[
    ("T1027", "Obfuscated Files or Information"),
    ("T1047", "Windows Management Instrumentation"),
    ("T1053.002", "Scheduled Task/Job: At"),
    ("T1053.005", "Scheduled Task/Job: Scheduled Task"),
    ("T1059.001", "Command and Scripting Interpreter: PowerShell"),
    (
        "T1059.003",
        "Command and Scripting Interpreter: Windows Command Shell",
    ),
    (
        "T1059.005",
        "Command and Scripting Interpreter: Visual Basic",
    ),
    ("T1105", "Ingress Tool Transfer"),
    (
        "T1127.001",
        "Trusted Developer Utilities Proxy Execution: MSBuild",
    ),
    ("T1197", "BITS Jobs"),
    ("T1202", "Indirect Command Execution"),
    ("T1204.002", "User Execution: Malicious File"),
    (
        "T1218.001",
        "System Binary Proxy Execution: Compiled HTML File",
    ),
    ("T1218.002", "System Binary Proxy Execution: Control Panel"),
    ("T1218.003", "System Binary Proxy Execution: CMSTP"),
    ("T1218.004", "System Binary Proxy Execution: InstallUtil"),
    ("T1218.005", "System Binary Proxy Execution: Mshta"),
    ("T1218.007", "System Binary Proxy Execution: Msiexec"),
    ("T1218.008", "System Binary Proxy Execution: Odbcconf"),
    ("T1218.009", "System Binary Proxy Execution: Regsvcs/Regasm"),
    ("T1218.010", "System Binary Proxy Execution: Regsvr32"),
    ("T1218.011", "System Binary Proxy Execution: Rundll32"),
    ("T1218.013", "System Binary Proxy Execution: Mavinject"),
    ("T1218.014", "System Binary Proxy Execution: MMC"),
    ("T1221", "Template Injection"),
    (
        "T1559.002",
        "Inter-Process Communication: Dynamic Data Exchange",
    ),
];

/// The technique that this library is about.
pub(super) const DDE: &str = "T1559.002";

/// The name of a technique; of one that is not in the list, its id.
pub(super) fn name(id: &str) -> &str {
    let known = NAMES.iter().find(|(known, _)| *known == id);
    known.map_or(id, |(_, name)| name)
}

/// The page of a technique.
pub(super) fn page(id: &str) -> String {
    format!(
        "https://attack.mitre.org/techniques/{}/",
        id.replace('.', "/")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every id that the rules know stands as a string in their source.
    #[test]
    fn every_id_of_the_rules_has_a_name() {
        let rules = include_str!("../rules/attack.rs");
        let ids = rules.split('"').filter(|text| {
            text.strip_prefix('T')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        });
        let mut count = 0;
        for id in ids {
            assert_ne!(name(id), id, "{id} has no name");
            count += 1;
        }
        assert!(count >= 20, "{count}");
    }
}
