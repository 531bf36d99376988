//! An attendee changes or deletes the copy of somebody else's event (RFC 6638 section 3.2.2, rules F1
//! and F2).

mod restored;

use calendar::{ComponentBuf, Method, PropertyBuf};

use self::restored::Restored;
use super::is_clients;
use super::message;
use super::reply::{self, Answer};
use super::{Delay, Door, Forbidden, OutgoingMessage, Reply, Scheduled, Sides};
use crate::case::MASTER;
use crate::course::Course;
use crate::exdate;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::{Line, NEEDS_ACTION};
use crate::marks;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;
use crate::state::State;
use crate::strip;

/// All that decides beside the objects.
pub(super) struct Change<'a> {
    pub(super) organizer: PropertyBuf,
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    pub(super) reply: Reply,
    pub(super) door: Door,
    pub(super) owner: &'a Owner,
    pub(super) limits: &'a Limits,
}

impl Change<'_> {
    pub(super) fn decide(&self, sides: &Sides<'_>) -> Result<Scheduled, Forbidden> {
        match (&sides.before, &sides.after) {
            (Some(before), Some(after)) => {
                self.check_organizer(before, after)?;
                Ok(self.modified(before, after, sides))
            }
            (Some(before), None) => Ok(self.removed(before, sides)),
            // What the owner's client stores itself is taken as it is, and sends nothing (F8).
            (None, _) => Ok(Scheduled::default()),
        }
    }

    /// What the owner's app schedules itself is taken as it is, but for another organizer.
    pub(super) fn leave(&self, sides: &Sides<'_>) -> Result<Scheduled, Forbidden> {
        if let (Some(before), Some(after)) = (&sides.before, &sides.after) {
            let was_apps = before.organizer().is_some_and(|line| is_clients(&line));
            if !was_apps {
                self.check_organizer(before, after)?;
            }
        }
        Ok(Scheduled::default())
    }

    /// Whether every component has the organizer, or lacks him as it did before: not all senders write
    /// him into single dates.
    fn check_organizer(&self, before: &Object<'_>, after: &Object<'_>) -> Result<(), Forbidden> {
        let address = self.organizer.address();
        let has_none = |id: &RecurrenceId| {
            let body = before.components.get(id);
            body.is_some_and(|body| body.line("ORGANIZER").is_none())
        };
        let is_same = |(id, body): (&RecurrenceId, &Body<'_>)| match body.line("ORGANIZER") {
            Some(line) => line.address().same_ignoring_case(&address),
            None => has_none(id),
        };
        if after.components.iter().all(is_same) {
            Ok(())
        } else {
            Err(Forbidden::Organizer)
        }
    }

    fn modified(&self, before: &Object<'_>, after: &Object<'_>, sides: &Sides<'_>) -> Scheduled {
        let own = before.components.keys();
        let own = own
            .filter(|id| {
                let base = sides.base.as_ref();
                base.is_some_and(|base| !base.components.contains_key(id))
            })
            .collect();
        let version = sides
            .base
            .as_ref()
            .map(|base| marks::marked(base, self.state, &own, &self.limits.recurrence));
        let version = version.as_deref().unwrap_or(before);
        let mut stored = Restored::of(after);
        stored.put_back(before, version, self);
        let mut scheduled = Scheduled {
            put_back: stored.names.iter().map(|name| (*name).to_owned()).collect(),
            ..Scheduled::default()
        };
        let answers = self.answers(before, &mut stored);
        let answers = self.titled(answers, version);
        if let Some(message) = self.message(&answers, after, Delay::None) {
            stored.note_pending(&answers);
            scheduled.messages.push(message);
        }
        if stored.is_changed {
            scheduled.text = Some(stored.object.to_bytes());
        }
        scheduled
    }

    /// What the owner's lines say that they did not say before.
    fn answers(&self, before: &Object<'_>, stored: &mut Restored<'_>) -> Vec<Answer> {
        let course = Course::of(before, &self.limits.recurrence).ok().flatten();
        let mut answers = Vec::new();
        let ids: Vec<_> = stored.object.components.keys().cloned().collect();
        for id in ids {
            let is_forced = stored.strip_force_send(&id);
            let Some(after) = stored.object.components.get(&id).map(Body::to_buf) else {
                continue;
            };
            let Some(attendee) = strip::own_attendee(&after, self.owner).cloned() else {
                continue;
            };
            let old = before.components.get(&id).or_else(|| before.master());
            let old = old.map(Body::to_buf);
            let said = old
                .as_deref()
                .map_or_else(|| NEEDS_ACTION.to_owned(), |old| self.partstat(old));
            let partstat = attendee.partstat();
            let comments = new_comments(old.as_deref(), &after);
            // Whoever gives a comment by hand wants it sent; an app may write one for itself alone.
            let is_said = self.door == Door::Web && !comments.is_empty();
            if partstat != said || is_forced || is_said {
                answers.push(Answer {
                    place: id.clone(),
                    id,
                    comments,
                    component: after.into_owned(),
                    attendee,
                    partstat,
                });
            }
        }
        if let Some(course) = course {
            answers.extend(self.declined_dates(before, &stored.object, &course));
            answers.extend(self.forgotten_dates(before, &stored.object));
        }
        answers
    }

    /// A date that the owner answered otherwise than its series, and that his app wrote no more, is
    /// answered as the series is.
    fn forgotten_dates(&self, before: &Object<'_>, after: &Object<'_>) -> Vec<Answer> {
        let series = after.master().map(Body::to_buf);
        let attendee = series.and_then(|series| strip::own_attendee(&series, self.owner).cloned());
        let course = Course::of(after, &self.limits.recurrence).ok().flatten();
        let (Some(attendee), Some(course)) = (attendee, course) else {
            return Vec::new();
        };
        let partstat = attendee.partstat();
        let forgotten = before.components.iter().filter(|(id, body)| {
            !after.components.contains_key(*id)
                && !body.is_cancelled()
                && self.partstat(&body.to_buf()) != partstat
        });
        let answer = |(id, _): (&RecurrenceId, &Body<'_>)| {
            Some(Answer {
                id: id.clone(),
                place: MASTER,
                component: course.component(&course.find(id).ok().flatten()?),
                attendee: attendee.clone(),
                partstat: partstat.clone(),
                comments: Vec::new(),
            })
        };
        forgotten.filter_map(answer).collect()
    }

    /// What is told of the event is the organizer's: how the owner named it is his own (rule F1).
    fn titled(&self, answers: Vec<Answer>, version: &Object<'_>) -> Vec<Answer> {
        let titled = |mut answer: Answer| {
            let date = version.components.get(&answer.id);
            if let Some(body) = date.or_else(|| version.master()) {
                let title = body.to_buf().property("SUMMARY").cloned();
                answer.component.remove_properties("SUMMARY");
                title
                    .into_iter()
                    .for_each(|title| answer.component.push_property(title));
            }
            answer
        };
        answers.into_iter().map(titled).collect()
    }

    /// Dates that the owner took out are declined.
    fn declined_dates(
        &self,
        before: &Object<'_>,
        after: &Object<'_>,
        course: &Course,
    ) -> Vec<Answer> {
        let known = exdate::names_of(before);
        let new = exdate::names_of(after);
        let new = new.difference(&known);
        let decline = |id: &RecurrenceId| {
            let component = match before.components.get(id) {
                Some(body) if body.is_cancelled() => return None,
                Some(body) => body.to_buf().into_owned(),
                None => course.component(&course.find(id).ok().flatten()?),
            };
            let attendee = strip::own_attendee(&component, self.owner)?.clone();
            (attendee.partstat() != "DECLINED").then(|| Answer {
                id: id.clone(),
                // The exception stands in the series.
                place: MASTER,
                component,
                attendee,
                partstat: "DECLINED".to_owned(),
                comments: Vec::new(),
            })
        };
        new.filter_map(decline).collect()
    }

    /// Rule F2: DECLINED after the hold, unless there is nothing to decline.
    fn removed(&self, before: &Object<'_>, sides: &Sides<'_>) -> Scheduled {
        let mut scheduled = Scheduled::default();
        let bodies = before
            .components
            .iter()
            .filter(|(_, body)| !body.is_cancelled());
        let answers: Vec<_> = bodies
            .filter_map(|(id, body)| {
                let component = body.to_buf().into_owned();
                let attendee = strip::own_attendee(&component, self.owner)?.clone();
                Some(Answer {
                    id: id.clone(),
                    place: id.clone(),
                    partstat: attendee.partstat(),
                    component,
                    attendee,
                    comments: Vec::new(),
                })
            })
            .collect();
        let was_answered = answers.iter().any(|answer| answer.partstat != NEEDS_ACTION);
        if self.reply == Reply::Suppress || !was_answered {
            return scheduled;
        }
        let declined = answers
            .into_iter()
            .filter(|answer| answer.partstat != "DECLINED");
        let declined: Vec<_> = declined
            .map(|answer| Answer {
                partstat: "DECLINED".to_owned(),
                ..answer
            })
            .collect();
        let declined = self.titled(declined, sides.base.as_ref().unwrap_or(before));
        let is_past = |end: Timestamp| end < self.now;
        if message::ends(before, &before.clock(), self.limits).is_some_and(is_past) {
            return scheduled;
        }
        scheduled
            .messages
            .extend(self.message(&declined, before, Delay::Hold));
        scheduled
    }

    fn message(
        &self,
        answers: &[Answer],
        around: &Object<'_>,
        delay: Delay,
    ) -> Option<OutgoingMessage> {
        let sender = self.owner.address_of(&answers.first()?.attendee)?;
        let recipient = self.organizer.address();
        let ends = message::ends(around, &around.clock(), self.limits);
        let is_long_past = ends.is_some_and(|ends| message::is_long_past(ends, self.now));
        if is_long_past || !recipient.is_mail() {
            return None;
        }
        let answers = answers.iter();
        let components: Vec<_> = answers
            .map(|answer| reply::component(answer, &self.organizer))
            .collect();
        Some(OutgoingMessage {
            method: Method::Reply,
            recipient: recipient.as_str().to_owned(),
            sender: sender.as_str().to_owned(),
            text: message::text(Method::Reply, &components, around, self.now),
            known: self.state.base().map(|base| base.as_bytes().to_vec()),
            delay,
            ends,
        })
    }

    fn partstat(&self, component: &ComponentBuf) -> String {
        strip::own_attendee(component, self.owner)
            .map_or_else(|| NEEDS_ACTION.to_owned(), Line::partstat)
    }
}

fn new_comments(old: Option<&ComponentBuf>, new: &ComponentBuf) -> Vec<PropertyBuf> {
    let is_old = |line: &PropertyBuf| {
        old.is_some_and(|old| old.properties_named("COMMENT").any(|other| other == line))
    };
    let comments = new.properties_named("COMMENT");
    comments.filter(|line| !is_old(line)).cloned().collect()
}
