//! Links of a page that are no fields (`spec/word.md` §4.3 (3), §6.2).
//!
//! A web page is full of them, and nearly all are harmless: only what leads out of the page is
//! reported, each place once, and what only browsers load is no more than a reference.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::format::ledger::Ledger;
use crate::limits::Budget;
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// What a place that was reported costs to remember.
const ENTRY: u64 = 64;

/// Places that were reported.
#[derive(Debug, Default)]
pub(super) struct Links {
    known: BTreeSet<[u8; 32]>,
    charged: u64,
    /// What relative addresses are relative to.
    pub(super) base: Option<String>,
    techniques: Vec<TechniqueId>,
}

/// What is reported of a link.
pub(super) struct Place<'a> {
    pub(super) carrier: Carrier,
    pub(super) trigger: Trigger,
    pub(super) confidence: Confidence,
    pub(super) target: &'a str,
    pub(super) prog_id: Option<&'a str>,
    /// The tag, as it stands in the page.
    pub(super) raw: String,
    pub(super) location: Location,
}

impl Links {
    /// Links of a page about which these things are odd.
    pub(super) fn new(techniques: Vec<TechniqueId>) -> Self {
        Links {
            techniques,
            ..Links::default()
        }
    }

    /// Reports a link unless it was.
    pub(super) fn report(
        &mut self,
        place: Place<'_>,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) {
        let mut hash = Sha256::new();
        hash.update(place.carrier.as_str());
        hash.update(place.prog_id.unwrap_or_default());
        hash.update("\0");
        hash.update(place.target);
        let digest = hash.finalize().into();
        if self.known.contains(&digest) {
            return;
        }
        if budget.charge_live(ENTRY).is_ok() {
            self.charged = self.charged.saturating_add(ENTRY);
            self.known.insert(digest);
        }
        let kind = Kind::ExternalLink;
        let mut link = Link::new(kind, place.carrier, place.location, place.raw);
        link.trigger = place.trigger;
        link.confidence = place.confidence;
        link.target = Some(place.target.to_owned());
        link.prog_id = place.prog_id.map(str::to_owned);
        for technique in &self.techniques {
            link.add_technique(*technique);
        }
        ledger.link(link);
    }

    /// A relative address with its base in front.
    pub(super) fn resolve(&self, address: &str) -> String {
        let address = address.trim();
        match &self.base {
            Some(base) if reach(address) == Reach::Inside && !address.is_empty() => {
                let folder = base.rfind('/').and_then(|end| base.get(..=end));
                format!("{}{address}", folder.unwrap_or(base))
            }
            Some(_) | None => address.to_owned(),
        }
    }

    /// Gives the memory back to the account.
    pub(super) fn release(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To the page itself, or to a part that came with it.
    Inside,
    /// To another file of this computer.
    Local,
    /// To a page of the web.
    Web,
    /// To anything else: another computer, a handler.
    Elsewhere,
    /// To code in the page: what runs in browsers is not looked at.
    Script,
}

/// Where an address leads, by its scheme.
pub(super) fn reach(address: &str) -> Reach {
    let address = address.trim();
    if address.starts_with(r"\\") {
        return Reach::Elsewhere;
    }
    if address.starts_with("//") {
        return Reach::Web;
    }
    let Some((scheme, rest)) = address.split_once(':') else {
        return Reach::Inside;
    };
    let scheme: String = scheme
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let named = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    match scheme.to_ascii_lowercase().as_str() {
        _ if !named => Reach::Inside,
        "" | "about" | "blob" | "cid" | "data" | "mid" => Reach::Inside,
        "http" | "https" => Reach::Web,
        "javascript" | "vbscript" => Reach::Script,
        "file" => {
            let path = rest.trim_start_matches(['/', '\\']);
            let drive = path.get(1..2).is_some_and(|mark| matches!(mark, ":" | "|"));
            let slashes = rest.len().saturating_sub(path.len());
            if drive || slashes == 3 || slashes < 2 {
                Reach::Local
            } else {
                Reach::Elsewhere
            }
        }
        drive if drive.len() == 1 => Reach::Local,
        _ => Reach::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_somewhere() {
        let all = [
            ("image001.png", Reach::Inside),
            ("#top", Reach::Inside),
            ("cid:1@x", Reach::Inside),
            ("data:image/png;base64,AA", Reach::Inside),
            ("a?b=c:d", Reach::Inside),
            ("file:///C:/x/a.htm", Reach::Local),
            ("c:\\x", Reach::Local),
            ("https://example.com/", Reach::Web),
            ("//example.com/a.png", Reach::Web),
            ("\\\\host\\share", Reach::Elsewhere),
            ("file://host/share", Reach::Elsewhere),
            ("file://///host/share", Reach::Elsewhere),
            ("ms-msdt:/id x", Reach::Elsewhere),
            ("javascript:void(0)", Reach::Script),
        ];
        for (address, expected) in all {
            assert_eq!(reach(address), expected, "{address}");
        }
    }

    #[test]
    fn a_base_makes_addresses_absolute() {
        let links = Links {
            base: Some("http://h/d/p.htm".to_owned()),
            ..Links::default()
        };
        assert_eq!(links.resolve("a.dot"), "http://h/d/a.dot");
        assert_eq!(links.resolve("https://x/"), "https://x/");
        assert_eq!(Links::default().resolve("a.dot"), "a.dot");
    }
}
