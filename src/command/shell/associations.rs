//! What `assoc` and `ftype` print on an ordinary Windows: text that disguises take letters from.
//!
//! Source: the defaults of Windows 10 as `assoc` and `ftype` print them; D. Bohannon,
//! "DOSfuscation" (2018), which reads `powershell` from `assoc .cdxml` and `cmd` from `ftype`.

/// Extensions and their types, in the order in which `assoc` prints them.
const TYPES: &[(&str, &str)] = &[
    (".bat", "batfile"),
    (".cdxml", "Microsoft.PowerShellCmdletDefinitionXML.1"),
    (".chm", "chm.file"),
    (".cmd", "cmdfile"),
    (".com", "comfile"),
    (".cpl", "cplfile"),
    (".dll", "dllfile"),
    (".exe", "exefile"),
    (".hta", "htafile"),
    (".htm", "htmlfile"),
    (".html", "htmlfile"),
    (".inf", "inffile"),
    (".ini", "inifile"),
    (".js", "JSFile"),
    (".jse", "JSEFile"),
    (".lnk", "lnkfile"),
    (".msc", "MSCFile"),
    (".msi", "Msi.Package"),
    (".ps1", "Microsoft.PowerShellScript.1"),
    (".ps1xml", "Microsoft.PowerShellXMLData.1"),
    (".psc1", "Microsoft.PowerShellConsole.1"),
    (".psd1", "Microsoft.PowerShellData.1"),
    (".psm1", "Microsoft.PowerShellModule.1"),
    (".pssc", "Microsoft.PowerShellSessionConfiguration.1"),
    (".reg", "regfile"),
    (".scr", "scrfile"),
    (".txt", "txtfile"),
    (".vbe", "VBEFile"),
    (".vbs", "VBSFile"),
    (".wsf", "WSFFile"),
    (".xml", "xmlfile"),
    (".zip", "CompressedFolder"),
];

/// Types and the commands that open them.
const COMMANDS: &[(&str, &str)] = &[
    ("batfile", "\"%1\" %*"),
    ("cmdfile", "\"%1\" %*"),
    ("comfile", "\"%1\" %*"),
    ("exefile", "\"%1\" %*"),
    (
        "htafile",
        "C:\\Windows\\SysWOW64\\mshta.exe \"%1\" {1E460BD7-F1C3-4B2E-88BF-4E770A288AF5}\
         %U{1E460BD7-F1C3-4B2E-88BF-4E770A288AF5} %*",
    ),
    ("inffile", "%SystemRoot%\\system32\\NOTEPAD.EXE %1"),
    ("JSEFile", "C:\\Windows\\System32\\WScript.exe \"%1\" %*"),
    ("JSFile", "C:\\Windows\\System32\\WScript.exe \"%1\" %*"),
    (
        "Microsoft.PowerShellConsole.1",
        "\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" \"-PSConsoleFile\" \"%1\"",
    ),
    (
        "Microsoft.PowerShellData.1",
        "\"C:\\Windows\\System32\\notepad.exe\" \"%1\"",
    ),
    (
        "Microsoft.PowerShellModule.1",
        "\"C:\\Windows\\System32\\notepad.exe\" \"%1\"",
    ),
    (
        "Microsoft.PowerShellScript.1",
        "\"C:\\Windows\\System32\\notepad.exe\" \"%1\"",
    ),
    (
        "Msi.Package",
        "\"%SystemRoot%\\System32\\msiexec.exe\" /i \"%1\" %*",
    ),
    ("regfile", "regedit.exe \"%1\""),
    ("scrfile", "\"%1\" /S"),
    ("SHCmdFile", "C:\\Windows\\explorer.exe"),
    ("txtfile", "%SystemRoot%\\system32\\NOTEPAD.EXE %1"),
    (
        "VBEFile",
        "\"%SystemRoot%\\System32\\WScript.exe\" \"%1\" %*",
    ),
    (
        "VBSFile",
        "\"%SystemRoot%\\System32\\WScript.exe\" \"%1\" %*",
    ),
    (
        "WSFFile",
        "\"%SystemRoot%\\System32\\WScript.exe\" \"%1\" %*",
    ),
];

/// What `assoc` prints for its arguments.
pub(super) fn assoc(arguments: &str) -> String {
    listed(TYPES, arguments)
}

/// What `ftype` prints for its arguments.
pub(super) fn ftype(arguments: &str) -> String {
    listed(COMMANDS, arguments)
}

fn listed(table: &[(&str, &str)], arguments: &str) -> String {
    let name = arguments.trim();
    let mut text = String::new();
    for (known, value) in table {
        if name.is_empty() || known.eq_ignore_ascii_case(name) {
            text.extend([*known, "=", *value, "\n"]);
        }
    }
    text
}

/// Programs that a pattern such as `C:\Windows\System32\m*ta.exe` is meant to find.
const PROGRAMS: &[&str] = &[
    "C:\\Windows\\System32\\bitsadmin.exe",
    "C:\\Windows\\System32\\calc.exe",
    "C:\\Windows\\System32\\certutil.exe",
    "C:\\Windows\\System32\\cmd.exe",
    "C:\\Windows\\System32\\cscript.exe",
    "C:\\Windows\\System32\\curl.exe",
    "C:\\Windows\\System32\\forfiles.exe",
    "C:\\Windows\\System32\\mshta.exe",
    "C:\\Windows\\System32\\msiexec.exe",
    "C:\\Windows\\System32\\notepad.exe",
    "C:\\Windows\\System32\\regsvr32.exe",
    "C:\\Windows\\System32\\rundll32.exe",
    "C:\\Windows\\System32\\wbem\\WMIC.exe",
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "C:\\Windows\\System32\\wscript.exe",
];

/// The programs that a path with `*` and `?` names, by their last name.
pub(super) fn matching(pattern: &str) -> Vec<&'static str> {
    let last = |path: &str| {
        let name = path.rsplit(['\\', '/']).next().unwrap_or_default();
        name.trim_matches('"').to_ascii_lowercase()
    };
    let wanted = last(pattern);
    let letters = wanted.chars().any(char::is_alphanumeric) && wanted.len() < 64;
    let fits = |path: &&&str| {
        let name = last(path);
        let stem = name.trim_end_matches(".exe").to_owned();
        letters && (fits(&wanted, &name) || fits(&wanted, &stem))
    };
    PROGRAMS.iter().filter(fits).copied().collect()
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut place) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = name.get(place) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at = at.saturating_add(1);
            }
            Some(p) if *p == '?' || p == c => {
                at = at.saturating_add(1);
                place = place.saturating_add(1);
            }
            _ => {
                let Some((back, from)) = star else {
                    return false;
                };
                at = back.saturating_add(1);
                place = from.saturating_add(1);
                star = Some((back, place));
            }
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings() {
        assert_eq!(
            assoc(" .CDXML"),
            ".cdxml=Microsoft.PowerShellCmdletDefinitionXML.1\n"
        );
        assert_eq!(ftype("cmdfile"), "cmdfile=\"%1\" %*\n");
        assert_eq!(assoc(".nothing"), "");
        assert!(assoc("").lines().count() > 20);
    }

    #[test]
    fn patterns() {
        assert_eq!(
            matching("C:\\Windows\\System32\\m*ta.exe"),
            ["C:\\Windows\\System32\\mshta.exe"]
        );
        assert_eq!(matching("c?lc.exe"), ["C:\\Windows\\System32\\calc.exe"]);
        assert_eq!(matching("po*l.exe").len(), 1);
        assert!(matching("*").is_empty());
    }
}
