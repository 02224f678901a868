//! What a name and a declared type claim of bytes, and whether their format belies it.
//!
//! A name extension or a media type stands for the formats that its program writes under it. Bytes
//! of another format are opened all the same, by content: `.doc` that is RTF or a web page and
//! `.xls` that is a page or XML are common, and say little; a picture that is an archive says more.
//! Both are the technique `type-mismatch`, which by itself raises no verdict.
//!
//! A name or a type that is not in the table, or that stands for any bytes (`.bin`, `.dat`,
//! `application/octet-stream`), claims nothing.

use super::{Disposition, Format, Identity};

/// A family of names and types, with the formats that are no lie.
struct Family {
    /// Extensions, in lower case.
    names: &'static [&'static str],
    /// Media types, in lower case; one that ends in a slash or a dot stands for all that begin so.
    types: &'static [&'static str],
    formats: &'static [Format],
}

/// The formats of binary Office and of its successor are different claims: which of them a file is
/// decides what guards it.
const FAMILIES: &[Family] = &[
    Family {
        names: &["doc", "dot", "wiz"],
        types: &["application/msword"],
        formats: &[Format::Doc],
    },
    Family {
        names: &["docm", "docx", "dotm", "dotx"],
        types: &[
            "application/vnd.ms-word.",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.",
        ],
        formats: &[Format::Docx, Format::EncryptedOoxml, Format::OtherOpc],
    },
    Family {
        names: &["xla", "xlc", "xlm", "xls", "xlt", "xlw"],
        // Browsers take it from the program that Windows opens texts of cells with.
        types: &["application/vnd.ms-excel"],
        formats: &[Format::Xls, Format::DelimitedText],
    },
    Family {
        names: &["xlam", "xlsb", "xlsm", "xlsx", "xltm", "xltx"],
        types: &[
            "application/vnd.ms-excel.",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.",
        ],
        formats: &[
            Format::EncryptedOoxml,
            Format::OtherOpc,
            Format::Xlsb,
            Format::Xlsx,
        ],
    },
    Family {
        names: &["pot", "ppa", "pps", "ppt"],
        types: &["application/vnd.ms-powerpoint"],
        formats: &[Format::Ppt],
    },
    Family {
        names: &[
            "potm", "potx", "ppam", "ppsm", "ppsx", "pptm", "pptx", "sldm", "sldx",
        ],
        types: &[
            "application/vnd.ms-powerpoint.",
            "application/vnd.openxmlformats-officedocument.presentationml.",
        ],
        formats: &[Format::EncryptedOoxml, Format::OtherOpc, Format::Pptx],
    },
    Family {
        names: &["vsd", "vss", "vst"],
        types: &["application/vnd.visio"],
        formats: &[Format::OleOther, Format::Visio],
    },
    Family {
        names: &["vdx", "vsdm", "vsdx", "vssm", "vssx", "vstm", "vstx"],
        types: &["application/vnd.ms-visio."],
        formats: &[Format::OtherOpc, Format::Visio],
    },
    Family {
        names: &["rtf"],
        types: &["application/rtf", "text/rtf", "text/richtext"],
        formats: &[Format::Rtf],
    },
    Family {
        names: &["fodg", "fodp", "fods", "fodt"],
        types: &[],
        formats: &[Format::Odf, Format::Odp, Format::Ods, Format::Odt],
    },
    Family {
        names: &[
            "odf", "odg", "odm", "odp", "ods", "odt", "otg", "otp", "ots", "ott", "stc", "sti",
            "stw", "sxc", "sxd", "sxi", "sxw",
        ],
        types: &[
            "application/vnd.oasis.opendocument.",
            "application/vnd.sun.xml.",
        ],
        formats: &[Format::Odf, Format::Odp, Format::Ods, Format::Odt],
    },
    Family {
        names: &["htm", "html", "xht", "xhtml"],
        types: &["application/xhtml+xml", "text/html"],
        formats: &[Format::Html, Format::QueryFile, Format::DelimitedText],
    },
    Family {
        names: &["mht", "mhtml"],
        types: &["application/x-mimearchive", "multipart/related"],
        formats: &[Format::Eml, Format::Mhtml],
    },
    Family {
        names: &["eml"],
        types: &["message/rfc822"],
        formats: &[Format::Eml, Format::Mhtml],
    },
    Family {
        names: &["msg", "oft"],
        types: &["application/vnd.ms-outlook"],
        formats: &[Format::Msg],
    },
    Family {
        names: &[],
        types: &["application/ms-tnef", "application/vnd.ms-tnef"],
        formats: &[Format::Tnef],
    },
    Family {
        names: &["ics", "vcs"],
        types: &["text/calendar"],
        formats: &[Format::Icalendar],
    },
    Family {
        names: &["vcf"],
        types: &["text/directory", "text/vcard", "text/x-vcard"],
        formats: &[Format::Vcard],
    },
    Family {
        names: &["xml"],
        types: &["application/xml", "text/xml"],
        formats: &[
            Format::DelimitedText,
            Format::ExcelXml2003,
            Format::FlatOpc,
            Format::Html,
            Format::Odf,
            Format::Odp,
            Format::Ods,
            Format::Odt,
            Format::QueryFile,
            Format::Visio,
            Format::WordXml2003,
        ],
    },
    Family {
        names: &["asc", "csv", "prn", "tab", "text", "tsv", "txt"],
        types: &[
            "application/csv",
            "text/comma-separated-values",
            "text/csv",
            "text/plain",
            "text/tab-separated-values",
        ],
        formats: &[
            Format::Base64,
            Format::DelimitedText,
            Format::Icalendar,
            Format::QueryFile,
            Format::Vcard,
        ],
    },
    Family {
        names: &["slk", "sylk"],
        types: &["application/x-sylk", "text/spreadsheet"],
        formats: &[Format::Sylk],
    },
    Family {
        names: &["dif"],
        types: &[],
        formats: &[Format::Dif],
    },
    Family {
        names: &["dqy", "iqy", "odc", "oqy", "rqy"],
        types: &["text/x-ms-iqy", "text/x-ms-odc", "text/x-ms-rqy"],
        formats: &[Format::DelimitedText, Format::Html, Format::QueryFile],
    },
    Family {
        names: &["mso"],
        types: &["application/x-mso"],
        formats: &[Format::ActiveMime],
    },
    Family {
        names: &["one", "onetoc2"],
        types: &["application/msonenote", "application/onenote"],
        formats: &[Format::OneNote],
    },
    Family {
        names: &["accdb", "accde", "mdb", "mde"],
        types: &["application/msaccess", "application/x-msaccess"],
        formats: &[Format::Access],
    },
    // What is put together from a zip is one.
    Family {
        names: &["zip"],
        types: &["application/x-zip-compressed", "application/zip"],
        formats: &[
            Format::Docx,
            Format::Odf,
            Format::Odp,
            Format::Ods,
            Format::Odt,
            Format::OtherOpc,
            Format::Pptx,
            Format::Visio,
            Format::Xlsb,
            Format::Xlsx,
            Format::Zip,
        ],
    },
    // What no reader takes.
    Family {
        names: &["pdf"],
        types: &["application/pdf", "application/x-pdf"],
        formats: &[Format::Pdf],
    },
    Family {
        names: &[
            "bmp", "css", "emf", "gif", "ico", "jfif", "jpe", "jpeg", "jpg", "m4a", "mov", "mp3",
            "mp4", "otf", "png", "tif", "tiff", "ttf", "wav", "webp", "wma", "wmf", "wmv", "woff",
            "woff2",
        ],
        types: &["audio/", "font/", "image/", "text/css", "video/"],
        formats: &[],
    },
];

/// What is claimed of bytes: a name, or a declared type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Claim<'a> {
    Name(&'a str),
    Type(&'a str),
}

impl Claim<'_> {
    /// Whether a document of this format is a lie.
    pub(crate) fn excludes(self, format: Format) -> bool {
        self.formats()
            .is_some_and(|formats| !formats.contains(&format))
    }

    /// The formats that are no lie; `None` when nothing is claimed.
    fn formats(self) -> Option<&'static [Format]> {
        let family = match self {
            Claim::Name(name) => {
                let extension = super::name::extension(name)?;
                FAMILIES.iter().find(|family| {
                    let mut names = family.names.iter();
                    names.any(|known| extension.eq_ignore_ascii_case(known))
                })?
            }
            Claim::Type(declared) => {
                let plain = declared.split(';').next().unwrap_or_default();
                let plain = plain.trim().to_ascii_lowercase();
                let is = |known: &str| match known.ends_with(['/', '.']) {
                    true => plain.starts_with(known),
                    false => plain == known,
                };
                FAMILIES
                    .iter()
                    .find(|family| family.types.iter().any(|known| is(known)))?
            }
        };
        Some(family.formats)
    }
}

/// Whether bytes of this kind are something else than is claimed. Bytes that are no document, a
/// part of one, or of no kind that is known, belie nothing. Of a zip or a compound file it is told
/// as far as their signatures say it: what is in them may tell more.
pub(crate) fn is_belied(claim: Claim<'_>, identity: &Identity) -> bool {
    /// What stands in compound files.
    const COMPOUND: [Format; 7] = [
        Format::Doc,
        Format::EncryptedOoxml,
        Format::Msg,
        Format::OleObject,
        Format::OleOther,
        Format::Ppt,
        Format::Xls,
    ];
    let Some(formats) = claim.formats() else {
        return false;
    };
    match identity.disposition {
        Disposition::Opaque(_) | Disposition::Xml(_) => false,
        Disposition::Compound => !COMPOUND.iter().any(|format| formats.contains(format)),
        Disposition::Read if identity.format == Format::Zip => {
            !formats.iter().any(|format| is_zipped(*format))
        }
        Disposition::Read | Disposition::Unsupported(_) | Disposition::Encrypted => {
            !formats.contains(&identity.format)
        }
    }
}

/// Whether a document of this format may stand in a zip.
fn is_zipped(format: Format) -> bool {
    let zip = FAMILIES.iter().find(|family| family.names == ["zip"]);
    zip.is_some_and(|family| family.formats.contains(&format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::SkipReason;

    fn belied(claim: Claim<'_>, format: Format) -> bool {
        is_belied(claim, &Identity::read(format))
    }

    #[test]
    fn names_and_types_that_say_something_else() {
        for (name, format) in [
            ("a.pdf", Format::Rtf),
            ("a.JPG", Format::Zip),
            ("a.jpg", Format::ActiveMime),
            ("a.docx", Format::Rtf),
            ("a.doc", Format::Rtf),
            ("a.doc", Format::Html),
            ("a.xls", Format::ExcelXml2003),
            ("a.doc", Format::Zip),
            ("a.docx", Format::Xlsx),
            ("a.csv", Format::Sylk),
            ("a.txt#2", Format::Rtf),
        ] {
            assert!(belied(Claim::Name(name), format), "{name} {format:?}");
        }
        for (declared, format) in [
            ("application/pdf", Format::Rtf),
            ("Image/JPEG; name=a", Format::ActiveMime),
            ("text/plain", Format::Rtf),
            ("application/msword", Format::Rtf),
        ] {
            assert!(belied(Claim::Type(declared), format), "{declared}");
        }
    }

    #[test]
    fn names_and_types_that_say_nothing_else() {
        for (name, format) in [
            ("a.docx", Format::Docx),
            ("a.docm", Format::Zip),
            ("a.zip", Format::Docx),
            ("a.bin", Format::Rtf),
            ("a", Format::Rtf),
            ("__substg1.0_37010102", Format::Rtf),
            ("a.xml", Format::WordXml2003),
            ("a.htm", Format::Html),
            ("a.mht", Format::Mhtml),
            ("a.exe", Format::Zip),
        ] {
            assert!(!belied(Claim::Name(name), format), "{name} {format:?}");
        }
        for (declared, format) in [
            ("application/octet-stream", Format::Rtf),
            ("application/vnd.ms-excel", Format::DelimitedText),
            (
                "application/vnd.openxmlformats-officedocument.oleobject",
                Format::Docx,
            ),
            ("text/html; charset=utf-8", Format::Html),
        ] {
            assert!(!belied(Claim::Type(declared), format), "{declared}");
        }
        let picture = Identity::opaque(SkipReason::Picture);
        assert!(!is_belied(Claim::Name("a.docx"), &picture));
        let compound = Identity {
            format: Format::Other,
            disposition: Disposition::Compound,
        };
        assert!(is_belied(Claim::Name("a.jpg"), &compound));
        assert!(!is_belied(Claim::Name("a.doc"), &compound));
        assert!(!is_belied(Claim::Name("a.docx"), &compound));
    }

    /// A name or a type stands for one family.
    #[test]
    fn the_families_are_apart() {
        let names = || FAMILIES.iter().flat_map(|family| family.names);
        let types = || FAMILIES.iter().flat_map(|family| family.types);
        for all in [names().collect::<Vec<_>>(), types().collect()] {
            let mut unique = all.clone();
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), all.len());
        }
    }
}
