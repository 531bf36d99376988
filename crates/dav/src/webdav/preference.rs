//! What a response says of preferences (RFC 8144; RFC 7240, 2 and 3).

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, header};

use crate::request::{Depth, Prefer, Request};

const VARIED: HeaderValue = HeaderValue::from_static("Prefer, Brief");

/// The preferences of a request that its response follows, but for those that a handler notes itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Followed {
    is_minimal: bool,
    has_no_root: bool,
    is_varied: bool,
}

impl Followed {
    pub(crate) fn by(request: &Request) -> Self {
        let method = request.method.as_str();
        let is_terse = matches!(method, "PROPFIND" | "REPORT" | "MKCOL" | "MKCALENDAR");
        let is_list = method == "PROPFIND" && request.depth(Depth::Infinity) == Ok(Depth::One);
        Self {
            is_minimal: is_terse && request.prefer() == Prefer::Minimal,
            has_no_root: is_list && request.wants_no_root(),
            is_varied: !matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS),
        }
    }

    /// Notes them, and that others would have changed the response.
    pub(crate) fn say(self, response: &mut Response<Body>) {
        let fields = response.headers_mut();
        let names = [
            (self.is_minimal, "return=minimal"),
            (self.has_no_root, "depth-noroot"),
        ];
        for (_, name) in names.into_iter().filter(|(is_followed, _)| *is_followed) {
            fields.append("preference-applied", HeaderValue::from_static(name));
        }
        if self.is_varied {
            fields.append(header::VARY, VARIED);
        }
    }
}
