//! Variables whose value is the same on every Windows: those of the session
//! (`about_Automatic_Variables`, `about_Preference_Variables`) and those of the environment
//! ("Recognized environment variables" of Microsoft's documentation). Obfuscators take single
//! letters out of them.

/// The value of a variable (lower case, `env:` in front where it is one of the environment).
pub(super) fn standard(name: &str) -> Option<&'static str> {
    Some(match name {
        "shellid" => "Microsoft.PowerShell",
        "pshome" => "C:\\Windows\\System32\\WindowsPowerShell\\v1.0",
        "verbosepreference" | "debugpreference" | "informationpreference" => "SilentlyContinue",
        "warningpreference" | "erroractionpreference" | "progresspreference" => "Continue",
        "confirmpreference" => "High",
        "ofs" => " ",
        "maximumdrivecount"
        | "maximumaliascount"
        | "maximumfunctioncount"
        | "maximumvariablecount" => "4096",
        "maximumerrorcount" => "256",
        "env:comspec" => "C:\\Windows\\system32\\cmd.exe",
        "env:windir" | "env:systemroot" => "C:\\Windows",
        "env:systemdrive" | "env:homedrive" => "C:",
        "env:public" => "C:\\Users\\Public",
        "env:programdata" | "env:allusersprofile" => "C:\\ProgramData",
        "env:programfiles" | "env:programw6432" => "C:\\Program Files",
        "env:programfiles(x86)" => "C:\\Program Files (x86)",
        "env:commonprogramfiles" | "env:commonprogramw6432" => "C:\\Program Files\\Common Files",
        "env:pathext" => ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC;.CPL",
        "env:os" => "Windows_NT",
        _ => return None,
    })
}

/// The classes and members of .NET that payloads use, as their documentation writes them.
pub(super) fn spelled(name: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
}

const NAMES: &[&str] = &[
    "AddScript",
    "BeginInvoke",
    "Create",
    "CreateInstance",
    "CreateShortcut",
    "DownloadData",
    "DownloadDataAsync",
    "DownloadFile",
    "DownloadFileAsync",
    "DownloadString",
    "DownloadStringAsync",
    "EntryPoint",
    "Exec",
    "ExecuteShellCommand",
    "GetMethod",
    "GetResponse",
    "GetResponseStream",
    "GetString",
    "GetType",
    "Headers",
    "Invoke",
    "InvokeReturnAsIs",
    "InvokeScript",
    "Load",
    "Net.WebClient",
    "NewScriptBlock",
    "Open",
    "OpenRead",
    "Proxy",
    "ReadToEnd",
    "ResponseText",
    "Run",
    "SaveToFile",
    "Send",
    "ShellExecute",
    "Start",
    "System.IO.StreamReader",
    "System.Net.WebClient",
    "System.Net.WebRequest",
    "UploadString",
    "WriteAllBytes",
];
