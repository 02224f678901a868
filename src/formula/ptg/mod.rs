//! Token streams: how binary workbooks store formulas, in reverse Polish notation
//! (`spec/excel.md` §3.6, §2.4).
//!
//! [`render`] gives the text of the formula, which the rest of this room reads as it reads any
//! other: [`scan`](super::scan), [`refs`](super::refs), [`functions`](super::functions). One walker
//! serves BIFF2, BIFF3, BIFF4, BIFF5, BIFF8 and BIFF12; [`layout`] holds what differs.
//!
//! # Malformed input
//!
//! Any bytes are a token stream here. An operator without operands, a function number that is not
//! known and operands left over are printed as far as they go, and the walk continues. A token of
//! an unknown kind and one that is cut off end it, because where the next one starts is unknown;
//! what was read before is printed all the same. The class of a token and its reserved bit change
//! nothing.
//!
//! # Worst cases
//!
//! Each token makes one node, each node is the child of one other, and the text is printed once at
//! the end, from a list of what is left to print: no recursion and no copies of copies. What names
//! make longer than [`AMPLIFIED`] times the stream and [`SLACK`] bytes is left out and said, and
//! bytes beyond four times the stream are paid as decoded bytes. Streams are at most 64 KiB.

mod cetab;
mod extra;
mod ftab;
mod layout;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod words;

use encoding_rs::Encoding;

use crate::limits::{Budget, Exhausted};

/// Excel's own limit is 16,384 bytes ([MS-XLSB] 2.5.98.2), and in BIFF8 the length has 16 bits.
const LONGEST: usize = 0xffff;
/// Text that a byte of the stream may become: seven bytes of a reference to another sheet print as
/// its name, at most 31 characters, and the cell.
const AMPLIFIED: usize = 16;
/// Text beyond that: 250 names as long as Excel allows.
const SLACK: usize = 64 * 1024;
/// Bytes after the tokens that are read: more array constants than any formula has.
const EXTRA: usize = 1024 * 1024;
/// Text that a byte becomes without being paid for.
const FREE: usize = 4;
/// What a token costs while the stream is walked: a node, its place on the stack and as a child,
/// the bytes of its text, twice.
const TOKEN: usize = 128;
/// What a byte after the tokens costs: the text of a value, three times.
const VALUE: usize = 16;

/// The version of the token language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    Biff2,
    Biff3,
    Biff4,
    Biff5,
    Biff8,
    Biff12,
}

/// The bytes of one formula.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream<'a> {
    /// The tokens.
    pub(crate) rgce: &'a [u8],
    /// What follows them: the values of array constants and other additions.
    pub(crate) extra: &'a [u8],
    pub(crate) dialect: Dialect,
    /// The code page of byte strings, up to BIFF5.
    pub(crate) encoding: &'static Encoding,
}

/// What the numbers in token streams stand for: the workbook knows.
pub(crate) trait Names {
    /// The `nth` name (from 1) of external link `link`: PtgNameX. The number of the link is the
    /// index into the XTI table in BIFF8 and BIFF12, and the signed number of the EXTERNSHEET
    /// record, from 1, before: below 0 it is a sheet of this workbook.
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>>;

    /// The `nth` defined name of the workbook, from 1: PtgName.
    fn name(&mut self, nth: u32) -> Option<&str>;

    /// The sheet that a reference into `link` names. BIFF5 also says which `tab` it is.
    fn sheet(&mut self, link: i32, tab: Option<u16>) -> Option<Outer<'_>>;
}

/// Something outside of the formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outer<'t> {
    /// N of `[N]`: the external link it belongs to. `None` is this workbook, or an add-in.
    pub(crate) book: Option<u32>,
    /// The item, function or sheet, not quoted.
    pub(crate) name: &'t str,
}

/// The text of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// Without the leading `=`. Empty when the cell only [shares](Self::shared) a formula.
    pub(crate) text: String,
    /// Row and column of the cell whose shared formula, array formula or table this one uses.
    pub(crate) shared: Option<(u32, u32)>,
    /// The worst that is wrong with the stream.
    pub(crate) trouble: Option<Trouble>,
}

impl Rendered {
    /// Whether every token was read and printed.
    pub(crate) fn complete(&self) -> bool {
        self.trouble <= Some(Trouble::UnknownFunction)
    }
}

/// What is wrong with a token stream, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// Operands are missing or left over. Everything is in the text.
    Unbalanced,
    /// A function without a count of its arguments that is not known. Everything is in the text,
    /// perhaps in the wrong place.
    UnknownFunction,
    /// The stream is longer than Excel allows or names make the text too long: some of it is left
    /// out.
    TooLong,
    /// A token or what belongs to it is cut off.
    CutOff,
    /// A token of an unknown kind: what follows it was not read.
    UnknownToken,
}

/// The text of a token stream.
///
/// # Errors
///
/// When paying for a text that names made much longer than the stream ends the analysis.
pub(crate) fn render(
    stream: &Stream<'_>,
    names: &mut dyn Names,
    budget: &Budget<'_>,
) -> Result<Rendered, Exhausted> {
    let (rgce, over) = match stream.rgce.split_at_checked(LONGEST) {
        Some((head, tail)) => (head, !tail.is_empty()),
        None => (stream.rgce, false),
    };
    let extra = stream.extra.get(..EXTRA).unwrap_or(stream.extra);
    let bytes = rgce.len().saturating_add(extra.len());
    let values = extra.len().saturating_mul(VALUE);
    let live = rgce.len().saturating_mul(TOKEN).saturating_add(values);
    let live = u64::try_from(live).unwrap_or(u64::MAX);
    if budget.charge_live(live).is_err() {
        return Ok(Rendered {
            text: String::new(),
            shared: None,
            trouble: Some(Trouble::TooLong),
        });
    }
    let stream = Stream {
        rgce,
        extra,
        ..*stream
    };
    let mut rendered = walk::walk(&stream, names);
    budget.release_live(live);
    if over {
        rendered.trouble = rendered.trouble.max(Some(Trouble::TooLong));
    }
    let free = bytes.saturating_mul(FREE);
    let paid = rendered.text.len().saturating_sub(free);
    budget.charge_decoded(u64::try_from(paid).unwrap_or(u64::MAX))?;
    Ok(rendered)
}
