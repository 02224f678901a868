//! YAML, as much of it as a rule needs: mappings of texts and of lists of texts, every text in
//! double quotes.
//!
//! Source: YAML 1.2.2, sections 5.1 (what may stand in a stream) and 5.7 (escapes). Quoted like
//! this a text has no other meaning (`no`, `~`, `1e3`, `- x`, `a: b`, `# c`) in YAML 1.1 either.

/// A document that grows.
#[derive(Clone, Debug, Default)]
pub(in crate::export) struct Yaml {
    text: String,
    depth: usize,
}

impl Yaml {
    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
    }

    /// `key: "value"`.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.indent();
        self.text.push_str(key);
        self.text.push_str(": ");
        quote(&mut self.text, value);
        self.text.push('\n');
    }

    /// A list of texts; nothing when it is empty.
    pub(super) fn list(&mut self, key: &str, values: &[impl AsRef<str>]) {
        if values.is_empty() {
            return;
        }
        self.indent();
        self.text.push_str(key);
        self.text.push_str(":\n");
        for value in values {
            self.indent();
            self.text.push_str("    - ");
            quote(&mut self.text, value.as_ref());
            self.text.push('\n');
        }
    }

    /// A list of texts in which Sigma's wildcards mean themselves.
    pub(super) fn patterns(&mut self, key: &str, values: &[impl AsRef<str>]) {
        let literal: Vec<_> = values.iter().map(|value| literal(value.as_ref())).collect();
        self.list(key, &literal);
    }

    /// The rule that this one is like.
    pub(super) fn related(&mut self, id: &str) {
        self.text.push_str("related:\n    - id: ");
        quote(&mut self.text, id);
        self.text.push_str("\n      type: \"similar\"\n");
    }

    /// Opens a mapping.
    pub(super) fn open(&mut self, key: &str) {
        self.indent();
        self.text.push_str(key);
        self.text.push_str(":\n");
        self.depth = self.depth.saturating_add(1);
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A text in double quotes. What is not printable (5.1), and what changes how a line looks, is an
/// escape; pairs of UTF-16 are not, unlike in JSON.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let code = u32::from(c);
        let hidden = crate::text::Escaped::escapes(c) || matches!(code, 0xfffe | 0xffff);
        match code {
            0x22 | 0x5c => out.extend(['\\', c]),
            0x20..=0x7e => out.push(c),
            0..=0x9f => out.push_str(&format!("\\x{code:02x}")),
            0xa0..=0xffff if hidden => out.push_str(&format!("\\u{code:04x}")),
            0x1_0000.. if hidden => out.push_str(&format!("\\U{code:08x}")),
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// A text as Sigma reads it back: `*` and `?` are wildcards, and a backslash takes the meaning from
/// them and from another backslash. A single one before anything else stands for itself, which is
/// how people write paths.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = rest
            .len()
            .saturating_sub(rest.trim_start_matches('\\').len());
        if run > 0 {
            let after = rest.get(run..).unwrap_or_default();
            let alone = run == 1 && !after.is_empty() && !after.starts_with(['*', '?']);
            let times = if alone { 1 } else { run.saturating_mul(2) };
            out.extend(std::iter::repeat_n('\\', times));
            rest = after;
            continue;
        }
        if matches!(c, '*' | '?') {
            out.push('\\');
        }
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_quoted() {
        for (text, wanted) in [
            ("no", "\"no\""),
            ("a: b # c", "\"a: b # c\""),
            ("\\WINWORD.EXE", "\"\\\\WINWORD.EXE\""),
            ("\"'{}[]&*!|>%@`", "\"\\\"'{}[]&*!|>%@`\""),
            (
                "\0\n\r\t\u{1b}\u{7f}\u{85}",
                "\"\\x00\\x0a\\x0d\\x09\\x1b\\x7f\\x85\"",
            ),
            (
                "\u{202e}\u{2028}\u{feff}\u{ffff}",
                "\"\\u202e\\u2028\\ufeff\\uffff\"",
            ),
            ("é😀\u{e0041}", "\"é😀\\U000e0041\""),
        ] {
            let mut out = String::new();
            quote(&mut out, text);
            assert_eq!(out, wanted, "{text:?}");
        }
    }

    /// The examples of the Sigma specification ("Escaping"): `\*` is a star, `\\*` a backslash and a
    /// wildcard, `\\\*` a backslash and a star; `\\\\` two backslashes.
    #[test]
    fn wildcards_mean_themselves() {
        for (text, wanted) in [
            ("C:\\Windows\\x.exe", "C:\\Windows\\x.exe"),
            ("*.ps1?", "\\*.ps1\\?"),
            ("a\\*", "a\\\\\\*"),
            ("\\\\server\\x", "\\\\\\\\server\\x"),
            ("C:\\x\\", "C:\\x\\\\"),
        ] {
            assert_eq!(literal(text), wanted, "{text}");
        }
    }
}
