//! Streams of gzip and deflate: `New-Object IO.Compression.GzipStream(…)` (RFC 1951, 1952).
//!
//! # Worst cases
//!
//! Deflate unfolds to a thousand times its size; each block is paid before it is kept.

use flate2::{Decompress, FlushDecompress, Status};

use crate::command::unfold::Fuel;

/// What a class of `IO.Compression` (in lower case) makes of bytes.
pub(super) fn unfolded(class: &str, bytes: &[u8], fuel: &mut Fuel<'_>) -> Option<Vec<u8>> {
    let deflated = match class {
        "io.compression.gzipstream" => after_gzip_header(bytes)?,
        "io.compression.deflatestream" => bytes,
        _ => return None,
    };
    let mut engine = Decompress::new(false);
    let (mut clear, mut block) = (Vec::new(), [0u8; 4096]);
    let mut rest = deflated;
    loop {
        let (read, written) = (engine.total_in(), engine.total_out());
        let status = engine.decompress(rest, &mut block, FlushDecompress::None);
        let read = usize::try_from(engine.total_in().saturating_sub(read)).ok()?;
        let written = usize::try_from(engine.total_out().saturating_sub(written)).ok()?;
        rest = rest.get(read..)?;
        if !fuel.pay(written.saturating_add(read)) {
            return None;
        }
        clear.extend_from_slice(block.get(..written)?);
        // A stream that breaks off is kept as far as it goes.
        let stuck = read == 0 && written == 0;
        if stuck || !matches!(status, Ok(Status::Ok | Status::BufError)) {
            return (!clear.is_empty()).then_some(clear);
        }
    }
}

/// RFC 1952, section 2.3.
fn after_gzip_header(bytes: &[u8]) -> Option<&[u8]> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] = bytes else {
        return None;
    };
    let mut rest = rest;
    if flags & 4 != 0 {
        let [low, high, after @ ..] = rest else {
            return None;
        };
        rest = after.get(usize::from(u16::from_le_bytes([*low, *high]))..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end.checked_add(1)?..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}
