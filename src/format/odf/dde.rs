//! Declared DDE connections: `text:dde-connection-decl`, and `office:dde-source` in sections and
//! tables (`spec/word.md` §4.7; `spec/excel.md` §7.1).

use super::{Entry, Gather, What};
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, TechniqueId};
use crate::markup::xml::Tag;

impl Gather {
    /// A declaration. Nothing has to refer to it: LibreOffice connects when it loads it.
    pub(super) fn declare(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let text = |name| {
            let value = tag.attribute(name).map(|value| value.into_owned());
            value.filter(|value| !value.trim().is_empty())
        };
        let (service, topic) = (text("dde-application"), text("dde-topic"));
        if service.is_none() && topic.is_none() {
            return;
        }
        // The default is true (ODF 1.3 part 3, 19.27).
        let auto = text("automatic-update").is_none_or(|value| {
            !matches!(value.trim().to_ascii_lowercase().as_str(), "false" | "0")
        });
        let referenced = tag
            .attributes()
            .any(|attribute| attribute.referenced && attribute.name.local.starts_with("dde-"));
        let entry = Entry {
            part: self.part(),
            offset: tag.offset,
            raw: tag.source().to_owned(),
            what: What::Dde {
                carrier: Carrier::DdeDeclaration,
                name: text("name"),
                service: service.unwrap_or_default(),
                topic: topic.unwrap_or_default(),
                item: text("dde-item"),
                auto,
            },
            confidence: Confidence::High,
            count: 1,
            in_cell: false,
            used_by: Vec::new(),
            sheets: Vec::new(),
            techniques: referenced
                .then_some(TechniqueId::CharacterReferences)
                .into_iter()
                .collect(),
        };
        self.keep(entry, None, budget);
    }

    /// A field that shows what a declared connection gives.
    pub(super) fn connect(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(name) = tag.attribute("connection-name") else {
            return;
        };
        let name = name.trim();
        let user = format!("text:dde-connection @ byte {}", tag.offset);
        let known = self.uses.get(name).map(Vec::len);
        if known.is_some_and(|known| known >= super::USERS) {
            return;
        }
        let (names, more) = match known {
            Some(_) => (0, 0),
            None => (name.len(), super::ENTRY),
        };
        if !self.pay(names.saturating_add(user.len()), more, budget) {
            return;
        }
        let users = self.uses.entry(name.to_owned()).or_default();
        if !users.contains(&user) {
            users.push(user);
        }
    }
}
