//! STANDARD and DAYLIGHT of a VTIMEZONE, read within limits (RFC 5545 section 3.6.5).

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::component_buf::ComponentBuf;
use crate::date_or_time::DateOrTime;
use crate::recurrence::{Grain, RecurrenceLimits, Rule};

/// The most STANDARD and DAYLIGHT components of a zone that is followed.
const MOST_OBSERVANCES: usize = 64;

/// The most RDATE values of one observance.
const MOST_DATES: usize = 1000;

/// Rules are followed from this year on: Outlook lets its zones begin in 1601.
pub(super) const FIRST_YEAR: i16 = 1970;

/// One change of offset, once or each year.
#[derive(Clone, Debug)]
pub(super) struct Observance {
    /// The offset before.
    pub(super) from: Offset,
    /// The offset from the onset on.
    pub(super) to: Offset,
    /// The first onset, in local time of the offset before.
    pub(super) start: DateTime,
    /// Whether it is DAYLIGHT.
    pub(super) season: Season,
    /// The yearly rule.
    pub(super) rule: Option<Rule>,
    /// UNTIL of the rule, in local time of the offset before.
    until: Option<DateTime>,
    dates: Vec<DateTime>,
}

/// Which half of the year an observance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    Standard,
    Daylight,
}

impl Observance {
    /// Every observance of a VTIMEZONE; none when there is none, too much or something not understood.
    pub(super) fn all(zone: &ComponentBuf) -> Option<Vec<Self>> {
        let parts = zone.components().filter_map(|part| {
            let season = Season::of(part)?;
            Some((part, season))
        });
        let all: Option<Vec<_>> = parts
            .take(MOST_OBSERVANCES + 1)
            .map(|(part, season)| Self::read(part, season))
            .collect();
        all.filter(|all| (1..=MOST_OBSERVANCES).contains(&all.len()))
    }

    fn read(part: &ComponentBuf, season: Season) -> Option<Self> {
        let from = offset(&part.property("TZOFFSETFROM")?.value())?;
        let to = offset(&part.property("TZOFFSETTO")?.value())?;
        let start = local(&part.property("DTSTART")?.date_or_time()?, from)?;
        let rule = match part.property("RRULE") {
            Some(rule) => Some(yearly(&rule.value())?),
            None => None,
        };
        let until = match rule.as_ref().and_then(|rule| rule.until.as_ref()) {
            Some(until) => Some(local(until, from)?),
            None => None,
        };
        Some(Self {
            dates: dates(part, from)?,
            from,
            to,
            start,
            season,
            rule,
            until,
        })
    }

    /// Whether the rule goes on for ever.
    pub(super) fn is_open(&self) -> bool {
        self.rule.is_some() && self.until.is_none()
    }

    /// The last year in which it changes what it says of later years.
    pub(super) fn last_year(&self) -> i16 {
        let dates = self.dates.iter().chain(&self.until).map(|date| date.year());
        dates.fold(self.start.year(), i16::max)
    }

    /// The years that the rule is followed through, up to this one.
    pub(super) fn years(&self, last_year: i16) -> usize {
        let last = self
            .until
            .map_or(last_year, |until| until.year().min(last_year));
        let years = last.saturating_sub(self.start.year().max(FIRST_YEAR));
        usize::try_from(years).unwrap_or(0)
    }

    /// Every onset up to the end of this year, in local time of the offset before, in no order.
    pub(super) fn onsets(&self, last_year: i16) -> Vec<DateTime> {
        let mut onsets = self.dates.clone();
        match &self.rule {
            None => onsets.push(self.start),
            Some(rule) => onsets.extend(self.yearly_onsets(rule, last_year)),
        }
        onsets
    }

    fn yearly_onsets(&self, rule: &Rule, last_year: i16) -> impl Iterator<Item = DateTime> {
        let end = DateTime::new(last_year, 12, 31, 23, 59, 59, 0).unwrap_or(DateTime::MAX);
        let end = self.until.map_or(end, |until| until.min(end));
        let seek = DateTime::new(FIRST_YEAR, 1, 1, 0, 0, 0, 0).unwrap_or(DateTime::MIN);
        let period = rule.period_of(self.start, seek);
        let from = self.start.max(seek);
        rule.expand(self.start, period, end)
            .filter(move |onset| (from..=end).contains(onset))
    }
}

impl Season {
    fn of(part: &ComponentBuf) -> Option<Self> {
        match () {
            () if part.is("STANDARD") => Some(Self::Standard),
            () if part.is("DAYLIGHT") => Some(Self::Daylight),
            () => None,
        }
    }
}

/// A rule that changes the offset by the year, without COUNT, which nobody writes there.
fn yearly(text: &str) -> Option<Rule> {
    let limits = RecurrenceLimits {
        candidates: 31,
        ..RecurrenceLimits::default()
    };
    let rule = Rule::parse(text, Grain::Times, &limits).ok()?;
    (rule.is_yearly() && rule.count.is_none()).then_some(rule)
}

/// The values of RDATE in local time of this offset.
fn dates(part: &ComponentBuf, from: Offset) -> Option<Vec<DateTime>> {
    let mut dates = Vec::new();
    for property in part.properties_named("RDATE") {
        for value in property.value().split(',') {
            let value = value.split('/').next().unwrap_or_default();
            dates.push(local(&DateOrTime::parse(value, None)?, from)?);
        }
        if dates.len() > MOST_DATES {
            return None;
        }
    }
    Some(dates)
}

/// An onset or bound in local time of the offset before it.
fn local(value: &DateOrTime, from: Offset) -> Option<DateTime> {
    match value {
        DateOrTime::Date(date) => Some(date.to_datetime(jiff::civil::Time::midnight())),
        DateOrTime::Floating(civil) | DateOrTime::Zoned { civil, .. } => Some(*civil),
        DateOrTime::Utc(instant) => TimeZone::UTC
            .to_datetime(*instant)
            .checked_add(SignedDuration::from_secs(i64::from(from.seconds())))
            .ok(),
    }
}

/// Reads `+0100`, `-023000` and Webex' `-700`.
fn offset(value: &str) -> Option<Offset> {
    let value = value.trim();
    let sign = if value.starts_with('-') { -1 } else { 1 };
    let digits = value.strip_prefix(['+', '-'])?;
    if !matches!(digits.len(), 3 | 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{digits:0>4}");
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .map_or(Some(0), |d| d.parse::<i32>().ok())
    };
    let [hours, minutes, seconds] = [part(0)?, part(2)?, part(4)?];
    if hours > 24 || minutes > 59 || seconds > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60 + seconds)).ok()
}
