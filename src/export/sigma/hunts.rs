//! The hunts that fit every document: changes of the registry that let Office use DDE.
//!
//! Source: advisories ADV170021 and 4053440, and the administrative templates of Office for the
//! places of policies. The public rule `63647769-326d-4dde-a419-b925cc0caf42` looks for the
//! settings of users alone.

use super::{Created, Yaml, dde_tag};
use crate::export::ids;

/// The public rule that these extend.
const PUBLIC: &str = "63647769-326d-4dde-a419-b925cc0caf42";
/// Where settings stand, and policies.
const PLACES: [&str; 2] = [
    "\\Software\\Microsoft\\Office\\",
    "\\Software\\Policies\\Microsoft\\Office\\",
];

/// The ends of registry paths, and the data that switches DDE on.
type Selection = (&'static [&'static str], &'static [&'static str]);

struct Hunt {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    selections: &'static [Selection],
    level: &'static str,
}

const ZERO: &[&str] = &["DWORD (0x00000000)"];
const ONE: &[&str] = &["DWORD (0x00000001)"];

const HUNTS: [Hunt; 2] = [
    Hunt {
        name: "registry-word",
        title: "DDE Enabled for Word Through Settings or Policies",
        description: "A value that lets Word start or use DDE servers, or update links at open, as a setting of the \
                      user or as a policy.",
        selections: &[
            (
                &["\\Word\\Security\\AllowDDE"],
                &["DWORD (0x00000001)", "DWORD (0x00000002)"],
            ),
            (
                &[
                    "\\Word\\Options\\DontUpdateLinks",
                    "\\Word\\Options\\WordMail\\DontUpdateLinks",
                ],
                ZERO,
            ),
        ],
        level: "medium",
    },
    Hunt {
        name: "registry-excel",
        title: "DDE Enabled for Excel Through Settings or Policies",
        description: "A value that lets Excel start or look up DDE servers, or update links at open, as a setting of \
                      the user or as a policy.",
        selections: &[
            (
                &[
                    "\\Excel\\Security\\DisableDDEServerLaunch",
                    "\\Excel\\Security\\DisableDDEServerLookup",
                    "\\Excel\\Security\\External Content\\DisableDDEServerLaunch",
                    "\\Excel\\Security\\External Content\\DisableDDEServerLookup",
                    "\\Excel\\Options\\DontUpdateLinks",
                ],
                ZERO,
            ),
            (&["\\Excel\\Options\\DDEAllowed"], ONE),
        ],
        level: "medium",
    },
];

/// All of them, as YAML documents.
pub(super) fn yaml(created: Created) -> String {
    let texts: Vec<_> = HUNTS.iter().map(|hunt| one(hunt, created)).collect();
    texts.join("---\n")
}

fn one(hunt: &Hunt, created: Created) -> String {
    let mut yaml = Yaml::default();
    yaml.text("title", hunt.title);
    yaml.text("id", &ids::id(&["sigma", hunt.name]).to_string());
    yaml.related(PUBLIC);
    yaml.text("status", "experimental");
    yaml.text("description", hunt.description);
    yaml.list(
        "references",
        &[
            "https://msrc.microsoft.com/update-guide/advisory/ADV170021",
            "https://learn.microsoft.com/security-updates/securityadvisories/2017/4053440",
        ],
    );
    yaml.text("author", "ddetect");
    yaml.text("date", &created.date());
    yaml.list("tags", &["attack.execution".to_owned(), dde_tag()]);
    yaml.open("logsource");
    yaml.text("category", "registry_set");
    yaml.text("product", "windows");
    yaml.close();
    yaml.open("detection");
    yaml.open("place");
    yaml.patterns("TargetObject|contains", &PLACES);
    yaml.close();
    for (number, (ends, data)) in (1_u32..).zip(hunt.selections) {
        yaml.open(&format!("value_{number}"));
        yaml.patterns("TargetObject|endswith", ends);
        yaml.list("Details", data);
        yaml.close();
    }
    yaml.text("condition", "place and 1 of value_*");
    yaml.close();
    yaml.list(
        "falsepositives",
        &["Administrators and users who need DDE for data feeds"],
    );
    yaml.text("level", hunt.level);
    yaml.into_text()
}
