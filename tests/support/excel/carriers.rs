//! Every carrier of an Excel link, with the reader that it needs.

use std::borrow::Cow;

use super::biff2::{self, Version};
use super::biff5::{self, Table};
use super::biff8::{self, Biff8};
use super::delimited::{self, DELIMITERS, ENCODINGS, NAMES};
use super::payload::{Payload, Reason};
use super::xlsb::{self, Framing, Xlsb};
use super::{dif, html, ods, ooxml, sylk, xml2003};
use crate::support::package::zip;
use crate::support::word::mht::{self, Transfer};
use crate::support::word::ooxml::{embedded, utf16};

/// The readers of the carriers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    Xlsx,
    Xlsb,
    /// BIFF8.
    Xls,
    /// BIFF2 to BIFF5.
    OldXls,
    /// SYLK, DIF and delimited text.
    Text,
    Xml2003,
    Html,
    Ods,
}

type Write = Box<dyn Fn(&Payload) -> Result<Vec<u8>, Reason>>;

pub struct Carrier {
    pub name: Cow<'static, str>,
    pub reader: Reader,
    /// The name under which the file comes; empty: none.
    pub file: &'static str,
    /// The place that uses the link, by the end of its name, where there is one.
    pub cell: Option<&'static str>,
    /// Techniques that the carrier itself brings.
    pub brings: &'static [&'static str],
    pub write: Write,
}

impl Carrier {
    fn at(mut self, cell: &'static str) -> Self {
        self.cell = Some(cell);
        self
    }

    fn brings(mut self, techniques: &'static [&'static str]) -> Self {
        self.brings = techniques;
        self
    }

    fn named(mut self, file: &'static str) -> Self {
        self.file = file;
        self
    }
}

fn carrier(
    reader: Reader,
    name: impl Into<Cow<'static, str>>,
    write: impl Fn(&Payload) -> Result<Vec<u8>, Reason> + 'static,
) -> Carrier {
    Carrier {
        name: name.into(),
        reader,
        file: "",
        cell: None,
        brings: &[],
        write: Box::new(write),
    }
}

/// All of one reader, or of all readers.
pub fn of(readers: &[Reader]) -> Vec<Carrier> {
    let all = [
        xlsx(),
        xlsb(),
        xls(),
        old_xls(),
        text(),
        xml2003(),
        html(),
        ods(),
    ];
    let all = all.into_iter().flatten();
    all.filter(|carrier| readers.contains(&carrier.reader))
        .collect()
}

pub const EVERY: &[Reader] = &[
    Reader::Xlsx,
    Reader::Xlsb,
    Reader::Xls,
    Reader::OldXls,
    Reader::Text,
    Reader::Xml2003,
    Reader::Html,
    Reader::Ods,
];

fn xlsx() -> Vec<Carrier> {
    let c =
        |name, write: fn(&Payload) -> Result<Vec<u8>, Reason>| carrier(Reader::Xlsx, name, write);
    vec![
        c("xlsx link part", |p| Ok(ooxml::linked(p)?.build())).at("Tabelle1!B4"),
        c("xlsx link part, unused", |p| Ok(ooxml::unused(p)?.build())),
        c("xlsx link part, Strict", ooxml::strict).brings(&["strict-namespace"]),
        c("xlsx link part in UTF-16", ooxml::wide).brings(&["utf-16"]),
        c("xlsx link part, fallback", ooxml::fallback),
        c("xlsx link part, orphan", ooxml::orphans).brings(&["unreachable"]),
        c("xlsx, hidden sheet", |p| {
            Ok(ooxml::linked(p)?.state("hidden").build())
        })
        .brings(&["hidden-sheet"]),
        c("xlsx, very hidden sheet", |p| {
            Ok(ooxml::linked(p)?.state("veryHidden").build())
        })
        .brings(&["very-hidden-sheet"]),
        c("xlsx cell", ooxml::cell).at("Tabelle1!B4"),
        c("xlsx shared formula", ooxml::shared),
        c("xlsx array formula", ooxml::array),
        c("xlsx name", ooxml::name),
        c("xlsx conditional format", ooxml::conditional_format),
        c(
            "xlsx conditional format of 2010",
            ooxml::newer_conditional_format,
        ),
        c("xlsx data validation", ooxml::validation),
        c("xlsx data validation of 2010", ooxml::newer_validation),
        c("xlsx chart", ooxml::chart),
        c("xlsx table column", ooxml::table_column),
        c("xlsx shape", ooxml::shape),
        c("xlsx DDE function", ooxml::calls),
        c("xlsx in a document", |p| {
            Ok(embedded(&ooxml::linked(p)?.build()))
        }),
        c("xlsx in an archive", |p| {
            Ok(zip(&[("q", &ooxml::linked(p)?.build())]))
        }),
    ]
}

fn bin(payload: &Payload, change: fn(&mut Xlsb)) -> Result<Vec<u8>, Reason> {
    let mut book = Xlsb::new(payload.table()?, &payload.tokens);
    change(&mut book);
    Ok(book.build())
}

fn xlsb() -> Vec<Carrier> {
    use xlsb::Place;
    let c = |name, change: fn(&mut Xlsb)| carrier(Reader::Xlsb, name, move |p| bin(p, change));
    vec![
        c("xlsb", |_| {}).at("Sheet1!B4"),
        c("xlsb, types of two bytes", |b| {
            b.framing = Framing::PaddedTypes
        })
        .at("Sheet1!B4"),
        c("xlsb, sizes with a group more", |b| {
            b.framing = Framing::PaddedSizes
        })
        .at("Sheet1!B4"),
        c("xlsb, sizes of four bytes", |b| {
            b.framing = Framing::FullSizes
        })
        .at("Sheet1!B4"),
        c("xlsb name", |b| b.place = Place::Name),
        c("xlsb shared formula", |b| b.place = Place::Shared),
        c("xlsb array formula", |b| b.place = Place::Array),
        c("xlsb conditional format", |b| {
            b.place = Place::ConditionalFormat
        }),
        c("xlsb data validation", |b| b.place = Place::Validation),
        c("xlsb, unused", |b| b.place = Place::Nowhere),
        c("xlsb, orphan", |b| {
            b.orphan = true;
            b.place = Place::Nowhere;
        })
        .brings(&["unreachable"]),
        c("xlsb, in a future record", |b| b.wrap = Some((35, 36))),
        c("xlsb, in alternate content", |b| b.wrap = Some((37, 38))),
        c("xlsb, hidden sheet", |b| b.state = 1).brings(&["hidden-sheet"]),
        c("xlsb, very hidden sheet", |b| b.state = 2).brings(&["very-hidden-sheet"]),
        carrier(Reader::Xlsb, "xlsb in a document", |p| {
            Ok(embedded(&bin(p, |_| {})?))
        }),
        carrier(Reader::Xlsb, "binary link part in an xlsx", |p| {
            let mut package = crate::support::xlsx::Workbook::new().package();
            for (number, link) in (1..).zip(p.table()?) {
                let part = xlsb::dde_part(link);
                package = package.part(&format!("xl/externalLinks/externalLink{number}.bin"), part);
            }
            Ok(package.build())
        }),
    ]
}

/// A BIFF8 workbook whose link fits a SUPBOOK: 255 characters.
fn biff8(payload: &Payload, change: fn(&mut Biff8)) -> Result<Biff8, Reason> {
    let mut book = Biff8::new(payload.table()?, &payload.tokens);
    change(&mut book);
    Ok(book)
}

fn xls() -> Vec<Carrier> {
    use biff8::Place;
    let c = |name, change: fn(&mut Biff8)| {
        carrier(Reader::Xls, name, move |p| Ok(biff8(p, change)?.build()))
    };
    let streams =
        |name, write: fn(&Payload) -> Result<Vec<u8>, Reason>| carrier(Reader::Xls, name, write);
    let harmless = || biff8::stream(&[], &biff8::formula(0, 0, &[0x1e, 1, 0]));
    let old = |p: &Payload| -> Result<_, Reason> {
        Ok(biff5::stream(p.narrow()?, &p.tokens, Table::Sheet))
    };
    vec![
        c("xls", |_| {}).at("Sheet1!B4"),
        c("xls in UTF-16", |b| b.wide = true).at("Sheet1!B4"),
        c("xls, split link", |b| b.cut = Some(2)).at("Sheet1!B4"),
        c("xls in UTF-16, split link", |b| {
            b.wide = true;
            b.cut = Some(1);
        }),
        c("xls, split in front of the separator", |b| {
            b.cut = Some(usize::MAX)
        }),
        c("xls, the workbook first in the table", |b| {
            b.own_first = true
        })
        .at("Sheet1!B4"),
        c("xls, manual link", |b| b.flags = biff8::MANUAL).at("Sheet1!B4"),
        c("xls, offset of the sheet lost", |b| b.lost = true).at("Sheet1!B4"),
        c("xls, hidden sheet", |b| b.state = 1).brings(&["hidden-sheet"]),
        c("xls, very hidden sheet", |b| b.state = 2).brings(&["very-hidden-sheet"]),
        c("xls name", |b| b.place = Place::Name),
        c("xls shared formula", |b| b.place = Place::Shared),
        c("xls array formula", |b| b.place = Place::Array),
        c("xls conditional format", |b| {
            b.place = Place::ConditionalFormat
        }),
        c("xls data validation", |b| b.place = Place::Validation),
        c("xls chart", |b| b.place = Place::Chart),
        c("xls picture", |b| b.place = Place::Picture),
        c("xls macro sheet", |b| b.place = Place::MacroCell),
        c("xls, unused", |b| b.place = Place::Nowhere),
        streams("xls, bare stream", |p| Ok(biff8(p, |_| {})?.stream())),
        streams("xls, stream in capitals", |p| {
            Ok(biff8::container(&[(
                "WORKBOOK",
                biff8(p, |_| {})?.stream(),
            )]))
        }),
        streams("xls, BIFF8 in Book", |p| {
            Ok(biff8::container(&[("BOOK", biff8(p, |_| {})?.stream())]))
        }),
        carrier(Reader::Xls, "xls of two versions, link in Workbook", |p| {
            let old = biff5::stream(&[], &[super::tokens::Token::Int(1)], Table::Sheet);
            Ok(biff8::container(&[
                ("Book", old),
                ("Workbook", biff8(p, |_| {})?.stream()),
            ]))
        }),
        carrier(Reader::Xls, "xls of two versions, link in Book", move |p| {
            Ok(biff8::container(&[
                ("Book", old(p)?),
                ("Workbook", harmless()),
            ]))
        }),
        streams("xls in a document", |p| {
            Ok(embedded(&biff8(p, |_| {})?.build()))
        }),
        streams("xls in a storage", |p| {
            let stream = biff8(p, |_| {})?.stream();
            Ok(biff8::container(&[("MBD00A1B2C3/Workbook", stream)]))
        }),
        streams("xls in an archive", |p| {
            Ok(zip(&[("q.xls", &biff8(p, |_| {})?.build())]))
        }),
    ]
}

fn old_xls() -> Vec<Carrier> {
    let c =
        |name, write: fn(&Payload) -> Result<Vec<u8>, Reason>| carrier(Reader::OldXls, name, write);
    let sheet = |name, version| {
        carrier(Reader::OldXls, name, move |p| {
            Ok(biff2::sheet(p.narrow()?, &p.tokens, version))
        })
    };
    vec![
        c("BIFF5", |p| Ok(biff5::build(p.narrow()?, &p.tokens))).at("Sheet1!B4"),
        c("BIFF5, links in the globals", |p| {
            let stream = biff5::stream(p.narrow()?, &p.tokens, Table::Globals);
            Ok(biff8::container(&[("Book", stream)]))
        }),
        c("BIFF5, bare stream", |p| {
            Ok(biff5::stream(p.narrow()?, &p.tokens, Table::Sheet))
        }),
        c("BIFF5 in Workbook", |p| {
            let stream = biff5::stream(p.narrow()?, &p.tokens, Table::Sheet);
            Ok(biff8::container(&[("Workbook", stream)]))
        }),
        sheet("BIFF4", Version::Biff4),
        sheet("BIFF3", Version::Biff3),
        sheet("BIFF2", Version::Biff2),
        sheet("BIFF2, names without flags", Version::Biff2WithoutFlags),
        c("BIFF4 workspace", |p| {
            Ok(biff2::workspace(p.narrow()?, &p.tokens))
        }),
    ]
}

fn text() -> Vec<Carrier> {
    let c =
        |name, write: fn(&Payload) -> Result<Vec<u8>, Reason>| carrier(Reader::Text, name, write);
    let mut all = vec![
        c("SYLK cell", sylk::cell).at("B4"),
        c("SYLK cell, careless", sylk::careless).at("B4"),
        c("SYLK cell, coordinates before", sylk::coordinates).at("B4"),
        c("SYLK array formula", sylk::array),
        c("SYLK name", sylk::name),
        c("SYLK shared formula", sylk::shared),
        c("SYLK macro sheet", sylk::macro_sheet),
        c("SYLK named .csv", sylk::cell).named("q.csv"),
        c("DIF", dif::cell),
        c("DIF named .dif", dif::cell).named("q.dif"),
        c("CSV named .xls", |p| {
            delimited::file(p, delimited::Delimiter::Comma, delimited::Encoding::Utf8)
        })
        .named("q.xls"),
        c("CSV in an archive", |p| {
            let csv = delimited::file(p, delimited::Delimiter::Comma, delimited::Encoding::Utf8)?;
            Ok(zip(&[("q.csv", &csv)]))
        }),
    ];
    for (encoding_name, encoding) in ENCODINGS {
        for (delimiter_name, delimiter) in DELIMITERS {
            for name in NAMES {
                let what = format!("text, {delimiter_name}, {encoding_name}, {name}");
                let write = |p: &Payload| delimited::file(p, *delimiter, *encoding);
                all.push(carrier(Reader::Text, what, write).named(name));
            }
        }
    }
    all
}

fn xml2003() -> Vec<Carrier> {
    type Make = fn(&Payload) -> Result<xml2003::Book, Reason>;
    let c = |name, make: Make| carrier(Reader::Xml2003, name, move |p| Ok(make(p)?.build()));
    vec![
        c("Excel 2003 XML cell", xml2003::formula).at("Tabelle1!B4"),
        c("Excel 2003 XML array formula", xml2003::array),
        c("Excel 2003 XML link", xml2003::sup_books),
        c("Excel 2003 XML cell and link", xml2003::both),
        c("Excel 2003 XML name", xml2003::name),
        c(
            "Excel 2003 XML conditional format",
            xml2003::conditional_format,
        ),
        c("Excel 2003 XML data validation", xml2003::validation),
        c("Excel 2003 XML, other prefix", xml2003::other_prefix),
        carrier(Reader::Xml2003, "Excel 2003 XML in UTF-16", |p| {
            let text = xml2003::formula(p)?.text();
            Ok(utf16(
                &text.replace("?>\r\n<?mso", " encoding=\"UTF-16\"?>\r\n<?mso"),
            ))
        }),
        carrier(Reader::Xml2003, "Excel 2003 XML without instruction", |p| {
            let text = xml2003::formula(p)?.text();
            Ok(text
                .replace("<?mso-application progid=\"Excel.Sheet\"?>", "")
                .into_bytes())
        }),
    ]
}

fn html() -> Vec<Carrier> {
    type Make = fn(&Payload) -> Result<String, Reason>;
    let c = |name, make: Make| carrier(Reader::Html, name, move |p| Ok(make(p)?.into_bytes()));
    let archive = |name, make: Make, transfer: Transfer| {
        carrier(Reader::Html, name, move |p| {
            Ok(mht::page(&make(p)?, transfer))
        })
    };
    vec![
        c("HTML cell", html::td).named("q.xls"),
        c("HTML cell without a name", html::td),
        c("HTML heading of any page", html::th).named("q.xls"),
        c("HTML formula attribute", html::fmla).named("q.htm"),
        c("HTML island", html::island).named("q.htm"),
        carrier(Reader::Html, "HTML in UTF-16", |p| {
            let page = html::td(p)?.replace("charset=utf-8", "charset=unicode");
            Ok(utf16(&page))
        })
        .named("q.xls"),
        archive(
            "MHT cell, quoted-printable",
            html::td,
            Transfer::QuotedPrintable,
        ),
        archive(
            "MHT formula attribute, base64",
            html::fmla,
            Transfer::Base64,
        ),
        archive("MHT island", html::island, Transfer::QuotedPrintable),
    ]
}

fn ods() -> Vec<Carrier> {
    type Make = fn(&Payload) -> Result<String, Reason>;
    let c = |name, make: Make| carrier(Reader::Ods, name, move |p| Ok(ods::package(&make(p)?)));
    let flat = |name, make: Make| carrier(Reader::Ods, name, move |p| Ok(ods::flat(&make(p)?)));
    vec![
        c("ODS function", ods::calls),
        c("ODS link", ods::declared),
        c("ODS function and link", ods::both),
        c("ODS formula", |p| ods::formula(p, "of:")),
        c("ODS formula of Excel", |p| ods::formula(p, "msoxl:")),
        flat("FODS function", ods::calls),
        flat("FODS link", ods::declared),
        flat("FODS formula of Excel", |p| ods::formula(p, "msoxl:")),
    ]
}
