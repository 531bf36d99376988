//! OPTIONS, and the fields that say what is spoken here.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use crate::failure::Failure;
use crate::resource::Resource;
use crate::scheduling::role::Role;

/// The methods that some resource has.
const METHODS: &str = "OPTIONS, GET, HEAD, POST, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, MKCOL, \
                       MKCALENDAR, COPY, MOVE, ACL";

/// Methods that the RFCs know and that nothing has here, locks first.
const ELSEWHERE: [&str; 21] = [
    "LOCK",
    "UNLOCK",
    "PATCH",
    "TRACE",
    "CONNECT",
    "SEARCH",
    "BIND",
    "UNBIND",
    "REBIND",
    "VERSION-CONTROL",
    "CHECKIN",
    "CHECKOUT",
    "UNCHECKOUT",
    "UPDATE",
    "LABEL",
    "MERGE",
    "MKWORKSPACE",
    "MKACTIVITY",
    "BASELINE-CONTROL",
    "ORDERPATCH",
    "QUERY",
];

/// The compliance classes (RFC 4918, 18; RFC 4791, 5.1; RFC 6352, 6.1; RFC 5689, 3.1; RFC 3744, 7.2;
/// RFC 5995, 3.2.1; RFC 6638, 2; RFC 7953, 7.2.1).
const CLASSES: &str = "1, 3, access-control, extended-mkcol, add-member, calendar-access, \
                       calendar-auto-schedule, calendar-availability, addressbook";

pub(crate) fn run() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let fields = response.headers_mut();
    fields.insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

pub(crate) fn say_what_is_spoken(fields: &mut HeaderMap) {
    fields.insert("dav", HeaderValue::from_static(CLASSES));
}

/// The methods that a resource of this kind has when it is there.
pub(crate) fn allowed(resource: &Resource) -> &'static str {
    match (resource.role(), resource) {
        (Some(Role::Outbox), Resource::Collection(..)) => "OPTIONS, POST, PROPFIND, PROPPATCH, ACL",
        (Some(_), Resource::Collection(..)) => "OPTIONS, PROPFIND, PROPPATCH, REPORT, ACL",
        (Some(_), _) => "OPTIONS, GET, HEAD, DELETE, PROPFIND, REPORT, ACL",
        (None, Resource::Collection(..)) => {
            "OPTIONS, POST, DELETE, PROPFIND, PROPPATCH, REPORT, COPY, MOVE, ACL"
        }
        (None, Resource::Member(..)) => {
            "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, COPY, MOVE, ACL"
        }
        _ => "OPTIONS, PROPFIND, PROPPATCH, REPORT, ACL",
    }
}

/// 405, or 501 for a method that nobody knows (RFC 9110, 15.6.2).
pub(crate) fn refusal(method: &Method) -> Failure {
    let mut known = METHODS.split(", ").chain(ELSEWHERE);
    Failure::status(match known.any(|one| one == method.as_str()) {
        true => StatusCode::METHOD_NOT_ALLOWED,
        false => StatusCode::NOT_IMPLEMENTED,
    })
}
