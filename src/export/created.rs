//! A moment, as the exports write it. The library reads no clock: the caller gives it.

use std::fmt;

/// When an export is made, in seconds since 1970-01-01T00:00:00Z.
///
/// Displays as RFC 3339 with milliseconds, as STIX wants it:
///
/// ```
/// use ddetect::export::Created;
///
/// assert_eq!(Created::from_unix(951_827_696).to_string(), "2000-02-29T12:34:56.000Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Created(u64);

/// The last second of the year 9999, the last that RFC 3339 can write.
const LAST: u64 = 253_402_300_799;
const DAY: u64 = 86_400;

impl Created {
    /// A moment by its seconds since 1970, leap seconds not counted. What lies behind the year 9999
    /// is its last second.
    pub fn from_unix(seconds: u64) -> Self {
        Created(seconds.min(LAST))
    }

    /// The seconds since 1970.
    pub(super) fn unix(self) -> u64 {
        self.0
    }

    /// The day: `2000-02-29`.
    pub(super) fn date(self) -> String {
        let mut day = self.0.checked_div(DAY).unwrap_or_default();
        let mut year: u64 = 1970;
        // At most 8,030 steps; an expression without them needs arithmetic that may wrap.
        loop {
            let long = if is_leap(year) { 366 } else { 365 };
            match day.checked_sub(long) {
                Some(rest) => day = rest,
                None => break,
            }
            year = year.saturating_add(1);
        }
        let february = if is_leap(year) { 29 } else { 28 };
        let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month: u64 = 1;
        for long in months {
            match day.checked_sub(long) {
                Some(rest) => day = rest,
                None => break,
            }
            month = month.saturating_add(1);
        }
        format!("{year:04}-{month:02}-{:02}", day.saturating_add(1))
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.checked_rem(DAY).unwrap_or_default();
        let hour = second.checked_div(3600).unwrap_or_default();
        let part = second.checked_rem(3600).unwrap_or_default();
        let minute = part.checked_div(60).unwrap_or_default();
        let second = part.checked_rem(60).unwrap_or_default();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}.000Z", self.date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `date -u -d @N +%FT%T`.
    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, wanted) in [
            (0, "1970-01-01T00:00:00"),
            (86_399, "1970-01-01T23:59:59"),
            (68_169_600, "1972-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_735_689_599, "2024-12-31T23:59:59"),
            (1_795_500_000, "2026-11-24T06:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (253_402_300_799, "9999-12-31T23:59:59"),
            (u64::MAX, "9999-12-31T23:59:59"),
        ] {
            let written = Created::from_unix(seconds).to_string();
            assert_eq!(written, format!("{wanted}.000Z"), "{seconds}");
        }
    }
}
