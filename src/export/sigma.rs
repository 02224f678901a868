//! Sigma: rules for logs.
//!
//! Source: the Sigma specification, version 2 (rules, modifiers), and the taxonomy of the
//! categories `process_creation` and `registry_set`.
//!
//! One rule for each distinct command that counts: which Office program starts which image with
//! which arguments. What differs only in the kind of link or in how it is spelled in the document is
//! one rule. Its id is made from what it looks for, so that the same command in another document is
//! the same rule. With every set come the hunts for changes of the registry that switch DDE on,
//! through settings and through policies, whatever the documents hold.
//!
//! A rule asks for every argument, but for the parts that are other on the next computer or in the
//! next document of a campaign: names of users, random names of files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::created::Created;
use super::reported::{Found, Reported};
use super::{attack, ids};
use crate::recorded::RecordedReport;

mod hunts;
mod parents;
mod terms;
mod yaml;

pub(super) use yaml::Yaml;

/// At most this many samples are named in a rule.
const SAMPLES: usize = 20;

/// Characters of a command in a title. A title must not have more than 256, and lists show fewer.
const TITLE: usize = 60;

/// Reports as a set of Sigma rules: displays as YAML documents.
#[derive(Clone, Debug)]
pub struct Sigma {
    created: Created,
    /// By what they look for, so that their order is that of nothing but their content.
    rules: BTreeMap<Detection, Rule>,
}

/// What a rule looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Detection {
    image: Option<String>,
    arguments: Vec<String>,
    parents: Vec<&'static str>,
}

/// What else stands in it.
#[derive(Clone, Debug)]
struct Rule {
    level: Level,
    tags: Vec<String>,
    samples: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    fn of(severity: &str) -> Self {
        match severity {
            "critical" => Level::Critical,
            "high" => Level::High,
            "medium" => Level::Medium,
            "low" => Level::Low,
            _ => Level::Informational,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl Sigma {
    /// A set without rules of documents: the hunts alone.
    pub fn new(created: Created) -> Self {
        Sigma {
            created,
            rules: BTreeMap::new(),
        }
    }

    /// Adds a report.
    pub fn add<'r>(&mut self, report: impl Into<Cow<'r, RecordedReport>>) {
        let report = report.into();
        self.take(&Reported::from(report.as_ref()));
    }

    pub(super) fn take(&mut self, report: &Reported<'_>) {
        for finding in &report.findings {
            let Some(detection) = detection(report, finding) else {
                continue;
            };
            let rule = self.rules.entry(detection).or_insert(Rule {
                level: Level::Informational,
                tags: vec!["attack.execution".to_owned()],
                samples: Vec::new(),
            });
            rule.level = rule.level.max(Level::of(finding.severity));
            for id in &finding.attack {
                let tag = format!("attack.{}", id.to_ascii_lowercase());
                if !rule.tags.contains(&tag) {
                    rule.tags.push(tag);
                }
            }
            if let Some(sha256) = report.sha256 {
                let sample = format!("sha256:{sha256}");
                if rule.samples.len() < SAMPLES && !rule.samples.contains(&sample) {
                    rule.samples.push(sample);
                }
            }
        }
    }

    /// The rules for processes, without the hunts: id, name and text of each.
    pub(super) fn rules(&self) -> impl Iterator<Item = Text> {
        self.rules
            .iter()
            .map(|(detection, rule)| text(detection, rule, self.created))
    }
}

impl fmt::Display for Sigma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in self.rules() {
            writeln!(f, "{}---", rule.yaml)?;
        }
        f.write_str(&hunts::yaml(self.created))
    }
}

/// One rule, written.
pub(super) struct Text {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) yaml: String,
}

/// What would be seen in a log if the finding acted; `None` when it starts nothing that a log could
/// show, or does not count.
fn detection(report: &Reported<'_>, finding: &Found<'_>) -> Option<Detection> {
    if !finding.counts() || !finding.starts() {
        return None;
    }
    let run = finding.runs.first()?;
    let mut arguments = terms::stable(run.arguments.unwrap_or_default());
    let image = run
        .image
        .filter(|image| !image.is_empty())
        .and_then(|image| {
            let program = program(image);
            if program.is_none() {
                // Windows hands it to another program, with its name.
                arguments.insert(0, image.to_owned());
            }
            program
        });
    if image.is_none() && arguments.is_empty() {
        return None;
    }
    arguments.dedup();
    Some(Detection {
        image,
        arguments,
        parents: parents::of(report.format, finding),
    })
}

/// The name of the process that a log shows, if the image is a program itself.
fn program(image: &str) -> Option<String> {
    match image.rsplit_once('.') {
        None => Some(format!("{image}.exe")),
        Some((_, "exe" | "com" | "scr" | "pif")) => Some(image.to_owned()),
        Some(_) => None,
    }
}

fn text(detection: &Detection, rule: &Rule, created: Created) -> Text {
    let Detection {
        image,
        arguments,
        parents,
    } = detection;
    let mut name = vec!["sigma", image.as_deref().unwrap_or_default()];
    name.push("parents");
    name.extend(parents);
    name.push("arguments");
    name.extend(arguments.iter().map(String::as_str));
    let id = ids::id(&name).to_string();
    let title = title(detection);
    let mut yaml = Yaml::default();
    yaml.text("title", &title);
    yaml.text("id", &id);
    yaml.text("status", "experimental");
    yaml.text(
        "description",
        "What a document that was analysed asks for when its DDE or program link acts. Predicted from the \
         document; no such process was observed.",
    );
    yaml.list("references", &rule.samples);
    yaml.text("author", "ddetect");
    yaml.text("date", &created.date());
    yaml.list("tags", &rule.tags);
    yaml.open("logsource");
    yaml.text("category", "process_creation");
    yaml.text("product", "windows");
    yaml.close();
    yaml.open("detection");
    yaml.open("selection");
    let parents: Vec<_> = parents.iter().map(|name| format!("\\{name}")).collect();
    yaml.patterns("ParentImage|endswith", &parents);
    if let Some(image) = image {
        yaml.patterns("Image|endswith", &[format!("\\{image}")]);
    }
    if !arguments.is_empty() {
        yaml.patterns("CommandLine|contains|all", arguments);
    }
    yaml.close();
    yaml.text("condition", "selection");
    yaml.close();
    yaml.list(
        "falsepositives",
        &["A document of one's own that starts the same program with the same arguments"],
    );
    yaml.text("level", rule.level.as_str());
    Text {
        id,
        title,
        yaml: yaml.into_text(),
    }
}

/// Says what starts what, in printable ASCII: titles stand in lists.
fn title(detection: &Detection) -> String {
    let image = detection.image.iter().map(String::as_str);
    let line: Vec<_> = image
        .chain(detection.arguments.iter().map(String::as_str))
        .collect();
    let line: String = line
        .join(" ")
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(TITLE)
        .collect();
    let by = parents::title(&detection.parents);
    format!("Document Link in {by} Starts {}", line.trim())
}

/// The tag of the technique that this library is about.
fn dde_tag() -> String {
    format!("attack.{}", attack::DDE.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
