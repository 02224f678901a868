//! Whose text it is, by its name and its declared type (`spec/excel.md` §5.1; design page,
//! "Delimited text").

/// Extensions that open in Excel or Calc: those of the Open dialogs of Excel ("All Excel Files",
/// "Text Files", "Data Interchange Format", "SYLK Files", "All Data Sources") and of LibreOffice
/// Calc, beside everything that begins with `xl`.
const EXTENSIONS: &[&str] = &[
    "123", "csv", "dbf", "dif", "dqy", "fods", "htm", "html", "iqy", "mht", "mhtml", "odc", "ods",
    "oqy", "ots", "prn", "qpw", "rqy", "slk", "stc", "sxc", "sylk", "tab", "text", "tsv", "txt",
    "udl", "uos", "wb1", "wb2", "wb3", "wk1", "wk2", "wk3", "wk4", "wks", "wq1", "xml",
];

/// Media types that belong to Excel: what mail programs declare for the extensions above.
const TYPES: &[&str] = &[
    "application/csv",
    "application/excel",
    "application/msexcel",
    "application/x-csv",
    "application/x-excel",
    "application/x-msexcel",
    "application/x-xls",
    "application/xls",
    "text/comma-separated-values",
    "text/csv",
    "text/tab-separated-values",
    "text/tsv",
    "text/x-comma-separated-values",
    "text/x-csv",
];

/// Media types that say nothing: programs declare them for whatever they do not know.
const VAGUE: &[&str] = &[
    "",
    "application/binary",
    "application/octet-stream",
    "application/unknown",
    "application/x-download",
    "binary/octet-stream",
    "content/unknown",
    "text/plain",
];

/// Letters of the longest extension that is taken for one: what is longer is part of a name.
const EXTENSION: usize = 10;

/// Whether the name or the declared type says that another program opens the text, and neither
/// that Excel does. A name without an extension says nothing.
pub(super) fn is_foreign(name: Option<&str>, declared: Option<&str>) -> bool {
    let extension = name.and_then(extension);
    let by_name = extension.as_deref().map(belongs);
    let by_type = declared.and_then(|declared| {
        let (media, _) = declared.split_once(';').unwrap_or((declared, ""));
        let media = media.trim().to_ascii_lowercase();
        let excel = is_media_type(&media);
        (excel || !VAGUE.contains(&media.as_str())).then_some(excel)
    });
    let says = |answer: bool| by_name == Some(answer) || by_type == Some(answer);
    says(false) && !says(true)
}

/// Whether the names that lead to a page, or its declared type, say that Excel opens it, whatever
/// is in it; `None` where no name says anything. A page in an archive has the name of the archive.
pub(in crate::format::excel) fn names_workbook<'n>(
    mut path: impl Iterator<Item = &'n str>,
    declared: Option<&str>,
) -> Option<bool> {
    if declared.is_some_and(is_media_type) {
        return Some(true);
    }
    path.by_ref()
        .filter_map(extension)
        .fold(None, |said, name| {
            let page = matches!(&*name, "htm" | "html" | "mht" | "mhtml" | "xml");
            Some(said == Some(true) || !page && belongs(&name))
        })
}

fn is_media_type(declared: &str) -> bool {
    let (media, _) = declared.split_once(';').unwrap_or((declared, ""));
    let media = media.trim().to_ascii_lowercase();
    TYPES.contains(&media.as_str())
        || media.starts_with("application/vnd.ms-excel")
        || media.contains("spreadsheet")
}

/// Whether the name says that columns are told by blanks, or says nothing.
pub(super) fn may_be_aligned(name: Option<&str>) -> bool {
    name.and_then(extension)
        .is_none_or(|extension| extension == "prn")
}

fn belongs(extension: &str) -> bool {
    extension.starts_with("xl") || EXTENSIONS.contains(&extension)
}

/// The extension of a file name, lower case, as Windows takes it: blanks and dots at the end are
/// dropped. The index of a second file of that name (`a.csv#2`) is none of it.
fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\', ':']).next().unwrap_or(name);
    let dropped = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '.' | '"' | '\'');
    let file = file.trim_matches(dropped);
    let file = match file.rsplit_once('#') {
        Some((head, index)) if index.bytes().all(|byte| byte.is_ascii_digit()) => head,
        Some(_) | None => file,
    };
    let (stem, extension) = file.rsplit_once('.')?;
    let real = !stem.is_empty()
        && extension.len() <= EXTENSION
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    real.then(|| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_belong_to_excel() {
        for name in [
            "a.csv",
            "A.CSV",
            "a.xls",
            "a.xlsx",
            "a.xlt",
            "a.txt",
            "a.prn",
            "a.iqy",
            "x/y.tsv",
            "a.csv#2",
            "a.csv. ",
            "b.md.csv",
            "C:\\x\\a.slk",
            "a.htm",
        ] {
            assert!(!is_foreign(Some(name), None), "{name}");
            assert!(!is_foreign(Some(name), Some("text/markdown")), "{name}");
        }
    }

    #[test]
    fn names_that_say_nothing() {
        for name in [
            "",
            "-",
            "README",
            "upload_17",
            ".profile",
            "a.",
            "v1.2 of the data",
        ] {
            assert!(!is_foreign(Some(name), None), "{name}");
            assert!(is_foreign(Some(name), Some("text/markdown; charset=utf-8")));
        }
        assert!(!is_foreign(None, None));
    }

    #[test]
    fn names_of_other_programs() {
        for name in [
            "a.md",
            "a.csv.md",
            "notes.LOG",
            "a.sh",
            "a.pdf",
            "a.csv/b.rs",
        ] {
            assert!(is_foreign(Some(name), None), "{name}");
            for vague in ["application/octet-stream", "text/plain; charset=x", ""] {
                assert!(is_foreign(Some(name), Some(vague)), "{name} {vague}");
            }
            for excel in [
                "text/csv",
                "application/vnd.ms-excel",
                "Text/CSV; header=present",
            ] {
                assert!(!is_foreign(Some(name), Some(excel)), "{name} {excel}");
            }
        }
    }

    #[test]
    fn names_of_pages() {
        let says = |path: &[&str], declared| names_workbook(path.iter().copied(), declared);
        assert_eq!(says(&[], None), None);
        assert_eq!(says(&["upload"], Some("text/html")), None);
        assert_eq!(says(&["a.html"], None), Some(false));
        assert_eq!(
            says(&["a.html"], Some("application/vnd.ms-excel")),
            Some(true)
        );
        assert_eq!(says(&["a.xls"], None), Some(true));
        assert_eq!(says(&["a.zip", "b.csv"], None), Some(true));
        assert_eq!(says(&["a.xls", "part.htm"], None), Some(true));
        assert_eq!(says(&["a.mht", "part.htm"], None), Some(false));
        assert_eq!(says(&["a.eml", "text"], None), Some(false));
    }

    #[test]
    fn columns_of_blanks() {
        assert!(may_be_aligned(Some("a.prn")) && may_be_aligned(None));
        assert!(!may_be_aligned(Some("a.csv")));
    }
}
