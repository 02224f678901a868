//! Standard input, files, folders, links and pipes.

use super::*;

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
fn a_document_of_a_kind_that_is_not_read_is_no_part() {
    let run = run_with(&["scan", "-"], b"7z\xbc\xaf\x27\x1c hello");
    assert_eq!(run.status, 2);
    assert!(run.out.contains("look at this document"), "{}", run.out);
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
