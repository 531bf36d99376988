//! Dates and times in words: `Tue 8 Dec 10:00 to 11:00 Europe/Berlin`.

use itip::{Clock, Moment, Span};
use jiff::civil::Date;

/// Who reads: dates of this year are told without it, and these addresses are "you".
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The year that needs no mention.
    pub year: i16,
    /// The addresses of the account.
    pub addresses: &'a [String],
}

impl<'a> Reader<'a> {
    /// Who reads at this time, in milliseconds.
    #[must_use]
    pub fn at(now: store::Timestamp, addresses: &'a [String]) -> Self {
        let now = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
        Self {
            year: now.to_zoned(jiff::tz::TimeZone::UTC).year(),
            addresses,
        }
    }

    /// `Tue 8 Dec`, with the year if it is another.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        self.with_year(date, "%a %-d %b")
    }

    /// `8 December`, with the year if it is another.
    #[must_use]
    pub fn long_date(&self, date: Date) -> String {
        self.with_year(date, "%-d %B")
    }

    fn with_year(&self, date: Date, format: &str) -> String {
        let text = date.strftime(format).to_string();
        if date.year() == self.year {
            text
        } else {
            format!("{text} {}", date.year())
        }
    }

    /// A date of a series by its day.
    #[must_use]
    pub fn day(&self, moment: &Moment) -> String {
        self.date(moment.civil.date())
    }

    /// From when to when: `Tue 8 Dec 10:00 to 11:00 Europe/Berlin`, `Tue 8 Dec, all day`.
    #[must_use]
    pub fn span(&self, span: &Span) -> String {
        let start = &span.start;
        let Some(end) = span.end.as_ref().filter(|end| !end.is_same(start)) else {
            return format!("{}{}", self.begin(start), zone(start));
        };
        if start.is_day() {
            return self.days(start, end);
        }
        let end = self.end_beside(end, start);
        if zone(start) == zone(&span_end(span)) {
            format!("{} to {end}{}", self.begin(start), zone(start))
        } else {
            let (from, to) = (zone(start), zone(&span_end(span)));
            format!("{}{from} to {end}{to}", self.begin(start))
        }
    }

    /// Day and time without the zone.
    fn begin(&self, moment: &Moment) -> String {
        match moment.clock {
            Clock::Day => format!("{}, all day", self.day(moment)),
            _ => format!("{} {}", self.day(moment), time(moment)),
        }
    }

    /// The time alone where the day is the same.
    fn end_beside(&self, end: &Moment, start: &Moment) -> String {
        if end.civil.date() == start.civil.date() && !end.is_day() {
            time(end)
        } else {
            self.begin(end)
        }
    }

    /// Whole days; the end is the day after the last.
    fn days(&self, start: &Moment, end: &Moment) -> String {
        let first = start.civil.date();
        match end.civil.date().yesterday() {
            Ok(last) if last > first => {
                format!("{} to {}, all day", self.date(first), self.date(last))
            }
            _ => self.begin(start),
        }
    }

    /// What became of the times: `moved from Tue 8 Dec 10:00 to Wed 9 Dec 14:00 Europe/Berlin`.
    #[must_use]
    pub fn moved(&self, before: &Span, after: &Span) -> String {
        if before.is_same(after) {
            let (old, new) = (zone(&before.start), zone(&after.start));
            return format!("kept in the time of{new} now, before of{old}");
        }
        let before = beside(before, after);
        if before.start.is_same(&after.start) {
            return self.new_end(&before, after);
        }
        let (old, new) = (&before.start, &after.start);
        let lasts_as_long = length(&before) == length(after);
        let is_days = old.is_day() || new.is_day();
        if is_days || !lasts_as_long {
            return format!("moved from {} to {}", self.span(&before), self.span(after));
        }
        let to = self.end_beside(new, old);
        if zone(old) == zone(new) {
            format!("moved from {} to {to}{}", self.begin(old), zone(new))
        } else {
            let (from, into) = (zone(old), zone(new));
            format!("moved from {}{from} to {to}{into}", self.begin(old))
        }
    }

    /// Where it moved to: the time alone on the same day, the end where it lasts longer or shorter.
    #[must_use]
    pub fn moved_to(&self, before: &Span, after: &Span) -> String {
        let (old, new) = (&before.start, &after.start);
        let is_days = old.is_day() || new.is_day();
        if is_days || length(&beside(before, after)) != length(after) {
            return self.span(after);
        }
        format!("{}{}", self.end_beside(new, old), zone(new))
    }

    fn new_end(&self, before: &Span, after: &Span) -> String {
        let start = &after.start;
        if start.is_day() {
            return format!("now {}, before {}", self.span(after), self.span(before));
        }
        let end = |span: &Span| self.end_beside(&span_end(span), start);
        format!(
            "ends at {} instead of {} ({}{})",
            end(after),
            end(before),
            self.day(start),
            zone(start)
        )
    }
}

/// The times of a span in UTC on the clock of the other.
fn beside(span: &Span, other: &Span) -> Span {
    Span {
        start: span.start.beside(&other.start),
        end: span.end.as_ref().map(|end| end.beside(&other.start)),
    }
}

fn span_end(span: &Span) -> Moment {
    span.end.clone().unwrap_or_else(|| span.start.clone())
}

/// How long it is on the clock on the wall.
fn length(span: &Span) -> jiff::SignedDuration {
    span_end(span).civil.duration_since(span.start.civil)
}

/// `10:00`, with seconds where there are some.
fn time(moment: &Moment) -> String {
    let format = if moment.civil.second() == 0 {
        "%H:%M"
    } else {
        "%H:%M:%S"
    };
    moment.civil.strftime(format).to_string()
}

/// The zone behind a blank; empty for whole days and floating times.
fn zone(moment: &Moment) -> String {
    let name = moment.clock.zone_name();
    name.map(|name| format!(" {}", super::shown(name)))
        .unwrap_or_default()
}
