//! Style sheets and `style` attributes, as far as Office programs hide meaning in them: the
//! declarations whose names begin with `mso-` (`spec/word.md` §4.3).
//!
//! # Malformed input
//!
//! Comments, escapes and quotation marks are read as in CSS Syntax 3; a string or a block without
//! an end ends with the text.
//!
//! # Worst cases
//!
//! Linear in the text. Of a declaration list only those that count are copied.

use std::borrow::Cow;

use crate::markup::html::unicode;

/// Bytes of one block of declarations that are read.
const BLOCK: usize = 1 << 20;

/// One declaration: the name in lower case, the value as it is spelled, without comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The `mso-` declarations of a list, in their order.
pub(crate) fn declarations(text: &str) -> Vec<Declaration> {
    let mut found = Vec::new();
    if !may_count(text.as_bytes()) {
        return found;
    }
    let mut last = "";
    for declaration in Split::new(text, b';') {
        last = declaration;
        found.extend(one(declaration));
    }
    // Behind a quotation mark that is never closed: weaker than what stands in front.
    let hidden = last.split(';').skip(1).filter_map(one);
    let hidden = hidden.filter(|declaration| declaration.name == "mso-element");
    found.splice(0..0, hidden.collect::<Vec<_>>());
    found
}

fn one(declaration: &str) -> Option<Declaration> {
    let declaration = without_comments(declaration);
    let (name, value) = declaration.split_once(':')?;
    let name = name.trim().trim_start_matches('{').trim_start();
    let name = name.strip_prefix("<!--").unwrap_or(name).trim_start();
    let name = unescape(name).to_ascii_lowercase();
    name.starts_with("mso-").then(|| Declaration {
        name,
        value: value.trim().to_owned(),
    })
}

/// Whether there may be such a declaration at all.
pub(crate) fn may_count(text: &[u8]) -> bool {
    memchr::memchr(b'\\', text).is_some()
        || memchr::memchr2_iter(b'm', b'M', text).any(|at| {
            text.get(at..at.saturating_add(3))
                .is_some_and(|word| word.eq_ignore_ascii_case(b"mso"))
        })
}

/// One rule of a style sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The last part of each of its selectors, in lower case: `span.a`, `.b`, `#c`. Of several
    /// classes the first; `*` where it names none.
    pub(crate) selectors: Vec<String>,
    pub(crate) declarations: Vec<Declaration>,
}

/// Calls `each` for the rules that have `mso-` declarations. False when a block was too long to be
/// read.
pub(crate) fn rules(sheet: &[u8], mut each: impl FnMut(Rule)) -> bool {
    /// Blocks in blocks whose own declarations are read.
    const DEEPEST: usize = 64;
    /// Bytes of the selector of such a block: it is read again for each block in it.
    const OUTER: usize = 256;
    let mut whole = true;
    let mut rest = sheet;
    let mut outer: Vec<&[u8]> = Vec::new();
    let mut tell = |selector: &[u8], body: &[u8]| {
        if !may_count(body) {
            return;
        }
        if body.len() > BLOCK || selector.len() > BLOCK {
            whole = false;
            return;
        }
        let declarations = declarations(&unicode(body));
        if !declarations.is_empty() {
            each(Rule {
                selectors: selectors(&unicode(selector)),
                declarations,
            });
        }
    };
    while let Some(open) = next(rest, b"{}") {
        let (before, block) = rest.split_at_checked(open).unwrap_or((rest, &[]));
        let around = outer.last().copied().unwrap_or_default();
        let Some(inside) = block.strip_prefix(b"{") else {
            // What stands behind a nested block belongs to the one around it.
            if !around.is_empty() {
                tell(around, before);
            }
            outer.pop();
            rest = block.get(1..).unwrap_or_default();
            continue;
        };
        if !around.is_empty() {
            tell(around, before);
        }
        let selector = if before.trim_ascii().is_empty() {
            around
        } else {
            before
        };
        let end = next(inside, b"{}").unwrap_or(inside.len());
        if inside.get(end) == Some(&b'{') {
            // Rules inside a rule: of `@media` its own selector says nothing.
            let start = memchr::memrchr2(b';', b'}', selector);
            let start = start.map_or(0, |at| at.saturating_add(1));
            let own = selector.get(start..).unwrap_or_default().trim_ascii();
            let known = own.len() <= OUTER && !own.starts_with(b"@");
            if outer.len() < DEEPEST {
                outer.push(if known { own } else { &[] });
            }
            rest = inside;
            continue;
        }
        let (body, tail) = inside.split_at_checked(end).unwrap_or((inside, &[]));
        rest = tail.get(1..).unwrap_or_default();
        tell(selector, body);
    }
    whole
}

/// The last part of each selector of a list.
fn selectors(list: &str) -> Vec<String> {
    let list = without_comments(list);
    let list = list.rsplit([';', '}']).next().unwrap_or(&list);
    let list = list.replace("<!--", " ").replace("-->", " ");
    let list = list.replace("<![CDATA[", " ").replace("]]>", " ");
    let mut found = Vec::new();
    for selector in list.split(',') {
        let mut parts =
            selector.split(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '+' | '~'));
        let Some(last) = parts.rfind(|part| !part.is_empty()) else {
            continue;
        };
        let last = last.split([':', '[']).next().unwrap_or(last);
        let mut key = key(&unescape(last).to_ascii_lowercase());
        if key.is_empty() {
            // By an attribute, or by what it is not.
            "*".clone_into(&mut key);
        }
        if !key.is_empty() && !found.contains(&key) && found.len() < 256 {
            found.push(key);
        }
    }
    found
}

/// `span.a.b` is told by `span.a`; `span#x.a` by `span#x`.
fn key(compound: &str) -> String {
    let end = compound.find(['.', '#']).unwrap_or(compound.len());
    let (tag, rest) = compound.split_at_checked(end).unwrap_or((compound, ""));
    let tag = if tag == "*" { "" } else { tag };
    let mark = rest.find('#').or_else(|| rest.find('.'));
    let name = mark.and_then(|at| rest.get(at..)).unwrap_or_default();
    let after = name.get(1..).unwrap_or_default();
    let end = after.find(['.', '#']).unwrap_or(after.len());
    let name = name.get(..end.saturating_add(1)).unwrap_or(name);
    if name.is_empty() && compound == "*" {
        return "*".to_owned();
    }
    format!("{tag}{name}")
}

/// A name with its escapes undone (CSS Syntax 3 §4.3.7).
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let digits = escape
            .bytes()
            .take(6)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let code = escape
            .get(..digits)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if let Some(code) = code {
            let c = char::from_u32(code).filter(|c| *c != '\0');
            out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            rest = escape.get(digits..).unwrap_or_default();
            // One blank belongs to the escape.
            rest = rest
                .strip_prefix("\r\n")
                .or_else(|| rest.strip_prefix([' ', '\t', '\n', '\r', '\u{c}']))
                .unwrap_or(rest);
        } else {
            rest = escape.strip_prefix(['\n', '\r']).unwrap_or(escape);
            // The character stands for itself, a backslash too.
            if let Some(c) = rest.chars().next().filter(|_| rest.len() == escape.len()) {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Text without `/* */`; what stands in strings is no comment.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = comment_in(rest.as_bytes()) {
        let (plain, comment) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let inside = comment.get(2..).unwrap_or_default();
        rest = inside.split_once("*/").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first comment begins that is in no string.
fn comment_in(text: &[u8]) -> Option<usize> {
    let mut at = 0usize;
    loop {
        at = at.saturating_add(next_of(text.get(at..)?, b"/")?);
        if text.get(at..)?.starts_with(b"/*") {
            return Some(at);
        }
        at = at.saturating_add(1);
    }
}

/// The pieces of a text between marks that stand in no string, comment or escape.
struct Split<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

impl<'a> Split<'a> {
    fn new(text: &'a str, mark: u8) -> Self {
        Split {
            rest: Some(text),
            mark,
        }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let end = next(rest.as_bytes(), &[self.mark]).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at_checked(end)?;
        self.rest = tail.get(1..);
        Some(piece)
    }
}

/// Where the first of `marks` stands outside strings, comments and escapes.
fn next(text: &[u8], marks: &[u8]) -> Option<usize> {
    let mut at = 0usize;
    loop {
        let found = next_of(text.get(at..)?, &[marks, b"/"].concat())?;
        at = at.saturating_add(found);
        let rest = text.get(at..)?;
        if let Some(comment) = rest.strip_prefix(b"/*") {
            let end = memchr::memmem::find(comment, b"*/")?;
            at = at.saturating_add(end).saturating_add(4);
        } else if rest.first().is_some_and(|byte| marks.contains(byte)) {
            return Some(at);
        } else {
            at = at.saturating_add(1);
        }
    }
}

/// Where the first of `marks` stands outside strings and escapes. A string that is not closed
/// reaches to the end, or, where blocks are looked for, protects nothing.
fn next_of(text: &[u8], marks: &[u8]) -> Option<usize> {
    let blocks = marks.contains(&b'{');
    let mut quote = None;
    let mut escaped = false;
    // In an address without quotation marks.
    let mut address = false;
    for (at, byte) in text.iter().enumerate() {
        if escaped {
            escaped = false;
        } else if *byte == b'\\' {
            escaped = true;
        } else if let Some(open) = quote {
            if *byte == open {
                quote = None;
            }
        } else if marks.contains(byte) {
            return Some(at);
        } else if address {
            address = *byte != b')';
        } else if matches!(byte, b'"' | b'\'') {
            let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
            if !blocks || is_closed(rest, *byte) {
                quote = Some(*byte);
            }
        } else if *byte == b'(' {
            let word = text.get(at.saturating_sub(3)..at).unwrap_or_default();
            let next = text.get(at.saturating_add(1));
            address = word.eq_ignore_ascii_case(b"url")
                && !next
                    .is_some_and(|next| next.is_ascii_whitespace() || matches!(next, b'"' | b'\''));
        }
    }
    None
}

/// Whether a string ends on its line. No further quotation mark of the kind stands on a line on
/// which one is not closed, so that lines are not searched again and again.
fn is_closed(rest: &[u8], quote: u8) -> bool {
    let mut escaped = false;
    for byte in rest {
        if escaped {
            escaped = false;
        } else if *byte == b'\\' {
            escaped = true;
        } else if *byte == quote {
            return true;
        } else if *byte == b'\n' {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        declarations(text)
            .into_iter()
            .map(|d| (d.name, d.value))
            .collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn declarations_of_every_spelling() {
        for text in [
            "mso-element:field-begin",
            "color:red;MSO-Element : field-begin ;x:y",
            "mso/**/-element:/* ; */field-begin",
            "a:\";mso-element:x\";mso-element:field-begin",
            "ms\\o-element:field-begin",
            "\\6d so-element:field-begin",
        ] {
            assert_eq!(pairs(text), [pair("mso-element", "field-begin")], "{text}");
        }
        assert_eq!(
            pairs("mso-field-code:\" a \\\" \\; ; b\";mso-field-lock:yes"),
            [
                pair("mso-field-code", "\" a \\\" \\; ; b\""),
                pair("mso-field-lock", "yes")
            ]
        );
        assert_eq!(
            pairs("mso-field-code:\" open ;x"),
            [pair("mso-field-code", "\" open ;x")]
        );
        assert_eq!(pairs("color:red"), []);
    }

    #[test]
    fn rules_and_their_selectors() {
        let sheet = b"<!-- /* Font { } */ p.a, li.b {color:red}
            .f, div > span.G, #h, a:link {mso-element:field-begin}
            @media print { .m { mso-element: field-end } }
            @page WordSection1 {size:612pt; mso-header-margin:36pt;}
            span.x.y{mso-field-code:\"}\"} -->";
        let mut found = Vec::new();
        assert!(rules(sheet, |rule| found.push((
            rule.selectors.join(" "),
            rule.declarations[0].value.clone()
        ))));
        let expected = [
            (".f span.g #h a", "field-begin"),
            (".m", "field-end"),
            ("wordsection1", "36pt"),
            ("span.x", "\"}\""),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(found, expected);
    }

    /// CSS Syntax 3 §4.3.5 and §4.3.6, CSS Nesting 1.
    #[test]
    fn rules_that_hide_behind_others() {
        let told = |sheet: &str| {
            let mut found = Vec::new();
            assert!(rules(sheet.as_bytes(), |rule| found.push(format!(
                "{}:{}",
                rule.selectors.join(" "),
                rule.declarations[0].value
            ))));
            found
        };
        for (sheet, expected) in [
            ("p{font-family:it's}\n.a{mso-element:x}", ".a:x"),
            ("p{font-family:it's}.a{mso-element:x}", ".a:x"),
            ("p{b:url(a'b)}.a{mso-element:x}", ".a:x"),
            (".a{mso-element:x;.b{c:d}}", ".a:x"),
            (".a{.b{c:d} mso-element:x}", ".a:x"),
            (".a{{mso-element:x}}", ".a:x"),
            ("[class=a]{mso-element:x}", "*:x"),
            (":not(.b){mso-element:x}", "*:x"),
            ("<![CDATA[.a{mso-element:x}]]>", ".a:x"),
        ] {
            assert_eq!(told(sheet), [expected], "{sheet}");
        }
        for text in [
            "b:url(a'b);mso-element:x",
            "f:it's;mso-element:x",
            "<!-- mso-element:x",
            "{mso-element:x",
        ] {
            assert_eq!(pairs(text), [pair("mso-element", "x")], "{text}");
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("\\44 \\44\\45x"), "DDEx");
        assert_eq!(unescape("a\\.b\\\\c\\"), "a.b\\c");
    }
}
