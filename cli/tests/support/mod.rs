//! Small documents, a folder that goes away, and the program under test.

pub(crate) mod evtx;

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use zip::unstable::write::FileOptionsExt;
use zip::write::{FileOptions, SimpleFileOptions, ZipWriter};

/// What one run of the program left.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ddetect"));
    command
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    run_with(arguments, b"")
}

/// Runs the program with `input` on its standard input.
pub(crate) fn run_with(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    // It may end without reading.
    drop(child.stdin.take().unwrap().write_all(input));
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of its own for each test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("ddetect-cli-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        fs::create_dir_all(&root).unwrap();
        Folder(root)
    }

    pub(crate) fn root(&self) -> &str {
        self.0.to_str().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A document with a DDEAUTO field that starts cmd.exe.
pub(crate) fn malicious() -> Vec<u8> {
    docx(
        r#"<w:fldSimple w:instr=" DDEAUTO c:\\windows\\system32\\cmd.exe &quot;/k calc.exe&quot; "><w:r><w:t>x</w:t></w:r></w:fldSimple>"#,
    )
}

/// A document with these fields, each in a line of its own.
pub(crate) fn fields<'a>(instructions: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let field = |instruction: &str| {
        let instruction = instruction.replace('"', "&quot;");
        format!(r#"<w:fldSimple w:instr=" {instruction} "><w:r><w:t>x</w:t></w:r></w:fldSimple>"#)
    };
    let fields: Vec<_> = instructions.into_iter().map(field).collect();
    docx(&fields.join("</w:p><w:p>"))
}

/// A document with a line of text.
pub(crate) fn harmless() -> Vec<u8> {
    docx("<w:r><w:t>Good morning</w:t></w:r>")
}

fn docx(paragraph: &str) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>{paragraph}</w:p></w:body></w:document>"#
    );
    zip_of(
        &[
            ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
            ("_rels/.rels", RELATIONSHIPS.as_bytes()),
            ("word/document.xml", document.as_bytes()),
        ],
        SimpleFileOptions::default(),
    )
}

/// An archive with one member that the password opens.
pub(crate) fn encrypted_zip(name: &str, bytes: &[u8], password: &str) -> Vec<u8> {
    let options = SimpleFileOptions::default().with_deprecated_encryption(password.as_bytes());
    zip_of(&[(name, bytes)], options.unwrap())
}

fn zip_of(members: &[(&str, &[u8])], options: FileOptions<'_, ()>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
