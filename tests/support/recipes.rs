//! The recipes of the corpus: readable markup, from which the samples in `corpus/` are built.
//!
//! A sample is kept in a zip with the password `infected`, so that nothing in a checkout trips an
//! antivirus program and the analyser still opens it by itself.

use ddetect::Verdict;

use super::docx::{
    self, W, begin, document, docx, end, field, instruction, paragraph, run, separate, simple, text,
};
use super::package::{self, Package, R, rels};
use super::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::word::{carriers, spellings};
use super::xlsx::{self, Workbook};
use super::zipsmith::{Entry, Zip};

/// One sample, and what the specification says it must yield.
pub struct Recipe {
    /// `family/name`.
    pub path: &'static str,
    /// The name of the document in the zip.
    pub document: &'static str,
    pub bytes: Vec<u8>,
    pub verdict: Verdict,
    /// Service, topic and item of each DDE finding; an absent one is empty.
    pub links: Vec<(&'static str, &'static str, &'static str)>,
}

const STD_LINK: (&str, &str, &str) = (STD_SERVICE, STD_TOPIC, "");

fn word(path: &'static str, bytes: Vec<u8>) -> Recipe {
    Recipe {
        path,
        document: "sample.docx",
        bytes,
        verdict: Verdict::Malicious,
        links: vec![STD_LINK],
    }
}

fn excel(
    path: &'static str,
    bytes: Vec<u8>,
    link: (&'static str, &'static str, &'static str),
) -> Recipe {
    Recipe {
        path,
        document: "sample.xlsx",
        bytes,
        verdict: Verdict::Malicious,
        links: vec![link],
    }
}

/// Every recipe, by family.
pub fn all() -> Vec<Recipe> {
    [
        word_family(),
        carrier_family(),
        excel_family(),
        broken_family(),
        benign_family(),
    ]
    .concat_all()
}

/// Joins the families.
trait ConcatAll {
    fn concat_all(self) -> Vec<Recipe>;
}

impl<const N: usize> ConcatAll for [Vec<Recipe>; N] {
    fn concat_all(self) -> Vec<Recipe> {
        self.into_iter().flatten().collect()
    }
}

fn nested(text: &str) -> String {
    begin() + &instruction(text) + &separate() + &instruction("?") + &end()
}

fn codes(text: &str) -> String {
    text.chars().map(|c| format!(" {}", u32::from(c))).collect()
}

fn word_family() -> Vec<Recipe> {
    let letters: String = STD.chars().map(|c| instruction(&c.to_string())).collect();
    let quoted = instruction("DDEAUTO ")
        + &nested(&format!("QUOTE{}", codes(STD_SERVICE)))
        + &instruction(" ")
        + &nested(&format!("QUOTE{}", codes(STD_TOPIC)));
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            document(&simple(STD))
                .replace("UTF-8", "UTF-16")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let decoy =
        r"C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe";
    let spoof = format!(r#"DDEAUTO "{decoy}" "/c calc.exe" "for security reasons""#);
    vec![
        word("word/complex-field", docx(&simple(STD)).build()),
        word(
            "word/a-run-a-letter",
            docx(&paragraph(&field(&letters))).build(),
        ),
        word(
            "word/quote-codes",
            docx(&paragraph(&field(&quoted))).build(),
        ),
        word(
            "word/utf-16",
            docx("").part("word/document.xml", utf16).build(),
        ),
        word(
            "word/strict",
            docx("")
                .part(
                    "word/document.xml",
                    document(&simple(STD)).replace(W, docx::W_STRICT),
                )
                .build(),
        ),
        word(
            "word/unclosed",
            docx(&paragraph(&(begin() + &instruction(STD)))).build(),
        ),
        word(
            "word/header-only",
            docx(&paragraph(&text("Please see the header.")))
                .part(
                    "word/header3.xml",
                    format!("<w:hdr xmlns:w=\"{W}\">{}</w:hdr>", simple(STD)),
                )
                .part(
                    "word/_rels/document.xml.rels",
                    rels(&[("r", "header", "header3.xml", false)]),
                )
                .build(),
        ),
        word(
            "word/orphan-part",
            docx("")
                .part("evil/blob.dat", document(&simple(STD)))
                .build(),
        ),
        word(
            "word/text-box",
            docx(&paragraph(&run(&format!(
                "<w:txbxContent>{}</w:txbxContent>",
                simple(STD)
            ))))
            .build(),
        ),
        Recipe {
            path: "word/decoy-path",
            document: "sample.docx",
            bytes: docx(&simple(&spoof)).build(),
            verdict: Verdict::Malicious,
            links: vec![(
                r"C:\Programs\Microsoft\Office\MSWord.exe\..\..\..\..\windows\system32\cmd.exe",
                "/c calc.exe",
                "for security reasons",
            )],
        },
        Recipe {
            path: "word/remote-template",
            document: "sample.docx",
            bytes: docx(&paragraph(&text("x")))
                .part(
                    "word/settings.xml",
                    format!("<w:settings xmlns:w=\"{W}\" xmlns:r=\"{R}\"/>"),
                )
                .part(
                    "word/_rels/document.xml.rels",
                    rels(&[("r", "settings", "settings.xml", false)]),
                )
                .part(
                    "word/_rels/settings.xml.rels",
                    rels(&[(
                        "r",
                        "attachedTemplate",
                        "http://example.invalid/t.dotm",
                        true,
                    )]),
                )
                .build(),
            verdict: Verdict::Suspicious,
            links: vec![],
        },
    ]
}

fn excel_family() -> Vec<Recipe> {
    let traversal = r"\..\..\..\Windows\System32\cmd.exe /c calc.exe";
    let linked = |service: &str, topic: &str| {
        Workbook::new()
            .formula("B4", "[1]!_xlbgnm.A1")
            .dde(service, topic, &["_xlbgnm.A1"])
    };
    let orphan = xlsx::external_link(&xlsx::dde_link("cmd", "/c calc", &["zz"]));
    vec![
        excel(
            "excel/dde-link",
            linked("cmd", "/c calc.exe").build(),
            ("cmd", "/c calc.exe", "A1"),
        ),
        excel(
            "excel/traversal",
            linked("MSEXCEL", traversal).build(),
            ("MSEXCEL", traversal, "A1"),
        ),
        excel(
            "excel/eight-characters",
            linked("rundll321234567890abcdef", "URL.dll,OpenURL calc.exe").build(),
            ("rundll321234567890abcdef", "URL.dll,OpenURL calc.exe", "A1"),
        ),
        excel(
            "excel/escapes",
            Workbook::new()
                .dde("_x0063__x006d_d", "/c calc", &["zz"])
                .build(),
            ("cmd", "/c calc", "zz"),
        ),
        excel(
            "excel/very-hidden",
            linked("cmd", "/c calc").state("veryHidden").build(),
            ("cmd", "/c calc", "A1"),
        ),
        excel(
            "excel/formula-text",
            Workbook::new().formula("A1", "cmd|'/c calc'!A0").build(),
            ("cmd", "/c calc", "A0"),
        ),
        excel(
            "excel/orphan-part",
            Workbook::new()
                .package()
                .part("custom/abc.dat", orphan)
                .build(),
            ("cmd", "/c calc", "zz"),
        ),
    ]
}

/// A document whose archive lies.
fn broken_family() -> Vec<Recipe> {
    let package = docx(&simple(STD));
    let whole = package.build();
    let directory = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let harmless = docx(&paragraph(&text("hello")));
    let malformed = document(&simple(STD)).replace("</w:body>", "<w:oops a=\"></w:q></w:body");
    vec![
        word("broken/no-central-directory", whole[..directory].to_vec()),
        word("broken/duplicate-name", duplicate(&package, &harmless)),
        word("broken/local-header-only", local_only(&package, &harmless)),
        word("broken/wrong-entry-count", wrong_count(&package)),
        word(
            "broken/malformed-xml",
            docx("").part("word/document.xml", malformed).build(),
        ),
        word(
            "broken/cut-mid-tag",
            docx("")
                .part("word/document.xml", cut_mid_tag(&document(&simple(STD))))
                .build(),
        ),
    ]
}

fn cut_mid_tag(xml: &str) -> Vec<u8> {
    let end = xml.rfind("<w:fldChar").unwrap();
    xml.as_bytes()[..end + 8].to_vec()
}

/// An archive of these parts, as an archive program would write it.
fn smith(package: &Package) -> Zip {
    package
        .parts()
        .iter()
        .fold(Zip::new(), |smith, (name, bytes)| {
            smith.entry(Entry::deflated(name, bytes))
        })
}

/// The main part twice: the payload first, the harmless one last.
pub fn duplicate(payload: &Package, harmless: &Package) -> Vec<u8> {
    let (name, bytes) = harmless.parts().last().unwrap();
    smith(payload).entry(Entry::deflated(name, bytes)).build()
}

/// The payload's main part stands in no directory.
pub fn local_only(payload: &Package, harmless: &Package) -> Vec<u8> {
    let (_, bytes) = payload.parts().last().unwrap();
    smith(harmless)
        .entry(Entry::deflated("word/header9.xml", bytes).local_only())
        .build()
}

/// The end record counts no entries.
pub fn wrong_count(payload: &Package) -> Vec<u8> {
    smith(payload).count(0).build()
}

fn benign_family() -> Vec<Recipe> {
    let benign = |path, document, bytes, links| Recipe {
        path,
        document,
        bytes,
        verdict: Verdict::Clean,
        links,
    };
    let index = "INDU Index,[PX_close_5d]";
    let feed = Workbook::new()
        .formula("A1", &format!("[1]!'{index}'"))
        .formula("A2", "[2]!EURUSD")
        .dde("BLP", "M", &[index])
        .dde("MT4", "BID", &["EURUSD"]);
    let peer = r#"DDEAUTO Excel.Sheet.8 "C:\\Reports\\sales.xls" "Sheet1!R1C1:R4C4" \a \r"#;
    vec![
        benign(
            "benign/market-feed",
            "feed.xlsx",
            feed.build(),
            vec![("BLP", "M", index), ("MT4", "BID", "EURUSD")],
        ),
        benign(
            "benign/office-peer",
            "report.docx",
            docx(&simple(peer)).build(),
            vec![("Excel.Sheet.8", r"C:\Reports\sales.xls", "Sheet1!R1C1:R4C4")],
        ),
        benign(
            "benign/text-that-looks-like-dde",
            "list.xlsx",
            Workbook::new()
                .shared_string("2017 | Happy New Year!")
                .build(),
            vec![],
        ),
        benign(
            "benign/zip-of-documents",
            "all.zip",
            package::zip(&[
                ("a.docx", &docx(&paragraph(&text("hello"))).build()),
                ("b.txt", b"hello"),
            ]),
            vec![],
        ),
    ]
}

/// One sample for each way to write a Word document that is not docx: path, name in the zip,
/// carrier, spelling.
const CARRIERS: &[(&str, &str, &str, &str)] = &[
    ("word/rtf", "sample.rtf", "RTF body", "P1"),
    (
        "word/rtf-hexadecimal",
        "sample.rtf",
        "RTF body",
        "RTF: hexadecimal bytes",
    ),
    (
        "word/rtf-header",
        "sample.rtf",
        "RTF header",
        "hexadecimal codes",
    ),
    ("word/doc", "sample.doc", "DOC body", "P1"),
    ("word/doc-fast-saved", "sample.doc", "DOC, fast-saved", "P1"),
    ("word/doc-footnote", "sample.doc", "DOC footnote", "codes"),
    (
        "word/doc-without-tables",
        "sample.doc",
        "DOC without tables of fields",
        "P1",
    ),
    ("word/word-6", "sample.doc", "Word 6", "P1"),
    (
        "word/html",
        "sample.htm",
        "HTML, conditional comments",
        "P1",
    ),
    (
        "word/html-field-code",
        "sample.htm",
        "HTML, field codes",
        "escapes of style sheets",
    ),
    ("word/mht", "sample.mht", "MHT, quoted-printable", "P1"),
    (
        "word/mht-behind-pdf",
        "sample.doc",
        "MHT behind a PDF header",
        "P1",
    ),
    (
        "word/word-2003-xml",
        "sample.xml",
        "Word 2003 XML body",
        "P1",
    ),
    ("word/flat-opc", "sample.xml", "Flat OPC", "a run a letter"),
    ("word/odt", "sample.odt", "ODT", "P1"),
];

fn carrier_family() -> Vec<Recipe> {
    let spellings = spellings::all();
    let recipes = CARRIERS.iter().map(|(path, document, carrier, spelling)| {
        let carrier = carriers::ALL.iter().find(|c| c.name == *carrier).unwrap();
        let payload = spellings.iter().find(|p| p.name == *spelling).unwrap();
        Recipe {
            document,
            ..word(path, (carrier.write)(payload).unwrap())
        }
    });
    recipes.collect()
}
