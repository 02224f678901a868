//! Pages in rich text (`spec/word.md` §5.2).

use ddetect::Verdict;

use super::support::tnef::{Tnef, binary, mela};
use super::{H02, analyze, clean, dde, std_case, targets};

/// The text as the content of groups of tags, so many letters each.
fn tags(html: &str, letters: usize) -> String {
    let all: Vec<char> = html.chars().collect();
    let groups = all.chunks(letters).map(|chunk| {
        let mut text = String::new();
        for letter in chunk {
            match letter {
                '\\' | '{' | '}' => text.extend(['\\', *letter]),
                '\n' => text.push_str("\\par\r\n"),
                _ => text.push(*letter),
            }
        }
        format!("{{\\*\\htmltag84 {text}}}\r\n")
    });
    groups.collect()
}

fn document(body: &str) -> String {
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\fbidis \\deff0{{\\fonttbl\r\n\
         {{\\f0\\fswiss\\fcharset0 Arial;}}{{\\f1\\fmodern Courier New;}}}}\r\n\
         {{\\colortbl\\red0\\green0\\blue0;}}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs24 \r\n\
         {{\\*\\htmltag64}}{body}}}"
    )
}

#[test]
fn e10_a_field_of_the_page() {
    let page = format!("<html>\n<body>{H02}</body></html>");
    for letters in [1, 3, 1000] {
        let report = analyze(document(&tags(&page, letters)).as_bytes());
        std_case(&report, &["html"]);
        assert!(report.complete(), "{report:#?}");
    }
    // In the body of a message.
    let rtf = document(&tags(&page, 7));
    let message = Tnef::default()
        .message(&[binary(0x1009, &mela(&rtf))])
        .build();
    std_case(&analyze(&message), &["rtf-body", "html"]);
}

#[test]
fn the_text_of_the_page_counts() {
    let mark = |mark| tags(&format!("<span style='mso-element:{mark}'></span>"), 9);
    let text = r#" \u68?DEA\'55TO c:\\\\windows\\\\system32\\\\cmd.exe \htmlrtf junk\htmlrtf0 "/k calc.exe"\u32?"#;
    let body = mark("field-begin") + text + &mark("field-separator") + "x" + &mark("field-end");
    std_case(&analyze(document(&body).as_bytes()), &["html"]);
}

#[test]
fn what_is_not_certain_is_read() {
    // A comment that begins where nothing should count, or in the text.
    for front in ["\\htmlrtf {\\*\\htmltag <!--}\\htmlrtf0 ", "<!--"] {
        let body = format!("{front}{}", tags(H02, 9));
        assert!(names_of(&body).contains(&"html".to_owned()), "{front}");
    }
    // Tags where nothing should count, and where the text could be some.
    let body = format!("\\htmlrtf {}\\htmlrtf0 ", tags(H02, 9));
    assert_eq!(names_of(&body), ["html"]);
    let text = H02.replace('\\', "\\\\");
    assert_eq!(names_of(&text), ["html"]);
}

fn names_of(body: &str) -> Vec<String> {
    let report = analyze(document(body).as_bytes());
    let found = dde(&report);
    let last = |location: &ddetect::Location| location.path().last().unwrap().to_owned();
    found
        .iter()
        .map(|finding| last(&finding.location))
        .collect()
}

#[test]
fn both_readings_are_told() {
    let field = r#"\htmlrtf {\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"}{\fldrslt x}}\htmlrtf0 "#;
    let report = analyze(document(&format!("{}{field}", tags(H02, 9))).as_bytes());
    assert_eq!(dde(&report).len(), 2, "{report:#?}");
}

#[test]
fn ordinary_pages_are_clean() {
    let page = "<html><head>\n<style><!--\np.MsoNormal {margin:0cm;}\n--></style></head>\n\
        <body lang=EN-US><p class=MsoNormal>Hello&nbsp;<a href=\"https://example.com/\">page</a>\
        <o:p></o:p></p></body></html>";
    let body = tags(page, 20) + "{\\htmlrtf \\f1 \\htmlrtf0 text}";
    let report = clean(document(&body).as_bytes());
    let link = ("hyperlink", "https://example.com/".to_owned());
    assert_eq!(targets(&report), [link]);
    // Plain text that was made rich.
    clean(br"{\rtf1\ansi\fromtext \fbidis \deff0{\fonttbl{\f0 Arial;}}\f0\fs20 DDEAUTO c \par }");
    // Without the mark it is no page.
    let report = analyze(
        document(&tags(H02, 9))
            .replace("\\fromhtml1", "")
            .as_bytes(),
    );
    assert_eq!(report.verdict(), Verdict::Clean);
}
