//! Fields that load from, or point to, another place (`spec/word.md` §6.1).

use super::keyword::{Arguments, Keyword};
use super::lexer::{Token, resolved};
use super::outcome::External;
use crate::link::Carrier;

/// What a field of one of the other linking types points to (`spec/word.md` §6.1): the document,
/// and what else it loads.
pub(super) fn external(keyword: Keyword, tokens: &[Token]) -> Vec<External> {
    let arguments = Arguments::of(keyword, tokens);
    let Some(carrier) = keyword.carrier() else {
        return Vec::new();
    };
    let is_link = carrier == Carrier::LinkField;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let place = |switch| arguments.value(switch).and_then(place_in);
    let (mut targets, item) = if is_link {
        ([owned(arguments.word(1)), None, None], arguments.word(2))
    } else if carrier == Carrier::DatabaseField {
        // The connection and the query may lead elsewhere than the file does.
        let file = arguments.value("d").is_some();
        let named = arguments.value("d").or_else(|| arguments.value("c"));
        let query = place("s").or_else(|| owned(arguments.value("s")).filter(|_| named.is_none()));
        ([owned(named), place("c").filter(|_| file), query], None)
    } else if carrier == Carrier::IncludeText {
        // With a style sheet to transform it.
        let sheet = owned(arguments.value("t"));
        ([owned(arguments.word(0)), sheet, None], arguments.word(1))
    } else {
        ([owned(arguments.word(0)), None, None], None)
    };
    if keyword == Keyword::Data {
        // The data, and the file that names its columns.
        targets = [owned(arguments.word(0)), owned(arguments.word(1)), None];
    }
    let of = |target| External {
        carrier,
        class: arguments.word(0).filter(|_| is_link).map(str::to_owned),
        target,
        item: item.map(str::to_owned),
        auto: carrier == Carrier::IncludePicture || is_link && arguments.has("a"),
        resolved: resolved(tokens),
    };
    targets.into_iter().flatten().map(of).collect()
}

/// The first address or network path that a connection or a query holds.
pub(crate) fn place_in(text: &str) -> Option<String> {
    let start = ["\\\\", "://", "//"]
        .iter()
        .filter_map(|sign| text.find(sign))
        .min()?;
    let (before, _) = text.split_at_checked(start)?;
    // The scheme belongs to it.
    let scheme = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
        .count();
    let scheme = if text.get(start..).is_some_and(|rest| rest.starts_with(':')) {
        scheme
    } else {
        0
    };
    let place = text.get(start.saturating_sub(scheme)..)?;
    let end = place.find([';', '"', '\'', '`', ']', '|']);
    let place = end.and_then(|end| place.get(..end)).unwrap_or(place).trim();
    Some(place.to_owned())
}

/// Whether a target is on another machine.
pub(super) fn is_remote(target: &str) -> bool {
    target.contains("://") || target.starts_with(r"\\") || target.starts_with("//")
}

/// Of several readings of one target the one that leads furthest: another host, a path, anything.
pub(super) fn best<T>(externals: Vec<(External, T)>) -> Option<(External, T)> {
    let reach = |external: &External| {
        let target = external.target.as_str();
        if is_remote(target) {
            2
        } else {
            u8::from(target.contains(['\\', '/', '.']))
        }
    };
    let mut chosen: Option<(External, T)> = None;
    for external in externals {
        if chosen
            .as_ref()
            .is_none_or(|known| reach(&external.0) > reach(&known.0))
        {
            chosen = Some(external);
        }
    }
    chosen
}
