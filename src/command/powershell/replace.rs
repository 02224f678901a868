//! `-replace`, `-split` and the methods of the same name, where the pattern is plain: letters,
//! escapes, sets of letters, alternatives (`about_Comparison_Operators`, `about_Split`).

use crate::command::unfold::Fuel;

/// A pattern: alternatives, each a row of sets.
pub(super) struct Pattern {
    alternatives: Vec<Vec<Vec<char>>>,
    either_case: bool,
}

impl Pattern {
    /// One text, as it stands.
    pub(super) fn plain(text: &str) -> Pattern {
        Pattern {
            alternatives: vec![text.chars().map(|c| vec![c]).collect()],
            either_case: false,
        }
    }

    /// Any of some letters.
    pub(super) fn any_of(letters: Vec<char>) -> Pattern {
        Pattern {
            alternatives: vec![vec![letters]],
            either_case: false,
        }
    }

    /// A regular expression, if it is one of the plain ones.
    pub(super) fn regex(text: &str, either_case: bool) -> Option<Pattern> {
        let mut alternatives = vec![Vec::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let set = match c {
                '\\' => vec![escape(chars.next()?)?],
                '[' => {
                    let mut set = Vec::new();
                    loop {
                        match chars.next()? {
                            ']' if !set.is_empty() => break,
                            '\\' => set.push(escape(chars.next()?)?),
                            '^' | '-' if set.is_empty() => return None,
                            '-' => return None,
                            c => set.push(c),
                        }
                    }
                    set
                }
                '|' => {
                    alternatives.push(Vec::new());
                    continue;
                }
                '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '{' => return None,
                c => vec![c],
            };
            alternatives.last_mut()?.push(set);
        }
        let empty = alternatives.iter().any(Vec::is_empty);
        (!empty).then_some(Pattern {
            alternatives,
            either_case,
        })
    }

    fn matches(&self, text: &str) -> Option<usize> {
        self.alternatives.iter().find_map(|row| {
            let mut chars = text.chars();
            for set in row {
                let found = chars.next()?;
                let same = |wanted: &char| {
                    *wanted == found
                        || self.either_case && wanted.to_lowercase().eq(found.to_lowercase())
                };
                if !set.iter().any(same) {
                    return None;
                }
            }
            text.len()
                .checked_sub(chars.as_str().len())
                .filter(|length| *length > 0)
        })
    }

    fn size(&self) -> usize {
        let sets = self.alternatives.iter().flatten();
        sets.map(Vec::len).fold(1, usize::saturating_add)
    }

    /// The pieces between the matches.
    pub(super) fn split(&self, text: &str, fuel: &mut Fuel<'_>) -> Option<Vec<String>> {
        // Each letter is compared with the first set of each alternative, and rarely with more.
        let worst = text.len().saturating_add(self.size());
        if !fuel.pay(worst.saturating_mul(2)) {
            return None;
        }
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            // A row of the same letters is compared again and again.
            if self.size() > 64 && !fuel.pay(self.size()) {
                return None;
            }
            match self.matches(rest) {
                Some(length) => {
                    pieces.push(std::mem::take(&mut piece));
                    rest = rest.get(length..)?;
                }
                None => {
                    piece.push(c);
                    rest = rest.get(c.len_utf8()..)?;
                }
            }
        }
        pieces.push(piece);
        Some(pieces)
    }

    /// The text with each match replaced.
    pub(super) fn replace(&self, text: &str, with: &str, fuel: &mut Fuel<'_>) -> Option<String> {
        let pieces = self.split(text, fuel)?;
        let added = pieces.len().saturating_sub(1).saturating_mul(with.len());
        fuel.pay(added.saturating_add(text.len()))
            .then(|| pieces.join(with))
    }
}

fn escape(c: char) -> Option<char> {
    match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        c if c.is_ascii_alphanumeric() => None,
        c => Some(c),
    }
}

/// The replacement of `-replace`; `None` where it names a group.
pub(super) fn substitution(text: &str) -> Option<String> {
    let text = text.replace("$$", "\u{0}");
    if text.contains("$&") || text.contains("${") {
        return None;
    }
    let group = text
        .split('$')
        .skip(1)
        .any(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    (!group).then(|| text.replace('\u{0}', "$"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::unfold::Pool;

    #[test]
    fn plain_patterns() {
        let pool = Pool::new(1 << 20);
        let mut fuel = Fuel::of(0, &pool);
        let mut replace = |pattern: &str, text: &str, with: &str| {
            Pattern::regex(pattern, true)?.replace(text, with, &mut fuel)
        };
        assert_eq!(replace("B", "abc", "x").as_deref(), Some("axc"));
        assert_eq!(replace("\\.", "a.b", "").as_deref(), Some("ab"));
        assert_eq!(replace("[bc]|d", "abcde", "").as_deref(), Some("ae"));
        assert_eq!(replace("(a)", "a", "b"), None);
        assert_eq!(replace("a*", "a", "b"), None);
        assert_eq!(substitution("$1"), None);
        assert_eq!(substitution("$$x").as_deref(), Some("$x"));
    }
}
