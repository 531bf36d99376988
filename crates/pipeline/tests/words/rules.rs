//! Recurrence rules in words.

use crate::event::told;

/// The rule of an event on Tuesday, 1 December 2026, in words.
fn words(rule: &str) -> String {
    let event = format!("DTSTART;TZID=Europe/Berlin:20261201T100000\nRRULE:{rule}\nSUMMARY:x");
    let said = told(&[], &[&event]).remove(0);
    let said = said.strip_prefix("new: ").unwrap();
    let said = said.strip_prefix("Tue 1 Dec 10:00 Europe/Berlin, ");
    said.unwrap().to_owned()
}

#[test]
fn rules_as_people_say_them() {
    for (rule, said) in [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=10", "every 3 days, 10 times"),
        ("FREQ=DAILY;COUNT=1", "every day, once"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=DAILY;BYMONTH=1,7", "every day in January and July"),
        ("FREQ=HOURLY;INTERVAL=4", "every 4 hours"),
        ("FREQ=WEEKLY", "every Tuesday"),
        ("freq=weekly;byday=tu", "every Tuesday"),
        ("FREQ=WEEKLY;BYDAY=TH,TU", "every Tuesday and Thursday"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "every 2 weeks on Tuesday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;WKST=MO", "every weekday"),
        ("FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR,SA", "every day"),
        (
            "FREQ=WEEKLY;UNTIL=20261229",
            "every Tuesday until 29 December",
        ),
        // In Berlin that is the 30th.
        (
            "FREQ=WEEKLY;UNTIL=20261229T230000Z",
            "every Tuesday until 30 December",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20270302T090000Z",
            "every Tuesday until 2 March 2027",
        ),
        ("FREQ=MONTHLY", "every month on the 1st"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,22,-1",
            "every month on the 1st, the 22nd and the last day",
        ),
        (
            "FREQ=MONTHLY;BYDAY=2TU",
            "every month on the second Tuesday",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "every 3 months on the last Friday",
        ),
        ("FREQ=MONTHLY;BYDAY=TU", "every month on every Tuesday"),
        (
            "FREQ=MONTHLY;BYDAY=1MO;BYMONTH=3,6",
            "every month on the first Monday in March and June",
        ),
        ("FREQ=YEARLY", "every year on 1 December"),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
            "every 4 years on 29 February",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "every year on the last Sunday of March",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3,10;BYMONTHDAY=1",
            "every year on the 1st of March and October",
        ),
        (
            "FREQ=YEARLY;BYDAY=20MO",
            "every year on the 20th Monday of the year",
        ),
    ] {
        assert_eq!(words(rule), said, "{rule}");
    }
}

#[test]
fn what_people_would_not_say_is_told_as_written() {
    for rule in [
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
        "FREQ=WEEKLY;BYDAY=2TU",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=MINUTELY;INTERVAL=90",
        "FREQ=SOMETIMES",
        "RSCALE=HEBREW;FREQ=YEARLY",
    ] {
        assert_eq!(words(rule), format!("by the rule {rule}"));
    }
}
