//! Whether a text of no format can hold a formula that starts or fetches something
//! (`spec/excel.md` §5).
//!
//! This decides only whether the reader of delimited text is asked at all, so it may say yes too
//! often and never too seldom. It goes over the bytes once, as they come in blocks.

use crate::markup::utf7::{self, Utf7};

/// How the characters of a text lie in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Units {
    Bytes,
    Utf16Le,
    Utf16Be,
}

/// Control characters that a text may have however short it is.
const FEW: usize = 4;

/// How the head of a text is to be read; `None` when it is no text.
///
/// NULs between letters are UTF-16 from three in ten bytes of one parity on
/// (`spec/excel.md` §5.2); of other control characters a text has few.
pub(crate) fn units(head: &[u8]) -> Option<Units> {
    match head {
        [0xff, 0xfe, ..] => return Some(Units::Utf16Le),
        [0xfe, 0xff, ..] => return Some(Units::Utf16Be),
        _ => {}
    }
    let sample = head.get(..head.len().min(4 << 10)).unwrap_or_default();
    let nul = |parity: usize| {
        let bytes = sample.iter().skip(parity).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (nul(0), nul(1));
    let many = sample.len().saturating_mul(3) / 20;
    let others = sample
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(**byte, 0 | b'\t'..=b'\r' | 0x1a | 0x1b))
        .count();
    if others > (sample.len() / 50).max(FEW) {
        return None;
    }
    match (even > many, odd > many) {
        (false, true) => Some(Units::Utf16Le),
        (true, false) => Some(Units::Utf16Be),
        // NULs everywhere: letters padded with more of them, or no text.
        (true, true) => (even.saturating_add(odd) < sample.len()).then_some(Units::Bytes),
        (false, false) => Some(Units::Bytes),
    }
}

/// Whether a byte ends the run in which a formula must stand, in bytes that are no text. Excel drops
/// control characters (`spec/excel.md` §0.4), so they end none; NULs do, because binary formats are
/// full of them.
pub(crate) fn ends_run(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x80..)
}

/// The functions of worksheets that matter in a text: what a `(` must stand behind.
const FUNCTIONS: &[&[u8]] = &[
    b"call",
    b"dde",
    b"googlefinance",
    b"hyperlink",
    b"image",
    b"importdata",
    b"importfeed",
    b"importhtml",
    b"importrange",
    b"importxml",
    b"register.id",
    b"rtd",
    b"sql.request",
    b"webservice",
];
/// Characters of the longest of them, and as many fillers.
const LOOK_BACK: usize = 26;

/// Whether the name of a function that matters ends these bytes, or may do so in disguise: among
/// letters that are no ASCII, or fillers.
pub(crate) fn names_function(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let short = before.len().saturating_sub(LOOK_BACK);
    let before = before.get(short..).unwrap_or_default();
    if before.is_empty() {
        return false;
    }
    let name = before.iter().rev().take(LOOK_BACK / 2);
    if name
        .clone()
        .any(|byte| !(b' '..=b'~').contains(byte) && !byte.is_ascii_whitespace())
    {
        return true;
    }
    FUNCTIONS.iter().any(|function| {
        let start = before.len().checked_sub(function.len());
        let end = start.and_then(|start| before.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(function))
    })
}

/// What matters while nothing on the line began like a formula.
const IDLE: u8 = 1;
/// What matters behind a formula trigger.
const ARMED: u8 = 2;

/// Looks for a line or a field between delimiters that begins with a formula trigger, and behind
/// it for what such a formula needs: a `|` and a `!`, a listed function, or a sheet of a file
/// (`'file:///x'#`, `'[x]y'!`).
///
/// Bytes that are no text are scanned as well, because Excel opens them as text all the same; in
/// them all of that must stand in one run of ASCII.
pub(super) struct FormulaScan {
    units: Option<Units>,
    started: bool,
    utf7: Option<Utf7>,
    /// A character of which only the first bytes came.
    held: Vec<u8>,
    /// The last bytes that were looked at.
    before: Vec<u8>,
    /// Which bytes matter when.
    classes: [u8; 256],
    at_field: bool,
    quoted: bool,
    armed: bool,
    barred: bool,
    found: bool,
    /// The first characters: `sep=X` names one more delimiter.
    opening: Vec<u8>,
    separator: Option<u8>,
    /// The same for the bytes alone: that they are UTF-16 is a guess.
    guessed: Option<Box<FormulaScan>>,
}

impl FormulaScan {
    /// For bytes that begin like this.
    pub(super) fn of(head: &[u8]) -> Self {
        let units = units(head);
        let wide = matches!(units, Some(Units::Utf16Le | Units::Utf16Be));
        let marked = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let mut scan = FormulaScan::new(units);
        if wide && !marked {
            scan.guessed = Some(Box::new(FormulaScan::new(Some(Units::Bytes))));
        }
        scan
    }

    fn new(units: Option<Units>) -> Self {
        let mut classes = [0; 256];
        for (byte, class) in (0u8..=255).zip(&mut classes) {
            *class = match byte {
                b'\n' | b'\r' | b',' | b';' | b'\t' | b' ' => IDLE | ARMED,
                b'|' | b'!' | b'(' | b'#' | b'"' => ARMED,
                b' '..=b'~' => 0,
                _ if units.is_none() && ends_run(byte) => ARMED,
                _ => 0,
            };
        }
        FormulaScan {
            units,
            started: false,
            utf7: None,
            held: Vec::new(),
            before: Vec::new(),
            classes,
            at_field: true,
            quoted: false,
            armed: false,
            barred: false,
            found: false,
            opening: Vec::new(),
            separator: None,
            guessed: None,
        }
    }

    pub(super) fn found(&self) -> bool {
        self.found || self.guessed.as_ref().is_some_and(|scan| scan.found)
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if let Some(guessed) = &mut self.guessed {
            guessed.feed(bytes);
        }
        if !std::mem::replace(&mut self.started, !bytes.is_empty()) && utf7::is_marked(bytes) {
            self.utf7 = Some(Utf7::default());
        }
        for block in bytes.chunks(BLOCK) {
            if self.found {
                return;
            }
            if let Some(utf7) = &mut self.utf7 {
                let mut plain = Vec::new();
                utf7.push(block, &mut plain);
                self.narrow(&plain);
            } else if let Some(order @ (Units::Utf16Le | Units::Utf16Be)) = self.units {
                self.narrow_wide(block, order);
            } else if self.held.is_empty() && memchr::memchr(0xef, block).is_none() {
                self.scan(block);
            } else {
                self.narrow(block);
            }
        }
    }

    /// Full-width forms in UTF-8 become the ASCII that they stand for.
    fn narrow(&mut self, block: &[u8]) {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(block);
        let mut plain = Vec::new();
        let mut rest = held.as_slice();
        while let Some((byte, after)) = rest.split_first() {
            match rest {
                [0xef, lead @ (0xbc | 0xbd), trail, after @ ..] => {
                    let unit = 0xf000 | u32::from(lead & 0x3f) << 6 | u32::from(trail & 0x3f);
                    plain.push(narrowed(unit));
                    rest = after;
                }
                [0xef] | [0xef, 0xbc | 0xbd] => {
                    self.held = rest.to_vec();
                    break;
                }
                _ => {
                    plain.push(*byte);
                    rest = after;
                }
            }
        }
        self.scan(&plain);
    }

    fn narrow_wide(&mut self, block: &[u8], order: Units) {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(block);
        let (pairs, rest) = held.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| {
            if order == Units::Utf16Le {
                u16::from_le_bytes(*pair)
            } else {
                u16::from_be_bytes(*pair)
            }
        };
        let plain: Vec<u8> = pairs
            .iter()
            .map(|pair| narrowed(u32::from(unit(pair))))
            .collect();
        self.held = rest.to_vec();
        self.scan(&plain);
    }

    /// One byte a character, ASCII as it is.
    fn scan(&mut self, bytes: &[u8]) {
        let mut at = 0usize;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if !self.at_field && self.opening.len() > SEPARATOR.len() {
                let class = if self.armed { ARMED } else { IDLE };
                let classes = &self.classes;
                let skipped = rest.iter().position(|byte| {
                    let of = classes.get(usize::from(*byte));
                    of.is_some_and(|of| of & class != 0)
                });
                match skipped {
                    Some(skipped) => at = at.saturating_add(skipped),
                    None => break,
                }
            }
            let Some(byte) = bytes.get(at) else { break };
            let from = at.saturating_sub(LOOK_BACK);
            let near = bytes.get(from..at).unwrap_or_default();
            self.step(*byte, near);
            if self.found {
                return;
            }
            at = at.saturating_add(1);
        }
        let last = bytes.len().saturating_sub(LOOK_BACK);
        self.before
            .extend_from_slice(bytes.get(last..).unwrap_or_default());
        let old = self.before.len().saturating_sub(LOOK_BACK);
        self.before.drain(..old);
    }

    /// What stands in front of a byte, of which `near` is in the same block.
    fn behind(&self, near: &[u8]) -> Vec<u8> {
        if near.len() < LOOK_BACK {
            [self.before.as_slice(), near].concat()
        } else {
            near.to_vec()
        }
    }

    /// Whether a quoted name may end here: at its mark, or at what may be one in disguise.
    fn ends_a_name(&self, near: &[u8]) -> bool {
        let behind = self.behind(near);
        let last = behind.trim_ascii_end().last();
        last.is_none_or(|last| *last == b'\'' || !(b' '..=b'~').contains(last))
    }

    /// The byte in front of one.
    fn last(&self, near: &[u8]) -> Option<u8> {
        near.last().or(self.before.last()).copied()
    }

    fn step(&mut self, byte: u8, near: &[u8]) {
        self.note_separator(byte);
        if self.units.is_none() && ends_run(byte) {
            self.armed = false;
        }
        let line_end = matches!(byte, b'\n' | b'\r');
        if self.armed {
            match byte {
                b'|' => self.barred = true,
                b'!' if self.barred => self.found = true,
                b'(' => {
                    let behind = self.behind(near);
                    let all_blank = behind.trim_ascii_end().is_empty();
                    self.found |= all_blank || names_function(&behind);
                }
                b'#' | b'!' => self.found |= self.ends_a_name(near),
                // At the start of a field it opens, and otherwise two of them are one.
                b'"' if !self.at_field => self.quoted = !self.quoted,
                _ => {}
            }
        }
        if line_end {
            // A quoted field goes on over the end of the line.
            self.armed &= self.quoted;
            self.barred &= self.armed;
            self.at_field = true;
        } else if matches!(byte, b',' | b';' | b'\t') || self.separator == Some(byte) {
            self.at_field = true;
        } else if byte == b' ' {
            // Columns may be told by two blanks.
            self.at_field |= self.last(near) == Some(b' ');
        } else if self.at_field {
            match byte {
                b'"' => self.quoted = true,
                b'=' | b'+' | b'-' | b'@' => {
                    self.armed = true;
                    self.at_field = false;
                }
                // Fillers, and pieces of marks, of odd blanks and of invisible characters.
                0..=0x1f | 0x7f | 0x80 | 0x81 | 0x8b..=0x8f | 0xa0..=0xa4 | 0xaa..=0xae => {}
                0xbb | 0xbf | 0xc2 | 0xe2 | 0xe3 | 0xef => {}
                // Of a delimiter that is a longer character.
                0x80..=0xbf if self.separator.is_some_and(|first| first >= 0xc0) => {}
                _ => {
                    self.at_field = false;
                    self.quoted &= self.armed;
                }
            }
        }
    }

    fn note_separator(&mut self, byte: u8) {
        if self.opening.len() > SEPARATOR.len() {
            return;
        }
        let named = self.opening == SEPARATOR && !matches!(byte, b'\n' | b'\r');
        // A filler may be the delimiter, or stand in front of it.
        if !matches!(byte, 0 | 0xef | 0xbb | 0xbf) {
            self.opening.push(byte.to_ascii_lowercase());
        }
        if named {
            // Of a longer character, its bytes may do: more fields than there are.
            self.separator = Some(byte);
            if let Some(class) = self.classes.get_mut(usize::from(byte)) {
                *class |= IDLE | ARMED;
            }
        }
    }
}

/// What names one more delimiter at the start of a text (`spec/excel.md` §5.3).
const SEPARATOR: &[u8] = b"sep=";
/// Bytes that are looked at together.
const BLOCK: usize = 16 << 10;

/// The byte that stands for a unit of UTF-16: ASCII for itself and its full-width forms.
fn narrowed(unit: u32) -> u8 {
    match unit {
        0..=0x7f => u8::try_from(unit).unwrap_or(0),
        0xff01..=0xff5e => u8::try_from(unit.saturating_sub(0xfee0)).unwrap_or(0),
        // Blanks and fillers.
        0xa0 | 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x3000 | 0xfeff => 0,
        _ => 0xff,
    }
}
