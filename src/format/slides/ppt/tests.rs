//! The walk over records, and what is not kept.

use super::records::{Record, Records, kind};
use super::{ENCRYPTED, Edit};
use crate::container::cfb::View;

fn record(version: u8, kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![version, 0];
    bytes.extend(kind.to_le_bytes());
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(body);
    bytes
}

/// Type and place of each record, and whether the stream is cut.
fn walk(bytes: &[u8]) -> (Vec<(u16, usize)>, bool) {
    let view = View::from(bytes);
    let mut records = Records::new(&view);
    let found = records.by_ref().map(|Record { kind, at, .. }| (kind, at));
    let found = found.collect();
    (found, records.is_cut())
}

#[test]
fn records_in_containers() {
    let atom = record(0, 1001, &[0; 4]);
    let inner = record(0xf, 1010, &[atom.clone(), atom.clone()].concat());
    let bytes = [record(0xf, kind::DOCUMENT, &inner), atom].concat();
    let places = [
        (kind::DOCUMENT, 0),
        (1010, 8),
        (1001, 16),
        (1001, 28),
        (1001, 40),
    ];
    assert_eq!(walk(&bytes), (places.to_vec(), false));
}

#[test]
fn padding_ends_a_container() {
    let padded = [record(0, 1001, &[]), vec![0; 7]].concat();
    let bytes = [record(0xf, 1010, &padded), record(0, 1007, &[])].concat();
    assert_eq!(
        walk(&bytes),
        (vec![(1010, 0), (1001, 8), (1007, 23)], false)
    );
    assert_eq!(walk(&bytes[..4]), (vec![], false));
}

#[test]
fn what_is_out_of_step_is_searched_for() {
    let mut long = record(0, 1001, &[]);
    long[4] = 200;
    let wanted = record(0xf, kind::INTERACTIVE_INFO, &record(0, 1001, &[1]));
    let inner = [long, b"junk".to_vec(), wanted].concat();
    let bytes = [record(0xf, 1010, &inner), record(0, 1007, &[])].concat();
    let places = [
        (1010, 0),
        (1001, 8),
        (kind::INTERACTIVE_INFO, 20),
        (1001, 28),
        (1007, 37),
    ];
    assert_eq!(walk(&bytes), (places.to_vec(), false));
}

#[test]
fn a_stream_that_ends_inside_a_record() {
    let bytes = record(0xf, 1010, &record(0, 1001, &[0; 9]));
    for length in 8..bytes.len() {
        assert!(walk(&bytes[..length]).1, "{length}");
    }
    assert!(!walk(&bytes).1);
}

#[test]
fn the_token_of_an_encrypted_presentation() {
    let mut bytes = vec![0; 20];
    bytes[12..16].copy_from_slice(&ENCRYPTED.to_le_bytes());
    let edit = Edit::read(&View::from(bytes.as_slice())).unwrap();
    assert!(edit.is_encrypted(&View::from([].as_slice())));
    bytes[12] = 0;
    let edit = Edit::read(&View::from(bytes.as_slice())).unwrap();
    assert!(!edit.is_encrypted(&View::from([].as_slice())));
    assert!(Edit::read(&View::from(&bytes[..19])).is_none());
}
