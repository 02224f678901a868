//! Documents of which only the strings are read: Publisher publications, Project plans, binary
//! Visio drawings (`spec/excel.md` §8.2) and worksheets of Lotus (§6.4). Their objects are documents of their own and were queued;
//! here every stream is searched for DDE references to known programs, and for command lines.
//!
//! What is found may be a remnant, or somebody's prose: it is never sure.
//!
//! # Malformed input
//!
//! Any bytes will do. A string that goes on for 64 KiB is looked at in stretches that overlap.
//!
//! # Worst cases
//!
//! One pass over the bytes, which are charged, with three strings open at once: one of bytes, two
//! of UTF-16.

use std::collections::BTreeSet;

use super::Outcome;
use super::ledger::Ledger;
use crate::container::cfb::{Cfb, Stream};
use crate::formula::dde_call::triple;
use crate::formula::functions::{Class, calls_of};
use crate::formula::render;
use crate::formula::scan::{scan, starts_program};
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, TechniqueId, Trigger};
use crate::location::Location;

/// Letters of the shortest string that says anything: `a|b!c` and a letter.
const SHORTEST: usize = 6;
/// Letters of a string that are looked at together, and those of them that are looked at again
/// with what follows.
const LONGEST: usize = 64 << 10;
const OVERLAP: usize = 4 << 10;
/// Letters of a command or of a connection that are quoted.
const QUOTED: usize = 1_024;
/// Bytes that are searched before the budget is asked again.
const BLOCK: usize = 64 << 10;
/// What the memory of a hit costs besides its text.
const HIT: u64 = 64;
/// Hits that are remembered, so that the same is told once.
const HITS: usize = 4_096;

/// Programs that take a command from their arguments; sorted.
const PROGRAMS: &[&str] = &[
    "bitsadmin",
    "certutil",
    "cmd",
    "cscript",
    "mshta",
    "msiexec",
    "powershell",
    "pwsh",
    "regsvr32",
    "rundll32",
    "wscript",
];

/// Of these, the ones that take an address or a file without a switch.
const OPENERS: &[&str] = &["cscript", "mshta", "msiexec", "rundll32", "wscript"];

/// Functions of Access that start programs or talk to them.
const FUNCTIONS: &[(&str, Class)] = &[
    ("DDE", Class::DdeFunction),
    ("DDEINITIATE", Class::Dde),
    ("DDESEND", Class::DdeFunction),
    ("SHELL", Class::Execute),
];

/// What Access calls what it talks to programs with, as in `spec/excel.md` §8.2.
const MENTIONS: &[(&str, &str)] = &[
    ("ddeinitiate", "DDEInitiate"),
    ("ddeexecute", "DDEExecute"),
    ("dderequest", "DDERequest"),
    ("=dde(", "DDE"),
    ("runapp", "RunApp"),
    ("shell(", "Shell"),
];

/// How connections begin, in lower case.
const CONNECTIONS: &[&str] = &["odbc;", "provider=", ";database="];

/// Reads a compound file of which the strings are all that is read.
pub(super) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut search = Search::new(false, budget, ledger);
    let mut ended = Ok(());
    for stream in cfb.streams() {
        let place = location.child(&stream.path);
        ended = search.stream(cfb, &stream, place);
        if ended.is_err() {
            break;
        }
    }
    if let Err(cause) = ended {
        search.ledger.exhausted(cause, location.clone());
    }
    search.close();
    // The sheets of its shapes are packed.
    let is_drawing = |stream: &Stream| stream.path.eq_ignore_ascii_case("VisioDocument");
    if streams.iter().any(is_drawing) {
        let detail = "Visio drawing (.vsd): searched for commands and links only";
        ledger.gap(GapKind::Unsupported, location.clone(), detail);
    }
    Outcome::from(ended)
}

/// Reads a worksheet of Lotus or Works: its formulas know no DDE, and Excel opens it no more.
pub(super) fn read_lotus(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut search = Search::new(false, budget, ledger);
    let ended = search.bytes(data, location.clone());
    search.close();
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    let detail = "Lotus 1-2-3 or Works worksheet: searched for commands and links only";
    ledger.gap(GapKind::Unsupported, location.clone(), detail);
    Outcome::from(ended)
}

/// A search for what strings say.
pub(super) struct Search<'s, 'b, 'l> {
    /// The functions of Access and its connections count.
    is_database: bool,
    budget: &'s Budget<'b>,
    ledger: &'s mut Ledger<'l>,
    place: Location,
    told: BTreeSet<String>,
    charged: u64,
    /// The names of functions that were seen.
    pub(super) mentions: BTreeSet<&'static str>,
    narrow: Run,
    wide: [Run; 2],
    last: Option<u8>,
}

/// A string that is open.
#[derive(Default)]
struct Run {
    text: String,
    start: u64,
}

impl Run {
    /// The next letter, which stands at byte `at`.
    fn push(&mut self, letter: u8, at: u64) {
        if self.text.is_empty() {
            self.start = at;
        }
        self.text.push(char::from(letter));
    }
}

fn is_letter(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

impl<'s, 'b, 'l> Search<'s, 'b, 'l> {
    pub(super) fn new(
        is_database: bool,
        budget: &'s Budget<'b>,
        ledger: &'s mut Ledger<'l>,
    ) -> Self {
        Search {
            is_database,
            budget,
            ledger,
            place: Location::root(None),
            told: BTreeSet::new(),
            charged: 0,
            mentions: BTreeSet::new(),
            narrow: Run::default(),
            wide: [Run::default(), Run::default()],
            last: None,
        }
    }

    /// Gives the memory back to the account.
    pub(super) fn close(&mut self) {
        self.budget.release_live(self.charged);
        self.charged = 0;
        self.told.clear();
    }

    /// Searches a stream. `Err` ends the whole analysis.
    fn stream(&mut self, cfb: &Cfb<'_>, stream: &Stream, place: Location) -> Result<(), Exhausted> {
        let view = match cfb.view(stream, self.budget) {
            Ok(view) => view,
            Err(cause @ Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes)) => {
                self.ledger.exhausted(cause, place);
                return Ok(());
            }
            Err(cause) => return Err(cause),
        };
        self.place = place;
        let mut at = 0usize;
        let mut ended = Ok(());
        while ended.is_ok() {
            let chunk = view.chunk(at);
            let chunk = chunk.get(..chunk.len().min(BLOCK)).unwrap_or_default();
            if chunk.is_empty() {
                break;
            }
            ended = self.feed(chunk, at);
            at = at.saturating_add(chunk.len());
        }
        self.end();
        view.close(self.budget);
        ended
    }

    /// Searches bytes that stand in one run.
    pub(super) fn bytes(&mut self, data: &[u8], place: Location) -> Result<(), Exhausted> {
        self.place = place;
        let mut ended = Ok(());
        for (index, chunk) in data.chunks(BLOCK).enumerate() {
            ended = self.feed(chunk, index.saturating_mul(BLOCK));
            if ended.is_err() {
                break;
            }
        }
        self.end();
        ended
    }

    fn feed(&mut self, chunk: &[u8], at: usize) -> Result<(), Exhausted> {
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.budget.charge_decoded(length)?;
        let mut at = u64::try_from(at).unwrap_or(u64::MAX);
        for &byte in chunk {
            if is_letter(byte) {
                self.narrow.push(byte, at);
                if self.narrow.text.len() >= LONGEST {
                    let run = std::mem::take(&mut self.narrow);
                    self.narrow = self.stretch(run);
                }
            } else if !self.narrow.text.is_empty() {
                let run = std::mem::take(&mut self.narrow);
                self.narrow = self.done(run);
            }
            self.unit(byte, at);
            self.last = Some(byte);
            at = at.saturating_add(1);
        }
        Ok(())
    }

    /// The byte before and this one as a unit of UTF-16: each byte is the first half of one, and
    /// the second half of another.
    fn unit(&mut self, byte: u8, at: u64) {
        let lane = usize::from(at & 1 == 1);
        let Some((last, slot)) = self.last.zip(self.wide.get_mut(lane)) else {
            return;
        };
        if byte == 0 && is_letter(last) {
            slot.push(last, at.saturating_sub(1));
            if slot.text.len() < LONGEST {
                return;
            }
        } else if slot.text.is_empty() {
            return;
        }
        let run = std::mem::take(slot);
        let run = if byte == 0 && run.text.len() >= LONGEST {
            self.stretch(run)
        } else {
            self.done(run)
        };
        if let Some(slot) = self.wide.get_mut(lane) {
            *slot = run;
        }
    }

    /// The bytes are over.
    fn end(&mut self) {
        let narrow = std::mem::take(&mut self.narrow);
        self.done(narrow);
        for run in std::mem::take(&mut self.wide) {
            self.done(run);
        }
        self.last = None;
    }

    /// A string is over; gives its memory back for the next one.
    fn done(&mut self, mut run: Run) -> Run {
        if run.text.len() >= SHORTEST {
            self.examine(&run.text, run.start);
        }
        run.text.clear();
        run
    }

    /// A string is long: what there is of it is looked at, and its end once more.
    fn stretch(&mut self, run: Run) -> Run {
        self.examine(&run.text, run.start);
        let cut = run.text.len().saturating_sub(OVERLAP);
        Run {
            text: run.text.get(cut..).unwrap_or_default().to_owned(),
            start: run.start,
        }
    }

    fn examine(&mut self, text: &str, start: u64) {
        self.references(text, start);
        self.commands(text, start);
        if self.is_database {
            self.functions(text, start);
            self.connections(text, start);
        }
    }

    /// `service|topic!item`, where that is a program.
    fn references(&mut self, text: &str, start: u64) {
        let bytes = text.as_bytes();
        if memchr::memchr(b'|', bytes).is_none() || memchr::memchr(b'!', bytes).is_none() {
            return;
        }
        let is_program = self.ledger.is_program();
        for hit in scan(text, false, &is_program) {
            if !starts_program(&hit.service, &hit.topic, &is_program) {
                continue;
            }
            let raw = text.get(hit.span.clone()).unwrap_or_default();
            self.dde(
                Carrier::OleLink,
                [&hit.service, &hit.topic, &hit.item],
                raw,
                start,
            );
        }
    }

    /// Command lines: a program that takes a command, and what it takes.
    fn commands(&mut self, text: &str, start: u64) {
        let mut from = 0usize;
        let mut at = 0usize;
        let mut words = text.split([' ', '\t']).peekable();
        while let Some(word) = words.next() {
            let here = at;
            at = at.saturating_add(word.len()).saturating_add(1);
            if here < from {
                continue;
            }
            let Some(next) = words.peek() else { break };
            if !takes(word, next) {
                continue;
            }
            let rest = text.get(here..).unwrap_or_default();
            let rest = rest.trim_start_matches(|c: char| "\"'(=".contains(c));
            let line = rest.get(..QUOTED.min(rest.len())).unwrap_or_default();
            from = here.saturating_add(line.len());
            self.tell(Kind::Execute, Carrier::Action, line, line, start);
        }
    }

    /// Functions of Access in expressions and in what is left of its modules.
    fn functions(&mut self, text: &str, start: u64) {
        let lower = text.to_ascii_lowercase();
        for (name, shown) in MENTIONS {
            if memchr::memmem::find(lower.as_bytes(), name.as_bytes()).is_some() {
                self.mentions.insert(shown);
            }
        }
        if memchr::memchr(b'(', text.as_bytes()).is_none() {
            return;
        }
        for call in calls_of(text, FUNCTIONS) {
            let raw = text.get(call.span.clone()).unwrap_or_default();
            let word = |at: usize| call.arguments.get(at).filter(|word| word.constant);
            let word = |at: usize| word(at).map_or("", |word| word.text.as_str());
            if word(0).is_empty() {
                continue;
            }
            match call.class {
                Class::Execute => self.tell(Kind::Execute, Carrier::Function, word(0), raw, start),
                Class::DdeFunction => {
                    if let Some(dde) = triple(&call) {
                        let item = dde.item.unwrap_or_default();
                        self.dde(
                            Carrier::Function,
                            [&dde.service, &dde.topic, &item],
                            raw,
                            start,
                        );
                    }
                }
                Class::Dde => self.dde(Carrier::Function, [word(0), word(1), ""], raw, start),
                Class::Fetch
                | Class::Click
                | Class::Server
                | Class::Sheets
                | Class::Run
                | Class::Link
                | Class::Write => {}
            }
        }
    }

    /// The connections of linked tables and queries.
    fn connections(&mut self, text: &str, start: u64) {
        let lower = text.to_ascii_lowercase();
        let found = CONNECTIONS.iter().filter_map(|sign| lower.find(sign)).min();
        if let Some(at) = found {
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.get(..QUOTED.min(rest.len())).unwrap_or_default();
            let line = line.trim_start_matches(';');
            self.tell(Kind::ExternalLink, Carrier::Connection, line, line, start);
        }
    }

    fn dde(&mut self, carrier: Carrier, words: [&str; 3], raw: &str, start: u64) {
        let [service, topic, item] = words;
        let resolved = render(service, topic, item);
        if !self.is_new(&resolved) {
            return;
        }
        let mut link = self.link(Kind::Dde, carrier, raw, start);
        let some = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        link.readings.push(Reading {
            service: some(service),
            topic: some(topic),
            item: some(item),
            resolved,
        });
        self.ledger.link(link);
    }

    fn tell(&mut self, kind: Kind, carrier: Carrier, target: &str, raw: &str, start: u64) {
        let target = target.trim();
        if self.is_new(target) {
            let mut link = self.link(kind, carrier, raw, start);
            link.target = Some(target.to_owned());
            self.ledger.link(link);
        }
    }

    fn link(&self, kind: Kind, carrier: Carrier, raw: &str, start: u64) -> Link {
        let location = self.place.clone().with_offset(start);
        let raw = raw.get(..QUOTED.min(raw.len())).unwrap_or_default();
        let mut link = Link::new(kind, carrier, location, raw);
        link.trigger = Trigger::Update;
        link.confidence = Confidence::Low;
        link.add_technique(TechniqueId::RawScan);
        link
    }

    /// Whether this was not told yet. What cannot be remembered is told again.
    fn is_new(&mut self, text: &str) -> bool {
        if self.told.contains(text) {
            return false;
        }
        let cost = u64::try_from(text.len())
            .unwrap_or(u64::MAX)
            .saturating_add(HIT);
        if self.told.len() < HITS && self.budget.charge_live(cost).is_ok() {
            self.charged = self.charged.saturating_add(cost);
            self.told.insert(text.to_owned());
        }
        true
    }
}

/// Whether a word is one of [`PROGRAMS`] and the next one what it takes: a switch, an address, a
/// script. In prose these seldom follow each other.
fn takes(word: &str, next: &str) -> bool {
    let word = word.trim_matches(|c: char| "\"'()=".contains(c));
    let base = word.rsplit(['\\', '/']).next().unwrap_or_default();
    // Longer than any of the names.
    if base.len() < 3 || base.len() > 16 {
        return false;
    }
    let base = base.to_ascii_lowercase();
    let name = base.strip_suffix(".exe").unwrap_or(&base);
    if PROGRAMS.binary_search(&name).is_err() {
        return false;
    }
    let next = next.trim_start_matches(['"', '\'']);
    if next.starts_with(['/', '-']) {
        let mut letters = next.chars().skip(1);
        return letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    }
    let next: String = next.chars().take(QUOTED).collect();
    let next = next.to_ascii_lowercase();
    let opens = ["://", ".dll,", "javascript:", "vbscript:"];
    let script = [".js", ".vbs", ".hta"];
    OPENERS.contains(&name)
        && (opens.iter().any(|sign| next.contains(sign))
            || script.iter().any(|end| next.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    type Seen = Vec<(Kind, String)>;

    fn search(data: &[u8], is_database: bool) -> (Seen, Vec<&'static str>) {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let before = budget.live_left();
        let mut links = Vec::new();
        let mut judge = |link: Link| links.push(link);
        let mut ledger = Ledger::new(&limits, &mut judge)
            .with_programs(crate::command::runs, crate::command::is_program);
        let mut search = Search::new(is_database, &budget, &mut ledger);
        search.bytes(data, Location::root(None)).unwrap();
        let mentions = search.mentions.iter().copied().collect();
        search.close();
        assert_eq!(budget.live_left(), before);
        let seen = links.into_iter().map(|link| {
            assert_eq!(link.confidence, Confidence::Low);
            assert!(link.has(TechniqueId::RawScan));
            let reading = link
                .readings
                .first()
                .map(|reading| reading.resolved.clone());
            (link.kind, reading.or(link.target).unwrap_or_default())
        });
        (seen.collect(), mentions)
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn references_and_commands_in_both_widths() {
        for (text, kind, wanted) in [
            ("cmd|'/c calc'!A0", Kind::Dde, "cmd|'/c calc'!A0"),
            (
                "MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!A1",
                Kind::Dde,
                "MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!A1",
            ),
            (
                "x powershell -nop -w hidden",
                Kind::Execute,
                "powershell -nop -w hidden",
            ),
            (
                "C:\\Windows\\System32\\cmd.exe /c calc",
                Kind::Execute,
                "C:\\Windows\\System32\\cmd.exe /c calc",
            ),
            (
                "mshta http://x/a.hta",
                Kind::Execute,
                "mshta http://x/a.hta",
            ),
            (
                "rundll32 url.dll,OpenURL x",
                Kind::Execute,
                "rundll32 url.dll,OpenURL x",
            ),
        ] {
            let expected = vec![(kind, wanted.to_owned())];
            let bytes = [b"\x01\x02".as_slice(), text.as_bytes(), b"\0\x01"].concat();
            assert_eq!(search(&bytes, false).0, expected, "{text}");
            for front in [b"\x01\x02".as_slice(), b"\x01\x02\x03"] {
                let bytes = [front, &wide(text), b"\x01\0"].concat();
                assert_eq!(search(&bytes, false).0, expected, "{text}");
            }
        }
    }

    #[test]
    fn prose_and_feeds_say_nothing() {
        for text in [
            "Open cmd / powershell and read https://docs.example/powershell",
            "the cmd prompt - see below",
            "BLP|M!'INDU Index'",
            "a|b!c and at /home",
            "net use, then finger -l",
            "Install PowerShell, then http://x/",
            "command /c",
            "cmd",
        ] {
            assert_eq!(search(text.as_bytes(), true).0, [], "{text}");
        }
    }

    #[test]
    fn a_database_has_functions_and_connections() {
        let (seen, mentions) = search(
            b"\x01=DDE(\"cmd\",\"/c calc\",\"x\")\0ch = DDEInitiate(\"excel\", \"a.xls\")\0\
              Shell(\"calc.exe\", 1)\0RunApp\0MyShell(1)\0ODBC;DSN=x;SERVER=h\0;DATABASE=\\\\h\\s\\a.mdb",
            true,
        );
        let wanted = [
            (Kind::Dde, "cmd|'/c calc'!x"),
            (Kind::Dde, "excel|a.xls!''"),
            (Kind::Execute, "calc.exe"),
            (Kind::ExternalLink, "ODBC;DSN=x;SERVER=h"),
            (Kind::ExternalLink, "DATABASE=\\\\h\\s\\a.mdb"),
        ];
        assert_eq!(seen, wanted.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(mentions, ["DDE", "DDEInitiate", "RunApp", "Shell"]);
    }

    #[test]
    fn long_strings_hide_nothing_and_cost_what_they_are() {
        for front in [LONGEST - 8, LONGEST - 1, 3 * LONGEST] {
            let text = format!("{} cmd /c calc", "x".repeat(front));
            let (seen, _) = search(text.as_bytes(), false);
            assert!(
                seen.contains(&(Kind::Execute, "cmd /c calc".to_owned())),
                "{front}"
            );
        }
        for junk in [
            "cmd /c ",
            "a|b!c ",
            "|!",
            "cmd|'/c x'!A ",
            "shell(\"",
            "ODBC;",
            "\0x",
        ] {
            let text = junk.repeat(1_000_000 / junk.len());
            let _ = search(text.as_bytes(), true);
        }
    }
}
