//! What a response says of preferences (RFC 8144; RFC 7240, 2 and 3).

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, header};

const MINIMAL: HeaderValue = HeaderValue::from_static("return=minimal");
const VARIED: HeaderValue = HeaderValue::from_static("Prefer, Brief");

/// The methods of which a client may wish to hear little: PROPPATCH says itself when it did.
const TERSE: [&str; 4] = ["PROPFIND", "REPORT", "MKCOL", "MKCALENDAR"];

/// Notes that little is said where that was wished, and that a wish may change the response.
pub(crate) fn say(response: &mut Response<Body>, method: &Method, is_minimal: bool) {
    let fields = response.headers_mut();
    if is_minimal && TERSE.contains(&method.as_str()) {
        fields.insert("preference-applied", MINIMAL);
    }
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        fields.append(header::VARY, VARIED);
    }
}
