//! Word 2003 XML (`spec/word.md` §4.1).

use super::*;
use crate::link::{Carrier, Kind, TechniqueId, Trigger};

fn older(body: &str) -> Scan {
    let text = format!(
        "<?mso-application progid=\"Word.Document\"?>\
         <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" \
         xmlns:aml=\"http://schemas.microsoft.com/aml/2001/core\" \
         xmlns:v=\"urn:schemas-microsoft-com:vml\" \
         xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xml:space=\"preserve\">{body}</w:wordDocument>"
    );
    let scan = scan(&[("", &text)]);
    assert_eq!(scan.gaps, []);
    scan
}

fn field(instruction: &str) -> String {
    format!("<w:p>{B}{}{E}</w:p>", i(instruction))
}

fn targets(scan: &Scan) -> Vec<(Carrier, Trigger, Option<&str>)> {
    let all = scan.links.iter();
    all.map(|link| (link.carrier, link.trigger, link.target.as_deref()))
        .collect()
}

#[test]
fn fields_are_those_of_the_newer_vocabulary() {
    let scan = older(&format!(
        "<w:body><wx:sect xmlns:wx=\"http://schemas.microsoft.com/office/word/2003/auxHint\">{}\
         </wx:sect></w:body>",
        field(&format!("DDEAUTO {CMD}"))
    ));
    assert_eq!(scan.links.len(), 1);
    is_std(&scan.links[0]);
}

#[test]
fn a_deletion_is_an_annotation() {
    let scan = older(&format!(
        "<w:body><w:p>{B}<aml:annotation aml:id=\"0\" w:type=\"Word.Deletion\"><aml:content>{}\
         </aml:content></aml:annotation>{E}</w:p></w:body>",
        i(&format!("DDEAUTO {CMD}"))
    ));
    assert!(scan.links[0].has(TechniqueId::TrackedDeletion));
    is_std(&scan.links[0]);
    // Behind it nothing is deleted.
    let scan = older(&format!(
        "<w:body><aml:annotation w:type=\"Word.Deletion\"><aml:content/></aml:annotation>{}</w:body>",
        field(&format!("DDEAUTO {CMD}"))
    ));
    assert!(!scan.links[0].has(TechniqueId::TrackedDeletion));
}

#[test]
fn a_bookmark_is_an_annotation() {
    let scan = older(&format!(
        "<w:body><w:p><aml:annotation aml:id=\"7\" w:type=\"Word.Bookmark.Start\" w:name=\"b\"/>\
         <w:r><w:t>cmd.exe</w:t></w:r><aml:annotation aml:id=\"7\" w:type=\"Word.Bookmark.End\"/>\
         <w:r><w:t>more</w:t></w:r></w:p><w:p>{B}{}{B}{}{E}{}{E}</w:p></w:body>",
        i("DDEAUTO "),
        i("REF b"),
        i(" \"/k calc.exe\"")
    ));
    assert_eq!(
        triples(&scan.links[0])[0],
        (Some("cmd.exe"), Some("/k calc.exe"), None)
    );
}

#[test]
fn places_that_are_named_in_attributes() {
    let scan = older(
        "<w:docPr><w:attachedTemplate w:val=\"https://x/t.dot\"/></w:docPr>\
         <w:frameset><w:frame><w:sourceFileName w:val=\"http://x/f.htm\"/></w:frame></w:frameset>\
         <w:body><w:subDoc w:link=\"\\\\h\\s\\a.doc\"/>\
         <w:hlink w:dest=\"http://x/\"><w:r><w:t>x</w:t></w:r></w:hlink>\
         <w:pict><v:shape><v:imagedata src=\"wordml://02000001.jpg\" o:href=\"http://x/a.png\"/>\
         <v:imagedata src=\"http://x/b.png\"/><v:imagedata r:href=\"rId1\" src=\"\"/></v:shape>\
         </w:pict></w:body>",
    );
    assert_eq!(
        targets(&scan),
        [
            (
                Carrier::RemoteTemplate,
                Trigger::Open,
                Some("https://x/t.dot")
            ),
            (Carrier::Frame, Trigger::Open, Some("http://x/f.htm")),
            (
                Carrier::SubDocument,
                Trigger::Update,
                Some("\\\\h\\s\\a.doc")
            ),
            (Carrier::Hyperlink, Trigger::Click, Some("http://x/")),
            (
                Carrier::IncludePicture,
                Trigger::Open,
                Some("http://x/a.png")
            ),
            (
                Carrier::IncludePicture,
                Trigger::Open,
                Some("http://x/b.png")
            ),
        ]
    );
    assert!(
        scan.links
            .iter()
            .all(|link| link.kind == Kind::ExternalLink)
    );
}

#[test]
fn a_mail_merge_names_its_sources() {
    let scan = older(
        "<w:docPr><w:mailMerge><w:dataType w:val=\"database\"/>\
         <w:connectString w:val=\"DSN=x\"/><w:query w:val=\"SELECT *\"/>\
         <w:dataSource w:val=\"\\\\h\\s\\a.mdb\"/><w:headerSource w:val=\"http://x/h\"/>\
         <w:odso><w:src w:val=\"http://x/s\"/></w:odso></w:mailMerge></w:docPr>",
    );
    let mut found: Vec<_> = targets(&scan).into_iter().filter_map(|t| t.2).collect();
    found.sort();
    assert!(
        found.contains(&"http://x/h") && found.contains(&"http://x/s"),
        "{found:?}"
    );
    assert!(
        scan.links
            .iter()
            .all(|link| link.carrier == Carrier::MailMerge)
    );
}

#[test]
fn variables_feed_fields() {
    let scan = older(&format!(
        "<w:docPr><w:docVars><w:docVar w:name=\"v\" w:val=\"cmd\"/></w:docVars></w:docPr>\
         <w:body><w:p>{B}{}{B}{}{E}{}{E}</w:p></w:body>",
        i("DDEAUTO "),
        i("DOCVARIABLE v"),
        i(" x"),
    ));
    assert_eq!(triples(&scan.links[0])[0], (Some("cmd"), Some("x"), None));
}

#[test]
fn headers_stand_in_the_section_and_end_by_themselves() {
    // A field that is open in the header does not swallow the one behind it.
    let scan = older(&format!(
        "<w:body><w:sectPr><w:hdr w:type=\"odd\"><w:p>{B}{}</w:p></w:hdr></w:sectPr>{}</w:body>",
        i("PAGE "),
        field(&format!("DDEAUTO {CMD}"))
    ));
    assert_eq!(scan.links.len(), 1);
    is_std(&scan.links[0]);
    assert!(!scan.links[0].has(TechniqueId::NestedInField));
}

#[test]
fn properties_feed_fields() {
    let scan = older(&format!(
        "<o:DocumentProperties><o:Title>cmd</o:Title></o:DocumentProperties>\
         <o:CustomDocumentProperties><o:My_x0020_P>/k calc.exe</o:My_x0020_P>\
         </o:CustomDocumentProperties><w:body><w:p>{B}{}{B}{}{E}{}{B}{}{E}{}{E}</w:p></w:body>",
        i("DDEAUTO "),
        i("TITLE"),
        i(" \""),
        i("DOCPROPERTY \"My P\""),
        i("\""),
    ));
    assert_eq!(
        triples(&scan.links[0])[0],
        (Some("cmd"), Some("/k calc.exe"), None)
    );
}
