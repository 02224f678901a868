//! One spelling for all the ways in which the same command can be written.
//!
//! Windows matches programs, paths, switches, the words of `cmd.exe` and PowerShell without regard
//! to case, and the command line drops quotes, carets and doubled separators before anybody looks.
//! The paths of URLs and encoded text are another thing in another case, so they keep theirs.
//!
//! # Worst cases
//!
//! Linear in the text; the tree of stages is no deeper than the engine makes it.

use super::odd_folder;
use crate::command::{
    Command, Stage, base_name, canonical, find_address, normal, plain_address, stem,
};

/// A run of letters and digits that is longer may be encoded text, of which the case counts.
const ENCODED: usize = 24;

/// What ends a text that was shortened.
const SHORTENED: &str = "…[+";

/// The fields of a command that make it what it is: for each program its name and what it is told,
/// then how many it starts.
pub(super) fn of_command(command: &Command, image: &str, whole: bool) -> Vec<String> {
    let root = Told {
        image: command.image.as_deref(),
        arguments: command.arguments.as_deref(),
        script: command.script.as_deref(),
        stages: &command.stages,
    };
    let mut fields = Vec::new();
    root.fields(Some(image), &mut fields);
    if whole {
        // What could not be undone may hide anything.
        fields.push(text(root.arguments.unwrap_or_default(), true));
    }
    fields
}

/// A program and what it is told.
#[derive(Clone, Copy)]
struct Told<'a> {
    image: Option<&'a str>,
    arguments: Option<&'a str>,
    script: Option<&'a str>,
    stages: &'a [Stage],
}

impl<'a> Told<'a> {
    fn of(stage: &'a Stage) -> Self {
        Told {
            image: stage.image.as_deref(),
            arguments: stage.arguments.as_deref(),
            script: stage.script.as_deref(),
            stages: &stage.stages,
        }
    }

    fn is_shell(&self) -> bool {
        stem(self.image.unwrap_or_default()) == "cmd"
    }

    /// What it does itself, beside the programs that it starts.
    fn own(&self) -> String {
        let said = self.script.or(self.arguments).unwrap_or_default();
        if self.is_shell() {
            return beside(said, self.stages);
        }
        let mut own = text(said, false);
        if said.contains(SHORTENED) {
            own.push_str(&text(self.arguments.unwrap_or_default(), false));
        }
        own
    }

    /// Bounded like the tree. `image` is a better name for the program.
    fn fields(&self, image: Option<&str>, fields: &mut Vec<String>) {
        let own = self.own();
        // A shell that does nothing but start a shell is a layer of the disguise.
        if let ([only], true, true) = (self.stages, self.is_shell(), own.is_empty()) {
            let inner = Told::of(only);
            if inner.is_shell() {
                inner.fields(image, fields);
                return;
            }
        }
        let image = image.or(self.image).unwrap_or_default();
        fields.push(image.to_lowercase());
        fields.push(own);
        fields.push(self.stages.len().to_string());
        for stage in self.stages {
            Told::of(stage).fields(None, fields);
        }
    }
}

/// What a line of `cmd.exe` does beside starting these programs.
fn beside(line: &str, stages: &[Stage]) -> String {
    let mut waiting: Vec<&str> = stages
        .iter()
        .filter_map(|stage| stage.image.as_deref())
        .map(stem)
        .collect();
    let mut kept = String::new();
    for command in commands(line) {
        let words = command
            .split_whitespace()
            .map(|word| word.trim_matches(|c| matches!(c, '@' | '(' | ')' | '"' | '^')))
            .filter(|word| !word.is_empty());
        // Switches of the shell itself, and what only passes on.
        let mut words = words.skip_while(|word| {
            word.starts_with('/')
                || ["call", "start"]
                    .iter()
                    .any(|w| word.eq_ignore_ascii_case(w))
        });
        let Some(first) = words.next() else { continue };
        let base = base_name(first);
        let name = stem(&base);
        if ["rem", "set", "title", "cls"].contains(&name) {
            continue;
        }
        let path = canonical(first).text;
        if let Some(folder) = odd_folder(&path) {
            kept.push_str(folder);
            kept.push('\n');
        }
        let added = match waiting.iter().position(|known| *known == name) {
            // What it is told stands with the program; where its output goes does not.
            Some(at) => {
                waiting.remove(at);
                command
                    .find('>')
                    .and_then(|at| command.get(at..))
                    .unwrap_or_default()
            }
            None => command,
        };
        let added = text(added, true);
        if !added.is_empty() {
            kept.push_str(&added);
            kept.push('\n');
        }
    }
    kept
}

/// The commands of a line; quotes hold together.
fn commands(line: &str) -> Vec<&str> {
    let mut quoted = false;
    line.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && matches!(c, '&' | '|' | '\n' | '\r')
    })
    .collect()
}

/// A text in its one spelling. `shell` says that carets count for nothing.
pub(super) fn text(text: &str, shell: bool) -> String {
    let clean = normal(text).text;
    let mut spelled = String::new();
    let mut rest = clean.as_str();
    while let Some(start) = find_address(rest)
        && let Some((before, address)) = rest.split_at_checked(start)
    {
        plain(before, shell, &mut spelled);
        let end = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>')
        };
        let end = address.find(end).unwrap_or(address.len());
        let whole = address.get(..end).unwrap_or_default();
        let named = whole.trim_end_matches([')', ']', '}', ';', ',', '|', '&']);
        match plain_address(named) {
            Some(plain) => spelled.push_str(&plain),
            None => spelled.push_str(named),
        }
        // A scheme with nothing behind it still has its letters.
        rest = address.get(named.len().max(1)..).unwrap_or_default();
    }
    plain(rest, shell, &mut spelled);
    spelled.trim_end().to_owned()
}

/// Adds text without addresses.
fn plain(text: &str, shell: bool, spelled: &mut String) {
    let mut pieces = text.split(char::is_whitespace).peekable();
    while let Some(piece) = pieces.next() {
        let dropped = |c: &char| matches!(c, '"' | '\'') || shell && *c == '^';
        let word: String = piece.chars().filter(|c| !dropped(c)).collect();
        let is_path = word.contains("\\..") || word.contains("/..") || word.starts_with('%');
        if is_path && canonical(&word).components > 0 {
            spelled.push_str(&canonical(&word).text);
        } else {
            spell(&word, spelled);
        }
        if pieces.peek().is_some() && !spelled.is_empty() && !spelled.ends_with(' ') {
            spelled.push(' ');
        }
    }
}

/// Adds one word: small letters, single backslashes.
fn spell(word: &str, spelled: &mut String) {
    let mut rest = word;
    let mut at_start = true;
    while let Some(c) = rest.chars().next() {
        let encoded = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '=');
        let end = rest.find(|c| !encoded(c)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if run.is_empty() {
            if rest.starts_with("\\\\") {
                spelled.push_str(if at_start { "\\\\" } else { "\\" });
                rest = rest.trim_start_matches('\\');
            } else {
                spelled.extend(c.to_lowercase());
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        } else {
            if run.len() >= ENCODED && run.contains(|c: char| c.is_ascii_digit()) {
                spelled.push_str(run);
            } else {
                spelled.push_str(&run.to_ascii_lowercase());
            }
            rest = behind;
        }
        at_start = false;
    }
}
