//! What one calendar part says of itself: METHOD, UID, kind (RFC 5546, rules A1 to A3).

use std::fmt;

use thiserror::Error;

use crate::address::CalendarUserAddress;
use crate::component::Component;
use crate::document::Document;
use crate::method::Method;
use crate::property::Property;

/// Which component a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// VEVENT.
    Event,
    /// VTODO.
    Todo,
}

impl Kind {
    /// The component's name.
    pub fn component_name(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Todo => "VTODO",
        }
    }

    fn of(component: &Component<'_>) -> Option<Self> {
        [Self::Event, Self::Todo]
            .into_iter()
            .find(|kind| component.is(kind.component_name()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.component_name())
    }
}

/// A part that rules A1 and A2 let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// METHOD of the calendar data.
    pub method: Method,
    /// The one UID, opaque, without folds and surrounding blanks; any characters, any length.
    pub uid: String,
    /// The one kind.
    pub kind: Kind,
    /// The first ORGANIZER's value as written; none when it is missing or empty.
    pub organizer: Option<String>,
}

/// Why a part is no message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAMessage {
    /// There is no METHOD.
    #[error("the calendar data has no METHOD")]
    NoMethod,
    /// METHOD is none of the closed set.
    #[error("unknown METHOD {0:?}")]
    MethodUnknown(String),
    /// METHOD stands there with different values.
    #[error("METHOD stands there with different values")]
    MethodsDiffer,
    /// There is no VCALENDAR.
    #[error("there is no VCALENDAR")]
    NoCalendar,
    /// There are several VCALENDARs.
    #[error("there are several VCALENDARs")]
    SeveralCalendars,
    /// There is neither VEVENT nor VTODO.
    #[error("there is neither VEVENT nor VTODO")]
    NoComponent,
    /// There are both VEVENT and VTODO.
    #[error("there are both VEVENT and VTODO")]
    SeveralKinds,
    /// A VEVENT or VTODO has no UID.
    #[error("a component has no UID")]
    NoUid,
    /// There are several UIDs.
    #[error("there are several UIDs")]
    SeveralUids,
    /// There are several ORGANIZERs.
    #[error("there are several ORGANIZERs")]
    SeveralOrganizers,
    /// A VEVENT or VTODO is not directly inside the VCALENDAR, or the text ends inside it.
    #[error("BEGIN and END do not match")]
    NotWellNested,
}

impl NotAMessage {
    /// Whether the part has no METHOD, so that rule A2 passes it over and judges the others alone.
    pub fn is_passed_over(&self) -> bool {
        matches!(self, Self::NoMethod | Self::NoCalendar)
    }

    /// The stable word for records and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMethod => "no-method",
            Self::MethodUnknown(_) => "method-unknown",
            Self::MethodsDiffer => "methods-differ",
            Self::NoCalendar => "no-calendar",
            Self::SeveralCalendars => "several-calendars",
            Self::NoComponent => "no-component",
            Self::SeveralKinds => "several-kinds",
            Self::NoUid => "no-uid",
            Self::SeveralUids => "several-uids",
            Self::SeveralOrganizers => "several-organizers",
            Self::NotWellNested => "not-well-nested",
        }
    }
}

impl Message {
    /// Reads what rules A1 to A3 need of one part.
    ///
    /// VTIMEZONE, VALARM and components of other names are passed over. A missing END is mended where
    /// that is safe: an outer END closes the component, and END:VCALENDAR may be missing at the end;
    /// a text that ends inside a VEVENT or VTODO was cut and is refused.
    pub fn read(document: &Document) -> Result<Self, NotAMessage> {
        let calendar = the_calendar(document)?;
        let method = the_method(&calendar)?;
        let components = Components::of(document, &calendar)?;
        Ok(Self {
            method,
            uid: components.the_uid()?,
            kind: components.kind,
            organizer: components.the_organizer()?,
        })
    }

    /// The organizer's address, if there is one.
    pub fn organizer_address(&self) -> Option<CalendarUserAddress> {
        self.organizer.as_deref().map(CalendarUserAddress::parse)
    }
}

/// The only VCALENDAR, at whatever depth another may hide.
fn the_calendar(document: &Document) -> Result<Component<'_>, NotAMessage> {
    let mut calendars = document.descendants().filter(|c| c.is("VCALENDAR"));
    let first = calendars.next().ok_or(NotAMessage::NoCalendar)?;
    let Some(second) = calendars.next() else {
        return Ok(first);
    };
    let has_method = [first, second]
        .into_iter()
        .chain(calendars)
        .any(|calendar| methods(&calendar).next().is_some());
    Err(if has_method {
        NotAMessage::SeveralCalendars
    } else {
        NotAMessage::NoMethod
    })
}

/// The METHOD values of a calendar that are not empty, blanks around them removed.
fn methods(calendar: &Component<'_>) -> impl Iterator<Item = String> {
    calendar.properties_named("METHOD").filter_map(filled)
}

fn the_method(calendar: &Component<'_>) -> Result<Method, NotAMessage> {
    let mut methods = methods(calendar);
    let first = methods.next().ok_or(NotAMessage::NoMethod)?;
    if methods.any(|other| !other.eq_ignore_ascii_case(&first)) {
        return Err(NotAMessage::MethodsDiffer);
    }
    Method::parse(&first).ok_or(NotAMessage::MethodUnknown(first))
}

/// A property's value without the blanks around it; none when nothing is left.
fn filled(property: Property<'_>) -> Option<String> {
    let value = property.value();
    let value = value.trim_matches([' ', '\t']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The components of the one kind.
struct Components<'a> {
    kind: Kind,
    all: Vec<Component<'a>>,
}

impl<'a> Components<'a> {
    fn of(document: &'a Document, calendar: &Component<'a>) -> Result<Self, NotAMessage> {
        let anywhere = document.descendants().filter_map(|c| Kind::of(&c)).count();
        let all: Vec<_> = calendar
            .components()
            .filter(|c| Kind::of(c).is_some())
            .collect();
        let kind = all.first().and_then(Kind::of);
        if anywhere != all.len() || all.iter().any(Component::is_cut_off) {
            return Err(NotAMessage::NotWellNested);
        }
        let kind = kind.ok_or(NotAMessage::NoComponent)?;
        if all.iter().any(|c| Kind::of(c) != Some(kind)) {
            return Err(NotAMessage::SeveralKinds);
        }
        Ok(Self { kind, all })
    }

    fn the_uid(&self) -> Result<String, NotAMessage> {
        let mut the_one: Option<String> = None;
        for component in &self.all {
            let uids: Vec<_> = component.properties_named("UID").map(filled).collect();
            if uids.iter().all(Option::is_none) {
                return Err(NotAMessage::NoUid);
            }
            for uid in uids {
                // Nobody can tell what an empty one beside another stands for.
                let uid = uid.ok_or(NotAMessage::SeveralUids)?;
                if *the_one.get_or_insert_with(|| uid.clone()) != uid {
                    return Err(NotAMessage::SeveralUids);
                }
            }
        }
        the_one.ok_or(NotAMessage::NoUid)
    }

    /// The one ORGANIZER; addresses that differ in case alone are the same person's.
    fn the_organizer(&self) -> Result<Option<String>, NotAMessage> {
        let mut values = self
            .all
            .iter()
            .flat_map(|component| component.properties_named("ORGANIZER"))
            .filter_map(filled);
        let Some(first) = values.next() else {
            return Ok(None);
        };
        let address = CalendarUserAddress::parse(&first);
        if values.any(|v| !CalendarUserAddress::parse(&v).same_ignoring_case(&address)) {
            return Err(NotAMessage::SeveralOrganizers);
        }
        Ok(Some(first))
    }
}
