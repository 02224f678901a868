//! Builds calendars and contacts (RFC 5545, RFC 6350).

/// A calendar with one event that has these content lines.
pub fn calendar(lines: &[String]) -> Vec<u8> {
    let event = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:040000008200E00074C5B7101A82E008",
        "DTSTAMP:20240102T080000Z",
        "DTSTART:20240102T090000Z",
        "SUMMARY:Meeting",
    ];
    let ends = ["END:VEVENT", "END:VCALENDAR"];
    let own = lines.iter().map(String::as_str);
    joined(event.into_iter().chain(own).chain(ends))
}

/// A contact with these content lines.
pub fn contact(version: &str, lines: &[String]) -> Vec<u8> {
    let version = format!("VERSION:{version}");
    let start = ["BEGIN:VCARD", &version, "FN:Jane Doe"];
    let own = lines.iter().map(String::as_str);
    joined(start.into_iter().chain(own).chain(["END:VCARD"]))
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<u8> {
    lines
        .map(|line| folded(line) + "\r\n")
        .collect::<String>()
        .into()
}

/// A line folded after 75 bytes.
pub fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out
}

/// Text as a value (RFC 5545 §3.3.11).
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(',', "\\,")
        .replace(';', "\\;")
        .replace("\r\n", "\\n")
        .replace('\n', "\\n")
}

/// The description in HTML that Outlook writes.
pub fn page(html: &str) -> String {
    format!("X-ALT-DESC;FMTTYPE=text/html:{}", escaped(html))
}

/// A file in the calendar itself.
pub fn file(name: &str, base64: &str) -> String {
    format!("ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=\"{name}\":{base64}")
}
