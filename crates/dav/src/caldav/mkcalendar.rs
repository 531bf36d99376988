//! MKCALENDAR (RFC 4791, 5.3.1).

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use store::CollectionKind;

use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::webdav::mkcol;
use crate::xml::CALDAV;

pub(crate) async fn run(mut request: Request) -> Outcome {
    let update = request.xml().await?;
    match &request.resource {
        Resource::Collection(CollectionKind::Calendar, _) => {}
        Resource::Member(CollectionKind::Calendar, segment, _) => {
            return Err(not_in(&request, segment).await?);
        }
        Resource::Collection(CollectionKind::AddressBook, _) | Resource::Member(..) => {
            return Err(Failure::refused("C:calendar-collection-location-ok"));
        }
        _ => return Err(mkcol::not_here(&request).await),
    }
    if update
        .as_ref()
        .is_some_and(|update| !update.is(CALDAV, "mkcalendar"))
    {
        return Err(Failure::bad_request());
    }
    let kind = CollectionKind::Calendar;
    let made = mkcol::make(&request, kind, update.as_ref(), "C:mkcalendar-response").await;
    made.map(not_cached)
}

/// Why there can be no calendar in this place: it is in a calendar, or in nothing that is there (RFC 4791,
/// 5.3.1.1).
async fn not_in(request: &Request, segment: &str) -> Outcome<Failure> {
    let (store, account) = (request.store(), request.account.id);
    let around = store.collection(account, CollectionKind::Calendar, segment);
    Ok(match around.await? {
        Some(_) => Failure::refused("C:calendar-collection-location-ok"),
        None => Failure::status(StatusCode::CONFLICT),
    })
}

/// RFC 4791, 5.3.1 asks for it.
fn not_cached(mut response: Response<Body>) -> Response<Body> {
    let no_cache = HeaderValue::from_static("no-cache");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_cache);
    response
}
