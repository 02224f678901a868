//! Outlook messages ([MS-OXMSG]), put together with the `cfb` crate.

use std::io::{Cursor, Write as _};

/// A message, an attachment of one, or what else has properties.
#[derive(Clone, Default)]
pub struct Msg {
    /// Number, type and value of properties with a stream.
    properties: Vec<(u16, u16, Vec<u8>)>,
    /// Number and value of those of type `PtypInteger32`, in the list.
    numbers: Vec<(u16, u32)>,
    /// Path and bytes of other streams.
    streams: Vec<(String, Vec<u8>)>,
    attachments: Vec<Msg>,
    embedded: Option<Box<Msg>>,
}

impl Msg {
    pub fn new() -> Msg {
        Msg::default()
    }

    /// A message of this class.
    pub fn of_class(class: &str) -> Msg {
        Msg::new().text(0x001a, class)
    }

    /// A property with a stream of its own.
    pub fn property(mut self, id: u16, kind: u16, value: impl Into<Vec<u8>>) -> Msg {
        self.properties.push((id, kind, value.into()));
        self
    }

    /// One in UTF-16.
    pub fn text(self, id: u16, value: &str) -> Msg {
        let value: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.property(id, 0x001f, value)
    }

    /// One without a stream.
    pub fn number(mut self, id: u16, value: u32) -> Msg {
        self.numbers.push((id, value));
        self
    }

    /// Any other stream below.
    pub fn stream(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Msg {
        self.streams.push((path.to_owned(), bytes.into()));
        self
    }

    /// The body as RTF.
    pub fn rtf(self, rtf: &str) -> Msg {
        self.property(0x1009, 0x0102, compressed_rtf(rtf.as_bytes()))
    }

    /// An attachment with these properties.
    pub fn attach(mut self, attachment: Msg) -> Msg {
        self.attachments.push(attachment);
        self
    }

    /// A file that is attached (`afByValue`).
    pub fn file(self, name: &str, bytes: impl Into<Vec<u8>>) -> Msg {
        let file = Msg::new()
            .text(0x3707, name)
            .property(0x3701, 0x0102, bytes);
        self.attach(file.number(0x3705, 1))
    }

    /// A message that is attached (`afEmbeddedMessage`).
    pub fn message(self, message: Msg) -> Msg {
        let mut attachment = Msg::new().number(0x3705, 5);
        attachment.embedded = Some(Box::new(message));
        self.attach(attachment)
    }

    /// An attachment that stands elsewhere.
    pub fn reference(self, method: u32, path: &str) -> Msg {
        self.attach(Msg::new().text(0x370d, path).number(0x3705, method))
    }

    /// The named property of this set and number, as `0x8000` and its index, with this text; for
    /// the message at the root.
    pub fn named(self, set: [u8; 16], name: u32, index: u16, value: &str) -> Msg {
        let mut entry = name.to_le_bytes().to_vec();
        entry.extend((3u16 << 1).to_le_bytes());
        entry.extend(index.to_le_bytes());
        self.stream("__nameid_version1.0/__substg1.0_00020102", set)
            .stream("__nameid_version1.0/__substg1.0_00030102", entry)
            .text(0x8000 + index, value)
    }

    /// The streams, by their paths. `header` is that of the list of properties.
    fn flat(&self, folder: &str, header: usize, out: &mut Vec<(String, Vec<u8>)>) {
        let mut rows = vec![0; header];
        for (id, kind, value) in &self.properties {
            let path = format!("{folder}__substg1.0_{id:04X}{kind:04X}");
            out.push((path, value.clone()));
            rows.extend(kind.to_le_bytes());
            rows.extend(id.to_le_bytes());
            rows.extend([6, 0, 0, 0]);
            rows.extend((value.len() as u32).to_le_bytes());
            rows.extend([0; 4]);
        }
        for (id, value) in &self.numbers {
            rows.extend([3, 0]);
            rows.extend(id.to_le_bytes());
            rows.extend([6, 0, 0, 0]);
            rows.extend(u64::from(*value).to_le_bytes());
        }
        out.push((format!("{folder}__properties_version1.0"), rows));
        for (path, bytes) in &self.streams {
            out.push((format!("{folder}{path}"), bytes.clone()));
        }
        for (number, attachment) in self.attachments.iter().enumerate() {
            let below = format!("{folder}__attach_version1.0_#{number:08X}/");
            attachment.flat(&below, 8, out);
            if let Some(message) = &attachment.embedded {
                message.flat(&format!("{below}__substg1.0_3701000D/"), 24, out);
            }
        }
    }

    /// The streams of the file, by their paths.
    pub fn streams(&self) -> Vec<(String, Vec<u8>)> {
        let mut streams = Vec::new();
        self.flat("", 32, &mut streams);
        streams
    }

    pub fn build(&self) -> Vec<u8> {
        compound(&self.streams())
    }
}

/// A compound file of these streams.
pub fn compound(streams: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// Compressed RTF ([MS-OXRTFCP]) in which every letter stands for itself.
pub fn compressed_rtf(rtf: &[u8]) -> Vec<u8> {
    let end = (((207 + rtf.len()) % 4096) as u16) << 4;
    let mut body = Vec::new();
    for letters in rtf.chunks(8) {
        if letters.len() == 8 {
            body.push(0);
            body.extend(letters);
        }
    }
    let rest = rtf.chunks_exact(8).remainder();
    body.push(1 << rest.len());
    body.extend(rest);
    body.extend(end.to_be_bytes());
    let crc = !{
        let mut sum = crc32fast::Hasher::new_with_initial(u32::MAX);
        sum.update(&body);
        sum.finalize()
    };
    let mut data = (body.len() as u32 + 12).to_le_bytes().to_vec();
    data.extend((rtf.len() as u32).to_le_bytes());
    data.extend(b"LZFu");
    data.extend(crc.to_le_bytes());
    data.extend(body);
    data
}
