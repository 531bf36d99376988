//! COPY and MOVE of members within an account (RFC 4918, 9.8 and 9.9).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use pipeline::member::{Overwrite, Stored, Transfer, Way};
use pipeline::{address_book, calendar_store};
use store::{Collection, CollectionKind};

use super::condition::Conditions;
use super::{get, put};
use crate::caldav::object;
use crate::carddav::card;
use crate::failure::{Failure, Outcome};
use crate::request::{Prefer, Request};
use crate::resource::Resource;

pub(crate) async fn run(
    request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    let conditions = Conditions::of(&request).await?;
    let from = request.collection(kind, &segment).await?;
    let (into, new_name) = destination(&request, kind).await?;
    let transfer = Transfer {
        from: (from.id.clone(), name),
        to: (into.id.clone(), new_name),
        way: match request.method.as_str() {
            "COPY" => Way::Copy,
            _ => Way::Move,
        },
        overwrite: overwrite(&request)?,
    };
    if transfer.from == transfer.to {
        return Err(Failure::forbidden());
    }
    check_kind(&request, (&from, &transfer.from.1), &into).await?;
    let stored = carry(&request, &into, &transfer, &conditions).await?;
    if request.prefer() == Prefer::Representation {
        let status = put::shown(&stored);
        return put::represented(&request, &into, &transfer.to.1, status).await;
    }
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

/// Refuses what the collection that it goes into does not hold.
async fn check_kind(
    request: &Request,
    (from, name): (&Collection, &str),
    into: &Collection,
) -> Outcome<()> {
    if into.kind == CollectionKind::AddressBook || from.id == into.id {
        return Ok(());
    }
    match request.find_member(from, name).await? {
        Some(object) => object::check_kind(&object.text, into),
        None => Ok(()),
    }
}

async fn carry(
    request: &Request,
    into: &Collection,
    transfer: &Transfer,
    conditions: &Conditions,
) -> Outcome<Stored> {
    let holds = |member: Option<&_>| conditions.hold_for(member);
    let (store, account) = (request.store(), &request.account);
    match into.kind {
        CollectionKind::Calendar => {
            let (clock, terms) = (&*request.dav.clock, conditions.terms(&holds));
            let moving = calendar_store::transfer(store, clock, account, transfer, &terms);
            object::named(request, &transfer.to, moving.await).await
        }
        CollectionKind::AddressBook => {
            let moving = address_book::transfer(store, account.id, transfer, &holds).await;
            card::named(request, into, &transfer.to.1, moving)
        }
    }
}

/// Whether what is at the destination may be replaced (RFC 4918, 10.6).
pub(crate) fn overwrite(request: &Request) -> Outcome<Overwrite> {
    match request.field("overwrite").trim() {
        "F" | "f" => Ok(Overwrite::No),
        "" | "T" | "t" => Ok(Overwrite::Yes),
        _ => Err(Failure::bad_request()),
    }
}

/// Where it goes: a member of a collection of the same kind that is there.
async fn destination(request: &Request, kind: CollectionKind) -> Outcome<(Collection, String)> {
    match request.destination()?? {
        // Nothing is put into inbox and outbox (RFC 6638, 2.1 and 2.2).
        other if other.role().is_some() => Err(Failure::forbidden()),
        Resource::Member(its, segment, name) if its == kind => {
            Ok((put::into(request, kind, &segment).await?, name))
        }
        _ => Err(Failure::forbidden()),
    }
}
