//! A bar on standard error for work that takes long.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

const TEMPLATE: &str = "{wide_bar} {pos}/{len} documents, {per_sec}, {eta} left";

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
            bar.set_style(style);
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
