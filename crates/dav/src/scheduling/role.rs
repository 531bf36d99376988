//! Inbox and outbox as collections in the calendar home: names that no calendar can have.

use store::{CalendarId, Collection, CollectionKind, Property, Revision};

use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::{CALDAV, Name, Xml};

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What waits for an answer (RFC 6638, 2.2).
    Inbox,
    /// Where busy times are asked (RFC 6638, 2.1).
    Outbox,
}

/// Both, in the order in which a home shows them.
pub(crate) const ROLES: [Role; 2] = [Role::Inbox, Role::Outbox];

impl Role {
    /// The name in paths, which is its id too: those of calendars are longer.
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
        }
    }

    /// The role that a name in the calendar home has.
    pub(crate) fn named(kind: CollectionKind, segment: &str) -> Option<Self> {
        let mut roles = ROLES.into_iter();
        roles.find(|role| kind == CollectionKind::Calendar && role.segment() == segment)
    }

    /// The role of a collection; none of a calendar.
    pub(crate) fn of(collection: &Collection) -> Option<Self> {
        Self::named(collection.kind, &collection.id.0)
    }

    /// What names it.
    pub(crate) fn resource(self) -> Resource {
        Resource::Collection(CollectionKind::Calendar, self.segment().to_owned())
    }

    fn title(self) -> &'static str {
        match self {
            Self::Inbox => "Inbox",
            Self::Outbox => "Outbox",
        }
    }
}

/// The collection of a role.
pub(crate) async fn collection(request: &Request, role: Role) -> Outcome<Collection> {
    let (revision, properties) = match role {
        Role::Inbox => inbox(request).await?,
        Role::Outbox => (Revision(0), Vec::new()),
    };
    Ok(Collection {
        id: CalendarId(role.segment().to_owned()),
        kind: CollectionKind::Calendar,
        segment: role.segment().to_owned(),
        name: role.title().to_owned(),
        is_default: false,
        revision,
        properties,
    })
}

/// The last change of the inbox, and what is set on it.
async fn inbox(request: &Request) -> Outcome<(Revision, Vec<Property>)> {
    let inbox = request.store().inbox(request.account.id).await?;
    let mut properties = inbox.properties;
    properties.push(default_calendar(request).await?);
    Ok((inbox.revision, properties))
}

/// schedule-default-calendar-URL (RFC 6638, 9.2).
async fn default_calendar(request: &Request) -> Outcome<Property> {
    let calendars = request
        .store()
        .collections(request.account.id, CollectionKind::Calendar)
        .await?;
    let default = calendars.into_iter().find(|one| one.is_default);
    let default = default.ok_or_else(Failure::not_found)?;
    let resource = Resource::Collection(default.kind, default.segment);
    let mut href = Xml::default();
    href.element("D:href", &resource.href(&request.account));
    let name = Name::new(CALDAV, DEFAULT_CALENDAR);
    let mut value = Xml::default();
    value.named(&name, &href.into_string());
    Ok(Property {
        namespace: CALDAV.to_owned(),
        name: DEFAULT_CALENDAR.to_owned(),
        value: value.into_string(),
    })
}

/// The property that says where new events go.
pub(crate) const DEFAULT_CALENDAR: &str = "schedule-default-calendar-URL";
