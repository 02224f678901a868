use super::*;
use crate::limits::Limits;

/// The parts as `type name [codings] body`.
fn parts(message: &str) -> (Vec<String>, bool) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let read = read(message.as_bytes(), &budget);
    assert_eq!(read.exhausted, None);
    let show = |part: &Part| {
        let codings: Vec<_> = part
            .codings
            .iter()
            .map(|coding| {
                if *coding == Coding::Transfer(Transfer::Base64) {
                    "b64"
                } else if *coding == Coding::Transfer(Transfer::QuotedPrintable) {
                    "qp"
                } else {
                    "-"
                }
            })
            .collect();
        format!(
            "{} {} {} {}",
            part.media_type,
            part.name.as_deref().unwrap_or("?"),
            codings.join("+"),
            &message[part.range.clone()]
        )
    };
    (read.parts.iter().map(show).collect(), read.broken)
}

const PAGE: &str = "MIME-Version: 1.0
Content-Type: multipart/related;
\tboundary=\"----=_Next Part\";
\ttype=\"text/html\"

preamble
------=_Next Part
Content-Location: file:///C:/x/a.htm
Content-Transfer-Encoding: Quoted-Printable
Content-Type: text/html; charset=\"utf-8\"

<p>one

------=_Next Part
Content-Location: file:///C:/x/a_files/oledata.mso
Content-Transfer-Encoding: base64
Content-Type: application/x-mso

QWN0

------=_Next Part--
epilogue
";

#[test]
fn a_page_with_its_parts_whatever_its_lines_end_with() {
    for end in ["\n", "\r\n", "\r"] {
        let (found, broken) = parts(&PAGE.replace('\n', end));
        let expected = [
            format!("text/html a.htm qp <p>one{end}"),
            format!("application/x-mso oledata.mso b64 QWN0{end}"),
        ];
        assert_eq!(found, expected, "{end:?}");
        assert!(!broken);
    }
}

#[test]
fn liberties() {
    let body = "text/html a.htm qp <p>one\n";
    let at = |page: &str| parts(page).0.first().cloned().unwrap_or_default();
    // Junk in front, no MIME-Version, no end, another case, no quotes, no boundary named.
    assert_eq!(at(&format!("%PDF-1.7\n1 0 obj\n\n{PAGE}")), body);
    assert_eq!(at(&PAGE.replace("MIME-Version: 1.0\n", "")), body);
    assert_eq!(
        at(&PAGE.replace("------=_Next Part--\nepilogue\n", "")),
        body
    );
    assert_eq!(
        at(&PAGE.replace("\n------=_Next Part", "\n------=_NEXT PART")),
        body
    );
    let plain = PAGE.replace("_Next Part", "_Next");
    assert_eq!(at(&plain.replace('"', "")), body);
    assert_eq!(at(&plain.replace("\tboundary=\"----=_Next\";\n", "")), body);
    assert_eq!(
        parts(&plain.replace("\tboundary=\"----=_Next\";\n", ""))
            .0
            .len(),
        2
    );
    // Headers without an empty line behind them.
    assert_eq!(at(&PAGE.replace("utf-8\"\n\n", "utf-8\"\n")), body);
}

#[test]
fn headers_that_contradict_each_other_are_both_believed() {
    let page = PAGE.replace(
        "Content-Transfer-Encoding: base64\n",
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n",
    );
    assert_eq!(
        parts(&page).0[1],
        "application/x-mso oledata.mso -+b64 QWN0\n"
    );
}

#[test]
fn nested_multiparts_and_messages() {
    let page = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n\
        --a\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\n\nthree\n--a--\n";
    let (found, broken) = parts(page);
    assert_eq!(found, [" ? - one", " ? - two", "text/html ? - three"]);
    assert!(!broken);
}

#[test]
fn a_document_in_base64_needs_no_declaration() {
    let page = "MIME-Version: 1.0\n\nQWN0aXZlTWltZQAA\n";
    assert_eq!(parts(page).0, [" ? -+b64 QWN0aXZlTWltZQAA\n"]);
}

#[test]
fn a_multipart_without_parts_is_broken() {
    let (found, broken) = parts("Content-Type: multipart/related; boundary=x\n\n<p>no part\n");
    assert!(found.is_empty() && broken);
}

#[test]
fn runs_of_base64() {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let run = format!("{0}\n\n{0}", "QUJD".repeat(19));
    let text = format!("x y\n{run}\nshort\nz z\n{}", "QUJD".repeat(16));
    let (runs, ended) = salvage::base64_runs(text.as_bytes(), &budget);
    assert_eq!(ended, Ok(()));
    let runs: Vec<_> = runs.into_iter().map(|run| &text[run]).collect();
    // `short` could be base64, too.
    assert_eq!(runs, [format!("{run}\nshort"), "QUJD".repeat(16)]);
}

#[test]
fn more_parts_than_the_limit() {
    let mut page = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned();
    page.push_str(&"--a\n\nx\n".repeat(100_000));
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let read = read(page.as_bytes(), &budget);
    assert_eq!(
        read.exhausted,
        Some(Exhausted::Limit(crate::limits::Limit::MimeParts))
    );
    assert!(read.parts.len() <= 2_000);
}

#[test]
fn hostile_messages_take_linear_time() {
    let size = 2 << 20;
    let long = format!("--{}\n", "a".repeat(10_000));
    let nested: String = (0..2_000)
        .map(|n| {
            format!(
                "--b{n}\nContent-Type: multipart/mixed; boundary=b{}\n\n",
                n + 1
            )
        })
        .collect();
    let start = "Content-Type: multipart/mixed; boundary=b0\n\n";
    for piece in [
        &long, "--\n", "\n", "-", "a: b\n", " x\n", "--b0--\n", "x", &nested,
    ] {
        let page = format!("{start}{}", piece.repeat(size / piece.len()));
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let clock = std::time::Instant::now();
        read(page.as_bytes(), &budget);
        let name = &piece[..piece.len().min(20)];
        assert!(
            clock.elapsed().as_secs() < 10,
            "{name}: {:?}",
            clock.elapsed()
        );
    }
}
