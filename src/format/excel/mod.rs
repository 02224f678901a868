//! Excel: one model of a workbook for every file format that Excel opens, and the readers that
//! drive it (`spec/excel.md`).
//!
//! A reader tells [`Book`] what it meets, in the order of the file: places (sheets, parts,
//! streams), formulas and texts in them, the links of the link table, data connections. [`Book`]
//! keeps what mentions a link and makes [`Link`](crate::link::Link)s of it at the end, when every
//! link and every use of one is known.
//!
//! - `book` what readers drive; `site` where things stand and what memory they may take;
//! - `evidence` what formulas and texts say; `external` the link table; `connections` data sources;
//!   `query` the language of Power Query;
//! - `resolve` and `finds` turn what was gathered into links;
//! - `xlsx` SpreadsheetML; `xlsb` the binary parts of such a workbook.

pub(crate) mod book;
mod connections;
mod evidence;
mod external;
mod finds;
mod query;
mod resolve;
mod site;
mod xlsb;
mod xlsx;

pub(crate) use xlsb::{Binary, may_be_records};
pub(crate) use xlsx::Gather;
