//! A zone written as VTIMEZONE, for data whose sender left it out (RFC 5545 section 3.6.5).

use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Dst, Offset, TimeZone};

use crate::component_buf::ComponentBuf;
use crate::date_or_time::DateOrTime;
use crate::property_buf::PropertyBuf;

use super::observance::FIRST_YEAR;

/// Rules of zones are known up to this year at least; what goes on until then goes on for ever.
const KNOWN_UNTIL: i16 = 2037;

/// After how many years a rule is one that goes on: two alike may be chance.
const LASTING: i16 = 3;

/// The most observances that are written.
const MOST: usize = 64;

/// The VTIMEZONE of a zone under this name, for times from `start` on; none when it would be too long.
pub(crate) fn vtimezone(tzid: &str, zone: &TimeZone, start: DateTime) -> Option<ComponentBuf> {
    let first_year = start.year().saturating_sub(1).max(FIRST_YEAR);
    let last_year = KNOWN_UNTIL.max(first_year.saturating_add(4));
    let opening = DateTime::new(first_year, 1, 1, 0, 0, 0, 0).ok()?;
    let changes = Change::all(zone, opening, last_year)?;
    let mut runs: Vec<Run> = Vec::new();
    if changes.first().is_none_or(|first| first.local >= start) {
        runs.push(Run::of(Change::none_at(zone, opening)?));
    }
    for change in changes {
        match runs.iter_mut().find(|run| run.goes_on_with(&change)) {
            Some(run) => run.take(&change),
            None => runs.push(Run::of(change)),
        }
    }
    if runs.len() > MOST {
        return None;
    }
    let mut vtimezone = ComponentBuf::new("VTIMEZONE");
    vtimezone.push_property(PropertyBuf::text("TZID", tzid));
    for run in &runs {
        vtimezone.push_component(run.observance(last_year)?);
    }
    Some(vtimezone)
}

/// One change of offset.
#[derive(Clone, Debug)]
struct Change {
    /// When, in local time of the offset before.
    local: DateTime,
    from: Offset,
    to: Offset,
    season: &'static str,
    abbreviation: String,
}

impl Change {
    /// Every change from the opening to the end of a year; none when it is too many.
    fn all(zone: &TimeZone, opening: DateTime, last_year: i16) -> Option<Vec<Self>> {
        let mut from = Self::none_at(zone, opening)?.to;
        let since = from.to_timestamp(opening).ok()?;
        let mut all = Vec::new();
        for transition in zone.following(since) {
            let local = from.to_datetime(transition.timestamp());
            if local.year() > last_year {
                break;
            }
            if all.len() > 4 * MOST {
                return None;
            }
            let to = transition.offset();
            all.push(Self {
                local,
                from,
                to,
                season: season(transition.dst()),
                abbreviation: transition.abbreviation().to_owned(),
            });
            from = to;
        }
        Some(all)
    }

    /// No change, but the offset that holds at this time.
    fn none_at(zone: &TimeZone, local: DateTime) -> Option<Self> {
        let at = zone.to_timestamp(local).ok()?;
        let holds = zone.to_offset_info(at);
        Some(Self {
            local,
            from: holds.offset(),
            to: holds.offset(),
            season: season(holds.dst()),
            abbreviation: holds.abbreviation().to_owned(),
        })
    }

    /// Whether no such weekday of the month comes after it.
    fn is_last(&self) -> bool {
        let date = self.local.date();
        date.day() + 7 > date.days_in_month()
    }

    fn weekday(&self) -> Weekday {
        self.local.date().weekday()
    }
}

fn season(dst: Dst) -> &'static str {
    if dst.is_dst() { "DAYLIGHT" } else { "STANDARD" }
}

/// A change that comes again each year by one rule.
struct Run {
    first: Change,
    last: DateTime,
    /// The first and the last day of the month that it fell on.
    days: (i8, i8),
    /// Whether it was always the last such weekday of the month.
    is_last: bool,
}

impl Run {
    fn of(first: Change) -> Self {
        let day = first.local.day();
        Self {
            last: first.local,
            days: (day, day),
            is_last: first.is_last(),
            first,
        }
    }

    fn goes_on_with(&self, next: &Change) -> bool {
        let first = &self.first;
        let is_alike = (first.from, first.to, first.season) == (next.from, next.to, next.season)
            && first.abbreviation == next.abbreviation
            && first.weekday() == next.weekday()
            && first.local.month() == next.local.month()
            && first.local.time() == next.local.time();
        let is_next = self.last.year().checked_add(1) == Some(next.local.year());
        let (earliest, latest) = self.days_with(next);
        let is_one_rule = latest - earliest < 7 || (self.is_last && next.is_last());
        is_alike && is_next && is_one_rule
    }

    fn take(&mut self, next: &Change) {
        self.days = self.days_with(next);
        self.is_last &= next.is_last();
        self.last = next.local;
    }

    fn days_with(&self, next: &Change) -> (i8, i8) {
        let ((earliest, latest), day) = (self.days, next.local.day());
        (earliest.min(day), latest.max(day))
    }

    fn observance(&self, last_year: i16) -> Option<ComponentBuf> {
        let first = &self.first;
        let mut observance = ComponentBuf::new(first.season);
        let start = DateOrTime::Floating(first.local);
        observance.push_property(start.to_property("DTSTART"));
        if self.last > first.local {
            let rule = self.rule(last_year)?;
            observance.push_property(PropertyBuf::new("RRULE", &rule));
        }
        for (name, value) in [
            ("TZOFFSETFROM", written(first.from)),
            ("TZOFFSETTO", written(first.to)),
        ] {
            observance.push_property(PropertyBuf::new(name, &value));
        }
        observance.push_property(PropertyBuf::text("TZNAME", &first.abbreviation));
        Some(observance)
    }

    fn rule(&self, last_year: i16) -> Option<String> {
        let rule = format!(
            "FREQ=YEARLY;BYMONTH={};{}",
            self.first.local.month(),
            self.day()
        );
        let years = self.last.year() - self.first.local.year();
        if self.last.year() == last_year && years >= LASTING {
            return Some(rule);
        }
        let until = self.first.from.to_timestamp(self.last).ok()?;
        Some(format!("{rule};UNTIL={}", DateOrTime::Utc(until)))
    }

    /// Which day of the month it is: the last of its weekday, the second, or the first from the eighth on.
    fn day(&self) -> String {
        let weekday = two_letters(self.first.weekday());
        let (earliest, latest) = self.days;
        let week = |day: i8| (day - 1) / 7 + 1;
        if self.is_last {
            format!("BYDAY=-1{weekday}")
        } else if week(earliest) == week(latest) {
            format!("BYDAY={}{weekday}", week(earliest))
        } else {
            let days: Vec<_> = (earliest..earliest + 7)
                .map(|day| day.to_string())
                .collect();
            format!("BYDAY={weekday};BYMONTHDAY={}", days.join(","))
        }
    }
}

fn two_letters(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

/// An offset as UTC-OFFSET (RFC 5545 section 3.3.14).
fn written(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, rest) = (seconds.abs() / 3600, seconds.abs() % 3600);
    let (minutes, seconds) = (rest / 60, rest % 60);
    if seconds == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::zone::windows_table::WINDOWS_ZONES;
    use crate::zone::{ZoneSource, of_rules};

    fn text(tzid: &str, start: &str) -> String {
        let zone = ZoneSource::new().resolve(tzid).unwrap();
        let written = vtimezone(tzid, &zone, start.parse().unwrap()).unwrap();
        String::from_utf8(written.to_bytes()).unwrap()
    }

    #[test]
    fn a_zone_has_the_two_rules_of_its_year() {
        assert_eq!(
            text("W. Europe Standard Time", "2026-12-01T10:00:00").replace("\r\n", "\n"),
            "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\n\
             BEGIN:DAYLIGHT\nDTSTART:20250330T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n\
             TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nTZNAME:CEST\nEND:DAYLIGHT\n\
             BEGIN:STANDARD\nDTSTART:20251026T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n\
             TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nTZNAME:CET\nEND:STANDARD\nEND:VTIMEZONE\n"
        );
        assert_eq!(
            text("Asia/Kolkata", "2026-12-01T10:00:00").replace("\r\n", "\n"),
            "BEGIN:VTIMEZONE\nTZID:Asia/Kolkata\nBEGIN:STANDARD\nDTSTART:20250101T000000\n\
             TZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nTZNAME:IST\nEND:STANDARD\nEND:VTIMEZONE\n"
        );
    }

    #[test]
    fn rules_of_before_end() {
        let new_york = text("America/New_York", "2005-06-01T10:00:00");
        let until = "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z";
        assert!(new_york.contains(until), "{new_york}");
        assert!(
            new_york
                .contains("DTSTART:20070311T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n")
        );
    }

    #[test]
    fn every_windows_zone_reads_as_what_it_is() {
        let source = ZoneSource::new();
        let mut unread = Vec::new();
        for start in ["2004-01-15T00:00:00", "2026-07-15T00:00:00"] {
            let start: DateTime = start.parse().unwrap();
            for (id, _) in WINDOWS_ZONES {
                let zone = source.resolve(id).unwrap();
                let written = vtimezone(id, &zone, start).map(|zone| zone.to_bytes());
                let Some(read) = written.as_deref().and_then(of_rules) else {
                    unread.push((*id, start.year()));
                    continue;
                };
                let mut at = zone.to_timestamp(start).unwrap();
                while at < "2037-12-01T00:00:00Z".parse().unwrap() {
                    assert_eq!(read.to_offset(at), zone.to_offset(at), "{id} at {at}");
                    at = at.checked_add(367.hours()).unwrap();
                }
            }
        }
        // Their summer time began on another day each year: that is more than is written.
        let irregular = ["israel standard time", "west bank standard time"];
        assert_eq!(unread, irregular.map(|id| (id, 2004)));
    }
}
