//! The lines of a message, and what a header line looks like.

/// One line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Without its end mark.
    pub(super) end: usize,
    /// Where the next one starts.
    pub(super) next: usize,
    /// Where the line before ends, without its end mark.
    pub(super) before: usize,
}

/// Lines that end with CR LF, LF or CR.
pub(super) struct Lines<'a> {
    data: &'a [u8],
    at: usize,
    before: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Lines {
            data,
            at,
            before: at,
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.at;
        let rest = self.data.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let mark = match rest.get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            Some([]) | None => 0,
        };
        let end = start.saturating_add(length);
        let line = Line {
            start,
            end,
            next: end.saturating_add(mark),
            before: self.before,
        };
        self.at = line.next;
        self.before = end;
        Some(line)
    }
}

/// A name of visible characters, a colon.
pub(super) fn is_header(line: &[u8]) -> bool {
    name_of(line).is_some()
}

/// More of the header in the line before.
pub(super) fn is_folded(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', ..])
}

/// A header that makes bytes MIME (`spec/word.md` §0.1).
pub(super) fn is_mime_header(line: &[u8]) -> bool {
    let Some((name, value)) = name_of(line) else {
        return false;
    };
    if name.eq_ignore_ascii_case(b"mime-version") {
        return true;
    }
    let value = value.trim_ascii_start();
    let is = |word: &[u8]| {
        value
            .get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    // A folded value stands in the next line.
    name.eq_ignore_ascii_case(b"content-type") && (value.is_empty() || is(b"multipart/"))
}

/// A header of a part, whatever stands in it: `Content-…`.
pub(super) fn is_content_header(line: &[u8]) -> bool {
    let name = line.get(..8).unwrap_or_default();
    name.eq_ignore_ascii_case(b"content-") && is_header(line)
}

/// The name and the value of a header line. The name may have blanks behind it.
fn name_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
    /// Longest name that is looked for.
    const NAME: usize = 256;
    let head = line.get(..line.len().min(NAME)).unwrap_or(line);
    let colon = memchr::memchr(b':', head)?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    let plain = !name.is_empty()
        && name
            .iter()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'{' | b'"'));
    plain.then(|| (name, value.get(1..).unwrap_or_default()))
}
