//! One rule a file: what makes a link bad or harmless, with a permanent id and a weight.
//!
//! The id of a rule completes the sentence "this link shows …". A rule sees one [`Subject`]: a
//! link in one of its readings, with what it would start and where it points to. It cannot tell
//! which format the link came from except through the link.
//!
//! To add one: a file with a `RULE` const, named like its id, and a line in [`RULES`]. Words only?
//! Then a line in `lexicon.rs`.

mod attack;
mod case;
mod features;
mod fingerprint;
mod judge;
mod lexicon;
mod stages;
mod started;
mod subject;

mod action_opens_document;
mod activated_object;
mod ambiguous_name;
mod auto_trigger;
mod benign_service;
mod command_obfuscation;
mod command_topic;
mod container_anomaly;
mod dangerous_scheme;
mod document_data;
mod download;
mod embedded_program;
mod enables_dde;
mod encoded_command;
mod evaluated_command;
mod executable_path;
mod fetching_function;
mod file_hyperlink;
mod filler_characters;
mod foreign_name;
mod hidden_sheet;
mod hidden_window;
mod html_object_link;
mod inert_text;
mod internal_reference;
mod interpreter;
mod intranet_content;
mod linked_program;
mod local_content;
mod locked_field;
mod low_confidence;
mod mhtml_exploit;
mod msdt_handler;
mod native_call;
mod numeric_host;
mod object_auto_update;
mod object_exclamation;
mod office_document;
mod office_peer;
mod ordinary_hyperlink;
mod package_link;
mod path_traversal;
mod powershell_features;
mod program_class;
mod program_hyperlink;
mod prompt_spoof;
mod query_file;
mod query_second_stage;
mod recalculate_on_load;
mod remote_address;
mod remote_content;
mod remote_database;
mod remote_document;
mod remote_merge;
mod remote_merge_dde;
mod remote_picture;
mod remote_query;
mod remote_reference;
mod remote_template;
mod remote_topic;
mod remote_workbook;
mod script_class;
mod script_moniker;
mod shell_dde;
mod shell_in_query;
mod started_program;
mod strict_mode;
mod system_tool;
mod test_program;
mod unc_leak;
mod unknown_feed;
mod unknown_service;
mod unreachable_part;
mod unresolved_service;

use case::Case;
use subject::Subject;

pub(crate) use judge::judge;

/// The version of the rules, for reports.
pub(crate) const VERSION: &str = "1";

/// How the weight of a rule enters the score: the highest base, plus all modifiers, clamped to 0
/// to 100, then no more than any cap, then no less than any floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What the link is worth by itself. The highest counts.
    Base,
    /// What makes it better or worse.
    Modifier,
    /// The most it can be worth.
    Cap,
    /// The least it is worth, whatever the caps say. In strict mode only.
    Floor,
}

/// One rule.
pub(crate) struct Rule {
    /// Permanent, in kebab case.
    pub(crate) id: &'static str,
    pub(crate) weight: i32,
    pub(crate) part: Part,
    /// The version of the crate that had it first.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "printed in docs/rules.md by a test")
    )]
    pub(crate) since: &'static str,
    /// What it means and why it has its weight.
    #[cfg_attr(
        not(any(test, feature = "export")),
        expect(dead_code, reason = "printed in docs/rules.md by a test")
    )]
    pub(crate) doc: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "run by a test"))]
    pub(crate) hits: &'static [Case],
    #[cfg_attr(not(test), expect(dead_code, reason = "run by a test"))]
    pub(crate) misses: &'static [Case],
    /// The evidence, if the rule fires.
    pub(crate) look: fn(&Subject<'_>) -> Option<String>,
}

/// Every rule: bases from the worst to the most harmless, then modifiers, then caps. Signals of a
/// finding stand in this order.
const RULES: &[&Rule] = &[
    // What a DDE link or an executing one would start.
    &interpreter::RULE,
    &system_tool::RULE,
    &native_call::RULE,
    &program_class::RULE,
    &embedded_program::RULE,
    &test_program::RULE,
    &executable_path::RULE,
    &command_topic::RULE,
    &remote_topic::RULE,
    &unresolved_service::RULE,
    &shell_dde::RULE,
    &started_program::RULE,
    &ambiguous_name::RULE,
    &remote_document::RULE,
    &office_peer::RULE,
    &unknown_service::RULE,
    &unknown_feed::RULE,
    &office_document::RULE,
    &benign_service::RULE,
    &action_opens_document::RULE,
    // Where an external link points to.
    &mhtml_exploit::RULE,
    &script_moniker::RULE,
    &msdt_handler::RULE,
    &html_object_link::RULE,
    &object_exclamation::RULE,
    &shell_in_query::RULE,
    &object_auto_update::RULE,
    &remote_template::RULE,
    &remote_content::RULE,
    &dangerous_scheme::RULE,
    &package_link::RULE,
    &linked_program::RULE,
    &program_hyperlink::RULE,
    &script_class::RULE,
    &remote_merge_dde::RULE,
    &remote_merge::RULE,
    &remote_database::RULE,
    &query_file::RULE,
    &remote_query::RULE,
    &intranet_content::RULE,
    &fetching_function::RULE,
    &remote_reference::RULE,
    &remote_workbook::RULE,
    &file_hyperlink::RULE,
    &remote_picture::RULE,
    &container_anomaly::RULE,
    &local_content::RULE,
    &ordinary_hyperlink::RULE,
    &internal_reference::RULE,
    // Modifiers.
    &path_traversal::RULE,
    &remote_address::RULE,
    &unc_leak::RULE,
    &download::RULE,
    &powershell_features::RULE,
    &encoded_command::RULE,
    &hidden_window::RULE,
    &numeric_host::RULE,
    &query_second_stage::RULE,
    &document_data::RULE,
    &enables_dde::RULE,
    &command_obfuscation::RULE,
    &prompt_spoof::RULE,
    &filler_characters::RULE,
    &evaluated_command::RULE,
    &auto_trigger::RULE,
    &activated_object::RULE,
    &hidden_sheet::RULE,
    &recalculate_on_load::RULE,
    &locked_field::RULE,
    &unreachable_part::RULE,
    // Caps.
    &low_confidence::RULE,
    &foreign_name::RULE,
    &inert_text::RULE,
    // Floors.
    &strict_mode::RULE,
];

/// The ids of all rules.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id)
}

/// What a rule means, for people.
#[cfg(feature = "export")]
pub(crate) fn meaning(id: &str) -> Option<&'static str> {
    let rule = RULES.iter().find(|rule| rule.id == id)?;
    Some(rule.doc)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::command::Pool;

    fn fires(rule: &Rule, case: &Case) -> bool {
        let link = case.link();
        let reading = link.readings.first();
        let pool = Pool::new(u64::MAX);
        (rule.look)(&Subject::new(&link, reading, &pool)).is_some()
    }

    #[test]
    fn every_rule_keeps_its_word() {
        for rule in RULES {
            assert!(
                !rule.hits.is_empty() && !rule.misses.is_empty(),
                "{}",
                rule.id
            );
            for case in rule.hits {
                assert!(fires(rule, case), "{} should fire on {case:?}", rule.id);
            }
            for case in rule.misses {
                assert!(
                    !fires(rule, case),
                    "{} should not fire on {case:?}",
                    rule.id
                );
            }
        }
    }

    #[test]
    fn ids_are_unique_and_name_their_file() {
        let ids: BTreeSet<_> = ids().collect();
        assert_eq!(ids.len(), RULES.len());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("pub(super) const RULE: Rule") && !path.ends_with("mod.rs") {
                let id = path
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('_', "-");
                assert!(
                    text.contains(&format!("id: \"{id}\"")),
                    "{}",
                    path.display()
                );
                found.insert(id);
            }
        }
        assert_eq!(
            found.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            ids
        );
    }

    /// `docs/rules.md` is written from the consts. Run with `DDETECT_UPDATE=1` to rewrite it.
    #[test]
    fn the_page_of_rules_is_fresh() {
        let mut page = String::from(
            "# Rules\n\nWritten from the source of the rules by a test; do not edit. The score of a finding is the\n\
             highest base that fired, plus every modifier, clamped to 0 to 100, then no more than any cap, then\n\
             no less than any floor.\n\
             80 and more is malicious, 50 to 79 suspicious, below has no effect on the verdict.\n",
        );
        for (part, title) in [
            (Part::Base, "Bases"),
            (Part::Modifier, "Modifiers"),
            (Part::Cap, "Caps"),
            (Part::Floor, "Floors (strict mode only)"),
        ] {
            write!(
                page,
                "\n## {title}\n\n| rule | weight | since | meaning |\n|---|---|---|---|\n"
            )
            .unwrap();
            for rule in RULES.iter().filter(|rule| rule.part == part) {
                let Rule {
                    id,
                    weight,
                    since,
                    doc,
                    ..
                } = rule;
                let doc = doc.replace('|', "\\|");
                writeln!(page, "| `{id}` | {weight} | {since} | {doc} |").unwrap();
            }
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
        if std::env::var_os("DDETECT_UPDATE").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            stored, page,
            "docs/rules.md is stale: run with DDETECT_UPDATE=1"
        );
    }
}
