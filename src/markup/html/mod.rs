//! HTML as a stream of tags and text, over the bytes of a page that is in UTF-8.
//!
//! The rules are those of browsers where Word has no others (HTML standard §13.2.5), with one
//! exception that matters: what stands in a conditional comment (`<!--[if mso]> … <![endif]-->`)
//! is markup like any other, whatever the condition (`spec/word.md` §4.3). Its condition is told,
//! so that those who read can differ; nothing that begins in it reaches past its end.
//!
//! # Malformed input
//!
//! A comment, a script or a style sheet without an end is read as markup. A quotation mark that is
//! never closed protects nothing. A tag without an end ends with the page.
//!
//! # Worst cases
//!
//! Linear: what a search passes over is not searched again, and a search that found nothing is not
//! repeated. Nothing is copied; a tag or a text may be as long as the page.

mod charset;
mod condition;
mod enclosed;
mod entities;
mod names;

pub(crate) use charset::{Page, unicode};
pub(crate) use condition::{Condition, MSO_9, MSO_16};
pub(crate) use enclosed::Enclosed;
pub(crate) use entities::resolve;
pub(crate) use names::{cut, is_block, is_inline, is_named, is_void};

use enclosed::ENCLOSED;
use memchr::{memchr, memchr2, memmem};

/// A piece of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// With its references, and possibly in another encoding.
    Text(&'a [u8]),
    Start(Tag<'a>),
    End(&'a [u8]),
    /// The content of a `style` element.
    Style(&'a [u8]),
    /// The content of a `script` element.
    Script(&'a [u8]),
    /// The text of a CDATA section, up to its first tag: none to browsers.
    Data(&'a [u8]),
    /// A conditional comment begins.
    Condition(Condition<'a>),
    /// It ends.
    EndCondition,
    /// A comment ends in which a condition is still open.
    Shown,
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a [u8],
    attributes: &'a [u8],
}

impl<'a> Tag<'a> {
    /// Names and values as they are spelled, in their order.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes {
            rest: self.attributes,
        }
    }

    /// It ends with `/>`.
    pub(crate) fn is_closed(&self) -> bool {
        self.attributes.ends_with(b"/")
    }

    /// Bytes of all its attributes.
    pub(crate) fn length(&self) -> usize {
        self.attributes.len()
    }
}

/// The attributes of a tag.
#[derive(Debug)]
pub(crate) struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rest {
                [b'>', ..] | [] => return None,
                [byte, rest @ ..] if byte.is_ascii_whitespace() || *byte == b'/' => {
                    self.rest = rest;
                }
                _ => break,
            }
        }
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'=');
        // An equals sign at the start belongs to the name.
        let length = self.rest.iter().skip(1).position(ends);
        let length = length.map_or(self.rest.len(), |length| length.saturating_add(1));
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let value = rest.trim_ascii_start();
        let Some(value) = value.strip_prefix(b"=") else {
            return Some((name, &[]));
        };
        let value = value.trim_ascii_start();
        if let [quote @ (b'"' | b'\''), quoted @ ..] = value
            && let Some(end) = memchr(*quote, quoted)
        {
            self.rest = quoted.get(end.saturating_add(1)..).unwrap_or_default();
            return Some((name, quoted.get(..end).unwrap_or_default()));
        }
        let end = value
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || *byte == b'>');
        let (value, rest) = value.split_at_checked(end.unwrap_or(value.len()))?;
        self.rest = rest;
        Some((name, value))
    }
}

/// What is known of the end tags of an element.
#[derive(Clone, Copy, Debug, Default)]
enum Ahead {
    #[default]
    Unknown,
    /// The next one that was found.
    At(usize),
    None,
}

/// The tokens of a page, each with the byte at which it starts.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    data: &'a [u8],
    at: usize,
    /// Raw content comes next.
    inside: Option<Enclosed>,
    ends: [Ahead; ENCLOSED],
    /// Where the next condition ends.
    fence: Ahead,
    /// Where the next comment may end.
    arrow: Ahead,
    /// Conditions that are open.
    conditions: u32,
    /// Where the element ends in which browsers see text only: nothing reaches past it.
    wall: Option<usize>,
    /// No comment ends before this byte.
    endless: usize,
    /// A CDATA section is open: its end is no text.
    cdata: bool,
    /// The rules of XML hold: `/>` ends an element, and CDATA is text.
    xhtml: bool,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Tokens {
            data,
            at: 0,
            inside: None,
            ends: [Ahead::default(); ENCLOSED],
            fence: Ahead::default(),
            arrow: Ahead::default(),
            conditions: 0,
            wall: None,
            endless: 0,
            cdata: false,
            xhtml: data.trim_ascii_start().starts_with(b"<?xml "),
        }
    }

    /// The byte behind the last token.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Where the next end tag of such an element stands, from here on, when it stands where the
    /// element may end.
    pub(crate) fn end_of(&mut self, element: Enclosed) -> Option<usize> {
        let limit = self.limit();
        self.next_end(element).filter(|end| *end <= limit)
    }

    fn next_end(&mut self, element: Enclosed) -> Option<usize> {
        let index = match element {
            Enclosed::Script => 0,
            Enclosed::Style => 1,
            Enclosed::Xml => 2,
            Enclosed::Data => 3,
            Enclosed::WordData => 4,
            Enclosed::Title => 5,
            Enclosed::TextArea => 6,
            Enclosed::Xmp => 7,
            Enclosed::Frame => 8,
            Enclosed::NoFrames => 9,
            Enclosed::NoEmbed => 10,
            Enclosed::NoScript => 11,
        };
        let rest = self.rest();
        let at = self.at;
        ahead(self.ends.get_mut(index)?, at, || {
            memchr::memchr_iter(b'<', rest).find(|at| {
                let tag = rest.get(at.saturating_add(1)..).unwrap_or_default();
                let end_tag = element.end_tag();
                let name = tag.get(..end_tag.len()).unwrap_or_default();
                name.eq_ignore_ascii_case(end_tag)
                    && !tag
                        .get(end_tag.len())
                        .is_some_and(|byte| byte.is_ascii_alphanumeric())
            })
        })
    }

    /// Where what begins now has to end: with the condition, or with the element of text.
    fn limit(&mut self) -> usize {
        let mut limit = self.data.len();
        if let Some(wall) = self.wall.filter(|wall| *wall >= self.at) {
            limit = wall;
        }
        if self.conditions > 0 {
            let fence = self.next_fence().or_else(|| self.next_arrow());
            limit = limit.min(fence.unwrap_or(limit));
        }
        limit
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// The length of the text at the start of `rest`: up to a `<` that begins something.
    fn text(rest: &[u8]) -> usize {
        memchr::memchr_iter(b'<', rest)
            .find(|at| match rest.get(at.saturating_add(1)..) {
                Some([b'/', next, ..]) if next.is_ascii_alphabetic() => true,
                // A comment that is none, when it ends.
                Some([b'/', inside @ ..]) => {
                    memchr2(b'>', b'<', inside).is_some_and(|end| inside.get(end) == Some(&b'>'))
                }
                Some([b'!' | b'?', ..]) => true,
                Some([next, ..]) => next.is_ascii_alphabetic(),
                Some([]) | None => false,
            })
            .unwrap_or(rest.len())
    }

    fn start_tag(&mut self) -> Token<'a> {
        let limit = self.limit();
        let rest = self.data.get(self.at..limit).unwrap_or_default();
        let rest = rest.get(1..).unwrap_or_default();
        let (name, rest) = split_name(rest);
        let mut attributes = Attributes { rest };
        while attributes.next().is_some() {}
        let length = rest.len().saturating_sub(attributes.rest.len());
        // Behind the `>` at which the attributes end.
        self.at = self
            .at
            .saturating_add(1)
            .saturating_add(name.len())
            .saturating_add(length)
            .saturating_add(usize::from(!attributes.rest.is_empty()));
        let tag = Tag {
            name,
            attributes: rest.get(..length).unwrap_or_default(),
        };
        if self.xhtml && tag.is_closed() {
            return Token::Start(tag);
        }
        match Enclosed::named(name) {
            Some(element @ (Enclosed::Script | Enclosed::Style)) => {
                self.inside = self.end_of(element).map(|_| element);
            }
            None | Some(Enclosed::Xml | Enclosed::Data | Enclosed::WordData) => {}
            // Of such elements in each other the outer one counts.
            Some(element) if self.wall.is_none_or(|wall| wall <= self.at) => {
                self.wall = self.end_of(element);
            }
            Some(_) => {}
        }
        Token::Start(tag)
    }

    fn end_tag(&mut self) -> Token<'a> {
        let rest = self.rest().get(2..).unwrap_or_default();
        let (name, rest) = split_name(rest);
        let length = name.len().saturating_add(2);
        // No attributes are expected: a tag that lacks its end does not swallow the next.
        let end = memchr2(b'>', b'<', rest).unwrap_or(rest.len());
        let mark = usize::from(rest.get(end) == Some(&b'>'));
        self.at = self
            .at
            .saturating_add(length)
            .saturating_add(end)
            .saturating_add(mark);
        Token::End(name)
    }

    /// A comment, a condition or a declaration. `None` when there is nothing to tell of it.
    fn declaration(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let inside = rest.get(2..).unwrap_or_default();
        if let Some(comment) = inside.strip_prefix(b"--") {
            let skipped = rest.len().saturating_sub(comment.len());
            let found = condition::read(comment);
            if let Some((None, length)) = found
                && self.conditions > 0
            {
                self.skip(skipped.saturating_add(length));
                self.conditions = self.conditions.saturating_sub(1);
                return Some(Token::EndCondition);
            }
            if self.conditions > 0 && comment.starts_with(b">") {
                self.skip(skipped.saturating_add(1));
                return Some(self.shown());
            }
            if let Some((Some(condition), length)) = found
                && !(condition.plain && self.is_over())
            {
                self.skip(skipped.saturating_add(length));
                return Some(self.condition(Condition {
                    hidden: true,
                    ..condition
                }));
            }
            let limit = self.limit().saturating_sub(self.at);
            let room = limit.saturating_sub(skipped);
            let comment = comment.get(..room).unwrap_or(comment);
            let end = if self.at < self.endless {
                None
            } else {
                comment_end(comment)
            };
            if end.is_none() {
                self.endless = self.at.saturating_add(limit);
            }
            // The end of a condition in a comment is one.
            let ends = end.is_none() && self.conditions > 0 && rest.len() > limit;
            let over = if ends && self.wall.is_none() { room } else { 0 };
            self.skip(skipped.saturating_add(end.unwrap_or(over)));
            return None;
        }
        match condition::read(inside) {
            Some((Some(condition), length)) => {
                self.skip(length.saturating_add(2));
                return Some(self.condition(condition));
            }
            Some((None, length)) => {
                self.skip(length.saturating_add(2));
                self.conditions = self.conditions.saturating_sub(1);
                return Some(Token::EndCondition);
            }
            None => {}
        }
        const CDATA: &[u8] = b"[CDATA[";
        if let Some(text) = inside.strip_prefix(CDATA) {
            let end = memchr(b'<', text).unwrap_or(text.len());
            let text = text.get(..end).unwrap_or_default();
            let closes = memmem::find(text, b"]]>");
            self.cdata = closes.is_none();
            let length = closes.map_or(end, |closes| closes.saturating_add(3));
            self.skip(CDATA.len().saturating_add(length).saturating_add(2));
            let text = text.get(..closes.unwrap_or(end)).unwrap_or_default();
            return if text.is_empty() {
                None
            } else if self.xhtml {
                Some(Token::Text(text))
            } else {
                Some(Token::Data(text))
            };
        }
        self.instruction();
        None
    }

    fn condition(&mut self, condition: Condition<'a>) -> Token<'a> {
        let ends = self.next_fence().is_some() || condition.hidden && self.next_arrow().is_some();
        // One that never ends bounds nothing.
        self.conditions = self.conditions.saturating_add(u32::from(ends));
        Token::Condition(Condition { ends, ..condition })
    }

    /// Whether a comment is over before a condition ends.
    fn is_over(&mut self) -> bool {
        match (self.next_arrow(), self.next_fence()) {
            (Some(over), Some(fence)) => over < fence,
            (_, fence) => fence.is_none(),
        }
    }

    /// Where the next comment may end.
    fn next_arrow(&mut self) -> Option<usize> {
        let (rest, at) = (self.rest(), self.at);
        ahead(&mut self.arrow, at, || memmem::find(rest, b"-->"))
    }

    /// The comment ends in which a condition stands; the condition, too, if nothing else ends it.
    fn shown(&mut self) -> Token<'a> {
        if self.next_fence().is_some() {
            return Token::Shown;
        }
        self.conditions = self.conditions.saturating_sub(1);
        Token::EndCondition
    }

    /// Where the next condition ends.
    fn next_fence(&mut self) -> Option<usize> {
        let (rest, at) = (self.rest(), self.at);
        ahead(&mut self.fence, at, || {
            memchr::memchr_iter(b'<', rest).find(|at| {
                let mark = rest.get(*at..).unwrap_or_default();
                let mark = mark.strip_prefix(b"<!").unwrap_or_default();
                let mark = mark.strip_prefix(b"--").unwrap_or(mark);
                condition::read(mark).is_some_and(|(opens, _)| opens.is_none())
            })
        })
    }

    /// Something that ends with its `>`, or where the next tag begins.
    fn instruction(&mut self) {
        let inside = self.rest().get(2..).unwrap_or_default();
        let end = memchr2(b'>', b'<', inside).unwrap_or(inside.len());
        let mark = usize::from(inside.get(end) == Some(&b'>'));
        self.skip(end.saturating_add(mark).saturating_add(2));
    }

    fn skip(&mut self, length: usize) {
        self.at = self.at.saturating_add(length).min(self.data.len());
    }

    /// The content of an element in which nothing is markup.
    fn raw(&mut self, element: Enclosed) -> Option<Token<'a>> {
        let end = self.end_of(element)?;
        let text = self.data.get(self.at..end).unwrap_or_default();
        self.at = end;
        match element {
            Enclosed::Script => Some(Token::Script(text)),
            Enclosed::Style => Some(Token::Style(text)),
            Enclosed::Xml
            | Enclosed::Data
            | Enclosed::WordData
            | Enclosed::Title
            | Enclosed::TextArea
            | Enclosed::Xmp
            | Enclosed::Frame
            | Enclosed::NoFrames
            | Enclosed::NoEmbed
            | Enclosed::NoScript => None,
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let at = self.at;
            if let Some(element) = self.inside.take()
                && let Some(raw) = self.raw(element)
            {
                return Some((at, raw));
            }
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            let text = Self::text(rest);
            if text > 0 {
                let text = rest.get(..text).unwrap_or_default();
                // What ends a section or a comment is no text.
                let end = if self.cdata {
                    memmem::find(text, b"]]>")
                } else if self.conditions > 0 {
                    memmem::find(text, b"-->")
                } else {
                    None
                };
                match end {
                    None => self.skip(text.len()),
                    Some(0) => {
                        self.skip(3);
                        if !std::mem::take(&mut self.cdata) {
                            return Some((at, self.shown()));
                        }
                        continue;
                    }
                    Some(end) => self.skip(end),
                }
                let text = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
                return Some((at, Token::Text(text)));
            }
            let token = match rest.get(1) {
                Some(b'/') if rest.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                    Some(self.end_tag())
                }
                Some(b'/') => {
                    self.instruction();
                    None
                }
                Some(b'!') => self.declaration(),
                Some(b'?') => {
                    self.instruction();
                    None
                }
                Some(_) | None => Some(self.start_tag()),
            };
            if let Some(token) = token {
                return Some((at, token));
            }
        }
    }
}

fn split_name(tag: &[u8]) -> (&[u8], &[u8]) {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<');
    let end = tag.iter().position(ends).unwrap_or(tag.len());
    tag.split_at_checked(end).unwrap_or((tag, &[]))
}

/// Where something is found from `at` on, by a search that is not repeated before that.
fn ahead(known: &mut Ahead, at: usize, search: impl FnOnce() -> Option<usize>) -> Option<usize> {
    match *known {
        Ahead::None => return None,
        Ahead::At(found) if found >= at => return Some(found),
        Ahead::At(_) | Ahead::Unknown => {}
    }
    let found = search().map(|found| at.saturating_add(found));
    *known = found.map_or(Ahead::None, Ahead::At);
    found
}

/// Where the comment whose text starts here is over: behind `-->` or `--!>`, or at once behind
/// `<!-->` and `<!--->`.
fn comment_end(comment: &[u8]) -> Option<usize> {
    for (start, length) in [(&b">"[..], 1), (b"->", 2)] {
        if comment.starts_with(start) {
            return Some(length);
        }
    }
    // What marks overlap (`--->`), so each pair is looked at.
    let mut at = 0usize;
    loop {
        let found = memmem::find(comment.get(at..)?, b"--")?;
        let mark = at.saturating_add(found);
        let rest = comment.get(mark.saturating_add(2)..)?;
        if rest.starts_with(b">") {
            return Some(mark.saturating_add(3));
        }
        if rest.starts_with(b"!>") {
            return Some(mark.saturating_add(4));
        }
        at = mark.saturating_add(1);
    }
}

#[cfg(test)]
mod tests;
