//! What bookmarks and building blocks say: one story, as each program reads it (`spec/word.md`
//! §0.3, §0.6, §0.7, §1.5).

use super::*;

/// `{ { REF k } <the plain command> }`, with something else as the stored result of REF.
fn asks(name: &str) -> String {
    format!(
        "{B}{B}{}{S}{}{E}{}{S}<w:r><w:t>x</w:t></w:r>{E}",
        i(&format!(" REF {name} ")),
        t("Page"),
        i(&format!(" {CMD}")),
    )
}

fn t(text: &str) -> String {
    format!(r#"<w:r><w:t xml:space="preserve">{text}</w:t></w:r>"#)
}

fn marked(content: &str) -> String {
    format!(r#"<w:bookmarkStart w:id="0" w:name="k"/>{content}<w:bookmarkEnd w:id="0"/>"#)
}

#[track_caller]
fn says(attributes: &str, content: &str) {
    let text = document(&format!("{}{}", marked(content), asks("k")));
    let text = text.replacen("<w:document ", &format!("<w:document {attributes} "), 1);
    let scan = scan(&[("word/document.xml", &text)]);
    let std = (
        Some(r"c:\windows\system32\cmd.exe"),
        Some("/k calc.exe"),
        None,
    );
    assert!(
        scan.links
            .iter()
            .any(|link| link.kind == Kind::DdeAuto && triples(link).contains(&std)),
        "{:#?}",
        scan.links
    );
    assert_eq!(scan.gaps, []);
}

#[test]
fn a_text_box_is_another_story() {
    says(
        "",
        &format!(
            "{}<w:r><w:pict><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:pict></w:r>{}",
            t("DDE"),
            t("zz"),
            t("AUTO")
        ),
    );
}

#[test]
fn a_program_reads_one_branch() {
    says(
        "",
        &format!(
            r#"{}<mc:AlternateContent><mc:Choice Requires="wps">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>"#,
            t("DDE"),
            t("AUTO"),
            t("AUTO")
        ),
    );
    says(
        r#"xmlns:x="urn:nobody""#,
        &format!(
            r#"{}<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>"#,
            t("DDE"),
            t("zz"),
            t("AUTO")
        ),
    );
}

#[test]
fn what_may_be_ignored_is_left_out() {
    let x = r#"xmlns:x="urn:nobody" mc:Ignorable="x""#;
    says(
        x,
        &format!("{}<x:j>{}</x:j>{}", t("DDE"), t("zz"), t("AUTO")),
    );
    // An end that nobody reads ends nothing.
    says(
        x,
        &format!(
            r#"{}<x:j><w:bookmarkEnd w:id="0"/></x:j>{}"#,
            t("DDE"),
            t("AUTO")
        ),
    );
    // A program that knows the namespace reads on.
    says(x, &format!("{}<x:j>{}</x:j>", t("DDE"), t("AUTO")));
}

#[test]
fn deleted_text_may_be_there_or_not() {
    let deleted =
        |text| format!(r#"<w:del w:id="7"><w:r><w:delText>{text}</w:delText></w:r></w:del>"#);
    says("", &format!("{}{}{}", t("DDE"), deleted("zz"), t("AUTO")));
    says("", &format!("{}{}", t("DDE"), deleted("AUTO")));
}

#[test]
fn a_bookmark_inside_an_instruction() {
    // In the instruction itself, and from there into the result.
    for (inside, after) in [
        (marked(&i("DDEAUTO")), String::new()),
        (
            r#"<w:bookmarkStart w:id="0" w:name="k"/>"#.to_owned(),
            format!(r#"{}<w:bookmarkEnd w:id="0"/>"#, t("DDEAUTO")),
        ),
    ] {
        let body = format!("{B}{}{inside}{S}{after}{E}{}", i(" ADDIN "), asks("k"));
        let scan = scan(&[("word/document.xml", &document(&body))]);
        assert!(
            scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
            "{:#?}",
            scan.links
        );
    }
}

#[test]
fn blanks_before_the_text_do_not_count() {
    says("", &format!("{}{}", t(&" ".repeat(100_000)), t("DDEAUTO")));
}

#[test]
fn a_cut_text_is_a_gap_when_a_field_names_it() {
    let long = marked(&t(&"DDE ".repeat(20_000)));
    let limits: Vec<_> = [asks("k"), asks("other")]
        .iter()
        .map(|field| {
            let body = format!("{long}{field}");
            let scan = scan(&[("word/document.xml", &document(&body))]);
            scan.gaps.iter().any(|gap| gap.kind == GapKind::Limit)
        })
        .collect();
    assert_eq!(limits, [true, false]);
}

#[test]
fn a_form_field_says_what_its_settings_say() {
    for settings in [
        r#"<w:name w:val="k"/><w:textInput><w:default w:val="DDEAUTO"/></w:textInput>"#,
        r#"<w:name w:val="k"/><w:ddList><w:result w:val="1"/><w:listEntry w:val="b"/><w:listEntry w:val="DDEAUTO"/></w:ddList>"#,
    ] {
        let body = format!(
            r#"<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{settings}</w:ffData></w:fldChar></w:r>{}{S}{E}{}"#,
            i(" FORMTEXT "),
            asks("k")
        );
        let scan = scan(&[("word/document.xml", &document(&body))]);
        assert!(
            scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
            "{:#?}",
            scan.links
        );
    }
}

#[test]
fn a_property_repeats_a_bookmark() {
    let custom = r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property pid="2" name="v" linkTarget="K"><vt:lpwstr>Page</vt:lpwstr></property></Properties>"#;
    let body = format!(
        "{}{}",
        marked(&t("DDEAUTO")),
        asks("k").replace(" REF k ", " DOCPROPERTY v ")
    );
    let scan = scan(&[
        ("word/document.xml", &document(&body)),
        ("docProps/custom.xml", custom),
    ]);
    assert!(
        scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
        "{:#?}",
        scan.links
    );
}

/// A mark is there or not, as the text around it is.
#[test]
fn deleted_marks() {
    let del = |x: &str| format!(r#"<w:del w:id="1">{x}</w:del>"#);
    let rest = format!("{}{S}{}{E}", i(&format!("AUTO {CMD}")), t("x"));
    for body in [
        format!("{B}{}{}{rest}", i(" DDE"), del(S)),
        format!("{B}{}{}{rest}", i(" DDE"), del(E)),
        format!("{B}{}{}{rest}", i(" DDE"), del(B)),
        format!(
            "{B}{}{}{rest}",
            i(" DDE"),
            del(&format!("{B}{}{S}{}{E}", i(" QUOTE x "), t("x")))
        ),
    ] {
        let scan = scan(&[("word/document.xml", &document(&body))]);
        assert!(
            scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
            "{body}"
        );
    }
    // A field that is deleted as a whole is one that may be there again.
    let body = del(&format!("{B}{}{rest}", i(" DDE")));
    let scan = scan(&[("word/document.xml", &document(&body))]);
    assert_eq!(scan.links.len(), 1);
    assert_eq!(scan.gaps, []);
}

#[test]
fn a_prefix_that_nothing_declares() {
    let body = format!("{B}{}{S}{}{E}", i(&format!(" DDEAUTO {CMD}")), t("x"));
    let text = format!("<w:document><w:body><w:p>{body}</w:p></w:body></w:document>");
    let link = one_of(&[("word/document.xml", &text)]);
    is_std(&link);
    assert!(
        link.techniques
            .iter()
            .any(|technique| technique.id == TechniqueId::SalvagedXml)
    );
    // One that is declared means what it says.
    let other = text.replacen("<w:document", r#"<w:document xmlns:w="urn:x""#, 1);
    assert!(scan(&[("word/document.xml", &other)]).links.is_empty());
}

#[test]
fn a_bookmark_of_a_column() {
    let cell = |content: &str| format!("<w:tc><w:p>{content}</w:p></w:tc>");
    let start = r#"<w:bookmarkStart w:id="0" w:name="k" w:colFirst="1" w:colLast="1"/>"#;
    let row = |mark: &str, second: &str| {
        let first = cell(&format!("{mark}{}", t("junk")));
        format!("<w:tr>{first}{}{}</w:tr>", cell(&t(second)), cell(&t("zz")))
    };
    for (one, two) in [("DDEAUTO", "b"), ("b", "DDEAUTO")] {
        let table = format!(
            r#"<w:tbl>{}{}</w:tbl><w:bookmarkEnd w:id="0"/>"#,
            row(start, one),
            row("", two)
        );
        let body = format!("{table}{}", asks("k"));
        let scan = scan(&[("word/document.xml", &document(&body))]);
        assert!(
            scan.links.iter().any(|link| link.kind == Kind::DdeAuto),
            "{:#?}",
            scan.links
        );
    }
}
