//! The properties of the document, which DOCPROPERTY, TITLE and their like repeat
//! (`docProps/core.xml`, `app.xml`, `custom.xml`; `o:DocumentProperties` in Word 2003 XML;
//! `spec/word.md` §0.6).
//!
//! # Malformed input
//!
//! Properties count in whatever part they stand, under whatever root: a program reads the parts
//! that relationships name, and an attacker may name any.

use super::binding::head;
use crate::field::Environment;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// Bytes of a value that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;

/// Elements of the core and the extended properties, and the field that shows each.
const BUILT_IN: &[(&str, &str)] = &[
    ("Application", "NAMEOFAPPLICATION"),
    ("Company", "COMPANY"),
    ("HyperlinkBase", "HYPERLINKBASE"),
    ("Manager", "MANAGER"),
    ("Template", "TEMPLATE"),
    ("category", "CATEGORY"),
    ("contentStatus", "STATUS"),
    ("creator", "AUTHOR"),
    ("description", "COMMENTS"),
    ("keywords", "KEYWORDS"),
    ("lastModifiedBy", "LASTSAVEDBY"),
    ("subject", "SUBJECT"),
    ("title", "TITLE"),
];

/// The same of `o:DocumentProperties`.
const OFFICE: &[(&str, &str)] = &[
    ("Author", "AUTHOR"),
    ("Category", "CATEGORY"),
    ("Company", "COMPANY"),
    ("Description", "COMMENTS"),
    ("HyperlinkBase", "HYPERLINKBASE"),
    ("Keywords", "KEYWORDS"),
    ("LastAuthor", "LASTSAVEDBY"),
    ("Manager", "MANAGER"),
    ("Subject", "SUBJECT"),
    ("Template", "TEMPLATE"),
    ("Title", "TITLE"),
];

/// The property whose element is open.
#[derive(Debug, Default)]
pub(super) struct Property {
    name: Option<String>,
    value: String,
    /// There was more of it.
    cut: bool,
    /// A custom property: its value stands in an element of its own.
    custom: bool,
    /// In `o:CustomDocumentProperties`, where the name of the element is that of the property.
    named: bool,
}

impl Property {
    /// A start tag: a property may begin. Returns its name and the bookmark that it repeats, if it
    /// repeats one.
    pub(super) fn enter(&mut self, tag: &Tag<'_>) -> Option<(String, String)> {
        let local = tag.name.local;
        let office = tag.name.ns == Ns::VmlOffice;
        if !office && tag.name.ns != Ns::Properties {
            return None;
        }
        if office && local == CUSTOM {
            self.named = true;
            return None;
        }
        let table = if office { OFFICE } else { BUILT_IN };
        let named = self.named && office;
        let custom = !office && local == "property";
        let name = if custom {
            tag.attribute("name").map(|name| name.into_owned())
        } else if named {
            Some(unescaped(local))
        } else {
            table
                .iter()
                .find(|(element, _)| *element == local)
                .map(|(_, field)| (*field).to_owned())
        };
        let target = tag.attribute("linkTarget").filter(|_| custom);
        let linked = name.clone().zip(target.map(|target| target.into_owned()));
        if name.is_some() {
            *self = Property {
                name,
                value: String::new(),
                cut: false,
                custom,
                named: self.named,
            };
        }
        linked
    }

    /// Text: of the property that is open, if one is.
    pub(super) fn text(&mut self, text: &str) {
        if self.name.is_some() {
            // Blanks before the text do not count.
            let first = self.value.is_empty();
            let text = if first { text.trim_start() } else { text };
            let kept = head(text, LONGEST.saturating_sub(self.value.len()));
            self.cut |= kept.len() < text.len();
            self.value.push_str(kept);
        }
    }

    /// An end: of a built-in property, or of a custom one. Returns whether the value was kept.
    pub(super) fn leave(
        &mut self,
        ns: Ns,
        local: &str,
        environment: &mut Environment,
        budget: &Budget<'_>,
    ) -> bool {
        let office = ns == Ns::VmlOffice;
        if office && local == CUSTOM {
            self.named = false;
        }
        if !office && (ns != Ns::Properties || self.custom != (local == "property")) {
            return true;
        }
        let named = self.named;
        let property = std::mem::take(self);
        self.named = named;
        property.name.is_none_or(|name| {
            let known = !property.cut || environment.cut(&name, budget);
            let kept =
                property.value.is_empty() || environment.property(&name, &property.value, budget);
            known && kept
        })
    }
}

/// The element of Word 2003 XML whose children are named like the properties that they are.
const CUSTOM: &str = "CustomDocumentProperties";

/// An element name as the name that it stands for: `My_x0020_Name` is `My Name`.
fn unescaped(local: &str) -> String {
    let mut name = String::new();
    let mut rest = local;
    while let Some(at) = rest.find("_x") {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        name.push_str(plain);
        let code = escape
            .get(2..6)
            .filter(|_| escape.get(6..7) == Some("_"))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        let (kept, tail) = match code {
            Some(_) => ("", escape.get(7..)),
            None => ("_x", escape.get(2..)),
        };
        name.extend(code);
        name.push_str(kept);
        rest = tail.unwrap_or_default();
    }
    name.push_str(rest);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_in_element_names() {
        for (local, name) in [
            ("My_x0020_Name", "My Name"),
            ("_x0031_st", "1st"),
            ("a_xb", "a_xb"),
            ("a_xZZZZ_b", "a_xZZZZ_b"),
            ("_x", "_x"),
            ("_xD800_", "_xD800_"),
            ("_x00e4_é", "ä\u{e9}"),
        ] {
            assert_eq!(unescaped(local), name, "{local}");
        }
    }
}
