//! The questions that Office would ask, in its own words (English versions).

use super::card::Prompt;
use crate::recorded::Finding;

/// The words, by what must be so before a link acts and the program that asks; `{topic}` and
/// `{service}` are the document's.
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
         application '{service}'?",
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
    match text.split_once("{service}") {
        // In this order, so that names of the document that look like the marks stay as they are.
        Some((before, after)) => before.replace("{topic}", topic) + service + after,
        None => text.to_owned(),
    }
}
