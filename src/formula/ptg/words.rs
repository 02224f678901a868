//! Operands as formula text.

use std::borrow::Cow;

use crate::formula::brackets::is_name;

/// Characters of a name that are printed: as many as Excel allows.
const NAME: usize = 255;

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A number from its bits.
pub(super) fn number(bits: u64) -> String {
    let number = f64::from_bits(bits);
    let size = number.abs();
    if !number.is_finite() {
        error_name(0x24).to_owned()
    } else if number != 0.0 && !(1e-9..1e15).contains(&size) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// The letters of a column, from 0.
pub(super) fn letters(column: u16, out: &mut String) {
    let mut rest = u32::from(column).saturating_add(1);
    let mut reversed = String::new();
    while rest > 0 {
        rest = rest.saturating_sub(1);
        let letter = u8::try_from(rest % 26).unwrap_or_default();
        reversed.push(char::from(b'A'.saturating_add(letter)));
        rest /= 26;
    }
    out.extend(reversed.chars().rev());
}

/// A name that stands bare: what could end or open anything becomes `_`.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let name = shortened(name);
    if !name.is_empty() && name.bytes().all(is_name) {
        return Cow::Borrowed(name);
    }
    let safe = |c: char| !c.is_ascii() || u8::try_from(c).is_ok_and(is_name);
    let name: String = name
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    Cow::Owned(if name.is_empty() {
        "_".to_owned()
    } else {
        name
    })
}

/// `before` and a name, in quotation marks if the name has to.
pub(super) fn quoted(name: &str, before: &str) -> String {
    let name = shortened(name);
    if !name.is_empty() && name.bytes().all(is_name) {
        format!("{before}{name}")
    } else {
        format!("'{before}{}'", name.replace('\'', "''"))
    }
}

fn shortened(name: &str) -> &str {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => name.get(..end).unwrap_or(name),
        None => name,
    }
}

/// A truth value.
pub(super) fn truth(value: u8) -> String {
    let text = if value == 0 { "FALSE" } else { "TRUE" };
    text.to_owned()
}

/// The name of an error value ([MS-XLS] 2.5.10).
pub(super) fn error_name(error: u8) -> &'static str {
    match error {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => "#REF!",
    }
}
