//! Templates, merges, objects, and what leads out of a page.

use super::*;

#[test]
fn templates_merges_and_objects() {
    let report = page(
        "<xml><w:WordDocument><w:AttachedTemplate HRef=\"https://x.example/t.dot\">\
         </w:AttachedTemplate></w:WordDocument></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "remote-template");
    assert_eq!(found.target.as_deref(), Some("https://x.example/t.dot"));
    assert_eq!(report.verdict(), Verdict::Suspicious);

    let report = page(
        "<xml><w:MailMergeMainDocType>FormLetters</w:MailMergeMainDocType>\
         <w:MailMergeDataSource HRef=\"\\\\a.example\\s\\d.mdb\"></w:MailMergeDataSource>\
         <w:MailMergeQueryString>SELECT 1</w:MailMergeQueryString></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "mail-merge");
    assert_eq!(found.target.as_deref(), Some("\\\\a.example\\s\\d.mdb"));

    let report = page(
        "<xml><o:OLEObject Type=\"Link\" ProgID=\"Word.Document.8\" UpdateMode=\"Always\" \
         href=\"http://a.example/x.doc\"><o:LinkType>Picture</o:LinkType></o:OLEObject></xml>",
    );
    let found = only(&report);
    assert_eq!(found.carrier.as_str(), "ole-link");
    assert_eq!(found.target.as_deref(), Some("http://a.example/x.doc"));
}

#[test]
fn what_leads_out_of_a_page() {
    let all = [
        (
            "<frame src='http://a.example/f.htm'>",
            "frame",
            "http://a.example/f.htm",
        ),
        (
            "<iframe src='\\\\a.example\\s'>",
            "frame",
            "\\\\a.example\\s",
        ),
        ("<a href='ms-msdt:/id x'>", "hyperlink", "ms-msdt:/id x"),
        (
            "<script>location.href = \"x\" + 'MS-msdt:/id y'; z</script>",
            "hyperlink",
            "MS-msdt:/id y",
        ),
        (
            "<meta http-equiv=Refresh content=\"0; URL='https://a.example/'\">",
            "hyperlink",
            "https://a.example/",
        ),
        (
            "<v:imagedata src='\\\\a.example\\s\\i.png'/>",
            "include-picture",
            "\\\\a.example\\s\\i.png",
        ),
        (
            "<link rel=OLE-Object-Data href='http://a.example/o.mso'>",
            "ole-link",
            "http://a.example/o.mso",
        ),
        (
            "<link rel='Edit-Time-Data OLE-Object-Data' href='http://a.example/o.mso'>",
            "ole-link",
            "http://a.example/o.mso",
        ),
        (
            "<object data='http://a.example/x.sct' type='text/x-scriptlet'>",
            "ole-link",
            "http://a.example/x.sct",
        ),
        (
            "<base href='http://a.example/d/x'><frame src=f.htm>",
            "frame",
            "http://a.example/d/f.htm",
        ),
        (
            "<style>@page s{mso-header:url(\"http://a.example/h.htm\") h1}</style>",
            "sub-document",
            "http://a.example/h.htm",
        ),
    ];
    for (html, carrier, target) in all {
        let report = page(html);
        let found = only(&report);
        let shown = (found.carrier.as_str(), found.target.as_deref());
        assert_eq!(shown, (carrier, Some(target)), "{html}");
    }
    let tag = "<FRAME  SRC=http://a.example/f.htm\nx>";
    assert_eq!(only(&page(&format!("{tag}y"))).raw, tag);
    assert_eq!(
        page("<a href='ms-msdt:/id x'>").verdict(),
        Verdict::Suspicious
    );
}
