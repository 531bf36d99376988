//! The HTTP listener over real sockets: what is too slow, too much or too many, and how it stops.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::harness::Site;

/// `alice@example.org:secret`
const ALICE: &str = "Authorization: Basic YWxpY2VAZXhhbXBsZS5vcmc6c2VjcmV0\r\n";

fn connect(site: &Site) -> TcpStream {
    let stream = TcpStream::connect(site.http()).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    stream
}

/// Reads until the header of an answer is here.
fn head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).unwrap() > 0 {
        head.push(octet[0]);
    }
    String::from_utf8(head).unwrap()
}

/// Sends the beginning of a chunked body, without its end, and gives the answer that comes anyway.
fn begin(site: &Site, request: &str, chunk: &[u8], count: usize) -> String {
    let mut stream = connect(site);
    let head_of_request =
        format!("{request} HTTP/1.1\r\nHost: x\r\n{ALICE}Transfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head_of_request.as_bytes()).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let chunk = [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
    let sending = std::thread::spawn(move || {
        // The server closes when it has had enough.
        let _ = (0..count).try_for_each(|_| writing.write_all(&chunk));
        writing
    });
    let answer = head(&mut stream);
    drop(sending.join());
    answer
}

#[test]
fn a_body_that_is_too_much_is_refused_before_it_ends() {
    let mut site = Site::new("");
    site.start();
    let report = "REPORT /dav/calendars/alice@example.org/";
    let book = "PUT /dav/addressbooks/alice@example.org/none/a.vcf";
    let blanks = vec![b' '; 64 << 10];
    assert!(begin(&site, report, &blanks, 17).starts_with("HTTP/1.1 400 "));
    assert!(begin(&site, report, b"<!DOCTYPE", 1).starts_with("HTTP/1.1 400 "));
    assert!(begin(&site, report, b"<a><b>", 40).starts_with("HTTP/1.1 400 "));
    assert!(begin(&site, book, b"BEGIN", 1).starts_with("HTTP/1.1 409 "));
    let calendar = site.collection("alice@example.org", store::CollectionKind::Calendar);
    let event = format!("PUT /dav/calendars/alice@example.org/{calendar}/a.ics");
    assert!(begin(&site, &event, &blanks, 17).starts_with("HTTP/1.1 403 "));
    // It serves as before.
    let mut stream = connect(&site);
    let fine = format!("PROPFIND /dav/ HTTP/1.1\r\nHost: x\r\nDepth: 0\r\n{ALICE}\r\n");
    stream.write_all(fine.as_bytes()).unwrap();
    assert!(head(&mut stream).starts_with("HTTP/1.1 207 "));
    site.stop();
}

#[test]
fn who_watches_over_the_server_is_told_that_it_works() {
    let mut site = Site::new("");
    site.start();
    let mut stream = connect(&site);
    let ask = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(ask.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
    site.stop();
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let mut site = Site::new("");
    site.start();
    let mut stream = connect(&site);
    let long = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "x".repeat(1 << 20)
    );
    let mut writing = stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || writing.write_all(long.as_bytes()));
    assert!(head(&mut stream).starts_with("HTTP/1.1 431 "));
    drop(sending.join());
    site.stop();
}

#[test]
fn a_request_that_has_begun_is_finished_when_the_server_stops() {
    let mut site = Site::new("");
    site.start();
    let calendar = site.collection("alice@example.org", store::CollectionKind::Calendar);
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:late\r\n\
                 DTSTART:20550301T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let mut busy = connect(&site);
    let request = format!(
        "PUT /dav/calendars/alice@example.org/{calendar}/late.ics HTTP/1.1\r\nHost: x\r\n{ALICE}\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        event.len()
    );
    busy.write_all(request.as_bytes()).unwrap();
    // Whoever asks for the body has taken the request.
    assert!(head(&mut busy).starts_with("HTTP/1.1 100 "));
    let mut idle = connect(&site);
    let stopping = std::thread::scope(|scope| {
        let stopping = scope.spawn(|| site.stop());
        // The listener is gone and idle connections are closed: the server is stopping.
        assert_eq!(idle.read(&mut [0]).unwrap(), 0);
        busy.write_all(event.as_bytes()).unwrap();
        assert!(head(&mut busy).starts_with("HTTP/1.1 201 "));
        stopping.join().unwrap()
    });
    assert!(!stopping.contains("cut off"), "{stopping}");
    assert!(site.calendar("alice@example.org").contains("UID:late"));
}

#[test]
fn a_unix_socket_is_one_servers_alone() {
    let mut site = Site::new("");
    let path = site.path().join("http.sock");
    let text = std::fs::read_to_string(site.path().join("invited.toml")).unwrap();
    let text = text.replace(
        "[http]\nlisten = \"127.0.0.1:0\"",
        &format!("[http]\nlisten = \"unix:{}\"", path.display()),
    );
    std::fs::write(site.path().join("invited.toml"), text).unwrap();
    site.start();
    let mut stream = UnixStream::connect(&path).unwrap();
    let request = format!("PROPFIND /dav/ HTTP/1.1\r\nHost: x\r\nDepth: 0\r\n{ALICE}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    assert!(head(&mut stream).starts_with("HTTP/1.1 207 "));
    let other = Site::empty("");
    let text = std::fs::read_to_string(other.path().join("invited.toml")).unwrap();
    let text = text.replace(
        "[http]\nlisten = \"127.0.0.1:0\"",
        &format!("[http]\nlisten = \"unix:{}\"", path.display()),
    );
    std::fs::write(other.path().join("invited.toml"), text).unwrap();
    let (_, error) = other.fails(&["serve"]);
    assert!(error.contains("another server listens on it"), "{error}");
    drop(stream);
    site.stop();
    assert!(!path.exists(), "the socket goes with its server");
}
