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
        &long,
        "--\n",
        "\n",
        "-",
        "a: b\n",
        " x\n",
        "--b0--\n",
        "x",
        "--b0--\n<\n",
        "--b0\nContent-Type: message/rfc822\njunk\n",
        "Content-Type: message/rfc822\njunk\n",
        &nested,
    ] {
        let page = format!("{start}{}", piece.repeat(size / piece.len()));
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let clock = crate::tests::Clock::start();
        read(page.as_bytes(), &budget);
        let name = &piece[..piece.len().min(20)];
        assert!(
            clock.elapsed().as_secs() < 10,
            "{name}: {:?}",
            clock.elapsed()
        );
    }
}

/// A page of one part with these header lines in front of its transfer encoding.
fn with_line(line: &str) -> Vec<String> {
    let page = PAGE.replace(
        "Content-Location: file:///C:/x/a_files",
        &format!("{line}\nContent-Location: file:///C:/x/a_files"),
    );
    parts(&page).0
}

#[test]
fn an_unusual_header_line_does_not_end_the_headers() {
    let long = format!("{}: z", "X".repeat(300));
    for line in [
        "\"X\": y", "X<y: z", &long, "\0X: y", "garbage", "Xé: z", " a: b",
    ] {
        let found = with_line(line);
        let whole = |part: &String| part.contains(" b64 ") && part.ends_with(" QWN0\n");
        assert!(found.iter().any(whole), "{line}: {found:#?}");
    }
    // A body without an empty line in front is one all the same.
    let found = with_line("<p>one");
    assert!(
        found.iter().any(|part| part.contains(" - <p>one\n")),
        "{found:#?}"
    );
}

#[test]
fn a_coding_in_comments_and_quotes() {
    for coding in [
        "(x) base64 (y)",
        "\"base64\"",
        "(a(b))base64",
        "base64; x=y",
        "BASE64",
    ] {
        let page = PAGE.replace("base64", coding);
        assert_eq!(
            parts(&page).0[1],
            "application/x-mso oledata.mso b64 QWN0\n",
            "{coding}"
        );
    }
    // In text that is no base64 the declaration is a lie, or it is not: both.
    let page = PAGE.replace("QWN0", "<p>QWN0");
    assert!(parts(&page).0[1].contains(" b64+- "));
}

#[test]
fn what_stands_around_the_parts() {
    let page = PAGE
        .replace("preamble", "<p>before")
        .replace("epilogue", "<p>behind");
    let (found, _) = parts(&page);
    assert_eq!(found.len(), 4);
    assert!(found[0].starts_with("text/html ? - ") && found[0].contains("<p>before"));
    assert_eq!(found[3], "text/html ? - <p>behind\n");
    let page = PAGE.replace(
        "epilogue",
        "------=_Next Part\nContent-Type: text/html\n\nthree",
    );
    assert_eq!(parts(&page).0[2], "text/html ? - three\n");
}

#[test]
fn a_multipart_that_is_coded_as_a_whole() {
    let page = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nQUJD\n--a--\n";
    let (found, _) = parts(page);
    assert!(
        found[0].starts_with("multipart/mixed ? b64 QUJD"),
        "{found:#?}"
    );
    // What comes out of it has no headers of its own.
    let (found, _) = parts("--b\nContent-Type: text/html\n\none\n--b--\n");
    assert_eq!(found, ["text/html ? - one"]);
}
