//! Rows of the table: a published spelling, its source, and what it must resolve to.
//!
//! One file a family in `table/`. `#` begins a comment. In front of the rows, `service` and `root`
//! (the image of the command itself) hold for all of them. A row is
//!
//! ```text
//! [id] source
//! s service        where it is another than the file's
//! r image          where the command itself is another
//! t topic          everything behind the first blank, as it is
//! > image          a program that it starts, in order; `~ text`: what its arguments contain
//! = text           stands in the clear text: in a script or in arguments
//! i kind value     an indicator; the value may be the canonical one
//! wine line        what `tests/support/commands_wine.py` gave a real cmd.exe …
//! says text        … and what that answered
//! ```

use std::path::Path;

#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) family: String,
    pub(crate) source: String,
    pub(crate) service: String,
    pub(crate) topic: String,
    pub(crate) root: String,
    /// Image, and what the arguments contain.
    pub(crate) chain: Vec<(String, Option<String>)>,
    pub(crate) text: Vec<String>,
    pub(crate) indicators: Vec<(String, String)>,
}

/// All rows, in the order of the files' names.
pub(crate) fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/table");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt"))
        .collect();
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let family = file.file_stem().unwrap().to_str().unwrap().to_owned();
        read(&family, &std::fs::read_to_string(file).unwrap(), &mut rows);
    }
    rows
}

fn read(family: &str, text: &str, rows: &mut Vec<Row>) {
    let mut common = Row {
        family: family.to_owned(),
        ..Row::default()
    };
    let mut open: Option<Row> = None;
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(head) = line.strip_prefix('[') {
            rows.extend(open.take());
            let (id, source) = head.split_once("] ").expect(line);
            open = Some(Row {
                id: id.to_owned(),
                source: source.to_owned(),
                ..common.clone()
            });
            continue;
        }
        let (key, value) = line.split_once(' ').expect(line);
        let value = value.to_owned();
        match (key, &mut open) {
            ("service", None) => common.service = value,
            ("root", None) => common.root = value,
            ("s", Some(row)) => row.service = value,
            ("r", Some(row)) => row.root = value,
            ("t", Some(row)) => row.topic = value,
            (">", Some(row)) => row.chain.push(match value.split_once(" ~ ") {
                Some((image, part)) => (image.to_owned(), Some(part.to_owned())),
                None => (value, None),
            }),
            ("=", Some(row)) => row.text.push(value),
            ("i", Some(row)) => {
                let (kind, value) = value.split_once(' ').expect(line);
                row.indicators.push((kind.to_owned(), value.to_owned()));
            }
            ("wine" | "says", Some(_)) => {}
            _ => panic!("{family}: {line}"),
        }
    }
    rows.extend(open);
}
