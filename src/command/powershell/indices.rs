//! Letters taken out of a text and put into another order: `'xei'[-1..-3]`,
//! `$env:comspec[4,15,25]` (`about_Arrays`, "Accessing the array elements").

use super::value::Value;

/// `value[index]`; what is out of range is nothing, as in PowerShell.
pub(super) fn at(value: &Value, index: &Value) -> Option<Value> {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::List(list) => list.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => return None,
    };
    let letters: Vec<char> = match value {
        Value::Text(text) => text.chars().collect(),
        _ => Vec::new(),
    };
    let one = |index: i64| -> Option<Value> {
        let index = if index < 0 {
            i64::try_from(length).ok()?.checked_add(index)?
        } else {
            index
        };
        let index = usize::try_from(index).ok()?;
        match value {
            Value::Text(_) => letters.get(index).copied().map(Value::Char),
            Value::List(list) => list.get(index).cloned(),
            Value::Bytes(bytes) => bytes.get(index).map(|byte| Value::Int(i64::from(*byte))),
            _ => None,
        }
    };
    match index {
        Value::List(indices) => {
            let mut found = Vec::new();
            for index in indices {
                found.extend(one(index.int()?));
            }
            Some(Value::List(found))
        }
        index => Some(one(index.int()?).unwrap_or(Value::Null)),
    }
}

/// Whether an index takes the elements from the last to the first.
pub(super) fn is_backwards(index: &Value) -> bool {
    let Value::List(list) = index else {
        return false;
    };
    let falls = |pair: &[Value]| match pair {
        [a, b] => a.int() > b.int(),
        _ => false,
    };
    list.len() > 1 && list.windows(2).all(falls)
}
