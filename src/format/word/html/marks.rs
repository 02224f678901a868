//! What style sheets and `style` attributes make of an element: the marks of fields
//! (`spec/word.md` §4.3).
//!
//! # Malformed input
//!
//! Names and values count in any case. Of a selector its last part counts, and of several classes
//! the first, so that a rule applies to more elements than it says, never to fewer. Where several
//! declarations speak of one element, the one that wins by the rules of style sheets comes first;
//! what the others say is kept beside it, as other ways to read the element.
//!
//! # Worst cases
//!
//! A look-up for each class of an element. An instruction is decoded once, where its rule is read.
//! The rules that are kept are charged to `live-bytes`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::limits::{Budget, Exhausted};
use crate::markup::css::{Declaration, Rule, declarations, unescape};

/// Ways to read an element that are kept beside the first.
const WAYS: usize = 3;
/// Bytes of the name of an element in a selector; a longer one stands for any element.
const NAME: usize = 64;

/// A mark of a field; the greater does more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    End,
    Separator,
    Begin,
}

/// How strong a declaration is (CSS Cascade 4 §6): the first that differs decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// It stands where Word reads it, and it is known to speak of the element.
    live: bool,
    important: bool,
    /// In the element itself.
    inline: bool,
    /// 0 for a name, 1 for a class, 2 for an `id`.
    specific: u8,
    order: u32,
}

/// What the declarations say that speak of the same thing.
#[derive(Clone, Debug)]
struct Cascade<T> {
    first: Option<(Rank, T)>,
    /// What weaker declarations say instead.
    others: Vec<T>,
}

impl<T> Default for Cascade<T> {
    fn default() -> Self {
        Cascade {
            first: None,
            others: Vec::new(),
        }
    }
}

impl<T: Clone + PartialEq> Cascade<T> {
    fn offer(&mut self, rank: Rank, value: T) {
        match &mut self.first {
            None => self.first = Some((rank, value)),
            Some((known, same)) if *same == value => *known = rank.max(*known),
            Some((known, _)) if rank < *known => {
                if rank.live {
                    self.other(value);
                }
            }
            Some(known) => {
                let (rank, old) = std::mem::replace(known, (rank, value));
                if rank.live {
                    self.other(old);
                }
            }
        }
    }

    fn other(&mut self, value: T) {
        if self.others.len() < WAYS && !self.others.contains(&value) {
            self.others.push(value);
        }
    }

    fn merge(&mut self, from: &Cascade<T>) {
        if let Some((rank, value)) = &from.first {
            self.offer(*rank, value.clone());
            from.others
                .iter()
                .for_each(|value| self.other(value.clone()));
        }
    }

    /// The ways to read it, the likeliest first.
    fn ways(&self) -> Vec<T> {
        let first = self.first.iter().map(|(_, value)| value);
        let others = self
            .others
            .iter()
            .filter(|value| self.first.as_ref().is_none_or(|(_, first)| first != *value));
        first.chain(others).cloned().collect()
    }
}

/// An instruction; copies of the same one are told by their place.
#[derive(Clone, Debug)]
struct Shared(Rc<Code>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What declarations make of an element.
#[derive(Clone, Debug, Default)]
struct Said {
    mark: Cascade<Mark>,
    code: Cascade<Shared>,
    locked: Cascade<bool>,
    /// Its white space counts.
    spaces: bool,
}

impl Said {
    fn read(&mut self, declarations: &[Declaration], rank: Rank, longest: usize) {
        for declaration in declarations {
            let important = is_important(&declaration.value);
            let rank = Rank { important, ..rank };
            let word = || word(&declaration.value);
            match declaration.name.as_str() {
                "mso-element" => {
                    if let Some(mark) = mark(&word()) {
                        self.mark.offer(rank, mark);
                    }
                }
                "mso-field-code" => {
                    let code = code(&declaration.value, longest);
                    self.code.offer(rank, Shared(Rc::new(code)));
                }
                "mso-field-lock" => self.locked.offer(rank, word() == "yes"),
                "mso-spacerun" => self.spaces = word() == "yes",
                _ => {}
            }
        }
    }

    fn merge(&mut self, from: &Said) {
        self.mark.merge(&from.mark);
        self.code.merge(&from.code);
        self.locked.merge(&from.locked);
    }
}

/// The mark that a value names, whatever stands behind it.
fn mark(value: &str) -> Option<Mark> {
    match value.split_ascii_whitespace().next()?.trim_end_matches('}') {
        "field-begin" => Some(Mark::Begin),
        "field-separator" => Some(Mark::Separator),
        "field-end" => Some(Mark::End),
        _ => None,
    }
}

fn is_important(value: &str) -> bool {
    value
        .rsplit_once('!')
        .is_some_and(|(_, word)| word.trim().eq_ignore_ascii_case("important"))
}

/// What an element is, by its style.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    said: Said,
    /// Letters of the attribute are spelled as references, for which there is no need.
    pub(super) referenced: bool,
}

impl Marks {
    /// What the value of a `style` attribute says; of several attributes the `first` counts.
    pub(super) fn read(&mut self, style: &str, first: bool, longest: usize) {
        let own = declarations(style);
        if own.is_empty() {
            return;
        }
        let rank = Rank {
            live: first,
            inline: true,
            ..Rank::default()
        };
        self.said.read(&own, rank, longest);
    }

    /// The mark that the element is, and what else it may be.
    pub(super) fn mark(&self) -> (Option<Mark>, Option<Mark>) {
        let ways = self.said.mark.ways();
        let mut ways = ways.into_iter();
        (ways.next(), ways.max())
    }

    /// Whether Word is known to read the mark so.
    pub(super) fn is_live(&self) -> bool {
        let first = self.said.mark.first.as_ref();
        first.is_some_and(|(rank, _)| rank.live)
    }

    /// The instructions of the field that the element is: the likeliest, and others.
    pub(super) fn codes(&self) -> Vec<Rc<Code>> {
        let ways = self.said.code.ways();
        ways.into_iter().map(|code| code.0).collect()
    }

    /// The field is not updated, by all that is said of it.
    pub(super) fn locked(&self) -> bool {
        self.said.locked.ways() == [true]
    }

    /// White space in it counts.
    pub(super) fn spaces(&self) -> bool {
        self.said.spaces
    }

    /// A style sheet makes a field of it, not the element.
    pub(super) fn by_sheet(&self) -> bool {
        let mark = self.said.mark.first.as_ref().map(|(rank, _)| *rank);
        let code = self.said.code.first.as_ref().map(|(rank, _)| *rank);
        mark.or(code).is_some_and(|rank| !rank.inline)
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
    /// By class or `id` with its mark in front, or nothing; then by name of the element, or
    /// nothing.
    rules: BTreeMap<String, BTreeMap<String, Said>>,
    order: u32,
    charged: u64,
}

impl Sheet {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Keeps a rule when it has to do with fields; `live` when Word reads the sheet.
    pub(super) fn add(
        &mut self,
        rule: Rule,
        live: bool,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        /// What an entry costs besides its text: a map of its own, with room for eleven.
        const ENTRY: usize = 2_400;
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
        let each = |declaration: &Declaration| declaration.value.len();
        let text = declarations.iter().map(each).fold(0, usize::saturating_add);
        self.charge(text, budget)?;
        self.order = self.order.saturating_add(1);
        let mut said = Said::default();
        let rank = Rank {
            live,
            order: self.order,
            ..Rank::default()
        };
        said.read(&declarations, rank, longest(budget));
        for selector in selectors {
            self.charge(selector.len().saturating_add(ENTRY), budget)?;
            let at = selector.find(['.', '#']).unwrap_or(selector.len());
            let (name, rest) = selector.split_at_checked(at).unwrap_or((&selector, ""));
            let specific = match rest.as_bytes().first() {
                Some(b'#') => 2,
                Some(_) => 1,
                None => 0,
            };
            let name = if name == "*" || name.len() > NAME {
                ""
            } else {
                name
            };
            let mut own = said.clone();
            own.strengthen(specific, selector != "*");
            let known = self.rules.entry(rest.to_owned()).or_default();
            known.entry(name.to_owned()).or_default().merge(&own);
        }
        Ok(())
    }

    fn charge(&mut self, bytes: usize, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX);
        budget.charge_live(cost)?;
        self.charged = self.charged.saturating_add(cost);
        Ok(())
    }

    /// What the rules say of an element.
    pub(super) fn marks(&self, name: &str, id: Option<&str>, classes: Option<&str>) -> Marks {
        let mut marks = Marks::default();
        let mut look = |key: &str| {
            let Some(rules) = self.rules.get(key) else {
                return;
            };
            let names = if name.len() > NAME { "" } else { name };
            for name in ["", names]
                .iter()
                .take(if names.is_empty() { 1 } else { 2 })
            {
                if let Some(said) = rules.get(*name) {
                    marks.said.merge(said);
                }
            }
        };
        look("");
        // Escapes in a class name are those of the sheet; the attribute has none.
        let classes = classes.unwrap_or_default().to_ascii_lowercase();
        let classes: BTreeSet<&str> = classes.split_ascii_whitespace().collect();
        for class in classes {
            look(&format!(".{class}"));
        }
        if let Some(id) = id {
            look(&format!("#{}", id.to_ascii_lowercase()));
        }
        marks
    }

    /// Gives the memory back to the account.
    pub(super) fn release(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

impl Said {
    /// The same, of a selector that says more exactly which elements are meant.
    fn strengthen(&mut self, specific: u8, sure: bool) {
        for rank in [
            self.mark.first.as_mut().map(|(rank, _)| rank),
            self.code.first.as_mut().map(|(rank, _)| rank),
            self.locked.first.as_mut().map(|(rank, _)| rank),
        ]
        .into_iter()
        .flatten()
        {
            rank.specific = specific;
            rank.live &= sure;
        }
    }
}

/// Bytes of an instruction that are decoded: one more than a field keeps, so that it is told when
/// there was more.
pub(super) fn longest(budget: &Budget<'_>) -> usize {
    let bytes = budget.limits().instruction_bytes.saturating_add(1);
    usize::try_from(bytes).unwrap_or(usize::MAX)
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

/// Decodes the value of a `mso-field-code`, as much of it as may give `longest` bytes.
pub(super) fn code(value: &str, longest: usize) -> Code {
    /// The longest escape.
    const ESCAPE: usize = 8;
    let value = value.trim();
    let longest = longest.saturating_mul(ESCAPE).min(value.len());
    let value = value
        .get(..value.floor_char_boundary(longest))
        .unwrap_or(value);
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

    fn told(value: &str) -> Code {
        code(value, 1 << 16)
    }

    #[test]
    fn word_reads_four_digits() {
        // `spec/word.md` §4.3: a sample of Word, and H06.
        let link = told("\" HYPERLINK \\0022mailto\\:a\\@b\\.com\\0022 \"");
        assert_eq!(link.text, " HYPERLINK \"mailto:a@b.com\" ");
        assert_eq!((link.other, link.needless), (None, false));
        let path = told("\"\\0022c\\:\\\\\\\\windows\\0022\"");
        assert_eq!(path.text, "\"c:\\\\windows\"");
        assert_eq!(path.other, None);
        assert_eq!(told(" PAGE ").text, "PAGE");
        assert_eq!(told("\" never closed").text, " never closed");
        assert_eq!(told("'a\"b' x").text, "a\"b");
    }

    #[test]
    fn style_sheets_read_up_to_six() {
        let short = told("\"\\44 \\44 \\45 AUTO cmd\"");
        assert_eq!(short.other.as_deref(), Some("DDEAUTO cmd"));
        let long = told("\"\\000044\\000044\\000045 AUTO\"");
        assert_eq!(long.other.as_deref(), Some("DDEAUTO"));
        assert!(told("\"\\0044\\0044\\0045\"").needless);
    }

    #[test]
    fn rules_apply_by_class_id_and_name() {
        let limits = crate::limits::Limits::default();
        let budget = Budget::new(&limits, None);
        let mut sheet = Sheet::default();
        let css = b".a{mso-element:field-begin}span.b{mso-element:field-end}#c{mso-field-code:x}";
        assert!(crate::markup::css::rules(css, |rule| sheet
            .add(rule, true, &budget)
            .unwrap()));
        let mark = |name, id, classes| sheet.marks(name, id, classes).mark().0;
        assert_eq!(mark("p", None, Some("x A")), Some(Mark::Begin));
        assert_eq!(mark("span", None, Some("b")), Some(Mark::End));
        assert_eq!(mark("p", None, Some("b")), None);
        assert_eq!(sheet.marks("p", Some("C"), None).codes()[0].text, "x");
        sheet.release(&budget);
        assert_eq!(budget.live_left(), limits.live_bytes);
    }

    #[test]
    fn the_strongest_declaration_comes_first() {
        let limits = crate::limits::Limits::default();
        let budget = Budget::new(&limits, None);
        let marks = |css: &str, style: &str| {
            let mut sheet = Sheet::default();
            crate::markup::css::rules(css.as_bytes(), |rule| {
                sheet.add(rule, true, &budget).unwrap();
            });
            let mut marks = sheet.marks("b", Some("i"), Some("y x"));
            marks.read(style, true, 100);
            sheet.release(&budget);
            marks.mark()
        };
        let (begin, end) = (Some(Mark::Begin), Some(Mark::End));
        // By the order of the sheet, not of the attribute (CSS Cascade 4 §6.1).
        let rules = ".x{mso-element:field-end}.y{mso-element:field-begin}";
        assert_eq!(marks(rules, ""), (begin, end));
        let rules = "#i{mso-element:field-begin}.x{mso-element:field-end}";
        assert_eq!(marks(rules, ""), (begin, end));
        let rules = ".x{mso-element:field-begin!important}";
        assert_eq!(marks(rules, "mso-element:field-end"), (begin, end));
        let style = "mso-element:field-begin ! IMPORTANT;mso-element:field-end";
        assert_eq!(marks("", style), (begin, end));
        assert_eq!(marks("", "mso-element:field-begin"), (begin, None));
        assert_eq!(marks("", "mso-element:field-begin x y"), (begin, None));
    }
}
