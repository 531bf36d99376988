//! A recurrence rule (RFC 5545 section 3.3.10): the one door to the rule parser and civil expander of ical-rs.

mod cost;
mod weeks;
mod yearly_day;

use ical::recur::expand::IcalRecurExpand;
use ical::recur::{IcalRecurDateTime, IcalRecurFreq, IcalRecurRule};
use jiff::civil::DateTime;
use thiserror::Error;

use super::clock::DAY;
use super::limits::RecurrenceLimits;
use crate::date_or_time::DateOrTime;

pub(crate) use yearly_day::YearlyDay;

/// Why a rule cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadRule {
    /// It is no rule, or a part of it has no such value.
    #[error("the rule {0:?} cannot be read")]
    Unreadable(String),
    /// It counts in another calendar than the Gregorian (RSCALE, RFC 7529).
    #[error("the rule counts in the calendar {0:?}")]
    Calendar(String),
    /// It repeats whole days by the hour or finer.
    #[error("whole days cannot repeat by the hour")]
    FinerThanDays,
    /// Its text is too long.
    #[error("the rule is too long")]
    TooLong,
    /// One of its periods holds too many instances.
    #[error("the rule has too many instances in one period")]
    TooDense,
}

/// Whether a series is of times or of whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grain {
    /// DTSTART is a date with time.
    Times,
    /// DTSTART is a date: BYHOUR, BYMINUTE and BYSECOND do not count.
    Days,
}

/// A rule whose UNTIL and COUNT are kept apart: what they mean, the series knows.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    inner: IcalRecurRule,
    /// UNTIL as written.
    pub(crate) until: Option<DateOrTime>,
    /// COUNT, DTSTART included.
    pub(crate) count: Option<u32>,
    weight: u64,
}

/// Civil times beyond which no rule goes on.
const LAST: IcalRecurDateTime = IcalRecurDateTime {
    year: 9999,
    month: 12,
    day: 31,
    hour: 23,
    minute: 59,
    second: 59,
};

/// What a rule's period is made of.
enum Unit {
    Seconds(i64),
    Months(i64),
}

impl Rule {
    /// Reads the value of RRULE; unknown parts are passed over, as the RFC asks.
    pub(crate) fn parse(
        text: &str,
        grain: Grain,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadRule> {
        if text.len() > limits.rule_length {
            return Err(BadRule::TooLong);
        }
        let unreadable = || BadRule::Unreadable(text.to_owned());
        let mut inner = IcalRecurRule::parse(text.trim()).map_err(|_| unreadable())?;
        let until = until_of(text).map_err(|()| unreadable())?;
        if inner.by_day.iter().any(|day| day.ordinal == Some(0)) {
            return Err(unreadable());
        }
        if let Some(scale) = inner.scale.take_if(|scale| scale != "GREGORIAN") {
            return Err(BadRule::Calendar(scale));
        }
        if grain == Grain::Days {
            leave_out_times(&mut inner)?;
        }
        tidy(&mut inner);
        coarsen(&mut inner);
        let count = inner.count.take();
        inner.until = None;
        let candidates = cost::candidates(&inner);
        if candidates > limits.candidates {
            return Err(BadRule::TooDense);
        }
        let positions = inner.by_set_pos.len().max(1) as u64;
        Ok(Self {
            weight: cost::days_looked_at(&inner).saturating_add(candidates * positions),
            inner,
            until,
            count,
        })
    }

    /// Whether it repeats by the year, the only frequency that time zones change by.
    pub(crate) fn is_yearly(&self) -> bool {
        self.inner.freq == IcalRecurFreq::Yearly
    }

    /// The steps that one period costs: days looked at, and candidates times positions of BYSETPOS.
    pub(crate) fn weight(&self) -> u64 {
        self.weight
    }

    /// The number of the period that a time falls in, counted from that of `start` in whole INTERVALs.
    pub(crate) fn period_of(&self, start: DateTime, at: DateTime) -> u64 {
        let passed = match self.unit() {
            Unit::Seconds(_) => to_ical(at).seconds() - self.opening(start),
            Unit::Months(_) => self.months(at) - self.months(start),
        };
        let step = self.step();
        u64::try_from(passed.div_euclid(step)).unwrap_or(0)
    }

    /// The last second before this period; none when the period is past what can be told.
    pub(crate) fn second_before(&self, start: DateTime, period: u64) -> Option<DateTime> {
        let ahead = i64::try_from(period).ok()?.checked_mul(self.step())?;
        let opening = match self.unit() {
            Unit::Seconds(_) => self.opening(start).checked_add(ahead)?,
            Unit::Months(_) => {
                let (year, month) = self.year_and_month(start, ahead)?;
                IcalRecurDateTime::date(year, month, 1).seconds()
            }
        };
        let second = opening - 1;
        (second < LAST.seconds()).then(|| from_ical(IcalRecurDateTime::from_seconds(second)))?
    }

    /// Every civil time of the rule from this period on, up to `last` and perhaps a week more.
    ///
    /// The start moves by whole periods. In months and years it keeps its day even where the month
    /// has none: the expander takes only its fields.
    pub(crate) fn expand(&self, start: DateTime, period: u64, last: DateTime) -> Candidates {
        let from = self.moved(start, period);
        let mut rule = self.inner.clone();
        weeks::name_the_day(&mut rule, start);
        // The expander ends at a period that begins after UNTIL. But the weeks of a year may begin
        // before it, and its hours and minutes begin like the start. The walk cuts what is too late.
        let slack = match rule.freq {
            IcalRecurFreq::Yearly => 7 * DAY,
            IcalRecurFreq::Hourly => 3600,
            IcalRecurFreq::Minutely => 60,
            _ => 0,
        };
        let until = to_ical(last).seconds().saturating_add(slack);
        rule.until = Some(IcalRecurDateTime::from_seconds(until.min(LAST.seconds())));
        Candidates(from.map(|from| IcalRecurExpand::new(rule, from)))
    }

    fn moved(&self, start: DateTime, period: u64) -> Option<IcalRecurDateTime> {
        let ahead = i64::try_from(period).ok()?.checked_mul(self.step())?;
        let ahead = ahead - weeks::months_before(&self.inner, start, period);
        match self.unit() {
            Unit::Seconds(_) => {
                let second = to_ical(start).seconds().checked_add(ahead)?;
                (second <= LAST.seconds()).then(|| IcalRecurDateTime::from_seconds(second))
            }
            Unit::Months(_) => {
                let (year, month) = self.year_and_month(start, ahead)?;
                Some(IcalRecurDateTime {
                    year,
                    month: if self.is_yearly() {
                        to_ical(start).month
                    } else {
                        month
                    },
                    ..to_ical(start)
                })
            }
        }
    }

    /// Where the period of the start opens, in civil seconds.
    fn opening(&self, start: DateTime) -> i64 {
        let second = to_ical(start).seconds();
        let unit = match self.inner.freq {
            IcalRecurFreq::Weekly => {
                let weekday = i64::from(start.date().weekday().to_sunday_zero_offset());
                let back = (weekday - self.inner.week_start as i64).rem_euclid(7);
                return second - second.rem_euclid(DAY) - back * DAY;
            }
            IcalRecurFreq::Secondly => 1,
            IcalRecurFreq::Minutely => 60,
            IcalRecurFreq::Hourly => 3600,
            IcalRecurFreq::Daily | IcalRecurFreq::Monthly | IcalRecurFreq::Yearly => DAY,
        };
        second - second.rem_euclid(unit)
    }

    /// The months before this time's period.
    fn months(&self, at: DateTime) -> i64 {
        let month = if self.is_yearly() { 1 } else { at.month() };
        i64::from(at.year()) * 12 + i64::from(month) - 1
    }

    /// Year and month that so many months after the start's period open.
    fn year_and_month(&self, start: DateTime, ahead: i64) -> Option<(i32, u8)> {
        let month = self.months(start).checked_add(ahead)?;
        let year = i32::try_from(month.div_euclid(12)).ok()?;
        let month = u8::try_from(month.rem_euclid(12) + 1).ok()?;
        (year <= LAST.year).then_some((year, month))
    }

    fn unit(&self) -> Unit {
        match self.inner.freq {
            IcalRecurFreq::Secondly => Unit::Seconds(1),
            IcalRecurFreq::Minutely => Unit::Seconds(60),
            IcalRecurFreq::Hourly => Unit::Seconds(3600),
            IcalRecurFreq::Daily => Unit::Seconds(DAY),
            IcalRecurFreq::Weekly => Unit::Seconds(7 * DAY),
            IcalRecurFreq::Monthly => Unit::Months(1),
            IcalRecurFreq::Yearly => Unit::Months(12),
        }
    }

    /// One INTERVAL, in seconds or months.
    fn step(&self) -> i64 {
        let (Unit::Seconds(unit) | Unit::Months(unit)) = self.unit();
        unit * i64::from(self.inner.interval)
    }
}

/// The civil times of a rule, in order but for those that SKIP moves.
#[derive(Debug)]
pub(crate) struct Candidates(Option<IcalRecurExpand>);

impl Candidates {
    /// Nothing, at no cost.
    pub(crate) fn none() -> Self {
        Self(None)
    }
}

impl Iterator for Candidates {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        from_ical(self.0.as_mut()?.next()?)
    }
}

/// UNTIL in its own form, which the expander's rule does not keep.
fn until_of(text: &str) -> Result<Option<DateOrTime>, ()> {
    let mut parts = text.rsplit(';').filter_map(|part| part.split_once('='));
    let until = parts.find(|(name, _)| name.trim().eq_ignore_ascii_case("UNTIL"));
    let Some((_, value)) = until else {
        return Ok(None);
    };
    let value = value.trim();
    // The last days of 9999 in UTC, as in 99991231T235959Z, are past the last instant.
    let local = || DateOrTime::parse(value.trim_end_matches(['Z', 'z']), None);
    let until = DateOrTime::parse(value, None).or_else(local);
    until.map(Some).ok_or(())
}

fn leave_out_times(rule: &mut IcalRecurRule) -> Result<(), BadRule> {
    if matches!(
        rule.freq,
        IcalRecurFreq::Secondly | IcalRecurFreq::Minutely | IcalRecurFreq::Hourly
    ) {
        return Err(BadRule::FinerThanDays);
    }
    rule.by_hour.clear();
    rule.by_minute.clear();
    rule.by_second.clear();
    Ok(())
}

/// Brings every list to its natural size; the leap second is the one before it.
fn tidy(rule: &mut IcalRecurRule) {
    rule.by_second.iter_mut().for_each(|s| *s = (*s).min(59));
    sort(&mut rule.by_second);
    sort(&mut rule.by_minute);
    sort(&mut rule.by_hour);
    sort(&mut rule.by_month_day);
    sort(&mut rule.by_year_day);
    sort(&mut rule.by_week_no);
    sort(&mut rule.by_month);
    sort(&mut rule.by_set_pos);
    rule.by_day.sort_by_key(|day| (day.weekday, day.ordinal));
    rule.by_day.dedup();
}

/// Makes a rule of every hour, minute or second that names its times a daily one, which walks by days.
fn coarsen(rule: &mut IcalRecurRule) {
    let names_its_times = match rule.freq {
        IcalRecurFreq::Hourly => !rule.by_hour.is_empty(),
        IcalRecurFreq::Minutely => !rule.by_hour.is_empty() && !rule.by_minute.is_empty(),
        IcalRecurFreq::Secondly => {
            let [hours, minutes, seconds] = [&rule.by_hour, &rule.by_minute, &rule.by_second];
            !hours.is_empty() && !minutes.is_empty() && !seconds.is_empty()
        }
        _ => false,
    };
    // BYSETPOS counts in the period, and BYYEARDAY is not for days.
    let is_the_same = rule.by_set_pos.is_empty() && rule.by_year_day.is_empty();
    if names_its_times && is_the_same && rule.interval == 1 {
        rule.freq = IcalRecurFreq::Daily;
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

fn to_ical(at: DateTime) -> IcalRecurDateTime {
    IcalRecurDateTime {
        year: i32::from(at.year()),
        month: at.month().unsigned_abs(),
        day: at.day().unsigned_abs(),
        hour: at.hour().unsigned_abs(),
        minute: at.minute().unsigned_abs(),
        second: at.second().unsigned_abs(),
    }
}

fn from_ical(at: IcalRecurDateTime) -> Option<DateTime> {
    let year = i16::try_from(at.year).ok()?;
    let [month, day, hour, minute, second] =
        [at.month, at.day, at.hour, at.minute, at.second].map(|n| i8::try_from(n).ok());
    DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()
}
