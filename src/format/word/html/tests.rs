use crate::{Analyzer, Confidence, Finding, Input, Kind, Report, Trigger, Verdict};

/// H01 of `spec/word.md` §4.8.
const H01: &str = "<!--[if supportFields]><span style='mso-element:field-begin'></span>\
    <span style='mso-spacerun:yes'> </span>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \
    &quot;/k calc.exe&quot; <span style='mso-element:field-separator'></span><![endif]-->x\
    <!--[if supportFields]><span style='mso-element:field-end'></span><![endif]-->";
/// H02.
const H02: &str = "<span style='mso-field-code:\" DDEAUTO c\\:\\\\\\\\windows\\\\\\\\system32\\\\\\\\\
    cmd\\.exe \\0022\\/k calc\\.exe\\0022 \"'>x</span>";

fn analyze(page: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(page).name("q.htm"))
}

fn page(body: &str) -> Report {
    analyze(format!("<html><body>{body}</body></html>").as_bytes())
}

fn only(report: &Report) -> &Finding {
    let found = report.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
    &found[0]
}

fn techniques(finding: &Finding) -> Vec<&str> {
    finding.techniques.iter().map(|t| t.id.as_str()).collect()
}

/// The standard payload: `c:\windows\system32\cmd.exe` with `/k calc.exe`, no item.
fn assert_standard(report: &Report) {
    let found = only(report);
    assert_eq!(found.kind, Kind::DdeAuto);
    assert_eq!(found.trigger, Trigger::Open);
    assert_eq!(found.confidence, Confidence::High);
    let triple = (&found.service, &found.topic, &found.item);
    assert_eq!(triple.0.as_deref(), Some("c:\\windows\\system32\\cmd.exe"));
    assert_eq!(triple.1.as_deref(), Some("/k calc.exe"));
    assert_eq!(triple.2.as_deref(), None);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(report.document().format.as_str(), "html");
}

#[test]
fn h01_complex_field_in_conditional_comments() {
    let report = page(H01);
    assert_standard(&report);
    let found = only(&report);
    assert_eq!(techniques(found), [] as [&str; 0]);
    assert_eq!(found.location.field(), Some(1));
    // Behind `<html><body><!--[if supportFields]>`.
    assert_eq!(found.location.offset(), Some(12 + 23));
}

#[test]
fn h02_simple_field() {
    let report = page(H02);
    assert_standard(&report);
    assert_eq!(techniques(only(&report)), [] as [&str; 0]);
}

#[test]
fn h03_letters_as_escapes() {
    let report = page(
        "<p style='mso-field-code:\"\\0044\\0044\\0045\\0041\\0055\\0054\\004F \
         c\\:\\\\\\\\windows\\\\\\\\system32\\\\\\\\cmd.exe\"'>x</p>",
    );
    let found = only(&report);
    assert_eq!(found.kind, Kind::DdeAuto);
    assert_eq!(
        found.service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
    assert_eq!(found.topic, None);
    assert_eq!(techniques(found), ["css-escape"]);
}

#[test]
fn h04_attribute_in_double_quotes_with_references() {
    let attribute = H02
        .replace("\" DDEAUTO", "&quot; &#68;DEAUTO")
        .replace("\\0022 \"", "\\0022 &quot;")
        .replace('\'', "\"");
    assert!(attribute.contains("style=\"mso-field-code:&quot; &#68;DEAUTO"));
    assert_standard(&page(&attribute));
}

#[test]
fn h05_any_inline_markup_and_no_comments() {
    let report = page(
        "<span style='mso-element:field-begin'></span>D<b>D</b><i>E</i><span lang=EN>AUTO</span> \
         c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"\
         <span style='mso-element:field-separator'></span>x\
         <span style='mso-element:field-end'></span>",
    );
    assert_standard(&report);
    assert_eq!(techniques(only(&report)), ["split-runs"]);
}

#[test]
fn h06_hexadecimal_digits_behind_an_escape() {
    let report = page(
        "<span style='mso-field-code:\"DDEAUTO \\0022c\\:\\\\\\\\windows\\\\\\\\system32\\\\\\\\\
         cmd.exe\\0022 \\0022\\/k calc.exe\\0022\"'>x</span>",
    );
    assert_standard(&report);
}

#[test]
fn h07_text_is_no_field() {
    let report = page(
        "<span style='mso-field-code:\" PAGE \"'>1</span> DDEAUTO c:\\\\x { DDEAUTO c:\\\\x }",
    );
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.findings().is_empty());
    assert!(report.complete());
}

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

#[test]
fn templates_merges_and_objects() {
    let report = page(
        "<xml><w:WordDocument><w:AttachedTemplate HRef=\"https://x.example/t.dot\">\
         </w:AttachedTemplate></w:WordDocument></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "remote-template");
    assert_eq!(found.target.as_deref(), Some("https://x.example/t.dot"));
    assert_eq!(report.verdict(), Verdict::Suspicious);

    let report = page(
        "<xml><w:MailMergeMainDocType>FormLetters</w:MailMergeMainDocType>\
         <w:MailMergeDataSource HRef=\"\\\\a.example\\s\\d.mdb\"></w:MailMergeDataSource>\
         <w:MailMergeQueryString>SELECT 1</w:MailMergeQueryString></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "mail-merge");
    assert_eq!(found.target.as_deref(), Some("\\\\a.example\\s\\d.mdb"));

    let report = page(
        "<xml><o:OLEObject Type=\"Link\" ProgID=\"Word.Document.8\" UpdateMode=\"Always\" \
         href=\"http://a.example/x.doc\"><o:LinkType>Picture</o:LinkType></o:OLEObject></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "ole-link");
    assert_eq!(found.target.as_deref(), Some("http://a.example/x.doc"));
}

#[test]
fn what_leads_out_of_a_page() {
    let all = [
        (
            "<frame src='http://a.example/f.htm'>",
            "frame",
            "http://a.example/f.htm",
        ),
        (
            "<iframe src='\\\\a.example\\s'>",
            "frame",
            "\\\\a.example\\s",
        ),
        ("<a href='ms-msdt:/id x'>", "hyperlink", "ms-msdt:/id x"),
        (
            "<script>location.href = \"x\" + 'MS-msdt:/id y'; z</script>",
            "hyperlink",
            "MS-msdt:/id y",
        ),
        (
            "<meta http-equiv=Refresh content=\"0; URL='https://a.example/'\">",
            "hyperlink",
            "https://a.example/",
        ),
        (
            "<v:imagedata src='\\\\a.example\\s\\i.png'/>",
            "include-picture",
            "\\\\a.example\\s\\i.png",
        ),
        (
            "<link rel=OLE-Object-Data href='http://a.example/o.mso'>",
            "ole-link",
            "http://a.example/o.mso",
        ),
        (
            "<link rel='Edit-Time-Data OLE-Object-Data' href='http://a.example/o.mso'>",
            "ole-link",
            "http://a.example/o.mso",
        ),
        (
            "<object data='http://a.example/x.sct' type='text/x-scriptlet'>",
            "ole-link",
            "http://a.example/x.sct",
        ),
        (
            "<base href='http://a.example/d/x'><frame src=f.htm>",
            "frame",
            "http://a.example/d/f.htm",
        ),
        (
            "<style>@page s{mso-header:url(\"http://a.example/h.htm\") h1}</style>",
            "sub-document",
            "http://a.example/h.htm",
        ),
    ];
    for (html, carrier, target) in all {
        let report = page(html);
        let found = only(&report);
        let shown = (found.carrier.as_str(), found.target.as_deref());
        assert_eq!(shown, (carrier, Some(target)), "{html}");
    }
    let tag = "<FRAME  SRC=http://a.example/f.htm\nx>";
    assert_eq!(only(&page(&format!("{tag}y"))).raw, tag);
    assert_eq!(
        page("<a href='ms-msdt:/id x'>").verdict(),
        Verdict::Suspicious
    );
}

const BEGIN: &str = "<span style='mso-element:field-begin'></span>";
const SEPARATOR: &str = "<span style='mso-element:field-separator'></span>";
const END: &str = "<span style='mso-element:field-end'></span>";
const REST: &str = " c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";

/// A page with such an instruction that says the standard payload among its readings.
fn assert_says(html: &str) {
    let report = page(html);
    let says = |found: &Finding| {
        found.kind == Kind::DdeAuto
            && found.service.as_deref() == Some("c:\\windows\\system32\\cmd.exe")
            && found.topic.as_deref() == Some("/k calc.exe")
    };
    assert!(report.findings().iter().any(says), "{html}: {report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious, "{html}");
}

#[test]
fn false_conditions_hide_nothing() {
    for inside in [
        "DDE<!--[if !mso]>XX<![endif]-->AUTO",
        "DDE<![if !mso]>XX<![endif]>AUTO",
        "DDE<!--[if lt mso 1]>XX<![endif]-->AUTO",
        "DDE<!--[if IE 6]>XX<![endif]-->AUTO",
        "DDE<!-- [if x]>XX<![endif]-->AUTO",
        "DDE<!--[iffy]>XX-->AUTO",
        "<![if !supportFields]>PAGE <![endif]>DDEAUTO",
        "DDE<![if !supportEmptyParas]>&nbsp;<![endif]>AUTO",
        &format!("DDE<!--[if !mso]>{SEPARATOR}<![endif]-->AUTO"),
        &format!("<!--[if !mso]>{END}<![endif]-->DDEAUTO"),
        &format!("<![if !supportFields]>{BEGIN}<![endif]>DDEAUTO"),
        "DDE<!--[if !mso]>XX-->AUTO",
        "<!--[if !mso]><!-->DDE<!--<![endif]-->AUTO",
    ] {
        assert_says(&format!("{BEGIN}{inside}{REST}{SEPARATOR}x{END}"));
    }
    let field = format!("{BEGIN}DDEAUTO{REST}{SEPARATOR}x{END}");
    for condition in [
        "!mso",
        "IE",
        "mso>9",
        "x",
        "(gte mso 9)&(!(x))",
        &format!("{}mso", "(mso)|".repeat(500)),
    ] {
        assert_says(&format!("<!--[if {condition}]>{field}<![endif]-->"));
        assert_says(&format!("<![if {condition}]>{field}<![endif]>"));
    }
    for inside in ["<script>", "<style>", "<xml>", "<a b=\"", "<!-- "] {
        assert_says(&format!(
            "<!--[if !mso]>{inside}<![endif]-->{field}<!-- --></xml></style></script>\""
        ));
    }
}

#[test]
fn conditions_that_word_does_not_write_are_odd() {
    let field = format!("{BEGIN}DDEAUTO{REST}{SEPARATOR}x{END}");
    let of = |html: &str| {
        let report = page(html);
        techniques(&report.findings()[0]).join(" ")
    };
    for usual in ["supportFields", "gte mso 9", "!vml"] {
        assert_eq!(of(&format!("<!--[if {usual}]>{field}<![endif]-->")), "");
    }
    for odd in ["x", "IE 6"] {
        assert_eq!(
            of(&format!("<!--[if {odd}]>{field}<![endif]-->")),
            "html-conditional"
        );
    }
}

#[test]
fn text_that_is_none() {
    for inside in [
        "DDE<title>x</title>AUTO",
        "DDE<data>x</data>AUTO",
        "D<data>DEAUT</data>O",
        "<w:data>08D0C9EA</w:data>DDEAUTO",
        "DDE\0AUTO",
        "DDE</ x>A</1>U</>TO",
        "DDE<![CDATA[]]>AUTO",
        "DDE<![CDATA[x]]>AUTO",
        "D<![CDATA[DEAUTO]]>",
    ] {
        assert_says(&format!("{BEGIN}{inside}{REST}{SEPARATOR}x{END}"));
    }
    let field = format!("{BEGIN}DDEAUTO{REST}{SEPARATOR}x{END}");
    for begin in [
        "sty\0le='mso-element:field-begin'",
        "style='mso-el\0ement:field-begin'",
    ] {
        assert_says(&field.replacen("style='mso-element:field-begin'", begin, 1));
    }
    assert_says(&format!("<title><!-- </title>{field}-->"));
    assert_says(&format!("<xml></xml><xml/>{field}</xml>"));
    let xhtml = format!("<?xml version='1.0'?><html><body><script/>{field}<script></script>");
    assert_eq!(analyze(xhtml.as_bytes()).verdict(), Verdict::Malicious);
}

#[test]
fn declarations_that_disagree() {
    let field = |rules: &str, begin: &str| {
        format!("<style>{rules}</style><b {begin}></b>DDEAUTO{REST}{SEPARATOR}x{END}")
    };
    for (rules, begin) in [
        (
            ".a{mso-element:field-end}.b{mso-element:field-begin}",
            "class='b a'",
        ),
        (
            ".a{mso-element:field-begin}@media print{.a{mso-element:field-end}}",
            "class=a",
        ),
        (
            ".a{mso-element:field-begin!important}",
            "class=a style='mso-element:field-end'",
        ),
        (
            "",
            "style='mso-element:field-begin' style='mso-element:field-end'",
        ),
        ("", "style='mso-element:field-begin x y'"),
    ] {
        assert_says(&field(rules, begin));
    }
    let unclosed = field("", "class=a") + "<style>.a{mso-element:field-begin}";
    assert_says(&unclosed);
}

/// Ordinary pages stay below Suspicious and have no gap.
#[test]
fn ordinary_pages() {
    let newsletter = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\">\
        <html xmlns:v=\"urn:schemas-microsoft-com:vml\"><head><meta charset=\"utf-8\">\
        <!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96\
        </o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->\
        <style>@media only screen and (max-width:600px){.c{width:100%!important}}\
        table{mso-table-lspace:0pt}</style></head><body background=\"https://a.example/b.png\">\
        <img src=\"https://t.example/open?id=1\" width=1 height=1><a href=\"https://a.example/?x=1&amp;y\">\
        Offer</a><a href=\"mailto:x@a.example?subject=Hi\">Mail</a><a href='tel:123'>call</a>\
        <!--[if mso]><v:rect><v:fill type=tile src=\"https://a.example/b.png\"/></v:rect><![endif]-->\
        <td>- 5 | 7 !</td><td>=</td></body></html>";
    let libreoffice = "<!DOCTYPE html><html><head><meta http-equiv=\"content-type\" \
        content=\"text/html; charset=utf-8\"/><title>a</title><meta name=\"generator\" \
        content=\"LibreOffice 7.4.7.2 (Linux)\"/><style type=\"text/css\">@page { size: 8.5in 11in }\
        </style></head><body lang=\"en-US\"><p>DDE is a protocol</p>\
        <a href=\"file:///home/x/a.odt\">x</a></body></html>";
    let web = "<html><head><script src='https://cdn.example/j.js'></script><script>document.write(\
        \"<span style='mso-element:field-begin'>DDEAUTO cmd\");</script><base href='https://a.example/'>\
        <link rel=stylesheet href='https://a.example/s.css'></head><body onload='x()'>\
        <iframe src='https://www.video.example/embed/1'></iframe><a href='javascript:alert(1)'>x</a>\
        <object classid='clsid:D27CDB6E-AE6D-11cf-96B8-444553540000' \
        codebase='http://download.example/swflash.cab'><param name=movie value=x.swf></object>\
        <object type='application/x-shockwave-flash' data='http://a.example/x.swf'></object>\
        <img src='/logo.png'><form action='https://a.example/'><table><tr><td>-1</td><td>+49 1</td>\
        <td>@home</td><td>= x</td></tr></table></body></html>";
    let word = format!(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head>\
        <meta name=ProgId content=Word.Document><meta name=Generator content=\"Microsoft Word 15\">\
        <link rel=File-List href=\"a_files/filelist.xml\"><link rel=themeData href=\"a_files/t.thmx\">\
        <!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>Ann</o:Author>\
        <o:Created>2020-01-02T03:04:00Z</o:Created></o:DocumentProperties></xml><![endif]-->\
        <style><!-- p.MsoNormal {{mso-style-parent:\"\"; mso-fareast-language:EN-US}}\
        @page WordSection1 {{mso-header-margin:36pt; mso-header:url(\"a_files/header.htm\") h1}} --></style>\
        </head><body>{}{}{}<a href=\"https://a.example/\">a</a><a href=\"#_Toc1\">b</a>\
        <a name=\"_Toc1\">c</a></body></html>",
        H01.replace(
            "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe &quot;/k calc.exe&quot;",
            "TOC \\o &quot;1-3&quot; \\h"
        ),
        H02.replace("DDEAUTO", "PAGE"),
        "<span style='mso-field-code:\" HYPERLINK \\0022https\\:\\/\\/a\\.example\\0022 \"'>x</span>"
    );
    for html in [newsletter, libreoffice, web, &word] {
        let report = analyze(html.as_bytes());
        assert!(report.complete(), "{:?}", report.gaps());
        assert_eq!(report.verdict(), Verdict::Clean, "{:#?}", report.findings());
    }
    let report = analyze(word.as_bytes());
    let properties = &report.document().properties;
    assert_eq!(properties.application.as_deref(), Some("Microsoft Word 15"));
    assert_eq!(properties.author.as_deref(), Some("Ann"));
    assert_eq!(properties.created.as_deref(), Some("2020-01-02T03:04:00Z"));
}

#[test]
fn stray_marks_and_fields_that_never_end() {
    let open = "<b style='mso-element:field-begin'></b>";
    let end = "<b style='mso-element:field-end'></b>";
    let code = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let found = page(&format!("{end}{end}{open}{code}"));
    assert_eq!(techniques(only(&found)), ["unclosed"]);
    // An element in a field, and a field in an element, that do not nest.
    let simple = "<span style='mso-field-code:PAGE'>";
    let crossed = page(&format!("{simple}{open}DDE</span>AUTO {}{end}", &code[8..]));
    assert_eq!(crossed.findings()[0].topic.as_deref(), Some("/k calc.exe"));
}

#[test]
fn a_long_tag_is_a_gap() {
    let report = page(&format!("<b x='{}'>", "a".repeat(5 << 20)));
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

/// Linear time, and the memory is given back.
#[test]
fn hostile_pages() {
    use crate::format::ledger::Ledger;
    use crate::limits::{Budget, Limits};
    let size = 1 << 19;
    let fill = |piece: &str| piece.repeat(size / piece.len());
    let classes: String = (0..100_000)
        .map(|n| format!(".c{n}{{mso-element:field-begin}}"))
        .collect();
    let used: String = (0..100_000).map(|n| format!("<b class=c{n}>")).collect();
    let pages = [
        fill("<"),
        fill("<!--[if"),
        fill("<!--[if x]>"),
        fill("&"),
        format!("<b style='mso-element:field-begin'>{}", fill("&")),
        format!("<b style='mso-element:field-begin'>{}", fill("<b>x")),
        format!("<b {}>", fill("a=b ")),
        fill("<b style='mso-element:field-begin'>"),
        fill("<b style='mso-field-code:PAGE'>"),
        fill("<b style='mso-field-code:\"\\44 DE x\"'>"),
        fill("<a name=x>y"),
        fill("<a href=//h/x>"),
        format!("<style>{classes}</style>{used}"),
        format!(
            "<style>.a{{mso-element:field-begin;mso-field-code:\"{}\"}}</style>{}",
            "x".repeat(size / 4),
            fill("<b class=a></b>")
        ),
        format!(
            "<style>.a{{mso-element:field-begin}}</style><{} class='{}'>",
            "b".repeat(size),
            fill("z ")
        ),
        format!("<style>{}", fill("{")),
        format!("<style>{}</style>", fill("/")),
        format!("<style>{}</style>", fill("mso{")),
        format!("<style>{}</style>", fill("mso{}\"")),
        fill("<xml><o:DocumentProperties><o:X>y"),
        fill("<xml>"),
        fill("<td>=a|"),
        format!("<b style='{}'>", fill("mso-x:y;")),
    ];
    for page in pages {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut judge = |_| {};
        let mut ledger = Ledger::new(&limits, &mut judge);
        let clock = crate::tests::Clock::start();
        super::read(
            page.as_bytes(),
            &crate::Location::root(None),
            &budget,
            &mut ledger,
        );
        let name: String = page.chars().take(60).collect();
        assert!(
            clock.elapsed().as_secs() < 20,
            "{name}: {:?}",
            clock.elapsed()
        );
        assert_eq!(budget.live_left(), limits.live_bytes, "{name}");
    }
}
