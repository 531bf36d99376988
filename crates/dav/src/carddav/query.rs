//! addressbook-query (RFC 6352, 8.6).

use std::sync::Arc;

use store::Collection;

use super::address_data;
use super::filter::Filter;
use crate::caldav::calendar_data::Wish;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::webdav::ask::Ask;
use crate::webdav::members::Members;
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::xml::{CARDDAV, Element};

/// Cards that are read at a time.
const PAGE: u32 = 100;

pub(crate) async fn run(request: Request, book: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    address_data::check(&ask)?;
    let filter = body
        .child(CARDDAV, "filter")
        .ok_or_else(|| Failure::refused("R:valid-filter"))?;
    let filter = Filter::read(filter)?;
    let limit = limit(body)?;
    let response = Multistatus::respond(|mut out| async move {
        let whole = Wish::default();
        let rendering = Rendering::of(&request, &ask, &whole);
        let book = Arc::new(book);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &book,
        };
        if write(&members, &mut out, &filter, limit).await? == Told::Some {
            let here = Resource::Collection(book.kind, book.segment.clone());
            out.status(&here.href(&request.account), "507 Insufficient Storage")
                .await?;
        }
        out.end().await
    });
    Ok(response)
}

/// How many cards the client wants at most.
fn limit(body: &Element) -> Outcome<usize> {
    let limit = body
        .child(CARDDAV, "limit")
        .and_then(|limit| limit.child(CARDDAV, "nresults"));
    match limit.map(|limit| limit.text().trim().parse::<usize>()) {
        None => Ok(usize::MAX),
        Some(Ok(limit)) if limit > 0 => Ok(limit),
        Some(_) => Err(Failure::bad_request()),
    }
}

/// Whether all that matches was told.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    All,
    Some,
}

async fn write(
    members: &Members<'_>,
    out: &mut Multistatus,
    filter: &Filter,
    mut left: usize,
) -> Result<Told, Broken> {
    let mut pages = members.pages(PAGE, members.rendering.ask.detail(true));
    while let Some(mut page) = pages.next().await? {
        page.retain(|card| filter.matches(&card.text));
        let is_cut = page.len() > left;
        page.truncate(left);
        left -= page.len();
        members.tell(out, page).await?;
        if is_cut {
            return Ok(Told::Some);
        }
    }
    Ok(Told::All)
}
