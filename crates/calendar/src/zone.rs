//! Time zones by the name that a TZID gives (RFC 5545 section 3.2.19, rule A4).

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Names of the IANA data for "not known"; read as zones they would mean UTC.
const NO_ZONES: [&str; 2] = ["Etc/Unknown", "Factory"];

/// Where zone names are looked up: the IANA zones that are built in, never files of the machine.
#[derive(Clone, Debug)]
pub struct ZoneSource {
    iana: TimeZoneDatabase,
}

impl ZoneSource {
    /// The built-in IANA zones.
    pub fn new() -> Self {
        Self {
            iana: TimeZoneDatabase::bundled(),
        }
    }

    /// The zone of an IANA name, without case; none when the name is unknown.
    ///
    /// The prefixes that Mozilla, Evolution and libical put before an IANA name
    /// (`/mozilla.org/20050126_1/Europe/Berlin`) are passed over.
    pub fn resolve(&self, tzid: &str) -> Option<TimeZone> {
        let name = tzid.trim();
        if name.starts_with('/') {
            return suffixes(name).find_map(|suffix| self.iana_zone(suffix));
        }
        self.iana_zone(name)
    }

    /// The zone of exactly this name, if it says anything of local time.
    fn iana_zone(&self, name: &str) -> Option<TimeZone> {
        let says_nothing = NO_ZONES.iter().any(|no| no.eq_ignore_ascii_case(name));
        if says_nothing {
            return None;
        }
        self.iana.get(name).ok()
    }
}

impl Default for ZoneSource {
    fn default() -> Self {
        Self::new()
    }
}

/// What follows each of the first slashes, longest first; IANA names have three parts at most.
fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    const MOST: usize = 6;
    name.match_indices('/')
        .take(MOST)
        .filter_map(|(at, _)| name.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tzid: &str) -> Option<String> {
        let zone = ZoneSource::new().resolve(tzid)?;
        zone.iana_name().map(str::to_owned)
    }

    #[test]
    fn finds_iana_names_without_case() {
        assert_eq!(name("europe/BERLIN").as_deref(), Some("Europe/Berlin"));
        assert_eq!(
            name(" America/Argentina/Ushuaia").as_deref(),
            Some("America/Argentina/Ushuaia")
        );
        assert!(ZoneSource::new().resolve("UTC").is_some());
    }

    #[test]
    fn passes_over_the_prefixes_of_old_libraries() {
        let berlin = Some("Europe/Berlin");
        assert_eq!(
            name("/mozilla.org/20050126_1/Europe/Berlin").as_deref(),
            berlin
        );
        assert_eq!(
            name("/freeassociation.sourceforge.net/Europe/Berlin").as_deref(),
            berlin
        );
        assert_eq!(
            name("/citadel.org/20190331_1/Europe/Berlin").as_deref(),
            berlin
        );
    }

    #[test]
    fn does_not_guess() {
        for tzid in [
            "",
            "/",
            "Berlin Time",
            "../etc/passwd",
            "Pacific Time",
            "W. Europe Standard Time",
            "etc/unknown",
            "Factory",
        ] {
            assert_eq!(ZoneSource::new().resolve(tzid), None, "{tzid}");
        }
    }
}
