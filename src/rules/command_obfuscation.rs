//! The command is written so that it is hard to read.

use super::features;
use super::{Case, Part, Rule, Subject};
use crate::link::TechniqueId;

pub(super) const RULE: Rule = Rule {
    id: "command-obfuscation",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The command is written so that it is hard to read: carets, backticks, pieces of variables \
          or empty quotes stand within its words, its text is put together, turned round or \
          decoded when it runs, or it holds long encoded text.",
    hits: &[
        Case::dde("cmd", "/c p^ower^shell"),
        Case::dde("cmd", "/c %ComSpec:~0,3%"),
        Case::dde("c^md", "/c calc"),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::FormatOperator]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::Undecoded]),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::Alias]),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::EnvironmentVariable]),
        Case::dde("BLP", "M"),
        Case::dde("BLP", "M").shown(&[TechniqueId::StringConcat]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.is_dangerous() {
        return None;
    }
    let shown = subject.shows(DISGUISES).map(|id| id.as_str().to_owned());
    let caret = || subject.service.contains('^').then(|| "^".to_owned());
    shown
        .or_else(|| features::obfuscation(subject.arguments()))
        .or_else(caret)
}

/// Disguises that no command needs to do its work. Short parameters, aliases, the variables of
/// Windows and text that is run are what administrators write too.
const DISGUISES: &[TechniqueId] = &[
    TechniqueId::Backticks,
    TechniqueId::Base64,
    TechniqueId::CallExpansion,
    TechniqueId::Carets,
    TechniqueId::CharCodes,
    TechniqueId::CompressedStream,
    TechniqueId::DelayedExpansion,
    TechniqueId::DelimiterBlanks,
    TechniqueId::EncodedCommand,
    TechniqueId::ForLoop,
    TechniqueId::FormatOperator,
    TechniqueId::HtmlEncoding,
    TechniqueId::QuoteNoise,
    TechniqueId::ReplacedText,
    TechniqueId::ReversedText,
    TechniqueId::StringConcat,
    TechniqueId::StringJoin,
    TechniqueId::Undecoded,
    TechniqueId::UrlDisguise,
    TechniqueId::VariableReplace,
    TechniqueId::VariableSubstring,
    TechniqueId::VariableText,
];
