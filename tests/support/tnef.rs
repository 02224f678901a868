//! Builds `winmail.dat` files ([MS-OXTNEF]). `tnefparse` 1.4.0 for Python reads what comes out of
//! it: names, data and properties are those that were put in.

/// `PtypBinary`, `PtypString8`, `PtypString`, `PtypObject`, `PtypInteger32`.
pub const BINARY: u16 = 0x0102;
pub const STRING8: u16 = 0x001e;
pub const UNICODE: u16 = 0x001f;
pub const OBJECT: u16 = 0x000d;
pub const LONG: u16 = 0x0003;

/// `IID_IMessage` and `IID_IStorage`.
pub const MESSAGE: [u8; 16] = *b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
pub const STORAGE: [u8; 16] = *b"\x0b\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/// The names and types of attributes.
pub const OEM_PAGE: u32 = 0x0006_9007;
pub const VERSION: u32 = 0x0008_9006;
pub const BODY: u32 = 0x0002_800c;
pub const DATA: u32 = 0x0006_800f;
pub const TITLE: u32 = 0x0001_8010;
pub const REND_DATA: u32 = 0x0006_9002;
pub const PROPERTIES: u32 = 0x0006_9003;
pub const ATTACHMENT: u32 = 0x0006_9005;

/// A container, attribute by attribute.
pub struct Tnef {
    bytes: Vec<u8>,
}

impl Default for Tnef {
    fn default() -> Self {
        let mut bytes = 0x223e_9f78_u32.to_le_bytes().to_vec();
        bytes.extend(1u16.to_le_bytes());
        Tnef { bytes }
            .attribute(1, VERSION, &0x0001_0000_u32.to_le_bytes())
            .attribute(1, OEM_PAGE, &[0xe4, 0x04, 0, 0, 0, 0, 0, 0])
    }
}

impl Tnef {
    pub fn attribute(mut self, level: u8, name: u32, data: &[u8]) -> Self {
        self.bytes.push(level);
        self.bytes.extend(name.to_le_bytes());
        self.bytes.extend((data.len() as u32).to_le_bytes());
        self.bytes.extend(data);
        let sum = data
            .iter()
            .fold(0u16, |sum, b| sum.wrapping_add((*b).into()));
        self.bytes.extend(sum.to_le_bytes());
        self
    }

    /// The properties of the message.
    pub fn message(self, properties: &[Vec<u8>]) -> Self {
        self.attribute(1, PROPERTIES, &block(properties))
    }

    /// An attachment with its bytes, as Outlook writes it.
    pub fn file(self, name: &str, data: &[u8]) -> Self {
        let title = [name.as_bytes(), b"\0"].concat();
        self.attribute(
            2,
            REND_DATA,
            &[1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0],
        )
        .attribute(2, DATA, data)
        .attribute(2, TITLE, &title)
        .attribute(2, ATTACHMENT, &block(&[text(0x3707, name)]))
    }

    /// An attachment that is nothing but properties.
    pub fn attached(self, properties: &[Vec<u8>]) -> Self {
        self.attribute(2, REND_DATA, &[0; 14])
            .attribute(2, ATTACHMENT, &block(properties))
    }

    /// Bytes that are no attribute.
    pub fn junk(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend(bytes);
        self
    }

    pub fn build(self) -> Vec<u8> {
        self.bytes
    }
}

/// A block of properties.
pub fn block(properties: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = (properties.len() as u32).to_le_bytes().to_vec();
    bytes.extend(properties.concat());
    bytes
}

/// A property whose values have a length of their own.
pub fn counted(id: u16, kind: u16, values: &[&[u8]]) -> Vec<u8> {
    let kind = if values.len() == 1 {
        kind
    } else {
        kind | 0x1000
    };
    let mut bytes = tag(id, kind);
    bytes.extend((values.len() as u32).to_le_bytes());
    for value in values {
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend(*value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

pub fn binary(id: u16, value: &[u8]) -> Vec<u8> {
    counted(id, BINARY, &[value])
}

/// Text in UTF-16.
pub fn text(id: u16, value: &str) -> Vec<u8> {
    let units = value.encode_utf16().chain([0]);
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    counted(id, UNICODE, &[&bytes])
}

pub fn number(id: u16, value: u32) -> Vec<u8> {
    [tag(id, LONG), value.to_le_bytes().to_vec()].concat()
}

/// The sound of a reminder: a property with a name, of the set for all items (`PSETID_Common`).
pub fn reminder(value: &str) -> Vec<u8> {
    let id = 0x8001;
    let set = *b"\x08\x20\x06\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
    let mut bytes = tag(id, UNICODE);
    bytes.extend(set);
    bytes.extend([0, 0, 0, 0, 0x1f, 0x85, 0, 0]);
    bytes.extend(text(id, value).split_off(4));
    bytes
}

fn tag(id: u16, kind: u16) -> Vec<u8> {
    [kind.to_le_bytes(), id.to_le_bytes()].concat()
}

/// An object: what it is, and its bytes.
pub fn object(kind: &[u8; 16], bytes: &[u8]) -> Vec<u8> {
    counted(0x3701, OBJECT, &[&[kind, bytes].concat()])
}

/// Rich text in the container of compressed RTF, not compressed ([MS-OXRTFCP] 2.1.3.1.1).
pub fn mela(rtf: &str) -> Vec<u8> {
    let length = rtf.len() as u32;
    let numbers = [length + 12, length, u32::from_le_bytes(*b"MELA"), 0];
    let mut bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    bytes.extend(rtf.as_bytes());
    bytes
}
