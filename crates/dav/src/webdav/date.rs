//! Dates of HTTP (RFC 9110, 5.6.7).

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use jiff::tz::TimeZone;

const PARSER: DateTimeParser = DateTimeParser::new();
const PRINTER: DateTimePrinter = DateTimePrinter::new();

/// A time as HTTP writes it; it knows whole seconds alone.
pub(crate) fn print(at: store::Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at).ok()?;
    PRINTER.timestamp_to_rfc9110_string(&at).ok()
}

/// The forms that a date of HTTP had before (RFC 9110, 5.6.7).
const OBSOLETE: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// The second that a field names; what is no date is as if it were not there (RFC 9110, 13.1.3).
pub(crate) fn seconds(value: &str) -> Option<i64> {
    let value = value.trim();
    let at = PARSER.parse_timestamp(value).ok().or_else(|| {
        let civil = |form: &&str| DateTime::strptime(*form, value).ok();
        let civil = OBSOLETE.iter().find_map(civil)?;
        TimeZone::UTC.to_timestamp(civil).ok()
    });
    Some(at?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_printed_and_read() {
        let printed = print(1_801_476_000_999).unwrap();
        assert_eq!(printed, "Mon, 01 Feb 2027 10:00:00 GMT");
        assert_eq!(seconds(&printed), Some(1_801_476_000));
        for old in ["Monday, 01-Feb-27 10:00:00 GMT", "Mon Feb  1 10:00:00 2027"] {
            assert_eq!(seconds(old), Some(1_801_476_000), "{old}");
        }
        assert_eq!(seconds("yesterday"), None);
    }
}
