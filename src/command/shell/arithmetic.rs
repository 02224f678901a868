//! `set /a`: whole numbers of 32 bits, the operators of C, names of variables without percent
//! signs. Source: `set /?`.
//!
//! # Worst cases
//!
//! One pass; operators wait on a stack of their own, so that parentheses do not recurse.

use super::environment::{Environment, Value};
use super::pieces::number;

/// The value of an expression without assignments. `None` where it makes no sense.
pub(super) fn value(text: &str, env: &Environment) -> Option<i64> {
    let mut values: Vec<i64> = Vec::new();
    let mut waiting: Vec<Operator> = Vec::new();
    let mut operand = true;
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
        let Some(c) = rest.chars().next() else { break };
        if operand {
            let unary = match c {
                '(' => Some(Operator::Open),
                '-' => Some(Operator::Negative),
                '+' => Some(Operator::Positive),
                '~' => Some(Operator::Not),
                '!' => Some(Operator::Zero),
                _ => None,
            };
            if let Some(unary) = unary {
                waiting.push(unary);
                rest = rest.get(1..)?;
                continue;
            }
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$')));
            let (word, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            if word.is_empty() {
                return None;
            }
            values.push(named(word, env)?);
            rest = after;
            operand = false;
            continue;
        }
        if c == ')' {
            loop {
                match waiting.pop()? {
                    Operator::Open => break,
                    operator => apply(operator, &mut values)?,
                }
            }
            rest = rest.get(1..)?;
            continue;
        }
        let (operator, width) = Operator::binary(rest)?;
        while let Some(top) = waiting.last().copied()
            && top.strength() >= operator.strength()
        {
            waiting.pop();
            apply(top, &mut values)?;
        }
        waiting.push(operator);
        rest = rest.get(width..)?;
        operand = true;
    }
    while let Some(operator) = waiting.pop() {
        apply(operator, &mut values)?;
    }
    let value = values.pop()?;
    values.is_empty().then_some(value)
}

fn named(word: &str, env: &Environment) -> Option<i64> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return number(word);
    }
    Some(match env.value(word) {
        Some(Value::Own(text) | Value::Same(text)) => number(text).unwrap_or(0),
        Some(Value::Varies(_)) => return None,
        None => 0,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Open,
    Or,
    Xor,
    And,
    Left,
    Right,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Negative,
    Positive,
    Not,
    Zero,
}

impl Operator {
    fn binary(text: &str) -> Option<(Self, usize)> {
        if text.starts_with("<<") {
            return Some((Operator::Left, 2));
        }
        if text.starts_with(">>") {
            return Some((Operator::Right, 2));
        }
        let operator = match text.chars().next()? {
            '|' => Operator::Or,
            '^' => Operator::Xor,
            '&' => Operator::And,
            '+' => Operator::Plus,
            '-' => Operator::Minus,
            '*' => Operator::Times,
            '/' => Operator::Divide,
            '%' if text.starts_with("%%") => return Some((Operator::Modulo, 2)),
            '%' => Operator::Modulo,
            _ => return None,
        };
        Some((operator, 1))
    }

    fn strength(self) -> u8 {
        match self {
            Operator::Open => 0,
            Operator::Or => 1,
            Operator::Xor => 2,
            Operator::And => 3,
            Operator::Left | Operator::Right => 4,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Divide | Operator::Modulo => 6,
            Operator::Negative | Operator::Positive | Operator::Not | Operator::Zero => 7,
        }
    }
}

fn apply(operator: Operator, values: &mut Vec<i64>) -> Option<()> {
    let right = values.pop()?;
    let value = match operator {
        Operator::Open => return None,
        Operator::Negative => right.checked_neg()?,
        Operator::Positive => right,
        Operator::Not => !right,
        Operator::Zero => i64::from(right == 0),
        binary => {
            let left = values.pop()?;
            let shift = || u32::try_from(right).ok().filter(|shift| *shift < 32);
            match binary {
                Operator::Or => left | right,
                Operator::Xor => left ^ right,
                Operator::And => left & right,
                Operator::Left => left.checked_shl(shift()?)?,
                Operator::Right => left.checked_shr(shift()?)?,
                Operator::Plus => left.checked_add(right)?,
                Operator::Minus => left.checked_sub(right)?,
                Operator::Times => left.checked_mul(right)?,
                Operator::Divide => left.checked_div(right)?,
                _ => left.checked_rem(right)?,
            }
        }
    };
    // Numbers have 32 bits.
    let low = u32::try_from(value.rem_euclid(1 << 32)).ok()?;
    values.push(i64::from(low.cast_signed()));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_documented() {
        let mut env = Environment::default();
        env.set("n", "5".into());
        for (text, expected) in [
            ("3+4*2", Some(11)),
            ("(3+4)*2", Some(14)),
            ("0x41-010", Some(57)),
            ("n*n", Some(25)),
            ("-n+1", Some(-4)),
            ("7%%4", Some(3)),
            ("7 % 4", Some(3)),
            ("1<<4|1", Some(17)),
            ("~0", Some(-1)),
            ("!0", Some(1)),
            ("2147483647+1", Some(-2_147_483_648)),
            ("nothing", Some(0)),
            ("1/0", None),
            ("1+", None),
            ("(1", None),
            ("1)", None),
            ("", None),
        ] {
            assert_eq!(value(text, &env), expected, "{text}");
        }
        let deep = "(".repeat(100_000) + "1" + &")".repeat(100_000);
        assert_eq!(value(&deep, &env), Some(1));
    }
}
