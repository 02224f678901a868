//! Files that want time or memory. The sizes are those that a debug build reads in a moment.

use super::*;
use crate::gap::GapKind;

/// Some bytes again and again, with a field behind them.
fn behind(unit: &str, bytes: usize) -> Scan {
    let mut document = String::from(PRE);
    document.push_str(&unit.repeat(bytes / unit.len()));
    document.push_str(&format!(
        r"{{\field{{\*\fldinst DDEAUTO {CMD}}}{{\fldrslt x}}}}"
    ));
    scan_with(document.as_bytes(), &Limits::default())
}

/// The field is found, or there is a gap.
fn never_clean(scan: &Scan, unit: &str) {
    let found = scan.links.iter().any(|link| link.kind == Kind::DdeAuto);
    assert!(found || !scan.gaps.is_empty(), "{unit}");
}

#[test]
fn repeated_things_end() {
    for unit in [
        "{",
        "}",
        r"\'41",
        r"\u65?",
        r"\u-10179\u-8704",
        r"{\uc2",
        r"{\field",
        r"{\header",
        r"{\footnote{\field{\*\fldinst DDE ",
        r"{\object",
        r"{\*\docvar {a}{b}}",
        r"{\*\objdata 01",
        r"{\*\mailmerge{\*\mmquery x}}",
        r"{\*\template x}",
        r"{\upr{",
        r"{\upr{x}{\*\ud{",
        r"{\fonttbl{\f1\fcharset128}}\f1",
        r"{\*\bkmkstart x}",
        "\\",
        r"\*",
        r"\aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        r"\f99999999999999999999",
    ] {
        let scan = behind(unit, 400_000);
        // The last of these is text for programs that do not know Unicode, in such text.
        let swallowed = [r"{\*\objdata 01", "\\", r"{\upr{"].contains(&unit);
        if !swallowed {
            never_clean(&scan, unit);
        }
    }
}

#[test]
fn open_groups_hide_nothing() {
    for unit in ["{", "}", r"{\b", r"{\zzz1 text "] {
        let scan = behind(unit, 400_000);
        assert_eq!(scan.gaps, [], "{unit}");
        is_std(&scan.links[0]);
    }
    // Those that change something cost memory, up to a limit that is said.
    let limits = Limits {
        live_bytes: 1 << 20,
        ..Limits::default()
    };
    let document = format!(
        r"{PRE}{}{{\field{{\*\fldinst DDEAUTO {CMD}}}}}",
        r"{\uc0{\uc1".repeat(100_000)
    );
    let scan = scan_with(document.as_bytes(), &limits);
    assert_eq!(scan.gaps[0].kind, GapKind::Limit);
    never_clean(&scan, "groups");
}

#[test]
fn an_instruction_over_its_limit_is_a_gap() {
    let scan = scan_with(
        field(&format!("DDEAUTO {} {CMD}", "x".repeat(70_000))).as_bytes(),
        &Limits::default(),
    );
    never_clean(&scan, "instruction");
    assert_eq!(scan.gaps[0].kind, GapKind::Limit);
}

#[test]
fn more_fields_than_allowed_are_a_gap() {
    let limits = Limits {
        fields: 10,
        ..Limits::default()
    };
    let mut document = String::from(PRE);
    document.push_str(&format!(r"{{\field{{\*\fldinst DDEAUTO {CMD}}}}}"));
    document.push_str(&r"{\field{\*\fldinst PAGE}}".repeat(20));
    let scan = scan_with(document.as_bytes(), &limits);
    assert_eq!(scan.ended, Err(Exhausted::Limit(Limit::Fields)));
    assert_eq!(scan.gaps.len(), 1, "{:#?}", scan.gaps);
    // What was found before is kept.
    is_std(&scan.links[0]);
}

#[test]
fn binary_data_to_the_end_of_the_file() {
    let scan = scan(format!(
        r"{PRE}\bin9999999999 {{\field{{\*\fldinst DDEAUTO {CMD}}}}}"
    ));
    // The field is data. That there is less than was announced is odd, and no gap.
    let [link] = scan.links.as_slice() else {
        panic!("{:?}", scan.links);
    };
    assert_eq!(link.kind, Kind::Anomaly);
    assert!(link.has(TechniqueId::LengthMismatch));
    assert_eq!(scan.gaps, []);
}

#[test]
fn files_that_break_off_are_read_to_there() {
    let document = field(&format!(r"{{\upr{{JUNK}}{{\*\ud{{DDEAUTO }}}}}}{CMD}"));
    for end in 0..document.len() {
        let scan = scan_with(document.as_bytes().get(..end).unwrap(), &Limits::default());
        assert_eq!(scan.gaps, [], "{end}");
    }
}
