//! Names as URIs (RFC 3986): SARIF allows nothing else, and names of a document's parts hold
//! anything.

/// The reference of a document that was handed over. A path from the root becomes a `file` URI.
pub(super) fn root(name: &str) -> String {
    let encoded = encoded(name);
    match encoded.starts_with('/') {
        true => format!("file://{encoded}"),
        false => encoded,
    }
}

/// The reference of what stands inside another artifact: a path from its root. Without the slash
/// of an absolute path, which the validator of the format refuses (its rule SARIF1004).
pub(super) fn nested(name: &str) -> String {
    encoded(name.trim_start_matches('/'))
}

/// Everything but unreserved characters and single slashes as percent signs and digits. Segments
/// that are empty or dots mean something else in a URI, so they are spelled out, too.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for (number, segment) in name.split('/').enumerate() {
        if number > 0 {
            // `//` begins the name of a server.
            out.push_str(if segment.is_empty() { "%2F" } else { "/" });
        }
        let is_dots = matches!(segment, "." | "..");
        for byte in segment.bytes() {
            match byte {
                b'.' if is_dots => out.push_str("%2E"),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    out.push(char::from(byte));
                }
                byte => out.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    match out.is_empty() {
        true => "%20".to_owned(),
        false => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_references_that_lead_nowhere_else() {
        for (name, as_root, as_nested) in [
            ("q.docx", "q.docx", "q.docx"),
            (
                "word/document.xml",
                "word/document.xml",
                "word/document.xml",
            ),
            ("/data/q.docx", "file:///data/q.docx", "data/q.docx"),
            ("C:\\a b.doc", "C%3A%5Ca%20b.doc", "C%3A%5Ca%20b.doc"),
            ("//host/x", "%2F/host/x", "host/x"),
            ("../../x", "%2E%2E/%2E%2E/x", "%2E%2E/%2E%2E/x"),
            ("é\n%", "%C3%A9%0A%25", "%C3%A9%0A%25"),
            ("http://x/y", "http%3A%2F/x/y", "http%3A%2F/x/y"),
            ("", "%20", "%20"),
        ] {
            assert_eq!(root(name), as_root, "{name}");
            assert_eq!(nested(name), as_nested, "{name}");
        }
    }
}
