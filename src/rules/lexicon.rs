//! Words the rules know, as data: servers, schemes, functions. Programs stand in `command`.

use crate::command::executable_extension;

/// A DDE server that delivers data (spreadsheet specification, section 10.2).
pub(super) struct Server {
    /// Lower-case service name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) origin: &'static str,
}

const fn server(name: &'static str, origin: &'static str) -> Server {
    Server { name, origin }
}

/// Servers of market data, plants and programs. Alphabetical.
pub(super) const SERVERS: &[Server] = &[
    server("appprops", "Windows shell"),
    server("blp", "Bloomberg"),
    server("blpdde", "Bloomberg"),
    server("bwddexe", "WebAccess"),
    server("calc", "LibreOffice"),
    server("cqgpc", "CQG"),
    server("d_2000", "D2000"),
    server("ddesrv", "OPC bridge"),
    server("dmdde", "iFIX"),
    server("dtniq", "DTN"),
    server("eikon", "Refinitiv"),
    server("esignal", "eSignal"),
    server("fastdde", "OPC bridge"),
    server("fixdde", "iFIX"),
    server("folders", "Windows shell"),
    server("fsserver", "InTouch"),
    server("idn_selectfeed", "Reuters"),
    server("idt", "Matriks"),
    server("kepdde", "Kepware"),
    server("modbus", "Modbus"),
    server("mt", "MetaTrader"),
    server("mt4", "MetaTrader"),
    server("mtx", "Matriks"),
    server("ntdde", "NinjaTrader"),
    server("opclink", "OPC bridge"),
    server("profdde", "TeleTrader"),
    server("profitchart", "Profit"),
    server("progman", "Windows shell"),
    server("qlink", "Q-Link"),
    server("reuter", "Reuters"),
    server("reuters", "Reuters"),
    server("rslinx", "RSLinx"),
    server("s7dde", "Siemens S7"),
    server("shell", "Windows shell"),
    server("soffice", "LibreOffice"),
    server("ssample", "DDE sample server"),
    server("t4screen", "T4"),
    server("tos", "thinkorswim"),
    server("tr", "Refinitiv"),
    server("twsdde", "Interactive Brokers"),
    server("view", "InTouch"),
    server("vts", "VTScada"),
    server("winros", "e-Signal"),
    server("wonderware", "Wonderware"),
];

/// Servers of the Windows shell: they execute what they are sent (section 10.2).
pub(super) const SHELL_SERVERS: &[&str] = &["appprops", "folders", "progman", "shell"];

/// Commands of these servers, which make and start shortcuts and open folders and files.
pub(super) const SHELL_COMMANDS: &[&str] = &[
    "additem",
    "creategroup",
    "deletegroup",
    "deleteitem",
    "exitprogman",
    "explorefolder",
    "findfolder",
    "openfindfile",
    "reload",
    "replaceitem",
    "shellfile",
    "showgroup",
    "viewfolder",
];

/// Office programs as DDE servers, by service name or the first part of a class name (sections
/// 10.1 and 10.3; Word specification, section 0.5).
pub(super) const PEERS: &[&str] = &[
    "access",
    "calc",
    "excel",
    "msaccess",
    "msexcel",
    "msproject",
    "powerpnt",
    "powerpoint",
    "soffice",
    "winproj",
    "winword",
    "word",
];

/// First parts of the classes that Office registers.
const CLASSES: &[&str] = &[
    "access",
    "equation",
    "excel",
    "msgraph",
    "msproject",
    "package",
    "powerpoint",
    "publisher",
    "visio",
    "word",
];

/// Schemes that hand an address to a program that runs what it finds there, or that are code
/// themselves (Word specification, sections 1.7 and 6.1).
pub(super) const DANGEROUS_SCHEMES: &[&str] = &[
    "its",
    "javascript",
    "jscript",
    "livescript",
    "mhtml",
    "mk",
    "ms-appinstaller",
    "ms-its",
    "ms-msdt",
    "ms-officecmd",
    "ms-search",
    "script",
    "scriptlet",
    "search",
    "search-ms",
    "shell",
    "soap",
    "vbscript",
];

/// Classes of objects that run the scripts of what they load (Word specification, section 6.1).
pub(super) const SCRIPT_CLASSES: &[&str] = &[
    "htafile",
    "htmlfile",
    "htmlfile_fullwindowembed",
    "jsefile",
    "jsfile",
    "mhtmlfile",
    "scriptlet",
    "scriptletfile",
    "svgfile",
    "vbefile",
    "vbsfile",
    "wscfile",
    "wsffile",
    "wshfile",
    "xhtmlfile",
];

/// Statements of `javascript:` links that do nothing outside the page they were copied from.
/// Lower-case, without blanks, `window.` and `self.` in front.
pub(super) const IDLE_STATEMENTS: &[&str] = &[
    "",
    "close()",
    "history.back()",
    "history.forward()",
    "print()",
    "returnfalse",
    "void(0)",
    "void(null)",
    "void0",
];

/// What stands in front of a number of pages in such a statement.
pub(super) const IDLE_JUMP: &str = "history.go(";

/// What only scripts have that do more than a page can. Lower-case, without blanks.
pub(super) const SCRIPTED: &[&str] = &[
    "'+'",
    "\"+\"",
    "\\u",
    "\\x",
    "activex",
    "atob(",
    "createobject",
    "eval(",
    "execscript",
    "fromcharcode",
    "function('",
    "getobject",
    "scripting.",
    "unescape",
    "wscript",
];

/// Functions of Windows that an Excel 4 macro calls to run or fetch code.
pub(super) const NATIVE_FUNCTIONS: &[&str] = &[
    "createprocess",
    "createthread",
    "internetopenurl",
    "loadlibrary",
    "queueuserapc",
    "regsvr32",
    "rtlcopymemory",
    "shellexecute",
    "urldownloadtocachefile",
    "urldownloadtofile",
    "virtualalloc",
    "winexec",
    "writeprocessmemory",
];

/// Programs that fetch the address they are given (LOLBAS project, "Download" and "AWL bypass" with
/// a remote file; Microsoft's documentation of `curl` and `bitsadmin`). A browser is none: it shows
/// what it fetches.
pub(super) const DOWNLOADERS: &[&str] = &[
    "bitsadmin",
    "cmstp",
    "cscript",
    "curl",
    "desktopimgdownldr",
    "esentutl",
    "expand",
    "extrac32",
    "finger",
    "ftp",
    "hh",
    "ieexec",
    "installutil",
    "makecab",
    "msbuild",
    "mshta",
    "msiexec",
    "odbcconf",
    "presentationhost",
    "regasm",
    "regsvcs",
    "regsvr32",
    "rundll32",
    "tftp",
    "wget",
    "wmic",
    "wscript",
    "xwizard",
];

/// Methods, commands and switches that download, without blanks (Microsoft's documentation of
/// `WebClient`, `Invoke-WebRequest`, `Start-BitsTransfer`, `certutil`, `XMLHTTP`; LOLBAS project).
pub(super) const DOWNLOADS: &[&str] = &[
    "bitstransfer",
    "downloaddata",
    "downloadfile",
    "downloadstring",
    "httpclient",
    "invoke-restmethod",
    "invoke-webrequest",
    "msxml2.",
    "openread(",
    "serverxmlhttp",
    "urlcache",
    "urldownloadtofile",
    "verifyctl",
    "winhttp",
    "xmlhttp",
];

/// Worksheet functions that fetch what their argument names (spreadsheet specification, section
/// 1.5).
pub(super) const FETCHING_FUNCTIONS: &[&str] = &[
    "filterxml",
    "image",
    "importdata",
    "importfeed",
    "importhtml",
    "importrange",
    "importxml",
    "webservice",
];

/// The server with this lower-case name.
pub(super) fn known_server(name: &str) -> Option<&'static Server> {
    SERVERS.iter().find(|server| server.name == name)
}

/// Whether a lower-case service or class name is that of an Office program.
pub(super) fn is_peer(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    PEERS.contains(&first)
}

/// Whether a lower-case text is the class of a document or object that Office registers:
/// `word.document.8`, `excel.sheet`, `package`.
pub(super) fn is_class(name: &str) -> bool {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<_> = parts.collect();
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let versioned = matches!(rest.len(), 1 | 2) && rest.iter().all(plain);
    // `word.exe` is a file.
    let file = rest
        .last()
        .is_some_and(|last| executable_extension(&format!("x.{last}")).is_some());
    (versioned && !file && CLASSES.contains(&first)) || name == "package"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for name in ["word.document.8", "excel.sheet", "equation.3", "package"] {
            assert!(is_class(name), "{name}");
        }
        for name in [
            "word",
            "word.exe",
            "word.document.8.exe",
            "cmd.exe",
            "powershell.x",
            "",
        ] {
            assert!(!is_class(name), "{name}");
        }
    }

    #[test]
    fn words_are_lower_case_and_unique() {
        let names: Vec<_> = SERVERS.iter().map(|server| server.name).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        for list in [
            &names[..],
            PEERS,
            SHELL_COMMANDS,
            SHELL_SERVERS,
            DANGEROUS_SCHEMES,
            SCRIPT_CLASSES,
            NATIVE_FUNCTIONS,
            DOWNLOADERS,
            DOWNLOADS,
        ] {
            assert!(list.iter().all(|word| *word == word.to_lowercase()));
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
    }
}
