//! What an organizer's change cannot take away: answers that came since the version that his client
//! changed (RFC 6638 section 3.2.10.1), and what the server notes on its own mail (section 3.2.9).

use calendar::PropertyBuf;

use super::Change;
use crate::changed::{Seen, status};
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
    /// 3.2.10.1).
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
            let mut is_kept = false;
            for line in component
                .properties_mut()
                .filter(|line| line.is("ATTENDEE"))
            {
                let address = line.address();
                let has_answered = self
                    .state
                    .reply_of(&address.as_str().to_lowercase(), id)
                    .is_some();
                let mut olds = old.properties_named("ATTENDEE");
                let old = olds.find(|old| old.is_named(&address));
                if let Some(old) = old.filter(|old| has_answered && **old != *line) {
                    *line = old.clone();
                    is_kept = true;
                }
            }
            if is_kept {
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
