//! GET and HEAD of a member.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use store::{CollectionKind, Member, Revision};

use super::condition::Conditions;
use super::property::content_type;
use super::{date, etag};
use crate::failure::{Failure, Outcome};
use crate::request::Request;

pub(crate) async fn run(
    request: Request,
    kind: CollectionKind,
    segment: String,
    name: String,
) -> Outcome {
    let conditions = Conditions::of(&request).await?;
    let collection = request.collection(kind, &segment).await?;
    let member = request.find_member(&collection, &name).await?;
    let member = member.ok_or_else(Failure::not_found)?;
    if !conditions.let_read(&member) {
        return Err(Failure::status(StatusCode::PRECONDITION_FAILED));
    }
    if conditions.is_not_modified(&member) {
        let not_modified = Failure::status(StatusCode::NOT_MODIFIED);
        return Err(not_modified.and(header::ETAG, etag::of(member.revision)));
    }
    Ok(of(&request, kind, member, StatusCode::OK))
}

/// Says what If-Schedule-Tag-Match may name (RFC 6638, 8.2).
pub(crate) fn put_schedule_tag(fields: &mut HeaderMap, revision: Revision) {
    if let Ok(tag) = HeaderValue::from_str(&etag::schedule_tag(revision)) {
        fields.insert("schedule-tag", tag);
    }
}

/// A response that is the member.
pub(crate) fn of(
    request: &Request,
    of: CollectionKind,
    member: Member,
    status: StatusCode,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let fields = response.headers_mut();
    let kind = HeaderValue::from_static(content_type(of));
    fields.insert(header::CONTENT_TYPE, kind);
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from(member.text.len()));
    let nosniff = HeaderValue::from_static("nosniff");
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    if let Ok(tag) = HeaderValue::from_str(&etag::of(member.revision)) {
        fields.insert(header::ETAG, tag);
    }
    let changed = date::print(member.changed);
    if let Some(changed) = changed.and_then(|at| HeaderValue::try_from(at).ok()) {
        fields.insert(header::LAST_MODIFIED, changed);
    }
    if of == CollectionKind::Calendar && request.resource.role().is_none() {
        put_schedule_tag(fields, member.schedule_tag);
    }
    if request.method != Method::HEAD {
        *response.body_mut() = Body::from(member.text);
    }
    response
}
