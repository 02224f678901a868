//! Which Office program would be the parent of what a link starts.

use super::super::reported::Found;

const WORD: &str = "WINWORD.EXE";
const EXCEL: &str = "EXCEL.EXE";
const SLIDES: &str = "POWERPNT.EXE";
const MAIL: &str = "OUTLOOK.EXE";
const VISIO: &str = "VISIO.EXE";
const NOTES: &str = "ONENOTE.EXE";
const ACCESS: &str = "MSACCESS.EXE";
const PUBLISHER: &str = "MSPUB.EXE";
const LIBRE: &str = "soffice.bin";

/// Names of files and what opens them, by extension.
const EXTENSIONS: &[(&[&str], &str)] = &[
    (
        &["doc", "docx", "docm", "dot", "dotx", "dotm", "rtf", "wbk"],
        WORD,
    ),
    (
        &[
            "xls", "xlsx", "xlsm", "xlsb", "xlt", "xltx", "xltm", "xla", "xlam", "xlw", "csv",
            "slk", "dif", "iqy", "dqy", "oqy",
        ],
        EXCEL,
    ),
    (
        &[
            "ppt", "pptx", "pptm", "pps", "ppsx", "ppsm", "pot", "potx", "potm",
        ],
        SLIDES,
    ),
    (&["msg", "eml", "oft"], MAIL),
    (&["vsd", "vsdx", "vsdm", "vdx"], VISIO),
    (&["one"], NOTES),
    (&["mdb", "accdb"], ACCESS),
    (&["pub"], PUBLISHER),
    (&["odt", "ods", "odp", "fodt", "fods", "ott", "ots"], LIBRE),
];

/// Folders of packages that belong to one program.
const FOLDERS: &[(&str, &str)] = &[
    ("word/", WORD),
    ("xl/", EXCEL),
    ("ppt/", SLIDES),
    ("visio/", VISIO),
];

/// The programs that may start what a finding asks for, in a fixed order, never empty.
pub(super) fn of(format: &str, finding: &Found<'_>) -> Vec<&'static str> {
    let path = &finding.place.path;
    let in_mail = matches!(format, "msg" | "eml" | "tnef")
        || path
            .iter()
            .any(|name| extension(name).is_some_and(|end| opens(&end) == Some(MAIL)));
    let of_carrier = match finding.carrier {
        "database-field" | "field" | "frame" | "include-text" | "link-field" | "macro-button"
        | "mail-merge" | "rd-field" => Some(WORD),
        "connection" | "dde-link-part" | "external-workbook" | "formula" | "function" | "name"
        | "supbook" | "web-query" | "xlm" => Some(EXCEL),
        "dde-declaration" => Some(LIBRE),
        _ => None,
    };
    let of_name = path.iter().rev().find_map(|name| {
        let folder = FOLDERS.iter().find(|(folder, _)| {
            name.trim_start_matches('/')
                .to_ascii_lowercase()
                .starts_with(folder)
        });
        folder
            .map(|(_, program)| *program)
            .or_else(|| extension(name).and_then(|end| opens(&end)))
    });
    // OpenDocument in Office programs: a link of theirs, too.
    let program = match of_carrier {
        Some(LIBRE) => Some(LIBRE),
        Some(program) => Some(program),
        None => of_name.or_else(|| of_format(format)),
    };
    match program {
        // A message shows its text in Word's editor, inside its own process.
        Some(WORD) if in_mail => vec![MAIL, WORD],
        Some(program) => vec![program],
        None => vec![EXCEL, MAIL, SLIDES, WORD],
    }
}

/// The programs in the title of a rule.
pub(super) fn title(parents: &[&str]) -> String {
    match parents {
        [one] => (*one).to_owned(),
        _ => "Office".to_owned(),
    }
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "doc" | "docx" | "rtf" | "word-xml-2003" => WORD,
        "xls" | "xlsx" | "xlsb" | "excel-xml-2003" | "sylk" | "dif" | "delimited-text"
        | "query-file" => EXCEL,
        "ppt" | "pptx" => SLIDES,
        "msg" | "eml" | "tnef" => MAIL,
        "visio" => VISIO,
        "one-note" => NOTES,
        "access" => ACCESS,
        "odf" | "odp" | "ods" | "odt" => LIBRE,
        _ => return None,
    })
}

fn extension(name: &str) -> Option<String> {
    let (_, end) = name.rsplit_once('.')?;
    (end.len() <= 5).then(|| end.to_ascii_lowercase())
}

fn opens(extension: &str) -> Option<&'static str> {
    let known = EXTENSIONS
        .iter()
        .find(|(ends, _)| ends.contains(&extension));
    known.map(|(_, program)| *program)
}
