//! Data connections, query tables, pivot caches and servers of real-time data of binary workbooks
//! (`spec/excel.md` §2.5).
//!
//! The layout of a connection is not certain, so texts are looked for wherever they may stand;
//! what a text is follows from the record that holds it.

use super::super::connections::{Connection, is_remote};
use super::super::evidence::Source;
use super::super::external::{Address, Style, Target};
use super::Reader;
use super::fields::Fields;
use super::records::Record;
use crate::formula::functions::Class;
use crate::link::Carrier;

const CACHE: u16 = 179;
const CACHE_SOURCE: u16 = 185;
const BEGIN: u16 = 201;
/// `BrtEndExtConnection`.
const END: u16 = 202;
const DATABASE: u16 = 203;
const OLAP: u16 = 205;
const WEB: u16 = 261;
const QUERY_TABLE: u16 = 447;
/// What values depend on: its type, and the server ([MS-XLSB] 2.4.299, 2.4.297).
const DEPENDENCY: u16 = 516;
const DEPENDENCY_MAIN: u16 = 518;

/// The records that are read here.
pub(super) const IDS: &[u16] = &[
    CACHE,
    CACHE_SOURCE,
    BEGIN,
    END,
    DATABASE,
    OLAP,
    WEB,
    QUERY_TABLE,
    DEPENDENCY,
    DEPENDENCY_MAIN,
];

/// `fRefreshOnLoad` of a connection, a query table and a pivot cache \[U\].
const REFRESH: u16 = 0x0020;
const REFRESH_TABLE: u32 = 0x0020;
const REFRESH_CACHE: u8 = 0x04;
/// A range that a pivot cache is made of says its sheet, and the workbook by its relationship
/// ([MS-XLSB] 2.4.167, fLoadSheet and fLoadRelId).
const HAS_SHEET: u8 = 1;
const HAS_RELATIONSHIP: u8 = 2;
/// The dependency is on functions of cubes, not on a server.
const CUBES: u32 = 1;

impl Reader<'_, '_> {
    pub(super) fn of_connection(&mut self, record: Record, mut fields: Fields<'_>) {
        match record.id {
            BEGIN => self.begin_connection(record, fields),
            END => {
                self.in_connection = false;
                self.gather.book.connections.close();
            }
            CACHE => {
                let flags = fields.skip(3).and_then(|()| fields.u8());
                self.refreshing = flags.is_some_and(|flags| flags & REFRESH_CACHE != 0);
            }
            CACHE_SOURCE => {
                let id = fields.skip(4).and_then(|()| fields.u32());
                if let Some(id) = id.filter(|_| self.refreshing) {
                    self.gather.book.refreshes(&id.to_string(), self.budget);
                }
            }
            QUERY_TABLE => {
                let flags = fields.u32().unwrap_or_default();
                let id = fields.skip(2).and_then(|()| fields.u32());
                if let Some(id) = id.filter(|_| flags & REFRESH_TABLE != 0) {
                    self.gather.book.refreshes(&id.to_string(), self.budget);
                }
            }
            DEPENDENCY => self.real_time = fields.u32().is_some_and(|kind| kind & CUBES == 0),
            DEPENDENCY_MAIN => {
                if self.real_time {
                    let server = fields.string().unwrap_or_default();
                    let source = Source {
                        carrier: Carrier::Function,
                        ..Source::new(self.place, record.offset, "real-time data")
                    };
                    let book = &mut self.gather.book;
                    book.call(
                        ("RTD", Class::Server),
                        &server,
                        &server,
                        &source,
                        self.budget,
                    );
                }
            }
            id => self.texts(id, fields),
        }
    }

    /// A range that the pivot cache is made of: of another workbook, if it has a relationship.
    pub(super) fn cache_range(&mut self, record: Record, mut fields: Fields<'_>) {
        if !self.refreshing {
            return;
        }
        let id = fields.skip(2).and_then(|()| {
            let flags = fields.u8()?;
            if flags & HAS_SHEET != 0 {
                fields.string()?;
            }
            (flags & HAS_RELATIONSHIP != 0).then(|| fields.string())?
        });
        let Some(id) = id else { return };
        let book = &mut self.gather.book;
        let target = Target::Book {
            addresses: vec![Address::Relationship(id)],
        };
        let told = book.link(self.place, record.offset, target, self.budget);
        if told.is_some() {
            book.style(Style {
                opens: true,
                ..Style::default()
            });
        }
    }

    /// `BrtBeginExtConnection`: minutes between two refreshes, flags, and behind them the number.
    fn begin_connection(&mut self, record: Record, fields: Fields<'_>) {
        self.in_connection = true;
        let mut head = fields;
        let read = head.skip(4).and_then(|()| {
            let minutes = head.u16()?;
            let flags = head.u16()?;
            head.skip(10)?;
            Some((minutes > 0 || flags & REFRESH != 0, head.u32()?))
        });
        let (refreshes, id) = read.unwrap_or_default();
        let connection = Connection {
            id: id.to_string(),
            refreshes,
            ..Connection::default()
        };
        let book = &mut self.gather.book;
        book.connection(self.place, record.offset, connection, self.budget);
        self.texts(BEGIN, fields);
    }

    /// The texts of a record of a connection.
    fn texts(&mut self, id: u16, fields: Fields<'_>) {
        let book = &mut self.gather.book;
        if id == WEB
            && let Some(connection) = book.open_connection()
        {
            connection.web = true;
        }
        let mut first = true;
        for text in fields.loose_strings() {
            let path = is_remote(&text) || text.contains(":\\");
            let name = match id {
                DATABASE if first && text.contains('=') => "connection",
                DATABASE => "command",
                OLAP => "localConnection",
                WEB if path => "url",
                WEB => "post",
                _ if path => "sourceFile",
                // The name of the connection, its description.
                _ => continue,
            };
            first = false;
            book.more_of_connection(name, text, self.budget);
        }
        book.note_short(self.place);
    }
}
