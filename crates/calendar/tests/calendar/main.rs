//! Tests of the crate's public face: reading, limits, editing, messages, real samples.
#![cfg(test)]

mod editing;
mod faithful;
mod limits;
mod message;
mod reading;
mod samples;

use calendar::{Document, Limits};

/// The document of this text within the default limits.
fn document(text: impl AsRef<[u8]>) -> Document {
    Document::parse(text.as_ref(), &Limits::default()).unwrap()
}
