//! The calendar services that mail in the name of others (rule B2).

use super::error::Problem;
use super::spelling::nearest;

/// An entry of the built-in table that `[trust] services` picks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarService {
    /// `google.com`: Google Calendar.
    Google,
    /// `email.apple.com`: iCloud.
    Apple,
}

impl CalendarService {
    /// Every service there is.
    pub const ALL: [Self; 2] = [Self::Google, Self::Apple];

    /// The domain whose signature it mails with, which names it in the configuration.
    pub fn domain(self) -> &'static str {
        match self {
            Self::Google => "google.com",
            Self::Apple => "email.apple.com",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let known = Self::ALL.into_iter();
        let found = known
            .clone()
            .find(|service| service.domain().eq_ignore_ascii_case(text));
        found.ok_or_else(|| {
            let what = format!("{text:?} is not a calendar service that this version knows");
            let mend = match nearest(text, known.map(Self::domain)) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "choose from \"google.com\", \"email.apple.com\"".to_owned(),
            };
            Problem::new(what, mend)
        })
    }
}
