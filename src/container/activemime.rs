//! ActiveMime (`.mso`, `editdata.mso`, `oledata.mso`): a zlib stream behind a header of which
//! little is known (`spec/word.md` §4.5).
//!
//! # Malformed input
//!
//! Where the header says the stream is counts first, then the two places at which programs put
//! it, then whatever looks like the start of one. A stream that breaks gives what came before.
//!
//! # Worst cases
//!
//! At most [`TRIES`] streams are tried; each pays for what it decodes, at most a mebibyte.

use super::read::{Check, check};
use super::{Coding, Source};
use crate::limits::{Budget, Exhausted};

/// Where the header has the distance of the stream, and from where that counts.
const DISTANCE: (usize, usize) = (0x1e, 46);
/// Where the stream is in files of Word and of Excel.
const USUAL: [usize; 2] = [0x32, 0x22a];
/// Starts of streams that are tried; a real file has one.
const TRIES: usize = 16;

/// Where the content is; `None` when there is nothing like a stream.
pub(crate) fn content(data: &[u8], budget: &Budget<'_>) -> Result<Option<Source>, Exhausted> {
    let told = data
        .get(DISTANCE.0..)
        .and_then(|rest| rest.first_chunk())
        .map(|distance| usize::from(u16::from_le_bytes(*distance)).saturating_add(DISTANCE.1));
    let anywhere = memchr::memchr_iter(0x78, data).filter(|at| !USUAL.contains(at));
    let places = told.into_iter().chain(USUAL).chain(anywhere);
    let mut broken = None;
    let mut tried = Vec::new();
    for at in places {
        if tried.len() >= TRIES {
            break;
        }
        if tried.contains(&at) || !is_zlib(data.get(at..).unwrap_or_default()) {
            continue;
        }
        tried.push(at);
        // The deflate stream begins behind the two bytes of the zlib header (RFC 1950).
        let source = Source {
            range: at.saturating_add(2)..data.len(),
            coding: Coding::Deflated,
            checksums: None,
        };
        match check(&source, data, budget)? {
            Check::Whole { .. } | Check::Long => return Ok(Some(source)),
            Check::Broken => broken = broken.or(Some(source)),
        }
    }
    Ok(broken)
}

/// Whether the two bytes of a zlib header stand there (RFC 1950 §2.2): deflate, no dictionary.
fn is_zlib(bytes: &[u8]) -> bool {
    let Some([method, flags]) = bytes.first_chunk() else {
        return false;
    };
    method & 0x0f == 8 && flags & 0x20 == 0 && u16::from_be_bytes([*method, *flags]) % 31 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    /// A container with its stream at `at`.
    fn container(at: usize, told: u16) -> Vec<u8> {
        use flate2::{Compression, write::ZlibEncoder};
        use std::io::Write as _;
        let mut data = b"ActiveMime\0\0\x01\xf0\x04\0\0\0\xff\xff\xff\xff\0\0\x07\xf0".to_vec();
        data.resize(0x1e, 0);
        data.extend(told.to_le_bytes());
        data.resize(at, 0);
        let mut encoder = ZlibEncoder::new(data, Compression::default());
        encoder.write_all(b"content of the container").unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(data: &[u8]) -> Option<Vec<u8>> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let source = content(data, &budget).unwrap()?;
        Some(source.decode(data, &budget).0.into_owned())
    }

    #[test]
    fn the_stream_is_where_the_header_says_or_where_programs_put_it() {
        let expected = Some(b"content of the container".to_vec());
        assert_eq!(decoded(&container(0x32, 4)), expected, "Word");
        assert_eq!(decoded(&container(0x22a, 0x1fc)), expected, "Excel");
        assert_eq!(
            decoded(&container(0x22a, 0xffff)),
            expected,
            "wrong distance"
        );
        assert_eq!(decoded(&container(0x51, 0)), expected, "another place");
    }

    #[test]
    fn a_cut_stream_gives_what_there_is_and_none_nothing() {
        let mut data = container(0x32, 4);
        data.truncate(data.len() - 8);
        assert!(decoded(&data).is_some());
        assert_eq!(decoded(b"ActiveMime"), None);
        assert_eq!(
            decoded(&[b"ActiveMime".to_vec(), vec![0; 500]].concat()),
            None
        );
    }

    #[test]
    fn many_false_starts_are_not_all_tried() {
        let mut data = b"ActiveMime".to_vec();
        data.extend(b"\x78\x9c".repeat(500_000));
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        assert!(content(&data, &budget).is_ok());
    }
}
