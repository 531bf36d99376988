//! When an alarm goes off (RFC 4791, 9.9: VALARM).

use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Duration, Series};
use jiff::{SignedDuration, Timestamp};

/// Repetitions that are looked at.
const MOST: i64 = 100;

/// Whether an alarm of a component goes off in the window, for any of the series' instances.
pub(crate) fn is_in_window(
    series: Option<&Series>,
    alarm: &ComponentBuf,
    window: &Range<Timestamp>,
) -> bool {
    let Some(trigger) = alarm.property("TRIGGER") else {
        return false;
    };
    if let Some(DateOrTime::Utc(at)) = trigger.date_or_time() {
        return repetitions(alarm).any(|later| window.contains(&moved(at, later)));
    }
    let (Some(offset), Some(series)) = (Duration::parse(&trigger.value()), series) else {
        return false;
    };
    let related = trigger.parameter("RELATED");
    let is_of_end = related.is_some_and(|related| related.eq_ignore_ascii_case("END"));
    let offset = offset.days * 86_400 + offset.seconds;
    repetitions(alarm).any(|later| {
        let shift = offset.saturating_add(later);
        let at = moved(window.start, -shift)..moved(window.end, -shift);
        // An instance that ends in the window may have begun before it, but is in it then too.
        let wider = moved(at.start, -1)..moved(at.end, 1);
        let mut instances = series.instances(wider);
        instances.any(|instance| match instance {
            Ok(instance) if is_of_end => at.contains(&instance.end),
            Ok(instance) => at.contains(&instance.start),
            Err(_) => true,
        })
    })
}

/// The seconds behind the trigger at which the alarm goes off.
fn repetitions(alarm: &ComponentBuf) -> impl Iterator<Item = i64> {
    let value = |name: &str| alarm.property(name).map(|one| one.value().into_owned());
    let count = value("REPEAT").and_then(|count| count.trim().parse::<i64>().ok());
    let pause = value("DURATION").and_then(|pause| Duration::parse(&pause));
    let pause = pause.map_or(0, |pause| pause.days * 86_400 + pause.seconds);
    let count = count.filter(|_| pause > 0).unwrap_or(0).clamp(0, MOST);
    (0..=count).map(move |number| number.saturating_mul(pause))
}

fn moved(at: Timestamp, seconds: i64) -> Timestamp {
    let moved = at.saturating_add(SignedDuration::from_secs(seconds));
    moved.unwrap_or(at)
}
