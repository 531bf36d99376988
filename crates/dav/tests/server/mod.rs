//! A DAV server of the test's own over a real socket, and a plain HTTP client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, SaltString};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dav::{Dav, Limits};
use pipeline::clock::Clock;
use store::{
    Account, By, CollectionKind, Collections, Commit, NewAccount, PutObject, SqliteStore, Store,
    Timestamp,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with the accounts of Alice and Carol, whose password is `secret`.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) alice: Account,
    _folder: tempfile::TempDir,
}

/// 2027-02-01T10:00:00Z, always.
pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        1_801_476_000_000
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Server {
    #[allow(dead_code, reason = "not all tests have the usual limits")]
    pub(crate) async fn start() -> Self {
        Self::holding(0).await
    }

    /// One that lets what may be taken back wait so long (rule F8).
    #[allow(dead_code, reason = "not all tests have a hold")]
    pub(crate) async fn holding(hold: Timestamp) -> Self {
        Self::of(hold, Limits::default()).await
    }

    /// One with these limits.
    #[allow(dead_code, reason = "not all tests have limits of their own")]
    pub(crate) async fn within(limits: Limits) -> Self {
        Self::of(0, limits).await
    }

    async fn of(hold: Timestamp, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("test.db")).unwrap());
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let hash = Argon2::default()
            .hash_password(b"secret", &salt)
            .unwrap()
            .to_string();
        let mut accounts = Vec::new();
        for (address, alias, name) in [
            ("alice@example.org", "al@example.org", "Alice"),
            ("carol@example.org", "c@example.org", ""),
        ] {
            let new = NewAccount {
                address: address.to_owned(),
                aliases: vec![alias.to_owned()],
                name: name.to_owned(),
                password: hash.clone(),
            };
            accounts.push(store.account_add(new).await.unwrap());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let dav = Dav::new(store.clone(), Arc::new(StoppedClock), limits)
            .published_at("https://cal.example.org")
            .holding(hold);
        let service = dav::router(dav).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            address,
            store,
            alice: accounts.swap_remove(0),
            _folder: folder,
        }
    }

    /// The name in paths of Alice's default collection.
    pub(crate) async fn default(&self, kind: CollectionKind) -> String {
        let all = self.store.collections(self.alice.id, kind).await.unwrap();
        all[0].segment.clone()
    }

    /// Stores an object in Alice's default calendar, as an organizer's message does.
    #[allow(dead_code, reason = "not all tests have organizers")]
    pub(crate) async fn receive(&self, name: &str, text: &str) {
        let uid = text.lines().find_map(|line| line.strip_prefix("UID:"));
        let mut commit = Commit::new(self.alice.id, uid.unwrap());
        commit.put.push(PutObject {
            calendar: self.store.calendars(self.alice.id).await.unwrap()[0]
                .id
                .clone(),
            name: name.to_owned(),
            uid: commit.uid.clone(),
            text: text.as_bytes().to_vec(),
            unanswered: text.contains("PARTSTAT=NEEDS-ACTION"),
            by: By::Organizer,
        });
        self.store.commit(commit).await.unwrap();
    }

    /// Sends a request as Alice, unless it has an Authorization field; `none` there sends none.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        fields: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        let is_named = |name: &str| fields.iter().any(|(one, _)| one.eq_ignore_ascii_case(name));
        if !is_named("authorization") {
            let token = STANDARD.encode("alice@example.org:secret");
            head.push_str(&format!("Authorization: Basic {token}\r\n"));
        }
        if !is_named("content-length") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        for (name, value) in fields.iter().filter(|(_, value)| value != "none") {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let exchange = exchange(self.address, [head.as_bytes(), body].concat());
        tokio::time::timeout(PATIENCE, exchange)
            .await
            .expect("no answer came")
    }
}

async fn exchange(address: SocketAddr, request: Vec<u8>) -> Answer {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    // A server that refuses a body does not read all of it.
    let sending = tokio::spawn(async move {
        let _ = writing.write_all(&request).await;
        writing
    });
    let mut answer = Vec::new();
    let _ = reading.read_to_end(&mut answer).await;
    drop(sending.await);
    parse(&answer)
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(answer)));
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let fields: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let is_chunked = fields
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked");
    let body = match is_chunked {
        true => unchunked(&answer[end + 4..]),
        false => answer[end + 4..].to_vec(),
    };
    Answer {
        status,
        fields,
        body: String::from_utf8(body).unwrap(),
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("the body was cut off");
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}
