//! The questions that Office would ask, in English, each with the source of its words: versions differ
//! in them.

use super::card::Prompt;
use crate::recorded::Finding;

/// The words, by what must be so before a link acts and the program that asks; `{topic}`,
/// `{service}` and, in capitals, `{image}` are the document's.
const PROMPTS: &[(&str, &str, &str, &str)] = &[
    (
        "protected-view",
        "",
        "Protected View This file originated from an Internet location and might be unsafe. Click for more details.",
        "Microsoft support, \"What is Protected View?\" (Office 2010; later versions word it differently)",
    ),
    (
        "prompt-update-links",
        "winword.exe",
        "This document contains links that may refer to other files. Do you want to update this document with the data \
         from the linked files?",
        UNCHECKED,
    ),
    (
        "prompt-update-links",
        "excel.exe",
        "Automatic update of links has been disabled",
        "public reports on the security warning of Excel",
    ),
    (
        "prompt-start-application",
        "winword.exe",
        "The remote data ({topic}) is not accessible. Do you want to start the application {service}?",
        UNCHECKED,
    ),
    (
        "prompt-start-application",
        "excel.exe",
        "Remote data not accessible; start application {image}?",
        "Microsoft knowledge base Q95982 (later versions add a warning)",
    ),
    (
        "prompt-run-program",
        "",
        "Some files can contain viruses or otherwise be harmful to your computer. It is important to be certain that this \
         file is from a trustworthy source. Would you like to open this file?",
        "Microsoft knowledge base 291912",
    ),
    (
        "prompt-open-data",
        "winword.exe",
        "Opening this document will run the following SQL command:",
        UNCHECKED,
    ),
    (
        "enable-content",
        "excel.exe",
        "External Data Connections have been disabled",
        UNCHECKED,
    ),
    (
        "enable-macros",
        "excel.exe",
        "Macros have been disabled.",
        UNCHECKED,
    ),
];

/// Words that nobody held against the program or against a page of its maker.
const UNCHECKED: &str = "public reports; not checked word for word";

/// The questions before a finding acts, in the order of its preconditions. Those whose exact words
/// are not known are left out; the preconditions tell of them.
pub(super) fn prompts(finding: &Finding, parents: &[&'static str]) -> Vec<Prompt> {
    let ids = finding
        .preconditions
        .iter()
        .map(|needed| needed.id.as_str());
    let known = ids.filter_map(|id| {
        PROMPTS
            .iter()
            .find(|(of, by, ..)| *of == id && (by.is_empty() || asks(parents, by)))
    });
    let filled = known.map(|(_, _, text, source)| Prompt {
        text: fill(text, finding),
        source,
    });
    filled.collect()
}

/// Outlook asks in the words of Word.
fn asks(parents: &[&'static str], program: &str) -> bool {
    let outlook = program == "winword.exe" && parents.contains(&"outlook.exe");
    outlook || parents.contains(&program)
}

fn fill(text: &str, finding: &Finding) -> String {
    let service = finding.service.as_deref().unwrap_or_default();
    let topic = finding.topic.as_deref().unwrap_or_default();
    let image = finding
        .command
        .as_ref()
        .and_then(|command| command.image.as_deref());
    let image = image.unwrap_or(service).to_uppercase();
    // Each mark is looked for in the words of Office alone: a name of the document that looks like
    // one stays as it is.
    let mut filled = String::new();
    let mut pieces = text.split(['{', '}']);
    while let Some(words) = pieces.next() {
        filled.push_str(words);
        match pieces.next() {
            Some("topic") => filled.push_str(topic),
            Some("service") => filled.push_str(service),
            Some("image") => filled.push_str(&image),
            Some(_) | None => {}
        }
    }
    filled
}
