//! Presentations that were made to hurt: nothing panics, hangs or is lost in silence.

use std::fmt::Write as _;

use ddetect::{Analyzer, GapKind, Kind, Limits, Options, Verdict};

use super::support::analyze;
use super::support::package::rels;
use super::support::slides::{
    atom, compressed, container, hyperlink, interaction, ppt, pptx, slide, stream, string,
};

const PROGRAM: &str = "cmd.exe /c calc";

fn runs() -> Vec<u8> {
    interaction(false, 2, 0, 0, PROGRAM)
}

#[test]
fn lengths_that_lie() {
    let lies = |mut record: Vec<u8>, length: u32| {
        record[4..8].copy_from_slice(&length.to_le_bytes());
        record
    };
    for length in [u32::MAX, 0x7fff_ffff, 60_000] {
        // An atom in a slide, with the action behind it in the same container.
        let inner = [lies(atom(0, 1007, &[0; 24]), length), runs()].concat();
        let report = analyze(&ppt(&stream(&[], &[inner])));
        assert_eq!(report.verdict(), Verdict::Malicious, "{length:#x}");
        // A container in a slide, and the document itself.
        let inner = lies(container(0, 0xf011, &[runs()]), length);
        let report = analyze(&ppt(&stream(&[], &[inner])));
        assert_eq!(report.verdict(), Verdict::Malicious, "{length:#x}");
        let outer = lies(container(0, 1006, &[runs()]), length);
        let report = analyze(&ppt(&outer));
        assert_eq!(report.verdict(), Verdict::Malicious, "{length:#x}");
        assert_eq!(report.gaps()[0].kind, GapKind::Damaged);
        // At the top, an atom in front of everything.
        let first = [
            lies(atom(0, 1007, &[0; 24]), length),
            container(0, 1006, &[runs()]),
        ];
        let report = analyze(&ppt(&first.concat()));
        assert_eq!(report.verdict(), Verdict::Malicious, "{length:#x}");
        assert!(!report.complete());
        // The record of the action itself.
        let report = analyze(&ppt(&lies(runs(), length)));
        assert_eq!(report.verdict(), Verdict::Malicious, "{length:#x}");
    }
}

#[test]
fn every_cut_is_said_or_harmless() {
    let whole = stream(&[hyperlink(1, "https://example.com/")], &[runs()]);
    for length in 0..whole.len() {
        let report = analyze(&ppt(&whole[..length]));
        // Cut between records at the top, or before the first header.
        let silent = length < 8 || report.verdict() == Verdict::Clean;
        if silent {
            let boundary = stream(&[hyperlink(1, "https://example.com/")], &[]);
            assert!(length <= boundary.len(), "{length}");
        }
    }
}

#[test]
fn deep_nests_end_where_they_are_read() {
    let mut nest = runs();
    for _ in 0..2_000 {
        nest = container(0, 1006, &[nest]);
    }
    let report = analyze(&ppt(&nest));
    assert_eq!(report.verdict(), Verdict::Malicious);
    // Headers only: each says that it holds the rest.
    let mut storm = Vec::new();
    for _ in 0..100_000 {
        storm.extend([0x0f, 0, 0xee, 3, 0xff, 0xff, 0xff, 0xff]);
    }
    storm.extend(runs());
    let report = analyze(&ppt(&storm));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.complete());
}

#[test]
fn a_search_is_linear() {
    // Everything is out of step, and everything looks like the start of what is searched for.
    let mut junk = atom(0, 1007, &[]);
    junk[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    for _ in 0..500_000 {
        junk.extend([0x0f, 0, 0xf2, 0x0f]);
    }
    junk.extend(runs());
    let report = analyze(&ppt(&junk));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn very_many_hyperlinks() {
    let mut links = Vec::new();
    for id in 0..100_000u32 {
        let target = string(1, &format!("https://example.com/{id}"));
        links.push(container(
            0,
            4055,
            &[atom(0, 4051, &id.to_le_bytes()), target],
        ));
    }
    let report = analyze(&ppt(&stream(&links, &[runs()])));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.omitted().is_empty());
    let limit = report.gaps().iter().all(|gap| gap.kind == GapKind::Limit);
    assert!(limit, "{:?}", report.gaps());
    // The same one again and again is one.
    let same = vec![hyperlink(1, "https://example.com/"); 10_000];
    let report = analyze(&ppt(&stream(&same, &[])));
    assert_eq!(report.findings().len(), 1);
}

#[test]
fn bombs_in_objects_are_stopped() {
    let bomb = compressed(&[crate::support::slides::compound(&[]), vec![0; 15_000_000]].concat());
    let limits = Limits {
        decoded_bytes: 10_000_000,
        ..Limits::default()
    };
    let analyzer = Analyzer::new(Options::default().limits(limits));
    let bytes = ppt(&[stream(&[], &[runs()]), bomb].concat());
    let report = analyzer.analyze(bytes.as_slice());
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Limit));
}

#[test]
fn texts_past_the_limit_are_said() {
    let long = "x".repeat(200_000);
    let report = analyze(&ppt(&stream(&[], &[interaction(false, 2, 0, 0, &long)])));
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Limit));
    assert_eq!(report.findings()[0].kind, Kind::Execute);
}

#[test]
fn very_many_actions_in_markup() {
    let mut shapes = String::new();
    let mut relations = vec![];
    let ids: Vec<String> = (0..2_000).map(|id| format!("r{id}")).collect();
    for id in &ids {
        relations.push((id.as_str(), "hyperlink", "https://example.com/", true));
    }
    for index in 0..20_000 {
        let id = &ids[index % ids.len()];
        write!(
            shapes,
            "<p:cNvPr id=\"{index}\"><a:hlinkClick r:id=\"{id}\" action=\"ppaction://hlinkfile\"/>\
             <a:hlinkClick r:id=\"{id}\" action=\"ppaction://ole?verb={index}\"/></p:cNvPr>"
        )
        .unwrap();
    }
    let last = "<a:hlinkClick r:id=\"x\" action=\"ppaction://program\"/>";
    let program = rels(&[("x", "hyperlink", PROGRAM, true)]);
    let program = program.replace("</Relationships>", "");
    let all = rels(&relations);
    let (_, rest) = all.split_once('>').unwrap();
    let document = pptx(&slide(&(shapes + last), ""), &[])
        .part("ppt/slides/_rels/slide1.xml.rels", program + rest);
    let report = analyze(&document.build());
    assert_eq!(report.verdict(), Verdict::Malicious);
}
