//! A server of the test's own: a temporary folder, free ports, accounts, and plain LMTP.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use store::{CollectionKind, Collections, QueueEntry, SqliteStore, Store, Work};

/// A site in a temporary folder; its server is killed at the end.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    /// The most octets of a file that the server can write; none: no limit.
    file_size: Option<u64>,
    server: Option<Server>,
}

struct Server {
    child: Child,
    address: String,
    http: String,
    log: std::thread::JoinHandle<String>,
}

impl Site {
    /// A site whose configuration has `more` behind the test's own settings, with the accounts
    /// alice@example.org (contacts: bob@example.com) and carol@example.org.
    pub(crate) fn new(more: &str) -> Self {
        let site = Self::empty(more);
        for (address, alias) in [
            ("alice@example.org", "al@example.org"),
            ("carol@example.org", "c@example.org"),
        ] {
            site.ok_with(
                &[
                    "account",
                    "add",
                    address,
                    "--alias",
                    alias,
                    "--password-stdin",
                ],
                "secret\n",
            );
        }
        let contact = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:bob\r\nFN:Bob\r\nEMAIL:bob@example.com\r\nEND:VCARD\r\n";
        let file = site.write("bob.vcf", contact);
        site.ok(&["contacts", "import", "alice@example.org", &file]);
        site
    }

    /// A site without accounts.
    pub(crate) fn empty(more: &str) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            file_size: None,
            server: None,
        };
        site.configure(more);
        site
    }

    /// Replaces what the configuration has behind the test's own settings; the next start reads it.
    pub(crate) fn configure(&self, more: &str) {
        let data = self.folder.path().join("data");
        let config = format!(
            "[server]\nhostname = \"mail.example.org\"\ndata_dir = {data:?}\n\
             [lmtp]\nlisten = \"127.0.0.1:0\"\n[http]\nlisten = \"127.0.0.1:0\"\n{more}\n"
        );
        std::fs::write(self.folder.path().join("invited.toml"), config).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the site's folder and gives its path.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The program with this site's configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_invited"));
        command
            .arg("--config")
            .arg(self.folder.path().join("invited.toml"))
            .args(arguments);
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command that must succeed prints.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.ok_with(arguments, "")
    }

    /// The same with standard input.
    pub(crate) fn ok_with(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Status and standard error of a command that must fail in one line.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments, "");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?} succeeded");
        assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
        (output.status.code().unwrap(), error)
    }

    /// Starts the server.
    pub(crate) fn start(&mut self) {
        self.start_with(("FAILPOINTS", ""));
    }

    /// Starts a server that trusts the certificates in a file alone.
    pub(crate) fn start_trusting(&mut self, certificates: &str) {
        self.start_with(("SSL_CERT_FILE", certificates));
    }

    /// Starts a server that is killed when it comes to this fail point.
    #[cfg(feature = "failpoints")]
    pub(crate) fn start_killed_at(&mut self, point: &str) {
        self.start_with(("FAILPOINTS_KILL", point));
    }

    /// Starts a server that is killed at this fail point before it listens.
    #[cfg(feature = "failpoints")]
    pub(crate) fn die_at_start(&mut self, point: &str) {
        let mut command = self.command(&["serve"]);
        let ended = command.env("FAILPOINTS_KILL", point).output().unwrap();
        assert!(
            ended.status.code().is_none(),
            "it was not killed: {ended:?}"
        );
    }

    /// Starts a server with fail points, such as `receive::unsettled=return`.
    #[cfg(feature = "failpoints")]
    pub(crate) fn start_failing(&mut self, points: &str) {
        self.start_with(("FAILPOINTS", points));
    }

    /// Limits the files that the server can write, as `ulimit -f` does.
    pub(crate) fn limit_file_size(&mut self, octets: u64) {
        self.file_size = Some(octets);
    }

    fn start_with(&mut self, (name, value): (&str, &str)) {
        let mut command = self.command(&["serve"]);
        if let Some(octets) = self.file_size {
            let program = command.get_program().to_owned();
            let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
            command = Command::new("sh");
            let limit = format!("ulimit -f {} && exec \"$@\"", octets / 512);
            command
                .args(["-c", &limit, "sh"])
                .arg(program)
                .args(arguments);
        }
        let mut child = command
            .env(name, value)
            .env("RUST_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            let mut line = String::new();
            while errors.read_line(&mut line).is_ok_and(|octets| octets > 0) {
                eprint!("{line}");
                log.push_str(&std::mem::take(&mut line));
            }
            log
        });
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line
            .split(" listens on ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let address = address
            .unwrap_or_else(|| panic!("the server did not start: {line:?}"))
            .to_owned();
        let http = line
            .split(" and ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let http = http.unwrap_or_default().to_owned();
        self.server = Some(Server {
            child,
            address,
            http,
            log,
        });
    }

    /// Where the server takes mail.
    pub(crate) fn address(&self) -> &str {
        &self.server.as_ref().unwrap().address
    }

    /// Where the server answers HTTP.
    pub(crate) fn http(&self) -> &str {
        &self.server.as_ref().unwrap().http
    }

    /// Kills the server as `kill -9` does.
    #[cfg(feature = "failpoints")]
    pub(crate) fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        server.child.kill().unwrap();
        server.child.wait().unwrap();
    }

    /// Waits until a server that kills itself is gone.
    #[cfg(feature = "failpoints")]
    pub(crate) fn wait_for_death(&mut self) {
        self.server.take().unwrap().child.wait().unwrap();
    }

    /// Stops the server as an administrator does, and gives its log.
    pub(crate) fn stop(&mut self) -> String {
        let mut server = self.server.take().unwrap();
        let status = Command::new("kill")
            .arg(server.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
        assert!(server.child.wait().unwrap().success());
        server.log.join().unwrap()
    }

    /// Delivers a mail from bob@example.com's server; one reply per recipient.
    pub(crate) fn deliver(&self, recipients: &[&str], mail: &str) -> Vec<String> {
        Lmtp::connect(self.address()).deliver("bob@example.com", recipients, mail)
    }

    /// Delivers a mail that must be taken, and waits until the daemon has dealt with it.
    pub(crate) fn settle(&self, recipients: &[&str], mail: &str) {
        for reply in self.deliver(recipients, mail) {
            assert!(reply.starts_with("250 2."), "{reply}");
        }
        self.wait_for_jobs();
    }

    /// Waits until no job is left.
    pub(crate) fn wait_for_jobs(&self) {
        self.wait_while(|entry| entry.kind == "calendar");
    }

    /// Waits until mail between accounts of this server is delivered, and its jobs are done.
    pub(crate) fn wait_for_local_mail(&self) {
        self.wait_while(|entry| {
            entry.kind == "calendar" || entry.recipient.ends_with("@example.org")
        });
    }

    /// Waits while the queue has such an entry.
    pub(crate) fn wait_while(&self, is_waited_for: impl Fn(&QueueEntry) -> bool) {
        self.with_store(async |store| {
            let idle = async {
                while store.queue().await.unwrap().iter().any(&is_waited_for) {
                    store
                        .wait_for_work(Work::Jobs, Duration::from_millis(100))
                        .await;
                }
            };
            if tokio::time::timeout(Duration::from_secs(60), idle)
                .await
                .is_err()
            {
                panic!("still there: {:?}", store.queue().await.unwrap());
            }
        });
    }

    /// Asks the site's database.
    pub(crate) fn with_store<T>(&self, ask: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let path = self.folder.path().join("data/invited.db");
        runtime.block_on(async { ask(&SqliteStore::open(&path).unwrap()).await })
    }

    /// The texts of the mails in a folder of an account (`""`: the inbox), oldest first.
    pub(crate) fn mails(&self, address: &str, folder: &str) -> Vec<String> {
        let home = self
            .folder
            .path()
            .join("data/mail")
            .join(address)
            .join(folder);
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|part| std::fs::read_dir(home.join(part)).ok())
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned())
            .collect()
    }

    /// The name in paths of an account's default collection.
    pub(crate) fn collection(&self, address: &str, kind: CollectionKind) -> String {
        self.with_store(async |store| {
            let account = store.account_by_address(address).await.unwrap().unwrap();
            let all = store.collections(account.id, kind).await.unwrap();
            all[0].segment.clone()
        })
    }

    /// The events of an account as iCalendar.
    pub(crate) fn calendar(&self, address: &str) -> String {
        self.ok(&["calendar", "export", address])
    }

    /// Outcome and reason of an account's decisions, newest first.
    pub(crate) fn decisions(&self, address: &str) -> Vec<(String, String)> {
        self.with_store(async |store| {
            let account = store.account_by_address(address).await.unwrap().unwrap();
            let decisions = store.decisions(account.id, 1000).await.unwrap();
            decisions
                .into_iter()
                .map(|decision| (decision.record.outcome, decision.record.reason))
                .collect()
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.child.kill();
            let _ = server.child.wait();
        }
    }
}

/// A plain LMTP client that shows every octet of the protocol.
pub(crate) struct Lmtp {
    stream: BufReader<TcpStream>,
}

impl Lmtp {
    /// Connects and says LHLO.
    pub(crate) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        // The final dot does not wait for the acknowledgement of what went before.
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut client = Self {
            stream: BufReader::new(stream),
        };
        assert!(client.reply().starts_with("220 "));
        assert!(client.say("LHLO mx.example.net").starts_with("250 "));
        client
    }

    /// Sends a command and gives the last line of its reply.
    pub(crate) fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes());
        self.reply()
    }

    /// Sends octets as they are.
    pub(crate) fn send(&mut self, octets: &[u8]) {
        self.stream.get_mut().write_all(octets).unwrap();
    }

    /// The last line of the next reply; empty when the server is gone.
    pub(crate) fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).unwrap_or(0) == 0 {
                return String::new();
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    /// One transaction; LF in the mail is sent as CRLF.
    pub(crate) fn deliver(&mut self, from: &str, recipients: &[&str], mail: &str) -> Vec<String> {
        self.begin(from, recipients, mail);
        recipients.iter().map(|_| self.reply()).collect()
    }

    /// One transaction up to the final dot, its replies not yet read.
    pub(crate) fn begin(&mut self, from: &str, recipients: &[&str], mail: &str) {
        assert!(self.say(&format!("MAIL FROM:<{from}>")).starts_with("250 "));
        for recipient in recipients {
            let reply = self.say(&format!("RCPT TO:<{recipient}>"));
            assert!(reply.starts_with("250 "), "{reply}");
        }
        assert!(self.say("DATA").starts_with("354 "));
        let text = mail
            .replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .replace("\r\n.", "\r\n..");
        self.send(text.as_bytes());
        self.send(if text.ends_with("\r\n") {
            b".\r\n"
        } else {
            b"\r\n.\r\n"
        });
    }
}

/// A mail with an event, as Bob's calendar program writes it.
pub(crate) struct Invitation<'a> {
    pub(crate) method: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) from: &'a str,
    pub(crate) organizer: &'a str,
    pub(crate) attendee: &'a str,
    pub(crate) sequence: u32,
    pub(crate) start: &'a str,
    pub(crate) title: &'a str,
    /// More header fields, each line ended by LF.
    pub(crate) fields: &'a str,
    /// More lines of the VEVENT, each ended by LF.
    pub(crate) lines: &'a str,
}

impl Default for Invitation<'_> {
    fn default() -> Self {
        Self {
            method: "REQUEST",
            uid: "lunch@example.com",
            from: "bob@example.com",
            organizer: "bob@example.com",
            attendee: "alice@example.org",
            sequence: 0,
            start: "20550301T110000Z",
            title: "Lunch",
            fields: "",
            lines: "",
        }
    }
}

impl Invitation<'_> {
    /// The mail, LF lines.
    pub(crate) fn mail(&self) -> String {
        let Self {
            method,
            uid,
            from,
            organizer,
            attendee,
            sequence,
            start,
            title,
            fields,
            lines,
        } = self;
        format!(
            "From: Bob <{from}>\nTo: {attendee}\nSubject: {title}\nMessage-ID: <{method}-{sequence}-{start}@example.com>\n\
             Date: Mon, 01 Feb 2055 10:00:0{second} +0000\nMIME-Version: 1.0\n{fields}\
             Content-Type: multipart/alternative; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain; charset=utf-8\n\nYou are invited.\n\
             --b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n\
             BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\nMETHOD:{method}\nBEGIN:VEVENT\n\
             UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:20550201T10000{second}Z\nDTSTART:{start}\nDURATION:PT1H\n\
             SUMMARY:{title}\nORGANIZER:mailto:{organizer}\n\
             ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{attendee}\n{lines}\
             END:VEVENT\nEND:VCALENDAR\n--b--\n",
            second = sequence % 10,
        )
    }
}
