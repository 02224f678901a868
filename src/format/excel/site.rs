//! Where things stand, and what memory they may take.

use std::collections::BTreeSet;

use crate::limits::Budget;
use crate::link::TechniqueId;
use crate::location::Location;

/// Characters kept of the name of a place. A name has at most 255 characters, a range fewer.
const LABEL: usize = 255;

/// Where formulas and links stand: a sheet, a part, a stream, a text.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) location: Location,
    /// What people call it beside its location: the file name of a part. Where it is empty, the
    /// labels of formulas stand alone.
    pub(crate) title: String,
    /// The sheet that it is.
    pub(crate) sheet: Option<Sheet>,
    /// Whether the program reads it.
    pub(crate) reachable: bool,
    /// A sheet of Excel 4 macros.
    pub(crate) macros: bool,
    /// What is odd about it and its encoding.
    pub(crate) techniques: BTreeSet<TechniqueId>,
}

impl Place {
    pub(crate) fn new(location: Location) -> Self {
        Place {
            location,
            title: String::new(),
            sheet: None,
            reachable: true,
            macros: false,
            techniques: BTreeSet::new(),
        }
    }
}

/// A sheet as the workbook names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) state: State,
}

/// Whether a sheet is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Visible,
    Hidden,
    VeryHidden,
}

/// What the structures around a text take in memory: measured, with the share of a tree that is
/// half full and what an allocation costs beside its bytes.
pub(super) mod cost {
    /// A find with its texts and the link that is made of it.
    pub(in crate::format::excel) const FIND: usize = 896;
    /// A use of an external link, and its place in the tables that tie it to its part.
    pub(in crate::format::excel) const USE: usize = 512;
    /// The name of a place.
    pub(in crate::format::excel) const SPOT: usize = 256;
    /// The number of a part.
    pub(in crate::format::excel) const PART: usize = 64;
    /// An external link.
    pub(in crate::format::excel) const LINK: usize = 1_024;
    /// An item of a link, a sheet, a reference, a connection's attribute.
    pub(in crate::format::excel) const ENTRY: usize = 256;
}

/// How much of the memory something may take: what is there in thousands must not leave what
/// starts a program without room, whichever is read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// It says nothing by itself: up to half of the memory.
    Junk,
    /// A link: up to three quarters.
    Link,
    /// A link that starts a program.
    Program,
}

/// What was paid for.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Live bytes, to be given back at the end.
    pub(super) kept: u64,
    /// Something did not fit.
    pub(super) short: bool,
}

/// A payment for what stays in memory until the links are resolved.
pub(super) struct Purse<'p, 'b> {
    pub(super) budget: &'p Budget<'b>,
    pub(super) account: &'p mut Account,
}

impl Purse<'_, '_> {
    /// Pays for `bytes`, those of the structure included; `false` when there is no room. That is
    /// noted, and the part goes on.
    pub(super) fn keep(&mut self, rank: Rank, bytes: usize) -> bool {
        let fits = self.fits(rank, bytes);
        self.account.short |= !fits;
        fits
    }

    /// As [`Purse::keep`], for what nobody misses.
    pub(super) fn fits(&mut self, rank: Rank, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let all = self.budget.limits().live_bytes;
        let reserve = match rank {
            Rank::Junk => all / 2,
            Rank::Link => all / 4,
            Rank::Program => 0,
        };
        let fits = self.budget.live_left() >= bytes.saturating_add(reserve)
            && self.budget.charge_live(bytes).is_ok();
        if fits {
            self.account.kept = self.account.kept.saturating_add(bytes);
        }
        fits
    }
}

/// Appends `text`, cut to what a name of a place may be long.
pub(super) fn push_cut(label: &mut String, text: &str) {
    if text.len() <= LABEL {
        label.push_str(text);
    } else {
        label.extend(text.chars().take(LABEL));
    }
}
