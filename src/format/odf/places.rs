//! What `xlink:href` loads or leads to (`spec/word.md` §4.7; `spec/excel.md` §7.2).

use super::{Entry, Gather, What};
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};
use crate::markup::names::Ns;
use crate::markup::xml::Tag;
use crate::text::starts_with;

/// The scheme of macros.
const SCRIPT: &str = "vnd.sun.star.script:";

/// Schemes of what stands in the document itself.
const OWN: [&str; 2] = ["vnd.sun.star.package:", "vnd.sun.star.graphicobject:"];

impl Gather {
    /// An element that may name a place outside of the document.
    pub(super) fn place(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(target) = tag.attribute_in(Ns::Xlink, "href") else {
            return;
        };
        let target = target.trim();
        let Some(reach) = Reach::of(target, self.is_flat()) else {
            return;
        };
        let Some((kind, carrier, trigger)) = meaning(tag, target, reach) else {
            return;
        };
        let mut techniques = Vec::new();
        if kind == Kind::Execute && is_script(target) && climbs(target) {
            techniques.push(TechniqueId::PathTraversal);
        }
        self.keep_place(tag, target, kind, carrier, trigger, techniques, budget);
    }

    /// An element of XForms: where a form is sent, and what its data are loaded from (XForms 1.0,
    /// 3.3.2 and 3.3.3; the attributes of 1.1, too).
    pub(super) fn form(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let (names, carrier, trigger): (&[&str], _, _) = match tag.name.local {
            "submission" => (&["action", "resource"], Carrier::Action, Trigger::Click),
            "instance" => (&["src", "resource"], Carrier::Connection, Trigger::Open),
            _ => return,
        };
        for name in names {
            let Some(target) = tag.attribute(name) else {
                continue;
            };
            let target = target.trim();
            if Reach::of(target, self.is_flat()).is_some() {
                let kind = Kind::ExternalLink;
                self.keep_place(tag, target, kind, carrier, trigger, Vec::new(), budget);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one property of the link"
    )]
    pub(super) fn keep_place(
        &mut self,
        tag: &Tag<'_>,
        target: &str,
        kind: Kind,
        carrier: Carrier,
        trigger: Trigger,
        mut techniques: Vec<TechniqueId>,
        budget: &Budget<'_>,
    ) {
        if tag
            .attributes()
            .any(|attribute| attribute.name.local == "href" && attribute.referenced)
        {
            techniques.push(TechniqueId::CharacterReferences);
        }
        let entry = Entry {
            part: self.part(),
            offset: tag.offset,
            raw: tag.source().to_owned(),
            what: What::Place {
                kind,
                carrier,
                trigger,
                target: target.to_owned(),
            },
            confidence: Confidence::Certain,
            count: 1,
            in_cell: false,
            used_by: Vec::new(),
            sheets: Vec::new(),
            techniques,
        };
        self.keep(entry, None, budget);
    }
}

/// How far a target leads out of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// A file beside the document.
    Relative,
    /// A place that says itself where it is.
    Absolute,
}

impl Reach {
    /// `None` for the document itself: a relative name in a package is a member of it, unless it
    /// climbs out (ODF 1.3 part 2, 3.7).
    pub(super) fn of(target: &str, flat: bool) -> Option<Reach> {
        let own = OWN.iter().any(|own| starts_with(target, own));
        if own || target.is_empty() || target.starts_with('#') {
            return None;
        }
        let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
            scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
                && !scheme.is_empty()
        });
        if scheme || target.starts_with(['/', '\\']) {
            return Some(Reach::Absolute);
        }
        (flat || target.starts_with("../") || target.starts_with("..\\")).then_some(Reach::Relative)
    }
}

/// What an element does with its target.
fn meaning(tag: &Tag<'_>, target: &str, reach: Reach) -> Option<(Kind, Carrier, Trigger)> {
    let external = |carrier, trigger| Some((Kind::ExternalLink, carrier, trigger));
    match tag.name.local {
        // The text of the file takes the place of the section's, as INCLUDETEXT does; the
        // sections of a master document are the same element.
        "section-source" => external(Carrier::IncludeText, Trigger::Open),
        "table-source" | "cell-range-source" => {
            external(Carrier::ExternalWorkbook, Trigger::Update)
        }
        "event-listener" | "script" => event(tag, target),
        "object" | "object-ole" | "applet" => external(Carrier::OleLink, Trigger::Update),
        "floating-frame" | "auto-reload" => external(Carrier::Frame, Trigger::Open),
        "image"
        | "audio"
        | "video"
        | "fill-image"
        | "background-image"
        | "list-level-style-image"
        | "plugin"
        | "sound"
        | "font-face-uri"
        | "filter-image" => external(Carrier::IncludePicture, Trigger::Open),
        "template" => external(Carrier::RemoteTemplate, Trigger::Open),
        "connection-resource" | "file-based-database" | "server-database" => {
            external(Carrier::Connection, Trigger::Update)
        }
        "alphabetical-index-auto-mark-file" => external(Carrier::SubDocument, Trigger::Update),
        "a" | "form" | "button" | "image-button" | "hyperlink" | "url" | "area-rectangle"
        | "area-circle" | "area-polygon" => external(Carrier::Hyperlink, Trigger::Click),
        // No program writes another element that loads something; charts name the document
        // around them as `..`.
        _ if reach == Reach::Absolute => external(Carrier::SubDocument, Trigger::Open),
        _ => None,
    }
}

/// A macro or a program that an event starts.
fn event(tag: &Tag<'_>, target: &str) -> Option<(Kind, Carrier, Trigger)> {
    let name = tag.attribute("event-name").unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let trigger = if name.ends_with("load") || name.ends_with("open") || name.ends_with("-new") {
        Trigger::Open
    } else {
        Trigger::Click
    };
    let action = tag.attribute("action").unwrap_or_default();
    if action.trim().eq_ignore_ascii_case("execute") {
        return Some((Kind::Execute, Carrier::Action, trigger));
    }
    if is_script(target) {
        // A script outside of the document's own folders: any function of the program's own
        // Python was called so (CVE-2018-16858).
        let kind = if climbs(target) {
            Kind::Execute
        } else {
            Kind::ExternalLink
        };
        return Some((kind, Carrier::MacroButton, trigger));
    }
    Some((Kind::ExternalLink, Carrier::Action, trigger))
}

/// Whether the path of a script leads out of its folder.
fn climbs(target: &str) -> bool {
    let path = target.split(['?', '$']).next().unwrap_or_default();
    path.contains("..") || path.to_ascii_lowercase().contains("%2e%2e")
}

fn is_script(target: &str) -> bool {
    starts_with(target, SCRIPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_a_package() {
        for (target, package, flat) in [
            ("", None, None),
            ("#a", None, None),
            ("vnd.sun.star.Package:Pictures/a.png", None, None),
            ("./Object 1", None, Some(Reach::Relative)),
            ("Pictures/a.png", None, Some(Reach::Relative)),
            ("../a.ods", Some(Reach::Relative), Some(Reach::Relative)),
            ("http://x/", Some(Reach::Absolute), Some(Reach::Absolute)),
            ("C:/a.ods", Some(Reach::Absolute), Some(Reach::Absolute)),
            ("\\\\h\\s", Some(Reach::Absolute), Some(Reach::Absolute)),
            ("//h/s", Some(Reach::Absolute), Some(Reach::Absolute)),
            ("a b: c", None, Some(Reach::Relative)),
        ] {
            assert_eq!(Reach::of(target, false), package, "{target}");
            assert_eq!(Reach::of(target, true), flat, "{target}");
        }
    }
}
