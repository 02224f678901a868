//! Mail messages (`spec/word.md` §5.3).

use super::word::mht;

/// How a part is coded for the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Base64,
    QuotedPrintable,
    /// As it is.
    Binary,
    Uuencode,
}

impl Coding {
    pub const ALL: [Coding; 4] = [
        Coding::Base64,
        Coding::QuotedPrintable,
        Coding::Binary,
        Coding::Uuencode,
    ];

    fn name(self) -> &'static str {
        match self {
            Coding::Base64 => "base64",
            Coding::QuotedPrintable => "quoted-printable",
            Coding::Binary => "binary",
            Coding::Uuencode => "x-uuencode",
        }
    }

    fn code(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Coding::Base64 => mht::base64(bytes).into_bytes(),
            Coding::QuotedPrintable => quoted(bytes).into_bytes(),
            Coding::Binary => bytes.to_vec(),
            Coding::Uuencode => uuencode("x", bytes).into_bytes(),
        }
    }
}

/// One part: its headers, and its body as it goes on the way.
#[derive(Clone, Debug)]
pub struct Part {
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Part {
    pub fn new(media_type: &str, bytes: &[u8], coding: Coding) -> Self {
        Part {
            headers: vec![
                format!("Content-Type: {media_type}"),
                format!("Content-Transfer-Encoding: {}", coding.name()),
            ],
            body: coding.code(bytes),
        }
    }

    /// A file, as mail programs attach it.
    pub fn file(name: &str, bytes: &[u8]) -> Self {
        let media_type = format!("application/octet-stream; name=\"{name}\"");
        Part::new(&media_type, bytes, Coding::Base64).header(&format!(
            "Content-Disposition: attachment; filename=\"{name}\""
        ))
    }

    pub fn text(text: &str) -> Self {
        Part::new("text/plain; charset=utf-8", text.as_bytes(), Coding::Binary)
    }

    pub fn html(text: &str) -> Self {
        let media_type = "text/html; charset=utf-8";
        Part::new(media_type, text.as_bytes(), Coding::QuotedPrintable)
    }

    /// Another message.
    pub fn message(mail: &Mail) -> Self {
        Part {
            headers: vec!["Content-Type: message/rfc822".to_owned()],
            body: mail.build(),
        }
    }

    /// Parts in a part.
    pub fn multipart(subtype: &str, boundary: &str, parts: &[Part]) -> Self {
        Part {
            headers: vec![format!(
                "Content-Type: multipart/{subtype}; boundary=\"{boundary}\""
            )],
            body: joined(boundary, parts),
        }
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    /// With its headers.
    pub fn build(&self) -> Vec<u8> {
        let headers = self.headers.join("\r\n");
        [headers.as_bytes(), b"\r\n\r\n", &self.body].concat()
    }
}

fn joined(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut body = b"This is a message in several parts.\r\n".to_vec();
    for part in parts {
        body.extend(format!("\r\n--{boundary}\r\n").into_bytes());
        body.extend(part.build());
    }
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    body
}

/// A message.
#[derive(Clone, Debug)]
pub struct Mail {
    pub headers: Vec<String>,
    pub body: Part,
}

impl Mail {
    /// Of one part.
    pub fn of(body: Part) -> Self {
        let headers = [
            "Received: from mx.example (mx.example [192.0.2.1]) by in.example; Mon, 1 Jan 2024 10:00:00 +0000",
            "From: \"A\" <a@example.invalid>",
            "To: b@example.invalid",
            "Subject: hello",
            "Date: Mon, 1 Jan 2024 10:00:00 +0000",
            "MIME-Version: 1.0",
        ];
        Mail {
            headers: headers.map(str::to_owned).to_vec(),
            body,
        }
    }

    /// A text with these parts behind it.
    pub fn with(text: &str, parts: &[Part]) -> Self {
        let parts: Vec<Part> = std::iter::once(Part::text(text))
            .chain(parts.iter().cloned())
            .collect();
        Mail::of(Part::multipart("mixed", "----=_Part_1", &parts))
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    pub fn subject(mut self, subject: &str) -> Self {
        self.headers.retain(|line| !line.starts_with("Subject:"));
        self.header(&format!("Subject: {subject}"))
    }

    pub fn build(&self) -> Vec<u8> {
        let headers = self.headers.join("\r\n");
        [headers.as_bytes(), b"\r\n", &self.body.build()].concat()
    }
}

/// A file in a message: the simplest wrapper.
pub fn around(name: &str, bytes: &[u8]) -> Vec<u8> {
    Mail::with("See the file.\r\n", &[Part::file(name, bytes)]).build()
}

/// Lines of at most 76 characters; every byte that may not stand is spelled, line ends too.
pub fn quoted(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut line = 0;
    for byte in bytes {
        let piece = match byte {
            b'!'..=b'<' | b'>'..=b'~' => char::from(*byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        if line + piece.len() > 75 {
            text += "=\r\n";
            line = 0;
        }
        line += piece.len();
        text += &piece;
    }
    text
}

/// As `uuencode` of POSIX writes it.
pub fn uuencode(name: &str, bytes: &[u8]) -> String {
    let letter = |six: u32| match six & 63 {
        0 => '`',
        six => char::from(32 + u8::try_from(six).unwrap()),
    };
    let mut text = format!("begin 644 {name}\r\n");
    for line in bytes.chunks(45) {
        text.push(letter(u32::try_from(line.len()).unwrap()));
        for group in line.chunks(3) {
            let mut three = [0; 3];
            three[..group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            text.extend((0..4).map(|place| letter(bits >> (18 - 6 * place))));
        }
        text += "\r\n";
    }
    text + "`\r\nend\r\n"
}

/// yEnc, draft 1.3.
pub fn yenc(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = format!("=ybegin line=128 size={} name={name}\r\n", bytes.len()).into_bytes();
    for line in bytes.chunks(128) {
        for byte in line {
            let coded = byte.wrapping_add(42);
            match coded {
                0 | b'\n' | b'\r' | b'=' => text.extend([b'=', coded.wrapping_add(64)]),
                _ => text.push(coded),
            }
        }
        text.extend(b"\r\n");
    }
    text.extend(format!("=yend size={}\r\n", bytes.len()).into_bytes());
    text
}

/// An element of BER with a long length (X.690 §8.1.3.5).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], &length[..], content].concat()
}

/// The same, compressed (RFC 3274).
pub fn cms_compressed(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(content).unwrap();
    let id = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";
    let data = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    let bytes = element(0x04, &zlib.finish().unwrap());
    let inner = [&data[..], &element(0xa0, &bytes)].concat();
    let method = b"\x30\x0d\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08";
    let all = [&b"\x02\x01\0"[..], method, &element(0x30, &inner)].concat();
    element(
        0x30,
        &[&id[..], &element(0xa0, &element(0x30, &all))].concat(),
    )
}

/// What S/MIME makes of a content: `kind` is the last arc of its identifier (2 signed, 3
/// enveloped). No certificates, no signers.
pub fn cms(kind: u8, content: &[u8]) -> Vec<u8> {
    let id = |last: u8| {
        let id = [
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last,
        ];
        id.to_vec()
    };
    let digests = element(0x31, &[]);
    let inner = [id(1), element(0xa0, &element(0x04, content))].concat();
    let signed = [
        vec![2, 1, 1],
        digests,
        element(0x30, &inner),
        element(0x31, &[]),
    ];
    let signed = element(0x30, &signed.concat());
    element(0x30, &[id(kind), element(0xa0, &signed)].concat())
}
