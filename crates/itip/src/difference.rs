//! What a change of an object means to a person: times, title, place, people, dates of a series.
//!
//! Times are compared as instants, never as text. [`difference`] gives a value; the words for it are
//! the caller's.

mod instances;
mod version;

use std::collections::{HashMap, HashSet};

use crate::facts::{Facts, Person};
use crate::moment::Moment;
use crate::pattern::Recurrence;
use version::Version;

/// What differs between two versions of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The master, or the single event, before; none when there was none.
    pub before: Option<Facts>,
    /// The same after.
    pub after: Option<Facts>,
    /// What became of the whole.
    pub fate: Fate,
    /// What changed of the master; nothing when it came or went.
    pub changes: Changes,
    /// Dates that differ from what the series says of them, in order of time.
    pub instances: Vec<InstanceDifference>,
}

/// What became of an object as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// There was none.
    Added,
    /// There is none any more.
    Removed,
    /// It stays.
    #[default]
    Kept,
}

/// What changed of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Start, end, or the zone that a series is kept in.
    pub times: Option<Replaced<Span>>,
    /// How it recurs.
    pub recurrence: Option<Replaced<Option<Recurrence>>>,
    /// SUMMARY.
    pub title: Option<Replaced<String>>,
    /// LOCATION.
    pub place: Option<Replaced<Option<String>>>,
    /// STATUS.
    pub status: Option<Replaced<Option<String>>>,
    /// ORGANIZER.
    pub organizer: Option<Replaced<Option<Person>>>,
    /// ATTENDEEs, one after the other.
    pub people: Vec<PersonChange>,
    /// Other properties that changed.
    pub details: Vec<Detail>,
}

/// Before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced<T> {
    /// As it was.
    pub before: T,
    /// As it is.
    pub after: T,
}

/// From when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// DTSTART.
    pub start: Moment,
    /// The end as written; none when there is none.
    pub end: Option<Moment>,
}

/// What changed about one attendee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// Is on the list now.
    Joined(Person),
    /// Is not any more.
    Left(Person),
    /// Answered, or is asked again.
    Answered {
        /// The attendee as of now.
        person: Person,
        /// PARTSTAT before.
        before: String,
    },
}

/// A property of which only that it changed is worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// DESCRIPTION, or what a sender writes beside it.
    Description,
    /// URL or CONFERENCE.
    Link,
    /// ATTACH.
    Attachment,
}

/// What differs about one date of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceDifference {
    /// What names it: when it would begin if nothing had moved it, on the clock of the series.
    pub at: Moment,
    /// What differs.
    pub change: InstanceChange,
}

/// What became of one date of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceChange {
    /// It is one now.
    Added(Box<Facts>),
    /// It is one again: EXDATE does not take it out any more.
    Back,
    /// It is none any more.
    Gone,
    /// The series moved, so that what stood for this date alone does not count any more.
    Superseded,
    /// It stays and is otherwise than before.
    Changed(Box<Changes>),
}

impl Difference {
    /// Whether a person has nothing to learn from it.
    pub fn is_empty(&self) -> bool {
        self.fate == Fate::Kept
            && self.changes == Changes::default()
            && self.instances.is_empty()
            && self.before.is_some() == self.after.is_some()
    }
}

/// What differs between two iCalendar texts of one object; none stands for no object.
pub fn difference(before: Option<&[u8]>, after: Option<&[u8]>) -> Difference {
    let texts: Vec<_> = before.into_iter().chain(after).collect();
    let steps = version::steps_for(&texts);
    let read = |text: &[u8]| Version::read(text, steps);
    let (before, after) = (before.map(read), after.map(read));
    let fate = match (&before, &after) {
        (None, Some(_)) => Fate::Added,
        (Some(_), None) => Fate::Removed,
        _ => Fate::Kept,
    };
    let facts = |version: &Option<Version>| version.as_ref()?.master().cloned();
    let (old, new) = (facts(&before), facts(&after));
    let changes = match (&old, &new) {
        (Some(old), Some(new)) => {
            let mut changes = Changes::between(old, new);
            if let (Some(before), Some(after)) = (&before, &after) {
                changes.details = before.details_changed(after);
            }
            changes
        }
        _ => Changes::default(),
    };
    let instances = match &after {
        Some(after) => instances::differ(before.as_ref(), after, &changes),
        None => Vec::new(),
    };
    Difference {
        before: old,
        after: new,
        fate,
        changes,
        instances,
    }
}

impl Changes {
    /// What differs between two components, but for [`Changes::details`].
    pub(crate) fn between(before: &Facts, after: &Facts) -> Self {
        let status = |facts: &Facts| facts.status.clone().filter(|status| status != "CONFIRMED");
        Self {
            times: Span::change(before, after),
            recurrence: recurrence(before, after),
            title: changed(&before.summary, &after.summary),
            place: changed(&before.location, &after.location),
            status: changed(&status(before), &status(after)),
            organizer: organizer(before, after),
            people: people(&before.attendees, &after.attendees),
            details: Vec::new(),
        }
    }

    /// Leaves out what changed in the same way for the whole series.
    pub(crate) fn without(mut self, series: &Self) -> Self {
        fn other<T: PartialEq>(own: Option<T>, series: &Option<T>) -> Option<T> {
            own.filter(|own| series.as_ref() != Some(own))
        }
        self.title = other(self.title, &series.title);
        self.place = other(self.place, &series.place);
        self.status = other(self.status, &series.status);
        self.organizer = other(self.organizer, &series.organizer);
        self.people.retain(|change| !series.people.contains(change));
        self.details
            .retain(|detail| !series.details.contains(detail));
        self
    }
}

impl Span {
    /// From when to when it is; none when that cannot be read.
    pub fn of(facts: &Facts) -> Option<Self> {
        Some(Self {
            start: facts.start.clone()?,
            end: facts.end.clone(),
        })
    }

    fn change(before: &Facts, after: &Facts) -> Option<Replaced<Self>> {
        let (old, new) = (Self::of(before)?, Self::of(after)?);
        let recurs = before.recurrence.is_some() && after.recurrence.is_some();
        let keeps_zone = old.start.clock == new.start.clock;
        if old.is_same(&new) && (keeps_zone || !recurs) {
            return None;
        }
        Some(Replaced {
            before: old,
            after: new,
        })
    }

    /// Whether both begin and end at the same moments.
    pub fn is_same(&self, other: &Self) -> bool {
        let end = |span: &Self| span.end.clone().unwrap_or_else(|| span.start.clone());
        self.start.is_same(&other.start) && end(self).is_same(&end(other))
    }
}

fn changed<T: Clone + PartialEq>(before: &T, after: &T) -> Option<Replaced<T>> {
    (before != after).then(|| Replaced {
        before: before.clone(),
        after: after.clone(),
    })
}

fn recurrence(before: &Facts, after: &Facts) -> Option<Replaced<Option<Recurrence>>> {
    match (&before.recurrence, &after.recurrence) {
        (Some(old), Some(new)) if old.is_same(new) => None,
        (old, new) => changed(old, new),
    }
}

fn organizer(before: &Facts, after: &Facts) -> Option<Replaced<Option<Person>>> {
    match (&before.organizer, &after.organizer) {
        (Some(old), Some(new)) if old.is_same(new) => None,
        (old, new) => changed(old, new),
    }
}

/// Answers first, then who came, then who went, each in the order of the lists.
fn people(before: &[Person], after: &[Person]) -> Vec<PersonChange> {
    let (before, after) = (by_address(before), by_address(after));
    let (was, is): (HashMap<_, _>, HashMap<_, _>) = (
        before.iter().cloned().collect(),
        after.iter().cloned().collect(),
    );
    let answered = after.iter().filter_map(|(key, person)| {
        let old = was.get(key)?;
        let is_new = old.partstat != person.partstat
            || (person.comment.is_some() && old.comment != person.comment);
        is_new.then(|| PersonChange::Answered {
            person: (*person).clone(),
            before: old.partstat.clone(),
        })
    });
    let joined = after.iter().filter(|(key, _)| !was.contains_key(key));
    let left = before.iter().filter(|(key, _)| !is.contains_key(key));
    answered
        .chain(joined.map(|(_, person)| PersonChange::Joined((*person).clone())))
        .chain(left.map(|(_, person)| PersonChange::Left((*person).clone())))
        .collect()
}

/// Each person once, by address: lists can be long, name one twice, and are compared for every date.
fn by_address(people: &[Person]) -> Vec<(String, &Person)> {
    let mut seen = HashSet::with_capacity(people.len());
    people
        .iter()
        .map(|person| (key(person), person))
        .filter(|(key, _)| seen.insert(key.clone()))
        .collect()
}

fn key(person: &Person) -> String {
    person.address.as_str().to_lowercase()
}
