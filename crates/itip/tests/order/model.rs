//! What RULES.md says of messages that come in order: a plain reading, one message after another.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::{Clock, Instant};
use super::message::{Message, Said, Series, Single, Text};
use super::seen::{Instance, Seen, Standing};

/// An event in a calendar.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    clock: Clock,
    series: Option<Whole>,
    /// Overrides by the instant that the series has them at.
    singles: BTreeMap<Instant, One>,
}

#[derive(Clone, Debug)]
struct Whole {
    series: Series,
    standing: Standing,
    /// Instances that a CANCEL took out.
    cancelled: BTreeSet<Instant>,
    /// Where a CANCEL ended it.
    end: Instant,
    answer: Answer,
    /// The title that the user gave it.
    own_title: Option<String>,
}

#[derive(Clone, Debug)]
struct One {
    single: Single,
    standing: Standing,
    answer: Answer,
}

/// What stands at the user's own ATTENDEE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    NeedsAction,
}

impl Event {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            series: None,
            singles: BTreeMap::new(),
        }
    }

    pub(crate) fn has_series(&self) -> bool {
        self.series.is_some()
    }

    /// The event after messages that come in order.
    pub(crate) fn after(mut self, messages: &[&Message]) -> Self {
        for message in messages.iter().filter(|message| message.by.is_heard()) {
            let mut next = self.clone();
            next.take(&message.said);
            self = next.asked_since(&self);
        }
        self
    }

    fn take(&mut self, said: &Said) {
        match said {
            Said::Request { series, singles } => self.request(series.as_ref(), singles),
            Said::Cancel => self.cancel(),
            Said::CancelOne(original) => self.cancel_one(self.clock.instant(*original)),
            Said::CancelFrom(original) => self.cancel_from(self.clock.instant(*original)),
        }
    }

    /// C3, C5: a master brings everything anew; overrides alone are put in.
    fn request(&mut self, series: Option<&Series>, singles: &[Single]) {
        if let Some(series) = series {
            self.singles.clear();
            let old = self.series.take();
            let old = old.filter(|old| old.series.text.title == series.text.title);
            self.series = Some(Whole {
                series: series.clone(),
                standing: Standing::Confirmed,
                cancelled: BTreeSet::new(),
                end: Instant::MAX,
                answer: Answer::NeedsAction,
                own_title: old.and_then(|old| old.own_title),
            });
        }
        for single in singles {
            let one = One {
                single: single.clone(),
                standing: Standing::Confirmed,
                answer: Answer::NeedsAction,
            };
            self.singles
                .insert(self.clock.instant(single.original), one);
        }
    }

    /// D1: all of it is marked.
    fn cancel(&mut self) {
        if let Some(whole) = &mut self.series {
            whole.standing = Standing::Cancelled;
        }
        for one in self.singles.values_mut() {
            one.standing = Standing::Cancelled;
        }
    }

    /// D1: the override is marked; without one the series has the instance no more.
    fn cancel_one(&mut self, original: Instant) {
        if let Some(one) = self.singles.get_mut(&original) {
            one.standing = Standing::Cancelled;
        } else if let Some(whole) = &mut self.series {
            whole.cancelled.insert(original);
        }
    }

    /// D1: the series ends before, and all of it is cancelled where it does not begin before.
    fn cancel_from(&mut self, first: Instant) {
        let Some(whole) = &mut self.series else {
            for (_, one) in self.singles.range_mut(first..) {
                one.standing = Standing::Cancelled;
            }
            return;
        };
        self.singles.retain(|original, _| *original < first);
        if self.clock.instant(whole.series.start) < first {
            whole.end = whole.end.min(first);
        } else {
            whole.standing = Standing::Cancelled;
        }
    }

    /// The same event with the answers that rule C4 leaves of those before. A series that is asked is
    /// asked for its dates in their own place too, whichever of the two comes first.
    pub(crate) fn asked_since(mut self, before: &Self) -> Self {
        let clock = self.clock;
        let is_asked = self.has_more_than(before);
        let is_asked_again = is_asked && before.has_series();
        if let Some(whole) = &mut self.series {
            let kept = before.series.as_ref().filter(|_| !is_asked);
            whole.answer = kept.map_or(Answer::NeedsAction, |old| old.answer);
        }
        let whole = self.series.as_ref();
        for (original, one) in &mut self.singles {
            one.answer = match before.singles.get(original) {
                Some(old) if one.asks_since(old, clock) => Answer::NeedsAction,
                Some(_) if is_asked_again && one.is_in_place(*original, clock) => {
                    Answer::NeedsAction
                }
                Some(old) => old.answer,
                None => one.inherited(*original, whole, before, clock),
            };
        }
        self
    }

    /// Whether the series takes place when nothing of the event did before. Overrides that stay were
    /// not there for it, and one that still waited for an answer was no date yet.
    fn has_more_than(&self, before: &Self) -> bool {
        let takes_place = |instance: &Instance| instance.standing == Standing::Confirmed;
        let waits = |original: &Instant| {
            let one = before.singles.get(original);
            one.is_some_and(|one| one.answer == Answer::NeedsAction)
        };
        let mut met = before.clone();
        met.singles
            .retain(|original, _| !self.singles.contains_key(original));
        let mut old = met.seen();
        old.retain(|original, instance| {
            takes_place(instance) && !(met.singles.contains_key(original) && waits(original))
        });
        let old: BTreeSet<_> = old.values().map(Instance::span).collect();
        let mut seen = self.seen();
        seen.retain(|original, instance| {
            takes_place(instance) && !self.singles.contains_key(original)
        });
        seen.values()
            .any(|instance| !old.contains(&instance.span()))
    }

    /// The user says yes to all that is there.
    pub(crate) fn accept(&mut self) {
        if let Some(whole) = &mut self.series {
            whole.answer = Answer::Accepted;
        }
        for one in self.singles.values_mut() {
            one.answer = Answer::Accepted;
        }
    }

    /// The user gives the series another title, which stays while the organizer's is the same (C3).
    pub(crate) fn retitle(&mut self, title: &str) {
        if let Some(whole) = &mut self.series {
            whole.own_title = Some(title.to_owned());
        }
    }

    /// What a calendar shows of it, with the answers in the user's words.
    pub(crate) fn seen(&self) -> Seen {
        let mut seen = Seen::new();
        if let Some(whole) = &self.series {
            for start in whole.starts(self.clock) {
                let length = whole.series.minutes * 60;
                let mut text = whole.series.text.clone();
                if let Some(own) = &whole.own_title {
                    text.title.clone_from(own);
                }
                let shown = shown(start, length, &text, (whole.standing, whole.answer));
                seen.insert(start, shown);
            }
        }
        for (original, one) in &self.singles {
            let Single {
                start,
                minutes,
                text,
                ..
            } = &one.single;
            let start = self.clock.instant(*start);
            seen.insert(
                *original,
                shown(start, minutes * 60, text, (one.standing, one.answer)),
            );
        }
        seen
    }
}

impl Whole {
    /// The instances of the series itself, those with an override among them.
    fn starts(&self, clock: Clock) -> BTreeSet<Instant> {
        let all = self.series.times().map(|time| clock.instant(time));
        all.filter(|start| *start < self.end && !self.cancelled.contains(start))
            .collect()
    }
}

impl One {
    fn asks_since(&self, old: &Self, clock: Clock) -> bool {
        let span = |one: &Self| (clock.instant(one.single.start), one.single.minutes);
        let is_back = old.standing == Standing::Cancelled && self.standing == Standing::Confirmed;
        is_back || span(self) != span(old)
    }

    fn is_in_place(&self, original: Instant, clock: Clock) -> bool {
        clock.instant(self.single.start) == original
    }

    /// C3, C4: an override that is new stands with the answer for the series, unless it moves, adds or
    /// reinstates the instance.
    fn inherited(
        &self,
        original: Instant,
        whole: Option<&Whole>,
        before: &Event,
        clock: Clock,
    ) -> Answer {
        let (Some(whole), Some(old)) = (whole, &before.series) else {
            return Answer::NeedsAction;
        };
        let is_in_place =
            self.is_in_place(original, clock) && self.single.minutes == whole.series.minutes;
        let was_there =
            old.starts(clock).contains(&original) && old.standing == Standing::Confirmed;
        if is_in_place && was_there {
            whole.answer
        } else {
            Answer::NeedsAction
        }
    }
}

fn shown(
    start: Instant,
    length: i64,
    text: &Text,
    (standing, answer): (Standing, Answer),
) -> Instance {
    let partstat = match answer {
        Answer::Accepted => "ACCEPTED",
        Answer::NeedsAction => "NEEDS-ACTION",
    };
    Instance {
        start,
        end: start + length,
        title: text.title.clone(),
        place: text.place.clone(),
        standing,
        own: Vec::new(),
        answers: BTreeMap::from([("bob@example.org".to_owned(), partstat.to_owned())]),
    }
}
