//! The loop: the only file that knows every stage.

use crate::input::Input;
use crate::options::Options;
use crate::report::Report;

/// Proof that the analyser's loop came to its end. Only this file can make one, and only
/// [`settle`](crate::verdict::settle) takes it.
pub(crate) struct Swept(());

/// Analyses documents. Configure it once, share it between threads.
#[derive(Clone, Debug, Default)]
pub struct Analyzer {
    options: Options,
}

impl Analyzer {
    /// An analyser with these options.
    pub fn new(options: Options) -> Self {
        Analyzer { options }
    }

    /// Analyses one document.
    pub fn analyze<'a>(&self, input: impl Into<Input<'a>>) -> Report {
        let _ = (input.into(), &self.options, Swept(()));
        unimplemented!()
    }
}
