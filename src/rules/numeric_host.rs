//! Data come from a host without a name.

use super::{Case, Part, Rule, Subject};
use crate::command::{Oddity, classify};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "numeric-host",
    weight: 15,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "A connection or query reads from a public address that is a number, not a name. \
          Ordinary data sources have names.",
    hits: &[
        Case::external(Carrier::WebQuery, "http://1.2.3.4/x.dat"),
        Case::external(Carrier::WebQuery, "http://16909060/x"),
        Case::external(Carrier::Connection, "URL;http://1.2.3.4/x.dat"),
    ],
    misses: &[
        Case::external(Carrier::WebQuery, "http://192.168.1.5/x"),
        Case::external(Carrier::WebQuery, "http://x.example/x"),
        Case::external(Carrier::Hyperlink, "http://1.2.3.4/"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [Carrier::WebQuery, Carrier::Connection];
    let place = classify(&subject.remote()?);
    let host = place.host?;
    let found = subject.is_external_in(&carriers)
        && place.oddities.contains(&Oddity::NumericHost)
        && !is_private(&host);
    found.then_some(host)
}

/// Dotted addresses that only the local network routes (RFC 1918) and this computer.
pub(super) fn is_private(host: &str) -> bool {
    let address: Option<std::net::Ipv4Addr> = host.parse().ok();
    address.is_some_and(|address| address.is_private() || address.is_loopback())
}
