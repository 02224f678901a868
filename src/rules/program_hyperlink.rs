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
          intranet, or climbs out of the document's folder to one. Installed programs (`C:\\Program Files`) \
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
        Class::Relative => address.contains(".."),
        Class::Device | Class::Internal | Class::Intranet | Class::Scheme | Class::Web => false,
    };
    let installed = target.class == Class::Local && is_installed(address);
    // A name that ends in .com is more likely a web address that lost its scheme.
    let host = address.to_ascii_lowercase().ends_with(".com");
    let source = target.class != Class::Server && is_source(address);
    (placed && !host && !installed && !source && is_executable(address)).then(|| address.to_owned())
}

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
