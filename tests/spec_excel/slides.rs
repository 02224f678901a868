//! Presentations and OLE1: §8.4 #1 to #3.

use ddetect::{Carrier, Kind, Trigger, Verdict};

use super::support::analyze;
use super::support::package::{Package, R, content_types, rels};
use super::{image, is_malicious};

const P: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
const A: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// A presentation with one slide.
fn presentation(slide: &str, slide_rels: String) -> Vec<u8> {
    let names = format!("xmlns:p=\"{P}\" xmlns:a=\"{A}\" xmlns:r=\"{R}\"");
    Package::empty()
        .part(
            "[Content_Types].xml",
            content_types(&[
                (
                    "/ppt/presentation.xml",
                    &format!("{TYPE}.presentation.main+xml"),
                ),
                ("/ppt/slides/slide1.xml", &format!("{TYPE}.slide+xml")),
            ]),
        )
        .part(
            "_rels/.rels",
            rels(&[("rId1", "officeDocument", "ppt/presentation.xml", false)]),
        )
        .part(
            "ppt/presentation.xml",
            format!(
                "<p:presentation {names}><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/>\
                 </p:sldIdLst></p:presentation>"
            ),
        )
        .part(
            "ppt/_rels/presentation.xml.rels",
            rels(&[("rId1", "slide", "slides/slide1.xml", false)]),
        )
        .part(
            "ppt/slides/slide1.xml",
            format!("<p:sld {names}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"),
        )
        .part("ppt/slides/_rels/slide1.xml.rels", slide_rels)
        .build()
}

#[test]
fn case_1_a_program_under_the_mouse() {
    let run = "<p:sp><p:txBody><a:p><a:r><a:rPr><a:hlinkMouseOver r:id=\"rId2\" \
               action=\"ppaction://program\"/></a:rPr><a:t>x</a:t></a:r></a:p></p:txBody></p:sp>";
    let target = "powershell%20-NoP%20-c%20iex";
    let report = analyze(&presentation(
        run,
        rels(&[("rId2", "hyperlink", target, true)]),
    ));
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.kind == Kind::Execute)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(
        (found[0].carrier, found[0].trigger),
        (Carrier::Action, Trigger::Click)
    );
    assert_eq!(image(found[0]), Some("powershell.exe"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_2_a_linked_object() {
    let object = "<p:graphicFrame><a:graphic><a:graphicData><p:oleObj r:id=\"rId2\" \
                  progId=\"Word.Document.8\"><p:link updateAutomatic=\"1\"/></p:oleObj>\
                  </a:graphicData></a:graphic></p:graphicFrame>";
    let target = "http://x/a.doc";
    let report = analyze(&presentation(
        object,
        rels(&[("rId2", "oleObject", target, true)]),
    ));
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.carrier == Carrier::OleLink)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(found[0].target.as_deref(), Some(target));
}

/// The header of a linked OLE1 object, in RTF.
#[test]
fn case_3_an_ole1_link() {
    let text = |text: &str| {
        let length = u32::try_from(text.len() + 1).unwrap().to_le_bytes();
        [&length[..], text.as_bytes(), &[0]].concat()
    };
    let header = [
        0x0501_u32.to_le_bytes().to_vec(),
        1_u32.to_le_bytes().to_vec(),
        text("cmd"),
        text("/c calc"),
        text("x"),
        vec![0; 12],
    ]
    .concat();
    let hex: String = header.iter().map(|byte| format!("{byte:02x}")).collect();
    let rtf = format!(r"{{\rtf1{{\object\objautlink{{\*\objclass cmd}}{{\*\objdata {hex}}}}}}}");
    let report = analyze(rtf.as_bytes());
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.carrier == Carrier::Ole1Link)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(found[0].service.as_deref(), Some("cmd"));
    assert_eq!(found[0].topic.as_deref(), Some("/c calc"));
    assert_eq!(found[0].item.as_deref(), Some("x"));
    assert_eq!(report.verdict(), Verdict::Malicious);
    is_malicious(&report, ("cmd", "/c calc", "x"));
}
