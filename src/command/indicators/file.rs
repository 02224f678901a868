//! Paths of files in running text: of what runs, and of what a command leaves in a folder that
//! every user may write to.

use super::super::path;
use super::super::programs::tier;

/// Programs of Office and browsers, which lures name as decoys and feeds as servers.
const ORDINARY: &[&str] = &[
    "excel", "iexplore", "msaccess", "msedge", "mspub", "msword", "onenote", "outlook", "powerpnt",
    "visio", "winproj", "winword",
];

/// Variables of folders that every user may write to, in lower case.
const FOLDERS: &[&str] = &[
    "%allusersprofile%\\",
    "%appdata%\\",
    "%homepath%\\",
    "%localappdata%\\",
    "%programdata%\\",
    "%public%\\",
    "%temp%\\",
    "%tmp%\\",
    "%userprofile%\\",
    "$env:allusersprofile\\",
    "$env:appdata\\",
    "$env:localappdata\\",
    "$env:programdata\\",
    "$env:public\\",
    "$env:temp\\",
    "$env:tmp\\",
    "$env:userprofile\\",
];

/// Whether a word names such a file. Known programs are no indicators.
pub(super) fn is_file(word: &str) -> bool {
    if !word.contains('.') {
        return false;
    }
    let base = path::base_name(word);
    let stem = path::stem(&base);
    if tier(stem).is_some() || ORDINARY.contains(&stem) {
        return false;
    }
    let placed = word.contains(['\\', '/']);
    if path::executable_extension(&base).is_some() {
        let web_name = base.ends_with(".com") && !word.contains('\\');
        return (placed || !base.ends_with(".dll")) && !web_name;
    }
    let dropped = placed && word.starts_with(['%', '$']) && {
        let start: String = word.chars().take(24).collect();
        let start = start.to_ascii_lowercase().replace('/', "\\");
        FOLDERS.iter().any(|folder| start.starts_with(folder))
    };
    dropped
        && base
            .split_once('.')
            .is_some_and(|(name, end)| !name.is_empty() && !end.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        for word in [
            "c:\\users\\x\\evil.hta",
            "a.exe",
            "%TEMP%\\a.txt",
            "$env:APPDATA\\x.dat",
            "x/a.dll",
            "\\a\\b.ps1",
        ] {
            assert!(is_file(word), "{word}");
        }
        for word in [
            "calc.exe",
            "C:\\windows\\system32\\cmd.exe",
            "a.dll",
            "a.txt",
            "c:\\a.txt",
            "Office16\\WINWORD.EXE",
            "evil.com",
            "%TEMP%\\",
            "%COMSPEC%",
            "1.0",
            "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\cmd.exe",
        ] {
            assert!(!is_file(word), "{word}");
        }
    }
}
