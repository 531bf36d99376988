//! MKCALENDAR (RFC 4791, 5.3.1).

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
        Resource::Member(CollectionKind::Calendar, ..) => {
            return Err(Failure::refused("C:calendar-collection-location-ok"));
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
    mkcol::make(&request, kind, update.as_ref(), "C:mkcalendar-response").await
}
