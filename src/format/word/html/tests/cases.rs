//! The cases H01 to H07 of `spec/word.md`.

use super::*;

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
