//! What the tests of several rooms share.

use std::time::{Duration, Instant};

/// The time that this thread worked: what other programs do on the machine does not count where
/// the system tells it.
pub(crate) struct Clock {
    worked: Option<Duration>,
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Clock {
            worked: worked(),
            start: Instant::now(),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        match (self.worked, worked()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.start.elapsed(),
        }
    }
}

/// Linux: the first number of `schedstat` is the time on the processor in nanoseconds.
fn worked() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
