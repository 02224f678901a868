//! A bar on standard error for work that takes long.

use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

const TEMPLATE: &str = "{wide_bar} {pos}/{len} documents, {rate}, {eta} left";

/// Shown only when standard error is a terminal; it stays hidden until the work has taken a
/// second, and goes away when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    hidden: bool,
}

impl Progress {
    /// A bar over `total` documents.
    pub(crate) fn new(total: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden())
            .with_finish(ProgressFinish::AndClear);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(
                style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                    // A column that cannot be written is left empty.
                    out.write_str(&rate(state.per_sec())).ok();
                }),
            );
        }
        Progress {
            bar,
            started: Instant::now(),
            hidden: true,
        }
    }

    /// One more document is done.
    pub(crate) fn advance(&mut self) {
        self.bar.inc(1);
        if self.hidden && self.started.elapsed() >= PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.hidden = false;
        }
    }

    /// Takes the bar away while `write` writes.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

/// Documents in a second, without decimals that nobody can read while they change.
fn rate(per_second: f64) -> String {
    format!("{per_second:.0}/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_has_no_decimals() {
        assert_eq!(rate(1234.5678), "1235/s");
        assert_eq!(rate(0.2), "0/s");
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
