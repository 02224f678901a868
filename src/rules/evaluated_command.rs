//! The command is put together when the field is evaluated.

use super::{Case, Part, Rule, Subject};
use crate::link::TechniqueId;

pub(super) const RULE: Rule = Rule {
    id: "evaluated-command",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The letters of the command come from nested fields, character codes, escapes or \
          pieces that are only joined when the document is read. Counts only when a program or a command \
          came out; splitting into runs, fast saves and conditional comments, which Word \
          writes by itself, do not count.",
    hits: &[
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::QuoteCodes]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::NestedKeyword]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::RtfHex]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::CssEscape]),
    ],
    misses: &[
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::SplitRuns]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::HtmlConditional]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::FastSave]),
        Case::dde("Excel", "C:\\a.xlsx").shown(&[TechniqueId::NestedField]),
        Case::dde("cmd", "/c calc"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let shown = subject.shows(EVALUATED)?;
    subject.is_dangerous().then(|| shown.as_str().to_owned())
}

/// Techniques that no program uses for a command.
const EVALUATED: &[TechniqueId] = &[
    TechniqueId::BookmarkText,
    TechniqueId::BoundInstruction,
    TechniqueId::BuildingBlock,
    TechniqueId::CaseSwitch,
    TechniqueId::CharacterReferences,
    TechniqueId::ComputedNumber,
    TechniqueId::CssClass,
    TechniqueId::CssEscape,
    TechniqueId::DocProperty,
    TechniqueId::DocVariable,
    TechniqueId::FltMismatch,
    TechniqueId::HexCodes,
    TechniqueId::IfBranch,
    TechniqueId::NestedDefault,
    TechniqueId::NestedField,
    TechniqueId::NestedKeyword,
    TechniqueId::PictureLiteral,
    TechniqueId::QuoteCodes,
    TechniqueId::RtfHex,
    TechniqueId::RtfIgnorable,
    TechniqueId::RtfUnicode,
    TechniqueId::RtfUpr,
    TechniqueId::SetRef,
    TechniqueId::ShapeAlias,
    TechniqueId::SpaceTrim,
    TechniqueId::SplitParagraphs,
    TechniqueId::TextInInstruction,
    TechniqueId::XEscapes,
];
