//! What the name of a file says of its bytes, for programs that open by name.

/// Extensions that Excel opens as a text of cells, whatever stands in front: "Text Files" of its
/// Open dialog (`spec/excel.md` §5.1), and those that Windows gives to it or Calc takes for them.
const CELLS: &[&str] = &["asc", "csv", "prn", "tab", "text", "tsv", "txt"];

/// Extensions of workbooks and their kin (`spec/excel.md` §5.1: what the extension maps to Excel
/// and no program knows is opened as a text of cells).
const WORKBOOKS: &[&str] = &[
    "dif", "iqy", "dqy", "oqy", "rqy", "slk", "xla", "xlam", "xlk", "xlm", "xls", "xlsb", "xlsm",
    "xlsx", "xlt", "xltm", "xltx", "xlw",
];

/// The extension of a file name, as Windows takes it: blanks and dots at the end are dropped. The
/// index of a second file of that name (`a.csv#2`) is none of it.
pub(crate) fn extension(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\', ':']).next().unwrap_or(name);
    let dropped = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '.' | '"' | '\'');
    let file = file.trim_matches(dropped);
    let file = match file.rsplit_once('#') {
        Some((head, index)) if index.bytes().all(|byte| byte.is_ascii_digit()) => head,
        Some(_) | None => file,
    };
    let (_, extension) = file.trim_end_matches(dropped).rsplit_once('.')?;
    Some(extension)
}

/// Whether a file of this name is opened as a text of cells, whatever its bytes begin with.
pub(crate) fn is_cells(name: &str) -> bool {
    is_one_of(name, CELLS)
}

/// Whether a file of this name is given to Excel, which opens it as a text of cells when it is a
/// text of no format that Excel has.
pub(super) fn is_workbook(name: &str) -> bool {
    is_one_of(name, WORKBOOKS)
}

fn is_one_of(name: &str, extensions: &[&str]) -> bool {
    extension(name).is_some_and(|extension| {
        extensions
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Whether a file of this name is a web query, however little its bytes say.
pub(super) fn is_web_query(name: &str) -> bool {
    extension(name).is_some_and(|extension| extension.eq_ignore_ascii_case("iqy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_texts_of_cells() {
        for name in [
            "a.csv",
            "A.CSV",
            "x/y.tsv",
            "a.csv. ",
            "a.csv#2",
            "b.gif.txt",
            "C:\\x\\a.prn",
        ] {
            assert!(is_cells(name), "{name}");
        }
        for name in ["csv", "a.gif", "a.csv.gif", "a.csv/b", "a.xls", ""] {
            assert!(!is_cells(name), "{name}");
        }
        for name in ["a.xls", "A.XLSX", "a.csv.xlt", "a.slk"] {
            assert!(is_workbook(name), "{name}");
        }
        for name in ["xls", "a.doc", "a.csv", "a.xls.rtf", ""] {
            assert!(!is_workbook(name), "{name}");
        }
    }
}
