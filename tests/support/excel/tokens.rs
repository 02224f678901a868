//! Formulas as token streams (`spec/excel.md` §3.6), the little of them that links need.

/// One token, in the order in which a stack machine takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The item (from 1) of a link (from 0).
    Link(usize, u16),
    Int(u16),
    Text(&'static str),
    Add,
    Sub,
    Mul,
    Div,
    Concat,
    /// Unary.
    Plus,
    /// Unary.
    Minus,
    Paren,
    /// `SUM` of so many arguments.
    Sum(u8),
    /// A function with a fixed number of arguments is written like one without: its number, and
    /// how many arguments stand before it.
    Call(u16, u8),
}

/// The dialects in which this token stream can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Biff2,
    Biff3,
    Biff4,
    Biff5,
    Biff8,
    Biff12,
}

/// `SUM`.
const SUM: u16 = 4;

/// The tokens, links in the value class. `ixti` gives the number of a link in its dialect's table:
/// from 0 in BIFF8 and BIFF12, from 1 in BIFF5.
pub fn rgce(tokens: &[Token], dialect: Dialect, ixti: &dyn Fn(usize) -> u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    for token in tokens {
        match *token {
            Token::Link(link, item) => name_x(&mut bytes, dialect, ixti(link), item),
            Token::Int(value) => {
                bytes.push(0x1e);
                bytes.extend(value.to_le_bytes());
            }
            Token::Text(text) => string(&mut bytes, dialect, text),
            Token::Add => bytes.push(0x03),
            Token::Sub => bytes.push(0x04),
            Token::Mul => bytes.push(0x05),
            Token::Div => bytes.push(0x06),
            Token::Concat => bytes.push(0x08),
            Token::Plus => bytes.push(0x12),
            Token::Minus => bytes.push(0x13),
            Token::Paren => bytes.push(0x15),
            Token::Sum(count) => call(&mut bytes, dialect, SUM, count),
            Token::Call(id, count) => call(&mut bytes, dialect, id, count),
        }
    }
    bytes
}

fn call(bytes: &mut Vec<u8>, dialect: Dialect, id: u16, count: u8) {
    bytes.extend([0x42, count]);
    match dialect {
        // One byte up to BIFF3, two since BIFF4.
        Dialect::Biff2 | Dialect::Biff3 => bytes.push(id.to_le_bytes()[0]),
        _ => bytes.extend(id.to_le_bytes()),
    }
}

fn string(bytes: &mut Vec<u8>, dialect: Dialect, text: &str) {
    bytes.push(0x17);
    match dialect {
        Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
            bytes.push(u8::try_from(text.len()).unwrap());
            bytes.extend(text.bytes());
        }
        Dialect::Biff8 => {
            bytes.extend([u8::try_from(text.len()).unwrap(), 0]);
            bytes.extend(text.bytes());
        }
        Dialect::Biff12 => {
            bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
    }
}

fn name_x(bytes: &mut Vec<u8>, dialect: Dialect, ixti: u16, item: u16) {
    match dialect {
        Dialect::Biff8 => {
            bytes.push(0x59);
            bytes.extend(ixti.to_le_bytes());
            bytes.extend(item.to_le_bytes());
            bytes.extend([0; 2]);
        }
        Dialect::Biff12 => {
            bytes.push(0x59);
            bytes.extend(ixti.to_le_bytes());
            bytes.extend(u32::from(item).to_le_bytes());
        }
        Dialect::Biff5 => {
            bytes.push(0x59);
            bytes.extend(ixti.to_le_bytes());
            bytes.extend([0; 8]);
            bytes.extend(item.to_le_bytes());
            bytes.extend([0; 12]);
        }
        // Older dialects have no such token: the number stands for what the cell shows.
        Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 => {
            bytes.push(0x1e);
            bytes.extend(item.to_le_bytes());
        }
    }
}
