//! WebDAV (RFC 4918, classes 1 and 3), CalDAV (RFC 4791) with scheduling (RFC 6638) and CardDAV (RFC
//! 6352) over the calendars and address books of accounts.
//!
//! [`router`] gives the whole as an axum router. Paths are data: `resource` says what a path names,
//! and `routes` which method does what to it.

mod apple_profile;
mod auth;
mod authority;
mod body;
mod budget;
mod caldav;
mod carddav;
mod failure;
mod limits;
mod request;
mod resource;
mod routes;
mod scheduling;
mod text_match;
mod webdav;
mod xml;

use std::sync::Arc;

use axum::Router;
use pipeline::clock::Clock;
use store::{Collections, Timestamp};

pub use auth::{app_password, verify};
pub use limits::Limits;

use crate::auth::Gate;

/// What the resources are made from.
pub struct Dav {
    store: Arc<dyn Collections>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    gate: Gate,
    hold: Timestamp,
    public_url: String,
}

impl Dav {
    /// DAV over a store.
    pub fn new(store: Arc<dyn Collections>, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self {
            gate: Gate::new(Arc::clone(&store)),
            store,
            clock,
            limits,
            hold: 0,
            public_url: String::new(),
        }
    }

    /// With the URL that people reach the server at; without one there is no profile for Apple's devices.
    #[must_use]
    pub fn published_at(self, public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            ..self
        }
    }

    /// With this hold for what may be taken back (rules F2 and F8); without it nothing waits.
    #[must_use]
    pub fn holding(self, hold: Timestamp) -> Self {
        Self { hold, ..self }
    }
}

/// Everything below `/dav/`, `/.well-known/caldav` and `/.well-known/carddav`, and
/// `/account/apple.mobileconfig`.
///
/// The service wants to know the peer's address: serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn router(dav: Dav) -> Router {
    routes::router(Arc::new(dav))
}
