//! Reports for people: the verdict first, then what to know and do about each finding and gap.
//!
//! Everything that comes from a document is escaped before it is written. Commands and what stands
//! in the file are quoted as they are; addresses elsewhere are defanged.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::{self, Write};

use anstyle::AnsiColor;
use ddetect::{
    Carrier, Command, Escaped, Finding, Format, Indicator, IndicatorKind, Report, SkipReason,
    Stage, Trigger, Verdict,
};

use crate::complain;
use crate::defang::defanged;
use crate::exit::Tally;
use crate::gaps;
use crate::scan::{Printer, Shortened};

/// The lowest score that has an effect on the verdict.
const COUNTS: u8 = 50;
/// Findings below [`COUNTS`] that get their line.
const BRIEF_SHOWN: usize = 10;
/// Characters of a command that are shown.
const COMMAND_SHOWN: usize = 600;
/// Indicators that are shown: an address has its host beside it.
const INDICATORS_SHOWN: usize = 6;
/// Stages that are shown.
const STAGES_SHOWN: usize = 12;
/// Characters of a stage and of its script that are shown.
const STAGE_SHOWN: usize = 300;
/// Characters of any other text that are shown.
const TEXT_SHOWN: usize = 160;
/// Other readings and places of use that are shown.
const MORE_SHOWN: usize = 3;

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    colored: bool,
}

impl Style {
    pub(crate) fn new(colored: bool) -> Self {
        Style { colored }
    }

    fn paint(self, style: anstyle::Style, text: impl Display) -> String {
        if self.colored {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    fn verdict(self, verdict: Verdict) -> String {
        let (color, word) = match verdict {
            Verdict::Malicious => (AnsiColor::Red, "MALICIOUS"),
            Verdict::Suspicious => (AnsiColor::Yellow, "SUSPICIOUS"),
            Verdict::Incomplete => (AnsiColor::Magenta, "INCOMPLETE"),
            Verdict::Clean => (AnsiColor::Green, "clean"),
        };
        let style = color.on_default();
        let style = if verdict == Verdict::Clean {
            style
        } else {
            style.bold()
        };
        self.paint(style, format_args!("{word:<10}"))
    }

    fn strong(self, text: impl Display) -> String {
        self.paint(anstyle::Style::new().bold(), text)
    }

    fn quiet(self, text: impl Display) -> String {
        self.paint(anstyle::Style::new().dimmed(), text)
    }
}

/// Writes reports for people.
pub(crate) struct Text {
    style: Style,
    verbose: bool,
    /// How many passwords were given.
    passwords: usize,
}

impl Printer for Text {
    fn report(
        &mut self,
        out: &mut dyn Write,
        report: &Report,
        shortened: Option<Shortened>,
    ) -> io::Result<()> {
        self.head(out, report)?;
        if let Some(shortened) = shortened {
            writeln!(out, "  {}", gaps::about_shortened(shortened))?;
        }
        let (full, mut brief): (Vec<_>, Vec<_>) = report
            .findings()
            .iter()
            .partition(|finding| self.verbose || (finding.score >= COUNTS && !finding.allowed));
        for (number, finding) in (1..).zip(&full) {
            self.full(out, number, finding, &root_of(report))?;
        }
        // Of equal ones the first in the document comes first.
        brief.sort_by_key(|finding| std::cmp::Reverse(finding.score));
        for finding in brief.iter().take(BRIEF_SHOWN) {
            self.brief(out, finding, &root_of(report))?;
        }
        if let Some(worst) = brief.get(BRIEF_SHOWN) {
            writeln!(
                out,
                "  - {} more, the worst with score {} (--verbose shows all)",
                brief.len() - BRIEF_SHOWN,
                worst.score
            )?;
        }
        for omitted in report.omitted() {
            writeln!(
                out,
                "  - {} more {}, the worst with score {}: --limits findings=N keeps more",
                omitted.count,
                omitted.kind.as_str(),
                omitted.highest_score
            )?;
        }
        let circumstances = gaps::Circumstances {
            shortened,
            passwords: self.passwords,
        };
        for line in gaps::lines(report, circumstances, &root_of(report), self.verbose) {
            writeln!(out, "  {line}")?;
        }
        if self.verbose {
            skipped(out, report)?;
        }
        Ok(())
    }

    fn unreadable(&mut self, _out: &mut dyn Write, name: &str, error: &str) -> io::Result<()> {
        complain(format_args!(
            "{}: {}",
            Escaped::new(name),
            Escaped::new(error)
        ));
        Ok(())
    }
}

impl Text {
    pub(crate) fn new(style: Style, verbose: bool, passwords: usize) -> Self {
        Text {
            style,
            verbose,
            passwords,
        }
    }

    fn head(&self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        let verdict = report.verdict();
        let document = report.document();
        let name = document.name.as_deref().unwrap_or("-");
        write!(
            out,
            "{}  {}",
            self.style.verdict(verdict),
            Escaped::new(name)
        )?;
        if report.score() > 0 {
            write!(out, "  (score {})", report.score())?;
        }
        if is_no_document(report) {
            let empty = document.format == Format::Empty;
            write!(out, "  ({})", if empty { "empty" } else { "no document" })?;
        }
        if !report.complete() && verdict != Verdict::Incomplete {
            write!(out, "  and not all of it was read")?;
        }
        writeln!(out)?;
        if verdict == Verdict::Clean && !self.verbose {
            return Ok(());
        }
        let facts = format!(
            "{}, {} bytes, SHA-256 {}",
            document.format.as_str(),
            document.bytes,
            document.sha256
        );
        writeln!(out, "  {}", self.style.quiet(facts))?;
        let properties = &document.properties;
        for (label, value) in [
            ("made with", &properties.application),
            ("author", &properties.author),
            ("created", &properties.created),
        ] {
            if let (true, Some(value)) = (self.verbose, value) {
                writeln!(out, "  {label} {}", self.clip(value, TEXT_SHOWN))?;
            }
        }
        Ok(())
    }

    /// One finding in a few lines: what would run, where it stands, when it acts, why it counts.
    fn full(
        &self,
        out: &mut dyn Write,
        number: usize,
        finding: &Finding,
        root: &str,
    ) -> io::Result<()> {
        let title = format!("{} ({})", finding.kind.as_str(), carrier(finding));
        writeln!(
            out,
            "  {number}. {}  severity {}, confidence {}, score {}{}",
            self.style.strong(title),
            finding.severity.as_str(),
            finding.confidence.as_str(),
            finding.score,
            allowed(finding)
        )?;
        let mut line = |label: &str, value: &dyn Display| {
            writeln!(
                out,
                "     {}{value}",
                self.style.quiet(format_args!("{label:<12}"))
            )
        };
        if let Some(command) = &finding.command {
            let command_line = self.clip(&command.line, COMMAND_SHOWN);
            line("command", &self.style.strong(command_line))?;
            line("starts", &self.image(command))?;
            if let Some(script) = told(command.script.as_deref(), &command.line) {
                let script = defanged(script, &finding.indicators);
                line("script", &self.clip(&script, COMMAND_SHOWN))?;
            }
            for (label, text) in self.stages(command, &finding.indicators) {
                line(label, &text)?;
            }
        }
        if let Some(target) = &finding.target {
            let target = defanged(target, &finding.indicators);
            line("target", &self.clip(&target, COMMAND_SHOWN))?;
        }
        if let Some(item) = finding.item.as_deref().filter(|item| !item.is_empty()) {
            line("item", &self.clip(item, TEXT_SHOWN))?;
        }
        if is_news(finding) && (finding.command.is_none() || self.verbose) {
            let means = defanged(&finding.resolved, &finding.indicators);
            line("means", &self.clip(&means, COMMAND_SHOWN))?;
        }
        line("in file", &self.clip(&finding.raw, TEXT_SHOWN))?;
        line("where", &within(root, &finding.location.to_string()))?;
        line("when", &when(finding.trigger))?;
        let mut label = "why";
        for signal in &finding.signals {
            let evidence = defanged(&signal.evidence, &finding.indicators);
            let evidence = self.clip(&evidence, TEXT_SHOWN);
            let weight = signal.weight;
            let rule = in_words(signal.rule);
            line(label, &format_args!("{rule}: {evidence} ({weight})"))?;
            label = "";
        }
        if !finding.techniques.is_empty() {
            line("disguises", &disguises(finding))?;
        }
        if self.verbose {
            for technique in &finding.techniques {
                if let (Some(before), Some(after)) = (&technique.before, &technique.after) {
                    let id = technique.id.as_str();
                    let before = self.clip(before, TEXT_SHOWN);
                    let after = self.clip(after, TEXT_SHOWN);
                    line("", &format_args!("{id}: {before} becomes {after}"))?;
                }
            }
        }
        let others = finding
            .alternatives
            .iter()
            .filter_map(|a| a.command.as_ref());
        for command in others.take(self.more(MORE_SHOWN)) {
            line("or", &self.clip(&command.line, COMMAND_SHOWN))?;
        }
        if !finding.used_by.is_empty() {
            line("used by", &self.list(&finding.used_by, MORE_SHOWN))?;
        }
        let indicators: Vec<_> = finding.indicators.iter().map(indicator).collect();
        if !indicators.is_empty() {
            line("indicators", &self.list(&indicators, INDICATORS_SHOWN))?;
        }
        if !finding.attack.is_empty() {
            line("ATT&CK", &finding.attack.join(", "))?;
        }
        line("fingerprint", &Escaped::new(&finding.fingerprint))
    }

    /// One finding in one line.
    fn brief(&self, out: &mut dyn Write, finding: &Finding, root: &str) -> io::Result<()> {
        let what = match (&finding.command, &finding.target) {
            (Some(command), _) => command.line.clone(),
            (None, Some(target)) => defanged(target, &finding.indicators),
            (None, None) => defanged(&finding.resolved, &finding.indicators),
        };
        // What tells the links of one feed apart.
        let item = finding.item.as_deref().filter(|item| !item.is_empty());
        let item = item.map_or_else(String::new, |item| {
            format!(", item {}", self.clip(item, TEXT_SHOWN))
        });
        let cell = finding.used_by.first();
        let cell = cell.filter(|_| finding.location.cell().is_none());
        let cell = cell.map_or_else(String::new, |cell| {
            format!(", used by {}", self.clip(cell, TEXT_SHOWN))
        });
        writeln!(
            out,
            "  - {} ({}) {}{item}  at {}{cell}, score {}{}",
            finding.kind.as_str(),
            carrier(finding),
            self.clip(&what, TEXT_SHOWN),
            within(root, &finding.location.to_string()),
            finding.score,
            allowed(finding)
        )
    }

    fn image(&self, command: &Command) -> String {
        let image = command
            .image
            .as_deref()
            .unwrap_or("a program we could not name");
        match command.arguments.as_deref() {
            // The command line has just shown them.
            Some(arguments) if self.verbose && !arguments.is_empty() => format!(
                "{}  with {}",
                Escaped::new(image),
                self.clip(arguments, TEXT_SHOWN)
            ),
            Some(_) | None => Escaped::new(image).to_string(),
        }
    }

    /// The tree of what the command starts, a line or two for each, deeper ones further in.
    fn stages(&self, command: &Command, indicators: &[Indicator]) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let mut shown = 0;
        // The first comes off last.
        let mut open: Vec<(usize, &Stage)> = command.stages.iter().rev().map(|s| (0, s)).collect();
        while let Some((depth, stage)) = open.pop() {
            if shown == self.more(STAGES_SHOWN) {
                let hidden = 1
                    + open
                        .iter()
                        .map(|(_, stage)| 1 + below(stage))
                        .sum::<usize>()
                    + below(stage);
                lines.push(("", format!("and {hidden} more")));
                break;
            }
            shown += 1;
            let image = stage
                .image
                .as_deref()
                .unwrap_or("a program we could not name");
            let arguments = stage.arguments.as_deref().unwrap_or_default();
            let indent = "  ".repeat(depth);
            let command = format!("{image} {arguments}");
            let command = command.trim_end();
            let told = told(stage.script.as_deref(), command);
            let command = defanged(command, indicators);
            let command = self.clip(&command, STAGE_SHOWN);
            lines.push(("stage", format!("{indent}{command}")));
            if let Some(script) = told {
                let script = defanged(script, indicators);
                let script = self.clip(&script, STAGE_SHOWN);
                lines.push(("", format!("{indent}  script: {script}")));
            }
            open.extend(stage.stages.iter().rev().map(|stage| (depth + 1, stage)));
        }
        lines
    }

    fn more(&self, shown: usize) -> usize {
        if self.verbose { usize::MAX } else { shown }
    }

    fn list(&self, values: &[impl AsRef<str>], shown: usize) -> String {
        let shown = values.len().min(self.more(shown));
        let mut text = values[..shown]
            .iter()
            .map(|value| self.clip(value.as_ref(), TEXT_SHOWN).to_string())
            .collect::<Vec<_>>()
            .join(", ");
        if values.len() > shown {
            text += &format!(" and {} more", values.len() - shown);
        }
        text
    }

    fn clip<'a>(&self, text: &'a str, shown: usize) -> Clipped<'a> {
        Clipped {
            text,
            shown: self.more(shown),
        }
    }
}

/// A script, unless the line that was just shown says it in the same words.
fn told<'s>(script: Option<&'s str>, line: &str) -> Option<&'s str> {
    script.filter(|script| !script.is_empty() && !line.contains(script))
}

/// How many stages stand below one.
fn below(stage: &Stage) -> usize {
    stage.stages.iter().map(|stage| 1 + below(stage)).sum()
}

/// An indicator in its safe spelling, with what it means where that is something else.
fn indicator(indicator: &Indicator) -> String {
    let safe = &indicator.defanged;
    let meant = match (indicator.kind, &indicator.canonical) {
        (IndicatorKind::Ip | IndicatorKind::Host, Some(canonical)) => canonical.replace('.', "[.]"),
        (IndicatorKind::Url | IndicatorKind::Unc, Some(canonical)) => defanged(canonical, &[]),
        _ => return safe.clone(),
    };
    // Another case is no other place.
    if meant.eq_ignore_ascii_case(safe) {
        safe.clone()
    } else {
        format!("{safe} (is {meant})")
    }
}

/// Text from a document, escaped, and shortened when it is long.
struct Clipped<'a> {
    text: &'a str,
    shown: usize,
}

impl Display for Clipped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.char_indices().nth(self.shown) {
            None => write!(f, "{}", Escaped::new(self.text)),
            Some((at, _)) => {
                let (head, tail) = self.text.split_at(at);
                let more = tail.chars().count();
                write!(f, "{}… ({more} more characters)", Escaped::new(head))
            }
        }
    }
}

/// Whether a report is clean because no Office program opens the bytes: a mistake in a script, an
/// error page instead of a download.
pub(crate) fn is_no_document(report: &Report) -> bool {
    report.verdict() == Verdict::Clean
        && matches!(report.document().format, Format::Empty | Format::Other)
}

/// The summary after several documents.
pub(crate) fn summary(out: &mut dyn Write, tally: &Tally) -> io::Result<()> {
    let documents = tally.documents();
    let plural = if documents == 1 { "" } else { "s" };
    write!(
        out,
        "\n{documents} document{plural}: {} malicious, {} suspicious, {} incomplete, {} clean",
        tally.malicious, tally.suspicious, tally.incomplete, tally.clean
    )?;
    match tally.no_document {
        0 => {}
        1 => write!(out, ", of which 1 is no document")?,
        several => write!(out, ", of which {several} are no documents")?,
    }
    if tally.trouble > 0 {
        write!(out, "; {} could not be read", tally.trouble)?;
    }
    writeln!(out)
}

/// The carrier for people: a template on this computer is not a remote one.
fn carrier(finding: &Finding) -> &'static str {
    let local = finding
        .signals
        .iter()
        .any(|signal| signal.rule == LOCAL_CONTENT);
    if finding.carrier == Carrier::RemoteTemplate && local {
        "template"
    } else {
        finding.carrier.as_str()
    }
}

/// The rule that tells what stays on this computer.
const LOCAL_CONTENT: &str = "local-content";

/// What was skipped, in words: one, or several.
fn skip_words(reason: SkipReason) -> (&'static str, &'static str) {
    match reason {
        SkipReason::ActiveX => ("ActiveX control", "ActiveX controls"),
        SkipReason::Duplicate => (
            "document that was read before",
            "documents that were read before",
        ),
        SkipReason::Executable => ("program", "programs"),
        SkipReason::Font => ("font", "fonts"),
        SkipReason::Macro => ("macro", "macros"),
        SkipReason::Media => ("sound or video", "sounds or videos"),
        SkipReason::OleObject => ("object of another program", "objects of other programs"),
        SkipReason::Pdf => ("PDF", "PDFs"),
        SkipReason::Picture => ("picture", "pictures"),
        SkipReason::PrinterSettings => ("set of printer settings", "sets of printer settings"),
        SkipReason::Signature => ("signature", "signatures"),
        SkipReason::Unknown => ("piece of unknown data", "pieces of unknown data"),
        SkipReason::VbaProject => ("VBA project", "VBA projects"),
        other => (other.as_str(), other.as_str()),
    }
}

fn skipped(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut reasons = BTreeMap::<_, u64>::new();
    for skipped in report.skipped() {
        *reasons.entry(skip_words(skipped.reason)).or_default() += 1;
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let reasons: Vec<_> = reasons
        .iter()
        .map(|((one, several), count)| {
            format!("{count} {}", if *count == 1 { one } else { several })
        })
        .collect();
    writeln!(
        out,
        "  skipped, as it cannot hold a link: {}",
        reasons.join(", ")
    )
}

/// The start of every location in a report, which the first line has said already.
fn root_of(report: &Report) -> String {
    let name = report.document().name.as_deref();
    name.map_or(String::new(), |name| Escaped::new(name).to_string())
}

/// A location without the document's own name.
pub(crate) fn within<'a>(root: &str, location: &'a str) -> &'a str {
    match location.strip_prefix(root) {
        Some("") => "the document itself",
        Some(rest) => rest.trim_start_matches([' ', '›', '@']),
        None => location,
    }
}

/// Whether the evaluated text says more than the lines beside it.
fn is_news(finding: &Finding) -> bool {
    let resolved = finding.resolved.trim();
    resolved != finding.raw.trim() && finding.target.as_deref().map(str::trim) != Some(resolved)
}

fn disguises(finding: &Finding) -> String {
    let ids = finding
        .techniques
        .iter()
        .map(|technique| technique.id.as_str());
    let mut ids: Vec<_> = ids.collect();
    ids.dedup();
    ids.join(", ")
}

fn allowed(finding: &Finding) -> &'static str {
    if finding.allowed {
        ", allowed by policy"
    } else {
        ""
    }
}

fn when(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Open => "the document is opened",
        Trigger::Update => "its fields or links are updated",
        Trigger::Click => "it is clicked",
        Trigger::None => "never: it is inert",
        _ => trigger.as_str(),
    }
}

/// The id of a rule completes the sentence "this link shows …".
fn in_words(id: &str) -> String {
    id.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_shortened_by_characters_and_says_so() {
        let clip = |text, shown| Clipped { text, shown }.to_string();
        assert_eq!(clip("éé", 2), "éé");
        assert_eq!(clip("éééé", 2), "éé… (2 more characters)");
        assert_eq!(clip("a\u{1b}[31mb", 99), "a\\u{1b}[31mb");
    }

    #[test]
    fn locations_lose_the_name_that_was_said() {
        assert_eq!(within("a.docx", "a.docx › w › field 1"), "w › field 1");
        assert_eq!(within("a.docx", "a.docx @ byte 7"), "byte 7");
        assert_eq!(within("a.docx", "a.docx"), "the document itself");
        assert_eq!(within("a.docx", "b.docx"), "b.docx");
    }

    #[test]
    fn colour_is_only_where_it_was_asked_for() {
        assert_eq!(Style::new(false).verdict(Verdict::Malicious), "MALICIOUS ");
        assert!(Style::new(true).verdict(Verdict::Clean).contains('\u{1b}'));
    }
}
