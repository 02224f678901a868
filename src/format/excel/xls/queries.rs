//! Queries, connections, hyperlinks and consolidated ranges: what leads to another place without
//! DDE (`spec/excel.md` §3.8).
//!
//! # Malformed input
//!
//! Where a record is not laid out as it should be, addresses and connection strings are looked for
//! in its bytes.
//!
//! # Worst cases
//!
//! Linear in the records. The texts of one query are joined up to [`LONGEST`] bytes; more is said.

use super::cells::Second;
use super::pivots;
use super::records::{Flow, Record};
use super::version::Version;
use super::{path, strings};
use crate::bytes::Bytes;
use crate::format::excel::connections::Connection;
use crate::format::excel::evidence::Source;
use crate::format::excel::external::{Address, Style, Target};
use crate::format::ole::moniker::OleStream;
use crate::formula::functions::Class;
use crate::limits::{Exhausted, Limit};
use crate::link::Carrier;
use crate::text::from_utf16;

const QUERY: u16 = 0x00dc;
const PIECE: u16 = 0x00cd;
const TABLE: u16 = 0x01ad;
const REFRESH_ALL: u16 = 0x01b7;
const EXTENSION: u16 = 0x0803;
const EXTENDED_PIECE: u16 = 0x0804;
const TEXT_QUERY: u16 = 0x0805;
const TABLE_FIELD: u16 = 0x0807;
const OLE_DB: u16 = 0x080a;
const CONNECTION: u16 = 0x0876;
const PIVOT: u16 = 0x0864;
const HYPERLINK: u16 = 0x01b8;
const RANGE: u16 = 0x0051;
const RANGE_NAME: u16 = 0x0052;
const RANGE_BUILT_IN: u16 = 0x01b5;

/// Bytes that the texts of one query take.
const LONGEST: usize = 1 << 20;
/// The kind of a query, and the one that asks the web ([MS-XLS] 2.4.97, dbt).
const KIND: u16 = 0x0007;
const WEB: u16 = 4;
/// The table is filled when the workbook is opened ([MS-XLS] 2.4.207, fAutoRefresh).
const AUTOMATIC: u16 = 0x0020;
/// Where minutes between two refreshes stand ([MS-XLS] 2.4.81, wRefreshInterval).
const INTERVAL: usize = 22;
/// A hyperlink has a moniker ([MS-OSHARED] 2.3.7.1, hlstmfHasMoniker).
const MONIKER: u32 = 1;
/// Characters that a text found by its looks has at least.
const SHORTEST: usize = 5;

/// The query that is being read.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// The query table that was told last is filled at opening.
    automatic: bool,
    /// A query or connection was told, and what follows is of it.
    open: bool,
    /// Pieces that are still to come: of the query, of what is posted, of the query as it was
    /// saved, of the connection.
    left: [u16; 4],
    text: String,
    /// The text of [`EXTENDED_PIECE`] records.
    extended: String,
}

/// Whether records of this number hold such things.
pub(super) fn holds(id: u16) -> bool {
    matches!(
        id,
        QUERY
            | PIECE
            | TABLE
            | REFRESH_ALL
            | EXTENSION
            | EXTENDED_PIECE
            | TEXT_QUERY
            | TABLE_FIELD
            | OLE_DB
            | CONNECTION
            | PIVOT
            | HYPERLINK
            | RANGE
            | RANGE_NAME
            | RANGE_BUILT_IN
            | pivots::STREAM
    )
}

/// Reads a record.
pub(super) fn read(
    second: &mut Second<'_, '_>,
    record: Record,
    flow: &mut Flow<'_>,
) -> Result<(), Exhausted> {
    match record.id {
        TABLE => {
            second.flush();
            second.refreshes_cache = false;
            let flags = flow.u16().unwrap_or(0);
            second.query = Query {
                automatic: flags & AUTOMATIC != 0,
                ..Query::default()
            };
        }
        pivots::STREAM => {
            let number = flow.u16();
            let refreshing = second.about.refreshing;
            second.refreshes_cache = number.is_some_and(|number| refreshing.contains(&number));
        }
        REFRESH_ALL => second.refresh_all |= flow.u16().is_some_and(|flag| flag != 0),
        QUERY => second.query(record, flow),
        PIECE => second.piece(flow),
        EXTENDED_PIECE => {
            flow.skip(4);
            if let Some(text) = strings::unicode(flow) {
                second.open(record, false);
                second.add(Kind::Extended, &text);
            }
        }
        HYPERLINK => second.hyperlink(record, flow),
        RANGE | RANGE_NAME | RANGE_BUILT_IN => second.consolidated(record, flow),
        _ => {
            let body = second.whole(flow);
            if record.id == EXTENSION {
                let minutes = Bytes::at(&body, INTERVAL).and_then(|mut bytes| bytes.u16());
                second.timed(minutes.unwrap_or(0));
            }
            for text in texts(&body) {
                second.open(record, record.id == CONNECTION);
                second
                    .book
                    .more_of_connection("connection", text, second.budget);
            }
            second.done(body);
        }
    }
    Ok(())
}

/// Which text a piece belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Query,
    Extended,
}

impl Second<'_, '_> {
    /// A query begins.
    fn query(&mut self, record: Record, flow: &mut Flow<'_>) {
        self.flush();
        let flags = flow.u16().unwrap_or(0);
        flow.u16();
        let mut left = [0; 4];
        for left in &mut left {
            *left = flow.u16().unwrap_or(0);
        }
        let automatic = self.query.automatic;
        self.query = Query {
            automatic,
            open: true,
            left,
            ..Query::default()
        };
        let place = self.place();
        let connection = Connection {
            refreshes: automatic || self.refresh_all || self.refreshes_cache,
            web: flags & KIND == WEB,
            ..Connection::default()
        };
        self.book
            .connection(place, record.offset(), connection, self.budget);
    }

    /// So many minutes are between two refreshes; nought is none. Nobody has to ask for the first.
    fn timed(&mut self, minutes: u16) {
        self.query.automatic |= minutes > 0;
        if minutes > 0
            && self.query.open
            && let Some(connection) = self.book.open_connection()
        {
            connection.refreshes = true;
        }
    }

    /// Makes sure that what follows belongs to a connection; to one of its own if it is `new`.
    fn open(&mut self, record: Record, new: bool) {
        if self.query.open && !new {
            return;
        }
        self.flush();
        self.query.open = true;
        let place = self.place();
        let connection = Connection {
            refreshes: self.query.automatic || self.refresh_all || self.refreshes_cache,
            ..Connection::default()
        };
        self.book
            .connection(place, record.offset(), connection, self.budget);
    }

    /// A piece of one of the texts of a query.
    fn piece(&mut self, flow: &mut Flow<'_>) {
        if !self.query.left.iter().any(|left| *left > 0) {
            return;
        }
        let version = self.substreams.version();
        let text = if version == Version::Biff8 {
            strings::unicode(flow)
        } else {
            flow.u16().map(|count| {
                let mut bytes = Vec::new();
                flow.take(usize::from(count), &mut bytes);
                strings::decode(&bytes, self.tables.encoding)
            })
        };
        self.add(Kind::Query, &text.unwrap_or_default());
        let Some(at) = self.query.left.iter().position(|left| *left > 0) else {
            return;
        };
        let mut ended = false;
        if let Some(left) = self.query.left.get_mut(at) {
            *left = left.saturating_sub(1);
            ended = *left == 0;
        }
        if ended {
            self.tell(at);
        }
    }

    fn add(&mut self, kind: Kind, text: &str) {
        let joined = match kind {
            Kind::Query => &mut self.query.text,
            Kind::Extended => &mut self.query.extended,
        };
        if joined.len().saturating_add(text.len()) <= LONGEST {
            joined.push_str(text);
        } else {
            let place = self.place();
            self.book
                .overflow(place, Exhausted::Limit(Limit::LiveBytes));
        }
    }

    /// A text of the query is complete: the `nth`.
    fn tell(&mut self, nth: usize) {
        let text = std::mem::take(&mut self.query.text);
        if text.is_empty() {
            return;
        }
        let name = match nth {
            1 => "post",
            3 => "connection",
            _ => "command",
        };
        // What asks may say where, too.
        let leads = text.contains("://") || text.contains("\\\\") || text.contains("URL;");
        if leads && name != "connection" {
            self.book
                .more_of_connection("connection", text.clone(), self.budget);
        }
        self.book.more_of_connection(name, text, self.budget);
        self.book.note_short(self.stream);
    }

    /// No more pieces follow.
    pub(super) fn flush(&mut self) {
        let at = self.query.left.iter().position(|left| *left > 0);
        if let Some(at) = at {
            self.tell(at);
        }
        self.query.left = [0; 4];
        let text = std::mem::take(&mut self.query.extended);
        if !text.is_empty() {
            self.book
                .more_of_connection("connection", text, self.budget);
            self.book.note_short(self.stream);
        }
        self.query.open = false;
    }

    /// A hyperlink of cells.
    fn hyperlink(&mut self, record: Record, flow: &mut Flow<'_>) {
        /// Bytes in front of the object: cells and class.
        const FRONT: usize = 24;
        let body = self.whole(flow);
        let object = body.get(FRONT..).unwrap_or_default();
        let flags = Bytes::at(object, 4).and_then(|mut bytes| bytes.u32());
        if flags.is_some_and(|flags| flags & MONIKER != 0) {
            let read = OleStream::read(object);
            let place = self.place();
            for target in &read.targets {
                let target = match read.runs {
                    Some(scheme) => format!("{scheme}:{target}"),
                    None => target.clone(),
                };
                let source = Source {
                    carrier: Carrier::Hyperlink,
                    ..Source::new(place, record.offset(), "hyperlink")
                };
                let function = ("HYPERLINK", Class::Click);
                self.book
                    .call(function, &target, &target, &source, self.budget);
            }
        }
        self.done(body);
    }

    /// A range of another workbook whose values are consolidated.
    fn consolidated(&mut self, record: Record, flow: &mut Flow<'_>) {
        let file = match self.substreams.version() {
            Version::Biff8 => source(record.id, flow),
            // Before, lengths have one byte and characters, too.
            Version::Biff2 | Version::Biff3 | Version::Biff4 | Version::Biff5 => {
                older_source(record.id, flow)
                    .map(|file| strings::decode(&file, self.tables.encoding))
            }
        };
        let Some(file) = file.filter(|file| file.starts_with('\u{1}')) else {
            return;
        };
        let place = self.place();
        let address = Address::Plain(path::file(&path::decode(&file)));
        let target = Target::Book {
            addresses: vec![address],
        };
        let told = self.book.link(place, record.offset(), target, self.budget);
        if told.is_some() {
            self.book.style(Style {
                opens: self.refreshes_cache,
                ..Style::default()
            });
        }
    }
}

/// The encoded path of a range that is consolidated.
fn source(id: u16, flow: &mut Flow<'_>) -> Option<String> {
    let front = match id {
        RANGE => flow.skip(6),
        RANGE_NAME => strings::unicode(flow).is_some(),
        _ => flow.skip(4),
    };
    let count = flow.u16().filter(|count| front && *count > 0)?;
    strings::without_length(flow, usize::from(count))
}

/// The same before BIFF8.
fn older_source(id: u16, flow: &mut Flow<'_>) -> Option<Vec<u8>> {
    let front = match id {
        RANGE => 6,
        RANGE_NAME => usize::from(flow.byte()?),
        _ => 4,
    };
    flow.skip(front).then_some(())?;
    let count = usize::from(flow.byte()?);
    let mut file = Vec::new();
    flow.take(count, &mut file);
    Some(file)
}

/// Texts that look like addresses or connection strings, of one byte a character or two.
fn texts(body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut keep = |text: String| {
        let leads = ["://", "\\\\", "="].iter().any(|sign| text.contains(sign));
        if text.len() >= SHORTEST && leads && !found.contains(&text) && found.len() < 16 {
            found.push(text);
        }
    };
    let is_plain = |byte: &u8| (0x20..0x7f).contains(byte);
    for run in body.split(|byte| !is_plain(byte)) {
        keep(String::from_utf8_lossy(run).into_owned());
    }
    for start in 0..2 {
        let (units, _) = body.get(start..).unwrap_or_default().as_chunks();
        let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        for run in units.split(|unit| !(0x20..0x7f).contains(unit)) {
            keep(from_utf16(run.iter().copied()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_their_looks() {
        assert_eq!(
            texts(b"\x01\x02http://a.invalid/x\0\0"),
            ["http://a.invalid/x"]
        );
        assert_eq!(texts(b"\0h\0t\0t\0p\0:\0/\0/\0a\0\0"), ["http://a"]);
        assert_eq!(texts(b"plain words\0\0"), [""; 0]);
    }
}
