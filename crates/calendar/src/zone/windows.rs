//! Zones by their Windows id, such as `W. Europe Standard Time` (rule A4).

use super::windows_table::WINDOWS_ZONES;

/// The IANA name of a Windows id, without case.
pub(super) fn iana_name(id: &str) -> Option<&'static str> {
    let id = id.to_ascii_lowercase();
    let at = WINDOWS_ZONES.binary_search_by_key(&id.as_str(), |(name, _)| name);
    WINDOWS_ZONES.get(at.ok()?).map(|(_, zone)| *zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::ZoneSource;

    #[test]
    fn finds_ids_without_case() {
        assert_eq!(iana_name("W. EUROPE Standard Time"), Some("Europe/Berlin"));
        assert_eq!(iana_name("Eastern Standard Time"), Some("America/New_York"));
        assert_eq!(iana_name("Eastern"), None);
        assert_eq!(iana_name(""), None);
    }

    #[test]
    fn every_row_is_in_order_and_known() {
        assert!(WINDOWS_ZONES.is_sorted_by(|one, two| one.0 < two.0));
        for (id, zone) in WINDOWS_ZONES {
            assert!(ZoneSource::new().iana_zone(zone).is_some(), "{id}: {zone}");
        }
    }
}
