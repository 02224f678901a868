//! Every harmless twin in every carrier of Word: nothing above information, and nothing unread.

use ddetect::{Severity, Verdict};

use super::support::word::{benign, carriers, odt};
use super::support::{analyze, triples};

/// Cells that hold their story, and cells with a reason not to.
const HELD: usize = 807;
const EXCLUDED: usize = 33;

#[test]
fn every_twin_in_every_carrier() {
    let (mut held, mut excluded, mut failed) = (0, 0, Vec::new());
    for twin in benign::all() {
        for carrier in carriers::ALL {
            let Ok(bytes) = (carrier.write)(&twin.payload) else {
                excluded += 1;
                continue;
            };
            held += 1;
            let report = analyze(&bytes);
            let links = triples(&report);
            let links: Vec<[&str; 3]> = links
                .iter()
                .map(|(s, t, i)| [s.as_str(), t.as_str(), i.as_str()])
                .collect();
            let loud = report.findings().iter();
            let loud = loud.filter(|finding| finding.severity > Severity::Info);
            if links != twin.links
                || loud.count() > 0
                || report.verdict() != Verdict::Clean
                || !report.complete()
            {
                failed.push(format!(
                    "{} | {}: {report:#?}",
                    twin.payload.name, carrier.name
                ));
            }
        }
    }
    assert!(
        failed.is_empty(),
        "{} failures:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert_eq!((held, excluded), (HELD, EXCLUDED));
}

#[test]
fn open_document_text_that_talks_about_dde() {
    let paragraphs = [
        r"DDEAUTO c:\x",
        r#"{ DDE cmd "/c calc" }"#,
        "=cmd|'/c calc'!A0",
    ];
    for bytes in odt::plain_text(&paragraphs) {
        let report = analyze(&bytes);
        assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
        assert!(
            report.findings().is_empty() && report.complete(),
            "{report:#?}"
        );
    }
}
