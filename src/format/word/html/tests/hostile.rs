//! Fields that never end, long tags, pages made to hurt.

use super::*;

#[test]
fn stray_marks_and_fields_that_never_end() {
    let open = "<b style='mso-element:field-begin'></b>";
    let end = "<b style='mso-element:field-end'></b>";
    let code = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let found = page(&format!("{end}{end}{open}{code}"));
    assert_eq!(techniques(only(&found)), ["unclosed"]);
    // An element in a field, and a field in an element, that do not nest.
    let simple = "<span style='mso-field-code:PAGE'>";
    let crossed = page(&format!("{simple}{open}DDE</span>AUTO {}{end}", &code[8..]));
    assert_eq!(crossed.findings()[0].topic.as_deref(), Some("/k calc.exe"));
}

#[test]
fn a_long_tag_is_a_gap() {
    let report = page(&format!("<b x='{}'>", "a".repeat(5 << 20)));
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

/// Linear time, and the memory is given back.
#[test]
fn hostile_pages() {
    use crate::format::ledger::Ledger;
    use crate::limits::{Budget, Limits};
    let size = 1 << 19;
    let fill = |piece: &str| piece.repeat(size / piece.len());
    let classes: String = (0..100_000)
        .map(|n| format!(".c{n}{{mso-element:field-begin}}"))
        .collect();
    let used: String = (0..100_000).map(|n| format!("<b class=c{n}>")).collect();
    let pages = [
        fill("<"),
        fill("<!--[if"),
        fill("<!--[if x]>"),
        fill("&"),
        format!("<b style='mso-element:field-begin'>{}", fill("&")),
        format!("<b style='mso-element:field-begin'>{}", fill("<b>x")),
        format!("<b {}>", fill("a=b ")),
        fill("<b style='mso-element:field-begin'>"),
        fill("<b style='mso-field-code:PAGE'>"),
        fill("<b style='mso-field-code:\"\\44 DE x\"'>"),
        fill("<a name=x>y"),
        fill("<a href=//h/x>"),
        format!("<style>{classes}</style>{used}"),
        format!(
            "<style>.a{{mso-element:field-begin;mso-field-code:\"{}\"}}</style>{}",
            "x".repeat(size / 4),
            fill("<b class=a></b>")
        ),
        format!(
            "<style>.a{{mso-element:field-begin}}</style><{} class='{}'>",
            "b".repeat(size),
            fill("z ")
        ),
        format!("<style>{}", fill("{")),
        format!("<style>{}</style>", fill("/")),
        format!("<style>{}</style>", fill("mso{")),
        format!("<style>{}</style>", fill("mso{}\"")),
        fill("<xml><o:DocumentProperties><o:X>y"),
        fill("<xml>"),
        fill("<td>=a|"),
        format!("<b style='{}'>", fill("mso-x:y;")),
    ];
    for page in pages {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut judge = |_| {};
        let mut ledger = Ledger::new(&limits, &mut judge);
        let clock = crate::tests::Clock::start();
        super::super::read(
            page.as_bytes(),
            &crate::Location::root(None),
            &budget,
            &mut ledger,
        );
        let name: String = page.chars().take(60).collect();
        assert!(
            clock.elapsed().as_secs() < 20,
            "{name}: {:?}",
            clock.elapsed()
        );
        assert_eq!(budget.live_left(), limits.live_bytes, "{name}");
    }
}
