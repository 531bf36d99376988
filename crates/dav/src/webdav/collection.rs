//! COPY and MOVE of calendars and address books within an account (RFC 4918, 9.8 and 9.9).

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use pipeline::collection::{self, Members};
use pipeline::member::Overwrite;
use store::{Collection, CollectionKind, Error, NewCollection};

use super::condition::{Conditions, State};
use super::{delete, transfer};
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::{Depth, Request};
use crate::resource::{BadPath, Resource};
use crate::xml::Xml;

pub(crate) async fn run(request: Request, kind: CollectionKind, segment: String) -> Outcome {
    let is_copy = request.method.as_str() == "COPY";
    let members = match request.depth(Depth::Infinity)? {
        Depth::Infinity => Members::All,
        Depth::Zero if is_copy => Members::None,
        _ => return Err(Failure::bad_request()),
    };
    let conditions = Conditions::of(&request).await?;
    let from = request.collection(kind, &segment).await?;
    conditions.require(State::Untagged)?;
    let segment = destination(&request, kind)?;
    if segment == from.segment {
        return Err(Failure::forbidden());
    }
    let replaced = make_room(&request, kind, &segment, &conditions).await?;
    let left_out = match is_copy {
        true => copy(&request, &from, &segment, members).await?,
        false => {
            let account = request.account.id;
            let moving = request
                .store()
                .collection_move(account, kind, &from.id, &segment);
            moving.await?;
            Vec::new()
        }
    };
    Ok(answer(&request, &from, &segment, replaced, &left_out))
}

/// The name in paths of the collection to be: there are collections in homes alone.
fn destination(request: &Request, kind: CollectionKind) -> Outcome<String> {
    match request.destination()? {
        Ok(other) if other.role().is_some() => Err(Failure::forbidden()),
        Ok(Resource::Collection(its, segment)) if its == kind => Ok(segment),
        Err(BadPath::TooDeep) => Err(Failure::status(StatusCode::CONFLICT)),
        Err(other) => Err(other.into()),
        Ok(_) if kind == CollectionKind::Calendar => {
            Err(Failure::refused("C:calendar-collection-location-ok"))
        }
        Ok(_) => Err(Failure::forbidden()),
    }
}

/// Removes what has the name, if it may be replaced; whether there was something.
async fn make_room(
    request: &Request,
    kind: CollectionKind,
    segment: &str,
    conditions: &Conditions,
) -> Outcome<bool> {
    let account = request.account.id;
    let found = request.store().collection(account, kind, segment).await?;
    let Some(found) = found else {
        return Ok(false);
    };
    match transfer::overwrite(request)? {
        Overwrite::No => Err(Failure::status(StatusCode::PRECONDITION_FAILED)),
        Overwrite::Yes => delete::remove(request, found, conditions)
            .await
            .map(|()| true),
    }
}

/// Makes the copy; the names of the members that are not in it.
async fn copy(
    request: &Request,
    from: &Collection,
    segment: &str,
    members: Members,
) -> Outcome<Vec<String>> {
    let (store, account) = (request.store(), &request.account);
    let present = store.collections(account.id, from.kind).await?;
    if present.len() >= request.dav.limits.collections {
        return Err(Failure::status(StatusCode::INSUFFICIENT_STORAGE));
    }
    let new = NewCollection {
        kind: from.kind,
        segment: segment.to_owned(),
        name: from.name.clone(),
        properties: from.properties.clone(),
    };
    match collection::copy(store, account, from, &new, members).await {
        Err(Error::Conflict) => Err(Failure::status(StatusCode::CONFLICT)),
        copied => Ok(copied?),
    }
}

/// 201 or 204, or 207 with the members that were left out.
fn answer(
    request: &Request,
    from: &Collection,
    segment: &str,
    replaced: bool,
    left_out: &[String],
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = match (left_out.is_empty(), replaced) {
        (true, false) => StatusCode::CREATED,
        (true, true) => StatusCode::NO_CONTENT,
        (false, _) => StatusCode::MULTI_STATUS,
    };
    if left_out.is_empty() {
        return response;
    }
    let mut xml = Xml::document("D:multistatus");
    for name in left_out {
        let href = |segment: &str| {
            let member = Resource::Member(from.kind, segment.to_owned(), name.clone());
            member.href(&request.account)
        };
        xml.open("D:response").element("D:href", &href(segment));
        xml.element("D:status", "HTTP/1.1 403 Forbidden")
            .open("D:error")
            .open("C:unique-scheduling-object-resource");
        xml.element("D:href", &href(&from.segment))
            .close("C:unique-scheduling-object-resource");
        xml.close("D:error").close("D:response");
    }
    xml.close("D:multistatus");
    *response.body_mut() = Body::from(xml.into_string());
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, XML_TYPE);
    response
}
