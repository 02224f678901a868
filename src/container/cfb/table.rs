//! Tables of what follows a sector, and walks along them ([MS-CFB] 2.3, 2.4).
//!
//! # Malformed input
//!
//! A chain ends at its end mark, at any other mark, outside the table, and where it comes to a
//! sector for the second time. A [`Walk`] goes on behind a break, at the sector that follows in
//! the file: most writers put the sectors of a stream side by side.
//!
//! # Worst cases
//!
//! Circles are found once for a table, in time linear in it and with a byte an entry; a chain
//! then visits no sector twice, and holds two numbers.

/// Sector numbers from here on are marks: end of chain, free, FAT, DIFAT ([MS-CFB] 2.1).
pub(super) const MARKS: u32 = 0xffff_fffa;
/// The end of a chain.
pub(super) const END: u32 = 0xffff_fffe;

/// What follows each sector.
#[derive(Debug, Default)]
pub(super) struct Table {
    next: Vec<u32>,
    /// What a look for circles made of each entry; empty when there are none.
    seen: Vec<Seen>,
}

/// What a look for circles makes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Not,
    /// On the way that is walked now.
    Now,
    Before,
    /// It is a part of a circle.
    Circle,
}

impl Table {
    pub(super) fn new(next: Vec<u32>) -> Self {
        let seen = circles(&next);
        Table { next, seen }
    }

    /// How many sectors it speaks of.
    pub(super) fn len(&self) -> usize {
        self.next.len()
    }

    /// What follows a sector: a sector or a mark; `None` outside.
    pub(super) fn following(&self, sector: u32) -> Option<u32> {
        self.next.get(usize::try_from(sector).ok()?).copied()
    }

    /// The sectors that follow from `start`, each once.
    pub(super) fn chain(&self, start: u32) -> Chain<'_> {
        Chain {
            table: self,
            next: start,
            entered: None,
        }
    }

    /// The same, and on behind a break; in a file of `count` sectors.
    pub(super) fn walk(&self, start: u32, count: usize) -> Walk<'_> {
        Walk {
            chain: self.chain(start),
            count,
            left: count,
            behind: Some(start),
            guessed: false,
        }
    }

    fn is_in_circle(&self, sector: u32) -> bool {
        let at = usize::try_from(sector).ok();
        at.and_then(|at| self.seen.get(at)) == Some(&Seen::Circle)
    }
}

/// Odd numbers that say nothing of a short table.
const FEW: usize = 4;

/// Whether numbers are the part of a table with `capacity` entries. Of bytes that are none, many
/// lead outside, and many are 0, which only one entry of a table can be.
pub(super) fn is_table(numbers: &[u32], capacity: usize) -> bool {
    let outside = |next: &&u32| {
        let inside = usize::try_from(**next).is_ok_and(|next| next < capacity);
        **next < MARKS && !(inside && **next != 0)
    };
    let odd = numbers.iter().filter(outside).count();
    odd <= (numbers.len() / 4).max(FEW)
}

/// Looks for circles: from each entry on as far as nothing was seen before.
fn circles(next: &[u32]) -> Vec<Seen> {
    let mut seen = vec![Seen::Not; next.len()];
    let mut any = false;
    let step = |at: usize| next.get(at).and_then(|to| usize::try_from(*to).ok());
    for start in 0..next.len() {
        let mut at = Some(start);
        while let Some(slot) = at.and_then(|at| seen.get_mut(at))
            && *slot == Seen::Not
        {
            *slot = Seen::Now;
            at = at.and_then(step);
        }
        // Where this walk comes to its own way, it closes a circle.
        while let Some(slot) = at.and_then(|at| seen.get_mut(at))
            && *slot == Seen::Now
        {
            *slot = Seen::Circle;
            any = true;
            at = at.and_then(step);
        }
        let mut at = Some(start);
        while let Some(slot) = at.and_then(|at| seen.get_mut(at))
            && *slot == Seen::Now
        {
            *slot = Seen::Before;
            at = at.and_then(step);
        }
    }
    if any { seen } else { Vec::new() }
}

/// The sectors of a chain.
pub(super) struct Chain<'t> {
    table: &'t Table,
    next: u32,
    /// Where it came into a circle.
    entered: Option<u32>,
}

impl Chain<'_> {
    /// Whether it came to the mark of an end, and not out of the file or into a circle.
    pub(super) fn is_closed(&self) -> bool {
        self.next == END
    }
}

impl Iterator for Chain<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let current = self.next;
        if current >= MARKS || self.entered == Some(current) {
            return None;
        }
        let following = self.table.following(current)?;
        if self.entered.is_none() && self.table.is_in_circle(current) {
            self.entered = Some(current);
        }
        self.next = following;
        Some(current)
    }
}

/// The sectors of a chain, and on where it is broken. No more than the file has.
pub(super) struct Walk<'t> {
    chain: Chain<'t>,
    count: usize,
    left: usize,
    /// Where it goes on behind a break.
    behind: Option<u32>,
    guessed: bool,
}

impl Walk<'_> {
    /// Whether the next sector would be a guess.
    pub(super) fn is_broken(&self) -> bool {
        let mut chain = Chain {
            table: self.chain.table,
            ..self.chain
        };
        chain.next().is_none()
    }

    /// Whether a sector was guessed.
    pub(super) fn guessed(&self) -> bool {
        self.guessed
    }
}

impl Iterator for Walk<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let sector = match self.chain.next() {
            Some(sector) => sector,
            None => {
                let sector = self.behind?;
                if usize::try_from(sector).map_or(true, |sector| sector >= self.count) {
                    return None;
                }
                self.guessed = true;
                let table = self.chain.table;
                self.chain = table.chain(table.following(sector).unwrap_or(u32::MAX));
                sector
            }
        };
        self.behind = sector.checked_add(1);
        Some(sector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(next: &[u32], start: u32) -> Vec<u32> {
        Table::new(next.to_vec()).chain(start).collect()
    }

    #[test]
    fn a_chain_ends_at_its_mark_outside_the_table_and_in_a_circle() {
        assert_eq!(chain(&[2, 9, END], 0), [0, 2]);
        assert_eq!(chain(&[1, 9], 0), [0, 1]);
        assert!(chain(&[0], 5).is_empty());
        assert_eq!(chain(&[0], 0), [0]);
        assert_eq!(chain(&[1, 2, 1], 0), [0, 1, 2]);
        // Two ways into one circle, and one from inside.
        let next = [1, 2, 3, 1, 2, END];
        assert_eq!(chain(&next, 4), [4, 2, 3, 1]);
        assert_eq!(chain(&next, 0), [0, 1, 2, 3]);
        assert_eq!(chain(&next, 3), [3, 1, 2]);
        assert_eq!(chain(&next, 5), [5]);
        for circle in 1..200u32 {
            let mut next: Vec<u32> = (1..=circle).collect();
            next[circle as usize - 1] = circle / 2;
            let all: Vec<u32> = (0..circle).collect();
            assert_eq!(chain(&next, 0), all);
        }
    }

    #[test]
    fn a_walk_goes_on_behind_a_break() {
        let walk = |next: &[u32], start: u32, count: usize| {
            let table = Table::new(next.to_vec());
            let mut walk = table.walk(start, count);
            let sectors: Vec<u32> = walk.by_ref().collect();
            (sectors, walk.guessed())
        };
        assert_eq!(walk(&[1, END, END], 0, 2), (vec![0, 1], false));
        assert_eq!(walk(&[0, 2, END], 0, 3), (vec![0, 1, 2], true));
        assert_eq!(walk(&[99, 3, END, 2], 0, 4), (vec![0, 1, 3, 2], true));
        assert_eq!(walk(&[], 1, 4), (vec![1, 2, 3], true));
        assert_eq!(walk(&[], END, 4), (vec![], false));
        assert_eq!(walk(&[1, 0], 0, 2), (vec![0, 1], false));
        // No more than there are, whatever the table says.
        assert_eq!(walk(&[1, 0, 1], 0, 3).0.len(), 3);
    }
}
