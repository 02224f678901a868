//! What one DDE link asks for, its disguises undone once for all its items
//! (`spec/excel.md` §0.4, §1.2).

use std::borrow::Cow;

use super::external::ExternalLink;
use crate::formula::normalise::normalise;
use crate::link::{Technique, TechniqueId};

/// What one DDE link asks for, decoded once for all its items.
pub(super) struct Ask {
    pub(super) service: String,
    pub(super) topic: String,
    pub(super) raw: String,
    /// Bytes that are copied for each item.
    pub(super) copy: usize,
    pub(super) siblings: u32,
    /// The words stand in attributes.
    attributes: bool,
    pub(super) techniques: Vec<Technique>,
}

impl Ask {
    pub(super) fn new(
        link: &ExternalLink,
        service: &str,
        topic: &str,
        siblings: Option<u32>,
    ) -> Self {
        let mut techniques: Vec<Technique> = Vec::new();
        let mut note = |technique: Technique| {
            if !techniques.iter().any(|known| known.id == technique.id) {
                techniques.push(technique);
            }
        };
        let mut clear = |raw: &str| {
            let decoded = link.clear(raw);
            if let Cow::Owned(decoded) = &decoded {
                note(Technique::step(TechniqueId::XEscapes, raw, decoded.clone()));
            }
            let plain = normalise(&decoded);
            for id in plain.techniques() {
                note(Technique::step(id, raw, plain.text.clone()));
            }
            plain.text.into_owned()
        };
        let attributes = link.style.escaped;
        let raw = if attributes {
            format!("ddeService=\"{service}\" ddeTopic=\"{topic}\"")
        } else {
            format!("{service}|{topic}")
        };
        let (service, topic) = (clear(service), clear(topic));
        for technique in &link.style.techniques {
            note((*technique).into());
        }
        Ask {
            copy: service.len().saturating_add(topic.len()).max(1),
            service,
            topic,
            raw,
            siblings: siblings.unwrap_or(1),
            attributes,
            techniques,
        }
    }

    /// What stands in the file, with the name of an item.
    pub(super) fn with_item(&self, name: &str) -> String {
        if self.attributes {
            format!("{} item=\"{name}\"", self.raw)
        } else {
            format!("{}!{name}", self.raw)
        }
    }
}
