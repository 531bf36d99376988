//! All routes on one page: which method does what to which resource.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::routing::{any, get as get_route};

use crate::Dav;
use crate::apple_profile;
use crate::caldav::mkcalendar;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::{BadPath, Resource};
use crate::scheduling::role::Role;
use crate::scheduling::{inbox, outbox};
use crate::webdav::node::Node;
use crate::webdav::preference::Followed;
use crate::webdav::{
    add_member, collection, delete, get, mkcol, options, privilege, propfind, proppatch, put,
    report, transfer,
};

/// What makes something; where what it would be in is no collection, it says 409 (RFC 4918, 9.3.1).
const MAKING: [&str; 3] = ["PUT", "MKCOL", "MKCALENDAR"];

pub(crate) fn router(dav: Arc<Dav>) -> Router {
    let well_known = any(well_known);
    Router::new()
        .route("/.well-known/caldav", well_known.clone())
        .route("/.well-known/caldav/", well_known.clone())
        .route("/.well-known/carddav", well_known.clone())
        .route("/.well-known/carddav/", well_known)
        .route("/account/apple.mobileconfig", get_route(profile))
        .route("/dav", any(enter))
        .route("/dav/", any(enter))
        .route("/dav/{*path}", any(enter))
        .with_state(dav)
}

/// Any method goes to the root (RFC 6764, 5).
async fn well_known() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let fields = response.headers_mut();
    fields.insert(header::LOCATION, HeaderValue::from_static("/dav/"));
    response
}

async fn enter(State(dav): State<Arc<Dav>>, request: HttpRequest) -> Response<Body> {
    // Who says no name wants to know what is spoken here before he has a password.
    let is_stranger = !request.headers().contains_key(header::AUTHORIZATION);
    let outcome = match request.method() == Method::OPTIONS && is_stranger {
        true => Ok(options::run()),
        false => admitted(dav, request).await,
    };
    let mut response = outcome.unwrap_or_else(Failure::into_response);
    options::say_what_is_spoken(response.headers_mut());
    response
}

async fn profile(State(dav): State<Arc<Dav>>, request: HttpRequest) -> Response<Body> {
    if dav.public_url.is_empty() {
        return Failure::not_found().into_response();
    }
    let peer = peer(&request);
    match dav.gate.enter(request.headers(), peer).await {
        Ok(account) => apple_profile::response(&dav.public_url, &account),
        Err(failure) => failure.into_response(),
    }
}

/// Finds out who asks for what, and does it.
async fn admitted(dav: Arc<Dav>, request: HttpRequest) -> Outcome {
    let peer = peer(&request);
    let (parts, body) = request.into_parts();
    let account = dav.gate.enter(&parts.headers, peer).await?;
    let resource = match Resource::parse(parts.uri.path(), &account) {
        Err(BadPath::TooDeep) if MAKING.contains(&parts.method.as_str()) => {
            return Err(Failure::status(StatusCode::CONFLICT));
        }
        parsed => parsed?,
    };
    let request = Request {
        dav,
        account,
        resource,
        method: parts.method,
        fields: parts.headers,
        body: Mutex::new(body),
    };
    answered(request).await
}

/// Does it, and says what goes for all methods.
async fn answered(request: Request) -> Outcome {
    let (resource, method) = (request.resource.clone(), request.method.clone());
    let (followed, href) = (Followed::by(&request), resource.href(&request.account));
    match dispatch(request).await {
        Ok(mut response) => {
            followed.say(&mut response);
            Ok(response)
        }
        Err(failure) if failure.status == StatusCode::METHOD_NOT_ALLOWED => {
            Err(failure.and(header::ALLOW, options::allowed(&resource)))
        }
        Err(mut failure) if failure.status == StatusCode::FORBIDDEN => {
            let need = || Some(privilege::need(privilege::needed(&method)?, &href));
            failure.condition = failure.condition.or_else(need);
            Err(failure)
        }
        Err(failure) => Err(failure),
    }
}

async fn dispatch(request: Request) -> Outcome {
    if let Some(role) = request.resource.role() {
        return scheduled(request, role).await;
    }
    let method = request.method.clone();
    match (method.as_str(), request.resource.clone()) {
        ("GET" | "HEAD", Resource::Member(kind, segment, name)) => {
            get::run(request, kind, segment, name).await
        }
        ("PUT", Resource::Member(kind, segment, name)) => {
            put::run(request, kind, segment, name).await
        }
        ("POST", Resource::Collection(kind, segment)) => {
            add_member::run(request, kind, segment).await
        }
        ("DELETE", Resource::Member(kind, segment, name)) => {
            delete::member(request, kind, segment, name).await
        }
        ("DELETE", Resource::Collection(kind, segment)) => {
            delete::collection(request, kind, segment).await
        }
        ("COPY" | "MOVE", Resource::Member(kind, segment, name)) => {
            transfer::run(request, kind, segment, name).await
        }
        ("COPY" | "MOVE", Resource::Collection(kind, segment)) => {
            collection::run(request, kind, segment).await
        }
        ("OPTIONS", _) => Ok(options::run()),
        ("MKCALENDAR", _) => mkcalendar::run(request).await,
        ("MKCOL", _) => mkcol::run(request).await,
        ("PROPFIND", _) => propfind::run(request).await,
        ("PROPPATCH", _) => proppatch::run(request).await,
        ("REPORT", _) => report::run(request).await,
        ("ACL", _) => {
            Node::find(&request).await?;
            Err(Failure::forbidden())
        }
        ("DELETE" | "COPY" | "MOVE", _) => Err(Failure::forbidden()),
        ("PUT", Resource::Collection(..)) => match Node::find(&request).await {
            Ok(_) => Err(options::refusal(&method)),
            Err(_) => Err(Failure::forbidden()),
        },
        ("PUT", _) => Err(Failure::forbidden()),
        ("GET" | "HEAD" | "POST", _) => {
            Node::find(&request).await?;
            Err(options::refusal(&method))
        }
        _ => Err(options::refusal(&method)),
    }
}

/// What is done to the inbox, to the outbox, and to what is in them.
async fn scheduled(request: Request, role: Role) -> Outcome {
    let method = request.method.clone();
    match (method.as_str(), role, request.resource.clone()) {
        ("PROPFIND", ..) => propfind::run(request).await,
        ("REPORT", Role::Inbox, _) => report::run(request).await,
        ("PROPPATCH", _, Resource::Collection(..)) => proppatch::run(request).await,
        ("POST", Role::Outbox, Resource::Collection(..)) => outbox::run(request).await,
        ("GET" | "HEAD", _, Resource::Member(kind, segment, name)) => {
            get::run(request, kind, segment, name).await
        }
        ("DELETE", Role::Inbox, Resource::Member(_, _, name)) => {
            inbox::dismiss(&request, &name).await
        }
        ("OPTIONS", ..) => Ok(options::run()),
        ("MKCOL" | "MKCALENDAR", _, Resource::Collection(..)) => Err(mkcol::taken()),
        ("PUT", _, Resource::Collection(..)) => Err(options::refusal(&method)),
        ("PUT" | "DELETE" | "COPY" | "MOVE" | "PROPPATCH" | "REPORT" | "ACL", ..)
        | ("MKCOL" | "MKCALENDAR", _, Resource::Member(..)) => Err(Failure::forbidden()),
        _ => Err(options::refusal(&method)),
    }
}

/// Who is at the other end; behind a proxy on this machine, whom the proxy names.
fn peer(request: &HttpRequest) -> IpAddr {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = connected.map_or(Ipv4Addr::LOCALHOST.into(), |info| info.0.ip());
    match address.is_loopback() {
        true => forwarded_for(request.headers()).unwrap_or(address),
        false => address,
    }
}

/// The last address of the last field: the one that our own proxy added.
fn forwarded_for(fields: &HeaderMap) -> Option<IpAddr> {
    let last = fields.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}
