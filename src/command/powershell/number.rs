//! Numbers: `0x41`, `0b1`, suffixes, arithmetic and `-bxor` (`about_Numeric_Literals`,
//! `about_Arithmetic_Operators`). Numbers with a fraction stay as they stand.

use super::value::Value;

/// A number as a script may write it.
pub(super) fn number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(super::scan::is_dash) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let number = if let Some(hex) = lower.strip_prefix("0x") {
        i64::from_str_radix(plain(hex)?, 16).ok()?
    } else if let Some(bits) = lower.strip_prefix("0b") {
        i64::from_str_radix(plain(bits)?, 2).ok()?
    } else {
        let (digits, unit) = match lower.as_bytes() {
            [.., b'k', b'b'] => (lower.strip_suffix("kb")?, 1 << 10),
            [.., b'm', b'b'] => (lower.strip_suffix("mb")?, 1 << 20),
            _ => (lower.as_str(), 1),
        };
        plain(digits)?.parse::<i64>().ok()?.checked_mul(unit)?
    };
    if negative {
        number.checked_neg()
    } else {
        Some(number)
    }
}

/// `from_str_radix` takes a sign, scripts do not here.
fn plain(digits: &str) -> Option<&str> {
    let short = digits.len() <= 20;
    (short && digits.starts_with(|c: char| c.is_ascii_hexdigit())).then_some(digits)
}

/// The operators between two numbers, in lower case.
pub(super) fn arithmetic(operator: &str, left: i64, right: i64) -> Option<Value> {
    Some(Value::Int(match operator {
        "+" => left.checked_add(right)?,
        "-" => left.checked_sub(right)?,
        "*" => left.checked_mul(right)?,
        "/" if left.checked_rem(right)? == 0 => left.checked_div(right)?,
        "%" => left.checked_rem(right)?,
        "bxor" => left ^ right,
        "band" => left & right,
        "bor" => left | right,
        "shl" => left.checked_shl(u32::try_from(right).ok()?)?,
        "shr" => left.checked_shr(u32::try_from(right).ok()?)?,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::number;

    /// about_Numeric_Literals: integer literals.
    #[test]
    fn literals() {
        for (text, value) in [
            ("100", Some(100)),
            ("0x10", Some(16)),
            ("0b11", Some(3)),
            ("1kb", Some(1024)),
            ("-7", Some(-7)),
            ("", None),
            ("x", None),
            ("1.5", None),
            ("0x", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }
}
