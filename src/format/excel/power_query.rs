//! Power Query: where the queries of a workbook fetch from, as their text in the M language says
//! (`spec/excel.md` §1.6).
//!
//! # Malformed input
//!
//! Any text is read. Unclosed texts and comments end with the text; arguments that are neither
//! literals nor names of literals are unknown, and what surrounds them still counts.
//!
//! # Worst cases
//!
//! Two passes, each linear: what is looked at ahead of a call ends at the next call. Names that
//! stand for literals are kept up to a bound, and it is said when they are more.

use std::collections::BTreeMap;

use crate::formula::functions::UNKNOWN;

/// Names kept that stand for a text, the bytes of one such text, and of all.
const NAMES: usize = 4_096;
const NAMED: usize = 64 << 10;
const ALL_NAMED: usize = 1 << 20;
/// Arguments of a call that are looked at.
const ARGUMENTS: usize = 2;
/// Words of the arguments of a call that are looked at for an address.
const WITHIN: usize = 16;
/// Queries that are written in texts of queries (`Expression.Evaluate`), followed this deep.
const WRITTEN: u8 = 4;

/// What the arguments of a function are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// An address in the web, whatever it looks like.
    Web,
    /// A file, a folder, an address: here or elsewhere.
    Address,
    /// A connection string, then what is asked.
    Connection,
    /// The name of a server.
    Server,
    /// What is asked stands in the second argument.
    Asked,
    /// The text of a query.
    Query,
    /// Works on texts and fetches nothing.
    Plain,
}

/// Functions that fetch (§1.6), as they are spelled: the language minds the case.
const FUNCTIONS: &[(&str, Meaning)] = &[
    ("Access.Database", Meaning::Address),
    ("AdoDotNet.DataSource", Meaning::Connection),
    ("AdoDotNet.Query", Meaning::Connection),
    ("AnalysisServices.Database", Meaning::Server),
    ("AnalysisServices.Databases", Meaning::Server),
    ("Csv.Document", Meaning::Address),
    ("DB2.Database", Meaning::Server),
    ("Excel.Workbook", Meaning::Address),
    ("Expression.Evaluate", Meaning::Query),
    ("File.Contents", Meaning::Address),
    ("Folder.Contents", Meaning::Address),
    ("Folder.Files", Meaning::Address),
    ("Informix.Database", Meaning::Server),
    ("Json.Document", Meaning::Address),
    ("MySQL.Database", Meaning::Server),
    ("OData.Feed", Meaning::Address),
    ("Odbc.DataSource", Meaning::Connection),
    ("Odbc.Query", Meaning::Connection),
    ("OleDb.DataSource", Meaning::Connection),
    ("OleDb.Query", Meaning::Connection),
    ("Oracle.Database", Meaning::Server),
    ("PostgreSQL.Database", Meaning::Server),
    ("SharePoint.Contents", Meaning::Address),
    ("SharePoint.Files", Meaning::Address),
    ("SharePoint.Tables", Meaning::Address),
    ("Sql.Database", Meaning::Server),
    ("Sql.Databases", Meaning::Server),
    ("Sybase.Database", Meaning::Server),
    ("Teradata.Database", Meaning::Server),
    ("Value.NativeQuery", Meaning::Asked),
    ("Web.BrowserContents", Meaning::Web),
    ("Web.Contents", Meaning::Web),
    ("Web.Page", Meaning::Address),
    ("Xml.Document", Meaning::Address),
    ("Xml.Tables", Meaning::Address),
];

/// Names of servers that are this machine.
const HERE: &[&str] = &[".", "(local)", "localhost", "127.0.0.1", "::1"];

/// One place that a query fetches from, or one thing that it asks there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// Byte of the text.
    pub(super) offset: usize,
    /// What the value is, as [`Connection`](super::connections::Connection) names it.
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) web: bool,
    /// It belongs to the fetch before it.
    pub(super) more: bool,
}

/// Reads the text of a section of queries and tells each fetch, in the order of the text. What
/// stays on this machine is left out. Gives whether it has more names than were kept.
pub(super) fn read(text: &str, tell: &mut dyn FnMut(Fetch)) -> bool {
    let mut cut = false;
    let mut waiting = vec![(text.to_owned(), 0_usize, 0_u8)];
    while let Some((text, offset, level)) = waiting.pop() {
        let names = Names::of(&text);
        cut |= names.cut;
        Pass {
            names: &names,
            tell,
            offset,
            level,
            waiting: &mut waiting,
        }
        .go(&text);
    }
    cut
}

/// The most live memory that reading a text of so many bytes takes.
pub(super) fn cost(bytes: usize) -> usize {
    // The text and what is written in it, one literal of it, and the names.
    bytes
        .saturating_mul(4)
        .saturating_add(ALL_NAMED.saturating_mul(2))
}

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
enum Token<'t> {
    /// A name, a quoted one (`#"…"`) as it reads.
    Name(std::borrow::Cow<'t, str>),
    Text(String),
    Sign(char),
}

/// The words of a text, with the byte at which each begins.
#[derive(Clone)]
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Passes over what is not code.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let code = rest.trim_start();
            self.skip(rest.len().saturating_sub(code.len()));
            let end = if code.starts_with("//") {
                code.find(['\n', '\r', '\u{2028}', '\u{2029}'])
            } else if code.starts_with("/*") {
                code.find("*/").map(|at| at.saturating_add(2))
            } else {
                return;
            };
            self.skip(end.unwrap_or(code.len()));
        }
    }

    /// The text in quotation marks that begins here.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        self.skip(1);
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('"') else {
                text.push_str(rest);
                self.skip(rest.len());
                break;
            };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.skip(end.saturating_add(1));
            if !self.rest().starts_with('"') {
                break;
            }
            text.push('"');
            self.skip(1);
        }
        unescaped(text)
    }
}

/// Undoes `#(lf)`, `#(0041)`, `#(#)` and lists of them.
fn unescaped(text: String) -> String {
    if !text.contains("#(") {
        return text;
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("#(") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once(')') else {
            break;
        };
        for escape in inside.split(',') {
            match escape.trim() {
                "lf" => out.push('\n'),
                "cr" => out.push('\r'),
                "tab" => out.push('\t'),
                "#" => out.push('#'),
                digits => out.extend(
                    u32::from_str_radix(digits, 16)
                        .ok()
                        .and_then(char::from_u32),
                ),
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (usize, Token<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blanks();
        let at = self.at;
        let rest = self.rest();
        let first = rest.chars().next()?;
        if first == '"' {
            return Some((at, Token::Text(self.quoted())));
        }
        if rest.starts_with("#\"") {
            self.skip(1);
            return Some((at, Token::Name(self.quoted().into())));
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '#');
        if is_name(first) {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            // `Query#"…"` is no word of the language.
            self.skip(end.max(1));
            let name = rest.get(..end).unwrap_or_default();
            return Some((at, Token::Name(name.into())));
        }
        self.skip(first.len_utf8());
        Some((at, Token::Sign(first)))
    }
}

/// Names that stand for texts, and other names of functions.
#[derive(Default)]
struct Names {
    texts: BTreeMap<String, String>,
    aliases: BTreeMap<String, Meaning>,
    bytes: usize,
    cut: bool,
}

impl Names {
    /// The names that `text` binds, wherever it does: their order says nothing.
    fn of(text: &str) -> Names {
        let mut names = Names::default();
        let mut tokens = Tokens { text, at: 0 };
        let mut last: Option<String> = None;
        while let Some((_, token)) = tokens.next() {
            match token {
                Token::Name(name) => last = Some(name.into_owned()),
                Token::Sign('=') => {
                    if let Some(name) = last.take() {
                        names.bind(name, &tokens);
                    }
                }
                Token::Sign(_) | Token::Text(_) => last = None,
            }
        }
        names
    }

    fn bind(&mut self, name: String, behind: &Tokens<'_>) {
        if let Some((_, Token::Name(function))) = behind.clone().next()
            && let Some((_, meaning)) = function_of(&function)
            && self.aliases.len() < NAMES
        {
            self.aliases.insert(name, *meaning);
            return;
        }
        let mut tokens = behind.clone();
        let value = expression(&mut tokens, self).text;
        if value.is_empty() || value == UNKNOWN {
            return;
        }
        let bytes = self
            .bytes
            .saturating_add(value.len())
            .saturating_add(name.len());
        if self.texts.len() >= NAMES || value.len() > NAMED || bytes > ALL_NAMED {
            self.cut = true;
            return;
        }
        self.bytes = bytes;
        self.texts.entry(name).or_insert(value);
    }

    fn meaning(&self, function: &str) -> Option<(&'static str, Meaning)> {
        if let Some((name, meaning)) = function_of(function) {
            return Some((name, *meaning));
        }
        if let Some(meaning) = self.aliases.get(function) {
            return Some(("address", *meaning));
        }
        let (library, _) = function.split_once('.')?;
        let plain = matches!(
            library,
            "Text" | "List" | "Table" | "Record" | "Replacer" | "Splitter" | "Error"
        );
        plain.then_some(("", Meaning::Plain))
    }
}

fn function_of(name: &str) -> Option<&'static (&'static str, Meaning)> {
    let at = FUNCTIONS
        .binary_search_by_key(&name, |(known, _)| *known)
        .ok()?;
    FUNCTIONS.get(at)
}

/// An argument as far as it is known.
struct Argument {
    text: String,
    /// All of it was understood, and what follows is the next one.
    whole: bool,
}

/// Reads texts and names of texts joined by `&`, up to what is neither.
fn expression(tokens: &mut Tokens<'_>, names: &Names) -> Argument {
    let mut text = String::new();
    let mut joined = true;
    loop {
        let before = tokens.clone();
        match tokens.next() {
            Some((_, Token::Text(piece))) if joined => text.push_str(&piece),
            Some((_, Token::Name(name))) if joined && name != "in" => {
                // A call, or something of a record or a table: only its value tells.
                let next = tokens.clone().next();
                let whole = next.is_none_or(|(_, token)| {
                    !matches!(token, Token::Sign('(' | '[' | '{'))
                        && !matches!(token, Token::Text(_))
                });
                let known = names.texts.get(name.as_ref()).filter(|_| whole);
                let room = text.len() <= NAMED;
                match known {
                    Some(known) if room => text.push_str(known),
                    Some(_) | None => push_unknown(&mut text),
                }
                if !whole {
                    return Argument { text, whole: false };
                }
            }
            Some((_, Token::Sign('&'))) if !joined => {
                joined = true;
                continue;
            }
            Some((_, Token::Sign(',' | ')' | ';' | ']' | '}'))) | None => {
                *tokens = before;
                return Argument { text, whole: true };
            }
            Some((_, Token::Name(_))) if !joined => {
                *tokens = before;
                return Argument { text, whole: true };
            }
            Some(_) => {
                push_unknown(&mut text);
                *tokens = before;
                return Argument { text, whole: false };
            }
        }
        joined = false;
    }
}

fn push_unknown(text: &mut String) {
    if !text.ends_with(UNKNOWN) {
        text.push_str(UNKNOWN);
    }
}

/// The second pass: calls.
struct Pass<'p> {
    names: &'p Names,
    tell: &'p mut dyn FnMut(Fetch),
    offset: usize,
    level: u8,
    waiting: &'p mut Vec<(String, usize, u8)>,
}

impl Pass<'_> {
    fn go(&mut self, text: &str) {
        let mut tokens = Tokens { text, at: 0 };
        let mut last: Option<(usize, Token<'_>)> = None;
        while let Some((at, token)) = tokens.next() {
            match (&token, &last) {
                (Token::Sign('('), Some((start, Token::Name(name)))) => {
                    self.call(name, *start, &tokens);
                }
                // A function that something else gave.
                (Token::Sign('('), Some((start, Token::Sign(']' | ')' | '}')))) => {
                    self.call("", *start, &tokens);
                }
                (Token::Sign('='), Some((start, Token::Name(name)))) if name == "Query" => {
                    let asked = expression(&mut tokens.clone(), self.names).text;
                    self.fetch(*start, "command", asked, false, true);
                }
                _ => {}
            }
            last = Some((at, token));
        }
    }

    fn call(&mut self, function: &str, at: usize, tokens: &Tokens<'_>) {
        let before = tokens;
        let mut tokens = tokens.clone();
        let mut arguments: Vec<String> = Vec::new();
        while arguments.len() < ARGUMENTS {
            let argument = expression(&mut tokens, self.names);
            arguments.push(argument.text);
            if !argument.whole || !matches!(tokens.next(), Some((_, Token::Sign(',')))) {
                break;
            }
        }
        let mut arguments = arguments.into_iter();
        let first = arguments.next().unwrap_or_default();
        let second = arguments.next();
        let (name, meaning) = self
            .names
            .meaning(function)
            .unwrap_or(("address", Meaning::Address));
        match meaning {
            Meaning::Web if !first.is_empty() => {
                let open = first.contains(UNKNOWN) && !is_remote(&first);
                let hidden = open.then(|| address_within(before)).flatten();
                let first = hidden.map_or(first, |hidden| format!("{UNKNOWN}{hidden}"));
                self.fetch(at, name, first, true, false);
            }
            Meaning::Address if is_remote(&first) => {
                let web = first.contains("://");
                self.fetch(at, name, first, web, false);
            }
            Meaning::Server if !is_here(&first) && first != UNKNOWN => {
                self.fetch(at, "server", first, false, false);
            }
            Meaning::Connection => {
                self.fetch(at, "connection", first, false, false);
                if let Some(second) = second {
                    // Of a provider and its connection string, the second says where.
                    let name = if function.starts_with("AdoDotNet") {
                        "connection"
                    } else {
                        "command"
                    };
                    self.fetch(at, name, second, false, true);
                }
            }
            Meaning::Asked => {
                if let Some(second) = second {
                    self.fetch(at, "command", second, false, true);
                }
            }
            Meaning::Query if self.level < WRITTEN && !first.is_empty() => {
                let offset = self.offset.saturating_add(at);
                self.waiting
                    .push((first, offset, self.level.saturating_add(1)));
            }
            Meaning::Web | Meaning::Address | Meaning::Server | Meaning::Query | Meaning::Plain => {
            }
        }
    }

    fn fetch(&mut self, at: usize, name: &'static str, value: String, web: bool, more: bool) {
        if !value.is_empty() {
            (self.tell)(Fetch {
                offset: self.offset.saturating_add(at),
                name,
                value,
                web,
                more,
            });
        }
    }
}

/// The first text with an address among the arguments of a call, however it is put together
/// (`Text.Combine({"http://…", …})`).
fn address_within(tokens: &Tokens<'_>) -> Option<String> {
    let mut depth = 0_usize;
    let inside = tokens.clone().take(WITHIN).take_while(|(_, token)| {
        match token {
            Token::Sign('(') => depth = depth.saturating_add(1),
            Token::Sign(')') if depth == 0 => return false,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Sign(_) | Token::Name(_) | Token::Text(_) => {}
        }
        true
    });
    let mut texts = inside.filter_map(|(_, token)| match token {
        Token::Text(text) if text.len() <= NAMED => Some(text),
        Token::Text(_) | Token::Name(_) | Token::Sign(_) => None,
    });
    texts.find(|text| is_remote(text))
}

/// A URL or a UNC path.
fn is_remote(address: &str) -> bool {
    address.starts_with("\\\\") || address.starts_with("//") || address.contains("://")
}

fn is_here(server: &str) -> bool {
    let name = server.split(['\\', ',']).next().unwrap_or(server).trim();
    HERE.iter().any(|here| name.eq_ignore_ascii_case(here))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let cut = read(text, &mut |fetch| all.push((fetch.name, fetch.value)));
        assert!(!cut);
        all
    }

    fn only(text: &str) -> (&'static str, String) {
        let mut all = values(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0)
    }

    #[test]
    fn functions_are_in_order() {
        assert!(FUNCTIONS.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn addresses_of_queries() {
        for (text, name, value) in [
            (
                "section Section1;\r\nshared Q = let Source = \
                 Csv.Document(Web.Contents(\"http://example.invalid/a.csv\"),[Delimiter=\",\"]) in Source;",
                "Web.Contents",
                "http://example.invalid/a.csv",
            ),
            (
                "let s = Excel.Workbook(File.Contents(\"\\\\10.0.0.1\\s\\a.xlsx\"), null, true) in s",
                "File.Contents",
                "\\\\10.0.0.1\\s\\a.xlsx",
            ),
            (
                "let s = Web.Contents(base & \"/a\" & \".csv\"), base = \"http://\" & #\"the host\", \
                 #\"the host\" = \"example.invalid\" in s",
                "Web.Contents",
                "http://<expr>/a.csv",
            ),
            (
                "let f = Web.Contents in f(\"http://x.invalid/\")",
                "address",
                "http://x.invalid/",
            ),
            (
                "#shared[Web.Contents](\"http://x.invalid/\")",
                "address",
                "http://x.invalid/",
            ),
            (
                "Expression.Evaluate(\"Web.Contents(\"\"http://x.invalid/\"\")\", #shared)",
                "Web.Contents",
                "http://x.invalid/",
            ),
            (
                "Web.Contents(\"http#(003A)//x.invalid/#(lf)\")",
                "Web.Contents",
                "http://x.invalid/\n",
            ),
            (
                "Web.Contents(Excel.CurrentWorkbook(){0}[a])",
                "Web.Contents",
                "<expr>",
            ),
            (
                "Sql.Database(\"db.example\", \"x\")",
                "server",
                "db.example",
            ),
            (
                "/* \" */ Web.Contents /* ( */ (\"http://x.invalid/\") // \"",
                "Web.Contents",
                "http://x.invalid/",
            ),
        ] {
            assert_eq!(only(text), (name, value.to_owned()), "{text}");
        }
    }

    #[test]
    fn addresses_that_are_put_together() {
        for (text, value) in [
            (
                "Web.Contents(Text.Combine({\"http://192.0.2.1\",\"/a.php\"}))",
                "<expr>http://192.0.2.1",
            ),
            (
                "Web.Contents(Character.FromNumber(104)&\"ttp://192.0.2.1/a.php\")",
                "<expr>ttp://192.0.2.1/a.php",
            ),
            (
                "Web.Contents(Text.Replace(\"htxtp://192.0.2.1/a.php\",\"x\",\"\"))",
                "<expr>htxtp://192.0.2.1/a.php",
            ),
            ("Web.Contents(f(x)), \"http://192.0.2.1\"", "<expr>"),
        ] {
            assert_eq!(only(text), ("Web.Contents", value.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_asked_belongs_to_where() {
        assert_eq!(
            values("Sql.Database(\"srv\",\"db\",[Query=\"exec xp_cmdshell 'calc'\"])"),
            [
                ("server", "srv".to_owned()),
                ("command", "exec xp_cmdshell 'calc'".to_owned())
            ]
        );
        assert_eq!(
            values("OleDb.Query(\"Data Source=db.example\",\"select 1\")"),
            [
                ("connection", "Data Source=db.example".to_owned()),
                ("command", "select 1".to_owned())
            ]
        );
    }

    #[test]
    fn queries_that_stay_here_are_silent() {
        for text in [
            "section Section1;",
            "let Source = Excel.CurrentWorkbook(){[Name=\"Table1\"]}[Content] in Source",
            "Csv.Document(File.Contents(\"C:\\Users\\x\\a.csv\"))",
            "Text.Replace(\"http://x\", \"a\", \"b\")",
            "Table.AddColumn(t, \"http://x\", each [a])",
            "// Web.Contents(\"http://x.invalid/\")",
            "let x = \"Web.Contents(\"\"http://x.invalid/\"\")\" in x",
            "Sql.Database(\"localhost\\SQLEXPRESS\", \"x\")",
        ] {
            assert_eq!(values(text), [], "{text}");
        }
    }

    #[test]
    fn storms_are_linear() {
        let started = crate::tests::Clock::start();
        for text in [
            "Web.Contents(".repeat(200_000),
            "f(\"a\"&".repeat(200_000),
            "\"".repeat(400_001),
            "/*".repeat(400_000),
            "#(".repeat(400_000),
            "a=b&b,".repeat(100_000),
            format!("\"{}\"", "#(".repeat(200_000)),
            format!("a0=\"{}\",", "x".repeat(4_000))
                + &(0..200)
                    .map(|n| format!("a{}=a{n}&a{n},", n + 1))
                    .collect::<String>(),
        ] {
            read(&text, &mut |_| ());
        }
        assert!(started.elapsed().as_secs() < 20);
    }
}
