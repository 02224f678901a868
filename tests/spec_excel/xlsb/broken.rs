//! What breaks off, and storms.

use super::*;

#[test]
fn formulas_that_break_off_are_said() {
    for rgce in [&[0x59, 0][..], &[0x05], &[0xff, 0xff], &[0x17, 0xff, 0xff]] {
        let report = analyze(
            &Workbook::new()
                .cells(&join(&[&row(0), &formula_cell(0, rgce)]))
                .build(),
        );
        assert!(report.findings().is_empty());
        assert_eq!(report.complete(), rgce == [0x05], "{rgce:x?}");
    }
}

#[test]
fn storms_are_linear_and_bounded() {
    let link = |records: Vec<u8>| {
        let part = join(&[&link_part(1, "cmd", "/c calc", &[("x", 2)]), &records]);
        Workbook::new().link(part, "").build()
    };
    let item = record(577, &wide("a"));
    let numbers = record(362, &join(&[&u32s(&[u32::MAX]), &[0; 24]]));
    let deep = record(35, b"");
    let named = record(39, &join(&[&[0; 9], &wide("a"), &formula(&[0x1d, 0])]));
    let cell = formula_cell(0, &name_x(0, 1));
    let cases = [
        link(record(1, b"").repeat(1_000_000)),
        link(item.repeat(1_000_000)),
        link(deep.repeat(1_000_000)),
        link(b"\xff\xff\xff\xff\xff\x7f".repeat(10)),
        written().names(&numbers.repeat(100_000)).build(),
        written().names(&named.repeat(200_000)).build(),
        written()
            .names(&record(355, &wide("rId10")).repeat(200_000))
            .build(),
        written().cells(&cell.repeat(200_000)).build(),
        written()
            .after(&record(1053, &u32s(&[6, u32::MAX, u32::MAX])).repeat(100_000))
            .build(),
    ];
    for (at, bytes) in cases.iter().enumerate() {
        let started = Instant::now();
        let report = analyze(bytes);
        assert_eq!(report.verdict(), Verdict::Malicious, "{at}");
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{at}: {:?}",
            started.elapsed()
        );
    }
}

/// A type with more than two bytes is none of the format (§2.1): that is said. Programs that read
/// types as they read sizes see another part, and that is read, too.
#[test]
fn types_of_records_with_more_than_two_bytes() {
    let link = link_part(1, "cmd", "/c calc.exe", &[("A1", 0x7502)]);
    assert_eq!(&link[..2], [0xe8, 0x02]);
    let long = join(&[&[0xe8, 0x82, 0], &link[2..]]);
    let cells = join(&[&row(3), &formula_cell(1, &name_x(0, 1))]);
    let report = analyze(&Workbook::new().link(long, "").cells(&cells).build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(dde(&report)[0].used_by, ["Sheet1!B4"]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.complete());
}
