//! REPORT (RFC 3253, 3.6): which one is asked of which resource.

use store::CollectionKind;

use super::{expand, multiget, principal_match, principal_search, sync};
use crate::failure::{Failure, Outcome};
use crate::request::{Depth, Request};
use crate::resource::Resource;
use crate::scheduling::role::Role;
use crate::xml::{CALDAV, CARDDAV, DAV};
use crate::{caldav, carddav};

pub(crate) async fn run(mut request: Request) -> Outcome {
    // A report is about what is in a collection, whatever depth a client names; many name none.
    request.depth(Depth::Zero)?;
    let body = request.xml().await?.ok_or_else(Failure::bad_request)?;
    let collection = match &request.resource {
        Resource::Collection(kind, segment) => Some(request.collection(*kind, segment).await?),
        _ => None,
    };
    let kind = collection.as_ref().map(|one| one.kind);
    let name = (body.name.namespace.as_str(), body.name.local.as_str());
    match (name, kind, collection) {
        ((DAV, "principal-property-search"), ..) => principal_search::run(&request, &body).await,
        ((DAV, "principal-match"), ..) => principal_match::run(&request, &body).await,
        ((DAV, "acl-principal-prop-set"), ..) => principal_match::of_acl(&request, &body).await,
        ((DAV, "principal-search-property-set"), ..) => Ok(principal_search::properties()),
        ((DAV, "expand-property"), ..) => expand::run(&request, &body).await,
        ((DAV, "sync-collection"), _, Some(one)) => sync::run(request, one, &body).await,
        ((CALDAV, "calendar-multiget"), Some(CollectionKind::Calendar), Some(one))
        | ((CARDDAV, "addressbook-multiget"), Some(CollectionKind::AddressBook), Some(one)) => {
            multiget::run(request, one, &body).await
        }
        ((CALDAV, "calendar-query"), Some(CollectionKind::Calendar), Some(one)) => {
            caldav::query::run(request, one, &body).await
        }
        ((CALDAV, "free-busy-query"), Some(CollectionKind::Calendar), Some(one))
            if Role::of(&one).is_none() =>
        {
            caldav::free_busy::run(request, one, &body).await
        }
        ((CARDDAV, "addressbook-query"), Some(CollectionKind::AddressBook), Some(one)) => {
            carddav::query::run(request, one, &body).await
        }
        _ => Err(Failure::refused("D:supported-report")),
    }
}
