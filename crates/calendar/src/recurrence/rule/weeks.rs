//! What the expander leaves open about the weeks of a year (BYWEEKNO).

use ical::recur::{IcalRecurFreq, IcalRecurRule, IcalRecurWeekday, IcalRecurWeekdayNum};
use jiff::Span;
use jiff::civil::{DateTime, Weekday};

/// Gives a rule of weeks that names no day the weekday of the start.
///
/// What a rule does not say is as in DTSTART (RFC 5545 section 3.3.10); the expander would take all
/// seven days, as python-dateutil does.
pub(super) fn name_the_day(rule: &mut IcalRecurRule, start: DateTime) {
    if one_day_a_week(rule) {
        rule.by_day.push(IcalRecurWeekdayNum {
            ordinal: None,
            weekday: weekday_of(start),
        });
    }
}

/// Whether each week of the rule has one instance a time, on the weekday of the start.
pub(super) fn one_day_a_week(rule: &IcalRecurRule) -> bool {
    has_weeks(rule)
        && rule.by_day.is_empty()
        && rule.by_month_day.is_empty()
        && rule.by_year_day.is_empty()
}

/// The months by which a period is to begin earlier than the start's year says.
///
/// The weeks of a year do not end with it: a start in the first days of a year may be in the last week
/// of the year before, one in the last days in the first week of the next. INTERVAL counts the years
/// whose weeks they are.
pub(super) fn months_before(rule: &IcalRecurRule, start: DateTime, period: u64) -> i64 {
    if !has_weeks(rule) {
        return 0;
    }
    if rule.interval == 1 {
        return if period == 0 { 12 } else { 0 };
    }
    let years = i64::from(start.year()) - i64::from(week_year(rule, start));
    12 * years.rem_euclid(i64::from(rule.interval))
}

/// The year whose week a time is in: the one that has the fourth day of that week.
fn week_year(rule: &IcalRecurRule, at: DateTime) -> i16 {
    let weekday = i64::from(at.date().weekday().to_sunday_zero_offset());
    let passed = (weekday - rule.week_start as i64).rem_euclid(7);
    let fourth = at.date().checked_add(Span::new().days(3 - passed));
    fourth.map_or(at.year(), |fourth| fourth.year())
}

fn has_weeks(rule: &IcalRecurRule) -> bool {
    rule.freq == IcalRecurFreq::Yearly && !rule.by_week_no.is_empty()
}

fn weekday_of(at: DateTime) -> IcalRecurWeekday {
    match at.date().weekday() {
        Weekday::Sunday => IcalRecurWeekday::Sunday,
        Weekday::Monday => IcalRecurWeekday::Monday,
        Weekday::Tuesday => IcalRecurWeekday::Tuesday,
        Weekday::Wednesday => IcalRecurWeekday::Wednesday,
        Weekday::Thursday => IcalRecurWeekday::Thursday,
        Weekday::Friday => IcalRecurWeekday::Friday,
        Weekday::Saturday => IcalRecurWeekday::Saturday,
    }
}
