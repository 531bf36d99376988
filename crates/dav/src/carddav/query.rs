//! addressbook-query (RFC 6352, 8.6).

use std::sync::Arc;

use store::{Collection, Selection};

use super::address_data;
use super::filter::Filter;
use crate::caldav::calendar_data::Wish;
use crate::failure::{Failure, Outcome};
use crate::request::{Prefer, Request};
use crate::resource::Resource;
use crate::webdav::ask::Ask;
use crate::webdav::multistatus::{Broken, Multistatus, Rendering};
use crate::webdav::node::{Node, dead_of_members};
use crate::webdav::property::Ground;
use crate::xml::{CARDDAV, Element};

/// Cards that are read at a time.
const PAGE: u32 = 100;

pub(crate) async fn run(request: Request, book: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body);
    address_data::check(&ask)?;
    let filter = body
        .child(CARDDAV, "filter")
        .ok_or_else(|| Failure::refused("R:valid-filter"))?;
    let filter = Filter::read(filter)?;
    let limit = limit(body)?;
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering {
            ask: &ask,
            ground: Ground {
                account: &request.account,
                limits: &request.dav.limits,
                quota: None,
            },
            is_minimal: request.prefer() == Prefer::Minimal,
            data: &Wish::default(),
        };
        let book = Arc::new(book);
        if write(&request, &mut out, &rendering, &book, (&filter, limit)).await? == Told::Some {
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
    request: &Request,
    out: &mut Multistatus,
    rendering: &Rendering<'_>,
    book: &Arc<Collection>,
    (filter, mut left): (&Filter, usize),
) -> Result<Told, Broken> {
    let (store, account) = (request.store(), request.account.id);
    let detail = rendering.ask.detail(true);
    let mut after = String::new();
    loop {
        let page = Selection::After(after, PAGE);
        let found = store
            .members(account, book.kind, &book.id, page, detail)
            .await?;
        let Some(last) = found.last() else {
            return Ok(Told::All);
        };
        after = last.name.clone();
        let mut dead = dead_of_members(store, account, book, &found).await?;
        for card in found.into_iter().filter(|card| filter.matches(&card.text)) {
            if left == 0 {
                return Ok(Told::Some);
            }
            left -= 1;
            let properties = dead.remove(&card.name).unwrap_or_default();
            let node = Node::Member(Arc::clone(book), card, properties);
            out.add(&rendering.response(&node)).await?;
        }
    }
}
