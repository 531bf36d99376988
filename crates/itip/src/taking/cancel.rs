//! What of a CANCEL is taken (rules C2 and D1).

use super::{Taking, Verdict};
use crate::arrival::{Part, Reach};
use crate::case::MASTER;
use crate::limits::Limits;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;

impl Taking<'_> {
    /// What a CANCEL is beside what was taken: the same time as the REQUEST is late enough.
    pub(crate) fn judge_cancel(&self, id: &RecurrenceId, new: &Stamp) -> Verdict {
        let is_older = |taken: &Stamp| new.order(taken).is_lt();
        let master = self
            .state
            .request_stamp(&MASTER)
            .filter(|_| !id.is_master());
        if self.state.request_stamp(id).is_some_and(is_older)
            || master.is_some_and(|master| new.dtstamp < master.dtstamp)
        {
            return Verdict::Stale;
        }
        beside(self.state.cancel_stamp(id), new)
    }

    /// Takes a CANCEL of a component, or of an instance and all after it, if it is new.
    ///
    /// Those of instances without content are no more than components may be.
    pub(crate) fn take_cancel(&mut self, id: &RecurrenceId, part: &Part<'_>, limits: &Limits) {
        let is_full = self.state.components.len() >= limits.components;
        if is_full && self.state.taken(id).is_none() {
            return;
        }
        let is_range = part.reach == Reach::Future && !id.is_master();
        let verdict = if is_range {
            self.judge_end(id, &part.stamp)
        } else {
            self.judge_cancel(id, &part.stamp)
        };
        if verdict.is_taken() {
            let taken = self.state.components.entry(id.clone()).or_default();
            let stamp = if is_range {
                &mut taken.end
            } else {
                &mut taken.cancel
            };
            *stamp = Some(part.stamp.clone());
        }
        self.verdicts.push(verdict);
    }

    /// What a CANCEL of the rest of a series is beside what was taken.
    fn judge_end(&self, id: &RecurrenceId, new: &Stamp) -> Verdict {
        let master = self.state.request_stamp(&MASTER);
        if master.is_some_and(|master| new.dtstamp < master.dtstamp) {
            return Verdict::Stale;
        }
        beside(self.state.end_stamp(id), new)
    }

    pub(super) fn cancel(&mut self, id: &RecurrenceId, stamp: &Stamp) {
        self.state.components.entry(id.clone()).or_default().cancel = Some(stamp.clone());
    }

    /// Whether a CANCEL was taken.
    pub(crate) fn is_cancel_taken(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.is_taken())
    }
}

/// What a CANCEL is beside the last one of its kind.
fn beside(taken: Option<&Stamp>, new: &Stamp) -> Verdict {
    match taken.map(|taken| new.order(taken)) {
        None => Verdict::Newer,
        Some(order) if order.is_gt() => Verdict::Newer,
        Some(order) if order.is_eq() => Verdict::Duplicate,
        Some(_) => Verdict::Stale,
    }
}
