use super::*;
use crate::container::zip::list;
use crate::limits::Limits;
use crate::passwords::Passwords;

use crate::container::zipsmith::{Entry, Zip};

const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STRICT: &str = "http://purl.oclc.org/ooxml/officeDocument/relationships";

/// A `.rels` part of (id, type, target, mode).
fn rels(relationships: &[(&str, &str, &str, &str)]) -> String {
    let mut xml =
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            .to_owned();
    for (id, kind, target, mode) in relationships {
        xml += &format!(r#"<Relationship Id="{id}" Type="{kind}" Target="{target}" "#);
        if !mode.is_empty() {
            xml += &format!(r#"TargetMode="{mode}""#);
        }
        xml += "/>";
    }
    xml + "</Relationships>"
}

fn read(parts: &[(&str, &str)]) -> (Vec<String>, Opc) {
    let zip = parts.iter().fold(Zip::new(), |zip, (name, xml)| {
        zip.entry(Entry::deflated(name, xml))
    });
    let data = zip.build();
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let listing = list(&data, &Passwords::default(), &budget);
    let opc = Opc::read(&data, &listing.members, &budget);
    (
        listing
            .members
            .into_iter()
            .map(|member| member.name)
            .collect(),
        opc,
    )
}

/// Names in reading order, `name<relation`, `!name` when not reachable.
fn order(parts: &[(&str, &str)]) -> Vec<String> {
    let (names, opc) = read(parts);
    let show = |reached: Reached| {
        let odd = if reached.reachable { "" } else { "!" };
        let relation = reached
            .relation
            .map(|segment| format!("<{segment}"))
            .unwrap_or_default();
        format!("{odd}{}{relation}", names[reached.member])
    };
    opc.reading_order().into_iter().map(show).collect()
}

#[test]
fn parts_are_reached_along_relationships_and_the_rest_follows() {
    let root = rels(&[(
        "rId1",
        &format!("{STRICT}/officeDocument"),
        "/Word/Doc.XML",
        "",
    )]);
    let part = rels(&[
        (
            "rId2",
            &format!("{TYPE}/header"),
            "header%31.xml",
            "Internal",
        ),
        (
            "rId1",
            &format!("{TYPE}/footer"),
            "..\\word\\.\\footer.xml",
            "",
        ),
        (
            "rId3",
            &format!("{TYPE}/attachedTemplate"),
            "http://example.invalid/t.dotm",
            "EXTERNAL",
        ),
        ("rId4", &format!("{TYPE}/self"), "doc.xml", ""),
        ("rId5", &format!("{TYPE}/gone"), "gone.xml", ""),
    ]);
    let back = rels(&[("rId1", &format!("{TYPE}/back"), "doc.xml", "")]);
    let parts = [
        ("junk.xml", ""),
        ("word/footer.xml", ""),
        ("word/header1.xml", ""),
        ("word/doc.xml", ""),
        ("_rels/.rels", root.as_str()),
        ("WORD\\_rels\\doc.xml.rels", part.as_str()),
        ("word/_rels/header1.xml.rels", back.as_str()),
    ];
    assert_eq!(
        order(&parts),
        [
            "word/doc.xml<officedocument",
            "word/header1.xml<header",
            "word/footer.xml<footer",
            "!junk.xml",
            "_rels/.rels",
            "WORD\\_rels\\doc.xml.rels",
            "word/_rels/header1.xml.rels",
        ]
    );
    let (_, opc) = read(&parts);
    let template = opc.relationship(3, "rId3").unwrap();
    assert_eq!(&*template.segment, "attachedtemplate");
    assert!(template.external && template.resolved.is_none());
    assert_eq!(template.target, "http://example.invalid/t.dotm");
    assert_eq!(opc.relationship(3, "rId1").unwrap().resolved, Some(1));
    assert!(opc.relationship(3, "rId9").is_none() && opc.relationship(0, "rId1").is_none());
}

#[test]
fn content_types_come_from_overrides_then_from_extensions() {
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="XML" ContentType="application/xml"/>
        <Override PartName="/word/X.dat" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml; charset=utf-8"/>
    </Types>"#;
    let root = rels(&[("a", &format!("{TYPE}/officeDocument"), "word/x.dat", "")]);
    let (_, opc) = read(&[
        ("[content_types].XML", types),
        ("word/x.dat", ""),
        ("a.xml", ""),
        ("a.bin", ""),
        ("_rels/.rels", &root),
    ]);
    let types: Vec<Option<&str>> = opc.content_types.iter().map(Option::as_deref).collect();
    let main = "application/vnd.ms-word.document.macroenabled.main+xml";
    assert_eq!(types[1..4], [Some(main), Some("application/xml"), None]);
    assert_eq!(opc.main_content_types(), [main]);
    assert!(opc.shortfalls.is_empty());
}

#[test]
fn a_package_without_content_types_still_has_its_relationships() {
    let root = rels(&[(
        "a",
        &format!("{TYPE}/officeDocument"),
        "word/document.xml",
        "",
    )]);
    assert_eq!(
        order(&[("word/document.xml", ""), ("_rels/.rels", &root)]),
        ["word/document.xml<officedocument", "_rels/.rels"]
    );
}

#[test]
fn equal_names_are_reached_together_and_share_relationships() {
    let root = rels(&[(
        "a",
        &format!("{TYPE}/officeDocument"),
        "word/document.xml",
        "",
    )]);
    let first = rels(&[("r1", &format!("{TYPE}/header"), "h1.xml", "")]);
    let second = rels(&[("r2", &format!("{TYPE}/header"), "h2.xml", "")]);
    let parts = [
        ("_rels/.rels", root.as_str()),
        ("word/document.xml", ""),
        ("word/document.xml", "x"),
        ("Word/Document.xml", ""),
        ("word/_rels/document.xml.rels", first.as_str()),
        ("word/_rels/document.xml.rels", second.as_str()),
        ("word/h1.xml", ""),
        ("word/h2.xml", ""),
    ];
    let reached = order(&parts);
    assert_eq!(
        reached[..5],
        [
            "word/document.xml<officedocument",
            "word/document.xml#2<officedocument",
            "Word/Document.xml<officedocument",
            "word/h1.xml<header",
            "word/h2.xml<header",
        ]
    );
    let (_, opc) = read(&parts);
    assert_eq!(opc.relationship(2, "r2").unwrap().resolved, Some(7));
}

#[test]
fn broken_relationships_give_what_can_be_read_and_say_so() {
    let xml = rels(&[("a", &format!("{TYPE}/officeDocument"), "d.xml", "")]);
    let cut = &xml[..xml.len() - 10];
    let (_, opc) = read(&[("d.xml", ""), ("_rels/.rels", cut)]);
    assert_eq!(opc.relationships[0].resolved, Some(0));
    assert_eq!(
        opc.shortfalls,
        [(1, Shortfall::Damaged("markup is cut off"))]
    );
}

#[test]
fn many_relationships_are_looked_up_without_search() {
    let many: Vec<(String, String)> = (0..20_000)
        .map(|n| (format!("rId{n}"), format!("part{n}.xml")))
        .collect();
    let kind = format!("{TYPE}/header");
    let of: Vec<(&str, &str, &str, &str)> = many
        .iter()
        .map(|(id, target)| (&**id, &*kind, &**target, ""))
        .collect();
    let root = rels(&[("a", &format!("{TYPE}/officeDocument"), "d.xml", "")]);
    let (_, opc) = read(&[
        ("d.xml", ""),
        ("_rels/.rels", &root),
        ("_rels/d.xml.rels", &rels(&of)),
    ]);
    for (id, target) in &many {
        assert_eq!(&opc.relationship(0, id).unwrap().target, target);
    }
}
