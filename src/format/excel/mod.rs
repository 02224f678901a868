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
//!   `typed` texts that are entered as if somebody typed them; `power_query` the language of Power
//!   Query;
//! - `resolve`, `join` and `finds` turn what was gathered into links;
//! - `xlsx` SpreadsheetML; `xml2003` Excel 2003 XML; `html` pages; `sylk`, `delimited` and `dif` the
//!   text formats.

pub(crate) mod book;
mod capture;
mod connections;
mod delimited;
mod dif;
mod evidence;
mod external;
mod finds;
mod html;
mod join;
mod power_query;
mod resolve;
mod site;
mod sylk;
mod typed;
mod words;
mod xlsx;
mod xml2003;

pub(crate) use delimited::read as read_delimited;
pub(crate) use dif::read as read_dif;
pub(crate) use html::read as read_html;
pub(crate) use sylk::read as read_sylk;
pub(crate) use xlsx::Gather;
pub(crate) use xml2003::Gather as Gather2003;
