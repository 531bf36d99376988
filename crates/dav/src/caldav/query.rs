//! calendar-query (RFC 4791, 7.8).

use std::sync::Arc;

use jiff::tz::TimeZone;
use store::{Collection, Detail, Member, Selection};

use super::calendar_data::Wish;
use super::filter::CompFilter;
use super::occurrence::Occurrences;
use super::time_zone;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::webdav::ask::Ask;
use crate::webdav::members::Members;
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::xml::{CALDAV, Element};

/// Members that are read at a time.
const PAGE: u32 = 100;

pub(crate) async fn run(request: Request, calendar: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    let zone = time_zone::of_query(body, &calendar)?;
    let wish = Wish::in_zone(&ask, zone.clone())?;
    let filter = body
        .child(CALDAV, "filter")
        .ok_or_else(|| Failure::refused("C:valid-filter"))?;
    let filter = CompFilter::read(filter)?;
    let names = candidates(&request, &calendar, &filter).await?;
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering::of(&request, &ask, &wish);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &Arc::new(calendar),
        };
        let (detail, filter) = (ask.detail(true), (&filter, &zone));
        if let Some(names) = names {
            for page in names.chunks(PAGE as usize) {
                let page = Selection::Names(page.to_vec());
                let found = members.read(page, detail).await?;
                answer(&members, &mut out, filter, found).await?;
            }
        } else {
            let mut pages = members.pages(PAGE, detail);
            while let Some(found) = pages.next().await? {
                answer(&members, &mut out, filter, found).await?;
            }
        }
        out.end().await
    });
    Ok(response)
}

/// The names of the objects that the index says may be in the window, if the filter has one.
async fn candidates(
    request: &Request,
    calendar: &Collection,
    filter: &CompFilter,
) -> Outcome<Option<Vec<String>>> {
    let Some(window) = filter.indexed() else {
        return Ok(None);
    };
    let (from, to) = (window.start.as_millisecond(), window.end.as_millisecond());
    let selection = Selection::Window(from, to);
    let found = request.members(calendar, selection, Detail::Etag).await?;
    Ok(Some(found.into_iter().map(|member| member.name).collect()))
}

/// Tells those of some members that match.
async fn answer(
    members: &Members<'_>,
    out: &mut Multistatus,
    (filter, zone): (&CompFilter, &TimeZone),
    mut found: Vec<Member>,
) -> Result<(), Broken> {
    found.retain(|member| {
        let object = Occurrences::read(&member.text, zone);
        object.is_some_and(|object| filter.matches(&object))
    });
    members.tell(out, found).await
}
