//! What a decision changes, as structure for programs: `check --json` and `decisions --json`.

use itip::{
    Changes, Detail, Difference, Facts, Fate, InstanceChange, InstanceDifference, Person,
    PersonChange, Replaced, Span,
};
use serde_json::{Map, Value, json};

/// The difference with field names that stay; README.md explains them.
pub fn change(difference: &Difference) -> Value {
    let instances = difference.instances.iter();
    json!({
        "fate": match difference.fate {
            Fate::Added => "added",
            Fate::Removed => "removed",
            Fate::Kept => "kept",
        },
        "before": difference.before.as_ref().map(event),
        "after": difference.after.as_ref().map(event),
        "changed": changed(&difference.changes),
        "dates": instances.map(date).collect::<Vec<_>>(),
    })
}

/// The master, or the single event.
fn event(facts: &Facts) -> Value {
    json!({
        "component": facts.kind.map(|kind| kind.component_name()),
        "title": facts.summary,
        "start": facts.start.as_ref().map(ToString::to_string),
        "end": facts.end.as_ref().map(ToString::to_string),
        "recurrence": facts.recurrence.as_ref().map(|rule| &rule.text),
        "place": facts.location,
        "status": facts.status,
        "organizer": facts.organizer.as_ref().map(person),
        "attendees": facts.attendees.iter().map(person).collect::<Vec<_>>(),
    })
}

fn person(person: &Person) -> Value {
    json!({
        "address": person.address.as_str(),
        "name": person.name,
        "partstat": person.partstat,
        "comment": person.comment,
    })
}

/// What is otherwise than before, each under its name; what stays is not there.
fn changed(changes: &Changes) -> Map<String, Value> {
    let recurrence = |rule: &Option<itip::Recurrence>| json!(rule.as_ref().map(|rule| &rule.text));
    let organizer = |organizer: &Option<Person>| json!(organizer.as_ref().map(person));
    let people: Vec<_> = changes.people.iter().map(attendee).collect();
    let details: Vec<_> = changes.details.iter().copied().map(detail).collect();
    let all = [
        ("times", replaced(changes.times.as_ref(), span)),
        (
            "recurrence",
            replaced(changes.recurrence.as_ref(), recurrence),
        ),
        (
            "title",
            replaced(changes.title.as_ref(), |text| json!(text)),
        ),
        (
            "place",
            replaced(changes.place.as_ref(), |text| json!(text)),
        ),
        (
            "status",
            replaced(changes.status.as_ref(), |text| json!(text)),
        ),
        ("organizer", replaced(changes.organizer.as_ref(), organizer)),
        ("attendees", (!people.is_empty()).then(|| json!(people))),
        ("details", (!details.is_empty()).then(|| json!(details))),
    ];
    let named = all
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    named.collect()
}

fn replaced<T>(change: Option<&Replaced<T>>, shown: impl Fn(&T) -> Value) -> Option<Value> {
    let change = change?;
    Some(json!({ "before": shown(&change.before), "after": shown(&change.after) }))
}

fn span(span: &Span) -> Value {
    json!({ "start": span.start.to_string(), "end": span.end.as_ref().map(ToString::to_string) })
}

fn attendee(change: &PersonChange) -> Value {
    match change {
        PersonChange::Joined(who) => json!({ "change": "joined", "person": person(who) }),
        PersonChange::Left(who) => json!({ "change": "left", "person": person(who) }),
        PersonChange::Answered {
            person: who,
            before,
        } => json!({ "change": "answered", "person": person(who), "partstat_before": before }),
    }
}

fn detail(detail: Detail) -> &'static str {
    match detail {
        Detail::Description => "description",
        Detail::Link => "link",
        Detail::Attachment => "attachment",
    }
}

/// What differs about one date of a series.
fn date(date: &InstanceDifference) -> Value {
    let (word, event, changed) = match &date.change {
        InstanceChange::Added(facts) => ("added", Some(event(facts)), None),
        InstanceChange::Back => ("back", None, None),
        InstanceChange::Gone => ("gone", None, None),
        InstanceChange::Superseded => ("superseded", None, None),
        InstanceChange::Changed(changes) => ("changed", None, Some(changed(changes))),
    };
    json!({ "date": date.at.to_string(), "change": word, "event": event, "changed": changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &str) -> Vec<u8> {
        let lines = lines.replace('\n', "\r\n");
        format!("BEGIN:VCALENDAR\r\n{lines}END:VCALENDAR\r\n").into_bytes()
    }

    const BEFORE: &str = "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Europe/Berlin:20261201T100000\nDTEND;TZID=Europe/Berlin:20261201T110000\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Plan\nORGANIZER;CN=Anna:mailto:anna@example.org\nATTENDEE:mailto:ben@example.com\nEND:VEVENT\n";

    #[test]
    fn a_changed_series_is_told_field_by_field() {
        let after = BEFORE
            .replace("T100000", "T140000")
            .replace("T110000", "T150000")
            .replace("SUMMARY:Plan", "SUMMARY:Plan B\nURL:https://example.org/b")
            .replace("ATTENDEE:", "ATTENDEE;PARTSTAT=ACCEPTED:");
        let date = "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;TZID=Europe/Berlin:20261208T140000\nDTSTART;TZID=Europe/Berlin:20261208T140000\nDTEND;TZID=Europe/Berlin:20261208T150000\nSUMMARY:Guests\nORGANIZER:mailto:anna@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.com\nEND:VEVENT\n";
        let (before, after) = (text(BEFORE), text(&format!("{after}{date}")));
        let change = change(&itip::difference(Some(&before), Some(&after)));
        assert_eq!(change["fate"], "kept");
        assert_eq!(
            change["changed"],
            json!({
                "times": {
                    "before": {
                        "start": "2026-12-01T10:00:00[Europe/Berlin]",
                        "end": "2026-12-01T11:00:00[Europe/Berlin]",
                    },
                    "after": {
                        "start": "2026-12-01T14:00:00[Europe/Berlin]",
                        "end": "2026-12-01T15:00:00[Europe/Berlin]",
                    },
                },
                "title": { "before": "Plan", "after": "Plan B" },
                "attendees": [{
                    "change": "answered",
                    "person": {
                        "address": "ben@example.com",
                        "name": null,
                        "partstat": "ACCEPTED",
                        "comment": null,
                    },
                    "partstat_before": "NEEDS-ACTION",
                }],
                "details": ["link"],
            })
        );
        assert_eq!(
            change["dates"][0]["date"],
            "2026-12-08T14:00:00[Europe/Berlin]"
        );
        assert_eq!(change["dates"][0]["change"], "changed");
        let title = &change["dates"][0]["changed"]["title"];
        assert_eq!(*title, json!({ "before": "Plan B", "after": "Guests" }));
    }

    #[test]
    fn what_comes_and_goes_is_told_whole() {
        let (nothing, event) = (None, text(BEFORE));
        let added = change(&itip::difference(nothing, Some(&event)));
        assert_eq!(added["fate"], "added");
        assert_eq!(added["before"], Value::Null);
        assert_eq!(
            added["after"],
            json!({
                "component": "VEVENT",
                "title": "Plan",
                "start": "2026-12-01T10:00:00[Europe/Berlin]",
                "end": "2026-12-01T11:00:00[Europe/Berlin]",
                "recurrence": "FREQ=WEEKLY;COUNT=3",
                "place": null,
                "status": null,
                "organizer": {
                    "address": "anna@example.org",
                    "name": "Anna",
                    "partstat": "NEEDS-ACTION",
                    "comment": null,
                },
                "attendees": [{
                    "address": "ben@example.com",
                    "name": null,
                    "partstat": "NEEDS-ACTION",
                    "comment": null,
                }],
            })
        );
        let removed = change(&itip::difference(Some(&event), nothing));
        assert_eq!(
            (&removed["fate"], &removed["after"]),
            (&json!("removed"), &Value::Null)
        );
    }
}
