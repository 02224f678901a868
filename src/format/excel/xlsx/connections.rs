//! Data connections and web queries of SpreadsheetML (`spec/excel.md` §1.6), and workbooks that a
//! pivot cache or a chart reads when the document is opened (§1.4). The package of Power Query is
//! opened in `mashup`.

use super::super::book::Book;
use super::super::connections::Connection;
use super::super::external::{Address, Style, Target};
use super::links::relationship;
use crate::formula::xstring;
use crate::limits::Budget;
use crate::markup::xml::Tag;

/// What is open while the elements of a part pass by.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The pivot cache that is being read refreshes at opening.
    refreshing: bool,
    /// The relationship of the data of the chart that is being read.
    chart: Option<String>,
}

impl Reading {
    pub(super) fn start(
        &mut self,
        tag: &Tag<'_>,
        part: usize,
        book: &mut Book,
        budget: &Budget<'_>,
    ) {
        let names: &[&'static str] = match tag.name.local {
            "connection" => {
                let connection = Connection {
                    id: tag.attribute("id").unwrap_or_default().into_owned(),
                    refreshes: tag.flag("refreshOnLoad") || is_timed(tag),
                    ..Connection::default()
                };
                book.connection(part, tag.offset, connection, budget);
                &["sourceFile", "odcFile"]
            }
            "dbPr" | "oledbPr" | "dataFeedPr" => &["connection", "command", "serverCommand"],
            "webPr" => &["url", "post", "editPage"],
            "textPr" | "modelTextPr" => &["sourceFile"],
            "olapPr" => &["localConnection"],
            "dbCommand" => &["text"],
            "queryTable" if tag.flag("refreshOnLoad") => return refresh(tag, book, budget),
            "pivotCacheDefinition" => {
                self.refreshing = tag.flag("refreshOnLoad");
                return;
            }
            "cacheSource" if self.refreshing => return refresh(tag, book, budget),
            "worksheetSource" | "rangeSet" if self.refreshing => {
                return opens(relationship(tag), tag, part, book, budget);
            }
            "externalData" => {
                self.chart = relationship(tag);
                return;
            }
            "autoUpdate" => {
                let chart = self.chart.take();
                // Without a value it is true (ECMA-376 part 1, 21.2.3.6).
                if tag.attribute("val").is_none() || tag.flag("val") {
                    opens(chart, tag, part, book, budget);
                }
                return;
            }
            _ => return,
        };
        if let Some(connection) = book.connections.current() {
            connection.web |= tag.name.local == "webPr";
        }
        for name in names {
            if let Some(value) = tag.attribute(name).filter(|value| !value.is_empty()) {
                // All of these are ST_Xstring: the escapes are part of the spelling.
                let value = xstring::decode(&value).into_owned();
                book.more_of_connection(name, value, budget);
            }
        }
    }
}

/// Whether a connection is refreshed every so many minutes: nobody has to ask for it.
fn is_timed(tag: &Tag<'_>) -> bool {
    let minutes = tag.attribute("interval");
    minutes.is_some_and(|minutes| minutes.trim().parse().is_ok_and(|minutes: u32| minutes > 0))
}

/// Another workbook, by its relationship, that is read when the document is opened. Without a
/// relationship it is this one.
fn opens(id: Option<String>, tag: &Tag<'_>, part: usize, book: &mut Book, budget: &Budget<'_>) {
    let Some(id) = id else { return };
    let target = Target::Book {
        addresses: vec![Address::Relationship(id)],
    };
    if book.link(part, tag.offset, target, budget).is_some() {
        book.style(Style {
            opens: true,
            ..Style::default()
        });
    }
}

fn refresh(tag: &Tag<'_>, book: &mut Book, budget: &Budget<'_>) {
    if let Some(id) = tag.attribute("connectionId") {
        book.refreshes(&id, budget);
    }
}
