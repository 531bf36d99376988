//! calendar-multiget and addressbook-multiget (RFC 4791, 7.9; RFC 6352, 8.7).

use std::sync::Arc;

use store::{Collection, Selection};

use super::ask::Ask;
use super::multistatus::{Broken, Multistatus, Rendering, told};
use super::node::{Node, dead_of_members};
use super::property::Ground;
use crate::caldav::calendar_data::Wish;
use crate::carddav::address_data;
use crate::failure::{Failure, Outcome};
use crate::request::{Prefer, Request};
use crate::resource::Resource;
use crate::xml::{DAV, Element};

/// Members that are read at a time.
const PAGE: usize = 100;

pub(crate) async fn run(request: Request, collection: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body);
    address_data::check(&ask)?;
    let wish = Wish::of(&ask, &collection)?;
    let hrefs: Vec<String> = body.all(DAV, "href").map(Element::text).collect();
    if hrefs.len() > request.dav.limits.hrefs {
        return Err(Failure::refused("D:number-of-matches-within-limits"));
    }
    let collection = Arc::new(collection);
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering {
            ask: &ask,
            ground: Ground {
                account: &request.account,
                limits: &request.dav.limits,
                quota: None,
            },
            is_minimal: request.prefer() == Prefer::Minimal,
            data: &wish,
        };
        for hrefs in hrefs.chunks(PAGE) {
            page(&request, &mut out, &rendering, &collection, hrefs).await?;
        }
        out.end().await
    });
    Ok(response)
}

async fn page(
    request: &Request,
    out: &mut Multistatus,
    rendering: &Rendering<'_>,
    collection: &Arc<Collection>,
    hrefs: &[String],
) -> Result<(), Broken> {
    let mut names = Vec::with_capacity(hrefs.len());
    for href in hrefs {
        match request.named(href) {
            Ok(Resource::Member(kind, segment, name))
                if kind == collection.kind && segment == collection.segment =>
            {
                names.push(name);
            }
            other => {
                out.status(&told(href, other, &request.account), "404 Not Found")
                    .await?
            }
        }
    }
    members(request, out, rendering, collection, names).await
}

/// Writes members by their names; one that is not there is told as that.
pub(crate) async fn members(
    request: &Request,
    out: &mut Multistatus,
    rendering: &Rendering<'_>,
    collection: &Arc<Collection>,
    mut names: Vec<String>,
) -> Result<(), Broken> {
    if names.is_empty() {
        return Ok(());
    }
    let detail = rendering.ask.detail(rendering.ask.wants_text());
    let (store, account) = (request.store(), request.account.id);
    names.sort();
    names.dedup();
    let selection = Selection::Names(names.clone());
    let found = request.members(collection, selection, detail).await?;
    let mut dead = dead_of_members(store, account, collection, &found).await?;
    let mut found = found.into_iter().peekable();
    for name in names {
        match found.next_if(|member| member.name == name) {
            Some(member) => {
                let properties = dead.remove(&name).unwrap_or_default();
                let node = Node::Member(Arc::clone(collection), member, properties);
                out.add(&rendering.response(&node)).await?;
            }
            None => {
                let gone = Resource::Member(collection.kind, collection.segment.clone(), name);
                out.status(&gone.href(&request.account), "404 Not Found")
                    .await?;
            }
        }
    }
    Ok(())
}
