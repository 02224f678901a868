//! `call`: a line goes through the first phases once more, which is how a variable is used on the
//! line that sets it. Source: `call /?`; D. Benham's phase 6.

use super::for_loop::Variables;
use super::machine::{DEPTH, Machine};
use super::split::{after_keyword, is_delimiter};
use crate::link::TechniqueId;

impl Machine<'_, '_> {
    /// `call` takes its line through the first phases once more.
    pub(super) fn call(&mut self, arguments: &str, input: Option<&str>, depth: usize) {
        let mut line = arguments.trim_start_matches(is_delimiter);
        while let Some(more) = after_keyword(line, "call") {
            line = more.trim_start_matches(is_delimiter);
        }
        if line.starts_with(':') {
            return;
        }
        if depth > DEPTH || !self.pay_again(line.len()) {
            self.undecoded();
            self.launch(line, input);
            return;
        }
        // In a batch file two signs are one.
        let single = single_signs(line);
        let text = self.percent(&single, false);
        if text != single {
            self.step(TechniqueId::CallExpansion, line, &text);
        }
        self.run(&text, &Variables::new(), input, depth.saturating_add(1));
    }
}

/// `%%name%%` as `%name%`.
pub(super) fn single_signs(text: &str) -> String {
    let mut single = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        single.push_str(before);
        single.push('%');
        let (doubled, after) = match after.strip_prefix('%') {
            Some(after) => (true, after),
            None => (false, after),
        };
        // The name and the sign behind it.
        let end = after.find('%').unwrap_or(after.len());
        let (name, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        single.push_str(name);
        rest = behind;
        if let Some(more) = behind.strip_prefix('%') {
            single.push('%');
            let second = more.strip_prefix('%').filter(|_| doubled);
            rest = second.unwrap_or(more);
        }
    }
    single.push_str(rest);
    single
}

#[cfg(test)]
mod tests {
    use super::single_signs;

    #[test]
    fn doubled_signs() {
        for (text, expected) in [
            ("%%x%%", "%x%"),
            ("%%x:~1%%y", "%x:~1%y"),
            ("%x%%y%", "%x%%y%"),
            ("100%", "100%"),
            ("%%", "%"),
            ("", ""),
        ] {
            assert_eq!(single_signs(text), expected, "{text}");
        }
    }
}
