//! Payloads in Word binary documents (`spec/word.md` §2).

use super::doc::{BEGIN, DocFile, END, Encoding, LOCKED, Part, SEPARATOR, narrow};
use super::payload::{Disguise, Field, Payload, Property, Reason, Role, Sink, write};

#[derive(Default)]
struct Story {
    text: String,
    bookmarks: Vec<(String, u32, u32)>,
    begins: usize,
    ends: usize,
    flts: Vec<(usize, u8)>,
    locked: Vec<usize>,
}

impl Story {
    fn position(&self) -> u32 {
        u32::try_from(self.text.encode_utf16().count()).unwrap()
    }
}

impl Sink for Story {
    fn text(&mut self, text: &str, _role: Role) -> Result<(), Reason> {
        self.text += text;
        Ok(())
    }

    fn begin(&mut self, field: &Field) -> Result<(), Reason> {
        if field.dirty {
            return Err("no mark says that the result is refreshed when the document is opened");
        }
        if let Some(flt) = field.flt {
            self.flts.push((self.begins, flt));
        }
        self.begins += 1;
        self.text.push(BEGIN);
        Ok(())
    }

    fn separate(&mut self) -> Result<(), Reason> {
        self.text.push(SEPARATOR);
        Ok(())
    }

    fn end(&mut self, field: &Field) -> Result<(), Reason> {
        if field.closed {
            if field.locked {
                self.locked.push(self.ends);
            }
            self.ends += 1;
            self.text.push(END);
        }
        Ok(())
    }

    fn cut(&mut self, _role: Role) -> Result<(), Reason> {
        Err("runs are properties of characters, not marks in the text")
    }

    fn paragraph(&mut self, _role: Role) -> Result<(), Reason> {
        self.text.push('\r');
        Ok(())
    }

    fn bookmark(&mut self, name: &str, start: bool) -> Result<(), Reason> {
        let position = self.position();
        if start {
            self.bookmarks.push((name.to_owned(), position, position));
        } else if let Some((_, _, end)) = self.bookmarks.last_mut() {
            *end = position;
        }
        Ok(())
    }

    fn deleted(&mut self, _text: &str, _role: Role) -> Result<(), Reason> {
        Err("deletions are properties of characters, which are optional to read")
    }
}

/// The document with its story in a part.
pub fn document(payload: &Payload, part: Part) -> Result<DocFile, Reason> {
    if payload.disguise != Disguise::None {
        return Err("the letters are those of another format");
    }
    if payload.update_fields {
        return Err("binary documents have no such setting");
    }
    let mut story = Story::default();
    write(&payload.story, Role::Body, &mut story)?;
    // A note begins with the mark that stands in the main text for it.
    let mark = match part {
        Part::Footnotes | Part::Endnotes => "\u{2}",
        Part::Comments => "\u{5}",
        _ => "",
    };
    let mut file = match part {
        Part::Main => DocFile::new(&story.text),
        _ => DocFile::new(&format!("Please see the other part{mark}."))
            .story(part, &format!("{mark}{}\r", story.text)),
    };
    file.flts = story
        .flts
        .iter()
        .map(|(i, flt)| ((part, *i), *flt))
        .collect();
    file.end_flags = story.locked.iter().map(|i| ((part, *i), LOCKED)).collect();
    let start = file.start_of(part) + u32::try_from(mark.len()).unwrap();
    file.bookmarks = story.bookmarks;
    for (_, from, to) in &mut file.bookmarks {
        *from += start;
        *to += start;
    }
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    file.variables = payload.variables.iter().map(owned).collect();
    for (property, value) in &payload.properties {
        let value = (*value).to_owned();
        match property {
            Property::Title => file.summary.push((2, value)),
            Property::Subject => file.summary.push((3, value)),
            Property::Comments => file.summary.push((6, value)),
            Property::Custom(name) => file.custom.push(((*name).to_owned(), value)),
        }
    }
    Ok(file)
}

/// Text in UTF-16.
pub fn wide(payload: &Payload) -> Result<DocFile, Reason> {
    let mut file = document(payload, Part::Main)?;
    file.encoding = Encoding::Utf16;
    Ok(file)
}

/// Text in two pieces that lie in the stream in reverse order; the first field is cut within its
/// keyword.
pub fn fast_saved(payload: &Payload) -> Result<DocFile, Reason> {
    let mut file = document(payload, Part::Main)?;
    file.encoding = Encoding::Alternating;
    file.reversed = true;
    let units: Vec<u16> = file.stories[&Part::Main].encode_utf16().collect();
    let mark = units.iter().position(|unit| *unit == 0x13).unwrap_or(0);
    file.cuts = vec![mark + 4];
    Ok(file)
}

/// No tables of fields: only the marks in the text.
pub fn without_tables(payload: &Payload) -> Result<DocFile, Reason> {
    let mut file = document(payload, Part::Main)?;
    if !file.flts.is_empty() || !file.end_flags.is_empty() {
        return Err("without the tables the marks say nothing more");
    }
    file.plcfld = false;
    Ok(file)
}

/// Word 6 and 95.
pub fn old(payload: &Payload, part: Part) -> Result<DocFile, Reason> {
    let mut file = document(payload, part)?;
    if !file.variables.is_empty() {
        return Err("Word 6 has no table of variables");
    }
    if !file.bookmarks.is_empty() {
        return Err("the tables of bookmarks of Word 6 are not specified");
    }
    let narrow = |text: &String| text.encode_utf16().all(|unit| narrow(unit).is_some());
    if !file.stories.values().all(narrow) {
        return Err("the text of Word 6 has one byte a character");
    }
    (file.ident, file.nfib) = (0xA5DC, 0x65);
    Ok(file)
}

/// Word 6, fast-saved.
pub fn old_fast_saved(payload: &Payload) -> Result<DocFile, Reason> {
    let mut file = old(payload, Part::Main)?;
    let fast = fast_saved(payload)?;
    (file.cuts, file.reversed) = (fast.cuts, true);
    Ok(file)
}

/// The bare stream of Word 6, without a compound file.
pub fn old_raw(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let file = old(payload, Part::Main)?;
    if !file.summary.is_empty() || !file.custom.is_empty() {
        return Err("properties stand in streams of their own");
    }
    Ok(file.build_raw())
}
