//! The rules of time zones in the words of POSIX.

use ical::recur::IcalRecurWeekday;
use jiff::civil::DateTime;

use super::{Rule, to_ical};

/// The one day of the year that a rule of time zones means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YearlyDay {
    /// A weekday by its place in a month.
    Weekday {
        /// 1 to 12.
        month: u8,
        /// 1 to 4, or 5 for the last.
        week: u8,
        /// 0 (Sunday) to 6.
        weekday: u8,
    },
    /// The same date each year, never 29 February.
    Date {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
}

impl YearlyDay {
    /// A date that every year has.
    fn date(month: u8, day: i8) -> Option<Self> {
        let month = i8::try_from(month).ok()?;
        (day > 0 && (month, day) != (2, 29)).then_some(Self::Date { month, day })
    }

    /// The weekday at this place, counted as BYDAY counts; 5 from the front is none.
    fn weekday(month: u8, ordinal: i16, weekday: IcalRecurWeekday) -> Option<Self> {
        let week = match ordinal {
            1..=4 => u8::try_from(ordinal).ok()?,
            -1 => 5,
            _ => return None,
        };
        Some(Self::Weekday {
            month,
            week,
            weekday: weekday as u8,
        })
    }
}

/// The place in the month of the weekday that seven days in a row hold, as in BYMONTHDAY=8,…,14.
fn ordinal_of(days: &[i8], month: u8) -> Option<i16> {
    let first = *days.first()?;
    let is_a_week = days.len() == 7 && days.iter().zip(first..).all(|(day, n)| *day == n);
    let last_week = match month {
        2 => -7,
        4 | 6 | 9 | 11 => 24,
        _ => 25,
    };
    match first {
        _ if !is_a_week => None,
        1 | 8 | 15 | 22 => Some(i16::from(first) / 7 + 1),
        _ if first == last_week || first == -7 => Some(-1),
        _ => None,
    }
}

impl Rule {
    /// The day that a yearly rule of one instance means; none when POSIX has no word for it.
    pub(crate) fn yearly_day(&self, start: DateTime) -> Option<YearlyDay> {
        let rule = &self.inner;
        let is_plain = self.is_yearly()
            && rule.interval == 1
            && rule.by_set_pos.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_week_no.is_empty()
            && self.has_one_time();
        let month = match rule.by_month.as_slice() {
            _ if !is_plain => return None,
            [] if rule.by_day.is_empty() && rule.by_month_day.is_empty() => to_ical(start).month,
            [month] => *month,
            _ => return None,
        };
        match (rule.by_day.as_slice(), rule.by_month_day.as_slice()) {
            ([day], []) => YearlyDay::weekday(month, day.ordinal?, day.weekday),
            ([day], days) if day.ordinal.is_none() => {
                YearlyDay::weekday(month, ordinal_of(days, month)?, day.weekday)
            }
            ([], []) => YearlyDay::date(month, start.day()),
            ([], [day]) => YearlyDay::date(month, *day),
            _ => None,
        }
    }

    fn has_one_time(&self) -> bool {
        let rule = &self.inner;
        rule.by_hour.is_empty() && rule.by_minute.is_empty() && rule.by_second.is_empty()
    }
}
