//! How much an analysis may spend, and the account that spends it.
//!
//! [`Limits`] are plain public numbers. [`Budget`] is the private account of one analysis: every
//! stage pays it before it reads, loops or allocates by a number from the input, and it is the
//! only thing (besides the caller's stop flag, which it looks at on every payment) that may end
//! an analysis early.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::spare::Spare;

macro_rules! limits {
    ($( $(#[doc = $doc:literal])+ $field:ident, $variant:ident, $key:literal, $default:expr; )+) => {
        /// What one analysis may spend. Plain numbers: start from [`Limits::default`] and change
        /// the ones you mean.
        ///
        /// Reaching a limit is never silent: what was not read becomes a [`Gap`](crate::Gap) of
        /// kind `limit` that names the limit and its value, so the verdict is at least
        /// [`Incomplete`](crate::Verdict::Incomplete).
        ///
        /// ```
        /// let limits = ddetect::Limits { nesting: 3, ..ddetect::Limits::default() };
        /// assert_eq!(limits.value(ddetect::Limit::Nesting), 3);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(clippy::exhaustive_structs, reason = "callers build it with struct update syntax")]
        pub struct Limits { $( $(#[doc = $doc])+ pub $field: u64, )+ }

        impl Default for Limits {
            fn default() -> Self { Limits { $( $field: $default, )+ } }
        }

        /// The name of one of the [`Limits`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Limit { $( $(#[doc = $doc])+ $variant, )+ }

        impl Limit {
            /// Every limit, in the order of the fields of [`Limits`].
            pub const ALL: &'static [Limit] = &[ $( Limit::$variant, )+ ];

            /// The name of the limit as the command line and the reports spell it.
            pub fn key(self) -> &'static str {
                match self { $( Limit::$variant => $key, )+ }
            }

            /// What it limits, in a sentence or two.
            pub fn about(self) -> &'static str {
                match self { $( Limit::$variant => concat!($($doc),+).trim_ascii_start(), )+ }
            }
        }

        impl Limits {
            /// The value of one limit.
            pub fn value(&self, limit: Limit) -> u64 {
                match limit { $( Limit::$variant => self.$field, )+ }
            }

            /// Sets one limit by its [`key`](Limit::key).
            ///
            /// # Errors
            ///
            /// [`Error::UnknownLimit`] when no limit has that key.
            pub fn set(&mut self, key: &str, value: u64) -> Result<(), Error> {
                match key {
                    $( $key => self.$field = value, )+
                    _ => return Err(Error::UnknownLimit { key: key.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

// The values are those of the design page ("Limits"); the comment of each names what it answers.
limits! {
    /// Bytes of the document itself. Above any mail gateway's message limit (rspamd: 50 MB).
    input_bytes, InputBytes, "input-bytes", 128 * MIB;
    /// Bytes produced by decompression and decoding, over the whole analysis.
    decoded_bytes, DecodedBytes, "decoded-bytes", 1024 * MIB;
    /// Bytes produced for each byte of the document, beyond a sixteenth of `decoded-bytes`. A
    /// workbook shrinks to a tenth, and one that shrinks to a fiftieth is small; a bomb to a
    /// thousandth.
    expansion, Expansion, "expansion", 48;
    /// Bytes produced from one part. A real `document.xml` stays far below.
    part_bytes, PartBytes, "part-bytes", 256 * MIB;
    /// Decoded bytes held in memory at once: keeps the resident size below input + 64 MiB.
    live_bytes, LiveBytes, "live-bytes", 48 * MIB;
    /// Parts (package members, streams) read over the whole analysis.
    parts, Parts, "parts", 20_000;
    /// Documents inside documents: the root counts as 0.
    nesting, Nesting, "nesting", 10;
    /// Parts of MIME messages, over the whole analysis. A web page with its pictures has fewer
    /// than 500.
    mime_parts, MimeParts, "mime-parts", 2_000;
    /// Elements open at once in one XML part. Word writes fewer than 100.
    xml_depth, XmlDepth, "xml-depth", 2_048;
    /// Bytes of one XML tag with its attributes.
    tag_bytes, TagBytes, "tag-bytes", 4 * MIB;
    /// Fields open at once in one story: Word itself nests 20 levels at most in its dialogs.
    open_fields, OpenFields, "open-fields", 128;
    /// Fields over the whole analysis.
    fields, Fields, "fields", 200_000;
    /// Bytes of one field instruction that are kept; a real one has fewer than 1,000.
    instruction_bytes, InstructionBytes, "instruction-bytes", 64 * KIB;
    /// Distinct readings kept of one ambiguous field.
    variants, Variants, "variants", 8;
    /// Steps of the field evaluator, over the whole analysis.
    evaluator_steps, EvaluatorSteps, "evaluator-steps", 1_000_000;
    /// Bytes of text the field evaluator may produce, over the whole analysis.
    evaluator_bytes, EvaluatorBytes, "evaluator-bytes", 4 * MIB;
    /// Bytes that undoing the disguises of commands may look at and produce, over the whole
    /// analysis: a thousand commands of a thousand characters in three layers.
    command_bytes, CommandBytes, "command-bytes", 32 * MIB;
    /// Rounds of deriving keys from passwords, over the whole analysis. Office asks for 100,000
    /// for one password of one document.
    derivation_rounds, DerivationRounds, "derivation-rounds", 2_000_000;
    /// Findings kept in the report: the highest scores; the rest are counted in `omitted`.
    findings, Findings, "findings", 4_096;
}

impl Limits {
    /// For a mail gateway that calls on every attachment and has a few hundred milliseconds:
    /// smaller documents, fewer bytes. What is larger is reported as incomplete.
    pub fn gateway() -> Self {
        Limits {
            input_bytes: 64 * MIB,
            decoded_bytes: 256 * MIB,
            part_bytes: 128 * MIB,
            // Five passwords on a document of Office, which asks for 100,000 rounds each: the three
            // that are always tried and two more. That takes some tenths of a second.
            derivation_rounds: 500_000,
            ..Limits::default()
        }
    }

    /// For a person who waits for one file: the default limits, four times the bytes.
    pub fn analyst() -> Self {
        Limits {
            input_bytes: 512 * MIB,
            decoded_bytes: 4096 * MIB,
            part_bytes: 1024 * MIB,
            // Above what deflate reaches in one layer (1,032).
            expansion: 1_100,
            ..Limits::default()
        }
    }

    /// Bytes that may be produced from a document of `input` bytes, and the limit that says so.
    fn decoded_from(&self, input: u64) -> (u64, Limit) {
        let grown = input
            .saturating_mul(self.expansion)
            .saturating_add(self.decoded_bytes / 16);
        if grown < self.decoded_bytes {
            (grown, Limit::Expansion)
        } else {
            (self.decoded_bytes, Limit::DecodedBytes)
        }
    }
}

/// Why an analysis, or the reading of one part, ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exhausted {
    /// A limit was reached.
    Limit(Limit),
    /// The caller raised the stop flag.
    Stopped,
}

/// The account of one analysis.
///
/// Counters are cells, so that a reader and the code that drives it can both pay: an analysis
/// runs on one thread.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    limits: &'a Limits,
    stop: Option<&'a AtomicBool>,
    /// Bytes that may be decoded, and the limit that says so.
    ceiling: (u64, Limit),
    decoded: Cell<u64>,
    parts: Cell<u64>,
    mime_parts: Cell<u64>,
    fields: Cell<u64>,
    steps: Cell<u64>,
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "for ciphers"))]
    rounds: Cell<u64>,
    produced: Cell<u64>,
    live: Cell<u64>,
    /// Folding wanted more than there is.
    short_of_folding: Cell<bool>,
    /// Evaluation keeps half of its steps and bytes for later.
    sparing: Cell<bool>,
    spare: Spare,
}

impl<'a> Budget<'a> {
    /// An account for whatever size of document.
    #[cfg(test)]
    pub(crate) fn new(limits: &'a Limits, stop: Option<&'a AtomicBool>) -> Self {
        Budget::of_input(u64::MAX, limits, stop)
    }

    /// An account for a document of so many bytes.
    pub(crate) fn of_input(input: u64, limits: &'a Limits, stop: Option<&'a AtomicBool>) -> Self {
        Budget {
            limits,
            stop,
            ceiling: limits.decoded_from(input),
            decoded: Cell::new(0),
            parts: Cell::new(0),
            mime_parts: Cell::new(0),
            fields: Cell::new(0),
            steps: Cell::new(0),
            rounds: Cell::new(0),
            produced: Cell::new(0),
            live: Cell::new(0),
            short_of_folding: Cell::new(false),
            sparing: Cell::new(false),
            spare: Spare::default(),
        }
    }

    /// Decoders to use again.
    pub(crate) fn spare(&self) -> &Spare {
        &self.spare
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Looks at the stop flag.
    pub(crate) fn check_stop(&self) -> Result<(), Exhausted> {
        match self.stop {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(Exhausted::Stopped),
            Some(_) | None => Ok(()),
        }
    }

    /// Pays for `bytes` of decoded output. Call it once a block: it looks at the stop flag.
    pub(crate) fn charge_decoded(&self, bytes: u64) -> Result<(), Exhausted> {
        self.check_stop()?;
        let (ceiling, limit) = self.ceiling;
        spend(&self.decoded, bytes, ceiling, limit)
    }

    /// Decoded bytes that may still be paid for.
    pub(crate) fn decoded_left(&self) -> u64 {
        self.ceiling.0.saturating_sub(self.decoded.get())
    }

    /// Pays for opening one part.
    pub(crate) fn charge_part(&self) -> Result<(), Exhausted> {
        self.check_stop()?;
        spend(&self.parts, 1, self.limits.parts, Limit::Parts)
    }

    /// Pays for one part of a MIME message.
    #[cfg_attr(not(feature = "mail"), expect(dead_code, reason = "for messages"))]
    pub(crate) fn charge_mime_part(&self) -> Result<(), Exhausted> {
        self.check_stop()?;
        spend(
            &self.mime_parts,
            1,
            self.limits.mime_parts,
            Limit::MimeParts,
        )
    }

    /// Pays for one field.
    pub(crate) fn charge_field(&self) -> Result<(), Exhausted> {
        self.check_stop()?;
        spend(&self.fields, 1, self.limits.fields, Limit::Fields)
    }

    /// Pays for `steps` of evaluation.
    pub(crate) fn charge_steps(&self, steps: u64) -> Result<(), Exhausted> {
        self.check_stop()?;
        spend(
            &self.steps,
            steps,
            self.share(self.limits.evaluator_steps),
            Limit::EvaluatorSteps,
        )
    }

    /// Pays for `rounds` of deriving a key, before they are gone through. Ask for at most some
    /// thousand at once: it looks at the stop flag.
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "for ciphers"))]
    pub(crate) fn charge_rounds(&self, rounds: u64) -> Result<(), Exhausted> {
        self.check_stop()?;
        spend(
            &self.rounds,
            rounds,
            self.limits.derivation_rounds,
            Limit::DerivationRounds,
        )
    }

    /// Rounds of deriving keys that may still be paid for.
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "for ciphers"))]
    pub(crate) fn rounds_left(&self) -> u64 {
        self.limits
            .derivation_rounds
            .saturating_sub(self.rounds.get())
    }

    /// Pays for `bytes` of text produced by evaluation.
    pub(crate) fn charge_produced(&self, bytes: u64) -> Result<(), Exhausted> {
        spend(
            &self.produced,
            bytes,
            self.share(self.limits.evaluator_bytes),
            Limit::EvaluatorBytes,
        )
    }

    /// Pays for `bytes` that folding the constants of a formula produces or looks at again; `false`
    /// where there is no room. What is not folded is not known: that is noted once for all.
    pub(crate) fn fold(&self, bytes: u64) -> bool {
        let fits = self.charge_produced(bytes).is_ok();
        if !fits {
            self.short_of_folding.set(true);
        }
        fits
    }

    /// Whether something was not folded that would have been.
    pub(crate) fn is_short_of_folding(&self) -> bool {
        self.short_of_folding.get()
    }

    /// Does `work` with no more than half of the steps and bytes of the evaluator: what comes
    /// after it finds the other half.
    pub(crate) fn sparing<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.sparing.replace(true);
        let result = work();
        self.sparing.set(before);
        result
    }

    fn share(&self, limit: u64) -> u64 {
        if self.sparing.get() { limit / 2 } else { limit }
    }

    /// Reserves `bytes` of memory that stays alive; give it back with [`Budget::release_live`].
    pub(crate) fn charge_live(&self, bytes: u64) -> Result<(), Exhausted> {
        spend(&self.live, bytes, self.limits.live_bytes, Limit::LiveBytes)
    }

    /// What may still be reserved with [`Budget::charge_live`].
    pub(crate) fn live_left(&self) -> u64 {
        self.limits.live_bytes.saturating_sub(self.live.get())
    }

    /// Gives back memory reserved with [`Budget::charge_live`].
    pub(crate) fn release_live(&self, bytes: u64) {
        self.live.set(self.live.get().saturating_sub(bytes));
    }
}

/// Adds `amount` to `counter`, or refuses and leaves it where it was: a later, smaller payment
/// may still fit, so that one oversized request does not starve the rest.
fn spend(counter: &Cell<u64>, amount: u64, ceiling: u64, limit: Limit) -> Result<(), Exhausted> {
    match counter.get().checked_add(amount) {
        Some(total) if total <= ceiling => {
            counter.set(total);
            Ok(())
        }
        Some(_) | None => Err(Exhausted::Limit(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_one_past_its_value() {
        let limits = Limits {
            fields: 2,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        assert_eq!(budget.charge_field(), Ok(()));
        assert_eq!(budget.charge_field(), Ok(()));
        assert_eq!(budget.charge_field(), Err(Exhausted::Limit(Limit::Fields)));
    }

    #[test]
    fn the_stop_flag_is_seen_on_the_next_payment() {
        let limits = Limits::default();
        let flag = AtomicBool::new(false);
        let budget = Budget::new(&limits, Some(&flag));
        assert_eq!(budget.charge_decoded(1), Ok(()));
        flag.store(true, Ordering::Relaxed);
        assert_eq!(budget.charge_decoded(1), Err(Exhausted::Stopped));
    }

    #[test]
    fn half_is_kept_for_later() {
        let limits = Limits {
            evaluator_steps: 10,
            evaluator_bytes: 10,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        budget.sparing(|| {
            assert_eq!(budget.charge_steps(5), Ok(()));
            assert!(budget.charge_steps(1).is_err());
            assert!(budget.charge_produced(6).is_err());
        });
        assert_eq!(budget.charge_steps(5), Ok(()));
        assert_eq!(budget.charge_produced(10), Ok(()));
    }

    #[test]
    fn live_bytes_come_back() {
        let limits = Limits {
            live_bytes: 10,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        assert_eq!(budget.charge_live(10), Ok(()));
        assert_eq!(
            budget.charge_live(1),
            Err(Exhausted::Limit(Limit::LiveBytes))
        );
        budget.release_live(1);
        assert_eq!(budget.charge_live(1), Ok(()));
    }

    #[test]
    fn every_limit_can_be_set_by_its_key() {
        let mut limits = Limits::default();
        for (index, limit) in Limit::ALL.iter().enumerate() {
            let value = index as u64 + 7;
            limits.set(limit.key(), value).unwrap();
            assert_eq!(limits.value(*limit), value);
        }
        assert!(limits.set("no-such-limit", 1).is_err());
    }
}
