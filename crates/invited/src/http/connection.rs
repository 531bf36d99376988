//! One HTTP connection: its requests, one after another.

use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header;
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
        router.call(request)
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
