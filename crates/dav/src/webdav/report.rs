//! REPORT (RFC 3253, 3.6): which one is asked of which resource.

use store::{Collection, CollectionKind};

use super::{expand, multiget, principal_match, principal_search, sync};
use crate::failure::{Failure, Outcome};
use crate::request::{Depth, Request};
use crate::resource::Resource;
use crate::scheduling::role::Role;
use crate::xml::{CALDAV, CARDDAV, DAV};
use crate::{caldav, carddav};

/// What a report is about: a collection, or one member of it alone (RFC 4791, 7; RFC 6352, 8).
pub(crate) struct Scope {
    pub(crate) collection: Collection,
    pub(crate) member: Option<String>,
}

impl Scope {
    async fn of(request: &Request) -> Outcome<Option<Self>> {
        let (kind, segment, member) = match &request.resource {
            Resource::Collection(kind, segment) => (*kind, segment, None),
            Resource::Member(kind, segment, name) => (*kind, segment, Some(name.clone())),
            _ => return Ok(None),
        };
        let collection = request.collection(kind, segment).await?;
        if let Some(name) = &member {
            let there = request.find_member(&collection, name).await?;
            there.ok_or_else(Failure::not_found)?;
        }
        Ok(Some(Self { collection, member }))
    }
}

pub(crate) async fn run(mut request: Request) -> Outcome {
    // A report is about what is in a collection, whatever depth a client names; many name none.
    request.depth(Depth::Zero)?;
    let body = request.xml().await?.ok_or_else(Failure::bad_request)?;
    let name = (body.name.namespace.as_str(), body.name.local.as_str());
    match name {
        (DAV, "principal-property-search") => {
            return principal_search::run(&request, &body).await;
        }
        (DAV, "principal-match") => return principal_match::run(&request, &body).await,
        (DAV, "acl-principal-prop-set") => return principal_match::of_acl(&request, &body).await,
        (DAV, "principal-search-property-set") => return Ok(principal_search::properties()),
        (DAV, "expand-property") => return expand::run(&request, &body).await,
        _ => {}
    }
    let unsupported = || Failure::refused("D:supported-report");
    let scope = Scope::of(&request).await?.ok_or_else(unsupported)?;
    match (name, scope.collection.kind) {
        ((DAV, "sync-collection"), _) if scope.member.is_none() => {
            sync::run(request, scope.collection, &body).await
        }
        ((CALDAV, "calendar-multiget"), CollectionKind::Calendar)
        | ((CARDDAV, "addressbook-multiget"), CollectionKind::AddressBook) => {
            multiget::run(request, scope, &body).await
        }
        ((CALDAV, "calendar-query"), CollectionKind::Calendar) => {
            caldav::query::run(request, scope, &body).await
        }
        ((CALDAV, "free-busy-query"), CollectionKind::Calendar)
            if scope.member.is_none() && Role::of(&scope.collection).is_none() =>
        {
            caldav::free_busy::run(request, scope.collection, &body).await
        }
        ((CARDDAV, "addressbook-query"), CollectionKind::AddressBook) => {
            carddav::query::run(request, scope, &body).await
        }
        _ => Err(unsupported()),
    }
}
