//! Every payload in every carrier: what is found bare is found wherever it can stand live
//! (law 6). Expected values come from the specification's tables.

#[path = "../support/mod.rs"]
mod support;

mod benign;
mod excel;
mod matrix;

use ddetect::{Kind, Trigger, Verdict};
use support::docx::{self, W, W_STRICT};
use support::mail;
use support::package::{self, R, attribute, escape, rels};
use support::payloads::{self, FieldPayload, LinkPayload};
use support::xlsx::{self, Workbook};
use support::{analyze, dde, techniques};

/// A way to put a field into a Word document.
type WordCarrier = (&'static str, fn(&str) -> Vec<u8>);

const WORD: &[WordCarrier] = &[
    ("complex field", |i| docx::docx(&docx::simple(i)).build()),
    ("simple field", |i| docx::docx(&simple_field(i)).build()),
    ("a run a letter", |i| {
        let runs: String = i
            .chars()
            .map(|c| docx::instruction(&c.to_string()))
            .collect();
        docx::docx(&docx::paragraph(&docx::field(&runs))).build()
    }),
    ("one run for everything", |i| {
        let (front, back) = i.split_at(3);
        let run = docx::run(&format!(
            "<w:fldChar w:fldCharType=\"begin\"/>\
             <w:instrText xml:space=\"preserve\">{}</w:instrText>\
             <w:instrText xml:space=\"preserve\">{}</w:instrText>\
             <w:fldChar w:fldCharType=\"separate\"/><w:t>!</w:t><w:fldChar w:fldCharType=\"end\"/>",
            escape(front),
            escape(back)
        ));
        docx::docx(&docx::paragraph(&run)).build()
    }),
    ("split over wrappers", |i| {
        let (front, back) = i.split_at(5);
        let (front, back) = (docx::instruction(front), docx::instruction(back));
        let body = format!(
            "<w:ins w:id=\"1\">{}</w:ins><w:smartTag>{front}</w:smartTag>\
             <w:sdt><w:sdtContent>{back}</w:sdtContent></w:sdt><w:hyperlink>{}{}</w:hyperlink>",
            docx::begin(),
            docx::separate(),
            docx::end()
        );
        docx::docx(&docx::paragraph(&body)).build()
    }),
    ("unclosed", |i| {
        docx::docx(&docx::paragraph(&(docx::begin() + &docx::instruction(i)))).build()
    }),
    ("text elements", |i| {
        let (front, back) = i.split_at(5);
        let runs = docx::instruction(front) + &docx::text(back);
        docx::docx(&docx::paragraph(&docx::field(&runs))).build()
    }),
    ("every letter a reference", |i| {
        let spelled: String = i
            .chars()
            .map(|c| format!("&#{};<!-- x -->", u32::from(c)))
            .collect();
        let run = docx::run(&format!(
            "<w:instrText xml:space=\"preserve\">{spelled}</w:instrText>"
        ));
        docx::docx(&docx::paragraph(&docx::field(&run))).build()
    }),
    ("CDATA", |i| {
        let run = docx::run(&format!(
            "<w:instrText xml:space=\"preserve\"><![CDATA[{i}]]></w:instrText>"
        ));
        docx::docx(&docx::paragraph(&docx::field(&run))).build()
    }),
    ("header", |i| {
        in_part("word/header3.xml", "w:hdr", "header", i)
    }),
    ("footer", |i| {
        in_part("word/footer1.xml", "w:ftr", "footer", i)
    }),
    ("footnote", |i| {
        in_story("footnotes", "w:footnotes", "w:footnote", i)
    }),
    ("endnote", |i| {
        in_story("endnotes", "w:endnotes", "w:endnote", i)
    }),
    ("comment", |i| {
        in_story("comments", "w:comments", "w:comment", i)
    }),
    ("glossary", |i| {
        let story = format!(
            "<w:docParts><w:docPart><w:docPartBody>{}</w:docPartBody></w:docPart></w:docParts>",
            docx::simple(i)
        );
        with_part(
            "word/glossary/document.xml",
            "glossaryDocument",
            &part("w:glossaryDocument", &story),
        )
    }),
    ("text box", |i| {
        let body = docx::paragraph(&docx::run(&format!(
            "<w:pict><v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\"><v:textbox>\
             <w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict>",
            docx::simple(i)
        )));
        docx::docx(&body).build()
    }),
    ("table cell", |i| {
        docx::docx(&format!(
            "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
            docx::simple(i)
        ))
        .build()
    }),
    ("other prefix", |i| {
        rewrite(i, |xml| {
            xml.replace("w:", "zz:").replace("xmlns:w=", "xmlns:zz=")
        })
    }),
    ("default namespace", |i| {
        rewrite(i, |xml| {
            xml.replace("<w:", "<")
                .replace("</w:", "</")
                .replace("xmlns:w=", "xmlns=")
        })
    }),
    ("Strict", |i| rewrite(i, |xml| xml.replace(W, W_STRICT))),
    ("UTF-16", |i| {
        let xml = docx::document(&docx::simple(i)).replace("UTF-8", "UTF-16");
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(xml.encode_utf16().flat_map(u16::to_le_bytes));
        docx::docx("").part("word/document.xml", bytes).build()
    }),
    ("UTF-16 without a mark", |i| {
        let xml = docx::document(&docx::simple(i)).replace("UTF-8", "UTF-16");
        let bytes: Vec<u8> = xml.encode_utf16().flat_map(u16::to_be_bytes).collect();
        docx::docx("").part("word/document.xml", bytes).build()
    }),
    ("odd main part", |i| {
        package::Package::empty()
            .part(
                "_rels/.rels",
                rels(&[("r", "officeDocument", "/Odd%20Place/main.bin", false)]),
            )
            .part("odd place/MAIN.BIN", docx::document(&docx::simple(i)))
            .build()
    }),
    ("behind a long comment", |i| {
        let xml = docx::document(&docx::simple(i));
        let xml = xml.replacen("?>", &format!("?><!--{}-->", "x".repeat(70_000)), 1);
        docx::docx("").part("word/document.xml", xml).build()
    }),
    ("behind many blanks", |i| {
        let xml = docx::document(&docx::simple(i));
        let (_, root) = xml.split_once("?>").unwrap();
        docx::docx("")
            .part("word/document.xml", " ".repeat(70_000) + root)
            .build()
    }),
    ("behind a decoy attribute", |i| {
        let field = simple_field(i).replace(
            "<w:fldSimple ",
            "<w:fldSimple xmlns:z=\"urn:z\" z:instr=\" PAGE \" ",
        );
        docx::docx(&field).build()
    }),
    ("orphan part", |i| {
        docx::docx("")
            .part("evil/blob.dat", docx::document(&docx::simple(i)))
            .build()
    }),
    ("broken markup behind it", |i| {
        let xml =
            docx::document(&docx::simple(i)).replace("</w:body>", "<w:oops a=\"></w:q></w:body");
        docx::docx("").part("word/document.xml", xml).build()
    }),
    ("broken markup before it", |i| {
        let xml = docx::document(&docx::simple(i)).replacen("<w:body>", "<w:body><w:x y=\"1>", 1);
        docx::docx("").part("word/document.xml", xml).build()
    }),
    ("cut behind it", |i| {
        let xml = docx::document(&docx::simple(i));
        let end = xml.find("</w:p>").unwrap();
        docx::docx("")
            .part("word/document.xml", &xml.as_bytes()[..end])
            .build()
    }),
    ("in a zip in a zip", |i| {
        let inner = package::zip(&[("q.docx", &docx::docx(&docx::simple(i)).build())]);
        package::zip(&[("readme.txt", b"hello"), ("inner.zip", &inner)])
    }),
    ("in a zip with the usual password", |i| {
        let inner = docx::docx(&docx::simple(i)).build();
        package::zip_with_password(&[("sample.docx", &inner)], "infected")
    }),
    ("embedded in another document", |i| {
        let inner = docx::docx(&docx::simple(i)).build();
        docx::docx("")
            .part("word/embeddings/Microsoft_Word_Document1.docx", inner)
            .build()
    }),
    ("attached to a message", |i| {
        mail::around("q.docx", &docx::docx(&docx::simple(i)).build())
    }),
    ("in the text of a message", |i| {
        let file = mail::uuencode("q.docx", &docx::docx(&docx::simple(i)).build());
        mail::Mail::with(&format!("Hello!\r\n{file}"), &[]).build()
    }),
    ("in a message that is attached and signed", |i| {
        let inner = mail::around("q.docx", &docx::docx(&docx::simple(i)).build());
        mail::around("smime.p7m", &mail::cms(2, &inner))
    }),
    ("behind other bytes", |i| {
        let mut bytes = b"MZ this is not a program".to_vec();
        bytes.extend(docx::docx(&docx::simple(i)).build());
        bytes
    }),
    ("before 100 KB of other bytes", |i| {
        let mut bytes = docx::docx(&docx::simple(i)).build();
        bytes.extend(std::iter::repeat_n(b'x', 100_000));
        bytes
    }),
    ("without the central directory", |i| {
        let bytes = docx::docx(&docx::simple(i)).build();
        let end = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        bytes[..end].to_vec()
    }),
];

fn simple_field(instruction: &str) -> String {
    let instruction = attribute(instruction);
    docx::paragraph(&format!("<w:fldSimple w:instr=\"{instruction}\"/>"))
}

fn part(root: &str, content: &str) -> String {
    format!("<{root} xmlns:w=\"{W}\" xmlns:r=\"{R}\">{content}</{root}>")
}

/// A document whose main part is harmless, with one more part that a relationship leads to.
fn with_part(name: &str, relation: &str, xml: &str) -> Vec<u8> {
    let target = name.strip_prefix("word/").unwrap();
    docx::docx(&docx::paragraph(&docx::text("hello")))
        .part(name, xml)
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("rId7", relation, target, false)]),
        )
        .build()
}

fn in_part(name: &str, root: &str, relation: &str, instruction: &str) -> Vec<u8> {
    with_part(name, relation, &part(root, &docx::simple(instruction)))
}

fn in_story(name: &str, root: &str, story: &str, instruction: &str) -> Vec<u8> {
    let content = format!(
        "<{story} w:id=\"2\">{}</{story}>",
        docx::simple(instruction)
    );
    with_part(&format!("word/{name}.xml"), name, &part(root, &content))
}

/// The document with its main part rewritten.
fn rewrite(instruction: &str, change: fn(String) -> String) -> Vec<u8> {
    let xml = change(docx::document(&docx::simple(instruction)));
    docx::docx("").part("word/document.xml", xml).build()
}

fn check_field(carrier: &str, payload: &FieldPayload, bytes: &[u8]) {
    let report = analyze(bytes);
    let case = format!("{} in {carrier}", payload.name);
    let found = dde(&report);
    assert_eq!(found.len(), 1, "{case}: {report:#?}");
    let finding = found[0];
    assert_eq!(finding.service.as_deref(), Some(payload.service), "{case}");
    assert_eq!(finding.topic.as_deref(), Some(payload.topic), "{case}");
    assert_eq!(finding.item.as_deref(), payload.item, "{case}");
    let (kind, trigger) = if payload.auto {
        (Kind::DdeAuto, Trigger::Open)
    } else {
        (Kind::Dde, Trigger::Update)
    };
    assert_eq!((finding.kind, finding.trigger), (kind, trigger), "{case}");
    let image = finding
        .command
        .as_ref()
        .and_then(|command| command.image.as_deref());
    assert_eq!(image, Some(payload.image), "{case}");
    assert_eq!(report.verdict(), Verdict::Malicious, "{case}");
}

#[test]
fn every_field_in_every_word_carrier() {
    for payload in payloads::fields() {
        for (carrier, build) in WORD {
            check_field(carrier, &payload, &build(&payload.instruction));
        }
    }
}

/// A way to put a DDE link into a workbook.
type ExcelCarrier = (&'static str, fn(&LinkPayload) -> Vec<u8>);

const EXCEL: &[ExcelCarrier] = &[
    ("link part used by a cell", |p| linked(p).build()),
    ("link part nobody uses", |p| {
        Workbook::new().dde(p.service, p.topic, &[p.item]).build()
    }),
    ("orphan link part", |p| {
        let part = xlsx::external_link(&xlsx::dde_link(p.service, p.topic, &[p.item]));
        Workbook::new()
            .package()
            .part("custom/abc.dat", part)
            .build()
    }),
    ("Strict", |p| {
        rewrite_link(p, |xml| xml.replace(xlsx::S, xlsx::S_STRICT))
    }),
    ("other prefix", |p| {
        rewrite_link(p, |xml| {
            xml.replace("<", "<q:")
                .replace("<q:/", "</q:")
                .replace("xmlns=", "xmlns:q=")
        })
    }),
    ("fallback of a markup alternative", |p| {
        let link = xlsx::dde_link(p.service, p.topic, &[p.item]);
        let mc = "http://schemas.openxmlformats.org/markup-compatibility/2006";
        Workbook::new()
            .formula("B4", &format!("[1]!{}", p.item))
            .link(&format!(
                "<mc:AlternateContent xmlns:mc=\"{mc}\"><mc:Choice Requires=\"z\"/>\
                 <mc:Fallback>{link}</mc:Fallback></mc:AlternateContent>"
            ))
            .build()
    }),
    ("escapes", |p| {
        let spelled = |text: &str| -> String {
            text.chars()
                .map(|c| format!("_x{:04x}_", u32::from(c)))
                .collect()
        };
        Workbook::new()
            .dde(&spelled(p.service), &spelled(p.topic), &[p.item])
            .build()
    }),
    ("references", |p| {
        let spelled = |text: &str| -> String {
            text.chars()
                .map(|c| format!("&#x{:x};", u32::from(c)))
                .collect()
        };
        let link = format!(
            "<ddeLink ddeTopic='{}' ddeService='{}'><ddeItems><ddeItem name='{}'/></ddeItems></ddeLink>",
            spelled(p.topic),
            spelled(p.service),
            p.item
        );
        Workbook::new().link(&link).build()
    }),
    ("UTF-16", |p| {
        let xml = xlsx::external_link(&xlsx::dde_link(p.service, p.topic, &[p.item]));
        let mut bytes = vec![0xfe, 0xff];
        bytes.extend(xml.encode_utf16().flat_map(u16::to_be_bytes));
        Workbook::new()
            .dde("x", "y", &[])
            .package()
            .part("xl/externalLinks/externalLink1.xml", bytes)
            .build()
    }),
    ("formula of a cell", |p| {
        Workbook::new().formula("C7", &formula(p)).build()
    }),
    ("defined name", |p| {
        let name = format!(
            "<definedNames><definedName name=\"n\">{}</definedName></definedNames>",
            escape(&formula(p))
        );
        Workbook::new().after_sheets(&name).build()
    }),
    ("conditional format", |p| {
        let rule = format!(
            "<conditionalFormatting sqref=\"A1\"><cfRule type=\"expression\"><formula>{}</formula>\
             </cfRule></conditionalFormatting>",
            escape(&formula(p))
        );
        Workbook::new().after_data(&rule).build()
    }),
    ("data validation", |p| {
        let rule = format!(
            "<dataValidations><dataValidation sqref=\"A1\" type=\"custom\"><formula1>{}</formula1>\
             </dataValidation></dataValidations>",
            escape(&formula(p))
        );
        Workbook::new().after_data(&rule).build()
    }),
    ("DDE function", |p| {
        let call = format!("DDE(\"{}\",\"{}\",\"{}\")", p.service, p.topic, p.item);
        Workbook::new().formula("A1", &call).build()
    }),
    ("embedded in a Word document", |p| {
        docx::docx("")
            .part("word/embeddings/sheet.xlsx", linked(p).build())
            .build()
    }),
    ("attached to a message", |p| {
        mail::around("q.xlsx", &linked(p).build())
    }),
    ("in a zip with the usual password", |p| {
        package::zip_with_password(&[("sample.xlsx", &linked(p).build())], "infected")
    }),
];

fn linked(p: &LinkPayload) -> Workbook {
    Workbook::new()
        .formula("B4", &format!("[1]!{}", p.item))
        .dde(p.service, p.topic, &[p.item])
}

fn formula(p: &LinkPayload) -> String {
    format!("'{}'|'{}'!{}", p.service, p.topic, p.item)
}

fn rewrite_link(p: &LinkPayload, change: fn(String) -> String) -> Vec<u8> {
    let part = change(xlsx::external_link(&xlsx::dde_link(
        p.service,
        p.topic,
        &[p.item],
    )));
    linked(p)
        .package()
        .part("xl/externalLinks/externalLink1.xml", part)
        .build()
}

#[test]
fn every_link_in_every_excel_carrier() {
    for payload in payloads::links() {
        for (carrier, build) in EXCEL {
            let report = analyze(&build(&payload));
            let case = format!("{}|{} in {carrier}", payload.service, payload.topic);
            let found = dde(&report);
            assert_eq!(found.len(), 1, "{case}: {report:#?}");
            let finding = found[0];
            assert_eq!(finding.service.as_deref(), Some(payload.service), "{case}");
            assert_eq!(finding.topic.as_deref(), Some(payload.topic), "{case}");
            assert_eq!(finding.item.as_deref(), Some(payload.item), "{case}");
            let image = finding
                .command
                .as_ref()
                .and_then(|command| command.image.as_deref());
            assert_eq!(image, Some(payload.image), "{case}");
            assert_eq!(report.verdict(), Verdict::Malicious, "{case}: {finding:#?}");
        }
    }
}

#[test]
fn the_way_in_is_told() {
    let inner = docx::docx(&docx::simple(payloads::STD)).build();
    let bytes = package::zip(&[("mail/q.docx", &inner)]);
    let report = ddetect::Analyzer::default().analyze(ddetect::Input::new(&bytes).name("a.zip"));
    let found = dde(&report);
    let path: Vec<_> = found[0].location.path().collect();
    assert_eq!(path, ["a.zip", "mail/q.docx", "word/document.xml"]);
    assert_eq!(found[0].location.field(), Some(1));
    assert!(found[0].location.offset().is_some());
    assert!(
        techniques(found[0]).is_empty(),
        "{:?}",
        techniques(found[0])
    );
}

/// Duplicate names, wrong entry counts and entries of one view only, in every combination: the
/// payload is found, whichever of the two equal names a program would open.
#[test]
fn every_combination_of_lying_archives() {
    use support::zipsmith::{Entry, Zip};
    let main = "word/document.xml";
    let payload = docx::document(&docx::simple(payloads::STD));
    let harmless = docx::document(&docx::paragraph(&docx::text("hello")));
    let others = docx::docx("");
    let mut tried = 0;
    for payload_first in [true, false] {
        for duplicate in [true, false] {
            for (count, shift) in [
                ("right", None),
                ("none", Some(0)),
                ("one", Some(1)),
                ("many", Some(65_534)),
            ] {
                for view in ["both", "local only", "central only"] {
                    for stored in [true, false] {
                        for descriptor in [true, false] {
                            if descriptor && (stored || view == "central only") {
                                continue;
                            }
                            let entry = |text: &str| match stored {
                                true => Entry::stored(main, text),
                                false => Entry::deflated(main, text),
                            };
                            let mut hidden = entry(&payload);
                            if descriptor {
                                hidden = hidden.descriptor();
                            }
                            hidden = match view {
                                "local only" => hidden.local_only(),
                                "central only" => hidden.central_only(),
                                _ => hidden,
                            };
                            let mut entries = vec![hidden];
                            if duplicate {
                                entries.insert(usize::from(payload_first), entry(&harmless));
                            }
                            let mut zip = Zip::new();
                            for (name, bytes) in others.parts().iter().filter(|(n, _)| n != main) {
                                zip = zip.entry(Entry::deflated(name, bytes));
                            }
                            for entry in entries {
                                zip = zip.entry(entry);
                            }
                            if let Some(count) = shift {
                                zip = zip.count(count);
                            }
                            let report = analyze(&zip.build());
                            let case = format!(
                                "first {payload_first}, duplicate {duplicate}, count {count}, {view}, \
                                 stored {stored}, descriptor {descriptor}: {report:#?}"
                            );
                            assert_eq!(dde(&report).len(), 1, "{case}");
                            assert_eq!(report.verdict(), Verdict::Malicious, "{case}");
                            tried += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(tried > 100, "{tried}");
}
