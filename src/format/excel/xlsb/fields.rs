//! The structures inside payloads: strings, formulas, ranges (`spec/excel.md` §2.2).
//!
//! # Malformed input
//!
//! Every read is checked; what is not there is `None`. A length is looked at against what is left
//! before anything is made of it.

use crate::bytes::Bytes;
use crate::text::from_utf16;

/// The longest name or address for which a string is looked for in a record of unknown layout
/// (§2.5).
const LOOSE: u32 = 16_384;

/// A cursor over one payload.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: Bytes<'a>,
}

/// A formula as records hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Formula<'a> {
    pub(super) rgce: &'a [u8],
    pub(super) extra: &'a [u8],
}

/// The first and last row, the first and last column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) rows: (u32, u32),
    pub(super) columns: (u32, u32),
}

impl<'a> Fields<'a> {
    pub(super) fn new(payload: &'a [u8]) -> Self {
        Fields {
            bytes: Bytes::new(payload),
        }
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes.skip(count)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.bytes.take(1)?.first().copied()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.bytes.u16()
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.bytes.u32()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.rest()
    }

    /// `XLWideString`.
    pub(super) fn string(&mut self) -> Option<String> {
        let units = self.u32()?;
        let bytes = usize::try_from(units).ok()?.checked_mul(2)?;
        self.bytes.take(bytes).map(text)
    }

    /// `XLNullableWideString`; the outer `None` is a string that is not there.
    pub(super) fn nullable(&mut self) -> Option<Option<String>> {
        let mut ahead = *self;
        if ahead.u32()? == u32::MAX {
            *self = ahead;
            return Some(None);
        }
        self.string().map(Some)
    }

    /// Lengths each in front of its bytes. What the second length says may be missing: the tokens
    /// are whole without it.
    pub(super) fn formula(&mut self) -> Option<Formula<'a>> {
        let tokens = usize::try_from(self.u32()?).ok()?;
        let rgce = self.bytes.take(tokens)?;
        Some(Formula {
            rgce,
            extra: self.extra(),
        })
    }

    fn extra(&mut self) -> &'a [u8] {
        let mut ahead = *self;
        let extra = ahead
            .u32()
            .and_then(|length| ahead.bytes.take(usize::try_from(length).ok()?));
        if extra.is_some() {
            *self = ahead;
        }
        extra.unwrap_or_default()
    }

    /// As in extensions: both lengths come first.
    pub(super) fn extended_formula(&mut self) -> Option<Formula<'a>> {
        let tokens = usize::try_from(self.u32()?).ok()?;
        let extra = usize::try_from(self.u32()?).ok()?;
        Some(Formula {
            rgce: self.bytes.take(tokens)?,
            extra: self.bytes.take(extra)?,
        })
    }

    /// `UncheckedRfX`.
    pub(super) fn range(&mut self) -> Option<Range> {
        Some(Range {
            rows: (self.u32()?, self.u32()?),
            columns: (self.u32()?, self.u32()?),
        })
    }

    /// `UncheckedSqRfX`: the first of its ranges.
    pub(super) fn ranges(&mut self) -> Option<Option<Range>> {
        let count = usize::try_from(self.u32()?).ok()?;
        let all = self.bytes.take(count.checked_mul(16)?)?;
        Some(Fields::new(all).range())
    }

    /// Whatever in the rest looks like a string (§2.5): a length that fits, and nothing but
    /// characters.
    ///
    /// Linear: of candidates that overlap, the two zero bytes of one length end the other.
    pub(super) fn loose_strings(self) -> impl Iterator<Item = String> {
        let mut rest = self.rest();
        std::iter::from_fn(move || {
            loop {
                let mut fields = Fields::new(rest);
                let length = fields.u32()?;
                let units = usize::try_from(length).ok().and_then(|n| n.checked_mul(2));
                let found = (1..=LOOSE)
                    .contains(&length)
                    .then(|| fields.bytes.take(units?))
                    .flatten()
                    .filter(|units| is_text(units));
                if let Some(units) = found {
                    rest = fields.rest();
                    return Some(text(units));
                }
                rest = rest.get(1..)?;
            }
        })
    }
}

fn text(bytes: &[u8]) -> String {
    from_utf16(units(bytes))
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_le_bytes(*pair))
}

fn is_text(bytes: &[u8]) -> bool {
    units(bytes).all(|unit| (0x20..0xfff0).contains(&unit) || matches!(unit, 9 | 10 | 13))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut out = (units.len() as u32).to_le_bytes().to_vec();
        out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        out
    }

    #[test]
    fn strings() {
        let mut bytes = wide("cmd");
        bytes.extend([0xff; 4]);
        bytes.extend(wide("ä"));
        bytes.extend([9, 0, 0, 0, 65, 0]);
        let mut fields = Fields::new(&bytes);
        assert_eq!(fields.nullable(), Some(Some("cmd".to_owned())));
        assert_eq!(fields.nullable(), Some(None));
        assert_eq!(fields.string().as_deref(), Some("ä"));
        assert_eq!(fields.string(), None);
    }

    #[test]
    fn formulas_with_and_without_their_second_length() {
        let bytes = [1, 0, 0, 0, 0x1f, 2, 0, 0, 0, 8, 9];
        let whole = Fields::new(&bytes).formula().unwrap();
        assert_eq!((whole.rgce, whole.extra), (&[0x1f][..], &[8, 9][..]));
        let cut = Fields::new(&bytes[..7]).formula().unwrap();
        assert_eq!((cut.rgce, cut.extra), (&[0x1f][..], &[][..]));
        let bytes = [1, 0, 0, 0, 2, 0, 0, 0, 0x1f, 8, 9];
        let extended = Fields::new(&bytes).extended_formula().unwrap();
        assert_eq!((extended.rgce, extended.extra), (&[0x1f][..], &[8, 9][..]));
    }

    #[test]
    fn strings_in_an_unknown_layout() {
        let mut bytes = vec![1, 0, 7, 0, 0, 0xfe];
        bytes.extend(wide("http://example.invalid/"));
        bytes.push(0);
        bytes.extend(wide("select 1"));
        let found: Vec<_> = Fields::new(&bytes).loose_strings().collect();
        assert_eq!(found, ["http://example.invalid/", "select 1"]);
    }

    #[test]
    fn looking_for_strings_is_linear() {
        let started = crate::tests::Clock::start();
        for pattern in [
            &[0x30, 0, 0, 0x4e][..],
            &[0xff, 0x3f, 0, 0],
            &[0, 0x30],
            &[0x30, 0],
            &[0x4e, 0x30, 0, 0, 0x41],
            &[0x30, 0, 0, 0x41, 0x30, 0x41, 0x41],
        ] {
            let bytes = pattern.repeat((1 << 20) / pattern.len());
            assert!(Fields::new(&bytes).loose_strings().count() <= bytes.len());
        }
        assert!(started.elapsed().as_secs() < 10);
    }
}
