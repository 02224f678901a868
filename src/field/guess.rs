//! Fields that are none, or of which nobody can tell what they are.

use super::instruction::Instruction;
use super::keyword::{Arguments, Keyword};
use super::lexer::{Span, Token, is_blank, lex, resolved};
use crate::link::Reading;

/// Whether an instruction begins with a brace that was typed as text.
pub(super) fn is_braced(instruction: &Instruction) -> bool {
    instruction
        .lexed
        .tokens
        .first()
        .is_some_and(|token| !token.opaque && token.text.starts_with('{'))
}

/// Whether the keyword depends on what the document does not tell.
pub(super) fn is_untold(instruction: &Instruction) -> bool {
    instruction.lexed.tokens.first().is_some_and(|token| {
        token.opaque && (!instruction.certain || token.text.contains('\u{27e6}'))
    })
}

/// Extensions of files that Windows runs (`spec/word.md` §0.5).
const RUN: [&str; 14] = [
    ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".hta", ".js", ".jse", ".vbs", ".vbe", ".wsf",
    ".ps1", ".lnk",
];
/// Programs that payloads name without an extension (`spec/word.md` §0.5, table of idioms).
const PROGRAMS: [&str; 12] = [
    "bitsadmin",
    "calc",
    "certutil",
    "cmd",
    "cscript",
    "msbuild",
    "mshta",
    "powershell",
    "pwsh",
    "regsvr32",
    "rundll32",
    "wscript",
];

/// Whether an argument begins with a program, by its name or the extension of its file.
fn names_program(argument: &str) -> bool {
    let names = |text: &str| {
        let file = text.rsplit(['\\', '/']).next().unwrap_or_default();
        let file = file.trim().to_ascii_lowercase();
        PROGRAMS.contains(&file.as_str()) || RUN.iter().any(|end| file.ends_with(end))
    };
    names(argument) || argument.split_whitespace().next().is_some_and(names)
}

/// A field typed as text between braces: its reading when it looks like DDE that names a program.
pub(super) fn literal(text: &str) -> Option<Reading> {
    let inside = text
        .trim_start_matches(is_blank)
        .strip_prefix('{')
        .map(|rest| rest.rsplit_once('}').map_or(rest, |(inside, _)| inside))?;
    let lexed = lex(&[Span::plain(inside)], false);
    let keyword = Keyword::of(&lexed.tokens.first()?.text);
    if !matches!(keyword, Keyword::Dde | Keyword::DdeAuto) {
        return None;
    }
    let arguments = Arguments::of(keyword, &lexed.tokens);
    let service = arguments.word(0)?;
    Some(Reading {
        service: Some(service.to_owned()),
        topic: arguments.word(1).map(str::to_owned),
        item: arguments.word(2).map(str::to_owned),
        resolved: resolved(&lexed.tokens),
    })
}

/// What a field would do if it were DDE: the reading when what follows the keyword is a program.
pub(super) fn guess(tokens: &[Token]) -> Option<Reading> {
    let arguments = Arguments::of(Keyword::Dde, tokens);
    let reading = reading(&arguments, tokens);
    reading
        .service
        .as_deref()
        .is_some_and(names_program)
        .then_some(reading)
}

/// The DDE triple of an instruction.
pub(super) fn reading(arguments: &Arguments<'_>, tokens: &[Token]) -> Reading {
    Reading {
        service: arguments.word(0).map(str::to_owned),
        topic: arguments.word(1).map(str::to_owned),
        item: arguments.word(2).map(str::to_owned),
        resolved: resolved(tokens),
    }
}
