//! The workbook, whatever its file format: what readers drive.
//!
//! # Malformed input
//!
//! Nothing here fails. References that lead nowhere leave the link reported as unused; a link that
//! is told twice under the same key counts once; what does not fit into memory is noted with its
//! place and becomes a gap.
//!
//! # Worst cases
//!
//! Time is linear in the texts. Memory is what mentions a link, paid as live bytes; a sheet without
//! links keeps nothing. Places that use one link are kept up to a thousand and counted beyond.

use std::collections::{BTreeMap, BTreeSet};

use super::connections::{Connection, Connections};
use super::evidence::{Evidence, Source};
use super::external::{Address, External, Item, Style, Target};
use super::resolve::{self, Relations};
use super::site::{Account, Place, Purse};
use crate::container::Shortfall;
use crate::format::ledger::Ledger;
use crate::formula::functions::Class;
use crate::gap::SkipReason;
use crate::limits::{Budget, Exhausted, Limit};

/// What a reader of a workbook gathered.
pub(crate) struct Book {
    pub(super) places: Vec<Place>,
    pub(super) external: External,
    /// Which links the N-th external reference means: N from 1, and the group of the links.
    pub(super) references: BTreeSet<(u32, usize)>,
    pub(super) connections: Connections,
    pub(super) evidence: Evidence,
    /// Places of which some text did not fit into memory.
    overflows: BTreeMap<usize, Exhausted>,
    /// Places of which something else is missing.
    shortfalls: BTreeMap<usize, Shortfall>,
    /// What was paid for all of the above.
    pub(super) account: Account,
    /// Everything is calculated when the workbook is opened.
    pub(crate) recalculates: bool,
    /// Links are updated without a question.
    pub(crate) updates: bool,
    /// A macro runs when the workbook is opened.
    pub(crate) auto_open: bool,
    /// Places with sheets of macros that are no places of their own.
    macro_sheets: BTreeSet<usize>,
}

impl Book {
    /// `is_program` says whether a lower-case program name without extension is one that is known
    /// to be abused: how sure a finding is depends on it, whether it is one does not.
    pub(crate) fn new(is_program: fn(&str) -> bool) -> Self {
        Book {
            places: Vec::new(),
            external: External::default(),
            references: BTreeSet::new(),
            connections: Connections::default(),
            evidence: Evidence::new(is_program),
            overflows: BTreeMap::new(),
            shortfalls: BTreeMap::new(),
            account: Account::default(),
            recalculates: false,
            updates: false,
            auto_open: false,
            macro_sheets: BTreeSet::new(),
        }
    }

    /// A place where formulas stand begins: a sheet, a part, a stream. Gives its number.
    pub(crate) fn open_place(&mut self, place: Place) -> usize {
        self.places.push(place);
        self.places.len().saturating_sub(1)
    }

    /// The place of this number, for what is known of it later.
    pub(crate) fn place_mut(&mut self, place: usize) -> Option<&mut Place> {
        self.places.get_mut(place)
    }

    /// Reads a formula, with or without its `=`.
    pub(crate) fn formula(
        &mut self,
        text: &str,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.read(Evidence::formula, text, source, budget)
    }

    /// Reads a text that is no formula: only the DDE reference that it would be if it were one.
    pub(crate) fn text(
        &mut self,
        text: &str,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.read(Evidence::text, text, source, budget)
    }

    /// Reads a text that is entered as if somebody typed it: it is a formula if it begins like one
    /// (`spec/excel.md` §5.1).
    pub(crate) fn typed(
        &mut self,
        text: &str,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.read(Evidence::typed, text, source, budget)
    }

    fn read(
        &mut self,
        read: fn(&mut Evidence, &str, &Source<'_>, &mut Purse<'_, '_>) -> Result<(), Exhausted>,
        text: &str,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let mut purse = purse(&mut self.account, budget);
        read(&mut self.evidence, text, source, &mut purse)?;
        self.note_short(source.part);
        Ok(())
    }

    /// A listed function that is known otherwise than from a formula.
    pub(crate) fn call(
        &mut self,
        (name, class): (&'static str, Class),
        target: &str,
        raw: &str,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) {
        let mut purse = purse(&mut self.account, budget);
        self.evidence
            .call(name, class, target, raw, source, &mut purse);
        self.note_short(source.part);
    }

    /// A link of the link table, at this byte of a place. Gives the group that
    /// [`Book::reference`] names; the items that follow are its own. The same byte again (a part
    /// that is read twice) is the same link.
    pub(crate) fn link(
        &mut self,
        place: usize,
        offset: u64,
        target: Target,
        budget: &Budget<'_>,
    ) -> Option<usize> {
        let is_program = self.evidence.is_program();
        let mut purse = purse(&mut self.account, budget);
        let group = self
            .external
            .open(place, offset, target, is_program, &mut purse);
        self.note_short(place);
        group
    }

    /// An item of the link that was opened last.
    pub(crate) fn item(&mut self, offset: u64, item: Item, budget: &Budget<'_>) {
        let mut purse = purse(&mut self.account, budget);
        self.external.item(offset, item, &mut purse);
        if let Some(place) = self.external.place() {
            self.note_short(place);
        }
    }

    /// What is to be said of the link that was opened last. What was said before of the same link
    /// (a part that is read twice) stands.
    pub(crate) fn style(&mut self, style: Style) {
        if let Some(link) = self.external.current() {
            link.style = style;
        }
    }

    /// Who says whether a lower-case program name without extension is known for abuse.
    pub(super) fn is_program(&self) -> fn(&str) -> bool {
        self.evidence.is_program()
    }

    /// The DDE link that was opened last says by its items that it is one of OLE. One that starts a
    /// program stays what it is: nothing hides behind a flag.
    pub(crate) fn becomes_ole(&mut self) {
        let is_program = self.evidence.is_program();
        self.external.becomes_ole(is_program);
    }

    /// Another address of the external workbook that was opened last.
    pub(crate) fn alternate(&mut self, address: Address, budget: &Budget<'_>) {
        let mut purse = purse(&mut self.account, budget);
        self.external.alternate(address, &mut purse);
        if let Some(place) = self.external.place() {
            self.note_short(place);
        }
    }

    /// The N-th external reference (from 1) means the links of this group.
    pub(crate) fn reference(&mut self, index: u32, group: usize) {
        self.references.insert((index, group));
    }

    /// The item of this number (from 1) of the N-th external reference is used here: token streams
    /// know numbers, not names.
    pub(crate) fn uses_nth(
        &mut self,
        index: u32,
        item: u32,
        source: &Source<'_>,
        budget: &Budget<'_>,
    ) {
        let mut purse = purse(&mut self.account, budget);
        self.evidence.uses_nth(index, item, source, &mut purse);
        self.note_short(source.part);
    }

    /// A data connection or query, at this byte of a place.
    pub(crate) fn connection(
        &mut self,
        place: usize,
        offset: u64,
        connection: Connection,
        budget: &Budget<'_>,
    ) {
        let mut purse = purse(&mut self.account, budget);
        self.connections.add(place, offset, connection, &mut purse);
        self.note_short(place);
    }

    /// One more text of the connection that was told last.
    pub(crate) fn more_of_connection(
        &mut self,
        name: &'static str,
        value: String,
        budget: &Budget<'_>,
    ) {
        let mut purse = purse(&mut self.account, budget);
        self.connections.attribute(name, value, &mut purse);
    }

    /// The connection that was told last.
    pub(super) fn open_connection(&mut self) -> Option<&mut Connection> {
        self.connections.current()
    }

    /// Something refreshes the connection of this id when the workbook is opened.
    pub(crate) fn refreshes(&mut self, connection: &str, budget: &Budget<'_>) {
        let mut purse = purse(&mut self.account, budget);
        self.connections.refresh(connection.to_owned(), &mut purse);
    }

    /// What follows belongs to no link or connection that was told before: another part begins.
    pub(super) fn close_open(&mut self) {
        self.external.close();
        self.connections.close();
    }

    /// A payment for what the reader itself keeps of the workbook until the end.
    pub(super) fn purse<'p, 'b>(&'p mut self, budget: &'p Budget<'b>) -> Purse<'p, 'b> {
        purse(&mut self.account, budget)
    }

    /// Something of `place` found no room: that is a gap, and the rest goes on.
    pub(super) fn note_short(&mut self, place: usize) {
        if std::mem::take(&mut self.account.short) {
            self.overflow(place, Exhausted::Limit(Limit::LiveBytes));
        }
    }

    /// A text of `place` was not read to its end.
    pub(super) fn overflow(&mut self, place: usize, cause: Exhausted) {
        self.overflows.entry(place).or_insert(cause);
    }

    /// A sheet of macros stands somewhere in `place`, whether or not anything else is said of it.
    pub(super) fn has_macro_sheet(&mut self, place: usize) {
        self.macro_sheets.insert(place);
    }

    /// Says which sheets of macros there are. Only what reaches out of them is a link.
    fn tell_macro_sheets(&self, ledger: &mut Ledger<'_>) {
        let mut last = None;
        for (number, place) in self.places.iter().enumerate() {
            // Sheets of one stream stand at one location.
            let told = last == Some(&place.location);
            if (place.macros || self.macro_sheets.contains(&number)) && !told {
                let location = place.location.clone().with_cell("macro sheet");
                ledger.skip(location, SkipReason::Macro);
                last = Some(&place.location);
            }
        }
    }

    /// Something of `place` is missing or was not understood: a gap.
    pub(crate) fn falls_short(&mut self, place: usize, shortfall: Shortfall) {
        self.shortfalls.entry(place).or_insert(shortfall);
    }

    /// `place` is nothing that was to be understood.
    pub(super) fn forgive(&mut self, place: usize) {
        self.shortfalls.remove(&place);
    }

    /// Turns everything gathered into links.
    pub(crate) fn settle(self, budget: &Budget<'_>, ledger: &mut Ledger<'_>) {
        self.settle_with(&mut resolve::NoRelations, budget, ledger);
    }

    /// As [`Book::settle`], where links go by relationships.
    /// Forgets what was gathered: it will be read again.
    pub(crate) fn discard(self, budget: &Budget<'_>) {
        budget.release_live(self.account.kept);
    }

    pub(super) fn settle_with(
        mut self,
        relations: &mut dyn Relations,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) {
        for (place, cause) in std::mem::take(&mut self.overflows) {
            if let Some(place) = self.places.get(place) {
                ledger.exhausted(cause, place.location.clone());
            }
        }
        for (place, shortfall) in std::mem::take(&mut self.shortfalls) {
            if let Some(place) = self.places.get(place) {
                // What ends the whole analysis ended it where it happened.
                ledger.shortfall(shortfall, &place.location).ok();
            }
        }
        self.tell_macro_sheets(ledger);
        let kept = self.account.kept;
        resolve::resolve(self, relations, ledger);
        budget.release_live(kept);
    }
}

fn purse<'p, 'b>(account: &'p mut Account, budget: &'p Budget<'b>) -> Purse<'p, 'b> {
    Purse { budget, account }
}
