//! Connections, queries and pivot tables: what leads outside without a formula.

use super::*;

/// §2.5, with the layout of LibreOffice's importer.
#[test]
fn connections_lead_outside() {
    let begin = |flags: u16| {
        record(
            201,
            &join(&[
                &[1, 1, 0, 0, 0, 0],
                &flags.to_le_bytes(),
                &[8, 0],
                &u32s(&[5, 1, 7]),
                &[0],
                &wide("my query"),
            ]),
        )
    };
    let end = record(202, b"");
    let database = record(
        203,
        &join(&[
            &[0, 2, 0, 0, 0],
            &wide("Provider=X;Data Source=\\\\host\\db"),
            &wide("select 1"),
        ]),
    );
    let web = record(261, &join(&[&[1, 0, 0], &wide("http://example.invalid/q")]));
    for (flags, more, trigger) in [
        (0, &b""[..], Trigger::Update),
        (0x20, b"", Trigger::Open),
        (0, b"table", Trigger::Open),
    ] {
        let part = join(&[
            &record(429, &u32s(&[2])),
            &begin(flags),
            &database,
            &end,
            &begin(flags),
            &web,
            &end,
            &record(430, b""),
        ]);
        let mut workbook = Workbook::new().part("xl/connections.bin", part);
        if !more.is_empty() {
            let table = record(
                447,
                &join(&[&u32s(&[0x20]), &[0, 0], &u32s(&[7]), &wide("q")]),
            );
            workbook = workbook.part("xl/queryTables/queryTable1.bin", table);
        }
        let report = analyze(&workbook.build());
        whole(&report);
        let seen: Vec<_> = report
            .findings()
            .iter()
            .map(|f| (f.carrier, f.trigger, f.target.as_deref().unwrap()))
            .collect();
        assert_eq!(
            seen,
            [
                (Carrier::Connection, trigger, "\\\\host\\db"),
                (Carrier::WebQuery, trigger, "http://example.invalid/q"),
            ]
        );
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0))
        });
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            out.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

/// §1.6: the Power Query package is XML in a binary workbook, too, and Excel writes it in UTF-16.
#[test]
fn power_query_in_a_binary_workbook() {
    let section = "section Section1;\r\nshared Q = let u = \"http://example.invalid/\", \
                   Source = Excel.Workbook(Web.Contents(u & \"a.xlsx\")) in Source;";
    let zip = support::package::zip(&[("Formulas/Section1.m", section.as_bytes())]);
    let package = join(&[&u32s(&[0, zip.len() as u32]), &zip, &u32s(&[0, 0])]);
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><DataMashup \
         xmlns=\"http://schemas.microsoft.com/DataMashup\">{}</DataMashup>",
        base64(&package)
    );
    let item: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let connection = join(&[
        &record(
            201,
            &join(&[
                &[1, 1, 0, 0, 0, 0, 0x20, 0, 8, 0],
                &u32s(&[5, 1, 1]),
                &[0],
                &wide("Query - Q"),
            ]),
        ),
        &record(
            203,
            &wide("Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Q"),
        ),
        &record(202, b""),
    ]);
    let workbook = Workbook::new().part("customXml/item1.xml", item);
    for (workbook, trigger) in [
        (workbook.clone(), Trigger::Update),
        (
            workbook.part(
                "xl/connections.bin",
                join(&[&record(429, &u32s(&[1])), &connection]),
            ),
            Trigger::Open,
        ),
    ] {
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
        let found = &report.findings()[0];
        assert_eq!((found.carrier, found.trigger), (Carrier::WebQuery, trigger));
        assert_eq!(
            found.target.as_deref(),
            Some("http://example.invalid/a.xlsx")
        );
        let last = found.location.path().last();
        assert_eq!(last, Some("Formulas/Section1.m"));
    }
}

/// [MS-XLSB] 2.4.299, 2.4.297: servers that the workbook remembers; those of cubes are none.
#[test]
fn servers_of_real_time_data() {
    for (kind, servers) in [(0, 1), (1, 0)] {
        let part = join(&[
            &record(514, b""),
            &record(516, &u32s(&[kind])),
            &record(518, &wide("my.server")),
            &record(522, &wide("ordinary")),
            &record(519, b""),
            &record(517, b""),
            &record(515, b""),
        ]);
        let mut workbook = Workbook::new().part("xl/volatileDependencies.bin", part);
        let relation = ("rId5", "volatileDependencies", "volatileDependencies.bin");
        workbook.more_rels.push(relation);
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), servers, "{:#?}", report.findings());
        for finding in report.findings() {
            assert_eq!(finding.target.as_deref(), Some("my.server"));
            assert_eq!(finding.carrier, Carrier::Function);
        }
    }
}

/// [MS-XLSB] 2.4.168, fRefreshOnLoad, and 2.4.167: a cache of another workbook.
#[test]
fn pivot_caches_that_refresh_at_opening() {
    for (flags, trigger) in [(0x04, Trigger::Open), (0, Trigger::Update)] {
        let part = join(&[
            &record(179, &[3, 3, 3, flags, 0, 0, 0, 0]),
            &record(185, &u32s(&[0, 0])),
            &record(
                187,
                &join(&[&[0, 0, 3], &wide("S"), &wide("rId1"), &[0; 16]]),
            ),
        ]);
        let target = "http://a.invalid/b.xlsx";
        let rels = rels(&[("rId1", "externalLinkPath", target, true)]);
        let name = "xl/pivotCache/pivotCacheDefinition1.bin";
        let mut workbook = Workbook::new().part(name, part).part(
            "xl/pivotCache/_rels/pivotCacheDefinition1.bin.rels",
            rels.into_bytes(),
        );
        workbook.more_rels.push((
            "rId5",
            "pivotCacheDefinition",
            "pivotCache/pivotCacheDefinition1.bin",
        ));
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
        let finding = &report.findings()[0];
        assert_eq!(finding.target.as_deref(), Some(target));
        assert_eq!(finding.carrier, Carrier::ExternalWorkbook);
        assert_eq!(finding.trigger, trigger);
    }
}

/// [MS-XLSB] 2.4.124: the formula of a calculated item.
#[test]
fn calculated_items_of_pivot_caches() {
    // RTD, 379 in the table of functions, of three arguments.
    let call = join(&[
        &string_token("my.server"),
        &[0x16],
        &string_token("x"),
        &[0x42, 3],
        &379_u16.to_le_bytes(),
    ]);
    let part = join(&[
        &record(179, &[3, 3, 3, 0, 0, 0, 0, 0]),
        &record(243, &u32s(&[1])),
        &record(245, &join(&[&u32s(&[u32::MAX]), &formula(&call)])),
    ]);
    let report = analyze(&Workbook::new().part("xl/cache.bin", part).build());
    whole(&report);
    assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
    assert_eq!(report.findings()[0].target.as_deref(), Some("my.server"));
}
