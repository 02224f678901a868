//! MISP: an event for sharing.
//!
//! Source: MISP core format (`draft-dulaunoy-misp-core-format`), the object templates of
//! misp-objects (their ids and versions stand below) and MISP's list of types and categories.
//!
//! A document is a `file` object with a `malware-analysis` object; each distinct command is a
//! `sigma` object; addresses are attributes. Only those of malicious findings are marked for
//! detection (`to_ids`). There is no template for Office or DDE, and none is invented here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::created::Created;
use super::reported::{Named, Reported};
use super::sigma::Sigma;
use super::{attack, ids};
use crate::recorded::RecordedReport;
use crate::verdict::Verdict;

/// The cluster of MISP's galaxy.
const TAG: &str = "misp-galaxy:mitre-attack-pattern=\"Dynamic Data Exchange - T1559.002\"";

/// A template: name, category, id, version, description.
type Template = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const FILE: Template = (
    "file",
    "file",
    "688c46fb-5edb-40a3-8273-1af7923e2215",
    "25",
    "File object describing a file with meta-information",
);
const ANALYSIS: Template = (
    "malware-analysis",
    "misc",
    "8229ee82-7218-4ff5-9eac-57961a6f0288",
    "1",
    "Malware Analysis captures the metadata and results of a particular static or dynamic analysis performed on a \
     malware instance or family.",
);
const SIGMA: Template = (
    "sigma",
    "misc",
    "aa21a3cd-ab2c-442a-9999-a5e6626591ec",
    "2",
    "An object describing a Sigma rule (or a Sigma rule name).",
);

/// Reports as one MISP event.
#[derive(Clone, Debug)]
pub struct Misp {
    created: Created,
    ids: BTreeSet<String>,
    attributes: Vec<Value>,
    objects: Vec<Value>,
    documents: u64,
    worst: Verdict,
    dde: bool,
}

/// One attribute of an object.
struct Field<'a> {
    relation: &'a str,
    kind: &'a str,
    category: &'a str,
    value: String,
    to_ids: bool,
}

impl<'a> Field<'a> {
    fn new(relation: &'a str, kind: &'a str, category: &'a str, value: impl Into<String>) -> Self {
        Field {
            relation,
            kind,
            category,
            value: value.into(),
            to_ids: false,
        }
    }
}

impl Misp {
    /// An event without a document. The same moment for the same reports gives the same bytes.
    pub fn new(created: Created) -> Self {
        Misp {
            created,
            ids: BTreeSet::new(),
            attributes: Vec::new(),
            objects: Vec::new(),
            documents: 0,
            worst: Verdict::Clean,
            dde: false,
        }
    }

    /// Adds a report.
    pub fn add<'r>(&mut self, report: impl Into<Cow<'r, RecordedReport>>) {
        let report = report.into();
        self.take(&Reported::from(report.as_ref()));
    }

    fn take(&mut self, report: &Reported<'_>) {
        self.documents = self.documents.saturating_add(1);
        self.worst = self.worst.max(report.verdict);
        let malicious = report.verdict == Verdict::Malicious;
        let mut fields = vec![Field::new(
            "size-in-bytes",
            "size-in-bytes",
            "Other",
            report.bytes.to_string(),
        )];
        fields.extend(report.sha256.map(|sha256| Field {
            to_ids: malicious,
            ..Field::new("sha256", "sha256", "Payload delivery", sha256)
        }));
        let name = report.name.filter(|name| !name.trim().is_empty());
        fields
            .extend(name.map(|name| Field::new("filename", "filename", "Payload delivery", name)));
        let key = [report.sha256.unwrap_or_default(), name.unwrap_or_default()];
        let file = self.object(&FILE, &key, &fields, None);
        let result = match report.verdict {
            Verdict::Malicious => "malicious",
            Verdict::Suspicious => "suspicious",
            Verdict::Incomplete => "unknown",
            Verdict::Clean => "benign",
        };
        let fields = [
            Field::new("product", "text", "Other", "ddetect"),
            Field::new("version", "text", "Other", env!("CARGO_PKG_VERSION")),
            Field::new("result", "text", "Other", result),
        ];
        self.object(&ANALYSIS, &key, &fields, Some((&file, "analyses")));
        for finding in report.findings.iter().filter(|finding| finding.counts()) {
            self.dde |= finding.attack.contains(&attack::DDE);
            for named in &finding.indicators {
                self.attribute(named, finding.is_malicious(), finding.fingerprint);
            }
        }
        let mut sigma = Sigma::new(self.created);
        sigma.take(report);
        let rules: Vec<_> = sigma.rules().collect();
        for rule in rules {
            let fields = [
                Field::new("sigma", "sigma", "Payload installation", rule.yaml),
                Field::new("sigma-rule-name", "text", "Other", rule.title),
            ];
            self.object(&SIGMA, &[&rule.id], &fields, Some((&file, "related-to")));
        }
    }

    fn attribute(&mut self, named: &Named<'_>, malicious: bool, fingerprint: &str) {
        let (kind, category) = match named.kind {
            "url" => ("url", "Network activity"),
            "host" => ("hostname", "Network activity"),
            "ip" => ("ip-dst", "Network activity"),
            "email" => ("email", "Network activity"),
            "unc" => ("uri", "Network activity"),
            "file-path" => ("filename", "Artifacts dropped"),
            "registry-key" => ("regkey", "Persistence mechanism"),
            _ => return,
        };
        let value = named.meaning().trim();
        if value.is_empty() {
            return;
        }
        let id = ids::id(&["misp", "attribute", kind, value]).to_string();
        if !self.ids.insert(id.clone()) {
            return;
        }
        // Paths and keys that a command names are often those of Windows itself.
        let network = category == "Network activity";
        self.attributes.push(json!({
            "uuid": id,
            "type": kind,
            "category": category,
            "value": value,
            "to_ids": malicious && network,
            "distribution": "5",
            "disable_correlation": false,
            "timestamp": self.created.unix().to_string(),
            "comment": format!("Named by a finding with fingerprint {fingerprint}"),
        }));
    }

    fn object(
        &mut self,
        template: &Template,
        key: &[&str],
        fields: &[Field<'_>],
        refers: Option<(&str, &str)>,
    ) -> String {
        let (name, category, template_id, version, description) = template;
        let id = ids::id(&[&["misp", name], key].concat()).to_string();
        if !self.ids.insert(id.clone()) {
            return id;
        }
        let time = self.created.unix().to_string();
        let attributes = fields.iter().map(|field| {
            json!({
                "uuid": ids::id(&[&id, field.relation]).to_string(),
                "object_relation": field.relation,
                "type": field.kind,
                "category": field.category,
                "value": field.value,
                "to_ids": field.to_ids,
                "distribution": "5",
                "disable_correlation": !matches!(field.kind, "sha256" | "sigma" | "filename"),
                "timestamp": time,
                "comment": "",
            })
        });
        let attributes: Vec<_> = attributes.collect();
        let references = refers.map(|(to, how)| {
            json!({
                "uuid": ids::id(&[&id, how, to]).to_string(),
                "object_uuid": id,
                "referenced_uuid": to,
                "relationship_type": how,
                "timestamp": time,
                "comment": "",
            })
        });
        let references: Vec<_> = references.into_iter().collect();
        self.objects.push(json!({
            "uuid": id,
            "name": name,
            "meta-category": category,
            "description": description,
            "template_uuid": template_id,
            "template_version": version,
            "distribution": "5",
            "timestamp": time,
            "comment": "",
            "Attribute": attributes,
            "ObjectReference": references,
        }));
        id
    }
}

impl Serialize for Misp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ids: Vec<_> = self.ids.iter().map(String::as_str).collect();
        // High, medium, undefined.
        let threat = match self.worst {
            Verdict::Malicious => "1",
            Verdict::Suspicious => "2",
            Verdict::Incomplete | Verdict::Clean => "4",
        };
        let tags: &[Value] = match self.dde {
            true => &[json!({ "name": TAG })],
            false => &[],
        };
        let plural = if self.documents == 1 { "" } else { "s" };
        json!({
            "Event": {
                "uuid": ids::id(&[&["misp", "event"], ids.as_slice()].concat()).to_string(),
                "info": format!("ddetect: {} document{plural}, {}", self.documents, self.worst.as_str()),
                "date": self.created.date(),
                "timestamp": self.created.unix().to_string(),
                "threat_level_id": threat,
                // Completed: what follows is somebody else's.
                "analysis": "2",
                // This organisation only, until somebody decides otherwise.
                "distribution": "0",
                "published": false,
                "Tag": tags,
                "Attribute": self.attributes,
                "Object": self.objects,
            }
        })
        .serialize(to)
    }
}

#[cfg(test)]
mod tests;
