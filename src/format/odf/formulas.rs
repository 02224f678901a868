//! Links in formulas: `DDE(…)`, `service|topic!item`, functions that fetch, other files
//! (`spec/excel.md` §7.2).

use super::{Entry, Gather, What};
use crate::formula::dde_call::triple;
use crate::formula::functions::{Class, calls};
use crate::formula::normalise::normalise;
use crate::formula::scan::scan;
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};
use crate::markup::xml::Tag;

/// Attributes that hold formulas.
const FORMULAS: [&str; 4] = ["formula", "expression", "condition", "value"];

impl Gather {
    /// The formulas of an element.
    pub(super) fn formulas(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        for attribute in FORMULAS {
            let Some(text) = tag.attribute(attribute) else {
                continue;
            };
            if memchr::memchr3(b'(', b'|', b'\'', text.as_bytes()).is_some() {
                self.formula(&text, tag, budget);
            }
        }
    }

    fn formula(&mut self, text: &str, tag: &Tag<'_>, budget: &Budget<'_>) {
        let plain = normalise(text);
        let techniques: Vec<TechniqueId> = plain.techniques().collect();
        let line = expression(&plain.text);
        for call in calls(line) {
            let raw = line.get(call.span.clone()).unwrap_or_default();
            if let Some(dde) = triple(&call) {
                let mut techniques = techniques.clone();
                if !dde.known {
                    techniques.push(TechniqueId::Unresolved);
                }
                let what = What::Dde {
                    carrier: Carrier::Formula,
                    name: None,
                    service: dde.service,
                    topic: dde.topic,
                    item: dde.item,
                    auto: true,
                };
                self.sight(what, raw, Confidence::High, techniques, tag, budget);
                continue;
            }
            let (carrier, trigger) = if call.class == Class::Fetch {
                (Carrier::Function, Trigger::Update)
            } else if call.class == Class::Click {
                (Carrier::Hyperlink, Trigger::Click)
            } else {
                continue;
            };
            let Some(target) = call.arguments.first().map(|argument| argument.text.clone()) else {
                continue;
            };
            self.file(target, carrier, trigger, raw, &techniques, tag, budget);
        }
        if memchr::memchr(b'|', line.as_bytes()).is_some() {
            let is_program = self.is_program;
            for hit in scan(line, true, &is_program) {
                let raw = line.get(hit.span.clone()).unwrap_or_default();
                let what = What::Dde {
                    carrier: Carrier::Formula,
                    name: None,
                    service: hit.service.into_owned(),
                    topic: hit.topic.into_owned(),
                    item: Some(hit.item.into_owned()),
                    auto: true,
                };
                // Excel takes it for a link; LibreOffice makes an error of it.
                let confidence = hit.confidence.max(Confidence::Medium);
                self.sight(what, raw, confidence, techniques.clone(), tag, budget);
            }
        }
        for target in files(line) {
            let carrier = Carrier::ExternalWorkbook;
            let target = target.to_owned();
            let trigger = Trigger::Update;
            self.file(target, carrier, trigger, line, &techniques, tag, budget);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one property of the link"
    )]
    fn file(
        &mut self,
        target: String,
        carrier: Carrier,
        trigger: Trigger,
        raw: &str,
        techniques: &[TechniqueId],
        tag: &Tag<'_>,
        budget: &Budget<'_>,
    ) {
        let what = What::Place {
            kind: Kind::ExternalLink,
            carrier,
            trigger,
            target,
        };
        self.sight(
            what,
            raw,
            Confidence::Certain,
            techniques.to_vec(),
            tag,
            budget,
        );
    }

    fn sight(
        &mut self,
        what: What,
        raw: &str,
        confidence: Confidence,
        techniques: Vec<TechniqueId>,
        tag: &Tag<'_>,
        budget: &Budget<'_>,
    ) {
        let entry = Entry {
            part: self.part(),
            offset: tag.offset,
            raw: raw.to_owned(),
            what,
            confidence,
            count: 1,
            used_by: Vec::new(),
            techniques,
        };
        let user = matches!(tag.name.local, "table-cell" | "covered-table-cell")
            .then(|| self.cells.name());
        self.keep(entry, user, budget);
    }
}

/// A formula without the prefix that names its language (`of:=`, `msoxl:=`, `oooc:=`).
fn expression(text: &str) -> &str {
    let text = text.trim_start();
    match text.split_once(':') {
        Some((prefix, rest))
            if !prefix.is_empty()
                && prefix
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && rest.starts_with('=') =>
        {
            rest
        }
        Some(_) | None => text,
    }
}

/// The files that references lead to: `'file:///C:/a.ods'#$Sheet1.A1`.
fn files(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let at = memchr::memchr2(b'\'', b'"', rest.as_bytes())?;
            let mark = rest.as_bytes().get(at).copied()?;
            let inside = rest.get(at.saturating_add(1)..)?;
            let end = memchr::memchr(mark, inside.as_bytes())?;
            let (quoted, tail) = inside.split_at_checked(end)?;
            rest = tail.get(1..)?;
            let is_file =
                mark == b'\'' && rest.starts_with('#') && quoted.contains([':', '/', '\\']);
            if is_file {
                return Some(quoted);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_name_the_language() {
        for (text, expected) in [
            ("of:=A1", "=A1"),
            ("msoxl:=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0"),
            ("oooc:=[.A1]", "=[.A1]"),
            ("=A1:B2", "=A1:B2"),
            ("A1", "A1"),
        ] {
            assert_eq!(expression(text), expected);
        }
    }

    #[test]
    fn references_lead_to_files() {
        let all: Vec<&str> = files(
            "=['file:///C:/a.ods'#$Sheet1.A1]+'Sheet 2'.A1&\"'x:y'#\"&'http://x/b.ods'#$S.A1&'",
        )
        .collect();
        assert_eq!(all, ["file:///C:/a.ods", "http://x/b.ods"]);
    }
}
