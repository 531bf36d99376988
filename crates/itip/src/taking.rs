//! What of a message is taken into the organizer's version, component by component (rules C2, C5, C9).

mod cancel;
mod uninvited;
mod version;

use std::collections::BTreeSet;

use calendar::{ComponentBuf, DateOrTime};
use jiff::Timestamp as Instant;

use crate::arrival::Part;
use crate::case::{Case, MASTER};
use crate::line;
use crate::merge::Base;
use crate::note::Note;
use crate::object::{Body, Object};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;
use crate::state::State;
use crate::strip;
pub(crate) use uninvited::leaves_out;

/// What a component of a message is beside what was taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Newer, and taken.
    Newer,
    /// As new by SEQUENCE and DTSTAMP, other content, and later by what settles it.
    Settled,
    Duplicate,
    Stale,
    /// For others, and it was so before.
    ForOthers,
}

impl Verdict {
    fn is_taken(self) -> bool {
        matches!(self, Self::Newer | Self::Settled)
    }
}

/// The organizer's version and the state after a message.
pub(crate) struct Taking<'a> {
    pub(crate) state: State,
    pub(crate) version: Object<'a>,
    /// Components with new content.
    pub(crate) applied: BTreeSet<RecurrenceId>,
    /// Components that no longer list the owner.
    pub(crate) uninvited: BTreeSet<RecurrenceId>,
    pub(crate) notes: Vec<Note>,
    verdicts: Vec<Verdict>,
}

impl<'a> Taking<'a> {
    /// Begins with what stands.
    pub(crate) fn begin(case: &Case<'a>) -> Self {
        Self {
            state: case.state.clone(),
            version: case.version.clone(),
            applied: BTreeSet::new(),
            uninvited: BTreeSet::new(),
            notes: case.arrival.notes.clone(),
            verdicts: Vec::new(),
        }
    }

    /// Takes what a REQUEST or PUBLISH has that is new, its master first, for that decides which
    /// overrides there are (rule C5).
    pub(crate) fn requests(case: &Case<'a>) -> Self {
        let mut taking = Self::begin(case);
        let (master, dates): (Vec<_>, Vec<_>) = case
            .arrival
            .parts
            .iter()
            .partition(|(id, _)| id.is_master());
        master
            .into_iter()
            .for_each(|(id, part)| taking.request(id, part, case));
        if taking.applied.contains(&MASTER) {
            taking.drop_older_overrides();
            taking.uninvite_from_dates(case);
        }
        dates
            .into_iter()
            .for_each(|(id, part)| taking.request(id, part, case));
        if !taking.applied.is_empty() {
            taking.take_envelope(case);
        }
        taking
    }

    /// Whether anything of the message counts.
    pub(crate) fn is_any(&self) -> bool {
        !self.applied.is_empty() || !self.uninvited.is_empty()
    }

    /// Why nothing of it counts.
    pub(crate) fn refusal(&self) -> Reason {
        let has = |verdict| self.verdicts.contains(&verdict);
        if has(Verdict::ForOthers) {
            Reason::NotForYou
        } else if has(Verdict::Stale) {
            Reason::Stale
        } else {
            Reason::Duplicate
        }
    }

    fn request(&mut self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) {
        let verdict = self.take_request(id, part, case);
        self.verdicts.push(verdict);
    }

    fn take_request(&mut self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) -> Verdict {
        if self.is_uninvited(id, part, case) {
            return self.uninvite(id, part, case);
        }
        let content = strip::body(&part.component, case.incoming, case.owner);
        if self.was_listed_before(id, part, case) {
            return self.uninvite_since(id, &part.stamp, content);
        }
        let verdict = self.judge(id, &part.stamp, &content, case);
        match verdict {
            Verdict::Settled => self.note(Note::SequenceNotRaised),
            Verdict::Stale => self.note(Note::StaleIgnored),
            Verdict::Duplicate if case.base == Base::Known => self.settle_later(id, &part.stamp),
            _ => {}
        }
        if verdict.is_taken() {
            self.take(id, &part.stamp, content);
        }
        verdict
    }

    /// Takes what an ADD brings, if it is new. That there is such a date stays true when its content
    /// is older than an override's, but not beside a newer version of the series (rules C2 and D4).
    pub(crate) fn take_added(
        &mut self,
        id: &RecurrenceId,
        stamp: &Stamp,
        content: Body<'a>,
        case: &Case<'a>,
    ) {
        let verdict = self.judge(id, stamp, &content, case);
        self.verdicts.push(verdict);
        if verdict.is_taken() {
            self.take(id, stamp, content);
        }
        let series = self.state.request_stamp(&MASTER);
        if series.is_none_or(|series| series.dtstamp <= stamp.dtstamp) {
            let at = self.state.added.entry(id.clone()).or_insert(stamp.dtstamp);
            *at = stamp.dtstamp.max(*at);
        }
    }

    /// Rule C2: within a component by SEQUENCE and DTSTAMP, beside the master by DTSTAMP alone.
    fn judge(
        &self,
        id: &RecurrenceId,
        new: &Stamp,
        content: &Body<'a>,
        case: &Case<'a>,
    ) -> Verdict {
        let master = self
            .state
            .request_stamp(&MASTER)
            .filter(|_| !id.is_master());
        if master.is_some_and(|master| new.dtstamp < master.dtstamp) {
            return Verdict::Stale;
        }
        let Some(taken) = self.state.request_stamp(id) else {
            return Verdict::Newer;
        };
        if new.order(taken).is_ne() {
            return if new.order(taken).is_gt() {
                Verdict::Newer
            } else {
                Verdict::Stale
            };
        }
        let before = self.version.components.get(id);
        let is_same = before.is_some_and(|before| {
            same_content(
                &strip::stripped(before.to_buf().into_owned(), case.owner),
                &content.to_buf(),
            )
        });
        if is_same {
            Verdict::Duplicate
        } else if new.tie_break(taken).is_gt() {
            Verdict::Settled
        } else {
            Verdict::Stale
        }
    }

    /// What was said once more stands by the later of both messages: a third that is as new and says
    /// otherwise may come between them.
    fn settle_later(&mut self, id: &RecurrenceId, stamp: &Stamp) {
        let taken = self.state.components.get_mut(id);
        if let Some(taken) = taken.and_then(|taken| taken.request.as_mut())
            && stamp.tie_break(taken).is_gt()
        {
            taken.clone_from(stamp);
        }
    }

    pub(crate) fn take(&mut self, id: &RecurrenceId, stamp: &Stamp, content: Body<'a>) {
        let content = with_dtstamp(content, stamp);
        self.state.components.entry(id.clone()).or_default().request = Some(stamp.clone());
        self.version.components.insert(id.clone(), content);
        self.applied.insert(id.clone());
    }

    /// A master removes the overrides and cancellations older than itself.
    fn drop_older_overrides(&mut self) {
        let Some(master) = self.state.request_stamp(&MASTER).map(|stamp| stamp.dtstamp) else {
            return;
        };
        self.state.added.retain(|_, at| *at >= master);
        let ids: BTreeSet<_> = self
            .state
            .components
            .keys()
            .chain(self.version.components.keys())
            .filter(|id| !id.is_master())
            .cloned()
            .collect();
        for id in &ids {
            let is_older = |stamp: &Stamp| stamp.dtstamp < master;
            let taken = self.state.components.entry(id.clone()).or_default();
            if taken.request.as_ref().is_none_or(is_older) {
                self.version.components.remove(id);
            }
            taken.forget(is_older);
            if taken.latest().is_none() {
                self.state.components.remove(id);
            }
        }
    }

    /// Whether all of the object is cancelled.
    pub(crate) fn is_all_cancelled(&self) -> bool {
        !self.version.components.is_empty()
            && self
                .version
                .components
                .keys()
                .all(|id| self.state.is_cancelled(id))
    }

    pub(crate) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// The content with the DTSTAMP that counts, where the sender left it out (rule A5).
fn with_dtstamp<'a>(content: Body<'a>, stamp: &Stamp) -> Body<'a> {
    let Ok(instant) = Instant::from_millisecond(stamp.dtstamp) else {
        return content;
    };
    if content.has("DTSTAMP") {
        return content;
    }
    let mut component = content.into_buf();
    component.push_property(DateOrTime::Utc(instant).to_property("DTSTAMP"));
    Body::made(component)
}

/// Whether two components say the same, whatever the order of their lines.
fn same_content(one: &ComponentBuf, other: &ComponentBuf) -> bool {
    let lines = |component: &ComponentBuf| {
        let mut lines: Vec<_> = component.properties().map(line::content).collect();
        lines.sort_unstable();
        lines
    };
    lines(one) == lines(other) && one.components().eq(other.components())
}
