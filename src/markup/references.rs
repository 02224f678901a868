//! Character and entity references: `&#68;`, `&quot;`, and the simple internal entities of a
//! document type declaration.
//!
//! # Malformed input
//!
//! A reference that means nothing stays as it stands in the document. Where the document declares
//! its type, one that is not expanded is told, so that the part becomes a gap.
//!
//! # Worst cases
//!
//! What entities expand to is bounded for a part, and so are the levels of entities in entities.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Bytes of entity values that are kept (`spec/word.md` §1.3): a part of a package may not have
/// any.
const ENTITIES: usize = 4 * 1024;
/// Bytes that the declared entities of one part may expand to. A few bytes stand for kilobytes, so
/// without a bound a small part would cost like a large one.
const EXPANDED: usize = 1 << 20;
/// The longest reference that is looked at, from `&` to `;`.
const LONGEST: usize = 256;

/// Levels of entities within entities that are expanded; no program that writes documents needs
/// any.
const NESTING: u32 = 8;

/// The entities that a document type declaration defines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    /// By name; `None` stands for one that is not expanded: an external one, or one with markup.
    values: BTreeMap<String, Option<String>>,
    bytes: usize,
    /// There is a declaration of the document's own, so that an unknown name means something.
    declared: bool,
    /// Not every declaration was kept.
    dropped: bool,
    /// The declaration has parts that change the document and are not followed.
    unsupported: bool,
    /// Bytes that were put in place of declared entities.
    expanded: Cell<usize>,
    /// A reference was met that is not expanded.
    unexpanded: Cell<bool>,
}

impl Entities {
    /// Collects the entities of a document type declaration. Comments and instructions in it
    /// declare nothing; the first declaration of a name counts (XML 1.0, section 4.2).
    pub(crate) fn declare(&mut self, doctype: &str) {
        let mut rest = doctype.strip_prefix("<!").unwrap_or(doctype);
        // Pages use the names of HTML, which nothing in the page declares.
        let name = rest.split_whitespace().nth(1).unwrap_or_default();
        let name = name.split(['>', '[']).next().unwrap_or_default();
        self.declared |= !name.eq_ignore_ascii_case("html") || rest.contains('[');
        while let Some(at) = rest.find(['<', '%', '"', '\'']) {
            let (_, found) = rest.split_at_checked(at).unwrap_or_default();
            let mut letters = found.chars();
            let mark = letters.next().unwrap_or_default();
            let tail = letters.as_str();
            rest = if mark == '%' {
                // A parameter entity: what it declares is not looked at.
                let window = tail.as_bytes();
                let window = window.get(..LONGEST).unwrap_or(window);
                let end = memchr::memchr(b';', window);
                self.unsupported |= end.and_then(|end| tail.get(..end)).is_some_and(is_name);
                tail
            } else if mark != '<' {
                past(tail, mark)
            } else if let Some(comment) = tail.strip_prefix("!--") {
                comment.split_once("-->").unwrap_or_default().1
            } else if let Some(instruction) = tail.strip_prefix('?') {
                instruction.split_once("?>").unwrap_or_default().1
            } else if let Some(entity) = tail.strip_prefix("!ENTITY") {
                self.entity(entity)
            } else if let Some(list) = tail.strip_prefix("!ATTLIST") {
                let (behind, quoted) = past_declaration(list);
                // Attributes that stand nowhere in the document.
                self.unsupported |= quoted;
                behind
            } else {
                tail
            };
        }
    }

    /// One declaration of an entity; what stands behind it.
    fn entity<'a>(&mut self, declaration: &'a str) -> &'a str {
        let text = declaration.trim_start();
        let mut letters = text.bytes().take(LONGEST);
        let end = letters.position(|byte| byte.is_ascii_whitespace());
        let Some((name, rest)) = end.and_then(|end| text.split_at_checked(end)) else {
            self.dropped |= text.len() > LONGEST;
            return past_declaration(text).0;
        };
        if name.is_empty() || name.starts_with('%') {
            return past_declaration(text).0;
        }
        let value = rest.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = quote.and_then(|quote| value.strip_prefix(quote)?.split_once(quote));
        // Character references count when an entity is declared, the others when it is used.
        let value = value.map(|(value, _)| {
            replace(value, |name| {
                let c = character(name.strip_prefix('#')?)?;
                Some(c.to_string())
            })
        });
        let value = value.filter(|value| !value.contains('<'));
        let length = value.as_ref().map_or(0, |value| value.len());
        let bytes = self.bytes.saturating_add(name.len()).saturating_add(length);
        if bytes > ENTITIES || name.len() > LONGEST.saturating_sub(2) {
            self.dropped = true;
        } else if !self.values.contains_key(name) {
            self.bytes = bytes;
            self.values
                .insert(name.to_owned(), value.map(Cow::into_owned));
        }
        past_declaration(rest).0
    }

    /// Whether more was declared, or asked for, than a part may have or expand to; the rest stands
    /// unexpanded.
    pub(super) fn overflowed(&self) -> bool {
        self.dropped || self.expanded.get() > EXPANDED
    }

    /// Whether the document type changes the document in a way that is not followed: external
    /// entities and those with markup, parameter entities, attributes by default.
    pub(super) fn unexpanded(&self) -> bool {
        self.unsupported || self.unexpanded.get()
    }

    /// What the reference `&name;` stands for.
    pub(super) fn expand(&self, name: &str) -> Option<Cow<'_, str>> {
        self.expand_at(name, 0)
    }

    /// The same inside of `level` entities.
    fn expand_at(&self, name: &str, level: u32) -> Option<Cow<'_, str>> {
        if let Some(number) = name.strip_prefix('#') {
            return character(number).map(|c| Cow::Owned(c.to_string()));
        }
        let text = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return self.declared_at(name, level),
        };
        Some(Cow::Borrowed(text))
    }

    fn declared_at(&self, name: &str, level: u32) -> Option<Cow<'_, str>> {
        let Some(Some(value)) = self.values.get(name) else {
            if self.declared && is_name(name) {
                self.unexpanded.set(true);
            }
            return None;
        };
        if level >= NESTING {
            self.unexpanded.set(true);
            return None;
        }
        // One more, so that empty ones end, too.
        let cost = value.len().saturating_add(1);
        let total = self.expanded.get().saturating_add(cost);
        if total > EXPANDED {
            self.expanded.set(EXPANDED.saturating_add(1));
            return None;
        }
        self.expanded.set(total);
        let next = level.saturating_add(1);
        Some(replace(value, |inner| self.expand_at(inner, next)))
    }
}

/// Whether a text can be the name of an entity.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '&' | '<' | '=' | '"' | '\''))
}

/// Behind the next `mark`.
fn past(text: &str, mark: char) -> &str {
    text.split_once(mark).unwrap_or_default().1
}

/// Behind the end of a declaration, and whether there is a string in it.
fn past_declaration(text: &str) -> (&str, bool) {
    let (mut rest, mut quoted) = (text, false);
    while let Some(at) = rest.find(['>', '"', '\'']) {
        let (_, found) = rest.split_at_checked(at).unwrap_or_default();
        let mut letters = found.chars();
        match letters.next() {
            Some(quote @ ('"' | '\'')) => rest = past(letters.as_str(), quote),
            _ => return (letters.as_str(), quoted),
        }
        quoted = true;
    }
    ("", quoted)
}

fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32)
}

/// Whether text that is spelled with references has nothing in it that asks for them.
pub(super) fn is_needless(text: &str) -> bool {
    !text
        .chars()
        .any(|c| matches!(c, '&' | '<' | '>' | '"' | '\'') || c.is_control())
}

/// Resolves the references in an attribute value; tells whether there were any that nothing asks
/// for.
pub(crate) fn resolve<'a>(value: &'a str, entities: &Entities) -> (Cow<'a, str>, bool) {
    let mut needless = false;
    let text = replace(value, |name| {
        let text = entities.expand(name)?;
        needless |= is_needless(&text);
        Some(text)
    });
    (text, needless)
}

/// The text with each reference replaced by what `meaning` gives for its name; those without
/// meaning stay.
fn replace<'a, T: AsRef<str>>(
    value: &'a str,
    mut meaning: impl FnMut(&str) -> Option<T>,
) -> Cow<'a, str> {
    let Some(first) = memchr::memchr(b'&', value.as_bytes()) else {
        return Cow::Borrowed(value);
    };
    let (head, mut rest) = value.split_at_checked(first).unwrap_or((value, ""));
    let mut out = String::from(head);
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let window = reference.as_bytes();
        let window = window.get(..LONGEST).unwrap_or(window);
        let expanded = memchr::memchr(b';', window).and_then(|end| {
            let name = reference.get(1..end)?;
            let tail = reference.get(end.saturating_add(1)..)?;
            Some((meaning(name)?, tail))
        });
        match expanded {
            Some((text, tail)) => {
                out.push_str(text.as_ref());
                rest = tail;
            }
            None => {
                out.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_it_knows_and_keeps_the_rest() {
        let none = Entities::default();
        assert_eq!(resolve("DD&#69;&#x41;UTO", &none), ("DDEAUTO".into(), true));
        assert_eq!(resolve("&quot;a &amp; b&quot;", &none).0, "\"a & b\"");
        assert_eq!(
            resolve("a & b &nope; &#xZZ; &", &none),
            ("a & b &nope; &#xZZ; &".into(), false)
        );
        assert_eq!(resolve("plain", &none), ("plain".into(), false));
    }

    #[test]
    fn expansion_ends() {
        let mut entities = Entities::default();
        entities.declare(&format!("x [<!ENTITY d \"{}\">]", "D".repeat(4_000)));
        let text = "&d;".repeat(1_000);
        let length = resolve(&text, &entities).0.len();
        assert!(length < EXPANDED + text.len(), "{length}");
        assert!(entities.overflowed());
    }

    fn declared(subset: &str) -> Entities {
        let mut entities = Entities::default();
        entities.declare(&format!("<!DOCTYPE x [{subset}]>"));
        entities
    }

    /// XML 1.0, sections 4.2, 4.4 and 4.5.
    #[test]
    fn entities_mean_what_the_standard_says() {
        for (subset, text, expected) in [
            ("<!ENTITY a \"\">", "DDE&a;AUTO", "DDEAUTO"),
            ("<!ENTITY a ''>", "DDE&a;AUTO", "DDEAUTO"),
            (
                "<!ENTITY d \"DDE\"><!ENTITY e 'A&d;O'>",
                "&d;&e;",
                "DDEADDEO",
            ),
            ("<!ENTITY e '&d;AUTO'><!ENTITY d \"DDE\">", "&e;", "DDEAUTO"),
            ("<!ENTITY a '&#68;&#38;#68;E'>", "&a;", "DDE"),
            ("<!ENTITY a 'x &#38; &amp; y'>", "&a;", "x & & y"),
            (
                "<!-- <!ENTITY a \"PAGE\"> --><!ENTITY a \"DDE\">",
                "&a;",
                "DDE",
            ),
            (
                "<?p <!ENTITY a \"PAGE\"> ?><!ENTITY a \"DDE\">",
                "&a;",
                "DDE",
            ),
            ("<!ENTITY a \"DDE\"><!ENTITY a \"PAGE\">", "&a;", "DDE"),
            (
                "<!ENTITY z \"<!ENTITY a 'PAGE'>\"><!ENTITY a 'DDE'>",
                "&a;",
                "DDE",
            ),
            ("<!ENTITY % a 'PAGE'><!ENTITY a 'DDE'>", "&a;", "DDE"),
        ] {
            let entities = declared(subset);
            assert_eq!(resolve(text, &entities).0, expected, "{subset}");
            assert!(!entities.unexpanded() && !entities.overflowed(), "{subset}");
        }
    }

    #[test]
    fn what_is_not_expanded_is_told() {
        for (subset, text) in [
            ("<!ENTITY a SYSTEM \"http://x/\">", "&a;"),
            ("<!ENTITY a SYSTEM 'x'><!ENTITY a 'PAGE'>", "&a;"),
            ("<!ENTITY a '<b>DDE</b>'>", "&a;"),
            ("<!ENTITY a '&#60;b/>'>", "&a;"),
            ("<!ENTITY a '&b;'>", "&a;"),
            ("<!ENTITY a '&a;'>", "&a;"),
            ("", "&a;"),
            ("<!ENTITY % p '<!ENTITY a \"DDE\">'> %p;", ""),
            ("<!ATTLIST w:fldSimple w:instr CDATA \"DDE a b\">", ""),
        ] {
            let entities = declared(subset);
            resolve(text, &entities);
            assert!(entities.unexpanded(), "{subset}");
        }
        for (doctype, text) in [
            (
                "<!DOCTYPE x [<!ENTITY a SYSTEM 'x'><!ELEMENT b (c)>]>",
                "b & c; d",
            ),
            ("<!DOCTYPE x [<!ATTLIST b c CDATA #IMPLIED>]>", "&#xZZ;"),
            (
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\" \"x%y;\">",
                "&nbsp;",
            ),
            ("<!DOCTYPE x SYSTEM \"office.dtd\">", "&amp;"),
        ] {
            let mut entities = Entities::default();
            entities.declare(doctype);
            resolve(text, &entities);
            assert!(!entities.unexpanded(), "{doctype}");
        }
        let none = Entities::default();
        resolve("&nbsp;", &none);
        assert!(!none.unexpanded());
    }

    #[test]
    fn entities_that_have_no_room_are_told() {
        let long = "x".repeat(5_000);
        let entities = declared(&format!("<!ENTITY z '{long}'><!ENTITY a 'DDE'>"));
        assert_eq!(resolve("&a;&z;", &entities).0, "DDE&z;");
        assert!(entities.overflowed());
        assert!(declared(&format!("<!ENTITY z{} 'x'>", "y".repeat(300))).overflowed());
    }

    /// Each piece of a declaration is looked at a fixed number of times.
    #[test]
    fn declarations_without_ends_are_read_once() {
        for piece in [
            "%",
            "%a",
            "<!ENTITYa>",
            "<!ENTITY a>",
            "<!--",
            "<!ATTLIST>",
            "<",
            "'",
            "<?",
        ] {
            let subset = piece.repeat(200_000 / piece.len());
            let started = crate::tests::Clock::start();
            let entities = declared(&subset);
            assert!(started.elapsed().as_secs() < 5, "{piece}");
            assert_eq!(resolve("&lt;", &entities).0, "<");
        }
    }

    #[test]
    fn entities_within_entities_end() {
        let mut subset = String::from("<!ENTITY a0 ''>");
        for n in 1..8 {
            let inner = format!("&a{};", n - 1).repeat(60);
            subset += &format!("<!ENTITY a{n} '{inner}'>");
        }
        let entities = declared(&subset);
        assert!(resolve("&a7;", &entities).0.len() < 2 * EXPANDED);
        assert!(entities.overflowed());
    }
}
