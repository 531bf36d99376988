//! How much memory one session takes for a mail of 50 MiB.

use crate::client::Client;
use crate::mail::{self, Kind, Mail, address};
use crate::process::Process;

/// Just below `max_message_size`.
const SIZE: usize = (50 << 20) - (64 << 10);
const LINE: &[u8] = b"VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgYWdhaW4gYWdh\r\n";

pub fn run() {
    println!("\nmemory of the serving process, aim: under 4 MiB for each session");
    let ordinary = "Content-Type: application/octet-stream\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\n";
    large("a mail of 50 MiB", ordinary, "");
    let invitation = Mail::new(Kind::Invitation, 9).text;
    let invitation = String::from_utf8(invitation).unwrap();
    let content = &invitation[invitation.find("Content-Type").unwrap()..];
    let part = format!("\r\n--m\r\n{content}\r\n--m--\r\n");
    let mixed = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\
                 Content-Type: application/octet-stream\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n";
    large("with a calendar part", mixed, &part);
}

fn large(what: &str, begin: &str, end: &str) {
    let server = Process::start();
    let mut client = Client::connect(&server.address);
    let growth = server.growth(|| {
        let block = LINE.repeat(1000);
        client.begin(&address(0));
        client.send(mail::header("large@example.com", &address(0), mail::SENDER).as_bytes());
        client.send(begin.as_bytes());
        for _ in 0..SIZE / block.len() {
            client.send(&block);
        }
        client.send(end.as_bytes());
        client.end();
    });
    println!("{what}: {:.2} MiB", growth as f64 / f64::from(1 << 20));
}
