//! The cases of `spec/word.md` §3.7, and what its rules say besides.

use super::*;
use TechniqueId::*;

fn std_with(instruction: &str, expected: &[TechniqueId]) {
    let link = one(field(instruction));
    is_std(&link);
    for technique in expected {
        assert!(link.has(*technique), "{technique:?} in {link:#?}");
    }
}

#[test]
fn r01_the_plain_field() {
    let link = one(field(&format!("DDEAUTO {CMD}")));
    is_std(&link);
    assert_eq!(techniques(&link), []);
    assert_eq!(link.confidence, Confidence::Certain);
    assert_eq!(link.location.to_string(), "q.rtf › field 1 @ byte 54");
    assert_eq!(
        link.raw,
        r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#
    );
}

#[test]
fn r02_split_over_groups() {
    let instruction =
        format!(r"{{\rtlch\fcs1 \af0 D}}{{\b D}}{{\i E}}{{\insrsid9 AUTO }}{{{CMD}}}");
    std_with(&instruction, &[SplitRuns]);
}

#[test]
fn r03_hexadecimal() {
    let letters = r"\'44\'44\'45\'41\'55\'54\'4f ";
    std_with(&format!("{letters}{CMD}"), &[RtfHex]);
}

#[test]
fn r04_unicode() {
    let letters = r"\u68?\u68?\u69?\u65?\u85?\u84?\u79? ";
    std_with(&format!("{letters}{CMD}"), &[RtfUnicode]);
}

#[test]
fn r05_unicode_with_other_skips() {
    let letters = r"\uc0\u68 \u68 \uc3\u69 xyz\uc1\u65?UTO ";
    std_with(&format!("{letters}{CMD}"), &[RtfUnicode]);
}

#[test]
fn r06_ignorable_groups() {
    let letters = r"DD{\*\zzz junk text}EA{\*\abcdef123 more}UTO ";
    std_with(&format!("{letters}{CMD}"), &[RtfIgnorable, SplitRuns]);
}

#[test]
fn r07_line_ends() {
    std_with(&format!("D\r\nD\nEAU\rTO {CMD}"), &[]);
}

#[test]
fn r08_unknown_words() {
    std_with(
        &format!(r"D\zxcv D\qwerty42 E\foo-7 AUTO {CMD}"),
        &[SplitRuns],
    );
}

#[test]
fn r09_binary_data() {
    std_with(&format!(r"DD\bin5 }}}}}}}}}}EAUTO {CMD}"), &[]);
}

#[test]
fn r10_a_nested_field_and_curly_quotes() {
    let codes: String = r"c:\windows\system32\cmd.exe"
        .bytes()
        .map(|byte| format!(" {byte}"))
        .collect();
    std_with(
        &format!(
            r"DDEAUTO {{\field{{\*\fldinst QUOTE{codes}}}{{\fldrslt ?}}}} \ldblquote /k calc.exe\rdblquote "
        ),
        &[NestedField, QuoteCodes, CurlyQuotes],
    );
}

#[test]
fn r11_other_headers() {
    for head in [r"{\rt\ansi", r"{\rtfXYZ", "{\\rtf\0", "\0\0 \r\n{\\rt"] {
        let document = format!(r"{head}{{\field{{\*\fldinst DDEAUTO {CMD}}}{{\fldrslt x}}}}}}");
        is_std(&one(document));
    }
}

#[test]
fn r13_in_a_header() {
    let document = format!(r"{PRE}{{\header\pard {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}text}}");
    let link = one(document);
    is_std(&link);
    assert_eq!(link.location.cell(), Some("header"));
}

#[test]
fn r14_two_spellings() {
    let link = one(field(&format!(
        r"{{\upr{{JUNK}}{{\*\ud{{DDEAUTO }}}}}}{CMD}"
    )));
    is_std(&link);
    assert!(link.has(RtfUpr));
    let document =
        format!(r"{PRE}{{\upr{{{{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}{{\*\ud{{x}}}}}}}}");
    is_std(&one(document));
    // Those who do not know Unicode read the first spelling.
    let link = one(field(&format!(
        r"{{\upr{{DDEAUTO }}{{\*\ud{{JUNK}}}}}}{CMD}"
    )));
    is_std(&link);
}

#[test]
fn r15_text_is_no_field() {
    let document = format!(
        r#"{PRE}{{\field{{\*\fldinst HYPERLINK "https://example.com"}}{{\fldrslt DDEAUTO docs}}}} DDEAUTO c:\\\\x}}"#
    );
    let link = one(document);
    assert_eq!(link.carrier, Carrier::Hyperlink);
    assert_eq!(link.target.as_deref(), Some("https://example.com"));
}

#[test]
fn r16_paragraphs_are_white_space() {
    let link = one(field(
        r#"DDEAUTO\~c:\\\\windows\\\\system32\\\\cmd.exe "/k\par calc.exe""#,
    ));
    assert_eq!(link.kind, Kind::DdeAuto);
    let (service, topic, _) = triple(&link);
    assert_eq!(service, Some(r"c:\windows\system32\cmd.exe"));
    let topic: Vec<&str> = topic.unwrap().split_whitespace().collect();
    assert_eq!(topic, ["/k", "calc.exe"]);
}

#[test]
fn r17_a_byte_that_is_no_ascii() {
    let mut bytes = field(&format!("DDEAUTO {CMD} @")).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
    bytes[at] = 0xe9;
    let link = one(bytes);
    assert_eq!(triple(&link), (STD.0, STD.1, Some("\u{e9}")));
}

#[test]
fn r19_a_template() {
    let link = one(format!(r"{PRE}{{\*\template http\u58?//x/t.dotm}}text}}"));
    assert_eq!(link.carrier, Carrier::RemoteTemplate);
    assert_eq!(link.target.as_deref(), Some("http://x/t.dotm"));
    assert_eq!(link.trigger, Trigger::Open);
}

#[test]
fn r20_a_link_of_ole_1() {
    let data = "010500000100000004000000636d6400050000002f6320780000000000";
    let link = one(format!(
        r"{PRE}{{\object\objautlink\objupdate{{\*\objdata {data}}}}}}}"
    ));
    assert_eq!(link.carrier, Carrier::Ole1Link);
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.prog_id.as_deref(), Some("cmd"));
    assert_eq!(triple(&link), (Some("cmd"), Some("/c x"), None));
}

#[test]
fn instructions_stand_anywhere() {
    for document in [
        // Without `\*`, deep inside, without a result, without ends, without a field.
        format!(r"{PRE}{{\field{{\fldinst DDEAUTO {CMD}}}{{\fldrslt x}}}}}}"),
        format!(r"{PRE}{{\field{{{{{{\*\fldinst{{{{DDEAUTO {CMD}}}}}}}}}}}{{\fldrslt x}}}}}}"),
        format!(r"{PRE}{{\field\fldedit\fldpriv{{\*\fldinst DDEAUTO {CMD}}}}}}}"),
        format!(r"{PRE}{{\field{{\*\fldinst DDEAUTO {CMD}"),
        format!(r"{PRE}{{\*\fldinst DDEAUTO {CMD}}}}}"),
        format!(r"{PRE}}}}}}}{{\field{{\*\fldinst DDEAUTO {CMD}}}"),
        // In two pieces, in the result of another field, behind its own result.
        format!(r"{PRE}{{\field{{\*\fldinst DDE}}{{\*\fldinst AUTO {CMD}}}{{\fldrslt x}}}}}}"),
        format!(
            r"{PRE}{{\field{{\*\fldinst PAGE}}{{\fldrslt {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}}}}}"
        ),
        format!(r"{PRE}{{\field{{\fldrslt x}}{{\*\fldinst DDEAUTO {CMD}}}}}}}"),
        // Behind a number whose fallback swallows words.
        format!(r"{PRE}\u63\field{{\*\fldinst DDEAUTO {CMD}}}}}"),
        // With the data that Word writes.
        format!(
            r"{PRE}{{\field{{\*\fldinst DDEAUTO {{\*\datafield 00ff}}{{\*\fldtype junk}}{CMD}}}}}}}"
        ),
    ] {
        let link = one(&document);
        is_std(&link);
    }
}

#[test]
fn stories_hold_fields_of_their_own() {
    for (word, name) in [
        (r"\footerf", "footer"),
        (r"\footnote\ftnalt", "footnote"),
        (r"\*\annotation", "annotation"),
        (r"\shp{\*\shpinst{\shptxt", "text box"),
        (r"\*\do\dobxpage{\dptxbxtext", "text box"),
        (r"\*\ftnsep", "aside"),
    ] {
        let closes = "}".repeat(word.matches('{').count());
        // In the middle of the instruction of another field.
        let document = format!(
            r#"{PRE}{{\field{{\*\fldinst HYPERLINK "{{{word} {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}{closes}http://x"}}}}}}"#
        );
        let scan = scan(&document);
        let dde: Vec<_> = scan
            .links
            .iter()
            .filter(|l| l.kind == Kind::DdeAuto)
            .collect();
        assert_eq!(dde.len(), 1, "{word}");
        is_std(dde[0]);
        assert_eq!(dde[0].location.cell(), Some(name));
        let link = scan.links.iter().find(|l| l.carrier == Carrier::Hyperlink);
        assert_eq!(link.unwrap().target.as_deref(), Some("http://x"));
        assert_eq!(link.unwrap().location.cell(), None);
    }
}

#[test]
fn what_is_skipped_holds_no_fields() {
    for group in [r"{\stylesheet ", r"{\pict ", r"{\info{\title "] {
        let closes = "}".repeat(group.matches('{').count());
        none(format!(
            r"{PRE}{group}{{\field{{\*\fldinst DDEAUTO {CMD}}}}}{closes}}}"
        ));
    }
    // What nobody knows, and may not be left out, is transparent.
    is_std(&one(format!(
        r"{PRE}{{\zzz {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}}}"
    )));
}

#[test]
fn dirty_and_locked_fields() {
    let command = r#"cmd "/c calc""#;
    let link = one(format!(
        r"{PRE}{{\field\flddirty{{\*\fldinst DDE {command}}}{{\fldrslt x}}}}}}"
    ));
    assert_eq!(link.kind, Kind::DdeAuto);
    assert!(link.has(Dirty));
    let link = one(format!(
        r"{PRE}{{\field\fldlock{{\*\fldinst DDE {command}}}{{\fldrslt x}}}}}}"
    ));
    assert_eq!(link.kind, Kind::Dde);
    assert!(link.has(Locked));
}

#[test]
fn both_readings_of_what_programs_differ_in() {
    for letters in [
        // Control words behind a number count as its fallback, or not.
        r"\u68\u68\u69?AUTO ",
        // Known formatting marked as ignorable.
        r"DDE{\*\b junk}AUTO ",
        r"DD{\*\b E}AUTO ",
        // A destination in the middle of a group.
        r"DD{E\colortbl junk}AUTO ",
        r"DD{E\colortbl AUTO }",
    ] {
        let link = one(field(&format!("{letters}{CMD}")));
        is_std(&link);
    }
}

#[test]
fn fonts_have_code_pages() {
    let head =
        r"{\rtf1\ansi\deff1{\fonttbl{\f1\fcharset204 A;}{\f2\fcharset128 B;}{\f3\cpg437 C;}}";
    let document = format!(
        r"{head}{{\field{{\*\fldinst DDEAUTO \f1\'c4{{\f2\'83\\x}}\f3\'81 \plain\'e4 y}}}}}}"
    );
    let link = one(document);
    // 83 5C is one letter of Japanese.
    assert_eq!(
        triple(&link),
        (Some("\u{414}\u{30bd}x\u{fc}"), Some("\u{434}"), Some("y"))
    );
}

#[test]
fn bytes_that_look_like_field_marks_are_none() {
    none(format!(
        "{PRE}\\'13 DDEAUTO {CMD}\\'15 \u{13}DDEAUTO {CMD}\u{15}}}"
    ));
}

#[test]
fn fields_in_groups_that_nobody_knows_are_doubtful() {
    for group in [
        r"{\*\zzz ",
        r"{\*\shpzzz{\b ",
        r"{\*\title ",
        r"{\*\template x{\*\zzz ",
    ] {
        let closes = "}".repeat(group.matches('{').count());
        let scan = scan(format!(
            r"{PRE}{group}{{\field{{\*\fldinst DDEAUTO {CMD}}}}}{closes}{{\field{{\*\fldinst DDE x y}}}}}}"
        ));
        let fields: Vec<_> = scan
            .links
            .iter()
            .filter(|link| link.carrier == Carrier::Field)
            .collect();
        is_std(fields[0]);
        assert_eq!(fields[0].confidence, Confidence::Medium, "{group}");
        assert_eq!(fields[1].confidence, Confidence::Certain, "{group}");
    }
    none(format!(
        r"{PRE}{{\*\zzz DDEAUTO cmd x}}{{\*\zzz{{\b DDE}}}}}}"
    ));
}

/// `\*` is for those who do not know the word behind it (RTF 1.9, "Destinations").
#[test]
fn a_star_in_front_of_formatting_changes_nothing() {
    for word in [
        "ql",
        "sectd",
        "trowd",
        "intbl",
        "li0",
        "s0",
        "viewkind4",
        "rtf1",
        "embo0",
        "yr",
    ] {
        is_std(&one(format!(
            r"{PRE}{{\*\{word} {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}}}"
        )));
    }
    let link = one(format!(r"{PRE}{{\*\template http://{{\*\ql x/t.dotm}}}}}}"));
    assert_eq!(link.target.as_deref(), Some("http://x/t.dotm"));
    let link = one(field(&format!(r"DDE{{\*\ql AUTO }}{CMD}")));
    is_std(&link);
}

#[test]
fn a_destination_in_the_middle_of_a_group_hides_nothing() {
    for word in [
        "private",
        "pict",
        "stylesheet",
        "info",
        "fonttbl",
        "hl",
        "pntext",
        "colortbl",
    ] {
        for front in ["text", ""] {
            let link = one(format!(
                r"{PRE}{front}\{word} {{\field{{\*\fldinst DDEAUTO {CMD}}}}}}}"
            ));
            is_std(&link);
        }
    }
}
