//! EVTX files, through the `evtx` crate: a chunk at a time, each record as JSON.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use evtx::{EvtxParser, ParserSettings};

use super::{Count, Event};

/// How a file begins ([MS-EVEN6] and the file header of the format).
pub(super) const SIGNATURE: &[u8] = b"ElfFile\0";
/// The header of the file, and each chunk.
const HEADER: u64 = 4096;
const CHUNK: u64 = 65536;
/// Where the header says how many chunks there are (`ElfFile` header: number of chunks).
const CHUNKS_AT: usize = 42;

pub(super) fn is_evtx(file: &mut File) -> io::Result<bool> {
    let mut head = [0; 8];
    let is = match file.read_exact(&mut head) {
        Ok(()) => head == SIGNATURE,
        // A pipe, or a text that is shorter: read as lines.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(is)
}

/// Whether there are fewer chunks than the header says.
fn is_cut_off(file: &mut File) -> io::Result<bool> {
    let mut header = [0; 44];
    file.seek(SeekFrom::Start(0))?;
    if file.read_exact(&mut header).is_err() {
        return Ok(true);
    }
    let chunks = u16::from_le_bytes([header[CHUNKS_AT], header[CHUNKS_AT + 1]]);
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(length < HEADER + CHUNK * u64::from(chunks))
}

pub(super) fn read(
    mut file: File,
    name: &str,
    count: &mut Count,
    each: &mut dyn FnMut(&Event<'_>),
) -> io::Result<()> {
    let cut_off = is_cut_off(&mut file)?;
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let mut parser = EvtxParser::from_read_seek(file)
        .map_err(io::Error::other)?
        .with_configuration(settings);
    for record in parser.records_json() {
        match record {
            Ok(record) => {
                let place = || format!("{name}, record {}", record.event_record_id);
                count.row(place, record.data.as_bytes(), each);
            }
            Err(error) => {
                count.rows += 1;
                count.trouble(name, &error.to_string());
            }
        }
    }
    if cut_off {
        count.rows += 1;
        count.trouble(name, "the file is cut off");
    }
    Ok(())
}
