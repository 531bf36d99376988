//! MKCOL, plain and extended (RFC 5689); MKCALENDAR makes collections by the same way.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use store::{CollectionKind, NewCollection};

use super::condition::{Conditions, State};
use super::node::Node;
use super::patch::{Of, Patch};
use super::proppatch::propstats;
use crate::failure::{Failure, Outcome, XML_TYPE};
use crate::request::Request;
use crate::resource::Resource;
use crate::xml::{CALDAV, CARDDAV, DAV, Element, Name, Xml};

/// A collection that is made in a home is of the home's kind, for there are no others.
pub(crate) async fn run(mut request: Request) -> Outcome {
    let body = request.fields.contains_key(header::CONTENT_TYPE);
    let update = match request.xml().await {
        Err(failure) if failure.status == StatusCode::BAD_REQUEST && body => {
            return Err(match is_xml(&request) {
                true => failure,
                false => Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            });
        }
        other => other?,
    };
    let kind = match &request.resource {
        Resource::Collection(kind, _) => *kind,
        _ => return Err(not_here(&request).await),
    };
    match update {
        Some(update) if !update.is(DAV, "mkcol") => {
            Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
        }
        update => make(&request, kind, update.as_ref(), "D:mkcol-response").await,
    }
}

fn is_xml(request: &Request) -> bool {
    request
        .field("content-type")
        .to_ascii_lowercase()
        .contains("xml")
}

/// Why a path cannot be that of a new collection: something is there, or there is no collection in a
/// collection, nor in one that is not there (RFC 4918, 9.3.1).
pub(crate) async fn not_here(request: &Request) -> Failure {
    let Resource::Member(kind, segment, _) = &request.resource else {
        return taken();
    };
    if request.collection(*kind, segment).await.is_err() {
        return Failure::status(StatusCode::CONFLICT);
    }
    match Node::find(request).await {
        Ok(_) => taken(),
        Err(_) => Failure::forbidden(),
    }
}

/// Something is there already (RFC 4918, 9.3.1; RFC 4791, 5.3.1.1).
pub(crate) fn taken() -> Failure {
    Failure::with(StatusCode::METHOD_NOT_ALLOWED, "<D:resource-must-be-null/>")
}

/// Whether the resource type that is wanted, if one is, is what the home has.
fn is_of_kind(update: &Element, kind: CollectionKind) -> bool {
    let sets = update.all(DAV, "set").flat_map(|set| set.all(DAV, "prop"));
    let mut types = sets.filter_map(|prop| prop.child(DAV, "resourcetype"));
    types.all(|wanted| {
        let is_calendar = wanted.child(CALDAV, "calendar").is_some();
        let is_book = wanted.child(CARDDAV, "addressbook").is_some();
        let known = wanted.elements().all(|one| {
            one.is(DAV, "collection")
                || one.is(CALDAV, "calendar")
                || one.is(CARDDAV, "addressbook")
        });
        let fits = match kind {
            CollectionKind::Calendar => is_calendar && !is_book,
            CollectionKind::AddressBook => is_book && !is_calendar,
        };
        known && fits && wanted.child(DAV, "collection").is_some()
    })
}

/// Makes the collection that the request names, with its properties, or nothing.
pub(crate) async fn make(
    request: &Request,
    kind: CollectionKind,
    update: Option<&Element>,
    root: &str,
) -> Outcome {
    let Resource::Collection(_, segment) = &request.resource else {
        return Err(not_here(request).await);
    };
    let mut patch = update
        .map(|update| Patch::of(update, Of::New(kind)))
        .transpose()?
        .unwrap_or_default();
    if update.is_some_and(|update| !is_of_kind(update, kind)) {
        let name = Name::new(DAV, "resourcetype");
        patch.refuse(&name, "<D:valid-resourcetype/>");
    }
    let (store, account) = (request.store(), request.account.id);
    if !patch.refused.is_empty() {
        return Ok(refusal(&patch, root));
    }
    let present = store.collections(account, kind).await?;
    if present.iter().any(|one| one.segment == *segment) {
        return Err(taken());
    }
    let conditions = Conditions::of(request).await?;
    conditions.require(State::Missing)?;
    if present.len() >= request.dav.limits.collections {
        return Err(Failure::status(StatusCode::INSUFFICIENT_STORAGE));
    }
    let new = NewCollection {
        kind,
        segment: segment.clone(),
        name: patch.changes.name.unwrap_or_else(|| segment.clone()),
        properties: patch.changes.set,
    };
    match store.collection_add(account, new).await {
        Err(store::Error::Conflict) => Err(taken()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(created()),
    }
}

fn created() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// Says which properties are in the way.
fn refusal(patch: &Patch, root: &str) -> Response<Body> {
    let mut xml = Xml::document(root);
    propstats(&mut xml, patch);
    xml.close(root);
    let mut response = Response::new(Body::from(xml.into_string()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, XML_TYPE);
    response
}
