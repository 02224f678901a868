use super::*;

/// A page in one line: `+tag`, `-tag`, `[if`, `endif]`, text as it is.
fn read(page: &str) -> String {
    let tokens = Tokens::new(page.as_bytes()).map(|(_, token)| match token {
        Token::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Token::Start(tag) => format!("+{}", String::from_utf8_lossy(tag.name)),
        Token::End(name) => format!("-{}", String::from_utf8_lossy(name)),
        Token::Style(text) => format!("css:{}", String::from_utf8_lossy(text)),
        Token::Script(text) => format!("js:{}", String::from_utf8_lossy(text)),
        Token::Data(text) => format!("data:{}", String::from_utf8_lossy(text)),
        Token::Condition(_) => "[if".to_owned(),
        Token::EndCondition => "endif]".to_owned(),
        Token::Shown => "shown".to_owned(),
    });
    tokens.collect::<Vec<_>>().join(" ")
}

fn attributes(page: &str) -> Vec<(String, String)> {
    let tag = Tokens::new(page.as_bytes()).find_map(|(_, token)| {
        if let Token::Start(tag) = token {
            Some(tag)
        } else {
            None
        }
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    tag.unwrap()
        .attributes()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

#[test]
fn tags_and_text() {
    assert_eq!(read("a<b>c</b>d"), "a +b c -b d");
    assert_eq!(read("1 < 2 <> <3 </ x"), "1 < 2 <> <3 </ x");
    assert_eq!(read("<!DOCTYPE html><?xml:namespace x /><p/>x"), "+p x");
    assert_eq!(read("<a b='>'>x</a c"), "+a x -a");
    assert_eq!(read("<a b=\"x>y"), "+a y", "a quote that is never closed");
    assert_eq!(read("<a b c"), "+a");
    assert_eq!(read("</b <i>"), "-b +i");
}

#[test]
fn attributes_of_every_spelling() {
    let all = attributes("<a B=\"1 2\" c='3' d=4 e f = 5 g=it's/h /i='6'x>");
    let all: Vec<_> = all.iter().map(|(n, v)| format!("{n}={v}")).collect();
    assert_eq!(
        all,
        ["B=1 2", "c=3", "d=4", "e=", "f=5", "g=it's/h", "i=6", "x="]
    );
}

#[test]
fn comments_are_skipped_and_conditions_are_not() {
    assert_eq!(read("a<!-- <b> -->c<!-->d<!--->e<!-- x --!>f"), "a c d e f");
    assert_eq!(
        read("<!--[if supportFields]><b>x</b><![endif]-->y"),
        "[if +b x -b endif] y"
    );
    assert_eq!(
        read("<!-- [ IF gte mso 9]>x<! [endif] -->y"),
        "[if x endif] y",
        "a comment around a condition"
    );
    assert_eq!(read("<![if !mso]>x<![endif]>y"), "[if x endif] y");
    let revealed = "<!--[if !mso]><!-->x<!--<![endif]-->y";
    assert_eq!(read(revealed), "[if shown x endif] y");
    assert_eq!(
        read("<!--[if a]><!--[if b]>x<![endif]--><![endif]-->y"),
        "[if [if x endif] endif] y"
    );
    assert_eq!(read("<!--<b>never ends"), "+b never ends");
    assert_eq!(read("<!--[iffy]>x-->y"), "y");
    assert_eq!(read("<!-- [if x]> a --> b <![endif]-->"), " b  endif]");
}

#[test]
fn bogus_comments_and_sections() {
    assert_eq!(read("a</ x>b</>c</1>d<!x>e<?x>f"), "a b c d e f");
    assert_eq!(read("<![CDATA[x]]>y"), "data:x y");
    assert_eq!(read("a<![CDATA[]]>b"), "a b");
    assert_eq!(read("<![CDATA[x<b>y]]>z]]>"), "data:x +b y z]]>");
    let xhtml = "<?xml version='1.0'?><![CDATA[x]]>y<script/>z<script></script>";
    assert_eq!(read(xhtml), "x y +script z +script js: -script");
}

/// HTML standard §13.2.5.2 and §13.2.5.3: there are no tags in such elements.
#[test]
fn nothing_reaches_past_an_element_of_text() {
    for name in [
        "title", "textarea", "xmp", "iframe", "noframes", "noembed", "noscript",
    ] {
        for inside in ["<!-- ", "<a b=\"", "<script>", "<style>"] {
            let page = format!("<{name}>{inside}</{name}><b>--></script></style>\"");
            assert!(read(&page).contains(&format!("-{name} +b")), "{page}");
        }
    }
}

#[test]
fn nothing_reaches_past_the_end_of_a_condition() {
    for inside in ["<script>", "<style>", "<a b=\"", "<!-- <b>"] {
        for open in ["<!--[if !mso]>", "<![if !mso]>"] {
            let page = format!("{open}{inside}<![endif]-->x<b>--></script></style>\"");
            assert!(
                read(&page).contains("endif] x +b"),
                "{page}: {}",
                read(&page)
            );
        }
    }
}

#[test]
fn scripts_and_style_sheets_are_no_markup() {
    assert_eq!(
        read("<script>'<b>'</SCRIPT >x<style><!-- <p> --></style>"),
        "+script js:'<b>' -SCRIPT x +style css:<!-- <p> --> -style"
    );
    assert_eq!(read("<script><b>x"), "+script +b x", "without its end");
}

#[test]
fn hostile_pages_take_linear_time() {
    let size = 1 << 20;
    let pages = [
        "<",
        "<!--",
        "<!--[if",
        "<!--[if x]>",
        "<!-- [if x]>",
        "<!-- [if x]> --><![endif]",
        "<![endif]",
        "<![if x]><![CDATA[",
        "</ ",
        "<title>",
        "<!--[if (!(",
        "<a ",
        "<a b=\"",
        "<a b='",
        "</a",
        "<!",
        "<?",
        "<script>",
        "<style>",
        "<a b=\"'",
        "-",
        "<!---",
        "<![",
        "< ",
        "<a/",
        "&",
    ];
    for piece in pages {
        let page = piece.repeat(size / piece.len());
        let start = crate::tests::Clock::start();
        assert!(Tokens::new(page.as_bytes()).count() <= page.len());
        assert!(
            start.elapsed().as_secs() < 10,
            "{piece}: {:?}",
            start.elapsed()
        );
    }
}
