//! Where other engines find other instances than we, each in `disagreements.tsv` with its reason.
//!
//! Of 5,500 rules python-dateutil 2.9.0 and libical 3.0.20 find what we find on all but those. Where
//! they differ from us we follow the RFC; a difference for no reason that is known here fails.

use crate::corpus::Case;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/recurrence/disagreements.tsv"
);

/// Why an engine differs from us on such rules.
struct Reason {
    word: &'static str,
    concerns: fn(&Case) -> bool,
}

const fn reason(word: &'static str, concerns: fn(&Case) -> bool) -> Reason {
    Reason { word, concerns }
}

/// python-dateutil's differences; the first that concerns a rule counts.
const DATEUTIL: [Reason; 3] = [
    // It counts positions in the first week from DTSTART on, we in the whole week: BYSETPOS is of the
    // instances "in one interval of the recurrence rule" (RFC 5545 section 3.3.10).
    reason("first-week", |case| {
        case.is("WEEKLY") && case.has("BYSETPOS")
    }),
    // Without BYDAY it takes the seven days of a week, we the weekday of DTSTART: what the rule does not
    // say is "derived from the Start Time". libical reads it as we do.
    reason("no-weekday", |case| {
        case.has("BYWEEKNO") && !case.has("BYDAY")
    }),
    // A week that reaches into another year is of one year alone, the one with four of its days or more
    // (RFC 5545 section 3.3.10), for INTERVAL and BYSETPOS too; it takes each day by its own year. It
    // takes week 53 of years that have 52.
    reason("week-year", |case| case.has("BYWEEKNO")),
];

/// libical's differences; the first that concerns a rule counts.
const LIBICAL: [Reason; 10] = [
    // It means the weekday of DTSTART, as we do, but counts from it as if it were in the first week:
    // some weeks are wrong, some crash, and with BYMONTH it refuses.
    reason("no-weekday", |case| {
        case.has("BYWEEKNO") && !case.has("BYDAY")
    }),
    // Without BYMONTH it takes the month of DTSTART; the table of the RFC has BYMONTHDAY expand the year.
    reason("one-month", |case| {
        case.is("YEARLY") && case.has("BYMONTHDAY") && !case.has("BYMONTH")
    }),
    // It refuses BYMONTH beside BYYEARDAY as not implemented.
    reason("not-implemented", |case| {
        case.is("YEARLY") && case.has("BYMONTH") && case.has("BYYEARDAY")
    }),
    // It lets BYSETPOS pick days, not instances, of months and years alone; and a day twice in the list
    // counts twice. The RFC: "the nth occurrence within the set of recurrence instances".
    reason("positions", |case| case.has("BYSETPOS")),
    // Weeks that reach into another year come out of order, twice or before DTSTART, and with BYMONTH by
    // the year of each day; weeks from the end are counted as if WKST were MO.
    reason("week-year", |case| case.has("BYWEEKNO")),
    // In a fold it takes the second of the two instants. RFC 5545 section 3.3.5: "the first occurrence of the referenced time".
    reason("fold", |case| case.zone.is_some()),
    // Rules of each second that skip months take it longer than it had.
    reason("slow", |case| case.is("SECONDLY") && case.libical.is_none()),
    // A part of the frequency's own unit, or the next coarser one, moves its clock wrongly: it skips the
    // first of such times or tells one twice.
    reason("own-unit", |case| {
        [
            ("HOURLY", "BYHOUR"),
            ("MINUTELY", "BYMINUTE"),
            ("MINUTELY", "BYHOUR"),
            ("SECONDLY", "BYSECOND"),
        ]
        .iter()
        .any(|(frequency, part)| case.is(frequency) && case.has(part))
    }),
    // Weeks from Saturday on: some INTERVALs it counts from the week before that of DTSTART.
    reason("weeks-of-saturday", |case| {
        case.is("WEEKLY") && case.has("INTERVAL") && case.has("WKST=SA")
    }),
    // It looks no further than the year 2582.
    reason("last-year", |case| {
        case.dateutil
            .iter()
            .any(|at| at.as_second() > 19_313_683_200)
    }),
];

impl Case {
    fn is(&self, frequency: &str) -> bool {
        self.has(&format!("FREQ={frequency}"))
    }

    /// Whether the rule has such a part, named or with its value.
    fn has(&self, part: &str) -> bool {
        let mut parts = self.rule.split(';');
        parts.any(|one| one == part || one.split('=').next() == Some(part))
    }

    fn line(&self, engine: &str, reasons: &[Reason]) -> String {
        let reason = reasons.iter().find(|reason| (reason.concerns)(self));
        let word = reason.map_or("UNKNOWN", |reason| reason.word);
        let zone = self.zone.unwrap_or("UTC");
        format!(
            "{engine}\t{word}\t{}\t{}\t{zone}\n",
            self.written, self.rule
        )
    }
}

#[test]
fn every_disagreement_is_listed_with_its_reason() {
    let mut different = String::new();
    for case in Case::all() {
        let ours = case.ours();
        if !case.is_same(&ours, &case.dateutil) {
            different += &case.line("dateutil", &DATEUTIL);
        }
        let libical = case.libical.as_ref();
        if !libical.is_some_and(|theirs| case.is_same(&ours, theirs)) {
            different += &case.line("libical", &LIBICAL);
        }
    }
    assert!(!different.contains("UNKNOWN"), "{different}");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(FILE, &different).unwrap();
    }
    assert!(
        different == std::fs::read_to_string(FILE).unwrap(),
        "disagreements.tsv is not what is found; UPDATE_EXPECT=1 rewrites it:\n{different}"
    );
}
