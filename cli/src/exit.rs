//! The exit status: what a shell script or a mail filter sees.

use ddetect::Verdict;

/// Something suspicious or malicious.
const FOUND: u8 = 1;
/// Something incomplete.
const INCOMPLETE: u8 = 2;
/// A mistake on the command line, or a path that could not be read.
pub(crate) const TROUBLE: u8 = 3;

/// What all the documents of one run came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) malicious: u64,
    pub(crate) suspicious: u64,
    pub(crate) incomplete: u64,
    pub(crate) clean: u64,
    /// Clean ones that no Office program opens, empty ones among them.
    pub(crate) no_document: u64,
    /// Paths that could not be read, and output that could not be written.
    pub(crate) trouble: u64,
    /// Symbolic links in folders, which are not followed.
    pub(crate) links: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Malicious => &mut self.malicious,
            Verdict::Suspicious => &mut self.suspicious,
            Verdict::Incomplete => &mut self.incomplete,
            Verdict::Clean => &mut self.clean,
        };
        *counter += 1;
    }

    pub(crate) fn documents(&self) -> u64 {
        self.malicious + self.suspicious + self.incomplete + self.clean
    }

    /// The exit status: 1 wins over 3, 3 over 2. `fail_on` is the lowest verdict that counts.
    pub(crate) fn status(&self, fail_on: Verdict) -> u8 {
        let suspicious = self.suspicious > 0 && fail_on <= Verdict::Suspicious;
        if self.malicious > 0 || suspicious {
            FOUND
        } else if self.trouble > 0 {
            TROUBLE
        } else if self.incomplete > 0 && fail_on <= Verdict::Incomplete {
            INCOMPLETE
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(verdicts: &[Verdict], trouble: u64, fail_on: Verdict) -> u8 {
        let mut tally = Tally {
            trouble,
            ..Tally::default()
        };
        for verdict in verdicts {
            tally.count(*verdict);
        }
        tally.status(fail_on)
    }

    #[test]
    fn one_wins_over_three_and_three_over_two() {
        use Verdict::{Clean, Incomplete, Malicious, Suspicious};
        let default = Incomplete;
        assert_eq!(status(&[], 0, default), 0);
        assert_eq!(status(&[Clean], 0, default), 0);
        assert_eq!(status(&[Clean, Incomplete], 0, default), 2);
        assert_eq!(status(&[Clean], 1, default), 3);
        assert_eq!(status(&[Incomplete], 1, default), 3);
        assert_eq!(status(&[Incomplete, Suspicious], 0, default), 1);
        assert_eq!(status(&[Malicious, Incomplete], 1, default), 1);
    }

    #[test]
    fn fail_on_moves_the_lowest_verdict_that_counts() {
        use Verdict::{Incomplete, Malicious, Suspicious};
        assert_eq!(status(&[Incomplete], 0, Suspicious), 0);
        assert_eq!(status(&[Suspicious], 0, Suspicious), 1);
        assert_eq!(status(&[Incomplete, Suspicious], 0, Malicious), 0);
        assert_eq!(status(&[Malicious], 0, Malicious), 1);
        assert_eq!(status(&[Suspicious], 1, Malicious), 3);
    }
}
