//! DELETE of a member or a collection.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use pipeline::{address_book, calendar_store};
use store::CollectionKind;

use super::condition::Conditions;
use super::etag;
use crate::failure::{Failure, Outcome};
use crate::request::Request;

pub(crate) async fn member(
    request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    let conditions = Conditions::of(&request)?;
    let collection = request.collection(kind, &segment).await?;
    let place = (collection.id, name);
    let holds = |revision: Option<_>| conditions.hold(revision.map(etag::of).as_deref());
    let (store, account) = (request.store(), &request.account);
    match kind {
        CollectionKind::Calendar => {
            calendar_store::delete(store, &*request.dav.clock, account, &place, &holds).await?;
        }
        CollectionKind::AddressBook => {
            address_book::delete(store, account.id, &place, &holds).await?;
        }
    }
    Ok(no_content())
}

/// The default collection stays: new events and contacts go there.
pub(crate) async fn collection(request: Request, kind: CollectionKind, segment: String) -> Outcome {
    let collection = request.collection(kind, &segment).await?;
    Conditions::of(&request)?.require(None)?;
    if collection.is_default {
        return Err(match kind {
            CollectionKind::Calendar => Failure::refused("C:default-calendar-needed"),
            CollectionKind::AddressBook => Failure::forbidden(),
        });
    }
    let (store, account) = (request.store(), &request.account);
    match kind {
        CollectionKind::Calendar => {
            calendar_store::remove(store, account, &collection.id).await?;
        }
        CollectionKind::AddressBook => {
            store
                .collection_remove(account.id, kind, &collection.id)
                .await?;
        }
    }
    Ok(no_content())
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
