//! From the events of a part to marks and text (`spec/word.md` §1.2 to §1.5).
//!
//! # Malformed input
//!
//! See the module above: elements count by name, and scopes end by depth.

use super::Gather;
use crate::field::{Begin, Head, Style};
use crate::limits::{Budget, Exhausted};
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};

/// Where the reading of a part stands.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Elements open.
    depth: u32,
    scopes: Vec<(u32, Scope)>,
    /// White space at the edges of text is kept (`xml:space`).
    preserve: bool,
    /// How text that comes now stands; `None` outside of text elements.
    collect: Option<Style>,
    /// Elements open whose text is marked as deleted.
    deleted: u32,
    /// Elements open that a program which does not know them leaves out with their content.
    unknown: u32,
    /// The part says that there may be such elements.
    ignorable: bool,
}

/// An open element that means something.
#[derive(Clone, Copy, Debug)]
enum Scope {
    /// Ended by the end of its element: so many fields were open around it.
    Simple(u32),
    Story,
    /// The value of `xml:space` around it.
    Space(bool),
    Deleted,
    Unknown,
    Text,
    Merge,
    Alternate(Alternate),
    Branch {
        /// A `Choice` whose requirements are known, or a `Fallback`.
        understood: bool,
    },
}

/// An open `mc:AlternateContent`.
#[derive(Clone, Copy, Debug)]
struct Alternate {
    /// Where every branch starts.
    start: Head,
    /// Where the branch that a program takes ended.
    chosen: Option<Head>,
    /// Where the last of the others ended that changed something.
    spare: Option<Head>,
}

impl Gather {
    /// A start tag.
    pub(super) fn enter(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.walk.depth = self.walk.depth.saturating_add(1);
        if let Some(space) = tag.attribute_in(Ns::Xml, "space") {
            self.push(Scope::Space(self.walk.preserve));
            self.walk.preserve = space.trim() == "preserve";
        }
        if !self.walk.ignorable
            && tag
                .attribute_in(Ns::MarkupCompatibility, "Ignorable")
                .is_some_and(|list| !list.trim().is_empty())
        {
            self.walk.ignorable = true;
        }
        let ns = tag.name.ns;
        if ns == Ns::Word {
            return self.word(tag, budget);
        }
        if ns == Ns::MarkupCompatibility {
            self.compatibility(tag);
        } else if ns == Ns::VmlOffice && tag.name.local == "OLEObject" {
            self.object(tag, budget);
        } else if ns == Ns::Other && self.walk.ignorable {
            self.walk.unknown = self.walk.unknown.saturating_add(1);
            self.push(Scope::Unknown);
        }
        Ok(())
    }

    /// An end.
    pub(super) fn leave(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if name.ns == Ns::Word {
            match name.local {
                // The ends of paragraphs and cells are white space (`spec/word.md` §0.4).
                "p" => self.put("\r", Style::BREAK, budget)?,
                "tc" => self.put("\u{7}", Style::BREAK, budget)?,
                "instrText" | "delInstrText" | "t" | "delText" => self.walk.collect = None,
                _ => {}
            }
        }
        while let Some((depth, scope)) = self.walk.scopes.last().copied()
            && depth >= self.walk.depth
        {
            self.walk.scopes.pop();
            self.close(scope, Some(budget))?;
        }
        self.walk.depth = self.walk.depth.saturating_sub(1);
        Ok(())
    }

    /// Text.
    pub(super) fn read(
        &mut self,
        text: &str,
        referenced: bool,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let Some(style) = self.walk.collect else {
            return Ok(());
        };
        let style = if referenced && is_odd(text) {
            style.with(Style::REFERENCED)
        } else {
            style
        };
        self.forest.text(text, style, budget)
    }

    /// The part is over: everything that is open ends.
    pub(super) fn finish(&mut self) {
        while let Some((_, scope)) = self.walk.scopes.pop() {
            // Without a budget nothing is charged, so that nothing can fail.
            let _ended = self.close(scope, None);
        }
        self.walk = Walk::default();
        self.forest.end_part();
    }

    fn push(&mut self, scope: Scope) {
        self.walk.scopes.push((self.walk.depth, scope));
    }

    fn close(&mut self, scope: Scope, budget: Option<&Budget<'_>>) -> Result<(), Exhausted> {
        match scope {
            Scope::Simple(around) => {
                while budget.is_some() && self.forest.depth() > around {
                    if let Some(budget) = budget {
                        self.forest.end(budget)?;
                    }
                }
            }
            Scope::Story => self.forest.end_story(),
            Scope::Space(around) => self.walk.preserve = around,
            Scope::Deleted => self.walk.deleted = self.walk.deleted.saturating_sub(1),
            Scope::Unknown => self.walk.unknown = self.walk.unknown.saturating_sub(1),
            Scope::Text => self.walk.collect = None,
            Scope::Merge => self.end_merge(),
            Scope::Branch { understood } => self.end_branch(understood),
            Scope::Alternate(alternate) => self.end_alternate(alternate),
        }
        Ok(())
    }

    fn word(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        match tag.name.local {
            "fldChar" => return self.mark(tag, budget),
            "fldSimple" => return self.simple(tag, budget),
            "instrText" | "delInstrText" | "t" | "delText" => self.collect(tag.name.local),
            "txbxContent" | "footnote" | "endnote" | "comment" | "docPartBody" => {
                self.forest.begin_story();
                self.push(Scope::Story);
            }
            "del" | "moveFrom" => {
                self.walk.deleted = self.walk.deleted.saturating_add(1);
                self.push(Scope::Deleted);
            }
            "tab" | "ptab" => return self.put("\t", Style::ORDINARY, budget),
            "br" | "cr" => return self.put("\u{b}", Style::ORDINARY, budget),
            "noBreakHyphen" => return self.put("-", Style::ORDINARY, budget),
            "sym" => {
                let symbol = tag.attribute("char").as_deref().and_then(symbol);
                if let Some(symbol) = symbol {
                    let mut buffer = [0; 4];
                    return self.put(symbol.encode_utf8(&mut buffer), Style::ORDINARY, budget);
                }
            }
            "objectLink" => self.object(tag, budget),
            "mailMerge" => {
                self.begin_merge(tag);
                self.push(Scope::Merge);
            }
            _ => self.setting(tag, budget),
        }
        Ok(())
    }

    /// Text of the document that is an element of its own.
    fn put(&mut self, text: &str, style: Style, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.forest.is_idle() {
            return Ok(());
        }
        self.forest.next_element();
        let style = self.style(style);
        self.forest.text(text, style, budget)
    }

    fn style(&self, style: Style) -> Style {
        if self.walk.deleted > 0 {
            style.with(Style::OPTIONAL).with(Style::DELETED)
        } else if self.walk.unknown > 0 {
            style.with(Style::OPTIONAL)
        } else {
            style
        }
    }

    fn collect(&mut self, local: &str) {
        self.forest.next_element();
        let mut style = match local {
            "t" | "delText" => Style::ORDINARY,
            _ => Style::default(),
        };
        if local.starts_with("del") {
            style = style.with(Style::OPTIONAL).with(Style::DELETED);
        }
        if !self.walk.preserve {
            style = style.with(Style::TRIMMED);
        }
        self.walk.collect = Some(self.style(style));
        self.push(Scope::Text);
    }

    fn mark(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let kind = tag.attribute("fldCharType").unwrap_or_default();
        match kind.trim().to_ascii_lowercase().as_str() {
            "begin" => self.forest.begin(begin(tag), budget),
            "separate" => self.forest.separate(budget),
            "end" => self.forest.end(budget),
            _ => Ok(()),
        }
    }

    /// A field whose instruction is an attribute; its children are its result.
    fn simple(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let around = self.forest.depth();
        self.forest.begin(begin(tag), budget)?;
        self.push(Scope::Simple(around));
        if let Some(instruction) = tag
            .attributes()
            .find(|attribute| attribute.name.local == "instr")
        {
            let style = if instruction.referenced && is_odd(&instruction.value) {
                Style::REFERENCED
            } else {
                Style::default()
            };
            let style = self.style(style);
            self.forest.text(&instruction.value, style, budget)?;
        }
        self.forest.separate(budget)
    }

    fn compatibility(&mut self, tag: &Tag<'_>) {
        let alternate = match self.walk.scopes.iter().next_back() {
            Some((_, Scope::Alternate(alternate))) => Some(*alternate),
            // `xml:space` on the branch itself.
            Some((depth, Scope::Space(_))) if *depth == self.walk.depth => {
                match self.walk.scopes.iter().nth_back(1) {
                    Some((_, Scope::Alternate(alternate))) => Some(*alternate),
                    _ => None,
                }
            }
            _ => None,
        };
        match (tag.name.local, alternate) {
            ("AlternateContent", _) => {
                let start = self.forest.fork();
                self.push(Scope::Alternate(Alternate {
                    start,
                    chosen: None,
                    spare: None,
                }));
            }
            ("Choice", Some(alternate)) => {
                self.forest.restart(alternate.start);
                let required = tag.attribute("Requires").unwrap_or_default();
                let understood = required
                    .split_ascii_whitespace()
                    .all(|prefix| !matches!(tag.resolve(prefix), Ns::Other | Ns::None));
                self.push(Scope::Branch { understood });
            }
            ("Fallback", Some(alternate)) => {
                self.forest.restart(alternate.start);
                self.push(Scope::Branch { understood: true });
            }
            _ => {}
        }
    }

    fn end_branch(&mut self, understood: bool) {
        let Some((_, Scope::Alternate(alternate))) = self.walk.scopes.last_mut() else {
            return;
        };
        let head = self.forest.head();
        if understood && alternate.chosen.is_none() {
            alternate.chosen = Some(head);
        } else if head != alternate.start
            && let Some(spare) = alternate.spare.replace(head)
        {
            self.forest.restart(spare);
            self.forest.abandon();
        }
    }

    /// The story goes on from the branch that the program takes, unless that changed nothing and
    /// another did (`spec/word.md` §1.5). What the others left open is judged as it stands.
    fn end_alternate(&mut self, alternate: Alternate) {
        let start = alternate.start;
        let mut next = alternate.chosen.unwrap_or(start);
        if let Some(spare) = alternate.spare {
            if next == start {
                next = spare;
            } else {
                self.forest.restart(spare);
                self.forest.abandon();
            }
        }
        self.forest.join(next);
    }
}

fn begin(tag: &Tag<'_>) -> Begin {
    Begin {
        offset: tag.offset,
        dirty: tag.flag("dirty"),
        locked: tag.flag("fldLock"),
    }
}

/// Whether text that is spelled with references has characters that do not ask for them.
fn is_odd(text: &str) -> bool {
    !text
        .chars()
        .any(|c| matches!(c, '&' | '<' | '>' | '"' | '\'') || c.is_control())
}

/// The character of `w:sym`: the private range of symbol fonts stands for their own code page.
fn symbol(code: &str) -> Option<char> {
    let code = u32::from_str_radix(code.trim(), 16).ok()?;
    let code = if (0xf000..=0xf0ff).contains(&code) {
        code & 0xff
    } else {
        code
    };
    char::from_u32(code).filter(|c| *c != '\0')
}
