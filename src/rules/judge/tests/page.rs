//! `docs/verdict.md`: how severity, confidence, trigger and preconditions combine, written from
//! what the code does. Run with `DDETECT_UPDATE=1` to rewrite it.

use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::link::Confidence;
use crate::verdict::Lines;

const HEAD: &str = "\
# From a link to a verdict

Written by a test from what the code does; do not edit.

A finding says four things that are independent of each other, and one number that sums up what counts:

| field | question | decided by | enters the score |
|---|---|---|---|
| `severity` | how much harm if it runs | the score, one step lower for a locked field; `info` for the shape of an archive | is read off it |
| `confidence` | how sure that it is what we say | the reader of the format; at most `medium` for a reading other than the first and for a name that only cutting makes a program | `low` caps it at 70 (rule `low-confidence`) |
| `trigger` | what makes it act | the reader of the format | `open` adds 5 to a command (rule `auto-trigger`); otherwise not |
| `preconditions` | what must be so before it acts | kind, carrier, trigger | never: nobody can tell from a document how the computer is set |
| `score` | what counts for the verdict | the highest base, plus every modifier, clamped to 0 to 100, then no more than any cap, then (strict mode) no less than any floor: [rules](rules.md) | |

The verdict of a document is that of its highest score over all findings that are not `allowed`, also over those that
were counted but not kept. A gap makes `clean` `incomplete`, and touches nothing else.
";

/// The verdict of a document with nothing but this finding.
fn drawn(score: u8) -> &'static str {
    let verdict = Lines::default().verdict(score);
    verdict.unwrap_or(Verdict::Clean).as_str()
}

fn bands(page: &mut String) {
    page.push_str("\n## Score, severity, verdict\n\n| score | severity | of a locked field | verdict |\n|---|---|---|---|\n");
    let of = |score: u8| {
        let plain = link(Kind::Dde, Carrier::Field);
        let mut locked = plain.clone();
        locked.add_technique(TechniqueId::Locked);
        let pool = Pool::new(u64::MAX);
        let severity = |link: &Link| severity(&Subject::new(link, None, &pool), score).as_str();
        (severity(&plain), severity(&locked), drawn(score))
    };
    let mut from = 0;
    for score in 0..=100 {
        if score < 100 && of(score + 1) == of(score) {
            continue;
        }
        let (severity, locked, verdict) = of(score);
        writeln!(
            page,
            "| {from} to {score} | {severity} | {locked} | {verdict} |"
        )
        .unwrap();
        from = score + 1;
    }
}

/// Links that differ in one thing at a time.
fn examples() -> Vec<(&'static str, Link)> {
    let base = |kind, carrier, service: &str, topic: &str| {
        let mut link = link(kind, carrier);
        link.readings = vec![reading(service, topic, "")];
        link
    };
    let with = |mut link: Link, trigger, confidence| {
        link.trigger = trigger;
        link.confidence = confidence;
        link
    };
    let cmd = || base(Kind::Dde, Carrier::Field, "cmd", "/c x");
    let tool = || base(Kind::Dde, Carrier::Field, "tool", "/c x");
    let feed = || base(Kind::Dde, Carrier::DdeLinkPart, "BLP", "M");
    let mut locked = with(cmd(), Trigger::Update, Confidence::Certain);
    locked.add_technique(TechniqueId::Locked);
    let mut inert = with(cmd(), Trigger::None, Confidence::Certain);
    inert.kind = Kind::Inert;
    let mut template = link(Kind::ExternalLink, Carrier::RemoteTemplate);
    template.target = Some("http://h.example/a.dotm".to_owned());
    template.trigger = Trigger::Open;
    let mut hyperlink = link(Kind::ExternalLink, Carrier::Hyperlink);
    hyperlink.target = Some("http://h.example/".to_owned());
    hyperlink.trigger = Trigger::Click;
    let (certain, high) = (Confidence::Certain, Confidence::High);
    vec![
        ("`cmd` in a field", with(cmd(), Trigger::Update, certain)),
        ("… at open", with(cmd(), Trigger::Open, certain)),
        ("… less sure", with(cmd(), Trigger::Open, high)),
        (
            "… found with low confidence",
            with(cmd(), Trigger::Open, Confidence::Low),
        ),
        ("… in a locked field", locked),
        ("… in text that no program runs", inert),
        (
            "an unknown server that is given a command",
            with(tool(), Trigger::Update, certain),
        ),
        ("… at open", with(tool(), Trigger::Open, certain)),
        (
            "an unknown server, an ordinary topic, at open",
            with(
                base(Kind::DdeAuto, Carrier::Field, "tool", "x"),
                Trigger::Open,
                certain,
            ),
        ),
        ("market data", with(feed(), Trigger::Open, certain)),
        ("a template from the web", template),
        ("a hyperlink", hyperlink),
    ]
}

fn rows(page: &mut String) {
    page.push_str("\n## Examples\n\n| link | trigger | confidence | severity | score | verdict | preconditions |\n|---|---|---|---|---|---|---|\n");
    for (what, link) in examples() {
        let finding = judged(link);
        let needs: Vec<_> = finding
            .preconditions
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        writeln!(
            page,
            "| {what} | {} | {} | {} | {} | {} | {} |",
            finding.trigger.as_str(),
            finding.confidence.as_str(),
            finding.severity.as_str(),
            finding.score,
            drawn(finding.score),
            needs.join(", ")
        )
        .unwrap();
    }
}

fn needs(page: &mut String) {
    page.push_str("\n## Preconditions\n\nNone of them lowers a score: they say what must be so where the document is opened.\n\n| id | needs | where nobody changed it |\n|---|---|---|\n");
    let mut all = Vec::new();
    for carrier in Carrier::ALL {
        for kind in [Kind::Dde, Kind::Execute, Kind::ExternalLink] {
            for trigger in [Trigger::Open, Trigger::Update, Trigger::Click] {
                let mut link = link(kind, *carrier);
                link.trigger = trigger;
                link.add_technique(TechniqueId::Locked);
                all.extend(preconditions(&link));
            }
        }
    }
    all.sort_by_key(|one| (one.id, one.needs));
    all.dedup();
    for one in all {
        let (id, needs, default) = (one.id.as_str(), one.needs, one.default);
        writeln!(page, "| `{id}` | {needs} | {default} |").unwrap();
    }
}

const POLICY: &str = "
## Policy

| setting | effect | cannot |
|---|---|---|
| `Policy::strict`, `--strict` | every DDE link, live or not, is suspicious at least (rule `strict-mode`) | |
| `Policy::suspicious_from`, `--suspicious-from` | the line of suspicious: 1 to 50 | be raised: what counts goes on counting |
| `Policy::malicious_from`, `--malicious-from` | the line of malicious: 50 to 101 | make anything clean |
| `Policy::disable`, `--disable-rule`; `Policy::weight`, `--weight` | scores | bring a score that is 50 or more by default below 50 |
| `Policy::allow`, `--allow` | the finding with that fingerprint counts as none and is marked `allowed` | touch another finding |

No policy touches gaps.
";

#[test]
fn the_page_of_verdicts_is_fresh() {
    let mut page = String::from(HEAD);
    bands(&mut page);
    rows(&mut page);
    needs(&mut page);
    page.push_str(POLICY);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verdict.md");
    if std::env::var_os("DDETECT_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == page,
        "docs/verdict.md is stale: run with DDETECT_UPDATE=1"
    );
}

/// What the page says in words.
#[test]
fn the_four_questions_are_independent() {
    let examples: Vec<_> = examples()
        .into_iter()
        .map(|(_, link)| judged(link))
        .collect();
    let of = |index: usize| (examples[index].score, drawn(examples[index].score));
    let [update, open, unsure, low, locked, inert] = [0, 1, 2, 3, 4, 5].map(of);
    assert_eq!((update.1, open.1, unsure), ("malicious", "malicious", open));
    assert_eq!((low, inert), ((70, "suspicious"), (10, "clean")));
    // Locking lowers the severity, not the verdict.
    assert_eq!(locked, update);
    assert!(examples[4].severity < examples[0].severity);
    // What waits for the user is no less bad, and no trigger makes a link bad by itself.
    assert_eq!((of(6).1, of(7).1), ("suspicious", "suspicious"));
    assert_eq!((of(8).1, of(9)), ("clean", (0, "clean")));
    // Preconditions change nothing: the same command needs more in Word than in a slide.
    assert!(examples[1].preconditions.len() > 4);
}
