//! Links for what formulas and texts say: DDE references, inert text, functions and macros
//! (`spec/excel.md` §1.3, §1.5).

use super::evidence::{Find, Key, What};
use super::resolve::{PLACES, Tied, note_place};
use crate::formula::functions::{Class, UNKNOWN};
use crate::formula::render;
use crate::link::{Carrier, Kind, Link, Reading, TechniqueId, Trigger};

impl<'g> Tied<'g> {
    /// A link for what a formula or a text says.
    pub(super) fn find(&self, key: &Key, find: &'g Find) -> Option<Link> {
        let place = self.book.places.get(find.part)?;
        let mut location = place.location.clone();
        if let Some(((part, _), spot)) = find.users.spots.first() {
            location = location.with_cell(&self.describe(*part, spot));
        }
        let location = location.with_offset(find.offset);
        let mut found = Link::new(Kind::Dde, find.carrier, location, find.raw.clone());
        found.confidence = find.confidence;
        found.trigger = Trigger::Update;
        let [service, topic, item] = &key.words;
        match key.what {
            What::Dde | What::DdeCall => {
                found.siblings = self
                    .feeds
                    .get(&(service.as_str(), topic.as_str()))
                    .copied()
                    .unwrap_or(1);
                found.readings.push(reading(service, topic, item));
            }
            What::Inert => {
                found.kind = Kind::Inert;
                found.trigger = Trigger::None;
                found.readings.push(reading(service, topic, item));
            }
            What::File => {
                found.kind = Kind::ExternalLink;
                found.carrier = Carrier::ExternalWorkbook;
                found.target = Some(service.clone());
            }
            What::Call(name, class) => self.call(&mut found, name, class, key),
        }
        // A text that another program opens is no formula there.
        if place.techniques.contains(&TechniqueId::ForeignName) {
            if found.kind != Kind::Dde && found.kind != Kind::Inert {
                return None;
            }
            found.kind = Kind::Inert;
            found.trigger = Trigger::None;
        }
        for technique in &find.techniques {
            found.add_technique(*technique);
        }
        if find.unresolved {
            found.add_technique(TechniqueId::Unresolved);
        }
        self.name_users(&mut found, &[&find.users], PLACES);
        note_place(&mut found, place);
        let places = &self.book.places;
        let reached = |place: &usize| places.get(*place).is_none_or(|place| place.reachable);
        if !find.users.parts.iter().any(reached) && !place.reachable {
            found.add_technique(TechniqueId::Unreachable);
        }
        Some(found)
    }

    fn call(&self, found: &mut Link, name: &str, class: Class, key: &Key) {
        let [first, second, third] = &key.words;
        match class {
            Class::Click => {
                found.kind = Kind::ExternalLink;
                found.trigger = Trigger::Click;
                found.carrier = Carrier::Hyperlink;
                found.target = Some(first.clone());
            }
            Class::Server => {
                found.kind = Kind::ExternalLink;
                found.carrier = Carrier::Function;
                found.prog_id = Some(first.clone());
                let server = if second.is_empty() || second == UNKNOWN {
                    first
                } else {
                    second
                };
                found.target = Some(server.clone());
            }
            Class::Execute | Class::Run => {
                found.kind = Kind::Execute;
                found.carrier = Carrier::Xlm;
                found.target = Some(first.clone());
                self.open_with_macro(found);
            }
            Class::Dde => {
                found.carrier = Carrier::Xlm;
                let some = |word: &String| (!word.is_empty()).then(|| word.clone());
                let resolved = match name {
                    "INITIATE" => format!("INITIATE(\"{first}\",\"{second}\")"),
                    _ => format!("{name}(\"{third}\")"),
                };
                found.readings.push(Reading {
                    service: some(first),
                    topic: some(second),
                    item: some(third),
                    resolved,
                });
                self.open_with_macro(found);
                if found.trigger == Trigger::Open {
                    found.kind = Kind::DdeAuto;
                }
            }
            Class::Link if name != "SQL.REQUEST" => {
                found.kind = Kind::ExternalLink;
                found.carrier = Carrier::Xlm;
                found.target = Some(first.clone());
                self.open_with_macro(found);
            }
            Class::Fetch | Class::Sheets | Class::Link | Class::DdeFunction | Class::Write => {
                found.kind = Kind::ExternalLink;
                found.carrier = Carrier::Function;
                found.target = Some(first.clone());
            }
        }
    }

    /// A macro may run when the workbook is opened.
    fn open_with_macro(&self, found: &mut Link) {
        if self.book.auto_open {
            found.trigger = Trigger::Open;
        }
    }
}

fn reading(service: &str, topic: &str, item: &str) -> Reading {
    Reading {
        service: Some(service.to_owned()),
        topic: Some(topic.to_owned()),
        item: Some(item.to_owned()),
        resolved: render(service, topic, item),
    }
}
