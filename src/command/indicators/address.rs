//! URLs and UNC paths: where their host stands, and what they mean when what is written disguises it.
//!
//! Read as programs read them (URL Standard of the WHATWG, section 4.4 "URL parsing"; the WebDAV
//! redirector of Windows for `\\host@SSL@443\DavWWWRoot`): any slashes, backslashes too, end the
//! scheme; what stands in front of the last `@` is no host; tabs and line ends count for nothing.

use std::ops::Range;

use super::host::{Host, host, is_dropped};
use crate::text::strip_prefix;

/// Schemes of addresses inside running text, without the colon.
const SCHEMES: &[&str] = &["https", "http", "ftps", "ftp", "wss", "ws"];

/// An address, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Where the host stands in the text, without user, port and suffix.
    pub(super) at: Range<usize>,
    pub(super) host: Host,
    /// What is fetched, in the plain spelling.
    pub(super) canonical: String,
    /// Whether the host is written so that it is hard to see.
    pub(super) disguised: bool,
}

/// Where the next address of a text begins at or after `from`.
pub(super) fn find(text: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let rest = text.get(from..)?;
        let colon = from.saturating_add(memchr::memchr(b':', rest.as_bytes())?);
        let before = text.get(from..colon)?;
        let after = text.get(colon.saturating_add(1)..)?;
        if after.starts_with(['/', '\\']) {
            let letters = before
                .bytes()
                .rev()
                .take_while(u8::is_ascii_alphabetic)
                .count();
            let start = colon.saturating_sub(letters);
            let word = text.get(start..colon)?;
            // Of `xhttp` the end is meant: letters in front were glued to it.
            let known = SCHEMES.iter().find(|scheme| {
                let cut = word.len().checked_sub(scheme.len());
                let end = cut.and_then(|cut| word.get(cut..));
                end.is_some_and(|end| end.eq_ignore_ascii_case(scheme))
            });
            if let Some(scheme) = known
                && (after.starts_with(['/', '\\']) && is_doubled(after)
                    || word.len() == scheme.len())
            {
                return Some(colon.saturating_sub(scheme.len()));
            }
        }
        from = colon.saturating_add(1);
    }
}

fn is_doubled(after: &str) -> bool {
    let slash = |byte: Option<&u8>| matches!(byte, Some(b'/' | b'\\'));
    slash(after.as_bytes().first()) && slash(after.as_bytes().get(1))
}

/// Reads a URL of one of the schemes.
pub(super) fn url(text: &str) -> Option<Address> {
    let (scheme, rest) = text.split_once(':')?;
    let scheme: String = scheme.chars().filter(|c| !is_dropped(*c)).collect();
    let scheme = scheme.trim().to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return None;
    }
    let slash = |c: char| matches!(c, '/' | '\\') || is_dropped(c);
    let inner = rest.trim_start_matches(slash);
    let start = text.len().saturating_sub(inner.len());
    let slashes = rest.get(..rest.len().saturating_sub(inner.len()))?;
    let end = inner.find(['/', '\\', '?', '#']).unwrap_or(inner.len());
    let (authority, path) = inner.split_at_checked(end)?;
    let user = authority.rfind('@').map_or(0, |at| at.saturating_add(1));
    let (named, port) = split_port(authority.get(user..)?);
    let at = start.saturating_add(user);
    let found = host(named)?;
    let plain = match &found {
        Host::Name(name) => named.eq_ignore_ascii_case(name) || !named.is_ascii(),
        Host::V4(number) => named == number.to_string(),
        Host::V6(_) => true,
    };
    let backslash = slashes.contains('\\') || path.starts_with('\\');
    Some(Address {
        at: at..at.saturating_add(named.len()),
        canonical: format!(
            "{scheme}://{}{}{}",
            found.in_address(),
            port.filter(|port| !port.is_empty())
                .map_or(String::new(), |port| format!(":{port}")),
            clean_path(path)
        ),
        host: found,
        disguised: user > 0 || !plain || backslash || text.contains(is_dropped),
    })
}

/// Host and port; the colons in the brackets of IPv6 are the host's.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let inside = text.starts_with('[').then(|| text.find(']')).flatten();
    let from = inside.unwrap_or(0);
    let colon = text.get(from..).and_then(|rest| rest.find(':'));
    match colon.and_then(|at| text.split_at_checked(from.saturating_add(at))) {
        Some((host, port)) => (host, port.get(1..)),
        None => (text, None),
    }
}

/// Slashes for backslashes in front of a query, and nothing that programs drop.
fn clean_path(path: &str) -> String {
    let mut in_path = true;
    let mut clean = String::new();
    for c in path.chars().filter(|c| !is_dropped(*c)) {
        in_path &= !matches!(c, '?' | '#');
        clean.push(if in_path && c == '\\' { '/' } else { c });
    }
    clean
}

/// Reads a UNC path that begins with its two slashes. `canonical` is that of the web address if the
/// WebDAV redirector gets it, else of the path.
pub(super) fn unc(text: &str) -> Option<Address> {
    let inner = text.trim_start_matches(['\\', '/']);
    let start = text.len().saturating_sub(inner.len());
    let end = inner.find(['\\', '/', '?']).unwrap_or(inner.len());
    let (server, path) = inner.split_at_checked(end)?;
    let mut parts = server.split('@');
    let named = parts.next()?;
    let found = host(named)?;
    let (mut secure, mut port) = (false, None);
    for part in parts {
        if part.eq_ignore_ascii_case("ssl") {
            secure = true;
        } else if !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()) {
            port = Some(part);
        } else {
            return None;
        }
    }
    let rest = path.trim_start_matches(['\\', '/']);
    let folder = strip_prefix(rest, "davwwwroot")
        .filter(|rest| rest.is_empty() || rest.starts_with(['\\', '/']));
    let web = secure || port.is_some() || folder.is_some();
    let canonical = if web {
        let (scheme, usual) = if secure {
            ("https", "443")
        } else {
            ("http", "80")
        };
        let port = port.filter(|port| *port != usual);
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        let path = clean_path(folder.unwrap_or(path));
        format!("{scheme}://{}{port}{path}", found.in_address())
    } else {
        format!("\\\\{}{}", found.alone(), path.replace('/', "\\"))
    };
    let numeric = matches!(&found, Host::V4(number) if named != number.to_string());
    Some(Address {
        at: start..start.saturating_add(named.len()),
        host: found,
        canonical,
        disguised: web || numeric || named.contains('%'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguised_addresses() {
        for (text, canonical) in [
            (
                "http://microsoft.com@evil.example/a",
                "http://evil.example/a",
            ),
            ("http://a.example:80@0x7f.1:8080/", "http://127.0.0.1:8080/"),
            ("http://2130706433/a", "http://127.0.0.1/a"),
            (
                "http:\\\\evil.example\\a\\b?c\\d",
                "http://evil.example/a/b?c\\d",
            ),
            ("https:/\\evil.example/a", "https://evil.example/a"),
            ("http://%65vil.example/a", "http://evil.example/a"),
            ("http://ev\til.exa\nmple/a", "http://evil.example/a"),
            ("http://evil.example./a", "http://evil.example/a"),
            ("http://[::ffff:1.2.3.4]:80/", "http://[::ffff:1.2.3.4]:80/"),
        ] {
            assert_eq!(url(text).unwrap().canonical, canonical, "{text}");
            assert_eq!(url(text).unwrap().disguised, canonical != text, "{text}");
        }
        assert!(!url("HTTP://EVIL.example/A").unwrap().disguised);
        assert_eq!(url("hxxp://a.b/"), None);
        assert_eq!(url("http://"), None);
    }

    /// Where the redirector of Windows goes: the name, `@SSL` for TLS, `@` and the port.
    #[test]
    fn web_folders() {
        for (text, canonical) in [
            (
                "\\\\h.example@SSL@443\\DavWWWRoot\\a.exe",
                "https://h.example/a.exe",
            ),
            ("\\\\h.example@SSL\\a\\b.exe", "https://h.example/a/b.exe"),
            ("\\\\h.example@8080\\a.exe", "http://h.example:8080/a.exe"),
            ("\\\\h.example@80\\DavWWWRoot\\a", "http://h.example/a"),
            ("\\\\h\\DavWWWRoot\\a", "http://h/a"),
            ("//h.example/share/a", "\\\\h.example\\share\\a"),
            ("\\\\2130706433\\s", "\\\\127.0.0.1\\s"),
        ] {
            assert_eq!(unc(text).unwrap().canonical, canonical, "{text}");
        }
        assert_eq!(unc("\\\\user@host\\s"), None);
        assert_eq!(unc("\\\\"), None);
    }

    #[test]
    fn the_start_of_addresses() {
        for (text, at) in [
            ("ihttp://x", Some(1)),
            ("a https:\\\\x", Some(2)),
            ("c:\\a http:/x", Some(5)),
            ("hxxp://x", None),
            ("c:\\http\\x", None),
            ("x::y", None),
        ] {
            assert_eq!(find(text, 0), at, "{text}");
        }
    }
}
