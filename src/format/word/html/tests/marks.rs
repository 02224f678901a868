//! Marks, styles and encodings in every spelling.

use super::*;

#[test]
fn marks_in_every_spelling() {
    let code = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let spellings = [
        "<B STYLE=\"MSO-ELEMENT:FIELD-BEGIN\">",
        "<p style=mso-element:field-begin>",
        "<i style='color:red; mso-element : /* ; */ field-begin ;'>",
        "<o:p style='&#109;so-element:field-begin' x>",
        "<span style='a:\";\";mso-element:field-begin'/>",
        "<![if mso]><span\nstyle\n=\n'mso-element:field-begin'><![endif]>",
        "<!--[if !x]><!--><span style='mso-element:field-begin'>",
        "<!--[if a]><!--[if b]><span style='mso-element:field-begin'>",
    ];
    for spelling in spellings {
        let report = page(&format!(
            "{spelling}{code}<b style='mso-element:field-end'></b>"
        ));
        assert_standard(&report);
    }
}

#[test]
fn styles_by_class() {
    let rules = "<style><!-- p {margin:0} .a{mso-element:field-begin} --></style>\
        <style>#e { mso-element:field-end } span.c {mso-field-code:\" PAGE \"}</style>";
    let report = page(&format!(
        "{rules}<p class='x a'></p>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \
         \"/k calc.exe\"<p id=e></p><span class=c>1</span>"
    ));
    assert_standard(&report);
    assert_eq!(techniques(only(&report)), ["css-class"]);
}

#[test]
fn a_style_sheet_may_follow_its_elements() {
    let report = page(
        "<p class=a></p>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"\
         <style>.a{mso-element:field-begin}</style>",
    );
    assert_eq!(
        only(&report).service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
}

#[test]
fn escapes_that_only_style_sheets_know() {
    let report =
        page("<span style='mso-field-code:\"\\44\\44\\45\\41UTO cmd \\22/k calc\\22\"'>x</span>");
    let found = only(&report);
    assert_eq!(found.kind, Kind::DdeAuto);
    assert_eq!(found.service.as_deref(), Some("cmd"));
    assert_eq!(found.topic.as_deref(), Some("/k calc"));
    assert!(techniques(found).contains(&"css-escape"));
}

#[test]
fn other_encodings() {
    let text = format!("<html><body>é{H01}</body></html>");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for mark in [&b"\xff\xfe"[..], b""] {
        let report = analyze(&[mark, &utf16].concat());
        assert_standard(&report);
        let found = only(&report);
        assert_eq!(techniques(found), ["utf-16"]);
        let offset = u64::try_from(mark.len() + 2 * 36).unwrap();
        assert_eq!(found.location.offset(), Some(offset));
    }
    let latin = text.replace('é', "\u{1}");
    let latin: Vec<u8> = latin
        .bytes()
        .map(|b| if b == 1 { 0xe9 } else { b })
        .collect();
    assert_standard(&analyze(&latin));
    let utf7 = H01.replace('<', "+ADw-").replace('>', "+AD4-");
    let report = analyze(format!("<html><meta charset=utf-7>{utf7}").as_bytes());
    assert_standard(&report);
    assert!(techniques(only(&report)).contains(&"odd-encoding"));
    let report = analyze(b"<html><meta charset=iso-2022-kr>x");
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

#[test]
fn instructions_by_bookmarks_variables_and_properties() {
    let field = |code: &str| {
        format!(
            "<b style='mso-element:field-begin'></b>{code}<b style='mso-element:field-end'></b>"
        )
    };
    let nested = |inner: &str| field(&format!("DDEAUTO {} \"/k calc\"", field(inner)));
    let pages = [
        format!("<a name=bm>cmd</a>{}", nested("REF bm")),
        format!(
            "<!--[if gte mso 9]><xml><o:DocumentProperties><o:Subject>cmd</o:Subject>\
             </o:DocumentProperties></xml><![endif]-->{}",
            nested("SUBJECT")
        ),
        format!(
            "<xml><o:CustomDocumentProperties><o:Evil dt:dt=\"string\">cmd</o:Evil>\
             </o:CustomDocumentProperties></xml>{}",
            nested("DOCPROPERTY Evil")
        ),
        format!(
            "<xml><w:DocVars><w:DocVar w:name=\"v\" w:val=\"cmd\"/></w:DocVars></xml>{}",
            nested("DOCVARIABLE v")
        ),
    ];
    for html in pages {
        let report = page(&html);
        let found = report.findings().first().expect(&html);
        assert_eq!(found.service.as_deref(), Some("cmd"), "{html}");
    }
}

#[test]
fn data_in_a_field_is_no_instruction() {
    let data = "<!--[if gte mso 9]><xml><w:data>08D0C9EA79F9BACE</w:data></xml><![endif]-->";
    let field = H01.replace("calc.exe&quot; ", &format!("calc.exe&quot; {data}"));
    assert!(field.contains("w:data"));
    assert_standard(&page(&field));
}
