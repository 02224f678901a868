//! Field types by name, and which of their switches take an argument.

use super::lexer::{Form, Token};
use crate::link::Carrier;

/// What a field type means to us (`spec/word.md` §0.6, §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Dde,
    DdeAuto,
    Link,
    IncludeText,
    IncludePicture,
    Database,
    Rd,
    Hyperlink,
    MacroButton,
    Quote,
    Shape,
    Symbol,
    Set,
    Ref,
    Ask,
    FillIn,
    DocVariable,
    If,
    /// A property of the document; an argument gives it another value.
    Property,
    /// INFO: a property named by its first argument.
    Info,
    /// A known field that neither reaches out nor gives text we can compute.
    Harmless,
    /// Not a field type: nothing, or the name of a bookmark.
    Unknown,
}

/// The longest name in the tables below.
const LONGEST: usize = 17;

impl Keyword {
    /// The field type called `word`, in any case (Word folds it: `spec/word.md` §0.4).
    pub(crate) fn of(word: &str) -> Keyword {
        if word.len() > LONGEST {
            return Keyword::Unknown;
        }
        match word.to_ascii_uppercase().as_str() {
            "DDE" => Keyword::Dde,
            "DDEAUTO" => Keyword::DdeAuto,
            "LINK" => Keyword::Link,
            "INCLUDETEXT" | "INCLUDE" => Keyword::IncludeText,
            "INCLUDEPICTURE" | "IMPORT" => Keyword::IncludePicture,
            "DATABASE" => Keyword::Database,
            "RD" => Keyword::Rd,
            "HYPERLINK" => Keyword::Hyperlink,
            "MACROBUTTON" => Keyword::MacroButton,
            "QUOTE" => Keyword::Quote,
            "SHAPE" => Keyword::Shape,
            "SYMBOL" => Keyword::Symbol,
            "SET" => Keyword::Set,
            "REF" | "FTNREF" | "NOTEREF" => Keyword::Ref,
            "ASK" => Keyword::Ask,
            "FILLIN" => Keyword::FillIn,
            "DOCVARIABLE" => Keyword::DocVariable,
            "IF" => Keyword::If,
            "AUTHOR" | "COMMENTS" | "FILENAME" | "KEYWORDS" | "LASTSAVEDBY" | "SUBJECT"
            | "TEMPLATE" | "TITLE" | "USERADDRESS" | "USERINITIALS" | "USERNAME" => {
                Keyword::Property
            }
            "INFO" => Keyword::Info,
            "=" | "ADDIN" | "ADDRESSBLOCK" | "ADVANCE" | "AUTONUM" | "AUTONUMLGL"
            | "AUTONUMOUT" | "AUTOTEXT" | "AUTOTEXTLIST" | "BARCODE" | "BIBLIOGRAPHY"
            | "BIDIOUTLINE" | "CITATION" | "COMPARE" | "CONTROL" | "CREATEDATE" | "DATA"
            | "DATE" | "DISPLAYBARCODE" | "DOCPROPERTY" | "EDITTIME" | "EMBED" | "EQ"
            | "FILESIZE" | "FORMCHECKBOX" | "FORMDROPDOWN" | "FORMTEXT" | "GLOSSARY"
            | "GOTOBUTTON" | "GREETINGLINE" | "HTMLCONTROL" | "INDEX" | "LISTNUM"
            | "MERGEBARCODE" | "MERGEFIELD" | "MERGEREC" | "MERGESEQ" | "NEXT" | "NEXTIF"
            | "NUMCHARS" | "NUMPAGES" | "NUMWORDS" | "PAGE" | "PAGEREF" | "PRINT" | "PRINTDATE"
            | "PRIVATE" | "REVNUM" | "SAVEDATE" | "SECTION" | "SECTIONPAGES" | "SEQ" | "SKIPIF"
            | "STYLEREF" | "TA" | "TC" | "TIME" | "TOA" | "TOC" | "XE" => Keyword::Harmless,
            _ => Keyword::Unknown,
        }
    }

    /// Whether a field of this type must be kept: it reaches out, or names a value that other
    /// fields use.
    pub(crate) fn acts(self) -> bool {
        match self {
            Keyword::Dde
            | Keyword::DdeAuto
            | Keyword::Link
            | Keyword::IncludeText
            | Keyword::IncludePicture
            | Keyword::Database
            | Keyword::Rd
            | Keyword::Hyperlink
            | Keyword::MacroButton
            | Keyword::Set
            | Keyword::Ask => true,
            Keyword::Quote
            | Keyword::Shape
            | Keyword::Symbol
            | Keyword::Ref
            | Keyword::FillIn
            | Keyword::DocVariable
            | Keyword::If
            | Keyword::Property
            | Keyword::Info
            | Keyword::Harmless
            | Keyword::Unknown => false,
        }
    }

    /// What a field of this type is reported as, when it points to another place.
    pub(super) fn carrier(self) -> Option<Carrier> {
        match self {
            Keyword::Link => Some(Carrier::LinkField),
            Keyword::IncludeText => Some(Carrier::IncludeText),
            Keyword::IncludePicture => Some(Carrier::IncludePicture),
            Keyword::Database => Some(Carrier::DatabaseField),
            Keyword::Rd => Some(Carrier::RdField),
            Keyword::Hyperlink => Some(Carrier::Hyperlink),
            Keyword::MacroButton => Some(Carrier::MacroButton),
            Keyword::Dde
            | Keyword::DdeAuto
            | Keyword::Quote
            | Keyword::Shape
            | Keyword::Symbol
            | Keyword::Set
            | Keyword::Ref
            | Keyword::Ask
            | Keyword::FillIn
            | Keyword::DocVariable
            | Keyword::If
            | Keyword::Property
            | Keyword::Info
            | Keyword::Harmless
            | Keyword::Unknown => None,
        }
    }

    /// Whether the switch takes the next token as its argument (`spec/word.md` §0.5, §6.1;
    /// ECMA-376 part 1 §17.16.5).
    fn takes_argument(self, switch: &str) -> bool {
        if matches!(switch, "*" | "@" | "#") {
            return true;
        }
        match self {
            Keyword::Link => switch == "f",
            Keyword::IncludeText => matches!(switch, "c" | "n" | "t" | "x" | "e" | "m"),
            Keyword::IncludePicture => switch == "c",
            Keyword::Database => {
                matches!(switch, "b" | "c" | "d" | "f" | "l" | "s" | "t")
            }
            Keyword::Hyperlink => matches!(switch, "l" | "o" | "t" | "s"),
            Keyword::Ask | Keyword::FillIn => switch == "d",
            Keyword::Symbol => matches!(switch, "f" | "s"),
            Keyword::Ref => switch == "d",
            Keyword::Dde
            | Keyword::DdeAuto
            | Keyword::Rd
            | Keyword::MacroButton
            | Keyword::Quote
            | Keyword::Shape
            | Keyword::Set
            | Keyword::DocVariable
            | Keyword::If
            | Keyword::Property
            | Keyword::Info
            | Keyword::Harmless
            | Keyword::Unknown => false,
        }
    }
}

/// The arguments and switches of an instruction, told apart.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'t> {
    /// The arguments by position, the keyword left out.
    pub(crate) words: Vec<&'t Token>,
    /// The switches, each with its argument if it takes one.
    pub(crate) switches: Vec<(&'t str, Option<&'t Token>)>,
}

impl<'t> Arguments<'t> {
    /// Sorts what follows the keyword. Linear.
    pub(crate) fn of(keyword: Keyword, tokens: &'t [Token]) -> Self {
        let mut sorted = Arguments::default();
        let mut rest = tokens.iter().skip(1).peekable();
        while let Some(token) = rest.next() {
            if token.form == Form::Switch {
                let argument = if keyword.takes_argument(&token.text) {
                    rest.next_if(|next| next.form != Form::Switch)
                } else {
                    None
                };
                sorted.switches.push((&token.text, argument));
            } else {
                sorted.words.push(token);
            }
        }
        sorted
    }

    /// The text of the argument at `position`; `None` when it is missing or empty.
    pub(crate) fn word(&self, position: usize) -> Option<&'t str> {
        self.words
            .get(position)
            .map(|token| token.text.as_str())
            .filter(|text| !text.trim().is_empty())
    }

    /// Whether the switch is there.
    pub(crate) fn has(&self, switch: &str) -> bool {
        self.switches.iter().any(|(name, _)| *name == switch)
    }

    /// The argument of the first such switch.
    pub(crate) fn value(&self, switch: &str) -> Option<&'t str> {
        self.switches
            .iter()
            .find(|(name, _)| *name == switch)
            .and_then(|(_, argument)| argument.map(|token| token.text.as_str()))
            .filter(|text| !text.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::lexer::{Span, lex};

    #[test]
    fn names_are_case_blind() {
        assert_eq!(Keyword::of("ddeAuto"), Keyword::DdeAuto);
        assert_eq!(Keyword::of("import"), Keyword::IncludePicture);
        assert_eq!(Keyword::of("DDEAUTOc:"), Keyword::Unknown);
        assert_eq!(Keyword::of(&"x".repeat(1000)), Keyword::Unknown);
    }

    #[test]
    fn switches_do_not_count_as_arguments() {
        let lexed = lex(
            &[Span::plain(
                r#"LINK Word.Document.8 "http://x/a.doc" "" \a \f 0 \r"#,
            )],
            false,
        );
        let arguments = Arguments::of(Keyword::Link, &lexed.tokens);
        assert_eq!(arguments.words.len(), 3);
        assert_eq!(arguments.word(1), Some("http://x/a.doc"));
        assert_eq!(arguments.word(2), None);
        assert!(arguments.has("a") && arguments.has("r"));
        assert_eq!(arguments.value("f"), Some("0"));
    }
}
