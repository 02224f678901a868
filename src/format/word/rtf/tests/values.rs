//! What the document says of itself (`spec/word.md` §3.5), and the names that fields use.

use super::*;

#[test]
fn variables_properties_and_bookmarks_feed_fields() {
    for values in [
        r"{\*\docvar {p}{c:\\windows\\system32\\cmd.exe}}",
        r"{\*\docvar {p}{c:\'5cwindows\u92?system32\\cmd.exe}}",
    ] {
        let document = format!(
            r#"{PRE}{values}{{\field{{\*\fldinst DDEAUTO {{\field{{\*\fldinst DOCVARIABLE p}}{{\fldrslt ?}}}} "/k calc.exe"}}}}}}"#
        );
        is_std(&one(document));
    }
    let document = format!(
        r#"{PRE}{{\*\bkmkstart p}}c:\\windows\\system32\\cmd.exe{{\*\bkmkend p}}{{\field{{\*\fldinst DDEAUTO {{\field{{\*\fldinst REF p}}}} "/k calc.exe"}}}}}}"#
    );
    is_std(&one(document));
    // Word writes names that are no ASCII twice.
    let document = format!(
        r#"{PRE}{{\upr{{\*\bkmkstart q}}{{\*\ud{{\*\bkmkstart p}}}}}}c:\\windows\\system32\\cmd.exe{{\*\bkmkend p}}{{\field{{\*\fldinst DDEAUTO {{\field{{\*\fldinst REF p}}}} "/k calc.exe"}}}}}}"#
    );
    is_std(&one(document));
}

#[test]
fn properties() {
    let scan = scan(format!(
        r"{PRE}{{\*\generator Riched20 10.0;}}{{\info{{\title T}}{{\author A\'e9}}{{\creatim\yr2004\mo1\dy22\hr3\min7}}{{\revtim\yr2005}}}}text}}"
    ));
    assert_eq!(
        scan.properties.application.as_deref(),
        Some("Riched20 10.0")
    );
    assert_eq!(scan.properties.author.as_deref(), Some("A\u{e9}"));
    assert_eq!(scan.properties.created.as_deref(), Some("2004-01-22T03:07"));
    assert!(scan.links.is_empty());
}

#[test]
fn a_mail_merge() {
    let link = one(format!(
        r"{PRE}{{\*\mailmerge\mmdatatypeexcel\mmlinktoquery{{\*\mmquery SELECT * FROM x}}{{\*\mmdatasource \\\\host\\s\\a.xls}}{{\*\mmodso{{\*\mmodsotable t}}}}}}text}}"
    ));
    assert_eq!(link.carrier, Carrier::MailMerge);
    assert_eq!(link.target.as_deref(), Some(r"\\host\s\a.xls"));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(
        link.raw,
        r#"mailMerge dataType="spreadsheet" query="SELECT * FROM x" table="t""#
    );
    assert!(
        link.readings[0]
            .resolved
            .ends_with(r#"table="t" (a DDE connection)"#)
    );
    none(format!(r"{PRE}{{\*\mailmerge\mmdatatypetext}}text}}"));
}

#[test]
fn other_documents() {
    let scan = scan(format!(
        r"{PRE}{{\*\filetbl{{\file\fid0\fnetwork http://x/a.rtf}}}}{{\*\nextfile b.rtf}}text}}"
    ));
    let found: Vec<_> = scan
        .links
        .iter()
        .map(|link| (link.carrier, link.target.as_deref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (Carrier::SubDocument, "http://x/a.rtf"),
            (Carrier::SubDocument, "b.rtf"),
        ]
    );
}

#[test]
fn a_linked_picture_of_a_shape() {
    let shape = |flags: u32| {
        format!(
            r"{PRE}{{\shp{{\*\shpinst{{\sp{{\sn pib}}{{\sv {{\pict 00}}}}}}{{\sp{{\sn pibName}}{{\sv http://x/a.png}}}}{{\sp{{\sn pibFlags}}{{\sv {flags}}}}}}}}}}}"
        )
    };
    let link = one(shape(10));
    assert_eq!(link.carrier, Carrier::IncludePicture);
    assert_eq!(link.target.as_deref(), Some("http://x/a.png"));
    // The name of a picture that was inserted once is no link.
    none(shape(2));
}

#[test]
fn a_template_in_pieces() {
    for spelling in [
        r"{\*\template h\'74tp:{\*\zzz junk}//x/{\b t}.dotm}",
        "{\\*\\template ht\r\ntp://x/t.do\r\ntm}",
        r"{\template http://x/t.dotm}",
        r"{\*\template http://x/t.dotm",
    ] {
        let link = one(format!("{PRE}{spelling}"));
        assert_eq!(
            link.target.as_deref(),
            Some("http://x/t.dotm"),
            "{spelling}"
        );
        assert_eq!(link.carrier, Carrier::RemoteTemplate);
    }
    none(format!(r"{PRE}{{\*\template }}}}"));
    // Both spellings of one.
    let scan = scan(format!(
        r"{PRE}{{\upr{{\*\template a}}{{\*\ud{{\*\template http://x/t.dotm}}}}}}}}"
    ));
    assert_eq!(scan.links[1].target.as_deref(), Some("http://x/t.dotm"));
}

#[test]
fn a_template_counts_anywhere() {
    for around in [
        r"{\fonttbl{\f9 ",
        r"{\stylesheet{\s1 ",
        r"{\info{\title ",
        r"{\*\zzz{",
    ] {
        let link = one(format!(
            r"{PRE}{around}{{\*\template http://x/t.dotm}}}}}}text}}"
        ));
        assert_eq!(link.target.as_deref(), Some("http://x/t.dotm"));
        assert_eq!(link.carrier, Carrier::RemoteTemplate);
    }
}

/// Findings stand in document order, whatever they are.
#[test]
fn links_come_in_the_order_in_which_they_stand() {
    let object = "01050000 01000000 04000000 636d6400 05000000 2f63207800 00000000";
    let scan = scan(format!(
        r"{PRE}{{\field{{\*\fldinst DDE a b}}}}{{\object{{\*\objdata {object}}}}}{{\*\template http://x/t.dotm}}{{\field{{\*\fldinst DDE c d}}}}{{\*\mailmerge{{\*\mmdatasource x.xls}}}}{{\*\template http://y/t.dotm}}}}"
    ));
    let carriers: Vec<_> = scan.links.iter().map(|link| link.carrier).collect();
    assert_eq!(
        carriers,
        [
            Carrier::Field,
            Carrier::Ole1Link,
            Carrier::RemoteTemplate,
            Carrier::Field,
            Carrier::MailMerge,
            Carrier::RemoteTemplate,
        ]
    );
}
