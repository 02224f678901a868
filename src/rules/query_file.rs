//! A file that is nothing but a query asks another computer.

use super::numeric_host::is_private;
use super::{Case, Part, Rule, Subject, remote_database};
use crate::command::{Target, classify};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "query-file",
    weight: 55,
    part: Part::Base,
    since: "0.1.0",
    doc: "The file is nothing but a query, and what it asks is outside the local network: to open \
          it is to let that place write cells, formulas included. Queries of one's own stay at \
          home; what is kept with Office itself (SharePoint Online), by https, is ordinary. A path \
          of SharePoint proves nothing about a host.",
    hits: &[
        Case::external(Carrier::WebQuery, "http://x.example/x.htm")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(
            Carrier::WebQuery,
            "http://x.example/_vti_bin/owssvr.dll?XMLDATA=1",
        )
        .shown(&[TechniqueId::QueryFile]),
        Case::external(
            Carrier::WebQuery,
            "https://x.example/s/_vti_bin/owssvr.dll?CS=65001&XMLDATA=1&RowLimit=0",
        )
        .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "https://contoso.sharepoint.com:8443/q")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "https://sharepoint.com.x.example/q")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "db.example").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "198.51.100.7,1433").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "sql")
            .raw("connection=\"DRIVER=SQL Server;SERVER=tcp:db.example,1433;UID=x\"")
            .shown(&[TechniqueId::QueryFile]),
    ],
    misses: &[
        Case::external(Carrier::WebQuery, "http://x.example/x.htm"),
        Case::external(
            Carrier::WebQuery,
            "https://contoso.sharepoint.com/_vti_bin/owssvr.dll?CS=65001&XMLDATA=1&RowLimit=0",
        )
        .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "https://contoso.sharepoint.com/s/q.aspx")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://localhost/x.htm")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "https://reports/q").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://10.1.2.3/q").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://wiki.corp.local/q")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "sql01").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "C:\\data\\a.mdb").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "a.accdb").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Hyperlink, "http://x.example/").shown(&[TechniqueId::QueryFile]),
    ],
    look,
};

/// Top-level names that no public server has (RFC 6762 appendix G, RFC 8375, RFC 9476).
const NEAR: &[&str] = &[
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "arpa",
];
/// What the names of data files end with.
const FILES: &[&str] = &[
    "accdb", "csv", "cub", "db", "dbf", "dsn", "htm", "html", "mdb", "mdf", "odc", "sqlite", "txt",
    "udl", "xls", "xlsb", "xlsm", "xlsx", "xml",
];

fn look(subject: &Subject<'_>) -> Option<String> {
    let (target, place) = place(subject)?;
    let ordinary = target.is_some_and(|target| is_ordinary(&target));
    (!ordinary).then_some(place)
}

/// Whether it is a place of Office's own, asked by https at the usual port. Any host may answer
/// at the path of a SharePoint list (`_vti_bin/owssvr.dll`), so that path is no excuse.
fn is_ordinary(target: &Target) -> bool {
    let Some(host) = target.host.as_deref() else {
        return false;
    };
    let Some((_, rest)) = target.address.split_once("://") else {
        return false;
    };
    let authority = rest.split_once('/').map_or(rest, |(front, _)| front);
    let plain = target.scheme.as_deref() == Some("https")
        && target.oddities.is_empty()
        && target.moniker.is_none()
        && authority.eq_ignore_ascii_case(host);
    let own = OFFICE.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    });
    plain && own
}

/// Domains of Office. SharePoint Online gives each company a name of its own under the third,
/// where its lists are kept.
const OFFICE: &[&str] = &[
    "office.com",
    "office365.com",
    "sharepoint.com",
    "officeapps.live.com",
];

/// The host outside the local network that a query file asks, as far as there is a name for it, and
/// the place as it stands in the file.
pub(super) fn place(subject: &Subject<'_>) -> Option<(Option<Target>, String)> {
    subject.shows(&[TechniqueId::QueryFile])?;
    if !subject.is_external_in(&[Carrier::WebQuery, Carrier::Connection]) {
        return None;
    }
    if let Some(remote) = subject.remote() {
        let target = classify(&remote);
        let near = target.host.as_deref().is_none_or(is_near);
        return (!near).then_some((Some(target), remote));
    }
    let named = subject.texts().find_map(server);
    let named = named.or_else(|| subject.texts().find_map(remote_database::elsewhere))?;
    Some((None, named))
}

/// The name of a server that stands alone, with its port or instance.
fn server(text: &str) -> Option<String> {
    let name = text.trim();
    let name = name.strip_prefix("tcp:").unwrap_or(name);
    let host = name.split([',', ':', '\\', '/']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let (_, last) = host.rsplit_once('.')?;
    let plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (plain && !is_near(&host) && !FILES.contains(&last)).then(|| text.to_owned())
}

/// Whether a host is this computer or one of the local network.
fn is_near(host: &str) -> bool {
    let last = host.rsplit_once('.').map_or(host, |(_, last)| last);
    !host.contains(['.', ':']) || NEAR.contains(&last) || is_private(host)
}
