//! How fast each kind of spreadsheet is read: the same long list, with no link in it.

use std::hint::black_box;
use std::time::Instant;

use ddetect::{Analyzer, Input, Report, Verdict};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::ROUNDS;
use super::support::excel::biff8::{self, container, record};
use super::support::excel::xlsb::{self, Xlsb};
use super::support::excel::{html, ods, sylk, xml2003};
use super::support::xlsx::{S, Workbook};
use super::support::zipsmith::{Entry, Zip};

/// Rows of the list in the formats that are not text.
const ROWS: u32 = 100_000;
/// Bytes of the texts.
const TEXT: usize = 100_000_000;
/// Text without a candidate for a link, in MB/s.
const TEXT_BAR: f64 = 200.0;
/// Of what the XML parser alone does over the same bytes.
const XML_BAR: f64 = 0.7;

pub(crate) fn run() {
    println!("\nspreadsheet                          bytes that are read, MB/s");
    let rows = ["Anna Example,12.50,2026-01-02,paid in full,+49 30 1234567,note\r\n"];
    let csv = repeated(&rows, TEXT);
    let speed = measured(
        "CSV, nothing that begins like a formula",
        "a.csv",
        &csv,
        csv.len(),
    );
    bar("CSV", speed, TEXT_BAR, "MB/s");
    drop(csv);
    let rows = [
        "-12.50,+3,=B2*1.19,@home,a|b,\"x, y\"\r\n",
        "1,2,3,4,5,6\r\n",
    ];
    let csv = repeated(&rows, TEXT / 4);
    measured("CSV with formulas and bars", "a.csv", &csv, csv.len());
    drop(csv);

    let sheet = sheet();
    let parser = parser_alone(&sheet);
    let workbook = around(sheet.as_bytes());
    let speed = measured("sheet of an xlsx", "a.xlsx", &workbook, sheet.len());
    println!(
        "{:<36} {:>14} {parser:>10.0}",
        "the XML parser alone",
        sheet.len()
    );
    bar("xlsx", speed / parser, XML_BAR, "of the parser alone");

    let xls = xls();
    measured("xls", "a.xls", &xls, xls.len());
    let (xlsb, bytes) = xlsb();
    measured("sheet of an xlsb", "a.xlsb", &xlsb, bytes);
    let slk = slk();
    measured("SYLK", "a.slk", &slk, slk.len());
    let xml = xml();
    measured("Excel 2003 XML", "a.xml", &xml, xml.len());
    let page = page();
    measured("HTML", "a.xls", &page, page.len());
    let fods = fods();
    measured("flat OpenDocument sheet", "a.fods", &fods, fods.len());
}

fn bar(what: &str, figure: f64, bar: f64, unit: &str) {
    let word = if figure >= bar { "met" } else { "MISSED" };
    println!("    bar of {bar} {unit} for {what}: {word} ({figure:.2})");
}

/// The quickest of a few rounds, in MB/s of `bytes`.
fn measured(what: &str, name: &str, document: &[u8], bytes: usize) -> f64 {
    let chosen = std::env::args().skip_while(|word| word != "excel").nth(1);
    if chosen.is_some_and(|word| word != "--bench" && !what.contains(&word)) {
        return 0.0;
    }
    let analyzer = Analyzer::default();
    let mut quickest = f64::MAX;
    let mut report: Option<Report> = None;
    for _ in 0..ROUNDS {
        let started = Clock::start();
        let input = Input::new(black_box(document)).name(name);
        report = Some(black_box(analyzer.analyze(input)));
        quickest = quickest.min(started.seconds());
    }
    let speed = bytes as f64 / 1e6 / quickest;
    let clean = report.is_some_and(|report| report.verdict() == Verdict::Clean);
    let note = if clean {
        ""
    } else {
        "   (not read as expected)"
    };
    println!("{what:<36} {bytes:>14} {speed:>10.0}{note}");
    speed
}

/// What this thread worked, where the system tells; else what went by. A machine that does other
/// things besides makes no program slower.
struct Clock(Instant, Option<f64>);

impl Clock {
    fn start() -> Self {
        Clock(Instant::now(), worked())
    }

    fn seconds(&self) -> f64 {
        let worked = worked().zip(self.1).map(|(now, then)| now - then);
        worked.unwrap_or_else(|| self.0.elapsed().as_secs_f64())
    }
}

/// Seconds of a processor that this thread took.
fn worked() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}

fn parser_alone(xml: &str) -> f64 {
    let mut quickest = f64::MAX;
    for _ in 0..ROUNDS {
        let started = Clock::start();
        let mut reader = Reader::from_reader(black_box(xml.as_bytes()));
        let (mut buffer, mut events) = (Vec::new(), 0_usize);
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) | Err(_) => break,
                Ok(event) => {
                    black_box(&event);
                    events += 1;
                }
            }
            buffer.clear();
        }
        black_box(events);
        quickest = quickest.min(started.seconds());
    }
    xml.len() as f64 / 1e6 / quickest
}

fn repeated(rows: &[&str], bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 100);
    for row in rows.iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        text.extend(row.as_bytes());
    }
    text
}

/// Numbers, texts and a formula a row.
fn sheet() -> String {
    let rows: String = (1..=ROWS)
        .map(|row| {
            format!(
                "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>{row}</v></c><c r=\"B{row}\" s=\"1\"><v>12.5\
                 </v></c><c r=\"C{row}\"><v>{row}</v></c><c r=\"D{row}\"><f>B{row}*1.19</f><v>14.875</v>\
                 </c><c r=\"E{row}\" t=\"inlineStr\"><is><t>paid in full</t></is></c></row>"
            )
        })
        .collect();
    format!("<worksheet xmlns=\"{S}\"><sheetData>{rows}</sheetData></worksheet>")
}

/// A workbook with this sheet, stored: unpacking is not what is measured.
fn around(sheet: &[u8]) -> Vec<u8> {
    let package = Workbook::new().formula("A1", "1").package();
    let mut zip = Zip::new();
    for (name, bytes) in package.parts() {
        zip = zip.entry(match name.ends_with("sheet1.xml") {
            true => Entry::stored(name, sheet),
            false => Entry::deflated(name, bytes),
        });
    }
    zip.build()
}

fn xls() -> Vec<u8> {
    let mut cells = Vec::new();
    for row in 0..ROWS.min(65_000) {
        let row = u16::try_from(row).unwrap();
        // NUMBER and a formula: B1*2.
        let number = [
            &row.to_le_bytes()[..],
            &[0, 0, 15, 0],
            &12.5_f64.to_le_bytes(),
        ]
        .concat();
        cells.extend(record(0x0203, &number));
        cells.extend(biff8::formula(
            row,
            1,
            &[0x44, 0, 0, 0, 0xc0, 0x1e, 2, 0, 0x05],
        ));
    }
    container(&[("Workbook", biff8::stream(&[], &cells))])
}

fn xlsb() -> (Vec<u8>, usize) {
    use xlsb::record;
    let mut sheet = [record(129, &[]), record(145, &[])].concat();
    for row in 0..ROWS {
        sheet.extend(record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat()));
        let head = [&[0; 8][..], &12.5_f64.to_le_bytes()].concat();
        sheet.extend(record(5, &head));
        let rgce = [0x44, 0, 0, 0, 0, 0, 0xc0, 0x1e, 2, 0, 0x05];
        let formula = [&head[..], &[0, 0], &[11, 0, 0, 0], &rgce, &[0; 4]].concat();
        sheet.extend(record(9, &formula));
    }
    sheet.extend([record(146, &[]), record(130, &[])].concat());
    let book = Xlsb::new(&[], &[]).package();
    let mut zip = Zip::new();
    for (name, bytes) in book.parts() {
        zip = zip.entry(match name.ends_with("sheet1.bin") {
            true => Entry::stored(name, &sheet),
            false => Entry::deflated(name, bytes),
        });
    }
    (zip.build(), sheet.len())
}

fn slk() -> Vec<u8> {
    let rows: Vec<String> = (1..=ROWS)
        .flat_map(|row| {
            [
                format!("C;Y{row};X1;K\"paid in full\""),
                "C;X2;K12.5".to_owned(),
                "C;X3;K14.875;ERC[-1]*1.19".to_owned(),
            ]
        })
        .collect();
    sylk::file("WXL;N;E", &rows)
}

fn xml() -> Vec<u8> {
    let row = "</Row><Row><Cell><Data ss:Type=\"String\">paid in full</Data></Cell><Cell><Data \
               ss:Type=\"Number\">12.5</Data></Cell><Cell ss:Formula=\"=RC[-1]*1.19\"><Data \
               ss:Type=\"Number\">14.875</Data></Cell>";
    let book = xml2003::Book {
        cells: row.repeat(usize::try_from(ROWS).unwrap()),
        ..xml2003::Book::default()
    };
    book.build()
}

fn page() -> Vec<u8> {
    let row = "<tr><td>paid in full</td><td x:num>12.5</td><td x:num=\"14.875\" \
               x:fmla=\"=B1*1.19\">14.88</td></tr>\r\n";
    html::page("", &row.repeat(usize::try_from(ROWS).unwrap())).into_bytes()
}

fn fods() -> Vec<u8> {
    let row = "</table:table-row><table:table-row><table:table-cell office:value-type=\"string\"><text:p>paid \
               in full</text:p></table:table-cell><table:table-cell table:formula=\"of:=[.B1]*1.19\" \
               office:value-type=\"float\" office:value=\"14.875\"/>";
    ods::flat(&ods::body(&row.repeat(usize::try_from(ROWS).unwrap()), ""))
}
