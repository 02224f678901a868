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
