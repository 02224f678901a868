//! Comparisons: IF and COMPARE (`spec/word.md` §0.6).
//!
//! Worst case: a pattern of wildcards costs the product of the lengths, which is paid in steps.

use super::keyword::Arguments;
use crate::limits::{Budget, Exhausted};

/// Comparison operators; the longer ones first, for operands without blanks around them.
const OPERATORS: [&str; 6] = ["<>", "<=", ">=", "=", "<", ">"];

/// `a op b`, and the arguments behind it.
pub(super) struct Condition<'t> {
    pub(super) holds: bool,
    pub(super) rest: Vec<&'t str>,
}

/// Reads and decides the comparison at the start of the arguments; `None` when there is none.
pub(super) fn condition<'t>(
    arguments: &Arguments<'t>,
    budget: &Budget<'_>,
) -> Result<Option<Condition<'t>>, Exhausted> {
    let texts: Vec<&str> = arguments
        .words
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    let (left, operator, right, rest) = match texts.as_slice() {
        [left, operator, right, rest @ ..] if OPERATORS.contains(operator) => {
            (*left, *operator, *right, rest)
        }
        [together, rest @ ..] => {
            let split = OPERATORS
                .iter()
                .find_map(|operator| together.split_once(operator).map(|s| (s, operator)));
            match split {
                Some(((left, right), operator)) => (left, *operator, right, rest),
                None => return Ok(None),
            }
        }
        [] => return Ok(None),
    };
    Ok(Some(Condition {
        holds: compare(left, operator, right, budget)?,
        rest: rest.to_vec(),
    }))
}

fn compare(
    left: &str,
    operator: &str,
    right: &str,
    budget: &Budget<'_>,
) -> Result<bool, Exhausted> {
    let numbers = left
        .trim()
        .parse::<f64>()
        .ok()
        .zip(right.trim().parse::<f64>().ok());
    let equal = match numbers {
        Some((a, b)) => a.total_cmp(&b).is_eq(),
        None => matches(left, right, budget)?,
    };
    let order = match numbers {
        Some((a, b)) => a.total_cmp(&b),
        None => left.cmp(right),
    };
    Ok(match operator {
        "=" => equal,
        "<>" => !equal,
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Whether `text` matches `pattern`, in which `?` is one character and `*` any. The cost is paid:
/// in the worst case it is the product of the lengths.
fn matches(text: &str, pattern: &str, budget: &Budget<'_>) -> Result<bool, Exhausted> {
    if !pattern.contains(['*', '?']) {
        return Ok(text == pattern);
    }
    let product = text.len().saturating_mul(pattern.len());
    budget.charge_steps(u64::try_from(product).unwrap_or(u64::MAX) / 64)?;
    let (mut rest, mut wanted) = (text.chars(), pattern.chars());
    // Where to go on from when the last `*` has to take one more character.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut ahead = wanted.clone();
        match ahead.next() {
            Some('*') => {
                retry = Some((rest.clone(), ahead.clone()));
                wanted = ahead;
                continue;
            }
            Some(expected) => {
                let mut behind = rest.clone();
                if behind
                    .next()
                    .is_some_and(|c| expected == '?' || expected == c)
                {
                    (rest, wanted) = (behind, ahead);
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return Ok(true),
            None => {}
        }
        let Some((from, after)) = &mut retry else {
            return Ok(false);
        };
        if from.next().is_none() {
            return Ok(false);
        }
        (rest, wanted) = (from.clone(), after.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::keyword::Keyword;
    use crate::field::lexer::{Span, lex};
    use crate::limits::Limits;

    fn holds(instruction: &str) -> Option<bool> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let lexed = lex(&[Span::plain(instruction)], false);
        let arguments = Arguments::of(Keyword::If, &lexed.tokens);
        let condition = condition(&arguments, &budget).unwrap();
        condition.map(|condition| condition.holds)
    }

    #[test]
    fn numbers_and_texts_are_compared() {
        for (text, expected) in [
            ("IF 1 = 1", true),
            ("IF 10 < 9", false),
            ("IF 1=1", true),
            ("IF 2>=10", false),
            ("IF a <> b", true),
            ("IF \"abc\" = \"a*c\"", true),
            ("IF \"abd\" = \"a?c\"", false),
        ] {
            assert_eq!(holds(text), Some(expected), "{text}");
        }
        assert_eq!(holds("IF nonsense"), None);
        assert_eq!(holds("IF"), None);
    }

    #[test]
    fn wildcards_are_paid() {
        let limits = Limits {
            evaluator_steps: 1_000,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let text = "a".repeat(60_000);
        let pattern = "*a".repeat(30_000) + "b";
        assert!(matches(&text, &pattern, &budget).is_err());
    }
}
