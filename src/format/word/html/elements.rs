//! Elements that lead out of the page (`spec/word.md` §4.3 (3)): what is reported of each.
//!
//! Pages of the web load pictures, frames and players from everywhere. Word makes frames of
//! `frame`, objects of OLE data and a template of `w:AttachedTemplate`; what only a browser would
//! load is a reference without weight.

use super::super::links::Attached;
use super::Reader;
use super::links::{Place, Reach, reach};
use crate::link::{Carrier, Confidence, Trigger};
use crate::markup::css::{Rule, unescape};
use crate::markup::html::{Tag, resolve, unicode};

/// Bytes of an address that are kept: no program opens a longer one.
const ADDRESS: usize = 16 << 10;
/// Bytes of the markup of a link that are shown.
const RAW: usize = 1 << 10;

/// An object whose element is open.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) target: Option<String>,
    pub(super) prog_id: Option<String>,
    pub(super) always: bool,
    pub(super) at: usize,
}

impl Reader<'_, '_> {
    /// What an element says besides its style.
    pub(super) fn element(&mut self, tag: &Tag<'_>, name: &str, at: usize) {
        let attribute = |wanted: &str| attribute(tag, wanted);
        match name {
            "a" | "area" => {
                if let Some(target) = attribute("href") {
                    self.hyperlink(&target, Trigger::Click, at);
                }
                self.anchor(attribute("name"));
            }
            "base" => {
                let base = attribute("href").filter(|base| reach(base) == Reach::Web);
                self.links.base = self.links.base.take().or(base);
            }
            "img" | "input" | "image" | "embed" | "bgsound" | "sound" | "video" | "audio"
            | "source" => {
                let targets = ["src", "dynsrc", "lowsrc"];
                for target in targets.iter().filter_map(|name| attribute(name)) {
                    self.picture(&target, at);
                }
            }
            "body" | "table" | "td" | "th" => {
                if let Some(target) = attribute("background") {
                    self.picture(&target, at);
                }
            }
            "frame" | "iframe" => {
                if let Some(target) = attribute("src") {
                    self.frame(&target, name, at);
                }
            }
            "link" => self.companion(&attribute, at),
            "object" | "applet" => self.player(&attribute, at),
            "meta" => self.meta(&attribute, at),
            "title" if !self.island.captures() => self.island.title(),
            _ => {}
        }
        if let Some((_, local)) = name.rsplit_once(':') {
            self.foreign(tag, local, at);
        }
    }

    /// An element of Office.
    fn foreign(&mut self, tag: &Tag<'_>, name: &str, at: usize) {
        let attribute = |wanted: &str| attribute(tag, wanted);
        match name {
            "attachedtemplate" => {
                if let Some(target) = attribute("href").or_else(|| attribute("val")) {
                    let target = self.links.resolve(&target);
                    let offset = self.page.offset(at);
                    if let Some(target) = self.document.keep(&target, self.budget) {
                        let part = self.document.part();
                        self.document.attach(Attached {
                            part,
                            offset,
                            carrier: Carrier::RemoteTemplate,
                            target,
                        });
                    }
                }
            }
            "imagedata" | "fill" | "stroke" => {
                for target in ["src", "href"].iter().filter_map(|a| attribute(a)) {
                    self.picture(&target, at);
                }
            }
            "oleobject" => {
                let linked =
                    attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("link"));
                if linked {
                    let targets = ["href", "src", "data", "moniker", "id"];
                    let target = targets.iter().filter_map(|a| attribute(a));
                    let always = attribute("updatemode")
                        .is_none_or(|mode| !mode.eq_ignore_ascii_case("oncall"));
                    self.island.field_codes.clear();
                    self.object = Some(Object {
                        target: target.into_iter().find(|target| leads_out(target)),
                        prog_id: attribute("progid"),
                        always,
                        at,
                    });
                }
            }
            _ => {}
        }
        let spelled = String::from_utf8_lossy(tag.name);
        let spelled = spelled.rsplit(':').next().unwrap_or(name);
        let offset = self.page.offset(at);
        self.island.start(
            name,
            spelled,
            &attribute,
            &mut self.document,
            offset,
            self.budget,
        );
    }

    /// An element ends: a linked object is known then.
    pub(super) fn end_link(&mut self, name: &str) {
        let local = name.rsplit(':').next().unwrap_or(name);
        if local == "documentproperties" {
            self.island.describe(&mut self.properties);
        }
        if local != "oleobject" {
            return;
        }
        let Some(object) = self.object.take() else {
            return;
        };
        let codes = std::mem::take(&mut self.island.field_codes);
        let inside = codes
            .split_ascii_whitespace()
            .map(|word| word.trim_matches('"'));
        let target = object.target.clone();
        let target =
            target.or_else(|| inside.into_iter().find(|w| leads_out(w)).map(str::to_owned));
        let Some(target) = target else { return };
        let trigger = if object.always {
            Trigger::Open
        } else {
            Trigger::Update
        };
        let link = Found {
            carrier: Carrier::OleLink,
            trigger,
            confidence: Confidence::High,
            prog_id: object.prog_id.as_deref(),
        };
        self.found(link, &target, object.at);
    }

    /// A place in the page that REF fields may repeat.
    fn anchor(&mut self, name: Option<String>) {
        let Some(name) = name else { return };
        if self.anchored {
            self.document.close_bookmark("a");
        }
        self.anchored = true;
        self.document.open_bookmark("a", &name, self.budget);
    }

    fn hyperlink(&mut self, target: &str, trigger: Trigger, at: usize) {
        match reach(target) {
            // A place in the page, or a file beside it.
            Reach::Inside | Reach::Script => {}
            Reach::Local | Reach::Web | Reach::Elsewhere => {
                let link = Found::new(Carrier::Hyperlink, trigger);
                self.found(link, target, at);
            }
        }
    }

    fn picture(&mut self, target: &str, at: usize) {
        let target = self.links.resolve(target);
        if matches!(reach(&target), Reach::Web | Reach::Elsewhere) {
            let link = Found::new(Carrier::IncludePicture, Trigger::Open);
            self.found(link, &target, at);
        }
    }

    fn frame(&mut self, target: &str, name: &str, at: usize) {
        let target = self.links.resolve(target);
        let carrier = match reach(&target) {
            Reach::Inside | Reach::Script => return,
            // Word does not open the players and advertisements in pages of the web.
            Reach::Web if name == "iframe" => Carrier::AttachmentReference,
            Reach::Local | Reach::Web | Reach::Elsewhere => Carrier::Frame,
        };
        self.found(Found::new(carrier, Trigger::Open), &target, at);
    }

    /// A part that Word saves with a page, when it stands elsewhere.
    fn companion(&mut self, attribute: &dyn Fn(&str) -> Option<String>, at: usize) {
        let (Some(relation), Some(target)) = (attribute("rel"), attribute("href")) else {
            return;
        };
        let target = self.links.resolve(&target);
        if !matches!(reach(&target), Reach::Web | Reach::Elsewhere) {
            return;
        }
        let relation = relation.to_ascii_lowercase();
        // A list of words: the one that does most counts.
        let carriers = relation.split_ascii_whitespace().map(|word| match word {
            "ole-object-data" => Some(Carrier::OleLink),
            "file-list" | "edit-time-data" | "datastoreitem" | "themedata"
            | "colorschememapping" => Some(Carrier::AttachmentReference),
            _ => None,
        });
        let strongest = carriers.flatten().fold(None, |known, carrier| match known {
            Some(Carrier::OleLink) => known,
            _ => Some(carrier),
        });
        let Some(carrier) = strongest else { return };
        let link = Found {
            confidence: Confidence::Medium,
            ..Found::new(carrier, Trigger::Open)
        };
        self.found(link, &target, at);
    }

    /// An object of a browser: a player, mostly.
    fn player(&mut self, attribute: &dyn Fn(&str) -> Option<String>, at: usize) {
        let class = attribute("classid");
        let media = attribute("type").is_some_and(|kind| {
            let kind = kind.to_ascii_lowercase();
            [
                "image/",
                "audio/",
                "video/",
                "application/x-shockwave",
                "application/pdf",
            ]
            .iter()
            .any(|known| kind.starts_with(known))
        });
        for (wanted, loads) in [("data", true), ("codebase", false)] {
            let Some(target) = attribute(wanted) else {
                continue;
            };
            let target = self.links.resolve(&target);
            if !matches!(reach(&target), Reach::Web | Reach::Elsewhere) {
                continue;
            }
            let carrier = if loads && !media {
                Carrier::OleLink
            } else {
                Carrier::AttachmentReference
            };
            let link = Found {
                confidence: Confidence::Medium,
                prog_id: class.as_deref(),
                ..Found::new(carrier, Trigger::Open)
            };
            self.found(link, &target, at);
        }
    }

    fn meta(&mut self, attribute: &dyn Fn(&str) -> Option<String>, at: usize) {
        let Some(content) = attribute("content") else {
            return;
        };
        let refreshes =
            attribute("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        if refreshes {
            let target = content
                .split_once([';', ','])
                .map_or("", |(_, rest)| rest.trim());
            let target = target
                .get(..3)
                .filter(|word| word.eq_ignore_ascii_case("url"))
                .and_then(|_| target.get(3..))
                .map_or(target, |rest| rest.trim_start().trim_start_matches('='));
            let target = target.trim().trim_matches(['"', '\'']);
            self.hyperlink(target, Trigger::Open, at);
        }
        let value = || Some(content.chars().take(256).collect());
        match attribute("name")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "generator" => self.properties.application = value(),
            "author" => self.properties.author = value(),
            _ => {}
        }
    }

    /// A handler that has been abused from scripts; what scripts do otherwise is not looked at
    /// (`spec/word.md` §6.3).
    pub(super) fn script(&mut self, text: &[u8], at: usize) {
        const HANDLER: &[u8] = b"ms-msdt:";
        let found = memchr::memchr2_iter(b'm', b'M', text).find(|start| {
            text.get(*start..start.saturating_add(HANDLER.len()))
                .is_some_and(|word| word.eq_ignore_ascii_case(HANDLER))
        });
        let Some(start) = found else { return };
        let rest = text.get(start..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(ADDRESS)).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'\'' | b'`' | b'\n' | b';'));
        let target = unicode(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
        let link = Found {
            confidence: Confidence::High,
            ..Found::new(Carrier::Hyperlink, Trigger::Open)
        };
        self.found(link, &target, at.saturating_add(start));
    }

    /// Headers and footers that stand in another file.
    pub(super) fn header(&mut self, target: &str, at: usize) {
        let target = self.links.resolve(target);
        if matches!(reach(&target), Reach::Web | Reach::Elsewhere) {
            let link = Found::new(Carrier::SubDocument, Trigger::Open);
            self.found(link, &target, at);
        }
    }

    fn found(&mut self, link: Found<'_>, target: &str, at: usize) {
        let location = self.location.clone().with_offset(self.page.offset(at));
        let end = if self.token.contains(&at) {
            self.token.end
        } else {
            // The tag of an element that is over, or text.
            let rest = self.page.text.get(at..).unwrap_or_default();
            let rest = rest.get(..RAW.min(rest.len())).unwrap_or_default();
            let tag = memchr::memchr(b'>', rest).map_or(rest.len(), |end| end.saturating_add(1));
            at.saturating_add(tag)
        };
        let end = end.min(at.saturating_add(RAW)).min(self.page.text.len());
        let source = self.page.text.get(at..end).unwrap_or_default();
        let place = Place {
            carrier: link.carrier,
            trigger: link.trigger,
            confidence: link.confidence,
            target,
            prog_id: link.prog_id,
            raw: unicode(source).into_owned(),
            location,
        };
        self.links.report(place, self.budget, self.ledger);
    }
}

/// A link, apart from where it leads.
struct Found<'a> {
    carrier: Carrier,
    trigger: Trigger,
    confidence: Confidence,
    prog_id: Option<&'a str>,
}

impl Found<'_> {
    fn new(carrier: Carrier, trigger: Trigger) -> Self {
        Found {
            carrier,
            trigger,
            confidence: Confidence::Certain,
            prog_id: None,
        }
    }
}

fn leads_out(target: &str) -> bool {
    !matches!(reach(target), Reach::Inside | Reach::Script)
}

/// The value of an attribute, with its references resolved; a prefix of its name does not count.
fn attribute(tag: &Tag<'_>, wanted: &str) -> Option<String> {
    let (_, value) = tag.attributes().find(|(name, _)| {
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        local.eq_ignore_ascii_case(wanted.as_bytes())
    })?;
    let value = value.get(..value.len().min(ADDRESS)).unwrap_or(value);
    let value = unicode(value);
    Some(resolve(&value).0.trim().to_owned())
}

/// The addresses of headers and footers that a rule names (`mso-header:url("…") h1`).
pub(super) fn header(rule: &Rule) -> Vec<String> {
    let named = rule
        .declarations
        .iter()
        .filter(|declaration| {
            let name = declaration.name.as_str();
            name.ends_with("header") || name.ends_with("footer")
        })
        .filter_map(|declaration| {
            let (_, rest) = declaration.value.split_once("url(")?;
            let (address, _) = rest.split_once(')')?;
            Some(unescape(address.trim().trim_matches(['"', '\''])).into_owned())
        });
    named.filter(|address| address.len() <= ADDRESS).collect()
}
