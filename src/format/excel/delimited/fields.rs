//! The fields of a text, split in one way, that begin like a formula and hold something that
//! matters (`spec/excel.md` §5.3, A.5).
//!
//! # Malformed input
//!
//! A quotation mark that is never closed opens a field up to the end of the text, and is an
//! ordinary character as well: both readings are given. What stands behind a closing mark belongs
//! to the field.
//!
//! # Worst cases
//!
//! Linear in the text: lines without anything that matters and without a quotation mark are
//! skipped, all others are gone over once. Nothing is held.

use super::anchors::Anchors;
use super::text::{CR, LF, Text, is_line_end};

const QUOTE: u16 = 0x22;
const TAB: u16 = 0x09;
const SPACE: u16 = 0x20;

/// Marks without an end that are looked for. Behind the first, all others close.
const UNCLOSED: u8 = 4;

/// What ends a field, besides the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    At(u16),
    /// Two blanks or more.
    Blanks,
    /// Nothing: a line is a field.
    Nowhere,
}

/// One field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its first unit that is no blank, or its quotation mark.
    pub(super) start: usize,
    /// Where it begins with the blanks in front of it.
    pub(super) from: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
    /// From 1.
    pub(super) column: u64,
    /// Lines of the text so far that begin inside of a field.
    pub(super) inner_lines: u64,
}

/// The fields that matter, in order.
pub(super) struct Fields<'a> {
    text: Text<'a>,
    cut: Cut,
    /// A quotation mark may stand behind blanks.
    loose: bool,
    anchors: Anchors<'a>,
    /// Where the next field starts.
    at: usize,
    /// A line starts there.
    fresh: bool,
    column: u64,
    inner_lines: u64,
    /// The next quotation mark, as far as it is known.
    quote: Option<usize>,
    quotes_end: bool,
    unclosed: u8,
    /// This one is an ordinary character.
    literal: Option<usize>,
}

/// One field, whether it matters or not.
struct Split {
    field: Field,
    /// Where the next one starts, and whether that is another line.
    next: usize,
    fresh: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(text: Text<'a>, cut: Cut, loose: bool, anchors: Anchors<'a>) -> Self {
        Fields {
            text,
            cut,
            loose,
            anchors,
            at: 0,
            fresh: true,
            column: 1,
            inner_lines: 0,
            quote: None,
            quotes_end: false,
            unclosed: 0,
            literal: None,
        }
    }

    /// The next quotation mark at or after `at`.
    fn next_quote(&mut self, at: usize) -> Option<usize> {
        if self.quotes_end || self.quote.is_some_and(|quote| quote >= at) {
            return self.quote;
        }
        self.quote = self.text.find(at, [QUOTE; 3]);
        self.quotes_end = self.quote.is_none();
        self.quote
    }

    /// Goes to the next line that matters. `None` when there is none.
    fn skip_lines(&mut self) -> Option<()> {
        let anchor = self.anchors.next(self.at)?;
        let quote = self.next_quote(self.at).unwrap_or(anchor);
        self.at = self.text.line_start(self.at, anchor.min(quote));
        self.fresh = false;
        self.column = 1;
        Some(())
    }

    /// The first unit at or after `at` that is no blank. Tabs are blanks where they cut nothing;
    /// `lines` says that line ends are.
    fn skip_blanks(&self, mut at: usize, lines: bool) -> usize {
        let tabs = self.cut != Cut::At(TAB) || lines;
        loop {
            match self.text.at(at) {
                Some(unit) if self.cut == Cut::At(unit) && !lines => return at,
                Some(TAB) if tabs => at = at.saturating_add(self.text.width()),
                Some(unit) if lines && is_line_end(unit) => {
                    at = at.saturating_add(self.text.width());
                }
                _ => match self.text.blank(at) {
                    0 => return at,
                    length => at = at.saturating_add(length),
                },
            }
        }
    }

    /// The mark that closes the field whose text starts at `at`; two of them are one that does
    /// not. NULs are padding.
    fn closing(&self, mut at: usize) -> Option<usize> {
        loop {
            let mark = self.text.find(at, [QUOTE; 3])?;
            let next = self.text.skip_nuls(mark.saturating_add(self.text.width()));
            if self.text.at(next) != Some(QUOTE) {
                return Some(mark);
            }
            at = next.saturating_add(self.text.width());
        }
    }

    /// Where the field ends that has no mark in front of its end: at a delimiter or a line end.
    fn end(&self, mut at: usize) -> usize {
        let width = self.text.width();
        let cut = match self.cut {
            Cut::At(unit) => unit,
            Cut::Blanks => SPACE,
            Cut::Nowhere => LF,
        };
        loop {
            let Some(end) = self.text.find(at, [cut, LF, CR]) else {
                return self.text.len();
            };
            let next = end.saturating_add(width);
            let one_blank = self.cut == Cut::Blanks
                && self.text.at(end) == Some(SPACE)
                && self.text.at(next) != Some(SPACE);
            if !one_blank {
                return self.before_lead(end);
            }
            at = next;
        }
    }

    /// Where the next field starts behind the delimiter at `end`.
    fn behind(&self, end: usize) -> usize {
        let mut next = end.saturating_add(self.text.width());
        if let Cut::At(unit @ 0x80..=0xff) = self.cut
            && !self.text.is_wide()
            && self.text.at(end) != Some(unit)
        {
            let last = self.text.find_in(next..next.saturating_add(3), [unit; 3]);
            next = last.map_or(next, |last| last.saturating_add(1));
        }
        next
    }

    /// The end of a field in front of a delimiter that is a longer character of UTF-8, of which
    /// the last byte was found.
    fn before_lead(&self, end: usize) -> usize {
        let is_byte = |byte: u16| byte & 0xc0 == 0x80;
        if self.text.is_wide() || !self.text.at(end).is_some_and(is_byte) {
            return end;
        }
        let mut lead = end;
        for _ in 0..3 {
            lead = lead.saturating_sub(1);
            match self.text.at(lead) {
                Some(0xc0..) => return lead,
                Some(byte) if is_byte(byte) => {}
                _ => break,
            }
        }
        end
    }

    /// The field that starts here.
    fn split(&mut self) -> Split {
        let from = self.at;
        let width = self.text.width();
        let start = self.skip_blanks(from, false);
        let marked = self.text.at(start) == Some(QUOTE)
            && self.literal != Some(start)
            && (self.loose || !self.has_blanks(from, start));
        let inside = start.saturating_add(width);
        let closing = marked.then(|| self.closing(inside));
        if closing == Some(None) {
            // Never closed: the rest of the text is one field, and then it is split all the same.
            self.unclosed = self.unclosed.saturating_add(1);
            self.literal = Some(start);
            return Split {
                field: self.field(from, start, self.text.len(), true),
                next: from,
                fresh: false,
            };
        }
        let closing = closing.flatten();
        let end = self.end(closing.map_or(start, |mark| mark.saturating_add(width)));
        let field = self.field(from, start, end, closing.is_some());
        if let Some(closing) = closing {
            self.count_lines(inside, closing);
        }
        let fresh = self.text.at(end).is_none_or(is_line_end);
        let next = if fresh {
            self.text.next_line(end)
        } else {
            self.behind(end)
        };
        self.column = self.column.saturating_add(1);
        Split { field, next, fresh }
    }

    fn field(&self, from: usize, start: usize, end: usize, quoted: bool) -> Field {
        Field {
            start,
            from,
            end,
            quoted,
            column: self.column,
            inner_lines: self.inner_lines,
        }
    }

    /// Whether more than fillers stands there.
    fn has_blanks(&self, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            if matches!(self.text.at(at), Some(SPACE | TAB | 0xa0 | 0x3000)) {
                return true;
            }
            at = at.saturating_add(self.text.width());
        }
        false
    }

    fn count_lines(&mut self, from: usize, to: usize) {
        let mut at = from;
        while let Some(end) = self.text.find_in(at..to, [LF, CR, CR]) {
            self.inner_lines = self.inner_lines.saturating_add(1);
            at = self.text.next_line(end);
        }
    }

    /// Whether a formula trigger begins the field, and something that matters stands behind it.
    fn matters(&mut self, field: &Field) -> bool {
        let inside = if field.quoted {
            field.start.saturating_add(self.text.width())
        } else {
            field.start
        };
        let trigger = self.skip_blanks(inside, field.quoted);
        let begins = matches!(self.text.ascii(trigger), Some(b'=' | b'+' | b'-' | b'@'));
        begins
            && self
                .anchors
                .next(trigger)
                .is_some_and(|anchor| anchor < field.end)
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        loop {
            if self.at >= self.text.len() {
                return None;
            }
            if self.fresh {
                self.skip_lines()?;
            }
            if self.unclosed > UNCLOSED {
                // Cannot be: a mark behind one without an end has an end.
                self.loose = false;
                self.literal = Some(self.skip_blanks(self.at, false));
            }
            let split = self.split();
            self.at = split.next;
            self.fresh = split.fresh;
            if self.matters(&split.field) {
                return Some(split.field);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str, cut: Cut) -> Vec<(String, u64, u64)> {
        let text = Text::of(text.as_bytes());
        let anchors = Anchors::of(text);
        Fields::new(text, cut, true, anchors)
            .map(|field| {
                let shown = text.decode(field.start..field.end).into_owned();
                (shown, field.column, field.inner_lines)
            })
            .collect()
    }

    fn found(text: &str, cut: Cut) -> Vec<String> {
        fields(text, cut)
            .into_iter()
            .map(|(text, ..)| text)
            .collect()
    }

    const COMMA: Cut = Cut::At(b',' as u16);

    #[test]
    fn fields_are_those_of_the_delimiter() {
        let text = "a,b\n1,=x|y!z,2\n=p|q!r";
        assert_eq!(
            fields(text, COMMA),
            [("=x|y!z".to_owned(), 2, 0), ("=p|q!r".to_owned(), 1, 0)]
        );
        assert_eq!(found(text, Cut::Nowhere), ["=p|q!r"]);
        assert_eq!(found("a   =x|y!z  b", Cut::Blanks), ["=x|y!z"]);
    }

    #[test]
    fn quotation_marks_keep_delimiters_and_lines() {
        let text = "1,\"=x|'a,b\n\"\"c'!z\" t,2\r\n3,4\r\n5,=x|y!z";
        assert_eq!(
            fields(text, COMMA),
            [
                ("\"=x|'a,b\n\"\"c'!z\" t".to_owned(), 2, 0),
                ("=x|y!z".to_owned(), 2, 1)
            ]
        );
        // Inside of another field it is text.
        assert_eq!(found("\"a,=x|y!z\",1", COMMA), [""; 0]);
        assert_eq!(found("\"a\n=x|y!z\n\",1", COMMA), [""; 0]);
    }

    #[test]
    fn a_mark_without_an_end_hides_nothing() {
        assert_eq!(found("\"a\n=x|y!z\n1", COMMA), ["=x|y!z"]);
        assert_eq!(
            found("\"=x|y!z\n1,+p|q!r\n", COMMA),
            ["\"=x|y!z\n1,+p|q!r\n", "+p|q!r"]
        );
    }

    #[test]
    fn a_mark_behind_blanks_is_one_of_two_readings() {
        let text = "1, \"a\n=x|y!z\n\"";
        let text = Text::of(text.as_bytes());
        let count = |loose| Fields::new(text, COMMA, loose, Anchors::of(text)).count();
        assert_eq!((count(true), count(false)), (0, 1));
    }

    #[test]
    fn junk_is_linear() {
        for junk in [
            "\"", "\"\"", "\" ", ",\"", "\n\"", "\"\n", " ", "=|", ",", "\"a\" \"", "\r", "\0",
            "=(", "\"\0\"",
        ] {
            for cut in [COMMA, Cut::Blanks, Cut::Nowhere] {
                let text = junk.repeat(60_000 / junk.len()) + "\n=a|b!c";
                let _ = found(&text, cut).len();
            }
        }
    }
}
