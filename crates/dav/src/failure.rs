//! Why a request is not done: a status, and where an RFC names one, the precondition that failed.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::xml::Xml;

/// A response that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// The element of the precondition, as XML with our prefixes.
    pub(crate) condition: Option<String>,
    field: Option<(HeaderName, String)>,
}

/// What a handler gives.
pub(crate) type Outcome<T = Response<Body>> = Result<T, Failure>;

impl Failure {
    pub(crate) fn status(status: StatusCode) -> Self {
        Self {
            status,
            condition: None,
            field: None,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::status(StatusCode::NOT_FOUND)
    }

    pub(crate) fn bad_request() -> Self {
        Self::status(StatusCode::BAD_REQUEST)
    }

    pub(crate) fn forbidden() -> Self {
        Self::status(StatusCode::FORBIDDEN)
    }

    /// 403 with the element of a precondition, such as `C:valid-calendar-data`.
    pub(crate) fn refused(tag: &str) -> Self {
        Self::with(StatusCode::FORBIDDEN, &format!("<{tag}/>"))
    }

    /// 403 with the element of a precondition that names what is in the way.
    pub(crate) fn refused_for(tag: &str, href: &str) -> Self {
        let mut xml = Xml::default();
        xml.open(tag).element("D:href", href).close(tag);
        Self::with(StatusCode::FORBIDDEN, &xml.into_string())
    }

    pub(crate) fn with(status: StatusCode, condition: &str) -> Self {
        Self {
            status,
            condition: Some(condition.to_owned()),
            field: None,
        }
    }

    /// With a header field.
    pub(crate) fn and(self, name: HeaderName, value: impl Into<String>) -> Self {
        Self {
            field: Some((name, value.into())),
            ..self
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let body = self.condition.map(|condition| {
            let mut xml = Xml::document("D:error");
            xml.raw(&condition).close("D:error");
            xml.into_string()
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        let fields = response.headers_mut();
        if let Some((name, value)) = self.field
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            fields.insert(name, value);
        }
        if let Some(body) = body {
            fields.insert(header::CONTENT_TYPE, XML_TYPE);
            *response.body_mut() = Body::from(body);
        }
        response
    }
}

/// The type of every XML body of ours.
pub(crate) const XML_TYPE: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let status = match &error {
            store::Error::Conflict => StatusCode::CONFLICT,
            store::Error::NotFound(_) => StatusCode::NOT_FOUND,
            store::Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(%error, "a DAV request failed");
        }
        Self::status(status)
    }
}
