//! Data interchange format, `.dif` (`spec/excel.md` §5.4).

use super::payload::{Payload, Reason};

/// A file of these texts, one a row.
pub fn file(texts: &[&str]) -> Vec<u8> {
    let mut text = String::from("TABLE\r\n0,1\r\n\"EXCEL\"\r\n");
    text += &format!(
        "VECTORS\r\n0,1\r\n\"\"\r\nTUPLES\r\n0,{}\r\n\"\"\r\nDATA\r\n0,0\r\n\"\"\r\n",
        texts.len()
    );
    for value in texts {
        let value = value.replace('"', "\"\"");
        text += &format!("-1,0\r\nBOT\r\n1,0\r\n\"{value}\"\r\n0,42\r\nV\r\n");
    }
    text += "-1,0\r\nEOD\r\n";
    text.into_bytes()
}

pub fn cell(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let typed = payload.plain()?;
    if typed.contains(['\r', '\n']) {
        return Err("a value is one line");
    }
    Ok(file(&["month", typed, "total"]))
}
