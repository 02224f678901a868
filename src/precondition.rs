//! What must be so before a link acts: settings of Office, questions that the user says yes to.
//!
//! They change neither score nor verdict (analyst specification, section 1; Word specification,
//! section 7; spreadsheet specification, section 11): whether a setting stands at its default on
//! the computer where the document is opened, nobody can tell from the document.

use crate::link::{Carrier, Kind, Link, TechniqueId, Trigger, kebab_enum};

kebab_enum! {
    /// What must be so before a link acts.
    PreconditionId {
        /// Word may talk to DDE servers, or start them.
        AllowDde = "allow-dde",
        /// The user clicks on it.
        Click = "click",
        /// The user enables the content of the document.
        EnableContent = "enable-content",
        /// The user enables macros.
        EnableMacros = "enable-macros",
        /// Excel may start DDE servers.
        ExcelServerLaunch = "excel-server-launch",
        /// Excel may look for DDE servers that run.
        ExcelServerLookup = "excel-server-lookup",
        /// The user lets the document fetch its data.
        PromptOpenData = "prompt-open-data",
        /// The user lets the program run.
        PromptRunProgram = "prompt-run-program",
        /// The user lets the program start another one.
        PromptStartApplication = "prompt-start-application",
        /// The user lets the document update its links.
        PromptUpdateLinks = "prompt-update-links",
        /// The document has left Protected View.
        ProtectedView = "protected-view",
        /// The server runs already.
        ServerRuns = "server-runs",
        /// The field is unlocked.
        Unlock = "unlock",
        /// Fields or links are updated.
        Update = "update",
        /// Links are updated at open.
        UpdateLinksAtOpen = "update-links-at-open",
    }
}

/// One thing that must be so before a link acts. None of them lowers a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Precondition {
    /// Which.
    pub id: PreconditionId,
    /// What is needed: a value of the registry, or what the user does.
    pub needs: &'static str,
    /// How it is where nobody changed anything, and since when.
    pub default: &'static str,
}

const fn of(id: PreconditionId, needs: &'static str, default: &'static str) -> Precondition {
    Precondition { id, needs, default }
}

const ALLOW_DDE: Precondition = of(
    PreconditionId::AllowDde,
    "HKCU\\Software\\Microsoft\\Office\\<version>\\Word\\Security, AllowDDE = 2, or 1 if the server runs already \
     (policy: HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Word\\Security, AllowDDE)",
    "0, DDE is off, since ADV170021 (12 December 2017); on without that update",
);
const CLICK: Precondition = of(
    PreconditionId::Click,
    "a click on it, or the pointer over it where it says so",
    "the user decides",
);
const ENABLE_CONTENT: Precondition = of(
    PreconditionId::EnableContent,
    "\"Enable Content\" in the bar that says that external data connections have been disabled",
    "asked, unless the document lies in a trusted place or was trusted before",
);
const ENABLE_MACROS: Precondition = of(
    PreconditionId::EnableMacros,
    "\"Enable Content\" for macros, and Excel 4 macros that are not switched off",
    "asked; Excel 4 macros are off since January 2022 in current versions",
);
const EXCEL_LAUNCH: Precondition = of(
    PreconditionId::ExcelServerLaunch,
    "HKCU\\Software\\Microsoft\\Office\\<version>\\Excel\\Security, DisableDDEServerLaunch = 0 (policy: \
     HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Excel\\Security\\External Content, DisableDDEServerLaunch)",
    "0, allowed, since ADV170021 made the value (9 January 2018); off in current subscription versions",
);
const EXCEL_LOOKUP: Precondition = of(
    PreconditionId::ExcelServerLookup,
    "HKCU\\Software\\Microsoft\\Office\\<version>\\Excel\\Security, DisableDDEServerLookup = 0 (policy: \
     HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Excel\\Security\\External Content, DisableDDEServerLookup)",
    "0, allowed, since ADV170021 made the value (9 January 2018)",
);
const PROMPT_OPEN_DATA: Precondition = of(
    PreconditionId::PromptOpenData,
    "Yes to \"Opening this document will run the following SQL command\"",
    "asked, unless SQLSecurityCheck is 0",
);
const PROMPT_RUN_PROGRAM: Precondition = of(
    PreconditionId::PromptRunProgram,
    "Yes to the question whether to run the program or open the file",
    "asked; some kinds of files are refused",
);
const PROMPT_START: Precondition = of(
    PreconditionId::PromptStartApplication,
    "Yes to \"The remote data is not accessible. Do you want to start the application?\"; the name in it is the \
     document's",
    "asked, unless the server runs already",
);
const PROMPT_UPDATE_WORD: Precondition = of(
    PreconditionId::PromptUpdateLinks,
    "Yes to \"This document contains links that may refer to other files. Do you want to update?\"",
    "asked",
);
const PROMPT_UPDATE_EXCEL: Precondition = of(
    PreconditionId::PromptUpdateLinks,
    "\"Enable Content\" or Yes where it says that automatic update of links has been disabled",
    "asked, unless the document lies in a trusted place or was trusted before",
);
const PROMPT_UPDATE_ODF: Precondition = of(
    PreconditionId::PromptUpdateLinks,
    "Yes to the question whether to update links",
    "asked",
);
const PROTECTED_VIEW: Precondition = of(
    PreconditionId::ProtectedView,
    "\"Enable Editing\", or a document without the mark of the web",
    "documents from mail and the Internet open in Protected View, since Office 2010",
);
const SERVER_RUNS: Precondition = of(
    PreconditionId::ServerRuns,
    "the server runs already, or a version of OpenOffice or LibreOffice that starts it (up to about 4)",
    "current versions of LibreOffice start no server",
);
const UNLOCK: Precondition = of(
    PreconditionId::Unlock,
    "the field is unlocked (Ctrl+Shift+F11)",
    "locked in this document",
);
const UPDATE: Precondition = of(
    PreconditionId::Update,
    "an update of fields or links (F9, printing, the question at open)",
    "the user decides",
);
const UPDATE_WORD: Precondition = of(
    PreconditionId::UpdateLinksAtOpen,
    "HKCU\\Software\\Microsoft\\Office\\<version>\\Word\\Options, DontUpdateLinks = 0 (in mail: \
     …\\Word\\Options\\WordMail, DontUpdateLinks)",
    "0, updated at open; advisory 4053440 (8 November 2017) tells how to set 1",
);
const UPDATE_EXCEL: Precondition = of(
    PreconditionId::UpdateLinksAtOpen,
    "HKCU\\Software\\Microsoft\\Office\\<version>\\Excel\\Options, DontUpdateLinks = 0 and DDEAllowed = 1",
    "updated at open; advisory 4053440 (8 November 2017) tells how to switch it off",
);

/// Which program a carrier belongs to, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    Word,
    Excel,
    OpenDocument,
    Any,
}

fn host(carrier: Carrier) -> Host {
    match carrier {
        Carrier::DatabaseField
        | Carrier::Field
        | Carrier::Frame
        | Carrier::IncludeText
        | Carrier::LinkField
        | Carrier::MacroButton
        | Carrier::MailMerge
        | Carrier::RdField => Host::Word,
        Carrier::Connection
        | Carrier::DdeLinkPart
        | Carrier::ExternalWorkbook
        | Carrier::Formula
        | Carrier::Function
        | Carrier::Name
        | Carrier::Supbook
        | Carrier::WebQuery
        | Carrier::Xlm => Host::Excel,
        Carrier::DdeDeclaration => Host::OpenDocument,
        Carrier::Action
        | Carrier::AltChunk
        | Carrier::AttachmentReference
        | Carrier::Container
        | Carrier::Hyperlink
        | Carrier::IncludePicture
        | Carrier::OleLink
        | Carrier::OlePackage
        | Carrier::Ole1Link
        | Carrier::RemoteTemplate
        | Carrier::SubDocument => Host::Any,
    }
}

/// What must be so before a link acts, in the order in which it matters.
pub(crate) fn preconditions(link: &Link) -> Vec<Precondition> {
    let (kind, carrier, host) = (link.kind, link.carrier, host(link.carrier));
    // Nothing makes these act.
    if matches!(kind, Kind::Anomaly | Kind::Inert) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let is_hyperlink = carrier == Carrier::Hyperlink;
    // Query files do not open in Protected View.
    if !is_hyperlink && host != Host::OpenDocument && !link.has(TechniqueId::QueryFile) {
        all.push(PROTECTED_VIEW);
    }
    let dde = matches!(kind, Kind::Dde | Kind::DdeAuto);
    match (dde, host) {
        // ADV170021 touches the fields DDE and DDEAUTO alone.
        (true, Host::Word) if carrier == Carrier::Field => all.push(ALLOW_DDE),
        (true, Host::Excel) => all.extend([EXCEL_LAUNCH, EXCEL_LOOKUP]),
        _ => {}
    }
    if carrier == Carrier::Xlm {
        all.push(ENABLE_MACROS);
    }
    if link.has(TechniqueId::Locked) {
        all.push(UNLOCK);
    }
    // What the program loads of itself at open, without a question.
    let silent = [
        Carrier::AltChunk,
        Carrier::Frame,
        Carrier::IncludePicture,
        Carrier::RemoteTemplate,
        Carrier::SubDocument,
    ];
    match (link.trigger, host) {
        (Trigger::Click, _) => all.push(CLICK),
        (Trigger::Update, _) => all.push(UPDATE),
        (Trigger::Open | Trigger::None, _) if silent.contains(&carrier) || is_hyperlink => {}
        (Trigger::Open, _) if matches!(carrier, Carrier::MailMerge | Carrier::DatabaseField) => {
            all.push(PROMPT_OPEN_DATA);
        }
        (Trigger::Open, _) if matches!(carrier, Carrier::Connection | Carrier::WebQuery) => {
            all.push(ENABLE_CONTENT);
        }
        (Trigger::Open, Host::Excel) if carrier != Carrier::Xlm => {
            all.extend([UPDATE_EXCEL, PROMPT_UPDATE_EXCEL]);
        }
        (Trigger::Open, Host::OpenDocument) => all.push(PROMPT_UPDATE_ODF),
        (Trigger::Open, _) if kind != Kind::Execute && carrier != Carrier::Xlm => {
            all.extend([UPDATE_WORD, PROMPT_UPDATE_WORD]);
        }
        _ => {}
    }
    if dde && host == Host::OpenDocument {
        all.push(SERVER_RUNS);
    } else if dde {
        all.push(PROMPT_START);
    } else if kind == Kind::Execute && carrier != Carrier::Xlm {
        all.push(PROMPT_RUN_PROGRAM);
    }
    all
}

/// Ids and texts of the preconditions that a value of the registry decides, for the tests of those who
/// name the values themselves.
#[cfg(test)]
pub(crate) fn texts() -> [(&'static str, &'static str); 5] {
    [
        ALLOW_DDE,
        EXCEL_LAUNCH,
        EXCEL_LOOKUP,
        UPDATE_WORD,
        UPDATE_EXCEL,
    ]
    .map(|one| (one.id.as_str(), one.needs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    fn ids(
        kind: Kind,
        carrier: Carrier,
        trigger: Trigger,
        shown: &[TechniqueId],
    ) -> Vec<&'static str> {
        let mut link = Link::new(kind, carrier, Location::root(None), "");
        link.trigger = trigger;
        for id in shown {
            link.add_technique(*id);
        }
        let all = preconditions(&link);
        all.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn by_kind_carrier_and_trigger() {
        use Trigger::{Click, Open, Update};
        for (kind, carrier, trigger, wanted) in [
            (
                Kind::DdeAuto,
                Carrier::Field,
                Open,
                "protected-view allow-dde update-links-at-open prompt-update-links prompt-start-application",
            ),
            (
                Kind::Dde,
                Carrier::Field,
                Update,
                "protected-view allow-dde update prompt-start-application",
            ),
            (
                Kind::Dde,
                Carrier::LinkField,
                Update,
                "protected-view update prompt-start-application",
            ),
            (
                Kind::DdeAuto,
                Carrier::DdeLinkPart,
                Open,
                "protected-view excel-server-launch excel-server-lookup update-links-at-open prompt-update-links \
                 prompt-start-application",
            ),
            (
                Kind::Dde,
                Carrier::Xlm,
                Open,
                "protected-view excel-server-launch excel-server-lookup enable-macros prompt-start-application",
            ),
            (
                Kind::DdeAuto,
                Carrier::DdeDeclaration,
                Open,
                "prompt-update-links server-runs",
            ),
            (
                Kind::Execute,
                Carrier::Action,
                Click,
                "protected-view click prompt-run-program",
            ),
            (
                Kind::Execute,
                Carrier::Xlm,
                Open,
                "protected-view enable-macros",
            ),
            (
                Kind::ExternalLink,
                Carrier::RemoteTemplate,
                Open,
                "protected-view",
            ),
            (Kind::ExternalLink, Carrier::Hyperlink, Click, "click"),
            (
                Kind::ExternalLink,
                Carrier::Connection,
                Open,
                "protected-view enable-content",
            ),
            (
                Kind::ExternalLink,
                Carrier::MailMerge,
                Open,
                "protected-view prompt-open-data",
            ),
            (
                Kind::ExternalLink,
                Carrier::OleLink,
                Open,
                "protected-view update-links-at-open prompt-update-links",
            ),
            (Kind::Inert, Carrier::Formula, Open, ""),
            (Kind::Anomaly, Carrier::Container, Trigger::None, ""),
        ] {
            let wanted: Vec<_> = wanted.split_whitespace().collect();
            assert_eq!(
                ids(kind, carrier, trigger, &[]),
                wanted,
                "{kind:?} {carrier:?}"
            );
        }
    }

    #[test]
    fn what_the_document_itself_says() {
        let locked = ids(
            Kind::Dde,
            Carrier::Field,
            Trigger::Update,
            &[TechniqueId::Locked],
        );
        assert!(locked.contains(&"unlock"));
        let query = ids(
            Kind::ExternalLink,
            Carrier::WebQuery,
            Trigger::Open,
            &[TechniqueId::QueryFile],
        );
        assert_eq!(query, ["enable-content"]);
    }

    #[test]
    fn each_stands_once_for_any_link() {
        for carrier in Carrier::ALL {
            for kind in [Kind::Dde, Kind::DdeAuto, Kind::Execute, Kind::ExternalLink] {
                for trigger in [
                    Trigger::None,
                    Trigger::Click,
                    Trigger::Update,
                    Trigger::Open,
                ] {
                    let all = ids(kind, *carrier, trigger, &[TechniqueId::Locked]);
                    let mut once = all.clone();
                    once.sort_unstable();
                    once.dedup();
                    assert_eq!(once.len(), all.len(), "{kind:?} {carrier:?} {trigger:?}");
                }
            }
        }
    }
}
