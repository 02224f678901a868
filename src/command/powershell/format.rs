//! The format operator: `"{1}{0}" -f 'x','ie'` (`about_Operators`, "Format operator"; composite
//! formatting of .NET).

use super::value::Value;
use crate::command::unfold::Fuel;

/// The text with its items filled in; `None` where one is malformed or missing, which is an error
/// in PowerShell too.
pub(super) fn formatted(format: &str, items: &[Value], fuel: &mut Fuel<'_>) -> Option<String> {
    let mut text = String::new();
    let mut rest = format;
    while let Some((plain, after)) = rest
        .find(['{', '}'])
        .and_then(|at| rest.split_at_checked(at))
    {
        text.push_str(plain);
        if let Some(after) = after.strip_prefix("{{") {
            text.push('{');
            rest = after;
        } else if let Some(after) = after.strip_prefix("}}") {
            text.push('}');
            rest = after;
        } else {
            let (item, after) = after.strip_prefix('{')?.split_once('}')?;
            let (item, spelling) = item.split_once(':').unwrap_or((item, ""));
            let (item, width) = item.split_once(',').unwrap_or((item, ""));
            let value = items.get(item.trim().parse::<usize>().ok()?)?;
            let piece = spelled(value, spelling)?;
            let width: i64 = if width.is_empty() {
                0
            } else {
                width.trim().parse().ok()?
            };
            let blanks = usize::try_from(width.unsigned_abs())
                .ok()?
                .saturating_sub(piece.chars().count());
            if !fuel.pay(blanks.saturating_add(piece.len())) {
                return None;
            }
            let blanks = " ".repeat(blanks);
            if width > 0 {
                text.push_str(&blanks);
            }
            text.push_str(&piece);
            if width < 0 {
                text.push_str(&blanks);
            }
            rest = after;
        }
    }
    text.push_str(rest);
    Some(text)
}

fn spelled(value: &Value, spelling: &str) -> Option<String> {
    let mut letters = spelling.chars();
    let digits = match letters.as_str().get(1..).unwrap_or_default() {
        "" => 0,
        digits => digits.parse::<usize>().ok().filter(|digits| *digits < 64)?,
    };
    match (letters.next(), value) {
        (None, value) | (Some(_), value @ (Value::Text(_) | Value::Char(_))) => {
            value.text().map(|text| text.into_owned())
        }
        (Some('x'), Value::Int(number)) => Some(format!("{number:0digits$x}")),
        (Some('X'), Value::Int(number)) => Some(format!("{number:0digits$X}")),
        (Some('d' | 'D'), Value::Int(number)) => Some(format!("{number:0digits$}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::unfold::Pool;

    fn format(format: &str, items: &[&str]) -> Option<String> {
        let pool = Pool::new(1 << 20);
        let items: Vec<_> = items
            .iter()
            .map(|item| Value::Text((*item).to_owned()))
            .collect();
        formatted(format, &items, &mut Fuel::of(0, &pool))
    }

    /// Composite formatting, .NET: index, alignment, escaped braces.
    #[test]
    fn items() {
        assert_eq!(format("{1}{0}", &["x", "ie"]).as_deref(), Some("iex"));
        assert_eq!(format("{0}{0}", &["a"]).as_deref(), Some("aa"));
        assert_eq!(
            format("[{0,3}|{0,-3}]", &["a"]).as_deref(),
            Some("[  a|a  ]")
        );
        assert_eq!(format("{{{0}}}", &["a"]).as_deref(), Some("{a}"));
        assert_eq!(format("{1}", &["a"]), None);
        assert_eq!(format("{0", &["a"]), None);
        assert_eq!(format("{0,2000000000}", &["a"]), None);
    }
}
