//! Whether a change asks the owner again (rule C4).

use calendar::ComponentBuf;

use super::Work;
use crate::answer;
use crate::extent;
use crate::line::Line;
use crate::merge::{self, Asked};
use crate::note::Note;
use crate::object::{Body, Object};
use crate::recurrence_id::RecurrenceId;
use crate::span;

impl<'a> Work<'_, 'a> {
    /// Where the series is asked again, so is each date in its own place: its answer was the series'.
    pub(super) fn asked_with_series(&mut self, id: &RecurrenceId, body: Body<'a>) -> Body<'a> {
        if !self.asks_series || id.is_master() || body.is_cancelled() {
            return body;
        }
        let mut over = body.to_buf().into_owned();
        let series = || Some(self.after.master()?.to_buf().into_owned());
        let series = self.series.get_or_init(series).as_ref();
        let stays =
            |series| span::stays_in_place(self.timed_after(&over), self.timed_after(series));
        if !series.is_some_and(stays) {
            return body;
        }
        self.ask_again(&mut over);
        Body::made(over)
    }

    pub(super) fn moves_or_adds(&self, before: &ComponentBuf, after: &ComponentBuf) -> bool {
        extent::moves_or_adds(
            self.timed_before(before),
            self.timed_after(after),
            &self.case.limits.recurrence,
        )
    }

    /// Whether a component's instances move, come or come back (rule C4).
    pub(super) fn asks_again(
        &self,
        id: &RecurrenceId,
        before: &ComponentBuf,
        after: &ComponentBuf,
    ) -> bool {
        let is_back = self.is_reinstated(id);
        if !id.is_master() {
            return is_back || self.moves_or_adds(before, after);
        }
        let mut ids = self.before.components.keys();
        let has_lost = ids.any(|id| !self.after.components.contains_key(id));
        let is_same = !is_back && !has_lost && span::has_lines_of(before, after);
        !is_same && self.series_moves_or_adds()
    }

    /// Whether the owner's override of a date waits for an answer. A question is lost by an answer
    /// alone, so such a date counts as none where the series takes it in: it had been moved or brought
    /// back, which the series does itself where it comes first.
    fn waits(&self, id: &RecurrenceId) -> bool {
        let asks = |line: &dyn Line| self.case.owner.is(line) && answer::is_unanswered(line);
        let mine = self.mine.components.get(id).filter(|_| !id.is_master());
        mine.is_some_and(|body| body.any_line("ATTENDEE", asks))
    }

    /// As for a component, of all that the series has; overrides that stay say it themselves.
    fn series_moves_or_adds(&self) -> bool {
        let clock = &self.clocks;
        let old_clock = clock.before.get_or_init(|| self.before.clock());
        let new_clock = clock.after.get_or_init(|| self.after.clock());
        // Overrides that stay came after this version, or come with it: it did not find them there.
        let mut old = Object::clone(&self.before);
        old.components
            .retain(|id, _| id.is_master() || !self.after.components.contains_key(id));
        extent::series_moves_or_adds(
            (&old, old_clock),
            &|id| self.waits(id),
            (&self.after, new_clock),
            &self.case.limits.recurrence,
        )
    }

    pub(super) fn is_reinstated(&self, id: &RecurrenceId) -> bool {
        let is_cancelled =
            |object: &Object<'_>| object.components.get(id).is_some_and(Body::is_cancelled);
        is_cancelled(&self.before) && !is_cancelled(&self.after)
    }

    pub(super) fn ask_again(&mut self, component: &mut ComponentBuf) {
        if merge::ask_again(component, self.case.owner) == Asked::Again {
            self.note(Note::AsksAgain);
        }
    }
}
