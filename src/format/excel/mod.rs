//! Excel: one model of a workbook for every file format that Excel opens, and the readers that
//! drive it (`spec/excel.md`).
//!
//! A reader tells [`Book`] what it meets, in the order of the file: places (sheets, parts,
//! streams), formulas and texts in them, the links of the link table, data connections. [`Book`]
//! keeps what mentions a link and makes [`Link`](crate::link::Link)s of it at the end, when every
//! link and every use of one is known.
//!
//! - `book` what readers drive; `site` where things stand and what memory they may take;
//! - `evidence` what formulas and texts say, `called` what the functions in them do, `users` the
//!   places that use a link;
//! - `external` the link table; `connections` data sources; `query` the language of Power Query;
//! - `resolve` and `finds` turn what was gathered into links;
//! - `typed` texts that are entered as if somebody typed them;
//! - `xlsx` SpreadsheetML; `xlsb` the binary parts of such a workbook;
//! - `sylk`, `delimited` and `dif` the text formats.

pub(crate) mod book;
mod called;
mod connections;
mod delimited;
mod dif;
mod evidence;
mod external;
mod finds;
mod query;
mod resolve;
mod site;
mod sylk;
mod typed;
mod users;
mod xlsb;
mod xlsx;

pub(crate) use delimited::read as read_delimited;
pub(crate) use dif::read as read_dif;
pub(crate) use sylk::read as read_sylk;
pub(crate) use xlsb::{Binary, may_be_records};
pub(crate) use xlsx::Gather;
