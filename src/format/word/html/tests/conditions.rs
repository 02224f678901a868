//! Conditional comments, text that is none, and ordinary pages.

use super::*;

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
