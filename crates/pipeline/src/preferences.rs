//! What a person wants done with invitations, and the Sieve unit that is made from it.

mod script;

use serde::{Deserialize, Serialize};
use store::CalendarId;

pub use script::script;

/// An account's calendar preferences.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Preferences {
    /// Whether invitations in mail are acted upon at all.
    pub processing: Switch,
    /// Whose new invitations are added.
    pub invitations: Inviters,
    /// The calendar for new events; none: the account's default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// The folder for mail with a new invitation; none: the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_folder: Option<String>,
    /// The folder for all other mail about events; none: the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_folder: Option<String>,
    /// Whether published events (METHOD:PUBLISH) are added as invitations are.
    pub published: Published,
    /// What becomes of an event that its organizer cancels.
    pub cancelled: Cancelled,
    /// Whether mail about events of people of this server is delivered.
    pub local_mail: LocalMail,
}

/// On or off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// On.
    #[default]
    On,
    /// Off.
    Off,
}

/// Whose new invitations are added to the calendar (rule B6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inviters {
    /// Nobody's.
    Never,
    /// Those of people in the address book.
    #[default]
    Contacts,
    /// Those, and of people of the site's own domains.
    ContactsAndOwnDomain,
    /// Anyone's.
    Everyone,
}

/// Whether published events are added (rule D5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Published {
    /// They are left in the mail.
    #[default]
    Ignore,
    /// They are added when an invitation of the same sender would be.
    Add,
}

/// What becomes of a cancelled event (rule D1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cancelled {
    /// It stays, marked as cancelled.
    #[default]
    Mark,
    /// It goes.
    Remove,
}

/// Whether mail about events that accounts of this server send each other is delivered (rule F5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocalMail {
    /// It is.
    #[default]
    Always,
    /// It is not when the calendar shows what it says: outcomes added, updated and cancelled.
    UnlessApplied,
}

/// Why a preference could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// There is no such preference.
    #[error("there is no preference `{0}`; there are {names}", names = NAMES.join(", "))]
    Name(String),
    /// The preference does not take this value.
    #[error("`{name}` cannot be `{value}`: it takes {takes}")]
    Value {
        /// The preference.
        name: &'static str,
        /// What was given.
        value: String,
        /// What can be given.
        takes: &'static str,
    },
}

const NAMES: [&str; 8] = [
    "processing",
    "invitations",
    "calendar",
    "invitation-folder",
    "update-folder",
    "published",
    "cancelled",
    "local-mail",
];

impl Preferences {
    /// Reads what [`Preferences::to_json`] wrote. Unreadable text is an error of whoever wrote it,
    /// never silently the default.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// As the store keeps it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Sets one preference from words.
    ///
    /// Whether a calendar id belongs to the account is the caller's to know.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Invalid> {
        match name {
            "processing" => self.processing = word("processing", value, "on, off")?,
            "invitations" => {
                let takes = "never, contacts, contacts-and-own-domain, everyone";
                self.invitations = word("invitations", value, takes)?;
            }
            "published" => self.published = word("published", value, "ignore, add")?,
            "cancelled" => self.cancelled = word("cancelled", value, "mark, remove")?,
            "local-mail" => self.local_mail = word("local-mail", value, "always, unless-applied")?,
            "calendar" => self.calendar = calendar(value)?,
            "invitation-folder" => self.invitation_folder = folder("invitation-folder", value)?,
            "update-folder" => self.update_folder = folder("update-folder", value)?,
            _ => return Err(Invalid::Name(name.to_owned())),
        }
        Ok(())
    }

    /// Name, value and meaning of each preference, for a person.
    #[must_use]
    pub fn describe(&self) -> Vec<(&'static str, String, &'static str)> {
        let folder = |folder: &Option<String>| folder.clone().unwrap_or_else(|| "none".to_owned());
        let calendar = self
            .calendar
            .as_ref()
            .map_or("default", |calendar| &calendar.0);
        vec![
            (
                "processing",
                name_of(&self.processing),
                "act upon invitations in mail: on, off",
            ),
            (
                "invitations",
                name_of(&self.invitations),
                "whose new events are added: never, contacts, contacts-and-own-domain, everyone",
            ),
            (
                "calendar",
                calendar.to_owned(),
                "where new events go: default, or a calendar's id",
            ),
            (
                "invitation-folder",
                folder(&self.invitation_folder),
                "folder for mail with a new invitation: none (inbox), or a name",
            ),
            (
                "update-folder",
                folder(&self.update_folder),
                "folder for other mail about events: none (inbox), or a name",
            ),
            (
                "published",
                name_of(&self.published),
                "published events: ignore, add",
            ),
            (
                "cancelled",
                name_of(&self.cancelled),
                "cancelled events: mark, remove",
            ),
            (
                "local-mail",
                name_of(&self.local_mail),
                "mail about events of people of this server: always, unless-applied (the calendar took it)",
            ),
        ]
    }
}

/// The word of a choice, as it is written and read everywhere.
fn name_of(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn word<T: for<'a> Deserialize<'a>>(
    name: &'static str,
    value: &str,
    takes: &'static str,
) -> Result<T, Invalid> {
    serde_json::from_value(serde_json::Value::String(value.to_owned())).map_err(|_| {
        Invalid::Value {
            name,
            value: value.to_owned(),
            takes,
        }
    })
}

fn calendar(value: &str) -> Result<Option<CalendarId>, Invalid> {
    let is_id = (1..=64).contains(&value.len())
        && value
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    match value {
        "default" => Ok(None),
        _ if is_id => Ok(Some(CalendarId(value.to_owned()))),
        _ => Err(Invalid::Value {
            name: "calendar",
            value: value.to_owned(),
            takes: "default, or the id of a calendar as `invited calendar show` prints it",
        }),
    }
}

fn folder(name: &'static str, value: &str) -> Result<Option<String>, Invalid> {
    match value {
        "none" => Ok(None),
        _ if crate::deliver::folder::directory(value).is_some() => Ok(Some(value.to_owned())),
        _ => Err(Invalid::Value {
            name,
            value: value.to_owned(),
            takes: "none, or a folder name such as Invitations or Work/Invitations",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_kept_and_read_again() {
        let mut preferences = Preferences::default();
        for (name, value) in [
            ("processing", "off"),
            ("invitations", "contacts-and-own-domain"),
            ("calendar", "a-1"),
            ("invitation-folder", "Work/Invitations"),
            ("update-folder", "Updates"),
            ("published", "add"),
            ("cancelled", "remove"),
            ("local-mail", "unless-applied"),
        ] {
            preferences.set(name, value).unwrap();
            let (_, shown, _) = preferences
                .describe()
                .into_iter()
                .find(|(shown, ..)| *shown == name)
                .unwrap();
            assert_eq!(shown, value);
        }
        assert_eq!(
            Preferences::from_json(&preferences.to_json()).unwrap(),
            preferences
        );
        preferences.set("update-folder", "none").unwrap();
        assert_eq!(preferences.update_folder, None);
    }

    #[test]
    fn refusals_say_what_can_be_given() {
        let mut preferences = Preferences::default();
        let error = preferences
            .set("invitations", "friends")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("never, contacts, contacts-and-own-domain, everyone"),
            "{error}"
        );
        let error = preferences.set("colour", "red").unwrap_err().to_string();
        assert!(error.contains("invitation-folder"), "{error}");
        assert!(preferences.set("calendar", "a b").is_err());
        assert!(preferences.set("update-folder", "a//b").is_err());
        assert_eq!(preferences, Preferences::default());
    }
}
