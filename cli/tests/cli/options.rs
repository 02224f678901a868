//! Passwords, limits and presets.

use super::*;

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
fn a_policy_moves_verdicts_but_hides_nothing() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let verdict = |arguments: &[&str]| {
        let scan = ["scan", "--format=json"];
        let run = run(&[&scan[..], arguments, &[bad.as_str()]].concat());
        let report: Value = serde_json::from_str(&run.out).unwrap();
        (report["verdict"].as_str().unwrap().to_owned(), report)
    };
    let (plain, report) = verdict(&[]);
    assert_eq!(plain, "malicious");
    assert_eq!(verdict(&["--disable-rule=interpreter"]).0, "suspicious");
    assert_eq!(verdict(&["--weight", "interpreter=-9"]).0, "suspicious");
    assert_eq!(verdict(&["--malicious-from=101"]).0, "suspicious");
    let fingerprints = report["findings"].as_array().unwrap();
    let allowed: Vec<String> = fingerprints
        .iter()
        .map(|finding| format!("--allow={}", finding["fingerprint"].as_str().unwrap()))
        .collect();
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let (verdict, report) = verdict(&allowed);
    assert_eq!(verdict, "clean");
    assert_eq!(report["findings"][0]["allowed"], true);

    let feed = folder.file("feed.docx", &fields(["DDE BLP M"]));
    assert_eq!(run(&["scan", &feed]).status, 0);
    let strict = run(&["scan", "--strict", &feed]);
    assert_eq!(strict.status, 1, "{}", strict.out);

    for wrong in [
        "--disable-rule=nothing",
        "--weight=nothing=1",
        "--weight=interpreter",
        "--weight=interpreter=much",
        "--suspicious-from=51",
        "--malicious-from=49",
    ] {
        assert_eq!(run(&["scan", wrong, &feed]).status, 3, "{wrong}");
    }
}

#[test]
fn the_schema_is_that_of_the_reports() {
    let run = run(&["schema"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&run.out).unwrap();
    assert!(schema["properties"]["verdict"].is_object());
    assert!(schema["$defs"]["Finding"].is_object());
}
