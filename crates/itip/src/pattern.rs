//! A recurrence rule as a person would say it (RFC 5545 section 3.3.10).

use calendar::{DateOrTime, Zones};
use jiff::civil::Weekday;

use crate::moment::Moment;

/// How an event recurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The rule as written; several are joined by a blank.
    pub text: String,
    /// What it says; none when a person would not say it like that: then its text must do.
    pub pattern: Option<Pattern>,
    /// When it ends.
    pub end: End,
}

/// What recurs, with what the start implies filled in: a weekly rule has a weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// FREQ.
    pub frequency: Frequency,
    /// INTERVAL.
    pub interval: u32,
    /// BYDAY: which of the period (-1: the last, none: each), and the weekday.
    pub days: Vec<(Option<i8>, Weekday)>,
    /// BYMONTHDAY; negative ones count from the end.
    pub month_days: Vec<i8>,
    /// BYMONTH.
    pub months: Vec<i8>,
}

/// The unit of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// HOURLY.
    Hourly,
    /// DAILY.
    Daily,
    /// WEEKLY.
    Weekly,
    /// MONTHLY.
    Monthly,
    /// YEARLY.
    Yearly,
}

/// How a rule ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Not at all.
    Never,
    /// After so many times.
    Count(u32),
    /// With the last one up to here, on the clock of the series.
    Until(Moment),
}

impl Recurrence {
    /// Reads the value of RRULE; `start` is DTSTART.
    pub(crate) fn of(rule: &str, start: &Moment, zones: &Zones) -> Self {
        let mut reading = Reading::default();
        for part in rule.split(';').filter(|part| !part.trim().is_empty()) {
            if reading.part(part).is_none() {
                reading.is_plain = false;
            }
        }
        let end = match (reading.count, &reading.until) {
            (Some(count), _) => End::Count(count),
            (None, Some(until)) => End::Until(Moment::of(until, zones).beside(start)),
            (None, None) => End::Never,
        };
        Self {
            text: rule.trim().to_owned(),
            pattern: reading.pattern(start),
            end,
        }
    }

    /// Whether both give the same dates, as far as a person can tell.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.pattern, &other.pattern) {
            (Some(one), Some(two)) => one == two && self.end.is_same(&other.end),
            _ => self.text.eq_ignore_ascii_case(&other.text),
        }
    }
}

impl End {
    /// Whether both are the same; an UNTIL counts by its day, for many senders shift its time.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Until(one), Self::Until(two)) => one.civil.date() == two.civil.date(),
            _ => self == other,
        }
    }
}

/// The parts of a rule, one after the other.
struct Reading {
    frequency: Option<Frequency>,
    interval: u32,
    days: Vec<(Option<i8>, Weekday)>,
    month_days: Vec<i8>,
    months: Vec<i8>,
    count: Option<u32>,
    until: Option<DateOrTime>,
    is_plain: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            frequency: None,
            interval: 1,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            count: None,
            until: None,
            is_plain: true,
        }
    }
}

impl Reading {
    /// None for a part that a person would not say.
    fn part(&mut self, part: &str) -> Option<()> {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().to_ascii_uppercase();
        match name.trim().to_ascii_uppercase().as_str() {
            "FREQ" => self.frequency = Some(frequency(&value)?),
            "INTERVAL" => self.interval = value.parse().ok().filter(|interval| *interval > 0)?,
            "COUNT" => self.count = Some(value.parse().ok()?),
            "UNTIL" => self.until = Some(DateOrTime::parse(&value, None)?),
            "BYDAY" => self.days = list(&value, day)?,
            "BYMONTHDAY" => self.month_days = list(&value, |day| day.parse().ok())?,
            "BYMONTH" => {
                let month =
                    |month: &str| month.parse().ok().filter(|month| (1..=12).contains(month));
                self.months = list(&value, month)?;
            }
            // Where weeks begin does not matter to who reads it.
            "WKST" => {}
            _ => return None,
        }
        Some(())
    }

    fn pattern(mut self, start: &Moment) -> Option<Pattern> {
        let frequency = self.frequency.filter(|_| self.is_plain)?;
        let has_day = !self.days.is_empty() || !self.month_days.is_empty();
        let date = start.civil.date();
        match frequency {
            Frequency::Weekly if self.days.is_empty() => self.days.push((None, date.weekday())),
            Frequency::Monthly if !has_day => self.month_days.push(date.day()),
            Frequency::Yearly if !has_day => {
                self.month_days.push(date.day());
                if self.months.is_empty() {
                    self.months.push(date.month());
                }
            }
            _ => {}
        }
        self.days
            .sort_by_key(|(nth, day)| (*nth, day.to_monday_zero_offset()));
        let has_nth = self.days.iter().any(|(nth, _)| nth.is_some());
        let can_have_nth = matches!(frequency, Frequency::Monthly | Frequency::Yearly);
        // "The 13th, if it is a Friday" needs the rule's own words.
        let has_both = !self.days.is_empty() && !self.month_days.is_empty();
        let pattern = Pattern {
            frequency,
            interval: self.interval,
            days: self.days,
            month_days: self.month_days,
            months: self.months,
        };
        (!has_both && (!has_nth || can_have_nth)).then_some(pattern)
    }
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(|one| read(one.trim())).collect()
}

fn frequency(value: &str) -> Option<Frequency> {
    Some(match value {
        "HOURLY" => Frequency::Hourly,
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

/// `TU`, `2TU`, `-1TU`.
fn day(value: &str) -> Option<(Option<i8>, Weekday)> {
    let at = value.len().checked_sub(2)?;
    let (nth, day) = value.split_at_checked(at)?;
    let weekday = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth = match nth {
        "" => None,
        nth => Some(nth.parse().ok().filter(|nth| *nth != 0)?),
    };
    Some((nth, weekday))
}
