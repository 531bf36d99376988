//! People and their answers in words.

use itip::{Person, PersonChange};

use super::list::list;
use super::shown;
use super::when::Reader;

/// Name or address of a person; "you" for the reader.
#[must_use]
pub fn name(person: &Person, reader: &Reader<'_>) -> String {
    if person.is_one_of(reader.addresses) {
        return "you".to_owned();
    }
    shown(person.name.as_deref().unwrap_or(person.address.as_str()))
}

/// The address; "you" for the reader.
#[must_use]
pub fn address(person: &Person, reader: &Reader<'_>) -> String {
    if person.is_one_of(reader.addresses) {
        return "you".to_owned();
    }
    shown(person.address.as_str())
}

/// Name and address, so that a name deceives nobody.
#[must_use]
pub fn name_and_address(person: &Person, reader: &Reader<'_>) -> String {
    if person.is_one_of(reader.addresses) {
        return "you".to_owned();
    }
    let name = person.name.as_deref().unwrap_or_default();
    named(name, person.address.as_str())
}

/// `Bob <bob@example.com>`; the address alone where there is no other name.
#[must_use]
pub fn named(name: &str, address: &str) -> String {
    let (name, address) = (shown(name.trim()), shown(address));
    if name.is_empty() || name == address {
        address
    } else {
        format!("{name} <{address}>")
    }
}

/// An answer as a verb: `accepted`.
#[must_use]
pub fn answered(partstat: &str) -> String {
    match partstat {
        "ACCEPTED" => "accepted".to_owned(),
        "DECLINED" => "declined".to_owned(),
        "TENTATIVE" => "accepted tentatively".to_owned(),
        "DELEGATED" => "sends someone else".to_owned(),
        "COMPLETED" => "completed it".to_owned(),
        "IN-PROCESS" => "is at work on it".to_owned(),
        "NEEDS-ACTION" => "has not answered".to_owned(),
        other => format!("answered {}", shown(&other.to_lowercase())),
    }
}

/// What changed about people, each as a sentence; `of` is put behind what is about one date.
#[must_use]
pub fn changes(changes: &[PersonChange], reader: &Reader<'_>, of: &str) -> Vec<String> {
    let mut said = Vec::new();
    let (mut reset, mut joined, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            PersonChange::Answered { person, before } => {
                let is_reset = person.partstat == "NEEDS-ACTION" && before != "NEEDS-ACTION";
                if person.is_one_of(reader.addresses) {
                    said.push(own_answer(person, before, of));
                } else if is_reset {
                    reset.push(name(person, reader));
                } else {
                    said.push(answer(person, reader, of));
                }
            }
            PersonChange::Joined(person) => joined.push(name_and_address(person, reader)),
            PersonChange::Left(person) => left.push(name_and_address(person, reader)),
        }
    }
    let groups = [
        ("asked again", reset),
        ("newly invited", joined),
        ("no longer invited", left),
    ];
    let groups = groups.iter().filter(|(_, names)| !names.is_empty());
    said.extend(groups.map(|(what, names)| format!("{what}{of}: {}", list(names))));
    said
}

fn answer(person: &Person, reader: &Reader<'_>, of: &str) -> String {
    let comment = person.comment.as_ref();
    let comment = comment.map(|comment| format!(" (“{}”)", shown(comment)));
    format!(
        "{} {}{of}{}",
        name(person, reader),
        answered(&person.partstat),
        comment.unwrap_or_default()
    )
}

fn own_answer(person: &Person, before: &str, of: &str) -> String {
    match person.partstat.as_str() {
        "NEEDS-ACTION" => format!(
            "your answer{of} is asked for again (you had {})",
            past(before)
        ),
        partstat => format!("your answer{of}: {}", answered(partstat)),
    }
}

/// What one had done.
fn past(partstat: &str) -> String {
    match partstat {
        "DELEGATED" => "sent someone else".to_owned(),
        "IN-PROCESS" => "begun".to_owned(),
        other => answered(other),
    }
}
