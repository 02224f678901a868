//! Which values of the nested fields an instruction is read with.
//!
//! Each nested field may have several values. They vary independently: first all as they most
//! plausibly are, then those combinations that spell a keyword, then all together, then one at a
//! time, then combinations. The number of rows is bounded; that a keyword can be spelled at all
//! is decided over all combinations, letter by letter, in time linear in the values.

use std::collections::BTreeMap;

use super::keyword::Keyword;
use super::lexer::{is_filler, is_quote, is_space};
use crate::limits::Budget;

/// Rows of one instruction.
const ROWS: usize = 64;
/// Nested fields that vary one at a time and in combinations; the others vary together.
const VARIED: usize = 16;
/// Nested fields in front of which a keyword may stand: it has fewer letters.
const LEADING: usize = 256;

/// Which value of a nested field is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pick {
    /// The n-th it may have, the last if it has fewer.
    Value(usize),
    /// The result that is stored with it, where it says anything else.
    Stored,
    /// None, where it is in doubt.
    Omitted,
}

/// One way to choose the values of the nested fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// For all of them
    together: Pick,
    /// but for these.
    alone: Picks,
}

impl Row {
    pub(super) const FIRST: Row = Row {
        together: Pick::Value(0),
        alone: Picks::new(),
    };

    pub(super) fn pick(&self, child: u32) -> Pick {
        self.alone.get(&child).copied().unwrap_or(self.together)
    }

    /// Values in doubt are left out.
    pub(super) fn omits(&self) -> bool {
        self.together == Pick::Omitted
    }

    fn together(pick: Pick) -> Row {
        Row {
            together: pick,
            ..Row::FIRST
        }
    }
}

/// The rows of an instruction.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// So many stand in front that tell which keywords are possible; the others only vary the
    /// arguments.
    pub(super) leading: usize,
    /// There are more combinations than rows.
    pub(super) capped: bool,
    /// Not every combination that may spell a keyword was looked at.
    pub(super) partial: bool,
}

/// What is known of the nested fields of an instruction.
#[derive(Default)]
pub(super) struct Doubts {
    /// Those with several values, and how many.
    pub(super) varied: Vec<(u32, usize)>,
    /// One has a stored result that says something else.
    pub(super) stored: bool,
    /// One is in doubt.
    pub(super) omitted: bool,
}

/// Lists the rows, the most plausible first. `spelled` are the combinations that spell a keyword.
pub(super) fn rows(doubts: &Doubts, spelled: Vec<Picks>) -> Rows {
    let mut rows = vec![Row::FIRST];
    let bases: Vec<Row> = spelled
        .into_iter()
        .map(|alone| Row {
            alone,
            ..Row::FIRST
        })
        .collect();
    rows.extend(bases.iter().cloned());
    let most = doubts.varied.iter().map(|(_, count)| *count).max();
    let several = doubts.varied.len() > 1;
    if several {
        rows.push(Row::together(Pick::Value(1)));
    }
    if doubts.stored {
        rows.push(Row::together(Pick::Stored));
    }
    if doubts.omitted {
        rows.push(Row::together(Pick::Omitted));
    }
    let leading = rows.len();
    // A keyword that needs certain values is tried with every value of the others.
    let mut bases = bases;
    bases.push(Row::FIRST);
    let varied = doubts.varied.get(..VARIED).unwrap_or(&doubts.varied);
    let mut capped = doubts.varied.len() > VARIED;
    for base in &bases {
        for (child, count) in varied {
            for value in 1..*count {
                if rows.len() >= ROWS {
                    capped = true;
                    break;
                }
                push(&mut rows, base.with(*child, value), &mut capped);
            }
        }
    }
    for value in 2..most.filter(|_| several).unwrap_or_default() {
        push(&mut rows, Row::together(Pick::Value(value)), &mut capped);
    }
    for base in &bases {
        combinations(base, varied, &mut rows, &mut capped);
    }
    Rows {
        rows,
        leading,
        capped,
        partial: false,
    }
}

/// Every combination in which two or more of the fields vary, until there are rows enough.
fn combinations(base: &Row, varied: &[(u32, usize)], rows: &mut Vec<Row>, capped: &mut bool) {
    let mut digits = vec![0_usize; varied.len()];
    // Each turn adds a row, but for those in which at most one digit is not zero.
    loop {
        let mut carried = true;
        for (digit, (_, count)) in digits.iter_mut().zip(varied) {
            *digit = digit.saturating_add(1);
            if *digit < *count {
                carried = false;
                break;
            }
            *digit = 0;
        }
        if carried || rows.len() >= ROWS {
            *capped |= !carried;
            return;
        }
        if digits.iter().filter(|digit| **digit > 0).count() < 2 {
            continue;
        }
        let mut row = base.clone();
        for (digit, (child, _)) in digits.iter().zip(varied) {
            if *digit > 0 {
                row = row.with(*child, *digit);
            }
        }
        push(rows, row, capped);
    }
}

impl Row {
    fn with(&self, child: u32, value: usize) -> Row {
        let mut row = self.clone();
        row.alone.insert(child, Pick::Value(value));
        row
    }
}

fn push(rows: &mut Vec<Row>, row: Row, capped: &mut bool) {
    if rows.contains(&row) {
        return;
    }
    if rows.len() < ROWS {
        rows.push(row);
    } else {
        *capped = true;
    }
}

/// A piece of an instruction, for the question of what its keyword may be.
pub(super) enum Letters<'a> {
    /// Text of the field itself.
    Plain(&'a str),
    /// A nested field and what it may give.
    Nested(u32, Vec<(Pick, &'a str)>),
}

/// Keywords that matter when a nested field gives them.
const KEYWORDS: [&str; 10] = [
    "DDEAUTO",
    "DDE",
    "LINK",
    "INCLUDETEXT",
    "INCLUDE",
    "INCLUDEPICTURE",
    "IMPORT",
    "DATABASE",
    "RD",
    "SET",
];

/// The values of nested fields that are not the most plausible ones.
pub(super) type Picks = BTreeMap<u32, Pick>;

/// The keywords that some combination of values spells.
pub(super) struct Spelled {
    /// One combination for each.
    pub(super) found: Vec<(Keyword, Picks)>,
    /// The search went to the end.
    pub(super) whole: bool,
}

/// Looks for keywords over all combinations of values. What was found so far is a set of
/// beginnings of keywords, of which there are few, so that the cost is linear in the values; it
/// is paid in steps.
pub(super) fn spelled<'a>(
    pieces: impl Iterator<Item = Letters<'a>>,
    budget: &Budget<'_>,
) -> Spelled {
    let mut search = Search {
        open: BTreeMap::from([(String::new(), None)]),
        over: BTreeMap::new(),
        ways: Vec::new(),
    };
    let mut left = LEADING;
    let mut whole = true;
    for piece in pieces {
        match piece {
            Letters::Plain(text) => search.plain(text),
            Letters::Nested(child, values) => {
                /// Beginnings and values that are looked at for one step.
                const STEP: usize = 2;
                let steps = search.open.len().saturating_mul(values.len()) / STEP;
                let paid = budget.charge_steps(u64::try_from(steps).unwrap_or(u64::MAX));
                let (Some(fewer), Ok(())) = (left.checked_sub(1), paid) else {
                    whole = false;
                    break;
                };
                left = fewer;
                search.nested(child, &values);
            }
        }
        if search.open.is_empty() {
            break;
        }
    }
    search.end(whole)
}

/// How letters were reached: the last value in them that is not the most plausible one, by its
/// place among the [`Way`]s.
type Via = Option<usize>;

struct Way {
    child: u32,
    pick: Pick,
    before: Via,
}

struct Search {
    /// The beginnings of keywords.
    open: BTreeMap<String, Via>,
    /// Keywords that something ended.
    over: BTreeMap<&'static str, Via>,
    ways: Vec<Way>,
}

impl Search {
    fn plain(&mut self, text: &str) {
        for (letters, via) in std::mem::take(&mut self.open) {
            match go_on(&letters, text, false) {
                Letter::Open(letters) => {
                    self.open.entry(letters).or_insert(via);
                }
                Letter::Over(word) => {
                    self.over.entry(word).or_insert(via);
                }
                Letter::Dead => {}
            }
        }
    }

    fn nested(&mut self, child: u32, values: &[(Pick, &str)]) {
        for (letters, before) in std::mem::take(&mut self.open) {
            for (pick, text) in values {
                match go_on(&letters, text, true) {
                    Letter::Open(letters) if !self.open.contains_key(&letters) => {
                        let via = self.via(child, *pick, before);
                        self.open.insert(letters, via);
                    }
                    Letter::Over(word) if !self.over.contains_key(word) => {
                        let via = self.via(child, *pick, before);
                        self.over.insert(word, via);
                    }
                    Letter::Open(_) | Letter::Over(_) | Letter::Dead => {}
                }
            }
        }
    }

    fn via(&mut self, child: u32, pick: Pick, before: Via) -> Via {
        if pick == Pick::Value(0) {
            return before;
        }
        self.ways.push(Way {
            child,
            pick,
            before,
        });
        self.ways.len().checked_sub(1)
    }

    fn end(mut self, whole: bool) -> Spelled {
        for word in KEYWORDS {
            if let Some(via) = self.open.get(word) {
                self.over.entry(word).or_insert(*via);
            }
        }
        let picks = |mut via: Via| {
            let mut picks = Picks::new();
            while let Some(way) = via.and_then(|at| self.ways.get(at)) {
                picks.insert(way.child, way.pick);
                via = way.before;
            }
            picks
        };
        let over = self.over.iter();
        Spelled {
            found: over
                .map(|(word, via)| (Keyword::of(word), picks(*via)))
                .collect(),
            whole,
        }
    }
}

enum Letter {
    /// More letters may follow.
    Open(String),
    /// A keyword, and what ends it.
    Over(&'static str),
    /// No keyword.
    Dead,
}

/// Adds letters to the beginning of a keyword. Linear in the blanks in front; a keyword is short.
fn go_on(letters: &str, text: &str, opaque: bool) -> Letter {
    let mut letters = letters.to_owned();
    for c in text.chars() {
        if !opaque && is_filler(c) {
            continue;
        }
        let ends = is_space(c) || is_quote(c);
        if ends && letters.is_empty() {
            continue;
        }
        if ends || c == '\\' {
            return match KEYWORDS.into_iter().find(|word| *word == letters) {
                Some(word) => Letter::Over(word),
                None => Letter::Dead,
            };
        }
        letters.push(c.to_ascii_uppercase());
        if !KEYWORDS.iter().any(|word| word.starts_with(&letters)) {
            return Letter::Dead;
        }
    }
    Letter::Open(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn look<'a>(pieces: impl IntoIterator<Item = Letters<'a>>) -> Spelled {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        spelled(pieces.into_iter(), &budget)
    }

    #[test]
    fn one_value_each_is_one_row() {
        let found = rows(&Doubts::default(), Vec::new());
        assert_eq!(found.rows, [Row::FIRST]);
        assert!(!found.capped);
    }

    #[test]
    fn two_fields_with_two_values_make_four_rows() {
        let doubts = Doubts {
            varied: vec![(7, 2), (9, 2)],
            ..Doubts::default()
        };
        let found = rows(&doubts, Vec::new());
        let picks = |row: &Row| (row.pick(7), row.pick(9));
        let seen: Vec<_> = found.rows.iter().map(picks).collect();
        let (a, b) = (Pick::Value(0), Pick::Value(1));
        for expected in [(a, a), (b, a), (a, b), (b, b)] {
            assert!(seen.contains(&expected));
        }
        assert_eq!(seen[0], (a, a));
        assert!(!found.capped);
    }

    #[test]
    fn a_hundred_fields_stay_within_the_rows() {
        let doubts = Doubts {
            varied: (0..10_000).map(|child| (child, 8)).collect(),
            stored: true,
            omitted: true,
        };
        let found = rows(&doubts, Vec::new());
        assert_eq!(found.rows.len(), ROWS);
        assert!(found.capped);
    }

    #[test]
    fn a_keyword_is_spelled_from_any_combination() {
        let nested = |child, values: &[&'static str]| {
            let values = values.iter().enumerate();
            Letters::Nested(
                child,
                values.map(|(n, text)| (Pick::Value(n), *text)).collect(),
            )
        };
        let pieces = [
            Letters::Plain(" "),
            nested(1, &["x", "D"]),
            nested(2, &["y", "z", "DE"]),
            nested(3, &["q", "AUTO"]),
            Letters::Plain(" cmd"),
        ];
        let Spelled { found, whole } = look(pieces);
        assert!(whole);
        let expected: Picks = [
            (1, Pick::Value(1)),
            (2, Pick::Value(2)),
            (3, Pick::Value(1)),
        ]
        .into();
        assert_eq!(found, [(Keyword::DdeAuto, expected)]);
    }

    #[test]
    fn a_keyword_may_bring_its_arguments() {
        let values = vec![(Pick::Value(0), "no"), (Pick::Stored, " DDE cmd /c")];
        let Spelled { found, .. } = look([Letters::Nested(4, values)]);
        assert_eq!(found, [(Keyword::Dde, [(4, Pick::Stored)].into())]);
    }

    #[test]
    fn many_empty_values_stay_cheap() {
        let pieces = (0..100_000).map(|child| {
            let texts = ["", "D", "L", "I", "DD", "R", "S", "INCLUDE"];
            let values = texts.into_iter().enumerate();
            Letters::Nested(
                child,
                values.map(|(n, text)| (Pick::Value(n), text)).collect(),
            )
        });
        let Spelled { found, whole } = look(pieces);
        assert!(!whole && found.len() <= KEYWORDS.len());
    }
}
