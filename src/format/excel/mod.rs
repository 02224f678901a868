//! Excel: one model of a workbook for every file format that Excel opens, and the readers that
//! drive it (`spec/excel.md`).
//!
//! A reader tells [`Book`](book::Book) what it meets, in the order of the file: places (sheets, parts,
//! streams), formulas and texts in them, the links of the link table, data connections. [`Book`](book::Book)
//! keeps what mentions a link and makes [`Link`](crate::link::Link)s of it at the end, when every
//! link and every use of one is known.
//!
//! - `book` what readers drive; `site` where things stand and what memory they may take;
//! - `formulas` reads formulas and texts, `typed` texts that are entered as if somebody typed them;
//!   `letters` which are worth reading, `capture` holds one while it comes;
//! - `evidence` what they say, `called` what the functions in them do, `users` the places that use
//!   a link;
//! - `external` the link table; `connections` data sources; `power_query` the language of Power
//!   Query;
//! - `resolve`, `ask`, `join` and `finds` turn what was gathered into links;
//! - `xlsx` SpreadsheetML; `xlsb` the binary parts of such a workbook;
//!   `xls` the binary formats up to Excel 2003; `xml2003` Excel 2003 XML; `html` pages;
//!   `query` query files; `sylk`, `delimited` and `dif` the text formats.

mod ask;
pub(crate) mod book;
mod called;
mod capture;
mod connections;
mod delimited;
mod dif;
mod evidence;
mod external;
mod finds;
mod formulas;
mod html;
mod join;
mod letters;
mod power_query;
mod query;
mod resolve;
mod shares;
mod site;
mod sylk;
mod typed;
mod users;
pub(crate) mod xls;
mod xlsb;
mod xlsx;
mod xml2003;

pub(crate) use delimited::read as read_delimited;
pub(crate) use dif::read as read_dif;
pub(crate) use html::read as read_html;
pub(crate) use query::read as read_query;
pub(crate) use sylk::read as read_sylk;
pub(crate) use xlsb::{Binary, Types, may_be_records};
pub(crate) use xlsx::Gather;
pub(crate) use xml2003::Gather as Gather2003;
