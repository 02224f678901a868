//! What style sheets and `style` attributes make of an element: the marks of fields
//! (`spec/word.md` §4.3).
//!
//! # Malformed input
//!
//! Names and values count in any case. Of a selector its last part counts, and of several classes
//! the first, so that a rule applies to more elements than it says, never to fewer.
//!
//! # Worst cases
//!
//! A look-up for each class of an element. The rules that are kept are charged to `live-bytes`.

use std::collections::BTreeMap;

use crate::limits::{Budget, Exhausted};
use crate::markup::css::{Declaration, Rule, declarations, unescape};

/// A mark of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Begin,
    Separator,
    End,
}

/// What an element is, by its style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) mark: Option<Mark>,
    /// The instruction of a field, as the style spells it.
    pub(super) code: Option<String>,
    pub(super) locked: bool,
    /// Its white space counts.
    pub(super) spaces: bool,
    /// A style sheet says so, not the element.
    pub(super) by_sheet: bool,
    /// Letters of the attribute are spelled as references, for which there is no need.
    pub(super) referenced: bool,
}

impl Marks {
    /// What the value of a `style` attribute says.
    pub(super) fn read(&mut self, style: &str) {
        let own = declarations(style);
        if own.is_empty() {
            return;
        }
        self.apply(&own);
        self.by_sheet = false;
    }

    fn apply(&mut self, declarations: &[Declaration]) {
        for declaration in declarations {
            let word = || word(&declaration.value);
            match declaration.name.as_str() {
                "mso-element" => {
                    self.mark = match &*word() {
                        "field-begin" => Some(Mark::Begin),
                        "field-separator" => Some(Mark::Separator),
                        "field-end" => Some(Mark::End),
                        _ => self.mark,
                    };
                }
                "mso-field-code" => self.code = Some(declaration.value.clone()),
                "mso-field-lock" => self.locked = word() == "yes",
                "mso-spacerun" => self.spaces = word() == "yes",
                _ => {}
            }
        }
    }
}

/// A value that is one word.
fn word(value: &str) -> String {
    let value = value.split('!').next().unwrap_or(value);
    let value = value.trim().trim_matches(['"', '\'']);
    unescape(value).trim().to_ascii_lowercase()
}

/// The rules of a page's style sheets that make fields.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rules: BTreeMap<String, Vec<Declaration>>,
    charged: u64,
}

impl Sheet {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Keeps a rule when it has to do with fields.
    pub(super) fn add(&mut self, rule: Rule, budget: &Budget<'_>) -> Result<(), Exhausted> {
        /// What an entry costs besides its text.
        const ENTRY: usize = 160;
        let Rule {
            selectors,
            mut declarations,
        } = rule;
        declarations.retain(|declaration| {
            matches!(
                declaration.name.as_str(),
                "mso-element" | "mso-field-code" | "mso-field-lock"
            )
        });
        if declarations.is_empty() {
            return Ok(());
        }
        let each = |declaration: &Declaration| declaration.value.len().saturating_add(ENTRY);
        let text = declarations.iter().map(each).fold(0, usize::saturating_add);
        for selector in selectors {
            let cost = text.saturating_add(selector.len()).saturating_add(ENTRY);
            let cost = u64::try_from(cost).unwrap_or(u64::MAX);
            budget.charge_live(cost)?;
            self.charged = self.charged.saturating_add(cost);
            // A later rule has the last word on what it says.
            let known = self.rules.entry(selector).or_default();
            for declaration in &declarations {
                known.retain(|other| other.name != declaration.name);
                known.push(declaration.clone());
            }
        }
        Ok(())
    }

    /// What the rules say of an element.
    pub(super) fn marks(&self, name: &str, id: Option<&str>, classes: Option<&str>) -> Marks {
        let mut marks = Marks::default();
        let mut look = |key: &str| {
            if let Some(declarations) = self.rules.get(key) {
                marks.apply(declarations);
                marks.by_sheet = true;
            }
        };
        look("*");
        look(name);
        // Escapes in a class name are those of the sheet; the attribute has none.
        for class in classes.unwrap_or_default().split_ascii_whitespace() {
            let class = class.to_ascii_lowercase();
            look(&format!(".{class}"));
            look(&format!("{name}.{class}"));
        }
        if let Some(id) = id {
            let id = id.to_ascii_lowercase();
            look(&format!("#{id}"));
            look(&format!("{name}#{id}"));
        }
        marks
    }

    /// Gives the memory back to the account.
    pub(super) fn release(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// The instruction that a `mso-field-code` gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// As Word reads it: a backslash and exactly four hexadecimal digits.
    pub(super) text: String,
    /// As style sheets are read, where Word would not have written it so and the two differ.
    pub(super) other: Option<String>,
    /// Letters or digits are spelled as escapes, for which there is no need.
    pub(super) needless: bool,
}

/// Decodes the value of a `mso-field-code`.
pub(super) fn code(value: &str) -> Code {
    let value = value.trim();
    let inner = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = value.get(1..).unwrap_or_default();
            // The string ends at its own quotation mark; what follows it is no more of it.
            let end = close(inner, quote).unwrap_or(inner.len());
            inner.get(..end).unwrap_or_default()
        }
        Some(_) | None => value,
    };
    let mut code = Code {
        text: String::new(),
        other: None,
        needless: false,
    };
    let mut units: Vec<u16> = Vec::new();
    let mut usual = true;
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        units.extend(plain.encode_utf16());
        let four = escape
            .get(..4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        if let Some(unit) = four {
            units.push(unit);
            let c = char::from_u32(u32::from(unit));
            code.needless |= c.is_some_and(|c| c.is_ascii_alphanumeric());
            usual &= unit >= 0x20 || matches!(unit, 9..=13);
            rest = escape.get(4..).unwrap_or_default();
        } else if let Some(c) = escape.chars().next() {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            usual &= !c.is_ascii_hexdigit() && !matches!(c, '\n' | '\r');
            code.needless |= c.is_ascii_alphanumeric();
            rest = escape.get(c.len_utf8()..).unwrap_or_default();
        } else {
            rest = "";
        }
    }
    units.extend(rest.encode_utf16());
    code.text = String::from_utf16_lossy(&units);
    if !usual {
        let other = unescape(inner);
        code.other = (other != code.text).then(|| other.into_owned());
    }
    code
}

/// Where a string that began with `quote` ends.
fn close(inner: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inner
        .char_indices()
        .find(|(_, c)| {
            let ends = !escaped && *c == quote;
            escaped = !escaped && *c == '\\';
            ends
        })
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_reads_four_digits() {
        // `spec/word.md` §4.3: a sample of Word, and H06.
        let link = code("\" HYPERLINK \\0022mailto\\:a\\@b\\.com\\0022 \"");
        assert_eq!(link.text, " HYPERLINK \"mailto:a@b.com\" ");
        assert_eq!((link.other, link.needless), (None, false));
        let path = code("\"\\0022c\\:\\\\\\\\windows\\0022\"");
        assert_eq!(path.text, "\"c:\\\\windows\"");
        assert_eq!(path.other, None);
        assert_eq!(code(" PAGE ").text, "PAGE");
        assert_eq!(code("\" never closed").text, " never closed");
        assert_eq!(code("'a\"b' x").text, "a\"b");
    }

    #[test]
    fn style_sheets_read_up_to_six() {
        let short = code("\"\\44 \\44 \\45 AUTO cmd\"");
        assert_eq!(short.other.as_deref(), Some("DDEAUTO cmd"));
        let long = code("\"\\000044\\000044\\000045 AUTO\"");
        assert_eq!(long.other.as_deref(), Some("DDEAUTO"));
        assert!(code("\"\\0044\\0044\\0045\"").needless);
    }

    #[test]
    fn rules_apply_by_class_id_and_name() {
        let limits = crate::limits::Limits::default();
        let budget = Budget::new(&limits, None);
        let mut sheet = Sheet::default();
        let css = b".a{mso-element:field-begin}span.b{mso-element:field-end}#c{mso-field-code:x}";
        assert!(crate::markup::css::rules(css, |rule| sheet
            .add(rule, &budget)
            .unwrap()));
        let mark = |name, id, classes| sheet.marks(name, id, classes).mark;
        assert_eq!(mark("p", None, Some("x A")), Some(Mark::Begin));
        assert_eq!(mark("span", None, Some("b")), Some(Mark::End));
        assert_eq!(mark("p", None, Some("b")), None);
        assert_eq!(sheet.marks("p", Some("C"), None).code.as_deref(), Some("x"));
        sheet.release(&budget);
        assert_eq!(budget.live_left(), limits.live_bytes);
    }
}
