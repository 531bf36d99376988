//! Time-outs, the connection limit, stopping, and unix sockets.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use std::os::unix::net::UnixListener as BlockingUnixListener;
use std::sync::Arc;
use std::time::Duration;

use fake::{MemoryIntake, PATIENCE, Running, any_port, start};
use lmtp::session::{self, End, Service};
use lmtp::{Limits, Listen, Server};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// A time-out that the test waits for.
const SHORT: Duration = Duration::from_millis(50);

/// A silence that no busy machine makes by itself.
const SILENCE: Duration = Duration::from_millis(500);

struct Peer(BufReader<TcpStream>);

impl Peer {
    async fn connect(server: &Running) -> Self {
        let Listen::Tcp(address) = server.address else {
            panic!("a port")
        };
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    /// Connects and reads the greeting.
    async fn greeted(server: &Running) -> Self {
        let mut peer = Self::connect(server).await;
        assert!(peer.line().await.starts_with("220 "));
        peer
    }

    async fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.0.read_line(&mut line))
            .await
            .unwrap()
            .unwrap();
        line
    }

    /// Everything up to the end of the connection.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        timeout(PATIENCE, self.0.read_to_string(&mut rest))
            .await
            .unwrap()
            .unwrap();
        rest
    }

    /// Goes as far as 354.
    async fn begin_data(&mut self, recipient: &str) {
        self.say(&format!(
            "LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<{recipient}@example.org>\r\nDATA\r\n"
        ))
        .await;
        loop {
            match self.line().await {
                line if line.starts_with("354 ") => return,
                line => assert!(line.starts_with("2"), "{line}"),
            }
        }
    }
}

#[tokio::test]
async fn a_silent_client_is_dismissed() {
    let limits = Limits {
        idle: SILENCE,
        ..Limits::default()
    };
    let server = start(&any_port(), limits).await;
    let mut peer = Peer::greeted(&server).await;
    assert_eq!(peer.rest().await, "421 4.4.2 idle for too long\r\n");
    let mut peer = Peer::greeted(&server).await;
    peer.begin_data("alice").await;
    peer.say("half a mess").await;
    assert_eq!(peer.rest().await, "421 4.4.2 idle for too long\r\n");
    assert_eq!(server.intake.messages(), []);
    server.finish().await;
}

/// Sends a piece again and again until the server closes; silence is never long enough for `idle`.
async fn drip(peer: &mut Peer, piece: &str) -> String {
    let (mut reader, mut writer) = peer.0.get_mut().split();
    let speak = async {
        loop {
            if writer.write_all(piece.as_bytes()).await.is_err() {
                return std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut heard = String::new();
    tokio::select! {
        () = speak => {}
        // A reset after the last reply is as good as an end.
        _ = reader.read_to_string(&mut heard) => {}
    }
    heard
}

#[tokio::test]
async fn a_session_that_drips_commands_ends() {
    let limits = Limits {
        session: SHORT,
        ..Limits::default()
    };
    let server = start(&any_port(), limits).await;
    let mut peer = Peer::greeted(&server).await;
    let heard = timeout(PATIENCE, drip(&mut peer, "N")).await.unwrap();
    assert_eq!(heard, "421 4.4.2 this took too long\r\n");
    drop(peer);
    server.finish().await;
}

#[tokio::test]
async fn a_message_that_drips_ends() {
    let limits = Limits {
        data: SHORT,
        ..Limits::default()
    };
    let server = start(&any_port(), limits).await;
    let mut peer = Peer::greeted(&server).await;
    peer.begin_data("alice").await;
    let heard = timeout(PATIENCE, drip(&mut peer, "x\r\n")).await.unwrap();
    assert_eq!(heard, "421 4.4.2 this took too long\r\n");
    assert_eq!(server.intake.messages(), []);
    drop(peer);
    server.finish().await;
}

#[tokio::test]
async fn a_full_server_says_so_and_has_room_again() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let server = start(&any_port(), limits).await;
    let mut first = Peer::greeted(&server).await;
    let _second = Peer::greeted(&server).await;
    let mut third = Peer::connect(&server).await;
    assert_eq!(
        third.rest().await,
        "421 4.3.2 too many connections, try again later\r\n"
    );
    first.say("QUIT\r\n").await;
    assert!(first.rest().await.starts_with("221 "));
    // The place is free once the server has noticed; until then it says 421.
    loop {
        let mut next = Peer::connect(&server).await;
        if next.line().await.starts_with("220 ") {
            break;
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn a_stop_finishes_the_message_under_way() {
    let server = start(&any_port(), Limits::default()).await;
    let mut idle = Peer::greeted(&server).await;
    let mut sending = Peer::greeted(&server).await;
    sending.begin_data("alice").await;
    sending.say("first half\r\n").await;
    let mut held = Peer::greeted(&server).await;
    held.begin_data("held").await;
    held.say("whole\r\n.\r\nNOOP\r\n").await;
    server.intake.waiting.acquire().await.unwrap().forget();

    server.stop.send(true).unwrap();
    assert_eq!(idle.rest().await, "421 4.3.2 shutting down\r\n");
    sending.say("second half\r\n.\r\nMAIL FROM:<>\r\n").await;
    assert_eq!(
        sending.rest().await,
        "250 2.0.0 delivered\r\n421 4.3.2 shutting down\r\n"
    );
    assert!(!server.serving.is_finished());
    server.intake.gate.add_permits(1);
    assert_eq!(
        held.rest().await,
        "250 2.0.0 delivered\r\n421 4.3.2 shutting down\r\n"
    );
    drop((idle, sending, held));
    let intake = Arc::clone(&server.intake);
    timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    let texts: Vec<Vec<u8>> = intake
        .messages()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(
        texts,
        [
            b"first half\r\nsecond half\r\n".to_vec(),
            b"whole\r\n".to_vec()
        ]
    );
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_the_grace() {
    let limits = Limits {
        grace: SHORT,
        ..Limits::default()
    };
    let server = start(&any_port(), limits).await;
    let mut stalled = Peer::greeted(&server).await;
    stalled.begin_data("alice").await;
    stalled.say("and then nothing\r\n").await;
    server.stop.send(true).unwrap();
    assert_eq!(stalled.rest().await, "421 4.3.2 shutting down\r\n");
    drop(stalled);
    timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert_eq!(server.intake.messages(), []);
}

#[tokio::test]
async fn a_client_that_leaves_after_the_dot_has_its_mail_delivered() {
    let server = start(&any_port(), Limits::default()).await;
    let mut peer = Peer::greeted(&server).await;
    peer.begin_data("held").await;
    peer.say("x\r\n.\r\n").await;
    server.intake.waiting.acquire().await.unwrap().forget();
    drop(peer);
    server.intake.gate.add_permits(1);
    let intake = Arc::clone(&server.intake);
    server.finish().await;
    assert_eq!(intake.messages().len(), 1);
}

#[tokio::test]
async fn a_client_that_does_not_read_cannot_hold_up_a_stop() {
    let service = Service {
        hostname: "mx.example".to_owned(),
        limits: Limits {
            grace: SHORT,
            ..Limits::default()
        },
        intake: Arc::new(MemoryIntake::default()),
    };
    let (mut ours, theirs) = tokio::io::duplex(256);
    let (stop, stopping) = watch::channel(false);
    let session = tokio::spawn(async move { session::run(&service, theirs, None, stopping).await });
    // Ends when both directions are full: the session waits for its reader by then.
    while timeout(SILENCE, ours.write_all(b"VRFY x\r\n"))
        .await
        .is_ok()
    {}
    stop.send(true).unwrap();
    let summary = timeout(PATIENCE, session).await.unwrap().unwrap();
    assert_eq!(summary.end, End::Closed);
}

/// A client whose next octets are always there already never lets a time-out fire by itself.
#[tokio::test]
async fn a_flood_of_data_ends_too() {
    let service = Service {
        hostname: "mx.example".to_owned(),
        limits: Limits {
            data: SHORT,
            message_size: 1000,
            ..Limits::default()
        },
        intake: Arc::new(MemoryIntake::default()),
    };
    let open = b"LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n";
    let flood = tokio::io::join(open.chain(tokio::io::repeat(b'x')), tokio::io::sink());
    let (_stop, stopping) = watch::channel(false);
    let summary = timeout(PATIENCE, session::run(&service, flood, None, stopping))
        .await
        .unwrap();
    assert_eq!(summary.end, End::Expired);
}

#[tokio::test]
async fn a_flood_of_commands_ends_too() {
    let service = Service {
        hostname: "mx.example".to_owned(),
        limits: Limits {
            session: SHORT,
            ..Limits::default()
        },
        intake: Arc::new(MemoryIntake::default()),
    };
    let flood = tokio::io::join(tokio::io::repeat(b'\n'), tokio::io::sink());
    let (_stop, stopping) = watch::channel(false);
    let summary = timeout(PATIENCE, session::run(&service, flood, None, stopping))
        .await
        .unwrap();
    assert_eq!(summary.end, End::Expired);
}

async fn bind(listen: &Listen) -> std::io::Result<Server<MemoryIntake>> {
    Server::bind(
        listen,
        Limits::default(),
        "mx.example".to_owned(),
        Arc::default(),
    )
    .await
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let first = bind(&any_port()).await.unwrap();
    assert_ne!(first.to_string(), "127.0.0.1:0");
    let error = bind(first.local_addr()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_removed_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    drop(BlockingUnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = start(&Listen::Unix(path.clone()), Limits::default()).await;
    let mut greeting = String::new();
    let mut stream = BufReader::new(UnixStream::connect(&path).await.unwrap());
    stream.read_line(&mut greeting).await.unwrap();
    assert_eq!(greeting, "220 mx.example LMTP\r\n");
    drop(stream);
    server.finish().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_that_lives_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    let listen = Listen::Unix(path.clone());
    let ours = bind(&listen).await.unwrap();
    assert_eq!(
        bind(&listen).await.unwrap_err().kind(),
        std::io::ErrorKind::AddrInUse
    );
    drop(ours);

    let foreign = BlockingUnixListener::bind(&path).unwrap();
    assert_eq!(
        bind(&listen).await.unwrap_err().kind(),
        std::io::ErrorKind::AddrInUse
    );
    UnixStream::connect(&path).await.unwrap();
    drop(foreign);
}

#[tokio::test]
async fn the_socket_of_a_successor_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    let ours = bind(&Listen::Unix(path.clone())).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let successor = BlockingUnixListener::bind(&path).unwrap();
    drop(ours);
    UnixStream::connect(&path).await.unwrap();
    drop(successor);
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp.sock");
    std::fs::write(&path, "precious").unwrap();
    let error = bind(&Listen::Unix(path.clone())).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}
