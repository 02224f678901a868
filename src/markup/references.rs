//! Character and entity references: `&#68;`, `&quot;`, and the simple internal entities of a
//! document type declaration.
//!
//! # Malformed input
//!
//! A reference that means nothing stays as it stands in the document.

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

/// The entities that a document type declaration defines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    values: BTreeMap<String, String>,
    bytes: usize,
    /// Bytes that were put in place of declared entities.
    expanded: Cell<usize>,
}

impl Entities {
    /// Collects `<!ENTITY name "value">` from a document type declaration.
    pub(crate) fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1) {
            let declaration = declaration.trim_start();
            let Some((name, rest)) = declaration.split_once(char::is_whitespace) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let Some((value, _)) = rest.trim_start_matches(quote).split_once(quote) else {
                continue;
            };
            self.bytes = self
                .bytes
                .saturating_add(name.len())
                .saturating_add(value.len());
            if self.bytes > ENTITIES {
                return;
            }
            // One level: a value is not looked into for other entities.
            let value = resolve(value, &Entities::default()).0.into_owned();
            self.values.entry(name.to_owned()).or_insert(value);
        }
    }

    /// Whether more was asked for than a part may expand to; the rest stands unexpanded.
    pub(super) fn overflowed(&self) -> bool {
        self.expanded.get() > EXPANDED
    }

    /// What the reference `&name;` stands for.
    pub(super) fn expand(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(number) = name.strip_prefix('#') {
            return character(number).map(|c| Cow::Owned(c.to_string()));
        }
        let text = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => {
                let value = self.values.get(name)?;
                let total = self.expanded.get().saturating_add(value.len());
                if total > EXPANDED {
                    self.expanded.set(EXPANDED.saturating_add(1));
                    return None;
                }
                self.expanded.set(total);
                return Some(Cow::Borrowed(value));
            }
        };
        Some(Cow::Borrowed(text))
    }
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
    let Some(first) = memchr::memchr(b'&', value.as_bytes()) else {
        return (Cow::Borrowed(value), false);
    };
    let (head, mut rest) = value.split_at_checked(first).unwrap_or((value, ""));
    let mut out = String::from(head);
    let mut needless = false;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let window = reference.as_bytes();
        let window = window.get(..LONGEST).unwrap_or(window);
        let expanded = memchr::memchr(b';', window).and_then(|end| {
            let name = reference.get(1..end)?;
            let tail = reference.get(end.saturating_add(1)..)?;
            Some((entities.expand(name)?, tail))
        });
        match expanded {
            Some((text, tail)) => {
                out.push_str(&text);
                needless |= is_needless(&text);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    (Cow::Owned(out), needless)
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

    #[test]
    fn entities_are_expanded_once() {
        let mut entities = Entities::default();
        entities.declare("x [<!ENTITY d \"DDE\"><!ENTITY e 'A&d;O'> <!ENTITY % p SYSTEM 'x'>]");
        assert_eq!(resolve("&d;&e;", &entities).0, "DDEA&d;O");
    }
}
