//! Files that start or open something else, told by their bytes (`spec/excel.md` §8.2): shortcuts
//! of Windows (`.lnk`, [MS-SHLLINK]), of the web (`.url`), of its settings
//! (`.settingcontent-ms`), and what else its shell follows.
//!
//! Alone such a file is none of Office's; in a package of a document a click opens it, and what it
//! starts is what the document starts.
//!
//! # Malformed input
//!
//! Lengths and offsets that lead nowhere leave out what they lead to. Only the start of a file is
//! given; of one that is longer, the rest is not read.
//!
//! # Worst cases
//!
//! Linear in the bytes; what is made of them is no longer than they are.

use std::borrow::Cow;

use super::native::CLASS;
use super::text;
use crate::bytes::Bytes;
use crate::link::{Carrier, Confidence, Kind, Link, Trigger};
use crate::location::Location;
use crate::markup::references::{Entities, resolve};

/// The start of a shortcut: its header's size and class ([MS-SHLLINK] 2.1).
const LNK: &[u8] = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
/// Bytes of the header of a shortcut.
const HEADER: usize = 76;
/// Flags of a shortcut ([MS-SHLLINK] 2.1.1).
const HAS_ID_LIST: u32 = 0x01;
const HAS_LINK_INFO: u32 = 0x02;
const HAS_RELATIVE_PATH: u32 = 0x08;
const HAS_ARGUMENTS: u32 = 0x20;
const IS_UNICODE: u32 = 0x80;
/// The block that names the target with variables ([MS-SHLLINK] 2.5.4).
const ENVIRONMENT: u32 = 0xa000_0001;
/// The block of an item of a list that holds its long name (libfwsi, extension block 0xbeef0004).
const LONG_NAME: u32 = 0xbeef_0004;
/// Bytes at the start of a text in which its kind must show.
const HEAD: usize = 64 << 10;

/// A file that starts or opens something else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// What it is, in plain words.
    pub(crate) kind: &'static str,
    /// The command line or the address; empty when it names none.
    pub(crate) target: String,
}

impl Shortcut {
    /// What a click on the package that holds it starts. `runs` says whether its name lets it.
    pub(crate) fn link(&self, location: Location, runs: bool) -> Link {
        let raw = format!("{} {}", self.kind, self.target);
        let mut link = Link::new(Kind::Execute, Carrier::OlePackage, location, raw.trim_end());
        link.trigger = Trigger::Click;
        if !runs {
            // Windows goes by the name, which may be another one by then.
            link.confidence = Confidence::Medium;
        }
        let target = if self.target.is_empty() {
            self.kind
        } else {
            &self.target
        };
        link.target = Some(target.to_owned());
        link.prog_id = Some(CLASS.to_owned());
        link
    }
}

/// Texts: what tells their kind, and between what their target stands.
const TEXTS: &[Kinds] = &[
    Kinds::section("internet shortcut (.url)", "[internetshortcut]", &["url"]),
    Kinds::section("shell command (.scf)", "[shell]", &["iconfile", "command"]),
    Kinds::section("theme (.theme)", "[theme]", &["path", "wallpaper"]),
    Kinds::element(
        "settings shortcut (.settingcontent-ms)",
        "<pcsettings",
        "deeplink",
    ),
    Kinds::element("library (.library-ms)", "<librarydescription", "url"),
    Kinds::element(
        "search connector (.searchconnector-ms)",
        "<searchconnectordescription",
        "url",
    ),
    Kinds::attribute("saved search (.search-ms)", "<persistedquery", "path"),
    Kinds::attribute("Java program (.jnlp)", "<jnlp", "codebase"),
    Kinds::attribute("HTML application (.hta)", "<hta:application", "src"),
    Kinds::attribute("script of Windows (.wsf)", "<job", "src"),
];

/// A kind of text.
struct Kinds {
    kind: &'static str,
    sign: &'static str,
    place: Place,
}

/// Where the target of a text stands.
enum Place {
    /// Behind one of these keys, the first one first.
    Keys(&'static [&'static str]),
    Element(&'static str),
    Attribute(&'static str),
}

impl Kinds {
    const fn section(
        kind: &'static str,
        sign: &'static str,
        keys: &'static [&'static str],
    ) -> Self {
        let place = Place::Keys(keys);
        Kinds { kind, sign, place }
    }

    const fn element(kind: &'static str, sign: &'static str, name: &'static str) -> Self {
        let place = Place::Element(name);
        Kinds { kind, sign, place }
    }

    const fn attribute(kind: &'static str, sign: &'static str, name: &'static str) -> Self {
        let place = Place::Attribute(name);
        Kinds { kind, sign, place }
    }
}

/// What the file is that starts with `data`; `None` for all but shortcuts.
pub(crate) fn read(data: &[u8]) -> Option<Shortcut> {
    if data.starts_with(LNK) {
        return Some(Shortcut {
            kind: "shortcut (.lnk)",
            target: target_of_lnk(data),
        });
    }
    let head = data.get(..data.len().min(HEAD)).unwrap_or_default();
    let text = decoded(head);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !start.starts_with(['[', '<', ';']) {
        return None;
    }
    let lower = start.to_ascii_lowercase();
    TEXTS.iter().find_map(|kinds| {
        let at = lower.find(kinds.sign)?;
        let after = at.checked_add(kinds.sign.len())?;
        let (rest, lower) = (start.get(after..)?, lower.get(after..)?);
        let target = match kinds.place {
            Place::Keys(keys) => {
                // A section begins its line.
                let line = start.get(..at)?.rsplit(['\r', '\n']).next()?;
                line.trim().is_empty().then(|| by_key(rest, keys))?
            }
            Place::Element(name) => element(rest, lower, name),
            Place::Attribute(name) => {
                // `<jobs>` is another element.
                let ends = !lower.starts_with(|c: char| c.is_alphanumeric());
                let is_script = kinds.sign != "<job" || lower.contains("<script");
                (ends && is_script).then(|| attribute(rest, lower, name))?
            }
        };
        Some(Shortcut {
            kind: kinds.kind,
            target,
        })
    })
}

/// A text in UTF-16 or in bytes.
fn decoded(head: &[u8]) -> Cow<'_, str> {
    let wide = head.starts_with(&[0xff, 0xfe]) || matches!(head, [first, 0, ..] if *first != 0);
    if wide {
        let (units, _) = head.as_chunks();
        let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        return Cow::Owned(String::from_utf16_lossy(&units));
    }
    String::from_utf8_lossy(head)
}

/// The value of the first of the keys that has one.
fn by_key(text: &str, keys: &[&str]) -> String {
    let value = |wanted: &&str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            let value = value.trim();
            (key.trim().eq_ignore_ascii_case(wanted) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    keys.iter().find_map(value).unwrap_or_default()
}

/// What stands in the first element of this name; `lower` is `text` in lower case.
fn element(text: &str, lower: &str, name: &str) -> String {
    let inside = || {
        let mut at = 0usize;
        // Its prefix does not count.
        loop {
            let found = at.checked_add(lower.get(at..)?.find(name)?)?;
            at = found.checked_add(name.len())?;
            let before = lower.get(..found)?;
            let mut letters = before.bytes().rev().take(32);
            let mark = letters.find(|byte| !byte.is_ascii_alphanumeric() && *byte != b':');
            let opens = mark == Some(b'<') && before.ends_with(['<', ':']);
            let behind = lower.get(at..)?;
            if opens && behind.starts_with(|c: char| c == '>' || c.is_whitespace()) {
                let open = at.checked_add(behind.find('>')?)?.checked_add(1)?;
                let inner = text.get(open..)?;
                return inner.split("</").next();
            }
        }
    };
    let inner = inside().unwrap_or_default().trim();
    let inner = inner
        .strip_prefix("<![CDATA[")
        .map_or(inner, |inner| inner.strip_suffix("]]>").unwrap_or(inner));
    resolve(inner, &Entities::default()).0.into_owned()
}

/// The value of the first attribute of this name; `lower` is `text` in lower case.
fn attribute(text: &str, lower: &str, name: &str) -> String {
    let value = || {
        let mut at = 0usize;
        loop {
            let found = at.checked_add(lower.get(at..)?.find(name)?)?;
            at = found.checked_add(name.len())?;
            let own = lower.get(..found)?.ends_with(char::is_whitespace);
            let behind = text.get(at..)?.trim_start();
            if let Some(value) = behind.strip_prefix('=').filter(|_| own) {
                let value = value.trim_start();
                let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                return value.get(1..)?.split(mark).next();
            }
        }
    };
    resolve(value().unwrap_or_default(), &Entities::default())
        .0
        .into_owned()
}

/// The command line of a shortcut: what it leads to, and its arguments ([MS-SHLLINK] 2.1 to 2.5).
fn target_of_lnk(data: &[u8]) -> String {
    let mut bytes = Bytes::at(data, LNK.len()).unwrap_or(Bytes::new(&[]));
    let flags = bytes.u32().unwrap_or(0);
    let mut bytes = Bytes::at(data, HEADER).unwrap_or(Bytes::new(&[]));
    let has = |flag: u32| flags & flag != 0;
    let mut by_list = String::new();
    if has(HAS_ID_LIST) {
        let list = bytes
            .u16()
            .map(usize::from)
            .and_then(|size| bytes.take(size));
        by_list = path_of_list(list.unwrap_or_default());
    }
    let mut by_info = String::new();
    if has(HAS_LINK_INFO) {
        // Its size counts itself.
        let info = bytes.rest();
        let size = Bytes::new(info).u32().unwrap_or(0);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if let Some(info) = bytes.take(size) {
            by_info = path_of_info(info);
        }
    }
    let mut strings = [const { String::new() }; 5];
    for (slot, flag) in strings
        .iter_mut()
        .zip([0x04, HAS_RELATIVE_PATH, 0x10, HAS_ARGUMENTS, 0x40])
    {
        if has(flag) {
            *slot = counted(&mut bytes, has(IS_UNICODE)).unwrap_or_default();
        }
    }
    let by_variables = path_of_blocks(bytes);
    let [_, relative, _, arguments, _] = strings;
    let mut all = [by_variables, by_info, by_list, relative].into_iter();
    let path = all.find(|path| !path.is_empty()).unwrap_or_default();
    let path = if path.contains(' ') && !arguments.is_empty() {
        format!("\"{path}\"")
    } else {
        path
    };
    // Blanks in front push the rest out of the dialog that shows them.
    format!("{path} {}", arguments.trim()).trim().to_owned()
}

/// A text behind the number of its characters ([MS-SHLLINK] 2.4).
fn counted(bytes: &mut Bytes<'_>, wide: bool) -> Option<String> {
    let count = usize::from(bytes.u16()?);
    let length = if wide { count.checked_mul(2)? } else { count };
    let text = bytes.take(length)?;
    Some(if wide {
        text::wide(text).0
    } else {
        text::ansi(text)
    })
}

/// The path in a list of items, each in the folder before it ([MS-SHLLINK] 2.2).
fn path_of_list(list: &[u8]) -> String {
    let mut bytes = Bytes::new(list);
    let mut path = String::new();
    while let Some(size) = bytes.u16() {
        let Some(item) = usize::from(size)
            .checked_sub(2)
            .and_then(|size| bytes.take(size))
        else {
            break;
        };
        match item {
            [0x2f, drive @ ..] => path = text::ansi(drive).trim_end_matches('\\').to_owned(),
            [kind, ..] if (0x30..0x40).contains(kind) => {
                let name = long_name(item).or_else(|| Some(text::ansi(item.get(12..)?)));
                if !path.is_empty() {
                    path.push('\\');
                }
                path.push_str(&name.unwrap_or_default());
            }
            // A place on the network, or an address.
            [kind, ..] if (0x40..0x50).contains(kind) => {
                path = text::ansi(item.get(3..).unwrap_or_default());
            }
            _ => {}
        }
    }
    path
}

/// The long name of a file in an item; its place depends on the version of the block.
fn long_name(item: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(item, &LONG_NAME.to_le_bytes())?;
    let block = item.get(at.checked_sub(4)?..)?;
    let mut bytes = Bytes::new(block);
    let (_size, version) = (bytes.u16()?, bytes.u16()?);
    let name = match version {
        0..=2 => return None,
        3..=6 => 20,
        7 => 38,
        8 => 42,
        _ => 46,
    };
    let (name, _) = text::wide(block.get(name..)?);
    (!name.is_empty()).then_some(name)
}

/// The path in what describes where the target was ([MS-SHLLINK] 2.3).
fn path_of_info(info: &[u8]) -> String {
    let number = |at: usize| Bytes::at(info, at).and_then(|mut bytes| bytes.u32());
    let text_at = |at: usize| {
        let start = usize::try_from(number(at)?).ok()?;
        let text = text::ansi(info.get(start..).filter(|_| start > 0)?);
        (!text.is_empty()).then_some(text)
    };
    let wide_at = |at: usize| {
        // The header is longer when it has these.
        let start = number(4)
            .filter(|size| *size >= 0x24)
            .and_then(|_| number(at))?;
        let start = usize::try_from(start).ok()?;
        let (text, _) = text::wide(info.get(start..).filter(|_| start > 0)?);
        (!text.is_empty()).then_some(text)
    };
    let share = || {
        let start = usize::try_from(number(20)?)
            .ok()
            .filter(|start| *start > 0)?;
        let name = usize::try_from(number(start.checked_add(8)?)?).ok()?;
        Some(text::ansi(info.get(start.checked_add(name)?..)?))
    };
    let suffix = wide_at(32).or_else(|| text_at(24)).unwrap_or_default();
    if let Some(base) = wide_at(28).or_else(|| text_at(16)) {
        return base + &suffix;
    }
    match share() {
        Some(share) if !suffix.is_empty() => format!("{share}\\{suffix}"),
        Some(share) => share,
        None => String::new(),
    }
}

/// The path with variables in the blocks at the end.
fn path_of_blocks(mut bytes: Bytes<'_>) -> String {
    while let Some(size) = bytes.u32() {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let Some(block) = size.checked_sub(4).and_then(|size| bytes.take(size)) else {
            break;
        };
        let mut inside = Bytes::new(block);
        if inside.u32() == Some(ENVIRONMENT) {
            let narrow = text::ansi(inside.take(260).unwrap_or_default());
            let (wide, _) = text::wide(inside.rest());
            return if wide.is_empty() { narrow } else { wide };
        }
    }
    String::new()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A shortcut with a path by [MS-SHLLINK] 2.3 and arguments.
    pub(in super::super) fn lnk(path: &str, arguments: &str) -> Vec<u8> {
        let mut data = LNK.to_vec();
        data.extend((HAS_LINK_INFO | HAS_ARGUMENTS | IS_UNICODE).to_le_bytes());
        data.resize(HEADER, 0);
        let mut info = Vec::new();
        let end = 28 + path.len() as u32 + 1;
        for number in [end + 1, 28, 1, 0, 28, 0, end] {
            info.extend(number.to_le_bytes());
        }
        info.extend(path.as_bytes());
        info.extend([0, 0]);
        data.extend(info);
        data.extend((arguments.encode_utf16().count() as u16).to_le_bytes());
        data.extend(arguments.encode_utf16().flat_map(u16::to_le_bytes));
        data.extend([0; 4]);
        data
    }

    #[test]
    fn a_shortcut_gives_its_command_line() {
        let data = lnk("C:\\Windows\\System32\\cmd.exe", "   /c calc");
        let read = read(&data).unwrap();
        assert_eq!(read.kind, "shortcut (.lnk)");
        assert_eq!(read.target, "C:\\Windows\\System32\\cmd.exe /c calc");
        let spaced = lnk("C:\\Program Files\\a.exe", "x");
        assert_eq!(target_of_lnk(&spaced), "\"C:\\Program Files\\a.exe\" x");
    }

    #[test]
    fn lists_and_variables_name_targets_too() {
        // [MS-SHLLINK] 3.1: C:\test\a.txt, here with the folder and the file by their short names.
        let mut list = Vec::new();
        let mut item = |body: &[u8]| {
            list.extend((body.len() as u16 + 2).to_le_bytes());
            list.extend(body);
        };
        item(&[0x1f, 0x50, 1, 2]);
        item(b"\x2fC:\\\0\0\0");
        for (kind, name) in [(0x31, "test"), (0x32, "a.txt")] {
            let mut body = vec![kind, 0];
            body.extend([0; 10]);
            body.extend(name.as_bytes());
            body.push(0);
            item(&body);
        }
        list.extend([0, 0]);
        assert_eq!(path_of_list(&list), "C:\\test\\a.txt");
        let mut block = 0x314u32.to_le_bytes().to_vec();
        block.extend(ENVIRONMENT.to_le_bytes());
        block.extend([0; 260]);
        block.extend("%comspec%".encode_utf16().flat_map(u16::to_le_bytes));
        block.resize(0x314, 0);
        assert_eq!(path_of_blocks(Bytes::new(&block)), "%comspec%");
    }

    #[test]
    fn texts_are_told_by_what_they_say() {
        for (text, kind, target) in [
            (
                "[DEFAULT]\r\nBASEURL=x\r\n[InternetShortcut]\r\nURL=file://h/s/a.exe\r\n",
                "internet shortcut (.url)",
                "file://h/s/a.exe",
            ),
            (
                "[Shell]\r\nCommand=2\r\nIconFile=\\\\h\\s\\a.ico\r\n",
                "shell command (.scf)",
                "\\\\h\\s\\a.ico",
            ),
            (
                "<?xml version=\"1.0\"?><PCSettings><SearchableContent xmlns=\"x\"><ApplicationInformation>\
                 <AppID>a</AppID><DeepLink>%windir%\\system32\\cmd.exe /c calc &amp; x</DeepLink>",
                "settings shortcut (.settingcontent-ms)",
                "%windir%\\system32\\cmd.exe /c calc & x",
            ),
            (
                "<libraryDescription xmlns=\"x\"><searchConnectorDescriptionList><simpleLocation>\
                 <url>\\\\h\\s</url>",
                "library (.library-ms)",
                "\\\\h\\s",
            ),
            (
                "<jnlp spec=\"1.0+\" codebase='http://h/' href='a.jnlp'>",
                "Java program (.jnlp)",
                "http://h/",
            ),
            (
                "<job id='x'><script language='VBScript'>x</script>",
                "script of Windows (.wsf)",
                "",
            ),
            (
                "<html><HTA:APPLICATION id=x><script>",
                "HTML application (.hta)",
                "",
            ),
        ] {
            let found = read(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.kind, found.target.as_str()), (kind, target));
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(
                read(&wide).map(|found| found.target).as_deref(),
                Some(target)
            );
        }
        for text in [
            "",
            "[x]\nURL=http://x/",
            "see [InternetShortcut]\nURL=x",
            "<html><body>job</body></html>",
            "<jobs><script/></jobs>",
            "<a><url>x</url></a>",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    /// Written by pylnk3 0.4.3: a list of items with long names, no other path.
    #[test]
    fn a_shortcut_of_another_program() {
        const HEX: &str = "4c0000000114020000000000c000000000000046a10100000000000000cd7c9d687bdd0100cd7c9d\
        687bdd0100cd7c9d687bdd010000000000000000010000000000000000000000000000008b011400\
        1f50e04fd020ea3a6910a2d808002b30309d19002f433a5c00000000000000000000000000000000\
        0000003c00320000000000775d6e84100057696e646f777300260003000400efbe775d6e84775d6e\
        8414000000570069006e0064006f0077007300000016004000320000000000775d6e841000537973\
        74656d33320000280003000400efbe775d6e84775d6e8414000000530079007300740065006d0033\
        003200000018005a00320000000000775d6e84100057696e646f7773506f7765725368656c6c003a\
        0003000400efbe775d6e84775d6e8414000000570069006e0064006f007700730050006f00770065\
        0072005300680065006c006c00000020003400320000000000775d6e84100076312e300000200003\
        000400efbe775d6e84775d6e8414000000760031002e003000000014005200320000000000775d6e\
        841000706f7765727368656c6c2e6578650000340003000400efbe775d6e84775d6e841400000070\
        006f007700650072007300680065006c006c002e0065007800650000001e00000013002d006e006f\
        00700020002d0077002000680069006400640065006e002000630061006c00630000000000";
        let byte = |at: usize| u8::from_str_radix(&HEX[at..at + 2], 16).unwrap();
        let data: Vec<u8> = (0..HEX.len()).step_by(2).map(byte).collect();
        assert_eq!(
            target_of_lnk(&data),
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe -nop -w hidden calc"
        );
    }

    #[test]
    fn what_is_cut_off_ends_nothing() {
        let data = lnk("C:\\a.exe", "b");
        for end in 0..data.len() {
            let _ = read(&data[..end]);
        }
        let mut data = data;
        for at in HEADER..data.len() {
            data[at] = 0xff;
            let _ = read(&data);
        }
        for junk in [
            "<pcsettings",
            "<jnlp codebase",
            "<pcsettings <:deeplink",
            "[shell]\niconfile=",
        ] {
            let _ = read(junk.repeat(HEAD / junk.len()).as_bytes());
        }
    }
}
