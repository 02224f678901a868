//! Pieces of a variable: `~start,length` and `search=replacement`, behind `%` and `!` alike.
//!
//! Source: `set /?` ("Environment variable substitution has been enhanced as follows"). Numbers are
//! read as `wcstol` does: decimal, `0x` hexadecimal, octal after a zero.

use super::environment::USER;

/// Which change a variable went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Substring,
    Replacement,
}

/// The value after a change, which is what stands behind the colon. `None` where the change makes
/// no sense or depends on what is not known.
pub(super) fn changed(value: &str, change: &str) -> Option<(String, Piece)> {
    if let Some(numbers) = change.strip_prefix('~') {
        let (start, length) = match numbers.split_once(',') {
            Some((start, length)) => (number(start)?, Some(number(length)?)),
            None => (number(numbers)?, None),
        };
        return Some((substring(value, start, length)?, Piece::Substring));
    }
    let (search, replacement) = change.split_once('=')?;
    Some((replaced(value, search, replacement)?, Piece::Replacement))
}

/// A number, with blanks around it; nothing is zero.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let value = if digits.is_empty() {
        0
    } else if let Some(hex) = lower.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if lower.len() > 1 && lower.starts_with('0') {
        i64::from_str_radix(&lower, 8).ok()?
    } else {
        lower.parse().ok()?
    };
    if negative {
        value.checked_neg()
    } else {
        Some(value)
    }
}

fn substring(value: &str, start: i64, length: Option<i64>) -> Option<String> {
    let Some((head, tail)) = value.split_once(USER) else {
        return Some(within(value, start, length));
    };
    // Only what lies before or behind the part that is not known can be told.
    let count = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if start >= 0 {
        let end = start.checked_add(length.filter(|length| *length >= 0)?)?;
        (end <= count(head)).then(|| within(head, start, length))
    } else {
        (start.checked_neg()? <= count(tail)).then(|| within(tail, start, length))
    }
}

fn within(value: &str, start: i64, length: Option<i64>) -> String {
    let count = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
    let place = |number: i64| {
        if number < 0 {
            count.saturating_add(number)
        } else {
            number
        }
    };
    let start = place(start).clamp(0, count);
    let end = match length {
        None => count,
        Some(length) if length < 0 => count.saturating_add(length),
        Some(length) => start.saturating_add(length),
    };
    let skipped = usize::try_from(start).unwrap_or(0);
    let kept = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
    value.chars().skip(skipped).take(kept).collect()
}

/// Searching takes no notice of case; an asterisk in front means everything up to there.
fn replaced(value: &str, search: &str, replacement: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    if let Some(search) = search.strip_prefix('*').filter(|search| !search.is_empty()) {
        let Some(at) = lower.find(&search.to_ascii_lowercase()) else {
            return Some(value.to_owned());
        };
        let end = at.checked_add(search.len())?;
        return Some(format!("{replacement}{}", value.get(end..)?));
    }
    if search.is_empty() {
        return None;
    }
    let mut text = String::new();
    let mut from = 0;
    for (at, found) in lower.match_indices(&search.to_ascii_lowercase()) {
        // A short text in place of each letter may make a long one.
        if text.len() > super::LONGEST {
            return None;
        }
        text.push_str(value.get(from..at)?);
        text.push_str(replacement);
        from = at.checked_add(found.len())?;
    }
    text.push_str(value.get(from..)?);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of `set /?` and of the page of the command.
    #[test]
    fn as_documented() {
        for (value, change, expected) in [
            ("C:\\Windows\\system32\\cmd.exe", "~-7,3", "cmd"),
            ("C:\\Windows\\system32\\cmd.exe", "~-7", "cmd.exe"),
            ("C:\\Program Files\\Common Files", "~3,1", "P"),
            ("0123456789", "~10,5", ""),
            ("0123456789", "~-10,5", "01234"),
            ("0123456789", "~0,-2", "01234567"),
            ("0123456789", "~-2", "89"),
            ("0123456789", "~,3", "012"),
            ("0123456789", "~ 0x2 , 010", "23456789"),
            ("0123456789", "~-99,2", "01"),
            ("12345abcabc", "ab=xy", "12345xycxyc"),
            ("The cat", "*t=", "he cat"),
            ("aXbxc", "x=", "abc"),
            ("abc", "*q=z", "abc"),
            ("C:\\Users\\%USERNAME%\\AppData", "~3,1", "U"),
            ("C:\\Users\\%USERNAME%\\AppData", "~-7,3", "App"),
        ] {
            let read = changed(value, change).map(|(text, _)| text);
            assert_eq!(read.as_deref(), Some(expected), "{value} {change}");
        }
        for change in ["~x", "~1,y", "", "=a", "~1,2,3"] {
            assert_eq!(changed("value", change), None, "{change}");
        }
        assert_eq!(changed("C:\\Users\\%USERNAME%\\x", "~3,9"), None);
    }
}
