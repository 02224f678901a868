//! What the analyst knows and the document cannot tell. All of it is optional.

/// How far the sender can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum SenderTrust {
    /// The sender is not who the message says.
    Spoofed,
    /// Nobody wrote from there before.
    Unknown,
    /// Has written before.
    Known,
    /// A partner whose mail is authenticated.
    Trusted,
}

/// How often links with the fingerprints of this document were seen before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Baseline {
    /// In how many documents.
    pub documents: u64,
    /// Since when this is counted.
    pub since: Option<String>,
}

/// A setting of the computer where the document was or would be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HostValue {
    /// The name of the value in the registry: `AllowDDE`, `DisableDDEServerLaunch`.
    pub name: String,
    /// Its data.
    pub data: u32,
    /// The computer.
    pub host: Option<String>,
}

/// What an event of a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum ObservedKind {
    /// A program was started.
    Process,
    /// A value of the registry that lets DDE run was set.
    RegistryEnable,
    /// A value of the registry was set that the payload sets.
    RegistryPayload,
}

/// How exactly an event matched what was predicted; what is better is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum MatchQuality {
    /// The program, with another command line or from a parent that does not tell.
    Image,
    /// The program and all stable terms of the command line.
    Terms,
    /// The command line itself, up to quotes, blanks and case.
    Exact,
}

impl MatchQuality {
    /// The name as it stands on the card.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchQuality::Image => "image",
            MatchQuality::Terms => "terms",
            MatchQuality::Exact => "exact",
        }
    }
}

/// An event of a log that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Observed {
    /// What it is.
    pub kind: ObservedKind,
    /// The id of the predicted chain; none for a change of the registry that belongs to no chain.
    #[cfg_attr(feature = "serde", serde(default))]
    pub chain: Option<String>,
    /// When, as the log says.
    #[cfg_attr(feature = "serde", serde(default))]
    pub when: Option<String>,
    /// On which computer.
    #[cfg_attr(feature = "serde", serde(default))]
    pub host: Option<String>,
    /// The log and the number of the event: `sysmon 1`.
    pub source: String,
    /// How exactly it matched.
    pub quality: MatchQuality,
    /// What happened, in the words of the log: a command line, a value with its data.
    #[cfg_attr(feature = "serde", serde(default))]
    pub detail: Option<String>,
}

impl Observed {
    /// An event of the log `source`.
    pub fn new(kind: ObservedKind, source: impl Into<String>, quality: MatchQuality) -> Self {
        Observed {
            kind,
            chain: None,
            when: None,
            host: None,
            source: source.into(),
            quality,
            detail: None,
        }
    }
}

/// What the analyst knows and the document cannot tell.
///
/// ```
/// use ddetect::Context;
/// use ddetect::triage::SenderTrust;
///
/// let context = Context::new().sender(SenderTrust::Unknown).zone(3);
/// assert_eq!(context.zone, Some(3));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Context {
    /// How far the sender can be trusted.
    pub sender: Option<SenderTrust>,
    /// It came by mail.
    pub mail: Option<bool>,
    /// `ZoneId` of the mark of the web: 3 is the Internet.
    pub zone: Option<u8>,
    /// When the document was first seen here.
    pub first_seen: Option<String>,
    /// A user opened it.
    pub opened: Option<bool>,
    /// How often its links were seen before.
    pub baseline: Option<Baseline>,
    /// Settings of the computer.
    pub host_values: Vec<HostValue>,
    /// Other recent messages that carry the same link or address.
    pub related_phishing: Option<bool>,
    /// Logs were searched for the predicted chains; `observed` holds everything that matched.
    pub logs_searched: bool,
    /// Events that matched.
    pub observed: Vec<Observed>,
}

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Context::default()
    }

    /// How far the sender can be trusted.
    pub fn sender(mut self, sender: SenderTrust) -> Self {
        self.sender = Some(sender);
        self
    }

    /// Whether it came by mail.
    pub fn mail(mut self, mail: bool) -> Self {
        self.mail = Some(mail);
        self
    }

    /// `ZoneId` of the mark of the web.
    pub fn zone(mut self, zone: u8) -> Self {
        self.zone = Some(zone);
        self
    }

    /// When the document was first seen here.
    pub fn first_seen(mut self, when: impl Into<String>) -> Self {
        self.first_seen = Some(when.into());
        self
    }

    /// Whether a user opened it.
    pub fn opened(mut self, opened: bool) -> Self {
        self.opened = Some(opened);
        self
    }

    /// In how many documents its links were seen before, and since when this is counted.
    pub fn baseline(mut self, documents: u64, since: Option<&str>) -> Self {
        let since = since.map(str::to_owned);
        self.baseline = Some(Baseline { documents, since });
        self
    }

    /// A value of the registry of the computer.
    pub fn host_value(mut self, name: impl Into<String>, data: u32) -> Self {
        let (name, host) = (name.into(), None);
        self.host_values.push(HostValue { name, data, host });
        self
    }

    /// Whether other recent messages carry the same link or address.
    pub fn related_phishing(mut self, related: bool) -> Self {
        self.related_phishing = Some(related);
        self
    }

    /// The logs were searched, and these events matched.
    pub fn observed(mut self, events: impl IntoIterator<Item = Observed>) -> Self {
        self.logs_searched = true;
        self.observed.extend(events);
        self
    }
}
