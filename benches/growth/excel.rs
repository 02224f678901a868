//! Spreadsheets, presentations and drawings: storms of links, of names, and of what almost is one.

use crate::support::excel::biff8::{
    self, AUTOMATIC, WORKED, bof, container, extern_name, record, supbook,
};
use crate::support::excel::{dif, html, ods, sylk, xlsb};
use crate::support::slides;
use crate::support::xlsx::{S, Workbook};
use crate::{repeated, stored};

type Shape = (&'static str, &'static str, fn(usize) -> Vec<u8>);

pub(crate) const SHAPES: &[Shape] = &[
    ("CSV, links", "a.csv", |n| lines("=cmd|'/c x#'!A1,x\r\n", n)),
    ("CSV, bars", "a.csv", |n| lines("=|", n)),
    ("CSV, quotes", "a.csv", |n| lines("=\"'\"|'\"'!'", n)),
    ("CSV, what almost is a link", "a.csv", |n| {
        lines("=a|b;@c!d,+e|'f\t-g\r\n", n)
    }),
    ("CSV, long formulas", "a.csv", |n| {
        lines("=A1&\"|\"&CHAR(124)&", n)
    }),
    ("SYLK, links", "a.slk", |n| {
        let rows = repeated("C;Y#;X1;Ecmd|'/c x'!A1\n", n);
        sylk::file("WXL", &[rows])
    }),
    ("SYLK, names", "a.slk", |n| {
        sylk::file("WXL", &[repeated("NN;Nn#;Ecmd|'/c x'!A1\n", n)])
    }),
    ("DIF, links", "a.dif", |n| {
        let texts: Vec<_> = (0..n / 40)
            .map(|number| format!("=cmd|'/c {number}'!A1"))
            .collect();
        dif::file(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }),
    ("HTML table, links", "a.xls", |n| {
        html::page(
            "",
            &repeated("<tr><td>=cmd|'/c #'!A1</td><td x:fmla='=a|b!c'>", n),
        )
        .into_bytes()
    }),
    ("Excel 2003 XML, links", "a.xml", |n| {
        let rows = repeated("<Row><Cell ss:Formula=\"=cmd|'/c #'!A1\"/></Row>", n);
        xml2003(&format!("<Worksheet><Table>{rows}</Table></Worksheet>"))
    }),
    ("Excel 2003 XML, link tables", "a.xml", |n| {
        xml2003(&repeated(
            "<x:SupBook><x:Path>cmd|/c #</x:Path><x:ExternName><x:Name>a</x:Name></x:ExternName></x:SupBook>",
            n,
        ))
    }),
    ("FODS, links", "a.fods", |n| {
        let cells = repeated(
            "<table:table-cell table:formula='of:=DDE(&quot;cmd&quot;;&quot;/c #&quot;;&quot;a&quot;)'/>",
            n,
        );
        ods::flat(&ods::body(&cells, ""))
    }),
    ("xlsx, formulas", "a.xlsx", |n| {
        sheet("<row><c r=\"A1\"><f>cmd|'/c #'!A1</f></c></row>", n)
    }),
    ("xlsx, references to links", "a.xlsx", |n| {
        sheet("<c><f>[1]!a+[2]!'b#'</f></c>", n)
    }),
    ("xlsx, shared formulas", "a.xlsx", |n| {
        sheet(
            "<c r=\"A#\"><f t=\"shared\" si=\"#\" ref=\"A1:B9\">a|b!c</f></c><c><f t=\"shared\" si=\"#\"/></c>",
            n,
        )
    }),
    ("xlsx, link parts", "a.xlsx", |n| {
        let book = (0..n / 400).fold(Workbook::new(), |book, number| {
            book.dde("cmd", &format!("/c {number}"), &["a", "b"])
        });
        stored(book.package().parts())
    }),
    ("xlsx, names", "a.xlsx", |n| {
        let names = repeated("<definedName name=\"n#\">cmd|'/c #'!A1</definedName>", n);
        let book = Workbook::new().after_sheets(&format!("<definedNames>{names}</definedNames>"));
        stored(book.package().parts())
    }),
    ("xlsb, cells", "a.xlsb", |n| {
        let cell = [
            &[0; 8][..],
            &[0x17, 0, 0],
            &[7, 0, 0, 0],
            &[0x59, 0, 0, 1, 0, 0, 0],
            &[0; 4],
        ];
        let cell = xlsb::record(11, &cell.concat());
        let sheet = cell.repeat(n / cell.len());
        stored(
            xlsb::Xlsb::new(&[], &[])
                .package()
                .part("xl/worksheets/sheet1.bin", sheet)
                .parts(),
        )
    }),
    ("xls, formulas", "a.xls", |n| {
        let cell = biff8::formula(0, 0, &[0x59, 0, 0, 1, 0, 0, 0]);
        workbook(&[WORKED, &cell.repeat(n / cell.len())].concat())
    }),
    ("xls, link tables", "a.xls", |n| {
        let link = [supbook("cmd\u{3}/c a"), extern_name(AUTOMATIC, "a")].concat();
        workbook(&link.repeat(n / link.len()))
    }),
    ("xls, names", "a.xls", |n| {
        let name = biff8::name(0, "a", &[0x59, 0, 0, 1, 0, 0, 0]);
        workbook(&name.repeat(n / name.len()))
    }),
    ("xls, long formulas", "a.xls", |n| {
        // Numbers and concatenations: a stack of texts that grows.
        let rgce = [&[0x1e, 1, 0][..], &[0x1e, 1, 0, 0x08].repeat(400)].concat();
        let cell = biff8::formula(0, 0, &rgce);
        workbook(&cell.repeat(n / cell.len() + 1))
    }),
    ("xls, empty records", "a.xls", |n| {
        workbook(&record(0x00ff, &[]).repeat(n / 4))
    }),
    ("query file", "a.iqy", |n| {
        format!(
            "WEB\r\n1\r\nhttp://x/{}\r\n",
            repeated("?a=[\"b#\",\"c\"]", n)
        )
        .into_bytes()
    }),
    ("pptx, shapes", "a.pptx", |n| {
        let click = slides::shape(
            "<a:hlinkClick r:id=\"r1\" action=\"ppaction://program\"/>",
            "",
        );
        stored(slides::pptx(&slides::slide(&click.repeat(n / click.len() + 1), ""), &[]).parts())
    }),
    ("ppt, actions", "a.ppt", |n| {
        let action = slides::interaction(false, 2, 0, 0, "cmd.exe");
        slides::ppt(&slides::stream(&[], &vec![action; n / 60]))
    }),
];

fn lines(piece: &str, bytes: usize) -> Vec<u8> {
    repeated(piece, bytes).into_bytes()
}

fn xml2003(content: &str) -> Vec<u8> {
    format!(
        "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook \
         xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet' \
         xmlns:x='urn:schemas-microsoft-com:office:excel'>{content}</Workbook>"
    )
    .into_bytes()
}

fn sheet(piece: &str, bytes: usize) -> Vec<u8> {
    let rows = repeated(piece, bytes);
    let sheet = format!("<worksheet xmlns=\"{S}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = Workbook::new().dde("cmd", "/c a", &["a"]).package();
    stored(book.part("xl/worksheets/sheet1.xml", sheet).parts())
}

fn workbook(globals: &[u8]) -> Vec<u8> {
    let globals = [bof(biff8::GLOBALS), globals.to_vec(), biff8::eof()].concat();
    let sheet = [bof(biff8::SHEET), biff8::eof()].concat();
    container(&[("Workbook", [globals, sheet].concat())])
}
