//! Pivot caches: which of them are refreshed when the workbook is opened (`spec/excel.md` §1.4).
//!
//! The workbook says where the data of a cache comes from, behind the number of its stream
//! (`SXStreamID`); whether it is fetched anew at opening, that stream says (`SXDB`).
//!
//! # Malformed input
//!
//! A cache has the number that its stream is named by, and that which its record says: each
//! counts. A stream that cannot be opened is a gap where it is read for what it holds.
//!
//! # Worst cases
//!
//! Headers are stepped over up to the first record of a cache, in [`PIVOTS`] streams.

use std::collections::BTreeSet;

use super::PIVOTS;
use super::encrypted::Opened;
use super::records::Records;
use crate::container::cfb::{Cfb, Stream};
use crate::limits::{Budget, Exhausted, Limit};

/// `SXStreamID`: the number of the stream of a cache ([MS-XLS] 2.4.303).
pub(super) const STREAM: u16 = 0x00d5;
/// `SXDB`: a cache ([MS-XLS] 2.4.275), with its flag `fRefreshOnLoad`.
const CACHE: u16 = 0x00c6;
const REFRESH_ON_LOAD: u16 = 0x0004;
/// Bytes between two looks at the stop flag.
const BLOCK: usize = 64 << 10;

/// The numbers of the caches that are refreshed at opening. With `key`, they are encrypted.
pub(super) fn refreshing(
    streams: impl Iterator<Item = Stream>,
    key: Option<&Opened>,
    cfb: &Cfb<'_>,
    budget: &Budget<'_>,
) -> Result<BTreeSet<u16>, Exhausted> {
    let mut found = BTreeSet::new();
    for stream in streams.take(PIVOTS) {
        let view = cfb.view(&stream, budget).and_then(|view| {
            let Some(key) = key else {
                return Ok(view);
            };
            let clear = key.clear(&view, 0, budget);
            view.close(budget);
            clear.map(Option::unwrap_or_default)
        });
        let view = match view {
            Ok(view) => view,
            Err(Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes)) => continue,
            Err(cause) => return Err(cause),
        };
        let mut records = Records::new(&view, usize::MAX);
        let mut checked = 0usize;
        let mut stopped = Ok(());
        while let Some(record) = records.next() {
            if record.at.saturating_sub(checked) >= BLOCK {
                checked = record.at;
                stopped = budget.check_stop();
            }
            if stopped.is_err() {
                break;
            }
            if record.id != CACHE {
                continue;
            }
            let mut flow = records.open(record);
            flow.skip(4);
            let number = flow.u16();
            if flow.u16().is_some_and(|flags| flags & REFRESH_ON_LOAD != 0) {
                let name = stream.path.rsplit('/').next().unwrap_or_default();
                found.extend(number);
                found.extend(u16::from_str_radix(name, 16));
            }
            break;
        }
        view.close(budget);
        stopped?;
    }
    Ok(found)
}
