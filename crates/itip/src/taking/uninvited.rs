//! Components that no longer list the owner (rule C9).

use std::collections::BTreeSet;

use calendar::{Component, Method};

use super::{Taking, Verdict};
use crate::arrival::Part;
use crate::case::{Case, MASTER};
use crate::merge::Base;
use crate::note::Note;
use crate::object::Body;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;
use crate::strip;

impl<'a> Taking<'a> {
    /// Rule C9: a component no longer lists the owner though it did, or its series does.
    pub(super) fn is_uninvited(&self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) -> bool {
        if case.incoming.method != Method::Request || !leaves_out(&part.component, case) {
            return false;
        }
        let before = [case.version.components.get(id), self.version.master()];
        before.into_iter().flatten().any(|body| lists(body, case))
    }

    /// As CANCEL; content comes in only where there was none.
    pub(super) fn uninvite(
        &mut self,
        id: &RecurrenceId,
        part: &Part<'a>,
        case: &Case<'a>,
    ) -> Verdict {
        let verdict = self.judge_cancel(id, &part.stamp);
        if !verdict.is_taken() {
            return verdict;
        }
        if self.state.is_cancelled(id) {
            self.cancel(id, &part.stamp);
            return Verdict::ForOthers;
        }
        if !self.version.components.contains_key(id) {
            let content = strip::body(&part.component, case.incoming, case.owner);
            self.take(id, &part.stamp, content);
        }
        self.cancel_as_uninvited(id, &part.stamp);
        verdict
    }

    fn cancel_as_uninvited(&mut self, id: &RecurrenceId, since: &Stamp) {
        self.cancel(id, since);
        self.uninvited.insert(id.clone());
        self.note(Note::Uninvited);
    }

    /// Whether what comes late lists the owner, whom the version that came first lists no more.
    pub(super) fn was_listed_before(
        &self,
        id: &RecurrenceId,
        part: &Part<'a>,
        case: &Case<'a>,
    ) -> bool {
        let is_after = |taken: &Stamp| part.stamp.order(taken).is_le();
        let series = self
            .state
            .request_stamp(&MASTER)
            .filter(|_| !id.is_master());
        let leaves_out = |body: &Body<'_>| leaves_out_body(body, case);
        case.incoming.method == Method::Request
            && case.base == Base::Known
            && self.state.request_stamp(id).is_some_and(is_after)
            && series.is_none_or(|series| series.dtstamp <= part.stamp.dtstamp)
            && self.version.components.get(id).is_some_and(leaves_out)
            && part
                .component
                .properties_named("ATTENDEE")
                .any(|line| case.owner.is(&line))
    }

    /// Had it come in time, the other would have been as CANCEL.
    pub(super) fn uninvite_since(
        &mut self,
        id: &RecurrenceId,
        stamp: &Stamp,
        content: Body<'a>,
    ) -> Verdict {
        let taken = self.state.taken(id).cloned().unwrap_or_default();
        let since = taken.request.into_iter().chain(taken.cancel);
        let since = since.max_by(Stamp::total_order);
        self.take(id, stamp, content);
        if let Some(since) = since {
            self.cancel_as_uninvited(id, &since);
        }
        Verdict::Newer
    }

    /// The same of dates that leave the owner out, when a series comes late that lists him.
    pub(super) fn uninvite_from_dates(&mut self, case: &Case<'a>) {
        let listing = self.version.master().filter(|series| lists(series, case));
        if listing.is_none() || case.incoming.method != Method::Request {
            return;
        }
        let dates = self.version.components.iter();
        let without = dates.filter(|(_, body)| leaves_out_body(body, case));
        let without: BTreeSet<_> = without.map(|(id, _)| id.clone()).collect();
        for id in without {
            let since = self.state.request_stamp(&id).cloned();
            if let Some(since) = since.filter(|_| !self.state.is_cancelled(&id)) {
                self.cancel_as_uninvited(&id, &since);
            }
        }
    }
}

fn lists(body: &Body<'_>, case: &Case<'_>) -> bool {
    body.any_line("ATTENDEE", |line| case.owner.is(line))
}

fn leaves_out_body(body: &Body<'_>, case: &Case<'_>) -> bool {
    body.has("ATTENDEE") && !lists(body, case)
}

/// Whether a component has attendees and the owner is none of them.
pub(crate) fn leaves_out(component: &Component<'_>, case: &Case<'_>) -> bool {
    let mut attendees = component.properties_named("ATTENDEE").peekable();
    attendees.peek().is_some() && !attendees.any(|line| case.owner.is(&line))
}
