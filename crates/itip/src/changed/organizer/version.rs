//! One version of an organizer's event: what each component says is worked out once, whoever asks.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{CalendarUserAddress, ComponentBuf, Method};

use crate::changed::{is_clients, message, view};
use crate::clock::Clock;
use crate::course::Course;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::Line;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;

/// An object with what is asked of it for each guest.
pub(super) struct Version<'o, 'a> {
    pub(super) object: &'o Object<'a>,
    pub(super) clock: Clock,
    /// When the last of it ends.
    pub(super) ends: Option<Timestamp>,
    course: Option<Course>,
    parts: BTreeMap<RecurrenceId, Part>,
}

/// One component.
pub(super) struct Part {
    /// As it is sent, but for what one guest may not see.
    pub(super) sent: ComponentBuf,
    /// What matters of it.
    essence: BTreeSet<String>,
    /// By which addresses its guests are known, in lower case.
    names: BTreeSet<String>,
}

/// What of a version one guest gets to see: nothing of none.
pub(super) struct View<'v> {
    parts: BTreeMap<&'v RecurrenceId, &'v Part>,
    /// Dates of the series that he is left out of, which are exceptions for him.
    hidden: BTreeSet<&'v RecurrenceId>,
}

impl<'o, 'a> Version<'o, 'a> {
    pub(super) fn of(object: &'o Object<'a>, limits: &Limits) -> Self {
        let clock = object.clock();
        let organizer = object.organizer();
        let part = |body: &Body<'_>| {
            let component = body.to_buf();
            Part {
                sent: view::sent(&component, organizer.as_ref()),
                essence: view::essence(&component, &clock),
                names: names(body),
            }
        };
        let parts = object.components.iter();
        Self {
            object,
            parts: parts.map(|(id, body)| (id.clone(), part(body))).collect(),
            ends: message::ends(object, &clock, limits),
            course: Course::of(object, &limits.recurrence).ok().flatten(),
            clock,
        }
    }

    /// Everybody whom the server writes to, by the address in lower case (rule F4).
    pub(super) fn invited(&self, owner: &Owner) -> BTreeMap<String, CalendarUserAddress> {
        let mut invited = BTreeMap::new();
        let organizer = self.object.organizer();
        let is_scheduled = organizer.is_some_and(|line| !is_clients(&line));
        for body in self.object.components.values().filter(|_| is_scheduled) {
            for line in body.to_buf().properties_named("ATTENDEE") {
                if !owner.is(line) && !is_clients(line) {
                    let address = line.address();
                    let key = address.as_str().to_lowercase();
                    invited.entry(key).or_insert(address);
                }
            }
        }
        invited
    }

    /// What the guest of this address, in lower case, gets to see (RFC 6638 section 3.2.6).
    pub(super) fn seen_by(&self, guest: &str) -> View<'_> {
        let lists = |part: &Part| part.names.contains(guest);
        let (seen, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.parts.iter().partition(|(_, part)| lists(part));
        let has_series = seen.contains_key(&RecurrenceId::MASTER) && self.course.is_some();
        View {
            parts: seen,
            hidden: others.into_keys().filter(|_| has_series).collect(),
        }
    }

    /// Whether a component lists the guest of this address, in lower case.
    pub(super) fn lists(&self, id: &RecurrenceId, guest: &str) -> bool {
        let part = self.parts.get(id);
        part.is_some_and(|part| part.names.contains(guest))
    }

    /// A component as it is sent.
    pub(super) fn sent_of(&self, id: &RecurrenceId) -> Option<&ComponentBuf> {
        self.parts.get(id).map(|part| &part.sent)
    }

    /// The components of a view as they are sent.
    pub(super) fn sent(&self, view: &View<'_>) -> Vec<ComponentBuf> {
        let mut components: Vec<_> = view.parts.values().map(|part| part.sent.clone()).collect();
        let dates = view.hidden.iter();
        let dates = dates.filter_map(|id| self.course.as_ref()?.written(id));
        if let Some(master) = components.first_mut() {
            for date in dates {
                master.push_property(date.to_property("EXDATE"));
            }
        }
        components
    }

    /// What a guest was told with this version; none when nothing.
    pub(super) fn told(&self, view: &View<'_>, now: Timestamp) -> Option<Vec<u8>> {
        let text = || message::text(Method::Request, &self.sent(view), self.object, now);
        (!view.is_empty()).then(text)
    }

    /// The component, or what the series says of the instance.
    pub(super) fn component(&self, id: &RecurrenceId) -> Option<ComponentBuf> {
        if let Some(body) = self.object.components.get(id) {
            return Some(body.to_buf().into_owned());
        }
        let course = self.course.as_ref()?;
        Some(course.component(&course.find(id).ok().flatten()?))
    }
}

impl<'v> View<'v> {
    /// Of a version in which he is not invited.
    pub(super) fn nothing() -> Self {
        Self {
            parts: BTreeMap::new(),
            hidden: BTreeSet::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn has(&self, id: &RecurrenceId) -> bool {
        self.parts.contains_key(id)
    }

    pub(super) fn has_series(&self) -> bool {
        self.has(&RecurrenceId::MASTER)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = (&'v RecurrenceId, &'v Part)> {
        self.parts.iter().map(|(id, part)| (*id, *part))
    }

    /// The part of the view that is not in another one.
    pub(super) fn without(&self, other: &View<'_>) -> Self {
        let parts = self.parts().filter(|(id, _)| !other.has(id));
        Self {
            parts: parts.collect(),
            hidden: BTreeSet::new(),
        }
    }

    /// The series alone.
    pub(super) fn series(&self) -> Self {
        let parts = self.parts().filter(|(id, _)| id.is_master());
        Self {
            parts: parts.collect(),
            hidden: BTreeSet::new(),
        }
    }

    /// Whether it says something that matters and that an older view did not say.
    pub(super) fn is_news_after(&self, old: &Self) -> bool {
        let mut parts = self.parts();
        parts.any(|(id, part)| {
            let known = old.parts.get(id);
            known.is_none_or(|known| match id.is_master() {
                true => self.exceptions(part) != old.exceptions(known),
                false => part.essence != known.essence,
            })
        })
    }

    /// The essence of the series with the exceptions that are the guest's alone.
    fn exceptions<'p>(&'p self, master: &'p Part) -> BTreeSet<std::borrow::Cow<'p, str>> {
        let own = self.hidden.iter().map(|id| format!("EXDATE {id}").into());
        master
            .essence
            .iter()
            .map(|text| text.into())
            .chain(own)
            .collect()
    }
}

/// By which addresses the guests of a component are known, in lower case.
pub(super) fn names(body: &Body<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in body.to_buf().properties_named("ATTENDEE") {
        let own = line.names().into_iter();
        names.extend(own.map(|name| name.as_str().to_lowercase()));
    }
    names
}
