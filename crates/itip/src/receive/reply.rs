//! REPLY: an attendee's answer to the owner's own event (rules B4, E1 to E3, E5).

mod answer;

use std::collections::BTreeMap;

use calendar::{CalendarUserAddress, Component, ComponentBuf, Property, PropertyBuf};

use super::early;
use crate::arrival::{Part, Reach};
use crate::authority;
use crate::case::Case;
use crate::course::Course;
use crate::decision::{Decision, Outcome};
use crate::line::Line;
use crate::note::Note;
use crate::object::Body;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span::Timed;
use crate::state::{State, TakenReply};
use answer::Answer;

pub(super) fn reply(case: &Case<'_>) -> Decision {
    if case.mine.is_none() {
        return unknown(case);
    }
    if let Err(reason) = organizes(case) {
        return Decision::no_action(reason);
    }
    if !case.may_update() {
        return case.refuse(Reason::NotPermitted);
    }
    let mut work = Work::begin(case);
    let mut refusal = None;
    for (id, part) in &case.arrival.parts {
        if let Err(reason) = work.part(id, part) {
            refusal = Some(refusal.map_or(reason, |first| weightier(first, reason)));
        }
    }
    work.finish(refusal)
}

/// Whether the sender may speak for an attendee of the stored object, for COUNTER and REFRESH.
pub(super) fn permitted(case: &Case<'_>) -> Result<(), Reason> {
    let mine = case.mine.as_ref().ok_or(Reason::UnknownEvent)?;
    organizes(case)?;
    let sender = case
        .incoming
        .sender
        .believed()
        .ok_or(Reason::NotTheAttendee)?;
    let bodies: Vec<_> = mine.components.values().map(Body::to_buf).collect();
    let find = |attendee: &Property<'_>| {
        let mut bodies = bodies.iter();
        bodies.find_map(|body| stored_attendee(body, attendee, case, &sender))
    };
    for part in case.arrival.parts.values() {
        let attendee = speaker(&part.component, &sender)?;
        match find(&attendee) {
            Some(stored) if authority::of_attendee(&stored, &sender) => {}
            Some(_) => return Err(Reason::NotTheAttendee),
            None => return Err(Reason::PartyCrasher),
        }
    }
    Ok(())
}

fn unknown(case: &Case<'_>) -> Decision {
    if case.state.is_known() {
        return Decision::no_action(Reason::DeletedByYou);
    }
    let organizer = case.arrival.organizer.as_ref();
    if organizer.is_some_and(|line| !case.owner.is(line)) {
        return Decision::no_action(Reason::NotYourEvent);
    }
    early::keep(case, Reason::UnknownEvent)
}

fn organizes(case: &Case<'_>) -> Result<(), Reason> {
    let organizer = case.stored_organizer.as_ref();
    let is_own = organizer.is_some_and(|line| case.owner.is(line));
    if is_own {
        Ok(())
    } else {
        Err(Reason::NotYourEvent)
    }
}

/// Of the reasons of several ignored parts the one that says most.
fn weightier(one: Reason, other: Reason) -> Reason {
    const ORDER: &[Reason] = &[
        Reason::NotTheAttendee,
        Reason::PartyCrasher,
        Reason::AnswersOldVersion,
        Reason::TooMuch,
        Reason::BadRecurrence,
        Reason::NoSuchInstance,
        Reason::Stale,
    ];
    let weight = |reason| {
        ORDER
            .iter()
            .position(|other| *other == reason)
            .unwrap_or(ORDER.len())
    };
    if weight(other) < weight(one) {
        other
    } else {
        one
    }
}

/// What an answer is written into.
struct Target {
    component: ComponentBuf,
    /// The SEQUENCE since which it has its times.
    times_since: u64,
    origin: Origin,
}

/// Whether an override stands there or is made for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Stored,
    Made,
}

/// The components that answers were written into.
struct Work<'c, 'a> {
    case: &'c Case<'a>,
    state: State,
    edited: BTreeMap<RecurrenceId, ComponentBuf>,
    /// The series of the stored object, once it was asked.
    course: Option<Course>,
    notes: Vec<Note>,
}

impl<'c, 'a> Work<'c, 'a> {
    fn begin(case: &'c Case<'a>) -> Self {
        let mut state = case.incoming_state();
        if let Some(mine) = &case.mine {
            state.observe_times(mine);
        }
        Self {
            case,
            state,
            edited: BTreeMap::new(),
            course: None,
            notes: Vec::new(),
        }
    }

    /// Takes the answer for one component.
    fn part(&mut self, id: &RecurrenceId, part: &Part<'a>) -> Result<(), Reason> {
        let sender = self
            .case
            .incoming
            .sender
            .believed()
            .ok_or(Reason::NotTheAttendee)?;
        let attendee = speaker(&part.component, &sender)?;
        let mut target = self.target(id, part.reach)?;
        let stored = self.invited(&mut target.component, &attendee, &sender)?;
        let answer = Answer::read(&attendee, &part.component);
        let reply = TakenReply {
            attendee: stored.address().as_str().to_lowercase(),
            component: id.clone(),
            stamp: part.stamp.clone(),
            said: answer.to_string(),
        };
        self.in_order(&reply)?;
        if part.stamp.sequence < target.times_since {
            return Err(Reason::AnswersOldVersion);
        }
        self.write(target, &answer, &stored, reply);
        Ok(())
    }

    /// The line of who answers, if the sender may; the owner's own act gives a newcomer one (rule E3).
    fn invited(
        &self,
        component: &mut ComponentBuf,
        attendee: &Property<'_>,
        sender: &CalendarUserAddress,
    ) -> Result<PropertyBuf, Reason> {
        let find = |component: &_| stored_attendee(component, attendee, self.case, sender);
        let mut stored = find(component);
        if stored.is_none() && self.case.is_by_hand() {
            component.push_property(answer::newcomer(attendee));
            stored = find(component);
        }
        match stored {
            Some(stored) if authority::of_attendee(&stored, sender) || self.case.is_by_hand() => {
                Ok(stored)
            }
            None if may_introduce(attendee, sender) => Err(Reason::PartyCrasher),
            _ => Err(Reason::NotTheAttendee),
        }
    }

    /// Writes an answer that counts.
    fn write(&mut self, target: Target, answer: &Answer, stored: &PropertyBuf, reply: TakenReply) {
        let (mut component, id) = (target.component, reply.component.clone());
        if answer.write(&mut component, stored, self.case.owner) == answer::Delegate::Added {
            self.note(Note::DelegateAdded);
        }
        if id.is_master() {
            self.answer_made(answer, &reply.attendee);
        }
        if target.origin == Origin::Made {
            self.state.made.insert(id.clone());
            self.observe(&id, &component, target.times_since);
        }
        self.state.replies.remember(reply, self.case.limits.replies);
        self.edited.insert(id, component);
    }

    /// Notes the times of an override that is made, which its series had.
    fn observe(&mut self, id: &RecurrenceId, component: &ComponentBuf, since: u64) {
        if let Some(mine) = &self.case.mine {
            let clock = &mine.clock();
            let timed = Timed { component, clock };
            self.state.observe_component(id, timed, since);
        }
    }

    /// The component that an answer is for; without an override, one that says what the series says
    /// of the instance (rule E2).
    fn target(&mut self, id: &RecurrenceId, reach: Reach) -> Result<Target, Reason> {
        let mine = self.case.mine.as_ref().ok_or(Reason::UnknownEvent)?;
        let edited = self.edited.get(id).cloned();
        let stored = || Some(mine.components.get(id)?.to_buf().into_owned());
        if let Some(component) = edited.or_else(stored) {
            return Ok(Target {
                component,
                times_since: self.state.times_since(id),
                origin: Origin::Stored,
            });
        }
        if mine.components.len() + self.edited.len() >= self.case.limits.components {
            return Err(Reason::TooMuch);
        }
        let mut component = self.instance(id)?;
        if reach == Reach::Future
            && let Some(line) = component.property_mut("RECURRENCE-ID")
        {
            line.set_parameter("RANGE", "THISANDFUTURE");
        }
        Ok(Target {
            component,
            times_since: self.state.times_since(&RecurrenceId::MASTER),
            origin: Origin::Made,
        })
    }

    /// What the series says of an instance.
    fn instance(&mut self, id: &RecurrenceId) -> Result<ComponentBuf, Reason> {
        let mine = self.case.mine.as_ref().ok_or(Reason::UnknownEvent)?;
        let course = match &self.course {
            Some(course) => course,
            None => {
                let course = Course::of(mine, &self.case.limits.recurrence)?;
                self.course.insert(course.ok_or(Reason::NoSuchInstance)?)
            }
        };
        let instance = course.find(id)?.ok_or(Reason::NoSuchInstance)?;
        Ok(course.component(&instance))
    }

    /// An answer to the series counts for the overrides that answers made, but where the attendee
    /// answered for the date alone; so it does not matter which came first.
    fn answer_made(&mut self, answer: &Answer, attendee: &str) {
        let Some(mine) = &self.case.mine else { return };
        let mut all = std::mem::take(&mut self.edited);
        for id in &self.state.made {
            if self.state.reply_of(attendee, id).is_some() {
                continue;
            }
            let Some(body) = mine.components.get(id) else {
                continue;
            };
            let component = all
                .entry(id.clone())
                .or_insert_with(|| body.to_buf().into_owned());
            let lines = component.properties_named("ATTENDEE");
            let line = lines
                .into_iter()
                .find(|line| line.address().as_str().to_lowercase() == attendee);
            if let Some(line) = line.cloned() {
                answer.write(component, &line, self.case.owner);
            }
        }
        self.edited = all;
    }

    /// Rule E1: per attendee and component in order of SEQUENCE and DTSTAMP.
    fn in_order(&self, reply: &TakenReply) -> Result<(), Reason> {
        let Some(taken) = self.state.reply_of(&reply.attendee, &reply.component) else {
            return Ok(());
        };
        let order = reply.stamp.order(&taken.stamp);
        if order.is_eq() && taken.said == reply.said {
            return Err(Reason::Duplicate);
        }
        let is_later = order
            .then_with(|| reply.stamp.tie_break(&taken.stamp))
            .is_gt();
        if is_later { Ok(()) } else { Err(Reason::Stale) }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn finish(self, refusal: Option<Reason>) -> Decision {
        let Some(mine) = self.case.mine.as_ref().filter(|_| !self.edited.is_empty()) else {
            return self
                .case
                .refuse_reply(refusal.unwrap_or(Reason::NoSuchInstance));
        };
        let mut object = mine.clone();
        for (id, component) in self.edited {
            object.components.insert(id, Body::made(component));
        }
        let mut decision = Decision::new(Outcome::Updated, Reason::Reply);
        decision.change = self.case.put(&object);
        for note in self
            .case
            .arrival
            .notes
            .iter()
            .chain(&self.notes)
            .chain(&refusal.and_then(as_note))
        {
            decision.note(*note);
        }
        decision.state = Some(self.state);
        decision
    }
}

impl Case<'_> {
    /// A refused answer; what may count later is kept (rule D3), what the owner may do by hand shown.
    fn refuse_reply(&self, reason: Reason) -> Decision {
        match reason {
            Reason::PartyCrasher => early::keep(self, reason).suggested(),
            _ => self.refuse(reason),
        }
    }
}

fn as_note(reason: Reason) -> Option<Note> {
    match reason {
        Reason::NoSuchInstance => Some(Note::NoSuchInstance),
        Reason::AnswersOldVersion => Some(Note::AnswersOldVersion),
        Reason::Stale | Reason::Duplicate => Some(Note::StaleIgnored),
        _ => None,
    }
}

/// The attendee who answers: the only one, or the one that the sender is.
fn speaker<'a>(
    component: &Component<'a>,
    sender: &CalendarUserAddress,
) -> Result<Property<'a>, Reason> {
    let mut all: Vec<_> = component.properties_named("ATTENDEE").collect();
    if all.len() == 1 {
        return all.pop().ok_or(Reason::NotTheAttendee);
    }
    // A delegate's answer has the delegator's line too, which only allows it to him.
    let named = all.iter().position(|line| line.is_named(sender));
    let speaks = || {
        all.iter()
            .position(|line| authority::of_attendee(line, sender))
    };
    let at = named.or_else(speaks).ok_or(Reason::NotTheAttendee)?;
    Ok(all.swap_remove(at))
}

/// Whether somebody who is not invited at least speaks for himself (rule E3).
fn may_introduce(attendee: &Property<'_>, sender: &CalendarUserAddress) -> bool {
    attendee.address().same_ignoring_case(sender)
}

/// The stored line of an attendee, exactly his before one that differs in case, and before the one
/// that a calendar service names the sender by.
fn stored_attendee(
    component: &ComponentBuf,
    attendee: &Property<'_>,
    case: &Case<'_>,
    sender: &CalendarUserAddress,
) -> Option<PropertyBuf> {
    let address = attendee.address();
    let all = || component.properties_named("ATTENDEE");
    let exactly = all().find(|line| line.address().same_as(&address));
    let service = || {
        all().find(|line| authority::names_sender(case, attendee, sender) && line.is_named(sender))
    };
    exactly
        .or_else(|| all().find(|line| line.is_named(&address)))
        .or_else(service)
        .cloned()
}
