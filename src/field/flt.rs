//! The field types of Word's binary format: the byte that the table of fields stores at a begin
//! mark ([MS-DOC] 2.9.90; `spec/word.md` §2.5).

use super::keyword::Keyword;

/// The keyword of each type, by its number; empty where the number says nothing: no type (0), a
/// field that was not parsed (1), a bookmark without a keyword (2), and numbers that nobody uses.
const NAMES: [&str; 96] = [
    // 0x00
    "",
    "",
    "",
    "REF",
    "XE",
    "FTNREF",
    "SET",
    "IF",
    "INDEX",
    "TC",
    "STYLEREF",
    "RD",
    "SEQ",
    "TOC",
    "INFO",
    "TITLE",
    // 0x10
    "SUBJECT",
    "AUTHOR",
    "KEYWORDS",
    "COMMENTS",
    "LASTSAVEDBY",
    "CREATEDATE",
    "SAVEDATE",
    "PRINTDATE",
    "REVNUM",
    "EDITTIME",
    "NUMPAGES",
    "NUMWORDS",
    "NUMCHARS",
    "FILENAME",
    "TEMPLATE",
    "DATE",
    // 0x20
    "TIME",
    "PAGE",
    "=",
    "QUOTE",
    "INCLUDE",
    "PAGEREF",
    "ASK",
    "FILLIN",
    "DATA",
    "NEXT",
    "NEXTIF",
    "SKIPIF",
    "MERGEREC",
    "DDE",
    "DDEAUTO",
    "GLOSSARY",
    // 0x30
    "PRINT",
    "EQ",
    "GOTOBUTTON",
    "MACROBUTTON",
    "AUTONUMOUT",
    "AUTONUMLGL",
    "AUTONUM",
    "IMPORT",
    "LINK",
    "SYMBOL",
    "EMBED",
    "MERGEFIELD",
    "USERNAME",
    "USERINITIALS",
    "USERADDRESS",
    "BARCODE",
    // 0x40
    "DOCVARIABLE",
    "SECTION",
    "SECTIONPAGES",
    "INCLUDEPICTURE",
    "INCLUDETEXT",
    "FILESIZE",
    "FORMTEXT",
    "FORMCHECKBOX",
    "NOTEREF",
    "TOA",
    "TA",
    "MERGESEQ",
    "",
    "PRIVATE",
    "DATABASE",
    "AUTOTEXT",
    // 0x50
    "COMPARE",
    "ADDIN",
    "",
    "FORMDROPDOWN",
    "ADVANCE",
    "DOCPROPERTY",
    "",
    "CONTROL",
    "HYPERLINK",
    "AUTOTEXTLIST",
    "LISTNUM",
    "HTMLCONTROL",
    "BIDIOUTLINE",
    "ADDRESSBLOCK",
    "GREETINGLINE",
    "SHAPE",
];

/// The keyword that a type stands for.
pub(super) fn name(flt: Option<u8>) -> Option<&'static str> {
    let name = NAMES.get(usize::from(flt?)).copied();
    name.filter(|name| !name.is_empty())
}

/// What a field of a type is; `None` where the type says nothing.
pub(super) fn keyword(flt: Option<u8>) -> Option<Keyword> {
    name(flt).map(Keyword::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_the_specification() {
        // `spec/word.md` §2.5.
        for (flt, expected) in [
            (0x03, "REF"),
            (0x05, "FTNREF"),
            (0x06, "SET"),
            (0x07, "IF"),
            (0x0B, "RD"),
            (0x0E, "INFO"),
            (0x0F, "TITLE"),
            (0x1C, "NUMCHARS"),
            (0x1D, "FILENAME"),
            (0x1E, "TEMPLATE"),
            (0x22, "="),
            (0x23, "QUOTE"),
            (0x24, "INCLUDE"),
            (0x26, "ASK"),
            (0x27, "FILLIN"),
            (0x28, "DATA"),
            (0x29, "NEXT"),
            (0x2A, "NEXTIF"),
            (0x2B, "SKIPIF"),
            (0x2D, "DDE"),
            (0x2E, "DDEAUTO"),
            (0x2F, "GLOSSARY"),
            (0x30, "PRINT"),
            (0x33, "MACROBUTTON"),
            (0x37, "IMPORT"),
            (0x38, "LINK"),
            (0x39, "SYMBOL"),
            (0x3A, "EMBED"),
            (0x3B, "MERGEFIELD"),
            (0x40, "DOCVARIABLE"),
            (0x43, "INCLUDEPICTURE"),
            (0x44, "INCLUDETEXT"),
            (0x4D, "PRIVATE"),
            (0x4E, "DATABASE"),
            (0x4F, "AUTOTEXT"),
            (0x50, "COMPARE"),
            (0x51, "ADDIN"),
            (0x55, "DOCPROPERTY"),
            (0x57, "CONTROL"),
            (0x58, "HYPERLINK"),
            (0x59, "AUTOTEXTLIST"),
            (0x5B, "HTMLCONTROL"),
            (0x5F, "SHAPE"),
        ] {
            assert_eq!(name(Some(flt)), Some(expected), "{flt:#x}");
        }
        for flt in [None, Some(0), Some(1), Some(2), Some(0x60), Some(0xFF)] {
            assert_eq!(name(flt), None);
        }
    }

    #[test]
    fn every_name_is_a_field() {
        for name in NAMES.iter().filter(|name| !name.is_empty()) {
            assert_ne!(Keyword::of(name), Keyword::Unknown, "{name}");
        }
    }
}
