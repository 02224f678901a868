//! What a format reader found: a link to another program or another place, not yet judged.

use crate::location::Location;

/// What a link is, by what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Kind {
    /// Something about the container or markup that only an attacker or a defect makes.
    Anomaly,
    /// DDE that needs an update or a click.
    Dde,
    /// DDE that runs when the document is opened.
    DdeAuto,
    /// Starts a program or native code without DDE.
    Execute,
    /// Loads from, or points to, another place.
    ExternalLink,
    /// DDE text that no program would run.
    Inert,
}

impl Kind {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Anomaly => "anomaly",
            Kind::Dde => "dde",
            Kind::DdeAuto => "dde-auto",
            Kind::Execute => "execute",
            Kind::ExternalLink => "external-link",
            Kind::Inert => "inert",
        }
    }
}

macro_rules! kebab_enum {
    ($(#[$meta:meta])* $name:ident { $( $(#[doc = $doc:literal])+ $variant:ident = $text:literal, )+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $( $(#[doc = $doc])+ $variant, )+ }

        impl $name {
            /// Every value, in alphabetical order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            /// The name as it stands in reports.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $text, )+ }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let values = [ $( ($text, concat!($($doc),+)), )+ ];
                $crate::schema::names(&values)
            }
        }
    };
}
pub(crate) use kebab_enum;

kebab_enum! {
    /// What in the document carries a link. The list is part of the JSON contract.
    Carrier {
        /// An action on a shape or a slide.
        Action = "action",
        /// An alternative-format chunk (`w:altChunk`).
        AltChunk = "alt-chunk",
        /// A mail attachment by reference.
        AttachmentReference = "attachment-reference",
        /// A data connection of a workbook.
        Connection = "connection",
        /// The archive itself: how it is put together.
        Container = "container",
        /// A DATABASE field.
        DatabaseField = "database-field",
        /// A declared DDE link without a formula (ODF).
        DdeDeclaration = "dde-declaration",
        /// A `ddeLink` external-link part.
        DdeLinkPart = "dde-link-part",
        /// A link to another workbook.
        ExternalWorkbook = "external-workbook",
        /// A DDE or DDEAUTO field.
        Field = "field",
        /// A formula in a cell, a format, a validation or a chart.
        Formula = "formula",
        /// A frame of a frameset.
        Frame = "frame",
        /// A worksheet function that fetches or starts something.
        Function = "function",
        /// A hyperlink.
        Hyperlink = "hyperlink",
        /// An INCLUDEPICTURE field or a linked picture.
        IncludePicture = "include-picture",
        /// An INCLUDETEXT field.
        IncludeText = "include-text",
        /// A LINK field.
        LinkField = "link-field",
        /// A MACROBUTTON or GOTOBUTTON field.
        MacroButton = "macro-button",
        /// The data source of a mail merge.
        MailMerge = "mail-merge",
        /// A defined name.
        Name = "name",
        /// An OLE link object.
        OleLink = "ole-link",
        /// An embedded OLE package.
        OlePackage = "ole-package",
        /// An OLE 1 link object.
        Ole1Link = "ole1-link",
        /// An RD field.
        RdField = "rd-field",
        /// An attached template.
        RemoteTemplate = "remote-template",
        /// A sub-document of a master document.
        SubDocument = "sub-document",
        /// A SUPBOOK record.
        Supbook = "supbook",
        /// A web query.
        WebQuery = "web-query",
        /// An Excel 4 macro.
        Xlm = "xlm",
    }
}

kebab_enum! {
    /// One disguise that was undone, or one oddity that was tolerated.
    TechniqueId {
        /// An animation of a slide activates the object: showing it is enough.
        Activated = "activated",
        /// A short name of a command stands for its full one (PowerShell).
        Alias = "alias",
        /// Backticks between the letters (PowerShell).
        Backticks = "backticks",
        /// A checksum is not that of the bytes that it stands for.
        BadCrc = "bad-crc",
        /// Text in base64.
        Base64 = "base64",
        /// A name stands for text of the document that is bookmarked.
        BookmarkText = "bookmark-text",
        /// A content control shows other text than the data that it is bound to.
        BoundInstruction = "bound-instruction",
        /// A name stands for a building block (AUTOTEXT, GLOSSARY).
        BuildingBlock = "building-block",
        /// `call` expands a line once more (cmd.exe).
        CallExpansion = "call-expansion",
        /// Carets between the letters (cmd.exe).
        Carets = "carets",
        /// A format switch changes letters: their case, or numbers into letters.
        CaseSwitch = "case-switch",
        /// Characters by their codes: `[char]`, `Chr`, `fromCharCode`.
        CharCodes = "char-codes",
        /// Characters spelled as character references or CDATA sections.
        CharacterReferences = "character-references",
        /// A script inside a deflate or gzip stream.
        CompressedStream = "compressed-stream",
        /// A number is the result of a formula.
        ComputedNumber = "computed-number",
        /// What the element is stands in a rule of a style sheet.
        CssClass = "css-class",
        /// Characters spelled with escapes of style sheets.
        CssEscape = "css-escape",
        /// Curly quotation marks as argument delimiters.
        CurlyQuotes = "curly-quotes",
        /// Text comes from the data of a mail merge, which the document does not hold.
        DataDriven = "data-driven",
        /// It opened with a password that people use by custom (`infected`).
        DecryptedCustomaryPassword = "decrypted-customary-password",
        /// It opened with the password that Office itself tries without asking.
        DecryptedDefaultPassword = "decrypted-default-password",
        /// It opened with a password that the caller gave.
        DecryptedGivenPassword = "decrypted-given-password",
        /// It opened with a word of the message that it came with.
        DecryptedMessagePassword = "decrypted-message-password",
        /// Variables that are replaced when the line runs: `!x!` (cmd.exe).
        DelayedExpansion = "delayed-expansion",
        /// Commas, semicolons or equals signs in place of blanks (cmd.exe).
        DelimiterBlanks = "delimiter-blanks",
        /// The field is marked dirty: the program refreshes it at open.
        Dirty = "dirty",
        /// A name stands for a document property.
        DocProperty = "doc-property",
        /// A name stands for a document variable.
        DocVariable = "doc-variable",
        /// A document type declaration, which the format forbids.
        DtdPresent = "dtd-present",
        /// Several parts of the package have the same name.
        DuplicatePart = "duplicate-part",
        /// Several streams of a storage have the same name.
        DuplicateStream = "duplicate-stream",
        /// A script as the base64 of its UTF-16 (`-EncodedCommand`).
        EncodedCommand = "encoded-command",
        /// A variable whose value Windows sets.
        EnvironmentVariable = "environment-variable",
        /// Who opens the document, or what it is, becomes part of an address.
        Exfiltration = "exfiltration",
        /// The instruction is put together from pieces that lie apart.
        FastSave = "fast-save",
        /// The table of fields names a place where the text has no field.
        FieldTableMismatch = "field-table-mismatch",
        /// Control or invisible characters between the letters.
        FillerCharacters = "filler-characters",
        /// The type stored with the field is not what its text says.
        FltMismatch = "flt-mismatch",
        /// A loop puts the command together or reads it from the output of another (cmd.exe).
        ForLoop = "for-loop",
        /// The name or the declared type of the text belongs to another program than Excel.
        ForeignName = "foreign-name",
        /// Pieces of text in another order: `-f` (PowerShell).
        FormatOperator = "format-operator",
        /// Full-width letters in place of ASCII ones.
        FullWidth = "full-width",
        /// Character codes in hexadecimal.
        HexCodes = "hex-codes",
        /// On a hidden sheet.
        HiddenSheet = "hidden-sheet",
        /// Moving the pointer over it is enough: no click is needed.
        Hover = "hover",
        /// In a conditional comment, which only some programs read.
        HtmlConditional = "html-conditional",
        /// Characters of a command spelled as character references.
        HtmlEncoding = "html-encoding",
        /// An IF field chooses the text.
        IfBranch = "if-branch",
        /// The part stands in the package in several pieces.
        InterleavedPieces = "interleaved-pieces",
        /// Text is run as a script: `Invoke-Expression`, `Execute`, `eval`.
        InvokedText = "invoked-text",
        /// A length says more than there is: characters, or bytes of binary data.
        LengthMismatch = "length-mismatch",
        /// The field is locked: it is not updated until it is unlocked.
        Locked = "locked",
        /// In a branch of a markup-compatibility alternative.
        MarkupAlternative = "markup-alternative",
        /// The text is the default answer to a question that a field asks.
        NestedDefault = "nested-default",
        /// A nested field gives part of the instruction.
        NestedField = "nested-field",
        /// The field stands inside another field.
        NestedInField = "nested-in-field",
        /// The field stands inside an IF field.
        NestedInIf = "nested-in-if",
        /// The keyword itself is the result of a nested field.
        NestedKeyword = "nested-keyword",
        /// A command interpreter starts a command interpreter.
        NestedShell = "nested-shell",
        /// The part is not in the encoding that the format asks for.
        OddEncoding = "odd-encoding",
        /// Dot-dot segments lead away from the program that the path seems to name.
        PathTraversal = "path-traversal",
        /// Characters spelled with percent signs and hexadecimal digits.
        PercentEncoding = "percent-encoding",
        /// The text is part of the picture of a number or a date.
        PictureLiteral = "picture-literal",
        /// A web page in MIME behind the header of a PDF.
        PolyglotPdfMht = "polyglot-pdf-mht",
        /// A container that begins behind other bytes, where no program looks for it.
        PrefixedContainer = "prefixed-container",
        /// A third argument that only serves to be read in the prompt.
        PromptSpoof = "prompt-spoof",
        /// The file is nothing but a query: to open it is to run it.
        QueryFile = "query-file",
        /// Characters given as codes in a QUOTE field.
        QuoteCodes = "quote-codes",
        /// Quotation marks between the letters.
        QuoteNoise = "quote-noise",
        /// Nothing in the document leads to it: it was found by searching the bytes.
        RawScan = "raw-scan",
        /// The workbook recalculates everything when it is opened.
        RecalculateOnLoad = "recalculate-on-load",
        /// Text is put right by replacing pieces of it: `-replace`, `Replace`.
        ReplacedText = "replaced-text",
        /// Text is written backwards.
        ReversedText = "reversed-text",
        /// Letters spelled as bytes in hexadecimal, in RTF.
        RtfHex = "rtf-hex",
        /// Groups that every program leaves out between the letters, in RTF.
        RtfIgnorable = "rtf-ignorable",
        /// Letters spelled by their number in Unicode, in RTF.
        RtfUnicode = "rtf-unicode",
        /// Spelled twice, the second time for programs that know Unicode, in RTF.
        RtfUpr = "rtf-upr",
        /// The XML is broken; this was found by the lenient reader.
        SalvagedXml = "salvaged-xml",
        /// The service name is longer than the eight characters that Excel uses.
        ServiceTruncation = "service-truncation",
        /// A name stands for what a SET or ASK field gives it.
        SetRef = "set-ref",
        /// The SHAPE synonym of QUOTE.
        ShapeAlias = "shape-alias",
        /// A shortened name of a parameter (PowerShell).
        ShortParameter = "short-parameter",
        /// White space at the edges of the pieces disappears when they are read.
        SpaceTrim = "space-trim",
        /// The instruction is split over several paragraphs or cells.
        SplitParagraphs = "split-paragraphs",
        /// The instruction is split over several runs.
        SplitRuns = "split-runs",
        /// The ISO Strict namespaces.
        StrictNamespace = "strict-namespace",
        /// Text is put together from pieces.
        StringConcat = "string-concat",
        /// Text is joined from a list, or split and joined.
        StringJoin = "string-join",
        /// Part of the instruction stands in ordinary text elements.
        TextInInstruction = "text-in-instruction",
        /// Part of the instruction is marked as deleted.
        TrackedDeletion = "tracked-deletion",
        /// The part is not what its declared type says.
        TypeMismatch = "type-mismatch",
        /// The field has no end mark.
        Unclosed = "unclosed",
        /// A disguise of the command could not be undone, or not within the limits.
        Undecoded = "undecoded",
        /// No relationship leads to the part.
        Unreachable = "unreachable",
        /// Some of the text comes from a nested field that could not be evaluated.
        Unresolved = "unresolved",
        /// The document refreshes all its fields when it is opened.
        UpdateFields = "update-fields",
        /// An address is written so that its host is hard to see.
        UrlDisguise = "url-disguise",
        /// The part is in UTF-16.
        Utf16 = "utf-16",
        /// A variable with pieces replaced: `%x:a=b%` (cmd.exe).
        VariableReplace = "variable-replace",
        /// A piece of a variable: `%x:~n,m%` (cmd.exe).
        VariableSubstring = "variable-substring",
        /// Variables that the command itself sets.
        VariableText = "variable-text",
        /// On a sheet that the user interface cannot unhide.
        VeryHiddenSheet = "very-hidden-sheet",
        /// Characters spelled as `_xHHHH_` escapes.
        XEscapes = "x-escapes",
        /// The zip entry stands in the central directory only.
        ZipCentralOnly = "zip-central-only",
        /// The archive's counts disagree with its entries.
        ZipCountMismatch = "zip-count-mismatch",
        /// The central directory and the local header describe the entry differently.
        ZipDisagreement = "zip-disagreement",
        /// Several entries of the archive have the same name.
        ZipDuplicateName = "zip-duplicate-name",
        /// The zip entry is marked as encrypted and is not.
        ZipFakeEncryption = "zip-fake-encryption",
        /// The zip entry stands in no central directory.
        ZipLocalOnly = "zip-local-only",
        /// The zip entry is not compressed by the method that its headers name.
        ZipOddMethod = "zip-odd-method",
        /// Something stands in front of the first entry of the archive.
        ZipPrefix = "zip-prefix",
        /// The archive has no usable central directory.
        ZipRecovered = "zip-recovered",
        /// Something stands behind the end of the archive.
        ZipTrailing = "zip-trailing",
    }
}

impl TechniqueId {
    /// Whether it says which password opened something.
    pub(crate) fn is_password(self) -> bool {
        matches!(
            self,
            TechniqueId::DecryptedCustomaryPassword
                | TechniqueId::DecryptedDefaultPassword
                | TechniqueId::DecryptedGivenPassword
                | TechniqueId::DecryptedMessagePassword
        )
    }
}

/// One disguise that was undone, with what stood there before and after where that says more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Technique {
    /// Which disguise.
    pub id: TechniqueId,
    /// What stands in the file.
    pub before: Option<String>,
    /// What it means.
    pub after: Option<String>,
}

impl Technique {
    /// A step whose before and after can be read.
    pub(crate) fn step(
        id: TechniqueId,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        Technique {
            id,
            before: Some(before.into()),
            after: Some(after.into()),
        }
    }
}

impl From<TechniqueId> for Technique {
    fn from(id: TechniqueId) -> Self {
        Technique {
            id,
            before: None,
            after: None,
        }
    }
}

/// What makes a link act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Trigger {
    /// Nothing: it is inert.
    None,
    /// A click on it.
    Click,
    /// An update of fields or links.
    Update,
    /// Opening the document.
    Open,
}

impl Trigger {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Trigger::None => "none",
            Trigger::Click => "click",
            Trigger::Update => "update",
            Trigger::Open => "open",
        }
    }
}

/// How sure we are that a link is what we say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Confidence {
    /// One of several readings, or found by a fallback.
    Low,
    /// Rests on behaviour of the program that is not documented.
    Medium,
    /// What the specification says.
    High,
    /// What the specification says and programs are known to do.
    Certain,
}

impl Confidence {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::Certain => "certain",
        }
    }
}

/// One way to read a link: the DDE triple, decoded (quotes removed, escapes undone, nested fields
/// evaluated).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reading {
    pub(crate) service: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) item: Option<String>,
    /// The instruction or formula of which this is the reading, with everything evaluated.
    pub(crate) resolved: String,
}

/// A link as a format reader found it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) kind: Kind,
    pub(crate) carrier: Carrier,
    pub(crate) location: Location,
    pub(crate) trigger: Trigger,
    pub(crate) confidence: Confidence,
    /// What stands in the file, nested fields in braces.
    pub(crate) raw: String,
    /// Every plausible reading of a DDE link, in the order of the specification; never empty for
    /// `dde`, `dde-auto` and `inert`.
    pub(crate) readings: Vec<Reading>,
    /// Where an external link points to, or the text of a function that fetches; for `execute`
    /// without DDE, the command line.
    pub(crate) target: Option<String>,
    /// The class of an OLE link (`Word.Document.8`, `Package`).
    pub(crate) prog_id: Option<String>,
    /// Cells, names and other places that use the link, in document order.
    pub(crate) used_by: Vec<String>,
    pub(crate) techniques: Vec<Technique>,
    /// How many links of this document share service and topic: a feed has many.
    pub(crate) siblings: u32,
}

impl Link {
    pub(crate) fn new(
        kind: Kind,
        carrier: Carrier,
        location: Location,
        raw: impl Into<String>,
    ) -> Self {
        Link {
            kind,
            carrier,
            location,
            trigger: Trigger::None,
            confidence: Confidence::Certain,
            raw: raw.into(),
            readings: Vec::new(),
            target: None,
            prog_id: None,
            used_by: Vec::new(),
            techniques: Vec::new(),
            siblings: 1,
        }
    }

    /// Notes a technique once.
    pub(crate) fn add_technique(&mut self, technique: impl Into<Technique>) {
        let technique = technique.into();
        if !self.techniques.contains(&technique) {
            self.techniques.push(technique);
        }
    }

    pub(crate) fn has(&self, id: TechniqueId) -> bool {
        self.techniques.iter().any(|technique| technique.id == id)
    }
}
