//! Broken streams, storms, and what is paid.

use super::*;

#[test]
fn what_stands_before_the_trouble_is_kept() {
    // "cmd", then an unknown token; "cmd", then a string that is cut off.
    let unknown = rendered(Dialect::Biff8, &bytes("17 03 00 63 6d 64 30 00 17 01"), &[]);
    assert_eq!(unknown.text, "\"cmd\"");
    assert_eq!(unknown.trouble, Some(Trouble::UnknownToken));
    assert!(!unknown.complete());
    let cut = rendered(
        Dialect::Biff8,
        &bytes("17 03 00 63 6d 64 17 09 00 63 61"),
        &[],
    );
    assert_eq!(cut.text, "\"cmd\",\"ca\"");
    assert_eq!(cut.trouble, Some(Trouble::CutOff));
    // EXEC without an argument, then one left over.
    let found = rendered(Dialect::Biff8, &bytes("42 01 6e 00 17 01 00 78 03 03"), &[]);
    assert_eq!(found.text, "+(EXEC()+\"x\")");
    assert_eq!(found.trouble, Some(Trouble::Unbalanced));
    assert!(found.complete());
    let found = rendered(Dialect::Biff8, &bytes("1e 01 00 41 ff 7f"), &[]);
    assert_eq!(found.text, "FUNCTION32767(1)");
    assert_eq!(found.trouble, Some(Trouble::UnknownFunction));
    assert_eq!(rendered(Dialect::Biff8, &[], &[]).trouble, None);
}

/// Cutting a stream anywhere loses nothing that stands before the cut.
#[test]
fn streams_may_end_anywhere() {
    let stream = bytes(
        "39 00 00 01 00 00 00 17 03 00 63 6d 64 19 04 01 00 00 00 00 00 60 00 00 00 00 00 00 00 \
         3b 01 00 00 00 01 00 00 c0 01 40 23 02 00 00 00 42 02 ff 00 18 0b 00 00 00 00 1f 00 00 \
         00 00 00 00 f0 3f 41 6f 00",
    );
    for dialect in ALL {
        for end in 0..stream.len() {
            let found = rendered(dialect, &stream[..end], &stream[end..]);
            if dialect >= Dialect::Biff8 && end >= 7 {
                assert!(found.text.starts_with("[1]!A1"), "{end}: {}", found.text);
            }
        }
    }
}

/// Streams as long as they may be, of one token each: all come back at once.
#[test]
fn storms() {
    let unit: &[(&str, &str)] = &[
        ("unary minus", "13"),
        ("plus", "03"),
        ("parentheses", "15"),
        ("percent", "14"),
        ("missing", "16"),
        ("strings", "17 01 00 22"),
        ("calls of nothing", "42 ff 04 00"),
        ("user calls of nothing", "42 ff ff 00"),
        ("commands", "42 ff 11 80"),
        ("names", "23 01 00 00 00"),
        ("links", "39 00 00 01 00 00 00"),
        ("sheets", "3a 00 00 00 00 00 00"),
        ("sums", "19 10 00 00"),
        ("numbers", "1f 11 11 11 11 11 11 11 11"),
        ("arrays", "60 00 00 00 00 00 00 00"),
        ("lists", "26 00 00 00 00 00 00"),
        ("one and call", "1e 01 00 42 02 04 00"),
        ("one and minus", "1e 01 00 04"),
    ];
    for (name, unit) in unit {
        let stream = bytes(unit).repeat(0xffff / bytes(unit).len());
        let extra = vec![0x01; EXTRA];
        for dialect in ALL {
            let found = rendered(dialect, &stream, &extra);
            assert!(found.text.len() < 4 << 20, "{name}");
            let mut behind = bytes("1e 07 00");
            behind.extend(&stream);
            let found = rendered(dialect, &behind, &[]);
            assert!(found.text.len() < 2 << 20, "{name}");
        }
    }
}

#[test]
fn long_names_are_paid_or_left_out() {
    let stream = bytes("23 01 00 00 00").repeat(13_000);
    let mut names = LongNames("x".repeat(1 << 20));
    let found = rendered_by(&mut names, Dialect::Biff8, &stream, &[]);
    assert_eq!(found.trouble, Some(Trouble::TooLong));
    assert!(found.text.len() <= stream.len() * AMPLIFIED + SLACK + 2 * 13_000);

    let limits = Limits {
        decoded_bytes: 1_000,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let stream = Stream {
        rgce: &stream[..50],
        extra: &[],
        dialect: Dialect::Biff8,
        encoding: encoding_rs::WINDOWS_1252,
    };
    // Ten names of 255 letters, of which 200 bytes are free.
    assert!(render(&stream, &mut names, &budget).is_err());
    assert!(render(&stream, &mut Workbook, &budget).is_ok());
    let limits = Limits {
        live_bytes: 1_000,
        ..Limits::default()
    };
    let found = render(&stream, &mut Workbook, &Budget::new(&limits, None)).unwrap();
    assert_eq!(found.trouble, Some(Trouble::TooLong));
}

#[test]
fn streams_longer_than_excel_allows_are_cut() {
    let mut stream = vec![0x1e, 0x01, 0x00];
    stream.resize(0x1_0000, 0x13);
    let found = rendered(Dialect::Biff12, &stream, &[]);
    assert_eq!(found.trouble, Some(Trouble::TooLong));
    assert_eq!(found.text.len(), 0xffff - 3 + 1);
}

/// Streams of pseudo-random bytes, which a small generator makes.
#[test]
fn any_bytes_are_a_stream() {
    let mut state = 0x2545_f491_u32;
    for round in 0..3_000_usize {
        let stream: Vec<u8> = (0..round % 97)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // Half of the bytes are tokens that exist.
                (state >> 8) as u8 & if state & 1 == 0 { 0x7f } else { 0x1f }
            })
            .collect();
        let (rgce, extra) = stream.split_at(stream.len() * 3 / 4);
        for dialect in ALL {
            let found = rendered(dialect, rgce, extra);
            assert_eq!(found.text.matches('"').count() % 2, 0, "{}", found.text);
        }
    }
}
