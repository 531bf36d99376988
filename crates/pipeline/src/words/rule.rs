//! Recurrence rules in words: `every Tuesday until 3 March`.

use itip::{End, Frequency, Pattern, Recurrence};
use jiff::civil::{Date, Weekday};

use super::list::list;
use super::when::Reader;

/// Monday to Friday, which people say in one word.
const WEEKDAYS: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

/// How an event recurs, as a sentence without its subject.
#[must_use]
pub fn recurrence(recurrence: &Recurrence, reader: &Reader<'_>) -> String {
    let Some(pattern) = &recurrence.pattern else {
        return format!("by the rule {}", super::shown(&recurrence.text));
    };
    format!("{}{}", every(pattern), end(&recurrence.end, reader))
}

fn end(end: &End, reader: &Reader<'_>) -> String {
    match end {
        End::Never => String::new(),
        End::Count(1) => ", once".to_owned(),
        End::Count(count) => format!(", {count} times"),
        End::Until(until) => format!(" until {}", reader.long_date(until.civil.date())),
    }
}

fn every(pattern: &Pattern) -> String {
    let days = days(pattern);
    let is_plain_week = pattern.days.iter().all(|(nth, _)| nth.is_none()) && pattern.interval == 1;
    let text = match pattern.frequency {
        Frequency::Daily | Frequency::Weekly if is_plain_week && !pattern.days.is_empty() => {
            format!("every {days}")
        }
        Frequency::Yearly => return yearly(pattern, &days),
        frequency => {
            let unit = unit(frequency);
            let every = match pattern.interval {
                1 => format!("every {unit}"),
                interval => format!("every {interval} {unit}s"),
            };
            on(every, &days, pattern)
        }
    };
    match months(pattern).as_slice() {
        [] => text,
        months => format!("{text} in {}", list(months)),
    }
}

fn unit(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Hourly => "hour",
        Frequency::Daily => "day",
        Frequency::Weekly => "week",
        Frequency::Monthly => "month",
        Frequency::Yearly => "year",
    }
}

fn on(every: String, days: &str, pattern: &Pattern) -> String {
    let dates: Vec<String> = pattern
        .month_days
        .iter()
        .map(|day| month_day(*day))
        .collect();
    match (days, dates.as_slice()) {
        ("", []) => every,
        ("", dates) => format!("{every} on {}", list(dates)),
        (days, _) if has_nth(pattern) => format!("{every} on {days}"),
        (days, _) if pattern.frequency == Frequency::Monthly => format!("{every} on every {days}"),
        (days, _) => format!("{every} on {days}"),
    }
}

/// `every year on 8 December`, `every year on the last Sunday of March`.
fn yearly(pattern: &Pattern, days: &str) -> String {
    let every = match pattern.interval {
        1 => "every year".to_owned(),
        interval => format!("every {interval} years"),
    };
    let months = months(pattern);
    let in_months = match months.as_slice() {
        [] if has_nth(pattern) => "the year".to_owned(),
        [] => "every month".to_owned(),
        months => list(months),
    };
    if !days.is_empty() {
        return match (has_nth(pattern), months.is_empty()) {
            (false, true) => format!("{every} on every {days}"),
            (false, false) => format!("{every} on every {days} of {in_months}"),
            (true, _) => format!("{every} on {days} of {in_months}"),
        };
    }
    match (pattern.month_days.as_slice(), months.as_slice()) {
        ([day], [month]) if *day > 0 => format!("{every} on {day} {month}"),
        ([], _) => every,
        (dates, _) => {
            let dates: Vec<String> = dates.iter().map(|day| month_day(*day)).collect();
            format!("{every} on {} of {in_months}", list(&dates))
        }
    }
}

fn has_nth(pattern: &Pattern) -> bool {
    pattern.days.iter().any(|(nth, _)| nth.is_some())
}

/// `Tuesday and Thursday`, `weekday`, `the second Tuesday`.
fn days(pattern: &Pattern) -> String {
    let plain: Vec<Weekday> = pattern.days.iter().map(|(_, day)| *day).collect();
    if !has_nth(pattern) && plain == WEEKDAYS {
        return "weekday".to_owned();
    }
    if !has_nth(pattern) && plain.len() == 7 {
        return "day".to_owned();
    }
    let names: Vec<String> = pattern
        .days
        .iter()
        .map(|(nth, day)| match nth {
            None => weekday(*day).to_owned(),
            Some(nth) => format!("{} {}", which(*nth), weekday(*day)),
        })
        .collect();
    list(&names)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn months(pattern: &Pattern) -> Vec<String> {
    let name = |month: &i8| Date::new(2000, *month, 1).map(|date| date.strftime("%B").to_string());
    pattern
        .months
        .iter()
        .filter_map(|month| name(month).ok())
        .collect()
}

/// `the second`, `the last`, `the last but one`, `the 20th`.
fn which(nth: i8) -> String {
    match nth {
        1 => "the first".to_owned(),
        2 => "the second".to_owned(),
        3 => "the third".to_owned(),
        4 => "the fourth".to_owned(),
        5 => "the fifth".to_owned(),
        -1 => "the last".to_owned(),
        -2 => "the last but one".to_owned(),
        nth if nth < 0 => format!("the {} last", ordinal(nth)),
        nth => format!("the {}", ordinal(nth)),
    }
}

fn month_day(day: i8) -> String {
    match day {
        1.. => format!("the {}", ordinal(day)),
        day => format!("{} day", which(day)),
    }
}

fn ordinal(number: i8) -> String {
    let number = number.unsigned_abs();
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
