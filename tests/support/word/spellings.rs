//! The spellings of the one payload that all tables call "std", and of its public relatives:
//! every entry of the obfuscation set of `spec/word.md` §10 that a field can have.

use ddetect::{Kind, Trigger};

use super::payload::{Disguise, Expected, Field, Payload, Piece, Property, Told, f, ff, field, t};
use crate::support::payloads::{self, STD, STD_SERVICE, STD_TOPIC};

const CMD: &str = r"c:\\windows\\system32\\cmd.exe";
const TOPIC: &str = r#" "/k calc.exe""#;

/// The payload of the tables.
fn std(name: &'static str, story: Vec<Piece>) -> Payload {
    Payload {
        name,
        story,
        variables: Vec::new(),
        properties: Vec::new(),
        update_fields: false,
        disguise: Disguise::None,
        plain: false,
        expected: Expected {
            kind: Kind::DdeAuto,
            trigger: Trigger::Open,
            service: STD_SERVICE.to_owned(),
            topic: Some(STD_TOPIC.to_owned()),
            item: None,
            image: "cmd.exe",
            techniques: Vec::new(),
        },
    }
}

impl Payload {
    fn told(mut self, techniques: &[&'static str]) -> Self {
        let all = techniques.iter().map(|id| (*id, Told::Everywhere));
        self.expected.techniques.extend(all);
        self
    }

    fn told_in_xml(mut self, techniques: &[&'static str]) -> Self {
        let all = techniques.iter().map(|id| (*id, Told::Xml));
        self.expected.techniques.extend(all);
        self
    }

    fn service(mut self, service: &str) -> Self {
        service.clone_into(&mut self.expected.service);
        self
    }

    fn topic(mut self, topic: &str) -> Self {
        self.expected.topic = Some(topic.to_owned());
        self
    }

    fn kind(mut self, kind: Kind, trigger: Trigger) -> Self {
        (self.expected.kind, self.expected.trigger) = (kind, trigger);
        self
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn property(mut self, property: Property, value: &'static str) -> Self {
        self.properties.push((property, value));
        self
    }

    fn disguise(mut self, disguise: Disguise) -> Self {
        self.disguise = disguise;
        self
    }
}

fn changed(change: impl FnOnce(&mut Field)) -> Vec<Piece> {
    let mut field = field(vec![t(&format!(" {STD} "))]);
    change(&mut field);
    vec![Piece::Field(field)]
}

fn codes(text: &str) -> String {
    text.chars().map(|c| format!(" {}", u32::from(c))).collect()
}

fn hex(text: &str) -> String {
    let codes = text.chars().map(|c| format!(" 0x{:X}", u32::from(c)));
    codes.collect()
}

/// Every spelling.
pub fn all() -> Vec<Payload> {
    let mut all = public();
    all.extend(text());
    all.extend(nested());
    all.extend(named());
    all.extend(places());
    all.extend(marks());
    all.extend(disguised());
    all
}

/// The public idioms, whose triple says everything.
fn public() -> Vec<Payload> {
    let known = payloads::fields().into_iter().map(|p| {
        let mut payload = std(p.name, vec![f(&p.instruction)]);
        payload.plain = true;
        if !p.auto {
            payload = payload.kind(Kind::Dde, Trigger::Update);
        }
        payload.expected.service = p.service.to_owned();
        payload.expected.topic = Some(p.topic.to_owned());
        payload.expected.item = p.item.map(str::to_owned);
        payload.expected.image = p.image;
        if p.service.contains("..") {
            payload = payload.told(&["path-traversal"]);
        }
        if p.item.is_some() {
            payload = payload.told(&["prompt-spoof"]);
        }
        payload
    });
    known.collect()
}

/// The letters of one field.
fn text() -> Vec<Payload> {
    let letters = STD.chars().flat_map(|c| [t(&c.to_string()), Piece::Cut]);
    let letters: Vec<Piece> = letters.collect();
    vec![
        std(
            "split runs",
            vec![ff(vec![
                t("D"),
                Piece::Cut,
                t("DE"),
                Piece::Cut,
                t(r"AUTO c:\\win"),
                Piece::Cut,
                t(r#"dows\\system32\\cmd.exe "/k ca"#),
                Piece::Cut,
                t(r#"lc.exe""#),
            ])],
        )
        .told_in_xml(&["split-runs"]),
        std("a run a letter", vec![ff(letters)]).told_in_xml(&["split-runs"]),
        std(
            "split paragraphs",
            vec![ff(vec![
                t("DDEAUTO"),
                Piece::Paragraph,
                t(CMD),
                Piece::Paragraph,
                t(TOPIC),
            ])],
        )
        .told(&["split-paragraphs"]),
        std(
            "behind a paragraph",
            vec![ff(vec![Piece::Paragraph, t(STD)])],
        ),
        std(
            "curly quotes",
            vec![f(&format!("DDEAUTO {CMD} \u{201c}/k calc.exe\u{201d}"))],
        )
        .told(&["curly-quotes"]),
        std(
            "no blank before a quote",
            vec![f(&format!(r#"DDEAUTO"{CMD}""/k calc.exe""#))],
        ),
        std("mixed case", vec![f(&STD.replace("DDEAUTO", "dDeAuTo"))]),
        std("single backslashes", vec![f(&STD.replace(r"\\", r"\"))]),
        std(
            "single backslashes in quotes",
            vec![f(&format!(r#"DDEAUTO "{STD_SERVICE}"{TOPIC}"#))],
        ),
        std(
            "a quote without an end",
            vec![f(&format!(r#"DDEAUTO {CMD} "/k calc.exe"#))],
        ),
        std(
            "a format switch",
            vec![f(&format!(r"{STD} \* MERGEFORMAT"))],
        ),
        std(
            "tabs",
            vec![f(&format!("\tDDEAUTO\t{CMD}\t{}", TOPIC.trim()))],
        ),
        std(
            "no-break blanks",
            vec![f(&format!("DDEAUTO\u{a0}{CMD}\u{a0}{}", TOPIC.trim()))],
        ),
        std(
            "invisible characters",
            vec![f(&STD.replacen("DDE", "D\u{200b}D\u{ad}E", 1))],
        )
        .told(&["filler-characters"]),
        std(
            "deleted text",
            vec![ff(vec![
                t("DDEAUTO "),
                Piece::Deleted("zzz ".to_owned()),
                t(&(CMD.to_owned() + TOPIC)),
            ])],
        )
        .told(&["tracked-deletion"]),
        std(
            "ordinary text",
            vec![ff(vec![
                t("DD"),
                Piece::Ordinary("EAUTO ".to_owned()),
                t(&(CMD.to_owned() + TOPIC)),
            ])],
        )
        .told(&["text-in-instruction"]),
        std(
            "white space that goes away",
            vec![ff(vec![
                Piece::Trimmed("D ".to_owned()),
                Piece::Trimmed(" DEAUTO".to_owned()),
                t(&format!(" {CMD}{TOPIC}")),
            ])],
        )
        .told(&["space-trim"]),
        std(
            "the switch for automatic",
            vec![f(&(STD.replace("DDEAUTO", "DDE") + r" \a"))],
        ),
        std("plain DDE", vec![f(&STD.replace("DDEAUTO", "DDE"))]).kind(Kind::Dde, Trigger::Update),
    ]
}

/// Fields within the instruction.
fn nested() -> Vec<Payload> {
    let quoted = |keyword: &str, spell: fn(&str) -> String| {
        vec![ff(vec![
            t("DDEAUTO "),
            f(&format!("{keyword}{}", spell(STD_SERVICE))),
            t(" "),
            f(&format!(" {keyword}{} ", spell(STD_TOPIC))),
        ])]
    };
    vec![
        std("codes", quoted("QUOTE", codes)).told(&["quote-codes", "nested-field"]),
        std("hexadecimal codes", quoted("QUOTE", hex)).told(&["hex-codes", "nested-field"]),
        std("SHAPE", quoted("SHAPE", codes)).told(&["shape-alias", "quote-codes"]),
        std("hexadecimal SHAPE", quoted("shape", hex)).told(&["shape-alias", "hex-codes"]),
        std(
            "codes within an argument",
            vec![ff(vec![
                t(r#"DDEAUTO "c:\\windows\\"#),
                f(&format!("QUOTE{}", codes("system32"))),
                t(r#"\\cmd.exe" "/k "#),
                f(&format!("QUOTE{}", codes("calc.exe"))),
                t("\""),
            ])],
        )
        .told(&["quote-codes", "nested-field"]),
        std(
            "codes within QUOTE within QUOTE",
            vec![ff(vec![
                t("DDEAUTO "),
                ff(vec![
                    t("QUOTE "),
                    f(&format!("QUOTE{}", codes(STD_SERVICE))),
                ]),
                t(TOPIC),
            ])],
        )
        .told(&["quote-codes", "nested-field"]),
        std(
            "the keyword",
            vec![ff(vec![
                f(&format!("QUOTE{}", codes("DDEAUTO"))),
                t(&format!(" {CMD}{TOPIC}")),
            ])],
        )
        .told(&["nested-keyword"]),
        std(
            "a part of the keyword",
            vec![ff(vec![
                t("DDE"),
                f("QUOTE AUTO"),
                t(&format!(" {CMD}{TOPIC}")),
            ])],
        )
        .told(&["nested-keyword"]),
        std(
            "symbols",
            vec![ff(vec![
                t(r"DDEAUTO c:\\windows\\system32\\"),
                f("SYMBOL 99"),
                f("SYMBOL 0x6D"),
                f(r"SYMBOL 100 \a"),
                t(&format!(".exe{TOPIC}")),
            ])],
        )
        .told(&["nested-field"]),
        std(
            "lower case by format",
            vec![ff(vec![
                t("DDEAUTO "),
                f(&format!(r#"QUOTE "{}" \* Lower"#, CMD.to_uppercase())),
                t(TOPIC),
            ])],
        )
        .told(&["nested-field", "case-switch"]),
        std(
            "text of a condition",
            vec![ff(vec![
                t("DDEAUTO "),
                f(&format!(r#"IF 1 = 1 "{CMD}" "winword""#)),
                t(TOPIC),
            ])],
        )
        .told(&["nested-field", "if-branch"]),
        std(
            "text of the other branch",
            vec![ff(vec![
                t("DDEAUTO "),
                f(&format!(r#"IF 1 = 2 "winword" "{CMD}""#)),
                t(TOPIC),
            ])],
        )
        .told(&["nested-field", "if-branch"]),
        std(
            "the answer to FILLIN",
            vec![ff(vec![
                t("DDEAUTO "),
                f(&format!(r#"FILLIN "Your name?" \d "{CMD}""#)),
                t(TOPIC),
            ])],
        )
        .told(&["nested-field", "nested-default"]),
        std(
            "inside an IF",
            vec![ff(vec![t(r#"IF 1 = 1 ""#), f(STD), t(r#"" "no""#)])],
        )
        .told(&["nested-in-if"]),
        std(
            "inside the other branch of an IF",
            vec![ff(vec![t(r#"IF 1 = 1 "no" ""#), f(STD), t("\"")])],
        )
        .told(&["nested-in-if"]),
    ]
}

/// Text that other places of the document give.
fn named() -> Vec<Payload> {
    let with = |inner: Piece| ff(vec![t("DDEAUTO "), inner, t(TOPIC)]);
    let set = |name: &str| {
        ff(vec![
            t(&format!("SET {name} \"")),
            f(&format!("QUOTE{}", codes(STD_SERVICE))),
            t("\""),
        ])
    };
    let mut idiom = std(
        "P8, refreshed with the document",
        vec![
            set("c"),
            ff(vec![
                t("SET d \""),
                f(&format!("QUOTE{}", codes("/k calc.exe"))),
                t("\""),
            ]),
            ff(vec![t("DDE "), f("REF c"), t(" "), f("REF d"), t(" ")]),
        ],
    )
    .told(&["nested-field", "set-ref", "update-fields"]);
    idiom.update_fields = true;
    vec![
        idiom,
        std("SET and REF", vec![set("c"), with(f("REF c"))]).told(&["nested-field", "set-ref"]),
        std("a bare name", vec![set("c"), with(f(" C "))]).told(&["nested-field", "set-ref"]),
        std("SET behind the use", vec![with(f("REF c")), set("c")])
            .told(&["nested-field", "set-ref"]),
        std(
            "the answer to ASK",
            vec![
                f(&format!(r#"ASK p "Your name?" \d "{CMD}""#)),
                with(f("REF p")),
            ],
        )
        .told(&["nested-field", "set-ref"]),
        std(
            "a bookmark in the text",
            vec![
                t("See "),
                Piece::Bookmark("prog".to_owned(), vec![t(STD_SERVICE)]),
                t(" here."),
                Piece::Paragraph,
                with(f(r"REF prog \h")),
            ],
        )
        .told(&["nested-field", "bookmark-text"]),
        std(
            "a bare bookmark in the text",
            vec![
                with(f("prog")),
                Piece::Paragraph,
                Piece::Bookmark("prog".to_owned(), vec![t(STD_SERVICE)]),
            ],
        )
        .told(&["nested-field", "bookmark-text"]),
        std("a variable", vec![with(f("DOCVARIABLE p1"))])
            .variable("p1", STD_SERVICE)
            .told(&["nested-field", "doc-variable"]),
        std(
            "two variables in quotes",
            vec![ff(vec![
                t("DDEAUTO \""),
                f("DOCVARIABLE \"P1\""),
                t(r#"" ""#),
                f("docvariable p2"),
                t("\""),
            ])],
        )
        .variable("p1", STD_SERVICE)
        .variable("p2", STD_TOPIC)
        .told(&["nested-field", "doc-variable"]),
        std("the title", vec![with(f("TITLE"))])
            .property(Property::Title, STD_SERVICE)
            .told(&["nested-field", "doc-property"]),
        std("the subject by INFO", vec![with(f("INFO Subject"))])
            .property(Property::Subject, STD_SERVICE)
            .told(&["nested-field", "doc-property"]),
        std(
            "the comments by DOCPROPERTY",
            vec![with(f("DOCPROPERTY Comments"))],
        )
        .property(Property::Comments, STD_SERVICE)
        .told(&["nested-field", "doc-property"]),
        std(
            "a property of its own",
            vec![with(f(r#"DOCPROPERTY "Dept""#))],
        )
        .property(Property::Custom("Dept"), STD_SERVICE)
        .told(&["nested-field", "doc-property"]),
    ]
}

/// Where a field stands in the story.
fn places() -> Vec<Payload> {
    let mut page = field(vec![t(" PAGE ")]);
    page.result = vec![t("1 "), f(STD), t(" of 2")];
    vec![
        std("in a result", vec![Piece::Field(page)]).told(&["nested-in-field"]),
        std(
            "between harmless fields",
            vec![
                t("Page "),
                f(" PAGE "),
                t(" of "),
                f(" NUMPAGES "),
                Piece::Paragraph,
                f(&format!(" {STD} ")),
                Piece::Paragraph,
                t("DDEAUTO is a keyword. "),
                f(r#" HYPERLINK "https://example.com" "#),
            ],
        ),
    ]
}

/// What the marks of the field say.
fn marks() -> Vec<Payload> {
    let mut dirty = field(vec![t(&STD.replace("DDEAUTO", "DDE"))]);
    dirty.dirty = true;
    vec![
        std("no end", changed(|field| field.closed = false)).told(&["unclosed"]),
        std(
            "neither separator nor end",
            changed(|field| (field.separated, field.closed) = (false, false)),
        )
        .told(&["unclosed"]),
        std("no result", changed(|field| field.separated = false)),
        std("an empty result", changed(|field| field.result.clear())),
        std("locked", changed(|field| field.locked = true)).told(&["locked"]),
        std("dirty", vec![Piece::Field(dirty)]).told(&["dirty"]),
        std(
            "another type beside the text",
            changed(|field| field.flt = Some(0x21)),
        )
        .told(&["flt-mismatch"]),
        std("the type only", {
            let mut field = field(vec![t(&STD.replace("DDEAUTO", "DDEAUTOMATISCH"))]);
            field.flt = Some(0x2E);
            vec![Piece::Field(field)]
        }),
    ]
}

/// Letters that only some carriers can spell.
fn disguised() -> Vec<Payload> {
    let plain = |name, disguise| std(name, vec![f(STD)]).disguise(disguise);
    vec![
        plain("character references", Disguise::References).told(&["character-references"]),
        plain("CDATA sections", Disguise::Cdata).told(&["character-references"]),
        plain("comments between the letters", Disguise::Comments),
        plain("RTF: hexadecimal bytes", Disguise::RtfHex).told(&["rtf-hex"]),
        plain("RTF: Unicode", Disguise::RtfUnicode).told(&["rtf-unicode"]),
        plain("RTF: Unicode with things to skip", Disguise::RtfSkips).told(&["rtf-unicode"]),
        plain("RTF: groups to ignore", Disguise::RtfIgnorable).told(&["rtf-ignorable"]),
        plain("RTF: line ends", Disguise::RtfLines),
        plain("RTF: unknown words", Disguise::RtfWords),
        plain("RTF: binary data", Disguise::RtfBinary),
        plain("RTF: two destinations", Disguise::RtfUpr),
        plain("escapes of style sheets", Disguise::CssEscapes).told(&["css-escape"]),
        plain("tags between the letters", Disguise::HtmlMarkup),
    ]
}

/// The plain payload, for wrappers.
pub fn plain() -> Payload {
    std("plain", vec![f(STD)])
}
