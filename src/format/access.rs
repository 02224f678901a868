//! Access databases: searched for the functions that talk to other programs, for commands and for
//! connections (`spec/excel.md` §8.2). Tables, macros and modules are not read, which is a gap.
//!
//! # Malformed input
//!
//! Any bytes behind the signature will do. Jet stores text in UTF-16, or with every second byte
//! left out: both are looked for.
//!
//! # Worst cases
//!
//! One pass over the bytes, which are charged.

use super::Outcome;
use super::ledger::Ledger;
use super::strings::Search;
use crate::gap::GapKind;
use crate::limits::Budget;
use crate::location::Location;

/// Searches a database.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut search = Search::new(true, budget, ledger);
    let ended = search.bytes(data, location.clone());
    let names: Vec<&str> = search.mentions.iter().copied().collect();
    search.close();
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    let mut detail = "Access database: searched for DDE, commands and connections only".to_owned();
    if !names.is_empty() {
        detail.push_str("; it names ");
        detail.push_str(&names.join(", "));
    }
    ledger.gap(GapKind::Unsupported, location.clone(), detail);
    Outcome::from(ended)
}
