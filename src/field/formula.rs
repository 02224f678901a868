//! Formulas of numbers: `{= 60+7}`, `{= SUM(60,7)}` (ECMA-376 part 1 §17.16.3).
//!
//! # Malformed input
//!
//! What is no formula has no value. Worst case: linear in the text; nesting costs a stack on the
//! heap, no recursion.

/// The value of a formula of numbers, names, `+ - * / ^ %`, relations, functions and parentheses.
/// `named` gives the value of a name. `None` when the text is anything else, and when the value
/// is no number.
pub(super) fn evaluate(text: &str, named: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let mut machine = Machine::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..)?;
        rest = match c {
            _ if c.is_whitespace() => after,
            // A sign of currency in front of a number says nothing.
            '$' if !machine.operand => after,
            '0'..='9' | '.' if !machine.operand => {
                let (number, after) = number(rest, machine.is_in_call())?;
                machine.number(number);
                after
            }
            _ if c.is_alphabetic() && !machine.operand => {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end)?;
                if let Some(after) = after.trim_start().strip_prefix('(') {
                    machine.call(Function::of(name)?);
                    after
                } else {
                    let constant = match name.to_ascii_uppercase().as_str() {
                        "TRUE" => Some(1.0),
                        "FALSE" => Some(0.0),
                        _ => None,
                    };
                    machine.number(constant.or_else(|| named(name))?);
                    after
                }
            }
            _ => {
                let relation = ["<=", ">=", "<>", "=", "<", ">"]
                    .into_iter()
                    .find_map(|sign| Some((sign, rest.strip_prefix(sign)?)));
                if let Some((sign, after)) = relation {
                    machine.two(sign)?;
                    after
                } else {
                    machine.sign(c)?;
                    after
                }
            }
        };
    }
    machine.finish().filter(|value| value.is_finite())
}

/// The number at the start of the text, and what follows. Between the arguments of a function a
/// comma is no part of it.
fn number(text: &str, in_call: bool) -> Option<(f64, &str)> {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (own, after) = rest.split_at_checked(end)?;
        digits.push_str(own);
        rest = after;
        // Thousands: exactly three digits.
        let thousand = after.strip_prefix(',').filter(|group| {
            let digits = group.bytes().take_while(u8::is_ascii_digit);
            !in_call && digits.take(4).count() == 3
        });
        match thousand {
            Some(group) => rest = group,
            None => return Some((digits.parse().ok()?, rest)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Abs,
    And,
    Average,
    Count,
    If,
    Int,
    Max,
    Min,
    Mod,
    Not,
    Or,
    Product,
    Round,
    Sign,
    Sum,
}

impl Function {
    fn of(name: &str) -> Option<Function> {
        Some(match name.to_ascii_uppercase().as_str() {
            "ABS" => Function::Abs,
            "AND" => Function::And,
            "AVERAGE" => Function::Average,
            "COUNT" => Function::Count,
            "IF" => Function::If,
            "INT" => Function::Int,
            "MAX" => Function::Max,
            "MIN" => Function::Min,
            "MOD" => Function::Mod,
            "NOT" => Function::Not,
            "OR" => Function::Or,
            "PRODUCT" => Function::Product,
            "ROUND" => Function::Round,
            "SIGN" => Function::Sign,
            "SUM" => Function::Sum,
            _ => return None,
        })
    }

    /// The value for these arguments, of which there is at least one.
    fn value(self, arguments: &[f64]) -> Option<f64> {
        let all = || arguments.iter().copied();
        let count = all().fold(0.0, |count, _| count + 1.0);
        Some(match (self, arguments) {
            (Function::Sum, _) => all().sum(),
            (Function::Product, _) => all().product(),
            (Function::Average, _) => all().sum::<f64>() / count,
            (Function::Count, _) => count,
            (Function::Max, _) => all().reduce(f64::max)?,
            (Function::Min, _) => all().reduce(f64::min)?,
            (Function::And, _) => truth(all().all(is_true)),
            (Function::Or, _) => truth(all().any(is_true)),
            (Function::Abs, [value]) => value.abs(),
            (Function::Int, [value]) => value.trunc(),
            (Function::Not, [value]) => truth(!is_true(*value)),
            (Function::Sign, [value]) if is_true(*value) => value.signum(),
            (Function::Sign, [_]) => 0.0,
            (Function::Mod, [value, by]) => value % by,
            (Function::Round, [value, places]) => round(*value, *places),
            (Function::If, [condition, then, _]) if is_true(*condition) => *then,
            (Function::If, [_, _, otherwise]) => *otherwise,
            _ => return None,
        })
    }
}

fn truth(is: bool) -> f64 {
    if is { 1.0 } else { 0.0 }
}

fn is_true(value: f64) -> bool {
    value.abs() > 0.0
}

/// Rounds to so many places behind the point, or in front of it; halves away from zero.
pub(super) fn round(value: f64, places: f64) -> f64 {
    let scale = 10_f64.powf(places.trunc());
    (value * scale).round() / scale
}

/// What waits for its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Open,
    /// A function, and how many values there were in front of its arguments.
    Call(Function, usize),
    /// A minus that takes one value.
    Negative,
    /// Takes two values.
    Two(&'static str),
}

/// Values and signs that wait (the shunting yard).
#[derive(Default)]
struct Machine {
    values: Vec<f64>,
    signs: Vec<Sign>,
    /// The parentheses that are open: whether each is that of a function.
    open: Vec<bool>,
    /// A value came last: a sign that takes two may follow.
    operand: bool,
}

impl Machine {
    fn is_in_call(&self) -> bool {
        self.open.last().copied().unwrap_or_default()
    }

    fn number(&mut self, value: f64) {
        self.values.push(value);
        self.operand = true;
    }

    fn call(&mut self, function: Function) {
        self.signs.push(Sign::Call(function, self.values.len()));
        self.open.push(true);
    }

    fn sign(&mut self, c: char) -> Option<()> {
        match c {
            '(' if !self.operand => {
                self.signs.push(Sign::Open);
                self.open.push(false);
            }
            '+' if !self.operand => {}
            '-' if !self.operand => self.signs.push(Sign::Negative),
            ')' if self.operand => self.close()?,
            ',' | ';' if self.operand && self.is_in_call() => {
                self.settle(0)?;
                self.operand = false;
            }
            '%' if self.operand => {
                let value = self.values.pop()?;
                self.values.push(value / 100.0);
            }
            '+' => self.two("+")?,
            '-' => self.two("-")?,
            '*' => self.two("*")?,
            '/' => self.two("/")?,
            '^' => self.two("^")?,
            _ => return None,
        }
        Some(())
    }

    /// A sign that takes two values.
    fn two(&mut self, sign: &'static str) -> Option<()> {
        if !self.operand {
            return None;
        }
        self.settle(binds(Sign::Two(sign)).checked_sub(1)?)?;
        self.signs.push(Sign::Two(sign));
        self.operand = false;
        Some(())
    }

    /// Carries out the signs that bind more than `most`.
    fn settle(&mut self, most: u8) -> Option<()> {
        while self.signs.last().is_some_and(|sign| binds(*sign) > most) {
            self.apply()?;
        }
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        self.settle(0)?;
        self.open.pop();
        if let Sign::Call(function, before) = self.signs.pop()? {
            let mut arguments = Vec::new();
            while self.values.len() > before {
                arguments.push(self.values.pop()?);
            }
            arguments.reverse();
            self.values.push(function.value(&arguments)?);
        }
        Some(())
    }

    /// Carries out the last sign.
    fn apply(&mut self) -> Option<()> {
        let sign = self.signs.pop()?;
        let right = self.values.pop()?;
        let Sign::Two(sign) = sign else {
            self.values.push(-right);
            return (sign == Sign::Negative).then_some(());
        };
        let left = self.values.pop()?;
        self.values.push(match sign {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "^" => left.powf(right),
            "=" => truth(left.total_cmp(&right).is_eq()),
            "<>" => truth(left.total_cmp(&right).is_ne()),
            "<" => truth(left < right),
            "<=" => truth(left <= right),
            ">" => truth(left > right),
            ">=" => truth(left >= right),
            _ => return None,
        });
        Some(())
    }

    fn finish(mut self) -> Option<f64> {
        while !self.signs.is_empty() {
            self.apply()?;
        }
        let value = self.values.pop()?;
        (self.operand && self.values.is_empty()).then_some(value)
    }
}

/// How much a sign binds; parentheses do not.
fn binds(sign: Sign) -> u8 {
    match sign {
        Sign::Open | Sign::Call(..) => 0,
        Sign::Two("+" | "-") => 2,
        Sign::Two("*" | "/") => 3,
        Sign::Two("^") => 4,
        Sign::Two(_) => 1,
        Sign::Negative => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        evaluate(text, |name| (name == "x").then_some(7.0))
    }

    #[test]
    fn formulas() {
        for (text, expected) in [
            ("60+7", 67.0),
            (" 2 + 3 * 4 ", 14.0),
            ("(2+3)*4", 20.0),
            ("2^3^2", 64.0),
            ("-3+10", 7.0),
            ("- (3 - 10)", 7.0),
            ("200*50%", 100.0),
            ("x*10-3", 67.0),
            ("134/2", 67.0),
            (".5*2", 1.0),
            ("$60+$7", 67.0),
            ("1,000+67", 1067.0),
            ("1,234,567", 1_234_567.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn functions() {
        for (text, expected) in [
            ("SUM(60,7)", 67.0),
            ("sum( 60 ; 4 ; 3 )", 67.0),
            ("SUM(1,000)", 1.0),
            ("PRODUCT(2,34)", 68.0),
            ("INT(68.9)", 68.0),
            ("INT(-5.7)", -5.0),
            ("MOD(168,100)", 68.0),
            ("MAX(3,68,5)", 68.0),
            ("MIN(68,70)", 68.0),
            ("ROUND(68.4,0)", 68.0),
            ("ROUND(123.456,2)", 123.46),
            ("ROUND(123.456,-2)", 100.0),
            ("ABS(-68)", 68.0),
            ("IF(1<2,68,0)", 68.0),
            ("IF(1>2,0,68)", 68.0),
            ("SIGN(-3)*-68", 68.0),
            ("SIGN(0)", 0.0),
            ("AVERAGE(66,70)", 68.0),
            ("COUNT(9,9,9)", 3.0),
            ("AND(1,0)+67", 67.0),
            ("OR(1,0)+67", 68.0),
            ("NOT(0)+67", 68.0),
            ("TRUE+67", 68.0),
            ("FALSE+67", 67.0),
            ("67+(2>=2)", 68.0),
            ("67+(2<>2)", 67.0),
            ("67+1=68", 1.0),
            ("SUM(MAX(1,2)*3, (4+5)*2) + x", 31.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_formula_has_no_value() {
        for text in [
            "",
            "+",
            "1 2",
            "(1",
            "1)",
            "1/0",
            "y+1",
            "SUM(ABOVE)",
            "SUM()",
            "SUM(1,)",
            "SUM(,1)",
            "SUM(1",
            "FOO(1)",
            "ABS(1,2)",
            "MOD(1,0)",
            "IF(1,2)",
            "(1,2)",
            "1,5",
            "1..2",
            "*1",
            "9^9^99",
            "1+",
            "()",
            "1<",
            "<1",
            "1=>2",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn deep_and_long_formulas() {
        let deep = format!("{}1{}", "(".repeat(30_000), ")".repeat(30_000));
        assert_eq!(value(&deep), Some(1.0));
        let deep = format!("{}1{}", "SUM(".repeat(15_000), ")".repeat(15_000));
        assert_eq!(value(&deep), Some(1.0));
        assert_eq!(value(&"(".repeat(60_000)), None);
        assert_eq!(value(&"SUM(1,".repeat(10_000)), None);
        assert_eq!(value(&format!("{}1", "-".repeat(60_000))), Some(1.0));
        assert_eq!(value(&format!("0{}", "+1".repeat(30_000))), Some(30_000.0));
        let long = format!("SUM(0{})", ",1".repeat(30_000));
        assert_eq!(value(&long), Some(30_000.0));
    }
}
