//! Encrypted binary documents that are large.

use super::support::ciphers::{DEFAULT, Scheme, workbook};
use super::support::excel::biff8::{GLOBALS, bof, container, eof, record};
use super::{bounded, turn};
use ddetect::{GapKind, Verdict};

/// A workbook of the shortest records, decrypted with the default password; a larger one than may be
/// held is a gap.
#[test]
fn a_large_encrypted_workbook() {
    let _turn = turn();
    for (scheme, megabytes, opens) in [
        (Scheme::Rc4, 4, true),
        (Scheme::CryptoApi(128), 4, true),
        (Scheme::Xor, 4, true),
        (Scheme::Xor, 64, false),
    ] {
        let records = record(0x00fd, &[]).repeat(megabytes << 18);
        let plain = [bof(GLOBALS), records, eof()].concat();
        let report = bounded(&container(&[(
            "Workbook",
            workbook(&plain, scheme, DEFAULT),
        )]));
        assert_eq!(report.complete(), opens, "{scheme:?}: {:?}", report.gaps());
        if !opens {
            assert_eq!(report.verdict(), Verdict::Incomplete);
            assert_eq!(report.gaps()[0].kind, GapKind::Limit);
        }
    }
}
