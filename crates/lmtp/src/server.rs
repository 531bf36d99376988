//! Listens, keeps the number of sessions bounded, and stops without losing what it took.

mod dismissal;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use pipeline::intake::Intake;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::sleep;

use self::dismissal::Dismissals;
use crate::limits::Limits;
use crate::listen::Listen;
use crate::session::{self, Service, Summary, stopped};
use crate::socket::{self, SocketFile};

/// Pause after a failed accept, most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server that is bound and not yet serving; displays as where it listens.
#[derive(Debug)]
pub struct Server<I> {
    listener: Listener,
    address: Listen,
    service: Arc<Service<I>>,
}

#[derive(Debug)]
enum Listener {
    Tcp(TcpListener),
    Unix {
        listener: UnixListener,
        _file: SocketFile,
    },
}

enum Connection {
    Tcp(TcpStream, IpAddr),
    Unix(UnixStream),
}

impl<I: Intake> Server<I> {
    /// Takes the port or socket; clients can connect from now on.
    ///
    /// A unix socket left by a server that is gone is replaced; one that answers is `AddrInUse`.
    pub async fn bind(
        listen: &Listen,
        limits: Limits,
        hostname: String,
        intake: Arc<I>,
    ) -> io::Result<Self> {
        let (listener, address) = Listener::bind(listen).await?;
        let service = Arc::new(Service {
            hostname,
            limits,
            intake,
        });
        Ok(Self {
            listener,
            address,
            service,
        })
    }

    /// Where it listens; the port is the real one where 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> &Listen {
        &self.address
    }

    /// Serves until `stop` turns true (or its sender is dropped) and every session has ended.
    pub async fn serve(self, mut stop: watch::Receiver<bool>) {
        let mut sessions = JoinSet::new();
        let mut dismissals = Dismissals::default();
        let stop_of_sessions = stop.clone();
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                Some(ended) = sessions.join_next() => log_panic(ended),
                () = dismissals.ended() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok(connection) if sessions.len() < self.service.limits.connections => {
                        self.open(&mut sessions, connection, stop_of_sessions.clone());
                    }
                    Ok(Connection::Tcp(stream, _)) => dismissals.add(stream),
                    Ok(Connection::Unix(stream)) => dismissals.add(stream),
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept an LMTP connection");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        while let Some(ended) = sessions.join_next().await {
            log_panic(ended);
        }
    }

    fn open(
        &self,
        sessions: &mut JoinSet<Summary>,
        connection: Connection,
        stop: watch::Receiver<bool>,
    ) {
        let service = Arc::clone(&self.service);
        match connection {
            Connection::Tcp(stream, peer) => spawn(sessions, service, stream, Some(peer), stop),
            Connection::Unix(stream) => spawn(sessions, service, stream, None, stop),
        }
    }
}

impl<I> fmt::Display for Server<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

fn spawn<S, I>(
    sessions: &mut JoinSet<Summary>,
    service: Arc<Service<I>>,
    stream: S,
    peer: Option<IpAddr>,
    stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    I: Intake,
{
    sessions.spawn(async move { session::run(&service, stream, peer, stop).await });
}

fn log_panic(ended: Result<Summary, JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panicked = error.is_panic(), "an LMTP session broke off");
    }
}

impl Listener {
    async fn bind(listen: &Listen) -> io::Result<(Self, Listen)> {
        match listen {
            Listen::Tcp(address) => {
                let listener = TcpListener::bind(address).await?;
                let address = listener.local_addr()?;
                Ok((Self::Tcp(listener), Listen::Tcp(address)))
            }
            Listen::Unix(path) => {
                let (listener, file) = socket::listen(path).await?;
                Ok((
                    Self::Unix {
                        listener,
                        _file: file,
                    },
                    listen.clone(),
                ))
            }
        }
    }

    async fn accept(&self) -> io::Result<Connection> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Fails only when the client is gone already; the session will notice.
                let _ = stream.set_nodelay(true);
                Ok(Connection::Tcp(stream, peer.ip()))
            }
            Self::Unix { listener, .. } => Ok(Connection::Unix(listener.accept().await?.0)),
        }
    }
}
