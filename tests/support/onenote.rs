//! Sections of OneNote ([MS-ONESTORE]): the header, objects that declare files, the list that tells
//! where they stand, the files.

/// The type of the file, and the packaging that is stored ([MS-ONESTORE] 2.3.1).
const TYPE: &str = "7B5C52E4-D88C-4DA7-AEB1-5378D02996D3";
const PACKAGING: &str = "109ADD3F-911B-49F5-A5D0-1791EDC8AED8";
/// In front of a file and behind it ([MS-ONESTORE] 2.6.13).
const FILE: &str = "BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC";
const END: &str = "71FBA722-0F79-4A0B-BB13-899256426B24";

/// A GUID as it is stored.
pub fn guid(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let mut bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

/// One file with its header and its footer, of the length that is stated. All of it ends at a
/// multiple of eight.
pub fn stored(file: &[u8], length: u64) -> Vec<u8> {
    let mut bytes = guid(FILE);
    bytes.extend(length.to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(file);
    bytes.resize((36 + file.len()).next_multiple_of(8), 0);
    bytes.extend(guid(END));
    bytes
}

/// A section with these files, by their extensions.
pub fn section(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = guid(TYPE);
    bytes.extend([1; 16]);
    bytes.extend([0; 16]);
    bytes.extend(guid(PACKAGING));
    bytes.resize(1_024, 0);
    let name = |number: usize| format!("{number:08X}-AAAA-BBBB-CCCC-0123456789AB");
    for (number, (extension, _)) in files.iter().enumerate() {
        // ObjectDeclarationFileData3RefCountFND (2.5.27), behind the head of its node.
        bytes.extend([0x72, 0, 0, 0x80, 0, 0, 0, 0, 0x36, 0, 0x0d, 0x80, 1]);
        bytes.extend(text(&format!("<ifndf>{{{}}}", name(number))));
        bytes.extend(text(extension));
    }
    // The files stand behind the list, of which each entry has 40 bytes.
    let mut at = bytes.len() + 40 * files.len();
    let mut all = Vec::new();
    for (number, (_, file)) in files.iter().enumerate() {
        let stored = stored(file, file.len() as u64);
        // FileDataStoreObjectReferenceFND (2.5.24): 40 bytes, a place of 8 and a length of 8.
        let head: u32 = 0x94 | 36 << 10 | 1 << 25 | 1 << 27 | 1 << 31;
        bytes.extend(head.to_le_bytes());
        bytes.extend((at as u64).to_le_bytes());
        bytes.extend((stored.len() as u64).to_le_bytes());
        bytes.extend(guid(&name(number)));
        bytes.extend([0; 4]);
        at += stored.len();
        all.extend(stored);
    }
    bytes.extend(all);
    bytes
}
