//! STIX 2.1: a bundle for threat intelligence platforms.
//!
//! Source: OASIS, STIX Version 2.1 (section numbers below), and for the id and dates of the attack
//! pattern MITRE's own bundle of ATT&CK, version 18.1.
//!
//! A document is a `file` with the parts on the way to its findings (`contains_refs`), observed as
//! what it is (`observed-data`) and judged (`malware-analysis`). What counts for the verdict gives
//! `indicator`s: the document by its hash, addresses, and the Sigma rules of its commands. What it
//! would start stands in a `note`: it is predicted, so there is never a `process`.
//!
//! Ids do not depend on the time. Those of the document follow the rule for observables (2.9); its
//! parts have no hash, and an id from their names alone would be the same for any two documents, so
//! theirs are made in a namespace of our own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::created::Created;
use super::reported::{Found, Named, Reported};
use super::sigma::Sigma;
use super::{attack, ids};
use crate::recorded::RecordedReport;
use crate::verdict::Verdict;

/// The id that MITRE gave T1559.002, and when it was made.
const PATTERN: (&str, &str) = (
    "attack-pattern--232a7e42-cd6e-4902-8fe9-2960f529dd4d",
    "2020-02-12T14:10:50.699Z",
);
/// When MITRE changed it last.
const PATTERN_MODIFIED: &str = "2025-10-24T17:48:31.581Z";

/// Bytes of a script in a note.
const SCRIPT: usize = 4096;

/// Reports as one STIX bundle.
#[derive(Clone, Debug)]
pub struct Stix {
    created: Created,
    ids: BTreeSet<String>,
    objects: Vec<Value>,
}

impl Stix {
    /// An empty bundle. The same moment for the same reports gives the same bytes.
    pub fn new(created: Created) -> Self {
        Stix {
            created,
            ids: BTreeSet::new(),
            objects: Vec::new(),
        }
    }

    /// Adds a report.
    pub fn add<'r>(&mut self, report: impl Into<Cow<'r, RecordedReport>>) {
        let report = report.into();
        self.take(&Reported::from(report.as_ref()));
    }

    fn take(&mut self, report: &Reported<'_>) {
        let file = self.file(report);
        let who = report.name.unwrap_or("document");
        let observed = self.domain(
            "observed-data",
            &[&file],
            json!({
                "first_observed": self.time(),
                "last_observed": self.time(),
                "number_observed": 1,
                "object_refs": [file],
            }),
        );
        let result = match report.verdict {
            Verdict::Malicious => "malicious",
            Verdict::Suspicious => "suspicious",
            Verdict::Incomplete => "unknown",
            Verdict::Clean => "benign",
        };
        let analysis = self.domain(
            "malware-analysis",
            &[&file],
            json!({
                "product": "ddetect",
                "version": env!("CARGO_PKG_VERSION"),
                "result": result,
                "sample_ref": file,
            }),
        );
        let dde = report
            .findings
            .iter()
            .any(|finding| finding.counts() && finding.attack.contains(&attack::DDE));
        if dde {
            self.attack_pattern();
        }
        let bad = matches!(report.verdict, Verdict::Malicious | Verdict::Suspicious);
        if let Some(sha256) = report.sha256.filter(|_| bad) {
            let pattern = format!("[file:hashes.'SHA-256' = '{sha256}']");
            let of = Indicator {
                name: format!("SHA-256 of {who}"),
                pattern,
                language: "stix",
                malicious: report.verdict == Verdict::Malicious,
                key: &[sha256],
            };
            self.indicator(&of, &observed, dde);
        }
        for finding in report.findings.iter().filter(|finding| finding.counts()) {
            self.finding(finding, &observed, &[&file, &analysis]);
        }
        self.rules(report, &observed);
    }

    fn finding(&mut self, finding: &Found<'_>, observed: &str, about: &[&str]) {
        let dde = finding.attack.contains(&attack::DDE);
        for named in &finding.indicators {
            let Some((name, pattern)) = pattern(named) else {
                continue;
            };
            let of = Indicator {
                name,
                language: "stix",
                malicious: finding.is_malicious(),
                key: &[&pattern.clone()],
                pattern,
            };
            self.indicator(&of, observed, dde);
        }
        if finding.starts() && !finding.runs.is_empty() {
            let first = about.first().copied().unwrap_or_default();
            self.domain(
                "note",
                &[first, finding.fingerprint, finding.place.display],
                json!({
                    "abstract": "Predicted by analysis of the document: no process was observed",
                    "content": predicted(finding),
                    "object_refs": about,
                }),
            );
        }
    }

    /// One indicator for each command, whatever number of findings ask for it.
    fn rules(&mut self, report: &Reported<'_>, observed: &str) {
        let mut sigma = Sigma::new(self.created);
        sigma.take(report);
        let dde = format!("attack.{}", attack::DDE.to_ascii_lowercase());
        let rules: Vec<_> = sigma.rules().collect();
        for rule in rules {
            let tagged = rule.yaml.contains(&dde);
            let of = Indicator {
                name: rule.title,
                pattern: rule.yaml,
                language: "sigma",
                malicious: report.verdict == Verdict::Malicious,
                key: &["sigma", &rule.id],
            };
            self.indicator(&of, observed, tagged);
        }
    }

    fn indicator(&mut self, of: &Indicator<'_>, observed: &str, dde: bool) {
        let kind = match of.malicious {
            true => "malicious-activity",
            false => "anomalous-activity",
        };
        let id = self.domain(
            "indicator",
            of.key,
            json!({
                "name": of.name,
                "indicator_types": [kind],
                "pattern": of.pattern,
                "pattern_type": of.language,
                "valid_from": self.time(),
            }),
        );
        self.relation(&id, "based-on", observed);
        if dde {
            self.relation(&id, "indicates", PATTERN.0);
        }
    }

    fn relation(&mut self, from: &str, what: &str, to: &str) {
        self.domain(
            "relationship",
            &[from, what, to],
            json!({
                "relationship_type": what,
                "source_ref": from,
                "target_ref": to,
            }),
        );
    }

    /// The document and the parts that lead to its findings; the id of the document.
    fn file(&mut self, report: &Reported<'_>) -> String {
        let hashes = report.sha256.map(|sha256| json!({ "SHA-256": sha256 }));
        // One of the two is needed (6.7).
        let name = match (report.name, &hashes) {
            (None, None) => Some("document"),
            (name, _) => name,
        };
        // Sorted keys, which with serde_json's escapes are canonical JSON (RFC 8785). A crate beside this
        // one may have switched `preserve_order` on: they are put in their order.
        let mut canonical = json!({});
        put(&mut canonical, "hashes", hashes.clone());
        put(&mut canonical, "name", name.map(Value::from));
        let id = format!("file--{}", ids::observable(&canonical.to_string()));
        if self.ids.contains(&id) {
            return id;
        }
        let named = usize::from(report.name.is_some());
        let mut paths = BTreeSet::new();
        for finding in &report.findings {
            let inside = finding.place.path.get(named..).unwrap_or_default();
            paths.extend((1..=inside.len()).filter_map(|end| inside.get(..end)));
        }
        let part = |path: &[&str]| {
            let key = [&["part", id.as_str()], path].concat();
            format!("file--{}", ids::id(&key))
        };
        let mut children: BTreeMap<&[&str], Vec<String>> = BTreeMap::new();
        for path in &paths {
            if let Some((_, parent)) = path.split_last() {
                children.entry(parent).or_default().push(part(path));
            }
        }
        let below = |parent: &[&str]| children.get(parent).cloned();
        let mut file = json!({
            "type": "file",
            "spec_version": "2.1",
            "id": id,
            "size": report.bytes,
        });
        put(&mut file, "hashes", hashes);
        put(&mut file, "name", name.map(Value::from));
        put(&mut file, "contains_refs", below(&[]).map(Value::from));
        let mut objects = vec![file];
        for path in &paths {
            let mut inner = json!({
                "type": "file",
                "spec_version": "2.1",
                "id": part(path),
                "name": path.last(),
            });
            put(&mut inner, "contains_refs", below(path).map(Value::from));
            objects.push(inner);
        }
        self.ids.insert(id.clone());
        self.objects.extend(objects);
        id
    }

    fn attack_pattern(&mut self) {
        if !self.ids.insert(PATTERN.0.to_owned()) {
            return;
        }
        self.objects.push(json!({
            "type": "attack-pattern",
            "spec_version": "2.1",
            "id": PATTERN.0,
            "created": PATTERN.1,
            "modified": PATTERN_MODIFIED,
            "name": "Dynamic Data Exchange",
            "kill_chain_phases": [
                { "kill_chain_name": "mitre-attack", "phase_name": "execution" },
            ],
            "external_references": [{
                "source_name": "mitre-attack",
                "external_id": attack::DDE,
                "url": attack::page(attack::DDE).trim_end_matches('/'),
            }],
        }));
    }

    /// Adds an object with an id of ours, unless it is there.
    fn domain(&mut self, kind: &str, key: &[&str], mut object: Value) -> String {
        let id = format!("{kind}--{}", ids::id(&[&["stix", kind], key].concat()));
        if self.ids.insert(id.clone()) {
            put(&mut object, "type", Some(kind.into()));
            put(&mut object, "spec_version", Some("2.1".into()));
            put(&mut object, "id", Some(id.as_str().into()));
            put(&mut object, "created", Some(self.time().into()));
            put(&mut object, "modified", Some(self.time().into()));
            self.objects.push(object);
        }
        id
    }

    fn time(&self) -> String {
        self.created.to_string()
    }
}

impl Serialize for Stix {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ids: Vec<_> = self.ids.iter().map(String::as_str).collect();
        let bundle = Bundle {
            kind: "bundle",
            id: format!("bundle--{}", ids::id(&ids)),
            objects: &self.objects,
        };
        bundle.serialize(to)
    }
}

#[derive(Serialize)]
struct Bundle<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    /// An empty list is not allowed (8).
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    objects: &'a [Value],
}

struct Indicator<'a> {
    name: String,
    pattern: String,
    language: &'static str,
    malicious: bool,
    key: &'a [&'a str],
}

fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Value::Object(object), Some(value)) = (object, value) {
        object.insert(key.to_owned(), value);
    }
}

/// Name and pattern of an address; nothing for what is no observable of its own.
fn pattern(named: &Named<'_>) -> Option<(String, String)> {
    let meaning = named.meaning();
    let object = match named.kind {
        "url" => "url",
        "host" => "domain-name",
        "ip" if meaning.contains(':') => "ipv6-addr",
        "ip" => "ipv4-addr",
        "email" => "email-addr",
        _ => return None,
    };
    let quoted = meaning.replace('\\', "\\\\").replace('\'', "\\'");
    let name = format!("{} {}", named.kind, named.defanged);
    Some((name, format!("[{object}:value = '{quoted}']")))
}

/// What would start, one line a program, indented by who starts it.
fn predicted(finding: &Found<'_>) -> String {
    let mut text = format!("At {}:\n", finding.place.display);
    for run in &finding.runs {
        for _ in 0..run.depth {
            text.push_str("  ");
        }
        text.push_str(run.image.unwrap_or("(unknown program)"));
        if let Some(arguments) = run.arguments {
            text.push(' ');
            text.push_str(arguments);
        }
        text.push('\n');
        if let Some(script) = run.script.filter(|script| run.arguments != Some(script)) {
            let cut = super::shortened(script, SCRIPT);
            text.push_str("  script: ");
            text.push_str(cut);
            text.push_str(if cut.len() < script.len() {
                "…\n"
            } else {
                "\n"
            });
        }
    }
    text
}

#[cfg(test)]
mod tests;
