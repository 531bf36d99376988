//! Events to tell the difference of, read by Alice in 2026.

use pipeline::words::difference::sentences;
use pipeline::words::when::Reader;

/// A single event.
pub(crate) const MEETING: &str = "DTSTART;TZID=Europe/Berlin:20261208T100000
DTEND;TZID=Europe/Berlin:20261208T110000
SUMMARY:Budget
LOCATION:Blue room
ORGANIZER;CN=Bob:mailto:bob@example.com
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Carol:mailto:carol@example.net";

/// The iCalendar text of components, each given by its lines.
pub(crate) fn calendar(components: &[&str]) -> String {
    let parts = components.iter().map(|lines| {
        format!("BEGIN:VEVENT\nUID:1\nDTSTAMP:20261101T100000Z\n{lines}\nEND:VEVENT\n")
    });
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n",
        parts.collect::<String>()
    )
}

/// What Alice reads of the change from these components to those; none stands for no object.
pub(crate) fn told(before: &[&str], after: &[&str]) -> Vec<String> {
    let text = |components: &[&str]| (!components.is_empty()).then(|| calendar(components));
    let (before, after) = (text(before), text(after));
    let difference = itip::difference(
        before.as_deref().map(str::as_bytes),
        after.as_deref().map(str::as_bytes),
    );
    let addresses = ["alice@example.org".to_owned()];
    let reader = Reader {
        year: 2026,
        addresses: &addresses,
    };
    sentences(&difference, &reader)
}

/// The lines with one of them replaced.
pub(crate) fn with(lines: &str, old: &str, new: &str) -> String {
    assert!(lines.contains(old), "{old} is not in {lines}");
    lines.replace(old, new)
}
