//! Reports as JSON: the library's own, one object a document.
//!
//! Characters that could change what a terminal shows are written as `\uXXXX`, which is the same
//! JSON.

use std::io::{self, Write};

use ddetect::{Escaped, Report};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::scan::{Printer, Shortened};

/// A report, and what the command line did to the document before the library saw it.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Present when less than the file was handed over: `document.bytes` and `document.sha256`
    /// are of those bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortened: Option<Shortened>,
}

/// A path that could not be read.
#[derive(Serialize)]
struct Unreadable<'a> {
    document: Named<'a>,
    error: &'a str,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

/// One object a line.
pub(crate) struct Lines;

impl Printer for Lines {
    fn report(
        &mut self,
        out: &mut dyn Write,
        report: &Report,
        shortened: Option<Shortened>,
    ) -> io::Result<()> {
        line(out, &Row { report, shortened })
    }

    fn unreadable(&mut self, out: &mut dyn Write, name: &str, error: &str) -> io::Result<()> {
        let document = Named { name };
        line(out, &Unreadable { document, error })
    }
}

fn line(out: &mut dyn Write, row: &impl Serialize) -> io::Result<()> {
    write(out, row, CompactFormatter)?;
    out.write_all(b"\n")
}

/// One object, or an array of them, indented.
pub(crate) struct Document {
    array: bool,
    rows: u64,
}

impl Document {
    /// `array` when there may be any number of rows.
    pub(crate) fn new(array: bool) -> Self {
        Document { array, rows: 0 }
    }

    pub(crate) fn row(&mut self, out: &mut dyn Write, row: &impl Serialize) -> io::Result<()> {
        if self.array {
            out.write_all(if self.rows == 0 { b"[\n" } else { b",\n" })?;
        }
        self.rows += 1;
        write(out, row, PrettyFormatter::new())?;
        if !self.array {
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// After the last row.
    pub(crate) fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        match (self.array, self.rows) {
            (false, _) => Ok(()),
            (true, 0) => out.write_all(b"[]\n"),
            (true, _) => out.write_all(b"\n]\n"),
        }
    }
}

impl Printer for Document {
    fn report(
        &mut self,
        out: &mut dyn Write,
        report: &Report,
        shortened: Option<Shortened>,
    ) -> io::Result<()> {
        self.row(out, &Row { report, shortened })
    }

    fn unreadable(&mut self, out: &mut dyn Write, name: &str, error: &str) -> io::Result<()> {
        let document = Named { name };
        self.row(out, &Unreadable { document, error })
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.end(out)
    }
}

/// One object, indented.
pub(crate) fn pretty(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    write(out, object, PrettyFormatter::new())?;
    out.write_all(b"\n")
}

fn write(out: &mut dyn Write, row: &impl Serialize, layout: impl Formatter) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Shown(layout));
    row.serialize(&mut serializer).map_err(io::Error::from)
}

/// A layout that escapes what a terminal must not see.
struct Shown<F>(F);

macro_rules! layout {
    ($($name:ident ( $($argument:ident: $kind:ty),* );)+) => {
        $(
            fn $name<W: ?Sized + Write>(&mut self, out: &mut W $(, $argument: $kind)*)
                -> io::Result<()>
            {
                self.0.$name(out $(, $argument)*)
            }
        )+
    };
}

impl<F: Formatter> Formatter for Shown<F> {
    layout! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            let (shown, hidden) = rest.split_at(at);
            out.write_all(shown.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &hidden[c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

/// The arrow of a location is only special where it separates names.
fn is_hidden(c: char) -> bool {
    c != '›' && Escaped::escapes(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_must_not_see_is_escaped_and_still_the_same_json() {
        let text = "a\u{202e}b\u{9b}c › d\u{e0041}é\"\n";
        let mut out = Vec::new();
        write(&mut out, &[text], CompactFormatter).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, r#"["a\u202eb\u009bc › d\udb40\udc41é\"\n"]"#);
        assert_eq!(serde_json::from_str::<[String; 1]>(&out).unwrap(), [text]);
    }

    #[test]
    fn an_array_is_closed_however_many_rows_it_has() {
        for rows in 0..3 {
            let mut document = Document::new(true);
            let mut out = Vec::new();
            for _ in 0..rows {
                document.unreadable(&mut out, "a", "b").unwrap();
            }
            document.finish(&mut out).unwrap();
            let value: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
            assert_eq!(value.len(), rows);
        }
    }
}
