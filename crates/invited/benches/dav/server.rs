//! The program in a process of its own, over a site that was filled before, and what the kernel says of it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use store::{
    CardCommit, CollectionKind, Collections, Commit, PutCard, PutObject, SqliteStore, Store,
};

use crate::client::Client;
use crate::content;

const ADDRESS: &str = "alice@example.org";
/// Members that are stored in one commit.
const BATCH: usize = 1000;

/// A site whose account has a calendar and a book of one size.
pub struct Site {
    folder: tempfile::TempDir,
    pub size: usize,
    calendar: String,
    book: String,
    authorization: String,
}

impl Site {
    pub fn fill(size: usize) -> Self {
        // On the disk that the build is on, never in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let data = folder.path().join("data");
        let config = format!(
            "[server]\nhostname = \"mail.example.org\"\ndata_dir = {data:?}\n\
             [lmtp]\nlisten = \"127.0.0.1:0\"\n[http]\nlisten = \"127.0.0.1:0\"\n"
        );
        fs::write(folder.path().join("invited.toml"), config).unwrap();
        let mut site = Self {
            folder,
            size,
            calendar: String::new(),
            book: String::new(),
            authorization: String::new(),
        };
        site.run(&["account", "add", ADDRESS, "--password-stdin"]);
        let add = [
            "account",
            "app-password",
            "add",
            ADDRESS,
            "--label",
            "bench",
        ];
        let password = site.run(&add);
        site.authorization = STANDARD.encode(format!("{ADDRESS}:{}", password.trim()));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(site.store_all(&data.join("invited.db")));
        site
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"secret\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_invited"));
        command
            .arg("--config")
            .arg(self.folder.path().join("invited.toml"))
            .args(arguments);
        command
    }

    async fn store_all(&mut self, database: &Path) {
        let store = SqliteStore::open(database).unwrap();
        let account = store.account_by_address(ADDRESS).await.unwrap().unwrap().id;
        let first = async |kind| {
            store
                .collections(account, kind)
                .await
                .unwrap()
                .swap_remove(0)
        };
        let calendar = first(CollectionKind::Calendar).await;
        let book = first(CollectionKind::AddressBook).await;
        for begin in (0..self.size).step_by(BATCH) {
            let numbers = begin..self.size.min(begin + BATCH);
            let mut commit = Commit::new(account, "none");
            commit.put = numbers
                .clone()
                .map(|number| PutObject {
                    calendar: calendar.id.clone(),
                    name: content::event_name(number),
                    uid: format!("{number:08x}-event"),
                    text: content::event(number, 0).into_bytes(),
                    unanswered: false,
                    by: store::By::Owner,
                })
                .collect();
            store.commit(commit).await.unwrap();
            let put = numbers.map(|number| PutCard {
                book: book.id.clone(),
                name: content::card_name(number),
                uid: format!("{number:08x}-card"),
                text: content::card(number, 0).into_bytes(),
                addresses: vec![format!("person{number}@example.com")],
            });
            let commit = CardCommit {
                put: put.collect(),
                ..CardCommit::default()
            };
            store.cards_commit(account, commit).await.unwrap();
        }
        self.calendar = format!("/dav/calendars/{ADDRESS}/{}/", calendar.segment);
        self.book = format!("/dav/addressbooks/{ADDRESS}/{}/", book.segment);
    }
}

/// `invited serve`, killed when dropped.
pub struct Server<'a> {
    pub site: &'a Site,
    address: String,
    child: Child,
}

impl<'a> Server<'a> {
    /// A server that knows the password already.
    pub fn start(site: &'a Site) -> Self {
        let mut command = site.command(&["serve"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.split(" and ").nth(1).unwrap();
        let server = Self {
            site,
            address: address.split(' ').next().unwrap().to_owned(),
            child,
        };
        server
            .connect()
            .ask(("PROPFIND", "/dav/", "0"), "", &["207"]);
        server
    }

    pub fn connect(&self) -> Client {
        Client::connect(&self.address, &self.site.authorization)
    }

    pub fn calendar(&self) -> &str {
        &self.site.calendar
    }

    pub fn book(&self) -> &str {
        &self.site.book
    }

    /// What it has used, in user and system mode; Linux counts it in hundredths of a second.
    pub fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(10 * ticks)
    }

    /// The most that was resident while `work` ran, less what was resident before, in MiB.
    pub fn growth(&self, work: impl FnOnce()) -> f64 {
        let folder = format!("/proc/{}", self.child.id());
        fs::write(format!("{folder}/clear_refs"), "5").unwrap();
        let before = kibibytes(&folder, "VmRSS:");
        work();
        (kibibytes(&folder, "VmHWM:") - before) / 1024.0
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn kibibytes(folder: &str, field: &str) -> f64 {
    let status = fs::read_to_string(format!("{folder}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
