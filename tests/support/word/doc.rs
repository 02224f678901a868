//! Word binary documents (`spec/word.md` §2): text in pieces, the tables of fields, bookmarks and
//! document variables, in a compound file. Names nothing but the standard library and `cfb`.
//!
//! Field marks stand in the text of a story as they do in the file: [`BEGIN`], [`SEPARATOR`], [`END`].

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::time::SystemTime;

pub const BEGIN: char = '\u{13}';
pub const SEPARATOR: char = '\u{14}';
pub const END: char = '\u{15}';

/// The parts of a document in the order of their text (§2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Main,
    Footnotes,
    Headers,
    Macros,
    Comments,
    Endnotes,
    TextBoxes,
    HeaderTextBoxes,
}

/// All parts, each with the pair of the FIB that locates its table of fields (§2.1).
const PARTS: [(Part, usize); 8] = [
    (Part::Main, 16),
    (Part::Footnotes, 18),
    (Part::Headers, 17),
    (Part::Macros, 20),
    (Part::Comments, 19),
    (Part::Endnotes, 48),
    (Part::TextBoxes, 57),
    (Part::HeaderTextBoxes, 59),
];

/// How the text of a piece is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One byte a character, where every character has one.
    Narrow,
    Utf16,
    /// Pieces take turns: the first narrow, the second UTF-16.
    Alternating,
}

/// What a mark at the end of a field says of it (`grffldEnd`, §2.4).
pub const RESULT_DIRTY: u8 = 0x04;
pub const LOCKED: u8 = 0x10;
const NESTED: u8 = 0x40;
const HAS_SEPARATOR: u8 = 0x80;

/// A document under construction. Start from [`DocFile::new`] or [`DocFile::word6`].
#[derive(Clone, Debug)]
pub struct DocFile {
    /// 0xA5EC Word 97 and later, 0xA5DC Word 6 and 95.
    pub ident: u16,
    pub nfib: u16,
    /// The text of each part; a paragraph mark is added at its end.
    pub stories: BTreeMap<Part, String>,
    pub encoding: Encoding,
    /// Character positions, counted over all parts, at which the text is cut into pieces.
    pub cuts: Vec<usize>,
    /// The pieces lie in the stream last first.
    pub reversed: bool,
    /// The tables of fields are written.
    pub plcfld: bool,
    /// Field types (`flt`) other than what the keyword says: part, and which begin mark of it.
    pub flts: BTreeMap<(Part, usize), u8>,
    /// Flags of the n-th end mark of a part, beside those that follow from the text.
    pub end_flags: BTreeMap<(Part, usize), u8>,
    /// Added to the mark character in the tables: real files have 0x80 there.
    pub mark_flags: u8,
    pub variables: Vec<(String, String)>,
    /// Name, first position, position behind the last; counted over all parts.
    pub bookmarks: Vec<(String, u32, u32)>,
    /// The path of the attached template (index 1 of `SttbfAssoc`).
    pub template: Option<String>,
    /// Numbered properties of the summary information: 2 title, 3 subject, 4 author, 5 keywords,
    /// 6 comments.
    pub summary: Vec<(u32, String)>,
    /// Properties with a name of their own.
    pub custom: Vec<(String, String)>,
    /// Bits of the flags at 0x0A beside fComplex, fWhichTblStm and fExtChar.
    pub flags: u16,
    /// `lKey` at 0x0E.
    pub key: u32,
    /// Bytes at the start of the table stream, before every table.
    pub table_head: Vec<u8>,
    /// More streams, by path.
    pub streams: Vec<(String, Vec<u8>)>,
}

impl DocFile {
    /// What Word 97 writes; `main` is the text of the body.
    pub fn new(main: &str) -> Self {
        DocFile {
            ident: 0xA5EC,
            nfib: 0xC1,
            stories: BTreeMap::from([(Part::Main, main.to_owned())]),
            encoding: Encoding::Narrow,
            cuts: Vec::new(),
            reversed: false,
            plcfld: true,
            flts: BTreeMap::new(),
            end_flags: BTreeMap::new(),
            mark_flags: 0,
            variables: Vec::new(),
            bookmarks: Vec::new(),
            template: None,
            summary: Vec::new(),
            custom: Vec::new(),
            flags: 0,
            key: 0,
            table_head: Vec::new(),
            streams: Vec::new(),
        }
    }

    /// What Word 6 writes.
    pub fn word6(main: &str) -> Self {
        DocFile {
            ident: 0xA5DC,
            nfib: 0x65,
            ..DocFile::new(main)
        }
    }

    pub fn story(mut self, part: Part, text: &str) -> Self {
        self.stories.insert(part, text.to_owned());
        self
    }

    /// UTF-16 text of all parts in the order of the file, and how many units each part has.
    fn text(&self) -> (Vec<u16>, [u32; 8]) {
        let mut units = Vec::new();
        let mut counts = [0; 8];
        for (count, (part, _)) in counts.iter_mut().zip(PARTS) {
            let Some(story) = self.stories.get(&part) else {
                continue;
            };
            let before = units.len();
            units.extend(story.encode_utf16());
            if units[before..].last() != Some(&0x0D) {
                units.push(0x0D);
            }
            *count = number(units.len() - before);
        }
        // Any part beside the main one: one more paragraph mark at the very end.
        if counts[1..].iter().any(|count| *count > 0) {
            units.push(0x0D);
        }
        (units, counts)
    }

    /// The position at which a part starts, counted over all parts.
    pub fn start_of(&self, wanted: Part) -> u32 {
        let (_, counts) = self.text();
        let before = PARTS.iter().take_while(|(part, _)| *part != wanted);
        before.zip(counts).map(|(_, count)| count).sum()
    }

    pub fn is_old(&self) -> bool {
        self.ident != 0xA5EC
    }

    /// The streams of the document, by name.
    pub fn all_streams(&self) -> Vec<(String, Vec<u8>)> {
        let (main, table) = self.write();
        let mut streams = vec![("WordDocument".to_owned(), main)];
        if !self.is_old() {
            streams.push(("1Table".to_owned(), table));
        }
        if !self.summary.is_empty() {
            let bytes = properties(&[(SUMMARY, numbered(&self.summary))]);
            streams.push(("\u{5}SummaryInformation".to_owned(), bytes));
        }
        if !self.custom.is_empty() {
            let sections = [
                (DOCUMENT_SUMMARY, numbered(&[])),
                (CUSTOM, named(&self.custom)),
            ];
            let name = "\u{5}DocumentSummaryInformation".to_owned();
            streams.push((name, properties(&sections)));
        }
        streams.extend(self.streams.iter().cloned());
        streams
    }

    /// The compound file.
    pub fn build(&self) -> Vec<u8> {
        compound(&self.all_streams())
    }

    /// The bare `WordDocument` stream, as Word 6 also saves it.
    pub fn build_raw(&self) -> Vec<u8> {
        self.write().0
    }

    fn write(&self) -> (Vec<u8>, Vec<u8>) {
        let (units, counts) = self.text();
        let header = if self.is_old() { 0x300 } else { 0x400 };
        let mut main = vec![0; header];
        let pieces = self.pieces(&units, &mut main);
        let mac = number(main.len());

        // The tables of the old kind lie behind the text.
        let base = if self.is_old() { main.len() } else { 0 };
        let mut table = self.table_head.clone();
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        let mut add = |index: usize, bytes: &[u8]| {
            if !bytes.is_empty() {
                pairs.push((index, base + table.len(), bytes.len()));
                table.extend_from_slice(bytes);
            }
        };
        if !self.is_old() || !self.cuts.is_empty() {
            add(33, &clx(&pieces));
        }
        if self.plcfld {
            for (part, index) in PARTS {
                add(index, &self.fields_of(part));
            }
        }
        self.add_places(&counts, &mut add);
        if !self.is_old() {
            if !self.bookmarks.is_empty() {
                self.add_bookmarks(number(units.len()), &mut add);
            }
            if let Some(template) = &self.template {
                add(32, &strings(["", template].into_iter().chain([""; 16]), 0));
            }
            if !self.variables.is_empty() {
                add(60, &variables(&self.variables));
            }
        }

        put(&mut main, 0x00, &self.ident.to_le_bytes());
        put(&mut main, 0x02, &self.nfib.to_le_bytes());
        put(&mut main, 0x06, &0x0409_u16.to_le_bytes());
        // fComplex, fWhichTblStm, fExtChar.
        let complex = if self.cuts.is_empty() { 0 } else { 0x0004 };
        let kind = if self.is_old() { 0 } else { 0x1200 };
        put(
            &mut main,
            0x0A,
            &(self.flags | complex | kind).to_le_bytes(),
        );
        put(&mut main, 0x0C, &0xBF_u16.to_le_bytes());
        put(&mut main, 0x0E, &self.key.to_le_bytes());
        put(&mut main, 0x18, &number(header).to_le_bytes());
        put(&mut main, 0x1C, &mac.to_le_bytes());
        let ccp = if self.is_old() { 0x34 } else { 0x4C };
        for (i, count) in counts.iter().enumerate() {
            put(&mut main, ccp + 4 * i, &count.to_le_bytes());
        }
        if self.is_old() {
            put(&mut main, 0x20, &mac.to_le_bytes());
            main.extend_from_slice(&table);
            table.clear();
        } else {
            put(&mut main, 0x20, &14_u16.to_le_bytes());
            put(&mut main, 0x3E, &22_u16.to_le_bytes());
            put(&mut main, 0x40, &mac.to_le_bytes());
            put(&mut main, 0x98, &0x5D_u16.to_le_bytes());
        }
        for (index, offset, length) in pairs {
            let place = match (self.is_old(), index) {
                (false, _) => 0x9A + 8 * index,
                (true, ..=37) => 0x58 + 8 * index,
                (true, _) => 0x58 + 8 * index + 10,
            };
            put(&mut main, place, &number(offset).to_le_bytes());
            put(&mut main, place + 4, &number(length).to_le_bytes());
        }
        (main, table)
    }

    /// Writes the pieces; returns for each its first position and the `fc` of its descriptor, and
    /// at the end the position behind the last.
    fn pieces(&self, units: &[u16], stream: &mut Vec<u8>) -> Vec<(u32, u32)> {
        let mut bounds = vec![0];
        bounds.extend(&self.cuts);
        bounds.push(units.len());
        let mut found: Vec<(u32, u32)> = bounds.iter().map(|cp| (number(*cp), 0)).collect();
        let mut order: Vec<usize> = (0..bounds.len() - 1).collect();
        if self.reversed {
            order.reverse();
        }
        for i in order {
            let text = &units[bounds[i]..bounds[i + 1]];
            let wide = match self.encoding {
                Encoding::Narrow => false,
                Encoding::Utf16 => true,
                Encoding::Alternating => i % 2 == 1,
            };
            let narrow: Option<Vec<u8>> = text.iter().map(|unit| narrow(*unit)).collect();
            match narrow.filter(|_| !wide || self.is_old()) {
                Some(bytes) => {
                    let offset = number(stream.len());
                    found[i].1 = if self.is_old() {
                        offset
                    } else {
                        (offset * 2) | 0x4000_0000
                    };
                    stream.extend(bytes);
                }
                None => {
                    assert!(!self.is_old(), "old text has one byte a character");
                    if stream.len() % 2 == 1 {
                        stream.push(0);
                    }
                    found[i].1 = number(stream.len());
                    stream.extend(text.iter().flat_map(|unit| unit.to_le_bytes()));
                }
            }
        }
        found
    }

    /// The table of fields of one part (§2.4).
    fn fields_of(&self, part: Part) -> Vec<u8> {
        let Some(story) = self.stories.get(&part) else {
            return Vec::new();
        };
        let units: Vec<u16> = story.encode_utf16().collect();
        let (mut positions, mut fields) = (Vec::new(), Vec::new());
        let (mut begins, mut ends) = (0, 0);
        let mut open: Vec<bool> = Vec::new();
        for (cp, unit) in units.iter().enumerate() {
            let detail = match char::from_u32(u32::from(*unit)) {
                Some(BEGIN) => {
                    open.push(false);
                    begins += 1;
                    let known = self.flts.get(&(part, begins - 1)).copied();
                    known.unwrap_or_else(|| flt(&units[cp + 1..]))
                }
                Some(SEPARATOR) => {
                    if let Some(separated) = open.last_mut() {
                        *separated = true;
                    }
                    0xFF
                }
                Some(END) => {
                    ends += 1;
                    let mut flags = self.end_flags.get(&(part, ends - 1)).copied().unwrap_or(0);
                    if open.pop() == Some(true) {
                        flags |= HAS_SEPARATOR;
                    }
                    if !open.is_empty() {
                        flags |= NESTED;
                    }
                    flags
                }
                Some(_) | None => continue,
            };
            positions.extend(number(cp).to_le_bytes());
            let mark = u8::try_from(*unit).unwrap() | self.mark_flags;
            fields.extend([mark, detail]);
        }
        if fields.is_empty() {
            return Vec::new();
        }
        positions.extend(number(units.len() + 1).to_le_bytes());
        [positions, fields].concat()
    }

    /// What leads a program from the main part to the others: sections and their headers, and for
    /// each mark of a note in the main text the note.
    fn add_places(&self, counts: &[u32; 8], add: &mut impl FnMut(usize, &[u8])) {
        let numbers = |all: &[u32]| {
            all.iter()
                .flat_map(|n| n.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let count = |part| counts[PARTS.iter().position(|(p, _)| *p == part).unwrap()];
        let length = count(Part::Main);
        if count(Part::Headers) > 0 {
            // One section without properties of its own. Of its twelve texts (six separators of
            // notes, then headers and footers) the eighth is the header of odd pages.
            let section = [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0];
            add(6, &[numbers(&[0, length]), section.to_vec()].concat());
            let end = count(Part::Headers);
            let mut texts = [0; 14];
            texts[8..13].fill(end - 1);
            texts[13] = end;
            add(11, &numbers(&texts));
        }
        let main: Vec<u16> = self.stories[&Part::Main].encode_utf16().collect();
        for (part, mark, [marks, texts], detail) in [
            (Part::Footnotes, 0x02, [2, 3], 2),
            (Part::Comments, 0x05, [4, 5], 30),
            (Part::Endnotes, 0x02, [46, 47], 2),
        ] {
            let end = count(part);
            let Some(at) = main
                .iter()
                .position(|unit| *unit == mark)
                .filter(|_| end > 0)
            else {
                continue;
            };
            // A number of its own for each note, initials and indices for each comment.
            let mut details = vec![0; detail];
            details[0] = 1;
            add(marks, &[numbers(&[number(at), length]), details].concat());
            add(texts, &numbers(&[0, end - 1, end]));
        }
    }

    /// Names, starts and ends; the starts are sorted, each says which end is its own.
    fn add_bookmarks(&self, length: u32, add: &mut impl FnMut(usize, &[u8])) {
        let mut starts: Vec<_> = self.bookmarks.clone();
        starts.sort_by_key(|(_, from, _)| *from);
        let mut ends: Vec<(u32, usize)> = starts
            .iter()
            .enumerate()
            .map(|(i, (_, _, to))| (*to, i))
            .collect();
        ends.sort();
        add(
            21,
            &strings(starts.iter().map(|(name, ..)| name.as_str()), 0),
        );
        let mut first: Vec<u8> = starts
            .iter()
            .flat_map(|(_, from, _)| from.to_le_bytes())
            .collect();
        first.extend(length.to_le_bytes());
        for i in 0..starts.len() {
            let end = ends.iter().position(|(_, start)| *start == i).unwrap();
            first.extend(u16::try_from(end).unwrap().to_le_bytes());
            first.extend([0, 0]);
        }
        add(22, &first);
        let mut last: Vec<u8> = ends.iter().flat_map(|(to, _)| to.to_le_bytes()).collect();
        last.extend(length.to_le_bytes());
        add(23, &last);
    }
}

/// A compound file of these streams; a storage for each folder in their paths. The same streams
/// give the same bytes.
pub fn compound(streams: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut file =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        let path = format!("/{path}");
        if let Some((folder, _)) = path
            .rsplit_once('/')
            .filter(|(folder, _)| !folder.is_empty())
        {
            file.create_storage_all(folder).unwrap();
        }
        file.create_stream(&path).unwrap().write_all(bytes).unwrap();
    }
    let storages: Vec<_> = file
        .walk()
        .filter(|entry| !entry.is_stream())
        .map(|entry| entry.path().to_owned())
        .collect();
    for path in storages {
        file.set_created_time(&path, SystemTime::UNIX_EPOCH)
            .unwrap();
        file.set_modified_time(&path, SystemTime::UNIX_EPOCH)
            .unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// The piece table (§2.2): one `Pcdt`.
fn clx(pieces: &[(u32, u32)]) -> Vec<u8> {
    let mut table: Vec<u8> = pieces.iter().flat_map(|(cp, _)| cp.to_le_bytes()).collect();
    for (_, fc) in &pieces[..pieces.len() - 1] {
        table.extend([0, 0]);
        table.extend(fc.to_le_bytes());
        table.extend([0, 0]);
    }
    let mut bytes = vec![2];
    bytes.extend(number(table.len()).to_le_bytes());
    bytes.extend(table);
    bytes
}

/// Bytes of narrow text that are not Latin-1 (§2.2).
const NARROW: [(u8, u16); 24] = [
    (0x82, 0x201A),
    (0x83, 0x0192),
    (0x84, 0x201E),
    (0x85, 0x2026),
    (0x86, 0x2020),
    (0x87, 0x2021),
    (0x88, 0x02C6),
    (0x89, 0x2030),
    (0x8A, 0x0160),
    (0x8B, 0x2039),
    (0x8C, 0x0152),
    (0x91, 0x2018),
    (0x92, 0x2019),
    (0x93, 0x201C),
    (0x94, 0x201D),
    (0x95, 0x2022),
    (0x96, 0x2013),
    (0x97, 0x2014),
    (0x98, 0x02DC),
    (0x99, 0x2122),
    (0x9A, 0x0161),
    (0x9B, 0x203A),
    (0x9C, 0x0153),
    (0x9F, 0x0178),
];

/// The byte of a character in narrow text.
pub fn narrow(unit: u16) -> Option<u8> {
    let special = NARROW.iter().find(|(_, known)| *known == unit);
    let plain = u8::try_from(unit)
        .ok()
        .filter(|byte| NARROW.iter().all(|(special, _)| special != byte));
    special.map(|(byte, _)| *byte).or(plain)
}

/// Field types by keyword (§2.5); 0x01 is unparsed.
const TYPES: &[(&str, u8)] = &[
    ("REF", 0x03),
    ("SET", 0x06),
    ("IF", 0x07),
    ("TOC", 0x0D),
    ("INFO", 0x0E),
    ("TITLE", 0x0F),
    ("SUBJECT", 0x10),
    ("AUTHOR", 0x11),
    ("KEYWORDS", 0x12),
    ("COMMENTS", 0x13),
    ("PAGE", 0x21),
    ("QUOTE", 0x23),
    ("INCLUDE", 0x24),
    ("ASK", 0x26),
    ("FILLIN", 0x27),
    ("DDE", 0x2D),
    ("DDEAUTO", 0x2E),
    ("MACROBUTTON", 0x33),
    ("IMPORT", 0x37),
    ("LINK", 0x38),
    ("SYMBOL", 0x39),
    ("MERGEFIELD", 0x3B),
    ("DOCVARIABLE", 0x40),
    ("INCLUDEPICTURE", 0x43),
    ("INCLUDETEXT", 0x44),
    ("FORMTEXT", 0x46),
    ("DATABASE", 0x4E),
    ("DOCPROPERTY", 0x55),
    ("HYPERLINK", 0x58),
    ("SHAPE", 0x5F),
];

/// The type that Word stores for the instruction behind a begin mark; unparsed where a nested
/// field gives a part of the keyword.
fn flt(instruction: &[u16]) -> u8 {
    let text: String = char::decode_utf16(instruction.iter().copied())
        .map(|unit| unit.unwrap_or('?'))
        .collect();
    let text = text.trim_start();
    let length = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (keyword, rest) = text.split_at(length);
    if rest.starts_with(BEGIN) {
        return 0x01;
    }
    let known = TYPES
        .iter()
        .find(|(name, _)| keyword.eq_ignore_ascii_case(name));
    known.map_or(0x01, |(_, flt)| *flt)
}

/// A string table of the extended kind ([MS-DOC] 2.2.4), with so many extra bytes a string.
fn strings<'a>(texts: impl Iterator<Item = &'a str>, extra: u16) -> Vec<u8> {
    let texts: Vec<&str> = texts.collect();
    let mut bytes = vec![0xFF, 0xFF];
    bytes.extend(u16::try_from(texts.len()).unwrap().to_le_bytes());
    bytes.extend(extra.to_le_bytes());
    for text in texts {
        bytes.extend(counted(text));
        bytes.extend(std::iter::repeat_n(0, usize::from(extra)));
    }
    bytes
}

/// UTF-16 behind its number of units.
fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// `StwUser`: names, then values (§2.1).
fn variables(variables: &[(String, String)]) -> Vec<u8> {
    let mut bytes = strings(variables.iter().map(|(name, _)| name.as_str()), 4);
    for (_, value) in variables {
        bytes.extend(counted(value));
    }
    bytes
}

/// Format ids of property sections ([MS-OLEPS] 2.21), as in the file.
const SUMMARY: [u8; 16] = [
    0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9,
];
const DOCUMENT_SUMMARY: [u8; 16] = [
    0x02, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE,
];
const CUSTOM: [u8; 16] = [
    0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE,
];

/// The stream `SummaryInformation` with these texts.
pub fn summary(values: &[(u32, &str)]) -> Vec<u8> {
    let values: Vec<_> = values
        .iter()
        .map(|(id, text)| (*id, (*text).to_owned()))
        .collect();
    properties(&[(SUMMARY, numbered(&values))])
}

/// A property set stream of sections ([MS-OLEPS] 2.21).
fn properties(sections: &[([u8; 16], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xFE, 0xFF, 0, 0, 6, 1, 2, 0];
    bytes.extend([0; 16]);
    bytes.extend(number(sections.len()).to_le_bytes());
    let mut offset = bytes.len() + 20 * sections.len();
    for (id, section) in sections {
        bytes.extend(id);
        bytes.extend(number(offset).to_le_bytes());
        offset += section.len();
    }
    for (_, section) in sections {
        bytes.extend(section);
    }
    bytes
}

/// A section of numbered properties.
fn numbered(values: &[(u32, String)]) -> Vec<u8> {
    let mut typed = vec![(1, code_page())];
    typed.extend(values.iter().map(|(id, text)| (*id, text_value(text))));
    section(&typed)
}

/// A section of properties with names.
fn named(values: &[(String, String)]) -> Vec<u8> {
    let mut dictionary = number(values.len()).to_le_bytes().to_vec();
    let mut typed = Vec::new();
    for (id, (name, text)) in (2_u32..).zip(values) {
        dictionary.extend(id.to_le_bytes());
        dictionary.extend(number(name.len() + 1).to_le_bytes());
        dictionary.extend(name.bytes());
        dictionary.push(0);
        typed.push((id, text_value(text)));
    }
    pad(&mut dictionary);
    let mut all = vec![(0, dictionary), (1, code_page())];
    all.extend(typed);
    section(&all)
}

/// VT_I2 1252.
fn code_page() -> Vec<u8> {
    vec![2, 0, 0, 0, 0xE4, 0x04, 0, 0]
}

/// VT_LPSTR.
fn text_value(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x1E, 0, 0, 0];
    bytes.extend(number(text.len() + 1).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.push(0);
    pad(&mut bytes);
    bytes
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

fn section(values: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let head = 8 + 8 * values.len();
    let size = head + values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let mut bytes = number(size).to_le_bytes().to_vec();
    bytes.extend(number(values.len()).to_le_bytes());
    let mut offset = head;
    for (id, value) in values {
        bytes.extend(id.to_le_bytes());
        bytes.extend(number(offset).to_le_bytes());
        offset += value.len();
    }
    for (_, value) in values {
        bytes.extend(value);
    }
    bytes
}
