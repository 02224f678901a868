//! The cases of `spec/word.md` §0.8 and §1.10, by their ids, with the exact values of its tables.

mod support;

use ddetect::{Carrier, Confidence, Finding, Kind, Report, Severity, Trigger, Verdict};
use support::docx::{
    W, W_STRICT, begin, document, docx, end, field, instruction, paragraph, run, separate, simple,
    text, trimmed,
};
use support::package::{Package, R, attribute, rels};
use support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use support::{analyze, dde, techniques};

/// The tables' "CMD".
const CMD: &str = r#"c:\\windows\\system32\\cmd.exe "/k calc.exe""#;

fn body(content: &str) -> Report {
    analyze(&docx(content).build())
}

/// A field with this instruction text, nested fields given as markup.
fn with_field(runs: &str) -> Report {
    body(&paragraph(&field(runs)))
}

/// The one DDE finding, which must be the tables' "std".
#[track_caller]
fn std_case(report: &Report) -> &Finding {
    let finding = only(report);
    assert_eq!(finding.kind, Kind::DdeAuto, "{finding:#?}");
    assert_eq!(finding.trigger, Trigger::Open);
    assert_eq!(
        finding.service.as_deref(),
        Some(STD_SERVICE),
        "{finding:#?}"
    );
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC), "{finding:#?}");
    assert_eq!(finding.item, None);
    let command = finding.command.as_ref().unwrap();
    assert_eq!(command.line, format!("{STD_SERVICE} {STD_TOPIC}"));
    assert_eq!(command.image.as_deref(), Some("cmd.exe"));
    assert_eq!(command.arguments.as_deref(), Some(STD_TOPIC));
    assert_eq!(finding.severity, Severity::Critical);
    assert!(finding.attack.contains(&"T1559.002"));
    assert_eq!(report.verdict(), Verdict::Malicious);
    finding
}

#[track_caller]
fn only(report: &Report) -> &Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
}

#[track_caller]
fn clean(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(dde(report).is_empty(), "{report:#?}");
}

/// A nested complex field with a cached result, as instruction text.
fn nested(text: &str) -> String {
    begin() + &instruction(text) + &separate() + &instruction("?") + &end()
}

#[test]
fn f1() {
    std_case(&with_field(&instruction(&format!(" {STD} "))));
}

#[test]
fn f2_a_fragment_without_a_program() {
    let report = with_field(&instruction("ddeauto ünicöde-test"));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some("ünicöde-test"));
    assert_eq!(finding.topic, None);
    assert_ne!(report.verdict(), Verdict::Malicious, "{finding:#?}");
}

#[test]
fn f3_a_blank_in_a_nested_result_does_not_split() {
    let runs = instruction("DDEAUTO ")
        + &nested("QUOTE 99 109 100")
        + &instruction(" ")
        + &nested("QUOTE 47 107 32 99 97 108 99");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.topic.as_deref(), Some("/k calc"));
    assert!(techniques(finding).contains(&"quote-codes"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn f4_hexadecimal_codes_and_the_shape_synonym() {
    let runs = instruction("DDEAUTO ")
        + &nested("QUOTE 0x63 0x6d 0x64")
        + &instruction(" ")
        + &nested("SHAPE 47 99");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.topic.as_deref(), Some("/c"));
    assert!(techniques(finding).contains(&"hex-codes"));
    assert!(techniques(finding).contains(&"shape-alias"));
}

#[test]
fn f5_inside_an_if() {
    let inner = begin() + &instruction(r#"DDEAUTO cmd "/c calc""#) + &end();
    let runs = instruction("IF 1 = 1 \"") + &inner + &instruction("\" \"no\"");
    let report = with_field(&runs);
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert!(techniques(finding).contains(&"nested-in-if"));
}

#[test]
fn f6_quoted_text_is_no_field() {
    clean(&with_field(&instruction(r#"QUOTE "DDEAUTO c:\\x""#)));
}

#[test]
fn f7_single_backslashes() {
    let report = with_field(&instruction(
        r#"DDEAUTO "c:\windows\system32\cmd.exe" "/k""#,
    ));
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert_eq!(finding.topic.as_deref(), Some("/k"));
    assert_eq!(
        finding.command.as_ref().unwrap().image.as_deref(),
        Some("cmd.exe")
    );
}

#[test]
fn f9_a_decoy_path_and_a_reassuring_prompt() {
    let decoy =
        r"C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe";
    let text = format!(r#"DDEAUTO "{decoy}" "/c calc.exe" "for security reasons""#);
    let report = with_field(&instruction(&text));
    let finding = only(&report);
    assert_eq!(
        finding.command.as_ref().unwrap().image.as_deref(),
        Some("cmd.exe")
    );
    assert_eq!(finding.topic.as_deref(), Some("/c calc.exe"));
    assert_eq!(finding.item.as_deref(), Some("for security reasons"));
    assert!(techniques(finding).contains(&"path-traversal"));
    assert!(techniques(finding).contains(&"prompt-spoof"));
}

#[test]
fn f10_literal_braces_are_inert() {
    for report in [
        with_field(&instruction(r#" { DDEAUTO cmd "/k" } "#)),
        body(&paragraph(&text(r#"{ DDEAUTO cmd "/k" }"#))),
    ] {
        assert!(dde(&report).is_empty());
        assert!(report.verdict() < Verdict::Suspicious, "{report:#?}");
        assert!(report.findings().iter().all(|f| f.kind == Kind::Inert));
    }
}

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

/// Character codes of a text, decimal.
fn codes(text: &str) -> String {
    text.chars().map(|c| format!(" {}", u32::from(c))).collect()
}

/// Character codes of a text, hexadecimal.
fn hex_codes(text: &str) -> String {
    text.chars()
        .map(|c| format!(" 0x{:x}", u32::from(c)))
        .collect()
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

#[track_caller]
fn link(report: &Report, carrier: Carrier) -> &Finding {
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|f| f.carrier == carrier)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
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
