//! Addresses, files and keys of the registry that a link names in any of its texts, as they stand
//! there, defanged, and with the place where they stand.
//!
//! Lenient: an address ends at white space, a quote or an angle bracket. Each text is read in one
//! pass for words and one for the registry; what occurs twice is kept once, in the order of the
//! texts.
//!
//! # Malformed input
//!
//! Addresses that are written so that their host is hard to see keep their spelling; the canonical
//! one stands beside it. Addresses that somebody made safe (`hxxp`) are none.
//!
//! # Worst cases
//!
//! No more than [`KEPT`] are kept of one link, of each no more than [`QUOTED`] characters.

mod address;
mod defang;
mod email;
mod file;
mod host;
mod origin;
mod registry;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub use origin::{Origin, Source};

use self::address::Address;
use self::host::Host;
use super::normal::{normal, places};
use super::path;
use super::programs::tier;
use super::quote::cut;
use super::target::{Class, classify, without_redirector, without_unc};
use super::{Command, Indicator, IndicatorKind, Stage};
use crate::link::{Technique, TechniqueId};
use crate::text::starts_with;

/// Indicators kept of one link. More do not change its verdict, only the length of the report.
const KEPT: usize = 256;
/// Characters quoted of one indicator.
const QUOTED: usize = 2_048;
/// Disguised addresses of which the report quotes both spellings.
const DISGUISES: usize = 8;
/// Schemes of addresses that somebody made safe.
const SAFE: &[&str] = &["hxxp", "hxxps", "fxp", "fxps"];

/// Everything that this text names, in its order.
pub(crate) fn indicators(text: &str, origin: Origin) -> Vec<Indicator> {
    let mut found = Indicators::default();
    found.text(text, origin);
    found.list
}

/// Where the first address of a text begins.
pub(crate) fn find_address(text: &str) -> Option<usize> {
    address::find(text, 0)
}

/// An address in its plain spelling.
pub(crate) fn plain_address(text: &str) -> Option<String> {
    address::url(text).map(|address| address.canonical)
}

/// The indicators of a link, text after text.
#[derive(Default)]
pub(crate) struct Indicators {
    pub(crate) list: Vec<Indicator>,
    /// The spellings that hide a host.
    pub(crate) disguises: Vec<Technique>,
    seen: BTreeSet<(IndicatorKind, String)>,
    /// Names and numbers of computers count without an address around them: in what a known
    /// program is given.
    bare: bool,
}

impl Indicators {
    /// Of a link that starts this command, or none.
    pub(crate) fn of(command: Option<&Command>) -> Self {
        let image = command.and_then(|command| command.image.as_deref());
        Indicators {
            bare: image.is_some_and(|image| tier(path::stem(image)).is_some()),
            ..Indicators::default()
        }
    }

    /// What running text names.
    pub(crate) fn text(&mut self, text: &str, origin: Origin) {
        let plain = normal(text);
        let text_as_read = if plain.text == text {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(plain.text)
        };
        let first = self.list.len();
        let mut words = Words {
            found: self,
            origin: &origin,
            before: "",
        };
        words.all(&text_as_read);
        words.registry(&text_as_read);
        let new = self.list.get_mut(first..).unwrap_or_default();
        if text_as_read != text {
            let ends = |named: &Indicator| [named.source.start, named.source.end];
            let mut wanted: BTreeMap<usize, usize> =
                new.iter().flat_map(ends).map(|at| (at, at)).collect();
            places(text, &mut wanted);
            for named in new.iter_mut() {
                let at = |place: usize| wanted.get(&place).copied().unwrap_or(place);
                named.source.start = at(named.source.start);
                named.source.end = at(named.source.end);
            }
        }
        new.sort_by_key(|named| named.source.start);
    }

    /// What a target names, which is one address: blanks and codes in it are part of it.
    pub(crate) fn target(&mut self, target: &str) {
        let read = classify(target);
        let whole = || {
            let start = target.len().saturating_sub(target.trim_start().len());
            start..start.saturating_add(target.trim().len())
        };
        // What was undone is shown undone; anything else as it stands.
        let at = |value: &str| match target.find(value) {
            Some(start) => start..start.saturating_add(value.len()),
            None => whole(),
        };
        match read.class {
            Class::Web => {
                let plain =
                    read.oddities.is_empty() && read.moniker.is_none() && read.suffix.is_none();
                let value = if plain { target.trim() } else { &read.address };
                self.address(IndicatorKind::Url, value, at(value), &Origin::Target);
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
                let value = format!("\\\\{}", without_redirector(path));
                let place = at(&value);
                self.address(IndicatorKind::Unc, &value, place, &Origin::Target);
            }
            Class::Device | Class::Internal | Class::Local | Class::Relative | Class::Scheme => {
                self.text(target, Origin::Target);
            }
        }
        if let Some(suffix) = read.suffix.as_deref().filter(|suffix| !suffix.is_empty()) {
            let first = self.list.len();
            let start = target.rfind(suffix).unwrap_or(0);
            self.text(suffix, Origin::Target);
            for named in self.list.get_mut(first..).unwrap_or_default() {
                named.source.start = named.source.start.saturating_add(start);
                named.source.end = named.source.end.saturating_add(start);
            }
        }
    }

    /// What the arguments and the script of a command name, and those of its stages.
    pub(crate) fn command(&mut self, command: &Command) {
        self.part(command.arguments.as_deref(), || Origin::Arguments);
        self.part(command.script.as_deref(), || Origin::Script);
        // A stage and its number, from the outermost to the one that comes next.
        let mut open: Vec<(&[Stage], usize)> = vec![(&command.stages, 0)];
        while let Some((stages, at)) = open.last_mut() {
            let Some(stage) = stages.get(*at) else {
                open.pop();
                continue;
            };
            *at = at.saturating_add(1);
            let path = || {
                let numbers = open.iter().map(|(_, next)| next.saturating_sub(1));
                numbers.collect::<Vec<_>>()
            };
            self.part(
                stage.arguments.as_deref(),
                || Origin::StageArguments(path()),
            );
            self.part(stage.script.as_deref(), || Origin::StageScript(path()));
            open.push((&stage.stages, 0));
        }
    }

    fn part(&mut self, text: Option<&str>, origin: impl FnOnce() -> Origin) {
        if let Some(text) = text {
            self.text(text, origin());
        }
    }

    /// A URL or a UNC path, and its host.
    fn address(&mut self, kind: IndicatorKind, value: &str, at: Range<usize>, origin: &Origin) {
        let read = match kind {
            IndicatorKind::Url => address::url(value),
            _ => address::unc(value),
        };
        let Some(read) = read else {
            self.push(kind, value, at, origin, None, None);
            return;
        };
        let Address {
            at: within,
            host,
            canonical,
            disguised,
        } = read;
        if disguised && self.disguises.len() < DISGUISES {
            let (before, after) = (cut(value, QUOTED), cut(&canonical, QUOTED));
            let step = Technique::step(TechniqueId::UrlDisguise, before, after);
            if !self.disguises.contains(&step) {
                self.disguises.push(step);
            }
        }
        let exact = at.len() == value.len();
        let host_at = if exact {
            let start = at.start.saturating_add(within.start);
            start..start.saturating_add(within.len())
        } else {
            at.clone()
        };
        let named = value.get(within.clone()).unwrap_or_default().to_owned();
        self.push(kind, value, at, origin, Some(canonical), Some(within));
        self.host(&host, &named, host_at, origin);
    }

    fn host(&mut self, host: &Host, value: &str, at: Range<usize>, origin: &Origin) {
        let kind = match host {
            Host::Name(_) => IndicatorKind::Host,
            Host::V4(_) | Host::V6(_) => IndicatorKind::Ip,
        };
        let (value, at) = match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
            Some(inner) if at.len() == value.len() => {
                let start = at.start.saturating_add(1);
                (inner, start..start.saturating_add(inner.len()))
            }
            Some(inner) => (inner, at),
            None => (value, at),
        };
        self.push(kind, value, at, origin, Some(host.alone()), None);
    }

    fn push(
        &mut self,
        kind: IndicatorKind,
        value: &str,
        at: Range<usize>,
        origin: &Origin,
        canonical: Option<String>,
        host: Option<Range<usize>>,
    ) {
        if self.list.len() >= KEPT || value.is_empty() {
            return;
        }
        let value = cut(value, QUOTED);
        let canonical = canonical.map(|canonical| cut(&canonical, QUOTED));
        // One host has many spellings; a path or a URL is quoted in each.
        let key = match (kind, &canonical) {
            (IndicatorKind::Host | IndicatorKind::Ip, Some(canonical)) => canonical,
            _ => &value,
        };
        if self.seen.insert((kind, key.clone())) {
            let defanged = defang::defang(kind, &value, host);
            self.list.push(Indicator {
                kind,
                canonical: canonical.filter(|canonical| *canonical != value),
                value,
                defanged,
                source: Source {
                    text: origin.clone(),
                    start: at.start,
                    end: at.end,
                },
            });
        }
    }
}

/// The words of one text.
struct Words<'f, 't> {
    found: &'f mut Indicators,
    origin: &'f Origin,
    /// The word in front.
    before: &'t str,
}

impl<'t> Words<'_, 't> {
    fn all(&mut self, text: &'t str) {
        let mut rest = text;
        while !rest.is_empty() && self.found.list.len() < KEPT {
            let at = text.len().saturating_sub(rest.len());
            let end = rest.find(is_end).unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !word.is_empty() {
                self.word(word, at);
                self.before = word;
            }
            let Some(mark) = behind.chars().next() else {
                break;
            };
            rest = behind.get(mark.len_utf8()..).unwrap_or_default();
            // A path in quotes may hold blanks.
            if matches!(mark, '"' | '\'')
                && let Some(path) = quoted_path(rest, mark)
            {
                let at = text.len().saturating_sub(rest.len());
                self.piece(path, at);
                rest = rest.get(path.len()..).unwrap_or_default();
            }
        }
    }

    /// One word of running text.
    fn word(&mut self, word: &str, at: usize) {
        if let Some(start) = address::find(word, 0)
            && let Some((before, url)) = word.split_at_checked(start)
        {
            self.urls(url, at.saturating_add(start));
            self.path(before, at);
        } else {
            self.path(word, at);
        }
    }

    /// A text that begins with a URL and may hold more of them (`…!x-usc:http://…`).
    fn urls(&mut self, text: &str, at: usize) {
        let (mut rest, mut at) = (text, at);
        loop {
            let next = address::find(rest, 5).filter(|next| {
                let before = rest.get(..*next).unwrap_or_default();
                before.ends_with([',', ';', '|', '@', '*', ')'])
                    || before.to_ascii_lowercase().ends_with("!x-usc:")
            });
            let (first, more) = next
                .and_then(|next| rest.split_at_checked(next))
                .unwrap_or((rest, ""));
            let cut = first.len().saturating_sub("!x-usc:".len());
            let first = match first.get(cut..) {
                Some(end) if starts_with(end, "!x-usc:") => first.get(..cut).unwrap_or(first),
                _ if !more.is_empty() => first.trim_end_matches(['@', '*']),
                _ => first,
            };
            let value = first.trim_end_matches(|c| {
                matches!(
                    c,
                    ')' | ']' | '}' | ';' | ',' | '.' | '!' | '|' | '&' | '#' | '…'
                )
            });
            let place = at..at.saturating_add(value.len());
            self.found
                .address(IndicatorKind::Url, value, place, self.origin);
            if more.is_empty() || self.found.list.len() >= KEPT {
                return;
            }
            at = at.saturating_add(rest.len().saturating_sub(more.len()));
            rest = more;
        }
    }

    /// A UNC path, a path to something that runs, a mail address, or a host without an address.
    fn path(&mut self, word: &str, at: usize) {
        let safe = word
            .split_once("://")
            .is_some_and(|(scheme, _)| SAFE.iter().any(|safe| scheme.eq_ignore_ascii_case(safe)));
        if safe {
            return;
        }
        let mut before = self.before;
        let mut start = at;
        for piece in word.split(['(', ')', ',', ';', '=', '|', '&']) {
            self.piece(piece, start);
            if self.found.bare && !is_version(before) {
                self.bare(piece, start);
            }
            start = start.saturating_add(piece.len()).saturating_add(1);
            before = if piece.is_empty() { before } else { "" };
            if is_version(piece) {
                before = "version";
            }
        }
    }

    fn piece(&mut self, piece: &str, at: usize) {
        let share = memchr::memchr(b'\\', piece.as_bytes())
            .and_then(|_| piece.find("\\\\"))
            .filter(|at| starts_path(piece, *at));
        if let Some(start) = share
            && let Some(share) = piece.get(start..)
            && matches!(classify(share).class, Class::Server | Class::Intranet)
        {
            let value = share.trim_end_matches(['.', ':']);
            let start = at.saturating_add(start);
            let place = start..start.saturating_add(value.len());
            self.found
                .address(IndicatorKind::Unc, value, place, self.origin);
            return;
        }
        if let Some((start, value)) = email::email(piece) {
            let start = at.saturating_add(start);
            let place = start..start.saturating_add(value.len());
            self.found
                .push(IndicatorKind::Email, value, place, self.origin, None, None);
        } else if file::is_file(piece) {
            let value = piece.trim_end_matches(['.', ':']);
            let place = at..at.saturating_add(value.len());
            self.found.push(
                IndicatorKind::FilePath,
                value,
                place,
                self.origin,
                None,
                None,
            );
        }
    }

    /// A host that stands alone, with a port or a path behind it.
    fn bare(&mut self, piece: &str, at: usize) {
        if !piece.contains(['.', ':']) || piece.starts_with(['$', '\\', '/', '.', '-']) {
            return;
        }
        if let Some(number) = host::bare_number(piece) {
            let place = at..at.saturating_add(piece.len());
            self.found.host(&number, piece, place, self.origin);
            return;
        }
        let end = piece.find(['/', ':']).unwrap_or(piece.len());
        let word = piece.get(..end).unwrap_or_default();
        let word = word.trim_end_matches(['.', '!', '?']);
        let found = match host::bare_number(word) {
            None if host::is_bare_name(word) => Some(Host::Name(word.to_owned())),
            number => number,
        };
        if let Some(found) = found {
            let place = at..at.saturating_add(word.len());
            self.found.host(&found, word, place, self.origin);
        }
    }

    /// Keys and values of the registry.
    fn registry(&mut self, text: &str) {
        let (found, origin) = (&mut *self.found, self.origin);
        registry::entries(text, |entry| {
            let kind = if entry.is_value {
                IndicatorKind::RegistryValue
            } else {
                IndicatorKind::RegistryKey
            };
            let place = entry.start..entry.end;
            found.push(
                kind,
                &entry.value,
                place,
                origin,
                Some(entry.canonical),
                None,
            );
        });
    }
}

/// A path of a file or a share that stands in quotes and holds blanks, without anything that only
/// a command line has.
fn quoted_path(text: &str, mark: char) -> Option<&str> {
    let mut head = text.chars();
    let begins = match (head.next()?, head.next()?) {
        ('\\', '\\') => true,
        (letter, ':') => letter.is_ascii_alphabetic(),
        _ => false,
    };
    if !begins {
        return None;
    }
    let path = text.get(..text.find(mark)?)?;
    let command = [" /", " -", "://", "..", "&", "|", "<", ">", "\"", "'", "`"]
        .iter()
        .any(|part| path.contains(part));
    let blank = path.contains(' ') && !path.contains(|c: char| c.is_control());
    // Behind the last separator stands one name, which ends in one extension.
    let base = path.rsplit(['\\', '/']).next()?;
    let one = base.split('.').count() == 2 && base.split('.').next_back()?.len() <= 5;
    (blank && one && !command).then_some(path)
}

/// Whether the number behind the word is a version.
fn is_version(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
    [
        "version",
        "ver",
        "v",
        "build",
        "release",
        "fileversion",
        "productversion",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// Two backslashes begin a server unless they are a doubled separator (`c:\\windows`).
fn starts_path(piece: &str, at: usize) -> bool {
    let before = piece.get(..at).unwrap_or_default();
    before.is_empty() || (before.ends_with(':') && before.chars().count() > 2)
}
