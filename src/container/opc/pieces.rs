//! Parts in interleaved pieces: `name/[0].piece`, …, `name/[n].last.piece` (`spec/word.md` §1.6).
//!
//! # Malformed input
//!
//! Pieces join from number 0 on as far as the numbers go, whatever order the directory has, with
//! or without a last one. A piece that does not fit stays a member of its own. Of two pieces with
//! one number the first joins.

use std::collections::BTreeMap;

use super::super::held::Held;
use super::super::{Coding, Member, Source};
use crate::limits::Budget;
use crate::link::TechniqueId;

/// Joins the pieces of parts; the part stands where its first piece stood.
///
/// Pays for what it holds meanwhile; where the budget does not reach, the pieces stay by themselves,
/// and so are told as pieces that do not join.
pub(crate) fn join(members: Vec<Member>, budget: &Budget<'_>) -> Vec<Member> {
    /// What a piece costs in the maps and in the copy of the members, besides its name.
    const PIECE: usize = 768;
    let mut held = Held::new(budget);
    let mut parts: BTreeMap<String, BTreeMap<u32, usize>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        if let Some((part, number)) = piece(&member.name) {
            let names = member.name.len().saturating_mul(2);
            if held.pay_bytes(names.saturating_add(PIECE)).is_err() {
                return members;
            }
            let pieces = parts.entry(part.to_ascii_lowercase()).or_default();
            pieces.entry(number).or_insert(index);
        }
    }
    if parts.is_empty() {
        return members;
    }
    // The part that each joined piece belongs to, and the first piece of each part.
    let mut joined = BTreeMap::new();
    for pieces in parts.into_values() {
        let run = (0..)
            .zip(&pieces)
            .take_while(|(at, (number, _))| at == *number);
        let run: Vec<usize> = run.map(|(_, (_, index))| *index).collect();
        if let Some(&first) = run.first() {
            joined.extend(run.iter().map(|index| (*index, None)));
            joined.insert(first, Some(run));
        }
    }
    let mut wholes: BTreeMap<usize, Member> = joined
        .iter()
        .filter_map(|(index, run)| {
            let run = run.as_ref()?;
            let pieces: Vec<&Member> = run.iter().filter_map(|i| members.get(*i)).collect();
            Some((*index, whole(&pieces, members.get(*index)?)))
        })
        .collect();
    let members = members.into_iter().enumerate();
    members
        .filter_map(|(index, member)| match joined.get(&index) {
            None => Some(member),
            Some(_) => wholes.remove(&index),
        })
        .collect()
}

/// Whether a member is a piece by its name.
pub(crate) fn is_piece(name: &str) -> bool {
    piece(name).is_some()
}

fn whole(pieces: &[&Member], first: &Member) -> Member {
    let mut techniques = vec![TechniqueId::InterleavedPieces];
    techniques.extend(pieces.iter().flat_map(|piece| &piece.techniques));
    techniques.sort();
    techniques.dedup();
    let name = piece(&first.name).map_or(first.name.as_str(), |(part, _)| part);
    Member {
        name: name.to_owned(),
        source: Source {
            range: first.source.range.clone(),
            coding: Coding::Pieces(pieces.iter().map(|piece| piece.source.clone()).collect()),
            checksums: None,
        },
        techniques,
    }
}

/// The part and the number of a piece, by its name.
fn piece(name: &str) -> Option<(&str, u32)> {
    let slash = name.rfind(['/', '\\'])?;
    let (part, last) = name.split_at_checked(slash)?;
    let last = last.get(1..)?.to_ascii_lowercase();
    let number = last.strip_prefix('[')?.strip_suffix(".piece")?;
    let number = number.strip_suffix(".last").unwrap_or(number);
    let number = number.strip_suffix(']')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((part, number.parse().ok().filter(|_| digits)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn member(name: &str) -> Member {
        Member {
            name: name.to_owned(),
            source: Source {
                range: 0..name.len(),
                coding: Coding::Stored,
                checksums: None,
            },
            techniques: Vec::new(),
        }
    }

    fn names(names: &[&str]) -> Vec<(String, usize)> {
        let members = names.iter().map(|name| member(name)).collect();
        let pieces = |member: &Member| {
            if let Coding::Pieces(pieces) = &member.source.coding {
                pieces.len()
            } else {
                0
            }
        };
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let joined = join(members, &budget);
        assert_eq!(budget.live_left(), limits.live_bytes);
        joined
            .iter()
            .map(|member| (member.name.clone(), pieces(member)))
            .collect()
    }

    #[test]
    fn pieces_become_the_part() {
        let all = [
            "a.xml",
            "word/document.xml/[1].last.piece",
            "WORD/document.xml/[0].Piece",
            "b.xml/[0].piece",
        ];
        assert_eq!(
            names(&all),
            [
                ("a.xml".to_owned(), 0),
                ("WORD/document.xml".to_owned(), 2),
                ("b.xml".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn what_does_not_fit_stays_by_itself() {
        let all = [
            "a/[0].piece",
            "a/[0].last.piece",
            "a/[2].piece",
            "b/[1].piece",
            "c/[x].piece",
            "c/[].piece",
            "c/[+1].piece",
            "[0].piece",
        ];
        let kept: Vec<String> = names(&all).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            kept,
            [
                "a",
                "a/[0].last.piece",
                "a/[2].piece",
                "b/[1].piece",
                "c/[x].piece",
                "c/[].piece",
                "c/[+1].piece",
                "[0].piece"
            ]
        );
    }
}
