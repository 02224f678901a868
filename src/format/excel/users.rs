//! The places that use a link.

use super::evidence::Source;
use super::site::{Purse, Rank, cost};

/// Places kept of one link; the rest are counted. A person reads a few.
const PLACES: usize = 1_000;

/// A place that uses a link.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) label: String,
    pub(super) on_sheet: bool,
    /// Bytes that it takes, where places overlap.
    width: u64,
}

/// The places that use a link.
#[derive(Debug, Default)]
pub(super) struct Users {
    /// By part and byte, in order: a part that is read twice counts once. Most links have one
    /// place, so these are no trees.
    pub(super) spots: Vec<((usize, u64), Spot)>,
    pub(super) more: u64,
    pub(super) parts: Vec<usize>,
    pub(super) auto: bool,
}

impl Users {
    /// Notes a place. When memory is short it is counted only: places are for people.
    pub(super) fn add(&mut self, source: &Source<'_>, purse: &mut Purse<'_, '_>) {
        self.auto |= source.auto;
        let key = (source.part, source.offset);
        let found = self.spots.binary_search_by_key(&key, |(key, _)| *key);
        // The narrowest of places that overlap: a cell, not its line.
        let around = match found {
            Ok(place) => Some(place),
            Err(place) => place.checked_sub(1),
        };
        if let Some((key, spot)) = around.and_then(|around| self.spots.get_mut(around))
            && source.is_inside(*key, spot.width)
        {
            let more = source.label.len().saturating_sub(spot.label.len());
            if more == 0 || purse.fits(Rank::Junk, more) {
                *key = (source.part, source.offset);
                spot.width = source.width;
                spot.label = source.label.to_owned();
            }
            return;
        }
        let Err(place) = found else {
            return;
        };
        let bytes = source.label.len().saturating_add(cost::SPOT);
        if self.spots.len() < PLACES && purse.fits(Rank::Junk, bytes) {
            let spot = Spot {
                label: source.label.to_owned(),
                on_sheet: source.on_sheet,
                width: source.width,
            };
            self.spots.insert(place, (key, spot));
        } else if !source.salvage {
            self.more = self.more.saturating_add(1);
        }
        if let Err(place) = self.parts.binary_search(&source.part)
            && purse.fits(Rank::Junk, cost::PART)
        {
            self.parts.insert(place, source.part);
        }
    }
}
