use crate::{Analyzer, Finding, Input, Kind, Limits, Options, Report, Verdict};

const FIELD: &str = "<html><body><!--[if supportFields]>\
    <span style='mso-element:field-begin'></span> DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \
    &quot;/k calc.exe&quot; <span style='mso-element:field-separator'></span><![endif]-->x\
    <!--[if supportFields]><span style='mso-element:field-end'></span><![endif]--></body></html>";

fn analyze(page: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(page).name("q.mht"))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (line, group) in bytes.chunks(3).enumerate() {
        let bits = group
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for n in 0..4 {
            let six = (bits >> (18 - 6 * n)) & 63;
            out.push(if n <= group.len() {
                char::from(ALPHABET[six as usize])
            } else {
                '='
            });
        }
        if line % 19 == 18 {
            out.push_str("\r\n");
        }
    }
    out
}

/// An ActiveMime container as Word writes it.
fn active_mime(content: &[u8]) -> Vec<u8> {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write as _;
    let mut data = b"ActiveMime".to_vec();
    data.resize(0x1e, 0);
    data.extend(4u16.to_le_bytes());
    data.resize(0x32, 0);
    let mut encoder = ZlibEncoder::new(data, Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A page of Word with one part.
fn message(headers: &str, body: &str) -> String {
    format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_Next\"\r\n\r\n\
         This document is a web archive file.\r\n\r\n------=_Next\r\n\
         Content-Location: file:///C:/a/q.htm\r\n{headers}\r\n\r\n{body}\r\n------=_Next--\r\n"
    )
}

fn standard(report: &Report) -> &Finding {
    let found = report.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
    assert_eq!(found[0].kind, Kind::DdeAuto);
    assert_eq!(
        found[0].service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
    assert_eq!(found[0].topic.as_deref(), Some("/k calc.exe"));
    assert_eq!(found[0].item, None);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(report.document().format.as_str(), "mhtml");
    &found[0]
}

fn has(finding: &Finding, technique: &str) -> bool {
    finding
        .techniques
        .iter()
        .any(|t| t.id.as_str() == technique)
}

fn path(finding: &Finding) -> Vec<&str> {
    finding.location.path().collect()
}

const QP: &str = "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html";

/// M01 of `spec/word.md` §4.8: a soft break inside the keyword and in the name of an attribute.
#[test]
fn m01_quoted_printable() {
    let body = FIELD
        .replace('=', "=3d")
        .replace("DDEAUTO", "DDE=\r\nAUTO")
        .replace("style=3d", "sty=\r\nle=3D");
    let report = analyze(message(QP, &body).as_bytes());
    let found = standard(&report);
    assert_eq!(path(found), ["q.mht", "q.htm"]);
    assert!(!has(found, "type-mismatch") && !has(found, "polyglot-pdf-mht"));
}

#[test]
fn lines_may_end_with_a_line_feed_only() {
    let page = message(QP, &FIELD.replace('=', "=3D")).replace("\r\n", "\n");
    standard(&analyze(page.as_bytes()));
    let cut = page
        .replace("------=_Next--\n", "")
        .replace("MIME-Version: 1.0\n", "");
    standard(&analyze(cut.as_bytes()));
}

/// M02: a page behind the header of a PDF, with the document in ActiveMime.
#[test]
fn m02_page_behind_a_pdf_header() {
    let active = base64(&active_mime(FIELD.as_bytes()));
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: application/x-mso";
    let page = message(headers, &active);
    for filler in [0, 40_000] {
        let pdf = format!(
            "%PDF-1.7\r\n1 0 obj\r\n{}\r\n\r\n{page}",
            "x\r\n".repeat(filler)
        );
        let report = analyze(pdf.as_bytes());
        let found = standard(&report);
        assert!(has(found, "polyglot-pdf-mht"));
        assert_eq!(path(found), ["q.mht", "q.htm", "content"]);
    }
}

/// M03: a part that says it is a picture.
#[test]
fn m03_part_that_lies_about_its_type() {
    let active = base64(&active_mime(FIELD.as_bytes()));
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: image/jpeg";
    let report = analyze(message(headers, &active).as_bytes());
    assert!(has(standard(&report), "type-mismatch"));
}

#[test]
fn a_page_that_begins_with_text_is_one_by_its_type() {
    let body = format!("x {FIELD}");
    let headers = "Content-Type: text/html; charset=\"utf-8\"";
    standard(&analyze(message(headers, &body).as_bytes()));
}

#[test]
fn a_page_that_falls_apart_is_read_all_the_same() {
    // No part begins where the headers say.
    let page = message(QP, &FIELD.replace('=', "=3D")).replace("\r\n------=_Next", "\r\n--other");
    standard(&analyze(page.as_bytes()));
    let active = base64(&active_mime(FIELD.as_bytes()));
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: image/jpeg";
    let page = message(headers, &active).replace("\r\n------=_Next", "\r\n--other");
    let found = analyze(page.as_bytes());
    assert_eq!(found.findings().len(), 1, "{:?}", found.gaps());
    assert_eq!(found.verdict(), Verdict::Malicious);
}

#[test]
fn transfer_encodings_that_contradict_each_other() {
    let headers = "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Type: text/html";
    standard(&analyze(
        message(headers, &base64(FIELD.as_bytes())).as_bytes(),
    ));
}

#[test]
fn an_ordinary_archive_is_clean_and_complete() {
    let picture = base64(b"\x89PNG\r\n\x1a\nxxxxxxxx");
    let page = "<html><body><p>DDE</p><img src=\"q_files/image001.png\">\
        <a href=\"https://a.example/\">x</a></body></html>";
    let text = format!(
        "From: <Saved by a browser>\r\nSubject: x\r\nDate: x\r\n{}",
        message("Content-Type: text/html", page).replace(
            "------=_Next--",
            &format!(
                "------=_Next\r\nContent-Location: q_files/image001.png\r\n\
                 Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n{picture}\r\n\
                 ------=_Next\r\nContent-Type: text/css\r\n\r\n=a {{ }}\r\n\
                 ------=_Next\r\nContent-Type: text/xml\r\n\r\n<xml><o:File HRef=\"x\"/></xml>\r\n\
                 ------=_Next--"
            )
        )
    );
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{:?}", report.gaps());
    assert!(report.complete());
    assert_eq!(report.skipped().len(), 2, "{:?}", report.skipped());
}

#[test]
fn more_parts_than_the_limit_are_a_gap() {
    let limits = Limits {
        mime_parts: 3,
        ..Limits::default()
    };
    let part = "------=_Next\r\n\r\nx\r\n".repeat(5);
    let page = message("Content-Type: text/html", "x").replace("------=_Next--", &part);
    let report = Analyzer::new(Options::default().limits(limits)).analyze(page.as_bytes());
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(
        report.gaps()[0].detail.contains("mime-parts"),
        "{:?}",
        report.gaps()
    );
}

#[test]
fn active_mime_alone() {
    let report = analyze(&active_mime(FIELD.as_bytes()));
    assert_eq!(report.findings().len(), 1);
    assert_eq!(report.document().format.as_str(), "active-mime");
    let empty = analyze(b"ActiveMime without anything");
    assert_eq!(empty.verdict(), Verdict::Incomplete);
    assert_eq!(empty.gaps()[0].kind.as_str(), "damaged");
}

/// UTF-7 (RFC 2152): every tag may be written without an angle bracket.
#[test]
fn the_encoding_of_a_part_is_that_of_its_headers() {
    let body = FIELD.replace('<', "+ADw-").replace('>', "+AD4-");
    let report = analyze(message("Content-Type: text/html; charset=UTF-7", &body).as_bytes());
    assert!(has(standard(&report), "odd-encoding"));
    let body = base64(
        &FIELD
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: text/html; charset=utf-16le";
    standard(&analyze(message(headers, &body).as_bytes()));
}

#[test]
fn a_page_behind_the_signature_of_a_binary_format() {
    let page = message("Content-Type: text/html", FIELD);
    for start in [
        &b"PK\x03\x04"[..],
        b"MZ\x90\0",
        b"\x7fELF",
        crate::container::cfb::SIGNATURE,
        b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27\x1c",
    ] {
        let data = [start, b"\r\n", page.as_bytes()].concat();
        let report = analyze(&data);
        assert_eq!(report.verdict(), Verdict::Malicious, "{start:?}");
    }
}

#[test]
fn a_style_sheet_in_a_part_of_its_own() {
    let sheet = |rule: &str| {
        let part = format!(
            "------=_Next\r\nContent-Type: text/css\r\nContent-Location: a.css\r\n\r\n{rule}\r\n------=_Next--"
        );
        let page = message("Content-Type: text/html", "<html><body>x</body></html>");
        analyze(page.replace("------=_Next--", &part).as_bytes())
    };
    assert!(!sheet(".a{mso-element:field-begin}").complete());
    assert!(sheet(".a{color:red}").complete());
}

#[test]
fn other_codings_and_references() {
    let uu = "begin 644 a.htm\r\n#0V%T\r\n`\r\nend";
    let report = analyze(
        message(
            "Content-Type: text/html\r\nContent-Transfer-Encoding: x-uuencode",
            uu,
        )
        .as_bytes(),
    );
    assert_eq!(report.verdict(), Verdict::Clean);
    // Declared to be base64, and is not.
    let report = analyze(
        message(
            "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
            FIELD,
        )
        .as_bytes(),
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    let headers =
        "Content-Type: message/external-body; access-type=URL; URL=\"http://h.example/a.docx\"";
    let report = analyze(message(headers, "Content-Type: text/html\r\n\r\n").as_bytes());
    assert_eq!(
        report.findings()[0].target.as_deref(),
        Some("http://h.example/a.docx")
    );
}

/// Pictures of Windows are compressed with gzip (`.emz`, `.wmz`): no archive that a program opens.
#[test]
fn a_compressed_picture_is_no_gap() {
    let body = base64(b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc");
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: image/x-emz";
    let report = analyze(message(headers, &body).as_bytes());
    assert!(report.complete(), "{report:#?}");
    assert_eq!(report.skipped()[0].reason, crate::SkipReason::Picture);
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: application/gzip";
    assert!(!analyze(message(headers, &body).as_bytes()).complete());
}

#[test]
fn blanks_in_front_of_a_container() {
    let body = base64(&[b"\r\n", &*active_mime(FIELD.as_bytes())].concat());
    let headers = "Content-Transfer-Encoding: base64\r\nContent-Type: application/x-mso";
    let report = analyze(message(headers, &body).as_bytes());
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// A document as base64 is read once, whether the part says that it is coded or not.
#[test]
fn a_coded_document_is_read_once() {
    let rtf = base64(b"{\\rtf1{\\field{\\*\\fldinst DDEAUTO c:\\\\\\\\windows\\\\\\\\system32\\\\\\\\cmd.exe \"/k calc.exe\"}}}");
    for headers in [
        "Content-Type: application/octet-stream",
        "Content-Type: application/msword\r\nContent-Transfer-Encoding: base64",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit",
    ] {
        let report = analyze(message(headers, &rtf).as_bytes());
        assert_eq!(report.findings().len(), 1, "{headers}: {report:#?}");
        assert_eq!(report.verdict(), Verdict::Malicious, "{headers}");
        assert!(report.complete(), "{headers}: {:?}", report.gaps());
    }
}
