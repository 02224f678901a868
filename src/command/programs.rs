//! Programs of Windows that run what they are told, by how little else they are good for
//! (spreadsheet specification, section 10.1). Words are data: a new program is one line.

use super::path;

/// How bad it is when a link starts the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// The harmless program of proofs of concept.
    Test,
    /// A tool that attackers use beside administrators.
    SystemTool,
    /// Runs code of the caller's choice.
    Interpreter,
}

/// Lower-case, without `.exe`, in alphabetical order within each tier.
const INTERPRETERS: &[&str] = &[
    "bitsadmin",
    "certutil",
    "cmd",
    "cmstp",
    "conhost",
    "cscript",
    "forfiles",
    "hh",
    "installutil",
    "mavinject",
    "msbuild",
    "mshta",
    "msiexec",
    "odbcconf",
    "pcalua",
    "powershell",
    "powershell_ise",
    "presentationhost",
    "pwsh",
    "regasm",
    "regsvcs",
    "regsvr32",
    "rundll32",
    "scrcons",
    "syncappvpublishserver",
    "wmic",
    "wscript",
    "xwizard",
];

const SYSTEM_TOOLS: &[&str] = &[
    "appvlp",
    "at",
    "bash",
    "control",
    "csi",
    "curl",
    "desktopimgdownldr",
    "dfsvc",
    "diskshadow",
    "dnscmd",
    "esentutl",
    "expand",
    "explorer",
    "extrac32",
    "finger",
    "ftp",
    "gpscript",
    "ieexec",
    "iexpress",
    "infdefaultinstall",
    "java",
    "javaw",
    "makecab",
    "mmc",
    "ms-appinstaller",
    "msdt",
    "net",
    "net1",
    "nslookup",
    "perl",
    "python",
    "reg",
    "runscripthelper",
    "sc",
    "schtasks",
    "ssh",
    "te",
    "tftp",
    "wget",
    "winrm",
    "winrs",
    "wsl",
];

const TEST_PROGRAMS: &[&str] = &[
    "calc",
    "chrome",
    "cmdl32",
    "dllhost",
    "eventvwr",
    "firefox",
    "fodhelper",
    "iexplore",
    "msedge",
    "mspaint",
    "notepad",
    "taskmgr",
];

/// Short names that are words too: without anything that looks like a command they may be the
/// name of a harmless service.
const AMBIGUOUS: &[&str] = &[
    "at", "control", "csi", "expand", "finger", "hh", "net", "reg", "sc", "te",
];

/// Programs of the middle tier whose bare name in running text means the program.
const UNMISTAKABLE: &[&str] = &[
    "curl", "msdt", "nslookup", "schtasks", "tftp", "wget", "winrm", "winrs",
];

/// The tier of a program given by its lower-case stem (`cmd`, not `cmd.exe`).
pub(crate) fn tier(stem: &str) -> Option<Tier> {
    if stem.len() < 2 || stem.len() > LONGEST {
        return None;
    }
    let has = |list: &[&str]| list.binary_search(&stem).is_ok();
    if has(INTERPRETERS) {
        Some(Tier::Interpreter)
    } else if has(SYSTEM_TOOLS) {
        Some(Tier::SystemTool)
    } else if has(TEST_PROGRAMS) {
        Some(Tier::Test)
    } else {
        None
    }
}

/// The length of the longest name of the lists.
const LONGEST: usize = 21;

/// Whether the stem is a word that harmless services use too.
pub(crate) fn is_ambiguous(stem: &str) -> bool {
    AMBIGUOUS.contains(&stem)
}

/// Letters of a long name that stand in front of the `~` of its short one.
const SHORT_NAME_LETTERS: usize = 6;

/// The program of the lists that a short name of the file system stands for: `powers~1`.
pub(crate) fn by_short_name(stem: &str) -> Option<&'static str> {
    let (letters, number) = stem.split_once('~')?;
    let digit = number.len() == 1 && number.chars().all(|c| c.is_ascii_digit());
    if !digit || letters.chars().count() != SHORT_NAME_LETTERS {
        return None;
    }
    let lists = [INTERPRETERS, SYSTEM_TOOLS, TEST_PROGRAMS];
    let mut names = lists.iter().flat_map(|list| list.iter());
    names
        .find(|name| name.len() > SHORT_NAME_LETTERS.saturating_add(1) && name.starts_with(letters))
        .copied()
}

/// How many characters of a service name Excel uses for the file name (section 0.1).
pub(crate) const EXCEL_SERVICE_CHARACTERS: usize = 8;

/// The first eight characters of a longer name.
pub(crate) fn eight(name: &str) -> Option<&str> {
    let (end, _) = name.char_indices().nth(EXCEL_SERVICE_CHARACTERS)?;
    Some(name.split_at_checked(end)?.0)
}

/// Whether a service, a path or its first eight characters name a program of the lists: how sure
/// a formula with this application is a payload.
pub(crate) fn is_program(name: &str) -> bool {
    let stem = path::stem(&path::base_name(name)).to_owned();
    stem != "te"
        && (tier(&stem).is_some() || eight(&stem).is_some_and(|eight| tier(eight).is_some()))
}

/// The program that one word of running text names, if it can be nothing else: `certutil`,
/// `c:\windows\explorer.exe`, `%comspec%`, but not `net` or `java`.
pub(crate) fn program_in(word: &str) -> Option<&'static str> {
    let letters = word.rsplit(['\\', '/']).next().unwrap_or_default();
    // Two letters at least, with or without disguise; most words of a text end here.
    if !letters.contains(|c: char| c.is_alphabetic()) {
        return None;
    }
    let base = path::base_name(letters);
    let stem = path::stem(&base);
    let spelled_out = stem.len() < base.len();
    let list = [INTERPRETERS, SYSTEM_TOOLS, TEST_PROGRAMS];
    let name = list
        .iter()
        .find_map(|list| list.get(list.binary_search(&stem).ok()?))?;
    let bare = INTERPRETERS.contains(name) || UNMISTAKABLE.contains(name);
    (spelled_out || (bare && !is_ambiguous(name))).then_some(*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_hold_each_name_once() {
        let mut names: Vec<_> = [INTERPRETERS, SYSTEM_TOOLS, TEST_PROGRAMS].concat();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for name in AMBIGUOUS.iter().chain(UNMISTAKABLE) {
            assert!(tier(name).is_some(), "{name}");
        }
        for list in [INTERPRETERS, SYSTEM_TOOLS, TEST_PROGRAMS] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|name| (2..=LONGEST).contains(&name.len())));
        }
    }

    #[test]
    fn programs_by_name_path_and_prefix() {
        for name in [
            "cmd",
            "CMD.EXE",
            "c^md",
            "C:\\Windows\\System32\\mshta",
            "rundll321234567890abcdef",
            "%ComSpec%",
            "calc",
        ] {
            assert!(is_program(name), "{name}");
        }
        for name in [
            "BLP",
            "Excel",
            "MSEXCEL",
            "MT4",
            "te",
            "",
            "RSLinx",
            "ünicöde-test",
        ] {
            assert!(!is_program(name), "{name}");
        }
    }

    #[test]
    fn words_of_running_text() {
        assert_eq!(program_in("certutil"), Some("certutil"));
        assert_eq!(program_in("net.exe"), Some("net"));
        assert_eq!(program_in("net"), None);
        assert_eq!(program_in("java"), None);
        assert_eq!(program_in("\\..\\windows\\explorer.exe"), Some("explorer"));
    }
}
