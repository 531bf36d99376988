//! Two yearly changes as a POSIX TZ rule (POSIX section 8.3), which has no end.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::observance::Observance;
use crate::recurrence::YearlyDay;

/// The rule that two observances without end make; none when POSIX cannot say it.
pub(super) fn rule(standard: &Observance, daylight: &Observance) -> Option<String> {
    let is_a_pair = standard.to == daylight.from && daylight.to == standard.from;
    if !is_a_pair || standard.to == daylight.to {
        return None;
    }
    Some(format!(
        "{}{},{},{}",
        fixed(standard.to),
        fixed(daylight.to),
        day(daylight)?,
        day(standard)?
    ))
}

/// One offset with its designation.
pub(super) fn fixed(offset: Offset) -> String {
    // POSIX counts westwards.
    let west = if offset.seconds() > 0 { "-" } else { "" };
    let (hours, minutes, seconds) = parts(offset);
    let designation = designation(offset);
    format!("<{designation}>{west}{hours}:{minutes:02}:{seconds:02}")
}

/// The designation of an offset: itself, in five letters.
pub(super) fn designation(offset: Offset) -> String {
    let sign = if offset.seconds() < 0 { '-' } else { '+' };
    let (hours, minutes, _) = parts(offset);
    format!("{sign}{hours:02}{minutes:02}")
}

/// Hours, minutes and seconds, without sign.
fn parts(offset: Offset) -> (u32, u32, u32) {
    let whole = offset.seconds().unsigned_abs();
    (whole / 3600, whole / 60 % 60, whole % 60)
}

/// The day and time of a yearly change.
fn day(observance: &Observance) -> Option<String> {
    let day = match observance.rule.as_ref()?.yearly_day(observance.start)? {
        YearlyDay::Weekday {
            month,
            week,
            weekday,
        } => format!("M{month}.{week}.{weekday}"),
        YearlyDay::Date { month, day } => format!("J{}", day_without_leap(month, day)?),
    };
    let time = observance.start.time();
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Some(format!("{day}/{hour}:{minute:02}:{second:02}"))
}

/// The number of a day in a year without 29 February.
fn day_without_leap(month: i8, day: i8) -> Option<i16> {
    let date = DateTime::new(2001, month, day, 0, 0, 0, 0).ok()?;
    Some(date.day_of_year())
}
