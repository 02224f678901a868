//! The examples that a rule carries: links in short.

use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};

/// A link on which a rule must, or must not, fire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    kind: Kind,
    carrier: Carrier,
    service: Option<&'static str>,
    topic: Option<&'static str>,
    item: Option<&'static str>,
    target: Option<&'static str>,
    prog_id: Option<&'static str>,
    siblings: u32,
    techniques: &'static [TechniqueId],
    confidence: Confidence,
    raw: &'static str,
    trigger: Trigger,
}

impl Case {
    const fn new(kind: Kind, carrier: Carrier) -> Self {
        Case {
            kind,
            carrier,
            service: None,
            topic: None,
            item: None,
            target: None,
            prog_id: None,
            siblings: 1,
            techniques: &[],
            confidence: Confidence::Certain,
            raw: "",
            trigger: Trigger::None,
        }
    }

    /// DDE in a formula.
    pub(super) const fn dde(service: &'static str, topic: &'static str) -> Self {
        let mut case = Case::new(Kind::Dde, Carrier::Formula);
        case.service = Some(service);
        case.topic = Some(topic);
        case
    }

    /// What a macro sends over a channel that another call opened.
    pub(super) const fn sent(item: &'static str) -> Self {
        let mut case = Case::new(Kind::Dde, Carrier::Xlm);
        case.item = Some(item);
        case
    }

    /// A link to another place.
    pub(super) const fn external(carrier: Carrier, target: &'static str) -> Self {
        let mut case = Case::new(Kind::ExternalLink, carrier);
        case.target = Some(target);
        case
    }

    /// Something that starts a program without DDE.
    pub(super) const fn execute(carrier: Carrier, target: &'static str) -> Self {
        let mut case = Case::new(Kind::Execute, carrier);
        case.target = Some(target);
        case
    }

    /// The same with an item.
    pub(super) const fn item(mut self, item: &'static str) -> Self {
        self.item = Some(item);
        self
    }

    /// The same with another kind.
    pub(super) const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same in another carrier.
    pub(super) const fn carrier(mut self, carrier: Carrier) -> Self {
        self.carrier = carrier;
        self
    }

    /// The same with the class of an OLE link.
    pub(super) const fn class(mut self, prog_id: &'static str) -> Self {
        self.prog_id = Some(prog_id);
        self
    }

    /// The same as one of several links to service and topic.
    pub(super) const fn siblings(mut self, siblings: u32) -> Self {
        self.siblings = siblings;
        self
    }

    /// The same with these techniques.
    pub(super) const fn shown(mut self, techniques: &'static [TechniqueId]) -> Self {
        self.techniques = techniques;
        self
    }

    /// The same, less sure.
    pub(super) const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The same with this text in the file.
    pub(super) const fn raw(mut self, raw: &'static str) -> Self {
        self.raw = raw;
        self
    }

    /// The same with this trigger.
    pub(super) const fn trigger(mut self, trigger: Trigger) -> Self {
        self.trigger = trigger;
        self
    }

    /// The link that is meant.
    #[cfg(test)]
    pub(super) fn link(&self) -> crate::link::Link {
        use crate::link::{Link, Reading};
        use crate::location::Location;

        let mut link = Link::new(self.kind, self.carrier, Location::root(None), self.raw);
        link.confidence = self.confidence;
        link.trigger = self.trigger;
        link.target = self.target.map(str::to_owned);
        link.prog_id = self.prog_id.map(str::to_owned);
        link.siblings = self.siblings;
        for id in self.techniques {
            link.add_technique(*id);
        }
        if self.service.is_some() || self.item.is_some() {
            link.readings.push(Reading {
                service: self.service.map(str::to_owned),
                topic: self.topic.map(str::to_owned),
                item: self.item.map(str::to_owned),
                ..Reading::default()
            });
        }
        link
    }
}
