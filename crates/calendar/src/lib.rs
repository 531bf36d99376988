//! iCalendar and vCard objects: read, edit in place, time zones, limits.
