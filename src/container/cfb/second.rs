//! The second view of a compound file: the `cfb` crate.

use std::collections::BTreeSet;
use std::io::{BufRead, Cursor};

use super::super::Shortfall;
use super::super::metered::Metered;
use crate::guard::{Caught, guard};
use crate::limits::Budget;

/// Directory entries of a file that the crate is asked about: it holds all of them, with their
/// names. A message with a thousand recipients has fewer.
const ENTRIES: u32 = 8_192;
/// Levels of storages: the crate builds each path anew.
const DEPTH: usize = 64;

/// What the crate says otherwise.
#[derive(Default)]
pub(super) struct Second {
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests compare"))]
    pub(super) refused: bool,
    pub(super) panicked: bool,
    /// Paths and sizes of streams that it sees and we do not.
    pub(super) only: Vec<(String, u64)>,
    /// It does not see all that we see.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests compare"))]
    pub(super) misses: bool,
}

/// Whether the crate can hold a directory of this size.
pub(super) fn worth_asking(entries: u32, depth: usize) -> bool {
    entries <= ENTRIES && depth <= DEPTH
}

impl Second {
    /// Asks the crate; `ours` are our paths in lower case.
    pub(super) fn ask(data: &[u8], ours: &BTreeSet<String>) -> Self {
        // The FAT, the directory and the mini FAT of a sound file take less. The crate holds what
        // it reads, and reads a FAT sector as often as it is named.
        let allowance = (data.len() / 32).saturating_add(2 << 20);
        let asked = guard(|| {
            let file = Metered::new(data, allowance);
            let file = cfb::CompoundFile::open(file).ok()?;
            let streams = file.walk().filter(cfb::Entry::is_stream);
            Some(
                streams
                    .map(|entry| (path_of(&entry), entry.len()))
                    .collect::<Vec<_>>(),
            )
        });
        match asked {
            Ok(Some(streams)) => {
                let theirs: BTreeSet<String> =
                    streams.iter().map(|(path, _)| folded(path)).collect();
                // A name ends at its first NUL for us.
                let misses = ours.iter().any(|path| !theirs.contains(path));
                let only = streams
                    .into_iter()
                    .filter(|(path, _)| !ours.contains(&folded(path)))
                    .collect();
                Second {
                    only,
                    misses,
                    ..Second::default()
                }
            }
            Ok(None) => Second {
                refused: true,
                ..Second::default()
            },
            Err(Caught) => Second {
                panicked: true,
                ..Second::default()
            },
        }
    }
}

/// A path as ours are: in lower case, each name up to its first NUL.
fn folded(path: &str) -> String {
    let names = path.split('/');
    let names = names.map(|name| name.split('\0').next().unwrap_or_default().to_lowercase());
    names.collect::<Vec<_>>().join("/")
}

fn path_of(entry: &cfb::Entry) -> String {
    entry
        .path()
        .to_string_lossy()
        .trim_start_matches('/')
        .to_owned()
}

/// Reads a stream that only the crate sees.
pub(super) fn read(
    data: &[u8],
    path: &str,
    wanted: u64,
    budget: &Budget<'_>,
) -> (Vec<u8>, Option<Shortfall>) {
    let mut bytes = Vec::new();
    let done = guard(|| {
        let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(data)) else {
            return Err(Shortfall::Damaged("stream cannot be opened"));
        };
        let stream = file.open_stream(format!("/{path}"));
        let mut stream = stream.map_err(|_broken| Shortfall::Damaged("stream cannot be opened"))?;
        let mut left = wanted;
        while left > 0 {
            let block = stream.fill_buf();
            let block = block.map_err(|_broken| Shortfall::Damaged("stream cannot be read"))?;
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
            let size = u64::try_from(take).unwrap_or(u64::MAX);
            if take == 0 {
                break;
            }
            budget.charge_decoded(size).map_err(Shortfall::Exhausted)?;
            budget.charge_live(size).map_err(Shortfall::Exhausted)?;
            bytes.extend_from_slice(block.get(..take).unwrap_or_default());
            stream.consume(take);
            left = left.saturating_sub(size);
        }
        Ok(())
    });
    let shortfall = match done {
        Ok(Ok(())) => None,
        Ok(Err(shortfall)) => Some(shortfall),
        Err(Caught) => Some(Shortfall::Damaged("stream cannot be read")),
    };
    (bytes, shortfall)
}
