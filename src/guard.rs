//! The net under calls into dependencies: a panic in one of them is data for the report.

/// A panic was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caught;

/// Runs `work`, which calls into a dependency, and catches a panic in it. The caller records a
/// gap of kind `internal`.
///
/// Tests and fuzz builds have no net, so that a defect is seen. What `work` borrows must not be
/// used again after a panic, other than input bytes and plain counters.
#[cfg(not(any(test, fuzzing)))]
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Caught> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_payload| Caught)
}

/// Runs `work` without a net.
#[cfg(any(test, fuzzing))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature as with the net"
)]
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Caught> {
    Ok(work())
}
