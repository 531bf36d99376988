//! When the owner's own event takes place, and since which SEQUENCE (rule E1); when its messages are stamped.

use calendar::{Document, Kind};
use serde::{Deserialize, Serialize};

use super::State;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::object::Object;
use crate::recurrence_id::RecurrenceId;
use crate::span::{self, Timed};
use crate::stamp;

/// The times of a component in a form that does not depend on how they are spelled, and the SEQUENCE at which
/// it got them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) lines: Vec<String>,
    pub(crate) sequence: u64,
}

impl Times {
    /// Whether a component has them. Earlier versions kept them as they are written.
    fn are_of(&self, timed: Timed<'_>) -> bool {
        self.lines == timed.times() || self.lines == span::time_lines(timed.component)
    }
}

impl State {
    /// The SEQUENCE at which a component got its times (rule E1).
    pub(crate) fn times_since(&self, id: &RecurrenceId) -> u64 {
        self.times.get(id).map_or(0, |times| times.sequence)
    }

    /// Notes the times of the owner's own event; those seen for the first time count as its SEQUENCE's.
    pub(crate) fn observe_times(&mut self, object: &Object<'_>) {
        self.times
            .retain(|id, _| object.components.contains_key(id));
        self.made.retain(|id| object.components.contains_key(id));
        self.replies.forget_unlisted(object);
        let clock = object.clock();
        for (id, body) in &object.components {
            let component = body.to_buf();
            let timed = Timed {
                component: &component,
                clock: &clock,
            };
            let known = self.times.get(id);
            let sequence = match known.filter(|known| known.are_of(timed)) {
                Some(known) => known.sequence,
                None => stamp::sequence(component.property("SEQUENCE")),
            };
            self.observe_component(id, timed, sequence);
        }
    }

    /// Notes the times of a component that has them since this SEQUENCE.
    pub(crate) fn observe_component(&mut self, id: &RecurrenceId, timed: Timed<'_>, since: u64) {
        let times = Times {
            lines: timed.times(),
            sequence: since,
        };
        self.times.insert(id.clone(), times);
    }

    /// Notes the times of an event that the owner organizes, each time that it is stored.
    ///
    /// An answer to an older version is known by them (rule E1). Answers for dates that are gone go too.
    pub fn observe(&mut self, text: &[u8], kind: Kind, limits: &Limits) {
        if let Ok(document) = Document::parse(text, &limits.calendar)
            && let Some(object) = Object::read(&document, kind)
        {
            self.observe_times(&object);
            self.replies.forget_gone(&object, &limits.recurrence);
        }
    }

    /// When the owner's next messages are stamped: now, or where that is not later than the last ones,
    /// a second after those, so that nobody takes them for older (rule C2).
    pub fn next_stamp(&self, now: Timestamp) -> Timestamp {
        const SECOND: Timestamp = 1000;
        self.sent.map_or(now, |sent| {
            now.max((sent.div_euclid(SECOND) + 1).saturating_mul(SECOND))
        })
    }

    /// Notes that the owner's change sends messages, stamped by [`State::next_stamp`].
    pub fn sends(&mut self, now: Timestamp) {
        self.sent = Some(self.next_stamp(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_were_kept_as_they_are_written_are_known() {
        let text = |sequence: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nSEQUENCE:{sequence}\r\n\
                 DTSTART:20261201T100000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let mut state = State::default();
        let limits = Limits::default();
        let observe = |state: &mut State, sequence| {
            state.observe(text(sequence).as_bytes(), Kind::Event, &limits);
        };
        observe(&mut state, "1");
        let kept = state.times.get_mut(&RecurrenceId::MASTER).unwrap();
        let written = ["DTSTART;:20261201T100000Z", "DURATION;:PT1H"];
        kept.lines = written.map(str::to_owned).to_vec();
        observe(&mut state, "3");
        assert_eq!(state.times_since(&RecurrenceId::MASTER), 1);
        assert_ne!(state.times[&RecurrenceId::MASTER].lines, written);
    }

    #[test]
    fn two_changes_of_one_second_are_stamped_one_after_the_other() {
        let mut state = State::default();
        assert_eq!(state.next_stamp(5_100), 5_100);
        state.sends(5_100);
        assert_eq!(state.next_stamp(5_900), 6_000);
        state.sends(5_900);
        assert_eq!(state.next_stamp(5_950), 7_000, "the clock stood still");
        assert_eq!(state.next_stamp(9_000), 9_000);
    }
}
