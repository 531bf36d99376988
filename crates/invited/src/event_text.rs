//! An event in words: one line for a person, the cells of a table.

use itip::Facts;
use pipeline::words::difference::when;
use pipeline::words::people;
use pipeline::words::when::Reader;

/// When, what, where, organizer, status and own answer: the cells of a calendar's table.
#[must_use]
pub fn cells(facts: &Facts, reader: &Reader<'_>) -> [String; 6] {
    let organizer = facts.organizer.as_ref();
    [
        when(facts, reader),
        facts.summary.clone(),
        facts.location.clone().unwrap_or_default(),
        organizer
            .map(|organizer| people::address(organizer, reader))
            .unwrap_or_default(),
        facts.status.clone().unwrap_or_default().to_lowercase(),
        answer(facts, reader),
    ]
}

/// The event in one line.
#[must_use]
pub fn line(facts: &Facts, reader: &Reader<'_>) -> String {
    let [when, what, place, organizer, status, answer] = cells(facts, reader);
    let more = [
        ("at", place),
        ("by", organizer),
        ("status", status),
        ("my answer", answer),
    ];
    let more = more.into_iter().filter(|(_, text)| !text.is_empty());
    more.fold(format!("{when}: {what}"), |line, (name, text)| {
        format!("{line}, {name} {text}")
    })
}

fn answer(facts: &Facts, reader: &Reader<'_>) -> String {
    facts
        .partstat_of(reader.addresses)
        .unwrap_or_default()
        .to_lowercase()
}
