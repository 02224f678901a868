//! Every field of every header with every extreme value: nothing to know about zip, and therefore
//! nothing to forget.

use super::{Good, analyze, is_found};
use ddetect::Verdict;

/// Fields as offset and length (APPNOTE 4.3.7, 4.3.12, 4.3.16), the signatures first.
const LOCAL: [(usize, usize); 11] = [
    (0, 4),
    (4, 2),
    (6, 2),
    (8, 2),
    (10, 2),
    (12, 2),
    (14, 4),
    (18, 4),
    (22, 4),
    (26, 2),
    (28, 2),
];
const CENTRAL: [(usize, usize); 17] = [
    (0, 4),
    (4, 2),
    (6, 2),
    (8, 2),
    (10, 2),
    (12, 2),
    (14, 2),
    (16, 4),
    (20, 4),
    (24, 4),
    (28, 2),
    (30, 2),
    (32, 2),
    (34, 2),
    (36, 2),
    (38, 4),
    (42, 4),
];
const END: [(usize, usize); 8] = [
    (0, 4),
    (4, 2),
    (6, 2),
    (8, 2),
    (10, 2),
    (12, 4),
    (16, 4),
    (20, 2),
];

/// What a field says in place of `value`.
fn lies(value: u32, length: usize) -> Vec<u32> {
    let max = if length == 2 { 0xffff } else { u32::MAX };
    let mut lies = vec![
        0,
        1,
        7,
        0x80,
        0xff,
        max / 2,
        max / 2 + 1,
        max - 1,
        max,
        value.wrapping_add(1) & max,
        value.wrapping_sub(1) & max,
        value / 2,
        value.wrapping_mul(2) & max,
        value ^ 1,
        value ^ 8,
        value ^ 0x100,
    ];
    lies.sort_unstable();
    lies.dedup();
    lies.retain(|lie| *lie != value);
    lies
}

#[test]
fn no_single_field_hides_the_link() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for good in Good::all() {
        let spots = good.spots(good.main());
        let headers = [
            ("local", spots.local, LOCAL.as_slice()),
            ("central", spots.central, CENTRAL.as_slice()),
            ("end", spots.end, END.as_slice()),
        ];
        for (header, at, fields) in headers {
            for &(field, length) in fields {
                let at = at + field;
                let mut value = [0; 4];
                value[..length].copy_from_slice(&spots.bytes[at..at + length]);
                for lie in lies(u32::from_le_bytes(value), length) {
                    let mut bytes = spots.bytes.clone();
                    bytes[at..at + length].copy_from_slice(&lie.to_le_bytes()[..length]);
                    let report = analyze(&bytes);
                    tried += 1;
                    if !is_found(&report, &good) || report.verdict() != Verdict::Malicious {
                        wrong.push(format!(
                            "{} {header} field {field} says {lie:#x}: {:?} {:?}",
                            good.kind,
                            report.verdict(),
                            report.gaps()
                        ));
                    }
                }
            }
        }
    }
    println!("{tried} lies, {} hide the link", wrong.len());
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
