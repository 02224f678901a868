//! The conditions of `if`. Source: `if /?`.

use super::environment::Environment;
use super::pieces::number;
use super::split::{after_keyword, is_delimiter, word};

/// What `if` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition<'t> {
    question: Question,
    insensitive: bool,
    negated: bool,
    /// What follows the question.
    pub(super) body: &'t str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// `defined name`.
    Defined(String),
    /// `left==right`, `left EQU right`.
    Compare(String, String, String),
    /// About files and results of other programs.
    Unknown,
}

/// Reads what follows `if`.
pub(super) fn read(text: &str) -> Condition<'_> {
    let mut condition = Condition {
        question: Question::Unknown,
        insensitive: false,
        negated: false,
        body: text,
    };
    let mut rest = text.trim_start_matches(is_delimiter);
    loop {
        if let Some(after) = after_keyword(rest, "/i") {
            condition.insensitive = true;
            rest = after.trim_start_matches(is_delimiter);
        } else if let Some(after) = after_keyword(rest, "not") {
            condition.negated = !condition.negated;
            rest = after.trim_start_matches(is_delimiter);
        } else {
            break;
        }
    }
    if let Some(after) = after_keyword(rest, "defined") {
        let (name, body) = word(after);
        (condition.question, condition.body) = (Question::Defined(name), body);
        return condition;
    }
    for keyword in ["exist", "errorlevel", "cmdextversion"] {
        if let Some(after) = after_keyword(rest, keyword) {
            condition.body = word(after).1;
            return condition;
        }
    }
    let (left, after) = word(rest);
    let after = after.trim_start_matches([' ', '\t']);
    let (operator, right, body) = match after.strip_prefix("==") {
        Some(after) => {
            let (right, body) = word(after);
            ("==".to_owned(), right, body)
        }
        None => {
            let (operator, after) = word(after);
            let (right, body) = word(after);
            (operator.to_ascii_lowercase(), right, body)
        }
    };
    condition.question = Question::Compare(operator, left, right);
    condition.body = body;
    condition
}

impl Condition<'_> {
    /// The answer, with the last expansions done by `finish`; `None` where nobody knows.
    pub(super) fn holds(&self, env: &Environment, finish: impl Fn(&str) -> String) -> Option<bool> {
        let holds = match &self.question {
            Question::Unknown => return None,
            Question::Defined(name) => {
                let name = finish(name);
                // A variable of somebody else's may be set: only what is set is certain.
                env.value(&name).is_some().then_some(true)?
            }
            Question::Compare(operator, left, right) => {
                let (left, right) = (finish(left), finish(right));
                let open = |text: &str| text.contains('%') || text.contains('!');
                if open(&left) || open(&right) {
                    return None;
                }
                self.compare(operator, &left, &right)?
            }
        };
        Some(holds != self.negated)
    }

    fn compare(&self, operator: &str, left: &str, right: &str) -> Option<bool> {
        let (left, right) = match self.insensitive {
            true => (left.to_lowercase(), right.to_lowercase()),
            false => (left.to_owned(), right.to_owned()),
        };
        if operator == "==" {
            return Some(left == right);
        }
        let digits = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| number(text))
                .flatten()
        };
        let order = match (digits(&left), digits(&right)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left.cmp(&right),
        };
        Some(match operator {
            "equ" => order.is_eq(),
            "neq" => order.is_ne(),
            "lss" => order.is_lt(),
            "leq" => order.is_le(),
            "gtr" => order.is_gt(),
            "geq" => order.is_ge(),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions() {
        let mut env = Environment::default();
        env.set("x", "1".into());
        for (text, answer, body) in [
            (" 1==1 calc", Some(true), "calc"),
            (" 1 == 2 calc", Some(false), "calc"),
            (" not a==b calc", Some(true), "calc"),
            (" /i A==a (calc)", Some(true), "(calc)"),
            (" \"a b\"==\"a b\" calc", Some(true), "calc"),
            (" 10 gtr 9 calc", Some(true), "calc"),
            (" 0x10 EQU 16 calc", Some(true), "calc"),
            (" defined x calc", Some(true), "calc"),
            (" defined unknown calc", None, "calc"),
            (" exist c:\\x calc", None, "calc"),
            (" %y%==1 calc", None, "calc"),
        ] {
            let condition = read(text);
            assert_eq!(condition.holds(&env, str::to_owned), answer, "{text}");
            assert_eq!(condition.body.trim(), body, "{text}");
        }
    }
}
