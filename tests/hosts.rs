//! Visio, Publisher, Project and Access: `spec/excel.md` §8.2.

mod support;

use std::io::Write as _;

use ddetect::{Carrier, Confidence, Format, GapKind, Kind, Report, Trigger, Verdict};
use support::package::Package;
use support::{analyze, techniques, triples};

const VISIO: &str = "xmlns=\"http://schemas.microsoft.com/office/visio/2012/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// A drawing of one page with these cells.
fn vsdx(cells: &str) -> Package {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let visio = "http://schemas.microsoft.com/visio/2010/relationships";
    Package::empty()
        .part(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/visio/document.xml\" \
             ContentType=\"application/vnd.ms-visio.drawing.main+xml\"/></Types>",
        )
        .part(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"rId1\" Type=\"{visio}/document\" Target=\"visio/document.xml\"/>\
                 </Relationships>"
            ),
        )
        .part("visio/document.xml", format!("<VisioDocument {VISIO}/>"))
        .part(
            "visio/_rels/document.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"rId1\" Type=\"{visio}/page\" Target=\"pages/page1.xml\"/>\
                 </Relationships>"
            ),
        )
        .part(
            "visio/pages/page1.xml",
            format!("<PageContents {VISIO}><Shapes><Shape ID='1'>{cells}</Shape></Shapes></PageContents>"),
        )
        .part(
            "visio/pages/_rels/page1.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"rId1\" Type=\"{office}/hyperlink\" TargetMode=\"External\" \
                 Target=\"http://x/rel\"/></Relationships>"
            ),
        )
}

fn places(report: &Report) -> Vec<(Kind, Carrier, Trigger, &str)> {
    let all = report.findings().iter();
    all.map(|f| {
        let target = f.target.as_deref().unwrap_or_default();
        (f.kind, f.carrier, f.trigger, target)
    })
    .filter(|place| place.3 != "http://x/rel")
    .collect()
}

#[test]
fn cells_of_a_drawing() {
    for (cell, wanted) in [
        (
            "<Cell N='EventDblClick' V='0' F='RUNADDON(\"C:\\a\\evil.exe\")'/>",
            (
                Kind::Execute,
                Carrier::Action,
                Trigger::Click,
                "C:\\a\\evil.exe",
            ),
        ),
        (
            "<Cell N='EventXFMod' F='RUNADDONWARGS(\"cmd\",\"/c calc\")'/>",
            (
                Kind::Execute,
                Carrier::Action,
                Trigger::Update,
                "cmd /c calc",
            ),
        ),
        (
            "<Section N='Actions'><Row N='r'><Cell N='Action' F='RUNMACRO(\"M.Main\",\"P\")'/></Row></Section>",
            (
                Kind::ExternalLink,
                Carrier::MacroButton,
                Trigger::Click,
                "M.Main",
            ),
        ),
        (
            "<Cell N='EventDrop' F='CALLTHIS(\"M.Main\")'/>",
            (
                Kind::ExternalLink,
                Carrier::MacroButton,
                Trigger::Update,
                "M.Main",
            ),
        ),
        (
            "<Cell N='EventDblClick' F='OPENFILE(\"\\\\h\\s\\a.vsdx\")'/>",
            (
                Kind::ExternalLink,
                Carrier::Action,
                Trigger::Click,
                "\\\\h\\s\\a.vsdx",
            ),
        ),
        (
            "<Cell N='EventDblClick' F='HYPERLINK(\"file:///C:/\"&amp;\"a.exe\")'/>",
            (
                Kind::ExternalLink,
                Carrier::Hyperlink,
                Trigger::Click,
                "file:///C:/a.exe",
            ),
        ),
        (
            "<Section N='Hyperlink'><Row N='r'><Cell N='Address' V='http://x/a'/></Row></Section>",
            (
                Kind::ExternalLink,
                Carrier::Hyperlink,
                Trigger::Click,
                "http://x/a",
            ),
        ),
        (
            "<DataConnection ID='1' FileName='' ConnectionString='Provider=a;Data Source=\\\\h\\s' Command='t'/>",
            (
                Kind::ExternalLink,
                Carrier::Connection,
                Trigger::Update,
                "Provider=a;Data Source=\\\\h\\s",
            ),
        ),
    ] {
        let report = analyze(&vsdx(cell).build());
        assert_eq!(places(&report), [wanted], "{cell}");
        assert_eq!(report.document().format, Format::Visio);
        assert!(report.complete(), "{:?}", report.gaps());
        // What relationships lead to is told, too.
        assert!(
            report
                .findings()
                .iter()
                .any(|f| f.target.as_deref() == Some("http://x/rel"))
        );
        let starts = wanted.0 == Kind::Execute || wanted.3.ends_with(".exe");
        assert_eq!(
            report.verdict() >= Verdict::Suspicious,
            starts,
            "{report:#?}"
        );
    }
}

#[test]
fn an_ordinary_drawing_is_clean() {
    let cells = "<Cell N='PinX' V='1' F='GUARD(Sheet.5!PinX*2)'/><Cell N='Width' F='IF(A>1,2,3)'/>\
        <Cell N='EventDblClick' F='OPENTEXTWIN()'/><Cell N='EventDblClick' F='RUNADDON(\"Organization Chart\")'/>\
        <Section N='Hyperlink'><Row><Cell N='Address' V=''/><Cell N='SubAddress' V='Page-2'/></Row></Section>";
    let report = analyze(&vsdx(cells).build());
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.complete());
    assert!(report.findings().iter().all(|f| f.score < 50));
}

#[test]
fn a_drawing_in_one_file() {
    let text = "<VisioDocument xmlns='http://schemas.microsoft.com/visio/2003/core'><Pages><Page><Shapes>\
        <Shape><Event><EventDblClick F='RUNADDON(\"calc.exe\")'>0</EventDblClick></Event>\
        <Hyperlink><Address>http://x/a</Address></Hyperlink>\
        <ForeignData ForeignType='Object'>e1xydGYxfQ==</ForeignData></Shape></Shapes></Page></Pages></VisioDocument>";
    let report = analyze(text.as_bytes());
    assert_eq!(report.document().format, Format::Visio);
    assert_eq!(
        places(&report),
        [
            (Kind::Execute, Carrier::Action, Trigger::Click, "calc.exe"),
            (
                Kind::ExternalLink,
                Carrier::Hyperlink,
                Trigger::Click,
                "http://x/a"
            ),
        ]
    );
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn many_links_of_a_drawing_cost_what_they_are() {
    let mut cells = String::new();
    for at in 0..20_000 {
        cells.push_str(&format!(
            "<Section N='Hyperlink'><Row><Cell N='Address' V='http://x/{at}'/></Row></Section>\
             <Cell N='Action' F='RUNMACRO(\"M{}\")'/>",
            at % 3
        ));
    }
    cells.push_str("<Cell N='Action' F='RUNADDON(\"cmd.exe\")'/>");
    let report = analyze(&vsdx(&cells).build());
    assert!(report.complete(), "{:?}", report.gaps());
    assert!(report.verdict() >= Verdict::Suspicious);
    let counted = report
        .findings()
        .iter()
        .any(|f| f.raw == "19000 more hyperlinks to the web");
    assert!(counted || !report.omitted().is_empty());
}

/// A compound file of these streams.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(folder).unwrap();
        }
        let mut stream = file.create_stream(path).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn strings_of_plans_publications_and_drawings() {
    let link = wide("x\u{1}cmd|'/c calc'!A0\u{1}");
    let command = wide("\u{1}powershell -nop -w hidden\u{1}");
    for (marks, complete) in [
        (vec![("Props14", b"x".as_slice())], true),
        (vec![("Quill/QuillSub/CONTENTS", b"x".as_slice())], true),
        (vec![("VisioDocument", b"x".as_slice())], false),
    ] {
        // `-nop` and `-w` are short for `-NoProfile` and `-WindowStyle`.
        let short = ["raw-scan", "short-parameter"].as_slice();
        for (text, kind, expected) in [
            (&link, Kind::Dde, &short[..1]),
            (&command, Kind::Execute, short),
        ] {
            let mut streams = marks.clone();
            streams.push(("   114/TBkndTask/Var2Data", text));
            let report = analyze(&compound(&streams));
            let finding = &report.findings()[0];
            assert_eq!(
                (report.findings().len(), finding.kind),
                (1, kind),
                "{marks:?}"
            );
            assert_eq!(techniques(finding), expected);
            assert_eq!(finding.confidence, Confidence::Low);
            // Never more than that: it may be anything.
            assert_eq!(report.verdict(), Verdict::Suspicious, "{report:#?}");
            assert_eq!(report.complete(), complete, "{:?}", report.gaps());
            assert_eq!(report.document().format, Format::OleOther);
        }
        let mut streams = marks.clone();
        let prose = wide("Buy a|b! Ask BLP|M!X; run cmd / powershell, see https://x.invalid/");
        streams.push(("   114/TBkndTask/Var2Data", &prose));
        let report = analyze(&compound(&streams));
        assert!(report.findings().is_empty(), "{report:#?}");
        let wanted = if complete {
            Verdict::Clean
        } else {
            Verdict::Incomplete
        };
        assert_eq!(report.verdict(), wanted);
    }
}

/// Objects of a publication are documents of their own.
#[test]
fn objects_beside_strings_are_read() {
    let inner = b"{\\rtf1{\\field{\\*\\fldinst DDEAUTO cmd \"/c calc\"}{\\fldrslt x}}}";
    let report = analyze(&compound(&[
        ("Quill/QuillSub/CONTENTS", b"x"),
        ("Objects/Object 1/Package", inner),
    ]));
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
}

#[test]
fn databases_are_searched_and_said() {
    for engine in ["Standard Jet DB", "Standard ACE DB"] {
        let database = |text: &[u8]| {
            let head = [b"\0\x01\0\0".as_slice(), engine.as_bytes(), &[0; 64]].concat();
            analyze(&[&head, text].concat())
        };
        let report = database(&wide("=DDE(\"cmd\",\"/c calc\",\"x\")"));
        assert_eq!(report.document().format, Format::Access);
        assert_eq!(
            triples(&report),
            [("cmd".to_owned(), "/c calc".to_owned(), "x".to_owned())]
        );
        assert_eq!(report.verdict(), Verdict::Suspicious);
        assert_eq!(
            report.gaps()[0].detail,
            "Access database: searched for DDE, commands and connections only; it names DDE"
        );
        let report = database(b"Orders\0Customers\0");
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(report.gaps()[0].kind, GapKind::Unsupported);
        assert!(report.findings().is_empty());
        let report = database(b"DATABASE=\\\\h\\s\\a.mdb\0\0;DATABASE=C:\\a.mdb\0");
        assert_eq!(report.findings().len(), 1);
        assert_eq!(report.findings()[0].carrier, Carrier::Connection);
    }
}

/// `spec/excel.md` §6.4.
#[test]
fn worksheets_of_lotus_are_searched_and_said() {
    let sheet =
        |text: &[u8]| analyze(&[b"\x00\x00\x02\x00\x06\x04\x06\x00".as_slice(), text].concat());
    let report = sheet(b"\x01cmd|'/c calc'!A0\0");
    assert_eq!(report.document().format, Format::Lotus);
    assert_eq!(
        triples(&report),
        [("cmd".to_owned(), "/c calc".to_owned(), "A0".to_owned())]
    );
    assert_eq!(report.verdict(), Verdict::Suspicious);
    let report = sheet(b"Total\0");
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert_eq!(report.gaps()[0].kind, GapKind::Unsupported);
}

/// Alone, a shortcut is opened by Windows and by no program of Office.
#[test]
fn a_shortcut_alone_is_no_document() {
    let report = analyze(b"[InternetShortcut]\r\nURL=file://h/s/a.exe\r\n");
    assert_eq!(report.verdict(), Verdict::Clean);
    assert_eq!(report.document().format, Format::Other);
    let report = analyze(b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
    assert_eq!(report.verdict(), Verdict::Clean);
    assert_eq!(report.document().format, Format::Other);
}
