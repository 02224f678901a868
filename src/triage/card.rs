//! The card: one typed field for each of its items.

use super::Observed;
use crate::verdict::Verdict;

macro_rules! card {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct $name { $( $(#[$field_meta])* pub $field: $type, )* }
    )* };
}

macro_rules! names {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum $name { $(
            $(#[$variant_meta])*
            #[cfg_attr(feature = "serde", serde(rename = $text))]
            $variant,
        )* }

        impl $name {
            /// The name as it stands on the card.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $text, )* }
            }
        }
    )* };
}

names! {
    /// The answer to a question.
    Answer {
        /// It is so.
        Yes = "yes",
        /// It is not so.
        No = "no",
        /// The document cannot tell, and nobody else has said.
        Unknown = "unknown",
    }

    /// Who has to look at it next.
    Level {
        /// Nobody.
        Close = "close",
        /// An analyst of the first line.
        L1Review = "l1-review",
        /// The second line.
        EscalateT2 = "escalate-t2",
        /// The second line, and the computer is to be contained.
        Contain = "contain",
    }

    /// How a field of an event is compared.
    Match {
        /// It is one of the values, in any case.
        Equals = "equals",
        /// It ends with one of the values.
        EndsWith = "ends-with",
        /// It contains every value.
        ContainsAll = "contains-all",
        /// It contains one of the values.
        ContainsAny = "contains-any",
    }
}

card! {
    /// The document in one line.
    Subject {
        /// Its name.
        name: Option<String>,
        /// SHA-256, in hexadecimal.
        sha256: String,
        /// What it is, by content.
        format: String,
        /// The answer of the analysis.
        verdict: Verdict,
        /// The highest score of any finding that counts.
        score: u8,
        /// Whether everything was read.
        complete: bool,
    }

    /// One of the key indicators of the card.
    KeyIndicator {
        /// Permanent.
        id: &'static str,
        /// What it says.
        indicator: &'static str,
        /// Whether it is so.
        answer: Answer,
        /// Why, or what is needed to tell.
        because: String,
    }

    /// An address, a file or an entry of the registry that a link names.
    Ioc {
        /// What it is.
        kind: String,
        /// As it stands in the document.
        value: String,
        /// Safe to paste into a ticket.
        defanged: String,
        /// The fingerprint of the finding that names it.
        finding: String,
    }

    /// A question for the analysis.
    Question {
        /// Permanent.
        id: &'static str,
        /// The question.
        question: &'static str,
        /// Its answer.
        answer: Answer,
        /// Why, or what is needed to tell.
        because: String,
    }

    /// A program that would be started.
    Process {
        /// Its lower-case base name.
        image: String,
        /// What it would be given, as far as the document tells.
        arguments: Option<String>,
        /// The code that it would run, in clear.
        script: Option<String>,
        /// Words of its command line that do not change from run to run.
        terms: Vec<String>,
        /// What it would start itself.
        children: Vec<Process>,
    }

    /// A question that a program would ask the user.
    Prompt {
        /// Its words; the names in it are the document's.
        text: String,
        /// Who says so.
        source: &'static str,
    }

    /// What would happen if a link acted: predicted from the document, seen by nobody.
    Predicted {
        /// The id of the chain.
        id: String,
        /// The fingerprint of the finding.
        finding: String,
        /// Where the link stands; the first of several places.
        location: String,
        /// The programs that open such a document: one of them would be the parent.
        parents: Vec<&'static str>,
        /// The command line as the document asks for it.
        command_line: String,
        /// The program that would be started; none for a link that only fetches.
        process: Option<Process>,
        /// The questions that the user would be asked, in order.
        prompts: Vec<Prompt>,
        /// Addresses and computers that it would reach.
        network: Vec<String>,
        /// Files that it names.
        files: Vec<String>,
        /// Entries of the registry that it names: `key\name=data`, or a key.
        registry: Vec<String>,
        /// That the link is what the report says.
        confidence: String,
    }

    /// What must be so before a link acts.
    Needed {
        /// Permanent.
        id: String,
        /// The keys of the registry, user and policy; none where the user decides.
        keys: Vec<&'static str>,
        /// The name of the value.
        name: Option<&'static str>,
        /// The data with which the link acts.
        values: Vec<u32>,
        /// What is needed, in words.
        needs: String,
        /// How it is where nobody changed anything, and since when.
        by_default: String,
        /// Whether it is so on the computer.
        met: Answer,
        /// The fingerprints of the findings that need it.
        findings: Vec<String>,
    }

    /// What a field of an event must hold.
    Field {
        /// The field, as the log names it.
        name: &'static str,
        /// How it is compared.
        compare: Match,
        /// With what.
        values: Vec<String>,
    }

    /// What to look for in a log.
    Hunt {
        /// `sysmon` or `security`.
        log: &'static str,
        /// The number of the event.
        event: u16,
        /// What such an event would mean.
        purpose: &'static str,
        /// The id of the predicted chain; none for what is of the whole document.
        chain: Option<String>,
        /// All of them must hold.
        fields: Vec<Field>,
    }

    /// Who has to look at it next, and why.
    Escalation {
        /// Who.
        level: Level,
        /// Why.
        reasons: Vec<String>,
        /// What is not known and could change the level.
        unmet: Vec<String>,
    }

    /// Something to do.
    Action {
        /// Permanent.
        id: &'static str,
        /// In one sentence.
        text: String,
    }

    /// Where the document comes from. What it says of itself is not verified.
    Provenance {
        /// The program that wrote it.
        application: Option<String>,
        /// Who made it.
        author: Option<String>,
        /// When it was made.
        created: Option<String>,
        /// What kind of item a message is.
        class: Option<String>,
        /// Who sent it; from the context.
        sender: Option<super::SenderTrust>,
        /// `ZoneId` of the mark of the web; from the context.
        zone: Option<u8>,
        /// When it was first seen; from the context.
        first_seen: Option<String>,
        /// The containers around the worst finding, outermost first.
        containers: Vec<String>,
    }

    /// What the card was made from.
    Evidence {
        /// The schema of the report.
        schema: String,
        /// The program that wrote it.
        tool: String,
        /// Its version.
        version: String,
        /// The version of its rules.
        rules: String,
        /// What was not read and may hide a payload.
        gaps: Vec<String>,
        /// Findings that were judged but not kept.
        omitted: u64,
    }

    /// The card.
    Triage {
        /// The version of this contract: `ddetect-triage/1`.
        schema: &'static str,
        /// The document in one line.
        document: Subject,
        /// The key indicators.
        indicators: Vec<KeyIndicator>,
        /// Addresses, files and entries of the registry.
        iocs: Vec<Ioc>,
        /// The questions for the analysis.
        questions: Vec<Question>,
        /// What would happen: predicted, seen by nobody.
        predicted: Vec<Predicted>,
        /// What must be so before it happens.
        preconditions: Vec<Needed>,
        /// What to look for in logs.
        hunts: Vec<Hunt>,
        /// What was seen in logs; from the context alone.
        observed: Vec<Observed>,
        /// Who has to look at it next.
        escalation: Escalation,
        /// What the first line does next.
        next_steps: Vec<Action>,
        /// What the second line does.
        t2_actions: Vec<Action>,
        /// What stops it.
        containment: Vec<Action>,
        /// Where the document comes from.
        provenance: Provenance,
        /// What the card was made from.
        evidence: Evidence,
    }
}
