//! Reports that an earlier run wrote, read back.

use std::path::Path;

use ddetect::{RecordedError, RecordedReport};
use serde_json::value::RawValue;

/// Each one, or why it is none.
pub(crate) type Reports = Vec<Result<RecordedReport, RecordedError>>;

/// The name decides, and not what stands in the file: a document could say that it is the report
/// of a clean one.
pub(crate) fn is_report(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("jsonl")
}

/// The reports of one run of `ddetect scan`: one object, an array of them, or one a line.
pub(crate) fn recorded(bytes: &[u8]) -> Reports {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"[") {
        return match serde_json::from_slice::<Vec<&RawValue>>(bytes) {
            Ok(rows) => rows.iter().map(|row| one(row.get().as_bytes())).collect(),
            Err(_) => vec![one(bytes)],
        };
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut lines = lines.filter(|line| !line.trim_ascii().is_empty());
    match lines.next() {
        // Indented, so that its first line is none.
        Some(first) if serde_json::from_slice::<&RawValue>(first).is_ok() => {
            [first].into_iter().chain(lines).map(one).collect()
        }
        Some(_) | None => vec![one(bytes)],
    }
}

fn one(json: &[u8]) -> Result<RecordedReport, RecordedError> {
    RecordedReport::from_json(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: &str = r#"{"schema":"ddetect/1","document":{"name":"a"},"verdict":"clean"}"#;

    #[test]
    fn reports_come_as_one_object_an_array_or_lines() {
        let count = |text: &str| {
            let all = recorded(text.as_bytes());
            (
                all.len(),
                all.iter().filter(|report| report.is_ok()).count(),
            )
        };
        assert_eq!(count(CLEAN), (1, 1));
        assert_eq!(count(&CLEAN.replace(',', ",\n")), (1, 1));
        assert_eq!(count(&format!("[{CLEAN},\n{CLEAN}]")), (2, 2));
        assert_eq!(count("[]"), (0, 0));
        assert_eq!(count(&format!("{CLEAN}\n\r\n{CLEAN}\n{{\"a\n")), (3, 2));
        assert_eq!(count(&format!("[{CLEAN},")), (1, 0));
        assert_eq!(count(""), (1, 0));
    }
}
