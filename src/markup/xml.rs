//! XML as a stream: bytes of a part in, events with resolved names out, with bounded memory.
//!
//! The way of the bytes: the part's reader → UTF-8 (`transcode`) → the event cap (`cap`) →
//! `quick-xml` → names and references resolved here. Tags and texts that are plain and whole in the
//! window of the cap (`token`) are handed out from there, and the parser never sees them: between
//! two events it knows nothing of what was before but the names of open elements, and whether an
//! end tag has the right name is decided here. This is the only file that names `quick-xml`.
//!
//! # Malformed input
//!
//! Wrong end tags, unquoted attributes, lone ampersands, broken declarations and a cut end are
//! passed over and noted in [`Flaws`]; what comes after them is still delivered. Document type
//! declarations are noted and their simple entities expanded; what else they do is told in
//! [`Flaws`].
//!
//! # Worst cases
//!
//! Time is linear in the bytes of the part. Memory is one event (at most 1 MiB of text or the
//! limit `tag-bytes`) plus the open elements (limit `xml-depth`, and 1 MiB for all their names).

use std::borrow::Cow;
use std::io::BufRead;
use std::rc::Rc;

use quick_xml::errors::Error;
use quick_xml::events::Event as Parsed;

use super::bindings::Bindings;
use super::cap::Cap;
use super::names::Ns;
use super::open::{By, Close, Open};
use super::references::{Entities, is_needless, resolve};
use super::shape::Shape;
use super::surroundings::Surroundings;
pub(crate) use super::tag::{Name, Tag, is_on};
use super::tag::{name_of, pairs};
use super::token::Kind;
use super::transcode::Transcoder;
use crate::limits::{Budget, Exhausted, Limit, Limits};
use crate::link::TechniqueId;

/// Bytes that the names of all open elements and declared prefixes may take.
const OPEN_NAMES: usize = 1 << 20;
/// Times that the parser is started again after broken markup, before the part is given up.
const RESTARTS: u32 = 10_000;

/// What the stream delivers. Comments and processing instructions are left out and do not end a
/// text; one text may come in several pieces.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Start(Tag<'a>),
    End(Name<'a>),
    Text {
        text: &'a str,
        /// Whether this piece is spelled as a reference or a CDATA section, for which there is no
        /// need.
        referenced: bool,
    },
}

/// What was wrong with the markup of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flaws {
    /// Something other than a cut end: [`Reader::lenient`] may find more.
    pub(crate) malformed: bool,
    /// The part ends inside a tag, a comment or a section, or, where nothing else is wrong, inside
    /// an element.
    pub(crate) truncated: bool,
    /// A tag was longer than the limit `tag-bytes`, so that its rest was not read.
    pub(crate) cut_tag: bool,
    /// The declared entities are more, or expand to more, than was read of them.
    pub(crate) cut_entities: bool,
    /// The document type changes the document in a way that is not followed.
    pub(crate) unexpanded: bool,
    /// The part declares an encoding that is not decoded.
    pub(crate) foreign_encoding: bool,
}

/// The stream.
pub(crate) struct Reader<R: BufRead> {
    /// `None` only while the parser is being started again.
    parser: Option<quick_xml::Reader<Cap<R>>>,
    buffer: Vec<u8>,
    /// The current event is an empty element whose end was not delivered yet: its namespace, and
    /// where its local name stands.
    pending_end: Option<(Ns, Stand)>,
    /// Where the current event stands.
    stand: Stand,
    /// The parser is between two events, so that an event may pass it by.
    between: bool,
    bindings: Bindings,
    entities: Rc<Entities>,
    open: Open,
    /// Byte of the part at which the current event starts.
    offset: u64,
    depth_limit: u64,
    restarts: u32,
    malformed: bool,
    doctype: bool,
    /// Not every namespace declaration was kept.
    cut_declarations: bool,
}

/// What was found, without the borrow of what it stands in.
enum Found {
    Start {
        empty: bool,
        by: By,
        shape: Option<Shape>,
    },
    End,
    /// The innermost element ends, as its start said.
    Close(Ns),
    Text,
    Cdata,
    Reference,
    Doctype,
    Nothing,
    Broken,
    Eof,
}

/// Where an event stands: a tag or section without its brackets.
#[derive(Clone, Copy, Debug, Default)]
struct Stand {
    /// In the window of the cap, or else in the buffer.
    in_window: bool,
    start: usize,
    end: usize,
}

impl<R: BufRead> Reader<R> {
    pub(crate) fn new(source: R, limits: &Limits) -> Self {
        Reader::inside(source, None, false, limits)
    }

    /// The second reading of a part whose markup is broken: a tag ends at the first `>` or before
    /// the next `<`, whatever its quotes say.
    pub(crate) fn lenient(source: R, limits: &Limits) -> Self {
        Reader::inside(source, None, true, limits)
    }

    /// A reading of markup that stands inside other markup, which says what prefixes and entities
    /// mean and how the text is encoded.
    pub(crate) fn inside(
        source: R,
        around: Option<&Surroundings>,
        lenient: bool,
        limits: &Limits,
    ) -> Self {
        let text = match around {
            Some(around) => Transcoder::within(source, around.encoding),
            None => Transcoder::new(source),
        };
        let mut reader = Reader::over(Cap::new(text, limits.tag_bytes, lenient), limits);
        if let Some(around) = around {
            reader.bindings = Bindings::within(Rc::clone(&around.scope));
            reader.entities = Rc::clone(&around.entities);
        }
        reader
    }

    /// What markup inside the element that starts with the current event is surrounded by. `last`
    /// is what was told before: where nothing changed since, it costs nothing.
    pub(crate) fn surroundings(
        &self,
        last: Option<&Surroundings>,
        budget: &Budget<'_>,
    ) -> Result<Surroundings, Exhausted> {
        let stand = self.bindings.stand();
        if let Some(last) = last
            && last.stand == stand
        {
            return Ok(last.clone());
        }
        let bytes = u64::try_from(self.bindings.bytes()).unwrap_or(u64::MAX);
        budget.charge_decoded(bytes)?;
        let source = self.parser.as_ref().map(|parser| parser.get_ref().source());
        Ok(Surroundings {
            encoding: source.map_or(encoding_rs::UTF_8, |source| source.encoding()),
            scope: Rc::new(self.bindings.scope()),
            entities: Rc::clone(&self.entities),
            stand,
            bytes,
        })
    }

    /// Byte of the part at which the current event starts.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the offset of every event was exact so far: it is not in encodings whose
    /// characters differ in length.
    pub(crate) fn is_measured(&self) -> bool {
        self.parser
            .as_ref()
            .is_some_and(|parser| parser.get_ref().is_measured())
    }

    fn over(source: Cap<R>, limits: &Limits) -> Self {
        Reader {
            parser: Some(parser(source)),
            buffer: Vec::new(),
            pending_end: None,
            stand: Stand::default(),
            between: false,
            bindings: Bindings::default(),
            entities: Rc::default(),
            open: Open::default(),
            offset: 0,
            depth_limit: limits.xml_depth,
            restarts: 0,
            malformed: false,
            doctype: false,
            cut_declarations: false,
        }
    }

    /// What is odd about the part as a whole. Complete once the end is reached.
    pub(crate) fn techniques(&self) -> Vec<TechniqueId> {
        let source = self.parser.as_ref().map(|parser| parser.get_ref().source());
        [
            (self.doctype, TechniqueId::DtdPresent),
            (
                source.is_some_and(|source| source.is_odd()),
                TechniqueId::OddEncoding,
            ),
            (self.bindings.saw_strict(), TechniqueId::StrictNamespace),
            (
                source.is_some_and(|source| source.is_utf16()),
                TechniqueId::Utf16,
            ),
        ]
        .into_iter()
        .filter_map(|(present, id)| present.then_some(id))
        .collect()
    }

    /// What was wrong with the markup. Complete once the end is reached.
    pub(crate) fn flaws(&self) -> Flaws {
        let cap = self.parser.as_ref().map(|parser| parser.get_ref());
        Flaws {
            malformed: self.malformed,
            // Elements that stay open are no cut in markup that is broken anyway: HTML in VML
            // drawings leaves its `<br>` open.
            truncated: cap.is_some_and(Cap::is_truncated)
                || self.open.depth() > 0 && !self.malformed,
            cut_tag: self.cut_declarations || cap.is_some_and(Cap::has_cut_tag),
            cut_entities: self.entities.overflowed(),
            unexpanded: self.entities.unexpanded(),
            foreign_encoding: cap.is_some_and(|cap| cap.source().is_foreign()),
        }
    }

    /// The next event; `None` at the end of the part.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'_>>, Exhausted> {
        if let Some((ns, local)) = self.pending_end.take() {
            self.open.leave(&mut self.bindings);
            let local = self.content(local);
            return Ok(Some(Event::End(Name { ns, local })));
        }
        loop {
            match self.read() {
                Found::Start { empty, by, shape } => return self.start(empty, by, shape),
                Found::Close(ns) => {
                    self.open.leave(&mut self.bindings);
                    let local = self.content(self.stand);
                    return Ok(Some(Event::End(Name { ns, local })));
                }
                Found::End => return Ok(Some(Event::End(self.end()))),
                Found::Text => {
                    let text = self.content(self.stand);
                    return Ok(Some(Event::Text {
                        text,
                        referenced: false,
                    }));
                }
                Found::Cdata => {
                    let text = self.content(self.stand);
                    return Ok(Some(Event::Text {
                        text,
                        referenced: is_needless(text),
                    }));
                }
                Found::Reference => {
                    let name = self.content(self.stand);
                    let expanded = self.entities.expand(name).map(Cow::into_owned);
                    if let Some(expanded) = expanded {
                        self.buffer.clear();
                        self.buffer.extend_from_slice(expanded.as_bytes());
                    }
                    let text = text(&self.buffer);
                    return Ok(Some(Event::Text {
                        text,
                        referenced: is_needless(text),
                    }));
                }
                Found::Doctype => {
                    self.doctype = true;
                    Rc::make_mut(&mut self.entities).declare(text(&self.buffer));
                }
                Found::Nothing => {}
                Found::Broken => {
                    self.malformed = true;
                    if !self.restart() {
                        return Ok(None);
                    }
                }
                Found::Eof => return Ok(None),
            }
        }
    }

    fn content(&self, stand: Stand) -> &str {
        content(self.parser.as_ref(), &self.buffer, stand)
    }

    /// An element opens: pays for its depth and its name, and reads its declarations.
    // Inlined, so that the event is made where it is wanted: it is too large to be moved about.
    #[inline]
    fn start(
        &mut self,
        empty: bool,
        by: By,
        shape: Option<Shape>,
    ) -> Result<Option<Event<'_>>, Exhausted> {
        let content = content(self.parser.as_ref(), &self.buffer, self.stand);
        let shape = shape.unwrap_or_else(|| Shape::of(content));
        let (name, raw) = content.split_at_checked(shape.name).unwrap_or_default();
        let whole = if shape.plain {
            name
        } else {
            whole_name(content, name)
        };
        self.open.enter(whole, by, &shape);
        self.malformed |= shape.signs.tag;
        if shape.signs.declaration && mentions_declaration(raw) {
            for (name, value) in pairs(raw) {
                let prefix = match name.split_once(':') {
                    Some(("xmlns", prefix)) => prefix,
                    None if name == "xmlns" => "",
                    Some(_) | None => continue,
                };
                // Too many declarations cost themselves, not the part.
                if self.open.bytes().saturating_add(self.bindings.bytes()) > OPEN_NAMES {
                    self.cut_declarations = true;
                    break;
                }
                let (uri, _) = resolve(value, &self.entities);
                self.bindings.declare(self.open.depth(), prefix, &uri);
            }
        }
        if u64::try_from(self.open.depth()).unwrap_or(u64::MAX) > self.depth_limit
            || self.open.bytes() > OPEN_NAMES
        {
            return Err(Exhausted::Limit(Limit::XmlDepth));
        }
        let prefix = name.get(..shape.prefix.saturating_sub(1));
        let prefix = prefix.unwrap_or_default();
        let local = name.get(shape.prefix..).unwrap_or_default();
        let ns = self.bindings.resolve(prefix);
        self.open.means(ns);
        if empty {
            self.pending_end = Some((ns, self.stand.part(name.len(), local.len())));
        }
        Ok(Some(Event::Start(Tag {
            name: Name { ns, local },
            offset: self.offset,
            prefix,
            raw,
            referenced: shape.signs.reference,
            bindings: &self.bindings,
            entities: &self.entities,
        })))
    }

    /// An element ends.
    #[inline]
    fn end(&mut self) -> Name<'_> {
        let content = content(self.parser.as_ref(), &self.buffer, self.stand);
        let innermost = self.open.innermost();
        // One that is not the innermost, or not open at all.
        self.malformed |=
            innermost != Some(content) && innermost != Some(content.trim_end_matches(is_blank));
        // The name is resolved before the element's own declarations end.
        let name = name_of(content.trim_ascii_end(), &self.bindings);
        self.open.leave(&mut self.bindings);
        name
    }

    /// Reads one event: out of the window where it stands there as a whole, by the parser where
    /// not.
    #[inline]
    fn read(&mut self) -> Found {
        let Some(parser) = self.parser.as_mut() else {
            return Found::Eof;
        };
        let cap = parser.get_mut();
        let Ok(offset) = cap.begin_event() else {
            return Found::Eof;
        };
        self.offset = offset;
        if !self.between {
            return self.parse();
        }
        if let Some(Close { length, ns, prefix }) = self.open.close(cap.ahead()) {
            let range = cap.pass(length);
            self.stand = Stand {
                in_window: true,
                start: range.start.saturating_add(prefix).saturating_add(2),
                end: range.end.saturating_sub(1),
            };
            return Found::Close(ns);
        }
        if let Some((kind, length)) = cap.token()
            // The parser forgets the names that it keeps when it reads their ends.
            && (kind != Kind::End || !self.open.is_kept_by_parser())
        {
            let range = cap.pass(length);
            let (found, front, back) = match kind {
                Kind::Text => (Found::Text, 0, 0),
                Kind::Start { empty, shape } => {
                    let by = By::Us;
                    let found = Found::Start { empty, by, shape };
                    (found, 1, if empty { 2 } else { 1 })
                }
                Kind::End => (Found::End, 2, 1),
            };
            self.stand = Stand {
                in_window: true,
                start: range.start.saturating_add(front),
                end: range.end.saturating_sub(back),
            };
            return found;
        }
        self.parse()
    }

    /// Lets the parser fill the buffer with one event.
    #[cold]
    fn parse(&mut self) -> Found {
        self.stand = Stand::default();
        // A tag of some megabytes must not stay allocated behind a part of small ones.
        if self.buffer.capacity() > OPEN_NAMES {
            self.buffer = Vec::new();
        }
        self.buffer.clear();
        let Some(parser) = self.parser.as_mut() else {
            return Found::Eof;
        };
        let start = |empty, by| Found::Start {
            empty,
            by,
            shape: None,
        };
        let (found, front, back) = match parser.read_event_into(&mut self.buffer) {
            Ok(Parsed::Start(_)) => (start(false, By::Parser), 1, 1),
            Ok(Parsed::Empty(_)) => (start(true, By::Us), 1, 2),
            Ok(Parsed::End(_)) => (Found::End, 2, 1),
            Ok(Parsed::Text(_)) => (Found::Text, 0, 0),
            Ok(Parsed::CData(_)) => (Found::Cdata, 9, 3),
            Ok(Parsed::GeneralRef(_)) => (Found::Reference, 1, 1),
            Ok(Parsed::DocType(_)) => (Found::Doctype, 0, 0),
            Ok(Parsed::Comment(_) | Parsed::PI(_) | Parsed::Decl(_)) => (Found::Nothing, 0, 0),
            Ok(Parsed::Eof) => (Found::Eof, 0, 0),
            Err(Error::IllFormed(_)) => {
                self.malformed = true;
                (Found::Nothing, 0, 0)
            }
            Err(_) => (Found::Broken, 0, 0),
        };
        // Behind a text it stands in front of a tag or reference that it has seen.
        self.between = !matches!(found, Found::Text | Found::Broken | Found::Eof);
        let empty_text = matches!(found, Found::Text) && self.buffer.is_empty();
        let found = if empty_text { Found::Nothing } else { found };
        self.stand = Stand {
            in_window: false,
            start: front,
            end: self.buffer.len().saturating_sub(back),
        };
        found
    }

    /// Starts the parser again behind broken markup.
    fn restart(&mut self) -> bool {
        self.restarts = self.restarts.saturating_add(1);
        if self.restarts > RESTARTS {
            return false;
        }
        self.between = false;
        if let Some(old) = self.parser.take() {
            self.parser = Some(parser(old.into_inner()));
        }
        true
    }
}

impl Stand {
    /// The last `length` bytes of the first `of` bytes.
    fn part(self, of: usize, length: usize) -> Stand {
        let end = self.start.saturating_add(of);
        Stand {
            start: end.saturating_sub(length),
            end,
            ..self
        }
    }
}

/// A parser that passes over what can be passed over.
fn parser<R: BufRead>(source: Cap<R>) -> quick_xml::Reader<Cap<R>> {
    let mut parser = quick_xml::Reader::from_reader(source);
    let config = parser.config_mut();
    config.allow_dangling_amp = true;
    // It does not see every tag: wrong end tags are noted by us.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    parser
}

fn content<'a, R: BufRead>(
    parser: Option<&'a quick_xml::Reader<Cap<R>>>,
    buffer: &'a [u8],
    stand: Stand,
) -> &'a str {
    let range = stand.start..stand.end;
    match parser {
        Some(parser) if stand.in_window => parser.get_ref().window(range),
        Some(_) | None => text(buffer.get(range).unwrap_or_default()),
    }
}

fn text(buffer: &[u8]) -> &str {
    std::str::from_utf8(buffer).unwrap_or_default()
}

/// Whether there may be a declaration of a namespace among these attributes.
fn mentions_declaration(raw: &str) -> bool {
    let raw = raw.as_bytes();
    memchr::memchr_iter(b'x', raw)
        .any(|at| raw.get(at..).is_some_and(|rest| rest.starts_with(b"xmlns")))
}

/// The name as the standard has it, which knows of fewer blanks than we do. Whether an end tag
/// belongs to it goes by this one.
fn whole_name<'a>(content: &'a str, name: &'a str) -> &'a str {
    match content.as_bytes().get(name.len()) {
        Some(b'\x0c') => content.split(is_blank).next().unwrap_or(content),
        Some(_) | None => name,
    }
}

/// A blank as XML has it.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document's events, one a line: `+ns:name a=v`, `-name`, `"text"`.
    fn events(xml: &[u8]) -> (Vec<String>, Flaws) {
        events_with(xml, &Limits::default())
    }

    fn events_with(xml: &[u8], limits: &Limits) -> (Vec<String>, Flaws) {
        events_of(xml, limits, 7)
    }

    /// The same where the reader sees so many bytes at once.
    fn events_of(xml: &[u8], limits: &Limits, window: usize) -> (Vec<String>, Flaws) {
        let mut reader = Reader::new(std::io::BufReader::with_capacity(window, xml), limits);
        let mut seen: Vec<String> = Vec::new();
        let mut in_text = false;
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Start(tag) => {
                    let mut line = format!("+{:?}:{}", tag.name.ns, tag.name.local);
                    for attribute in tag.attributes() {
                        line += &format!(" {}={}", attribute.name.local, attribute.value);
                    }
                    seen.push(line);
                    in_text = false;
                }
                Event::End(name) => {
                    seen.push(format!("-{}", name.local));
                    in_text = false;
                }
                Event::Text { text, .. } if in_text => seen.last_mut().unwrap().push_str(text),
                Event::Text { text, .. } => {
                    seen.push(format!("\"{text}"));
                    in_text = true;
                }
            }
        }
        let flaws = reader.flaws();
        (seen, flaws)
    }

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    #[test]
    fn names_are_resolved_whatever_the_prefix() {
        let xml = format!("<x:t xmlns:x=\"{W}\" x:val='1'><t/></x:t>");
        let (seen, flaws) = events(xml.as_bytes());
        assert_eq!(seen, ["+Word:t val=1", "+None:t", "-t", "-t"]);
        assert_eq!(flaws, Flaws::default());
    }

    #[test]
    fn a_decoy_in_another_namespace_hides_nothing() {
        let limits = Limits::default();
        let xml = format!(
            "<w:f xmlns:w='{W}' xmlns:z='urn:z' z:a='decoy' w:a='word' z:b='only' a='plain'/>"
        );
        let mut reader = Reader::new(xml.as_bytes(), &limits);
        let Some(Event::Start(tag)) = reader.next().unwrap() else {
            panic!()
        };
        assert_eq!(tag.attribute("a").as_deref(), Some("word"));
        assert_eq!(tag.attribute("b").as_deref(), Some("only"));
        let mut reader = Reader::new(
            b"<c xmlns:z='urn:z' z:a='decoy' a='plain'/>".as_slice(),
            &limits,
        );
        let Some(Event::Start(tag)) = reader.next().unwrap() else {
            panic!()
        };
        assert_eq!(tag.attribute("a").as_deref(), Some("plain"));
    }

    #[test]
    fn references_sections_comments_and_instructions_do_not_end_a_text() {
        let (seen, flaws) = events(b"<t>&#68;&#x44;<!-- z --><![CDATA[EAU]]>TO <?p q?>&quot;x</t>");
        assert_eq!(seen, ["+None:t", "\"DDEAUTO \"x", "-t"]);
        assert_eq!(flaws, Flaws::default());
    }

    #[test]
    fn broken_markup_is_passed_over() {
        for (xml, expected) in [
            (
                "<a><b></a><c/>",
                vec!["+None:a", "+None:b", "-a", "+None:c", "-c"],
            ),
            ("</z><a/>", vec!["-z", "+None:a", "-a"]),
            ("<a b=1 c d='2'/>", vec!["+None:a b=1 c= d=2", "-a"]),
            (
                "<a>x & y &nope; z</a>",
                vec!["+None:a", "\"x & y &nope; z", "-a"],
            ),
            (
                "<a/><!oops><b/>",
                vec!["+None:a", "-a", "\"oops>", "+None:b", "-b"],
            ),
        ] {
            assert_eq!(events(xml.as_bytes()).0, expected, "{xml}");
        }
        assert!(events(b"<a><b></a>").1.malformed);
    }

    #[test]
    fn a_cut_end_keeps_what_stands_before_it() {
        for (xml, expected) in [
            ("<a><b c=\"DDEAUTO", vec!["+None:a", "+None:b c=DDEAUTO>"]),
            ("<a><b c", vec!["+None:a", "+None:b c="]),
            ("<a><![CDATA[DDE", vec!["+None:a", "\"DDE"]),
            ("<a>x<!-- y", vec!["+None:a", "\"x"]),
            ("<a>DDE", vec!["+None:a", "\"DDE"]),
        ] {
            let (seen, flaws) = events(xml.as_bytes());
            assert_eq!(seen, expected, "{xml}");
            assert!(flaws.truncated, "{xml}");
        }
    }

    #[test]
    fn the_lenient_reading_finds_what_a_missing_quote_swallows() {
        let xml = "<a b=\"1><c d=\"DDE\"/><e f='2 <g h='3'/><i>t</i></a>";
        let limits = Limits::default();
        let mut reader = Reader::lenient(
            std::io::BufReader::with_capacity(5, xml.as_bytes()),
            &limits,
        );
        let mut seen = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            if let Event::Start(tag) = event {
                let values: Vec<_> = tag.attributes().map(|a| a.value.into_owned()).collect();
                seen.push(format!(
                    "{}@{} {}",
                    tag.name.local,
                    tag.offset,
                    values.join(" ")
                ));
            }
        }
        assert_eq!(seen, ["a@0 1", "c@8 DDE", "e@20 2 ", "g@28 3", "i@38 "]);
    }

    #[test]
    fn long_events_come_in_pieces_or_are_cut() {
        let long = "ü".repeat(900_000);
        let (seen, flaws) = events(format!("<a>{long}</a>").as_bytes());
        assert_eq!(
            seen,
            ["+None:a".to_owned(), format!("\"{long}"), "-a".to_owned()]
        );
        assert_eq!(flaws, Flaws::default());

        let (seen, _) = events(format!("<a><![CDATA[{long}{long}]]>x</a>").as_bytes());
        assert_eq!(
            seen,
            [
                "+None:a".to_owned(),
                format!("\"{long}{long}x"),
                "-a".to_owned()
            ]
        );

        let (seen, flaws) = events(format!("<a><!--{long}{long}--><?{long}?><b/></a>").as_bytes());
        assert_eq!(seen, ["+None:a", "+None:b", "-b", "-a"]);
        assert_eq!(flaws, Flaws::default());

        let limits = Limits {
            tag_bytes: 1_000,
            ..Limits::default()
        };
        for quote in ['"', '\''] {
            let tag = format!("<a b={quote}DDE{}{quote} c='1'><d/></a>", "x".repeat(5_000));
            let (seen, flaws) = events_with(tag.as_bytes(), &limits);
            assert!(seen.first().unwrap().starts_with("+None:a b=DDExxx"));
            assert_eq!(seen.get(1..).unwrap(), ["+None:d", "-d", "-a"]);
            assert!(flaws.cut_tag);
        }
    }

    #[test]
    fn a_comment_that_ends_where_the_cap_falls_hides_nothing() {
        for pad in (1 << 20) - 12..(1 << 20) + 4 {
            let xml = format!("<a><!--{}--><b/><!-- --></a>", "x".repeat(pad));
            assert_eq!(
                events(xml.as_bytes()).0,
                ["+None:a", "+None:b", "-b", "-a"],
                "{pad}"
            );
        }
    }

    #[test]
    fn depth_and_open_names_are_limited() {
        let limits = Limits {
            xml_depth: 3,
            ..Limits::default()
        };
        let mut reader = Reader::new(b"<a><b><c></c></b></a>".as_slice(), &limits);
        while reader.next().unwrap().is_some() {}
        let mut reader = Reader::new(b"<a><b><c><d/></c></b></a>".as_slice(), &limits);
        let error = loop {
            match reader.next() {
                Ok(Some(_)) => {}
                other => break other.map(|_| ()),
            }
        };
        assert_eq!(error, Err(Exhausted::Limit(Limit::XmlDepth)));
    }

    #[test]
    fn too_many_declarations_cost_themselves() {
        let many: String = (0..20_000)
            .map(|n| format!(" xmlns:p{n}='urn:{n}'"))
            .collect();
        let (seen, flaws) = events(format!("<a xmlns='{W}'{many}><b/></a>").as_bytes());
        assert_eq!(seen, ["+Word:a", "+Word:b", "-b", "-a"]);
        assert!(flaws.cut_tag);
    }

    /// What passes the parser by is read as the parser reads it, which sees everything where the
    /// window is one byte wide.
    #[test]
    fn it_does_not_matter_how_much_is_seen_at_once() {
        const PIECES: [&str; 38] = [
            "<a>",
            "</a>",
            "<b x='1'>",
            "</b>",
            "</b >",
            "<c/>",
            "<p:d p:e=\"2\"/>",
            "text",
            " ",
            "&amp;",
            "&",
            "&e;",
            "<!-- c -->",
            "<![CDATA[s]]>",
            "<?i j?>",
            "<f g=\"<\">",
            "<h i='>'/>",
            "<k l='",
            "<",
            ">",
            "</",
            "<m xmlns='urn:x' xmlns:p='urn:y'>",
            "</m>",
            "'",
            "\"",
            "<!o>",
            "ä",
            "<n\u{c}o>",
            "</n>",
            "<q/ >",
            "<p:a\t>",
            "</p:a>",
            "<r\"s>",
            "</r\"s>",
            "<p:t xmlns:p='urn:z' u='&lt;'/>",
            "<v w = 'x'y=z>",
            "</v>",
            "<>",
        ];
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % below
        };
        let limits = Limits::default();
        for _ in 0..3_000 {
            let xml: String = (0..random(20))
                .map(|_| PIECES[random(PIECES.len())])
                .collect();
            let expected = events_of(xml.as_bytes(), &limits, 1);
            for window in [5, 16, 4096] {
                assert_eq!(
                    events_of(xml.as_bytes(), &limits, window),
                    expected,
                    "{xml}"
                );
            }
        }
    }

    #[test]
    fn offsets_count_source_bytes() {
        let text = "<a>ü<b/><c/></a>";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), vec![0, 5, 9]),
            (
                b"<?xml version='1.0' encoding='latin1'?><a>\xfc<b/></a>".to_vec(),
                vec![39, 43],
            ),
            ([vec![0xff, 0xfe], utf16].concat(), vec![2, 10, 18]),
        ] {
            let limits = Limits::default();
            let mut reader = Reader::new(bytes.as_slice(), &limits);
            let mut offsets = Vec::new();
            while let Some(event) = reader.next().unwrap() {
                if let Event::Start(tag) = event {
                    offsets.push(tag.offset);
                }
            }
            assert_eq!(offsets, expected);
        }
    }

    #[test]
    fn internal_entities_are_expanded_and_noted() {
        let limits = Limits::default();
        let xml = b"<!DOCTYPE a [<!ENTITY d \"DDE\">]><a b='&d;1'>&d;AUTO</a>";
        let mut reader = Reader::new(xml.as_slice(), &limits);
        let mut seen = String::new();
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Start(tag) => seen += &tag.attribute("b").unwrap(),
                Event::Text { text, .. } => seen += text,
                Event::End(_) => {}
            }
        }
        assert_eq!(seen, "DDE1DDEAUTO");
        assert_eq!(reader.techniques(), [TechniqueId::DtdPresent]);
    }
}
