//! The streams of a message: which property each holds, and the properties that have no stream of
//! their own ([MS-OXMSG] 2.1, 2.4).
//!
//! # Malformed input
//!
//! Names count in any case, with the index of a value behind them or without. The header of the
//! list of properties has a length of its own in every kind of storage, so rows are looked for at
//! every eighth byte.

use crate::format::mail::mapi::{BINARY, LONG, OBJECT, Property, STRING8, UNICODE};
use crate::location::Location;
use crate::text::strip_prefix;

/// What the name of a property's stream begins with.
const PROPERTY: &str = "__substg1.0_";
/// The stream of the properties that have none of their own.
pub(super) const FIXED: &str = "__properties_version1.0";
/// What the name of an attachment's storage begins with; its number follows in hexadecimal.
const ATTACHMENT: &str = "__attach_version1.0_#";
/// The storage of a message that is attached.
const EMBEDDED: &str = "__substg1.0_3701000d";
/// `PtypTime` ([MS-OXCDATA] 2.11.1).
const TIME: u16 = 0x0040;
/// `PidTagClientSubmitTime`, `PidTagMessageDeliveryTime`, `PidTagCreationTime` ([MS-OXPROPS]): the
/// first that there is.
const TIMES: [u16; 3] = [0x0039, 0x0e06, 0x3007];

/// Which property a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) id: u16,
    pub(super) kind: u16,
}

impl Tag {
    /// By the path of the stream.
    pub(super) fn of(path: &str) -> Option<Tag> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let digits = strip_prefix(name, PROPERTY)?;
        let number = |from: usize| {
            let to = from.checked_add(4)?;
            u16::from_str_radix(digits.get(from..to)?, 16).ok()
        };
        Some(Tag {
            id: number(0)?,
            kind: number(4)?,
        })
    }

    /// Whether its type is one that programs write for such a property.
    pub(super) fn is_usual(self) -> bool {
        matches!(self.kind, BINARY | OBJECT | STRING8 | UNICODE)
    }

    pub(super) fn property(self) -> Option<Property> {
        Property::numbered(self.id)
    }
}

/// The properties without a stream of their own, as far as they matter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fixed {
    /// The code page of the body in HTML.
    pub(super) internet_page: Option<u32>,
    /// The code page of texts.
    pub(super) message_page: Option<u32>,
    /// The ways in which it is attached: one, unless the list lies. Those above seven mean nothing.
    pub(super) methods: [bool; 8],
    /// When it was sent, received or made.
    times: [Option<u64>; TIMES.len()],
}

impl Fixed {
    /// Reads the list: rows of a type, a number, flags and eight bytes of value.
    pub(super) fn read(&mut self, data: &[u8]) {
        let (words, _) = data.as_chunks::<8>();
        for pair in words.windows(2) {
            let [[k0, k1, i0, i1, ..], value] = pair else {
                continue;
            };
            let (kind, id) = (
                u16::from_le_bytes([*k0, *k1]),
                u16::from_le_bytes([*i0, *i1]),
            );
            let value = u64::from_le_bytes(*value);
            if kind == TIME
                && let Some(place) = TIMES.iter().position(|time| *time == id)
                && let Some(slot) = self.times.get_mut(place)
            {
                slot.get_or_insert(value);
            }
            if kind != LONG {
                continue;
            }
            // What stands behind the number is not defined.
            let number = u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default();
            match Property::numbered(id) {
                Some(Property::InternetPage) => {
                    self.internet_page.get_or_insert(number);
                }
                Some(Property::MessagePage) => {
                    self.message_page.get_or_insert(number);
                }
                Some(Property::AttachMethod) => {
                    let slot = usize::try_from(number).unwrap_or(usize::MAX);
                    if let Some(method) = self.methods.get_mut(slot) {
                        *method = true;
                    }
                }
                Some(_) | None => {}
            }
        }
    }

    /// When it was sent, received or made.
    pub(super) fn time(&self) -> Option<u64> {
        self.times.iter().flatten().next().copied()
    }
}

/// Where the storage at `path` stands: each attachment on the way is `attach#` with its number, and
/// the storage of a message that is attached is left out.
pub(super) fn place(file: &Location, path: &str) -> Location {
    let mut place = file.clone();
    let mut others = String::new();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    for segment in segments {
        let number = strip_prefix(segment, ATTACHMENT);
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if number.is_none() && !segment.eq_ignore_ascii_case(EMBEDDED) {
            if !others.is_empty() {
                others.push('/');
            }
            others.push_str(segment);
            continue;
        }
        if !others.is_empty() {
            place = place.child(&others);
            others.clear();
        }
        if let Some(number) = number {
            place = place.child(&format!("attach#{number}"));
        }
    }
    if others.is_empty() {
        place
    } else {
        place.child(&others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_property() {
        let rtf = Some(Tag {
            id: 0x1009,
            kind: 0x0102,
        });
        for path in [
            "__substg1.0_10090102",
            "__SUBSTG1.0_10090102",
            "a/__substg1.0_10090102-00000001",
        ] {
            assert_eq!(Tag::of(path), rtf, "{path}");
        }
        for path in ["__substg1.0_1009", "__substg1.0_1009zzzz", "10090102", ""] {
            assert_eq!(Tag::of(path), None, "{path}");
        }
    }

    /// [MS-OXMSG] 2.4.1: the header has 32, 24 or 8 bytes.
    #[test]
    fn rows_stand_behind_any_header() {
        let row = |kind: u16, id: u16, value: u64| {
            let mut row = kind.to_le_bytes().to_vec();
            row.extend(id.to_le_bytes());
            row.extend([6, 0, 0, 0]);
            row.extend(value.to_le_bytes());
            row
        };
        for header in [32, 24, 8, 0] {
            let mut data = vec![0; header];
            data.extend(row(3, 0x3fde, 0x1234_5678_0000_fde9));
            data.extend(row(0x1f, 0x3705, 99));
            data.extend(row(3, 0x3705, 7));
            data.extend(row(3, 0x3705, 0xffff_ffff));
            data.extend(row(0x40, 0x3007, 5));
            let mut fixed = Fixed::default();
            fixed.read(&data);
            assert_eq!(fixed.internet_page, Some(65_001));
            assert_eq!(fixed.message_page, None);
            let mut methods = [false; 8];
            methods[7] = true;
            assert_eq!(fixed.methods, methods);
            assert_eq!(fixed.time(), Some(5));
        }
    }

    #[test]
    fn places_tell_the_attachments() {
        let file = Location::root(Some("m.msg"));
        let read = |path| place(&file, path).to_string();
        assert_eq!(read(""), "m.msg");
        assert_eq!(
            read(
                "__attach_version1.0_#0000000A/__substg1.0_3701000D/__ATTACH_VERSION1.0_#00000000"
            ),
            "m.msg › attach#10 › attach#0"
        );
        assert_eq!(
            read("ObjectPool/_1/__attach_version1.0_#00000001"),
            "m.msg › ObjectPool/_1 › attach#1"
        );
        assert_eq!(
            read("__attach_version1.0_#x"),
            "m.msg › __attach_version1.0_#x"
        );
    }
}
