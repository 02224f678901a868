//! What the readings of one field say, put together.

use std::collections::BTreeSet;

use super::eval::{Mode, Notes};
use super::keyword::{Arguments, Keyword};
use super::lexer::{Form, Span, Token, is_blank, lex};
use super::outcome::{Answer, External, Found, Outcome};
use super::tree::{Piece, Style};
use super::variants::{Instruction, Member, Spelling, Tree, is_empty};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, Reading, Technique, TechniqueId};

/// One field while its tree is read again and again.
#[derive(Default)]
pub(super) struct Draft {
    readings: Vec<Reading>,
    /// A DDE field without a service: no program would run it.
    bare: Option<Reading>,
    literal: Option<Reading>,
    /// What the field may be whose keyword nobody can tell.
    guess: Option<Reading>,
    externals: Vec<External>,
    auto: bool,
    /// The best spelling of the keyword that gave a finding.
    spelling: Option<Spelling>,
    /// The first reading gave one.
    first: bool,
    curly: bool,
    filler: bool,
    notes: Notes,
    capped: bool,
    /// What the readings with and without the white space at the edges gave.
    trimmed: Vec<Reading>,
    untrimmed: Vec<Reading>,
}

impl Draft {
    /// Whether this reading makes anything of the field that is worth a draft.
    pub(super) fn wants(instruction: &Instruction) -> bool {
        let keyword = instruction.keyword;
        matches!(keyword, Keyword::Dde | Keyword::DdeAuto)
            || keyword.carrier().is_some()
            || keyword == Keyword::Unknown && (is_braced(instruction) || is_untold(instruction))
    }

    /// Adds what one reading says.
    pub(super) fn add(
        &mut self,
        tree: &Tree<'_>,
        member: &Member,
        mode: Mode,
        instruction: &Instruction,
        budget: &Budget<'_>,
    ) {
        let keyword = instruction.keyword;
        let tokens = &instruction.lexed.tokens;
        let gave = if matches!(keyword, Keyword::Dde | Keyword::DdeAuto) {
            self.dde(keyword, tokens, mode, budget);
            true
        } else if keyword == Keyword::Unknown && is_untold(instruction) {
            self.guess(tokens);
            return;
        } else if keyword == Keyword::Unknown {
            self.literal(tree, member)
        } else {
            self.external(keyword, tokens, budget)
        };
        if !gave {
            return;
        }
        self.first |= mode == Mode::FIRST;
        self.spelling = Some(match self.spelling {
            Some(known) => known.min(instruction.spelling),
            None => instruction.spelling,
        });
        self.curly |= instruction.lexed.curly;
        self.filler |= instruction.lexed.filler;
        self.notes.merge(instruction.notes);
    }

    fn dde(&mut self, keyword: Keyword, tokens: &[Token], mode: Mode, budget: &Budget<'_>) {
        let arguments = Arguments::of(keyword, tokens);
        self.auto |= keyword == Keyword::DdeAuto || arguments.has("a");
        let reading = Reading {
            service: arguments.word(0).map(str::to_owned),
            topic: arguments.word(1).map(str::to_owned),
            item: arguments.word(2).map(str::to_owned),
            resolved: resolved(tokens),
        };
        if reading.service.is_some() {
            self.reading(reading, mode, budget);
        } else if reading.topic.is_some() {
            // Nothing answers to an empty name; the program is what the topic names.
            let service = Some(String::new());
            let shifted = Reading {
                service: reading.topic.clone(),
                topic: reading.item.clone(),
                item: None,
                resolved: reading.resolved.clone(),
            };
            self.reading(Reading { service, ..reading }, mode, budget);
            self.reading(shifted, mode, budget);
        } else {
            self.bare.get_or_insert(reading);
        }
    }

    /// A field whose keyword depends on what the document does not tell: that what follows is a
    /// program says which field it is.
    fn guess(&mut self, tokens: &[Token]) {
        let arguments = Arguments::of(Keyword::Dde, tokens);
        let reading = Reading {
            service: arguments.word(0).map(str::to_owned),
            topic: arguments.word(1).map(str::to_owned),
            item: arguments.word(2).map(str::to_owned),
            resolved: resolved(tokens),
        };
        if reading.service.as_deref().is_some_and(names_program) {
            self.guess.get_or_insert(reading);
        }
    }

    fn reading(&mut self, reading: Reading, mode: Mode, budget: &Budget<'_>) {
        let cap = usize::try_from(budget.limits().variants)
            .unwrap_or(usize::MAX)
            .max(1);
        let edges = if mode.untrimmed {
            &mut self.untrimmed
        } else {
            &mut self.trimmed
        };
        if edges.len() < cap && !edges.iter().any(|known| same(known, &reading)) {
            edges.push(reading.clone());
        }
        if self.readings.iter().any(|known| same(known, &reading)) {
            return;
        }
        if self.readings.len() < cap {
            self.readings.push(reading);
        } else {
            self.capped = true;
        }
    }

    /// Literal braces: a DDE field typed as text, which is none (`spec/word.md` §0.4).
    fn literal(&mut self, tree: &Tree<'_>, member: &Member) -> bool {
        if member
            .instruction
            .iter()
            .any(|piece| piece.field().is_some())
        {
            return false;
        }
        let text: String = member
            .instruction
            .iter()
            .map(|piece| tree.forest.piece_text(piece, false))
            .collect();
        let Some(reading) = literal(&text) else {
            return false;
        };
        self.literal.get_or_insert(reading);
        true
    }

    fn external(&mut self, keyword: Keyword, tokens: &[Token], budget: &Budget<'_>) -> bool {
        let found = external(keyword, tokens);
        let gave = !found.is_empty();
        let cap = usize::try_from(budget.limits().variants).unwrap_or(usize::MAX);
        for external in found {
            let same = |known: &External| {
                (&known.carrier, &known.target, &known.class)
                    == (&external.carrier, &external.target, &external.class)
            };
            if self.externals.iter().any(same) {
                continue;
            }
            if self.externals.len() < cap.max(1) {
                self.externals.push(external);
            } else {
                self.capped = true;
            }
        }
        gave
    }

    /// Makes the findings of the field, if there are any.
    pub(super) fn settle(
        mut self,
        tree: &Tree<'_>,
        id: u32,
        ifs: &BTreeSet<u32>,
        budget: &Budget<'_>,
        answer: &mut Answer,
    ) {
        let Some(member) = tree.members.get(&id) else {
            return;
        };
        if self.capped || self.spelling.is_some() && self.notes.overflow {
            answer.end(Exhausted::Limit(Limit::Variants));
        }
        let outcome = if !self.readings.is_empty() {
            Outcome::Dde {
                auto: self.auto,
                readings: std::mem::take(&mut self.readings),
            }
        } else if let Some(external) = best(std::mem::take(&mut self.externals)) {
            Outcome::External(external)
        } else if let Some(reading) = self.guess.take() {
            self.spelling = Some(Spelling::Loose);
            self.notes.unresolved = true;
            Outcome::Dde {
                auto: true,
                readings: vec![reading],
            }
        } else if let Some(reading) = self.literal.take().or_else(|| self.bare.take()) {
            Outcome::Literal(reading)
        } else {
            return;
        };
        let literal = matches!(outcome, Outcome::Literal(_));
        let techniques = if literal {
            Vec::new()
        } else {
            self.techniques(tree, member, &outcome, ifs)
        };
        let dirty = ancestors(tree, member).any(|around| around.node.dirty);
        answer.found.push(Found {
            node: id,
            confidence: self.confidence(member).min(member.node.confidence),
            techniques,
            raw: raw(tree, member, budget),
            dirty: dirty || member.node.dirty,
            outcome,
        });
    }

    fn confidence(&self, member: &Member) -> Confidence {
        match self.spelling {
            Some(Spelling::Loose) => Confidence::Low,
            Some(Spelling::Nested) => Confidence::Medium,
            Some(Spelling::Literal) | None if !self.first => Confidence::Medium,
            Some(Spelling::Literal) | None if !member.node.closed => Confidence::High,
            Some(Spelling::Literal) | None => Confidence::Certain,
        }
    }

    fn techniques(
        &self,
        tree: &Tree<'_>,
        member: &Member,
        outcome: &Outcome,
        ifs: &BTreeSet<u32>,
    ) -> Vec<Technique> {
        let any = |style| {
            member
                .instruction
                .iter()
                .any(|piece| piece.style.has(style))
        };
        let text = |style: Style| {
            member
                .instruction
                .iter()
                .any(|p| p.style.has(style) && !is_empty(tree.forest.piece_text(p, false)))
        };
        let nested = member
            .instruction
            .iter()
            .any(|piece| piece.field().is_some());
        let (runs, paragraphs) = splits(tree, &member.instruction);
        let in_if = ancestors(tree, member).any(|around| ifs.contains(&around.id));
        let in_field = member.parent.is_some() || member.node.in_result;
        let spaces = tree.untrimmed && self.untrimmed != self.trimmed;
        let spoof = match outcome {
            Outcome::Dde { readings, .. } => readings.first().is_some_and(is_spoof),
            Outcome::External(_) | Outcome::Literal(_) => false,
        };
        let ignorable = member
            .instruction
            .iter()
            .any(|p| p.style.has(Style::OPTIONAL) && !p.style.has(Style::DELETED));
        let spelled_nested = self
            .spelling
            .is_some_and(|known| known != Spelling::Literal);
        let mut found: Vec<Technique> = [
            (any(Style::REFERENCED), TechniqueId::CharacterReferences),
            (self.curly, TechniqueId::CurlyQuotes),
            (self.filler, TechniqueId::FillerCharacters),
            (self.notes.hex, TechniqueId::HexCodes),
            (member.node.locked, TechniqueId::Locked),
            (
                ignorable || member.node.alternate != 0,
                TechniqueId::MarkupAlternative,
            ),
            (spelled_nested && nested, TechniqueId::NestedKeyword),
            (nested, TechniqueId::NestedField),
            (in_if, TechniqueId::NestedInIf),
            (in_field && !in_if, TechniqueId::NestedInField),
            (spoof, TechniqueId::PromptSpoof),
            (self.notes.codes, TechniqueId::QuoteCodes),
            (any(Style::RTF_HEX), TechniqueId::RtfHex),
            (any(Style::RTF_IGNORABLE), TechniqueId::RtfIgnorable),
            (any(Style::RTF_UNICODE), TechniqueId::RtfUnicode),
            (any(Style::RTF_UPR), TechniqueId::RtfUpr),
            (self.notes.shape, TechniqueId::ShapeAlias),
            (spaces, TechniqueId::SpaceTrim),
            (paragraphs, TechniqueId::SplitParagraphs),
            (runs, TechniqueId::SplitRuns),
            (text(Style::ORDINARY), TechniqueId::TextInInstruction),
            (any(Style::DELETED), TechniqueId::TrackedDeletion),
            (!member.node.closed, TechniqueId::Unclosed),
            (self.notes.unresolved, TechniqueId::Unresolved),
        ]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, id)| Technique::from(id))
        .collect();
        found.sort();
        found
    }
}

fn same(one: &Reading, other: &Reading) -> bool {
    (&one.service, &one.topic, &one.item) == (&other.service, &other.topic, &other.item)
}

/// The fields in whose instruction or result a field stands, innermost first. At most as many as
/// may be open at once.
fn ancestors<'t>(tree: &'t Tree<'_>, member: &Member) -> impl Iterator<Item = &'t Member> {
    let parent = |member: &Member| member.parent.and_then(|id| tree.members.get(&id));
    std::iter::successors(parent(member), move |around| parent(around))
}

/// Whether neighbouring elements share the instruction, and whether a paragraph or cell ends
/// inside it.
fn splits(tree: &Tree<'_>, pieces: &[Piece]) -> (bool, bool) {
    let (mut runs, mut paragraphs) = (false, false);
    let (mut before, mut ended) = (false, false);
    for piece in pieces {
        if piece.field().is_some() {
            before = false;
        } else if piece.style.has(Style::BREAK) {
            ended = true;
        } else if !is_empty(tree.forest.piece_text(piece, false)) {
            runs |= before;
            paragraphs |= ended;
            before = true;
            ended = false;
        }
        // A break in front of the first word says nothing.
        ended &= before || paragraphs;
    }
    (runs, paragraphs)
}

/// A third argument that only serves to be read: it has blanks and names no range.
fn is_spoof(reading: &Reading) -> bool {
    reading
        .item
        .as_deref()
        .is_some_and(|item| item.trim().contains(char::is_whitespace) && !item.contains('!'))
}

/// Whether an instruction begins with a brace that was typed as text.
fn is_braced(instruction: &Instruction) -> bool {
    instruction
        .lexed
        .tokens
        .first()
        .is_some_and(|token| !token.opaque && token.text.starts_with('{'))
}

/// Whether the keyword depends on what the document does not tell.
fn is_untold(instruction: &Instruction) -> bool {
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
fn literal(text: &str) -> Option<Reading> {
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

/// What a field of one of the other linking types points to (`spec/word.md` §6.1): the document,
/// and what else it loads.
fn external(keyword: Keyword, tokens: &[Token]) -> Vec<External> {
    let arguments = Arguments::of(keyword, tokens);
    let Some(carrier) = keyword.carrier() else {
        return Vec::new();
    };
    let is_link = carrier == Carrier::LinkField;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let place = |switch| arguments.value(switch).and_then(place_in);
    let (targets, item) = if is_link {
        ([owned(arguments.word(1)), None, None], arguments.word(2))
    } else if carrier == Carrier::DatabaseField {
        // The connection and the query may lead elsewhere than the file does.
        let file = arguments.value("d").is_some();
        let named = arguments.value("d").or_else(|| arguments.value("c"));
        let query = place("s").or_else(|| owned(arguments.value("s")).filter(|_| named.is_none()));
        ([owned(named), place("c").filter(|_| file), query], None)
    } else if carrier == Carrier::IncludeText {
        // With a style sheet to transform it.
        let sheet = owned(arguments.value("t"));
        ([owned(arguments.word(0)), sheet, None], arguments.word(1))
    } else {
        ([owned(arguments.word(0)), None, None], None)
    };
    let of = |target| External {
        carrier,
        class: arguments.word(0).filter(|_| is_link).map(str::to_owned),
        target,
        item: item.map(str::to_owned),
        auto: carrier == Carrier::IncludePicture || is_link && arguments.has("a"),
        resolved: resolved(tokens),
    };
    targets.into_iter().flatten().map(of).collect()
}

/// The first address or network path that a connection or a query holds.
pub(crate) fn place_in(text: &str) -> Option<String> {
    let start = ["\\\\", "://", "//"]
        .iter()
        .filter_map(|sign| text.find(sign))
        .min()?;
    let (before, _) = text.split_at_checked(start)?;
    // The scheme belongs to it.
    let scheme = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
        .count();
    let scheme = if text.get(start..).is_some_and(|rest| rest.starts_with(':')) {
        scheme
    } else {
        0
    };
    let place = text.get(start.saturating_sub(scheme)..)?;
    let end = place.find([';', '"', '\'', '`', ']', '|']);
    let place = end.and_then(|end| place.get(..end)).unwrap_or(place).trim();
    Some(place.to_owned())
}

/// Of several readings of one target the one that leads furthest: another host, a path, anything.
fn best(externals: Vec<External>) -> Option<External> {
    let reach = |external: &External| {
        let target = external.target.as_str();
        if target.contains("://") || target.starts_with(r"\\") || target.starts_with("//") {
            2
        } else {
            u8::from(target.contains(['\\', '/', '.']))
        }
    };
    let mut chosen: Option<External> = None;
    for external in externals {
        if chosen
            .as_ref()
            .is_none_or(|known| reach(&external) > reach(known))
        {
            chosen = Some(external);
        }
    }
    chosen
}

/// The instruction with everything decoded, quotes where they stood or where blanks need them.
fn resolved(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        if !text.is_empty() {
            text.push(' ');
        }
        let quoted = token.form == Form::Quoted || token.opaque && token.text.contains(is_blank);
        match token.form {
            Form::Switch => {
                text.push('\\');
                text.push_str(&token.text);
            }
            Form::Word | Form::Quoted if quoted => {
                text.push('"');
                text.push_str(&token.text);
                text.push('"');
            }
            Form::Word | Form::Quoted => text.push_str(&token.text),
        }
    }
    text
}

/// The instruction as it stands in the file, nested fields in braces. The text of nested fields is
/// paid; what cannot be paid is left out and shown as an ellipsis.
fn raw(tree: &Tree<'_>, member: &Member, budget: &Budget<'_>) -> String {
    let mut text = String::new();
    let mut stack = vec![(member.id, member.instruction.iter())];
    while let Some((id, pieces)) = stack.last_mut() {
        let outermost = *id == member.id;
        let Some(piece) = pieces.next() else {
            stack.pop();
            if !outermost {
                text.push('}');
            }
            continue;
        };
        if let Some(child) = piece.field() {
            if let Some(child) = tree.members.get(&child) {
                text.push('{');
                stack.push((child.id, child.instruction.iter()));
            }
            continue;
        }
        let own = tree.forest.piece_text(piece, true);
        let cost = u64::try_from(own.len()).unwrap_or(u64::MAX);
        if !outermost && budget.charge_produced(cost).is_err() {
            text.push('\u{2026}');
        } else if piece.style.has(Style::BREAK) {
            text.push(' ');
        } else {
            text.push_str(own);
        }
    }
    let end = text.trim_end_matches(is_blank).len();
    text.truncate(end);
    text.trim_start_matches(is_blank).to_owned()
}
