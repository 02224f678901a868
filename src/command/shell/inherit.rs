//! What a program takes over from the interpreter that starts it: variables, and text through a
//! pipe. A report shows each program alone, so that these are put in where they are read.
//!
//! Source: D. Bohannon, "DOSfuscation" (2018): `powershell IEX $env:x`, `powershell IEX $input`,
//! `(Get-Item env:x).Value`.

use super::environment::{Environment, Value};

/// A command line of PowerShell with the variables that were set for it as text.
pub(super) fn into_powershell(line: &str, env: &Environment) -> String {
    let own = |name: &str| match env.value(name)? {
        Value::Own(value) => Some(value),
        Value::Same(_) | Value::Varies(_) => None,
    };
    let mut text = String::new();
    let mut rest = line;
    let mut lower: &str = &line.to_ascii_lowercase();
    while let Some(at) = lower.find("env:") {
        let place = at.saturating_add(4);
        let (Some((before, after)), Some((_, lower_after))) =
            (rest.split_at_checked(place), lower.split_at_checked(place))
        else {
            break;
        };
        let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let (name, behind) = after
            .split_at_checked(end.unwrap_or(after.len()))
            .unwrap_or((after, ""));
        let (rest_before, close) = reference(before, behind);
        match (own(name), rest_before) {
            (Some(value), Some(kept)) => {
                text.push_str(kept);
                text.push_str(&literal(value));
                let skipped = name.len().saturating_add(close);
                rest = after.get(skipped..).unwrap_or_default();
                lower = lower_after.get(skipped..).unwrap_or_default();
            }
            _ => {
                text.push_str(before);
                rest = after;
                lower = lower_after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// What stands in front of a reference to a variable, and how much of what follows belongs to it.
fn reference<'t>(before: &'t str, behind: &str) -> (Option<&'t str>, usize) {
    let front = before
        .get(..before.len().saturating_sub(4))
        .unwrap_or_default();
    if let Some(kept) = front.strip_suffix("${") {
        return (Some(kept), usize::from(behind.starts_with('}')));
    }
    if let Some(kept) = front.strip_suffix('$') {
        return (Some(kept), 0);
    }
    // `(Get-Item env:x).Value`
    let Some((kept, command)) = front.rsplit_once('(') else {
        return (None, 0);
    };
    let command = command.trim().to_ascii_lowercase();
    let reads = [
        "get-item",
        "gi",
        "get-childitem",
        "gci",
        "dir",
        "ls",
        "childitem",
        "item",
    ];
    let value = behind
        .get(..7)
        .is_some_and(|end| end.eq_ignore_ascii_case(").value"));
    if value && reads.contains(&command.as_str()) {
        return (Some(kept), 7);
    }
    (None, 0)
}

/// `$input` as the text that came through a pipe.
pub(super) fn with_input(line: &str, input: &str) -> Option<String> {
    let at = line.to_ascii_lowercase().find("$input")?;
    let (before, rest) = line.split_at_checked(at)?;
    let rest = rest.get(6..)?;
    Some(format!("{before}{}{rest}", literal(input.trim_end())))
}

/// A text of PowerShell in single quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_pipes() {
        let mut env = Environment::default();
        env.set("x", "it's".into());
        for (line, expected) in [
            ("powershell IEX $env:x", "powershell IEX 'it''s'"),
            ("powershell IEX ${ENV:X};y", "powershell IEX 'it''s';y"),
            ("powershell iex (gi env:x).value", "powershell iex 'it''s'"),
            ("powershell $env:temp\\a", "powershell $env:temp\\a"),
            ("powershell env:x", "powershell env:x"),
        ] {
            assert_eq!(into_powershell(line, &env), expected);
        }
        assert_eq!(
            with_input("p IEX $Input", "calc\n").as_deref(),
            Some("p IEX 'calc'")
        );
        assert_eq!(with_input("p -", "calc"), None);
    }
}
