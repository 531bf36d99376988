//! What one period of a rule costs, told before it is expanded.

use ical::recur::{IcalRecurFreq, IcalRecurRule};

use super::weeks;

/// The days that the expander looks at in one period; finer periods count by their candidates alone.
pub(super) fn days_looked_at(rule: &IcalRecurRule) -> u64 {
    match rule.freq {
        IcalRecurFreq::Secondly | IcalRecurFreq::Minutely | IcalRecurFreq::Hourly => 0,
        IcalRecurFreq::Daily => 1,
        IcalRecurFreq::Weekly => 7,
        IcalRecurFreq::Monthly => 31,
        IcalRecurFreq::Yearly if rule.by_week_no.is_empty() => 366,
        IcalRecurFreq::Yearly => 380,
    }
}

/// The most instances that one period can have before BYSETPOS picks.
pub(super) fn candidates(rule: &IcalRecurRule) -> u64 {
    let seconds = rule.by_second.len().max(1) as u64;
    let minutes = rule.by_minute.len().max(1) as u64 * seconds;
    match rule.freq {
        IcalRecurFreq::Secondly => 1,
        IcalRecurFreq::Minutely => seconds,
        IcalRecurFreq::Hourly => minutes,
        _ => most_days(rule) * rule.by_hour.len().max(1) as u64 * minutes,
    }
}

/// The most days that one period of a day or more can have.
fn most_days(rule: &IcalRecurRule) -> u64 {
    let by_day = |each: usize, numbered: usize| -> usize {
        let days = rule.by_day.iter();
        days.map(|day| {
            if day.ordinal.is_some() {
                numbered
            } else {
                each
            }
        })
        .sum()
    };
    let months = rule.by_month.len();
    let days = match rule.freq {
        IcalRecurFreq::Weekly => rule.by_day.len().clamp(1, 7),
        IcalRecurFreq::Monthly if !rule.by_month_day.is_empty() => rule.by_month_day.len().min(31),
        IcalRecurFreq::Monthly => by_day(5, 1).clamp(1, 31),
        IcalRecurFreq::Yearly if !rule.by_year_day.is_empty() => rule.by_year_day.len().min(366),
        IcalRecurFreq::Yearly if !rule.by_week_no.is_empty() => {
            let each = if weeks::one_day_a_week(rule) { 1 } else { 7 };
            (each * rule.by_week_no.len()).min(380)
        }
        IcalRecurFreq::Yearly if !rule.by_month_day.is_empty() => {
            let months = if months == 0 { 12 } else { months };
            (rule.by_month_day.len() * months).min(366)
        }
        IcalRecurFreq::Yearly if months == 0 => by_day(53, 1).clamp(1, 366),
        IcalRecurFreq::Yearly if rule.by_day.is_empty() => months,
        IcalRecurFreq::Yearly => (by_day(5, 1) * months).min(366),
        _ => 1,
    };
    days as u64
}
