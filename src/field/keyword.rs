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
    /// COMPARE: 1 or 0.
    Compare,
    /// A property of the document or of who opens it; an argument gives it another value.
    Property,
    /// INFO: a property named by its first argument.
    Info,
    /// DOCPROPERTY.
    DocProperty,
    /// A content control that is bound to data: no field type of the program.
    Bound,
    /// AUTOTEXT, or GLOSSARY, its old name.
    Block,
    /// AUTOTEXTLIST.
    BlockList,
    /// MERGEFIELD: a column of data that the document does not hold.
    MergeField,
    /// DATA: names the data source of a mail merge.
    Data,
    /// NEXT, NEXTIF, SKIPIF: they steer a mail merge and leave nothing.
    Skip,
    /// A formula: `=`.
    Formula,
    /// SEQ: a counter.
    Sequence,
    /// A date or a time.
    Date,
    /// A known field that neither reaches out nor gives text we can compute.
    Harmless,
    /// Not a field type: nothing, or the name of a bookmark.
    Unknown,
}

/// The keyword that stands for a content control which is bound to data.
pub(crate) const BOUND: &str = "DATABINDING";

/// The longest name in the tables below.
const LONGEST: usize = 17;

impl Keyword {
    /// The field type called `word`, in any case (Word folds it: `spec/word.md` §0.4).
    pub(crate) fn of(word: &str) -> Keyword {
        // `{=1+1}`: no blank is needed behind the sign.
        if word.starts_with('=') {
            return Keyword::Formula;
        }
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
            "COMPARE" => Keyword::Compare,
            "AUTHOR" | "COMMENTS" | "FILENAME" | "KEYWORDS" | "LASTSAVEDBY" | "SUBJECT"
            | "TEMPLATE" | "TITLE" | "USERADDRESS" | "USERINITIALS" | "USERNAME" => {
                Keyword::Property
            }
            "INFO" => Keyword::Info,
            "DOCPROPERTY" => Keyword::DocProperty,
            "AUTOTEXT" | "GLOSSARY" => Keyword::Block,
            "AUTOTEXTLIST" => Keyword::BlockList,
            BOUND => Keyword::Bound,
            "MERGEFIELD" => Keyword::MergeField,
            "DATA" => Keyword::Data,
            "NEXT" | "NEXTIF" | "SKIPIF" => Keyword::Skip,
            "SEQ" => Keyword::Sequence,
            "CREATEDATE" | "DATE" | "EDITTIME" | "PRINTDATE" | "SAVEDATE" | "TIME" => Keyword::Date,
            // What these leave or keep is no link: EMBED, CONTROL and HTMLCONTROL show an object
            // that carries its own risk where it is stored; ADDIN and PRIVATE keep data that
            // nobody evaluates; PRINT sends codes to a printer; GOTOBUTTON leads to a bookmark of
            // the document (`spec/word.md` §6.1).
            "ADDIN" | "ADDRESSBLOCK" | "ADVANCE" | "AUTONUM" | "AUTONUMLGL" | "AUTONUMOUT"
            | "BARCODE" | "BIBLIOGRAPHY" | "BIDIOUTLINE" | "CITATION" | "CONTROL"
            | "DISPLAYBARCODE" | "EMBED" | "EQ" | "FILESIZE" | "FORMCHECKBOX" | "FORMDROPDOWN"
            | "FORMTEXT" | "GOTOBUTTON" | "GREETINGLINE" | "HTMLCONTROL" | "INDEX" | "LISTNUM"
            | "MERGEBARCODE" | "MERGEREC" | "MERGESEQ" | "NUMCHARS" | "NUMPAGES" | "NUMWORDS"
            | "PAGE" | "PAGEREF" | "PRINT" | "PRIVATE" | "REVNUM" | "SECTION" | "SECTIONPAGES"
            | "STYLEREF" | "TA" | "TC" | "TOA" | "TOC" | "XE" => Keyword::Harmless,
            _ => Keyword::Unknown,
        }
    }

    /// Whether a field of this type must be kept: it reaches out, or names a value that other
    /// fields use.
    pub(crate) fn acts(self) -> bool {
        self.is_dde() || self.carrier().is_some() || self.assigns()
    }

    pub(super) fn is_dde(self) -> bool {
        matches!(self, Keyword::Dde | Keyword::DdeAuto)
    }

    /// Whether a field of this type gives a value to a name.
    pub(super) fn assigns(self) -> bool {
        matches!(self, Keyword::Set | Keyword::Ask)
    }

    /// Whether a field of this type loads something without a click.
    pub(super) fn loads(self) -> bool {
        self.carrier().is_some() && !matches!(self, Keyword::Hyperlink | Keyword::MacroButton)
    }

    /// Whether a field of this type tells of the document or of who opens it.
    pub(super) fn is_personal(self) -> bool {
        matches!(
            self,
            Keyword::Property | Keyword::Info | Keyword::DocProperty
        )
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
            // It names the file that a merge reads.
            Keyword::Data => Some(Carrier::MailMerge),
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
            | Keyword::Compare
            | Keyword::Property
            | Keyword::Info
            | Keyword::DocProperty
            | Keyword::Block
            | Keyword::Bound
            | Keyword::BlockList
            | Keyword::MergeField
            | Keyword::Skip
            | Keyword::Formula
            | Keyword::Sequence
            | Keyword::Date
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
            Keyword::MergeField => matches!(switch, "b" | "f"),
            Keyword::Sequence => matches!(switch, "r" | "s"),
            Keyword::BlockList => matches!(switch, "s" | "t"),
            Keyword::Dde
            | Keyword::DdeAuto
            | Keyword::Rd
            | Keyword::MacroButton
            | Keyword::Quote
            | Keyword::Shape
            | Keyword::Set
            | Keyword::DocVariable
            | Keyword::If
            | Keyword::Compare
            | Keyword::Property
            | Keyword::Info
            | Keyword::DocProperty
            | Keyword::Block
            | Keyword::Bound
            | Keyword::Data
            | Keyword::Skip
            | Keyword::Formula
            | Keyword::Date
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

    /// The arguments of all such switches, in order.
    pub(super) fn values(&self, switch: &str) -> impl Iterator<Item = &'t str> {
        self.switches
            .iter()
            .filter(move |(name, _)| *name == switch)
            .filter_map(|(_, argument)| argument.map(|token| token.text.as_str()))
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
