//! Functions of the two languages that make text of constants (VBScript Language Reference,
//! "Functions"; ECMA-262 3rd edition, sections 15.1.2, 15.4.4 and 15.5.4).
//!
//! # Worst cases
//!
//! Each result is paid for before it is made: `String(2000000000, "a")` gives nothing.

use super::lexer::Dialect;
use super::value::Value;
use crate::command::unfold::Fuel;
use crate::link::TechniqueId;
use crate::text::hex_digit;

/// What a function of constants gives, and the disguise that it is used for.
pub(super) type Folded = Option<(Value, Option<TechniqueId>)>;

/// A call with constants. `name` is lower-case in VBScript, where `receiver` is never set.
pub(super) fn call(
    dialect: Dialect,
    receiver: Option<&Value>,
    name: &str,
    arguments: &[Value],
    fuel: &mut Fuel<'_>,
) -> Folded {
    match (dialect, receiver) {
        (Dialect::Vb, None) => vb(name, arguments, fuel),
        (Dialect::Js, None) => js(name, arguments, fuel),
        (Dialect::Js, Some(receiver)) => method(receiver, name, arguments, fuel),
        (Dialect::Vb, Some(_)) => None,
    }
}

fn plain(text: impl Into<String>) -> Folded {
    Some((Value::Text(text.into()), None))
}

fn noted(text: impl Into<String>, id: TechniqueId) -> Folded {
    Some((Value::Text(text.into()), Some(id)))
}

fn index(value: &Value) -> Option<usize> {
    usize::try_from(value.number()?).ok()
}

/// One character by its code. `Chr` takes bytes of the code page, 1252 on the systems that lures
/// are written for.
fn character(code: i64, wide: bool) -> Option<String> {
    // `ChrW` takes negative numbers for the upper half.
    let code = if code < 0 {
        code.checked_add(0x1_0000)?
    } else {
        code
    };
    if let (false, Ok(byte @ 128..)) = (wide, u8::try_from(code)) {
        let (text, _) =
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
        return Some(text.into_owned());
    }
    let unit = u16::try_from(code).ok()?;
    Some(
        char::from_u32(u32::from(unit))
            .unwrap_or(char::REPLACEMENT_CHARACTER)
            .to_string(),
    )
}

/// `count` characters from the 0-based `start`.
fn piece(text: &str, start: usize, count: usize) -> String {
    text.chars().skip(start).take(count).collect()
}

fn vb(name: &str, arguments: &[Value], fuel: &mut Fuel<'_>) -> Folded {
    let first = arguments.first();
    let second = arguments.get(1);
    let text = || first.and_then(Value::text);
    match name {
        "chr" | "chrw" | "chrb" | "chr$" => {
            let code = first?.number()?;
            noted(character(code, name == "chrw")?, TechniqueId::CharCodes)
        }
        "asc" | "ascw" => {
            let c = text()?.chars().next()?;
            Some((Value::Number(i64::from(u32::from(c))), None))
        }
        "strreverse" => {
            let text: String = text()?.chars().rev().collect();
            noted(text, TechniqueId::ReversedText)
        }
        "replace" => {
            let (text, from, to) = (text()?, second?.text()?, arguments.get(2)?.text()?);
            let blind = arguments.get(5).and_then(Value::number) == Some(1);
            noted(
                replaced(&text, &from, &to, true, blind, fuel)?,
                TechniqueId::ReplacedText,
            )
        }
        "split" => {
            let separator = match second {
                Some(separator) => separator.text()?,
                None => " ".to_owned(),
            };
            split(&text()?, &separator, fuel)
        }
        "join" => {
            let separator = match second {
                Some(separator) => separator.text()?,
                None => " ".to_owned(),
            };
            join(first?, &separator, fuel)
        }
        "filter" => None,
        "mid" | "mid$" => {
            let start = index(second?)?.checked_sub(1)?;
            let count = match arguments.get(2) {
                Some(count) => index(count)?,
                None => usize::MAX,
            };
            noted(piece(&text()?, start, count), TechniqueId::StringConcat)
        }
        "left" | "left$" => noted(
            piece(&text()?, 0, index(second?)?),
            TechniqueId::StringConcat,
        ),
        "right" | "right$" => {
            let text = text()?;
            let skipped = text.chars().count().saturating_sub(index(second?)?);
            noted(piece(&text, skipped, usize::MAX), TechniqueId::StringConcat)
        }
        "lcase" => plain(text()?.to_lowercase()),
        "ucase" => plain(text()?.to_uppercase()),
        "trim" => plain(text()?.trim_matches(' ')),
        "ltrim" => plain(text()?.trim_start_matches(' ')),
        "rtrim" => plain(text()?.trim_end_matches(' ')),
        "cstr" => plain(text()?),
        "len" => {
            let count = i64::try_from(text()?.chars().count()).ok()?;
            Some((Value::Number(count), None))
        }
        "cint" | "clng" | "cbyte" | "cdbl" | "int" | "fix" | "abs" => {
            let number = first?.number()?;
            let number = if name == "abs" {
                number.checked_abs()?
            } else {
                number
            };
            Some((Value::Number(number), None))
        }
        "hex" => plain(format!("{:X}", first?.number()?)),
        "space" => plain(repeated(" ", index(first?)?, fuel)?),
        "string" => {
            let one = match second? {
                Value::Number(code) => character(*code, false)?,
                other => other.text()?.chars().next()?.to_string(),
            };
            plain(repeated(&one, index(first?)?, fuel)?)
        }
        "array" => Some((Value::List(arguments.to_vec()), None)),
        "unescape" => unescaped(&text()?, true),
        "instr" => {
            let (text, wanted) = (text()?, second?.text()?);
            let found = text.find(&wanted)?;
            let before = text.get(..found)?.chars().count();
            Some((
                Value::Number(i64::try_from(before).ok()?.checked_add(1)?),
                None,
            ))
        }
        _ => None,
    }
}

fn js(name: &str, arguments: &[Value], fuel: &mut Fuel<'_>) -> Folded {
    let first = arguments.first();
    match name {
        "String.fromCharCode" | "String.fromCodePoint" => {
            let mut units = Vec::new();
            for value in arguments {
                let code = value.number()?.rem_euclid(0x1_0000);
                units.push(u16::try_from(code).ok()?);
            }
            let text = String::from_utf16_lossy(&units);
            fuel.pay(text.len()).then_some(())?;
            noted(text, TechniqueId::CharCodes)
        }
        "String.fromCharCode.apply" => match arguments.get(1)? {
            Value::List(list) => js("String.fromCharCode", list, fuel),
            _ => None,
        },
        "unescape" | "window.unescape" => unescaped(&first?.text()?, true),
        "decodeURIComponent" | "decodeURI" => unescaped(&first?.text()?, false),
        "parseInt" => {
            let text = first?.text()?;
            let text = text.trim();
            let radix = match arguments.get(1) {
                Some(radix) => u32::try_from(radix.number()?).ok()?,
                None => 10,
            };
            let hex = text.strip_prefix("0x").or(text.strip_prefix("0X"));
            let (text, radix) = match hex {
                Some(digits) if radix == 16 || arguments.len() == 1 => (digits, 16),
                _ => (text, radix),
            };
            if !(2..=36).contains(&radix) {
                return None;
            }
            let count = text.chars().take_while(|c| c.is_digit(radix)).count();
            let number = i64::from_str_radix(text.get(..count)?, radix).ok()?;
            Some((Value::Number(number), None))
        }
        "String" => plain(first?.text()?),
        "Number" => Some((Value::Number(first?.number()?), None)),
        "Array" | "new Array" => Some((Value::List(arguments.to_vec()), None)),
        "new String" => plain(first?.text()?),
        "RegExp" | "new RegExp" => {
            let pattern = first?.text()?;
            let operators = |c: char| "[](){}.*+?|^$\\".contains(c);
            let global = arguments
                .get(1)
                .and_then(Value::as_text)
                .unwrap_or_default();
            let usable = !pattern.is_empty() && !pattern.contains(operators);
            usable.then(|| (Value::Pattern(pattern, global.contains('g')), None))
        }
        _ => None,
    }
}

fn method(receiver: &Value, name: &str, arguments: &[Value], fuel: &mut Fuel<'_>) -> Folded {
    let first = arguments.first();
    if let Value::List(list) = receiver {
        return match name {
            "join" => {
                let separator = match first {
                    Some(separator) => separator.text()?,
                    None => ",".to_owned(),
                };
                join(receiver, &separator, fuel)
            }
            "reverse" => {
                let list = list.iter().rev().cloned().collect();
                Some((Value::List(list), Some(TechniqueId::ReversedText)))
            }
            "concat" => {
                let mut list = list.clone();
                for value in arguments {
                    match value {
                        Value::List(more) => list.extend(more.iter().cloned()),
                        value => list.push(value.clone()),
                    }
                }
                Some((Value::List(list), None))
            }
            _ => None,
        };
    }
    if let (Value::Number(number), "toString") = (receiver, name) {
        return match first.and_then(Value::number) {
            None | Some(10) => plain(number.to_string()),
            Some(16) => plain(format!("{number:x}")),
            Some(36) => plain(radix_36(*number)?),
            Some(_) => None,
        };
    }
    let text = receiver.as_text()?;
    let length = || text.chars().count();
    match name {
        "split" => match first {
            Some(Value::Pattern(separator, _)) => split(text, separator, fuel),
            Some(separator) => split(text, &separator.text()?, fuel),
            None => None,
        },
        "replace" => {
            let to = arguments.get(1)?.text()?;
            let text = match first? {
                Value::Pattern(from, global) => replaced(text, from, &to, *global, false, fuel)?,
                from => replaced(text, &from.text()?, &to, false, false, fuel)?,
            };
            noted(text, TechniqueId::ReplacedText)
        }
        "charAt" => plain(piece(text, first.map_or(Some(0), index)?, 1)),
        "charCodeAt" => {
            let c = text.chars().nth(first.map_or(Some(0), index)?)?;
            Some((Value::Number(i64::from(u32::from(c))), None))
        }
        "substr" => {
            let start = clamped(first?.number()?, length());
            let count = arguments.get(1).map_or(Some(usize::MAX), index)?;
            noted(piece(text, start, count), TechniqueId::StringConcat)
        }
        "slice" => {
            let start = clamped(first?.number()?, length());
            let end = match arguments.get(1) {
                Some(end) => clamped(end.number()?, length()),
                None => usize::MAX,
            };
            noted(
                piece(text, start, end.saturating_sub(start)),
                TechniqueId::StringConcat,
            )
        }
        "substring" => {
            let start = usize::try_from(first?.number()?.max(0)).ok()?;
            let end = match arguments.get(1) {
                Some(end) => usize::try_from(end.number()?.max(0)).ok()?,
                None => usize::MAX,
            };
            let (start, end) = (start.min(end), start.max(end));
            noted(
                piece(text, start, end.saturating_sub(start)),
                TechniqueId::StringConcat,
            )
        }
        "toLowerCase" => plain(text.to_lowercase()),
        "toUpperCase" => plain(text.to_uppercase()),
        "trim" => plain(text.trim()),
        "toString" | "valueOf" => plain(text),
        "concat" => {
            let mut text = text.to_owned();
            for value in arguments {
                text.push_str(&value.text()?);
            }
            noted(text, TechniqueId::StringConcat)
        }
        _ => None,
    }
}

/// A property of a constant: `.length`, `[3]`.
pub(super) fn property(receiver: &Value, name: &Value) -> Option<Value> {
    match (receiver, name) {
        (Value::Text(text), Value::Text(name)) if name == "length" => {
            Some(Value::Number(i64::try_from(text.chars().count()).ok()?))
        }
        (Value::List(list), Value::Text(name)) if name == "length" => {
            Some(Value::Number(i64::try_from(list.len()).ok()?))
        }
        (Value::Text(text), Value::Number(at)) => {
            let c = text.chars().nth(usize::try_from(*at).ok()?)?;
            Some(Value::Text(c.to_string()))
        }
        (Value::List(list), Value::Number(at)) => list
            .get(usize::try_from(*at).ok()?)
            .filter(|value| value.is_known())
            .cloned(),
        _ => None,
    }
}

/// A place of JScript: negative ones count from the end.
fn clamped(place: i64, length: usize) -> usize {
    match usize::try_from(place) {
        Ok(place) => place.min(length),
        Err(_) => {
            let back = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
            length.saturating_sub(back)
        }
    }
}

fn radix_36(number: i64) -> Option<String> {
    let mut left = u64::try_from(number).ok()?;
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(left.checked_rem(36)?).ok()?;
        digits.push(char::from_digit(digit, 36)?);
        left = left.checked_div(36)?;
        if left == 0 {
            return Some(digits.iter().rev().collect());
        }
    }
}

fn repeated(text: &str, count: usize, fuel: &mut Fuel<'_>) -> Option<String> {
    let bytes = text.len().checked_mul(count)?;
    fuel.pay(bytes).then(|| text.repeat(count))
}

fn replaced(
    text: &str,
    from: &str,
    to: &str,
    every: bool,
    blind: bool,
    fuel: &mut Fuel<'_>,
) -> Option<String> {
    if from.is_empty() || !fuel.pay(text.len()) {
        return Some(text.to_owned());
    }
    // Comparison as text is blind to case.
    let lower = |text: &str| {
        if blind {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }
    };
    let (seen, wanted) = (lower(text), lower(from));
    let mut result = String::new();
    let mut at = 0;
    for (found, _) in seen
        .match_indices(&wanted)
        .take(if every { usize::MAX } else { 1 })
    {
        fuel.pay(to.len()).then_some(())?;
        result.push_str(text.get(at..found)?);
        result.push_str(to);
        at = found.checked_add(from.len())?;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}

fn split(text: &str, separator: &str, fuel: &mut Fuel<'_>) -> Folded {
    let pieces: Vec<Value> = if separator.is_empty() {
        fuel.pay(text.len().saturating_mul(32)).then_some(())?;
        text.chars().map(|c| Value::Text(c.to_string())).collect()
    } else {
        let count = text.matches(separator).count();
        fuel.pay(count.saturating_mul(32)).then_some(())?;
        text.split(separator)
            .map(|piece| Value::Text(piece.to_owned()))
            .collect()
    };
    Some((Value::List(pieces), Some(TechniqueId::StringJoin)))
}

fn join(list: &Value, separator: &str, fuel: &mut Fuel<'_>) -> Folded {
    let Value::List(list) = list else { return None };
    let mut text = String::new();
    for (at, value) in list.iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        let piece = value.text()?;
        fuel.pay(piece.len().saturating_add(separator.len()))
            .then_some(())?;
        text.push_str(&piece);
    }
    noted(text, TechniqueId::StringJoin)
}

/// `%41`, and `%u0041` where `wide`. Without it the bytes are UTF-8.
fn unescaped(text: &str, wide: bool) -> Folded {
    let mut units: Vec<u16> = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let hex = |from: usize, to: usize| {
            let digits = rest.as_bytes().get(from..to)?;
            digits.iter().try_fold(0_u16, |code, digit| {
                Some(code << 4 | u16::from(hex_digit(*digit)?))
            })
        };
        let code = if rest.starts_with("%u") && wide {
            hex(2, 6).map(|unit| (unit, 6))
        } else if rest.starts_with('%') {
            hex(1, 3).map(|unit| (unit, 3))
        } else {
            None
        };
        let step = if let Some((unit, length)) = code {
            if wide {
                units.push(unit);
            } else {
                bytes.push(u8::try_from(unit).ok()?);
            }
            length
        } else {
            let c = rest.chars().next()?;
            if wide {
                units.extend(c.encode_utf16(&mut [0; 2]).iter());
            } else {
                bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            }
            c.len_utf8()
        };
        at = at.checked_add(step)?;
    }
    let text = if wide {
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    };
    noted(text, TechniqueId::PercentEncoding)
}
