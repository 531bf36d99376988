//! An event in words: one line for a person, the cells of a table.

use calendar::DateOrTime;
use itip::Facts;

/// When, what, where, organizer, status and own answer: the cells of a calendar's table.
#[must_use]
pub fn cells(facts: &Facts, addresses: &[&str]) -> [String; 6] {
    [
        when(facts),
        facts.summary.clone(),
        facts.location.clone().unwrap_or_default(),
        facts
            .organizer
            .as_ref()
            .map(|organizer| organizer.address.as_str().to_owned())
            .unwrap_or_default(),
        facts.status.clone().unwrap_or_default().to_lowercase(),
        answer(facts, addresses),
    ]
}

/// The event in one line.
#[must_use]
pub fn line(facts: &Facts, addresses: &[&str]) -> String {
    let [when, what, place, organizer, status, answer] = cells(facts, addresses);
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

fn when(facts: &Facts) -> String {
    let start = facts.start.as_ref().map(in_words).unwrap_or_default();
    match &facts.rule {
        Some(_) => format!("{start}, repeating"),
        None => start,
    }
}

/// `Tue 2027-03-02 15:00 Europe/Berlin`; the day alone for all-day events.
fn in_words(at: &DateOrTime) -> String {
    const TIME: &str = "%a %Y-%m-%d %H:%M";
    match at {
        DateOrTime::Date(date) => date.strftime("%a %Y-%m-%d").to_string(),
        DateOrTime::Floating(civil) => civil.strftime(TIME).to_string(),
        DateOrTime::Utc(instant) => format!("{} UTC", instant.strftime(TIME)),
        DateOrTime::Zoned { civil, tzid } => format!("{} {tzid}", civil.strftime(TIME)),
    }
}

fn answer(facts: &Facts, addresses: &[&str]) -> String {
    let addresses: Vec<String> = addresses
        .iter()
        .map(|address| (*address).to_owned())
        .collect();
    facts
        .partstat_of(&addresses)
        .unwrap_or_default()
        .to_lowercase()
}
