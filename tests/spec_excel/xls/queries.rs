//! Queries, flags and properties of the workbook.

use super::*;
use crate::support::ciphers;

#[test]
fn queries_lead_outside() {
    let piece = |text: &str| {
        let mut body = (text.len() as u16).to_le_bytes().to_vec();
        body.push(0);
        body.extend(text.bytes());
        record(0x00cd, &body)
    };
    // A web query whose address is cut in two; the table is filled at opening.
    let sheet = [
        record(0x01ad, b"\x20\0\0\0"),
        record(0x00dc, b"\x04\0\0\0\0\0\0\0\0\0\x02\0"),
        piece("URL;http://a.inva"),
        piece("lid/x.htm"),
    ]
    .concat();
    let report = analyze(&workbook(&[], &sheet));
    let found = &report.findings()[0];
    assert_eq!(found.carrier, Carrier::WebQuery);
    assert_eq!(found.target.as_deref(), Some("http://a.invalid/x.htm"));
    assert_eq!(found.trigger, Trigger::Open);
    // A query of a database.
    let sheet = [
        record(0x00dc, b"\x01\0\0\0\x01\0\0\0\0\0\x01\0"),
        piece("EXEC xp_cmdshell 'calc'"),
        piece("ODBC;DRIVER=SQL Server;SERVER=db.example"),
    ]
    .concat();
    let report = analyze(&workbook(&[], &sheet));
    let found = &report.findings()[0];
    assert_eq!(found.carrier, Carrier::Connection);
    assert_eq!(found.target.as_deref(), Some("db.example"));
    assert!(found.raw.contains("xp_cmdshell"));
    assert!(report.verdict() >= Verdict::Suspicious);
    // A range of another workbook that is consolidated.
    let mut range = vec![0; 6];
    let path = "\u{1}\u{1}@host\u{3}share\u{3}[a.xls]S";
    range.extend([path.len() as u8, 0, 0]);
    range.extend(path.bytes());
    let report = analyze(&workbook(&[], &record(0x51, &range)));
    assert_eq!(targets(&report), [r"\\host\share\a.xls"]);
    // Before BIFF8 the length has one byte.
    let mut range = vec![0; 6];
    range.push(path.len() as u8);
    range.extend(path.bytes());
    let stream = [biff5::bof(SHEET), record(0x51, &range), eof()].concat();
    assert_eq!(
        targets(&analyze(&stream)),
        [r"\\host\share\a.xls"],
        "{:#?}",
        analyze(&stream).findings()
    );
}

/// [MS-XLS] 2.4.81, wRefreshInterval.
#[test]
fn queries_that_refresh_every_so_many_minutes_act_at_opening() {
    for (minutes, trigger) in [(5, Trigger::Open), (0, Trigger::Update)] {
        let mut extension = vec![0; 28];
        extension[0] = 3;
        extension[1] = 8;
        extension[22] = minutes;
        let mut piece = vec![22, 0, 0];
        piece.extend(b"URL;http://a.invalid/x");
        let sheet = [
            record(0x00dc, b"\x04\0\0\0\0\0\0\0\0\0\x01\0"),
            record(0x00cd, &piece),
            record(0x0803, &extension),
        ]
        .concat();
        let report = analyze(&workbook(&[], &sheet));
        let found = &report.findings()[0];
        assert_eq!(found.target.as_deref(), Some("http://a.invalid/x"));
        assert_eq!(found.trigger, trigger);
    }
}

/// [MS-XLS] 2.4.22, grUpdateLinks, and 2.4.125, fNoDeps.
#[test]
fn flags_of_the_workbook() {
    let link = [
        supbook("srv\u{3}data"),
        extern_name(0, "x"),
        extern_sheet(&[0]),
    ]
    .concat();
    let read = |flags: &[u8]| {
        let globals = [flags, &link].concat();
        analyze(&workbook(&globals, &formula(0, 0, &name_x(0, 1))))
    };
    let report = read(&[]);
    assert_eq!(only(&report).trigger, Trigger::Update);
    assert!(!techniques(only(&report)).contains(&"recalculate-on-load"));
    // Bits 5 and 6: 0 asks, 1 never updates, 2 updates silently.
    for (grbit, trigger) in [
        (0x00, Trigger::Update),
        (0x20, Trigger::Update),
        (0x40, Trigger::Open),
    ] {
        let report = read(&record(0xda, &[grbit, 0]));
        assert_eq!(only(&report).trigger, trigger, "{grbit:#x}");
    }
    for (value, expected) in [(1, true), (0, false)] {
        let mut full = vec![0xa3, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        full.extend([value, 0, 0, 0]);
        let report = read(&record(0x08a3, &full));
        let found = techniques(only(&report)).contains(&"recalculate-on-load");
        assert_eq!(found, expected);
    }
}

/// [MS-OLEPS] 2.25.1: PIDSI_AUTHOR and PIDSI_APPNAME.
#[test]
fn properties_are_told() {
    let summary = crate::support::word::doc::summary(&[(4, "A. Example"), (18, "Microsoft Excel")]);
    let book = workbook(&[], &[]);
    let file = compound(&[("Workbook", &book), ("\u{5}SummaryInformation", &summary)]);
    let report = analyze(&file);
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("A. Example"));
    assert_eq!(properties.application.as_deref(), Some("Microsoft Excel"));
    assert_silent(&report);
    // A set that is cut off says what is left of it, and hides nothing else.
    for end in 0..summary.len() {
        let file = compound(&[
            ("Workbook", &book),
            ("\u{5}SummaryInformation", &summary[..end]),
        ]);
        assert_silent(&analyze(&file));
    }
}

/// [MS-XLS] SXDB, fRefreshOnLoad: the cache says it in its own stream, the workbook what it asks.
#[test]
fn pivot_tables_that_are_refreshed_at_opening() {
    let cache = |number: u8, flags: u8| {
        let mut body = vec![0; 4];
        body.extend([number, 0, flags, 0, 0xff, 0x1f, 0, 0, 0, 0, 1, 0, 0, 0]);
        [record(0x00c6, &body), eof()].concat()
    };
    let mut piece = vec![22, 0, 0];
    piece.extend(b"URL;http://a.invalid/x");
    let query = [
        record(0x00d5, b"\x02\0"),
        record(0x00e3, b"\x02\0"),
        record(0x00dc, b"\x04\0\0\0\0\0\0\0\0\0\x01\0"),
        record(0x00cd, &piece),
    ]
    .concat();
    let mut range = vec![0; 6];
    let path = "\u{1}\u{1}@host\u{3}share\u{3}[a.xls]S";
    range.extend([path.len() as u8, 0, 0]);
    range.extend(path.bytes());
    let range = [record(0x00d5, b"\x02\0"), record(0x0051, &range)].concat();
    for source in [query, range] {
        let book = workbook(&source, &[]);
        for (first, second, trigger) in [
            // fSaveData, fEnableRefresh; with fRefreshOnLoad beside them or not.
            (0x21, 0x25, Trigger::Open),
            (0x25, 0x21, Trigger::Update),
        ] {
            let file = compound(&[
                ("_SX_DB_CUR/0001", &cache(1, first)),
                ("_SX_DB_CUR/0002", &cache(2, second)),
                ("Workbook", &book),
            ]);
            let report = analyze(&file);
            assert_eq!(report.findings()[0].trigger, trigger, "{report:#?}");
            assert!(report.complete());
            // The caches of an encrypted workbook are encrypted with its key.
            for scheme in ciphers::SCHEMES {
                let under = |plain: &[u8]| ciphers::beside(plain, scheme, ciphers::DEFAULT);
                let file = compound(&[
                    ("_SX_DB_CUR/0001", &under(&cache(1, first))),
                    ("_SX_DB_CUR/0002", &under(&cache(2, second))),
                    (
                        "Workbook",
                        &ciphers::workbook(&book, scheme, ciphers::DEFAULT),
                    ),
                ]);
                let report = analyze(&file);
                assert_eq!(report.findings()[0].trigger, trigger, "{scheme:?}");
                assert!(report.complete(), "{scheme:?}: {report:#?}");
            }
        }
    }
}

/// What stands in the data of a pivot table is found with the key of the workbook.
#[test]
fn encrypted_data_of_a_pivot_table() {
    for scheme in ciphers::SCHEMES {
        let links = [record(0x00c6, &[0; 14]), WORKED.to_vec(), eof()].concat();
        let beside = ciphers::beside(&links, scheme, ciphers::DEFAULT);
        let book = ciphers::workbook(&workbook(&[], &[]), scheme, ciphers::DEFAULT);
        let file = compound(&[("_SX_DB_CUR/0001", &beside), ("Workbook", &book)]);
        let report = analyze(&file);
        let found = dde(&report);
        assert_eq!(found.len(), 1, "{scheme:?}: {report:#?}");
        assert_eq!(techniques(found[0]), ["decrypted-default-password"]);
    }
}
