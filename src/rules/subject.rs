//! What a rule sees: a link in one of its readings, with what it would start, where it points to
//! and what its text looks like.

use super::ambiguous_name::asks_quote;
use super::features;
use super::lexicon::{self, Server};
use super::started::started;
use crate::command::{
    self, Class, ImageSource, Indicator, IndicatorKind, Indicators, Origin, Pool, Resolved, Target,
    Tier, normal,
};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, Technique, TechniqueId, Trigger};

/// A topic that is longer says more than a feed needs (spreadsheet specification, section 10.2).
const PLAUSIBLE_TOPIC: usize = 64;

/// Brackets around what could not be evaluated, in formulas and in fields. No service has them.
const PLACEHOLDERS: [char; 2] = ['<', '\u{27e6}'];

/// Characters that separate or redirect commands, which no feed has in a topic.
const SHELL: [char; 6] = ['&', '|', '<', '>', '^', '`'];

/// One reading of a link.
pub(crate) struct Subject<'a> {
    pub(super) link: &'a Link,
    pub(super) reading: Option<&'a Reading>,
    /// What it would start; `None` for links that only load.
    pub(super) resolved: Option<Resolved>,
    /// Where it points to, read.
    pub(super) target: Option<Target>,
    /// The lower-case service, fillers and quotes removed.
    pub(super) service: String,
    /// The topic, fillers removed.
    pub(super) topic: String,
    /// Addresses and files that it names.
    pub(super) indicators: Vec<Indicator>,
    /// Addresses among them whose host is hard to see.
    disguises: Vec<Technique>,
    /// A path to something that runs, of no known program.
    executable: Option<String>,
    /// What in the topic only a command has.
    feature: Option<String>,
    /// An address in the topic.
    named: Option<String>,
}

/// How far away a link goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// A server that only the intranet knows.
    Intranet,
    /// A web address, or a server by full name or number.
    Remote,
}

/// Bytes of a service, a topic and an item that are looked at: Windows starts nothing with a line of
/// more than 32,767 characters (CreateProcessW), and no name of DDE has more than 255. Each text is
/// copied several times, for each of its readings.
const LONGEST: usize = 512 << 10;

/// A reading with texts of no more than [`LONGEST`] bytes, if one has more.
fn shortened(reading: &Reading) -> Option<Reading> {
    let parts = [&reading.service, &reading.topic, &reading.item];
    let long = parts.into_iter().flatten().any(|text| text.len() > LONGEST);
    let short = |text: &Option<String>| {
        let text = text.as_deref()?;
        text.get(..text.floor_char_boundary(LONGEST))
            .map(str::to_owned)
    };
    long.then(|| Reading {
        service: short(&reading.service),
        topic: short(&reading.topic),
        item: short(&reading.item),
        resolved: String::new(),
    })
}

impl<'a> Subject<'a> {
    /// Everything that rules ask, worked out once. Linear in the text of the link.
    pub(super) fn new(link: &'a Link, whole: Option<&'a Reading>, pool: &Pool) -> Self {
        let short = whole.and_then(shortened);
        let reading = short.as_ref().or(whole);
        let text = |part: Option<&String>| {
            let part = part.map(String::as_str).unwrap_or_default();
            normal(part).text.trim().to_owned()
        };
        let service = text(reading.and_then(|reading| reading.service.as_ref()));
        let topic = text(reading.and_then(|reading| reading.topic.as_ref()));
        let resolved = started(link, reading).map(|resolved| unfolded(resolved, pool));
        let is_link = link.kind == Kind::ExternalLink;
        let address = link.target.as_deref().or_else(|| {
            let topic = reading.and_then(|reading| reading.topic.as_deref());
            topic.filter(|_| is_link)
        });
        let target = address.map(command::classify);

        let command = resolved.as_ref().map(|resolved| &resolved.command);
        let mut named = Indicators::of(command);
        match (address, free_text(link.carrier)) {
            (Some(address), false) => named.target(address),
            (Some(address), true) => named.text(address, Origin::Target),
            (None, _) => {}
        }
        if !is_link && let Some(reading) = reading {
            for (part, origin) in [
                (&reading.service, Origin::Service),
                (&reading.topic, Origin::Topic),
                (&reading.item, Origin::Item),
            ] {
                named.text(part.as_deref().unwrap_or_default(), origin);
            }
        }
        if let Some(command) = command {
            named.command(command);
        }
        let service = service.trim_matches(['"', '\'']).to_lowercase();
        let mut subject = Subject {
            link,
            reading: whole,
            resolved,
            target,
            service,
            topic,
            indicators: named.list,
            disguises: named.disguises,
            executable: None,
            feature: None,
            named: None,
        };
        if subject.is_dde() {
            let named = command::indicators(&subject.topic, Origin::Topic);
            let place = named.into_iter().find(is_place);
            subject.named = place.map(|named| named.value);
        }
        subject.executable = subject.find_executable();
        subject.feature = subject.find_feature();
        subject
    }

    /// Whether it is DDE, live or not.
    pub(super) fn is_dde(&self) -> bool {
        matches!(self.link.kind, Kind::Dde | Kind::DdeAuto | Kind::Inert)
    }

    /// Whether it starts something, by DDE or otherwise.
    pub(super) fn starts(&self) -> bool {
        self.is_dde() || self.link.kind == Kind::Execute
    }

    /// Whether it only loads or points.
    pub(super) fn is_external(&self) -> bool {
        self.link.kind == Kind::ExternalLink
    }

    /// Whether it loads a document or an object into this one.
    pub(super) fn loads(&self) -> bool {
        let carriers = [
            Carrier::AltChunk,
            Carrier::Frame,
            Carrier::IncludeText,
            Carrier::LinkField,
            Carrier::Ole1Link,
            Carrier::OleLink,
            Carrier::OlePackage,
            Carrier::RemoteTemplate,
            Carrier::SubDocument,
        ];
        carriers.contains(&self.link.carrier)
    }

    /// Whether it is an external link of one of these carriers.
    pub(super) fn is_external_in(&self, carriers: &[Carrier]) -> bool {
        self.is_external() && carriers.contains(&self.link.carrier)
    }

    /// The lower-case name of the image, without `.exe`; empty when nothing starts.
    pub(super) fn stem(&self) -> &str {
        self.image().map(command::stem).unwrap_or_default()
    }

    /// The image.
    pub(super) fn image(&self) -> Option<&str> {
        self.resolved.as_ref()?.command.image.as_deref()
    }

    /// What the program would be given.
    pub(super) fn arguments(&self) -> &str {
        let resolved = self.resolved.as_ref();
        resolved
            .and_then(|resolved| resolved.command.arguments.as_deref())
            .unwrap_or_default()
    }

    pub(super) fn source(&self) -> Option<ImageSource> {
        self.resolved.as_ref().map(|resolved| resolved.source)
    }

    /// The tier of the image, when its name can be nothing but the program's.
    pub(super) fn tier(&self) -> Option<Tier> {
        if self.is_ambiguous() {
            None
        } else {
            command::tier(self.stem())
        }
    }

    /// Whether the image is a short name that harmless services use too, and nothing around it
    /// looks like a command.
    pub(super) fn is_ambiguous(&self) -> bool {
        let bare = self.source() == Some(ImageSource::Service) && !self.service.contains('.');
        bare && command::is_ambiguous(self.stem()) && self.feature.is_none() && !self.names_place()
    }

    /// What a macro sends to a server that another call named (`EXECUTE(channel,"[…]")`).
    pub(super) fn sent(&self) -> Option<&str> {
        let channel = self.is_dde() && self.link.carrier == Carrier::Xlm && self.service.is_empty();
        let item = self.reading.and_then(|reading| reading.item.as_deref());
        item.filter(|_| channel)
    }

    /// A path to something that runs, of no known program.
    pub(super) fn executable(&self) -> Option<&str> {
        self.executable.as_deref().filter(|_| self.tier().is_none())
    }

    /// What in the arguments only a command has.
    pub(super) fn feature(&self) -> Option<&str> {
        self.feature.as_deref()
    }

    /// Whether it would start something that no feed starts.
    pub(super) fn is_dangerous(&self) -> bool {
        let own = self.tier().is_some() || self.executable.is_some() || self.feature.is_some();
        self.starts() && (own || self.known_stage().is_some())
    }

    /// The known data server it talks to, with a topic such servers have.
    pub(super) fn server(&self) -> Option<&'static Server> {
        lexicon::known_server(&self.service).filter(|_| self.is_plausible())
    }

    /// Whether it talks to another Office program, and nothing else looks like a command.
    pub(super) fn is_peer(&self) -> bool {
        lexicon::is_peer(&self.service) && !self.is_dangerous()
    }

    /// Whether a peer is asked for a document.
    pub(super) fn asks_document(&self) -> bool {
        let topic = self.topic.trim_matches('"');
        // Access names a table or query behind the file: `C:\a.mdb;TABLE Orders`.
        let file = topic.split(';').next().unwrap_or_default().to_lowercase();
        let base = file.rsplit(['\\', '/']).next().unwrap_or_default();
        let clean = !file.contains(['|', '"', '<', '>']);
        let sheet = base.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        // Brackets around anything else are commands: `[OPEN("…")]`.
        let in_book = sheet.is_some_and(|(book, sheet)| {
            !book.is_empty()
                && !book.contains([':', '*', '?'])
                && !sheet.contains('!')
                && (!sheet.is_empty() || command::document_extension(book))
        });
        clean && in_book
            || clean && !file.contains('!') && command::document_extension(base)
            || topic.eq_ignore_ascii_case("system")
            || topic.to_ascii_uppercase().starts_with("DDE_LINK")
    }

    /// Whether the topic is one that a feed may have.
    pub(super) fn is_plausible(&self) -> bool {
        let topic = self.reading.and_then(|reading| reading.topic.as_deref());
        let spelled = topic.unwrap_or_default().trim();
        self.topic.chars().nth(PLAUSIBLE_TOPIC).is_none()
            && !spelled.contains(char::is_control)
            && !self.topic.contains("://")
            && !self.topic.contains(SHELL)
            && self.remote_topic().is_none()
            && !self.is_dangerous()
    }

    /// Whether it talks to a service nobody knows, without anything that looks like a command.
    pub(super) fn is_stranger(&self) -> bool {
        self.is_dde()
            && self.tier().is_none()
            && (!self.is_ambiguous() || asks_quote(self))
            && !self.is_dangerous()
            && !self.is_peer()
            && self.remote_topic().is_none()
            && !self.has_unresolved_service()
            && self.server().is_none()
    }

    /// An address that the command names.
    pub(super) fn place(&self) -> Option<&str> {
        let own = |named: &Indicator| {
            self.is_net_dde() && named.value.eq_ignore_ascii_case(&self.service)
        };
        let place = self
            .indicators
            .iter()
            // The item never reaches the program.
            .find(|named| is_place(named) && !own(named) && named.source.text != Origin::Item)?;
        Some(&place.value)
    }

    /// An address in the topic of a server that is not asked for a document.
    pub(super) fn remote_topic(&self) -> Option<&str> {
        let found = self.is_dde()
            && self.tier().is_none()
            && !lexicon::is_peer(&self.service)
            && self.link.confidence != Confidence::Low;
        self.named.as_deref().filter(|_| found)
    }

    /// The topic, when as a whole it is a place outside the intranet.
    pub(super) fn far_topic(&self) -> Option<String> {
        let topic = command::classify(self.topic.trim_matches(['"', '\'', '[']));
        let far = matches!(topic.class, Class::Web | Class::Server);
        far.then_some(topic.address)
    }

    /// Whether the service is the one that old versions of Windows share their servers through:
    /// `\\\\host\\NDDE$`.
    fn is_net_dde(&self) -> bool {
        let host = self.service.strip_prefix("\\\\");
        host.and_then(|host| host.strip_suffix("\\ndde$"))
            .is_some_and(|host| !host.is_empty() && !host.contains(['\\', '/']))
    }

    /// Whether a call of a function, or a field, leaves open what is started.
    pub(super) fn has_unresolved_service(&self) -> bool {
        let live = matches!(self.link.kind, Kind::Dde | Kind::DdeAuto);
        let called = matches!(
            self.link.carrier,
            Carrier::Field | Carrier::Formula | Carrier::Name | Carrier::Xlm
        );
        let open = if self.service.is_empty() {
            // `EXECUTE` and `REQUEST` name a channel only.
            !self.topic.is_empty() || self.link.carrier != Carrier::Xlm
        } else {
            self.service.contains(PLACEHOLDERS)
        };
        // The result of the last update stands for a merge field: the next one may differ.
        let merged =
            self.link.carrier == Carrier::Field && features::merged_service(&self.link.raw);
        live && called
            && self.tier().is_none()
            && (merged || open && self.shows(&[TechniqueId::Unresolved]).is_some())
    }

    fn names_place(&self) -> bool {
        self.starts() && self.place().is_some()
    }

    /// Everything that a query, a connection or a function says: the target is only a part of it
    /// (a server, the first argument).
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let resolved = self.reading.map(|reading| reading.resolved.as_str());
        let target = self.link.target.as_deref();
        target
            .into_iter()
            .chain([self.link.raw.as_str()])
            .chain(resolved)
    }

    /// Whether it is a hyperlink: nothing happens without a click. Worksheet functions are
    /// hyperlinks unless the program calls them by itself.
    pub(super) fn is_hyperlink(&self) -> bool {
        let waits = !matches!(self.link.trigger, Trigger::Open | Trigger::Update);
        self.is_external_in(&[Carrier::Hyperlink, Carrier::Action])
            || (self.is_external_in(&[Carrier::Function]) && waits)
    }

    /// How far away an external link goes, and where to.
    pub(super) fn reach(&self) -> Option<(Reach, String)> {
        let target = self.target.as_ref()?;
        match target.class {
            Class::Web | Class::Server => return Some((Reach::Remote, target.address.clone())),
            Class::Intranet => return Some((Reach::Intranet, target.address.clone())),
            Class::Device | Class::Internal | Class::Local | Class::Relative | Class::Scheme => {}
        }
        if !free_text(self.link.carrier) {
            return None;
        }
        let reached = |named: &Indicator| match named.kind {
            IndicatorKind::Url => Some((Reach::Remote, named.value.clone())),
            IndicatorKind::Unc => {
                let bare = command::classify(&named.value).class == Class::Intranet;
                let reach = if bare { Reach::Intranet } else { Reach::Remote };
                Some((reach, named.value.clone()))
            }
            IndicatorKind::Email
            | IndicatorKind::FilePath
            | IndicatorKind::Host
            | IndicatorKind::Ip
            | IndicatorKind::RegistryKey
            | IndicatorKind::RegistryValue => None,
        };
        self.indicators
            .iter()
            .filter_map(reached)
            .max_by_key(|(reach, _)| *reach)
    }

    /// Where an external link goes, if it is not the intranet.
    pub(super) fn remote(&self) -> Option<String> {
        self.reach()
            .filter(|(reach, _)| *reach == Reach::Remote)
            .map(|(_, place)| place)
    }

    /// Where an external link goes, if it is the intranet.
    pub(super) fn intranet(&self) -> Option<String> {
        self.reach()
            .filter(|(reach, _)| *reach == Reach::Intranet)
            .map(|(_, place)| place)
    }

    /// The lower-case scheme and what follows, of a target that is a moniker or a handler's.
    pub(super) fn scheme(&self) -> Option<&str> {
        let target = self.target.as_ref()?;
        target.moniker.as_deref().or(target.scheme.as_deref())
    }

    /// The lower-case class of an OLE link.
    pub(super) fn class(&self) -> String {
        let class = self.link.prog_id.as_deref();
        let class = class.map(|class| class.trim().to_lowercase());
        class
            .or_else(|| self.is_external().then(|| self.service.clone()))
            .unwrap_or_default()
    }

    /// The techniques of the link and of its resolution, each once.
    pub(super) fn techniques(&self) -> Vec<Technique> {
        let mut techniques = self.link.techniques.clone();
        let resolved = self
            .resolved
            .iter()
            .flat_map(|resolved| &resolved.techniques);
        for technique in resolved.chain(&self.disguises) {
            if !techniques.iter().any(|known| known.id == technique.id) {
                techniques.push(technique.clone());
            }
        }
        techniques
    }

    /// The first of these techniques that it shows.
    pub(super) fn shows(&self, ids: &[TechniqueId]) -> Option<TechniqueId> {
        let resolved = self
            .resolved
            .iter()
            .flat_map(|resolved| &resolved.techniques);
        let shown = self
            .link
            .techniques
            .iter()
            .chain(resolved)
            .chain(&self.disguises)
            .map(|technique| technique.id);
        shown.into_iter().find(|id| ids.contains(id))
    }

    fn find_feature(&self) -> Option<String> {
        let arguments = self.arguments();
        let document = command::document_extension(&self.topic.trim_matches('"').to_lowercase());
        features::command(arguments)
            .or_else(|| self.sent().and_then(features::command))
            .or_else(|| {
                if document {
                    None
                } else {
                    features::climbs(arguments)
                }
            })
            // A verb is a command only after the short name of a tool.
            .or_else(|| {
                let tool = command::is_ambiguous(self.stem());
                if tool {
                    features::verb(arguments).or_else(|| features::operand(self.stem(), arguments))
                } else {
                    None
                }
            })
            // A program of the lists that another one starts: `at 9:00 cmd /c x`.
            .or_else(|| self.known_stage().map(str::to_owned))
            // A program's name is a fair one for a sheet, and what a program is given.
            .or_else(|| {
                let feed =
                    self.is_dde() && self.tier().is_none() && !lexicon::is_peer(&self.service);
                if feed {
                    features::program_topic(&self.topic)
                } else {
                    None
                }
            })
    }

    fn find_executable(&self) -> Option<String> {
        let resolved = self.resolved.as_ref()?;
        // Separators alone are no path.
        let path = Some(&resolved.path).filter(|path| path.components > 0);
        let path = || path.map(|path| path.text.clone());
        if self.is_net_dde() && resolved.source == ImageSource::ServicePath {
            return features::leading_executable(&self.topic);
        }
        match resolved.source {
            ImageSource::Traversal | ImageSource::TopicPath => path(),
            ImageSource::ServicePath | ImageSource::CommandLine => {
                let document = self.image().is_some_and(command::document_extension);
                if document || !self.is_sure_path(resolved) {
                    None
                } else {
                    path()
                }
            }
            ImageSource::Service | ImageSource::Truncated8 | ImageSource::Unknown => {
                features::leading_executable(&self.topic).or_else(|| self.bare_executable())
            }
        }
    }

    /// Whether a service with separators in it is meant as a path: where nothing but the separators
    /// says so, the link alone must be sure (spreadsheet specification, section 5.6).
    fn is_sure_path(&self, resolved: &Resolved) -> bool {
        let path = &resolved.path;
        self.link.confidence != Confidence::Low
            || path.absolute
            || path.traversal
            || features::is_executable(&path.text)
    }

    /// A service that is the name of a file that runs, and none of a server's: `a.docx.lnk`.
    fn bare_executable(&self) -> Option<String> {
        let name = command::stem(&self.service);
        let server = lexicon::is_peer(name) || lexicon::known_server(name).is_some();
        let bare = self.is_dde() && !server && self.link.confidence != Confidence::Low;
        (bare && features::is_executable(&self.service)).then(|| self.service.clone())
    }
}

/// Whether it is another place, not a file.
fn is_place(named: &Indicator) -> bool {
    matches!(named.kind, IndicatorKind::Url | IndicatorKind::Unc)
}

/// Carriers whose target is running text with addresses in it.
fn free_text(carrier: Carrier) -> bool {
    matches!(
        carrier,
        Carrier::Connection
            | Carrier::DatabaseField
            | Carrier::Formula
            | Carrier::Function
            | Carrier::MailMerge
            | Carrier::Name
            | Carrier::WebQuery
            | Carrier::Xlm
    )
}

/// The command with what it hides undone.
fn unfolded(mut resolved: Resolved, pool: &Pool) -> Resolved {
    let command = &mut resolved.command;
    if let (Some(image), Some(arguments)) = (&command.image, &command.arguments) {
        let unfolded = command::unfold(image, arguments, pool);
        command.script = unfolded.script;
        command.stages = unfolded.stages;
        resolved.techniques.extend(unfolded.steps);
    }
    resolved
}
