//! The house rules of ARCHITECTURE.md: who may import whom, how long a file may be, no unsafe
//! code, no paths of the machine that a file was written on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What every reader may name: bytes, text, money, places and the nouns it writes down.
const FLOOR: &str = "bytes gap guard limits link location passwords spare text";

/// Each room, and what its production code may name of the rest of the crate: rooms, or single
/// names of a room. A part of a room that has a line of its own may also name its parent.
/// `lib.rs`, the front door, may name everything.
const ROOMS: &[(&str, &[&str])] = &[
    // The ground floor knows nobody above it.
    ("bytes", &[]),
    ("error", &["limits"]),
    ("gap", &["limits location schema"]),
    ("guard", &[]),
    ("limits", &["error spare"]),
    ("spare", &[]),
    ("link", &["location schema"]),
    ("location", &["schema text"]),
    ("passwords", &["link"]),
    ("text", &[]),
    // What a caller brings and takes away.
    ("input", &[]),
    ("options", &["error limits rules::ids verdict::Lines"]),
    ("finding", &["command link location precondition schema"]),
    (
        "report",
        &["finding gap identify::Format link rules::VERSION schema verdict"],
    ),
    ("precondition", &["link schema"]),
    ("schema", &["report"]),
    // Reports as plain data, and what an analyst does with them.
    (
        "recorded",
        &["command finding gap link location precondition report rules::VERSION text verdict"],
    ),
    ("triage", &["recorded verdict"]),
    ("verdict", &["analyzer::Swept finding gap report"]),
    // From bytes to links.
    ("markup", &[FLOOR]),
    ("field", &[FLOOR]),
    ("formula", &[FLOOR]),
    ("container", &[FLOOR, "markup"]),
    ("identify", &[FLOOR, "container markup"]),
    (
        "format",
        &[
            FLOOR,
            "container identify markup report::Properties format/word format/excel format/odf",
            "format/access format/mail format/onenote format/pages format/properties format/slides format/strings format/visio",
        ],
    ),
    ("format/pages", &[]),
    (
        "format/properties",
        &[FLOOR, "container format/pages report::Properties"],
    ),
    (
        "format/ole",
        &[
            FLOOR,
            "container identify markup format/properties report::Properties",
        ],
    ),
    (
        "format/mail",
        &[
            FLOOR,
            "container identify markup format/properties report::Properties",
        ],
    ),
    (
        "format/word",
        &[
            FLOOR,
            "container identify markup field format/ole format/pages format/properties",
            "report::Properties",
        ],
    ),
    (
        "format/excel",
        &[
            FLOOR,
            "container identify markup formula format/ole format/properties",
            "report::Properties",
        ],
    ),
    ("format/access", &[FLOOR, "format/strings"]),
    ("format/onenote", &[FLOOR, "container identify format/ole"]),
    ("format/strings", &[FLOOR, "container formula"]),
    ("format/visio", &[FLOOR, "container markup formula"]),
    ("format/odf", &[FLOOR, "container markup formula identify"]),
    (
        "format/slides",
        &[
            FLOOR,
            "container identify markup format/properties report::Properties",
        ],
    ),
    // From links to a verdict: no bytes, no formats.
    ("command", &["link location text"]),
    (
        "rules",
        &["command finding link location options precondition text"],
    ),
    ("collector", &["command finding link precondition report"]),
    // From a report to the formats of other programs.
    ("export", &["recorded rules::meaning text verdict"]),
    ("seen", &["format link"]),
    // The loop. Nobody imports it, but for the token that `verdict` takes.
    (
        "analyzer",
        &[
            FLOOR,
            "collector command container finding format format/ole identify input markup options",
            "report rules seen verdict",
        ],
    ),
];

/// Lines of a source file before its tests.
const CEILING: usize = 600;

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let exported = exported();
    let mut wrong = Vec::new();
    for file in sources("src")
        .into_iter()
        .filter(|file| !file.ends_with("lib.rs"))
    {
        let text = fs::read_to_string(&file).unwrap();
        let module = module_of(&file);
        let room = room_of(&module);
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!(
                "{}: the room '{room}' has no line in ROOMS",
                file.display()
            ));
            continue;
        };
        for (line, path) in named_paths(&text, &module) {
            let path = match path.split_first() {
                Some((name, _)) if exported.contains_key(name) => {
                    vec![exported[name].clone(), name.clone()]
                }
                _ => path,
            };
            let target = room_of(&path);
            let single = path[..path.len().min(2)].join("::");
            let mut names = allowed.iter().flat_map(|names| names.split(' '));
            let allowed = target == room
                || room.starts_with(&format!("{target}/"))
                || names.any(|name| name == target || name == single);
            if !allowed {
                let path = path.join("::");
                wrong.push(format!("{}:{line}: '{room}' names {path}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_the_ceiling() {
    for file in sources("src").into_iter().chain(sources("cli/src")) {
        let text = fs::read_to_string(&file).unwrap();
        let lines = production(&text).lines().count();
        assert!(
            lines <= CEILING,
            "{}: {lines} production lines",
            file.display()
        );
    }
}

#[test]
fn unsafe_code_is_forbidden() {
    for file in ["src/lib.rs", "cli/src/main.rs"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains("\n#![forbid(unsafe_code)]\n"), "{file}");
    }
}

#[test]
fn no_file_names_a_path_of_this_machine() {
    // Whatever is said of a path in a sample, this checkout and this user have no place in one.
    let home = std::env::var("HOME").unwrap_or_default();
    let mut places = vec![root().display().to_string(), format!("{home}/")];
    // Put together here, so that this file does not name one itself.
    places.extend(["root", "tmp", "work"].map(|name| format!("/{name}/")));
    places.retain(|place| place.len() > 1);
    let mut files = Vec::new();
    collect(&root(), &mut files);
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for (line, text) in (1..).zip(text.lines()) {
            let named = places
                .iter()
                .flat_map(|place| text.match_indices(place.as_str()));
            for (at, place) in named {
                // `https://example.invalid/home/` is no path of a machine.
                let starts = text[..at].ends_with([' ', '"', '\'', '`', '(', '=', ':', '<']);
                assert!(at > 0 && !starts, "{}:{line}: {place}", file.display());
            }
        }
    }
}

#[test]
fn paths_are_read_in_all_their_spellings() {
    let module = ["format".to_owned(), "ooxml".to_owned()];
    let text = "\
use super::{Part, word::Words};
use crate::{gap::{Gap, GapKind}, limits::Budget};
fn f() { crate::link::new::<u8>() } // crate::markup
#[cfg(test)]
mod tests { use crate::rules; }
";
    let named: Vec<_> = named_paths(text, &module)
        .into_iter()
        .map(|(line, path)| format!("{line} {}", path.join("::")))
        .collect();
    let expected = [
        "1 format::Part",
        "1 format::word::Words",
        "2 gap::Gap",
        "2 gap::GapKind",
        "2 limits::Budget",
        "3 link::new",
    ];
    assert_eq!(named, expected);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of a folder, without those that are all tests.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.retain(|file| {
        // The checkout itself may stand in a folder of that name.
        let inside = file.strip_prefix(root()).unwrap();
        let is_tests = inside.ends_with("tests.rs") || inside.iter().any(|name| name == "tests");
        !is_tests && file.extension().is_some_and(|extension| extension == "rs")
    });
    assert!(!files.is_empty(), "{folder}");
    files
}

/// Every file below a folder but those that are made (`target`) and git's own.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if entry.file_name() == "target" || entry.file_name() == ".git" {
            continue;
        } else if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
}

/// The text of a file before its tests.
fn production(text: &str) -> &str {
    text.split_once("\n#[cfg(test)]\nmod ")
        .map_or(text, |(production, _)| production)
}

/// `src/format/word/mod.rs` is `[format, word]`.
fn module_of(file: &Path) -> Vec<String> {
    let inside = file
        .strip_prefix(root().join("src"))
        .unwrap()
        .with_extension("");
    let mut module: Vec<_> = inside
        .iter()
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    module.pop_if(|name| name == "mod");
    module
}

/// The most exact room of the table that holds a path.
fn room_of(path: &[String]) -> String {
    let exact = path[..path.len().min(2)].join("/");
    match ROOMS.iter().any(|(name, _)| *name == exact) {
        true => exact,
        false => path[0].clone(),
    }
}

/// The names that `lib.rs` exports, with their rooms: `crate::Limit` names the room `limits`.
fn exported() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let uses = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "));
    let code: String = uses.map(|path| format!("crate::{path}\n")).collect();
    let paths = named_paths(&code, &[]).into_iter().map(|(_, path)| path);
    paths
        .map(|path| (path[1].clone(), path[0].clone()))
        .collect()
}

/// Every path of the crate that production code names, from `crate`, with its line.
fn named_paths(text: &str, module: &[String]) -> Vec<(usize, Vec<String>)> {
    let lines = production(text).lines();
    let code: String = lines
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = Vec::new();
    for (at, _) in code
        .match_indices("crate::")
        .chain(code.match_indices("super::"))
    {
        let (before, mut rest) = code.split_at(at);
        if before.ends_with(|c: char| c == ':' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let mut base = module.to_vec();
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("crate::") {
            base.clear();
            rest = after;
        }
        let line = before.matches('\n').count() + 1;
        expand(&base, rest, &mut |path| found.push((line, path)));
    }
    found.sort();
    found
}

/// One path, or a group of them: `a::{b, c::d}` is `a::b` and `a::c::d`. Returns what follows.
fn expand<'a>(base: &[String], text: &'a str, found: &mut dyn FnMut(Vec<String>)) -> &'a str {
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            match rest.strip_prefix('}') {
                Some(after) => return after,
                None => rest = expand(base, rest, found),
            }
        }
    }
    let end = text.find(|c: char| c != '*' && c != '_' && !c.is_alphanumeric());
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    assert!(!name.is_empty(), "no path: {text}");
    let path = [base, &[name.to_owned()]].concat();
    match rest.strip_prefix("::") {
        Some(rest) if !rest.starts_with('<') => expand(&path, rest, found),
        Some(_) | None => {
            found(path);
            rest
        }
    }
}
