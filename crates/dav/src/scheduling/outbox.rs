//! POST to the outbox: when people of this server are busy (RFC 6638, 5).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use calendar::{CalendarUserAddress, Limits, PropertyBuf};
use jiff::tz::TimeZone;
use pipeline::receive::find_account;
use store::{Account, AccountId, Collection, CollectionKind};

use super::freebusy_request::{FreeBusyRequest, NotARequest};
use crate::budget::Budget;
use crate::caldav::free_busy::{self, Busy, Gathered};
use crate::caldav::occurrence::Occurrences;
use crate::caldav::{availability, object, time_zone};
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::Xml;

const SUCCESS: &str = "2.0;Success";
const NOT_HERE: &str = "3.7;Invalid calendar user";
/// Too much happens in the time that is asked about.
const TOO_MUCH: &str = "5.1;Service unavailable";

/// The busy times of the accounts that were asked already; `None`: too much happens. Who is named by many
/// addresses costs no more than by one.
type Told = HashMap<AccountId, Option<Vec<Busy>>>;

pub(crate) async fn run(mut request: Request) -> Outcome {
    object::check_type(request.field("content-type"))?;
    let text = request.object().await?;
    let text = text.ok_or_else(|| Failure::refused("C:max-resource-size"))?;
    let asked = FreeBusyRequest::read(&text, &Limits::default()).map_err(refusal)?;
    if asked.attendees.len() > request.dav.limits.recipients {
        return Err(Failure::refused("C:max-attendees-per-instance"));
    }
    if !is_own(&request, &asked.organizer.value()) {
        return Err(Failure::refused("C:valid-organizer"));
    }
    let mut told = Told::new();
    let budget = Budget::of(&request.dav.limits);
    let asked = Asked {
        request: &request,
        message: &asked,
        budget: &budget,
    };
    let mut xml = Xml::document("C:schedule-response");
    for attendee in &asked.message.attendees {
        let (status, data) = answer(&asked, attendee, &mut told).await?;
        xml.open("C:response").open("C:recipient");
        xml.element("D:href", attendee.value().trim());
        xml.close("C:recipient").element("C:request-status", status);
        if let Some(data) = data {
            xml.element("C:calendar-data", &data);
        }
        xml.close("C:response");
    }
    xml.close("C:schedule-response");
    let mut response = Response::new(Body::from(xml.into_string()));
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, XML_TYPE);
    Ok(response)
}

fn refusal(error: NotARequest) -> Failure {
    match error {
        NotARequest::Unreadable => Failure::refused("C:valid-calendar-data"),
        NotARequest::Other => {
            Failure::with(StatusCode::BAD_REQUEST, "<C:valid-scheduling-message/>")
        }
    }
}

/// Whether an organizer is the owner of the outbox, by one of his addresses or by his principal.
fn is_own(request: &Request, organizer: &str) -> bool {
    let organizer = organizer.trim();
    let address = CalendarUserAddress::parse(organizer);
    let mut own = request.account.addresses().map(CalendarUserAddress::parse);
    own.any(|own| own.same_ignoring_case(&address))
        || organizer.contains('/') && request.named(organizer) == Ok(Resource::Principal)
}

/// What is asked, and how much of it may be answered.
struct Asked<'a> {
    request: &'a Request,
    message: &'a FreeBusyRequest,
    budget: &'a Budget,
}

/// The status of one recipient, and when he is busy. What makes him busy is not told.
async fn answer(
    asked: &Asked<'_>,
    attendee: &PropertyBuf,
    told: &mut Told,
) -> Outcome<(&'static str, Option<String>)> {
    let Asked {
        request, message, ..
    } = *asked;
    let address = CalendarUserAddress::parse(&attendee.value());
    let Some(account) = find_account(request.store(), address.as_str()).await? else {
        return Ok((NOT_HERE, None));
    };
    let busy = match told.entry(account.id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(busy_unless_too_much(asked, &account).await?),
    };
    let Some(busy) = busy else {
        return Ok((TOO_MUCH, None));
    };
    let mut free_busy =
        free_busy::component(&message.window, busy.clone(), request.dav.clock.now());
    free_busy.push_property(PropertyBuf::new("UID", &message.uid));
    free_busy.push_property(message.organizer.clone());
    free_busy.push_property(attendee.clone());
    let reply = free_busy::calendar(free_busy, Some("REPLY")).to_bytes();
    Ok((SUCCESS, Some(String::from_utf8_lossy(&reply).into_owned())))
}

/// The account's busy times; `None`: too much happens. One account takes no more than a part of the budget,
/// so that what is in it hides nobody else's times.
async fn busy_unless_too_much(asked: &Asked<'_>, account: &Account) -> Outcome<Option<Vec<Busy>>> {
    let part = asked.budget.part();
    let own = Asked {
        budget: &part,
        ..*asked
    };
    let before = part.left();
    let busy = busy(&own, account).await;
    asked.budget.take(before - part.left());
    match busy {
        Err(failure) if failure.status == StatusCode::FORBIDDEN => Ok(None),
        busy => busy.map(Some),
    }
}

/// When the account's owner is there, as he set it on his inbox (RFC 7953, 7.2.4); floating times are of the
/// zone of his default calendar.
async fn hours<'a>(
    asked: &Asked<'a>,
    account: &Account,
    calendars: &[Collection],
) -> Outcome<Option<Occurrences<'a>>> {
    let set = asked.request.store().inbox(account.id).await?.properties;
    let default = calendars.iter().find(|one| one.is_default);
    let zone = default.map_or(TimeZone::UTC, time_zone::of);
    Ok(availability::set_on_inbox(&set, &zone, asked.budget))
}

/// The busy times of all the account's calendars that count, and when he is not there.
async fn busy(asked: &Asked<'_>, account: &Account) -> Outcome<Vec<Busy>> {
    let (store, limits) = (asked.request.store(), &asked.request.dav.limits);
    let calendars = store.collections(account.id, CollectionKind::Calendar);
    let calendars = calendars.await?;
    let of = free_busy::Asked {
        account,
        window: &asked.message.window,
        masked: asked.message.masked.as_deref(),
        budget: asked.budget,
    };
    let mut gathered = Gathered::new(limits);
    gathered.add_hours(hours(asked, account, &calendars).await?);
    for calendar in calendars.iter().filter(|one| free_busy::is_opaque(one)) {
        gathered.collect(store, calendar, &of).await?;
    }
    gathered.all(&of)
}
