//! One HTTP connection: its requests, one after another.

use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Response, StatusCode, Uri, Version, header};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::patient::Patient;
use super::unread::Unread;
use super::{Limits, stopped};

/// The most octets of a request's header.
const HEADER: usize = 64 << 10;

/// Answers until the client leaves or is too slow, or the server stops and what was asked is answered.
pub(super) async fn serve<S>(
    stream: S,
    peer: Option<SocketAddr>,
    router: Router,
    limits: &Limits,
    mut stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let is_expecting = request.headers().contains_key(header::EXPECT);
        let mut request = request.map(|body| Body::new(Unread::new(Body::new(body), is_expecting)));
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answer = whom(&request).map(|()| router.call(about(request)));
        async move {
            match answer {
                Ok(answer) => answer.await,
                Err(status) => {
                    let mut refusal = Response::new(Body::empty());
                    *refusal.status_mut() = status;
                    Ok(refusal)
                }
            }
        }
    });
    let stream = TokioIo::new(Patient::new(stream, limits.idle));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .max_buf_size(HEADER)
            .serve_connection(stream, service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "an HTTP connection ended early");
    }
}

/// Whether the request says whom it is for: since HTTP/1.1 it must, once (RFC 9112, 3.2).
fn whom<T>(request: &Request<T>) -> Result<(), StatusCode> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    match (request.version(), hosts) {
        (_, 1) | (Version::HTTP_10, 0) => Ok(()),
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

/// What the server as a whole can do (`OPTIONS *`) is what its DAV can: pages speak of themselves.
fn about<T>(mut request: Request<T>) -> Request<T> {
    if request.method() == Method::OPTIONS && request.uri().path() == "*" {
        *request.uri_mut() = Uri::from_static("/dav/");
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_once_whom_it_is_for() {
        let status = |version, hosts: &[&str]| {
            let mut request = Request::builder().version(version);
            for host in hosts {
                request = request.header(header::HOST, *host);
            }
            whom(&request.body(()).unwrap()).err()
        };
        assert_eq!(status(Version::HTTP_11, &["a"]), None);
        assert_eq!(status(Version::HTTP_10, &[]), None);
        let refused = Some(StatusCode::BAD_REQUEST);
        assert_eq!(status(Version::HTTP_11, &[]), refused);
        assert_eq!(status(Version::HTTP_11, &["a", "b"]), refused);
    }

    #[test]
    fn the_whole_server_is_asked_as_dav() {
        let asked = |method: Method, uri: &str| {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            about(request).uri().path().to_owned()
        };
        assert_eq!(asked(Method::OPTIONS, "*"), "/dav/");
        assert_eq!(asked(Method::OPTIONS, "/x"), "/x");
    }
}
