//! The page that a Rich Text Format document of Outlook was made of ([MS-OXRTFEX],
//! `spec/word.md` §5.2): the content of its `{\*\htmltagN …}` groups, and the text that does not
//! stand between `\htmlrtf` and `\htmlrtf0`.
//!
//! Bytes stay in the code page of the document, characters given by their number become character
//! references, those of ASCII themselves.
//!
//! # Malformed input
//!
//! Groups that are not closed end with the file, braces that close nothing are ignored. Two things
//! are not certain: whether groups of tags count between `\htmlrtf` and `\htmlrtf0`, and whether
//! what looks like a tag in the text is one. [`Reading`] says which answers are given.
//!
//! # Worst cases
//!
//! Linear. Groups that differ from the one around them are remembered, at most [`GROUPS`] of them,
//! in eight bytes each; where there are more, the rest is not read, and said to be damaged.
//!
//! # Lost
//!
//! Bytes in the code page of a font are taken for those of the document.

use super::Decode;
use crate::text::hex_digit;

/// Groups that change something and are open at the same time.
const GROUPS: usize = 1 << 18;

/// Letters of a control word that are looked at: `stylesheet`, and some more.
const LONGEST: usize = 12;

/// How what is not certain is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Nothing counts between `\htmlrtf` and `\htmlrtf0`; the text is copied.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Plain,
    /// Groups of tags count everywhere; the text holds no tags.
    Tags,
}

/// What a group inherits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    /// Its text is none of the page's.
    ignored: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`.
    suppressed: bool,
    /// It holds tags.
    tag: bool,
    /// Characters that repeat one that was given by its number.
    uc: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// Behind a backslash.
    Control,
    /// In `\'hh`, with the first digit if it came.
    Byte(Option<u8>, bool),
    Word,
    Parameter,
    /// So many bytes of `\bin` are left.
    Binary(u64),
}

/// A document, as far as it came.
pub(super) struct RtfHtml {
    reading: Reading,
    now: Group,
    /// What is around, with how many groups in a row are like it.
    around: Vec<(Group, u32)>,
    /// More groups are open than are remembered: nothing more is read.
    short: bool,
    state: State,
    word: [u8; LONGEST],
    letters: usize,
    negative: bool,
    digits: bool,
    parameter: u64,
    star: bool,
    /// Nothing but control words came since the group began.
    fresh: bool,
    /// Characters to leave out.
    skip: u8,
    /// The first half of a character in UTF-16.
    high: Option<u32>,
}

impl RtfHtml {
    pub(super) fn new(reading: Reading) -> Self {
        RtfHtml {
            reading,
            now: Group {
                ignored: false,
                suppressed: false,
                tag: false,
                uc: 1,
            },
            around: Vec::new(),
            short: false,
            state: State::Text,
            word: [0; LONGEST],
            letters: 0,
            negative: false,
            digits: false,
            parameter: 0,
            star: false,
            fresh: false,
            skip: 0,
            high: None,
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.state {
            State::Text => self.text(byte, out),
            State::Control => self.control(byte, out),
            State::Byte(first, any) => self.hexadecimal(first, any, byte, out),
            State::Word => {
                if byte.is_ascii_alphabetic() {
                    if let Some(slot) = self.word.get_mut(self.letters) {
                        *slot = byte;
                    }
                    self.letters = self.letters.saturating_add(1);
                } else if byte == b'-' && !self.negative {
                    self.negative = true;
                    self.state = State::Parameter;
                } else {
                    self.state = State::Parameter;
                    self.parameter(byte, out);
                }
            }
            State::Parameter => self.parameter(byte, out),
            State::Binary(left) => {
                let left = left.saturating_sub(1);
                self.state = if left > 0 {
                    State::Binary(left)
                } else {
                    State::Text
                };
            }
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'{' => self.open(),
            b'}' => self.close(),
            b'\\' => self.state = State::Control,
            b'\r' | b'\n' | 0 => {}
            _ => self.character(byte, out),
        }
    }

    /// One byte of the text.
    fn character(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.fresh = false;
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
            return;
        }
        self.high = None;
        if !self.counts() {
            return;
        }
        if self.reading == Reading::Tags && !self.now.tag {
            match byte {
                b'<' => return out.extend_from_slice(b"&lt;"),
                b'>' => return out.extend_from_slice(b"&gt;"),
                b'&' => return out.extend_from_slice(b"&amp;"),
                _ => {}
            }
        }
        out.push(byte);
    }

    fn counts(&self) -> bool {
        let everywhere = self.reading == Reading::Tags && self.now.tag;
        !self.now.ignored && (!self.now.suppressed || everywhere)
    }

    /// A character by its number.
    fn number(&mut self, code: u32, out: &mut Vec<u8>) {
        let high = self.high.take();
        if let Ok(byte) = u8::try_from(code)
            && byte.is_ascii()
        {
            return self.character(byte, out);
        }
        self.fresh = false;
        let code = match (high, code) {
            (_, 0xd800..=0xdbff) => {
                self.high = Some(code);
                return;
            }
            (Some(high), 0xdc00..=0xdfff) => {
                ((high & 0x3ff) << 10 | code & 0x3ff).saturating_add(0x1_0000)
            }
            (None, 0xdc00..=0xdfff) => return,
            _ => code,
        };
        if self.counts() {
            out.extend_from_slice(format!("&#{code};").as_bytes());
        }
    }

    fn control(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.state = State::Text;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                self.word = [0; LONGEST];
                if let Some(slot) = self.word.first_mut() {
                    *slot = byte;
                }
                self.letters = 1;
                self.negative = false;
                self.digits = false;
                self.parameter = 0;
                self.state = State::Word;
            }
            b'\'' => self.state = State::Byte(None, false),
            b'*' => self.star = true,
            b'\\' | b'{' | b'}' => self.character(byte, out),
            b'\r' | b'\n' => self.line(out),
            b'~' => self.special(0xa0, out),
            b'_' => self.special(0xad, out),
            _ => {}
        }
    }

    fn hexadecimal(&mut self, first: Option<u8>, any: bool, byte: u8, out: &mut Vec<u8>) {
        if matches!(byte, b'{' | b'}') {
            self.state = State::Text;
            return self.text(byte, out);
        }
        let digit = hex_digit(byte);
        if !any {
            self.state = State::Byte(digit, true);
            return;
        }
        self.state = State::Text;
        if let (Some(high), Some(low)) = (first, digit) {
            self.character(high << 4 | low, out);
        }
    }

    /// What may stand behind the name of a control word.
    fn parameter(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte.is_ascii_digit() {
            self.digits = true;
            let digit = u64::from(byte & 0xf);
            self.parameter = self.parameter.saturating_mul(10).saturating_add(digit);
            return;
        }
        self.state = State::Text;
        let lone_minus = self.negative && !self.digits;
        self.negative &= self.digits;
        self.run_word(out);
        // The minus sign was none of the word's.
        if lone_minus {
            self.step(b'-', out);
        }
        // One blank belongs to the word; the data of `\bin` begins behind it.
        if byte != b' ' || lone_minus {
            self.step(byte, out);
        }
    }

    fn run_word(&mut self, out: &mut Vec<u8>) {
        let star = std::mem::take(&mut self.star);
        let word = self.word;
        let name = word.get(..self.letters).unwrap_or_default();
        let parameter = self.digits.then_some(self.parameter);
        match name {
            b"htmltag" => {
                self.now.ignored = false;
                self.now.tag = true;
            }
            b"mhtmltag" => self.now.ignored = true,
            b"htmlrtf" => self.now.suppressed = parameter != Some(0),
            b"uc" => {
                let count = if self.negative {
                    0
                } else {
                    parameter.unwrap_or(1)
                };
                self.now.uc = u8::try_from(count).unwrap_or(u8::MAX);
            }
            b"u" => {
                if self.skip > 0 {
                    self.skip = self.skip.saturating_sub(1);
                } else if let Some(code) = parameter {
                    let code = u32::try_from(code).unwrap_or(0);
                    let code = if self.negative {
                        0x1_0000_u32.saturating_sub(code)
                    } else {
                        code
                    };
                    self.number(code, out);
                    self.skip = self.now.uc;
                }
            }
            b"bin" => {
                let length = parameter.filter(|length| !self.negative && *length > 0);
                if let Some(length) = length {
                    self.state = State::Binary(length);
                }
            }
            b"par" | b"line" => self.line(out),
            b"tab" => self.character(b'\t', out),
            b"lquote" => self.special(0x2018, out),
            b"rquote" => self.special(0x2019, out),
            b"ldblquote" => self.special(0x201c, out),
            b"rdblquote" => self.special(0x201d, out),
            b"bullet" => self.special(0x2022, out),
            b"endash" => self.special(0x2013, out),
            b"emdash" => self.special(0x2014, out),
            // Groups that hold no text of the document.
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object"
            | b"listtable" | b"pntext" | b"header" | b"footer"
                if self.fresh =>
            {
                self.now.ignored = true;
            }
            _ if star && self.fresh => self.now.ignored = true,
            _ => {}
        }
    }

    /// A character that has a control word.
    fn special(&mut self, code: u32, out: &mut Vec<u8>) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else {
            self.number(code, out);
        }
    }

    fn line(&mut self, out: &mut Vec<u8>) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else if self.counts() {
            out.extend_from_slice(b"\r\n");
        }
    }

    fn open(&mut self) {
        (self.star, self.fresh, self.skip) = (false, true, 0);
        let full = self.around.len() >= GROUPS;
        match self.around.last_mut() {
            Some((group, count)) if *group == self.now && *count < u32::MAX => {
                *count = count.saturating_add(1);
            }
            Some(_) if full => self.short = true,
            Some(_) | None => self.around.push((self.now, 1)),
        }
    }

    fn close(&mut self) {
        (self.star, self.fresh, self.skip) = (false, false, 0);
        if let Some((group, count)) = self.around.last_mut() {
            self.now = *group;
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.around.pop();
            }
        }
    }
}

impl Decode for RtfHtml {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            if self.short {
                break;
            }
            self.step(*byte, out);
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if matches!(self.state, State::Word | State::Parameter) {
            self.state = State::Text;
            self.run_word(out);
        }
    }

    /// `\~` becomes `&#160;`, and `&` becomes `&amp;`.
    fn growth(&self) -> usize {
        5
    }

    fn damage(&self) -> Option<&'static str> {
        self.short.then_some("groups of rich text nest too deeply")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(rtf: &str, reading: Reading, block: usize) -> String {
        let mut decoder = RtfHtml::new(reading);
        let mut out = Vec::new();
        for block in rtf.as_bytes().chunks(block) {
            decoder.push(block, &mut out);
        }
        decoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn both(rtf: &str, html: &str) {
        for block in [1, 2, 3, 7, 1000] {
            assert_eq!(decode(rtf, Reading::Plain, block), html, "{rtf} in {block}");
        }
        assert_eq!(decode(rtf, Reading::Tags, 5), html, "{rtf}");
    }

    /// Shortened from the example of [MS-OXRTFEX] 3.1; the page is what
    /// `RTFDE` 0.1.2 for Python reads, but for its line ends.
    #[test]
    fn the_page_of_the_specification() {
        let rtf = "{\\rtf1\\ansi\\ansicpg1251\\fromhtml1 \\deff0\r\n\
            {\\fonttbl {\\f0\\fmodern Courier New;}{\\f1\\fswiss Arial;}}\r\n\
            {\\colortbl\\red0\\green0\\blue0;\\red0\\green0\\blue255;}\r\n\
            {\\*\\htmltag64}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs24\r\n\
            {\\*\\htmltag <HTML><head>\\par\r\n<style>\\par\r\n<!--\\par\r\n\
            p.MsoNormal \\{font-family:Arial;\\}\\par\r\n-->\\par\r\n</style>\\par\r\n\
            \\tab <!-- A comment -->\\par\r\n</head>\\par\r\n<body>\\par\r\n\
            <p\\par\r\nclass=\"MsoNormal\">}\r\n\
            {\\htmlrtf \\f1 \\htmlrtf0 Note the break. {\\*\\htmltag <b>}\
            {\\htmlrtf \\b \\htmlrtf0 This is {\\*\\htmltag <u>}\
            {\\htmlrtf \\ul \\htmlrtf0 bold text{\\*\\htmltag </u>}\\htmlrtf }\\htmlrtf0 \
            {\\*\\htmltag </b>}\\htmlrtf }\\htmlrtf0\\htmlrtf\\par\\htmlrtf0}\r\n\
            \\htmlrtf \\par \\htmlrtf0\r\n{\\*\\htmltag </p>\\par\r\n}\
            {\\*\\htmltag &nbsp;}\\htmlrtf \\'a0\\htmlrtf0 \
            a \\{\\}\\\\{\\*\\mhtmltag <img src=x>}{\\*\\htmltag </body></HTML>}}";
        let html = "<HTML><head>\r\n<style>\r\n<!--\r\np.MsoNormal {font-family:Arial;}\r\n\
            -->\r\n</style>\r\n\t<!-- A comment -->\r\n</head>\r\n<body>\r\n<p\r\n\
            class=\"MsoNormal\">Note the break. <b>This is <u>bold text</u></b></p>\r\n\
            &nbsp;a {}\\</body></HTML>";
        both(rtf, html);
    }

    #[test]
    fn characters_in_all_spellings() {
        both(r"{\rtf1\'44\'44\u69?\u65 ?\u85?TO}", "DDEAUTO");
        both(
            r"{\uc0\u68\u68\u69 {\uc2\u65xy}\uc0\u85 T\bin3 }}}O}",
            "DDEAUTO",
        );
        both(
            r"\u8220?a\rdblquote\~\u-10179?\u-8704?b",
            "&#8220;a&#8221;&#160;&#128512;b",
        );
        both("a\\\nb\\line c\\tab d\0\r\n", "a\r\nb\r\nc\td");
        both(r"\b-a\i-1 b\x", "-ab");
        both(r"{\*\generator x;}{\info{\title y}}z}}{w", "zw");
    }

    #[test]
    fn what_is_not_certain_is_read_in_two_ways() {
        let rtf = r"{\htmlrtf {\*\htmltag <b>}x\htmlrtf0 a<i>&{\*\htmltag <c>}";
        assert_eq!(decode(rtf, Reading::Plain, 4), "a<i>&<c>");
        assert_eq!(decode(rtf, Reading::Tags, 4), "<b>a&lt;i&gt;&amp;<c>");
    }

    #[test]
    fn groups_without_end_are_not_all_remembered() {
        let rtf = "{".repeat(GROUPS * 4) + &"}".repeat(GROUPS * 4) + "a";
        assert_eq!(decode(&rtf, Reading::Plain, 1 << 16), "a");
        let mut decoder = RtfHtml::new(Reading::Plain);
        assert_eq!(decoder.damage(), None);
        for _ in 0..GROUPS {
            decoder.push(br"{\htmlrtf1{\htmlrtf0 ", &mut Vec::new());
        }
        assert!(decoder.around.len() <= GROUPS);
        assert!(decoder.damage().is_some());
    }
}
