//! A relay with TLS: from the first octet or by STARTTLS, with a login, over one connection; what it
//! refuses is parked or waits, and a certificate that is not trusted is said.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::harness::Site;
use super::redirect::wait_for;

const ALICE: &str = "alice@example.org";
/// `\0al\0secret`
const LOGIN: &str = "AUTH PLAIN AGFsAHNlY3JldA==";

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    AtOnce,
    ByCommand,
}

/// A relay on this machine that answers RCPT with `answer`; what it hears goes to `heard`, with
/// `connected` and `TLS` where that is so.
struct Relay {
    url: String,
    certificate: String,
    heard: Receiver<String>,
}

impl Relay {
    fn start(begins: Begins, answer: &'static str) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.key_pair.serialize_der());
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = match begins {
            Begins::AtOnce => "smtps",
            Begins::ByCommand => "smtp+starttls",
        };
        let address = listener.local_addr().unwrap();
        let (sender, heard) = channel();
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, sender) = (Arc::clone(&config), sender.clone());
                std::thread::spawn(move || serve(stream, config, begins, answer, &sender));
            }
        });
        Self {
            url: format!("{scheme}://al:secret@{address}"),
            certificate: made.cert.pem(),
            heard,
        }
    }

    /// All that is heard until a mail has come.
    fn until_mail(&self) -> Vec<String> {
        let mut all = Vec::new();
        while all.last().is_none_or(|line| line != ".") {
            all.push(self.heard.recv().unwrap());
        }
        all
    }
}

fn serve(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    begins: Begins,
    answer: &str,
    heard: &Sender<String>,
) {
    let _ = heard.send("connected".to_owned());
    if begins == Begins::ByCommand {
        say(&mut stream, "220 relay");
        while let Some(line) = line(&mut stream) {
            let is_start = line == "STARTTLS";
            let _ = heard.send(line);
            say(
                &mut stream,
                if is_start {
                    "220 go on"
                } else {
                    "250-relay\r\n250 STARTTLS"
                },
            );
            if is_start {
                break;
            }
        }
    }
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    if begins == Begins::AtOnce && !say(&mut stream, "220 relay") {
        return;
    }
    let mut in_data = false;
    while let Some(line) = line(&mut stream) {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "." if in_data => "250 taken",
            _ if in_data => "",
            "EHLO" => {
                let _ = heard.send("TLS".to_owned());
                "250-relay\r\n250 AUTH PLAIN"
            }
            "AUTH" => "235 welcome",
            "RCPT" => answer,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        in_data = (in_data || reply.starts_with("354")) && line != ".";
        if heard.send(line).is_err() || !reply.is_empty() && !say(&mut stream, reply) {
            return;
        }
    }
}

fn say(stream: &mut impl Write, reply: &str) -> bool {
    stream.write_all(format!("{reply}\r\n").as_bytes()).is_ok() && stream.flush().is_ok()
}

fn line(stream: &mut impl Read) -> Option<String> {
    let (mut line, mut octet) = (Vec::new(), [0]);
    while !line.ends_with(b"\r\n") {
        match stream.read(&mut octet) {
            Ok(1) => line.push(octet[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// A site that sends on through the relay, and the file of the relay's certificate.
fn site(relay: &Relay) -> (Site, String) {
    let site = Site::new(&format!("[smtp]\nrelay = \"{}\"", relay.url));
    let script = site.write("own.sieve", "redirect \"friend@example.net\";");
    site.ok(&["sieve", "set", ALICE, &script]);
    let certificate = site.write("relay.pem", &relay.certificate);
    (site, certificate)
}

#[test]
fn mails_go_over_one_connection_with_tls_and_a_login() {
    for begins in [Begins::AtOnce, Begins::ByCommand] {
        let relay = Relay::start(begins, "250 ok");
        let (mut site, certificate) = site(&relay);
        site.start_trusting(&certificate);
        site.settle(&[ALICE], "Subject: one\n\nhello\n");
        let heard = relay.until_mail();
        let at = |wanted: &str| heard.iter().position(|line| line == wanted);
        assert!(at("TLS").is_some() && at("TLS") < at(LOGIN), "{heard:?}");
        assert!(at(LOGIN) < at("RCPT TO:<friend@example.net>"), "{heard:?}");
        assert!(at("Subject: one").is_some(), "{heard:?}");
        // It is done when the connection is back in its pool.
        site.wait_while(|_| true);
        site.settle(&[ALICE], "Subject: two\n\nhello\n");
        let heard = relay.until_mail();
        let is_new = |line: &String| line == "connected" || line == LOGIN;
        assert!(!heard.iter().any(is_new), "{heard:?}");
        assert!(heard.contains(&"Subject: two".to_owned()), "{heard:?}");
        site.stop();
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_said_and_the_mail_waits() {
    for begins in [Begins::AtOnce, Begins::ByCommand] {
        let relay = Relay::start(begins, "250 ok");
        let (mut site, certificate) = site(&relay);
        let other = Relay::start(begins, "250 ok");
        let stranger = site.write("other.pem", &other.certificate);
        site.start_trusting(&stranger);
        site.settle(&[ALICE], "Subject: one\n\nhello\n");
        let list = wait_for(&site, "certificate");
        assert!(list.contains("waits"), "{list}");
        site.stop();
        let heard: Vec<String> = relay.heard.try_iter().collect();
        let told = |line: &String| line.starts_with("AUTH") || line.starts_with("MAIL");
        assert!(!heard.iter().any(told), "{heard:?}");
        site.start_trusting(&certificate);
        let id = list.lines().nth(1).unwrap().split_whitespace().next();
        site.ok(&["queue", "retry", id.unwrap()]);
        assert!(relay.until_mail().contains(&"Subject: one".to_owned()));
        site.stop();
    }
}

#[test]
fn what_is_refused_over_tls_is_parked_or_waits() {
    for (answer, state) in [
        ("550 5.1.1 no such user", "parked"),
        ("451 4.3.0 later", "waits"),
    ] {
        let relay = Relay::start(Begins::AtOnce, answer);
        let (mut site, certificate) = site(&relay);
        site.start_trusting(&certificate);
        site.settle(&[ALICE], "Subject: one\n\nhello\n");
        let list = wait_for(&site, answer.rsplit(' ').next().unwrap());
        assert!(list.contains(state), "{list}");
        site.stop();
    }
}
