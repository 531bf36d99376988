//! sync-collection (RFC 6578).

use std::sync::Arc;

use store::{Collection, Revision, SyncPage};

use super::ask::Ask;
use super::etag;
use super::members::Members;
use super::multistatus::{Broken, Multistatus, Rendering};
use crate::caldav::calendar_data::Wish;
use crate::carddav::address_data;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::xml::{DAV, Element, Xml};

pub(crate) async fn run(request: Request, collection: Collection, body: &Element) -> Outcome {
    let ask = Ask::of(body)?;
    address_data::check(&ask)?;
    let wish = Wish::of(&ask, &collection, &request.dav.limits)?;
    check_level(body)?;
    let after = since(&collection, body)?;
    let limit = limit(body)?;
    let response = Multistatus::respond(|mut out| async move {
        let rendering = Rendering::of(&request, &ask, &wish);
        let members = Members {
            request: &request,
            rendering: &rendering,
            of: &Arc::new(collection),
        };
        write(&members, &mut out, after, limit).await?;
        out.end().await
    });
    Ok(response)
}

/// The revision of the client's token; 403 when it is none of ours, so that it begins anew.
fn since(collection: &Collection, body: &Element) -> Outcome<Option<Revision>> {
    let token = body
        .child(DAV, "sync-token")
        .map(Element::text)
        .unwrap_or_default();
    if token.trim().is_empty() {
        return Ok(None);
    }
    let revision = etag::revision_of_token(collection, &token);
    revision
        .map(Some)
        .ok_or_else(|| Failure::refused("D:valid-sync-token"))
}

/// How deep the changes go. Nothing is in a member, so both levels are the same; many clients say none, or
/// say Depth 1 beside it, which is let pass.
fn check_level(body: &Element) -> Outcome<()> {
    let level = body.child(DAV, "sync-level").map(Element::text);
    match level.as_deref().map(str::trim) {
        None | Some("1" | "infinite") => Ok(()),
        Some(_) => Err(Failure::bad_request()),
    }
}

/// How many members the client wants at most.
fn limit(body: &Element) -> Outcome<Option<u32>> {
    let Some(results) = body
        .child(DAV, "limit")
        .and_then(|limit| limit.child(DAV, "nresults"))
    else {
        return Ok(None);
    };
    match results.text().trim().parse::<u64>() {
        Ok(0) | Err(_) => Err(Failure::bad_request()),
        Ok(limit) => Ok(Some(u32::try_from(limit).unwrap_or(u32::MAX))),
    }
}

/// Without a limit the pages of the store follow one another in one response.
async fn write(
    told: &Members<'_>,
    out: &mut Multistatus,
    mut after: Option<Revision>,
    limit: Option<u32>,
) -> Result<(), Broken> {
    let (request, collection) = (told.request, told.of);
    let most = request.dav.limits.sync;
    loop {
        let size = limit.unwrap_or(most).min(most);
        let SyncPage {
            members,
            revision,
            is_cut,
        } = request.sync(collection, after, size).await?;
        let names = members.into_iter().map(|(name, _)| name);
        told.tell_named(out, names).await?;
        if is_cut && limit.is_none() {
            after = Some(revision);
            continue;
        }
        if is_cut {
            told.tell_that_there_is_more(out).await?;
        }
        let mut token = Xml::default();
        token.element("D:sync-token", &etag::sync_token(collection, revision));
        return out.add(&token.into_string()).await;
    }
}
