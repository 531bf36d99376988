//! OPTIONS, and the fields that say what is spoken here.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};

use crate::routes::METHODS;

/// The compliance classes (RFC 4918, 18; RFC 4791, 5.1; RFC 6352, 6.1; RFC 5689, 3.1; RFC 3744, 7.2;
/// RFC 5995, 3.2.1; RFC 6638, 2).
const CLASSES: &str = "1, 3, access-control, extended-mkcol, add-member, calendar-access, \
                       calendar-auto-schedule, addressbook";

pub(crate) fn run() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let fields = response.headers_mut();
    fields.insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

pub(crate) fn say_what_is_spoken(fields: &mut HeaderMap) {
    fields.insert("dav", HeaderValue::from_static(CLASSES));
}
