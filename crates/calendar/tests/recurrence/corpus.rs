//! Rules whose instances another engine found (python-dateutil, by `generate.py`), and ours beside them.

use calendar::{RecurrenceLimits, Series};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::{events, instant, read};

const CORPUS: &str = include_str!("corpus.tsv");

/// One line of the corpus.
struct Case {
    start: Timestamp,
    rule: &'static str,
    most: usize,
    instances: Vec<Timestamp>,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        CORPUS.lines().map(Self::of)
    }

    fn of(line: &'static str) -> Self {
        let fields: Vec<_> = line.split('\t').collect();
        let [start, rule, most, differences] = fields.as_slice() else {
            panic!("{line}");
        };
        let start: DateTime = start.parse().unwrap();
        let start = start.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let mut at = start.as_second();
        let instances = differences.split_whitespace().map(|difference| {
            at += i64::from_str_radix(difference, 36).unwrap();
            Timestamp::from_second(at).unwrap()
        });
        Self {
            start,
            rule,
            most: most.parse().unwrap(),
            instances: instances.collect(),
        }
    }

    fn series(&self) -> Series {
        let start = self.start.strftime("%Y%m%dT%H%M%SZ");
        let limits = RecurrenceLimits {
            steps: 1 << 50,
            ..RecurrenceLimits::default()
        };
        read(
            &events(&format!("DTSTART:{start}\nRRULE:{}", self.rule)),
            &limits,
        )
        .unwrap()
    }

    /// Our first instances, without a start that the other engine does not count.
    fn ours(&self, series: &Series) -> Vec<Timestamp> {
        let starts = series
            .instances(self.start..instant("9999-12-01T00:00:00Z"))
            .map(|one| one.unwrap().start);
        let is_on_rule = self.instances.first() == Some(&self.start);
        starts
            .skip(usize::from(!is_on_rule))
            .take(self.most)
            .collect()
    }
}

/// Rules on which the engines disagree.
///
/// All are weekly with BYSETPOS and begin within a week: python-dateutil counts positions in the first
/// week from DTSTART on, we in the whole week, as RFC 5545 section 3.3.10 says "within one interval".
const DISAGREEMENTS: [(&str, &str); 10] = [
    (
        "2005-07-07T00:45:32Z",
        "FREQ=WEEKLY;BYMONTH=8,7,10;BYDAY=WE,TH,SU;BYHOUR=0;BYSECOND=32;BYSETPOS=2",
    ),
    (
        "2018-08-23T02:00:00Z",
        "FREQ=WEEKLY;INTERVAL=5;BYDAY=TH,SU,MO,FR;BYSETPOS=4,2;UNTIL=20180930T015959",
    ),
    (
        "1995-04-28T16:30:00Z",
        "FREQ=WEEKLY;INTERVAL=6;BYDAY=MO,SU;BYSETPOS=1;UNTIL=19960325T163000",
    ),
    (
        "2027-10-31T17:21:00Z",
        "FREQ=WEEKLY;BYDAY=SA,SU,FR;BYMINUTE=21,51,37;BYSETPOS=4,4;COUNT=6",
    ),
    (
        "2019-05-04T03:26:00Z",
        "FREQ=WEEKLY;BYDAY=TH,SA,FR;BYMINUTE=26;BYSETPOS=2;WKST=FR;COUNT=2",
    ),
    (
        "1991-04-24T07:00:00Z",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SA,WE,TU;BYHOUR=7,21;BYSETPOS=3;COUNT=9",
    ),
    (
        "1999-08-02T00:15:24Z",
        "FREQ=WEEKLY;BYMONTH=8;BYDAY=FR,TU,MO,SU;BYSECOND=24,37,33;BYSETPOS=4,-2;WKST=TH;COUNT=4",
    ),
    (
        "1992-10-13T10:19:00Z",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH,MO;BYHOUR=10;BYMINUTE=19,10;BYSETPOS=4",
    ),
    (
        "1994-10-06T08:30:00Z",
        "FREQ=WEEKLY;BYMONTH=10;BYDAY=TH,SU,WE;BYHOUR=8;BYSETPOS=2;UNTIL=19951005T082959",
    ),
    (
        "2019-03-20T07:45:00Z",
        "FREQ=WEEKLY;INTERVAL=25;BYDAY=FR,TU,TH,SA;BYSETPOS=3;WKST=SU;UNTIL=20230714T074500",
    ),
];

#[test]
fn both_engines_find_the_same() {
    let mut different = Vec::new();
    let mut all = 0;
    for case in Case::all() {
        all += 1;
        if case.ours(&case.series()) != case.instances {
            different.push((case.start.to_string(), case.rule));
        }
    }
    assert_eq!(all, 4000);
    let expected = DISAGREEMENTS.map(|(start, rule)| (start.to_owned(), rule));
    assert_eq!(different, expected);
}

#[test]
fn a_window_finds_what_a_walk_from_the_start_finds() {
    for case in Case::all() {
        let ours = case.ours(&case.series());
        let (Some(&from), Some(&last)) = (ours.get(ours.len() / 2), ours.last()) else {
            continue;
        };
        let to = Timestamp::from_second(last.as_second() + 1).unwrap();
        let series = case.series();
        let window = series.instances(from..to).map(|one| one.unwrap().start);
        let expected = ours.iter().copied().skip(ours.len() / 2);
        assert!(window.eq(expected), "{} {}", case.start, case.rule);
    }
}
