//! Several readings, circumstances, policies, fingerprints, techniques.

use super::*;

#[test]
fn the_worst_reading_counts() {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.readings
        .push(reading("c:windowssystem32cmd.exe", "/k", ""));
    link.readings
        .push(reading("c:\\windows\\system32\\cmd.exe", "/k", ""));
    link.readings
        .push(reading("c:\\windows\\system32\\cmd.exe", "/k", ""));
    let finding = judged(link);
    assert_eq!(
        finding.service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
    assert_eq!(finding.confidence, Confidence::Medium);
    assert_eq!(finding.alternatives.len(), 1);
    assert_eq!(
        finding.alternatives[0].service.as_deref(),
        Some("c:windowssystem32cmd.exe")
    );
}

#[test]
fn equal_readings_keep_their_order() {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.readings.push(reading("cmd", "/c a", ""));
    link.readings.push(reading("cmd", "/c b", ""));
    let finding = judged(link);
    assert_eq!(finding.topic.as_deref(), Some("/c a"));
    assert_eq!(finding.confidence, Confidence::Certain);
}

#[test]
fn circumstances() {
    let with = |id: TechniqueId| {
        let mut link = link(Kind::Dde, Carrier::Formula);
        link.add_technique(id);
        link.readings.push(reading("schtasks", "x", ""));
        judged(link)
    };
    assert_eq!(with(TechniqueId::HiddenSheet).score, 95);
    assert_eq!(with(TechniqueId::RecalculateOnLoad).score, 90);
    assert_eq!(with(TechniqueId::Unreachable).score, 70);
    let locked = with(TechniqueId::Locked);
    assert_eq!((locked.score, locked.severity), (85, Severity::High));

    let mut inert = link(Kind::Inert, Carrier::Formula);
    inert.readings.push(reading("cmd", "/c calc", "A0"));
    let inert = judged(inert);
    assert_eq!((inert.score, inert.severity), (10, Severity::Info));
    assert_eq!(inert.attack, [""; 0]);

    let mut low = link(Kind::Dde, Carrier::Formula);
    low.confidence = Confidence::Low;
    low.readings.push(reading("cmd", "/c calc", "A0"));
    assert_eq!(judged(low).score, 70);
    let mut low = link(Kind::Dde, Carrier::Formula);
    low.confidence = Confidence::Low;
    low.readings.push(reading("foo", "bar.exe", "A0"));
    assert_eq!(verdict(&judged(low)), Verdict::Clean);
}

/// Design page, law 10.
#[test]
fn a_policy_never_hides_a_finding() {
    let judged = |policy: &Policy| {
        let mut link = link(Kind::Dde, Carrier::Formula);
        link.readings.push(reading("cmd", "/c calc", "A0"));
        judged_by(link, policy)
    };
    let plain = judged(&Policy::default());
    assert_eq!(plain.score, 95);
    let disabled = judged(&Policy::default().disable("interpreter").unwrap());
    assert_eq!(disabled.score, 50);
    assert!(!rules(&disabled).contains(&"interpreter"));
    let lowered = judged(&Policy::default().weight("interpreter", -7).unwrap());
    assert_eq!(lowered.score, 50);
    let allowed = judged(&Policy::default().allow(plain.fingerprint.clone()));
    assert_eq!((allowed.allowed, allowed.score), (true, 95));
    assert!(!plain.allowed);
}

#[test]
fn fingerprints_follow_the_link() {
    let plain = dde("cmd", "/c calc", "A0");
    assert_eq!(plain.fingerprint.len(), 32);
    assert!(
        plain
            .fingerprint
            .chars()
            .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
    );
    let mut elsewhere = link(Kind::Dde, Carrier::DdeLinkPart);
    elsewhere.location = Location::root(Some("b.xlsx")).child("x");
    elsewhere.readings.push(reading("CMD", "/c calc", "A0"));
    assert_eq!(judged(elsewhere).fingerprint, plain.fingerprint);
    // Lengths stand in front: moving a letter over a border is another link.
    assert_ne!(dde("cmd", "/c calcA", "0").fingerprint, plain.fingerprint);
    assert_ne!(dde("cmd", "/c calc", "").fingerprint, plain.fingerprint);
    assert_ne!(field("cmd", "/c calc", "A0").fingerprint, plain.fingerprint);
}

#[test]
fn techniques_of_the_link_come_first_and_once() {
    let mut link = link(Kind::Dde, Carrier::Formula);
    link.add_technique(TechniqueId::FillerCharacters);
    link.readings.push(reading("c\0md", "/c", ""));
    let finding = judged(link);
    assert_eq!(
        finding.techniques,
        [Technique::from(TechniqueId::FillerCharacters)]
    );
    assert_eq!(rules(&finding), ["interpreter", "filler-characters"]);
}

/// The class of a link of OLE 1 is no program; a path in its place, or a program, is one.
#[test]
fn classes_start_nothing() {
    for (class, image) in [
        ("Word.Document.8", None),
        ("Excel.Sheet.12", None),
        ("Package", None),
        ("cmd", Some("cmd.exe")),
        ("word.exe", Some("word.exe")),
    ] {
        let mut link = link(Kind::DdeAuto, Carrier::Ole1Link);
        link.readings = vec![reading(class, "C:\\a.doc", "")];
        let finding = judged(link);
        let found = finding.command.and_then(|command| command.image);
        assert_eq!(found.as_deref(), image, "{class}");
    }
}
