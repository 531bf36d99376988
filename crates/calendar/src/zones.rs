//! What the time zone names of one calendar mean (rule A4).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::component_buf::ComponentBuf;
use crate::date_or_time::DateOrTime;
use crate::text;
use crate::zone::{self, ZoneOrigin, ZoneSource};

/// The most VTIMEZONEs of one calendar that are read.
const MOST_ZONES: usize = 16;

/// The most different names of one calendar whose zones are kept; further ones are looked up each time.
const MOST_NAMES: usize = 256;

/// The zones of one calendar: its names by rule A4, and the local zone of whoever owns it.
///
/// A name is, in this order: an IANA name; a Windows id; what the calendar's VTIMEZONE of that name
/// says; a display name. Where a Windows id and the VTIMEZONE disagree about the first time that a
/// component gives with the name (DTSTART before all others), the VTIMEZONE wins; an IANA name wins
/// always. A VTIMEZONE is followed if its rules are yearly and not too many.
#[derive(Clone, Debug)]
pub struct Zones {
    source: ZoneSource,
    local: TimeZone,
    own: BTreeMap<String, Own>,
    decided: BTreeMap<String, Option<(TimeZone, ZoneOrigin)>>,
    disagreements: Vec<ZoneDisagreement>,
}

/// A VTIMEZONE, understood when it is first asked.
#[derive(Clone, Debug)]
struct Own {
    text: Box<[u8]>,
    zone: OnceLock<Option<TimeZone>>,
}

impl Own {
    fn zone(&self) -> Option<TimeZone> {
        let zone = self.zone.get_or_init(|| zone::of_rules(&self.text));
        zone.clone()
    }
}

/// A name and the VTIMEZONE of that name that do not say the same offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneDisagreement {
    /// The name as written.
    pub tzid: String,
    /// The local time for which they were asked.
    pub at: DateTime,
    /// The offset by the name.
    pub named: Offset,
    /// The offset by the VTIMEZONE.
    pub own: Offset,
    /// Which of the two counts.
    pub taken: ZoneOrigin,
}

impl Zones {
    /// Zones by their names alone; `local` is for dates and floating times.
    pub fn new(source: ZoneSource, local: TimeZone) -> Self {
        Self {
            source,
            local,
            own: BTreeMap::new(),
            decided: BTreeMap::new(),
            disagreements: Vec::new(),
        }
    }

    /// The zones of a VCALENDAR, its VTIMEZONEs regarded.
    pub fn of_calendar(calendar: &ComponentBuf, source: ZoneSource, local: TimeZone) -> Self {
        let mut zones = Self::new(source, local);
        let (own, others): (Vec<_>, Vec<_>) =
            calendar.components().partition(|c| c.is("VTIMEZONE"));
        for zone in own {
            if let Some(tzid) = zone.property("TZID") {
                zones.define(&tzid.value(), &zone.to_bytes());
            }
        }
        for (tzid, at) in others.into_iter().flat_map(times) {
            zones.decide(&tzid, at);
        }
        zones
    }

    /// Regards the text of a VTIMEZONE of this name; of several with one name the first counts, and at
    /// most 16 in all.
    pub fn define(&mut self, tzid: &str, vtimezone: &[u8]) {
        let key = key(tzid);
        if self.own.len() < MOST_ZONES && !self.own.contains_key(&key) {
            let own = Own {
                text: vtimezone.into(),
                zone: OnceLock::new(),
            };
            self.own.insert(key, own);
        }
    }

    /// The zone of dates and floating times.
    pub fn local(&self) -> &TimeZone {
        &self.local
    }

    /// The zone of a name; none when no step of rule A4 knows it.
    pub fn zone(&self, tzid: &str) -> Option<TimeZone> {
        self.named(tzid).map(|(zone, _)| zone)
    }

    /// The zone of a name and what told it.
    pub fn named(&self, tzid: &str) -> Option<(TimeZone, ZoneOrigin)> {
        match self.decided.get(tzid) {
            Some(decided) => decided.clone(),
            None => self.choose(tzid, None).0,
        }
    }

    /// Names of the calendar that its VTIMEZONE contradicts, to be noted.
    pub fn disagreements(&self) -> &[ZoneDisagreement] {
        &self.disagreements
    }

    /// Names that a component of the calendar uses and no step of rule A4 knows, in order of the alphabet.
    pub fn unknown(&self) -> Vec<&str> {
        let unknown = self.decided.iter().filter(|(_, zone)| zone.is_none());
        unknown.map(|(tzid, _)| tzid.as_str()).collect()
    }

    /// Names that components of the calendar use and whose zone only a table tells: they are no IANA names,
    /// and no VTIMEZONE of the calendar says what they mean.
    pub fn undefined(&self) -> impl Iterator<Item = &str> {
        let is_undefined = |(tzid, zone): &(&String, &Option<(TimeZone, ZoneOrigin)>)| {
            let origin = zone.as_ref().map(|(_, origin)| *origin);
            let is_by_table = matches!(origin, Some(ZoneOrigin::Windows | ZoneOrigin::DisplayName));
            is_by_table && self.own.get(&key(tzid)).and_then(Own::zone).is_none()
        };
        let decided = self.decided.iter().filter(is_undefined);
        decided.map(|(tzid, _)| tzid.as_str())
    }

    /// Decides once what a name means, by the first time that uses it; VTIMEZONEs are defined before.
    pub fn decide(&mut self, tzid: &str, at: DateTime) {
        if self.decided.len() >= MOST_NAMES || self.decided.contains_key(tzid) {
            return;
        }
        let (zone, disagreement) = self.choose(tzid, Some(at));
        self.disagreements.extend(disagreement);
        self.decided.insert(tzid.to_owned(), zone);
    }

    /// Whether it was decided what a name means, see [`decide`](Self::decide).
    pub fn is_decided(&self, tzid: &str) -> bool {
        self.decided.contains_key(tzid)
    }

    fn choose(
        &self,
        tzid: &str,
        at: Option<DateTime>,
    ) -> (Option<(TimeZone, ZoneOrigin)>, Option<ZoneDisagreement>) {
        let named = self.source.named(&text::unescape(tzid));
        let own = self.own.get(&key(tzid)).and_then(Own::zone);
        let (Some((zone, origin)), Some(own)) = (&named, &own) else {
            return (own.map(|own| (own, ZoneOrigin::OwnRules)).or(named), None);
        };
        let offsets = at.and_then(|at| Some((at, offset(zone, at)?, offset(own, at)?)));
        let differ = offsets.filter(|(_, named, own)| named != own);
        let taken = match origin {
            ZoneOrigin::Iana => ZoneOrigin::Iana,
            ZoneOrigin::Windows if differ.is_none() => ZoneOrigin::Windows,
            _ => ZoneOrigin::OwnRules,
        };
        let disagreement = differ.map(|(at, named, own)| ZoneDisagreement {
            tzid: tzid.to_owned(),
            at,
            named,
            own,
            taken,
        });
        let zone = if taken == ZoneOrigin::OwnRules {
            own
        } else {
            zone
        };
        (Some((zone.clone(), taken)), disagreement)
    }
}

/// The names that a component's values give, each with its first time, DTSTART before all others.
fn times(component: &ComponentBuf) -> impl Iterator<Item = (String, DateTime)> {
    let first = component.properties_named("DTSTART");
    let others = component.properties().filter(|p| !p.is("DTSTART"));
    let values = first.chain(others).filter_map(|property| {
        let has_zone = property.parameter("TZID").is_some();
        let is_time = has_zone || ["DTSTART", "DTEND", "DUE"].iter().any(|n| property.is(n));
        let value = is_time.then(|| property.value())?;
        let first = value.split([',', '/']).next()?;
        DateOrTime::parse(first, property.parameter("TZID").as_deref())
    });
    values.filter_map(|value| match value.within(component) {
        DateOrTime::Zoned { civil, tzid } => Some((tzid, civil)),
        DateOrTime::Date(_) | DateOrTime::Floating(_) | DateOrTime::Utc(_) => None,
    })
}

/// What is compared of the names of VTIMEZONEs: text without case, and blanks alike.
fn key(tzid: &str) -> String {
    let tzid = text::unescape(tzid.trim().trim_matches('"'));
    let words: Vec<_> = tzid.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn offset(zone: &TimeZone, at: DateTime) -> Option<Offset> {
    Some(zone.to_zoned(at).ok()?.offset())
}
