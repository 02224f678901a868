//! Formulas that belong to no cell: of conditional formats, validations, charts and objects
//! (`spec/excel.md` §3.7).
//!
//! # Malformed input
//!
//! Lengths that lead outside end the record; what was read before counts.

use super::cells::{Second, split};
use super::records::{Flow, Record};
use super::strings;
use super::version::Version;
use crate::bytes::Bytes;
use crate::limits::Exhausted;
use crate::link::Carrier;

const CONDITION: u16 = 0x01b1;
const CONDITION_12: u16 = 0x087a;
const VALIDATION: u16 = 0x01be;
const CHART: u16 = 0x1051;
const OBJECT: u16 = 0x005d;

/// Parts of an object that begin with a formula ([MS-XLS] 2.5.150 and following), and the bytes in
/// front of it.
const PARTS: &[(u16, usize)] = &[(0x04, 0), (0x09, 2), (0x0e, 0), (0x13, 2), (0x14, 0)];

/// Whether records of this number hold such formulas.
pub(super) fn holds(id: u16) -> bool {
    matches!(id, CONDITION | CONDITION_12 | VALIDATION | CHART | OBJECT)
}

/// Reads a record.
pub(super) fn read(
    second: &mut Second<'_, '_>,
    record: Record,
    flow: &mut Flow<'_>,
) -> Result<(), Exhausted> {
    if record.id == VALIDATION {
        return validation(second, record, flow);
    }
    let body = second.whole(flow);
    let formulas = match record.id {
        CONDITION => condition(&body),
        CONDITION_12 => condition_12(&body),
        CHART => Bytes::at(&body, 6).and_then(|mut bytes| {
            let size = bytes.u16()?;
            let (rgce, extra) = split(bytes.rest(), usize::from(size));
            Some(vec![(rgce, extra)])
        }),
        _ if second.substreams.version() == Version::Biff8 => Some(object(&body)),
        _ => Some(older_object(&body)),
    };
    let label = match record.id {
        CONDITION | CONDITION_12 => "conditional format",
        CHART => "chart",
        _ => "object",
    };
    let mut result = Ok(());
    for tokens in formulas.unwrap_or_default() {
        let one = second.tokens(tokens, record.offset(), (label, true), Carrier::Formula);
        result = result.and(one);
    }
    second.done(body);
    result
}

/// A token stream, and what follows it.
type Tokens<'b> = (&'b [u8], &'b [u8]);

/// Two lengths in front, the formulas at the end.
fn condition(body: &[u8]) -> Option<Vec<Tokens<'_>>> {
    let mut head = Bytes::at(body, 2)?;
    let first = usize::from(head.u16()?);
    let second = usize::from(head.u16()?);
    let start = body.len().checked_sub(first.saturating_add(second))?;
    let (first, second) = split(body.get(start..)?, first);
    Some(vec![(first, &[]), (second, &[])])
}

/// The formulas stand behind the format ([MS-XLS] 2.4.43), one more behind them.
fn condition_12(body: &[u8]) -> Option<Vec<Tokens<'_>>> {
    let mut bytes = Bytes::at(body, 14)?;
    let first = usize::from(bytes.u16()?);
    let second = usize::from(bytes.u16()?);
    let format = match bytes.u32()? {
        0 => 2,
        size => usize::try_from(size).ok()?,
    };
    bytes.skip(format)?;
    let (first, rest) = split(bytes.rest(), first);
    let (second, rest) = split(rest, second);
    let mut formulas: Vec<Tokens<'_>> = vec![(first, &[]), (second, &[])];
    let mut active = Bytes::new(rest);
    if let Some(size) = active.u16() {
        let (third, _) = split(active.rest(), usize::from(size));
        formulas.push((third, &[]));
    }
    Some(formulas)
}

/// The formulas of a validation stand behind four texts.
fn validation(
    second: &mut Second<'_, '_>,
    record: Record,
    flow: &mut Flow<'_>,
) -> Result<(), Exhausted> {
    flow.skip(4);
    for _ in 0..4 {
        if strings::unicode(flow).is_none() {
            return Ok(());
        }
    }
    for _ in 0..2 {
        let (Some(size), Some(_)) = (flow.u16(), flow.u16()) else {
            return Ok(());
        };
        let mut rgce = Vec::new();
        flow.take(usize::from(size), &mut rgce);
        let label = ("data validation", true);
        second.tokens((&rgce, &[]), record.offset(), label, Carrier::Formula)?;
    }
    Ok(())
}

/// The formulas in the parts of an object.
fn object(body: &[u8]) -> Vec<Tokens<'_>> {
    let mut formulas = Vec::new();
    let mut bytes = Bytes::new(body);
    while let (Some(kind), Some(size)) = (bytes.u16(), bytes.u16()) {
        let size = usize::from(size);
        if let Some((_, front)) = PARTS.iter().find(|(part, _)| *part == kind) {
            // The list of a list box says nothing true of its length; it is the last part.
            let mut part = Bytes::new(split(bytes.rest(), size).0);
            if kind == 0x13 {
                part = bytes;
            }
            if let (Some(()), Some(length), Some(_)) = (part.skip(*front), part.u16(), part.u32()) {
                let (rgce, rest) = split(part.rest(), usize::from(length & 0x7fff));
                formulas.push((rgce, rest));
            }
        }
        if kind == 0x13 || bytes.skip(size).is_none() {
            break;
        }
    }
    formulas
}

/// The links in an object before BIFF8. Where its formulas stand depends on what kind of object it
/// is, in layouts that are not published whole; a formula that is a name of a link and nothing else
/// has a length that says so, four bytes that say nothing, and its token.
fn older_object(body: &[u8]) -> Vec<Tokens<'_>> {
    /// Bytes of the token (§3.6).
    const NAME: u16 = 25;
    let formulas = body.windows(7).enumerate().filter_map(|(at, window)| {
        let [low, high, .., token] = window else {
            return None;
        };
        let named = matches!(token, 0x39 | 0x59 | 0x79);
        if u16::from_le_bytes([*low, *high]) != NAME || !named {
            return None;
        }
        let rest = body.get(at.saturating_add(6)..)?;
        let (rgce, _) = rest.split_at_checked(usize::from(NAME))?;
        Some((rgce, &[][..]))
    });
    formulas.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_of_a_condition_stand_at_its_end() {
        let body = b"\x02\0\x03\0\x01\0format\x1e\x01\0\x16";
        let formulas = condition(body).unwrap();
        assert_eq!(formulas, [(&b"\x1e\x01\0"[..], &b""[..]), (b"\x16", b"")]);
        assert_eq!(condition(b"\x02\0\xff\xff\xff\xff"), None);
    }

    #[test]
    fn the_formulas_of_a_later_condition_stand_behind_its_format() {
        let mut body = vec![0; 12];
        body.extend(b"\x02\0\x03\0\0\0\x04\0\0\0form\x1e\x01\0\x01\0\x16tail");
        let formulas = condition_12(&body).unwrap();
        let tokens: Vec<&[u8]> = formulas.iter().map(|(rgce, _)| *rgce).collect();
        assert_eq!(tokens, [&b"\x1e\x01\0"[..], b"", b"\x16"]);
    }

    #[test]
    fn links_in_older_objects() {
        let token = [&b"\x39\x01\0"[..], &[0; 8], b"\x01\0", &[0; 12]].concat();
        let mut body = vec![0; 51];
        body.extend(b"\x20\0\x19\0\0\0\0\0");
        body.extend(&token);
        body.extend(b"tail");
        assert_eq!(older_object(&body), [(token.as_slice(), &b""[..])]);
        assert!(older_object(&body[..80]).is_empty());
        assert!(older_object(&[0x19; 4]).is_empty());
    }

    #[test]
    fn objects_have_parts() {
        let mut body = b"\x15\0\x02\0ab".to_vec();
        body.extend(b"\x09\0\x0b\0\x09\0\x03\0\0\0\0\0\x1e\x01\0");
        body.extend(b"\x04\0\x07\0\x01\0\0\0\0\0\x16\0\0\0\0");
        let tokens: Vec<&[u8]> = object(&body).into_iter().map(|(rgce, _)| rgce).collect();
        assert_eq!(tokens, [&b"\x1e\x01\0"[..], b"\x16"]);
        // A list box: the length in front of it does not count.
        let tokens: Vec<&[u8]> = object(b"\x13\0\0\0\x07\0\x01\0\0\0\0\0\x16")
            .into_iter()
            .map(|(rgce, _)| rgce)
            .collect();
        assert_eq!(tokens, [&b"\x16"[..]]);
    }
}
