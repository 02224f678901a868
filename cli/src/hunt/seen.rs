//! The events that matched, by card.
//!
//! # Worst cases
//!
//! At most [`KEPT_OF_A_CARD`] events of a card are kept and [`KEPT`] in all; the rest is counted.
//! Words of a log longer than [`LONGEST`] are shortened.

use ddetect::triage::{MatchQuality, Observed, ObservedKind};

use crate::events::Said;

/// Events kept of one card.
const KEPT_OF_A_CARD: usize = 1_000;
/// Events kept in all.
const KEPT: usize = 50_000;
/// Characters kept of a field of a log.
const LONGEST: usize = 4_096;

/// What matched one card.
#[derive(Clone, Debug, Default)]
pub(super) struct OfCard {
    pub(super) events: Vec<Observed>,
    /// Matched, but not kept.
    pub(super) omitted: u64,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    cards: Vec<OfCard>,
    kept: usize,
}

impl Seen {
    pub(super) fn new(cards: usize) -> Self {
        Seen {
            cards: vec![OfCard::default(); cards],
            kept: 0,
        }
    }

    /// One event.
    pub(super) fn add(&mut self, card: usize, event: Observed) {
        let Some(of_card) = self.cards.get_mut(card) else {
            return;
        };
        if of_card.events.len() < KEPT_OF_A_CARD && self.kept < KEPT {
            of_card.events.push(event);
            self.kept += 1;
            return;
        }
        of_card.omitted = of_card.omitted.saturating_add(1);
        // What proves more takes the place of what proves least.
        let worst = of_card.events.iter_mut().min_by_key(|kept| kept.quality);
        if let Some(worst) = worst.filter(|worst| worst.quality < event.quality) {
            *worst = event;
        }
    }

    pub(super) fn cards(self) -> Vec<OfCard> {
        self.cards
    }
}

/// An event as cards have it.
pub(super) fn observed(
    kind: ObservedKind,
    said: &Said<'_>,
    chain: Option<&str>,
    quality: MatchQuality,
    detail: Option<&str>,
) -> Observed {
    let mut observed = Observed::new(kind, said.source, quality);
    observed.chain = chain.map(str::to_owned);
    observed.when = said.when.as_deref().map(short);
    observed.host = said.host.as_deref().map(short);
    observed.detail = detail.map(short);
    observed
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_more_is_kept_rather() {
        let mut seen = Seen::new(1);
        let event = |quality| Observed::new(ObservedKind::Process, "sysmon 1", quality);
        for _ in 0..KEPT_OF_A_CARD {
            seen.add(0, event(MatchQuality::Image));
        }
        seen.add(0, event(MatchQuality::Exact));
        seen.add(0, event(MatchQuality::Image));
        seen.add(7, event(MatchQuality::Exact));
        let cards = seen.cards();
        let card = cards.first().unwrap();
        assert_eq!((card.events.len(), card.omitted), (KEPT_OF_A_CARD, 2));
        let exact = card
            .events
            .iter()
            .filter(|event| event.quality == MatchQuality::Exact);
        assert_eq!(exact.count(), 1);
    }
}
