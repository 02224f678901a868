//! Links in formulas: `DDE(…)`, `service|topic!item`, functions that fetch, other files
//! (`spec/excel.md` §1.5, §7.2).

use super::{Entry, Gather, What};
use crate::formula::dde_call::triple;
use crate::formula::functions::{Call, Class, UNKNOWN, calls};
use crate::formula::normalise::normalise;
use crate::formula::scan::scan;
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};
use crate::markup::xml::Tag;

/// Attributes that hold formulas, or conditions with formulas in them.
const FORMULAS: [&str; 3] = ["formula", "expression", "condition"];
/// Elements of LibreOffice's conditional formats whose `value` is a formula.
const VALUES: [&str; 3] = ["condition", "color-scale-entry", "formatting-entry"];
/// How the attributes end that hold references: they may lead to other files.
const REFERENCES: [&str; 3] = ["address", "addresses", "range"];
/// Bytes of a formula that are quoted whole; of a longer one, the reference alone.
const QUOTED: usize = 1_024;

/// A formula, and where it stands.
struct Formula<'a> {
    tag: &'a Tag<'a>,
    line: &'a str,
    carrier: Carrier,
    techniques: Vec<TechniqueId>,
}

impl Gather {
    /// The formulas of an element.
    pub(super) fn formulas(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        // What matters has one of these, or a reference that may stand for one.
        let source = tag.source().as_bytes();
        if memchr::memchr3(b'(', b'|', b'\'', source).is_none()
            && memchr::memchr(b'&', source).is_none()
        {
            return;
        }
        let values = VALUES.contains(&tag.name.local);
        for attribute in tag.attributes() {
            let local = attribute.name.local;
            let formula = FORMULAS.contains(&local) || values && local == "value";
            let reference = REFERENCES.iter().any(|end| local.ends_with(end));
            if !formula && !reference {
                continue;
            }
            let text = attribute.value;
            if memchr::memchr3(b'(', b'|', b'\'', text.as_bytes()).is_none() {
                continue;
            }
            let plain = normalise(&text);
            let mut techniques: Vec<TechniqueId> = plain.techniques().collect();
            if attribute.referenced {
                techniques.push(TechniqueId::CharacterReferences);
            }
            if tag.name.local == "change-track-table-cell" {
                techniques.push(TechniqueId::TrackedDeletion);
            }
            let named = matches!(tag.name.local, "named-expression" | "named-range");
            let formula = Formula {
                tag,
                line: expression(&plain.text),
                carrier: if named {
                    Carrier::Name
                } else {
                    Carrier::Formula
                },
                techniques,
            };
            self.formula(&formula, budget);
        }
    }

    fn formula(&mut self, formula: &Formula<'_>, budget: &Budget<'_>) {
        let line = formula.line;
        if memchr::memchr(b'(', line.as_bytes()).is_some() {
            for call in calls(line).paid_by(budget) {
                self.call(&call, formula, budget);
            }
        }
        if memchr::memchr(b'|', line.as_bytes()).is_some() {
            let is_program = self.is_program;
            for hit in scan(line, true, &is_program) {
                let raw = line.get(hit.span.clone()).unwrap_or_default();
                let what = What::Dde {
                    carrier: formula.carrier,
                    name: None,
                    service: hit.service.into_owned(),
                    topic: hit.topic.into_owned(),
                    item: Some(hit.item.into_owned()),
                    auto: true,
                };
                // Excel takes it for a link; LibreOffice makes an error of it.
                let confidence = hit.confidence.max(Confidence::Medium);
                self.sight(what, raw, confidence, &[], formula, budget);
            }
        }
        for target in files(line) {
            let raw = if line.len() <= QUOTED { line } else { target };
            let target = workbook(target);
            let what = external(Carrier::ExternalWorkbook, Trigger::Update, target);
            self.sight(what, raw, Confidence::Certain, &[], formula, budget);
        }
    }

    fn call(&mut self, call: &Call, formula: &Formula<'_>, budget: &Budget<'_>) {
        let raw = formula.line.get(call.span.clone()).unwrap_or_default();
        let word = |at: usize| call.arguments.get(at).map_or("", |word| word.text.as_str());
        let constant = |count: usize| call.arguments.iter().take(count).all(|word| word.constant);
        let mut confidence = Confidence::High;
        let mut known = constant(1);
        let what = match call.class {
            Class::DdeFunction => {
                let Some(dde) = triple(call) else { return };
                known = dde.known;
                What::Dde {
                    carrier: formula.carrier,
                    name: None,
                    service: dde.service,
                    topic: dde.topic,
                    item: dde.item,
                    auto: true,
                }
            }
            Class::Fetch => external(Carrier::Function, Trigger::Update, word(0).to_owned()),
            Class::Click => {
                let target = word(0);
                let rest = target.strip_prefix(UNKNOWN);
                // A file name after what a cell says still names a file.
                let nothing = rest.is_some_and(|rest| !rest.contains(['.', '\\', ':']));
                if target.is_empty() || target.starts_with('#') || nothing {
                    // A place in this document, or wherever a cell says: ordinary.
                    return;
                }
                external(Carrier::Hyperlink, Trigger::Click, target.to_owned())
            }
            // Excel's: a COM server, on the computer that is named, or on this one.
            Class::Server => {
                let server = Some(word(1)).filter(|name| !name.is_empty() && *name != UNKNOWN);
                let target = server.unwrap_or(word(0)).to_owned();
                external(Carrier::Function, Trigger::Update, target)
            }
            // Excel takes these two on worksheets. A function of the user's own of that name has
            // numbers and cells for arguments, not the name of a library.
            Class::Execute if matches!(call.name, "CALL" | "REGISTER.ID") => {
                if !word(0).replace(UNKNOWN, "").contains(char::is_alphabetic) {
                    return;
                }
                confidence = Confidence::Medium;
                known = constant(usize::MAX);
                What::Place {
                    kind: Kind::Execute,
                    carrier: Carrier::Xlm,
                    trigger: Trigger::Update,
                    target: call.spelled(),
                }
            }
            // Functions of macro sheets, which these documents do not have, and of Google's.
            Class::Execute
            | Class::Dde
            | Class::Run
            | Class::Write
            | Class::Sheets
            | Class::Link => return,
        };
        let unresolved: &[TechniqueId] = if known {
            &[]
        } else {
            &[TechniqueId::Unresolved]
        };
        self.sight(what, raw, confidence, unresolved, formula, budget);
    }

    fn sight(
        &mut self,
        what: What,
        raw: &str,
        confidence: Confidence,
        more: &[TechniqueId],
        formula: &Formula<'_>,
        budget: &Budget<'_>,
    ) {
        let user = self.cells.user(formula.tag);
        let cell = formula.tag.name.local.ends_with("table-cell");
        let entry = Entry {
            part: self.part(),
            offset: formula.tag.offset,
            raw: raw.to_owned(),
            what,
            confidence,
            count: 1,
            in_cell: cell && user.is_some(),
            used_by: Vec::new(),
            sheets: Vec::new(),
            techniques: formula.techniques.iter().chain(more).copied().collect(),
        };
        self.keep(entry, user, budget);
    }
}

/// A place outside of the document.
fn external(carrier: Carrier, trigger: Trigger, target: String) -> What {
    What::Place {
        kind: Kind::ExternalLink,
        carrier,
        trigger,
        target,
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

/// The files that references lead to: `'file:///C:/a.ods'#$Sheet1.A1`, and Excel's
/// `'C:\\[a.xlsx]Sheet1'!A1`.
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
            let place = mark == b'\'' && quoted.contains([':', '/', '\\']);
            let of_excel = rest.starts_with('!') && quoted.contains('[');
            if place && (rest.starts_with('#') || of_excel) {
                return Some(quoted);
            }
        }
    })
}

/// The path in what stands in front of a reference: Excel puts the name of the file in brackets
/// and the sheet behind it.
fn workbook(place: &str) -> String {
    match place.rsplit_once(']') {
        Some((file, _)) if file.contains('[') => file.replace('[', ""),
        Some(_) | None => place.to_owned(),
    }
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
        let all: Vec<&str> = files("='\\\\h\\s\\[a.xlsx]S'!A1+'it''s [1]'!A1").collect();
        assert_eq!(all, ["\\\\h\\s\\[a.xlsx]S"]);
        assert_eq!(workbook(all[0]), "\\\\h\\s\\a.xlsx");
        assert_eq!(workbook("file:///C:/a.ods"), "file:///C:/a.ods");
    }
}
