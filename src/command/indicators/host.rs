//! Names and numbers of computers: as an address spells them, and as they stand in running text.
//!
//! The host of an address is read as browsers and Windows read it (URL Standard of the WHATWG,
//! section 3.5 "Host parsing"; `InetAddr` of Winsock): percent-encoding is undone, and a last
//! label that is a number makes the whole an IPv4 address, of one to four parts, each decimal,
//! octal (`0…`) or hexadecimal (`0x…`). Names in other scripts are left as they are.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::path;
use super::super::programs::tier;
use super::super::target::decode_once;

/// Parts of an IPv4 address.
const PARTS: usize = 4;

/// A host in its canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A name, in lower case.
    Name(String),
    /// A number.
    V4(Ipv4Addr),
    /// A number, without brackets.
    V6(Ipv6Addr),
}

impl Host {
    /// As it stands in an address.
    pub(super) fn in_address(&self) -> String {
        match self {
            Host::Name(name) => name.clone(),
            Host::V4(number) => number.to_string(),
            Host::V6(number) => format!("[{number}]"),
        }
    }

    /// As it stands alone.
    pub(super) fn alone(&self) -> String {
        match self {
            Host::V6(number) => number.to_string(),
            Host::Name(_) | Host::V4(_) => self.in_address(),
        }
    }
}

/// Reads the host of an address, without user and port. `None` where no program takes it for one.
pub(super) fn host(text: &str) -> Option<Host> {
    let text: String = text.chars().filter(|c| !is_dropped(*c)).collect();
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?;
        let number = inner.split('%').next()?;
        return number.parse().ok().map(Host::V6);
    }
    let decoded = decode_once(&text);
    let mut name = String::new();
    for c in decoded.chars() {
        match c {
            '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => name.push('.'),
            c => name.extend(c.to_lowercase()),
        }
    }
    let name = name.trim_end_matches('.');
    let wrong = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '#' | '/' | ':' | '<' | '>' | '?' | '@' | '[' | '\\' | ']' | '^' | '|' | '%'
            )
    };
    if name.is_empty() || name.contains(wrong) {
        return None;
    }
    if ends_in_number(name) {
        return number(name).map(Host::V4);
    }
    if let Some(literal) = name.strip_suffix(".ipv6-literal.net") {
        // The spelling of IPv6 in UNC paths ([MS-DTYP] 2.2.57).
        let literal = literal.split('s').next()?.replace('-', ":");
        if let Ok(number) = literal.parse() {
            return Some(Host::V6(number));
        }
    }
    Some(Host::Name(name.to_owned()))
}

/// Characters that programs drop from an address.
pub(super) fn is_dropped(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r')
}

fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let digits = !last.is_empty() && last.chars().all(|c| c.is_ascii_digit());
    digits || part(last).is_some()
}

/// An IPv4 address of one to four parts; the last one fills what is left.
fn number(name: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = name.split('.').collect();
    let (last, first) = parts.split_last()?;
    if first.len() >= PARTS {
        return None;
    }
    let mut value = 0_u64;
    let mut shift = 32_u32;
    for text in first {
        let octet = part(text).filter(|octet| *octet <= 255)?;
        shift = shift.checked_sub(8)?;
        value |= octet.checked_shl(shift)?;
    }
    let rest = part(last)?;
    if rest >= 1_u64.checked_shl(shift)? {
        return None;
    }
    u32::try_from(value | rest).ok().map(Ipv4Addr::from)
}

fn part(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        if digits.is_empty() {
            return Some(0);
        }
        return digits
            .chars()
            .all(|c| c.is_ascii_hexdigit())
            .then(|| u64::from_str_radix(digits, 16).ok())?;
    }
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let radix = if text.starts_with('0') { 8 } else { 10 };
    digits.then(|| u64::from_str_radix(text, radix).ok())?
}

/// Last labels of names that stand in running text without a scheme: those that payloads use
/// most, and those that documentation reserves (RFC 2606). More would take the names of files and
/// of members of objects for hosts.
const TOP: &[&str] = &[
    "br", "cc", "cf", "ch", "click", "club", "cn", "co", "com", "cyou", "de", "dev", "download",
    "es", "eu", "example", "fr", "ga", "gq", "icu", "info", "invalid", "io", "ir", "link", "live",
    "ml", "net", "nl", "online", "org", "pw", "ru", "shop", "site", "space", "store", "su", "tk",
    "top", "tr", "ua", "uk", "us", "vip", "website", "work", "ws", "xyz",
];

/// First labels of names that are members of .NET, not hosts: `system.io`.
const MEMBERS: &[&str] = &["io", "microsoft", "net", "system"];

/// Whether a word of running text is the name of a computer: small letters, two labels or more,
/// and an ending that is known.
pub(super) fn is_bare_name(word: &str) -> bool {
    let labels = || word.split('.');
    let Some((first, last)) = word
        .split_once('.')
        .map(|(first, _)| first)
        .zip(labels().last())
    else {
        return false;
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let pair = labels().count() == 2;
    TOP.binary_search(&last).is_ok()
        && labels().all(label)
        && first.chars().any(|c| c.is_ascii_lowercase())
        && !(MEMBERS.contains(&first) && (pair && last != "com"))
        && !(last == "com" && pair && is_program(first))
}

/// Programs of MS-DOS that still end in `.com`, and those of the lists.
fn is_program(name: &str) -> bool {
    let old = [
        "chcp", "command", "diskcomp", "diskcopy", "format", "mode", "more", "tree", "win",
    ];
    old.contains(&name) || tier(path::stem(name)).is_some()
}

/// A number that stands alone in running text.
pub(super) fn bare_number(word: &str) -> Option<Host> {
    if let Ok(number) = word.parse::<Ipv4Addr>() {
        return (!number.is_unspecified()).then_some(Host::V4(number));
    }
    let inner = word
        .strip_prefix('[')
        .and_then(|word| word.strip_suffix(']'));
    let word = inner.unwrap_or(word);
    let groups = word.split(':').filter(|group| !group.is_empty()).count();
    let plausible = groups >= 2 && word.contains(|c: char| c.is_ascii_digit());
    let number = word.parse::<Ipv6Addr>().ok().filter(|_| plausible)?;
    Some(Host::V6(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the URL Standard, section 3.5, and of `inet_addr`.
    #[test]
    fn numbers_in_every_spelling() {
        for (text, number) in [
            ("2130706433", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("0x7F000001", "127.0.0.1"),
            ("017700000001", "127.0.0.1"),
            ("127.1", "127.0.0.1"),
            ("0300.0250.1.1", "192.168.1.1"),
            ("192.168.257", "192.168.1.1"),
            ("1.2.3.4.", "1.2.3.4"),
            ("%31.2.3.4", "1.2.3.4"),
            ("[::1]", "::1"),
            ("2001-db8--1.ipv6-literal.net", "2001:db8::1"),
        ] {
            assert_eq!(host(text).unwrap().alone(), number, "{text}");
        }
        for text in [
            "1.2.3.4.5",
            "256.1.1.1",
            "4294967296",
            "",
            ".",
            "a b",
            "09.1.1.1",
            "[x]",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
    }

    #[test]
    fn names() {
        for (text, name) in [
            ("EVIL.example.", "evil.example"),
            ("%65vil%2Eexample", "evil.example"),
            ("evil。example", "evil.example"),
            ("b\u{fc}cher.example", "b\u{fc}cher.example"),
            ("a_b.example", "a_b.example"),
        ] {
            assert_eq!(host(text), Some(Host::Name(name.to_owned())), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(TOP.is_sorted());
    }

    #[test]
    fn words_that_are_hosts() {
        for word in [
            "evil.com",
            "a.b-c.example",
            "x1.ru",
            "a.co.uk",
            "microsoft.com",
        ] {
            assert!(is_bare_name(word), "{word}");
        }
        for word in [
            "calc.exe",
            "System.Net",
            "system.io",
            "system.net",
            "e.g",
            "1.0",
            "command.com",
            "cmd.com",
            "a..com",
            "-a.com",
            "readme.txt",
            "Net.WebClient",
            ".com",
            "com",
            "",
        ] {
            assert!(!is_bare_name(word), "{word}");
        }
    }

    #[test]
    fn words_that_are_numbers() {
        for (word, number) in [
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[fe80::1]", "fe80::1"),
        ] {
            assert_eq!(bare_number(word).unwrap().alone(), number);
        }
        for word in [
            "1.2.3.4.5",
            "16.0.4266.1001",
            "12:30:45",
            "::",
            "a::b",
            "0.0.0.0",
            "1.2.3",
        ] {
            assert_eq!(bare_number(word), None, "{word}");
        }
    }
}
