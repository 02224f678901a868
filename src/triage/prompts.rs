//! The questions that Office would ask, in its own words (English versions).

use super::card::Prompt;
use crate::recorded::Finding;

/// The words, by what must be so before a link acts and the program that asks; `{topic}`,
/// `{service}` and, in capitals, `{image}` are the document's.
const PROMPTS: &[(&str, &str, &str, &str)] = &[
    (
        "protected-view",
        "",
        "PROTECTED VIEW Be careful\u{2014}files from the Internet can contain viruses. Unless you need to edit, it's safer to \
         stay in Protected View.",
        "Microsoft support, \"What is Protected View?\"",
    ),
    (
        "prompt-update-links",
        "winword.exe",
        "This document contains links that may refer to other files. Do you want to update this document with the data \
         from the linked files?",
        "public reports of October 2017 on DDE in Word",
    ),
    (
        "prompt-update-links",
        "excel.exe",
        "SECURITY WARNING Automatic update of links has been disabled",
        "Microsoft support, \"Block or unblock external content in Office documents\"",
    ),
    (
        "prompt-start-application",
        "winword.exe",
        "The remote data ({topic}) is not accessible. Do you want to start the application {service}?",
        "public reports of October 2017 on DDE in Word",
    ),
    (
        "prompt-start-application",
        "excel.exe",
        "Remote data not accessible. To access this data Excel needs to start another application. Some legitimate \
         applications on your computer could be used maliciously to spread viruses or damage your computer. Only click \
         Yes if you trust the source of this workbook and you want to let the workbook start the application. Start \
         application '{image}'?",
        "public reports of DDE in Excel",
    ),
    (
        "prompt-open-data",
        "winword.exe",
        "Opening this document will run the following SQL command:",
        "Microsoft knowledge base 825765",
    ),
    (
        "enable-content",
        "excel.exe",
        "SECURITY WARNING External Data Connections have been disabled",
        "Microsoft support, \"Block or unblock external content in Office documents\"",
    ),
    (
        "enable-macros",
        "excel.exe",
        "SECURITY WARNING Macros have been disabled.",
        "Microsoft support, \"Enable or disable macros in Microsoft 365 files\"",
    ),
];

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
