//! Query files and connections: §6.3, §6.5.

use ddetect::{Carrier, Finding, Kind, Report, Verdict};

use super::named;
use super::support::excel::query;

#[track_caller]
fn link(report: &Report, carrier: Carrier) -> &Finding {
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.carrier == carrier)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(found[0].kind, Kind::ExternalLink);
    found[0]
}

#[test]
fn case_5_a_web_query() {
    let url = "http://1.2.3.4/x.dat";
    for bytes in [
        b"WEB\r\n1\r\nhttp://1.2.3.4/x.dat".to_vec(),
        query::web(url, true, None),
        query::web(url, true, Some("a=1")),
    ] {
        for name in ["a.iqy", ""] {
            let report = named(name, &bytes);
            assert_eq!(
                link(&report, Carrier::WebQuery).target.as_deref(),
                Some(url)
            );
            assert!(report.verdict() >= Verdict::Suspicious, "{report:#?}");
        }
    }
    // The first two lines may be left out; the name says what it is.
    let report = named("a.iqy", &query::web(url, false, None));
    assert_eq!(
        link(&report, Carrier::WebQuery).target.as_deref(),
        Some(url)
    );
}

#[test]
fn a_query_of_this_company_is_no_verdict() {
    let report = named(
        "a.iqy",
        &query::web("http://intranet/prices.htm", true, None),
    );
    assert!(report.verdict() < Verdict::Malicious, "{report:#?}");
}

#[test]
fn databases() {
    let connection = "DRIVER=SQL Server;SERVER=db.example.invalid;DATABASE=x";
    let report = named(
        "a.dqy",
        &query::database(connection, "SELECT * FROM prices"),
    );
    link(&report, Carrier::Connection);
    assert!(report.verdict() < Verdict::Malicious, "{report:#?}");
    let report = named(
        "a.dqy",
        &query::database(connection, "EXEC xp_cmdshell 'powershell -e x'"),
    );
    link(&report, Carrier::Connection);
    assert!(report.verdict() >= Verdict::Suspicious, "{report:#?}");
    for name in ["a.oqy", "a.rqy"] {
        let connection = "Provider=MSOLAP;Data Source=http://example.invalid/cube";
        let report = named(name, &query::ole_db(connection, "Sales"));
        link(&report, Carrier::Connection);
    }
    let report = named("a.odc", &query::connection("OLEDB", connection, "SELECT 1"));
    link(&report, Carrier::Connection);
}
