//! Time zones by the name that a TZID gives (RFC 5545 section 3.2.19, rule A4).

mod compiled;
mod display;
mod display_table;
mod observance;
mod posix;
mod rules;
mod tzif;
mod windows;
mod windows_table;
mod written;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::component_buf::ComponentBuf;

/// Names of the IANA data for "not known"; read as zones they would mean UTC.
const NO_ZONES: [&str; 2] = ["Etc/Unknown", "Factory"];

/// Names that one product writes, and what it means by them.
const ALIASES: [(&str, &str); 1] = [
    // Exchange, where the organizer works in UTC.
    ("tzone://Microsoft/Utc", "UTC"),
];

/// Which step of rule A4 told a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneOrigin {
    /// The name is one of the IANA data.
    Iana,
    /// The name is a Windows id.
    Windows,
    /// The calendar's own VTIMEZONE.
    OwnRules,
    /// The name is one that products show to people.
    DisplayName,
}

/// Where zone names are looked up: tables that are built in, never files of the machine.
#[derive(Clone, Debug)]
pub struct ZoneSource {
    iana: TimeZoneDatabase,
}

impl ZoneSource {
    /// The built-in tables.
    pub fn new() -> Self {
        Self {
            iana: TimeZoneDatabase::bundled(),
        }
    }

    /// The zone of a name alone: IANA, Windows id or display name, in this order and without case.
    ///
    /// The prefixes that Mozilla, Evolution and libical put before an IANA name
    /// (`/mozilla.org/20050126_1/Europe/Berlin`) are passed over. A calendar's own VTIMEZONEs count
    /// in [`Zones`](crate::Zones).
    pub fn resolve(&self, tzid: &str) -> Option<TimeZone> {
        self.named(tzid).map(|(zone, _)| zone)
    }

    /// As [`Self::resolve`], and what kind of name it is.
    pub fn named(&self, tzid: &str) -> Option<(TimeZone, ZoneOrigin)> {
        let name = tzid.trim();
        let iana = self.iana_name(name).map(|zone| (zone, ZoneOrigin::Iana));
        iana.or_else(|| Some((self.windows_zone(name)?, ZoneOrigin::Windows)))
            .or_else(|| {
                let zone = self.windows_zone(display::windows_id(name)?)?;
                Some((zone, ZoneOrigin::DisplayName))
            })
    }

    /// A VTIMEZONE of the zone that a name alone means, for times from `start` on.
    ///
    /// None where the name means nothing, or the zone's rules are too many to be written.
    pub fn vtimezone(&self, tzid: &str, start: DateTime) -> Option<ComponentBuf> {
        written::vtimezone(tzid, &self.resolve(tzid)?, start)
    }

    fn iana_name(&self, name: &str) -> Option<TimeZone> {
        let is_it = |alias: &&(&str, &str)| alias.0.eq_ignore_ascii_case(name);
        if let Some((_, zone)) = ALIASES.iter().find(is_it) {
            return self.iana_zone(zone);
        }
        if name.starts_with('/') {
            return suffixes(name).find_map(|suffix| self.iana_zone(suffix));
        }
        self.iana_zone(name)
    }

    fn windows_zone(&self, id: &str) -> Option<TimeZone> {
        self.iana_zone(windows::iana_name(id)?)
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

/// The zone that the text of a VTIMEZONE describes; none when it is empty, too much or not understood.
pub(crate) fn of_rules(vtimezone: &[u8]) -> Option<TimeZone> {
    compiled::zone(vtimezone)
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
    fn finds_windows_ids_and_display_names() {
        assert_eq!(
            name("w. europe standard time").as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            name("(GMT-05.00) Eastern Time (US & Canada)").as_deref(),
            Some("America/New_York")
        );
        assert!(name("tzone://Microsoft/Utc").is_some());
    }

    #[test]
    fn does_not_guess() {
        for tzid in [
            "",
            "/",
            "Berlin Time",
            "../etc/passwd",
            "Pacific Time",
            "(UTC+02:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            "(GMT+02.00) Auto-Detected",
            "etc/unknown",
            "Factory",
        ] {
            assert_eq!(ZoneSource::new().resolve(tzid), None, "{tzid}");
        }
    }
}
