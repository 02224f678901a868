//! Namespaces, told apart by what they mean to us. Prefixes in a document are arbitrary; the
//! transitional, the ISO Strict and the older URIs of one vocabulary are one namespace here.
//!
//! Sources: `spec/word.md` §1.1, §6.3; `spec/excel.md` §1.1, §1.3.

/// What a namespace URI stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ns {
    /// No namespace: attributes without a prefix, elements without a default namespace.
    None,
    /// A namespace that means nothing to us, or a prefix that is not bound.
    Other,
    /// `xml:` itself.
    Xml,
    /// WordprocessingML, any flavour (`w`, `w14`, Strict, Word 2003).
    Word,
    /// SpreadsheetML, any flavour (`x14` extensions included).
    Spreadsheet,
    /// The spreadsheets of Excel 2003 XML.
    Spreadsheet2003,
    /// PresentationML, any flavour.
    Presentation,
    /// The formula namespace of Excel extensions (`xm`).
    ExcelMain,
    /// Relationship ids on elements (`r:`).
    Relationship,
    /// Package relationships (`.rels` parts).
    PackageRelationships,
    /// `[Content_Types].xml`.
    ContentTypes,
    /// Markup compatibility (`mc:`).
    MarkupCompatibility,
    /// VML.
    Vml,
    /// Office VML (`o:`).
    VmlOffice,
    /// Excel VML (`x:`).
    VmlExcel,
    /// DrawingML (`a:`, `xdr:`, `wp:`, charts).
    Drawing,
    /// Document properties: core, extended, custom.
    Properties,
    /// OpenDocument, any of its vocabularies, OpenOffice's older ones included.
    Odf,
    /// XLink (`xlink:href`).
    Xlink,
    /// Visio, any version.
    Visio,
}

impl Ns {
    /// What `uri` stands for. The Strict flavour is told apart by [`is_strict`].
    pub(crate) fn of(uri: &str) -> Ns {
        // URIs are compared as the specification writes them; a change of case makes another
        // namespace, for Office too.
        if uri.contains("wordprocessingml") || uri.contains("office/word/") {
            return Ns::Word;
        }
        if uri.contains("spreadsheetml") {
            return Ns::Spreadsheet;
        }
        if uri.contains("presentationml") {
            return Ns::Presentation;
        }
        if uri.starts_with("urn:oasis:names:tc:opendocument:xmlns:")
            || uri.starts_with("http://openoffice.org/")
            || uri.starts_with("urn:org:documentfoundation:names:")
        {
            return Ns::Odf;
        }
        if uri.contains("microsoft.com/office/visio/") || uri.contains("microsoft.com/visio/") {
            return Ns::Visio;
        }
        match uri {
            "http://www.w3.org/XML/1998/namespace" => Ns::Xml,
            "http://schemas.microsoft.com/office/excel/2006/main" => Ns::ExcelMain,
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            | "http://purl.oclc.org/ooxml/officeDocument/relationships" => Ns::Relationship,
            "http://schemas.openxmlformats.org/package/2006/relationships" => {
                Ns::PackageRelationships
            }
            "http://schemas.openxmlformats.org/package/2006/content-types" => Ns::ContentTypes,
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => {
                Ns::MarkupCompatibility
            }
            "urn:schemas-microsoft-com:vml" => Ns::Vml,
            "urn:schemas-microsoft-com:office:office" => Ns::VmlOffice,
            "urn:schemas-microsoft-com:office:excel" => Ns::VmlExcel,
            "urn:schemas-microsoft-com:office:spreadsheet" => Ns::Spreadsheet2003,
            "http://purl.org/dc/elements/1.1/" | "http://purl.org/dc/terms/" => Ns::Properties,
            _ if uri.contains("drawingml") || uri.contains("office/drawing/") => Ns::Drawing,
            _ if uri.contains("metadata/core-properties")
                || uri.contains("extended-properties")
                || uri.contains("extendedProperties")
                || uri.contains("custom-properties")
                || uri.contains("customProperties") =>
            {
                Ns::Properties
            }
            "http://www.w3.org/1999/xlink" => Ns::Xlink,
            "" => Ns::None,
            _ => Ns::Other,
        }
    }
}

/// Whether `uri` is a namespace of ISO 29500 Strict.
pub(crate) fn is_strict(uri: &str) -> bool {
    uri.starts_with("http://purl.oclc.org/ooxml/")
}

/// A namespace as markup compatibility tells it apart (`spec/word.md` §1.5): exactly, where
/// [`Ns`] takes flavours together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Stands for the URI.
    pub(crate) key: u64,
    pub(crate) known: Known,
}

/// Which versions of Word understand a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    Never,
    /// Not the first one that wrote the format.
    Since2010,
    Always,
}

impl Dialect {
    pub(crate) fn of(uri: &str) -> Self {
        // FNV-1a: a collision would only make one unknown namespace pass for another.
        let key = uri.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let known = if let Some(rest) = uri.strip_prefix("http://schemas.microsoft.com/office/") {
            match rest {
                "word/2003/wordml" | "word/2006/wordml" => Known::Always,
                "word/2010/wordml"
                | "word/2012/wordml"
                | "word/2015/wordml/symex"
                | "word/2016/wordml/cid"
                | "word/2018/wordml"
                | "word/2018/wordml/cex"
                | "word/2020/wordml/sdtdatahash"
                | "word/2023/wordml/word16du"
                | "word/2024/wordml/sdtformatlock"
                | "word/2010/wordprocessingDrawing"
                | "word/2010/wordprocessingShape"
                | "word/2010/wordprocessingGroup"
                | "word/2010/wordprocessingCanvas"
                | "word/2010/wordprocessingInk"
                | "drawing/2007/8/2/chart"
                | "drawing/2010/main"
                | "drawing/2014/chartex"
                | "drawing/2015/9/8/chartex"
                | "drawing/2016/ink"
                | "drawing/2017/model3d" => Known::Since2010,
                _ => Known::Never,
            }
        } else {
            let ooxml = uri
                .strip_prefix("http://schemas.openxmlformats.org/")
                .or_else(|| uri.strip_prefix("http://purl.oclc.org/ooxml/"));
            match ooxml.unwrap_or(uri) {
                "wordprocessingml/2006/main"
                | "wordprocessingml/main"
                | "officeDocument/2006/relationships"
                | "officeDocument/relationships"
                | "officeDocument/2006/math"
                | "officeDocument/math"
                | "drawingml/2006/main"
                | "drawingml/main"
                | "drawingml/2006/picture"
                | "drawingml/picture"
                | "drawingml/2006/chart"
                | "drawingml/chart"
                | "drawingml/2006/diagram"
                | "drawingml/diagram"
                | "drawingml/2006/lockedCanvas"
                | "drawingml/lockedCanvas"
                | "drawingml/2006/wordprocessingDrawing"
                | "drawingml/wordprocessingDrawing"
                | "markup-compatibility/2006"
                | "urn:schemas-microsoft-com:vml"
                | "urn:schemas-microsoft-com:office:office"
                | "urn:schemas-microsoft-com:office:word" => Known::Always,
                _ => Known::Never,
            }
        };
        Dialect { key, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flavours_of_one_vocabulary_are_one_namespace() {
        for uri in [
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
            "http://schemas.microsoft.com/office/word/2003/wordml",
            "http://schemas.microsoft.com/office/word/2010/wordml",
        ] {
            assert_eq!(Ns::of(uri), Ns::Word, "{uri}");
        }
        assert_eq!(
            Ns::of("http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"),
            Ns::Spreadsheet
        );
        assert_eq!(Ns::of("urn:nobody"), Ns::Other);
        assert!(is_strict("http://purl.oclc.org/ooxml/spreadsheetml/main"));
    }
}
