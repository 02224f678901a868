//! Symbolic links, `.slk` (`spec/excel.md` §4).

use super::payload::{Payload, Reason};

/// A field's value: `;` is doubled.
pub fn field(text: &str) -> String {
    text.replace(';', ";;")
}

/// A file of these records, as Excel ends its lines.
pub fn file(program: &str, records: &[String]) -> Vec<u8> {
    let mut text = format!("ID;P{program}\r\n");
    for record in records {
        text += record;
        text += "\r\n";
    }
    text += "E\r\n";
    ansi(&text)
}

/// The ANSI code page: Latin-1 is enough here.
pub fn ansi(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// A payload's formula without the equals sign, where the code page has its characters.
fn expression(payload: &Payload) -> Result<String, Reason> {
    payload.plain()?;
    let formula = payload.formula();
    match formula
        .chars()
        .all(|c| c <= '\u{ff}' && c != '\n' && c != '\r')
    {
        true => Ok(field(formula)),
        false => Err("a character that the code page does not have"),
    }
}

/// Cell B4.
pub fn cell(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let record = format!("C;Y4;X2;K0;E{}", expression(payload)?);
    Ok(file("WXL;N;E", &["B;Y4;X2".to_owned(), record]))
}

/// The same with LF, lower-case records and no end.
pub fn careless(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let record = format!("id;p\nc;y4;x2;k0;e{}", expression(payload)?);
    Ok(ansi(&record))
}

/// The coordinates stand in an earlier record.
pub fn coordinates(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let records = [
        "C;Y4;X1;K1".to_owned(),
        format!("C;X2;E{};K0", expression(payload)?),
    ];
    Ok(file("WXL;N;E", &records))
}

pub fn array(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let record = format!("C;Y4;X2;R4;C2;K0;M{}", expression(payload)?);
    Ok(file("WXL;N;E", &[record]))
}

pub fn name(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let record = format!("NN;Nrate;E{}", expression(payload)?);
    Ok(file("WXL;N;E", &[record, "C;Y4;X2;K0;Erate".to_owned()]))
}

/// A formula that another cell shares.
pub fn shared(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let records = [
        format!("C;Y4;X2;K0;D;E{}", expression(payload)?),
        "C;Y5;X2;K0;S;R4;C2".to_owned(),
    ];
    Ok(file("WXL;N;E", &records))
}

pub fn macro_sheet(payload: &Payload) -> Result<Vec<u8>, Reason> {
    let records = [
        "O;E".to_owned(),
        "NN;NAuto_open;ER4C2;KOut Flank;F".to_owned(),
        format!("C;Y4;X2;K0;E{}", expression(payload)?),
    ];
    Ok(file("", &records))
}
