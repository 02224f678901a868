//! Where links lead when more than one place is named.

use super::*;

fn relationships(targets: &[&str]) -> Opc {
    let mut opc = Opc::default();
    for target in targets {
        opc.relationships
            .push(external(0, "rId5", "oleobject", target));
    }
    opc
}

#[test]
fn relationships_with_one_id_are_all_told() {
    let body = document(
        r#"<w:object xmlns:o="urn:schemas-microsoft-com:office:office"><o:OLEObject Type="Link" ProgID="Excel.Sheet.12" r:id="rId5" UpdateMode="OnCall"/><o:OLEObject Type="Link" ProgID="htmlfile" r:id="rId5" UpdateMode="Always"/><o:OLEObject Type="Link" ProgID="htmlfile" r:id="rId5" UpdateMode="Always"/></w:object>"#,
    );
    let scan = scan_with(
        &[given("word/document.xml", &body)],
        &relationships(&["file:///c:\\a.xlsx", "mhtml:http://x/y"]),
        &Limits::default(),
    );
    let told: Vec<_> = scan
        .links
        .iter()
        .map(|link| {
            (
                link.prog_id.as_deref(),
                link.target.as_deref(),
                link.trigger,
            )
        })
        .collect();
    let (sheet, html) = (Some("Excel.Sheet.12"), Some("htmlfile"));
    let (local, remote) = (Some("file:///c:\\a.xlsx"), Some("mhtml:http://x/y"));
    assert_eq!(
        told,
        [
            (sheet, local, Trigger::Update),
            (sheet, remote, Trigger::Update),
            (html, local, Trigger::Open),
            (html, remote, Trigger::Open),
        ]
    );
    assert_eq!(scan.claimed, BTreeSet::from([0, 1]));
}

#[test]
fn fields_that_name_a_second_place() {
    for (instruction, target) in [
        (
            r#"INCLUDETEXT "c:\\a.xml" \t "http://x/a.xsl""#,
            "http://x/a.xsl",
        ),
        (
            r#"DATABASE \d "c:\\l.mdb" \c "Provider=MSDASQL;DBQ=\\\\h\\a.mdb;PWD=x" \s "SELECT *""#,
            r"\\h\a.mdb",
        ),
        (r#"DATABASE \s "SELECT * FROM [http://x/a]""#, "http://x/a"),
        (r#"DATABASE \d "c:\\l.mdb" \s "SELECT *""#, r"c:\l.mdb"),
    ] {
        let link = one(&format!("{B}{}{E}", i(instruction)));
        assert_eq!(link.target.as_deref(), Some(target), "{instruction}");
    }
}

#[test]
fn a_mail_merge_names_every_place() {
    let merged = |inside: &str, source: &str| {
        let text = settings(&format!(
            r#"<w:mailMerge><w:dataType w:val="native"/>{inside}</w:mailMerge>"#
        ));
        let scan = scan_with(
            &[given("word/settings.xml", &text)],
            &relationships(&[source]),
            &Limits::default(),
        );
        let targets = scan.links.into_iter().filter_map(|link| link.target);
        targets.collect::<Vec<_>>()
    };
    let source = r#"<w:dataSource r:id="rId5"/>"#;
    let connect = r#"<w:connectString w:val="Provider=X;Data Source=\\h\s\l.mdb;Y=1"/>"#;
    assert_eq!(
        merged(&format!("{connect}{source}"), r"file:///C:\l.xlsx"),
        [r"C:\l.xlsx", r"\\h\s\l.mdb"]
    );
    let udl = r#"<w:odso><w:udl w:val="DBQ=\\h\x.mdb"/></w:odso>"#;
    assert_eq!(
        merged(&format!("{source}{udl}"), r"file:///C:\l.xlsx"),
        [r"C:\l.xlsx", r"\\h\x.mdb"]
    );
    let query = r#"<w:query w:val="SELECT * FROM \\h\x"/>"#;
    assert_eq!(merged(query, "unused"), [r"\\h\x"]);
    let query = r#"<w:query w:val="SELECT * FROM `a$`"/>"#;
    assert_eq!(merged(query, "unused"), ["SELECT * FROM `a$`"]);
    assert_eq!(
        merged(&format!("{query}{source}"), r"file:///C:\l.xlsx"),
        [r"C:\l.xlsx"]
    );
}

#[test]
fn a_hyperlink_that_is_cut_may_lead_anywhere() {
    let text = document(&format!(
        "{B}{}{E}",
        i(&format!(
            r#"HYPERLINK \l "x" {}"ms-msdt:/id""#,
            " ".repeat(66_000)
        ))
    ));
    let scan = scan(&[("word/document.xml", &text)]);
    assert_eq!(scan.gaps.len(), 1);
    assert!(scan.gaps[0].detail.contains("instruction-bytes"));
}

#[test]
fn white_space_that_may_separate() {
    for space in [
        '\u{85}', '\u{a0}', '\u{1680}', '\u{202f}', '\u{2028}', '\u{205f}', '\u{3000}',
        // Invisible, and perhaps white space.
        '\u{180e}', '\u{200e}', '\u{2060}',
    ] {
        let link = one(&format!(
            "{B}{}{E}",
            i(&format!("{space}DDEAUTO{space}{CMD}"))
        ));
        let std = (
            Some(r"c:\windows\system32\cmd.exe"),
            Some("/k calc.exe"),
            None,
        );
        assert!(triples(&link).contains(&std), "{space:?} {link:#?}");
    }
    for filler in ['\u{ad}', '\u{200b}', '\u{180e}', '\u{200e}', '\u{2060}'] {
        let link = one(&format!("{B}{}{E}", i(&format!("DDE{filler}AUTO {CMD}"))));
        assert_eq!(triples(&link)[0].0, Some(r"c:\windows\system32\cmd.exe"));
        assert_eq!(link.kind, Kind::DdeAuto);
    }
}
