//! `ddetect triage`: documents and reports in, cards out.

use super::*;

fn card(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
}

#[test]
fn the_card_of_a_document_for_people_and_programs() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let text = run(&["triage", &bad]);
    assert_eq!(text.status, 1, "{}", text.err);
    for line in [
        "Escalation: escalate-t2",
        "  unknown  Did Office start unusual child processes?",
        "Predicted from the document, not observed:",
        "      > cmd.exe /k calc.exe",
        "AllowDDE",
        "  sysmon 1 ",
        "  search-chain ",
    ] {
        assert!(text.out.contains(line), "{line}\n{}", text.out);
    }
    assert!(!text.out.contains("Seen in the logs"));
    let json = card(&run(&["triage", "--format", "json", &bad]));
    assert_eq!(json["schema"], "ddetect-triage/1");
    assert_eq!(json["escalation"]["level"], "escalate-t2");
    assert_eq!(json["predicted"][0]["parents"][0], "winword.exe");
    assert_eq!(json["observed"].as_array().unwrap().len(), 0);
}

#[test]
fn a_report_gives_the_same_card_as_its_document() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let direct = run(&["triage", "--format=json", &bad]);
    for format in ["json", "jsonl"] {
        let report = run(&["scan", "--format", format, &bad]);
        let path = folder.file(&format!("r.{format}"), report.out.as_bytes());
        let read = run(&["triage", "--format=json", &path]);
        assert_eq!((read.status, read.out), (1, direct.out.clone()), "{format}");
        let piped = run_with(
            &["triage", "--format=json", "--report", "-"],
            report.out.as_bytes(),
        );
        assert_eq!(piped.out, direct.out, "{format}");
    }
    let piped = run_with(&["triage", "-"], &malicious());
    assert_eq!(piped.status, 1);
}

#[test]
fn several_reports_give_several_cards() {
    let folder = Folder::new();
    folder.file("d/bad.docx", &malicious());
    folder.file("d/clean.docx", &harmless());
    for format in ["json", "jsonl"] {
        let all = run(&[
            "scan",
            "--format",
            format,
            folder.root(),
            &folder.path("none"),
        ]);
        let read = run_with(
            &["triage", "--format=json", "--report", "-"],
            all.out.as_bytes(),
        );
        let cards = card(&read);
        let levels: Vec<_> = cards
            .as_array()
            .unwrap()
            .iter()
            .map(|card| card["escalation"]["level"].as_str().unwrap())
            .collect();
        assert_eq!(levels, ["escalate-t2", "close"], "{format}");
        assert!(read.err.contains("was not analysed"), "{}", read.err);
    }
}

#[test]
fn the_context_answers_and_raises_the_level() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let alone = card(&run(&["triage", "--format=json", &bad]));
    let chain = alone["predicted"][0]["id"].as_str().unwrap();
    let context = format!(
        r#"{{"sender":"unknown","logs_searched":true,"observed":[{{"kind":"process","chain":"{chain}",
            "host":"pc1","source":"sysmon 1","quality":"exact","detail":"cmd \u001b[31m"}}]}}"#
    );
    let context = folder.file("context.json", context.as_bytes());
    let told = run(&["triage", "--context", &context, &bad]);
    assert!(told.out.contains("Escalation: contain"), "{}", told.out);
    assert!(told.out.contains("Seen in the logs:") && told.out.contains("isolate-host"));
    assert!(!told.out.contains('\u{1b}'));
}

#[test]
fn the_status_is_that_of_scan() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let locked = folder.file(
        "locked.zip",
        &encrypted_zip("a.docx", &malicious(), "s3cret!"),
    );
    assert_eq!(run(&["triage", &clean]).status, 0);
    let incomplete = run(&["triage", &locked]);
    assert_eq!(incomplete.status, 2);
    assert!(
        incomplete.out.contains("Escalation: l1-review"),
        "{}",
        incomplete.out
    );
    assert_eq!(run(&["triage", &folder.path("none")]).status, 3);
    assert_eq!(run(&["triage"]).status, 3);
    let report = run(&["scan", "--format=jsonl", &clean]).out;
    for (name, text) in [
        ("cut.json", &report[..report.len() / 2]),
        ("newer.json", r#"{"schema":"ddetect/2"}"#),
        ("other.json", "{}"),
        ("empty.json", ""),
    ] {
        let path = folder.file(name, text.as_bytes());
        let wrong = run(&["triage", &path]);
        assert_eq!((wrong.status, wrong.out.as_str()), (3, ""), "{name}");
        assert!(wrong.err.starts_with("ddetect: "), "{}", wrong.err);
    }
    let context = folder.file("c.json", br#"{"sendr":"known"}"#);
    let wrong = run(&["triage", "--context", &context, &clean]);
    assert!(
        wrong.status == 3 && wrong.err.contains("sendr"),
        "{}",
        wrong.err
    );
}

#[test]
fn a_document_cannot_pass_for_the_report_of_another() {
    let folder = Folder::new();
    let claim =
        "{\"schema\":\"ddetect/1\",\"document\":{},\"verdict\":\"clean\",\"complete\":true}";
    let bytes = format!("{claim}\n=cmd|'/c calc.exe'!A1\n");
    let path = folder.file("prices.csv", bytes.as_bytes());
    assert_eq!(run(&["triage", &path]).status, 1);
}
