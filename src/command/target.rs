//! What kind of address a link points to (Word specification, section 1.7 "target normalisation"
//! and the last paragraph of 6.1).
//!
//! Malformed input: control characters inside an address, up to three layers of percent-encoding,
//! backslashes in web addresses, user names in front of hosts and hosts written as one number are
//! undone and noted. Whatever is left without a scheme, server or drive is relative.

use super::normal::normal;
use crate::text::{self, hex_byte};

/// How often percent-encoding is undone (section 1.7).
const DECODINGS: usize = 3;

/// What kind of place a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Nothing, or a place within the document (`#Sheet1!A1`).
    Internal,
    /// A path without drive or server, a bare file name.
    Relative,
    /// A drive, or a `file:` address without a host.
    Local,
    /// A server by a bare name, which only an intranet resolves.
    Intranet,
    /// A server by a full name or an address.
    Server,
    /// A web or file-transfer address.
    Web,
    /// A device or a pipe.
    Device,
    /// Another scheme: a moniker, a handler, a mail address.
    Scheme,
}

/// What was done to make an address hard to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Oddity {
    /// Line breaks, tabs or invisible characters inside it.
    ControlCharacters,
    /// The host is an IP address, or one number that stands for one.
    NumericHost,
    /// Letters as percent-codes that need none.
    PercentEncoded,
    /// A user name that looks like the host.
    UserInfo,
}

/// A target, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) class: Class,
    /// Lower-case scheme of the innermost address, without colon.
    pub(crate) scheme: Option<String>,
    /// Lower-case host, without user, port and WebDAV suffix.
    pub(crate) host: Option<String>,
    /// The innermost address, cleaned: without moniker prefix and item suffix.
    pub(crate) address: String,
    /// The outer scheme when an address stands inside it: `mhtml`, `view-source`.
    pub(crate) moniker: Option<String>,
    /// What follows a `!` after the address; empty when the address ends in `!`.
    pub(crate) suffix: Option<String>,
    pub(crate) oddities: Vec<Oddity>,
}

impl Target {
    /// Whether it leaves the computer.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self.class, Class::Intranet | Class::Server | Class::Web)
    }
}

/// Schemes that carry another address.
const CARRIERS: &[&str] = &[
    "its",
    "mhtml",
    "mk",
    "ms-its",
    "script",
    "scriptlet",
    "soap",
    "view-source",
];

/// Schemes that say which program opens the address behind them.
const WRAPPERS: &[&str] = &["feed", "url"];

/// Schemes of Office programs: `ms-word:ofe|u|http://…`.
const OFFICE: &[&str] = &[
    "ms-access",
    "ms-excel",
    "ms-infopath",
    "ms-powerpoint",
    "ms-project",
    "ms-publisher",
    "ms-spd",
    "ms-visio",
    "ms-word",
    "onenote",
];

/// Wrappings taken off an address: any more are not one.
const WRAPPINGS: usize = 4;

/// Schemes with a host that a program fetches from.
const WEB: &[&str] = &[
    "ftp", "ftps", "http", "https", "webdav", "webdavs", "ws", "wss",
];

/// Reads a target. Linear in its length.
pub(crate) fn classify(target: &str) -> Target {
    let mut oddities = Vec::new();
    let clean = normal(target.trim());
    let text: String = clean
        .text
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\t'))
        .collect();
    if text.len() != target.trim().len() && (clean.fillers || text.len() != clean.text.len()) {
        oddities.push(Oddity::ControlCharacters);
    }
    let decoded = percent_decoded(&text);
    if letters_as_codes(&text) || letters_as_codes(&decode_once(&text)) {
        oddities.push(Oddity::PercentEncoded);
    }

    let mut moniker = None;
    let mut rest = decoded.trim();
    for _ in 0..WRAPPINGS {
        let Some((scheme, inner)) = split_scheme(rest) else {
            break;
        };
        let name = scheme.as_str();
        if CARRIERS.contains(&name) {
            moniker = Some(scheme);
            rest = inner.trim_start_matches("@MSITStore:").trim();
            break;
        }
        if WRAPPERS.contains(&name) {
            rest = inner.trim();
        } else if OFFICE.contains(&name)
            && let Some(opened) = opened_by_office(inner)
        {
            rest = opened;
        } else {
            break;
        }
        moniker = Some(scheme);
    }
    let (rest, suffix) = split_suffix(rest);
    let (class, scheme, host) = place(rest, &mut oddities);
    let class = if moniker.is_some() && class == Class::Relative {
        Class::Scheme
    } else {
        class
    };
    oddities.sort_unstable();
    oddities.dedup();
    Target {
        class,
        scheme,
        host,
        address: rest.to_owned(),
        moniker,
        suffix,
        oddities,
    }
}

/// The address that a program of Office is told to open: `ofe|u|http://…|s|…`, or the address
/// alone.
fn opened_by_office(command: &str) -> Option<&str> {
    let mut parts = command.split('|').map(str::trim);
    let named = parts
        .by_ref()
        .find(|part| part.eq_ignore_ascii_case("u"))
        .and_then(|_| parts.next());
    let alone = command.trim();
    named.or_else(|| (!alone.contains('|') && !alone.is_empty()).then_some(alone))
}

/// Class, scheme and host of an address without its wrappings.
fn place(address: &str, oddities: &mut Vec<Oddity>) -> (Class, Option<String>, Option<String>) {
    if address.is_empty() || address.starts_with('#') {
        return (Class::Internal, None, None);
    }
    if let Some((scheme, rest)) = split_scheme(address) {
        if scheme == "file" {
            let (class, host) = file_place(rest, oddities);
            return (class, Some(scheme), host);
        }
        if WEB.contains(&scheme.as_str()) {
            let host = host_of(rest.trim_start_matches(['/', '\\']), oddities);
            return (Class::Web, Some(scheme), host);
        }
        return (Class::Scheme, Some(scheme), None);
    }
    let (class, host) = path_place(address, oddities);
    (class, None, host)
}

/// `file:///C:/x`, `file://host/x`, `file:///\\host\x`.
fn file_place(rest: &str, oddities: &mut Vec<Oddity>) -> (Class, Option<String>) {
    let trimmed = rest.trim_start_matches(['/', '\\']);
    // The prefix that turns off the reading of a path: `\\?\UNC\host\share`, `\\?\C:\x`.
    if let Some(verbatim) = trimmed.strip_prefix("?\\").or(trimmed.strip_prefix("?/")) {
        return match without_unc(verbatim) {
            Some(rest) => server(rest, oddities),
            None => (Class::Local, None),
        };
    }
    let slashes = rest.len().saturating_sub(trimmed.len());
    let backslashes = rest.starts_with("\\\\")
        || rest.trim_start_matches('/').starts_with("\\\\")
        || slashes >= 4;
    let drive = is_drive_path(trimmed);
    let local_host = trimmed.to_ascii_lowercase().starts_with("localhost/");
    if drive || local_host || trimmed.is_empty() {
        (Class::Local, None)
    } else if slashes == 2 || backslashes {
        server(trimmed, oddities)
    } else {
        (Class::Local, None)
    }
}

/// What follows `UNC\`.
pub(super) fn without_unc(path: &str) -> Option<&str> {
    let (name, rest) = path.split_at_checked(4)?;
    (name.get(..3)?.eq_ignore_ascii_case("unc") && name.ends_with(['\\', '/'])).then_some(rest)
}

fn path_place(address: &str, oddities: &mut Vec<Oddity>) -> (Class, Option<String>) {
    let slashed = address.replace('/', "\\");
    let lower = slashed.to_ascii_lowercase();
    let device = lower
        .strip_prefix("\\\\?\\")
        .or(lower.strip_prefix("\\\\.\\"))
        .or(lower.strip_prefix("\\??\\"));
    if let Some(rest) = device.and_then(without_unc) {
        return server(rest, oddities);
    }
    let global = lower.strip_prefix("\\\\?\\globalroot").unwrap_or(&lower);
    if let Some(rest) = global.strip_prefix("\\device\\mup\\") {
        return server(without_redirector(rest), oddities);
    }
    if lower.starts_with("\\\\.\\") || lower.starts_with("\\pipe\\") {
        return (Class::Device, None);
    }
    if lower.starts_with("\\\\?\\") || is_drive_path(&lower) {
        return (Class::Local, None);
    }
    match lower
        .strip_prefix("\\\\")
        .map(|rest| rest.trim_start_matches('\\'))
    {
        Some(rest) if !rest.is_empty() => server(without_redirector(rest), oddities),
        Some(_) => (Class::Relative, None),
        None if lower.starts_with('\\') || lower.starts_with('%') => (Class::Local, None),
        None => (Class::Relative, None),
    }
}

/// What follows the names of the network's drivers: `;LanmanRedirector\host`.
pub(super) fn without_redirector(path: &str) -> &str {
    let mut rest = path;
    while rest.starts_with(';')
        && let Some((_, next)) = rest.split_once('\\')
    {
        rest = next.trim_start_matches('\\');
    }
    rest
}

fn server(rest: &str, oddities: &mut Vec<Oddity>) -> (Class, Option<String>) {
    let Some(host) = host_of(rest, oddities) else {
        return (Class::Relative, None);
    };
    let second = rest.split(['\\', '/']).nth(1).unwrap_or_default();
    let web_folder = second.eq_ignore_ascii_case("davwwwroot");
    let class = match host.as_str() {
        // A port is that of a program that listens there, or forwards what it is asked.
        "localhost" | "127.0.0.1" if !rest_has_port(rest) => Class::Local,
        _ if second.eq_ignore_ascii_case("pipe") && !host.contains('.') => Class::Device,
        _ if web_folder || rest_has_port(rest) || host.contains(['.', ':']) => Class::Server,
        _ if oddities.contains(&Oddity::NumericHost) => Class::Server,
        _ => Class::Intranet,
    };
    (class, Some(host))
}

/// `host@SSL@443` or `host@80`: the WebDAV client, which leaves the intranet.
fn rest_has_port(rest: &str) -> bool {
    let authority = rest.split(['\\', '/']).next().unwrap_or_default();
    authority.contains('@')
}

/// The lower-case host in front of a path, without user, port and WebDAV suffix.
fn host_of(rest: &str, oddities: &mut Vec<Oddity>) -> Option<String> {
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end)?.to_ascii_lowercase();
    let is_webdav = authority
        .split('@')
        .skip(1)
        .all(|part| part == "ssl" || part.chars().all(|c| c.is_ascii_digit()));
    let host = match authority.split_once('@') {
        Some((host, _)) if is_webdav => host,
        Some(_) => {
            oddities.push(Oddity::UserInfo);
            authority.rsplit('@').next()?
        }
        None => authority.as_str(),
    };
    let host = if host.starts_with('[') {
        host.split_inclusive(']').next()?
    } else {
        host.split(':').next()?
    };
    let host = host.trim_end_matches('.');
    if is_numeric_host(host) {
        oddities.push(Oddity::NumericHost);
    }
    (!host.is_empty()).then(|| host.to_owned())
}

/// Dotted, decimal, octal or hexadecimal IPv4, or a bracketed IPv6 address.
fn is_numeric_host(host: &str) -> bool {
    let number = |part: &str| {
        let hexadecimal = part.strip_prefix("0x").filter(|rest| !rest.is_empty());
        match hexadecimal {
            Some(digits) => digits.chars().all(|c| c.is_ascii_hexdigit()),
            None => !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()),
        }
    };
    host.starts_with('[') || (host.split('.').count() <= 4 && host.split('.').all(number))
}

/// A scheme of two characters or more (one letter is a drive) and what follows its colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let mut chars = scheme.chars();
    let valid = scheme.len() > 1
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    valid.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Splits `!x-usc:…`, `!item` and a final `!` from an address. A web address may hold other
/// exclamation marks.
fn split_suffix(text: &str) -> (&str, Option<String>) {
    let is_web = split_scheme(text).is_some_and(|(scheme, _)| WEB.contains(&scheme.as_str()));
    let at = if is_web {
        let second = text.to_ascii_lowercase().find("!x-usc:");
        second.or_else(|| text.strip_suffix('!').map(str::len))
    } else {
        text.find('!')
    };
    match at.and_then(|at| text.split_at_checked(at)) {
        Some((address, suffix)) => {
            let suffix = suffix.strip_prefix('!').unwrap_or(suffix);
            (address, Some(suffix.to_owned()))
        }
        None => (text, None),
    }
}

fn is_drive_path(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && matches!(chars.next(), Some(':' | '|'))
}

/// A `file:` address without a host, as the path it means.
pub(super) fn without_local_file_scheme(text: &str) -> &str {
    match text.get(..8) {
        Some(start) if start.eq_ignore_ascii_case("file:///") => text.get(8..).unwrap_or(text),
        _ => text,
    }
}

/// Undoes percent-encoding, at most three layers deep. Broken codes and codes that give no valid
/// text stay as they are.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut current = text.to_owned();
    for _ in 0..DECODINGS {
        if !current.contains('%') {
            break;
        }
        let next = decode_once(&current);
        if next == current {
            break;
        }
        current = next;
    }
    current
}

/// One layer of it.
pub(super) fn decode_once(text: &str) -> String {
    String::from_utf8(text::percent_decoded(text)).unwrap_or_else(|_| text.to_owned())
}

/// Codes for letters and digits are never needed.
fn letters_as_codes(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .filter_map(|rest| hex_byte(rest.as_bytes()))
        .any(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (target, class, host) in [
            ("http://x/t.dotm", Class::Web, Some("x")),
            ("HTTPS://a.b:8443/c", Class::Web, Some("a.b")),
            ("ftp://h/x", Class::Web, Some("h")),
            ("http:\\\\a.b\\c", Class::Web, Some("a.b")),
            ("\\\\host\\s\\a.docx", Class::Intranet, Some("host")),
            ("//host/s/a.docx", Class::Intranet, Some("host")),
            ("\\\\a.b.example\\s", Class::Server, Some("a.b.example")),
            ("\\\\10.0.0.1\\s", Class::Server, Some("10.0.0.1")),
            (
                "\\\\host@SSL@443\\DavWWWRoot\\x",
                Class::Server,
                Some("host"),
            ),
            ("\\\\host@80\\x", Class::Server, Some("host")),
            ("\\\\?\\UNC\\host\\s", Class::Intranet, Some("host")),
            ("\\\\.\\UNC\\10.0.0.9\\s", Class::Server, Some("10.0.0.9")),
            (
                "file:///\\\\?\\UNC\\10.0.0.9\\s\\a.xlsx",
                Class::Server,
                Some("10.0.0.9"),
            ),
            ("file://///?/unc/host/s", Class::Intranet, Some("host")),
            ("file:///\\\\?\\C:\\a.xlsx", Class::Local, None),
            ("file:///\\\\host\\s", Class::Intranet, Some("host")),
            ("file:///\\\\a.example\\s", Class::Server, Some("a.example")),
            ("file://host/s/x.docx", Class::Intranet, Some("host")),
            ("file:////host/s", Class::Intranet, Some("host")),
            ("file:\\\\host\\s", Class::Intranet, Some("host")),
            ("file:///C:/a/b.xlsx", Class::Local, None),
            ("file:///C%3A/a.docx", Class::Local, None),
            ("file:///tmp/x", Class::Local, None),
            ("C:\\Users\\a\\Normal.dotm", Class::Local, None),
            ("%APPDATA%\\x.dotm", Class::Local, None),
            ("\\\\.\\pipe\\x", Class::Device, None),
            ("Normal.dotm", Class::Relative, None),
            ("media/image1.png", Class::Relative, None),
            ("../a.xlsx", Class::Relative, None),
            ("#Sheet1!A1", Class::Internal, None),
            ("", Class::Internal, None),
            ("mailto:a@b.example", Class::Scheme, None),
            ("ms-msdt:/id PCWDiagnostic", Class::Scheme, None),
            ("script:http://x/a.sct", Class::Web, Some("x")),
            ("\\??\\UNC\\a.example\\s", Class::Server, Some("a.example")),
            ("\\??\\C:\\a.docx", Class::Local, None),
            (
                "\\\\?\\GLOBALROOT\\Device\\Mup\\a.example\\s",
                Class::Server,
                Some("a.example"),
            ),
            (
                "\\\\;LanmanRedirector\\a.example\\s",
                Class::Server,
                Some("a.example"),
            ),
            (
                "\\\\;LanmanRedirector\\;Z:0\\host\\s",
                Class::Intranet,
                Some("host"),
            ),
            ("ms-word:ofe|u|http://x/t", Class::Web, Some("x")),
            ("ms-excel:ofv|u|https://x/t|s|y", Class::Web, Some("x")),
            ("ms-word:http://x/t", Class::Web, Some("x")),
            ("url:http://x/t", Class::Web, Some("x")),
            ("feed:http://x/t", Class::Web, Some("x")),
            ("url:mhtml:http://x/t", Class::Web, Some("x")),
            ("ms-word:ofe|u|", Class::Internal, None),
            ("file://localhost@80/t", Class::Server, Some("localhost")),
            ("\\\\127.0.0.1@80\\t", Class::Server, Some("127.0.0.1")),
            ("\\\\127.0.0.1\\c$\\t", Class::Local, Some("127.0.0.1")),
            ("file://localhost/c:/t", Class::Local, None),
        ] {
            let read = classify(target);
            assert_eq!(
                (read.class, read.host.as_deref()),
                (class, host),
                "{target}"
            );
        }
    }

    #[test]
    fn exploit_shapes() {
        let read = classify("mhtml:http://h/x.html!x-usc:http://h/x.html");
        assert_eq!(read.moniker.as_deref(), Some("mhtml"));
        assert_eq!(read.address, "http://h/x.html");
        assert_eq!(read.suffix.as_deref(), Some("x-usc:http://h/x.html"));
        let read = classify("https://h/RDF842l.html!");
        assert_eq!(read.suffix.as_deref(), Some(""));
        assert_eq!(read.address, "https://h/RDF842l.html");
        let read = classify("https://h/a!b.html");
        assert_eq!(
            (read.address.as_str(), read.suffix),
            ("https://h/a!b.html", None)
        );
    }

    #[test]
    fn oddities_are_undone_and_noted() {
        for (target, address, oddity) in [
            ("ht\ntp://x/a", "http://x/a", Oddity::ControlCharacters),
            ("%68ttp://x/a", "http://x/a", Oddity::PercentEncoded),
            ("%2568ttp://x/a", "http://x/a", Oddity::PercentEncoded),
            (
                "http://office.com@evil.example/a",
                "http://office.com@evil.example/a",
                Oddity::UserInfo,
            ),
            (
                "http://3232235777/a",
                "http://3232235777/a",
                Oddity::NumericHost,
            ),
            (
                "http://0xC0A80101/a",
                "http://0xC0A80101/a",
                Oddity::NumericHost,
            ),
            (
                "http://1.2.3.4/x.dat",
                "http://1.2.3.4/x.dat",
                Oddity::NumericHost,
            ),
        ] {
            let read = classify(target);
            assert_eq!(read.address, address);
            assert_eq!(read.oddities, [oddity], "{target}");
            assert_eq!(read.class, Class::Web);
        }
        assert_eq!(
            classify("http://office.com@evil.example/a").host.as_deref(),
            Some("evil.example")
        );
        assert_eq!(classify("http://a.example/b%20c").oddities, []);
    }
}
