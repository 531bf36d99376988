//! When somebody is there at all, as he sets it on his inbox or keeps it in a calendar (RFC 7953): all other
//! time is not free.

use std::collections::BTreeMap;
use std::ops::Range;

use calendar::{ComponentBuf, Document, Limits};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Property;

use super::free_busy::{Busy, Kind};
use super::occurrence::Occurrences;
use super::recurrence_set::RecurrenceSet;
use crate::budget::Budget;
use crate::xml::{CALDAV, CALENDARSERVER, Element, Name};

/// The name of the property (RFC 7953, 7.2.4).
const NAME: &str = "calendar-availability";

/// The most instances that are asked for; past them nothing is said.
const MOST: usize = 5000;

/// Times in their order, none of which touches another.
type Times = Vec<Range<Timestamp>>;

/// Whether a property is one that says it; Apple's calendars use a namespace of their own.
pub(crate) fn is(name: &Name) -> bool {
    name.is(CALDAV, NAME) || name.is(CALENDARSERVER, NAME)
}

/// The other name of the property: what is set under one is told under both, so that two calendars of one
/// person do not contradict each other.
pub(crate) fn twin(name: &Name) -> Option<Name> {
    let namespace = match name.namespace.as_str() {
        CALDAV => CALENDARSERVER,
        _ => CALDAV,
    };
    is(name).then(|| Name::new(namespace, NAME))
}

/// Whether it can be the value of the property: VAVAILABILITY and what it needs, and nothing else.
pub(crate) fn is_valid(text: &str) -> bool {
    let Ok(document) = Document::parse(text.trim(), &Limits::default()) else {
        return false;
    };
    let mut calendars = document.components();
    let calendar = calendars.next().filter(|one| one.is("VCALENDAR"));
    let holds_it_alone = calendar.is_some_and(|calendar| {
        let mut parts = calendar.components();
        parts.all(|part| part.is("VAVAILABILITY") || part.is("VTIMEZONE"))
    });
    holds_it_alone && calendars.next().is_none() && document.is_well_nested()
}

/// What is set among the properties of an inbox; floating times are of the zone.
pub(crate) fn set_on_inbox<'a>(
    set: &[Property],
    zone: &TimeZone,
    budget: &'a Budget,
) -> Option<Occurrences<'a>> {
    let text = [CALDAV, CALENDARSERVER].into_iter().find_map(|namespace| {
        let mut set = set.iter();
        let set = set.find(|one| one.namespace == namespace && one.name == NAME)?;
        Some(Element::parse(set.value.as_bytes()).ok()?.text())
    });
    Occurrences::read(text?.trim().as_bytes(), zone, budget)
}

/// What the VAVAILABILITY components of all objects say together: where two speak of one time, the one of
/// higher priority counts (RFC 7953, 4).
pub(super) fn of(objects: &[Occurrences<'_>], window: &Range<Timestamp>) -> Vec<Busy> {
    let parts = objects.iter().flat_map(|object| {
        let parts = object.parts("VAVAILABILITY").into_iter();
        parts.map(move |part| Asked {
            object,
            part,
            window,
        })
    });
    let mut parts: Vec<Asked<'_>> = parts.collect();
    parts.sort_by_key(|asked| priority(asked.part));
    let (mut busy, mut said) = (Vec::new(), Times::new());
    for asked in parts {
        let Some(bounds) = asked.bounds() else {
            continue;
        };
        let Some(free) = asked.free() else {
            continue;
        };
        let kind = kind(asked.part);
        let not_free = without(&without(std::slice::from_ref(&bounds), &free), &said);
        busy.extend(not_free.into_iter().map(|time| Busy {
            kind,
            start: time.start,
            end: time.end,
        }));
        said.push(bounds);
        said = united(said);
    }
    busy
}

/// 1 is the highest; none, and 0, is below 9 (RFC 7953, 3.1).
fn priority(part: &ComponentBuf) -> u32 {
    let value = part.property("PRIORITY").map(|one| one.value());
    let value = value.and_then(|value| value.trim().parse().ok());
    value.filter(|value| *value > 0).unwrap_or(u32::MAX)
}

/// BUSYTYPE (RFC 7953, 3.2).
fn kind(part: &ComponentBuf) -> Kind {
    let value = part.property("BUSYTYPE").map(|one| one.value());
    match value.as_deref().map(str::trim) {
        Some(value) if value.eq_ignore_ascii_case("BUSY") => Kind::Busy,
        Some(value) if value.eq_ignore_ascii_case("BUSY-TENTATIVE") => Kind::Tentative,
        _ => Kind::Unavailable,
    }
}

/// What one component says, asked about a window.
struct Asked<'a> {
    object: &'a Occurrences<'a>,
    part: &'a ComponentBuf,
    window: &'a Range<Timestamp>,
}

impl Asked<'_> {
    /// The part of the window that the component speaks of: without DTSTART or DTEND it has no bound there;
    /// if a bound cannot be read nothing is said.
    fn bounds(&self) -> Option<Range<Timestamp>> {
        let bound = |name: &str, open: Timestamp| match self.part.property(name) {
            Some(_) => self.object.instant(self.part, name),
            None => Some(open),
        };
        let start = bound("DTSTART", Timestamp::MIN)?;
        let end = match self.part.property("DURATION") {
            Some(_) => self.set(&[self.part])?.series.span().last?,
            None => bound("DTEND", Timestamp::MAX)?,
        };
        let bounds = start.max(self.window.start)..end.min(self.window.end);
        (bounds.start < bounds.end).then_some(bounds)
    }

    /// The times of the AVAILABLE components, each with the overrides of its UID; `None`: they cannot be
    /// told.
    fn free(&self) -> Option<Times> {
        let mut series: BTreeMap<String, Vec<&ComponentBuf>> = BTreeMap::new();
        let available = self.part.components().filter(|one| one.is("AVAILABLE"));
        for (number, one) in available.enumerate() {
            let uid = one.property("UID").map(|uid| uid.value().into_owned());
            let uid = uid.unwrap_or_else(|| format!(" {number}"));
            series.entry(uid).or_default().push(one);
        }
        let mut free = Times::new();
        for parts in series.values() {
            for told in self.set(parts)?.instances(self.window.clone()) {
                let (_, instance) = told.ok()?;
                free.push(instance.start..instance.end);
                if free.len() > MOST {
                    return None;
                }
            }
        }
        Some(united(free))
    }

    fn set(&self, parts: &[&ComponentBuf]) -> Option<RecurrenceSet<'_>> {
        RecurrenceSet::of(self.object, parts)
    }
}

/// Times in their order, those that touch as one.
fn united(mut times: Times) -> Times {
    times.sort_by_key(|time| (time.start, time.end));
    let mut united = Times::new();
    for time in times {
        match united.last_mut().filter(|last| time.start <= last.end) {
            Some(last) => last.end = last.end.max(time.end),
            None => united.push(time),
        }
    }
    united
}

/// What is in the first and not in the second.
fn without(times: &[Range<Timestamp>], taken: &[Range<Timestamp>]) -> Times {
    let mut rest = Times::new();
    let mut taken = taken.iter().peekable();
    for time in times {
        let mut start = time.start;
        while taken.next_if(|one| one.end <= start).is_some() {}
        while let Some(one) = taken.peek().filter(|one| one.start < time.end) {
            if start < one.start {
                rest.push(start..one.start);
            }
            start = start.max(one.end);
            if one.end > time.end {
                break;
            }
            taken.next();
        }
        if start < time.end {
            rest.push(start..time.end);
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: &str = "BEGIN:AVAILABLE\nUID:week\nDTSTART:20270301T090000Z\n\
        DTEND:20270301T170000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU\nEND:AVAILABLE\n";

    fn budget(steps: u64) -> Budget {
        Budget::of(&crate::Limits {
            steps,
            ..crate::Limits::default()
        })
    }

    fn availability(lines: &str) -> String {
        format!("BEGIN:VAVAILABILITY\nUID:x\n{lines}END:VAVAILABILITY\n")
    }

    fn wrapped(inner: &str) -> String {
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inner}END:VCALENDAR\n")
    }

    /// The busy times of Monday and Tuesday, the first two days of March 2027, by their hours.
    fn told(namespace: &str, inner: &str) -> String {
        let set = [Property {
            namespace: namespace.to_owned(),
            name: NAME.to_owned(),
            value: format!("<{NAME} xmlns='{namespace}'>{}</{NAME}>", wrapped(inner)),
        }];
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let window = at("2027-03-01T00:00:00Z")..at("2027-03-03T00:00:00Z");
        let hour = |at: Timestamp| window.start.duration_until(at).as_hours();
        let budget = budget(100_000);
        let hours = set_on_inbox(&set, &TimeZone::UTC, &budget);
        let busy = of(hours.as_slice(), &window);
        let told = busy.iter().map(|one| {
            let kind = one.kind.word();
            format!("{kind} {}-{}", hour(one.start), hour(one.end))
        });
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn all_time_is_busy_in_which_nobody_is_there() {
        let week = availability(WEEK);
        for namespace in [CALDAV, CALENDARSERVER] {
            assert_eq!(
                told(namespace, &week),
                "BUSY-UNAVAILABLE 0-9, BUSY-UNAVAILABLE 17-33, BUSY-UNAVAILABLE 41-48"
            );
        }
        assert_eq!(told("x", &week), "");
        assert_eq!(told(CALDAV, &availability("")), "BUSY-UNAVAILABLE 0-48");
        let from = availability(&format!("DTSTART:20270301T120000Z\nBUSYTYPE:BUSY\n{WEEK}"));
        assert_eq!(told(CALDAV, &from), "BUSY 17-33, BUSY 41-48");
        let hour = "DTSTART:20270301T000000Z\nDURATION:PT1H\nBUSYTYPE:BUSY-TENTATIVE\n";
        assert_eq!(told(CALDAV, &availability(hour)), "BUSY-TENTATIVE 0-1");
    }

    #[test]
    fn one_day_can_be_otherwise() {
        let late = "BEGIN:AVAILABLE\nUID:week\nRECURRENCE-ID:20270302T090000Z\n\
            DTSTART:20270302T120000Z\nDTEND:20270302T130000Z\nEND:AVAILABLE\n";
        assert_eq!(
            told(CALDAV, &availability(&format!("{WEEK}{late}"))),
            "BUSY-UNAVAILABLE 0-9, BUSY-UNAVAILABLE 17-36, BUSY-UNAVAILABLE 37-48"
        );
    }

    #[test]
    fn the_higher_priority_speaks_for_its_time() {
        let always = availability(&format!("PRIORITY:5\n{WEEK}"));
        let away = "PRIORITY:1\nBUSYTYPE:BUSY\nDTSTART:20270301T120000Z\nDTEND:20270302T120000Z\n";
        let away = availability(away);
        let expected = "BUSY 12-36, BUSY-UNAVAILABLE 0-9, BUSY-UNAVAILABLE 41-48";
        assert_eq!(told(CALDAV, &format!("{always}{away}")), expected);
        let lower = availability(&format!("PRIORITY:0\n{WEEK}"));
        assert_eq!(told(CALDAV, &format!("{lower}{away}")), expected);
    }

    #[test]
    fn what_cannot_be_told_makes_nobody_busy() {
        let odd = WEEK.replace("FREQ=WEEKLY", "FREQ=SOMETIMES");
        assert_eq!(told(CALDAV, &availability(&odd)), "");
        let many = WEEK.replace("FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=SECONDLY");
        assert_eq!(told(CALDAV, &availability(&many)), "");
        let nowhere = format!("DTSTART;TZID=No/Where:20270301T120000\n{WEEK}");
        assert_eq!(told(CALDAV, &availability(&nowhere)), "");
    }

    #[test]
    fn components_take_of_the_budget_of_the_request() {
        let long = "RRULE:FREQ=DAILY";
        let week = WEEK.replace("RRULE:FREQ=WEEKLY;BYDAY=MO,TU", long);
        let text = wrapped(&availability(&week));
        let taken = |steps: u64| {
            let budget = budget(steps);
            let object = Occurrences::read(text.as_bytes(), &TimeZone::UTC, &budget).unwrap();
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            let window = at("2027-03-01T00:00:00Z")..at("2027-12-01T00:00:00Z");
            let busy = of(&[object], &window).len();
            (busy, budget.is_used_up())
        };
        assert_eq!(taken(1000), (276, false));
        assert_eq!(taken(100), (0, true));
    }

    #[test]
    fn the_objects_of_a_calendar_speak_together() {
        let budget = budget(1000);
        let read = |inner: &str| {
            let text = wrapped(&availability(inner));
            Occurrences::read(text.as_bytes(), &TimeZone::UTC, &budget).unwrap()
        };
        let always = read(&format!("PRIORITY:5\n{WEEK}"));
        let away =
            read("PRIORITY:1\nBUSYTYPE:BUSY\nDTSTART:20270301T120000Z\nDTEND:20270302T120000Z\n");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let window = at("2027-03-01T00:00:00Z")..at("2027-03-03T00:00:00Z");
        let kinds = of(&[always, away], &window);
        let kinds: Vec<&str> = kinds.iter().map(|one| one.kind.word()).collect();
        assert_eq!(kinds, ["BUSY", "BUSY-UNAVAILABLE", "BUSY-UNAVAILABLE"]);
    }

    #[test]
    fn the_value_is_availability_and_nothing_else() {
        assert!(is_valid(&wrapped(&availability(WEEK))));
        assert!(is_valid(&wrapped("")));
        let event = "BEGIN:VEVENT\nUID:a\nDTSTART:20270301T090000Z\nEND:VEVENT\n";
        for wrong in ["", "x", &wrapped(event), &wrapped("").repeat(2)] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }
}
