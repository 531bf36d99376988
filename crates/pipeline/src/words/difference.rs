//! What became of an event, in sentences that `check`, `decisions` and the web page share.

use itip::{
    Changes, Detail, Difference, Facts, Fate, InstanceChange, InstanceDifference, Recurrence,
    Replaced, Span,
};

use super::list::list;
use super::people;
use super::rule;
use super::shown;
use super::when::Reader;

/// The most sentences about single dates.
const MOST: usize = 12;

/// What a recorded decision changed; nothing for one that changed nothing.
#[must_use]
pub fn of(record: &store::NewDecision) -> Difference {
    itip::difference(record.before.as_deref(), record.after.as_deref())
}

/// What changed, a sentence each; none when there is nothing that a person would notice.
#[must_use]
pub fn sentences(difference: &Difference, reader: &Reader<'_>) -> Vec<String> {
    let mut said = match (difference.fate, &difference.before, &difference.after) {
        (Fate::Removed, before, _) => vec![removed(before.as_ref(), reader)],
        (Fate::Added, _, Some(facts)) => added(facts, reader),
        (Fate::Added, ..) => {
            vec!["new: single dates of a series that is not known as a whole".to_owned()]
        }
        (Fate::Kept, None, Some(facts)) => {
            let when = when(facts, reader);
            vec![format!("the series is known as a whole now: {when}")]
        }
        (Fate::Kept, ..) => changes(&difference.changes, reader),
    };
    said.extend(instances(difference, reader));
    said
}

/// The same in one line, for lists.
#[must_use]
pub fn line(difference: &Difference, reader: &Reader<'_>) -> String {
    if let (Fate::Added, Some(facts)) = (difference.fate, &difference.after) {
        let already = if facts.status.as_deref() == Some("CANCELLED") {
            "; cancelled already"
        } else {
            ""
        };
        return format!("new: {}{already}", when(facts, reader));
    }
    let said = sentences(difference, reader);
    match said.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one}; {two}"),
        [one, rest @ ..] => format!("{one}; and {} more changes", rest.len()),
    }
}

/// What an object says of single dates otherwise than of the series, a sentence each.
#[must_use]
pub fn exceptions(text: &[u8], reader: &Reader<'_>) -> Vec<String> {
    instances(&itip::difference(None, Some(text)), reader)
}

/// When it is: `Tue 1 Dec 10:00 to 11:00 Europe/Berlin, every Tuesday until 3 March`.
#[must_use]
pub fn when(facts: &Facts, reader: &Reader<'_>) -> String {
    let span = Span::of(facts).map(|span| reader.span(&span));
    let rule = facts.recurrence.as_ref();
    match (rule.map(|rule| rule::recurrence(rule, reader)), span) {
        (Some(rule), Some(span)) => format!("{span}, {rule}"),
        (Some(rule), None) => rule,
        (None, Some(span)) => span,
        (None, None) => "at no time".to_owned(),
    }
}

pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    format!("“{}”", shown(text))
}

fn removed(facts: Option<&Facts>, reader: &Reader<'_>) -> String {
    match facts {
        Some(facts) => format!(
            "removed: {}, {}",
            quoted(&facts.summary),
            when(facts, reader)
        ),
        None => "removed: the single dates that were known".to_owned(),
    }
}

fn added(facts: &Facts, reader: &Reader<'_>) -> Vec<String> {
    let mut said = vec![format!("new: {}", when(facts, reader))];
    said.push(format!("title: {}", quoted(&facts.summary)));
    if let Some(place) = &facts.location {
        said.push(format!("place: {}", quoted(place)));
    }
    if let Some(organizer) = &facts.organizer {
        let name = people::name_and_address(organizer, reader);
        said.push(format!("organizer: {name}"));
    }
    let names = facts
        .attendees
        .iter()
        .map(|person| people::name(person, reader));
    let names: Vec<String> = names.collect();
    if !names.is_empty() {
        said.push(format!("invited: {}", list(&names)));
    }
    if facts.status.as_deref() == Some("CANCELLED") {
        said.push("cancelled already".to_owned());
    }
    said
}

/// What changed of an event or of a whole series.
fn changes(changes: &Changes, reader: &Reader<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(status) = &changes.status {
        said.push(status_words(status));
    }
    if let Some(times) = &changes.times {
        said.push(reader.moved(&times.before, &times.after));
    }
    if let Some(change) = &changes.recurrence {
        said.push(recurrence(change, reader));
    }
    said.extend(other_changes(changes, reader, ""));
    said
}

/// Title, place, people and the rest; `of` names the date that it is about.
fn other_changes(changes: &Changes, reader: &Reader<'_>, of: &str) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(Replaced { before, after }) = &changes.title {
        let (before, after) = (quoted(before), quoted(after));
        said.push(format!("title{of}: {after} instead of {before}"));
    }
    if let Some(Replaced { before, after }) = &changes.place {
        let quoted = |place: &Option<String>| quoted(place.as_deref().unwrap_or_default());
        said.push(format!(
            "place{of}: {} instead of {}",
            quoted(after),
            quoted(before)
        ));
    }
    if let Some(Replaced { before, after }) = &changes.organizer {
        let name = |person: &Option<itip::Person>| match person {
            Some(person) => people::name_and_address(person, reader),
            None => "nobody".to_owned(),
        };
        said.push(format!(
            "organizer{of}: {} instead of {}",
            name(after),
            name(before)
        ));
    }
    said.extend(people::changes(&changes.people, reader, of));
    let details: Vec<&str> = changes
        .details
        .iter()
        .map(|detail| detail_name(*detail))
        .collect();
    if !details.is_empty() {
        said.push(format!("also changed{of}: {}", list(&details)));
    }
    said
}

fn status_words(status: &Replaced<Option<String>>) -> String {
    match (status.before.as_deref(), status.after.as_deref()) {
        (_, Some("CANCELLED")) => "cancelled".to_owned(),
        (Some("CANCELLED"), None) => "not cancelled any more".to_owned(),
        (_, None) => "confirmed".to_owned(),
        (_, Some(other)) => shown(&other.to_lowercase()),
    }
}

fn detail_name(detail: Detail) -> &'static str {
    match detail {
        Detail::Description => "the description",
        Detail::Link => "a link",
        Detail::Attachment => "an attachment",
    }
}

fn recurrence(change: &Replaced<Option<Recurrence>>, reader: &Reader<'_>) -> String {
    let words = |rule: &Recurrence| rule::recurrence(rule, reader);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            format!("repeats {} instead of {}", words(after), words(before))
        }
        (None, Some(after)) => format!("repeats now: {}", words(after)),
        (Some(before), None) => format!("does not repeat any more (before: {})", words(before)),
        (None, None) => "repeats as before".to_owned(),
    }
}

/// What stands for the dates in a sentence until it is known which ones it is about; no text from
/// outside has it.
const DATES: char = '\0';

/// What is otherwise on single dates; what is so on several is said once.
fn instances(difference: &Difference, reader: &Reader<'_>) -> Vec<String> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for instance in &difference.instances {
        let day = reader.day(&instance.at);
        for sentence in of_instance(instance, difference, reader) {
            match said.iter_mut().find(|(known, _)| *known == sentence) {
                Some((_, days)) => days.push(day.clone()),
                None => said.push((sentence, vec![day.clone()])),
            }
        }
    }
    let more = said.len().saturating_sub(MOST);
    let shown = said.iter().take(MOST);
    let mut lines: Vec<String> = shown
        .map(|(sentence, days)| sentence.replace(DATES, &list(days)))
        .collect();
    if more > 0 {
        lines.push(format!("and {more} more changes of single dates"));
    }
    lines
}

fn of_instance(
    instance: &InstanceDifference,
    difference: &Difference,
    reader: &Reader<'_>,
) -> Vec<String> {
    match &instance.change {
        InstanceChange::Gone if difference.fate == Fate::Added => vec![format!("not on {DATES}")],
        InstanceChange::Back => vec![format!("{DATES} not cancelled any more")],
        InstanceChange::Gone => vec![format!("{DATES} cancelled")],
        InstanceChange::Superseded => {
            vec![format!(
                "what was changed for {DATES} alone no longer counts"
            )]
        }
        InstanceChange::Added(facts) => added_instance(facts, difference.after.as_ref(), reader),
        InstanceChange::Changed(changes) => changed_instance(changes, reader),
    }
}

fn added_instance(facts: &Facts, series: Option<&Facts>, reader: &Reader<'_>) -> Vec<String> {
    let has_own_title = series.is_none_or(|series| series.summary != facts.summary);
    let title = if has_own_title {
        format!(": {}", quoted(&facts.summary))
    } else {
        String::new()
    };
    let also = if series.is_some() { "also on" } else { "on" };
    let mut said = vec![format!("{also} {}{title}", when(facts, reader))];
    if facts.status.as_deref() == Some("CANCELLED") {
        said.push(format!("{DATES} cancelled"));
    }
    said
}

fn changed_instance(changes: &Changes, reader: &Reader<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(status) = &changes.status {
        said.push(format!("{DATES} {}", status_words(status)));
    }
    if let Some(Replaced { before, after }) = &changes.times {
        if before.start.is_same(&after.start) {
            said.push(format!(
                "instance of {DATES}: {}",
                reader.moved(before, after)
            ));
        } else {
            said.push(format!(
                "instance of {DATES} moved to {}",
                reader.moved_to(before, after)
            ));
        }
    }
    said.extend(other_changes(changes, reader, &format!(" for {DATES}")));
    said
}
