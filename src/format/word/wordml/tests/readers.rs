//! Markup that not every program reads (`spec/word.md` §1.5), and decoys around attributes.

use super::*;

const X: &str = r#"xmlns:x="urn:nobody" mc:Ignorable="x""#;
const X_NEW: &str = r#"xmlns:x="urn:nobody""#;

/// A document with these attributes on its root.
fn with(attributes: &str, body: &str) -> String {
    document(body).replacen("<w:document ", &format!("<w:document {attributes} "), 1)
}

/// Among the fields of the document is the plain one.
#[track_caller]
fn finds_std(text: &str) {
    let scan = scan(&[("word/document.xml", text)]);
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
}

fn rest() -> String {
    format!(
        "{}{S}<w:r><w:t>x</w:t></w:r>{E}",
        i(&format!(" DDEAUTO {CMD}"))
    )
}

#[test]
fn ends_that_match_nothing_around_branches() {
    // The branch ends early; what follows stands in a branch that nobody takes, or in none.
    for (again, found) in [("<mc:Fallback>", 0), ("", 1)] {
        let text = format!(
            r#"<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:fldChar w:fldCharType="begin"/><mc:AlternateContent><mc:Fallback></w:txbxContent>{again}<w:instrText>DDE a b</w:instrText></mc:Choice><w:fldChar w:fldCharType="end"/>"#
        );
        let scan = scan(&[("word/document.xml", &text)]);
        assert_eq!(scan.links.len(), found);
    }
}

#[test]
fn marks_in_content_that_is_left_out() {
    for mark in [E, S] {
        finds_std(&with(X, &format!("{B}<x:j>{mark}</x:j>{}", rest())));
    }
    // A namespace that only looks like Word's.
    finds_std(&with(
        r#"xmlns:x="urn:x-wordprocessingml-x" mc:Ignorable="x""#,
        &format!(
            r#"{B}<w:r><x:fldChar x:fldCharType="end"/></w:r>{}"#,
            rest()
        ),
    ));
    finds_std(&with(
        X,
        &format!(
            r#"{B}<x:j><mc:AlternateContent><mc:Choice Requires="w">{E}</mc:Choice></mc:AlternateContent></x:j>{}"#,
            rest()
        ),
    ));
    // A field that stands in it entirely is found, as another program may read it.
    finds_std(&with(X, &format!("<x:j>{B}{}</x:j>", rest())));
    let link = format!(
        "{B}<x:j>{E}</x:j>{}{S}{E}",
        i(r#"LINK htmlfile "http://x/a" \a"#)
    );
    let text = with(X, &link);
    assert_eq!(
        one_of(&[("word/document.xml", &text)]).carrier,
        Carrier::LinkField
    );
}

#[test]
fn text_in_content_that_is_left_out() {
    let std = i(&format!("EAUTO {CMD}"));
    let cmd = CMD.replace('"', "&quot;");
    for (attributes, body) in [
        (
            X,
            format!("{B}<w:r><w:instrText> DD<x:z>QQ</x:z>EAUTO {cmd}</w:instrText></w:r>{S}{E}"),
        ),
        // Not a vocabulary of text documents.
        (
            r#"xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" mc:Ignorable="x""#,
            format!("{B}{}<x:z>{}</x:z>{std}{E}", i(" DD"), i("QQ")),
        ),
        (
            r#"xmlns:x="urn:nobody" mc:Ignorable="x" mc:ProcessContent="x:k""#,
            format!(
                "{B}{}<x:d>{}</x:d><x:k>{}</x:k>{}{E}",
                i(" DD"),
                i("QQ"),
                i("EA"),
                i(&format!("UTO {CMD}"))
            ),
        ),
        // What is deleted and what is left out are two questions.
        (
            r#"xmlns:x="urn:nobody" mc:Ignorable="x" mc:ProcessContent="x:*""#,
            format!(
                "{B}{}<w:del><w:r><w:delInstrText>QQ</w:delInstrText></w:r></w:del><x:k>{}</x:k>{}{E}",
                i(" DD"),
                i("EA"),
                i(&format!("UTO {CMD}"))
            ),
        ),
    ] {
        finds_std(&with(attributes, &body));
    }
}

#[test]
fn branches_that_word_takes() {
    let alternate = |inside: &str| format!("<mc:AlternateContent>{inside}</mc:AlternateContent>");
    let choice = |requires: &str, inside: &str| {
        format!(r#"<mc:Choice Requires="{requires}">{inside}</mc:Choice>"#)
    };
    let fallback = |inside: &str| format!("<mc:Fallback>{inside}</mc:Fallback>");
    let m = r#"xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math""#;
    let w14 = r#"xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml""#;
    let w10 = r#"xmlns:x="urn:schemas-microsoft-com:office:word""#;
    let future = r#"xmlns:x="http://schemas.microsoft.com/office/word/2099/wordml/zz""#;
    // A branch that Word does not take ends the field.
    for attributes in [X_NEW, future] {
        for after in [String::new(), fallback("")] {
            let inside = choice("x", E) + &after;
            finds_std(&with(
                attributes,
                &format!("{B}{}{}", alternate(&inside), rest()),
            ));
        }
    }
    finds_std(&with(
        m,
        &format!(
            "{B}{}{}",
            alternate(&(choice("m", "") + &fallback(E))),
            rest()
        ),
    ));
    // Its text stands in the keyword.
    for (attributes, inside) in [
        (X_NEW, choice("x", &i("QQ")) + &fallback(&i("EA"))),
        (X_NEW, choice("x", &i("QQ")) + &choice("w", &i("EA"))),
        (w10, choice("x", &i("EA")) + &choice("w", &i("QQ"))),
        // Word 2007 reads the second one.
        (w14, choice("w14", &i("QQ")) + &fallback(&i("EA"))),
        (w14, choice("w14", &i("EA")) + &fallback(&i("QQ"))),
        // Without requirements it is an error.
        (
            w14,
            format!("<mc:Choice>{}</mc:Choice>", i("QQ")) + &fallback(&i("EA")),
        ),
    ] {
        let body = format!(
            "{B}{}{}{}{E}",
            i("DD"),
            alternate(&inside),
            i(&format!("UTO {CMD}"))
        );
        finds_std(&with(attributes, &body));
    }
    for after in [String::new(), fallback("")] {
        let inside = choice("x", &i("QQ")) + &after;
        let body = format!(
            "{B}{}{}{}{E}",
            i("DD"),
            alternate(&inside),
            i(&format!("EAUTO {CMD}"))
        );
        finds_std(&with(X_NEW, &body));
    }
    // A branch that nobody takes is read all the same, and changes nothing around it.
    let body = format!(
        "{B}{}{}{}{E}",
        i("DD"),
        alternate(&(choice("w", "") + &choice("x", &format!("{E}{B}{}", rest())))),
        i("E Excel a.xlsx b")
    );
    let text = with(X_NEW, &body);
    finds_std(&text);
    let scan = scan(&[("word/document.xml", &text)]);
    assert_eq!(scan.links.len(), 2, "{:#?}", scan.links);
}

#[test]
fn a_branch_inside_of_text() {
    let cmd = CMD.replace('"', "&quot;");
    finds_std(&with(
        X_NEW,
        &format!(
            r#"{B}<w:r><w:instrText xml:space="preserve">DD<mc:AlternateContent><mc:Choice Requires="x">QQ</mc:Choice><mc:Fallback>EA</mc:Fallback></mc:AlternateContent>UTO {cmd}</w:instrText></w:r>{S}{E}"#
        ),
    ));
}

#[test]
fn attributes_of_other_namespaces_are_decoys() {
    let cmd = CMD.replace('"', "&quot;");
    finds_std(&with(
        X,
        &format!(r#"<w:fldSimple x:instr=" PAGE " w:instr=" DDEAUTO {cmd} "/>"#),
    ));
    for decoy in ["zz", "separate"] {
        let begin = B.replace(
            "w:fldCharType",
            &format!(r#"x:fldCharType="{decoy}" w:fldCharType"#),
        );
        finds_std(&with(X, &format!("{begin}{}", rest())));
    }
    let body = with(
        X,
        &format!(
            r#"<w:r><w:fldChar x:dirty="0" w:dirty="1" w:fldCharType="begin"/></w:r>{}{E}"#,
            i(&format!("DDE {CMD}"))
        ),
    );
    assert_eq!(
        one_of(&[("word/document.xml", &body)]).trigger,
        Trigger::Open
    );
    let settings = format!(
        r#"<w:settings xmlns:w="{W}" xmlns:x="urn:x"><w:updateFields x:val="0" w:val="true"/></w:settings>"#
    );
    let dde = document(&format!("{B}{}{E}", i(&format!("DDE {CMD}"))));
    let link = one_of(&[
        ("word/document.xml", &dde),
        ("word/settings.xml", &settings),
    ]);
    assert_eq!(link.trigger, Trigger::Open);

    let object = with(
        X,
        r#"<w:r><w:object xmlns:o="urn:schemas-microsoft-com:office:office"><o:OLEObject x:UpdateMode="OnCall" x:ProgID="a" Type="Link" ProgID="htmlfile" r:id="rId5" UpdateMode="Always"/></w:object></w:r>"#,
    );
    let scan = scan_with(
        &[given("word/document.xml", &object)],
        &opc(external(0, "rId5", "oleobject", "http://x/a")),
        &Limits::default(),
    );
    assert_eq!(scan.links[0].prog_id.as_deref(), Some("htmlfile"));
    assert_eq!(scan.links[0].trigger, Trigger::Open);
}
