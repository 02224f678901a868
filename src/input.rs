//! What one call brings.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// One document to analyse: its bytes and what the caller knows about them.
///
/// Bytes alone are enough:
///
/// ```
/// let report = ddetect::Analyzer::default().analyze(b"hello".as_slice());
/// assert_eq!(report.verdict(), ddetect::Verdict::Clean);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Input<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) name: Option<&'a str>,
    pub(crate) declared_type: Option<&'a str>,
    pub(crate) passwords: Vec<&'a str>,
    pub(crate) stop: Option<Arc<AtomicBool>>,
}

impl<'a> Input<'a> {
    /// A document without a name.
    pub fn new(bytes: &'a [u8]) -> Self {
        Input {
            bytes,
            name: None,
            declared_type: None,
            passwords: Vec::new(),
            stop: None,
        }
    }

    /// The name of the document, for the report. What it *is* is decided by content alone.
    #[must_use]
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// The media type that the sender declared, for instance a MIME `Content-Type`.
    #[must_use]
    pub fn declared_type(mut self, declared_type: &'a str) -> Self {
        self.declared_type = Some(declared_type);
        self
    }

    /// A password to try on what is encrypted, before the standing ones of
    /// [`Options`](crate::Options).
    #[must_use]
    pub fn password(mut self, password: &'a str) -> Self {
        self.passwords.push(password);
        self
    }

    /// A flag that ends the analysis when it becomes `true`: raise it from a timer thread. What
    /// was found until then is kept; the rest is a gap.
    #[must_use]
    pub fn stop_flag(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = Some(stop);
        self
    }
}

impl<'a> From<&'a [u8]> for Input<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Input::new(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Input<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Input::new(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Input<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Input::new(bytes)
    }
}
