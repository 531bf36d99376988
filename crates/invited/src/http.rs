//! The HTTP listener: where DAV, `/healthz`, and later the web pages, are served.

mod connection;
pub mod health;
mod limits;
mod patient;
mod unread;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use lmtp::socket::{self, SocketFile};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

pub use self::limits::Limits;
use crate::config::Listen;
use crate::failure::Failure;

/// A bound listener.
pub struct Http {
    listener: Listener,
    limits: Limits,
}

enum Listener {
    Tcp(TcpListener),
    Unix {
        listener: UnixListener,
        path: String,
        _file: SocketFile,
    },
}

enum Stream {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Http {
    /// Listens where the configuration says.
    pub async fn bind(listen: &Listen, limits: Limits) -> Result<Self, Failure> {
        let bound = match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Listener::Tcp),
            Listen::Unix(path) => socket::listen(path).await.map(|(listener, file)| {
                let path = format!("unix:{}", path.display());
                Listener::Unix {
                    listener,
                    path,
                    _file: file,
                }
            }),
        };
        let listener = bound.map_err(|error| {
            Failure::new(format_args!(
                "http.listen: {listen} cannot be listened on: {error}"
            ))
        })?;
        Ok(Self { listener, limits })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> String {
        match &self.listener {
            Listener::Tcp(listener) => listener
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default(),
            Listener::Unix { path, .. } => path.clone(),
        }
    }

    /// Serves until told to stop; requests that are being answered are finished, if that does not
    /// take too long.
    pub async fn serve(self, router: Router, stop: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        let room = Arc::new(Semaphore::new(self.limits.connections));
        let mut stopping = stop.clone();
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stopping) => break,
                Some(ended) = connections.join_next() => log_panic(ended),
                accepted = self.accept(&room) => match accepted {
                    Ok((stream, permit)) => {
                        self.open(&mut connections, stream, permit, &router, &stop);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept an HTTP connection");
                        sleep(limits::ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        let finishing = async {
            while let Some(ended) = connections.join_next().await {
                log_panic(ended);
            }
        };
        if tokio::time::timeout(self.limits.grace, finishing)
            .await
            .is_err()
        {
            tracing::warn!("some HTTP requests were cut off");
        }
    }

    /// The next connection, once there is room for it: until then clients wait in the backlog.
    async fn accept(&self, room: &Arc<Semaphore>) -> io::Result<(Stream, OwnedSemaphorePermit)> {
        let permit = Arc::clone(room).acquire_owned().await;
        let permit = permit.map_err(io::Error::other)?;
        let stream = match &self.listener {
            Listener::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // The last piece of an answer does not wait until the client has acknowledged the one
                // before, which clients put off for 40 ms. Fails only when the client is gone already.
                let _ = stream.set_nodelay(true);
                Stream::Tcp(stream, peer)
            }
            Listener::Unix { listener, .. } => Stream::Unix(listener.accept().await?.0),
        };
        Ok((stream, permit))
    }

    fn open(
        &self,
        connections: &mut JoinSet<()>,
        stream: Stream,
        permit: OwnedSemaphorePermit,
        router: &Router,
        stop: &watch::Receiver<bool>,
    ) {
        let (router, stop) = (router.clone(), stop.clone());
        match stream {
            Stream::Tcp(stream, peer) => {
                let serving = self.one(stream, Some(peer), router, stop, permit);
                connections.spawn(serving);
            }
            Stream::Unix(stream) => {
                let serving = self.one(stream, None, router, stop, permit);
                connections.spawn(serving);
            }
        }
    }

    fn one<S>(
        &self,
        stream: S,
        peer: Option<SocketAddr>,
        router: Router,
        stop: watch::Receiver<bool>,
        permit: OwnedSemaphorePermit,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let limits = self.limits.clone();
        async move {
            connection::serve(stream, peer, router, &limits, stop).await;
            drop(permit);
        }
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panicked = error.is_panic(), "an HTTP connection broke off");
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that has gone means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use axum::http::Uri;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// A server with these limits that says `here`, and which paths it was asked for.
    async fn started(limits: Limits) -> (String, Arc<Mutex<Vec<String>>>, watch::Sender<bool>) {
        let any = "127.0.0.1:0".parse().unwrap();
        let http = Http::bind(&Listen::Tcp(any), limits).await.unwrap();
        let address = http.local_addr();
        let (stop, stopped) = watch::channel(false);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let router = Router::new().fallback(async move |uri: Uri| {
            noted.lock().unwrap().push(uri.path().to_owned());
            "here"
        });
        tokio::spawn(http.serve(router, stopped));
        (address, asked, stop)
    }

    #[tokio::test]
    async fn a_client_that_does_not_ask_is_sent_away() {
        let limits = Limits {
            header: Duration::from_millis(1),
            ..Limits::default()
        };
        let (address, asked, _stop) = started(limits).await;
        for beginning in ["", "GET / HTTP/1.1\r\nHost:"] {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(beginning.as_bytes()).await.unwrap();
            // A reset says the same as an end.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        assert!(asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_is_one_too_many_waits() {
        let limits = Limits {
            connections: 1,
            ..Limits::default()
        };
        let (address, asked, _stop) = started(limits).await;
        let mut first = TcpStream::connect(&address).await.unwrap();
        let mut second = TcpStream::connect(&address).await.unwrap();
        let close = b"GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        for number in 0..100 {
            let request = format!("GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n");
            first.write_all(request.as_bytes()).await.unwrap();
            while first.read_u8().await.unwrap() != b'h' {}
            if number == 0 {
                second.write_all(close).await.unwrap();
            }
        }
        drop(first);
        let mut answer = String::new();
        second.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
        let asked = asked.lock().unwrap();
        assert_eq!(asked.last().map(String::as_str), Some("/second"));
    }
}
