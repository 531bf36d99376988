//! PUT of a member.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use pipeline::member::Stored;
use store::{Collection, CollectionKind};

use super::condition::Conditions;
use super::{etag, get};
use crate::failure::{Failure, Outcome};
use crate::request::{Prefer, Request};
use crate::resource::Resource;
use crate::{caldav, carddav};

pub(crate) async fn run(
    mut request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    if request.fields.contains_key(header::CONTENT_RANGE) {
        return Err(Failure::bad_request());
    }
    let conditions = Conditions::of(&request).await?;
    let collection = into(&request, kind, &segment).await?;
    let text = text(&mut request, kind).await?;
    match write(&request, &collection, &name, text, &conditions).await {
        Ok(stored) => answer(&request, &collection, &name, stored).await,
        Err(failure)
            if failure.status == StatusCode::PRECONDITION_FAILED
                && request.prefer() == Prefer::Representation =>
        {
            // What is there instead (RFC 8144, 3.2).
            let there = represented(&request, &collection, &name, failure.status).await;
            there.or(Err(failure))
        }
        Err(failure) => Err(failure),
    }
}

/// The collection that something is put into; 409 when there is none (RFC 4918, 9.7.1).
pub(crate) async fn into(
    request: &Request,
    kind: CollectionKind,
    segment: &str,
) -> Outcome<Collection> {
    let found = request
        .store()
        .collection(request.account.id, kind, segment)
        .await?;
    found.ok_or_else(|| Failure::status(StatusCode::CONFLICT))
}

/// The body, if it is not too large.
pub(crate) async fn text(request: &mut Request, kind: CollectionKind) -> Outcome<Vec<u8>> {
    let too_large = match kind {
        CollectionKind::Calendar => "C:max-resource-size",
        CollectionKind::AddressBook => "R:max-resource-size",
    };
    let text = request.object().await?;
    text.ok_or_else(|| Failure::refused(too_large))
}

/// Checks the text and stores it.
pub(crate) async fn write(
    request: &Request,
    collection: &Collection,
    name: &str,
    text: Vec<u8>,
    conditions: &Conditions,
) -> Outcome<Stored> {
    match collection.kind {
        CollectionKind::Calendar => {
            caldav::object::put(request, collection, name, text, conditions).await
        }
        CollectionKind::AddressBook => {
            carddav::card::put(request, collection, name, text, conditions).await
        }
    }
}

/// 201 or 204, and the entity tag unless the text was changed; the member itself if that is wished.
pub(crate) async fn answer(
    request: &Request,
    collection: &Collection,
    name: &str,
    stored: Stored,
) -> Outcome {
    let status = match stored.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::NO_CONTENT,
    };
    if request.prefer() == Prefer::Representation {
        return represented(request, collection, name, shown(&stored)).await;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if stored.is_verbatim
        && let Ok(tag) = HeaderValue::from_str(&etag::of(stored.revision))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if collection.kind == CollectionKind::Calendar {
        get::put_schedule_tag(response.headers_mut(), stored.schedule_tag);
    }
    Ok(response)
}

/// The status of a response that shows what was stored.
pub(crate) fn shown(stored: &Stored) -> StatusCode {
    match stored.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    }
}

/// A response that shows a member as it is now, though the request is about another thing (RFC 8144, 3).
pub(crate) async fn represented(
    request: &Request,
    of: &Collection,
    name: &str,
    status: StatusCode,
) -> Outcome {
    let member = request.find_member(of, name).await?;
    let member = member.ok_or_else(Failure::not_found)?;
    let mut response = get::of(request, of.kind, member, status);
    let place = Resource::Member(of.kind, of.segment.clone(), name.to_owned());
    let fields = response.headers_mut();
    if let Ok(place) = HeaderValue::from_str(&place.href(&request.account)) {
        fields.insert(header::CONTENT_LOCATION, place);
    }
    let applied = HeaderValue::from_static("return=representation");
    fields.insert("preference-applied", applied);
    Ok(response)
}
