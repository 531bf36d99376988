//! VTIMEZONEs that were understood before, by their text: the same few come with every mail.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use jiff::tz::TimeZone;

use super::rules;
use crate::document::Document;
use crate::limits::Limits;

/// The most texts that are kept; with one more all are forgotten.
const MOST: usize = 256;

/// The longest text that is kept, in octets.
const LONGEST: usize = 8 << 10;

type Known = HashMap<Box<[u8]>, Option<TimeZone>>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// The zone that the text of a VTIMEZONE describes; none when it is empty, too much or not understood.
pub(super) fn zone(text: &[u8]) -> Option<TimeZone> {
    if text.len() > LONGEST {
        return read(text);
    }
    let known = KNOWN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(text)
        .cloned();
    known.unwrap_or_else(|| {
        let zone = read(text);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(text.into(), zone.clone());
        zone
    })
}

fn read(text: &[u8]) -> Option<TimeZone> {
    let document = Document::parse(text, &Limits::default()).ok()?;
    let vtimezone = document
        .components()
        .find(|component| component.is("VTIMEZONE"))?;
    rules::zone(&vtimezone.to_buf())
}
