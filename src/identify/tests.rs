//! What bytes are told to be.

mod cells;
mod markup;
mod packages;
mod signatures;

use super::*;
use crate::container::Member;
use crate::container::{Coding, Source};
use crate::markup::names::Ns;

/// The formats of all readings.
fn formats(data: &[u8]) -> Vec<Format> {
    identify(data)
        .into_iter()
        .map(|identity| identity.format)
        .collect()
}

fn first(data: &[u8]) -> Identity {
    identify(data).remove(0)
}

fn is_gap(data: &[u8]) -> bool {
    identify(data)
        .iter()
        .any(|identity| matches!(identity.disposition, Disposition::Unsupported(_)))
}

fn opaque(data: &[u8]) -> Option<SkipReason> {
    if let Disposition::Opaque(reason) = first(data).disposition {
        Some(reason)
    } else {
        None
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

// The rows of "What is a gap" (design page).
