//! Calendar services that send mail in the name of their users (rule B2).

use calendar::{CalendarUserAddress, Component, Method};

use super::mailbox::Mailbox;
use crate::Invitation;

/// An entry of the built-in table; `[trust] services` picks them by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its name in the configuration, which is the domain that signs its mail.
    pub name: &'static str,
    /// The address that it writes in its own name.
    address: &'static str,
    means: Means,
}

/// How a service shows whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// Its own address is in Sender, the user's in From.
    Sender,
    /// Its own address is in From, the user's in the EMAIL parameter (RFC 7986 section 6.2).
    EmailParameter,
}

/// The services that are known.
///
/// Google Calendar writes `Sender: calendar-notification@google.com`. iCloud Calendar writes
/// `From: noreply@email.apple.com`, signed by email.apple.com (BleepingComputer, 7 September 2025, on
/// abused iCloud invitations that pass SPF, DKIM and DMARC), and puts the user's address into EMAIL
/// beside a token of imip.me.com.
pub const SERVICES: [Service; 2] = [
    Service {
        name: "google.com",
        address: "calendar-notification@google.com",
        means: Means::Sender,
    },
    Service {
        name: "email.apple.com",
        address: "noreply@email.apple.com",
        means: Means::EmailParameter,
    },
];

impl Service {
    /// The entry of this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SERVICES
            .into_iter()
            .find(|service| service.name.eq_ignore_ascii_case(name))
    }

    /// Whether this is the service's own address, which never owns an event.
    #[must_use]
    pub fn owns(&self, address: &Mailbox) -> bool {
        Mailbox::parse(self.address).as_ref() == Some(address)
    }

    /// The user that this mail speaks for, if the mail names the service where it does.
    pub(super) fn speaks_for(
        &self,
        from: &Mailbox,
        sender: Option<&Mailbox>,
        spoken_for: &SpokenFor,
    ) -> Option<Mailbox> {
        match self.means {
            Means::Sender => {
                let named = sender.is_some_and(|sender| self.owns(sender));
                (named && spoken_for.address.as_ref() == Some(from)).then(|| from.clone())
            }
            Means::EmailParameter if self.owns(from) => spoken_for.email.clone(),
            Means::EmailParameter => None,
        }
    }
}

/// Whom the calendar data says a message comes from: its ORGANIZER or ATTENDEE.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpokenFor {
    /// The property's value.
    pub address: Option<Mailbox>,
    /// Its EMAIL parameter.
    pub email: Option<Mailbox>,
}

impl SpokenFor {
    /// Reads ORGANIZER of REQUEST, ADD and CANCEL, ATTENDEE of REPLY and COUNTER.
    ///
    /// Nobody where another method is used, or where components or properties disagree.
    #[must_use]
    pub fn read(invitation: &Invitation) -> Self {
        let property = match invitation.method {
            Method::Request | Method::Add | Method::Cancel => "ORGANIZER",
            Method::Reply | Method::Counter => "ATTENDEE",
            _ => return Self::default(),
        };
        let kind = invitation.kind.component_name();
        let mut found = invitation
            .document
            .descendants()
            .filter(|component| component.is(kind))
            .flat_map(|component| Self::of_component(&component, property));
        let Some(first) = found.next() else {
            return Self::default();
        };
        if found.all(|other| other == first) {
            first
        } else {
            Self::default()
        }
    }

    fn of_component(component: &Component<'_>, property: &str) -> Vec<Self> {
        component
            .properties_named(property)
            .map(|property| Self {
                address: Mailbox::parse(CalendarUserAddress::parse(&property.value()).as_str()),
                email: property
                    .parameter("EMAIL")
                    .and_then(|email| Mailbox::parse(email.trim())),
            })
            .collect()
    }
}
