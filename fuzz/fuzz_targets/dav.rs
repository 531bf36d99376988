//! Requests of a client, one after the other, to a server over a database: paths, XML bodies, filters,
//! calendar objects and cards. Each input has an account of its own.
#![no_main]

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use dav::{Dav, Limits};
use libfuzzer_sys::fuzz_target;
use pipeline::clock::Clock;
use quick_xml::NsReader;
use quick_xml::events::Event;
use store::{CollectionKind, Collections, NewAccount, SqliteStore, Store, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const ADDRESS: &str = "a@example.org";
/// `a@example.org:secret`
const LOGIN: &str = "Basic YUBleGFtcGxlLm9yZzpzZWNyZXQ=";
/// Requests of one input.
const MOST: usize = 8;
/// Octets of one answer.
const LONGEST: usize = 64 << 20;

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

fuzz_target!(|octets: &[u8]| SERVER.runtime.block_on(SERVER.serve(octets)));

struct Server {
    runtime: Runtime,
    store: Arc<SqliteStore>,
    router: Router,
    password: String,
}

/// 2027-02-01T10:00:00Z, always.
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        1_801_476_000_000
    }
}

impl Server {
    fn start() -> Self {
        let name = format!("invited-fuzz-{}.db", std::process::id());
        let path = std::env::temp_dir().join(name);
        let store = Arc::new(SqliteStore::open(&path).expect("a database"));
        let dav = Dav::new(store.clone(), Arc::new(StoppedClock), Limits::default());
        let cheap = Params::new(8, 1, 1, None).expect("parameters");
        let salt = SaltString::encode_b64(&[7; 16]).expect("a salt");
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
        Self {
            runtime: Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            router: dav::router(dav.published_at("https://x.example")),
            password: hash
                .hash_password(b"secret", &salt)
                .expect("a hash")
                .to_string(),
            store,
        }
    }

    async fn serve(&self, octets: &[u8]) {
        let new = NewAccount {
            address: ADDRESS.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: self.password.clone(),
        };
        let account = self.store.account_add(new).await.expect("an account").id;
        let of = |kind| self.store.collections(account, kind);
        let calendar = of(CollectionKind::Calendar)
            .await
            .expect("calendars")
            .remove(0);
        let book = of(CollectionKind::AddressBook)
            .await
            .expect("books")
            .remove(0);
        for request in octets.split(|&octet| octet == 0).take(MOST) {
            let Some(request) = Asked::read(request) else {
                continue;
            };
            let path = request
                .path
                .replace(
                    "{c}",
                    &format!("/dav/calendars/{ADDRESS}/{}", calendar.segment),
                )
                .replace(
                    "{b}",
                    &format!("/dav/addressbooks/{ADDRESS}/{}", book.segment),
                );
            self.ask(&request, &path).await;
        }
        self.store
            .account_remove(account)
            .await
            .expect("to be removed");
    }

    async fn ask(&self, request: &Asked<'_>, path: &str) {
        let Some((status, has_tag, body)) = self.send(request.method, path, request.body).await
        else {
            return;
        };
        // 501: a method that nobody knows. 507: too much is asked.
        let is_refusal = matches!(status.as_u16(), 501 | 507);
        assert!(!status.is_server_error() || is_refusal, "{status}");
        if status == StatusCode::MULTI_STATUS {
            is_well_formed(&body);
        }
        if request.method == "PUT" && has_tag {
            let got = self.send("GET", path, b"").await.expect("what was put");
            assert_eq!(got.2, request.body, "what was put is what is there");
        }
    }

    /// Status, whether there is an entity tag, and the body; `None` when it is no request.
    async fn send(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Option<(StatusCode, bool, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, LOGIN)
            .header("depth", "1")
            .header("destination", format!("/dav/calendars/{ADDRESS}/other/"))
            .body(Body::from(body.to_vec()));
        let answer = self.router.clone().oneshot(request.ok()?).await;
        let (parts, body) = answer.expect("an answer").into_parts();
        let body = to_bytes(body, LONGEST).await.expect("a whole body");
        let has_tag = parts.headers.contains_key(header::ETAG);
        Some((parts.status, has_tag, body.to_vec()))
    }
}

/// A request as the input has it: `METHOD PATH`, a line feed, and the body.
struct Asked<'a> {
    method: &'a str,
    path: String,
    body: &'a [u8],
}

impl<'a> Asked<'a> {
    fn read(octets: &'a [u8]) -> Option<Self> {
        let end = octets.iter().position(|&octet| octet == b'\n')?;
        let (line, body) = octets.split_at(end);
        let (method, path) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        Some(Self {
            method,
            path: path.to_owned(),
            body: &body[1..],
        })
    }
}

fn is_well_formed(text: &[u8]) {
    let mut reader = NsReader::from_reader(text);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(text)),
        }
    }
}
