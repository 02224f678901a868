//! Exit statuses and mistakes on the command line.

use super::*;

#[test]
fn the_status_is_that_of_the_worst_document() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let bad = folder.file("bad.docx", &malicious());
    let missing = folder.path("missing.docx");
    assert_eq!(run(&["scan", &clean]).status, 0);
    assert_eq!(run(&["scan", &clean, &bad]).status, 1);
    assert_eq!(run(&["scan", TOO_SMALL, &clean]).status, 2);
    assert_eq!(run(&["scan", &clean, &missing]).status, 3);
    // 1 wins over 3, 3 over 2.
    assert_eq!(run(&["scan", &missing, &bad]).status, 1);
    assert_eq!(run(&["scan", TOO_SMALL, &clean, &missing]).status, 3);
}

#[test]
fn fail_on_moves_the_lowest_verdict_that_counts() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let bad = folder.file("bad.docx", &malicious());
    let missing = folder.path("missing.docx");
    for fail_on in ["--fail-on=suspicious", "--fail-on=malicious"] {
        assert_eq!(run(&["scan", fail_on, TOO_SMALL, &clean]).status, 0);
        assert_eq!(run(&["scan", fail_on, &bad]).status, 1);
        assert_eq!(run(&["scan", fail_on, &missing]).status, 3);
    }
    assert_eq!(
        run(&["scan", "--fail-on=incomplete", TOO_SMALL, &clean]).status,
        2
    );
}

#[test]
fn mistakes_on_the_command_line_are_three_and_help_is_not_one() {
    for mistake in [
        &[][..],
        &["scan"],
        &["scan", "--no-such-option", "."],
        &["scan", "--format", "xml", "."],
        &["scan", "--fail-on", "clean", "."],
        &["scan", "-", "-"],
        &["no-such-task"],
    ] {
        let run = run(mistake);
        assert_eq!((run.status, run.out.as_str()), (3, ""), "{mistake:?}");
        assert!(!run.err.is_empty(), "{mistake:?}");
    }
    for fine in [
        &["--help"][..],
        &["scan", "--help"],
        &["--version"],
        &["limits"],
    ] {
        let run = run(fine);
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{fine:?}");
        assert!(!run.out.is_empty(), "{fine:?}");
    }
    let version = run(&["--version"]).out;
    assert_eq!(
        version.trim(),
        concat!("ddetect ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn an_unknown_limit_lists_the_known_ones() {
    let run = run(&["scan", "--limits", "depth=3", "."]);
    assert_eq!(run.status, 3);
    for part in ["'depth'", "input-bytes", "decoded-bytes", "nesting"] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
}
