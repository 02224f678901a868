//! The table of tokens: what each is and how many bytes it has in each version
//! (`spec/excel.md` §3.6).

use super::Dialect;

/// What a token does to the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Exp, Tbl: the formula stands at another cell.
    Shared,
    Infix(Operator),
    Prefix(&'static str),
    Percent,
    Paren,
    Missing,
    Text,
    Extended,
    Attribute,
    SheetStarts,
    SheetEnds,
    Error,
    Truth,
    Integer,
    Number,
    Array,
    Function,
    Variable,
    /// A command of a macro sheet, in versions whose function numbers have eight bits.
    Command,
    Name,
    Cell(Place),
    Area(Place),
    /// The list of cells that the tokens after it yield stands in the addition.
    MemoryArea,
    /// Stands before tokens that are walked like all others.
    Nothing,
    ExternalName,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) text: &'static str,
    /// How tightly it binds.
    pub(super) binds: u8,
}

/// What a reference says about its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A cell of the sheet.
    Here,
    /// Offsets from the cell that uses a shared formula.
    Relative,
    /// The cells are gone.
    Gone,
    /// A cell of another sheet.
    Sheet,
    SheetGone,
}

/// One token: its number without class, its kind, its bytes including the number in BIFF2, BIFF3,
/// BIFF4, BIFF5, BIFF8, BIFF12. What has no fixed size gives that of its fixed part; 0 says that
/// the version has no such token.
struct Row(u8, Kind, [u8; 6]);

const fn infix(text: &'static str, binds: u8) -> Kind {
    Kind::Infix(Operator { text, binds })
}

/// How tightly prefixes bind: tighter than any operator on values.
pub(super) const PREFIX: u8 = 7;
pub(super) const PERCENT: u8 = 6;
/// What binds tighter than everything.
pub(super) const WHOLE: u8 = u8::MAX;

/// The table of §3.6; 2E and 2F stand in OpenOffice's description of the format only.
const TOKENS: &[Row] = &[
    Row(0x01, Kind::Shared, [4, 5, 5, 5, 5, 5]),
    Row(0x02, Kind::Shared, [4, 5, 5, 5, 5, 5]),
    Row(0x03, infix("+", 3), [1; 6]),
    Row(0x04, infix("-", 3), [1; 6]),
    Row(0x05, infix("*", 4), [1; 6]),
    Row(0x06, infix("/", 4), [1; 6]),
    Row(0x07, infix("^", 5), [1; 6]),
    Row(0x08, infix("&", 2), [1; 6]),
    Row(0x09, infix("<", 1), [1; 6]),
    Row(0x0a, infix("<=", 1), [1; 6]),
    Row(0x0b, infix("=", 1), [1; 6]),
    Row(0x0c, infix(">=", 1), [1; 6]),
    Row(0x0d, infix(">", 1), [1; 6]),
    Row(0x0e, infix("<>", 1), [1; 6]),
    Row(0x0f, infix(" ", 8), [1; 6]),
    // A comma: inside of anything else it takes parentheses.
    Row(0x10, infix(",", 0), [1; 6]),
    Row(0x11, infix(":", 9), [1; 6]),
    Row(0x12, Kind::Prefix("+"), [1; 6]),
    Row(0x13, Kind::Prefix("-"), [1; 6]),
    Row(0x14, Kind::Percent, [1; 6]),
    Row(0x15, Kind::Paren, [1; 6]),
    Row(0x16, Kind::Missing, [1; 6]),
    Row(0x17, Kind::Text, [2, 2, 2, 2, 3, 3]),
    Row(0x18, Kind::Extended, [0, 0, 0, 0, 2, 2]),
    Row(0x19, Kind::Attribute, [3, 4, 4, 4, 4, 4]),
    Row(0x1a, Kind::SheetStarts, [8, 11, 11, 0, 0, 0]),
    Row(0x1b, Kind::SheetEnds, [4, 5, 5, 0, 0, 0]),
    Row(0x1c, Kind::Error, [2; 6]),
    Row(0x1d, Kind::Truth, [2; 6]),
    Row(0x1e, Kind::Integer, [3; 6]),
    Row(0x1f, Kind::Number, [9; 6]),
    Row(0x20, Kind::Array, [7, 8, 8, 8, 8, 15]),
    Row(0x21, Kind::Function, [2, 2, 3, 3, 3, 3]),
    Row(0x22, Kind::Variable, [3, 3, 4, 4, 4, 4]),
    Row(0x23, Kind::Name, [8, 11, 11, 15, 5, 5]),
    Row(0x24, Kind::Cell(Place::Here), [4, 4, 4, 4, 5, 7]),
    Row(0x25, Kind::Area(Place::Here), [7, 7, 7, 7, 9, 13]),
    Row(0x26, Kind::MemoryArea, [5, 7, 7, 7, 7, 7]),
    Row(0x27, Kind::Nothing, [5, 7, 7, 7, 7, 7]),
    Row(0x28, Kind::Nothing, [5, 7, 7, 7, 7, 7]),
    Row(0x29, Kind::Nothing, [2, 3, 3, 3, 3, 3]),
    Row(0x2a, Kind::Cell(Place::Gone), [4, 4, 4, 4, 5, 7]),
    Row(0x2b, Kind::Area(Place::Gone), [7, 7, 7, 7, 9, 13]),
    Row(0x2c, Kind::Cell(Place::Relative), [4, 4, 4, 4, 5, 7]),
    Row(0x2d, Kind::Area(Place::Relative), [7, 7, 7, 7, 9, 13]),
    Row(0x2e, Kind::Nothing, [2, 3, 3, 3, 3, 3]),
    Row(0x2f, Kind::Nothing, [2, 3, 3, 3, 3, 3]),
    Row(0x38, Kind::Command, [3, 3, 4, 4, 4, 4]),
    Row(0x39, Kind::ExternalName, [0, 0, 0, 25, 7, 7]),
    Row(0x3a, Kind::Cell(Place::Sheet), [0, 0, 0, 18, 7, 9]),
    Row(0x3b, Kind::Area(Place::Sheet), [0, 0, 0, 21, 11, 15]),
    Row(0x3c, Kind::Cell(Place::SheetGone), [0, 0, 0, 18, 7, 9]),
    Row(0x3d, Kind::Area(Place::SheetGone), [0, 0, 0, 21, 11, 15]),
];

/// What an extended token (18) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extended {
    /// A part of a table.
    List,
    /// A label, a row or column named by one, an item of a pivot table.
    Label,
    /// The same, with a list of cells in the addition.
    Labels,
}

/// Number, kind, bytes after the two that say what it is.
const EXTENDED: &[(u8, Extended, usize)] = &[
    (0x01, Extended::Label, 4),
    (0x02, Extended::Label, 4),
    (0x03, Extended::Label, 4),
    (0x06, Extended::Label, 4),
    (0x07, Extended::Label, 4),
    (0x0a, Extended::Label, 4),
    (0x0b, Extended::Labels, 4),
    (0x0d, Extended::Labels, 4),
    (0x0f, Extended::Labels, 4),
    (0x10, Extended::Label, 4),
    (0x19, Extended::List, 12),
    (0x1d, Extended::Label, 4),
];

/// The kind of the token that starts with `first`, and the bytes of its fixed part after that.
pub(super) fn token(first: u8, dialect: Dialect) -> Option<(Kind, usize)> {
    // The highest bit is to be ignored; from 20 on two bits are the class.
    let number = match first & 0x7f {
        plain @ 0..=0x1f => plain,
        classed => (classed & 0x1f) | 0x20,
    };
    let at = TOKENS
        .binary_search_by_key(&number, |Row(number, ..)| *number)
        .ok()?;
    let Row(_, kind, sizes) = TOKENS.get(at)?;
    let column = match dialect {
        Dialect::Biff2 => 0,
        Dialect::Biff3 => 1,
        Dialect::Biff4 => 2,
        Dialect::Biff5 => 3,
        Dialect::Biff8 => 4,
        Dialect::Biff12 => 5,
    };
    let rest = sizes.get(column)?.checked_sub(1)?;
    Some((*kind, usize::from(rest)))
}

/// The kind of an extended token, and its bytes after the two that say what it is.
pub(super) fn extended(number: u8) -> Option<(Extended, usize)> {
    EXTENDED
        .iter()
        .find(|(known, ..)| *known == number)
        .map(|(_, kind, bytes)| (*kind, *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_in_order() {
        assert!(TOKENS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn classes_and_the_reserved_bit_do_not_matter() {
        for first in [0x39, 0x59, 0x79, 0xb9, 0xd9, 0xf9] {
            assert_eq!(
                token(first, Dialect::Biff8),
                Some((Kind::ExternalName, 6)),
                "{first:x}"
            );
        }
        assert_eq!(token(0x83, Dialect::Biff2), token(0x03, Dialect::Biff2));
    }

    #[test]
    fn what_a_version_does_not_have_is_unknown() {
        for (first, dialect) in [
            (0x00, Dialect::Biff8),
            (0x30, Dialect::Biff8),
            (0x3e, Dialect::Biff12),
            (0x39, Dialect::Biff4),
            (0x3a, Dialect::Biff2),
            (0x1a, Dialect::Biff5),
            (0x18, Dialect::Biff5),
        ] {
            assert_eq!(token(first, dialect), None, "{first:x}");
        }
    }
}
