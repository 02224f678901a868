//! What looks like a payload and is none: nothing of it is more than information.

use super::payload::{Disguise, Expected, Payload, Piece, f, ff, field, t};
use ddetect::{Kind, Trigger};

/// A story that is harmless, and the DDE in it that is reported as what it is.
pub struct Twin {
    pub payload: Payload,
    /// Service, topic and item of the links that are reported, for information.
    pub links: Vec<[&'static str; 3]>,
}

fn twin(name: &'static str, story: Vec<Piece>) -> Twin {
    let payload = Payload {
        name,
        story,
        variables: Vec::new(),
        properties: Vec::new(),
        update_fields: false,
        disguise: Disguise::None,
        plain: false,
        expected: Expected {
            kind: Kind::Dde,
            trigger: Trigger::Update,
            service: String::new(),
            topic: None,
            item: None,
            image: "",
            techniques: Vec::new(),
        },
    };
    Twin {
        payload,
        links: Vec::new(),
    }
}

/// DDE to an Office program, which also a declaration can hold.
fn linked(name: &'static str, instruction: &str, link: [&'static str; 3], kind: Kind) -> Twin {
    let mut twin = twin(name, vec![f(instruction)]);
    let expected = &mut twin.payload.expected;
    twin.payload.plain = true;
    expected.kind = kind;
    expected.service = link[0].to_owned();
    expected.topic = Some(link[1].to_owned());
    expected.item = Some(link[2].to_owned()).filter(|item| !item.is_empty());
    twin.links = vec![link];
    twin
}

fn with_result(instruction: &str, result: Vec<Piece>) -> Piece {
    let mut field = field(vec![t(instruction)]);
    field.result = result;
    Piece::Field(field)
}

pub fn all() -> Vec<Twin> {
    let prices = r"C:\data\prices.xls";
    vec![
        twin(
            "page numbers",
            vec![
                t("Page "),
                f(" PAGE "),
                t(" of "),
                f(r" NUMPAGES \* Arabic "),
            ],
        ),
        twin(
            "a table of contents",
            vec![with_result(
                r#" TOC \o "1-3" \h \z \u "#,
                vec![
                    with_result(
                        r#" HYPERLINK \l "_Toc1" "#,
                        vec![t("1 Introduction"), f(r" PAGEREF _Toc1 \h ")],
                    ),
                    Piece::Paragraph,
                ],
            )],
        ),
        twin(
            "a hyperlink",
            vec![with_result(
                r#" HYPERLINK "https://example.com/docs" \o "our pages" "#,
                vec![t("DDEAUTO docs")],
            )],
        ),
        twin(
            "a merge field",
            vec![f(r#" MERGEFIELD "Company" \* MERGEFORMAT "#)],
        ),
        twin(
            "a form field",
            vec![with_result(" FORMTEXT ", vec![t("your name")])],
        ),
        twin(
            "text about DDE",
            vec![
                t(r"Older documents had DDEAUTO c:\x in them."),
                Piece::Paragraph,
                t(r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#),
            ],
        ),
        twin(
            "literal braces",
            vec![t(
                r#"{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" }"#,
            )],
        ),
        twin("quoted text", vec![f(r#" QUOTE "hello DDEAUTO world" "#)]),
        twin(
            "a result that names the keyword",
            vec![with_result(" TITLE ", vec![t("DDEAUTO is a field")])],
        ),
        twin(
            "a condition",
            vec![ff(vec![
                t("IF "),
                f("MERGEFIELD Sum"),
                t(r#" > 100 "DDE is fine" "no""#),
            ])],
        ),
        twin(
            "names",
            vec![
                Piece::Bookmark("DDE_LINK1".to_owned(), vec![t("12.50")]),
                t(" as in "),
                f(r" REF DDE_LINK1 \h "),
            ],
        ),
        linked(
            "a range of a workbook",
            r#"DDE Excel.Sheet.8 "C:\\data\\prices.xls" Sheet1!R1C1"#,
            ["Excel.Sheet.8", prices, "Sheet1!R1C1"],
            Kind::Dde,
        ),
        linked(
            "a range of a workbook, kept fresh",
            r#" DDEAUTO Excel.Sheet.8 "C:\\data\\prices.xls" "Sheet1!R1C1:R5C3" \a \r "#,
            ["Excel.Sheet.8", prices, "Sheet1!R1C1:R5C3"],
            Kind::DdeAuto,
        ),
        linked(
            "a bookmark of another document",
            r#"DDEAUTO WinWord "C:\\docs\\terms.doc" DDE_LINK1"#,
            ["WinWord", r"C:\docs\terms.doc", "DDE_LINK1"],
            Kind::DdeAuto,
        ),
        linked(
            "a cell, as LibreOffice links it",
            r#"DDEAUTO soffice "/home/example/prices.ods" Sheet1.A1"#,
            ["soffice", "/home/example/prices.ods", "Sheet1.A1"],
            Kind::DdeAuto,
        ),
    ]
}
