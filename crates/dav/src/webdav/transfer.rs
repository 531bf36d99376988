//! COPY and MOVE of members within an account (RFC 4918, 9.8 and 9.9).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use pipeline::member::{Overwrite, Place, Stored, Transfer, Way};
use pipeline::{address_book, calendar_store};
use store::CollectionKind;

use super::condition::Conditions;
use super::{get, put};
use crate::caldav::object;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;

pub(crate) async fn run(
    request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    let conditions = Conditions::of(&request).await?;
    let from = request.collection(kind, &segment).await?;
    let to = destination(&request, kind).await?;
    let transfer = Transfer {
        from: (from.id, name),
        to,
        way: match request.method.as_str() {
            "COPY" => Way::Copy,
            _ => Way::Move,
        },
        overwrite: overwrite(&request),
    };
    if transfer.from == transfer.to {
        return Err(Failure::forbidden());
    }
    let stored = carry(&request, kind, &transfer, &conditions).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = match stored.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::NO_CONTENT,
    };
    if kind == CollectionKind::Calendar {
        get::put_schedule_tag(response.headers_mut(), stored.schedule_tag);
    }
    Ok(response)
}

async fn carry(
    request: &Request,
    kind: CollectionKind,
    transfer: &Transfer,
    conditions: &Conditions,
) -> Outcome<Stored> {
    let holds = |member: Option<&_>| conditions.hold_for(member);
    let (store, account) = (request.store(), &request.account);
    match kind {
        CollectionKind::Calendar => {
            let (clock, terms) = (&*request.dav.clock, conditions.terms(&holds));
            let moving = calendar_store::transfer(store, clock, account, transfer, &terms);
            object::named(request, &transfer.to, moving.await).await
        }
        CollectionKind::AddressBook => {
            Ok(address_book::transfer(store, account.id, transfer, &holds).await?)
        }
    }
}

/// Whether what is at the destination may be replaced (RFC 4918, 10.6).
pub(crate) fn overwrite(request: &Request) -> Overwrite {
    match request.field("overwrite").trim() {
        "F" | "f" => Overwrite::No,
        _ => Overwrite::Yes,
    }
}

/// Where it goes: a member of a collection of the same kind that is there.
async fn destination(request: &Request, kind: CollectionKind) -> Outcome<Place> {
    let href = request.field("destination");
    if href.is_empty() {
        return Err(Failure::bad_request());
    }
    match request.named(href)? {
        // Nothing is put into inbox and outbox (RFC 6638, 2.1 and 2.2).
        other if other.role().is_some() => Err(Failure::forbidden()),
        Resource::Member(its, segment, name) if its == kind => {
            Ok((put::into(request, kind, &segment).await?.id, name))
        }
        _ => Err(Failure::forbidden()),
    }
}
