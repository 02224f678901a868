//! The Power Query package (`spec/excel.md` §1.6).

use super::*;
use crate::container::zipsmith::{Entry, Zip};
use crate::link::{Carrier, TechniqueId, Trigger};

const ITEM: &str = "customXml/item1.xml";
const REMOTE: &str = "section Section1;\r\n\r\nshared Q = let\r\n    Source = \
    Csv.Document(Web.Contents(\"http://\" & \"example.invalid/a.csv\"),[Delimiter=\",\"])\r\nin Source;";

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32, at: u32| DIGITS[(bits >> at & 63) as usize] as char;
    bytes
        .chunks(3)
        .map(|chunk| {
            let mut bits = 0;
            for at in 0..3 {
                bits = bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0));
            }
            let mut text: String = [18, 12, 6, 0].map(|at| digit(bits, at)).iter().collect();
            text.replace_range(chunk.len() + 1.., &"=".repeat(3 - chunk.len()));
            text
        })
        .collect()
}

fn zipped(section: &str) -> Vec<u8> {
    Zip::new()
        .entry(Entry::deflated("Config/Package.xml", "<Package/>"))
        .entry(Entry::deflated("Formulas/Section1.m", section))
        .build()
}

/// The layout of MS-QDEFF: version, length and zip, then three more of length and bytes.
fn framed(section: &str) -> Vec<u8> {
    let zip = zipped(section);
    let mut bytes = vec![0; 4];
    for piece in [zip.as_slice(), b"<PermissionList/>", b"<Metadata/>", b""] {
        bytes.extend((piece.len() as u32).to_le_bytes());
        bytes.extend(piece);
    }
    bytes
}

fn item(package: &[u8]) -> String {
    format!(
        "<DataMashup xmlns='http://schemas.microsoft.com/DataMashup'>{}</DataMashup>",
        base64(package)
    )
}

fn refreshed(more: &str) -> Package {
    Package::new().part(
        "xl/connections.xml",
        &format!(
            "<connections xmlns='{{m}}'><connection id='1' type='5' {more}>\
             <dbPr connection='Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;\
             Location=Q' command='SELECT * FROM [Q]'/></connection></connections>"
        ),
    )
}

#[test]
fn queries_lead_outside() {
    for (more, trigger) in [
        ("", Trigger::Update),
        ("refreshOnLoad='1'", Trigger::Open),
        ("interval='60'", Trigger::Open),
    ] {
        let link = refreshed(more).part(ITEM, &item(&framed(REMOTE))).only();
        assert_eq!((link.carrier, link.trigger), (Carrier::WebQuery, trigger));
        assert_eq!(link.target.as_deref(), Some("http://example.invalid/a.csv"));
        assert_eq!(link.raw, "Web.Contents=\"http://example.invalid/a.csv\"");
        let at = REMOTE.find("Web.Contents").unwrap();
        assert_eq!(
            link.location.to_string(),
            format!("q.xlsx › customXml/item1.xml › Formulas/Section1.m @ byte {at}")
        );
    }
}

/// Where an address is put together from what is not there, that is said.
#[test]
fn an_address_that_is_not_constant_is_unresolved() {
    for (section, target, unresolved) in [
        (REMOTE, "http://example.invalid/a.csv", false),
        (
            "shared Q = Web.Contents(\"http://\" & host() & \"/a.csv\");",
            "http://<expr>",
            true,
        ),
        (
            "shared Q = Web.Contents(Excel.CurrentWorkbook(){0}[Content]);",
            "<expr>",
            true,
        ),
        (
            "shared Q = let u = \"http://example.invalid/\" in Web.Contents(u);",
            "http://example.invalid/",
            false,
        ),
    ] {
        let link = Package::new().part(ITEM, &item(&framed(section))).only();
        assert_eq!(link.target.as_deref(), Some(target));
        assert_eq!(link.has(TechniqueId::Unresolved), unresolved, "{section}");
    }
    // What a connection itself says is said as it stands.
    let part = format!(
        "<connections xmlns='{MAIN}'><connection id='1' type='4'>\
         <webPr url='http://example.invalid/&lt;expr>'/></connection></connections>"
    );
    let link = Package::new().part("xl/connections.xml", &part).only();
    assert!(!link.has(TechniqueId::Unresolved));
}

/// The layout is not certain: with the header, without it, behind another one.
#[test]
fn wherever_the_zip_is() {
    let zip = zipped(REMOTE);
    let mut behind = b"\x05\0\0\0\x07\0\0\0\x01\x02\x03".to_vec();
    behind.extend(&zip);
    let headless = Zip::new()
        .entry(Entry::deflated("Formulas/Section1.m", REMOTE))
        .no_central()
        .no_end()
        .build();
    for package in [zip, behind, headless] {
        let link = Package::new().part(ITEM, &item(&package)).only();
        assert_eq!(link.target.as_deref(), Some("http://example.invalid/a.csv"));
    }
}

#[test]
fn queries_of_the_workbook_itself_are_silent() {
    let here = "section Section1;\r\nshared T = let Source = \
        Excel.CurrentWorkbook(){[Name=\"T\"]}[Content] in Source;";
    for section in [here, "section Section1;", ""] {
        let links = refreshed("refreshOnLoad='1'")
            .part(ITEM, &item(&framed(section)))
            .links();
        assert!(links.is_empty(), "{links:#?}");
    }
}

#[test]
fn a_package_without_queries_is_a_gap() {
    for inner in ["AAAA", "!!", &base64(b"\0\0\0\0\x10\0\0\0PK\x03\x04")] {
        let xml = format!(
            "<DataMashup xmlns='http://schemas.microsoft.com/DataMashup'>{inner}</DataMashup>"
        );
        let given = Package::new().part(ITEM, &xml).read();
        assert_eq!(
            (given.links.len(), given.gaps, given.left),
            (0, 1, false),
            "{inner}"
        );
    }
    let xml = "<DataMashup xmlns='http://schemas.microsoft.com/DataMashup'/>";
    let given = Package::new().part(ITEM, xml).read();
    assert_eq!((given.links.len(), given.gaps), (0, 0));
}

/// A part that is read twice, or that is cut off, gives each query once.
#[test]
fn twice_and_cut_off() {
    let mut package = Package::new().part(ITEM, &item(&framed(REMOTE)));
    package.read_twice = true;
    assert_eq!(package.links().len(), 1);
    let whole = item(&framed(REMOTE));
    let cut = &whole[..whole.find("</DataMashup").unwrap()];
    for twice in [false, true] {
        let mut package = Package::new().part(ITEM, cut);
        package.read_twice = twice;
        assert_eq!(package.links().len(), 1);
    }
}

#[test]
fn a_package_beyond_the_memory_is_a_gap() {
    let mut package = Package::new().part(ITEM, &item(&framed(REMOTE)));
    package.limits.live_bytes = 256;
    let given = package.read();
    assert_eq!((given.links.len(), given.left), (0, false));
    assert!(given.gaps > 0);
}
