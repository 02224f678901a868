//! Changes of the registry, compared with what the cards say to look for.

use std::collections::HashMap;

use ddetect::Triage;
use ddetect::triage::{Field, Match, MatchQuality};

use crate::events::ValueSet;

/// The event of a card from which all is taken: it has key and name in one, as events are read.
const SYSMON_VALUE_SET: u16 = 13;

/// A value that a card says to look for.
#[derive(Debug)]
pub(super) struct Value {
    /// The number of the card.
    pub(super) card: usize,
    /// The id of the chain that sets it; none where it lets DDE run.
    pub(super) chain: Option<String>,
    /// How the key with the name ends, in lower case.
    ending: String,
    /// The data, in lower case; none of them where any will do.
    data: Vec<String>,
}

impl Value {
    /// How well an event is what was wanted.
    fn compare(&self, object: &str, data: &str) -> Option<MatchQuality> {
        if !object.ends_with(&self.ending) {
            return None;
        }
        let hit = self
            .data
            .iter()
            .any(|wanted| match (number(wanted), number(data)) {
                (Some(wanted), Some(data)) => wanted == data,
                // A path may stand before it, or arguments behind.
                _ => data.contains(wanted.as_str()),
            });
        match (hit, self.data.is_empty(), &self.chain) {
            (true, _, _) => Some(MatchQuality::Exact),
            (false, true, _) => Some(MatchQuality::Terms),
            // Other data closes what lets DDE run; a payload may have been changed.
            (false, false, Some(_)) => Some(MatchQuality::Image),
            (false, false, None) => None,
        }
    }
}

/// All of them, found by the last word of the key.
#[derive(Debug, Default)]
pub(super) struct Values(HashMap<String, Vec<Value>>);

impl Values {
    pub(super) fn add(&mut self, card: usize, triage: &Triage) {
        let sysmon = |event| event == SYSMON_VALUE_SET;
        for hunt in triage.hunts.iter().filter(|hunt| sysmon(hunt.event)) {
            let objects = values(&hunt.fields, "TargetObject");
            let data: Vec<_> = values(&hunt.fields, "Details");
            for ending in objects {
                let name = last(&ending).to_owned();
                self.0.entry(name).or_default().push(Value {
                    card,
                    chain: hunt.chain.clone(),
                    ending,
                    data: data.clone(),
                });
            }
        }
    }

    /// Those that the event is, with how well.
    pub(super) fn hits(&self, event: &ValueSet<'_>) -> Vec<(&Value, MatchQuality)> {
        // Most values have other names: nothing is copied for them but the name.
        let name = last(&event.object).to_ascii_lowercase();
        let Some(values) = self.0.get(&name) else {
            return Vec::new();
        };
        let object = event.object.to_ascii_lowercase();
        let data = event.data.to_ascii_lowercase();
        let hits = values.iter();
        hits.filter_map(|value| Some((value, value.compare(&object, &data)?)))
            .collect()
    }
}

fn last(key: &str) -> &str {
    key.rsplit('\\').next().unwrap_or(key)
}

fn values(fields: &[Field], name: &str) -> Vec<String> {
    let of_name = fields.iter().filter(|field| field.name == name);
    let known = of_name.filter(|field| field.compare != Match::ContainsAny);
    known
        .flat_map(|field| field.values.iter().map(|value| value.to_ascii_lowercase()))
        .collect()
}

/// A number as Sysmon (`DWORD (0x00000002)`), 4657 (`2`) and others write it.
fn number(data: &str) -> Option<u64> {
    let data = data.trim();
    let inside = data
        .strip_prefix("dword (")
        .or_else(|| data.strip_prefix("qword ("))
        .and_then(|rest| rest.strip_suffix(')'));
    let text = inside.unwrap_or(data);
    match text.strip_prefix("0x") {
        Some(digits) => {
            // QWORDs are written as two halves.
            let digits = digits.replace("-0x", "");
            u64::from_str_radix(&digits, 16).ok()
        }
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_spelling() {
        for text in [
            "2",
            "0x2",
            "dword (0x00000002)",
            " 0x00000002 ",
            "qword (0x00000000-0x00000002)",
        ] {
            assert_eq!(number(text), Some(2), "{text}");
        }
        assert_eq!(number("binary data"), None);
    }
}
