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
//! - `external` the link table; `connections` data sources;
//! - `resolve` and `finds` turn what was gathered into links;
//! - `xlsx` SpreadsheetML; `xls` the binary formats up to Excel 2003.

pub(crate) mod book;
mod called;
mod connections;
mod evidence;
mod external;
mod finds;
mod resolve;
mod site;
mod users;
pub(crate) mod xls;
mod xlsx;

pub(crate) use xlsx::Gather;
