//! Content controls that are bound to data, and the data (`spec/word.md` §1.2).

use super::*;

/// `{ <control bound to path> <the plain command> }` with this data.
fn bound(path: &str, data: &str) -> Scan {
    let control = format!(
        r#"<w:sdt><w:sdtPr><w:dataBinding w:xpath="{path}" w:storeItemID="{{A}}"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"#,
        i("PAGE")
    );
    let body = format!("{B}{control}{}{S}{E}", i(&format!(" {CMD}")));
    scan(&[
        ("word/document.xml", &document(&body)),
        ("customXml/item1.xml", data),
    ])
}

#[track_caller]
fn shows(path: &str, data: &str) {
    let scan = bound(path, data);
    assert!(
        scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
        "{path}: {:#?}",
        scan.links
    );
    assert_eq!(scan.gaps, [], "{path}");
}

#[test]
fn paths_whose_last_step_is_no_name() {
    let data = "<top><a>DDEAUTO</a></top>";
    for path in [
        "/top/a",
        "/top/child::a",
        "/top/*[1]",
        "/top/a/text()",
        "/top/a[contains(.,'/')or 1=1]",
        "/top/a[.!='/']",
        "//a[last()]/self::node()",
        "/*/*",
        "/top/b|/top/a",
        "//b/following-sibling::b",
        "id('x')/a",
    ] {
        shows(path, data);
    }
    shows("/top/@*", r#"<top x="DDEAUTO"/>"#);
}

#[test]
fn the_text_of_an_element_is_that_of_its_children_too() {
    shows("/top/a", "<top><a>DDE<b>AUTO</b></a></top>");
    shows("/top/*[1]", "<top><a>DDE<b>AU<c/>T</b>O</a></top>");
    shows("/top/a", "<top><a>DDE<!-- x --><![CDATA[AUTO]]></a></top>");
    shows(
        "/top/a",
        &format!("<top><a>{}DDEAUTO</a></top>", " ".repeat(100_000)),
    );
    // More than is kept may say anything.
    let long = "DDE ".repeat(20_000);
    let scan = bound("/top", &format!("<top><b>{long}</b><a>x</a></top>"));
    assert!(scan.gaps.iter().any(|gap| gap.kind == GapKind::Limit));
    let scan = bound("/top/a", &format!("<top><b>{long}</b><a>DDEAUTO</a></top>"));
    assert_eq!(scan.gaps, []);
    assert_eq!(scan.links.len(), 1);
}

#[test]
fn data_that_stands_in_words_own_namespace() {
    let mut gather = Gather::default();
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let location = Location::root(Some("q.docx"));
    for (relation, known) in [(None, false), (Some("customxml"), true)] {
        gather.begin_part(
            &Part {
                member: 0,
                name: "customXml/item1.xml",
                location: &location,
                relation,
                reachable: true,
                techniques: &[],
            },
            false,
        );
        let text = format!(r#"<w:root xmlns:w="{W}"><a>UEsDBA</a></w:root>"#);
        let mut reader = Reader::new(text.as_bytes(), &limits);
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Start(tag) => gather.start(&tag, &budget).unwrap(),
                Event::End(name) => gather.end(name, &budget).unwrap(),
                Event::Text { text, referenced } => {
                    gather.text(text, referenced, &budget).unwrap();
                }
            }
        }
        assert_eq!(!gather.inner.is_empty(), known);
    }
}

#[test]
fn a_document_in_a_value_is_a_gap() {
    for (value, found) in [
        ("&lt;?xml version='1.0'?>&lt;pkg:package/>", true),
        (" &lt;pkg:package xmlns:pkg='x'/>", true),
        ("UEsDBBQABgAIAAAAIQ", true),
        ("0M8R4KGxGuEAAAAA", true),
        ("e1xydGYxIH0", true),
        ("Use it", false),
    ] {
        let data = format!("<top><a>{value}</a></top>");
        let scan = scan(&[("customXml/item1.xml", &data)]);
        let gaps = scan
            .gaps
            .iter()
            .filter(|gap| gap.kind == GapKind::Unsupported)
            .count();
        assert_eq!(gaps, usize::from(found), "{value}");
    }
}

#[test]
fn a_hundred_thousand_elements_in_one_another_or_side_by_side() {
    let deep = format!("{}DDEAUTO{}", "<a>".repeat(2000), "</a>".repeat(2000));
    let wide = "<a>DDEAUTO</a>".repeat(100_000);
    let scan = scan(&[("customXml/item1.xml", &format!("<r>{deep}{wide}</r>"))]);
    assert_eq!(scan.gaps, []);
}
