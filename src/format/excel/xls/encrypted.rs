//! How a stream is encrypted: `FILEPASS` (`spec/excel.md` §3.10; [MS-XLS] 2.4.117).
//!
//! What stands behind that record means nothing until it is decrypted; the headers of records stay
//! in clear.

use super::records::Flow;

/// Bytes of the record before BIFF8: key and verifier.
const XOR: usize = 4;

/// The scheme that a `FILEPASS` record of `length` bytes names.
pub(super) fn scheme(flow: &mut Flow<'_>, length: usize) -> &'static str {
    if length <= XOR {
        return "XOR obfuscation";
    }
    match (flow.u16(), flow.u16(), flow.u16()) {
        (Some(0), ..) => "XOR obfuscation",
        (Some(1), Some(1), Some(1)) => "RC4",
        (Some(1), Some(2..=4), Some(2)) => "RC4 CryptoAPI",
        _ => "unknown scheme",
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::*;
    use crate::container::cfb::View;

    #[test]
    fn schemes_by_their_versions() {
        for (body, expected) in [
            (&b"\x59\xb3\x0a\x9a"[..], "XOR obfuscation"),
            (b"\0\0\x59\xb3\x0a\x9a", "XOR obfuscation"),
            (b"\x01\0\x01\0\x01\0salt", "RC4"),
            (b"\x01\0\x02\0\x02\0", "RC4 CryptoAPI"),
            (b"\x01\0\x04\0\x02\0", "RC4 CryptoAPI"),
            (b"\x07\0\x04\0\x02\0", "unknown scheme"),
        ] {
            let mut record = vec![0x2f, 0];
            record.extend((body.len() as u16).to_le_bytes());
            record.extend(body);
            let view = View::from(record.as_slice());
            let mut records = Records::new(&view, usize::MAX);
            let record = records.next().unwrap();
            assert_eq!(scheme(&mut records.open(record), record.length), expected);
        }
    }
}
