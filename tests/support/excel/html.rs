//! Pages and web archives saved for Excel (`spec/excel.md` §6.2).

use super::payload::{Disguise, Payload, Reason, xml_attribute};
use super::xml2003::sup_book;

/// A page around table rows.
pub fn page(head: &str, rows: &str) -> String {
    format!(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"\r\n\
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"\r\n\
         xmlns=\"http://www.w3.org/TR/REC-html40\">\r\n<head>\r\n\
         <meta http-equiv=Content-Type content=\"text/html; charset=utf-8\">\r\n\
         <meta name=ProgId content=Excel.Sheet>\r\n{head}</head>\r\n<body>\r\n\
         <table border=0>\r\n{rows}</table>\r\n</body>\r\n</html>\r\n"
    )
}

/// A page that no Office program wrote.
pub fn bare(rows: &str) -> String {
    format!("<table>{rows}</table>")
}

/// The text in HTML, in a disguise.
fn text(text: &str, disguise: Disguise) -> Result<String, Reason> {
    if text.contains('\0') {
        return Err("a page cannot hold the character");
    }
    let letter = |c: char| match (disguise, c) {
        (Disguise::References, _) => format!("&#{};", u32::from(c)),
        (Disguise::HexReferences, _) => format!("&#x{:X};", u32::from(c)),
        (Disguise::Names, '|') => "&vert;".to_owned(),
        (Disguise::Names, '\'') => "&apos;".to_owned(),
        (Disguise::Names, '!') => "&excl;".to_owned(),
        (Disguise::Names, '=') => "&equals;".to_owned(),
        (Disguise::Markup, 'A'..='z') => format!("<b>{c}</b>"),
        (_, '&') => "&amp;".to_owned(),
        (_, '<') => "&lt;".to_owned(),
        (_, '>') => "&gt;".to_owned(),
        (_, '"') => "&quot;".to_owned(),
        // White space is folded, except where it is meant.
        (_, ' ') => " ".to_owned(),
        _ if c < ' ' => format!("&#{};", u32::from(c)),
        _ => c.to_string(),
    };
    match disguise {
        Disguise::XEscapes | Disguise::Cdata | Disguise::Comments => {
            Err("the disguise is one of XML")
        }
        _ => Ok(text.chars().map(letter).collect()),
    }
}

fn cell(payload: &Payload, tag: &str) -> Result<String, Reason> {
    let typed = &payload.typed;
    if typed.contains("  ") && payload.disguise != Disguise::None {
        return Err("blanks fold");
    }
    // A control character is no reference either: the parser drops or replaces it.
    if typed.chars().any(|c| c < ' ' && c != '\t') {
        return Err("a page cannot hold the character");
    }
    Ok(format!(
        "<tr><td>first</td><{tag}>{}</{tag}></tr>\r\n",
        text(typed, payload.disguise)?
    ))
}

/// Text of a `td`.
pub fn td(payload: &Payload) -> Result<String, Reason> {
    Ok(page("", &cell(payload, "td")?))
}

/// Text of a `th` in a page of any program.
pub fn th(payload: &Payload) -> Result<String, Reason> {
    Ok(bare(&cell(payload, "th")?))
}

/// `x:fmla`.
pub fn fmla(payload: &Payload) -> Result<String, Reason> {
    if matches!(payload.disguise, Disguise::Markup) {
        return Err("an attribute cannot hold tags");
    }
    let value = match payload.disguise {
        Disguise::Names => text(payload.formula(), payload.disguise)?,
        disguise => xml_attribute(payload.formula(), disguise)?,
    };
    let rows = format!("<tr><td x:num=\"0\" x:fmla=\"={value}\">0</td></tr>\r\n");
    Ok(page("", &rows))
}

/// The workbook's own XML in a conditional comment.
pub fn island(payload: &Payload) -> Result<String, Reason> {
    let books: String = payload.table()?.iter().map(sup_book).collect();
    let books = ["SupBook", "Path", "ExternName", "Name", "WantAdvise", "OLE"]
        .iter()
        .fold(books, |text, name| {
            text.replace(&format!("<{name}>"), &format!("<x:{name}>"))
                .replace(&format!("</{name}>"), &format!("</x:{name}>"))
                .replace(&format!("<{name}/>"), &format!("<x:{name}/>"))
        });
    let head = format!(
        "<!--[if gte mso 9]><xml>\r\n <x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet>\
         <x:Name>Sheet1</x:Name></x:ExcelWorksheet></x:ExcelWorksheets>{books}\
         </x:ExcelWorkbook></xml><![endif]-->\r\n"
    );
    Ok(page(&head, "<tr><td>1</td></tr>"))
}
