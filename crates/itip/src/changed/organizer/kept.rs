//! What an organizer's change cannot take away: answers that came since the version that his client
//! changed (RFC 6638 section 3.2.10.1), and what the server notes on its own mail (section 3.2.9).

use calendar::{CalendarUserAddress, ComponentBuf, PropertyBuf};

use super::Change;
use crate::changed::{Seen, status};
use crate::consequence::ANSWERS;
use crate::course::Course;
use crate::line::Line;
use crate::object::{Body, Object};

impl Change<'_> {
    /// Dates that answers made, which the client may not know, come back where the series still has them.
    pub(super) fn keep_dates(&self, before: &Object<'_>, after: &mut Object<'_>) -> bool {
        let made = self.state.made.iter();
        let missing: Vec<_> = made
            .filter(|id| self.seen == Seen::Earlier && before.components.contains_key(id))
            .filter(|id| !after.components.contains_key(id))
            .collect();
        if missing.is_empty() {
            return false;
        }
        let Ok(Some(course)) = Course::of(after, &self.limits.recurrence) else {
            return false;
        };
        let mut is_changed = false;
        for id in missing {
            if let Ok(Some(instance)) = course.find(id) {
                let component = Body::made(course.component(&instance));
                after.components.insert(id.clone(), component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Answers that came since the version that the client changed survive its PUT (RFC 6638 section
    /// 3.2.10.1), and so do the delegates that they named.
    pub(super) fn keep_answers(&self, before: &Object<'_>, after: &mut Object<'_>) -> bool {
        if self.seen == Seen::Current {
            return false;
        }
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let Some(old) = before.components.get(id).map(Body::to_buf) else {
                continue;
            };
            let mut component = body.to_buf().into_owned();
            let has_answered = |address: &CalendarUserAddress| {
                let key = address.as_str().to_lowercase();
                self.state.reply_of(&key, id).is_some()
            };
            if keep_answers_of(&old, &mut component, &has_answered) {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// SCHEDULE-STATUS is the server's word: a line that the client wrote without it has it again.
    pub(super) fn keep_statuses(&self, before: &Object<'_>, after: &mut Object<'_>) -> bool {
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let Some(old) = before.components.get(id).map(Body::to_buf) else {
                continue;
            };
            let status_of = |line: &PropertyBuf| {
                let mut olds = old.properties_named("ATTENDEE");
                let old = olds.find(|old| old.value() == line.value());
                old.and_then(|old| Some(old.parameter(status::NAME)?.into_owned()))
            };
            is_changed |= status::note(body, "ATTENDEE", status_of);
        }
        is_changed
    }
}

/// Takes what attendees answered over into what the client wrote of a component; whether that changed it.
fn keep_answers_of(
    old: &ComponentBuf,
    new: &mut ComponentBuf,
    has_answered: &impl Fn(&CalendarUserAddress) -> bool,
) -> bool {
    let mut is_changed = false;
    let mut delegators = Vec::new();
    let attendees = new.properties_mut();
    for line in attendees.filter(|line| line.is("ATTENDEE")) {
        let address = line.address();
        let mut olds = old.properties_named("ATTENDEE");
        let old = olds.find(|old| old.is_named(&address));
        if let Some(old) = old.filter(|_| has_answered(&address)) {
            is_changed |= keep_answer(old, line);
            delegators.push(address);
        }
    }
    for line in old.properties_named("ATTENDEE") {
        let from = line.parameter_values("DELEGATED-FROM");
        let mut from = from.iter().map(|uri| CalendarUserAddress::parse(uri));
        let is_kept = from.any(|from| delegators.iter().any(|one| one.same_ignoring_case(&from)));
        let address = line.address();
        let is_listed = |new: &ComponentBuf| {
            let mut listed = new.properties_named("ATTENDEE");
            listed.any(|new| new.is_named(&address))
        };
        if is_kept && !is_listed(new) {
            new.push_property(line.clone());
            is_changed = true;
        }
    }
    is_changed
}

/// Takes the answer of a stored line over into what the client wrote of it; whether that changed it. All
/// else on the line is the organizer's.
fn keep_answer(old: &PropertyBuf, new: &mut PropertyBuf) -> bool {
    let mut is_changed = false;
    for name in ANSWERS {
        let kept = old.parameter_values(name);
        if new.parameter_values(name) != kept {
            let kept: Vec<_> = kept.iter().map(String::as_str).collect();
            new.set_parameter_values(name, &kept);
            is_changed = true;
        }
    }
    is_changed
}
