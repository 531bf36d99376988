//! free-busy-query (RFC 4791, 7.10): when an account is busy, by one calendar.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use calendar::{ComponentBuf, DateOrTime, Duration, PropertyBuf};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pipeline::owner::{self, Attendance};
use store::{Account, Collection, Collections, Detail, Member, Selection};

use super::availability;
use super::occurrence::Occurrences;
use super::range::{self, Ends};
use super::recurrence_set::RecurrenceSet;
use super::time_zone;
use crate::Limits;
use crate::budget::{Budget, aside};
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::xml::{CALDAV, Element};

/// Objects that are read at a time.
const PAGE: usize = 200;

/// A time that is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Busy {
    pub(crate) kind: Kind,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

/// How it is not free (RFC 5545, 3.2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Something takes place.
    Busy,
    /// Something may take place.
    Tentative,
    /// Nothing can take place.
    Unavailable,
}

impl Kind {
    /// The word for FBTYPE.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Busy => "BUSY",
            Self::Tentative => "BUSY-TENTATIVE",
            Self::Unavailable => "BUSY-UNAVAILABLE",
        }
    }
}

pub(crate) async fn run(request: Request, calendar: Collection, body: &Element) -> Outcome {
    let window = body
        .child(CALDAV, "time-range")
        .ok_or_else(Failure::bad_request)?;
    let window = range::read(window, Ends::Both)?;
    let asked = Asked {
        account: &request.account,
        window: &window,
        masked: None,
        budget: &Budget::of(&request.dav.limits),
    };
    let mut gathered = Gathered::new(&request.dav.limits);
    if is_opaque(&calendar) {
        gathered.collect(request.store(), &calendar, &asked).await?;
    }
    let busy = gathered.all(&asked)?;
    let free_busy = component(&window, busy, request.dav.clock.now());
    let text = self::calendar(free_busy, None).to_bytes();
    let mut response = Response::new(Body::from(text));
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// schedule-calendar-transp (RFC 6638, 9.1).
pub(crate) fn is_opaque(calendar: &Collection) -> bool {
    let mut set = calendar.properties.iter();
    let transp = set.find(|one| one.namespace == CALDAV && one.name == "schedule-calendar-transp");
    let transp = transp.and_then(|one| Element::parse(one.value.as_bytes()).ok());
    transp.is_none_or(|one| one.child(CALDAV, "transparent").is_none())
}

/// Whose busy times are asked, and when.
pub(crate) struct Asked<'a> {
    pub(crate) account: &'a Account,
    pub(crate) window: &'a Range<Timestamp>,
    /// The UID of an event that does not count.
    pub(crate) masked: Option<&'a str>,
    pub(crate) budget: &'a Budget,
}

/// What makes somebody busy, of one calendar or of several.
pub(crate) struct Gathered<'a> {
    /// The most times that are told.
    most: usize,
    busy: Vec<Busy>,
    /// The objects that say when he is there at all.
    hours: Vec<Occurrences<'a>>,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.instances,
            busy: Vec::new(),
            hours: Vec::new(),
        }
    }

    /// Takes in when he is there, as he set it.
    pub(crate) fn add_hours(&mut self, hours: Option<Occurrences<'a>>) {
        self.hours.extend(hours);
    }

    /// Takes in a calendar; 403 when there are too many times, or when they are too much to be told.
    pub(crate) async fn collect(
        &mut self,
        store: &dyn Collections,
        calendar: &Collection,
        asked: &Asked<'a>,
    ) -> Outcome<()> {
        self.check(asked)?;
        let (account, kind, window) = (asked.account.id, calendar.kind, asked.window);
        let (from, to) = (window.start.as_millisecond(), window.end.as_millisecond());
        let selection = Selection::Window(from, to);
        let found = store.members(account, kind, &calendar.id, selection, Detail::Etag);
        let names: Vec<String> = found.await?.into_iter().map(|member| member.name).collect();
        let zone = time_zone::of(calendar);
        for page in names.chunks(PAGE) {
            let selection = Selection::Names(page.to_vec());
            let found = store.members(account, kind, &calendar.id, selection, Detail::Text);
            let found = found.await?;
            aside(|| self.take(&found, &zone, asked));
            self.check(asked)?;
        }
        Ok(())
    }

    /// Takes in what some objects say, until it is too much.
    fn take(&mut self, members: &[Member], zone: &TimeZone, asked: &Asked<'a>) {
        let counting = members
            .iter()
            .filter(|one| Some(one.uid.as_str()) != asked.masked);
        for member in counting {
            if self.check(asked).is_err() {
                return;
            }
            let object = Occurrences::read(&member.text, zone, asked.budget);
            let Some(object) = object else {
                continue;
            };
            let room = (self.most + 1).saturating_sub(self.busy.len());
            let times = of_events(&object, asked.account, asked.window, room);
            self.busy.extend(times);
            of_periods(&object, asked.window, &mut self.busy);
            if !object.parts("VAVAILABILITY").is_empty() {
                self.hours.push(object);
            }
        }
    }

    /// All busy times, in their order, with those in which he is not there: all that he says of that is
    /// weighed together, wherever he says it (RFC 7953, 5 and 7.2.5).
    pub(crate) fn all(mut self, asked: &Asked<'a>) -> Outcome<Vec<Busy>> {
        let away = aside(|| availability::of(&self.hours, asked.window));
        self.busy.extend(away);
        self.check(asked)?;
        Ok(merged(self.busy))
    }

    fn check(&self, asked: &Asked<'_>) -> Outcome<()> {
        match self.busy.len() > self.most || asked.budget.is_used_up() {
            true => Err(Failure::refused("D:number-of-matches-within-limits")),
            false => Ok(()),
        }
    }
}

/// The times of the events of an object, `most` of them: a rule by the second has more than memory.
fn of_events(
    object: &Occurrences<'_>,
    account: &Account,
    window: &Range<Timestamp>,
    most: usize,
) -> Vec<Busy> {
    let parts = object.parts("VEVENT");
    let Some(set) = RecurrenceSet::of(object, &parts) else {
        return Vec::new();
    };
    let attendances = owner::attendances(account, &parts);
    let kinds = parts.iter().zip(attendances);
    let kinds: Vec<Option<Kind>> = kinds.map(|(part, comes)| kind_of(part, comes)).collect();
    if kinds.iter().all(Option::is_none) {
        return Vec::new();
    }
    let told = set.instances(window.clone()).map_while(Result::ok);
    let busy = told.filter_map(|(source, instance)| {
        let kind = source.and_then(|at| *kinds.get(at)?)?;
        cut(kind, instance.start, instance.end, window)
    });
    busy.take(most).collect()
}

/// How an event makes its owner's time busy, if it does. No RFC names PARTSTAT here; RFC 5545, 3.2.9
/// calls BUSY-TENTATIVE what is scheduled tentatively, as what he has not answered is.
fn kind_of(event: &ComponentBuf, attendance: Attendance) -> Option<Kind> {
    let is = |name: &str, value: &str| {
        let property = event.property(name);
        property.is_some_and(|one| one.value().trim().eq_ignore_ascii_case(value))
    };
    let is_free = is("TRANSP", "TRANSPARENT") || is("STATUS", "CANCELLED");
    match attendance {
        _ if is_free => None,
        Attendance::Absent => None,
        Attendance::Tentative => Some(Kind::Tentative),
        Attendance::Certain if is("STATUS", "TENTATIVE") => Some(Kind::Tentative),
        Attendance::Certain => Some(Kind::Busy),
    }
}

/// The FREEBUSY periods of VFREEBUSY components.
fn of_periods(object: &Occurrences<'_>, window: &Range<Timestamp>, busy: &mut Vec<Busy>) {
    for part in object.parts("VFREEBUSY") {
        for property in part.properties_named("FREEBUSY") {
            let kind = match property.parameter("FBTYPE").as_deref() {
                Some("FREE") => continue,
                Some("BUSY-TENTATIVE") => Kind::Tentative,
                Some("BUSY-UNAVAILABLE") => Kind::Unavailable,
                _ => Kind::Busy,
            };
            let value = property.value();
            let periods = value.split(',').filter_map(period);
            busy.extend(periods.filter_map(|(start, end)| cut(kind, start, end, window)));
        }
    }
}

pub(crate) fn period(text: &str) -> Option<(Timestamp, Timestamp)> {
    let (start, end) = text.split_once('/')?;
    let instant = |text: &str| match DateOrTime::parse(text, None)? {
        DateOrTime::Utc(instant) => Some(instant),
        _ => None,
    };
    let start = instant(start)?;
    let end = instant(end).or_else(|| Duration::parse(end)?.after(start));
    Some((start, end?))
}

/// The part of a time that is in the window.
fn cut(kind: Kind, start: Timestamp, end: Timestamp, window: &Range<Timestamp>) -> Option<Busy> {
    let (start, end) = (start.max(window.start), end.min(window.end));
    (start < end).then_some(Busy { kind, start, end })
}

/// Times of one kind that touch become one.
fn merged(mut busy: Vec<Busy>) -> Vec<Busy> {
    busy.sort();
    let mut merged: Vec<Busy> = Vec::new();
    for one in busy {
        match merged
            .last_mut()
            .filter(|last| last.kind == one.kind && one.start <= last.end)
        {
            Some(last) => last.end = last.end.max(one.end),
            None => merged.push(one),
        }
    }
    merged
}

/// The VFREEBUSY that says it.
pub(crate) fn component(
    window: &Range<Timestamp>,
    busy: Vec<Busy>,
    now: store::Timestamp,
) -> ComponentBuf {
    let utc = |instant: Timestamp| DateOrTime::Utc(instant).to_string();
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut free_busy = ComponentBuf::new("VFREEBUSY");
    free_busy.push_property(PropertyBuf::new("DTSTAMP", &utc(now)));
    free_busy.push_property(PropertyBuf::new("DTSTART", &utc(window.start)));
    free_busy.push_property(PropertyBuf::new("DTEND", &utc(window.end)));
    for Busy { kind, start, end } in busy {
        let value = format!("{}/{}", utc(start), utc(end));
        let mut property = PropertyBuf::new("FREEBUSY", &value);
        // Thunderbird shows nothing where the default is left out.
        property.set_parameter("FBTYPE", kind.word());
        free_busy.push_property(property);
    }
    free_busy
}

/// The VCALENDAR around it.
pub(crate) fn calendar(free_busy: ComponentBuf, method: Option<&str>) -> ComponentBuf {
    let mut calendar = ComponentBuf::new("VCALENDAR");
    calendar.push_property(PropertyBuf::new("VERSION", "2.0"));
    calendar.push_property(PropertyBuf::new("PRODID", time_zone::PRODUCT));
    if let Some(method) = method {
        calendar.push_property(PropertyBuf::new("METHOD", method));
    }
    calendar.push_component(free_busy);
    calendar
}

#[cfg(test)]
mod tests {
    use store::AccountId;

    use super::*;

    #[test]
    fn no_more_times_are_made_than_are_asked_for() {
        let every_second = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n\
            DTSTART:20270301T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        let budget = Budget::of(&Limits::default());
        let object = Occurrences::read(every_second.as_bytes(), &TimeZone::UTC, &budget).unwrap();
        let account = Account {
            id: AccountId(1),
            address: "alice@example.org".to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let minute = at("2027-03-01T00:00:00Z")..at("2027-03-01T00:01:00Z");
        let found = |most| of_events(&object, &account, &minute, most).len();
        assert_eq!((found(7), found(100)), (7, 60));
    }
}
