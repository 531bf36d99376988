//! The last messages taken for one component, and what of them is cancelled (rules C2 and D1).

use serde::{Deserialize, Serialize};

use super::State;
use crate::incoming::Timestamp;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;

/// The last REQUEST and the last CANCELs taken for one component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Taken {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<Stamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cancel: Option<Stamp>,
    /// A CANCEL of this instance and all later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<Stamp>,
}

impl Taken {
    /// Takes of each what is later.
    pub(super) fn take_later(&mut self, other: Self) {
        let sides = [
            (&mut self.request, other.request),
            (&mut self.cancel, other.cancel),
            (&mut self.end, other.end),
        ];
        for (one, other) in sides {
            let is_later = |other: &Stamp| {
                one.as_ref()
                    .is_none_or(|one| other.total_order(one).is_gt())
            };
            if other.as_ref().is_some_and(is_later) {
                *one = other;
            }
        }
    }

    /// Drops every stamp that is so.
    pub(crate) fn forget(&mut self, is_so: impl Fn(&Stamp) -> bool) {
        for stamp in [&mut self.request, &mut self.cancel, &mut self.end] {
            if stamp.as_ref().is_some_and(&is_so) {
                *stamp = None;
            }
        }
    }

    /// The DTSTAMP of what was taken last.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        let stamps = [&self.request, &self.cancel, &self.end];
        stamps
            .into_iter()
            .flatten()
            .map(|stamp| stamp.dtstamp)
            .max()
    }
}

impl State {
    /// Whether any CANCEL was taken.
    pub(crate) fn has_cancels(&self) -> bool {
        let mut all = self.components.values();
        all.any(|taken| taken.cancel.is_some() || taken.end.is_some())
    }

    /// The instance before which the series ends, by CANCELs with RANGE=THISANDFUTURE.
    pub(crate) fn end(&self) -> Option<RecurrenceId> {
        let master = self.request_stamp(&RecurrenceId::MASTER);
        let ends = self.components.iter().filter(|(_, taken)| {
            let end = taken.end.as_ref();
            end.is_some_and(|end| master.is_none_or(|master| end.dtstamp >= master.dtstamp))
        });
        ends.map(|(id, _)| id.clone()).next()
    }

    /// Instances with a CANCEL of their own.
    pub(crate) fn cancelled_alone(&self) -> impl Iterator<Item = &RecurrenceId> {
        let all = self.components.iter();
        let own = all.filter(|(_, taken)| taken.cancel.is_some());
        own.map(|(id, _)| id).filter(|id| self.is_cancelled(id))
    }

    /// Whether a component is cancelled: by a CANCEL of its own that is not older than its REQUEST,
    /// or by one of the whole object or of its rest (rule C2: between the two by DTSTAMP alone).
    pub(crate) fn is_cancelled(&self, id: &RecurrenceId) -> bool {
        let request = self.request_stamp(id);
        let own = self
            .cancel_stamp(id)
            .is_some_and(|cancel| request.is_none_or(|request| cancel.order(request).is_ge()));
        own || (!id.is_master() && self.is_cancelled_with_others(id, request))
    }

    fn is_cancelled_with_others(&self, id: &RecurrenceId, request: Option<&Stamp>) -> bool {
        let is_later =
            |cancel: &Stamp| request.is_none_or(|request| cancel.dtstamp >= request.dtstamp);
        let master = RecurrenceId::MASTER;
        let with_master =
            self.is_cancelled(&master) && self.cancel_stamp(&master).is_some_and(is_later);
        with_master || self.is_ended(id)
    }

    /// Whether it is of the rest of a series that a CANCEL ended, and no REQUEST brought it back.
    pub(crate) fn is_ended(&self, id: &RecurrenceId) -> bool {
        let request = self.request_stamp(id);
        let is_later = |end: &Stamp| request.is_none_or(|request| end.dtstamp >= request.dtstamp);
        let mut ends = self.components.iter();
        ends.any(|(first, taken)| taken.end.as_ref().is_some_and(is_later) && id.is_from(first))
    }

    /// The SEQUENCE that a component shows: the higher of what REQUEST and live CANCEL said.
    pub(crate) fn cancel_sequence(&self, id: &RecurrenceId) -> u64 {
        let of = |id: &RecurrenceId| {
            let stamps = [self.cancel_stamp(id), self.end_stamp(id)];
            stamps
                .into_iter()
                .flatten()
                .map(|stamp| stamp.sequence)
                .max()
                .unwrap_or(0)
        };
        let request = self.request_stamp(id).map_or(0, |stamp| stamp.sequence);
        let master = RecurrenceId::MASTER;
        // One that a newer version outlived would be stale, had it come later.
        let of_all = if !id.is_master() && self.is_cancelled(&master) {
            of(&master)
        } else {
            0
        };
        request.max(of(id)).max(of_all)
    }
}
