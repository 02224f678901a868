//! A web page as one MIME message (`spec/word.md` §4.4).

/// How a part is encoded for the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    QuotedPrintable,
    Base64,
}

const BOUNDARY: &str = "----=_NextPart_01C12345.6789ABCD";

/// One page as a message.
pub fn page(html: &str, transfer: Transfer) -> Vec<u8> {
    message(&[(
        "file:///C:/doc.htm",
        "text/html; charset=\"utf-8\"",
        html.as_bytes(),
        transfer,
    )])
}

/// Where a part says it comes from, what it says it is, its bytes, and how they are encoded.
pub type Part<'a> = (&'a str, &'a str, &'a [u8], Transfer);

/// A message of parts.
pub fn message(parts: &[Part<'_>]) -> Vec<u8> {
    let mut text = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"{BOUNDARY}\"; \
         type=\"text/html\"\r\n\r\nThis document is a Single File Web Page.\r\n\r\n"
    );
    for (place, kind, bytes, transfer) in parts {
        let (name, encoded) = match transfer {
            Transfer::QuotedPrintable => ("quoted-printable", quoted_printable(bytes)),
            Transfer::Base64 => ("base64", base64(bytes)),
        };
        text += &format!(
            "--{BOUNDARY}\r\nContent-Location: {place}\r\nContent-Transfer-Encoding: {name}\r\n\
             Content-Type: {kind}\r\n\r\n{encoded}\r\n\r\n"
        );
    }
    text += &format!("--{BOUNDARY}--\r\n");
    text.into_bytes()
}

/// Lines of at most 76 characters, cut wherever the length says so, also within a word.
pub fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut line = 0;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' && rest.peek() == Some(&b'\n') {
            rest.next();
            text += "\r\n";
            line = 0;
            continue;
        }
        let at_end = matches!(rest.peek(), Some(b'\r' | b'\n') | None);
        let piece = match byte {
            b'=' => "=3D".to_owned(),
            b' ' if !at_end => " ".to_owned(),
            b'!'..=b'~' => char::from(byte).to_string(),
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

/// Lines of 76 characters.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (i, chunk) in bytes.chunks(3).enumerate() {
        if i > 0 && i % 19 == 0 {
            text += "\r\n";
        }
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4_usize {
            let six = (bits >> (18 - 6 * place)) & 63;
            text.push(match place <= chunk.len() {
                true => char::from(LETTERS[usize::try_from(six).unwrap()]),
                false => '=',
            });
        }
    }
    text
}

/// A message behind the header of a PDF: Word opens it as the message.
pub fn behind_pdf(message: &[u8]) -> Vec<u8> {
    let pdf = b"%PDF-1.7\r\n1 0 obj\r\n<< /Type /Catalog /Pages 2 0 R >>\r\nendobj\r\n\
                2 0 obj\r\n<< /Type /Pages /Count 0 /Kids [] >>\r\nendobj\r\n\
                trailer\r\n<< /Root 1 0 R >>\r\n%%EOF\r\n\r\n";
    [pdf, message].concat()
}

/// An ActiveMime file around bytes (§4.5): the compressed data stand at 0x32.
pub fn active_mime(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(bytes).unwrap();
    let mut file = b"ActiveMime".to_vec();
    file.extend([
        0, 0, 1, 0xF0, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0x07, 0xF0,
    ]);
    file.resize(0x1E, 0);
    // The offset of the data, counted from 46.
    file.extend(4_u16.to_le_bytes());
    file.resize(0x2E, 0);
    file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    file.extend(zlib.finish().unwrap());
    file
}
