//! What can be said on the command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand, ValueEnum};
use ddetect::{Error, Limit, Limits, Policy, Verdict};

/// Finds DDE and link payloads in Office documents.
#[derive(Debug, Parser)]
#[command(
    name = "ddetect",
    version,
    about = "Says whether opening an Office document starts a program or fetches something \
             through DDE or a link that does the same job",
    after_help = "Try 'ddetect scan --help' for the options, examples and exit status."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Analyse documents
    ///
    /// Folders are searched in order of name, hidden files included. Symbolic links in them are
    /// not followed. What a document is, is decided by its content, never by its name.
    Scan(Box<Scan>),
    /// Fill in the triage card of a document or of its report
    ///
    /// What would happen, what it needs, what to look for in the logs and who has to look at it
    /// next. What the document cannot tell is 'unknown', unless the context tells it.
    Triage(Box<Triage>),
    /// Look in logs for what reports predict
    ///
    /// Which documents acted, when and on which computer: programs that were started and values
    /// of the registry that were set.
    Hunt(Hunt),
    /// List the limits that --limits can set, with their values
    Limits,
    /// Write the JSON Schema of the reports that 'scan --format json' and jsonl give
    Schema,
}

const AFTER_SCAN: &str = "\
Examples:
  ddetect scan invoice.docx                      one document, for people
  ddetect scan --format jsonl quarantine/        a folder, one JSON report a line
  ddetect scan --quiet --fail-on suspicious .    only what is not clean
  ddetect scan --format sarif attachments/ > scan.sarif
                                                 results for a build server
  ddetect scan --format sigma invoice.docx       rules that find it in process logs
  ddetect scan --password s3cret letters.zip     an encrypted archive
  ddetect scan --limits analyst big.docx         more bytes before it gives up
  ddetect scan --limits decoded-bytes=2g big.docx
  curl -fsS URL | ddetect scan --stdin-name invoice.docx -
                                                 with 'set -o pipefail', or a download that
                                                 failed is an empty, clean document

Exit status:
  0  everything is clean
  1  something is suspicious or malicious
  2  nothing worse, but something is incomplete: it was not read and may hide a payload
  3  a mistake on the command line, a path that could not be read, or output that
     could not be written
  1 wins over 3, and 3 over 2. --fail-on moves the lowest verdict that counts.";

#[derive(Debug, Parser)]
#[command(after_help = AFTER_SCAN)]
pub(crate) struct Scan {
    /// Files, folders, or '-' for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to write the reports
    ///
    /// json: one object for one file or '-', an array for a folder or several paths.
    /// jsonl: one object a line. A path that cannot be read becomes an object with
    /// 'document.name' and 'error'.
    /// sarif, sigma, stix, misp: one file for all paths, written at the end. What a document
    /// would start stands in them as a prediction, never as observed. The time in them is that
    /// of the run, or SOURCE_DATE_EPOCH from the environment.
    #[arg(long, value_enum, default_value = "text", verbatim_doc_comment)]
    pub(crate) format: Format,

    /// A password to try on what is encrypted; may be given several times
    ///
    /// Other users of this machine can see it in the list of processes: prefer
    /// --passwords-file.
    #[arg(long = "password", value_name = "PASSWORD")]
    pub(crate) passwords: Vec<String>,

    /// A file of passwords to try, one a line, in UTF-8, at most 1 MiB
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords_file: Option<PathBuf>,

    /// A preset, or one limit: default, gateway, analyst or KEY=N; may be given several times
    ///
    /// Read from left to right: a preset sets every limit, KEY=N one of them. N takes the
    /// suffixes k, m and g (KiB, MiB, GiB). 'ddetect limits' lists the keys.
    #[arg(long, value_name = "LIMITS")]
    pub(crate) limits: Vec<LimitSetting>,

    /// Every DDE link is suspicious at least, feeds and links between Office documents included
    #[arg(long)]
    pub(crate) strict: bool,

    /// The fingerprint of a finding that does not count; may be given several times
    ///
    /// It stays in the report, marked as allowed. The fingerprint is in the JSON of a report.
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) allow: Vec<String>,

    /// A rule to switch off; may be given several times
    ///
    /// What was suspicious or malicious stays suspicious at least: only --allow takes a finding
    /// out. docs/rules.md lists the rules with their weights.
    #[arg(long = "disable-rule", value_name = "RULE")]
    pub(crate) disabled_rules: Vec<String>,

    /// Another weight for a rule; may be given several times
    #[arg(long = "weight", value_name = "RULE=N", allow_hyphen_values = true)]
    pub(crate) weights: Vec<Weight>,

    /// The score from which a finding is suspicious, 1 to 50
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u8).range(1..=50))]
    pub(crate) suspicious_from: Option<u8>,

    /// The score from which a finding is malicious, 50 to 101; with 101 none is
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u8).range(50..=101))]
    pub(crate) malicious_from: Option<u8>,

    /// The name that standard input has in the report
    #[arg(long, value_name = "NAME", default_value = "-")]
    pub(crate) stdin_name: String,

    /// The lowest verdict that gives an exit status other than 0
    #[arg(long, value_enum, value_name = "VERDICT", default_value = "incomplete")]
    pub(crate) fail_on: FailOn,

    /// Write nothing for clean documents, no summary and no progress bar
    ///
    /// Documents that are incomplete, suspicious or malicious and paths that cannot be read
    /// are written as always, in every format. With --format json one file or '-' always gives
    /// its object; for a folder or several paths clean documents are left out of the array.
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Write every finding in full, nothing shortened, and what was skipped (text format)
    ///
    /// Without it a finding whose score is below 50, which has no effect on the verdict, takes
    /// one line.
    #[arg(long, short)]
    pub(crate) verbose: bool,

    /// When to use colour; NO_COLOR in the environment turns 'auto' off
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

const AFTER_TRIAGE: &str = "\
Examples:
  ddetect triage invoice.docx                    the card of a document, for people
  ddetect triage --format json report.json       of a report that scan gave
  ddetect scan --format jsonl quarantine/ | ddetect triage --report -
  ddetect triage --context context.json invoice.docx
                                                 with a context.json such as
    {\"sender\": \"unknown\", \"mail\": true, \"zone\": 3, \"opened\": true,
     \"host_values\": [{\"name\": \"AllowDDE\", \"data\": 0}]}

Exit status: as that of scan
  0  clean    1  suspicious or malicious    2  incomplete
  3  a mistake on the command line, or a file that could not be read
  1 wins over 3, and 3 over 2.";

#[derive(Debug, Parser)]
#[command(after_help = AFTER_TRIAGE)]
pub(crate) struct Triage {
    /// A document, a report (.json or .jsonl), or '-' for a document on standard input
    #[arg(value_name = "FILE")]
    pub(crate) path: PathBuf,

    /// FILE is a report, or several, whatever its name
    ///
    /// The content does not decide: a document could say that it is the report of a clean one.
    #[arg(long)]
    pub(crate) report: bool,

    /// What is known of sender, computer and logs, as JSON
    ///
    /// All fields may be left out: sender (spoofed, unknown, known or trusted), mail, zone,
    /// first_seen, opened, baseline {documents, since}, host_values [{name, data, host}],
    /// related_phishing, logs_searched, observed [{kind, chain, when, host, source, quality,
    /// detail}].
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) context: Option<PathBuf>,

    /// How to write the card
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CardFormat,
}

const AFTER_HUNT: &str = "\
Events are JSON lines or EVTX files, a log or several:
  Sysmon 1 and Security 4688   programs that were started (4688: with command lines)
  Sysmon 13 and Security 4657  values of the registry that were set
Field names are those of the log, alone ('Image'), in 'winlog.event_data' or in
'Event.EventData'. Other events are passed over.

Examples:
  ddetect scan --format jsonl quarantine/ > reports.jsonl
  ddetect hunt --report reports.jsonl --events sysmon.jsonl
  ddetect hunt --report reports.jsonl --events Sysmon.evtx --events Security.evtx
  zcat sysmon.jsonl.gz | ddetect hunt --format json --report reports.jsonl --events -

How an event matched:
  exact  the command line itself, up to quotes, blanks and case
  terms  the program, and every word of the command line that does not change
  image  weaker: the program with some of the words, without a recorded command line,
         or started by nobody knows whom

Exit status:
  0  nothing was seen
  1  something was seen
  2  nothing was seen, and some events could not be read
  3  a mistake on the command line, or a report or log that could not be read
  1 wins over 3, and 3 over 2.";

#[derive(Debug, Parser)]
#[command(after_help = AFTER_HUNT)]
pub(crate) struct Hunt {
    /// Reports that scan gave (json or jsonl), or '-'; may be given several times
    #[arg(long = "report", required = true, value_name = "REPORTS")]
    pub(crate) reports: Vec<PathBuf>,

    /// A log: JSON lines or EVTX, or '-' for JSON lines; may be given several times
    #[arg(long, required = true, value_name = "EVENTS")]
    pub(crate) events: Vec<PathBuf>,

    /// What is known of sender and computer, as for triage
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) context: Option<PathBuf>,

    /// How to write what was seen
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CardFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CardFormat {
    /// For people
    Text,
    /// JSON, indented: one object, or an array for several reports
    Json,
}

impl Scan {
    /// The limits that all `--limits` together ask for.
    pub(crate) fn limits(&self) -> Result<Limits, Error> {
        let mut limits = Limits::default();
        for setting in &self.limits {
            match setting {
                LimitSetting::Preset(preset) => limits = preset.clone(),
                LimitSetting::One(limit, value) => limits.set(limit.key(), *value)?,
            }
        }
        Ok(limits)
    }

    /// The policy that the options ask for.
    pub(crate) fn policy(&self) -> Result<Policy, Error> {
        let mut policy = if self.strict {
            Policy::strict()
        } else {
            Policy::default()
        };
        for fingerprint in &self.allow {
            policy = policy.allow(fingerprint);
        }
        for rule in &self.disabled_rules {
            policy = policy.disable(rule)?;
        }
        for Weight { rule, weight } in &self.weights {
            policy = policy.weight(rule, *weight)?;
        }
        if let Some(score) = self.suspicious_from {
            policy = policy.suspicious_from(score);
        }
        if let Some(score) = self.malicious_from {
            policy = policy.malicious_from(score);
        }
        Ok(policy)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: the verdict first, then each finding
    Text,
    /// JSON, indented
    Json,
    /// JSON, one object a line
    Jsonl,
    /// SARIF 2.1.0, for build servers and code scanning
    Sarif,
    /// Sigma rules for logs, as YAML
    Sigma,
    /// A STIX 2.1 bundle, for threat intelligence platforms
    Stix,
    /// A MISP event
    Misp,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    Incomplete,
    Suspicious,
    Malicious,
}

impl From<FailOn> for Verdict {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Incomplete => Verdict::Incomplete,
            FailOn::Suspicious => Verdict::Suspicious,
            FailOn::Malicious => Verdict::Malicious,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// One `--weight`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    rule: String,
    weight: i32,
}

impl FromStr for Weight {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rule, weight) = text
            .split_once('=')
            .ok_or("expected RULE=N, such as remote-picture=60")?;
        let weight = weight
            .parse()
            .map_err(|error| format!("'{weight}' is no weight: {error}"))?;
        let rule = rule.to_owned();
        Ok(Weight { rule, weight })
    }
}

/// One `--limits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LimitSetting {
    Preset(Limits),
    One(Limit, u64),
}

impl FromStr for LimitSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => return Ok(LimitSetting::Preset(Limits::default())),
            "gateway" => return Ok(LimitSetting::Preset(Limits::gateway())),
            "analyst" => return Ok(LimitSetting::Preset(Limits::analyst())),
            _ => {}
        }
        let (key, value) = text.split_once('=').ok_or_else(|| {
            format!(
                "expected default, gateway, analyst or KEY=N; {}",
                known_keys()
            )
        })?;
        let limit = Limit::ALL
            .iter()
            .find(|limit| limit.key() == key)
            .ok_or_else(|| format!("there is no limit called '{key}'; {}", known_keys()))?;
        let value = parse_size(value)?;
        Ok(LimitSetting::One(*limit, value))
    }
}

fn known_keys() -> String {
    let keys: Vec<_> = Limit::ALL.iter().map(|limit| limit.key()).collect();
    format!("the keys are: {}", keys.join(", "))
}

/// A number with an optional suffix: `64m` is 64 MiB.
fn parse_size(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        Some((at, 'g' | 'G')) => (&text[..at], 30),
        Some(_) | None => (text, 0),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "'{text}' is not a number with an optional suffix k, m or g"
        ));
    }
    // Only its size can be wrong with a row of digits.
    let number = digits.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| format!("'{text}' is too large: at most {} is possible", u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_binary_suffixes() {
        assert_eq!(parse_size("0"), Ok(0));
        assert_eq!(parse_size("17"), Ok(17));
        assert_eq!(parse_size("2k"), Ok(2048));
        assert_eq!(parse_size("3M"), Ok(3 << 20));
        assert_eq!(parse_size("4g"), Ok(4 << 30));
        assert_eq!(parse_size("18446744073709551615"), Ok(u64::MAX));
        for wrong in ["", "k", "-1", "+1", "1.5m", "1 m", "1t", "é"] {
            assert!(
                parse_size(wrong).unwrap_err().contains("is not a number"),
                "{wrong}"
            );
        }
        for large in ["99999999999g", "18446744073709551616"] {
            assert!(
                parse_size(large).unwrap_err().contains("is too large"),
                "{large}"
            );
        }
    }

    #[test]
    fn limits_are_read_from_left_to_right() {
        let scan = |limits: &[&str]| {
            let arguments = ["ddetect", "scan", "x"]
                .into_iter()
                .chain(limits.iter().flat_map(|limit| ["--limits", limit]));
            match Arguments::try_parse_from(arguments).unwrap().task {
                Task::Scan(scan) => scan.limits().unwrap(),
                Task::Triage(_) | Task::Hunt(_) | Task::Limits | Task::Schema => unreachable!(),
            }
        };
        assert_eq!(scan(&[]), Limits::default());
        assert_eq!(scan(&["gateway"]), Limits::gateway());
        let both = scan(&["gateway", "nesting=3"]);
        assert_eq!(both.nesting, 3);
        assert_eq!(both.input_bytes, Limits::gateway().input_bytes);
        assert_eq!(scan(&["nesting=3", "analyst"]), Limits::analyst());
        assert_eq!(scan(&["analyst", "default"]), Limits::default());
    }

    #[test]
    fn an_unknown_limit_names_the_known_ones() {
        let error = "nest=3".parse::<LimitSetting>().unwrap_err();
        assert!(error.contains("'nest'") && error.contains("nesting"));
    }
}
