//! DELETE of a member or a collection.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use pipeline::{address_book, calendar_store};
use store::{Collection, CollectionKind};

use super::condition::{Conditions, State};
use crate::failure::{Failure, Outcome};
use crate::request::Request;

pub(crate) async fn member(
    request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    let conditions = Conditions::of(&request).await?;
    let collection = request.collection(kind, &segment).await?;
    let place = (collection.id, name);
    let holds = |member: Option<&_>| conditions.hold_for(member);
    let (store, account) = (request.store(), &request.account);
    match kind {
        CollectionKind::Calendar => {
            let (clock, terms) = (&*request.dav.clock, conditions.terms(&holds));
            calendar_store::delete(store, clock, account, &place, &terms).await?;
        }
        CollectionKind::AddressBook => {
            address_book::delete(store, account.id, &place, &holds).await?;
        }
    }
    Ok(no_content())
}

pub(crate) async fn collection(request: Request, kind: CollectionKind, segment: String) -> Outcome {
    let collection = request.collection(kind, &segment).await?;
    let conditions = Conditions::of(&request).await?;
    conditions.require(State::Untagged)?;
    remove(&request, collection, &conditions).await?;
    Ok(no_content())
}

/// The default collection stays: new events and contacts go there.
pub(crate) async fn remove(
    request: &Request,
    collection: Collection,
    conditions: &Conditions,
) -> Outcome<()> {
    let kind = collection.kind;
    if collection.is_default {
        return Err(match kind {
            CollectionKind::Calendar => Failure::refused("C:default-calendar-needed"),
            CollectionKind::AddressBook => Failure::forbidden(),
        });
    }
    let (store, account) = (request.store(), &request.account);
    match kind {
        CollectionKind::Calendar => {
            let (clock, terms) = (&*request.dav.clock, conditions.terms(&|_| true));
            calendar_store::remove(store, clock, account, &collection.id, &terms).await?;
        }
        CollectionKind::AddressBook => {
            store
                .collection_remove(account.id, kind, &collection.id)
                .await?;
        }
    }
    Ok(())
}

/// 204.
pub(crate) fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
