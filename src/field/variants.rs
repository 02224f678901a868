//! The readings of a tree of fields and what they amount to (`spec/word.md` §0.7).
//!
//! A tree is read once as it stands. Where its text or a nested field leaves a doubt it is read
//! again under each combination of the readings in doubt; a combination costs evaluator steps in
//! proportion to the text of the tree. What the readings say is collected field by field in
//! [`draft`](super::draft).
//!
//! # Malformed input
//!
//! When the budget ends, what was read so far is the answer, and the answer says why it ended.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::environment::Environment;
use super::eval::{Mode, Nested, Notes, Value, compute};
use super::keyword::{Arguments, Keyword};
use super::lexer::{Form, Lexed, Span, is_blank, is_filler, lex};
use super::outcome::Answer;
use super::tree::{Forest, Node, Piece, Style};
use crate::limits::{Budget, Exhausted, Limit};

/// One field of a tree, its pieces in order.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) node: Node,
    pub(super) instruction: Vec<Piece>,
    result: Vec<Piece>,
    pub(super) parent: Option<u32>,
}

/// A tree laid out: children before their parents.
pub(super) struct Tree<'f> {
    pub(super) forest: &'f Forest,
    pub(super) members: BTreeMap<u32, Member>,
    /// White space at the edges of elements is in doubt.
    pub(super) untrimmed: bool,
    steps: u64,
    live: u64,
    /// The evaluator's steps are spent. The tree is laid out all the same and read once: that
    /// costs no more than reading its text from the document did.
    spent: Option<Exhausted>,
}

/// What a field costs while its tree is read: its pieces, its value, its place in the maps.
const MEMBER: u64 = 512;
/// What each of its pieces costs then.
const SHARE: u64 = 32;

impl<'f> Tree<'f> {
    /// Lays out the tree below `root`, lets `read` read it, and gives the memory back.
    fn with<T>(
        forest: &'f Forest,
        root: u32,
        budget: &Budget<'_>,
        read: impl FnOnce(&Self) -> T,
    ) -> Result<T, Exhausted> {
        let mut tree = Tree {
            forest,
            members: BTreeMap::new(),
            untrimmed: false,
            steps: 0,
            live: 0,
            spent: None,
        };
        let laid = tree.lay(root, budget);
        tree.untrimmed = tree.any(|piece| {
            forest.piece_text(piece, false).len() != forest.piece_text(piece, true).len()
        });
        let result = laid.map(|()| read(&tree));
        budget.release_live(tree.live);
        result
    }

    /// Looks at the nodes once; each is paid for. Where branches of alternative markup share the
    /// text of the root, that text is read once for each of them, which the evaluator's steps
    /// must pay.
    fn lay(&mut self, root: u32, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let mut todo = vec![(root, None)];
        while let Some((id, parent)) = todo.pop() {
            let Some(&node) = self.forest.node(id) else {
                continue;
            };
            // One step for the field, one for each 64 bytes or pieces.
            let steps = (Forest::weight(&node) / 64).saturating_add(1);
            match budget.charge_steps(steps) {
                Err(cause) if node.shared || cause == Exhausted::Stopped => return Err(cause),
                Err(cause) => self.spent = Some(cause),
                Ok(()) => {}
            }
            self.steps = self.steps.saturating_add(steps);
            let live = Forest::pieces(&node)
                .saturating_mul(SHARE)
                .saturating_add(MEMBER);
            budget.charge_live(live)?;
            self.live = self.live.saturating_add(live);
            let member = Member {
                id,
                node,
                instruction: self.forest.instruction(&node),
                result: self.forest.result(&node),
                parent,
            };
            let children = member.instruction.iter().chain(&member.result);
            todo.extend(
                children
                    .filter_map(Piece::field)
                    .map(|child| (child, Some(id))),
            );
            self.members.insert(id, member);
        }
        Ok(())
    }

    fn any(&self, doubt: impl Fn(&Piece) -> bool) -> bool {
        self.members
            .values()
            .any(|member| member.instruction.iter().any(&doubt))
    }
}

/// How the keyword of an instruction is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelling {
    Literal,
    /// A nested field gives some of it.
    Nested,
    /// It stands in quotes, or a nested field gives more than the keyword.
    Loose,
}

/// An instruction under one reading.
pub(super) struct Instruction {
    pub(super) lexed: Lexed,
    pub(super) keyword: Keyword,
    pub(super) spelling: Spelling,
    /// What the nested fields brought.
    pub(super) notes: Notes,
    /// No nested field in it is in doubt.
    pub(super) certain: bool,
    /// The result that is stored with a nested field is another one.
    stored: bool,
}

/// What the readings of a tree told.
#[derive(Default)]
struct Told {
    drafts: BTreeMap<u32, Draft>,
    /// The IF fields.
    ifs: BTreeSet<u32>,
    ambiguous: bool,
    uncertain: bool,
    stored: bool,
    choices: usize,
}

/// Says what the fields of a tree do.
pub(crate) fn evaluate(
    forest: &Forest,
    root: u32,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Answer {
    let mut answer = Answer::default();
    environment.now = root;
    let evaluated = Tree::with(forest, root, budget, |tree| {
        readings(tree, environment, budget, &mut answer);
    });
    if let Err(cause) = evaluated {
        answer.end(cause);
    }
    answer
}

fn readings(tree: &Tree<'_>, environment: &Environment, budget: &Budget<'_>, answer: &mut Answer) {
    let mut told = Told::default();
    read(tree, Mode::FIRST, environment, budget, &mut told, answer);
    let more = match tree.spent {
        Some(cause) => {
            answer.end(cause);
            Vec::new()
        }
        None => modes(tree, &told),
    };
    for mode in more {
        if let Err(cause) = budget.charge_steps(tree.steps) {
            answer.end(cause);
            break;
        }
        read(tree, mode, environment, budget, &mut told, answer);
    }
    let Told { drafts, ifs, .. } = told;
    for (id, draft) in drafts {
        draft.settle(tree, id, &ifs, budget, answer);
    }
}

/// Carries out the SET and ASK fields of a tree. Call it for every tree, twice, before
/// [`evaluate`]: names are known in the whole document, before they are set too.
pub(crate) fn assign(
    forest: &Forest,
    root: u32,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    if !forest.assigns() {
        return Ok(());
    }
    environment.now = root;
    Tree::with(forest, root, budget, |tree| {
        if let Some(cause) = tree.spent {
            return Err(cause);
        }
        for verbatim in [false, true] {
            let mode = Mode {
                verbatim,
                ..Mode::FIRST
            };
            if !names(tree, mode, environment, budget)? {
                break;
            }
        }
        Ok(())
    })?
}

/// Carries out the SET and ASK fields under one reading. Returns whether there is another.
fn names(
    tree: &Tree<'_>,
    mode: Mode,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Result<bool, Exhausted> {
    let mut values = BTreeMap::new();
    let mut doubt = false;
    for member in tree.members.values() {
        let instruction = instruction(tree, member, mode, &values);
        doubt |= instruction.lexed.ambiguous;
        if let Some((name, value)) = assignment(&instruction) {
            let order = member
                .id
                .saturating_mul(2)
                .saturating_add(u32::from(mode.verbatim));
            if !environment.bookmark(name, order, &value, budget) {
                return Err(Exhausted::Limit(Limit::LiveBytes));
            }
        }
        if member.parent.is_some() {
            let value = value(
                tree,
                member,
                &instruction,
                mode,
                environment,
                budget,
                &values,
            )?;
            values.insert(member.id, value);
        }
    }
    Ok(doubt)
}

/// The name that a SET or ASK field gives, and the value.
fn assignment(instruction: &Instruction) -> Option<(&str, String)> {
    let arguments = Arguments::of(instruction.keyword, &instruction.lexed.tokens);
    let value = if instruction.keyword == Keyword::Ask {
        arguments.value("d").unwrap_or_default().to_owned()
    } else if instruction.keyword == Keyword::Set {
        let words = arguments.words.iter().skip(1);
        let words: Vec<&str> = words.map(|token| token.text.as_str()).collect();
        words.join(" ")
    } else {
        return None;
    };
    Some((arguments.word(0)?, value))
}

/// The combinations of readings beyond the first.
fn modes(tree: &Tree<'_>, told: &Told) -> Vec<Mode> {
    let optional = tree.any(|piece| piece.style.has(Style::OPTIONAL));
    let both = |doubt: bool| {
        if doubt {
            [false, true].as_slice()
        } else {
            &[false]
        }
    };
    let mut nested: Vec<Nested> = (0..told.choices.max(1)).map(Nested::Computed).collect();
    if told.uncertain {
        nested.extend([Nested::Cached, Nested::Omitted]);
    } else if told.stored {
        nested.push(Nested::Cached);
    }
    let mut modes = Vec::new();
    for kept in both(optional) {
        for untrimmed in both(tree.untrimmed) {
            for nested in &nested {
                for verbatim in both(told.ambiguous) {
                    modes.push(Mode {
                        removed: !kept,
                        untrimmed: *untrimmed,
                        nested: *nested,
                        verbatim: *verbatim,
                    });
                }
            }
        }
    }
    modes.retain(|mode| *mode != Mode::FIRST);
    modes
}

/// A value and the result that is stored with the field.
pub(super) struct Known {
    value: Value,
    cached: String,
}

/// Reads every field of the tree under one mode.
fn read(
    tree: &Tree<'_>,
    mode: Mode,
    environment: &Environment,
    budget: &Budget<'_>,
    told: &mut Told,
    answer: &mut Answer,
) {
    let mut values = BTreeMap::new();
    for member in tree.members.values() {
        let instruction = instruction(tree, member, mode, &values);
        told.ambiguous |= instruction.lexed.ambiguous || instruction.notes.ambiguous;
        told.uncertain |= !instruction.certain;
        told.stored |= instruction.stored;
        if instruction.keyword == Keyword::If {
            told.ifs.insert(member.id);
        }
        if Draft::wants(&instruction) {
            told.drafts
                .entry(member.id)
                .or_default()
                .add(tree, member, mode, &instruction, budget);
        }
        if member.parent.is_none() {
            continue;
        }
        match value(
            tree,
            member,
            &instruction,
            mode,
            environment,
            budget,
            &values,
        ) {
            Ok(known) => {
                told.choices = told.choices.max(known.value.choices);
                told.ambiguous |= known.value.notes.ambiguous;
                values.insert(member.id, known);
            }
            Err(cause) => answer.end(cause),
        }
    }
}

/// Reads one instruction, its nested fields evaluated already.
fn instruction(
    tree: &Tree<'_>,
    member: &Member,
    mode: Mode,
    values: &BTreeMap<u32, Known>,
) -> Instruction {
    let mut notes = Notes::default();
    let mut certain = true;
    let mut stored = false;
    let mut spans = Vec::new();
    for piece in &member.instruction {
        if mode.removed && piece.style.has(Style::OPTIONAL) {
            continue;
        }
        let Some(child) = piece.field() else {
            spans.push(Span::plain(tree.forest.piece_text(piece, mode.untrimmed)));
            continue;
        };
        let Some(known) = values.get(&child) else {
            certain = false;
            notes.unresolved = true;
            continue;
        };
        notes.merge(known.value.notes);
        certain &= known.value.certain;
        let differs =
            known.cached.contains(char::is_alphanumeric) && known.cached != known.value.text;
        stored |= differs;
        // A locked field is not computed again.
        let locked = tree
            .members
            .get(&child)
            .is_some_and(|member| member.node.locked);
        let text = match mode.nested {
            Nested::Computed(_) if differs && locked => &known.cached,
            Nested::Cached if differs && !locked => &known.cached,
            Nested::Cached if !known.value.certain && !locked => &known.cached,
            Nested::Omitted if !known.value.certain => continue,
            Nested::Computed(_) | Nested::Cached | Nested::Omitted => &known.value.text,
        };
        spans.push(Span { text, opaque: true });
    }
    let mut lexed = lex(&spans, mode.verbatim);
    let (mut keyword, mut spelling) = match lexed.tokens.first() {
        Some(token) if token.form == Form::Switch => (Keyword::Unknown, Spelling::Literal),
        Some(token) => {
            let spelling = match (token.form, token.opaque) {
                (Form::Quoted, _) => Spelling::Loose,
                (_, true) => Spelling::Nested,
                (_, false) => Spelling::Literal,
            };
            (Keyword::of(&token.text), spelling)
        }
        None => (Keyword::Unknown, Spelling::Literal),
    };
    // A nested result that holds the keyword and more: it may be read as text.
    let more = lexed
        .tokens
        .first()
        .filter(|token| token.opaque && keyword == Keyword::Unknown)
        .and_then(|token| {
            token
                .text
                .trim_start_matches(is_blank)
                .split(is_blank)
                .next()
        })
        .map(Keyword::of);
    if let Some(found) = more
        && (matches!(found, Keyword::Dde | Keyword::DdeAuto) || loads(found))
    {
        for span in &mut spans {
            span.opaque = false;
        }
        lexed = lex(&spans, mode.verbatim);
        (keyword, spelling) = (found, Spelling::Loose);
    }
    Instruction {
        lexed,
        keyword,
        spelling,
        notes,
        certain,
        stored,
    }
}

/// Fields that load something without a click.
fn loads(keyword: Keyword) -> bool {
    keyword.carrier().is_some() && !matches!(keyword, Keyword::Hyperlink | Keyword::MacroButton)
}

/// What a field contributes to the one around it. Everything it produces is paid.
fn value(
    tree: &Tree<'_>,
    member: &Member,
    instruction: &Instruction,
    mode: Mode,
    environment: &Environment,
    budget: &Budget<'_>,
    values: &BTreeMap<u32, Known>,
) -> Result<Known, Exhausted> {
    let mut cached = String::new();
    for piece in &member.result {
        let text = match piece.field() {
            _ if mode.removed && piece.style.has(Style::OPTIONAL) => continue,
            None => tree.forest.piece_text(piece, mode.untrimmed),
            Some(child) => match values.get(&child) {
                Some(known) if known.cached.is_empty() => &known.value.text,
                Some(known) => &known.cached,
                None => continue,
            },
        };
        pay(text, budget)?;
        cached.push_str(text);
    }
    // The end of the paragraph or cell that follows a result is not part of it.
    let end = cached.trim_end_matches(['\r', '\u{7}']).len();
    cached.truncate(end);
    let tokens = &instruction.lexed.tokens;
    let mut value = match compute(instruction.keyword, tokens, mode, environment, budget)? {
        Some(mut value) => {
            value.certain &= instruction.certain;
            value
        }
        None if !cached.is_empty() => Value {
            text: cached.clone(),
            ..Value::default()
        },
        None => {
            let mut value = Value::default();
            if !acts(instruction.keyword) {
                value.notes.unresolved = true;
                value.text = placeholder(instruction);
            }
            value
        }
    };
    value.notes.merge(instruction.notes);
    pay(&value.text, budget)?;
    Ok(Known { value, cached })
}

/// Fields that reach out leave nothing where they stand, as far as we can know.
fn acts(keyword: Keyword) -> bool {
    keyword.acts() && !matches!(keyword, Keyword::Set | Keyword::Ask)
}

/// Stands for a value that the document does not tell.
fn placeholder(instruction: &Instruction) -> String {
    /// Longer arguments are not shown.
    const SHOWN: usize = 64;
    let mut tokens = instruction.lexed.tokens.iter().map(|token| &token.text);
    let shown = |text: &String| text.chars().take(SHOWN).collect::<String>();
    let keyword = tokens.next().map(shown).unwrap_or_default().to_uppercase();
    match tokens.next().map(shown) {
        Some(argument) => format!("\u{27e6}{keyword} {argument}\u{27e7}"),
        None => format!("\u{27e6}{keyword}\u{27e7}"),
    }
}

fn pay(text: &str, budget: &Budget<'_>) -> Result<(), Exhausted> {
    budget.charge_produced(u64::try_from(text.len()).unwrap_or(u64::MAX))
}

/// Whether text says nothing: blanks and invisible characters.
pub(super) fn is_empty(text: &str) -> bool {
    text.chars().all(|c| is_blank(c) || is_filler(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::tree::Begin;
    use crate::field::{External, Found, Outcome};
    use crate::limits::Limits;
    use crate::link::{Carrier, Confidence, TechniqueId};

    /// Builds fields from text with the marks of Word's binary format: 13 begins, 14 separates,
    /// 15 ends.
    fn forest(text: &str, budget: &Budget<'_>) -> Forest {
        let mut forest = Forest::default();
        forest.begin_part(0);
        for piece in text.split_inclusive(['\u{13}', '\u{14}', '\u{15}']) {
            let plain = piece.trim_end_matches(['\u{13}', '\u{14}', '\u{15}']);
            forest.next_element();
            forest.text(plain, Style::default(), budget).unwrap();
            match piece.chars().last() {
                Some('\u{13}') => forest.begin(Begin::default(), budget).unwrap(),
                Some('\u{14}') => forest.separate(budget).unwrap(),
                Some('\u{15}') => forest.end(budget).unwrap(),
                _ => {}
            }
        }
        forest.end_part();
        forest
    }

    fn answers(forest: &Forest, variables: &[(&str, &str)], budget: &Budget<'_>) -> Vec<Answer> {
        let mut environment = Environment::default();
        for (name, value) in variables {
            environment.variable(name, value, budget);
        }
        for _ in 0..2 {
            for root in forest.roots() {
                assign(forest, root, &mut environment, budget).unwrap();
            }
        }
        forest
            .roots()
            .map(|root| evaluate(forest, root, &mut environment, budget))
            .collect()
    }

    fn with(text: &str, variables: &[(&str, &str)]) -> Vec<Found> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let forest = forest(text, &budget);
        let answers = answers(&forest, variables, &budget);
        answers
            .into_iter()
            .flat_map(|answer| {
                assert!(answer.ended.is_empty(), "{:?}", answer.ended);
                answer.found
            })
            .collect()
    }

    /// What the fields in `text` do; braces stand for marks.
    fn found(text: &str) -> Vec<Found> {
        with(&marks(text), &[])
    }

    fn marks(text: &str) -> String {
        text.replace('{', "\u{13}")
            .replace('|', "\u{14}")
            .replace('}', "\u{15}")
    }

    fn one(text: &str) -> Found {
        let mut found = found(text);
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    }

    type Triple<'a> = (bool, Option<&'a str>, Option<&'a str>, Option<&'a str>);

    fn triples(found: &Found) -> Vec<Triple<'_>> {
        match &found.outcome {
            Outcome::Dde { auto, readings } => readings
                .iter()
                .map(|reading| {
                    (
                        *auto,
                        reading.service.as_deref(),
                        reading.topic.as_deref(),
                        reading.item.as_deref(),
                    )
                })
                .collect(),
            other @ (Outcome::External(_) | Outcome::Literal(_)) => panic!("no DDE: {other:?}"),
        }
    }

    fn has(found: &Found, id: TechniqueId) -> bool {
        found.techniques.iter().any(|technique| technique.id == id)
    }

    fn external(text: &str) -> External {
        match one(text).outcome {
            Outcome::External(external) => external,
            other @ (Outcome::Dde { .. } | Outcome::Literal(_)) => panic!("{other:?}"),
        }
    }

    const CMD: &str = r"c:\windows\system32\cmd.exe";

    #[test]
    fn f1_a_plain_field() {
        let field = one(r#"{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe" |x}"#);
        assert_eq!(
            triples(&field),
            [(true, Some(CMD), Some("/k calc.exe"), None)]
        );
        assert_eq!(field.confidence, Confidence::Certain);
        assert_eq!(
            field.raw,
            r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#
        );
        assert!(field.techniques.is_empty(), "{:?}", field.techniques);
        let Outcome::Dde { readings, .. } = field.outcome else {
            panic!();
        };
        assert_eq!(
            readings[0].resolved,
            r#"DDEAUTO c:\windows\system32\cmd.exe "/k calc.exe""#
        );
    }

    #[test]
    fn f2_a_service_alone() {
        assert_eq!(
            triples(&one("{ddeauto ünicöde-test}")),
            [(true, Some("ünicöde-test"), None, None)]
        );
    }

    #[test]
    fn f3_codes_with_blanks_are_one_argument() {
        let field = one("{DDEAUTO {QUOTE 99 109 100|?} {QUOTE 47 107 32 99 97 108 99|?}|}");
        assert_eq!(
            triples(&field),
            [(true, Some("cmd"), Some("/k calc"), None)]
        );
        assert!(has(&field, TechniqueId::QuoteCodes));
        assert!(has(&field, TechniqueId::NestedField));
        assert_eq!(
            field.raw,
            "DDEAUTO {QUOTE 99 109 100} {QUOTE 47 107 32 99 97 108 99}"
        );
    }

    #[test]
    fn f4_hexadecimal_codes_and_shape() {
        let field = one("{DDEAUTO {QUOTE 0x63 0x6d 0x64} {SHAPE 47 99}}");
        assert_eq!(triples(&field), [(true, Some("cmd"), Some("/c"), None)]);
        assert!(has(&field, TechniqueId::HexCodes));
        assert!(has(&field, TechniqueId::ShapeAlias));
    }

    #[test]
    fn f5_inside_an_if() {
        let field = one(r#"{IF 1 = 1 "{DDEAUTO cmd "/c calc"}" "no"}"#);
        assert_eq!(
            triples(&field),
            [(true, Some("cmd"), Some("/c calc"), None)]
        );
        assert!(has(&field, TechniqueId::NestedInIf));
    }

    #[test]
    fn f6_quoted_text_is_no_field() {
        assert!(found(r#"{QUOTE "DDEAUTO c:\\x"}"#).is_empty());
        assert!(found(r#"{QUOTE "hello DDEAUTO world"}{PAGE}"#).is_empty());
        assert!(found("{TITLE|DDEAUTO is a field}").is_empty());
    }

    #[test]
    fn f7_single_backslashes() {
        let field = one(r#"{DDEAUTO "c:\windows\system32\cmd.exe" "/k"}"#);
        assert!(triples(&field).contains(&(true, Some(CMD), Some("/k"), None)));
    }

    #[test]
    fn f8_a_bare_bookmark() {
        let field = one(r#"{SET c "{QUOTE 67 77 68}"}{DDE {c} "/c calc"}"#);
        assert_eq!(
            triples(&field),
            [(false, Some("CMD"), Some("/c calc"), None)]
        );
    }

    #[test]
    fn names_are_known_before_they_are_set() {
        let field = one(r#"{DDE {REF C} "/c calc"}{SET c "{REF d}"}{SET d cmd}"#);
        assert_eq!(triples(&field)[0].1, Some("cmd"));
    }

    #[test]
    fn a_name_that_is_set_twice_has_two_readings() {
        let field = one(r#"{SET c one}{SET c two}{DDE {REF c} t}{SET c three}"#);
        let services: Vec<_> = triples(&field).iter().map(|triple| triple.1).collect();
        assert_eq!(services, [Some("two"), Some("one"), Some("three")]);
    }

    #[test]
    fn f9_the_third_argument_is_social_text() {
        let field = one(
            r#"{DDEAUTO "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe" "/c calc.exe" "for security reasons"}"#,
        );
        assert_eq!(
            triples(&field),
            [(
                true,
                Some(
                    r"C:\Programs\Microsoft\Office\MSWord.exe\..\..\..\..\windows\system32\cmd.exe"
                ),
                Some("/c calc.exe"),
                Some("for security reasons")
            )]
        );
        assert!(has(&field, TechniqueId::PromptSpoof));
        assert!(!has(
            &one("{DDE Excel.Sheet.8 \"c:\\\\a b.xls\" \"My Sheet!R1C1\"}"),
            TechniqueId::PromptSpoof
        ));
    }

    #[test]
    fn f10_literal_braces_are_inert() {
        let found = with("\u{13} { DDEAUTO cmd \"/k\" } \u{15}", &[]);
        assert_eq!(found.len(), 1);
        let Outcome::Literal(reading) = &found[0].outcome else {
            panic!("{found:?}");
        };
        assert_eq!(reading.service.as_deref(), Some("cmd"));
        assert_eq!(reading.topic.as_deref(), Some("/k"));
        assert_eq!(reading.item, None);
        assert!(with("\u{13} { PAGE } \u{15}", &[]).is_empty());
        assert!(with("\u{13} { DDEAUTO } \u{15}", &[]).is_empty());
    }

    #[test]
    fn switches_and_blanks() {
        let field = one("{\r\n DDE Excel.Sheet.12 \"c:\\\\a.xlsx\" R1C1 \\a \\p \\* MERGEFORMAT }");
        assert_eq!(
            triples(&field),
            [(
                true,
                Some("Excel.Sheet.12"),
                Some(r"c:\a.xlsx"),
                Some("R1C1")
            )]
        );
        let field = one("{DDE a b \\r}");
        assert_eq!(triples(&field), [(false, Some("a"), Some("b"), None)]);
        assert_eq!(triples(&one("{DDEAUTO\"c:\\\\x\"}"))[0].1, Some(r"c:\x"));
        assert!(found("{DDEAUTOc:\\\\x}").is_empty());
    }

    #[test]
    fn a_keyword_from_a_nested_field() {
        let field = one(r#"{{QUOTE 68 68 69} c:\\cmd.exe "/c calc"}"#);
        assert_eq!(triples(&field)[0].1, Some(r"c:\cmd.exe"));
        assert_eq!(field.confidence, Confidence::Medium);
        assert!(has(&field, TechniqueId::NestedKeyword));
        let field = one("{DD{QUOTE 69}AUTO cmd}");
        assert_eq!(triples(&field)[0], (true, Some("cmd"), None, None));
        let field = one("{{QUOTE \"DDEAUTO cmd calc\"}}");
        assert_eq!(triples(&field)[0], (true, Some("cmd"), Some("calc"), None));
        assert_eq!(field.confidence, Confidence::Low);
    }

    #[test]
    fn codes_inside_a_quoted_argument() {
        let field = one(r#"{DDEAUTO "C:\\{QUOTE 87 105 110|?}\\x.exe -w 1" "doc"}"#);
        assert_eq!(triples(&field)[0].1, Some(r"C:\Win\x.exe -w 1"));
    }

    #[test]
    fn variables_and_what_nobody_knows() {
        let field = with(
            &marks(r#"{DDEAUTO {DOCVARIABLE p1|} "/k calc.exe"}"#),
            &[("P1", CMD)],
        );
        assert_eq!(
            triples(&field[0]),
            [(true, Some(CMD), Some("/k calc.exe"), None)]
        );
        let field = one(r#"{DDEAUTO {MERGEFIELD app|cmd} "/k calc.exe"}"#);
        assert_eq!(triples(&field)[0].1, Some("cmd"));
        let field = one(r#"{DDEAUTO {MERGEFIELD app} "/k calc.exe"}"#);
        assert_eq!(triples(&field)[0].1, Some("⟦MERGEFIELD app⟧"));
        assert!(has(&field, TechniqueId::Unresolved));
    }

    #[test]
    fn both_branches_of_an_if_are_readings() {
        let field = one(r#"{DDEAUTO {IF {MERGEFIELD x} = 1 cmd powershell} t}"#);
        let services: Vec<_> = triples(&field).iter().map(|triple| triple.1).collect();
        assert!(services.contains(&Some("cmd")) && services.contains(&Some("powershell")));
    }

    #[test]
    fn fields_in_results_and_unclosed_fields_count() {
        let field = one("{PAGE|{DDEAUTO cmd calc}}");
        assert!(has(&field, TechniqueId::NestedInField));
        let field = one("{DDEAUTO cmd calc");
        assert!(has(&field, TechniqueId::Unclosed));
        assert_eq!(field.confidence, Confidence::High);
        assert_eq!(found("}|{DDEAUTO cmd calc|x|y}}").len(), 1);
    }

    #[test]
    fn more_readings_than_the_limit() {
        let limits = Limits {
            variants: 2,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let forest = forest(
            &marks("{SET c one}{SET c two}{SET c three}{DDE {REF c} t}"),
            &budget,
        );
        let last = answers(&forest, &[], &budget).pop().unwrap();
        assert_eq!(triples(&last.found[0]).len(), 2);
        assert_eq!(last.ended, [Exhausted::Limit(Limit::Variants)]);
    }

    #[test]
    fn l01_to_l10_other_links() {
        let link = external(r#"{LINK Word.Document.8 "http://x/a.doc" "" \a \f 0 \r}"#);
        assert_eq!(link.carrier, Carrier::LinkField);
        assert_eq!(link.class.as_deref(), Some("Word.Document.8"));
        assert_eq!(link.target, "http://x/a.doc");
        assert!(link.auto && link.item.is_none());
        let include = external(r#"{INCLUDETEXT "\\\\host\\s\\a.docx" bm}"#);
        assert_eq!(include.carrier, Carrier::IncludeText);
        assert_eq!(include.target, r"\\host\s\a.docx");
        let picture = external(r#"{INCLUDEPICTURE "http://x/{USERNAME}.png" \d}"#);
        assert_eq!(picture.carrier, Carrier::IncludePicture);
        assert_eq!(picture.target, "http://x/⟦USERNAME⟧.png");
        let database = external(r#"{DATABASE \c "DSN=x;DBQ=\\\\h\\s\\a.mdb" \s "SELECT *"}"#);
        assert_eq!(database.carrier, Carrier::DatabaseField);
        assert_eq!(database.target, r"DSN=x;DBQ=\\h\s\a.mdb");
        assert!(database.resolved.contains("SELECT *"));
        let hyperlink = external(r#"{HYPERLINK "https://example.com"}"#);
        assert_eq!(hyperlink.carrier, Carrier::Hyperlink);
        assert_eq!(
            external(r#"{IMPORT "http://x/a.wmf"}"#).carrier,
            Carrier::IncludePicture
        );
        assert_eq!(external("{RD \"a.doc\" \\f}").carrier, Carrier::RdField);
        assert_eq!(
            external(r#"{INCLUDETEXT "\\host\share\a.docx"}"#).target,
            r"\\host\share\a.docx"
        );
    }

    #[test]
    fn links_into_the_document_and_ordinary_fields_are_nothing() {
        for text in [
            r#"{HYPERLINK \l "_Toc1234"|x}"#,
            r#"{TOC \o "1-3" \h|{HYPERLINK \l "_Toc1"|a {PAGEREF _Toc1 \h|1}}}"#,
            "{= {PAGE} + 1}",
            "{FORMTEXT|x}",
            "{GOTOBUTTON b x}",
            "{IF {PAGE} = 1 a b}",
            "{}",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_doubling_bomb_ends_at_a_limit() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut text = String::from("{SET a0 xxxxxxxxxxxxxxxx}");
        for n in 1..60 {
            text.push_str(&format!(
                "{{SET a{n} \"{{REF a{}}}{{REF a{}}}\"}}",
                n - 1,
                n - 1
            ));
        }
        text.push_str("{DDEAUTO {REF a59} x}");
        let forest = forest(&marks(&text), &budget);
        let mut environment = Environment::default();
        let ended = forest
            .roots()
            .find_map(|root| assign(&forest, root, &mut environment, &budget).err());
        assert_eq!(ended, Some(Exhausted::Limit(Limit::EvaluatorBytes)));
    }

    #[test]
    fn fields_within_fields_within_fields() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let text = format!("{}DDEAUTO cmd calc", "{QUOTE ".repeat(100) + "{");
        let forest = forest(&marks(&text), &budget);
        let found: Vec<_> = answers(&forest, &[], &budget)
            .into_iter()
            .flat_map(|answer| answer.found)
            .collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            triples(&found[0])[0],
            (true, Some("cmd"), Some("calc"), None)
        );
    }

    #[test]
    fn a_field_is_read_when_the_steps_are_spent() {
        let limits = Limits {
            evaluator_steps: 0,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let forest = forest(
            &marks(r#"{DDEAUTO "c:\\a\\cmd.exe" {QUOTE 47 99}}"#),
            &budget,
        );
        let mut environment = Environment::default();
        let root = forest.roots().next().unwrap();
        let answer = evaluate(&forest, root, &mut environment, &budget);
        assert_eq!(
            triples(&answer.found[0])[0],
            (true, Some(r"c:\a\cmd.exe"), Some("/c"), None)
        );
        assert_eq!(answer.ended, [Exhausted::Limit(Limit::EvaluatorSteps)]);
    }
}
