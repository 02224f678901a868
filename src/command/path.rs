//! Windows paths, read lexically: what a path names after `.` and `..`, doubled separators,
//! decoys, quotes, carets and variables are undone. Nothing asks a file system.

use std::borrow::Cow;

use super::programs::by_short_name;

/// Extensions that Windows runs or loads as code (specification sections 0.2 and 10.1, and the
/// script types of 8.2). Documents are not among them.
const EXECUTABLE: &[&str] = &[
    "appref-ms",
    "application",
    "bat",
    "cmd",
    "com",
    "cpl",
    "dll",
    "exe",
    "gadget",
    "hta",
    "inf",
    "ins",
    "jar",
    "jnlp",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "ocx",
    "pif",
    "ps1",
    "psm1",
    "py",
    "reg",
    "scf",
    "scr",
    "sct",
    "search-ms",
    "settingcontent-ms",
    "sh",
    "shb",
    "url",
    "vb",
    "vbe",
    "vbs",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xll",
    "xsl",
];

/// Extensions of documents that one Office program asks another for (section 10.3).
const DOCUMENT: &[&str] = &[
    "accdb", "csv", "dbf", "doc", "docm", "docx", "dot", "dotm", "dotx", "fods", "mdb", "mpp",
    "ods", "odt", "pot", "pps", "ppt", "pptm", "pptx", "prn", "rtf", "slk", "sxc", "txt", "xla",
    "xls", "xlsb", "xlsm", "xlsx", "xlt", "xltm", "xltx", "xlw",
];

/// Extensions that are not part of a program's name.
const PROGRAM: &[&str] = &[".exe", ".com", ".bat", ".cmd"];

/// Variables that stand for a program or a folder; kept in reports, mapped for matching.
const VARIABLES: &[(&str, &str)] = &[
    ("%comspec%", "c:\\windows\\system32\\cmd.exe"),
    ("%programfiles%", "c:\\program files"),
    ("%programfiles(x86)%", "c:\\program files (x86)"),
    ("%systemdrive%", "c:"),
    ("%systemroot%", "c:\\windows"),
    ("%windir%", "c:\\windows"),
];

/// A path after lexical resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Canonical {
    /// Lower-case, backslashes, no `.` or `..`, with drive or `\\` in front if there was one.
    pub(crate) text: String,
    /// A `..` was resolved.
    pub(crate) traversal: bool,
    /// It starts at a drive or a server.
    pub(crate) absolute: bool,
    /// How many names it has after the drive.
    pub(crate) components: usize,
}

/// Resolves a path lexically. Linear; a path that climbs above its root stays there, as in
/// Windows.
pub(crate) fn canonical(path: &str) -> Canonical {
    let path = path.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let mut clean = String::new();
    for c in path.chars() {
        match c {
            '"' | '^' => {}
            '/' => clean.push('\\'),
            c if c.is_ascii() => clean.push(c.to_ascii_lowercase()),
            c => clean.extend(c.to_lowercase()),
        }
    }
    let mut clean = with_variables(&clean);
    if let Some(rest) = clean.strip_prefix("\\\\?\\unc\\") {
        clean = Cow::Owned(format!("\\\\{rest}"));
    }
    let clean = clean.strip_prefix("\\\\?\\").unwrap_or(&clean);
    let (root, rest) = root_of(clean);

    let mut names: Vec<&str> = Vec::new();
    let mut traversal = false;
    for name in rest.split('\\') {
        match name.trim_matches(' ') {
            "" | "." => {}
            ".." => {
                traversal = true;
                names.pop();
            }
            name => names.push(name),
        }
    }
    let mut text = root.to_owned();
    if root.ends_with(':') {
        text.push('\\');
    }
    let mut names_left = names.iter();
    text.extend(names_left.next().copied());
    text.extend(names_left.flat_map(|name| ["\\", *name]));
    Canonical {
        text,
        traversal,
        absolute: root.ends_with(':') || root == "\\\\",
        components: names.len(),
    }
}

/// A drive, the two backslashes of a server, the backslash of the current drive, or nothing.
fn root_of(path: &str) -> (&str, &str) {
    let bytes = path.as_bytes();
    match (bytes.first(), bytes.get(1)) {
        (Some(letter), Some(b':')) if letter.is_ascii_alphabetic() => path.split_at(2),
        (Some(b'\\'), Some(b'\\')) => match bytes.get(2) {
            Some(c) if !matches!(c, b'\\' | b'.') => path.split_at(2),
            _ => path.split_at(1),
        },
        (Some(b'\\'), _) => path.split_at(1),
        _ => ("", path),
    }
}

/// Replaces the variables of the table at the start of a lower-case path.
fn with_variables(path: &str) -> Cow<'_, str> {
    let start = path.trim_start_matches('\\');
    if !start.starts_with('%') {
        return Cow::Borrowed(path);
    }
    for (name, value) in VARIABLES {
        if let Some(rest) = start.strip_prefix(name) {
            return Cow::Owned(format!("{value}{rest}"));
        }
        let changed = start.strip_prefix(name.trim_end_matches('%'));
        if let Some((change, rest)) = changed
            .and_then(|rest| rest.strip_prefix(':'))
            .and_then(|rest| rest.split_once('%'))
        {
            return Cow::Owned(format!("{}{rest}", changed_value(value, change)));
        }
    }
    Cow::Borrowed(path)
}

/// The value of a variable after `~start,length`. Any other change is a replacement of letters,
/// which is taken to change nothing.
fn changed_value(value: &str, change: &str) -> String {
    let Some(piece) = change.strip_prefix('~') else {
        return value.to_owned();
    };
    let (start, length) = piece.split_once(',').unwrap_or((piece, ""));
    let count = value.chars().count();
    // A negative number counts from the end.
    let place = |text: &str, from: usize| -> Option<usize> {
        let text = text.trim();
        match text.strip_prefix('-') {
            Some(back) => back.parse().ok().map(|back| count.saturating_sub(back)),
            None => text
                .parse()
                .ok()
                .map(|ahead: usize| from.saturating_add(ahead)),
        }
    };
    let start = place(start, 0).unwrap_or(0);
    let end = place(length, start).unwrap_or(count);
    let piece = value.chars().take(end).skip(start);
    piece.collect()
}

/// The lower-case last name of a path, without quotes, carets, alternate stream, trailing dots and
/// blanks. Variables that name a program are replaced by it.
pub(crate) fn base_name(path: &str) -> String {
    // Most words are nothing but a name.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if !path.starts_with('.') && path.bytes().all(plain) {
        return path.trim_end_matches('.').to_ascii_lowercase();
    }
    let canonical = canonical(path);
    let last = canonical.text.rsplit('\\').next().unwrap_or_default();
    let last = match last.split_once(':') {
        Some((name, _)) if name.chars().count() > 1 => name,
        Some((_, rest)) => rest,
        None => last,
    };
    let last = last.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let last = last.trim_matches('\'').trim();
    if let Some((_, value)) = VARIABLES.iter().find(|(name, _)| *name == last) {
        return value.rsplit('\\').next().unwrap_or_default().to_owned();
    }
    // Folders have short names too: `C:\PRESEN~1`.
    let alone = canonical.components <= 1 && !canonical.absolute;
    let program = last.ends_with(".exe") || alone && !last.contains('.');
    match by_short_name(stem(last)).filter(|_| program) {
        Some(name) => last.replacen(stem(last), name, 1),
        None => last.to_owned(),
    }
}

/// A base name without the extension of a program.
pub(crate) fn stem(base: &str) -> &str {
    PROGRAM
        .iter()
        .find_map(|extension| base.strip_suffix(extension))
        .unwrap_or(base)
}

fn extension(base: &str) -> Option<&str> {
    let (name, extension) = base.rsplit_once('.')?;
    (!name.is_empty()).then_some(extension)
}

/// The extension of a lower-case base name, when Windows runs or loads such files as code.
pub(crate) fn executable_extension(base: &str) -> Option<&'static str> {
    let extension = extension(base)?;
    EXECUTABLE
        .iter()
        .find(|known| **known == extension)
        .copied()
}

/// Whether Windows runs a file of this name, or loads it as code, when it is opened.
pub(crate) fn runs(name: &str) -> bool {
    executable_extension(&base_name(name)).is_some()
}

/// Whether a lower-case base name is that of an Office document.
pub(crate) fn document_extension(base: &str) -> bool {
    extension(base).is_some_and(|extension| DOCUMENT.contains(&extension))
}

/// A base name as a file name of a program: `cmd` is `cmd.exe`.
pub(crate) fn with_extension(base: String) -> String {
    let has_one = extension(&base).is_some_and(|extension| {
        (1..=17).contains(&extension.len())
            && extension.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    if has_one || base.is_empty() {
        base
    } else {
        base + ".exe"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_the_published_paths() {
        for (path, expected) in [
            (
                "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe",
                "c:\\windows\\system32\\cmd.exe",
            ),
            (
                "MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe",
                "windows\\system32\\cmd.exe",
            ),
            (
                "c:\\\\windows\\\\system32\\\\cmd.exe",
                "c:\\windows\\system32\\cmd.exe",
            ),
            (
                "C:/Windows/./System32//cmd.exe",
                "c:\\windows\\system32\\cmd.exe",
            ),
            (
                "%SystemRoot%\\System32\\cmd.exe",
                "c:\\windows\\system32\\cmd.exe",
            ),
            ("%windir%/system32/calc", "c:\\windows\\system32\\calc"),
            ("%ComSpec%", "c:\\windows\\system32\\cmd.exe"),
            ("\"c:\\windows\\c^md.exe\"", "c:\\windows\\cmd.exe"),
            ("\\\\host\\share\\x\\..\\a.exe", "\\\\host\\share\\a.exe"),
            ("\\\\?\\C:\\x", "c:\\x"),
            ("\\\\?\\UNC\\h\\s", "\\\\h\\s"),
            (
                "\\..\\..\\Windows\\System32\\cmd.exe",
                "\\windows\\system32\\cmd.exe",
            ),
            ("", ""),
        ] {
            assert_eq!(canonical(path).text, expected, "{path}");
        }
        assert!(canonical("a\\..\\b").traversal);
        assert!(!canonical("c:\\a.b\\c..d").traversal);
        assert!(canonical("c:\\a").absolute && canonical("\\\\h\\s").absolute);
        assert!(!canonical("\\a\\b").absolute);
    }

    #[test]
    fn base_names() {
        for (path, base) in [
            ("c:\\windows\\system32\\CMD.EXE. . ", "cmd.exe"),
            ("c^m^d", "cmd"),
            ("'cmd'", "cmd"),
            ("c:cmd.exe", "cmd.exe"),
            ("cmd.exe::$DATA", "cmd.exe"),
            ("x\\%COMSPEC%", "cmd.exe"),
            ("c:windowssystem32cmd.exe", "windowssystem32cmd.exe"),
            ("BLP", "blp"),
            ("", ""),
        ] {
            assert_eq!(base_name(path), base, "{path}");
        }
        assert_eq!(with_extension("cmd".into()), "cmd.exe");
        assert_eq!(with_extension("a.hta".into()), "a.hta");
        assert_eq!(with_extension("ünicöde-test".into()), "ünicöde-test.exe");
        assert_eq!(stem("cmd.exe"), "cmd");
        assert_eq!(executable_extension("x.hta"), Some("hta"));
        assert_eq!(executable_extension("x.xlsx"), None);
        assert!(document_extension("b.xlsx"));
    }
}
