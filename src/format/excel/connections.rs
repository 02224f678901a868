//! Data connections and web queries (`spec/excel.md` §1.6). What a Power Query package fetches from
//! is read in `query`.

use std::collections::{BTreeMap, BTreeSet};

use super::site::{Purse, Rank, cost};
use crate::formula::functions::UNKNOWN;

/// Words in a query that start a program on the database server (§1.6).
const STARTS: &[&str] = &["xp_cmdshell", "powershell", "cmd.exe", "cmd /"];
/// The provider behind which Power Query stands (§1.6), lower case.
const MASHUP: &str = "microsoft.mashup.oledb";
/// Keys of a connection string that say where the data is.
const PLACES: &[&str] = &[
    "data source",
    "server",
    "dbq",
    "address",
    "addr",
    "network address",
];
/// Data sources that are the workbook itself.
const HERE: &[&str] = &["$workbook$", "$embedded$", "thisworkbookdatamodel"];

/// Remote places reported of one connection, and the bytes that their texts may take together.
const TARGETS: usize = 16;
const QUOTED: usize = 1 << 20;

/// Where data comes from, and what is asked there.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    /// What query tables and pivot tables call it.
    pub(crate) id: String,
    /// It is refreshed when the workbook is opened.
    pub(crate) refreshes: bool,
    /// Name and value of each text that says where the data is or what is asked: see
    /// [`Connection::leads`] for the names that mean something.
    pub(crate) attributes: Vec<(&'static str, String)>,
    /// A web query.
    pub(crate) web: bool,
    /// What a query of the Power Query package of the workbook fetches: that is refreshed with
    /// whatever connection leads to the package.
    pub(crate) of_package: bool,
}

/// What a connection leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) web: bool,
    pub(super) target: Option<String>,
    pub(super) raw: String,
    /// The data is fetched when the workbook is opened.
    pub(super) opens: bool,
    /// The place is put together by a query, and not all of it is known.
    pub(super) unresolved: bool,
}

/// The connections of all places, by place and byte.
#[derive(Debug, Default)]
pub(super) struct Connections {
    list: BTreeMap<(usize, u64), Connection>,
    /// Connections that a query table or a pivot table refreshes at opening.
    refreshed: BTreeSet<String>,
    open: Option<(usize, u64)>,
}

impl Connections {
    /// What follows belongs to no connection.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// A connection; more of it may follow.
    pub(super) fn add(
        &mut self,
        place: usize,
        offset: u64,
        connection: Connection,
        purse: &mut Purse<'_, '_>,
    ) {
        let texts: usize = connection
            .attributes
            .iter()
            .map(|(_, value)| value.len().saturating_add(cost::ENTRY))
            .sum();
        let bytes = texts.saturating_add(connection.id.len());
        self.open = None;
        if purse.keep(Rank::Link, bytes.saturating_add(cost::ENTRY)) {
            self.open = Some((place, offset));
            self.list.insert((place, offset), connection);
        }
    }

    /// The connection that was added last.
    pub(super) fn current(&mut self) -> Option<&mut Connection> {
        self.open.and_then(|key| self.list.get_mut(&key))
    }

    /// One more text of the connection that was added last.
    pub(super) fn attribute(
        &mut self,
        name: &'static str,
        value: String,
        purse: &mut Purse<'_, '_>,
    ) {
        if let Some(connection) = self.open.and_then(|key| self.list.get_mut(&key))
            && purse.keep(Rank::Link, value.len().saturating_add(cost::ENTRY))
        {
            connection.attributes.push((name, value));
        }
    }

    /// Something refreshes the connection of this id when the workbook is opened.
    pub(super) fn refresh(&mut self, id: String, purse: &mut Purse<'_, '_>) {
        if purse.keep(Rank::Junk, id.len().saturating_add(cost::ENTRY)) {
            self.refreshed.insert(id);
        }
    }

    /// Where the connections lead, in document order. Those that lead nowhere but to the workbook
    /// itself are left out.
    pub(super) fn leads(&self) -> impl Iterator<Item = ((usize, u64), Lead)> {
        let opens = |connection: &Connection| {
            connection.refreshes || self.refreshed.contains(&connection.id)
        };
        let mut all = self.list.values();
        let package = all.any(|connection| opens(connection) && connection.leads_to_package());
        self.list.iter().flat_map(move |(key, connection)| {
            let opens = opens(connection) || connection.of_package && package;
            connection.leads(opens).into_iter().map(|lead| (*key, lead))
        })
    }
}

impl Connection {
    /// Whether it is the one that the queries of the Power Query package stand behind.
    fn leads_to_package(&self) -> bool {
        self.attributes.iter().any(|(name, value)| {
            *name == "connection" && value.to_ascii_lowercase().contains(MASHUP)
        })
    }

    /// Where it leads. Of the texts, `command`, `serverCommand`, `post` and `text` are what is
    /// asked, `connection` and `localConnection` are connection strings, all others are addresses.
    fn leads(&self, opens: bool) -> Vec<Lead> {
        let mut targets: Vec<&str> = Vec::new();
        let mut starts = false;
        for (name, value) in &self.attributes {
            match *name {
                "command" | "serverCommand" | "post" | "text" => {
                    let lower = value.to_ascii_lowercase();
                    starts |= STARTS.iter().any(|word| lower.contains(word)) || has_shell(&lower);
                }
                "connection" | "localConnection" => targets.extend(places(value)),
                _ => targets.push(value),
            }
        }
        targets.retain(|target| !HERE.iter().any(|here| target.eq_ignore_ascii_case(here)));
        // Every place that is not on this machine counts; of the others, the first says enough.
        let raw = self.raw();
        // Each carries the whole text, which names all of them.
        let most = QUOTED
            .checked_div(raw.len())
            .unwrap_or(TARGETS)
            .clamp(1, TARGETS);
        let mut kept: Vec<&str> = Vec::new();
        for target in &targets {
            if is_remote(target) && !kept.contains(target) && kept.len() < most {
                kept.push(target);
            }
        }
        if kept.is_empty() {
            kept.extend(targets.first().copied());
        }
        let lead = |target: Option<&str>| Lead {
            web: self.web,
            target: target.map(str::to_owned),
            raw: raw.clone(),
            opens,
            unresolved: self.of_package && target.is_some_and(|target| target.contains(UNKNOWN)),
        };
        if kept.is_empty() && starts {
            return vec![lead(None)];
        }
        kept.into_iter().map(|target| lead(Some(target))).collect()
    }

    fn raw(&self) -> String {
        let words: Vec<_> = self
            .attributes
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        words.join(" ")
    }
}

/// The places that a connection string names: `URL;…`, `Data Source=…`, and whatever value is an
/// address.
fn places(connection: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in connection.split(';').map(str::trim) {
        match piece.split_once('=') {
            Some((key, value)) => {
                let value = value.trim().trim_matches(['"', '\'']);
                let key = key.trim();
                if PLACES.iter().any(|known| key.eq_ignore_ascii_case(known)) || is_remote(value) {
                    found.push(value);
                } else if let Some(share) = share(value) {
                    found.push(share);
                } else if is_remote(piece) {
                    found.push(piece);
                }
            }
            None if is_remote(piece) => found.push(piece),
            None => {}
        }
    }
    found.retain(|value| !value.is_empty());
    found
}

/// The UNC path inside a value: `Extended Properties="DBQ=\\\\host\\share"`.
fn share(value: &str) -> Option<&str> {
    let at = value.find("\\\\")?;
    let (before, path) = value.split_at_checked(at)?;
    before
        .ends_with(['=', '"', '\'', ' ', ',', '('])
        .then(|| path.trim_end_matches(['"', '\'']))
}

/// Whether a query calls `Shell`, with blanks before the parenthesis or without.
fn has_shell(lower: &str) -> bool {
    lower
        .split("shell")
        .skip(1)
        .any(|rest| rest.trim_ascii_start().starts_with('('))
}

/// A URL or a UNC path.
pub(super) fn is_remote(target: &str) -> bool {
    target.starts_with("\\\\") || target.starts_with("//") || target.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_called_with_blanks_too() {
        assert!(has_shell("select shell (\"calc\")"));
        assert!(has_shell("select shell(\"calc\")"));
        assert!(!has_shell("select shell from s where (1)"));
    }

    #[test]
    fn connection_strings_name_places() {
        assert_eq!(
            places("Provider=SQLOLEDB;Data Source=db.example;Initial Catalog=x"),
            ["db.example"]
        );
        assert_eq!(
            places("URL;http://example.invalid/q?a=b"),
            ["http://example.invalid/q?a=b"]
        );
        assert_eq!(
            places("ODBC;DBQ=\\\\host\\share\\x.mdb;"),
            ["\\\\host\\share\\x.mdb"]
        );
        assert_eq!(places("WORKSHEET;C:\\x.xlsx"), [""; 0]);
        assert_eq!(
            places("Provider=ACE;Extended Properties=\"DBQ=\\\\10.1.1.1\\s\\x.xls;HDR=YES\""),
            ["\\\\10.1.1.1\\s\\x.xls"]
        );
        assert_eq!(places("X=C:\\\\a\\\\b;Y=a\\\\b"), [""; 0]);
    }
}
