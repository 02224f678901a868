//! Links and what executes: monikers, shortcuts, packages.

use super::*;

#[test]
fn a_link_moniker_is_a_link() {
    // `spec/word.md` §6.4, L07.
    let ole = monikers::ole(1, 1, &[], &monikers::url("http://h/a.hta"), true);
    let comp_obj = class::tests::comp_obj(&class::tests::LINK, "Word.Document.8");
    let data = smith(&[
        ("WordDocument", b"x"),
        ("ObjectPool/_1234/\u{1}Ole", &ole),
        ("ObjectPool/_1234/\u{1}CompObj", &comp_obj),
    ]);
    let seen = read(&data);
    let [link] = &seen.links[..] else {
        panic!("{:?}", seen.links)
    };
    assert_eq!(link.kind, Kind::ExternalLink);
    assert_eq!(link.carrier, Carrier::OleLink);
    assert_eq!(link.target.as_deref(), Some("http://h/a.hta"));
    assert_eq!(link.prog_id.as_deref(), Some("Word.Document.8"));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.confidence, Confidence::Certain);
    assert_eq!(
        link.location.path().collect::<Vec<_>>(),
        ["x", "ObjectPool/_1234/\u{1}Ole"]
    );
    assert_eq!(seen.outcome.format, Format::Doc);
}

#[test]
fn a_moniker_without_the_link_bit_is_less_sure() {
    let ole = monikers::ole(0, 3, &[], &monikers::url("http://h/a"), false);
    let seen = read(&smith(&[("\u{1}OLE", &ole)]));
    assert_eq!(seen.links[0].confidence, Confidence::Medium);
    assert_eq!(seen.links[0].trigger, Trigger::Update);
    assert_eq!(seen.outcome.format, Format::OleObject);
    // An embedded object names nothing.
    let seen = read(&smith(&[(
        "\u{1}Ole",
        &monikers::ole(0, 0, &[], &[], false),
    )]));
    assert!(seen.links.is_empty());
    assert_eq!(seen.outcome.opaque, Some(SkipReason::OleObject));
}

#[test]
fn script_monikers_and_classes_execute() {
    let body = [
        class::COMPOSITE_MONIKER.to_vec(),
        2u32.to_le_bytes().to_vec(),
        monikers::file(0, "C:\\t\\a.sct", None),
        class::NEW_MONIKER.to_vec(),
    ];
    let ole = monikers::ole(1, 1, &[], &body.concat(), true);
    let seen = read(&smith(&[("a/\u{1}Ole", &ole)]));
    assert_eq!(seen.links[0].kind, Kind::Execute);
    assert_eq!(seen.links[0].target.as_deref(), Some("script:C:\\t\\a.sct"));
    for class in [
        "25336920-03F9-11CF-8FFD-00AA00686F13",
        "06290BD3-48AA-11D2-8432-006008C3FBFC",
    ] {
        let data = classed(&[("a/\u{1}CompObj", b"x")], &[("a", class)]);
        let seen = read(&data);
        assert_eq!(seen.links[0].kind, Kind::Execute);
        assert_eq!(seen.links.len(), 1);
    }
}

/// The name says that it runs, the bytes say what.
#[test]
fn a_shortcut_in_a_package_gives_its_command() {
    let lnk = shortcut::tests::lnk("C:\\Windows\\System32\\cmd.exe", "/c calc");
    let url = b"[InternetShortcut]\r\nURL=file://h/s/a.exe\r\n".as_slice();
    for (name, file, wanted) in [
        (
            "evil.lnk",
            lnk.as_slice(),
            ["evil.lnk", "C:\\Windows\\System32\\cmd.exe /c calc"].as_slice(),
        ),
        (
            "notes.txt",
            &lnk,
            &["C:\\Windows\\System32\\cmd.exe /c calc"],
        ),
        ("b.lnk", url, &["b.lnk", "file://h/s/a.exe"]),
    ] {
        let data = package(name, "", name, 3, file);
        let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
        let targets: Vec<_> = seen
            .links
            .iter()
            .filter_map(|l| l.target.as_deref())
            .collect();
        assert_eq!(targets, wanted);
        for link in &seen.links {
            assert_eq!(
                (link.kind, link.carrier),
                (Kind::Execute, Carrier::OlePackage)
            );
            assert_eq!(link.trigger, Trigger::Click);
        }
        let sure = seen
            .links
            .iter()
            .all(|l| l.confidence == Confidence::Certain);
        assert_eq!(sure, name != "notes.txt");
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn a_linked_package_leads_to_its_file() {
    let data = package("a", "\\\\h\\s\\a.docx", "", 1, b"");
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    assert_eq!(seen.links[0].kind, Kind::ExternalLink);
    assert_eq!(seen.links[0].carrier, Carrier::OlePackage);
}
