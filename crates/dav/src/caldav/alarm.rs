//! When an alarm goes off (RFC 4791, 9.9: VALARM).

use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Duration, Instance, shifted};
use jiff::Timestamp;

use super::recurrence_set::RecurrenceSet;

const DAY: i64 = 86_400;

/// What an alarm is in: a component of a series.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) set: &'a RecurrenceSet<'a>,
    pub(crate) part: &'a ComponentBuf,
    /// The place of the component among those of the series.
    pub(crate) place: usize,
}

/// Whether an alarm goes off in the window, for any of the instances that it is for.
pub(crate) fn is_in_window(
    around: Option<Around<'_>>,
    alarm: &ComponentBuf,
    window: &Range<Timestamp>,
) -> bool {
    let Some(trigger) = alarm.property("TRIGGER") else {
        return false;
    };
    let repeats = Repeats::of(alarm);
    if let Some(DateOrTime::Utc(at)) = trigger.date_or_time() {
        return repeats.is_in_window(at, window);
    }
    let (Some(offset), Some(around)) = (Duration::parse(&trigger.value()), around) else {
        return false;
    };
    let related = trigger.parameter("RELATED");
    let is_of_end = related.is_some_and(|related| related.eq_ignore_ascii_case("END"))
        || around.part.property("DTSTART").is_none();
    let seconds = offset.in_seconds();
    // A day more: for clocks that change, and for a day on which something is due.
    let before = repeats
        .last()
        .saturating_add(seconds)
        .saturating_add(2 * DAY);
    let wide = shifted(window.start, before.saturating_neg())
        ..shifted(window.end, DAY.saturating_sub(seconds));
    let Around { set, place, .. } = around;
    set.any(place, wide, |instance: &Instance| {
        let from = match is_of_end {
            true => set.series.later(instance.end, due_day(around.part)),
            false => instance.start,
        };
        repeats.is_in_window(set.series.later(from, offset), window)
    })
}

/// What is missing until the end of a to-do that has no start: the day on which it is due.
fn due_day(todo: &ComponentBuf) -> Duration {
    let due = DateOrTime::of_component(todo, "DUE");
    let is_day = due.is_some_and(|due| due.is_date()) && todo.property("DTSTART").is_none();
    Duration {
        days: is_day.into(),
        seconds: 0,
    }
}

/// How often an alarm goes off again, and after how many seconds each time.
struct Repeats {
    count: i64,
    pause: i64,
}

impl Repeats {
    fn of(alarm: &ComponentBuf) -> Self {
        let value = |name: &str| alarm.property(name).map(|one| one.value().into_owned());
        let count = value("REPEAT").and_then(|count| count.trim().parse::<i64>().ok());
        let pause = value("DURATION").and_then(|pause| Duration::parse(&pause));
        let pause = pause.map_or(0, Duration::in_seconds);
        Self {
            count: count.filter(|_| pause > 0).unwrap_or(0).max(0),
            pause,
        }
    }

    /// The seconds after which it goes off for the last time.
    fn last(&self) -> i64 {
        self.count.saturating_mul(self.pause)
    }

    /// Whether it goes off in the window if it does so first at this instant.
    fn is_in_window(&self, first: Timestamp, window: &Range<Timestamp>) -> bool {
        let late = window.start.as_second().saturating_sub(first.as_second());
        let number = match self.pause {
            ..=0 => 0,
            pause => late.max(0).saturating_add(pause - 1) / pause,
        };
        let number = number.min(self.count);
        window.contains(&shifted(first, number.saturating_mul(self.pause)))
    }
}
