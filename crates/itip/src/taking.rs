//! What of a message is taken into the organizer's version, component by component (rules C2, C5, C9).

use std::collections::BTreeSet;

use calendar::{Component, ComponentBuf, DateOrTime, Method, PropertyBuf};
use jiff::Timestamp as Instant;

use crate::arrival::{Part, Reach};
use crate::case::{Case, MASTER};
use crate::limits::Limits;
use crate::line;
use crate::merge::Base;
use crate::note::Note;
use crate::object::{Body, Object};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;
use crate::state::State;
use crate::strip;

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

    /// Takes what a REQUEST or PUBLISH has that is new.
    pub(crate) fn requests(case: &Case<'a>) -> Self {
        let mut taking = Self::begin(case);
        for (id, part) in &case.arrival.parts {
            let verdict = taking.request(id, part, case);
            taking.verdicts.push(verdict);
        }
        if taking.applied.contains(&MASTER) {
            taking.drop_older_overrides(case);
            taking.follow_master(case);
        }
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

    fn request(&mut self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) -> Verdict {
        if self.is_uninvited(id, part, case) {
            return self.uninvite(id, part, case);
        }
        let content = strip::body(&part.component, case.incoming, case.owner);
        let verdict = self.judge(id, &part.stamp, &content, case);
        match verdict {
            Verdict::Settled => self.note(Note::SequenceNotRaised),
            Verdict::Stale => self.note(Note::StaleIgnored),
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

    pub(crate) fn take(&mut self, id: &RecurrenceId, stamp: &Stamp, content: Body<'a>) {
        let content = with_dtstamp(content, stamp);
        self.state.components.entry(id.clone()).or_default().request = Some(stamp.clone());
        self.version.components.insert(id.clone(), content);
        self.applied.insert(id.clone());
    }

    /// Rule C9: a component no longer lists the owner though it did, or its series does.
    fn is_uninvited(&self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) -> bool {
        if case.incoming.method != Method::Request || !leaves_out(&part.component, case) {
            return false;
        }
        let lists = |body: &Body<'_>| body.any_line("ATTENDEE", |line| case.owner.is(line));
        let before = self
            .version
            .components
            .get(id)
            .or_else(|| self.version.master());
        before.is_some_and(lists)
    }

    /// As CANCEL; content comes in only where there was none.
    fn uninvite(&mut self, id: &RecurrenceId, part: &Part<'a>, case: &Case<'a>) -> Verdict {
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
        self.cancel(id, &part.stamp);
        self.uninvited.insert(id.clone());
        self.note(Note::Uninvited);
        verdict
    }

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

    fn cancel(&mut self, id: &RecurrenceId, stamp: &Stamp) {
        self.state.components.entry(id.clone()).or_default().cancel = Some(stamp.clone());
    }

    /// Whether a CANCEL was taken.
    pub(crate) fn is_cancel_taken(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.is_taken())
    }

    /// A master removes the overrides and cancellations older than itself that do not come with it.
    fn drop_older_overrides(&mut self, case: &Case<'a>) {
        let Some(master) = self.state.request_stamp(&MASTER).map(|stamp| stamp.dtstamp) else {
            return;
        };
        self.state.added.retain(|_, at| *at >= master);
        let ids: BTreeSet<_> = self
            .state
            .components
            .keys()
            .chain(self.version.components.keys())
            .filter(|id| !id.is_master() && !case.arrival.parts.contains_key(id))
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

    /// A new master may name its instances in another form: by days that were times, or as no master
    /// did before it.
    fn follow_master(&mut self, case: &Case<'_>) {
        let before = &case.version.components;
        if before.is_empty()
            || self.state.components.len() <= 1
            || case.arrival.clock.names_as(&case.version.clock())
        {
            return;
        }
        let clock = &case.arrival.clock;
        let renamed = self.version.rename(clock);
        self.state.rename(|id| match renamed.get(id) {
            Some(new) => Some(new.clone()),
            None => clock.id(&id.date_or_time()?).ok(),
        });
        let applied = std::mem::take(&mut self.applied);
        let name = |id: RecurrenceId| renamed.get(&id).cloned().unwrap_or(id);
        self.applied = applied.into_iter().map(name).collect();
    }

    /// VCALENDAR properties and time zones are the latest message's; a zone that is missing comes in.
    pub(crate) fn take_envelope(&mut self, case: &Case<'a>) {
        let Some(stamp) = case.arrival.envelope_stamp() else {
            return;
        };
        let is_later = |taken: &Stamp| {
            stamp
                .dtstamp
                .cmp(&taken.dtstamp)
                .then_with(|| stamp.total_order(taken))
                .is_gt()
        };
        let is_latest = self.state.envelope.as_ref().is_none_or(is_later);
        if is_latest {
            self.version
                .envelope
                .clone_from(&case.arrival.around.envelope);
            self.state.envelope = Some(stamp.clone());
        }
        for (id, zone) in &case.arrival.around.zones {
            if is_latest || !self.version.zones.contains_key(id) {
                self.version.zones.insert(id.clone(), zone.clone());
            }
        }
    }

    /// Keeps the organizer's version as the base of the next message.
    ///
    /// What is only assumed to be the organizer's loses what may be the owner's own.
    pub(crate) fn keep_base(&mut self, case: &Case<'a>) {
        if case.base == Base::Assumed {
            let assumed = self
                .version
                .components
                .iter_mut()
                .filter(|(id, _)| !self.applied.contains(id));
            for (_, body) in assumed {
                let mut component = strip::stripped(body.to_buf().into_owned(), case.owner);
                component.retain(|item| item.as_property().is_none_or(|line| !is_extension(line)));
                *body = Body::made(component);
            }
        }
        self.version.drop_unused_zones();
        let text = String::from_utf8(self.version.to_bytes());
        self.state.base =
            Some(text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()));
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

/// What a CANCEL is beside the last one of its kind.
fn beside(taken: Option<&Stamp>, new: &Stamp) -> Verdict {
    match taken.map(|taken| new.order(taken)) {
        None => Verdict::Newer,
        Some(order) if order.is_gt() => Verdict::Newer,
        Some(order) if order.is_eq() => Verdict::Duplicate,
        Some(_) => Verdict::Stale,
    }
}

fn is_extension(line: &PropertyBuf) -> bool {
    line.name()
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("X-"))
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

/// Whether a component has attendees and the owner is none of them.
pub(crate) fn leaves_out(component: &Component<'_>, case: &Case<'_>) -> bool {
    let mut attendees = component.properties_named("ATTENDEE").peekable();
    attendees.peek().is_some() && !attendees.any(|line| case.owner.is(&line))
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
