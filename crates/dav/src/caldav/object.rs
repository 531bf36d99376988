//! Calendar objects that a client stores: what they must be (RFC 4791, 4.1 and 5.3.2.1).

use calendar::{CalendarUserAddress, Component, Defect, Document, Limits, TooMuch};
use pipeline::calendar_store::{self, Given};
use pipeline::member::{NotChanged, Place, Stored};
use pipeline::schedule::Forbidden;
use store::{Collection, CollectionKind};

use super::{bounds, component_set, object_times};
use crate::body::media_type;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::webdav::condition::Conditions;
use axum::http::StatusCode;

/// The most octets of a UID.
const LONGEST_UID: usize = 4096;

/// Checks an object and stores it.
pub(crate) async fn put(
    request: &Request,
    calendar: &Collection,
    name: &str,
    text: Vec<u8>,
    conditions: &Conditions,
) -> Outcome<Stored> {
    check_type(request.field("content-type"))?;
    let limits = Limits {
        bytes: request.dav.limits.object,
        attendees: request.dav.limits.attendees,
        ..Limits::default()
    };
    let uid = check(
        &text,
        &component_set::of(calendar),
        &limits,
        request.dav.limits.instances,
    )?;
    let place = (calendar.id.clone(), name.to_owned());
    let given = Given { uid, text };
    let holds = |member: Option<&_>| conditions.hold_for(member);
    let (store, clock) = (request.store(), &*request.dav.clock);
    let terms = conditions.terms(&holds);
    let storing = calendar_store::put(store, clock, &request.account, &place, &given, &terms);
    named(request, &place, storing.await).await
}

/// Refuses an object that goes to a calendar which holds no such (RFC 4791, 5.3.2.1).
pub(crate) fn check_kind(object: &[u8], into: &Collection) -> Outcome<()> {
    let document = Document::parse(object, &Limits::default());
    let document = document.map_err(|much| too_much(&much))?;
    let supported = component_set::of(into);
    let calendar = document.components().find(|one| one.is("VCALENDAR"));
    let parts = calendar.map(|calendar| parts(&calendar));
    let mut parts = parts.into_iter().flatten();
    match parts.all(|part| supported.iter().any(|name| part.is(name))) {
        true => Ok(()),
        false => Err(Failure::refused("C:supported-calendar-component")),
    }
}

/// What was stored at a place, or which object is in its way (RFC 6638, 3.2.4.1).
pub(crate) async fn named(
    request: &Request,
    place: &Place,
    stored: Result<Stored, NotChanged>,
) -> Outcome<Stored> {
    match stored {
        Ok(stored) => Ok(stored),
        Err(NotChanged::UidElsewhere(other)) => Err(conflict(request, place, &other).await?),
        Err(NotChanged::OtherUid) => Err(conflict(request, place, place).await?),
        Err(other) => Err(other.into()),
    }
}

/// Names the object that has the UID, or another UID.
async fn conflict(request: &Request, place: &Place, other: &Place) -> Outcome<Failure> {
    let all = request
        .store()
        .collections(request.account.id, CollectionKind::Calendar)
        .await?;
    let segment = all
        .into_iter()
        .find(|one| one.id == other.0)
        .map(|one| one.segment);
    let resource = Resource::Member(
        CollectionKind::Calendar,
        segment.unwrap_or_default(),
        other.1.clone(),
    );
    let tag = match other.0 == place.0 {
        true => "C:no-uid-conflict",
        false => "C:unique-scheduling-object-resource",
    };
    Ok(Failure::refused_for(tag, &resource.href(&request.account)))
}

impl From<NotChanged> for Failure {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::Condition => Self::status(StatusCode::PRECONDITION_FAILED),
            NotChanged::Missing => Self::not_found(),
            NotChanged::UidElsewhere(_) | NotChanged::OtherUid => {
                Self::refused("C:no-uid-conflict")
            }
            NotChanged::Forbidden(Forbidden::Organizer) => {
                Self::refused("C:allowed-attendee-scheduling-object-change")
            }
            NotChanged::Forbidden(Forbidden::OwnOrganizer) => {
                Self::refused("C:allowed-organizer-scheduling-object-change")
            }
            NotChanged::Forbidden(Forbidden::SeveralOrganizers) => {
                Self::refused("C:same-organizer-in-all-components")
            }
            NotChanged::Forbidden(Forbidden::Unreadable) => Self::refused("C:valid-calendar-data"),
            NotChanged::Store(error) => error.into(),
            NotChanged::Unreadable(what) => {
                tracing::error!(what, "a change over DAV was not made");
                Self::status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

/// supported-calendar-data: a type that is said must be iCalendar's.
pub(crate) fn check_type(content_type: &str) -> Outcome<()> {
    match media_type(content_type).as_str() {
        "" | "text/calendar" | "application/octet-stream" => Ok(()),
        _ => Err(Failure::refused("C:supported-calendar-data")),
    }
}

/// The UID of an object that is as objects must be and has at most so many instances.
pub(crate) fn check(
    text: &[u8],
    supported: &[&str],
    limits: &Limits,
    instances: usize,
) -> Outcome<String> {
    let invalid = || Failure::refused("C:valid-calendar-data");
    let not_an_object = || Failure::refused("C:valid-calendar-object-resource");
    let document = Document::parse(text, limits).map_err(|much| too_much(&much))?;
    let is_broken = document
        .problems()
        .iter()
        .any(|problem| is_fatal(problem.defect));
    let mut calendars = document.components();
    let calendar = calendars.next().filter(|one| one.is("VCALENDAR"));
    let calendar = calendar
        .filter(|_| !is_broken && document.is_well_nested())
        .ok_or_else(invalid)?;
    if calendars.next().is_some() || calendar.property("METHOD").is_some() {
        return Err(not_an_object());
    }
    check_version(&calendar)?;
    let parts = parts(&calendar);
    let first = parts.first().ok_or_else(not_an_object)?;
    if parts.iter().any(|part| !part.is(first.name())) {
        return Err(not_an_object());
    }
    if !supported.iter().any(|name| first.is(name)) {
        return Err(Failure::refused("C:supported-calendar-component"));
    }
    let uid = the_uid(&parts).ok_or_else(not_an_object)?;
    if !is_of_one_organizer(&parts) {
        return Err(Failure::refused("C:same-organizer-in-all-components"));
    }
    if let Some(side) = parts.iter().find_map(bounds::outside_of) {
        return Err(side.refusal());
    }
    object_times::check(&calendar.to_buf(), first.name(), instances)?;
    Ok(uid)
}

/// What the object is made of: neither zones, nor components of an app's own beside others (RFC 4791, 5.3.3).
fn parts<'a>(calendar: &Component<'a>) -> Vec<Component<'a>> {
    let parts = calendar.components().filter(|part| !part.is("VTIMEZONE"));
    let is_own = |part: &Component<'_>| {
        part.name()
            .get(..2)
            .is_some_and(|x| x.eq_ignore_ascii_case("X-"))
    };
    let (own, others): (Vec<_>, Vec<_>) = parts.partition(is_own);
    match others.is_empty() {
        true => own,
        false => others,
    }
}

/// supported-calendar-data: iCalendar of another version than 2.0 is another format.
fn check_version(calendar: &Component<'_>) -> Outcome<()> {
    let version = calendar.property("VERSION");
    match version.is_none_or(|version| version.value().trim() == "2.0") {
        true => Ok(()),
        false => Err(Failure::refused("C:supported-calendar-data")),
    }
}

/// What of a text is past a limit; a limit that no RFC names makes it no calendar data.
pub(crate) fn too_much(much: &TooMuch) -> Failure {
    Failure::refused(match much {
        TooMuch::Attendees => "C:max-attendees-per-instance",
        TooMuch::Bytes => "C:max-resource-size",
        _ => "C:valid-calendar-data",
    })
}

fn is_fatal(defect: Defect) -> bool {
    matches!(
        defect,
        Defect::NotAProperty
            | Defect::UnexpectedEnd
            | Defect::Unclosed
            | Defect::NotUtf8
            | Defect::Nul
    )
}

/// The one UID of all parts.
fn the_uid(parts: &[Component<'_>]) -> Option<String> {
    let mut uids = parts.iter().map(|part| {
        let uid = part.property("UID")?.value().trim().to_owned();
        (1..=LONGEST_UID).contains(&uid.len()).then_some(uid)
    });
    let first = uids.next()??;
    uids.all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

/// RFC 6638, 3.2.4.2: those that name an organizer name the same.
fn is_of_one_organizer(parts: &[Component<'_>]) -> bool {
    let organizers = parts.iter().filter_map(|part| part.property("ORGANIZER"));
    let mut addresses = organizers.map(|one| CalendarUserAddress::parse(&one.value()));
    let first = addresses.next();
    first.is_none_or(|first| addresses.all(|other| other.same_ignoring_case(&first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(inner: &str) -> Result<String, String> {
        let text =
            format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{inner}END:VCALENDAR\r\n");
        check(
            text.as_bytes(),
            &component_set::ALL,
            &Limits::default(),
            100,
        )
        .map_err(|failure| failure.condition.unwrap_or_default())
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\r\nDTSTART:20270101T100000Z\r\n{lines}END:VEVENT\r\n")
    }

    #[test]
    fn what_is_right_is_taken() {
        assert_eq!(checked(&event("UID:a/b\r\n")), Ok("a/b".to_owned()));
        let over = event("UID:a\r\nRECURRENCE-ID:20270102T100000Z\r\n");
        assert_eq!(checked(&over), Ok("a".to_owned()));
        assert!(checked("BEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\n").is_ok());
        assert!(checked("BEGIN:VAVAILABILITY\r\nUID:a\r\nEND:VAVAILABILITY\r\n").is_ok());
        assert!(checked(&event("UID:a\r\nRRULE:FREQ=YEARLY\r\n")).is_ok());
    }

    #[test]
    fn all_components_have_one_organizer() {
        let master = event("UID:a\r\nORGANIZER:mailto:a@example.org\r\n");
        let date = "UID:a\r\nRECURRENCE-ID:20270102T100000Z\r\n";
        let with =
            |organizer: &str| checked(&format!("{master}{}", event(&format!("{date}{organizer}"))));
        assert!(with("").is_ok());
        assert!(with("ORGANIZER:MAILTO:A@example.org\r\n").is_ok());
        let several = Err("<C:same-organizer-in-all-components/>".to_owned());
        assert_eq!(with("ORGANIZER:mailto:b@example.org\r\n"), several);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_precondition() {
        let object = "<C:valid-calendar-object-resource/>";
        let data = "<C:valid-calendar-data/>";
        for (inner, expected) in [
            ("", object),
            (&event(""), object),
            (&event("UID:a\r\n").replace("UID:a", "UID: "), object),
            (
                &(event("UID:a\r\n") + &event("UID:b\r\nRECURRENCE-ID:20270102T100000Z\r\n")),
                object,
            ),
            (
                &(event("UID:a\r\n") + "BEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\n"),
                object,
            ),
            (&format!("METHOD:REQUEST\r\n{}", event("UID:a\r\n")), object),
            (&(event("UID:a\r\n") + &event("UID:a\r\n")), data),
            (&event("UID:a\r\nno colon\r\n"), data),
            (&event("UID:a\r\nRRULE:FREQ=SOMETIMES\r\n"), data),
            (
                "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\n",
                data,
            ),
            ("BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n", data),
            ("BEGIN:VEVENT\r\nUID:a\r\n", data),
            (
                "BEGIN:VFREEBUSY\r\nUID:a\r\nEND:VFREEBUSY\r\n",
                "<C:supported-calendar-component/>",
            ),
        ] {
            assert_eq!(checked(inner), Err(expected.to_owned()), "{inner}");
        }
        let many = event(&format!(
            "UID:a\r\n{}",
            "ATTENDEE:mailto:a@b.c\r\n".repeat(2001)
        ));
        let attendees = "<C:max-attendees-per-instance/>";
        assert_eq!(checked(&many), Err(attendees.to_owned()));
        let all = component_set::ALL;
        assert!(check(b"\xff\xfe", &all, &Limits::default(), 100).is_err());
        assert!(check(b"", &all, &Limits::default(), 100).is_err());
    }

    #[test]
    fn an_app_may_keep_components_of_its_own_beside_others() {
        let own = "BEGIN:X-APP\r\nX-A:1\r\nEND:X-APP\r\n";
        assert_eq!(checked(&(event("UID:a\r\n") + own)), Ok("a".to_owned()));
        let alone = Err("<C:supported-calendar-component/>".to_owned());
        assert_eq!(checked(own), alone);
    }

    #[test]
    fn the_version_is_that_of_icalendar() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nEND:VCALENDAR\r\n";
        let refused = check(
            text.as_bytes(),
            &component_set::ALL,
            &Limits::default(),
            100,
        );
        let condition = refused.unwrap_err().condition;
        assert_eq!(condition.as_deref(), Some("<C:supported-calendar-data/>"));
    }
}
