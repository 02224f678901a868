//! A hyperlink leads to a file that runs.

use super::features::{is_executable, is_source};
use super::{Case, Part, Rule, Subject};
use crate::command::{Class, canonical, stem, tier};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "program-hyperlink",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "A hyperlink leads to a program or script on this computer or on a server outside the \
          intranet, climbs out of the document's folder to one, is the bare name of a program \
          of the lists, or leads to a script in the web that no browser shows (`.hta`). Installed programs (`C:\\Program Files`) \
          do not count, nor does the source of a script (`.py`, `.sh`) on this computer or next \
          to the document, which neither Word nor a browser runs. A program on another drive \
          (`S:\\IT\\setup.exe`) counts: nothing tells a share of the company from a stick.",
    hits: &[
        Case::external(Carrier::Hyperlink, "..\\..\\windows\\system32\\cmd.exe"),
        Case::external(Carrier::Hyperlink, "file:///C:/Windows/System32/cmd.exe"),
        Case::external(Carrier::Hyperlink, "\\\\a.example\\s\\x.exe"),
        Case::external(Carrier::Hyperlink, "C:\\Users\\Public\\x.exe"),
        Case::external(Carrier::Hyperlink, "file:///S:\\IT\\Tools\\setup.exe"),
        Case::external(Carrier::Hyperlink, "file:./x.hta"),
        Case::external(Carrier::Hyperlink, "mshta.exe"),
        Case::external(Carrier::Hyperlink, "http://192.0.2.1/a.hta?x"),
        Case::external(Carrier::Hyperlink, "\\\\a.example\\s\\x.py"),
        Case::external(
            Carrier::Hyperlink,
            "C:\\Program Files\\..\\Windows\\System32\\cmd.exe",
        ),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "file:./x.py"),
        Case::external(Carrier::Hyperlink, "file:../bin/setup.sh"),
        Case::external(Carrier::Hyperlink, "..\\x.py"),
        Case::external(Carrier::Hyperlink, "file:///usr/lib/python3/os.py"),
        Case::external(Carrier::Hyperlink, "www.example.com"),
        Case::external(Carrier::Hyperlink, "..\\www.example.com"),
        Case::external(Carrier::Hyperlink, "http://x/a.exe"),
        Case::external(Carrier::Hyperlink, "\\\\server\\apps\\setup.exe"),
        Case::external(Carrier::Hyperlink, "setup.exe"),
        Case::external(Carrier::Hyperlink, "C:\\a.docx"),
        Case::external(Carrier::Hyperlink, "C:\\Program Files\\App\\app.exe"),
        Case::external(
            Carrier::Hyperlink,
            "file:///C:/Program%20Files%20(x86)/App/app.exe",
        ),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.target.as_ref().filter(|_| subject.is_hyperlink())?;
    let address = target.address.as_str();
    let placed = match target.class {
        Class::Local | Class::Server => true,
        Class::Relative => address.contains("..") || is_tool(address),
        Class::Web => is_web_script(address),
        Class::Device | Class::Internal | Class::Intranet | Class::Scheme => false,
    };
    let installed = target.class == Class::Local && is_installed(address);
    // A name that ends in .com is more likely a web address that lost its scheme.
    let host = address.to_ascii_lowercase().ends_with(".com");
    let source = target.class != Class::Server && is_source(address);
    let runs = target.class == Class::Web || is_executable(address);
    (placed && !host && !installed && !source && runs).then(|| address.to_owned())
}

/// A bare name of a program of Windows, which is found without a folder: `mshta.exe`.
fn is_tool(address: &str) -> bool {
    let name = address.trim().to_ascii_lowercase();
    let stem = stem(&name);
    stem.len() < name.len() && tier(stem).is_some()
}

/// Whether the last name of a web address is that of a file which Windows runs and which no page
/// is called.
fn is_web_script(address: &str) -> bool {
    let (_, rest) = address.split_once(':').unwrap_or_default();
    let rest = rest.trim_start_matches(['/', '\\']);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let Some((_, path)) = path.split_once(['/', '\\']) else {
        return false;
    };
    let (_, extension) = path.rsplit_once('.').unwrap_or_default();
    let extension = extension.trim_end_matches(['.', ' ']);
    SCRIPTS
        .iter()
        .any(|script| script.eq_ignore_ascii_case(extension))
}

/// Scripts that are run when they are opened. Sources that people read in a browser are none.
const SCRIPTS: &[&str] = &["hta", "jse", "lnk", "pif", "scr", "sct", "vbe", "wsf"];

/// Whether it is a program that an administrator put on the computer, and none of Windows.
fn is_installed(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let path = address.trim_start_matches("file:").trim_start_matches('/');
    let path = canonical(path);
    let folder = path.text.split('\\').nth(1).unwrap_or_default();
    let base = path.text.rsplit('\\').next().unwrap_or_default();
    let known = tier(stem(base)).is_some();
    !known && !path.traversal && PROGRAMS.contains(&folder)
}

/// Folders that only an administrator writes to.
const PROGRAMS: &[&str] = &["program files", "program files (x86)"];
