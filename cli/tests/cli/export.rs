//! The formats of other programs. That they are valid is checked by .ci/exports.

use super::*;

fn at(moment: &str, arguments: &[&str]) -> Run {
    let output = support::command(arguments)
        .env("SOURCE_DATE_EPOCH", moment)
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn each_format_is_one_file_for_all_paths() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let clean = folder.file("clean.docx", &harmless());
    let export = |format: &str| at("1795500000", &["scan", "--format", format, &bad, &clean]);
    let json = |format: &str| -> Value { serde_json::from_str(&export(format).out).unwrap() };
    let sarif = json("sarif");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "interpreter");
    let stix = json("stix");
    assert_eq!(stix["type"], "bundle");
    let created = &stix["objects"][3]["created"];
    assert!(created.as_str().unwrap().starts_with("20"), "{created}");
    let misp = json("misp");
    assert_eq!(misp["Event"]["date"], "2026-11-24");
    assert_eq!(misp["Event"]["info"], "ddetect: 2 documents, malicious");
    let sigma = export("sigma");
    assert!(
        sigma
            .out
            .starts_with("title: \"Document Link in WINWORD.EXE Starts cmd.exe")
    );
    assert_eq!(sigma.out.matches("\n---\n").count(), 2);
    for format in ["sarif", "sigma", "stix", "misp"] {
        let run = export(format);
        assert_eq!((run.status, run.err.as_str()), (1, ""), "{format}");
        assert_eq!(run.out, export(format).out, "{format}");
    }
}

#[test]
fn a_path_that_cannot_be_read_is_said() {
    let folder = Folder::new();
    let missing = folder.path("missing.docx");
    for format in ["sigma", "stix", "misp"] {
        let run = run(&["scan", "--format", format, &missing]);
        assert_eq!(run.status, 3);
        assert!(
            run.err.contains("cannot read") && run.err.contains("missing.docx"),
            "{}",
            run.err
        );
    }
    let run = run(&["scan", "--format", "sarif", &missing]);
    assert_eq!((run.status, run.err.as_str()), (3, ""));
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["level"],
        "error"
    );
}

#[test]
fn a_moment_that_is_none_is_a_mistake() {
    let run = at("yesterday", &["scan", "--format", "stix", "-"]);
    assert_eq!(run.status, 3);
    assert!(
        run.out.is_empty() && run.err.contains("SOURCE_DATE_EPOCH is 'yesterday'"),
        "{}",
        run.err
    );
}
