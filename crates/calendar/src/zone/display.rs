//! Zones by the name that a product shows, such as `(UTC+01:00) Amsterdam, Berlin, …` (rule A4).

use super::display_table::DISPLAY_NAMES;

/// The Windows id of a display name.
///
/// Case and punctuation do not count. An offset in front, as in `(GMT-05.00)`, must be that of the
/// table: a name that says another hour than the zone has is not found. Without one the name must
/// have the same zone at every offset that the table lists.
pub(super) fn windows_id(name: &str) -> Option<&'static str> {
    let (offset, name) = split_offset(name.trim());
    let key = key(name);
    let first = DISPLAY_NAMES.partition_point(|row| row.0 < key.as_str());
    let mut rows = DISPLAY_NAMES
        .iter()
        .skip(first)
        .take_while(|row| row.0 == key);
    rows.find(|row| match offset {
        Offset::Written(minutes) => row.1 == minutes,
        Offset::None => true,
        Offset::Unreadable => false,
    })
    .map(|row| row.2)
}

/// What stands in front of a display name.
#[derive(Debug, PartialEq)]
enum Offset {
    None,
    Written(i16),
    Unreadable,
}

/// Parts `(UTC+01:00) Amsterdam` into 60 and the name.
fn split_offset(name: &str) -> (Offset, &str) {
    let Some((offset, rest)) = name.strip_prefix('(').and_then(|n| n.split_once(')')) else {
        return (Offset::None, name);
    };
    let offset = minutes(offset).map_or(Offset::Unreadable, Offset::Written);
    (offset, rest)
}

/// Minutes of `UTC`, `GMT+01:00`, `GMT-05.00`, `UTC+5`.
fn minutes(text: &str) -> Option<i16> {
    let text = text.trim();
    let digits = ["UTC", "GMT", "utc", "gmt"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))?
        .trim();
    if digits.is_empty() {
        return Some(0);
    }
    let sign = if digits.starts_with('-') { -1 } else { 1 };
    let digits = digits.strip_prefix(['+', '-'])?;
    let (hours, minutes) = digits.split_once([':', '.']).unwrap_or((digits, "0"));
    let [hours, minutes] = [hours, minutes].map(|number| number.parse::<u8>().ok());
    Some(sign * (i16::from(hours?) * 60 + i16::from(minutes?)))
}

/// What is compared of a name, as the table's generator makes it.
fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in name.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-')) {
        if !word.is_empty() {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(&word.to_ascii_lowercase());
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::windows;

    #[test]
    fn finds_the_spellings_of_outlook_and_exchange() {
        let berlin = Some("W. Europe Standard Time");
        for name in [
            "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            "(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna",
            "amsterdam, berlin, bern, rome, stockholm, vienna",
        ] {
            assert_eq!(windows_id(name), berlin, "{name}");
        }
        assert_eq!(
            windows_id("(GMT-05.00) Eastern Time (US & Canada)"),
            Some("Eastern Standard Time")
        );
        assert_eq!(
            windows_id("(GMT-08.00) Pacific Time (US & Canada)/Tijuana"),
            Some("Pacific Standard Time")
        );
        assert_eq!(windows_id("(UTC) Coordinated Universal Time"), Some("UTC"));
    }

    #[test]
    fn takes_no_name_at_another_offset() {
        for name in [
            "(UTC+02:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            "(GMT+02.00) Auto-Detected",
            "(GMT+0é) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            "(UTC+01:00)",
            "(UTC+99999:00) Hawaii",
            "(",
            "",
        ] {
            assert_eq!(windows_id(name), None, "{name}");
        }
    }

    #[test]
    fn every_row_is_in_order_and_known() {
        assert!(DISPLAY_NAMES.is_sorted());
        for (name, _, id) in DISPLAY_NAMES {
            assert_eq!(&key(name), name);
            assert!(windows::iana_name(id).is_some(), "{id}");
        }
    }
}
