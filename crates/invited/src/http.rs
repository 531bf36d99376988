//! The HTTP listener: where DAV, and later the web pages, are served.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;

use crate::config::Listen;
use crate::failure::Failure;

/// How long requests may go on after the server was told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bound listener.
pub enum Http {
    /// On an address.
    Tcp(TcpListener),
    /// On a unix socket, for a proxy.
    Unix(UnixListener, String),
}

impl Http {
    /// Listens where the configuration says.
    pub async fn bind(listen: &Listen) -> Result<Self, Failure> {
        let bound = match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            Listen::Unix(path) => bind_unix(path).await,
        };
        bound.map_err(|error| {
            Failure::new(format_args!(
                "http.listen: {listen} cannot be listened on: {error}"
            ))
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> String {
        match self {
            Self::Tcp(listener) => listener
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default(),
            Self::Unix(_, path) => path.clone(),
        }
    }

    /// Serves until told to stop; requests that are being answered are finished, if that does not
    /// take too long.
    pub async fn serve(self, router: Router, stop: watch::Receiver<bool>) {
        let late = async {
            stopped(stop.clone()).await;
            tokio::time::sleep(PATIENCE).await;
        };
        let serving = self.run(router, stop.clone());
        tokio::select! {
            served = serving => {
                if let Err(error) = served {
                    tracing::error!(%error, "HTTP is no longer served");
                }
            }
            () = late => tracing::warn!("some HTTP requests were cut off"),
        }
    }

    async fn run(self, router: Router, stop: watch::Receiver<bool>) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => {
                let service = router.into_make_service_with_connect_info::<SocketAddr>();
                let server = axum::serve(listener.tap_io(send_at_once), service);
                server.with_graceful_shutdown(stopped(stop)).await
            }
            Self::Unix(listener, _) => {
                let server = axum::serve(listener, router.into_make_service());
                server.with_graceful_shutdown(stopped(stop)).await
            }
        }
    }
}

/// The last piece of an answer does not wait until the client has acknowledged the one before, which
/// clients put off for 40 ms.
fn send_at_once(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "an HTTP connection sends with delay");
    }
}

/// Takes the place of a socket that nobody listens on any more.
async fn bind_unix(path: &Path) -> io::Result<Http> {
    let listener = match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            match UnixStream::connect(path).await {
                Err(refused) if refused.kind() == io::ErrorKind::ConnectionRefused => {
                    std::fs::remove_file(path)?;
                    UnixListener::bind(path)?
                }
                _ => return Err(error),
            }
        }
        bound => bound?,
    };
    Ok(Http::Unix(listener, format!("unix:{}", path.display())))
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that has gone means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}
