//! HTML as a stream of tags and text, over the bytes of a page that is in UTF-8.
//!
//! The rules are those of browsers where Word has no others (HTML standard §13.2.5), with one
//! exception that matters: what stands in a conditional comment (`<!--[if mso]> … <![endif]-->`)
//! is markup like any other, whatever the condition (`spec/word.md` §4.3).
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
mod entities;

pub(crate) use charset::{Page, unicode};
pub(crate) use entities::resolve;

use memchr::{memchr, memchr2, memchr3, memmem};

/// Bytes in which the condition of a comment ends.
const CONDITION: usize = 1 << 10;

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
    /// A conditional comment begins (true) or ends.
    Condition(bool),
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

/// Elements whose end decides how their content is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enclosed {
    Script,
    Style,
    /// Data of an Office program.
    Xml,
}

impl Enclosed {
    fn end_tag(self) -> &'static [u8] {
        match self {
            Enclosed::Script => b"/script",
            Enclosed::Style => b"/style",
            Enclosed::Xml => b"/xml",
        }
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
    ends: [Ahead; 3],
    /// No comment ends any more.
    endless: bool,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Tokens {
            data,
            at: 0,
            inside: None,
            ends: [Ahead::default(); 3],
            endless: false,
        }
    }

    /// Where the next end tag of such an element stands, from here on.
    pub(crate) fn end_of(&mut self, element: Enclosed) -> Option<usize> {
        let [script, style, xml] = &mut self.ends;
        let ahead = match element {
            Enclosed::Script => script,
            Enclosed::Style => style,
            Enclosed::Xml => xml,
        };
        match *ahead {
            Ahead::None => return None,
            Ahead::At(found) if found >= self.at => return Some(found),
            Ahead::At(_) | Ahead::Unknown => {}
        }
        let rest = self.data.get(self.at..).unwrap_or_default();
        let found = memchr::memchr_iter(b'<', rest).find(|at| {
            let tag = rest.get(at.saturating_add(1)..).unwrap_or_default();
            let name = tag.get(..element.end_tag().len()).unwrap_or_default();
            name.eq_ignore_ascii_case(element.end_tag())
        });
        let found = found.map(|found| self.at.saturating_add(found));
        *ahead = found.map_or(Ahead::None, Ahead::At);
        found
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// The length of the text at the start of `rest`: up to a `<` that begins something.
    fn text(rest: &[u8]) -> usize {
        memchr::memchr_iter(b'<', rest)
            .find(|at| match rest.get(at.saturating_add(1)..) {
                Some([b'/', next, ..]) => next.is_ascii_alphabetic(),
                Some([b'!' | b'?', ..]) => true,
                Some([next, ..]) => next.is_ascii_alphabetic(),
                Some([]) | None => false,
            })
            .unwrap_or(rest.len())
    }

    fn start_tag(&mut self) -> Token<'a> {
        let rest = self.rest().get(1..).unwrap_or_default();
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
        let element = if name.eq_ignore_ascii_case(b"script") {
            Some(Enclosed::Script)
        } else if name.eq_ignore_ascii_case(b"style") {
            Some(Enclosed::Style)
        } else {
            None
        };
        self.inside = element.filter(|element| self.end_of(*element).is_some());
        Token::Start(Tag {
            name,
            attributes: rest.get(..length).unwrap_or_default(),
        })
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
            if let Some((opens, length)) = condition(comment).filter(|(opens, _)| *opens) {
                self.skip(skipped.saturating_add(length));
                return Some(Token::Condition(opens));
            }
            let end = if self.endless {
                None
            } else {
                comment_end(comment)
            };
            self.endless |= end.is_none();
            self.skip(skipped.saturating_add(end.unwrap_or(0)));
            return None;
        }
        if let Some((opens, length)) = condition(inside) {
            self.skip(length.saturating_add(2));
            return Some(Token::Condition(opens));
        }
        const CDATA: &[u8] = b"[CDATA[";
        if inside.starts_with(CDATA) {
            self.skip(CDATA.len().saturating_add(2));
            return None;
        }
        self.instruction();
        None
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
            Enclosed::Xml => None,
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
                self.skip(text);
                return Some((at, Token::Text(rest.get(..text).unwrap_or_default())));
            }
            let token = match rest.get(1) {
                Some(b'/') => Some(self.end_tag()),
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

/// The condition at the start of `text`, up to its `>`: whether it opens, and its length.
fn condition(text: &[u8]) -> Option<(bool, usize)> {
    let head = text.get(..text.len().min(CONDITION)).unwrap_or(text);
    let inside = head.trim_ascii_start().strip_prefix(b"[")?;
    let word = inside.trim_ascii_start();
    let is = |name: &[u8]| {
        word.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let opens = is(b"if");
    if !opens && !is(b"endif") {
        return None;
    }
    // No condition has tags in it: the search ends there.
    let close = memchr3(b']', b'<', b'>', inside).filter(|at| inside.get(*at) == Some(&b']'))?;
    let rest = inside.get(close.saturating_add(1)..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"--").unwrap_or(rest);
    let rest = rest.strip_prefix(b">")?;
    Some((opens, head.len().saturating_sub(rest.len())))
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
