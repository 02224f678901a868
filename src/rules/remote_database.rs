//! A DATABASE field reads from another computer.

use super::{Case, Part, Rule, Subject};
use crate::command::{Class, classify};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-database",
    weight: 55,
    part: Part::Base,
    since: "0.1.0",
    doc: "A DATABASE field opens a data source on another computer, by address, by UNC path or \
          by the name of its server, or with a provider that fetches from the web. What it \
          reads becomes part of the document, and the computer is told who reads it.",
    hits: &[
        Case::external(Carrier::DatabaseField, "DSN=x;DBQ=\\\\h\\s\\a.mdb"),
        Case::external(Carrier::DatabaseField, "http://h.example/a.mdb"),
        Case::external(
            Carrier::DatabaseField,
            "DRIVER={SQL Server};SERVER=tcp:10.1.2.3,1433;UID=x",
        ),
        Case::external(
            Carrier::DatabaseField,
            "Provider=MSDAOSP;Data Source=MSXML2.DSOControl",
        ),
    ],
    misses: &[
        Case::external(Carrier::DatabaseField, "C:\\data\\a.mdb"),
        Case::external(Carrier::DatabaseField, "DSN=MS Access;DBQ=C:\\data\\a.mdb"),
        Case::external(
            Carrier::DatabaseField,
            "DRIVER={SQL Server};SERVER=(local);DATABASE=a.b",
        ),
        Case::external(Carrier::DatabaseField, "DRIVER={SQL Server};SERVER=sales01"),
        Case::external(Carrier::Connection, "DSN=x;DBQ=\\\\h\\s\\a.mdb"),
    ],
    look,
};

/// Keys of a connection that name a server.
const SERVER: &[&str] = &["addr", "address", "host", "network address", "server"];

/// Providers that fetch what they read: from the web, through another computer, or as XML from
/// any address.
const FETCHING: &[&str] = &["ms remote", "msdaipp.dso", "msdaosp", "msremote"];

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.is_external_in(&[Carrier::DatabaseField]) {
        return None;
    }
    let reached = subject.reach().map(|(_, place)| place);
    reached.or_else(|| subject.texts().find_map(elsewhere))
}

/// A server outside the intranet, or a provider that fetches, in a connection.
pub(super) fn elsewhere(connection: &str) -> Option<String> {
    connection.split([';', '"']).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches(['\'', '{', '}']);
        let lower = value.to_ascii_lowercase();
        if key == "provider" {
            return FETCHING
                .contains(&lower.split(".1").next().unwrap_or_default())
                .then(|| value.to_owned());
        }
        let host = lower
            .split_once(':')
            .map_or(lower.as_str(), |(_, host)| host);
        let host = host.split([',', '\\', '/']).next().unwrap_or_default();
        let named = SERVER.contains(&key.as_str()) && host.contains('.') && host != ".";
        let far = named && classify(&format!("\\\\{host}\\x")).class == Class::Server;
        far.then(|| value.to_owned())
    })
}
