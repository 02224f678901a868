//! Relationships that lead out of a package: each is reported as what it is (`spec/word.md` §1.7,
//! `spec/excel.md` §1.7), unless the markup of a part already explained it.
//!
//! # Malformed input
//!
//! A relationship is `External` whatever the case of the word; an internal one whose target is a
//! URL or a UNC path is reported too, with less confidence.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use crate::container::opc::{Opc, Relationship};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// Where the relationships of a package stand.
pub(super) struct Place<'a> {
    /// The location of a member.
    pub(super) location_of: &'a dyn Fn(usize) -> Location,
    /// Whether relationships lead to a member from the package itself.
    pub(super) is_reachable: &'a dyn Fn(usize) -> bool,
    /// What is odd about the archive.
    pub(super) odd: &'a [TechniqueId],
}

/// Reports the relationships of `opc` that are not in `claimed`. The same target reached in the
/// same way from the same package is one link; how often it occurs stands in `siblings`.
pub(super) fn report(
    opc: &Opc,
    claimed: &BTreeSet<usize>,
    place: &Place<'_>,
    ledger: &mut Ledger<'_>,
) {
    let outward = || {
        let all = opc.relationships.iter().enumerate();
        all.filter(|(index, relationship)| {
            !claimed.contains(index) && (relationship.external || leads_out(&relationship.target))
        })
        .map(|(_, relationship)| relationship)
    };
    // Counted first, so that each link goes on at once and none is held.
    let mut counts: BTreeMap<(Carrier, &str), u32> = BTreeMap::new();
    for relationship in outward() {
        let (carrier, _) = meaning(&relationship.segment);
        let count = counts.entry((carrier, &relationship.target)).or_default();
        *count = count.saturating_add(1);
    }
    for relationship in outward() {
        let (carrier, trigger) = meaning(&relationship.segment);
        let Some(siblings) = counts.remove(&(carrier, relationship.target.as_str())) else {
            continue;
        };
        let location = (place.location_of)(relationship.rels_member);
        let mut link = link(relationship, carrier, trigger, location);
        link.siblings = siblings;
        if relationship
            .source
            .is_some_and(|source| !(place.is_reachable)(source))
        {
            link.add_technique(TechniqueId::Unreachable);
        }
        for id in place.odd {
            link.add_technique(*id);
        }
        ledger.link(link);
    }
}

fn link(
    relationship: &Relationship,
    carrier: Carrier,
    trigger: Trigger,
    location: Location,
) -> Link {
    let raw = relationship.source_text.as_str();
    let location = location.with_offset(relationship.offset);
    let mut link = Link::new(Kind::ExternalLink, carrier, location, raw);
    link.trigger = trigger;
    link.target = Some(relationship.target.clone());
    link.confidence = if relationship.external {
        Confidence::Certain
    } else {
        Confidence::Medium
    };
    link
}

/// What a relationship of this type does with its target.
fn meaning(segment: &str) -> (Carrier, Trigger) {
    match segment {
        "attachedtemplate" => (Carrier::RemoteTemplate, Trigger::Open),
        "frame" => (Carrier::Frame, Trigger::Open),
        "subdocument" => (Carrier::SubDocument, Trigger::Update),
        "afchunk" => (Carrier::AltChunk, Trigger::Open),
        "hyperlink" => (Carrier::Hyperlink, Trigger::Click),
        "image" | "video" | "audio" | "media" => (Carrier::IncludePicture, Trigger::Open),
        "externallink"
        | "externallinkpath"
        | "externallinklongpath"
        | "xlpathmissing"
        | "xlstartup"
        | "xlalternatestartup"
        | "xllibrary"
        | "xlexternallinkpath" => (Carrier::ExternalWorkbook, Trigger::Update),
        "mailmergesource"
        | "mailmergeheadersource"
        | "recipientdata"
        | "mailmergerecipientdata" => (Carrier::MailMerge, Trigger::Open),
        "package" | "control" => (Carrier::OlePackage, Trigger::Update),
        "oleobject" | "oleobjectlinklongpath" => (Carrier::OleLink, Trigger::Update),
        "connections" | "querytable" => (Carrier::Connection, Trigger::Update),
        // A schema is read to check the document; it brings nothing into it (`spec/word.md` §6.2).
        "attachedschema" | "schemalibrary" => (Carrier::AttachmentReference, Trigger::Update),
        // Where a slide was copied from, and where a presentation is published to: PowerPoint asks
        // before it looks there, and brings nothing into the document by itself (ECMA-376 part 1,
        // 13.3.14, 15.2.8).
        "slideupdateurl" | "slideupdateinfo" | "htmlpubsaveas" => {
            (Carrier::AttachmentReference, Trigger::Update)
        }
        // A part of the document itself that is loaded from another place: no program writes it.
        _ => (Carrier::SubDocument, Trigger::Open),
    }
}

/// Whether an internal target is in truth a URL or a UNC path.
fn leads_out(target: &str) -> bool {
    let target = target.trim();
    if target.starts_with("\\\\") || target.starts_with("//") {
        return true;
    }
    let Some((scheme, rest)) = target.split_once(':') else {
        return false;
    };
    scheme.len() > 1
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && (rest.starts_with("//") || rest.starts_with("\\\\") || scheme.starts_with("ms-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_targets_that_lead_out() {
        for target in [
            "http://x/a",
            "file:///c:/a",
            "\\\\h\\s",
            "//h/s",
            "ms-msdt:/id",
            "mhtml://x",
        ] {
            assert!(leads_out(target), "{target}");
        }
        for target in [
            "word/document.xml",
            "../a:b.xml",
            "/x/y.xml",
            "c:/x.xml",
            "",
        ] {
            assert!(!leads_out(target), "{target}");
        }
    }

    #[test]
    fn each_type_is_what_it_is() {
        assert_eq!(
            meaning("attachedtemplate"),
            (Carrier::RemoteTemplate, Trigger::Open)
        );
        assert_eq!(meaning("hyperlink"), (Carrier::Hyperlink, Trigger::Click));
        assert_eq!(meaning("settings"), (Carrier::SubDocument, Trigger::Open));
        assert_eq!(
            meaning("slideupdateurl"),
            (Carrier::AttachmentReference, Trigger::Update)
        );
    }
}
