//! A file in an OLE package: the `\x01Ole10Native` stream, and the native data of an OLE 1.0
//! object of class `Package` (`spec/word.md` §3.6).
//!
//! # Malformed input
//!
//! Tolerated: a wrong length in front or none, a length of the path that lies, a file that is
//! longer than the stream. Streams of other programs have other contents: they are no package.
//!
//! # Worst cases
//!
//! Linear in the names, each of which is cut at 64 KiB.

use std::ops::Range;

use super::text;
use crate::bytes::Bytes;
use crate::link::{Carrier, Kind, Link, Trigger};
use crate::location::Location;

/// The class of the objects that are packages ([MS-OLEDS] 2.2.4).
pub(crate) const CLASS: &str = "Package";

/// The number in front of a package, and what kinds of contents there are.
const PACKAGE: u16 = 2;
const LINKED: u16 = 1;
/// Bytes of one name. Paths have at most 32,767 characters.
const NAME: usize = 64 << 10;
/// Bytes behind the file that are looked at for its names in UTF-16.
pub(crate) const TAIL: usize = 16 << 10;

/// A package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Native {
    /// What is shown below the icon.
    pub(crate) label: String,
    /// Where the file was, or the file of the icon.
    pub(crate) path: String,
    /// Where the file is put, or the command of a linked package.
    pub(crate) command: String,
    /// It holds a path or a command line, no file.
    pub(crate) linked: bool,
    /// Where the file is in the bytes of the stream; it may reach beyond what was given.
    pub(crate) file: Range<usize>,
}

impl Native {
    /// Reads the start of a package of `length` bytes; `None` when it is none.
    pub(crate) fn read(head: &[u8], length: usize) -> Option<Self> {
        // The length in front is missing in the native data of OLE 1.0.
        [4, 0]
            .into_iter()
            .find_map(|start| read_at(head, start, length))
    }

    /// The names that its file goes by, in the order in which programs use them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [&self.command, &self.label, &self.path]
            .into_iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// Whether its path only says where its icon is: a file of the system, where the names that the
    /// file is put under are those of another file that does not run (`spec/word.md` §3.6).
    fn path_is_icon(&self, wide: &[String], runs: fn(&str) -> bool) -> bool {
        let label = (!self.linked).then_some(&self.label);
        let put = || wide.iter().chain([&self.command]).chain(label);
        is_icon_file(&self.path)
            && put().any(|name| *name != self.path && is_file_name(name))
            && !put().any(|name| *name == self.path || runs(name))
    }

    /// What it starts or leads to when it is opened, by the names in front of its file and by the
    /// `wide` ones behind it. `runs` says whether Windows runs a file of a name.
    pub(crate) fn link(
        &self,
        wide: &[String],
        location: Location,
        runs: fn(&str) -> bool,
    ) -> Option<Link> {
        let icon = self.path_is_icon(wide, runs);
        let own = move |name: &&str| !(icon && *name == self.path);
        let names = || {
            let wide = wide.iter().map(String::as_str);
            wide.chain(self.names().filter(own))
        };
        let running = names().find(|name| runs(name) || self.linked && is_command(name, runs));
        let target = match running {
            Some(name) => name,
            None if self.linked => names().next().unwrap_or_default(),
            None => return None,
        };
        let kind = if running.is_some() {
            Kind::Execute
        } else {
            Kind::ExternalLink
        };
        let raw = format!(
            "Package label=\"{}\" path=\"{}\" command=\"{}\"",
            self.label, self.path, self.command
        );
        let mut link = Link::new(kind, Carrier::OlePackage, location, raw);
        link.trigger = Trigger::Click;
        link.target = Some(target.to_owned());
        link.prog_id = Some(CLASS.to_owned());
        Some(link)
    }
}

/// Extensions of files that icons are taken from.
const ICONS: &[&str] = &[".dll", ".exe", ".icl", ".ico"];
/// Folders of Windows and of what is installed, behind the drive. Lower case.
const INSTALLED: &[&str] = &[
    "\\windows\\",
    "\\winnt\\",
    "\\program files\\",
    "\\program files (x86)\\",
];
/// The same by their variables. Lower case.
const VARIABLES: &[&str] = &[
    "%systemroot%\\",
    "%windir%\\",
    "%programfiles%\\",
    "%programfiles(x86)%\\",
];

/// Whether a path leads to an installed file of a kind that has icons: `shell32.dll`.
fn is_icon_file(path: &str) -> bool {
    let path = path
        .trim_matches(['"', ' '])
        .to_lowercase()
        .replace('/', "\\");
    let behind_drive = match path.split_once(':') {
        Some((drive, rest)) if drive.chars().count() == 1 => rest,
        _ => "",
    };
    let installed = INSTALLED
        .iter()
        .any(|folder| behind_drive.starts_with(folder))
        || VARIABLES.iter().any(|folder| path.starts_with(folder))
        || !path.contains(['\\', ':']) && path.ends_with(".dll");
    installed && !path.contains("\\..\\") && ICONS.iter().any(|kind| path.ends_with(kind))
}

/// Whether a name has an extension of its own.
fn is_file_name(name: &str) -> bool {
    let name = name.rsplit(['\\', '/']).next().unwrap_or_default();
    name.rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && !extension.is_empty())
}

/// Whether what a linked package names is a command with arguments: `cmd /c calc`.
fn is_command(text: &str, runs: fn(&str) -> bool) -> bool {
    let Some((first, _)) = text.trim().split_once(char::is_whitespace) else {
        return false;
    };
    let first = first.trim_matches('"');
    runs(first) || !first.contains(['.', '\\', '/'])
}

/// The names behind the file, in UTF-16: where it is put, the label, where it was. Newer programs
/// go by these.
pub(crate) fn wide_names(tail: &[u8]) -> Vec<String> {
    let mut bytes = Bytes::new(tail);
    let mut names = Vec::new();
    for _ in 0..3 {
        let name = bytes.u32().and_then(|characters| {
            let length = usize::try_from(characters).ok()?.checked_mul(2)?;
            bytes.take(length)
        });
        let Some(name) = name else { break };
        let (name, _) = text::wide(name);
        if !name.is_empty() {
            names.push(name);
        }
    }
    names
}

fn read_at(head: &[u8], start: usize, length: usize) -> Option<Native> {
    let mut bytes = Bytes::at(head, start)?;
    if bytes.u16()? != PACKAGE {
        return None;
    }
    let label = zero_ended(&mut bytes)?;
    let path = zero_ended(&mut bytes)?;
    let (_reserved, kind) = (bytes.u16()?, bytes.u16()?);
    let mut command = String::new();
    if let Some(size) = bytes.u32() {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        // A length that reaches beyond the end is a lie; then the NUL counts.
        command = match bytes.take(size) {
            Some(text) => text::ansi(text.get(..size.min(NAME)).unwrap_or_default()),
            None => zero_ended(&mut bytes).unwrap_or_default(),
        };
    }
    let size = bytes
        .u32()
        .map_or(0, |size| usize::try_from(size).unwrap_or(usize::MAX));
    let from = head.len().saturating_sub(bytes.rest().len()).min(length);
    let end = from.saturating_add(size).min(length);
    Some(Native {
        label,
        path,
        command,
        linked: kind == LINKED,
        file: from..end,
    })
}

/// A text up to its NUL.
fn zero_ended(bytes: &mut Bytes<'_>) -> Option<String> {
    let rest = bytes.rest();
    let end = memchr::memchr(0, rest.get(..NAME.min(rest.len()))?)?;
    let text = bytes.take(end)?;
    bytes.skip(1)?;
    Some(text::ansi(text))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A package as Word writes it (`spec/word.md` §3.6).
    pub(crate) fn package(label: &str, path: &str, temp: &str, kind: u16, file: &[u8]) -> Vec<u8> {
        let mut body = 2u16.to_le_bytes().to_vec();
        for text in [label, path] {
            body.extend(text.as_bytes());
            body.push(0);
        }
        body.extend(0u16.to_le_bytes());
        body.extend(kind.to_le_bytes());
        body.extend((temp.len() as u32 + 1).to_le_bytes());
        body.extend(temp.as_bytes());
        body.push(0);
        body.extend((file.len() as u32).to_le_bytes());
        body.extend(file);
        let mut data = (body.len() as u32).to_le_bytes().to_vec();
        data.extend(body);
        data
    }

    #[test]
    fn a_package_gives_its_names_and_its_file() {
        let data = package("a.docx", "C:\\x\\a.docx", "C:\\t\\a.docx", 3, b"FILE");
        for data in [data.clone(), data[4..].to_vec()] {
            let native = Native::read(&data, data.len()).unwrap();
            assert_eq!(native.label, "a.docx");
            assert_eq!(native.path, "C:\\x\\a.docx");
            assert_eq!(native.command, "C:\\t\\a.docx");
            assert!(!native.linked);
            assert_eq!(&data[native.file], b"FILE");
        }
    }

    #[test]
    fn a_linked_package_holds_a_command() {
        let data = package("x", "C:\\i.ico", "cmd /c calc", 1, b"");
        let native = Native::read(&data, data.len()).unwrap();
        assert!(native.linked);
        assert_eq!(native.command, "cmd /c calc");
    }

    #[test]
    fn lengths_that_lie_are_cut() {
        let good = package("a", "b", "c", 3, b"FILE");
        let length = good.len();
        let mut data = good.clone();
        data[length - 8..length - 4].copy_from_slice(&[0xff; 4]);
        let native = Native::read(&data, length).unwrap();
        assert_eq!(&data[native.file], b"FILE");
        // The length of the path.
        let mut data = good.clone();
        data[length - 14..length - 10].copy_from_slice(&[0xff; 4]);
        let native = Native::read(&data, length).unwrap();
        assert_eq!(native.command, "c");
        assert_eq!(&data[native.file], b"FILE");
        // Only the start of a long file is given.
        let native = Native::read(&good[..length - 2], length).unwrap();
        assert_eq!(native.file, length - 4..length);
    }

    #[test]
    fn the_file_of_an_icon_is_not_what_runs() {
        let runs = |name: &str| {
            let name = name.to_lowercase();
            [".exe", ".dll", ".js", ".lnk"]
                .iter()
                .any(|kind| name.ends_with(kind))
        };
        let target = |label: &str, path: &str, command: &str, kind: u16| {
            let data = package(label, path, command, kind, b"FILE");
            let native = Native::read(&data, data.len()).unwrap();
            let link = native.link(&[], Location::root(Some("a")), runs)?;
            Some((link.kind, link.target.unwrap_or_default()))
        };
        let icons = [
            r"C:\Windows\System32\SHELL32.DLL",
            r"C:\WINDOWS\system32\packager.dll",
            r"%SystemRoot%\system32\imageres.dll",
            "packager.dll",
            r"C:\Windows\Installer\{90160000-0011-0000-0000-0000000FF1CE}\wordicon.exe",
            r"C:\Program Files (x86)\Microsoft Office\Office16\WORDICON.EXE",
        ];
        for icon in icons {
            assert_eq!(target("a.pdf", icon, r"C:\t\a.pdf", 3), None, "{icon}");
            assert_eq!(target("a.txt", icon, "", 3), None, "{icon}");
            for name in ["a.exe", "a.lnk", "a.js"] {
                let command = format!(r"C:\t\{name}");
                let wanted = Some((Kind::Execute, command.clone()));
                assert_eq!(target("a.pdf", icon, &command, 3), wanted);
                assert_eq!(
                    target(name, icon, "", 3),
                    Some((Kind::Execute, name.into()))
                );
            }
            // What a package leads to is its command.
            let linked = Some((Kind::ExternalLink, r"C:\d\a.pdf".into()));
            assert_eq!(target("a.pdf", icon, r"C:\d\a.pdf", 1), linked);
            let linked = Some((Kind::Execute, "cmd /c calc".into()));
            assert_eq!(target("a.pdf", icon, "cmd /c calc", 1), linked);
        }
        // No other name, or one that is none of a file; and programs that are not installed.
        let shell = icons[0];
        for (label, path, command) in [
            ("", shell, ""),
            ("my file", shell, ""),
            ("a.txt", shell, shell),
            ("a.txt", r"C:\t\a.exe", r"C:\t\a.txt"),
            ("a.txt", r"\\h\windows\a.dll", r"C:\t\a.txt"),
            ("a.txt", r"C:\windows\..\t\a.dll", r"C:\t\a.txt"),
            ("a.txt", r"C:\windows\a.js", r"C:\t\a.txt"),
        ] {
            let wanted = Some((Kind::Execute, path.to_owned()));
            assert_eq!(target(label, path, command, 3), wanted, "{label} {path}");
        }
        let linked = Some((Kind::Execute, shell.to_owned()));
        assert_eq!(target("a.txt", shell, "", 1), linked);
    }

    #[test]
    fn other_native_data_is_no_package() {
        assert_eq!(Native::read(b"\x04\0\0\0BM..", 8), None);
        assert_eq!(Native::read(b"", 0), None);
        assert_eq!(Native::read(b"\x02\0no end", 8), None);
        for cut in 0..20 {
            let data = package("a", "b", "c", 3, b"FILE");
            let _ = Native::read(&data[..cut], data.len());
        }
    }

    #[test]
    fn the_names_behind_the_file_are_read() {
        let mut tail = Vec::new();
        for name in ["C:\\t\\a.js", "a.js"] {
            tail.extend((name.len() as u32).to_le_bytes());
            tail.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        }
        tail.extend([0xff; 4]);
        assert_eq!(wide_names(&tail), ["C:\\t\\a.js", "a.js"]);
        assert!(wide_names(b"ab").is_empty());
    }
}
